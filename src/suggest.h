/* Suggests a verb or option for one that this program does not have. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"

struct option;

/*
 * Adds "; did you mean check?" or another answer to "there is no verb WORD"; lists the verbs if
 * nothing is near.
 */
void suggest_verb(const char *word, const char *const *verbs, size_t count, struct buffer *b);

/*
 * Does the same for an option without its hyphens. Adds nothing if nothing is near. The array
 * `options` ends in a row without a name.
 */
void suggest_option(const char *word, const struct option *options, struct buffer *b);
