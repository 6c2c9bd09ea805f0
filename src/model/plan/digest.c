/* The checksum of our files and the header with it, by which edited and foreign files are found. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/digest.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

static const char header[] =
	"# Written by conntrack-persist. Do not edit: change conntrack-persist.conf(5)\n"
	"# and run \"conntrack-persist install\". sha256 of all below this line:\n"
	"# ";

/*
 * The lengths of the header up to the checksum, and of the header with the hex digits and their
 * newline.
 */
#define HEADER_LENGTH (sizeof(header) - 1)
#define SIGNED_LENGTH (HEADER_LENGTH + DIGEST_SIZE)

void digest_of(const void *bytes, size_t size, char ret_hex[static DIGEST_SIZE])
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, size, bytes);
	sha256_digest(&context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

void digest_add_signed(struct buffer *b, const char *body, size_t size)
{
	char hex[DIGEST_SIZE];

	digest_of(body, size, hex);
	buffer_printf(b, "%s%s\n", header, hex);
	buffer_add_bytes(b, body, size);
}

bool digest_has_header(const char *bytes, size_t size)
{
	/* The first line is sufficient, because an edit may have changed the others. */
	size_t line = (size_t)(strchr(header, '\n') - header) + 1;

	return size >= line && memcmp(bytes, header, line) == 0;
}

bool digest_is_intact(const char *bytes, size_t size)
{
	char hex[DIGEST_SIZE];

	if (size < SIGNED_LENGTH || memcmp(bytes, header, HEADER_LENGTH) != 0 ||
	    bytes[SIGNED_LENGTH - 1] != '\n')
		return false;
	digest_of(bytes + SIGNED_LENGTH, size - SIGNED_LENGTH, hex);
	return memcmp(bytes + HEADER_LENGTH, hex, DIGEST_SIZE - 1) == 0;
}
