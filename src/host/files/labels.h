/* Finds the labels that SELinux's policy has for files of the running host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/stat.h>

#include "base/cleanup.h"

/*
 * The port has two bodies, and configure chooses one: labels-selinux.c uses libselinux; with
 * labels-none.c new files have the label that the kernel gives, which is nearly always that of
 * their directory.
 */
struct labels;

/*
 * Returns 0 with *ret NULL if nothing can be labelled, because SELinux is not enabled here or
 * libselinux is not installed. Negative errno: the policy's labels cannot be read, and SELinux
 * enforces.
 */
MUST_CHECK int labels_open(struct labels **ret);
struct labels *labels_close(struct labels *labels);

/*
 * Sets the policy's label for this path as the label of the next file that this process makes. If
 * the policy has none, the kernel chooses the label. kind: S_IFREG, S_IFDIR, S_IFLNK. labels: may
 * be NULL. Returns a negative errno only if SELinux enforces; see labels_unlabelled().
 */
MUST_CHECK int labels_begin(struct labels *labels, const char *path, mode_t kind);

/* Lets the kernel choose the labels of new files again. errno stays unchanged. */
void labels_end(const struct labels *labels);

/* Returns the first path that could not have its label while SELinux is permissive, or NULL. */
const char *labels_unlabelled(const struct labels *labels);
