/* Finds settings in files of other programs: shell assignments of ufw, INI files of tuned. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The characters that end a value of one word, or of a whole line. */
#define SETTING_ONE_WORD   "\n\r\"' \t"
#define SETTING_WHOLE_LINE "\n\r#"

/*
 * Copies the value of the last line "NAME = VALUE" in a section (NULL: anywhere), up to the first
 * of the characters in ends, without a leading quote or blanks. *ret is "" if there is no such
 * line. Returns false, with *ret "", if the value does not fit into size.
 */
bool program_setting_find(const char *text, const char *section, const char *name, const char *ends,
			  char *ret, size_t size);

/* Returns whether tuned, which is written in Python, reads the word as a false boolean. */
bool program_setting_is_no(const char *word);
