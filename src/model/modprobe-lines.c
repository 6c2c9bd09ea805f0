/* Finds the lines of modprobe.d text that concern nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/modprobe-lines.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/buffer.h"

static const char blanks[] = " \t\r";

void modprobe_line_done(struct modprobe_line *line)
{
	free(line->command);
	free(line->name);
	free(line->rest);
	*line = (struct modprobe_line){0};
}

/* One logical line: a backslash takes itself and the end of its line away, else it lets any character stand. Returns
 * behind it. */
static const char *join(const char *text, unsigned int *number, struct buffer *b)
{
	size_t run;

	buffer_clear(b);
	buffer_add(b, "");
	for (;;) {
		run = strcspn(text, "\\\n");
		buffer_add_bytes(b, text, run);
		text += run;
		if (*text != '\\')
			break;
		text++;
		if (*text == '\n')
			++*number;
		else
			buffer_add_bytes(b, text, *text ? 1 : 0);
		text += *text ? 1 : 0;
	}
	if (*text == '\n') {
		text++;
		++*number;
	}
	return text;
}

/* Cuts one word off; what is left begins at the next. */
static char *cut_word(char **text)
{
	char *word = *text + strspn(*text, blanks);
	char *end = word + strcspn(word, blanks);

	*text = end + strspn(end, blanks);
	*end = '\0';
	return word;
}

/* A name as modprobe compares it: - is _ outside of brackets. */
static void use_underscores(char *name)
{
	bool in_brackets = false;

	for (char *c = name; *c; c++) {
		in_brackets = *c == '[' || (in_brackets && *c != ']');
		if (*c == '-' && !in_brackets)
			*c = '_';
	}
}

static int take(char *text, unsigned int number, struct modprobe_line *ret)
{
	size_t length = strlen(text);
	bool carriage_return = length > 0 && text[length - 1] == '\r';
	char *command = cut_word(&text), *name;

	if (*command == '#' || *command == '\0')
		return 0;
	name = cut_word(&text);
	use_underscores(name);
	length = strlen(text);
	while (length > 0 && strchr(blanks, text[length - 1]))
		text[--length] = '\0';
	*ret = (struct modprobe_line){.number = number,
				      .command = strdup(command),
				      .name = strdup(name),
				      .rest = strdup(text),
				      .carriage_return = carriage_return};
	if (ret->command && ret->name && ret->rest)
		return 1;
	modprobe_line_done(ret);
	return -ENOMEM;
}

int modprobe_statement_next(const char **position, unsigned int *number, struct modprobe_line *ret)
{
	struct buffer CLEANUP(buffer_clear) line = {0};

	while (**position) {
		unsigned int first = *number;
		int found;

		*position = join(*position, number, &line);
		if (line.error < 0)
			return -ENOMEM;
		found = take(line.data, first, ret);
		if (found != 0)
			return found;
	}
	return 0;
}

/* In some commands a pattern may match. */
bool modprobe_line_is_of(const struct modprobe_line *line, const char *module)
{
	static const char *const exact[] = {"options", "blacklist"};

	for (size_t i = 0; i < ARRAY_SIZE(exact); i++)
		if (strcmp(line->command, exact[i]) == 0)
			return strcmp(line->name, module) == 0;
	return fnmatch(line->name, module, 0) == 0;
}

bool modprobe_line_is_ours(const struct modprobe_line *line)
{
	return modprobe_line_is_of(line, "nf_conntrack");
}

int modprobe_line_next(const char **position, unsigned int *number, struct modprobe_line *ret)
{
	struct modprobe_line line = {0};
	int found;

	while ((found = modprobe_statement_next(position, number, &line)) > 0) {
		if (modprobe_line_is_ours(&line)) {
			*ret = line;
			return found;
		}
		modprobe_line_done(&line);
	}
	return found;
}
