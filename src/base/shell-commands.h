/* Reads one command of a script; only shell-lines.c includes this header. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "base/shell-lines.h"

/* A word without its quotes; its text begins at `start` and ends in NUL. */
struct shell_word {
	size_t start;
	unsigned int line;
	bool computed; /* it has an expansion */
};

/* One command. Start with zeroes, and release with shell_words_done(). */
struct shell_words {
	struct buffer text; /* owned; all words, each with a NUL behind it */
	struct shell_word *items;
	size_t count;
	struct shell_word target, input, here; /* behind ">", "<<<" and "<<" */
	bool has_target, has_input, has_here;
};
void shell_words_done(struct shell_words *words);

/* Forgets the words; the memory is used again. */
void shell_words_reset(struct shell_words *words);

/* The text that the command before a pipe prints. Start with zeroes. */
struct shell_output {
	struct buffer text; /* owned */
	bool known;	    /* it is in text; else a program computes it */
	bool computed;
	bool waits; /* a pipe leads to the next command */
};
void shell_output_done(struct shell_output *output);

/*
 * Tells the visitor what the command does. inout_output: what comes through the pipe before it, and
 * what it sends into the pipe behind it. If it is "sh -c TEXT", *ret_script becomes TEXT, which
 * belongs to the words. -ENOMEM, or the error of the visitor.
 */
MUST_CHECK int shell_command(const struct shell_words *words, bool pipe,
			     struct shell_output *inout_output, const struct shell_visitor *visitor,
			     const char **ret_script, unsigned int *ret_line);
