/* A directory for the tests of a tree: made for each test, removed after it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <sys/types.h>

#include "host/files/tree.h"

struct fixture {
	char base[32];	   /* beside root/ in it lies what must not be reached */
	int root;	   /* base/root, an image */
	struct tree *tree; /* the same */
	size_t descriptors;
	mode_t umask;
};

/*
 * Use these with cmocka_unit_test_setup_teardown(). The teardown also fails if a descriptor was
 * left open.
 */
int fixture_setup(void **state);
int fixture_teardown(void **state);

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* All paths are as inside the image; the directories above are made. */
void put_directory(const struct fixture *f, const char *path);
void put_file(const struct fixture *f, const char *path, const char *text);
void put_link(const struct fixture *f, const char *path, const char *target);
void put_fifo(const struct fixture *f, const char *path);

bool lies_there(const struct fixture *f, const char *path);
mode_t mode_of(const struct fixture *f, const char *path);
void assert_content(const struct fixture *f, const char *path, const char *text);

/* base and what is appended, as the running host sees it; owned by the caller. */
char *host_path(const struct fixture *f, const char *path);

/*
 * Lists the image, one line for each file: path, type, mode, content; for regular files also inode
 * and time, so that "as before" means the very same file. times: also those of directories.
 */
char *snapshot(const struct fixture *f, bool times);
void assert_as_it_was(const struct fixture *f, const char *before, bool times);

/*
 * Runs something in a child that is not root, or says nothing and does it at once if we are not.
 * The child fails if the function returns anything but 0, which the parent asserts.
 */
void run_unprivileged(int (*function)(struct fixture *f), struct fixture *f);

/* In such a function: a child has no use for cmocka's way out of a test. */
#define CHILD_CHECK(condition)                                                              \
	do {                                                                                \
		if (!(condition)) {                                                         \
			print_error("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			return 1;                                                           \
		}                                                                           \
	} while (0)

/* Changes to be committed together, each against what is there when it is added. */
#define BATCH_MAX 8

struct batch {
	struct file_change changes[BATCH_MAX];
	struct observed_file seen[BATCH_MAX];
	size_t count;
	struct change_failure failure;
};

/* Files get mode 0644 and the owner as made; text: content, target of a link, or NULL. */
void batch_add(struct batch *b, const struct fixture *f, enum change_kind kind, const char *path,
	       const char *text);
int batch_commit(struct batch *b, const struct fixture *f);
void batch_clear(struct batch *b);

/* Fails as told, with everything as it was before. */
void assert_refused(struct batch *b, const struct fixture *f, int error, const char *path);
