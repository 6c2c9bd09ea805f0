/* Turns configuration files into a validated configuration, or problems with line numbers. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/problems.h"
#include "model/config/schema.h"

/* The configured value of one row of the schema. */
struct config_value {
	/*
	 * whether a file sets it; if not, the value is the fallback of the row, or 0 for a kernel
	 * key
	 */
	bool set;
	bool is_auto; /* whether a TYPE_SIZE is "auto" */
	/* whether the number of a TYPE_SHARE is percent of RAM; else it is bytes */
	bool percent;
	uint64_t number; /* in the unit of the row; the index into choices for TYPE_CHOICE */
	char *text;	 /* as the file has it, "20s"; owned; NULL unless set */
	char *file;	 /* owned; NULL if no file sets it */
	unsigned int line;
};

/* `values` has schema_count entries in the order of the schema. Release with config_done(). */
struct config {
	struct config_value *values;
};

/* Makes a configuration with the built-in defaults. Returns -ENOMEM. */
MUST_CHECK int config_new(struct config *ret);
void config_done(struct config *config);

/*
 * Reads one file into the configuration. A key that an earlier file has set is replaced; a key that
 * this file sets twice is a problem. Every error in the file is added to problems, and then the
 * call still returns 0. Returns -ENOMEM.
 */
MUST_CHECK int config_read(struct config *config, const char *file, const char *bytes, size_t size,
			   struct problems *problems);

/* Adds the problems that need all files: one value must not exceed another. */
void config_check(const struct config *config, struct problems *problems);

/* Returns whether a configuration file may give the row this value. */
bool config_is_value(const struct schema_row *row, const char *text);

/* Adds the value as a configuration file would write it: "auto", "25%", "21600", "yes". */
void config_format(const struct config *config, size_t setting, struct buffer *b);
