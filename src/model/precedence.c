/* Who sets a kernel value among all sysctl.d files, and whose value is in force after their reader has run. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/precedence.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "model/sysctl-pattern.h"

void sysctl_writers_done(struct sysctl_writers *writers)
{
	for (size_t i = 0; i < writers->count; i++)
		free(writers->items[i].value);
	free(writers->items);
	*writers = (struct sysctl_writers){0};
}

/* A file that is read unless one with the same name has a lower rank. */
struct candidate {
	const struct sysctl_file *file;
	const char *name;
	size_t rank;
};

#define SYSCTL_CONF "/etc/sysctl.conf"

/* Its place among the directories, false: not one of the reader's files. */
static bool is_read(const struct sysctl_file *file, enum sysctl_reader reader,
		    struct candidate *ret)
{
	/* The last one only where /lib is not a link; systemd-sysctl knows it if built for such systems. */
	static const char *const directories[] = {"/etc/sysctl.d/", "/run/sysctl.d/",
						  "/usr/local/lib/sysctl.d/", "/usr/lib/sysctl.d/",
						  "/lib/sysctl.d/"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		const char *name;

		if (!text_starts_with(file->path, directories[i]))
			continue;
		name = file->path + strlen(directories[i]);
		*ret = (struct candidate){file, name, i};
		return !strchr(name, '/') && text_ends_with(name, ".conf") &&
		       (reader == SYSCTL_PROCPS || *name != '.');
	}
	return false;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (order != 0)
		return order;
	return (left->rank > right->rank) - (left->rank < right->rank);
}

/* The reader's files in the order in which it reads them, without those that are masked. */
static size_t choose(const struct sysctl_file *files, size_t count, enum sysctl_reader reader,
		     struct candidate *candidates)
{
	size_t found = 0, chosen = 0;

	for (size_t i = 0; i < count; i++)
		found += is_read(&files[i], reader, &candidates[found]);
	qsort(candidates, found, sizeof(*candidates), compare_candidates);
	for (size_t i = 0; i < found; i++)
		if (i == 0 || strcmp(candidates[i].name, candidates[chosen - 1].name) != 0)
			candidates[chosen++] = candidates[i];
	for (size_t i = 0; i < count && reader == SYSCTL_PROCPS; i++)
		if (strcmp(files[i].path, SYSCTL_CONF) == 0) {
			candidates[chosen++] = (struct candidate){&files[i], SYSCTL_CONF, 0};
			break;
		}
	return chosen;
}

/* What the reader goes through when it has read all files. */
struct entry {
	const char *path;
	struct assignment assignment;
};

struct entries {
	struct entry *items;
	size_t count, room;
};

static void entries_done(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		assignment_done(&entries->items[i].assignment);
	free(entries->items);
	*entries = (struct entries){0};
}

/* Where the key itself is, in so many letters; count: nowhere. */
static size_t find_key(const struct entries *entries, const char *key)
{
	size_t i = 0;

	while (i < entries->count && strcmp(entries->items[i].assignment.key, key) != 0)
		i++;
	return i;
}

static bool same_value(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void remove_entry(struct entries *entries, size_t i)
{
	assignment_done(&entries->items[i].assignment);
	entries->count--;
	memmove(&entries->items[i], &entries->items[i + 1],
		(entries->count - i) * sizeof(*entries->items));
}

/* Takes the assignment over, with an error as well. */
static int add_entry(struct entries *entries, const char *path, struct assignment *assignment)
{
	if (entries->count == entries->room) {
		size_t room = entries->room ? entries->room * 2 : 16;
		struct entry *items = realloc(entries->items, room * sizeof(*items));

		if (!items) {
			assignment_done(assignment);
			return -ENOMEM;
		}
		entries->items = items;
		entries->room = room;
	}
	entries->items[entries->count++] = (struct entry){path, *assignment};
	return 0;
}

static int read_file(struct entries *entries, const struct sysctl_file *file,
		     enum sysctl_reader reader)
{
	const char *position = file->text;
	struct assignment assignment = {0};
	unsigned int number = 1;
	int found;

	while ((found = assignment_next(&position, &number, reader, &assignment)) > 0) {
		size_t before = find_key(entries, assignment.key);

		if (reader == SYSCTL_SYSTEMD && before < entries->count) {
			if (same_value(entries->items[before].assignment.value, assignment.value)) {
				assignment_done(&assignment);
				continue;
			}
			remove_entry(entries, before);
		}
		found = add_entry(entries, file->path, &assignment);
		if (found < 0)
			break;
	}
	return found;
}

static int read_files(const struct sysctl_file *files, size_t count, enum sysctl_reader reader,
		      struct entries *entries)
{
	struct candidate *CLEANUP(free_pointer) chosen = calloc(count + 1, sizeof(*chosen));
	size_t chosen_count;

	if (!chosen)
		return -ENOMEM;
	chosen_count = choose(files, count, reader, chosen);
	for (size_t i = 0; i < chosen_count; i++) {
		int error = read_file(entries, chosen[i].file, reader);

		if (error < 0)
			return error;
	}
	return 0;
}

/* Whether the kernel finds the file of this name by the key: needless slashes and "." are no hindrance. */
static bool leads_to(const char *key, const char *name)
{
	for (;;) {
		size_t length = strcspn(name, "/");

		while (*key == '/' || (key[0] == '.' && key[1] == '/'))
			key++;
		if (strncmp(key, name, length) != 0)
			return false;
		key += length;
		name += length;
		if (*name == '\0')
			return *key == '\0';
		if (*key != '/')
			return false;
		name++;
	}
}

/* A pattern leaves alone what some entry names as the pattern finds it. */
static int is_written_to(const struct entries *entries, const struct assignment *by,
			 enum sysctl_reader reader, const char *name)
{
	char *CLEANUP(free_pointer) found = NULL;
	int matches;

	if (!assignment_is_pattern(by))
		return leads_to(by->key, name);
	matches = sysctl_pattern_match(by->key, reader == SYSCTL_SYSTEMD, name, &found);
	return matches <= 0 ? matches : find_key(entries, found) == entries->count;
}

/* A number as it was written to the kernel. */
struct number {
	bool negative;
	uint64_t value;
};

/* kernel/sysctl.c, Linux 6.12: a number up to a blank, decimal, 0x or 0; what follows the blank is not looked at. */
static bool read_number(const char *value, struct number *ret)
{
	static const char decimal[] = "0123456789", hex[] = "0123456789abcdefABCDEF";
	const char *start = value + strspn(value, " \t\n\v\f\r\xa0");
	const char *digits = start + (*start == '-'), *end;

	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') && digits[2] &&
	    strchr(hex, digits[2]))
		end = digits + 2 + strspn(digits + 2, hex);
	else
		end = digits + strspn(digits, *digits == '0' ? "01234567" : decimal);
	if (end == digits || end - start > 20 || !strchr(" \t\n", *end))
		return false;
	errno = 0;
	*ret = (struct number){digits > start, strtoull(digits, NULL, 0)};
	return errno == 0;
}

/* Whether it is from -below up to most. */
static bool is_within(const struct number *number, uint64_t below, uint64_t most)
{
	return number->value <= (number->negative ? below : most);
}

/* net/netfilter/nf_conntrack_standalone.c, 4.18 to 7.2: the widest bounds that the key had in any of them. */
bool sysctl_is_taken(const struct sysctl_knob *knob, const char *value)
{
	const struct schema_row *row = knob->row;
	bool known = knob->facts && knob->facts->release[0];
	struct number number;

	if (!read_number(value, &number))
		return false;
	/* Thresholds are as long as a word, and 5.10 takes a negative one and changes nothing. */
	if (!row || row->max == UINT64_MAX)
		return true;
	if (row->type == TYPE_SECONDS)
		return is_within(&number, row->max, row->max);
	if (row == &schema[SETTING_HASHSIZE])
		return number.value != 0 && is_within(&number, 0, row->max);
	/* Plain ints once: the switches up to 4.19, other numbers up to 5.10, the sizes in most kernels. */
	if (row->max == INT_MAX || !known ||
	    facts_before(knob->facts, 5, row->type == TYPE_BOOL ? 2 : 15))
		return is_within(&number, (uint64_t)INT_MAX + 1, INT_MAX);
	return is_within(&number, 0, row->max);
}

static int add_writer(struct sysctl_writers *writers, const struct entry *entry)
{
	char *value = strdup(entry->assignment.value);

	if (!value)
		return -ENOMEM;
	writers->items[writers->count++] = (struct sysctl_writer){
		.path = entry->path, .line = entry->assignment.line, .value = value};
	return 0;
}

static int find_writers(const struct entries *entries, enum sysctl_reader reader,
			const struct sysctl_knob *knob, struct sysctl_writers *writers)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct entry *entry = &entries->items[i];
		int written = 0;

		for (size_t j = 0; j < knob->name_count && written == 0 && entry->assignment.value;
		     j++)
			written =
				is_written_to(entries, &entry->assignment, reader, knob->names[j]);
		if (written > 0)
			written = add_writer(writers, entry);
		if (written < 0)
			return written;
	}
	return 0;
}

static void choose_winner(const struct sysctl_knob *knob, struct sysctl_writers *writers)
{
	for (size_t i = writers->count; i > 0; i--)
		if (sysctl_is_taken(knob, writers->items[i - 1].value)) {
			writers->items[i - 1].wins = true;
			return;
		}
}

int sysctl_writers_find(const struct sysctl_file *files, size_t count, enum sysctl_reader reader,
			const struct sysctl_knob *knob, struct sysctl_writers *ret)
{
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};
	struct entries CLEANUP(entries_done) entries = {0};
	int error = read_files(files, count, reader, &entries);

	if (error < 0)
		return error;
	writers.items = calloc(entries.count + 1, sizeof(*writers.items));
	if (!writers.items)
		return -ENOMEM;
	error = find_writers(&entries, reader, knob, &writers);
	if (error < 0)
		return error;
	choose_winner(knob, &writers);
	*ret = writers;
	writers = (struct sysctl_writers){0};
	return 0;
}
