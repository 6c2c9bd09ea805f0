/* Names what a reader could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What could not be read, so that the caller can name it. Owned by whoever was passed it. */
struct read_failure {
	char *path;
};
void read_failure_done(struct read_failure *failure);

/* Puts the path with the prefix into failure. Returns error, or -ENOMEM. */
int read_failure_set(struct read_failure *failure, const char *prefix, const char *path, int error);
