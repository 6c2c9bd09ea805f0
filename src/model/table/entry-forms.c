/* Reads one entry in each form of the kernel: a line of its file, or a message of ctnetlink. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* These come after the headers of the C library, because they leave out what that has declared. */
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/attributes.h"
#include "base/text.h"
#include "model/table/entries.h"

/*
 * The fields to find in either form. An entry has all of them, except that an offloaded one has no
 * time.
 */
struct found_field {
	struct entry entry;
	bool has_protocol, has_time, has_status, has_port, has_source;
	/* The addresses that were read, as bits of enum address_part. */
	unsigned int parts;
	bool has_server_port;
};

enum address_part {
	PART_SOURCE = 1,
	PART_TARGET = 2,
	PART_SERVER = 4,
	PARTS_ALL = 7,
};

static bool has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE ||
	       protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;
}

/*
 * Makes the entry. The result is the same for both forms, whatever else one of them or an older
 * kernel shows.
 */
static int finish(const struct found_field *finding, struct entry *ret)
{
	struct entry entry = finding->entry;

	if (!finding->has_protocol || !finding->has_status ||
	    (!finding->has_time && !entry.offloaded))
		return -EBADMSG;
	if (entry.offloaded) {
		entry.remaining = 0;
		entry.assured = true;
	}
	if (entry.offloaded || entry.protocol != IPPROTO_TCP)
		entry.state = TCP_STATE_NONE;
	/* GRE has its key in these fields. */
	if (!has_ports(entry.protocol))
		entry.port = entry.source = entry.addresses.server_port = 0;
	if (finding->parts != PARTS_ALL)
		entry.addresses = (struct entry_addresses){0};
	*ret = entry;
	return 0;
}

/*
 * Reads a number of a line: "ipv4 2 tcp 6 431999 ESTABLISHED src= dst= sport= dport= [UNREPLIED]
 * src= ... [ASSURED] mark= zone= use=".
 */
static bool read_number(const struct text_word *word, uint64_t max, uint64_t *ret)
{
	return text_parse_number(word->text, word->length, max, ret) == 0;
}

/* Reads up to the number of the protocol, and the time behind it unless the entry is offloaded. */
static int read_head(const char **position, struct found_field *finding)
{
	struct text_word words[4];
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = text_next_word(position);
	if (!read_number(&words[1], UINT16_MAX, &number) ||
	    !read_number(&words[3], UINT8_MAX, &number))
		return -EBADMSG;
	finding->entry.protocol = (uint8_t)number;
	finding->has_protocol = true;
	return 0;
}

static void read_state(const struct text_word *word, struct entry *entry)
{
	for (enum tcp_state i = TCP_STATE_NONE; i < TCP_STATES; i++)
		if (text_word_is(word, tcp_state_to_string(i)))
			entry->state = i;
}

/*
 * Notes an address. An entry has one family: if two addresses differ in it, none counts, because no
 * further part is noted.
 */
static void note_address(struct found_field *finding, enum address_part part, uint8_t family,
			 const uint8_t *bytes)
{
	struct entry_addresses *addresses = &finding->entry.addresses;
	uint8_t *where = part == PART_SOURCE   ? addresses->source
			 : part == PART_TARGET ? addresses->target
					       : addresses->server;

	if (finding->parts == 0)
		addresses->family = family;
	else if (addresses->family != family)
		return;
	memcpy(where, bytes, family == AF_INET ? 4 : 16);
	finding->parts |= part;
}

/* Reads "src=ADDRESS" or "dst=ADDRESS"; both have a prefix of this length. */
#define ADDRESS_PREFIX strlen("src=")

static void read_address(const struct text_word *word, struct found_field *finding,
			 enum address_part part)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	size_t length = word->length - ADDRESS_PREFIX;

	if ((finding->parts & part) || length >= sizeof(text))
		return;
	memcpy(text, word->text + ADDRESS_PREFIX, length);
	text[length] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1)
		note_address(finding, part, AF_INET, bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		note_address(finding, part, AF_INET6, bytes);
}

/* Reads a port. The first of each kind is that of the original direction. */
static int read_port(const struct text_word *word, bool *has, uint16_t *port)
{
	const struct text_word value = {word->text + strlen("dport="),
					word->length - strlen("dport=")};
	uint64_t number;

	if (*has)
		return 0;
	if (!read_number(&value, UINT16_MAX, &number))
		return -EBADMSG;
	*port = (uint16_t)number;
	*has = true;
	return 0;
}

/*
 * Adds a word to the checksum (FNV-1a) if it tells two entries of the same addresses and ports
 * apart: the zones, and the keys of ICMP ("id=") and GRE. These stay for the entry's life.
 */
static void note_key(const struct text_word *word, struct entry *entry)
{
	static const char *const keys[] = {"zone=", "zone-orig=", "zone-reply=", "type=",
					   "code=", "id=",	  "srckey=",	 "dstkey="};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !any; i++)
		any = text_starts_with(word->text, keys[i]);
	for (size_t i = 0; i < word->length && any; i++)
		entry->id = (entry->id ^ (unsigned char)word->text[i]) * 16777619U;
}

/* Reads a word behind the time. A line without "use=", which is always the last word, was cut. */
static int read_word(const struct text_word *word, struct found_field *finding)
{
	struct entry *entry = &finding->entry;

	if (text_starts_with(word->text, "dport="))
		return read_port(word, &finding->has_port, &entry->port);
	if (text_starts_with(word->text, "sport="))
		return finding->has_source ? read_port(word, &finding->has_server_port,
						       &entry->addresses.server_port)
					   : read_port(word, &finding->has_source, &entry->source);
	if (text_starts_with(word->text, "src="))
		read_address(word, finding,
			     finding->parts & PART_SOURCE ? PART_SERVER : PART_SOURCE);
	if (text_starts_with(word->text, "dst="))
		read_address(word, finding, PART_TARGET);
	note_key(word, entry);
	if (text_word_is(word, "[UNREPLIED]"))
		entry->replied = false;
	else if (text_word_is(word, "[ASSURED]"))
		entry->assured = true;
	else if (text_word_is(word, "[OFFLOAD]") || text_word_is(word, "[HW_OFFLOAD]"))
		entry->offloaded = true;
	else if (text_starts_with(word->text, "use="))
		finding->has_status = true;
	return 0;
}

int entry_parse(const char *line, struct entry *ret)
{
	struct found_field finding = {.entry.replied = true};
	struct text_word word;
	uint64_t number;
	int error = read_head(&line, &finding);

	word = text_next_word(&line);
	if (error == 0 && read_number(&word, UINT32_MAX, &number)) {
		finding.entry.remaining = (uint32_t)number;
		finding.has_time = true;
		word = text_next_word(&line);
	}
	if (error == 0 && finding.entry.protocol == IPPROTO_TCP)
		read_state(&word, &finding.entry);
	for (; error == 0 && word.length > 0; word = text_next_word(&line))
		error = read_word(&word, &finding);
	return error < 0 ? error : finish(&finding, ret);
}

/* Reads the protocol of a message, which consists of attributes CTA_*. */
static int read_tuple_protocol(const struct attribute *of, struct found_field *finding)
{
	struct attribute_walk walk = attribute_inside(of);
	struct attribute attribute;
	int more, error = 0;

	while (error == 0 && (more = attribute_next(&walk, &attribute)) != 0) {
		if (more < 0)
			return more;
		if (attribute.type == CTA_PROTO_NUM) {
			error = attribute_u8(&attribute, &finding->entry.protocol);
			finding->has_protocol = true;
		} else if (attribute.type == CTA_PROTO_DST_PORT) {
			error = attribute_u16(&attribute, &finding->entry.port);
		} else if (attribute.type == CTA_PROTO_SRC_PORT) {
			error = attribute_u16(&attribute, &finding->entry.source);
		}
	}
	return error;
}

/* Calls read for the attribute of this type inside another one, if there is one. */
static int read_inside(const struct attribute *of, uint16_t type, struct found_field *finding,
		       int (*read)(const struct attribute *, struct found_field *))
{
	struct attribute_walk walk = attribute_inside(of);
	struct attribute attribute;
	int more, error = 0;

	while (error == 0 && (more = attribute_next(&walk, &attribute)) != 0) {
		if (more < 0)
			return more;
		if (attribute.type == type)
			error = read(&attribute, finding);
	}
	return error;
}

/* Reads the TCP state. An unknown number means no state. */
static int read_tcp_state(const struct attribute *attribute, struct found_field *finding)
{
	uint8_t state;
	int error = attribute_u8(attribute, &state);

	if (error == 0 && state < TCP_STATES)
		finding->entry.state = state;
	return error;
}

static int read_tcp(const struct attribute *attribute, struct found_field *finding)
{
	return read_inside(attribute, CTA_PROTOINFO_TCP_STATE, finding, read_tcp_state);
}

static int read_status(const struct attribute *attribute, struct found_field *finding)
{
	uint32_t status;
	int error = attribute_u32(attribute, &status);

	if (error < 0)
		return error;
	finding->entry.replied = status & IPS_SEEN_REPLY;
	finding->entry.assured = status & IPS_ASSURED;
	finding->entry.offloaded = status & (IPS_OFFLOAD | IPS_HW_OFFLOAD);
	finding->has_status = true;
	return 0;
}

/* The types of addresses in a message; an IPv4 one has 4 bytes, an IPv6 one has 16. */
static uint8_t family_of(uint16_t type)
{
	return type == CTA_IP_V6_SRC || type == CTA_IP_V6_DST ? AF_INET6 : AF_INET;
}

static int read_addresses(const struct attribute *of, struct found_field *finding, bool is_reply)
{
	struct attribute_walk walk = attribute_inside(of);
	struct attribute attribute;
	int more;

	while ((more = attribute_next(&walk, &attribute)) > 0) {
		bool is_source = attribute.type == CTA_IP_V4_SRC || attribute.type == CTA_IP_V6_SRC;
		uint8_t family = family_of(attribute.type);

		if ((!is_source && attribute.type != CTA_IP_V4_DST &&
		     attribute.type != CTA_IP_V6_DST) ||
		    (is_reply && !is_source))
			continue;
		if (attribute.size < (family == AF_INET ? 4 : 16))
			return -EBADMSG;
		note_address(finding,
			     is_reply	 ? PART_SERVER
			     : is_source ? PART_SOURCE
					 : PART_TARGET,
			     family, attribute.bytes);
	}
	return more;
}

/* Reads the port of whoever answers. */
static int read_server_port(const struct attribute *of, struct found_field *finding)
{
	struct attribute port;
	int found = attribute_find(of, CTA_PROTO_SRC_PORT, &port);

	return found > 0 ? attribute_u16(&port, &finding->entry.addresses.server_port) : found;
}

static int read_tuple(const struct attribute *of, struct found_field *finding, bool is_reply)
{
	struct attribute_walk walk = attribute_inside(of);
	struct attribute attribute;
	int more, error = 0;

	while (error == 0 && (more = attribute_next(&walk, &attribute)) != 0) {
		if (more < 0)
			return more;
		if (attribute.type == CTA_TUPLE_IP)
			error = read_addresses(&attribute, finding, is_reply);
		else if (attribute.type == CTA_TUPLE_PROTO)
			error = is_reply ? read_server_port(&attribute, finding)
					 : read_tuple_protocol(&attribute, finding);
	}
	return error;
}

static int read_attribute(const struct attribute *attribute, struct found_field *finding)
{
	switch (attribute->type) {
	case CTA_TUPLE_ORIG:
		return read_tuple(attribute, finding, false);
	case CTA_TUPLE_REPLY:
		return read_tuple(attribute, finding, true);
	case CTA_PROTOINFO:
		return read_inside(attribute, CTA_PROTOINFO_TCP, finding, read_tcp);
	case CTA_STATUS:
		return read_status(attribute, finding);
	case CTA_ID:
		finding->entry.has_id = true;
		return attribute_u32(attribute, &finding->entry.id);
	case CTA_TIMEOUT:
		finding->has_time = true;
		return attribute_u32(attribute, &finding->entry.remaining);
	default:
		return 0;
	}
}

int entry_read_message(const void *bytes, size_t size, struct entry *ret)
{
	struct attribute_walk walk = {bytes, size};
	struct found_field finding = {0};
	struct attribute attribute;
	int more, error = 0;

	while (error == 0 && (more = attribute_next(&walk, &attribute)) != 0)
		error = more < 0 ? more : read_attribute(&attribute, &finding);
	return error < 0 ? error : finish(&finding, ret);
}
