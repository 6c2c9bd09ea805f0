/* Small text functions: strict numbers, distances of words, character classes, words of a line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Parses plain decimal digits: no sign, no blank, no 0x, and no leading zero, because the kernel
 * reads 010 as 8. Returns -EINVAL for any other text, -ERANGE for a number above max.
 */
MUST_CHECK int text_parse_number(const char *text, size_t length, uint64_t max, uint64_t *ret);

/*
 * A number for people, with thousands separators: "4,194,304". If text_count() is used inside an
 * expression, `text` is valid until the end of the full expression.
 */
struct text_count {
	char text[sizeof("18,446,744,073,709,551,615")];
};
struct text_count text_count(uint64_t count);

/*
 * An amount of memory for people, such as "512 B", "64 KiB" or "1.5 GiB", rounded down to one digit
 * after the point. `text` is valid as that of text_count().
 */
struct text_amount {
	char text[sizeof("1023.9 KiB")];
};
struct text_amount text_amount(uint64_t bytes);

/*
 * Returns how many single-character edits turn one word into the other, or SIZE_MAX if a word has
 * over 63 characters.
 */
size_t text_distance(const char *from, const char *to);

/*
 * Returns whether the candidate is similar enough to the word to be proposed, and more similar than
 * *inout_best edits. If so, lowers *inout_best. Start with SIZE_MAX.
 */
bool text_is_near(const char *word, const char *candidate, size_t *inout_best);

/* Returns whether the candidate is fewer than *inout_best edits away; if so, lowers that. */
bool text_is_nearer(const char *word, const char *candidate, size_t *inout_best);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/*
 * Returns whether the text is printable ASCII throughout, so that it is safe to print and to write
 * into a generated file.
 */
bool text_is_plain(const char *text);

/* Returns whether the character is an ASCII control character; tab and line feed are. */
bool text_is_control(char c);

bool text_is_utf8(const char *text, size_t length);

/*
 * Returns how many bytes the first character of the text has. length must not be 0. Sets
 * *ret_harmless to false if a terminal or a reader must not see the character: a control character
 * except tab, a line separator, a character that reorders the text around it (bidi), or an
 * invisible one. Pass the result of text_is_utf8() for the whole text as is_utf8; if that is false,
 * each byte is one character and bytes above 0x7f are not harmless.
 */
size_t text_next_character(const char *text, size_t length, bool is_utf8, bool *ret_harmless);

/*
 * Returns whether the text can be a word of a command that is printed for pasting: only
 * [A-Za-z0-9._+~/-], not empty, and starting with neither "-" (an option) nor "~" (a home
 * directory).
 */
bool text_is_safe_word(const char *text);

/*
 * Returns whether the text can be part of a line of options that is printed for a file: only
 * [A-Za-z0-9._+/=,: -].
 */
bool text_is_safe_line(const char *text, size_t length);

/* A part of a text, which the caller owns. */
struct text_word {
	const char *text;
	size_t length;
};

/*
 * Returns the next word of the line, delimited by blanks, and moves *position behind it. Returns a
 * word of length 0 at the end of the line or text.
 */
struct text_word text_next_word(const char **position);

/* A line of a text, without its line feed; the first one has number 1. */
struct text_line {
	const char *text;
	size_t length;
	unsigned int number;
	const char *next; /* where the line after it begins */
};

/*
 * Moves to the next line of a text and returns whether there is one; the last line may lack its
 * line feed. Start with `struct text_line line = {.next = text}`.
 */
bool text_next_line(struct text_line *line);

/* Drops these characters at both ends of the line. '\r' among them drops CR of CR LF. */
void text_trim_line(struct text_line *line, const char *blanks);

/* Drops these characters at both ends of the word. */
void text_trim(struct text_word *word, const char *blanks);

/*
 * Splits a line such as "KEY = VALUE" at the first of the separators, and trims both parts (blanks,
 * tabs, CR). Returns false if the line has no separator.
 */
bool text_split(const struct text_line *line, const char *separators, struct text_word *ret_key,
		struct text_word *ret_value);

bool text_word_is(const struct text_word *word, const char *text);
