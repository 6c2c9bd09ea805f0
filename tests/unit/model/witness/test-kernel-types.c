/* model/witness/kernel-types: members are found in BTF, and broken BTF is refused. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/witness/kernel-types.h"

#define NUMBERS 256

/* BTF in the making, by the numbers of Documentation/bpf/btf.rst. */
struct fixture {
	uint32_t numbers[NUMBERS]; /* the types */
	size_t count;
	char strings[512];
	size_t length;
	unsigned char bytes[4096];
	size_t size;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.length = 1};
	*state = &fixture;
	return 0;
}

static void add_numbers(struct fixture *f, size_t count, const uint32_t *numbers)
{
	assert_true(f->count + count <= NUMBERS);
	memcpy(f->numbers + f->count, numbers, count * sizeof(*numbers));
	f->count += count;
}

static uint32_t add_string(struct fixture *f, const char *text)
{
	uint32_t at = (uint32_t)f->length;

	f->length += strlen(text) + 1;
	assert_true(f->length <= sizeof(f->strings));
	memcpy(f->strings + at, text, strlen(text) + 1);
	return at;
}

/* Adds a struct with two members, the first at 0, the second `wanted` at so many bits. */
static void add_struct(struct fixture *f, const char *name, const char *wanted, uint32_t bits)
{
	const uint32_t numbers[] = {
		add_string(f, name),
		4U << 24 | 2,
		1U << 20,
		add_string(f, "first"),
		1,
		0,
		add_string(f, wanted),
		1,
		bits,
	};

	add_numbers(f, ARRAY_SIZE(numbers), numbers);
}

static void add_all_structs(struct fixture *f)
{
	add_struct(f, "list_head", "prev", 64);
	add_struct(f, "task_struct", "nsproxy", 2936 * 8);
	add_struct(f, "nsproxy", "net_ns", 40 * 8);
	add_struct(f, "net", "ns", 136 * 8);
	add_struct(f, "ns_common", "inum", 16 * 8);
	add_struct(f, "css_set", "dfl_cgrp", 136 * 8);
	add_struct(f, "cgroup", "kn", 240 * 8);
	add_struct(f, "kernfs_node", "name", 48 * 8);
}

/* Puts header, types and strings behind each other. */
static void finish(struct fixture *f)
{
	uint32_t types = (uint32_t)(f->count * 4), strings = (uint32_t)f->length;
	const uint16_t magic = 0xeb9f;
	const uint32_t rest[] = {24, 0, types, types, strings};

	memset(f->bytes, 0, sizeof(f->bytes));
	memcpy(f->bytes, &magic, 2);
	f->bytes[2] = 1;
	memcpy(f->bytes + 4, rest, sizeof(rest));
	memcpy(f->bytes + 24, f->numbers, types);
	memcpy(f->bytes + 24 + types, f->strings, strings);
	f->size = 24 + types + strings;
}

static void expect_path(const struct kernel_path *path, size_t count, const uint32_t *steps)
{
	expect_number("steps", path->count, count);
	for (size_t i = 0; i < count; i++)
		expect_number("step", path->steps[i], steps[i]);
}

static void members_are_found(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths = {0};
	const uint32_t integer[] = {add_string(f, "int"), 1U << 24, 4, 32};
	const uint32_t pointer[] = {0, 2U << 24, 1};
	const uint32_t array[] = {0, 3U << 24, 0, 1, 1, 7};
	const uint32_t values[] = {0, 6U << 24 | 2, 4, 1, 0, 1, 1};
	const uint32_t tag[] = {0, 17U << 24, 1, 0};

	add_numbers(f, ARRAY_SIZE(integer), integer);
	add_numbers(f, ARRAY_SIZE(pointer), pointer);
	add_numbers(f, ARRAY_SIZE(array), array);
	add_numbers(f, ARRAY_SIZE(values), values);
	add_numbers(f, ARRAY_SIZE(tag), tag);
	add_struct(f, "net_device", "ns", 8);
	add_all_structs(f);
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), 0);
	expect_number("pointer", paths.pointer_size, 8);
	expect_path(&paths.namespace, 3, (const uint32_t[]){2936, 40, 136 + 16});
	/* The struct task_struct here has no other member. */
	expect_path(&paths.group, 0, NULL);
	expect_path(&paths.process, 0, NULL);
}

static void group_process_and_command_are_found(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths = {0};

	add_all_structs(f);
	add_struct(f, "task_struct", "cgroups", 2944 * 8);
	add_struct(f, "task_struct", "tgid", 2492 * 8);
	add_struct(f, "task_struct", "comm", 3008 * 8);
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), 0);
	expect_path(&paths.group, 5, (const uint32_t[]){2944, 136, 240, 48, 0});
	expect_path(&paths.process, 1, (const uint32_t[]){2492});
	expect_path(&paths.command, 1, (const uint32_t[]){3008});
}

/* In a struct with bit-fields, the upper 8 bits of a place are the width of the field. */
static void place_beside_bit_fields_is_found(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths = {0};

	add_all_structs(f);
	/* task_struct is the second struct, of 9 numbers each. */
	f->numbers[9 + 1] |= 1U << 31;
	f->numbers[9 + 5] = 3U << 24 | 1;
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), 0);
	expect_number("proxy", paths.namespace.steps[0], 2936);
}

static void missing_member_is_said(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths = {.pointer_size = 7};

	add_all_structs(f);
	f->numbers[9 * 3 + 6] = f->numbers[9 * 3 + 3];
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), -ENOENT);
	expect_number("untouched", paths.pointer_size, 7);
}

/* A distance that no struct has is not put into a program. */
static void distance_has_a_bound(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths;

	add_all_structs(f);
	f->numbers[9 + 8] = 70000 * 8;
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), -ENOENT);
}

/* Each beginning of it is refused, and nothing behind the end is read (valgrind, sanitizers). */
static void broken_bytes_are_refused(void **state)
{
	struct fixture *f = *state;
	struct kernel_paths paths;

	add_all_structs(f);
	finish(f);
	for (size_t size = 0; size < f->size; size++) {
		unsigned char *CLEANUP(free_pointer) cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, f->bytes, size);
		assert_int_equal(kernel_types_find_paths(cut, size, &paths), -EBADMSG);
	}
	f->bytes[0] ^= 0xff;
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), -EBADMSG);
	finish(f);
	f->numbers[1] |= 0xffff; /* members behind the end */
	finish(f);
	assert_int_equal(kernel_types_find_paths(f->bytes, f->size, &paths), -EBADMSG);
}

#define ALONE(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(members_are_found),
		ALONE(group_process_and_command_are_found),
		ALONE(place_beside_bit_fields_is_found),
		ALONE(missing_member_is_said),
		ALONE(distance_has_a_bound),
		ALONE(broken_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
