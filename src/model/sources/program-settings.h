/* Single settings in the files of other programs: shell assignments of ufw, INI files of tuned. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What ends a value: that of one word, or that of a whole line. */
#define SETTING_ONE_WORD   "\n\r\"' \t"
#define SETTING_WHOLE_LINE "\n\r#"

/*
 * Copies the value of the last line "NAME = VALUE" in a section (NULL: anywhere) up to the first of the characters in ends,
 * without a quote or blanks before it. *ret is "" if there is no such line. Returns false if that value does not fit: *ret
 * is "" then as well.
 */
bool program_setting_find(const char *text, const char *section, const char *name, const char *ends,
			  char *ret, size_t size);

/* Whether Python, in which tuned is written, reads the word as a false boolean. */
bool program_setting_is_no(const char *word);
