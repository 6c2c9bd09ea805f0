/* Finds lines of tmpfiles.d that write values of the plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/sources/writers.h"

/* Type, path, mode, user, group and age; the rest of the line is the argument. */
#define FIELDS_BEFORE_ARGUMENT 6U

/* Returns whether the type is w, with its modifiers: "w+", "w!", "w-". */
static bool writes_file(const struct text_word *type)
{
	return type->length > 0 && (*type->text == 'w' || *type->text == 'f') &&
	       strspn(type->text + 1, "+!-=~^$?") >= type->length - 1;
}

/*
 * Returns whether an earlier line writes this value, because systemd-tmpfiles uses only the first
 * line of a path, but all lines of the type w+.
 */
static bool is_passed_over(const struct writers *writers, const struct value *value,
			   const struct text_word *type)
{
	if (memchr(type->text, '+', type->length))
		return false;
	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value &&
		    (writers->items[i].sources & SOURCE_BIT(SOURCE_TMPFILES)))
			return true;
	return false;
}

void writers_of_tmpfiles(const struct values *values, const char *path, const char *text,
			 struct writers *writers)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		struct text_word fields[FIELDS_BEFORE_ARGUMENT];
		struct buffer CLEANUP(buffer_clear) argument = {0};
		const struct value *value;
		const char *position;

		text_trim_line(&line, " \t\r");
		position = line.text;
		if (line.length == 0 || *line.text == '#')
			continue;
		for (size_t i = 0; i < FIELDS_BEFORE_ARGUMENT; i++)
			fields[i] = text_next_word(&position);
		position += strspn(position, " \t");
		if (!writes_file(&fields[0]) || position >= line.text + line.length)
			continue;
		value = writers_find_value(values, fields[1].text, fields[1].length);
		if (!value)
			continue;
		buffer_add_bytes(&argument, position, (size_t)(line.text + line.length - position));
		writers->out_of_memory |= argument.error < 0;
		if (argument.data)
			writers_set(writers, value,
				    &(struct writer_line){
					    .path = path,
					    .number = line.number,
					    .text = argument.data,
					    .source = SOURCE_TMPFILES,
					    .loses = is_passed_over(writers, value, &fields[0])});
	}
}
