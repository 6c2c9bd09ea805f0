/* Finds in the kernel's own type information (BTF) where it keeps what a process is. */
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

/* The members on the ways, and one of a struct of two pointers, by which their size is known. */
enum member {
	MEMBER_PROXY,
	MEMBER_NET,
	MEMBER_SPACE,
	MEMBER_NUMBER,
	MEMBER_GROUPS,
	MEMBER_GROUP,
	MEMBER_NODE,
	MEMBER_NAME,
	MEMBER_PROCESS,
	MEMBER_COMMAND,
	MEMBER_SECOND_POINTER,
	MEMBERS
};

static const struct {
	const char *type, *member;
} wanted[MEMBERS] = {
	[MEMBER_PROXY] = {"task_struct", "nsproxy"},
	[MEMBER_NET] = {"nsproxy", "net_ns"},
	[MEMBER_SPACE] = {"net", "ns"},
	[MEMBER_NUMBER] = {"ns_common", "inum"},
	[MEMBER_GROUPS] = {"task_struct", "cgroups"},
	[MEMBER_GROUP] = {"css_set", "dfl_cgrp"},
	[MEMBER_NODE] = {"cgroup", "kn"},
	[MEMBER_NAME] = {"kernfs_node", "name"},
	[MEMBER_PROCESS] = {"task_struct", "tgid"},
	[MEMBER_COMMAND] = {"task_struct", "comm"},
	[MEMBER_SECOND_POINTER] = {"list_head", "prev"},
};

/* places: the distance of each member in bytes; -1: not found yet */
static void look_at_struct(const struct reader *reader, const struct btf_type *type,
			   const unsigned char *members, int64_t places[MEMBERS])
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (is_named(reader, type->name, wanted[i].type))
			find_member(reader, type, members, wanted[i].member, &places[i]);
}

static int find_places(struct reader *reader, int64_t places[MEMBERS])
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

/*
 * Returns the way over these members, or one of no steps if a member is missing. A distance is a
 * 32-bit number of an instruction; a struct has no such size in truth.
 */
static struct kernel_path make_path(const int64_t places[MEMBERS], const enum member *members,
				    size_t count)
{
	struct kernel_path path = {.count = count};

	for (size_t i = 0; i < count; i++) {
		if (places[members[i]] < 0 || places[members[i]] > INT16_MAX)
			return (struct kernel_path){.count = 0};
		path.steps[i] = (uint32_t)places[members[i]];
	}
	return path;
}

/* The number lies in a struct within a struct, so that two distances are one step. */
static struct kernel_path make_namespace_path(const int64_t places[MEMBERS])
{
	static const enum member members[] = {MEMBER_PROXY, MEMBER_NET, MEMBER_SPACE,
					      MEMBER_NUMBER};
	struct kernel_path path = make_path(places, members, ARRAY_SIZE(members));

	if (path.count == 0 || path.steps[2] + path.steps[3] > INT16_MAX)
		return (struct kernel_path){.count = 0};
	path.steps[2] += path.steps[3];
	path.count--;
	return path;
}

/* The name is behind one more pointer. */
static struct kernel_path make_group_path(const int64_t places[MEMBERS])
{
	static const enum member members[] = {MEMBER_GROUPS, MEMBER_GROUP, MEMBER_NODE,
					      MEMBER_NAME};
	struct kernel_path path = make_path(places, members, ARRAY_SIZE(members));

	if (path.count > 0)
		path.steps[path.count++] = 0;
	return path;
}

int kernel_types_find_paths(const void *bytes, size_t size, struct kernel_paths *ret)
{
	struct kernel_paths paths;
	int64_t places[MEMBERS];
	struct reader reader;
	int error = open_types(bytes, size, &reader);

	for (size_t i = 0; i < MEMBERS; i++)
		places[i] = -1;
	if (error == 0)
		error = find_places(&reader, places);
	if (error < 0)
		return error;
	if (places[MEMBER_SECOND_POINTER] != 4 && places[MEMBER_SECOND_POINTER] != 8)
		return -ENOENT;
	paths = (struct kernel_paths){
		.pointer_size = (uint32_t)places[MEMBER_SECOND_POINTER],
		.namespace = make_namespace_path(places),
		.group = make_group_path(places),
		.process = make_path(places, &(enum member){MEMBER_PROCESS}, 1),
		.command = make_path(places, &(enum member){MEMBER_COMMAND}, 1),
	};
	if (paths.namespace.count + paths.group.count + paths.process.count + paths.command.count ==
	    0)
		return -ENOENT;
	*ret = paths;
	return 0;
}
