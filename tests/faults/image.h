/* A directory kept in memory, to compare with and to go back to. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct entry {
	char *path; /* below the directory, with a slash first */
	mode_t mode;
	char *bytes; /* of a file; the target of a link */
	size_t size;
};

struct image {
	struct entry *items; /* in byte order of their paths */
	size_t count;
};

/*
 * Takes in what lies below a directory; nothing of what `skip` says yes to, be it a directory with
 * all that is in it.
 */
void image_take(const char *directory, bool (*skip)(const char *path), struct image *ret);
void image_done(struct image *image);

const struct entry *image_find(const struct image *image, const char *path);
bool entry_is_same(const struct entry *a, const struct entry *b);
bool image_is_same(const struct image *a, const struct image *b);

/* Changes the directory from the state `now` to the state `wanted`, and leaves equal files alone. */
void image_restore(const char *directory, const struct image *now, const struct image *wanted);
