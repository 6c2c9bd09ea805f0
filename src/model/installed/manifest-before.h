/* The live values from before the first change: recorded, written as JSON, read back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <jansson.h>

#include "model/installed/manifest.h"

void manifest_before_done(struct manifest *manifest);

/*
 * Records the live value of a key, unless the key has a record already. live: NULL if unknown.
 * Copies both texts. Returns -ENOMEM.
 */
MUST_CHECK int manifest_add_before(struct manifest *manifest, const char *key, const char *live);

/*
 * Reads the JSON object "before". Returns -EBADMSG if no run would write such an object or it has
 * more keys than the schema, or -ENOMEM.
 */
MUST_CHECK int manifest_before_parse(json_t *before, struct manifest *manifest);
MUST_CHECK int manifest_before_format(const struct manifest *manifest, json_t *root);
MUST_CHECK int manifest_before_copy(const struct manifest *from, struct manifest *to);
