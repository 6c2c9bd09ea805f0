/* Reads commands as a shell would, without running them: which keys do they set, and to what? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/shell-lines.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/shell-commands.h"
#include "base/text.h"

/* "sh -c" within "sh -c"; nobody nests it more. */
#define DEPTH_MAX 3U

/* A position in the text, with its line. */
struct cursor {
	const char *text, *end;
	unsigned int line;
};

static char peek(const struct cursor *cursor, size_t ahead)
{
	if ((size_t)(cursor->end - cursor->text) <= ahead)
		return '\0';
	return cursor->text[ahead];
}

static void step(struct cursor *cursor)
{
	cursor->line += *cursor->text == '\n';
	cursor->text++;
}

/* Returns whether a backslash joins the next line, and how many bytes both have. */
static size_t joins_line(const struct cursor *cursor)
{
	if (peek(cursor, 0) != '\\')
		return 0;
	if (peek(cursor, 1) == '\n')
		return 2;
	return peek(cursor, 1) == '\r' && peek(cursor, 2) == '\n' ? 3 : 0;
}

static void skip_blanks(struct cursor *cursor, enum shell_form form)
{
	while (cursor->text < cursor->end && *cursor->text) {
		size_t joined = joins_line(cursor);

		if (joined == 0 &&
		    !strchr(form == SHELL_SCRIPT ? " \t\r" : " \t\r\n", *cursor->text))
			break;
		for (joined = joined ? joined : 1; joined > 0; joined--)
			step(cursor);
	}
}

/* Skips "${...}", "$(...)" or "`...`", whose result only the shell knows. */
static void skip_expansion(struct cursor *cursor)
{
	char open = peek(cursor, 0), close = open == '(' ? ')' : '}';
	unsigned int depth = 0;

	if (open == '`') {
		for (step(cursor); cursor->text < cursor->end && *cursor->text != '`';)
			step(cursor);
		if (cursor->text < cursor->end)
			step(cursor);
		return;
	}
	if (open != '(' && open != '{')
		return;
	while (cursor->text < cursor->end) {
		char c = *cursor->text;

		step(cursor);
		depth += c == open;
		depth -= c == close;
		if (depth == 0)
			return;
	}
}

/* Adds the text of an expansion as it is written, and marks the word as computed. */
static void read_expansion(struct cursor *cursor, struct shell_words *words,
			   struct shell_word *word)
{
	const char *from = cursor->text;

	if (*from == '$')
		step(cursor);
	skip_expansion(cursor);
	buffer_add_bytes(&words->text, from, (size_t)(cursor->text - from));
	word->computed = true;
}

static bool starts_expansion(const struct cursor *cursor)
{
	char next = peek(cursor, 1);

	return *cursor->text == '`' ||
	       (*cursor->text == '$' && next && !strchr(" \t\r\n;\"'", next));
}

static void read_quoted(struct cursor *cursor, struct shell_words *words, struct shell_word *word)
{
	char quote = *cursor->text;

	step(cursor);
	while (cursor->text < cursor->end && *cursor->text != quote) {
		if (quote == '"' && starts_expansion(cursor)) {
			read_expansion(cursor, words, word);
			continue;
		}
		if (quote == '"' && *cursor->text == '\\' && peek(cursor, 1) &&
		    strchr("\\\"$`\n", peek(cursor, 1)))
			step(cursor);
		if (cursor->text < cursor->end) {
			buffer_add_bytes(&words->text, cursor->text, 1);
			step(cursor);
		}
	}
	if (cursor->text < cursor->end)
		step(cursor);
}

static bool ends_word(char c, enum shell_form form)
{
	return strchr(form == SHELL_SCRIPT ? " \t\r\n;&|<>()" : " \t\r\n", c) != NULL;
}

/* Reads one word into the command. Returns -ENOMEM. */
static int read_word(struct cursor *cursor, enum shell_form form, struct shell_words *words)
{
	struct shell_word word = {.start = words->text.length, .line = cursor->line};

	while (cursor->text < cursor->end && *cursor->text && !joins_line(cursor) &&
	       !ends_word(*cursor->text, form)) {
		if (*cursor->text == '"' || *cursor->text == '\'') {
			read_quoted(cursor, words, &word);
		} else if (starts_expansion(cursor)) {
			read_expansion(cursor, words, &word);
		} else {
			if (*cursor->text == '\\' && cursor->end - cursor->text > 1)
				step(cursor);
			buffer_add_bytes(&words->text, cursor->text, 1);
			step(cursor);
		}
	}
	buffer_add_bytes(&words->text, "", 1);
	if (words->text.error < 0 ||
	    array_grow(&words->items, words->count, sizeof(*words->items)) < 0)
		return -ENOMEM;
	words->items[words->count++] = word;
	return 0;
}

/* Handles ">", ">>", "2>", "&>", "<", "<<" and "<<<"; the word behind is a target or an input. */
static int read_redirection(struct cursor *cursor, struct shell_words *words)
{
	char first = *cursor->text;
	unsigned int signs = 0;
	size_t count = words->count;
	bool other = false;
	int error;

	/* "2>" redirects messages, "1>" the output. */
	if (count > 0 && words->items[count - 1].start + 2 == words->text.length &&
	    cursor->text[-1] >= '0' && cursor->text[-1] <= '9') {
		other = cursor->text[-1] != '1' || first != '>';
		words->count--;
	}
	while (peek(cursor, 0) == first || (first == '>' && peek(cursor, 0) == '|')) {
		signs++;
		step(cursor);
	}
	if (peek(cursor, 0) == '&' || peek(cursor, 0) == '-')
		step(cursor);
	skip_blanks(cursor, SHELL_SCRIPT);
	if (cursor->text == cursor->end || ends_word(*cursor->text, SHELL_SCRIPT))
		return 0;
	error = read_word(cursor, SHELL_SCRIPT, words);
	if (error < 0)
		return error;
	words->count--;
	if (first == '>' && !other)
		words->target = words->items[words->count];
	words->has_target |= first == '>' && !other;
	if (first == '<' && signs == 3)
		words->input = words->items[words->count];
	words->has_input |= first == '<' && signs == 3;
	if (first == '<' && signs == 2)
		words->here = words->items[words->count];
	words->has_here |= first == '<' && signs == 2;
	return 0;
}

static void skip_line(struct cursor *cursor)
{
	while (cursor->text < cursor->end && *cursor->text != '\n')
		step(cursor);
}

/* Skips the lines of a here-document, which are no commands. */
static void skip_here(struct cursor *cursor, const char *end)
{
	if (cursor->text < cursor->end)
		step(cursor);
	while (cursor->text < cursor->end) {
		const char *from = cursor->text;
		size_t length;

		skip_line(cursor);
		while (from < cursor->text && *from == '\t')
			from++;
		length = (size_t)(cursor->text - from);
		if (length == strlen(end) && memcmp(from, end, length) == 0)
			return;
		if (cursor->text < cursor->end)
			step(cursor);
	}
}

/* Reads up to the end of one command, and tells what ended it: a pipe, or anything else. */
static int read_command(struct cursor *cursor, enum shell_form form, struct shell_words *words,
			bool *ret_pipe)
{
	*ret_pipe = false;
	for (;;) {
		char c;
		int error = 0;

		skip_blanks(cursor, form);
		c = peek(cursor, 0);
		if (c == '\0' || c == '\n')
			return 0;
		if (form == SHELL_ARGUMENTS && c == ';' &&
		    (cursor->end - cursor->text == 1 || strchr(" \t\r\n", peek(cursor, 1))))
			return 0;
		if (form == SHELL_SCRIPT && c == '#') {
			skip_line(cursor);
			return 0;
		}
		if (form == SHELL_SCRIPT && c == '&' && peek(cursor, 1) == '>')
			step(cursor);
		else if (form == SHELL_SCRIPT && strchr(";&()", c))
			return 0;
		else if (form == SHELL_SCRIPT && c == '|') {
			*ret_pipe = peek(cursor, 1) != '|';
			return 0;
		} else if (form == SHELL_SCRIPT && strchr("<>", c))
			error = read_redirection(cursor, words);
		else
			error = read_word(cursor, form, words);
		if (error < 0)
			return error;
	}
}

static int read_text(struct cursor cursor, enum shell_form form, unsigned int depth,
		     const struct shell_visitor *visitor)
{
	struct shell_words CLEANUP(shell_words_done) words = {0};
	struct shell_output CLEANUP(shell_output_done) output = {0};
	int error = 0;

	while (cursor.text < cursor.end && error == 0) {
		const char *script = NULL;
		unsigned int line = 0;
		bool pipe;

		shell_words_reset(&words);
		error = read_command(&cursor, form, &words, &pipe);
		if (error < 0)
			return error;
		if (words.text.length <= SHELL_COMMAND_MAX)
			error = shell_command(&words, pipe, &output, visitor, &script, &line);
		if (error == 0 && script && depth < DEPTH_MAX)
			error = read_text((struct cursor){script, script + strlen(script), line},
					  SHELL_SCRIPT, depth + 1, visitor);
		if (error == 0 && words.has_here && peek(&cursor, 0) == '\n')
			skip_here(&cursor, words.text.data + words.here.start);
		if (cursor.text < cursor.end)
			step(&cursor);
		/* A command may begin on the line behind its pipe. */
		if (pipe)
			skip_blanks(&cursor, SHELL_ARGUMENTS);
	}
	return error;
}

int shell_read(const char *text, size_t size, unsigned int line, enum shell_form form,
	       const struct shell_visitor *visitor)
{
	return read_text((struct cursor){text, text + size, line}, form, 0, visitor);
}
