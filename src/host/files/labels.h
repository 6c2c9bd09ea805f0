/* The labels with which SELinux's policy wants files of the running host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/stat.h>

#include "base/cleanup.h"

/*
 * Two bodies, chosen by configure: labels-selinux.c over libselinux, and labels-none.c, with which
 * what is made has the label that the kernel gives by itself: nearly always that of its directory.
 */
struct labels;

/*
 * 0 with *ret NULL: there is nothing to label, as SELinux is not enabled here or libselinux not
 * installed. Negative errno: the policy's labels cannot be read, and SELinux enforces.
 */
MUST_CHECK int labels_open(struct labels **ret);
struct labels *labels_close(struct labels *labels);

/*
 * What this process makes next gets the policy's label for this path; what the policy has no label
 * for is made as ever. kind: S_IFREG, S_IFDIR, S_IFLNK. labels: may be NULL. Negative errno only
 * where SELinux enforces; see labels_unlabelled().
 */
MUST_CHECK int labels_begin(struct labels *labels, const char *path, mode_t kind);

/* Again as ever. errno stays as it is. */
void labels_end(const struct labels *labels);

/* The first path that could not have its label, where SELinux is permissive; NULL: all could. */
const char *labels_unlabelled(const struct labels *labels);
