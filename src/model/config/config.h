/* Pairs and table to a validated configuration, or problems with line numbers. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/problems.h"
#include "model/config/schema.h"

/* What the configuration says of one row of the table. */
struct config_value {
	bool set; /* by a file; else the row's fallback stands here, or nothing for a kernel key */
	bool is_auto;	 /* TYPE_SIZE */
	bool percent;	 /* TYPE_SHARE: number is percent of RAM, else bytes */
	uint64_t number; /* in the row's unit; TYPE_CHOICE: index into its choices */
	char *text;	 /* as the file has it, "20s"; owned; NULL unless set */
	char *file;	 /* owned; NULL unless set */
	unsigned int line;
};

/* values has schema_count entries in the order of the table. */
struct config {
	struct config_value *values;
};

/* The built-in defaults. -ENOMEM. */
MUST_CHECK int config_new(struct config *ret);
void config_done(struct config *config);

/*
 * Adds one file's settings over what the configuration has: a later file wins key by key; the same key twice in one
 * file is a problem. Every error of the file is added to problems. -ENOMEM.
 */
MUST_CHECK int config_read(struct config *config, const char *file, const char *bytes, size_t size,
			   struct problems *problems);

/* What can only be said of all files together: one value that must not exceed another. */
void config_check(const struct config *config, struct problems *problems);

/* Whether a configuration file may give the row this value. */
bool config_is_value(const struct schema_row *row, const char *text);

/* The value as a configuration file would have it: "auto", "25%", "21600", "yes". */
void config_format(const struct config *config, size_t setting, struct buffer *b);
