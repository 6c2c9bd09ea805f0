/* The checksum of our files and the header with it, by which edited and foreign files are found. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* The size of a SHA-256 in lower-case hex with its NUL. */
#define DIGEST_SIZE 65

void digest_of(const void *bytes, size_t size, char ret_hex[static DIGEST_SIZE]);

/*
 * Adds our header and the body. The header names the program and carries the checksum of the body.
 * It has no version and no time, so that an upgrade of the program is no drift. Every line of it is
 * a comment to udev, sysctl and modprobe.
 */
void digest_add_signed(struct buffer *b, const char *body, size_t size);

/* Returns whether the file begins with our header, even if the rest was edited. */
bool digest_has_header(const char *bytes, size_t size);

/*
 * Returns whether the file begins with our header and the checksum in it matches the rest, so that
 * the file is exactly as a run wrote it.
 */
bool digest_is_intact(const char *bytes, size_t size);
