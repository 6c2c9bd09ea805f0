/* Walks the attributes of netlink messages without leaving their bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct attribute {
	uint16_t type; /* the type without the flags for nesting and byte order */
	const unsigned char *bytes;
	size_t size;
};

/*
 * The bytes that are still to be walked: a message behind its headers, or the inside of an
 * attribute. Both structs point into the message, which the caller owns.
 */
struct attribute_walk {
	const unsigned char *bytes;
	size_t size;
};
struct attribute_walk attribute_inside(const struct attribute *attribute);

/*
 * Reads the next attribute and moves the walk behind it. Returns 1 if *ret is set, 0 at the end, or
 * -EBADMSG if the attribute is longer than the rest of the bytes.
 */
MUST_CHECK int attribute_next(struct attribute_walk *walk, struct attribute *ret);

/*
 * Finds the first attribute of a type inside another attribute. Returns 1 if *ret is set, 0 if
 * there is none, or -EBADMSG.
 */
MUST_CHECK int attribute_find(const struct attribute *inside, uint16_t type, struct attribute *ret);

/*
 * Returns whether the attribute is exactly this text. A NUL or the end of the attribute ends its
 * text.
 */
bool attribute_is_text(const struct attribute *attribute, const char *text);

/*
 * Read a number in network byte order from the start of the attribute. Return -EBADMSG if the
 * attribute is shorter than the number.
 */
MUST_CHECK int attribute_u8(const struct attribute *attribute, uint8_t *ret);
MUST_CHECK int attribute_u16(const struct attribute *attribute, uint16_t *ret);
MUST_CHECK int attribute_u32(const struct attribute *attribute, uint32_t *ret);
