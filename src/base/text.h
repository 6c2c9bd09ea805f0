/* Small pieces of text work: strict numbers, distances between words, character classes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Plain decimal digits only: no sign, no blank, no leading zero (the kernel reads 010 as 8), no 0x.
 * -EINVAL: anything else; -ERANGE: more than max.
 */
MUST_CHECK int text_parse_number(const char *text, size_t length, uint64_t max, uint64_t *ret);

/* How many single-character edits lead from one word to the other; words over 63 characters are SIZE_MAX apart. */
size_t text_distance(const char *from, const char *to);

/* Whether a word is near enough to another to be offered as what was meant. */
bool text_is_near(const char *word, const char *candidate, size_t *inout_best);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/* Printable ASCII throughout: safe to print and to write into a generated file. */
bool text_is_plain(const char *text);

/* A control character of ASCII, tab and line feed among them. */
bool text_is_control(char c);

bool text_is_utf8(const char *text, size_t length);

/*
 * How many bytes from here on would steer a terminal: the controls of ASCII but the tab, and those above 0x7f, where two
 * bytes are one, or where the whole text is no UTF-8 any byte. 0: none.
 */
size_t text_steering_bytes(const char *text, bool is_utf8);

/* A part of a text. */
struct text_word {
	const char *text;
	size_t length;
};

/* What comes next between blanks in this line, and *position behind it; of no length at the end of the line or text. */
struct text_word text_next_word(const char **position);

bool text_word_is(const struct text_word *word, const char *text);
