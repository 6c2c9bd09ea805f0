/* Content hash and the header that carries it: how our files are told from edited and foreign ones. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* A SHA-256 in lower-case hex with its NUL. */
#define DIGEST_SIZE 65

void digest_of(const void *bytes, size_t size, char ret_hex[static DIGEST_SIZE]);

/*
 * Adds our header and the body. The header names the program and carries the checksum of the body, no version and no
 * time, so that an upgrade of the program is no drift. Every line of it is a comment to udev, sysctl and modprobe.
 */
void digest_add_signed(struct buffer *b, const char *body, size_t size);

/* Whether the file begins with our header, whatever has become of the rest. */
bool digest_has_header(const char *bytes, size_t size);

/* Whether it begins with our header and its checksum is that of the rest: exactly as some run wrote it. */
bool digest_is_intact(const char *bytes, size_t size);
