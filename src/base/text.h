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

/* A number for people, with thousands separators: "4,194,304". `text` is valid until the end of the full expression. */
struct text_count {
	char text[sizeof("18,446,744,073,709,551,615")];
};
struct text_count text_count(uint64_t count);

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
 * Returns how many bytes the character at the start of the text has. It is not harmless if a terminal or a reader must not
 * see it: a control character but the tab, a separator of lines, a character that reorders the text around it (bidi), or
 * one that cannot be seen. is_utf8 is text_is_utf8() of the whole text; if false, each byte is a character, and those above
 * 0x7f are not harmless. length is not 0.
 */
size_t text_next_character(const char *text, size_t length, bool is_utf8, bool *ret_harmless);

/*
 * Whether a command that is printed to be pasted can contain the text: characters of [A-Za-z0-9._+~/-] alone, not empty,
 * no option, no home directory.
 */
bool text_is_safe_word(const char *text);

/* Whether a line of options that is printed to be written into a file can contain the text: [A-Za-z0-9._+/=,: -]. */
bool text_is_safe_line(const char *text, size_t length);

/* A part of a text. */
struct text_word {
	const char *text;
	size_t length;
};

/* What comes next between blanks in this line, and *position behind it; of no length at the end of the line or text. */
struct text_word text_next_word(const char **position);

bool text_word_is(const struct text_word *word, const char *text);
