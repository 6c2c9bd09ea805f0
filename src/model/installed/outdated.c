/* Finds out whether a file of an earlier version has the same effect as the plan's file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/outdated.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/config/module-options.h"

/* A part of a file's text. */
struct slice {
	const char *start;
	size_t length;
};

struct file_assignment {
	struct slice key, value;
};

struct file_assignments {
	struct file_assignment items[OUTDATED_ASSIGNMENTS_MAX];
	size_t count;
	bool cut; /* whether there are more than the room allows */
};

static bool slices_equal(struct slice a, struct slice b)
{
	return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

static struct slice trim(struct slice text)
{
	while (text.length > 0 && text.start[0] == ' ') {
		text.start++;
		text.length--;
	}
	while (text.length > 0 && text.start[text.length - 1] == ' ')
		text.length--;
	return text;
}

static bool begins(struct slice text, const char *prefix)
{
	size_t length = strlen(prefix);

	return text.length >= length && memcmp(text.start, prefix, length) == 0;
}

static struct slice after(struct slice text, size_t length)
{
	return (struct slice){text.start + length, text.length - length};
}

static void keep_assignment(struct file_assignments *all, struct slice key, struct slice value)
{
	if (all->count == OUTDATED_ASSIGNMENTS_MAX) {
		all->cut = true;
		return;
	}
	all->items[all->count++] = (struct file_assignment){key, value};
}

/* Adds the "key = value" of a line, which may begin with a sign for systemd-sysctl. */
static void split_pair(struct file_assignments *all, struct slice text)
{
	const char *sign = memchr(text.start, '=', text.length);
	size_t length = sign ? (size_t)(sign - text.start) : text.length;

	if (begins(text, "-")) {
		text = after(text, 1);
		length -= length > 0;
	}
	keep_assignment(all, trim((struct slice){text.start, length}),
			sign ? trim(after(text, length + 1)) : (struct slice){text.start, 0});
}

/* Adds each word of an options line, and any other line as a whole. */
static void split_modprobe(struct file_assignments *all, struct slice line)
{
	static const char options[] = "options nf_conntrack ";

	if (!begins(line, options)) {
		keep_assignment(all, line, (struct slice){line.start, 0});
		return;
	}
	line = after(line, strlen(options));
	while (line.length > 0) {
		const char *blank = memchr(line.start, ' ', line.length);
		size_t length = blank ? (size_t)(blank - line.start) : line.length;

		split_pair(all, (struct slice){line.start, length});
		line = after(line, length + (blank != NULL));
	}
}

/* Adds each KEY{name}="value". Comparisons are skipped, because they have another operator. */
static void split_udev(struct file_assignments *all, struct slice line)
{
	static const char *const keys[] = {"SYSCTL{", "ATTR{"};

	for (; line.length > 0; line = after(line, 1))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			struct slice name;
			const char *end, *quote;

			if (!begins(line, keys[i]))
				continue;
			name = after(line, strlen(keys[i]));
			end = memchr(name.start, '}', name.length);
			if (!end)
				continue;
			name.length = (size_t)(end - name.start);
			end++;
			if ((size_t)(line.start + line.length - end) < 2 ||
			    memcmp(end, "=\"", 2) != 0)
				continue;
			end += 2;
			quote = memchr(end, '"', (size_t)(line.start + line.length - end));
			if (quote)
				keep_assignment(all, name,
						(struct slice){end, (size_t)(quote - end)});
		}
}

static void split_line(struct file_assignments *all, const char *path, struct slice line)
{
	line = trim(line);
	if (line.length == 0 || line.start[0] == '#')
		return;
	if (strcmp(path, PATH_UDEV) == 0)
		split_udev(all, line);
	else if (strcmp(path, PATH_MODPROBE) == 0)
		split_modprobe(all, line);
	else if (strcmp(path, PATH_SYSCTL) == 0)
		split_pair(all, line);
	else
		keep_assignment(all, line, (struct slice){line.start, 0});
}

static void split(struct file_assignments *all, const char *path, const char *bytes, size_t size)
{
	while (size > 0 && !all->cut) {
		const char *end = memchr(bytes, '\n', size);
		size_t length = end ? (size_t)(end - bytes) : size;

		split_line(all, path, (struct slice){bytes, length});
		length += end != NULL;
		bytes += length;
		size -= length;
	}
}

static bool contains(const struct file_assignments *all, const struct file_assignment *assignment)
{
	for (size_t i = 0; i < all->count; i++)
		if (slices_equal(all->items[i].key, assignment->key) &&
		    slices_equal(all->items[i].value, assignment->value))
			return true;
	return false;
}

/* Returns whether the assignment is a floor for max, which the plan leaves out of sysctl.d. */
static bool is_floor(const struct plan *plan, const char *path,
		     const struct file_assignment *assignment)
{
	static const char key[] = "net.netfilter.nf_conntrack_max";
	char number[32];
	int length = snprintf(number, sizeof(number), "%" PRIu64, plan->sizes.max);

	return plan->sizes.at_least && strcmp(path, PATH_SYSCTL) == 0 &&
	       slices_equal(assignment->key, (struct slice){key, strlen(key)}) &&
	       slices_equal(assignment->value, (struct slice){number, (size_t)length});
}

/* Returns whether the assignment is a parameter that files of the first version did not have. */
static bool is_later(const char *path, const struct file_assignment *assignment)
{
	const struct module_option *option =
		module_option_find(assignment->key.start, assignment->key.length);

	return strcmp(path, PATH_MODPROBE) == 0 && option && !option->is_size && option->section;
}

bool outdated_does_its_work(const struct plan *plan, const char *path,
			    const struct artifact *wanted, const char *bytes, size_t size)
{
	struct file_assignments planned = {0}, found = {0};

	if (wanted)
		split(&planned, path, wanted->bytes, wanted->size);
	split(&found, path, bytes, size);
	if (planned.cut || found.cut)
		return false;
	for (size_t i = 0; i < planned.count; i++)
		if (!contains(&found, &planned.items[i]) && !is_later(path, &planned.items[i]))
			return false;
	for (size_t i = 0; i < found.count; i++)
		if (!contains(&planned, &found.items[i]) && !is_floor(plan, path, &found.items[i]))
			return false;
	return true;
}
