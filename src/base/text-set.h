/* A set of texts, at a cost that is linear in all of them even if others choose the texts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <jansson.h>

#include "base/cleanup.h"

/* Start with {0}, and release the set with text_set_done(). The set owns copies of the texts. */
struct text_set {
	json_t *members; /* the keys are the texts; NULL: the set is empty */
};

/* Adds `prefix` followed by `text`. Returns 1 if that is new, 0 if the set has it, or -ENOMEM. */
MUST_CHECK int text_set_add(struct text_set *set, const char *prefix, const char *text);

/* Returns 1 if the set has `prefix` followed by `text`, 0 if it does not, or -ENOMEM. */
MUST_CHECK int text_set_has(const struct text_set *set, const char *prefix, const char *text);

void text_set_done(struct text_set *set);
