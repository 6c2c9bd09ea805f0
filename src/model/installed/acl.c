/* Reads access control lists of POSIX.1e as the kernel stores them with a file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/acl.h"

#include <stdint.h>

#define ACL_VERSION 2U
#define HEADER_SIZE 4U
#define ENTRY_SIZE  8U
#define MAY_WRITE   2U

/* The tags of entries, as in <linux/posix_acl.h>. */
enum tag {
	TAG_OWNER = 0x01, /* the owner of the file, whom stat(2) and the mode show as well */
	TAG_USER = 0x02,
	TAG_OWNING_GROUP = 0x04,
	TAG_GROUP = 0x08,
	/* the upper bound for all entries but those of the owner and of others */
	TAG_MASK = 0x10,
	TAG_OTHERS = 0x20,
};

/* Reads a number; the attribute is little endian on every machine. */
static uint32_t read_number(const unsigned char *at, size_t size)
{
	uint32_t number = 0;

	for (size_t i = size; i-- > 0;)
		number = number << 8 | at[i];
	return number;
}

/* Returns whether an entry is for anyone but root. The mask is not. */
static bool is_of_others(const unsigned char *entry, gid_t group)
{
	switch (read_number(entry, 2)) {
	case TAG_OWNER:
	case TAG_MASK:
		return false;
	case TAG_OWNING_GROUP:
		return group != 0;
	case TAG_USER:
	case TAG_GROUP:
		return read_number(entry + 4, 4) != 0;
	default:
		return true;
	}
}

static bool is_masked(uint32_t tag)
{
	return tag == TAG_USER || tag == TAG_GROUP || tag == TAG_OWNING_GROUP;
}

bool acl_lets_others_write(const void *bytes, size_t size, gid_t group)
{
	const unsigned char *list = bytes;
	bool named = false, others = false, mask = true;

	if (size < HEADER_SIZE || (size - HEADER_SIZE) % ENTRY_SIZE != 0 ||
	    read_number(list, 4) != ACL_VERSION)
		return true;
	for (size_t at = HEADER_SIZE; at < size; at += ENTRY_SIZE) {
		bool write = (read_number(list + at + 2, 2) & MAY_WRITE) != 0;
		uint32_t tag = read_number(list + at, 2);

		if (tag == TAG_MASK)
			mask = write;
		else if (write && is_of_others(list + at, group))
			*(is_masked(tag) ? &named : &others) = true;
	}
	return others || (named && mask);
}
