/* The texts of files that several steps of a run read, so that each file is opened once. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/*
 * The most bytes of the texts in one struct kept_texts. A host has some hundred units and scripts
 * of 1 KiB each; what a hostile image has more is read again.
 */
#define KEPT_BYTES_MAX (4U << 20)

/* Start with `struct kept_texts t = {0}`, and release with kept_texts_done(). */
struct kept_texts {
	void *tree; /* of tsearch(3), by path; owned */
	size_t bytes;
};
void kept_texts_done(struct kept_texts *texts);

struct kept_text {
	const char *path, *text; /* owned by kept_texts, borrowed as an argument */
	size_t size;
	bool runs; /* a script that any user may execute */
};

/* Returns the text of this path, which the texts own, or NULL if none was kept. */
const struct kept_text *kept_texts_find(const struct kept_texts *texts, const char *path);

/* Returns a copy of the text in *ret, which the caller owns. -ENOMEM. */
MUST_CHECK int kept_text_copy(const struct kept_text *text, char **ret);

/*
 * Keeps a copy of the text and of the path. A text for which there is no room, or no memory, is not
 * kept. The path must not be there yet.
 */
void kept_texts_keep(struct kept_texts *texts, const struct kept_text *text);
