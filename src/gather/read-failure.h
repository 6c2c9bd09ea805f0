/* Names what a reader could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Names what could not be read, for the caller's message. The caller owns it. */
struct read_failure {
	char *path;
};
void read_failure_done(struct read_failure *failure);

/* Sets failure->path to the prefix and the path. Returns error, or -ENOMEM. */
int read_failure_set(struct read_failure *failure, const char *prefix, const char *path, int error);
