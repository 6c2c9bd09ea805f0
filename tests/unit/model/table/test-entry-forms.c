/* model/entry-forms: an entry as a line of the kernel's file and as a message of ctnetlink. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/buffer.h"
#include "model/table/entries.h"

/* "PROTOCOL STATE REMAINING PORT", and what else it is. */
static void expect_entry(const char *what, const struct entry *entry, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};

	buffer_printf(&found, "%u %s %" PRIu32 " %u%s%s%s", entry->protocol,
		      tcp_state_to_string(entry->state), entry->remaining, entry->port,
		      entry->replied ? " replied" : "", entry->assured ? " assured" : "",
		      entry->offloaded ? " offloaded" : "");
	expect_text(what, found.data, wanted);
}

#define TUPLES                                                                              \
	"src=10.0.0.1 dst=10.0.0.2 sport=1001 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 " \
	"dport=1001"
#define UNREPLIED                                                                              \
	"src=10.0.0.1 dst=10.0.0.2 sport=1002 dport=53 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 " \
	"sport=53 dport=1002"
#define BARE "src=10.0.0.1 dst=10.0.0.2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1"
#define TUPLES6                                                                           \
	"src=fd00::1 dst=fd00::2 sport=1001 dport=443 src=fd00::2 dst=fd00::1 sport=443 " \
	"dport=1001"

/* Lines of real kernels, and such with what other configurations add. */
static void lines_are_understood(void **state)
{
	static const struct {
		const char *line, *wanted;
	} rows[] = {
		{"ipv4     2 tcp      6 299999 ESTABLISHED " TUPLES
		 " [ASSURED] mark=0 zone=0 use=2",
		 "6 ESTABLISHED 299999 80 replied assured"},
		{"ipv4     2 tcp      6 119 SYN_SENT " UNREPLIED " mark=0 zone=3 use=2",
		 "6 SYN_SENT 119 53"},
		{"ipv4     2 tcp      6 9 CLOSE " TUPLES " use=1", "6 CLOSE 9 80 replied"},
		{"ipv4     2 tcp      6 9 SYN_SENT2 " TUPLES " use=1", "6 SYN_SENT2 9 80 replied"},
		{"ipv4     2 tcp      6 9 LATER_STATE " TUPLES " use=1", "6 NONE 9 80 replied"},
		{"ipv6     10 tcp      6 0 TIME_WAIT " TUPLES6 " [ASSURED] mark=4294967295 use=2",
		 "6 TIME_WAIT 0 443 replied assured"},
		/* these have neither time nor state */
		{"ipv4     2 tcp      6 " TUPLES " [OFFLOAD] mark=0 zone=0 use=3",
		 "6 NONE 0 80 replied assured offloaded"},
		{"ipv6     10 udp      17 " TUPLES6 " [HW_OFFLOAD] mark=0 use=3",
		 "17 NONE 0 443 replied assured offloaded"},
		/* older kernels do tell */
		{"ipv4     2 tcp      6 86399 ESTABLISHED " TUPLES " [OFFLOAD] mark=0 use=3",
		 "6 NONE 0 80 replied assured offloaded"},
		{"ipv4     2 udp      17 29 " UNREPLIED " mark=7 zone=3 use=2", "17 NONE 29 53"},
		/* accounting, zones by direction, security context, timestamps */
		{"ipv4     2 udp      17 119 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=53 "
		 "zone-orig=4 "
		 "packets=3 bytes=180 src=10.0.0.2 dst=10.0.0.1 sport=53 dport=1 packets=3 "
		 "bytes=400 "
		 "[ASSURED] mark=0 secctx=system_u:object_r:unlabeled_t:s0 delta-time=66 use=2",
		 "17 NONE 119 53 replied assured"},
		{"ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=5 "
		 "src=10.0.0.2 "
		 "dst=10.0.0.1 type=0 code=0 id=5 mark=0 use=1",
		 "1 NONE 29 0 replied"},
		{"ipv6     10 icmpv6   58 29 src=fd00::1 dst=fd00::2 type=128 code=0 id=5 "
		 "[UNREPLIED] "
		 "src=fd00::2 dst=fd00::1 type=129 code=0 id=5 mark=0 use=1",
		 "58 NONE 29 0"},
		{"ipv4     2 gre      47 499 timeout=30, stream_timeout=180 src=10.0.0.1 "
		 "dst=10.0.0.2 "
		 "srckey=0x1 dstkey=0x2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 srckey=0x2 "
		 "dstkey=0x1 "
		 "mark=0 zone=0 use=2",
		 "47 NONE 499 0"},
		{"ipv4     2 sctp     132 209 ESTABLISHED " TUPLES " [ASSURED] mark=0 use=2",
		 "132 NONE 209 80 replied assured"},
		{"ipv4     2 dccp     33 43199 OPEN " TUPLES " [ASSURED] mark=0 use=2",
		 "33 NONE 43199 80 replied assured"},
		{"ipv4     2 udplite  136 29 " UNREPLIED " mark=0 use=2", "136 NONE 29 53"},
		{"ipv4     2 unknown  89 599 " BARE " mark=7 zone=3 use=2", "89 NONE 599 0"},
		{"unknown  0 unknown  0 599 " BARE " use=2", "0 NONE 599 0"},
		{"ipv4     2 udp      17 4294967295 " UNREPLIED " use=2", "17 NONE 4294967295 53"},
		/* a port 0 is a port: the other direction's does not stand in for it */
		{"ipv4     2 udp      17 9 src=a dst=b sport=7 dport=0 src=b dst=a sport=0 dport=7 "
		 "use=2",
		 "17 NONE 9 0 replied"},
		/* with its newline */
		{"ipv4     2 udp      17 9 " UNREPLIED " use=2\n", "17 NONE 9 53"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry entry;

		if (entry_parse(rows[i].line, &entry) < 0)
			fail_msg("refused: %s", rows[i].line);
		expect_entry(rows[i].line, &entry, rows[i].wanted);
	}
}

/* The source is the original direction's, too, and is none where the protocol has no ports. */
static void sources_are_those_of_the_original_direction(void **state)
{
	static const struct {
		const char *line;
		uint16_t source;
	} rows[] = {
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " use=1", 1001},
		{"ipv4 2 udp 17 29 " UNREPLIED " use=2", 1002},
		{"ipv4 2 tcp 6 " TUPLES " [OFFLOAD] use=3", 1001},
		{"ipv4 2 udp 17 9 src=a dst=b sport=0 dport=7 src=b dst=a sport=7 dport=0 use=2",
		 0},
		{"ipv4 2 gre 47 9 src=a dst=b sport=9 dport=9 use=2", 0},
		{"ipv4 2 icmp 1 29 " BARE " use=1", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry entry;

		assert_int_equal(entry_parse(rows[i].line, &entry), 0);
		expect_number(rows[i].line, entry.source, rows[i].source);
	}
}

/* "SOURCE TARGET SERVER PORT", or "none" if no addresses were read. */
static void expect_addresses(const char *what, const struct entry *entry, const char *wanted)
{
	const struct entry_addresses *addresses = &entry->addresses;
	char source[64], target[64], server[64], found[256] = "none";

	if (addresses->family) {
		inet_ntop(addresses->family, addresses->source, source, sizeof(source));
		inet_ntop(addresses->family, addresses->target, target, sizeof(target));
		inet_ntop(addresses->family, addresses->server, server, sizeof(server));
		(void)snprintf(found, sizeof(found), "%s %s %s %u", source, target, server,
			       addresses->server_port);
	}
	expect_text(what, found, wanted);
}

static void lines_have_addresses(void **state)
{
	static const struct {
		const char *line, *wanted;
	} rows[] = {
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " use=1", "10.0.0.1 10.0.0.2 10.0.0.2 80"},
		{"ipv6 10 tcp 6 9 CLOSE " TUPLES6 " use=1", "fd00::1 fd00::2 fd00::2 443"},
		/* a port forward: another one answers, at another port */
		{"ipv4 2 tcp 6 9 CLOSE src=198.51.100.7 dst=203.0.113.1 sport=5 dport=80 "
		 "src=10.88.0.2 dst=198.51.100.7 sport=8080 dport=5 use=1",
		 "198.51.100.7 203.0.113.1 10.88.0.2 8080"},
		{"ipv4 2 icmp 1 29 " BARE " use=1", "10.0.0.1 10.0.0.2 10.0.0.2 0"},
		{"ipv4 2 udp 17 9 src=a dst=b sport=7 dport=1 src=c dst=a sport=1 dport=7 use=2",
		 "none"},
		/* two families, and an address that is too long for a buffer */
		{"ipv4 2 udp 17 9 src=10.0.0.1 dst=fd00::1 sport=7 dport=1 src=10.0.0.1 use=2",
		 "none"},
		{"ipv4 2 udp 17 9 src=0000000000000000000000000000000000000000000000000001 "
		 "dst=10.0.0.1 sport=7 dport=1 src=10.0.0.2 use=2",
		 "none"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry entry;

		assert_int_equal(entry_parse(rows[i].line, &entry), 0);
		expect_addresses(rows[i].line, &entry, rows[i].wanted);
	}
}

static void other_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"ipv4",
		"ipv4 2 tcp",
		"ipv4 2 tcp 6",
		"ipv4 2 tcp 6 30 ESTABLISHED",
		"ipv4 x tcp 6 30 ESTABLISHED " TUPLES " use=2",
		"ipv4 2 tcp x 30 ESTABLISHED " TUPLES " use=2",
		"ipv4 2 tcp 256 30 ESTABLISHED " TUPLES " use=2",
		"ipv4 2 tcp -6 30 ESTABLISHED " TUPLES " use=2",
		/* no time, and not offloaded */
		"ipv4 2 tcp 6 ESTABLISHED " TUPLES " use=2",
		"ipv4 2 tcp 6 4294967296 ESTABLISHED " TUPLES " use=2",
		"ipv4 2 tcp 6 -1 ESTABLISHED " TUPLES " use=2",
		/* a port that is none */
		"ipv4 2 udp 17 30 src=a dst=b sport=1 dport=65536 use=2",
		"ipv4 2 udp 17 30 src=a dst=b sport=1 dport= use=2",
		"ipv4 2 udp 17 30 src=a dst=b sport=65536 dport=1 use=2",
		"ipv4 2 udp 17 30 src=a dst=b sport=-1 dport=1 use=2",
		/* cut */
		"ipv4 2 tcp 6 30 ESTABLISHED " TUPLES,
		"ipv4 2 tcp 6 " TUPLES " [OFFLOAD]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct entry entry = {.protocol = 77};

		if (entry_parse(lines[i], &entry) != -EBADMSG)
			fail_msg("taken: %s", lines[i]);
		assert_int_equal(entry.protocol, 77);
	}
}

/* A message as it grows. */
struct message {
	unsigned char bytes[512];
	size_t size;
};

static void put(struct message *message, unsigned int type, const void *value, size_t size)
{
	const struct nlattr head = {.nla_len = (uint16_t)(sizeof(head) + size),
				    .nla_type = (uint16_t)type};

	assert_true(message->size + sizeof(head) + NLA_ALIGN(size) <= sizeof(message->bytes));
	memcpy(message->bytes + message->size, &head, sizeof(head));
	memset(message->bytes + message->size + sizeof(head), 0, NLA_ALIGN(size));
	memcpy(message->bytes + message->size + sizeof(head), value, size);
	message->size += sizeof(head) + NLA_ALIGN(size);
}

static void put_number(struct message *message, unsigned int type, size_t size, uint32_t number)
{
	unsigned char value[4];

	for (size_t i = 0; i < size; i++)
		value[i] = (unsigned char)(number >> (8 * (size - 1 - i)));
	put(message, type, value, size);
}

static void put_nested(struct message *message, unsigned int type, const struct message *inside)
{
	put(message, NLA_F_NESTED | type, inside->bytes, inside->size);
}

static void put_tuple(struct message *message, unsigned int type, uint8_t protocol, uint16_t port)
{
	struct message inner = {.size = 0}, tuple = {.size = 0};

	put_number(&inner, CTA_IP_V4_SRC, 4, type == CTA_TUPLE_ORIG ? 0x0a000001 : 0x0a000003);
	put_number(&inner, CTA_IP_V4_DST, 4, 0x0a000002);
	put_nested(&tuple, CTA_TUPLE_IP, &inner);
	inner.size = 0;
	put_number(&inner, CTA_PROTO_NUM, 1, protocol);
	put_number(&inner, CTA_PROTO_SRC_PORT, 2, 1001);
	put_number(&inner, CTA_PROTO_DST_PORT, 2, port);
	put_nested(&tuple, CTA_TUPLE_PROTO, &inner);
	put_nested(message, type, &tuple);
}

static void put_state(struct message *message, unsigned int protocol, uint8_t state)
{
	struct message inner = {.size = 0}, outer = {.size = 0};

	/* CTA_PROTOINFO_TCP_STATE, and the others' the same number. */
	put_number(&inner, 1, 1, state);
	put_nested(&outer, protocol, &inner);
	put_nested(message, CTA_PROTOINFO, &outer);
}

/* Leaves out the fields that have NONE in the row. */
#define NONE UINT32_MAX
struct row {
	uint8_t protocol;
	uint32_t status, remaining, state;
	const char *wanted;
};

static void make_message(const struct row *row, struct message *message)
{
	message->size = 0;
	put_tuple(message, CTA_TUPLE_ORIG, row->protocol, 443);
	put_tuple(message, CTA_TUPLE_REPLY, row->protocol, 1001);
	if (row->status != NONE)
		put_number(message, CTA_STATUS, 4, row->status);
	if (row->remaining != NONE)
		put_number(message, CTA_TIMEOUT, 4, row->remaining);
	if (row->state != NONE)
		put_state(message,
			  row->protocol == IPPROTO_SCTP ? CTA_PROTOINFO_SCTP : CTA_PROTOINFO_TCP,
			  (uint8_t)row->state);
	put_number(message, CTA_ID, 4, 4711);
	put(message, CTA_ZONE, "\0\3", 2);
}

/* Two messages of one connection that was closed and made again have two ids. */
static void messages_have_the_id_of_the_entry(void **state)
{
	static const struct row row = {IPPROTO_UDP, 0, 7, NONE, NULL};
	struct message message;
	struct entry entry;

	(void)state;
	make_message(&row, &message);
	assert_int_equal(entry_read_message(message.bytes, message.size, &entry), 0);
	assert_true(entry.has_id);
	expect_number("id", entry.id, 4711);
	put(&message, CTA_ID, "\1\2", 2);
	assert_int_equal(entry_read_message(message.bytes, message.size, &entry), -EBADMSG);
}

/* A line has no id: what tells two entries of one pair of addresses apart stands in for it. */
static void lines_are_told_apart_by_their_keys(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " mark=0 zone=0 use=1",
		 "ipv4 2 tcp 6 8 TIME_WAIT " TUPLES " [ASSURED] mark=7 zone=0 use=2", true},
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " mark=0 zone=0 use=1",
		 "ipv4 2 tcp 6 9 CLOSE " TUPLES " mark=0 zone=1 use=1", false},
		{"ipv4 2 icmp 1 9 src=a dst=b type=8 code=0 id=7 use=1",
		 "ipv4 2 icmp 1 9 src=a dst=b type=8 code=0 id=8 use=1", false},
		{"ipv4 2 icmp 1 9 src=a dst=b type=8 code=0 id=7 use=1",
		 "ipv4 2 icmp 1 9 src=a dst=b type=13 code=0 id=7 use=1", false},
		{"ipv4 2 gre 47 9 src=a dst=b srckey=0x1 dstkey=0x0 use=1",
		 "ipv4 2 gre 47 9 src=a dst=b srckey=0x0 dstkey=0x1 use=1", false},
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " packets=1 bytes=2 zone-orig=3 use=1",
		 "ipv4 2 tcp 6 9 CLOSE " TUPLES " packets=9 bytes=2 zone-orig=3 use=1", true},
		{"ipv4 2 tcp 6 9 CLOSE " TUPLES " zone-orig=3 use=1",
		 "ipv4 2 tcp 6 9 CLOSE " TUPLES " zone-reply=3 use=1", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry one, other;

		assert_int_equal(entry_parse(rows[i].one, &one), 0);
		assert_int_equal(entry_parse(rows[i].other, &other), 0);
		assert_false(one.has_id || other.has_id);
		if ((one.id == other.id) != rows[i].same)
			fail_msg("%s and %s", rows[i].one, rows[i].other);
	}
}

static void messages_are_understood(void **state)
{
	static const struct row rows[] = {
		{IPPROTO_TCP, IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED, 299999, 3,
		 "6 ESTABLISHED 299999 443 replied assured"},
		{IPPROTO_TCP, IPS_CONFIRMED, 119, 1, "6 SYN_SENT 119 443"},
		{IPPROTO_TCP, IPS_CONFIRMED, 119, 9, "6 SYN_SENT2 119 443"},
		{IPPROTO_TCP, IPS_CONFIRMED, 119, 10, "6 NONE 119 443"},
		{IPPROTO_TCP, IPS_CONFIRMED, 119, 255, "6 NONE 119 443"},
		{IPPROTO_TCP, IPS_CONFIRMED, 119, NONE, "6 NONE 119 443"},
		{IPPROTO_TCP, IPS_SEEN_REPLY | IPS_OFFLOAD, NONE, NONE,
		 "6 NONE 0 443 replied assured offloaded"},
		{IPPROTO_TCP, IPS_SEEN_REPLY | IPS_OFFLOAD | IPS_HW_OFFLOAD, 86399, 3,
		 "6 NONE 0 443 replied assured offloaded"},
		{IPPROTO_UDP, IPS_CONFIRMED, 0, NONE, "17 NONE 0 443"},
		{IPPROTO_SCTP, IPS_SEEN_REPLY, 7, 3, "132 NONE 7 443 replied"},
		/* a key, no port */
		{IPPROTO_GRE, 0, 7, NONE, "47 NONE 7 0"},
		{IPPROTO_ICMP, 0, 7, NONE, "1 NONE 7 0"},
		{255, 0, NONE - 1, NONE, "255 NONE 4294967294 0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct message message;
		struct entry entry;

		make_message(&rows[i], &message);
		if (entry_read_message(message.bytes, message.size, &entry) < 0)
			fail_msg("refused: %s", rows[i].wanted);
		expect_entry(rows[i].wanted, &entry, rows[i].wanted);
		expect_number("source", entry.source, entry.port ? 1001 : 0);
		expect_addresses(rows[i].wanted, &entry,
				 entry.port ? "10.0.0.1 10.0.0.2 10.0.0.3 1001"
					    : "10.0.0.1 10.0.0.2 10.0.0.3 0");
	}
}

static void put_addresses(struct message *message, unsigned int type, const void *from,
			  const void *to)
{
	struct message inner = {.size = 0}, tuple = {.size = 0};

	put(&inner, CTA_IP_V6_SRC, from, 16);
	put(&inner, CTA_IP_V6_DST, to, 16);
	put_nested(&tuple, CTA_TUPLE_IP, &inner);
	put_nested(message, type, &tuple);
}

static void messages_have_ipv6_addresses(void **state)
{
	static const unsigned char here[16] = {0xfd, [15] = 1}, there[16] = {0xfd, [15] = 2};
	struct message message = {.size = 0};
	struct entry entry;

	(void)state;
	put_tuple(&message, CTA_TUPLE_ORIG, IPPROTO_UDP, 53);
	put_number(&message, CTA_STATUS, 4, 0);
	put_number(&message, CTA_TIMEOUT, 4, 9);
	/* Without the reply the addresses are incomplete. */
	assert_int_equal(entry_read_message(message.bytes, message.size, &entry), 0);
	expect_addresses("no reply", &entry, "none");
	message.size = 0;
	put_addresses(&message, CTA_TUPLE_ORIG, here, there);
	put_addresses(&message, CTA_TUPLE_REPLY, there, here);
	put_tuple(&message, CTA_TUPLE_ORIG, IPPROTO_UDP, 53);
	put_number(&message, CTA_STATUS, 4, 0);
	put_number(&message, CTA_TIMEOUT, 4, 9);
	assert_int_equal(entry_read_message(message.bytes, message.size, &entry), 0);
	expect_addresses("IPv6", &entry, "fd00::1 fd00::2 fd00::2 0");
}

static void expect_refused(const struct message *message, size_t size)
{
	/* Exactly as many bytes, so that a read past the end is one for the sanitizers. */
	unsigned char *CLEANUP(free_pointer) bytes = malloc(size + (size == 0));
	struct entry entry = {.protocol = 77};

	assert_non_null(bytes);
	memcpy(bytes, message->bytes, size);
	assert_int_equal(entry_read_message(bytes, size, &entry), -EBADMSG);
	assert_int_equal(entry.protocol, 77);
}

static void messages_that_lack_something_are_refused(void **state)
{
	static const struct row rows[] = {
		{IPPROTO_TCP, NONE, 119, 1, NULL},
		{IPPROTO_TCP, IPS_CONFIRMED, NONE, 1, NULL},
	};
	struct message message = {.size = 0};

	(void)state;
	expect_refused(&message, 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		make_message(&rows[i], &message);
		expect_refused(&message, message.size);
	}
	/* no protocol */
	message.size = 0;
	put_number(&message, CTA_STATUS, 4, 0);
	put_number(&message, CTA_TIMEOUT, 4, 0);
	expect_refused(&message, message.size);
}

/* Up to the end of the last attribute that is needed. */
static void cut_messages_are_refused(void **state)
{
	static const struct row row = {IPPROTO_TCP, IPS_SEEN_REPLY, 119, NONE, NULL};
	struct message message = {.size = 0};
	size_t needed;

	(void)state;
	make_message(&row, &message);
	needed = message.size - 8 - 8;
	for (size_t size = 0; size < needed; size++)
		expect_refused(&message, size);
}

/* Attributes that are whole themselves, and end before what is in them does. */
static void broken_nests_are_refused(void **state)
{
	struct message inner, middle, message;

	(void)state;
	for (size_t cut = 1; cut < 8; cut++) {
		inner = middle = message = (struct message){.size = 0};
		put_number(&inner, CTA_PROTO_NUM, 1, IPPROTO_TCP);
		inner.size -= cut;
		put_nested(&middle, CTA_TUPLE_PROTO, &inner);
		put_nested(&message, CTA_TUPLE_ORIG, &middle);
		put_number(&message, CTA_STATUS, 4, 0);
		put_number(&message, CTA_TIMEOUT, 4, 9);
		/* without its padding it is whole still */
		if (cut > 3)
			expect_refused(&message, message.size);
		inner = middle = message = (struct message){.size = 0};
		put_number(&inner, CTA_PROTOINFO_TCP_STATE, 1, 3);
		inner.size -= cut;
		put_nested(&middle, CTA_PROTOINFO_TCP, &inner);
		put_tuple(&message, CTA_TUPLE_ORIG, IPPROTO_TCP, 80);
		put_nested(&message, CTA_PROTOINFO, &middle);
		put_number(&message, CTA_STATUS, 4, 0);
		put_number(&message, CTA_TIMEOUT, 4, 9);
		if (cut > 3)
			expect_refused(&message, message.size);
	}
	/* a time of two bytes, a status of none */
	message.size = 0;
	put_tuple(&message, CTA_TUPLE_ORIG, IPPROTO_TCP, 80);
	put_number(&message, CTA_STATUS, 4, 0);
	put_number(&message, CTA_TIMEOUT, 2, 9);
	expect_refused(&message, message.size);
	message.size = 0;
	put_tuple(&message, CTA_TUPLE_ORIG, IPPROTO_TCP, 80);
	put_number(&message, CTA_TIMEOUT, 4, 9);
	put(&message, CTA_STATUS, "", 0);
	expect_refused(&message, message.size);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_understood),
		cmocka_unit_test(sources_are_those_of_the_original_direction),
		cmocka_unit_test(other_lines_are_refused),
		cmocka_unit_test(messages_have_the_id_of_the_entry),
		cmocka_unit_test(lines_are_told_apart_by_their_keys),
		cmocka_unit_test(messages_are_understood),
		cmocka_unit_test(lines_have_addresses),
		cmocka_unit_test(messages_have_ipv6_addresses),
		cmocka_unit_test(messages_that_lack_something_are_refused),
		cmocka_unit_test(cut_messages_are_refused),
		cmocka_unit_test(broken_nests_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
