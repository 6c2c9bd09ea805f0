/* Finds the lines of modprobe.d that concern nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/modprobe-lines.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/array.h"

const char *const load_needs[LOADING_NEEDS] = {"nf_defrag_ipv4", "nf_defrag_ipv6"};

void modprobe_line_done(struct modprobe_line *line)
{
	buffer_clear(&line->text);
	*line = (struct modprobe_line){0};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Joins one logical line. A backslash removes itself and the end of its line; before any other
 * character it only removes itself. Returns the position behind the line.
 */
static const char *join(const char *text, unsigned int *number, struct buffer *b)
{
	buffer_reset(b);
	buffer_add(b, "");
	for (;;) {
		const char *end = text;

		while (*end && *end != '\\' && *end != '\n')
			end++;
		buffer_add_bytes(b, text, (size_t)(end - text));
		text = end;
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

/* Cuts off one word, and moves *text to the next one. */
static char *cut_word(char **text)
{
	char *word = *text, *end;

	while (is_blank(*word))
		word++;
	end = word;
	while (*end && !is_blank(*end))
		end++;
	*text = end;
	while (is_blank(**text))
		++*text;
	*end = '\0';
	return word;
}

/* Turns "-" into "_" outside of brackets, as modprobe does to compare names. */
static void use_underscores(char *name)
{
	bool in_brackets = false;

	for (char *c = name; *c; c++) {
		in_brackets = *c == '[' || (in_brackets && *c != ']');
		if (*c == '-' && !in_brackets)
			*c = '_';
	}
}

/*
 * Splits the joined text into command, name and rest. Returns false for an empty line and a
 * comment.
 */
static bool divide(struct modprobe_line *line)
{
	char *text = line->text.data;
	size_t length = line->text.length;

	line->carriage_return = length > 0 && text[length - 1] == '\r';
	while (length > 0 && is_blank(text[length - 1]))
		text[--length] = '\0';
	line->command = cut_word(&text);
	if (*line->command == '#' || *line->command == '\0')
		return false;
	line->name = cut_word(&text);
	use_underscores(line->name);
	line->rest = text;
	return true;
}

int modprobe_statement_next(const char **position, unsigned int *number, struct modprobe_line *line)
{
	while (**position) {
		line->number = *number;
		*position = join(*position, number, &line->text);
		if (line->text.error < 0)
			return -ENOMEM;
		if (divide(line))
			return 1;
	}
	return 0;
}

/* Returns whether the name may be a pattern, as in some commands. */
static bool has_pattern(const struct modprobe_line *line)
{
	return strpbrk(line->name, "*?[\\") && strcmp(line->command, "options") != 0 &&
	       strcmp(line->command, "blacklist") != 0;
}

bool modprobe_line_is_of(const struct modprobe_line *line, const char *module)
{
	return has_pattern(line) ? fnmatch(line->name, module, 0) == 0
				 : strcmp(line->name, module) == 0;
}

bool modprobe_line_is_ours(const struct modprobe_line *line)
{
	return modprobe_line_is_of(line, "nf_conntrack");
}

int modprobe_line_next(const char **position, unsigned int *number, struct modprobe_line *line)
{
	int found;

	do
		found = modprobe_statement_next(position, number, line);
	while (found > 0 && !modprobe_line_is_ours(line));
	return found;
}

void modprobe_records_done(struct modprobe_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		modprobe_line_done(&records->items[i].line);
	free(records->items);
	*records = (struct modprobe_records){0};
}

/* Returns whether the command affects how a module loads. */
static bool is_kept_command(const char *command)
{
	static const char *const kept[] = {"options", "install", "softdep", "blacklist"};

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (strcmp(command, kept[i]) == 0)
			return true;
	return false;
}

/*
 * Returns 1 if the line must be kept, 0 if not, or -E2BIG if too many patterns were matched to
 * decide.
 */
static int is_kept(struct modprobe_records *records, const struct modprobe_line *line)
{
	if (!is_kept_command(line->command))
		return 0;
	if (has_pattern(line)) {
		records->pattern_bytes += strlen(line->name);
		if (records->pattern_bytes > MODPROBE_PATTERN_BYTES_MAX)
			return -E2BIG;
	}
	for (size_t i = 0; i < LOADING_NEEDS; i++)
		if (modprobe_line_is_of(line, load_needs[i]))
			return 1;
	return modprobe_line_is_ours(line);
}

/* Moves the line into the records. */
static int add_record(struct modprobe_records *records, const char *path,
		      struct modprobe_line *line)
{
	if (array_grow(&records->items, records->count, sizeof(*records->items)) < 0)
		return -ENOMEM;
	records->items[records->count++] = (struct modprobe_record){path, *line};
	*line = (struct modprobe_line){0};
	return 0;
}

static int read_records(struct modprobe_records *records, const struct text_file *file)
{
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	const char *position = file->text;
	unsigned int number = 1;
	int found;

	while ((found = modprobe_statement_next(&position, &number, &line)) > 0) {
		int kept = is_kept(records, &line);

		if (kept == 0)
			continue;
		if (kept < 0 || records->count == MODPROBE_RECORDS_MAX) {
			records->cut_path = file->path;
			records->cut_line = line.number;
			return 0;
		}
		if (add_record(records, file->path, &line) < 0)
			return -ENOMEM;
	}
	return found;
}

int modprobe_records_read(const struct text_file *files, size_t count, struct modprobe_records *ret)
{
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};

	for (size_t i = 0; i < count && !records.cut_path; i++)
		if (read_records(&records, &files[i]) < 0)
			return -ENOMEM;
	*ret = records;
	records = (struct modprobe_records){0};
	return 0;
}
