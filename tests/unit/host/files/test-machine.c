/*
 * host/word-size and host/image-machine: the width of the running kernel, and the machine type of
 * an image.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/files/image-machine.h"
#include "host/kernel/word-size.h"

/* Texts of the kernel's files, NULL: a kernel without it. */
struct kernel_row {
	const char *bits, *arch, *personality;
	const char *machine; /* of uname(2) */
	unsigned int width;  /* as a 32-bit program must find it */
};

static void put_if(const struct fixture *f, const char *path, const char *text)
{
	if (text)
		put_file(f, path, text);
	else
		(void)unlinkat(f->root, path + 1, 0);
}

static void width_is_the_kernels(void **state)
{
	static const struct kernel_row rows[] = {
		/* 6.3 and later tell it. */
		{"64\n", "x86_64\n", "00000000\n", "x86_64", 8},
		{"64\n", NULL, "00000008\n", "i686", 8},
		{"32\n", "i686\n", "00000000\n", "i686", 4},
		{"32\n", NULL, NULL, "armv7l", 4},
		/* 6.1 and later: setarch(8) changes uname(2) and not this. */
		{NULL, "x86_64\n", "00000008\n", "i686", 8},
		{NULL, "aarch64\n", "00000008\n", "armv8l", 8},
		{NULL, "s390x\n", NULL, "s390", 8},
		{NULL, "i686\n", "00000000\n", "i686", 4},
		{NULL, "armv7l\n", "00000000\n", "armv7l", 4},
		/* Older ones. */
		{NULL, NULL, "00000000\n", "x86_64", 8},
		{NULL, NULL, "00000000\n", "aarch64", 8},
		{NULL, NULL, "00000000\n", "ppc64", 8},
		{NULL, NULL, "00000000\n", "mips64", 8},
		{NULL, NULL, "00000000\n", "i686", 4},
		{NULL, NULL, "00000000\n", "armv7l", 4},
		{NULL, NULL, "00000000\n", "ppc", 4},
		{NULL, NULL, "00000000\n", "mips", 4},
		/*
		 * setarch(8) sets the personality, also with another of its options, which are the
		 * upper bits.
		 */
		{NULL, NULL, "00000008\n", "i686", 8},
		{NULL, NULL, "00040008\n", "i686", 8},
		{NULL, NULL, "00000008\n", "armv8l", 8},
		{NULL, NULL, "00040000\n", "i686", 4},
		/* No /proc and no /sys. */
		{NULL, NULL, NULL, "i686", 4},
		{NULL, NULL, NULL, "x86_64", 8},
	};
	const struct fixture *f = *state;
	char root[PATH_MAX];

	(void)snprintf(root, sizeof(root), "%s/root", f->base);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_if(f, "/sys/kernel/address_bits", rows[i].bits);
		put_if(f, "/proc/sys/kernel/arch", rows[i].arch);
		put_if(f, "/proc/self/personality", rows[i].personality);
		if (word_size_of_kernel(root, 4, rows[i].machine) != rows[i].width)
			fail_msg("row %zu", i);
		/* A 64-bit program runs on a kernel of 64 bits, whatever uname(2) says. */
		assert_int_equal(word_size_of_kernel(root, 8, rows[i].machine), 8);
	}
}

/* An ELF header up to its machine type. */
static void put_program(const struct fixture *f, const char *path, unsigned char class,
			unsigned char data, unsigned char machine, size_t size)
{
	const unsigned char start[20] = {0x7f, 'E', 'L',      'F',	     class,
					 data, 1,   [16] = 3, [18] = machine};
	int fd;

	put_file(f, path, "");
	fd = openat(f->root, path + 1, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, start, size), size);
	(void)close(fd);
}

static void image_is_of_its_programs_machine(void **state)
{
	static const struct {
		unsigned char class, data, machine;
		size_t size;
		bool is_x86_64;
	} rows[] = {
		{2, 1, 62, 20, true},	/* x86-64 */
		{1, 1, 62, 20, false},	/* x32: its kernel is of 64 bits, but that is rare */
		{1, 1, 3, 20, false},	/* i386, which an x86-64 kernel may run */
		{2, 1, 183, 20, false}, /* aarch64 */
		{2, 1, 243, 20, false}, /* riscv64 */
		{2, 2, 22, 20, false},	/* s390x */
		{2, 2, 62, 20, false},	/* of no machine */
		{2, 1, 62, 19, false},	{2, 1, 62, 4, false}, {2, 1, 62, 0, false},
	};
	const struct fixture *f = *state;

	assert_false(image_is_x86_64(f->tree));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_program(f, "/bin/sh", rows[i].class, rows[i].data, rows[i].machine,
			    rows[i].size);
		if (image_is_x86_64(f->tree) != rows[i].is_x86_64)
			fail_msg("row %zu", i);
	}
	put_file(f, "/bin/sh", "#!/bin/bash of some twenty bytes and more\n");
	assert_false(image_is_x86_64(f->tree));
}

static void image_is_read_through_its_own_links(void **state)
{
	const struct fixture *f = *state;

	put_program(f, "/usr/bin/dash", 2, 1, 62, 20);
	put_link(f, "/bin", "usr/bin");
	put_link(f, "/usr/bin/sh", "/usr/bin/dash");
	assert_true(image_is_x86_64(f->tree));
	/* systemd comes first. */
	put_program(f, "/usr/lib/systemd/systemd", 2, 1, 183, 20);
	assert_false(image_is_x86_64(f->tree));
	put_program(f, "/usr/lib/systemd/systemd", 2, 1, 62, 20);
	assert_true(image_is_x86_64(f->tree));
}

static void what_is_no_file_is_not_opened(void **state)
{
	const struct fixture *f = *state;

	put_fifo(f, "/bin/sh");
	put_link(f, "/lib/systemd/systemd", "/proc/self/exe");
	put_directory(f, "/usr/lib/systemd/systemd");
	assert_false(image_is_x86_64(f->tree));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(width_is_the_kernels),
		TREE_TEST(image_is_of_its_programs_machine),
		TREE_TEST(image_is_read_through_its_own_links),
		TREE_TEST(what_is_no_file_is_not_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
