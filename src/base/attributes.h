/* Attributes of netlink messages, walked within their bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct attribute {
	uint16_t type; /* without the flags of nesting and byte order */
	const unsigned char *bytes;
	size_t size;
};

/* What is still to be walked: a message behind its headers, or the inside of an attribute. */
struct attribute_walk {
	const unsigned char *bytes;
	size_t size;
};
struct attribute_walk attribute_inside(const struct attribute *attribute);

/* 1: *ret is the next one; 0: that was all. -EBADMSG: it does not fit into what is left. */
MUST_CHECK int attribute_next(struct attribute_walk *walk, struct attribute *ret);

/* Finds the first attribute of a type among those inside another one. 1: found; 0: there is none; -EBADMSG. */
MUST_CHECK int attribute_find(const struct attribute *inside, uint16_t type, struct attribute *ret);

/* Whether an attribute is this text, which a NUL or the attribute's end ends. */
bool attribute_is_text(const struct attribute *attribute, const char *text);

/* Numbers of network byte order. -EBADMSG: the attribute is shorter. */
MUST_CHECK int attribute_u8(const struct attribute *attribute, uint8_t *ret);
MUST_CHECK int attribute_u16(const struct attribute *attribute, uint16_t *ret);
MUST_CHECK int attribute_u32(const struct attribute *attribute, uint32_t *ret);
