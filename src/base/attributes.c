/* Walks the attributes of netlink messages without leaving their bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/attributes.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

struct attribute_walk attribute_inside(const struct attribute *attribute)
{
	return (struct attribute_walk){attribute->bytes, attribute->size};
}

int attribute_next(struct attribute_walk *walk, struct attribute *ret)
{
	struct nlattr head;
	size_t whole;

	if (walk->size == 0)
		return 0;
	if (walk->size < NLA_HDRLEN)
		return -EBADMSG;
	memcpy(&head, walk->bytes, sizeof(head));
	if (head.nla_len < NLA_HDRLEN || head.nla_len > walk->size)
		return -EBADMSG;
	*ret = (struct attribute){.type = head.nla_type & NLA_TYPE_MASK,
				  .bytes = walk->bytes + NLA_HDRLEN,
				  .size = head.nla_len - (size_t)NLA_HDRLEN};
	/* The last attribute may come without its padding. */
	whole = NLA_ALIGN((size_t)head.nla_len);
	if (whole > walk->size)
		whole = walk->size;
	walk->bytes += whole;
	walk->size -= whole;
	return 1;
}

int attribute_find(const struct attribute *inside, uint16_t type, struct attribute *ret)
{
	struct attribute_walk walk = attribute_inside(inside);
	struct attribute attribute;
	int found;

	while ((found = attribute_next(&walk, &attribute)) > 0)
		if (attribute.type == type) {
			*ret = attribute;
			return 1;
		}
	return found;
}

bool attribute_is_text(const struct attribute *attribute, const char *text)
{
	size_t length = strlen(text);

	return strnlen((const char *)attribute->bytes, attribute->size) == length &&
	       memcmp(attribute->bytes, text, length) == 0;
}

/*
 * Reads the first bytes as a number, most significant byte first. Returns -EBADMSG if the attribute
 * is shorter.
 */
static int read_number(const struct attribute *attribute, size_t bytes, uint32_t *ret)
{
	uint32_t number = 0;

	if (attribute->size < bytes)
		return -EBADMSG;
	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | attribute->bytes[i];
	*ret = number;
	return 0;
}

int attribute_u8(const struct attribute *attribute, uint8_t *ret)
{
	uint32_t number;
	int error = read_number(attribute, sizeof(*ret), &number);

	if (error == 0)
		*ret = (uint8_t)number;
	return error;
}

int attribute_u16(const struct attribute *attribute, uint16_t *ret)
{
	uint32_t number;
	int error = read_number(attribute, sizeof(*ret), &number);

	if (error == 0)
		*ret = (uint16_t)number;
	return error;
}

int attribute_u32(const struct attribute *attribute, uint32_t *ret)
{
	return read_number(attribute, sizeof(*ret), ret);
}
