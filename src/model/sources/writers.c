/* Finds other sources of the plan's values: file, line, when they write, and which one wins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/writers.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"

void writers_done(struct writers *writers)
{
	for (size_t i = 0; i < writers->count; i++) {
		free(writers->items[i].path);
		free(writers->items[i].text);
	}
	free(writers->items);
	free(writers->tails);
	*writers = (struct writers){0};
}

static bool is_number(const struct value *value, uint64_t number)
{
	return number == value->wanted || number == value->rounded ||
	       (value->at_least && number > value->wanted);
}

/*
 * Returns whether the text is the configured number, as the readers and the kernel read it: up to
 * the first blank, with 010 and 0x10.
 */
static bool is_same(const struct value *value, const char *text)
{
	char *end = NULL;
	unsigned long long number = strtoull(text, &end, 0);

	if (end == text || (*end && !strchr(" \t", *end)))
		return false;
	return is_number(value, number);
}

/* Returns the last writer of a value, or NULL if there is no memory to remember it. */
static struct writer_tail *find_tail(struct writers *writers, const struct value *value)
{
	for (size_t i = 0; i < writers->tail_count; i++)
		if (writers->tails[i].value == value)
			return &writers->tails[i];
	if (array_grow(&writers->tails, writers->tail_count, sizeof(*writers->tails)) < 0)
		return NULL;
	writers->tails[writers->tail_count] = (struct writer_tail){.value = value};
	return &writers->tails[writers->tail_count++];
}

/* Returns the writer with this number, or NULL for 0. */
static struct writer *writer_at(const struct writers *writers, size_t number)
{
	return number > 0 ? &writers->items[number - 1] : NULL;
}

/* Sets the fields from a line. Returns -ENOMEM. */
static int fill_writer(struct writer *writer, const struct value *value, const char *path,
		       unsigned int line, const char *text)
{
	char *path_copy = strdup(path);
	char *text_copy = strndup(text, SYSCTL_VALUE_MAX);

	if (!path_copy || !text_copy) {
		free(path_copy);
		free(text_copy);
		return -ENOMEM;
	}
	free(writer->path);
	free(writer->text);
	*writer = (struct writer){.value = value,
				  .path = path_copy,
				  .line = line,
				  .text = text_copy,
				  .same = is_same(value, text),
				  .before = writer->before};
	return 0;
}

/* A line may set a value twice, of which the last one counts. Returns -ENOMEM. */
static int replace_text(struct writer *writer, const char *text)
{
	char *copy = strcmp(writer->text, text) == 0 ? NULL : strndup(text, SYSCTL_VALUE_MAX);

	if (!copy)
		return strcmp(writer->text, text) == 0 ? 0 : -ENOMEM;
	free(writer->text);
	writer->text = copy;
	writer->same = is_same(writer->value, copy);
	return 0;
}

/* The lines known so far with which one source sets a value. */
struct writer_search {
	struct writer *same; /* the writer of the same line */
	struct writer *last; /* of this source alone */
	size_t count;
};

static struct writer_search search_writers(const struct writers *writers,
					   const struct writer_tail *tail, const char *path,
					   unsigned int line, unsigned int bit)
{
	struct writer_search found = {0};
	struct writer *writer = writer_at(writers, tail->last);

	for (; writer && !found.same; writer = writer_at(writers, writer->before)) {
		if (writer->line == line && strcmp(writer->path, path) == 0)
			found.same = writer;
		if (!found.last && writer->sources == bit)
			found.last = writer;
		found.count += (writer->sources & bit) != 0;
	}
	return found;
}

struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text, enum source source, bool wins)
{
	struct writer_tail *tail = find_tail(writers, value);
	struct writer_search found = {0};
	struct writer *writer, new = {0};

	if (tail)
		found = search_writers(writers, tail, path, line, SOURCE_BIT(source));
	writer = found.same;
	if (tail && !writer && found.count > WRITERS_MAX) {
		writers->left_out++;
		if (!wins || !found.last)
			return NULL;
		writer = found.last;
	}
	if (!tail ||
	    (!writer && array_grow(&writers->items, writers->count, sizeof(*writers->items)) < 0) ||
	    (!found.same && fill_writer(writer ? writer : &new, value, path, line, text) < 0) ||
	    (found.same && wins && replace_text(found.same, text) < 0)) {
		writers->out_of_memory = true;
		return NULL;
	}
	if (!writer) {
		new.before = tail->last;
		writer = &writers->items[writers->count++];
		*writer = new;
		tail->last = writers->count;
	}
	writer->sources |= SOURCE_BIT(source);
	return writer;
}

void writers_take_win(struct writers *writers, const struct value *value, enum source source)
{
	const struct writer_tail *tail = find_tail(writers, value);
	struct writer *writer = tail ? writer_at(writers, tail->last) : NULL;

	for (; writer; writer = writer_at(writers, writer->before))
		writer->wins &= ~SOURCE_BIT(source);
}

bool writer_takes_away(const struct writer *writer)
{
	unsigned int wins = writer->wins;

	if (writer->value->kind != VALUE_EXPECT_HASHSIZE)
		wins &= ~SOURCE_BIT(SOURCE_OPTIONS);
	return wins && !writer->same;
}

const struct writer *writers_last(const struct writers *writers, const struct value *value)
{
	for (size_t i = 0; i < writers->tail_count; i++)
		if (writers->tails[i].value == value)
			return writer_at(writers, writers->tails[i].last);
	return NULL;
}

const struct writer *writers_before(const struct writers *writers, const struct writer *writer)
{
	return writer_at(writers, writer->before);
}

const struct writer *writers_find_winner(const struct writers *writers, const struct value *value)
{
	const struct writer *first = NULL, *writer = writers_last(writers, value);

	for (; writer; writer = writers_before(writers, writer))
		if (writer_takes_away(writer))
			first = writer;
	return first;
}

/*
 * Returns whether the kernel may accept what the line sets. What a program computes, or compares
 * with the live value, cannot be judged.
 */
static bool is_taken(const struct writers *writers, const struct value *value,
		     const struct writer_line *line)
{
	const struct sysctl_knob knob = {.row = value->row, .facts = writers->facts};

	return line->computed || sysctl_is_taken(&knob, line->text);
}

void writers_set(struct writers *writers, const struct value *value, const struct writer_line *line)
{
	bool taken = is_taken(writers, value, line);
	bool wins = taken && !line->inactive && !line->loses;
	struct writer *writer;

	/* A line that may not act leaves the win of the one before it. */
	if (wins && !line->possible)
		writers_take_win(writers, value, line->source);
	writer = writers_add(writers, value, line->path, line->number, line->text, line->source,
			     wins);
	if (!writer)
		return;
	writer->wins |= wins ? SOURCE_BIT(line->source) : 0;
	writer->refused = !taken;
	writer->computed = line->computed;
	writer->inactive = line->inactive;
	writer->possible = line->possible;
	writer->made = line->made;
	if (line->made > 0)
		writer->same = is_number(value, line->made);
	writer->same = writer->same && !line->computed;
}

void host_writers_done(struct host_writers *found)
{
	writers_done(&found->writers);
	values_done(&found->values);
}
