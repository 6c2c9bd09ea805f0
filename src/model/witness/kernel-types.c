/* Finds in the kernel's own type information (BTF) where it keeps a process' network namespace. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/witness/kernel-types.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Documentation/bpf/btf.rst: a header, then types of variable length, then strings. */
#define BTF_MAGIC 0xeb9fU

struct btf_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t length; /* of this header; the offsets below are counted from its end */
	uint32_t types, types_length;
	uint32_t strings, strings_length;
};

struct btf_type {
	uint32_t name;	/* where in the strings */
	uint32_t about; /* bits 0 to 15: how many members; 24 to 28: the kind; 31: bit-fields */
	uint32_t size;	/* of a struct, in bytes */
};

struct btf_member {
	uint32_t name, type;
	uint32_t place; /* in bits; with bit-fields in the struct, the upper 8 bits are a width */
};

enum btf_kind {
	KIND_INT = 1,
	KIND_ARRAY = 3,
	KIND_STRUCT = 4,
	KIND_UNION = 5,
	KIND_ENUM = 6,
	KIND_FUNCTION = 13,
	KIND_VARIABLE = 14,
	KIND_SECTION = 15,
	KIND_TAG = 17,
	KIND_ENUM64 = 19,
};

struct reader {
	const unsigned char *at, *end; /* of the types */
	const char *strings;
	uint32_t strings_length;
};

/* Returns how many bytes follow a type, by its kind. */
static size_t find_tail(const struct btf_type *type)
{
	size_t members = type->about & 0xffff;

	switch ((enum btf_kind)(type->about >> 24 & 0x1f)) {
	case KIND_INT:
	case KIND_VARIABLE:
	case KIND_TAG:
		return 4;
	case KIND_ARRAY:
		return 12;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_SECTION:
	case KIND_ENUM64:
		return members * 12;
	case KIND_ENUM:
	case KIND_FUNCTION:
		return members * 8;
	}
	return 0;
}

static bool is_named(const struct reader *reader, uint32_t name, const char *wanted)
{
	size_t size = strlen(wanted) + 1;

	return name < reader->strings_length && reader->strings_length - name >= size &&
	       memcmp(reader->strings + name, wanted, size) == 0;
}

/*
 * Sets *ret to the distance of a member in bytes, unless it is known already. members: the bytes
 * behind the type.
 */
static void find_member(const struct reader *reader, const struct btf_type *type,
			const unsigned char *members, const char *name, int64_t *ret)
{
	uint32_t mask = type->about >> 31 ? 0xffffff : UINT32_MAX;

	for (size_t i = 0; *ret < 0 && i < (type->about & 0xffff); i++) {
		struct btf_member member;

		memcpy(&member, members + i * sizeof(member), sizeof(member));
		if (is_named(reader, member.name, name) && (member.place & mask) % 8 == 0 &&
		    (member.place & mask) / 8 < type->size)
			*ret = (member.place & mask) / 8;
	}
}

/* Sets *ret to the parts of the bytes. Returns -EBADMSG if they do not fit. */
static int open_types(const void *bytes, size_t size, struct reader *ret)
{
	struct btf_header header;
	size_t rest;

	if (size < sizeof(header))
		return -EBADMSG;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != BTF_MAGIC || header.version != 1 || header.length < sizeof(header) ||
	    header.length > size)
		return -EBADMSG;
	rest = size - header.length;
	if (header.types > rest || header.types_length > rest - header.types ||
	    header.strings > rest || header.strings_length > rest - header.strings)
		return -EBADMSG;
	bytes = (const unsigned char *)bytes + header.length;
	ret->at = (const unsigned char *)bytes + header.types;
	ret->end = ret->at + header.types_length;
	ret->strings = (const char *)bytes + header.strings;
	ret->strings_length = header.strings_length;
	return 0;
}

/* The four members on the way, and a struct of two pointers, by which their size is known. */
struct places {
	int64_t proxy, net, space, number, second_pointer;
};

static void look_at_struct(const struct reader *reader, const struct btf_type *type,
			   const unsigned char *members, struct places *places)
{
	const struct {
		const char *type, *member;
		int64_t *place;
	} wanted[] = {
		{"task_struct", "nsproxy", &places->proxy},
		{"nsproxy", "net_ns", &places->net},
		{"net", "ns", &places->space},
		{"ns_common", "inum", &places->number},
		{"list_head", "prev", &places->second_pointer},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (is_named(reader, type->name, wanted[i].type))
			find_member(reader, type, members, wanted[i].member, wanted[i].place);
}

static int find_places(struct reader *reader, struct places *places)
{
	while (reader->at < reader->end) {
		struct btf_type type;
		size_t left = (size_t)(reader->end - reader->at);

		if (left < sizeof(type))
			return -EBADMSG;
		memcpy(&type, reader->at, sizeof(type));
		if (left - sizeof(type) < find_tail(&type))
			return -EBADMSG;
		reader->at += sizeof(type);
		if ((type.about >> 24 & 0x1f) == KIND_STRUCT)
			look_at_struct(reader, &type, reader->at, places);
		reader->at += find_tail(&type);
	}
	return 0;
}

int kernel_types_find_namespace(const void *bytes, size_t size, struct namespace_path *ret)
{
	struct places places = {-1, -1, -1, -1, -1};
	struct reader reader;
	int error = open_types(bytes, size, &reader);

	if (error == 0)
		error = find_places(&reader, &places);
	if (error < 0)
		return error;
	if (places.proxy < 0 || places.net < 0 || places.space < 0 || places.number < 0 ||
	    (places.second_pointer != 4 && places.second_pointer != 8))
		return -ENOENT;
	/* A distance is a 32-bit number of an instruction. A struct has no such size in truth. */
	if (places.proxy > INT16_MAX || places.net > INT16_MAX ||
	    places.space + places.number > INT16_MAX)
		return -ENOENT;
	*ret = (struct namespace_path){
		.pointer_size = (uint32_t)places.second_pointer,
		.proxy = (uint32_t)places.proxy,
		.net = (uint32_t)places.net,
		.number = (uint32_t)(places.space + places.number),
	};
	return 0;
}
