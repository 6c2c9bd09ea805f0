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
	return number == value->wanted || number == value->rounded ||
	       (value->at_least && number > value->wanted);
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

/* The lines known so far that set a value at one time. */
struct writer_search {
	struct writer *same; /* the writer of the same line */
	struct writer *last; /* of this time alone */
	size_t count;
};

static struct writer_search search_writers(const struct writers *writers,
					   const struct writer_tail *tail, const char *path,
					   unsigned int line, enum writer_time time)
{
	struct writer_search found = {0};
	struct writer *writer = writer_at(writers, tail->last);

	for (; writer && !found.same; writer = writer_at(writers, writer->before)) {
		if (writer->line == line && strcmp(writer->path, path) == 0)
			found.same = writer;
		if (!found.last && writer->times == (unsigned int)time)
			found.last = writer;
		found.count += (writer->times & time) != 0;
	}
	return found;
}

struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text, enum writer_time time, bool wins)
{
	struct writer_tail *tail = find_tail(writers, value);
	struct writer_search found = {0};
	struct writer *writer, new = {0};

	if (tail)
		found = search_writers(writers, tail, path, line, time);
	writer = found.same;
	if (tail && !writer && found.count > WRITERS_MAX) {
		writers->left_out++;
		if (!wins || !found.last)
			return NULL;
		writer = found.last;
	}
	if (!tail ||
	    (!writer && array_grow(&writers->items, writers->count, sizeof(*writers->items)) < 0) ||
	    (!found.same && fill_writer(writer ? writer : &new, value, path, line, text) < 0)) {
		writers->out_of_memory = true;
		return NULL;
	}
	if (!writer) {
		new.before = tail->last;
		writer = &writers->items[writers->count++];
		*writer = new;
		tail->last = writers->count;
	}
	writer->times |= time;
	return writer;
}

void writers_take_win(struct writers *writers, const struct value *value, enum writer_time time)
{
	const struct writer_tail *tail = find_tail(writers, value);
	struct writer *writer = tail ? writer_at(writers, tail->last) : NULL;

	for (; writer; writer = writer_at(writers, writer->before))
		writer->wins &= ~(unsigned int)time;
}

bool writer_takes_away(const struct writer *writer)
{
	unsigned int wins = writer->wins;

	if (writer->value->kind != VALUE_EXPECT_HASHSIZE)
		wins &= ~(unsigned int)WRITES_AT_LOAD;
	return wins && !writer->same;
}

const struct writer *writers_find_winner(const struct writers *writers, const struct value *value)
{
	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value && writer_takes_away(&writers->items[i]))
			return &writers->items[i];
	return NULL;
}

void writer_add_times(unsigned int times, struct buffer *b)
{
	static const char *const words[] = {
		"systemd-sysctl", "sysctl --system", "modprobe at each load", "ufw",
		"tuned",	  "kube-proxy"};
	bool first = true;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (times & (1U << i)) {
			buffer_printf(b, "%s%s", first ? "" : ", ", words[i]);
			first = false;
		}
}

void host_writers_done(struct host_writers *found)
{
	writers_done(&found->writers);
	values_done(&found->values);
}
