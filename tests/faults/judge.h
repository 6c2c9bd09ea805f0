/* Checks what a disturbed run may leave, and what the next, undisturbed run must make of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "faults/image.h"
#include "faults/inject.h"

/* One story: a run of the program that leads from one tree to another. */
struct story {
	const char *name;
	const char *tree; /* the directory that the program works on */
	struct program run, check, undo;
	bool has_undo;
	struct image before, after;
	struct image kept; /* files whose content may nowhere be lost */
	struct state *states;
	size_t state_count;
};

/* A tree that disturbed runs have left, and what came of it. */
struct state {
	struct image image;
	char *finding; /* NULL: all is well */
};

/*
 * Whether the tree's own record of a run is of no interest: logs of the test twin, libraries in a
 * chroot.
 */
bool is_beside(const char *path);

/*
 * Judges a run that has ended; the tree is left as `before`. NULL, or what is wrong with it; free
 * it.
 */
char *judge_run(struct story *story, const struct fault *fault, const struct call *call,
		int status);

/* The first difference between two trees, NULL if there is none. loosely: see judge.c. */
char *find_difference(const struct image *now, const struct image *wanted, bool loosely);

/* Returns what the last run wrote to one of its output files. The caller frees it. */
char *read_said(int fd);
