/* Reads what the kernel shows of addresses and sockets, to find owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/owner-lines.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/attributes.h"
#include "base/text.h"

static size_t address_size(uint8_t family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

int address_read_message(const void *bytes, size_t size, uint8_t *ret_family,
			 uint8_t ret_address[16])
{
	struct attribute_walk walk;
	struct attribute attribute;
	const unsigned char *found = NULL;
	struct ifaddrmsg head;
	size_t length;
	int more;

	if (size < NLMSG_ALIGN(sizeof(head)))
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	length = address_size(head.ifa_family);
	walk = (struct attribute_walk){(const unsigned char *)bytes + NLMSG_ALIGN(sizeof(head)),
				       size - NLMSG_ALIGN(sizeof(head))};
	while ((more = attribute_next(&walk, &attribute)) > 0) {
		/* With a peer, IFA_ADDRESS is the peer's and IFA_LOCAL is this end's. */
		if (attribute.type != IFA_LOCAL && (attribute.type != IFA_ADDRESS || found))
			continue;
		if (attribute.size < length)
			return -EBADMSG;
		found = attribute.bytes;
	}
	if (more < 0)
		return more;
	if (!found || length == 0)
		return 0;
	*ret_family = head.ifa_family;
	memcpy(ret_address, found, length);
	return 1;
}

/* The words of a line of sockets; the local end is ADDRESS:PORT in hexadecimal digits. */
enum socket_word { WORD_LOCAL = 1, WORD_STATE = 3, WORD_INODE = 9, SOCKET_WORDS };

/* The states of a socket that serves: TCP_LISTEN, and TCP_CLOSE of an unconnected one of UDP. */
#define STATE_LISTEN	  "0A"
#define STATE_UNCONNECTED "07"

static int digit_of(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

static int read_port(const struct text_word *word, uint16_t *ret)
{
	unsigned int port = 0;

	if (word->length < 5 || word->text[word->length - 5] != ':')
		return -EBADMSG;
	for (size_t i = word->length - 4; i < word->length; i++) {
		int digit = digit_of(word->text[i]);

		if (digit < 0)
			return -EBADMSG;
		port = port * 16 + (unsigned int)digit;
	}
	*ret = (uint16_t)port;
	return 0;
}

/* The kernel prints each 4 bytes of an address as one number of this machine. */
static int read_address_part(const char *digits, uint8_t *ret)
{
	uint32_t number = 0;

	for (size_t i = 0; i < 8; i++) {
		int digit = digit_of(digits[i]);

		if (digit < 0)
			return -EBADMSG;
		number = number << 4 | (uint32_t)digit;
	}
	memcpy(ret, &number, sizeof(number));
	return 0;
}

/* Reads the address before the port: 8 digits, or 32. An IPv4 address in IPv6 is IPv4. */
static int read_local_address(const struct text_word *word, struct socket_line *found)
{
	static const uint8_t any[16] = {0}, mapped[12] = {[10] = 0xff, [11] = 0xff};
	size_t length = word->length - 5;
	int error = length == 8 || length == 32 ? 0 : -EBADMSG;

	for (size_t i = 0; i < length && error == 0; i += 8)
		error = read_address_part(word->text + i, &found->address[i / 2]);
	if (error < 0)
		return error;
	found->family = length == 8 ? AF_INET : AF_INET6;
	if (length == 32 && memcmp(found->address, mapped, sizeof(mapped)) == 0) {
		found->family = AF_INET;
		memmove(found->address, found->address + 12, 4);
		memset(found->address + 4, 0, 12);
	}
	if (memcmp(found->address, any, sizeof(any)) == 0)
		found->family = 0;
	return 0;
}

int socket_line_parse(const char *line, struct socket_line *ret)
{
	struct socket_line found = {0};
	struct text_word words[SOCKET_WORDS];

	for (size_t i = 0; i < SOCKET_WORDS; i++)
		words[i] = text_next_word(&line);
	if (read_port(&words[WORD_LOCAL], &found.port) < 0 ||
	    read_local_address(&words[WORD_LOCAL], &found) < 0 ||
	    text_parse_number(words[WORD_INODE].text, words[WORD_INODE].length, UINT64_MAX,
			      &found.inode) < 0)
		return -EBADMSG;
	found.serves = text_word_is(&words[WORD_STATE], STATE_LISTEN) ||
		       text_word_is(&words[WORD_STATE], STATE_UNCONNECTED);
	*ret = found;
	return 0;
}
