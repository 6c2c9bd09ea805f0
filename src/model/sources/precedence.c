/* Finds the lines of all sysctl.d files that set a kernel value, and the one that wins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/precedence.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/sources/sysctl-keys.h"

void sysctl_writers_done(struct sysctl_writers *writers)
{
	for (size_t i = 0; i < writers->count; i++)
		free(writers->items[i].value);
	free(writers->items);
	*writers = (struct sysctl_writers){0};
}

/* A file that is read unless one with the same name has a lower rank. */
struct candidate {
	const struct text_file *file;
	const char *name;
	size_t rank;
};

#define SYSCTL_CONF "/etc/sysctl.conf"

/* Sets the rank of the file's directory. Returns false if the reader does not read the file. */
static bool is_read(const struct text_file *file, enum sysctl_reader reader, struct candidate *ret)
{
	/*
	 * /lib/sysctl.d is read only if /lib is not a link; systemd-sysctl must be built for such
	 * systems.
	 */
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

/*
 * Lists the files that the reader reads, in its order and without masked ones. Returns how many
 * there are.
 */
static size_t choose(const struct text_file *files, size_t count, enum sysctl_reader reader,
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

/* A line whose key means a knob. If systemd-sysctl forgets the line later, its key becomes NULL. */
struct write_entry {
	const char *path;
	const char *value; /* inside the text; NULL: it only excludes the key from patterns */
	struct sysctl_key *key;
	unsigned int line, value_length;
};

/* All files as one reader reads them. */
struct sysctl_reading {
	enum sysctl_reader reader;
	struct sysctl_keys keys;
	size_t *knob_of; /* owned; for each name of the keys, the index of its knob */
	const char **names;
	struct write_entry *entries;
	size_t count;
	struct sysctl_cut cut;
};

static void reading_done(struct sysctl_reading *reading)
{
	sysctl_keys_done(&reading->keys);
	free(reading->knob_of);
	free(reading->names);
	free(reading->entries);
}

/* Starts a reading with the names of all knobs. Returns -ENOMEM. */
static int reading_new(const struct sysctl_knob *knobs, size_t count, enum sysctl_reader reader,
		       struct sysctl_reading *ret)
{
	size_t name_count = 0;

	for (size_t i = 0; i < count; i++)
		name_count += knobs[i].name_count;
	*ret = (struct sysctl_reading){.reader = reader,
				       .knob_of = calloc(name_count + 1, sizeof(*ret->knob_of)),
				       .names = calloc(name_count + 1, sizeof(*ret->names))};
	if (!ret->knob_of || !ret->names)
		return -ENOMEM;
	name_count = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < knobs[i].name_count; k++) {
			ret->knob_of[name_count] = i;
			ret->names[name_count++] = knobs[i].names[k];
		}
	return sysctl_keys_new(&ret->keys, ret->names, name_count, reader);
}

static bool same_value(const struct write_entry *entry, const struct assignment *assignment)
{
	if (!entry->value || !assignment->value)
		return !entry->value == !assignment->value;
	return entry->value_length == assignment->value_length &&
	       memcmp(entry->value, assignment->value, entry->value_length) == 0;
}

/*
 * Adds an entry. systemd-sysctl keeps one line for each key: the last one, unless the line before
 * has the same value.
 */
static int add_entry(struct sysctl_reading *reading, const char *path, struct sysctl_key *key,
		     const struct assignment *assignment)
{
	struct write_entry *before = key->seen ? &reading->entries[key->entry] : NULL;

	if (reading->reader == SYSCTL_SYSTEMD && before) {
		if (same_value(before, assignment))
			return 0;
		before->key = NULL;
	}
	if (array_grow(&reading->entries, reading->count, sizeof(*reading->entries)) < 0)
		return -ENOMEM;
	assert(reading->entries);
	key->seen = true;
	key->entry = reading->count;
	reading->entries[reading->count++] = (struct write_entry){
		.path = path,
		.value = assignment->value,
		.key = key,
		.line = assignment->line,
		.value_length = (unsigned int)assignment->value_length,
	};
	return 0;
}

static int read_file(struct sysctl_reading *reading, const struct text_file *file)
{
	struct assignment CLEANUP(assignment_done) assignment = {0};
	const char *position = file->text;
	unsigned int number = 1;
	int found;

	while ((found = assignment_next(&position, &number, reading->reader, &assignment)) > 0) {
		struct sysctl_key *key = NULL;
		int error = sysctl_keys_find(&reading->keys, &assignment, &key);

		if (error == -E2BIG && !reading->cut.path)
			reading->cut = (struct sysctl_cut){file->path, assignment.line};
		else if (error > 0)
			error = add_entry(reading, file->path, key, &assignment);
		if (error == -ENOMEM)
			return error;
	}
	return found;
}

static int read_files(struct sysctl_reading *reading, const struct text_file *files, size_t count)
{
	struct candidate *CLEANUP(free_pointer) chosen = calloc(count + 1, sizeof(*chosen));
	size_t chosen_count;

	if (!chosen)
		return -ENOMEM;
	chosen_count = choose(files, count, reading->reader, chosen);
	for (size_t i = 0; i < chosen_count; i++) {
		int error = read_file(reading, chosen[i].file);

		if (error < 0)
			return error;
	}
	return 0;
}

/* A number that is written to the kernel. */
struct number {
	bool negative;
	uint64_t value;
};

/*
 * Reads a number as kernel/sysctl.c does (Linux 6.12): decimal, 0x or 0, up to a blank; the rest is
 * ignored.
 */
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

/* Returns whether the number is between -below and most. */
static bool is_within(const struct number *number, uint64_t below, uint64_t most)
{
	return number->value <= (number->negative ? below : most);
}

/* The bounds are the widest of net/netfilter/nf_conntrack_standalone.c, 4.18 to 7.2. */
bool sysctl_is_taken(const struct sysctl_knob *knob, const char *value)
{
	const struct schema_row *row = knob->row;
	bool known = knob->facts && knob->facts->release[0];
	struct number number;

	if (!read_number(value, &number))
		return false;
	/* Thresholds are unsigned longs, and 5.10 accepts a negative one without effect. */
	if (!row || row->max == UINT64_MAX)
		return true;
	if (row->type == TYPE_SECONDS)
		return is_within(&number, row->max, row->max);
	if (row == &schema[SETTING_HASHSIZE])
		return number.value != 0 && is_within(&number, 0, row->max);
	/*
	 * These keys were ints once: switches up to 4.19, other numbers up to 5.10, sizes in most
	 * kernels.
	 */
	if (row->max == INT_MAX || !known ||
	    facts_before(knob->facts, 5, row->type == TYPE_BOOL ? 2 : 15))
		return is_within(&number, (uint64_t)INT_MAX + 1, INT_MAX);
	return is_within(&number, 0, row->max);
}

/* Adds a writer. If there are too many, the last place is for the one that wins so far. */
static int add_writer(struct sysctl_writers *writers, const struct sysctl_knob *knob,
		      const struct write_entry *entry)
{
	size_t length = entry->value_length < SYSCTL_VALUE_MAX ? entry->value_length
							       : SYSCTL_VALUE_MAX;
	char *CLEANUP(free_pointer) value = strndup(entry->value, length);

	if (!value)
		return -ENOMEM;
	if (writers->count >= SYSCTL_WRITERS_MAX) {
		writers->left_out++;
		if (!sysctl_is_taken(knob, value))
			return 0;
	}
	if (writers->count > SYSCTL_WRITERS_MAX)
		free(writers->items[--writers->count].value);
	if (array_grow(&writers->items, writers->count, sizeof(*writers->items)) < 0)
		return -ENOMEM;
	writers->items[writers->count++] = (struct sysctl_writer){
		.path = entry->path, .line = entry->line, .value = steal_pointer(&value)};
	return 0;
}

/*
 * Adds the writers of one line for each knob. A pattern does not write a key that another line
 * names in the same form, and a line is one writer even if it matches several names.
 */
static int add_writers_of(const struct sysctl_reading *reading, const struct sysctl_knob *knobs,
			  const struct write_entry *entry, struct sysctl_writers *writers)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < entry->key->lead_count; i++) {
		const struct sysctl_lead *lead = &entry->key->leads[i];
		size_t knob = reading->knob_of[lead->name];

		if (knob == last ||
		    (lead->found && sysctl_keys_have_seen(&reading->keys, lead->found)))
			continue;
		if (add_writer(&writers[knob], &knobs[knob], entry) < 0)
			return -ENOMEM;
		last = knob;
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

int sysctl_writers_find(const struct text_file *files, size_t count, enum sysctl_reader reader,
			const struct sysctl_knob *knobs, size_t knob_count,
			struct sysctl_writers *writers, struct sysctl_cut *ret_cut)
{
	struct sysctl_reading CLEANUP(reading_done) reading = {0};
	int error = reading_new(knobs, knob_count, reader, &reading);

	if (error == 0)
		error = read_files(&reading, files, count);
	for (size_t i = 0; i < reading.count && error == 0; i++)
		if (reading.entries[i].key && reading.entries[i].value)
			error = add_writers_of(&reading, knobs, &reading.entries[i], writers);
	if (error < 0) {
		for (size_t i = 0; i < knob_count; i++)
			sysctl_writers_done(&writers[i]);
		return error;
	}
	for (size_t i = 0; i < knob_count; i++)
		choose_winner(&knobs[i], &writers[i]);
	if (ret_cut && reading.cut.path)
		*ret_cut = reading.cut;
	return 0;
}
