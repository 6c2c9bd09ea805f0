/* Finds the keys of sysctl.d that mean one of some names: exact, oddly written, or patterns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/sysctl-keys.h"

#include <errno.h>
#include <search.h>
#include <string.h>

#include "base/text.h"

/* The characters that make a part of a pattern match more than itself. */
#define SPECIAL "*?[]{},\\"

static void key_free(void *pointer)
{
	struct sysctl_key *key = pointer;

	for (size_t i = 0; i < key->lead_count; i++)
		free(key->leads[i].found);
	free(key->leads);
	free(key->text);
	free(key);
}

void sysctl_keys_done(struct sysctl_keys *keys)
{
	tdestroy(keys->tree, key_free);
	free(keys->sorted);
	buffer_clear(&keys->scratch);
	*keys = (struct sysctl_keys){0};
}

static int compare_keys(const void *a, const void *b)
{
	const struct sysctl_key *left = a, *right = b;

	return strcmp(left->text, right->text);
}

static int compare_names(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static struct sysctl_key *find_text(const struct sysctl_keys *keys, char *text)
{
	const struct sysctl_key wanted = {.text = text};
	struct sysctl_key *const *node = tfind(&wanted, &keys->tree, compare_keys);

	return node ? *node : NULL;
}

/* Adds a key with room for its leads. Returns NULL if memory is out. */
static struct sysctl_key *add_key(struct sysctl_keys *keys, const char *text, size_t lead_count)
{
	struct sysctl_key *key = calloc(1, sizeof(*key));

	if (!key)
		return NULL;
	key->text = strdup(text);
	key->leads = calloc(lead_count + 1, sizeof(*key->leads));
	if (!key->text || !key->leads || !tsearch(key, &keys->tree, compare_keys)) {
		key_free(key);
		return NULL;
	}
	return key;
}

static int add_exact(struct sysctl_keys *keys, const char *text, size_t name,
		     struct sysctl_key **ret_key)
{
	struct sysctl_key *key = add_key(keys, text, 1);

	if (!key)
		return -ENOMEM;
	key->leads[key->lead_count++].name = name;
	*ret_key = key;
	return 1;
}

int sysctl_keys_new(struct sysctl_keys *keys, const char *const *names, size_t count,
		    enum sysctl_reader reader)
{
	int found = 1;

	*keys = (struct sysctl_keys){.names = names,
				     .sorted = calloc(count + 1, sizeof(*keys->sorted)),
				     .name_count = count,
				     .shortest = SIZE_MAX,
				     .reader = reader,
				     .bytes_left = SYSCTL_PATTERN_BYTES_MAX,
				     .lines_left = SYSCTL_PATTERN_LINES_MAX};
	for (size_t i = 0; i < count && keys->sorted && found > 0; i++) {
		struct sysctl_key *key;
		size_t length = strlen(names[i]);

		keys->sorted[i] = names[i];
		found = add_exact(keys, names[i], i, &key);
		if (length < keys->shortest)
			keys->shortest = length;
	}
	if (!keys->sorted || found < 0) {
		sysctl_keys_done(keys);
		return -ENOMEM;
	}
	qsort(keys->sorted, count, sizeof(*keys->sorted), compare_names);
	return 0;
}

/* Returns whether the path has slashes or "." without effect. */
static bool has_needless(const char *path)
{
	return *path == '/' || text_starts_with(path, "./") || strstr(path, "//") ||
	       strstr(path, "/./") || text_ends_with(path, "/");
}

/*
 * Finds a key that is written oddly but opens the file of a name. A slash or "." at the end
 * prevents that for procps; systemd-sysctl has removed both before.
 */
static int find_oddly_written(struct sysctl_keys *keys, const char *text,
			      struct sysctl_key **ret_key)
{
	const struct sysctl_key *plain;
	size_t length = strlen(text);

	if (text_ends_with(text, "/") || text_ends_with(text, "/."))
		return 0;
	buffer_reset(&keys->scratch);
	buffer_add(&keys->scratch, text);
	if (keys->scratch.error < 0)
		return -ENOMEM;
	sysctl_key_simplify(keys->scratch.data);
	plain = find_text(keys, keys->scratch.data);
	if (!plain || plain->is_pattern)
		return 0;
	if (length >= keys->bytes_left)
		return -E2BIG;
	keys->bytes_left -= length;
	return add_exact(keys, text, plain->leads[0].name, ret_key);
}

/* The beginning of a text. */
struct head {
	const char *text;
	size_t length;
};

static int compare_head(const void *a, const void *b)
{
	const struct head *head = a;
	const char *const *name = b;

	return strncmp(head->text, *name, head->length);
}

/* Returns whether a name starts like the pattern, up to the first special character. */
static bool fits_at_head(const struct sysctl_keys *keys, const char *pattern)
{
	struct head head = {pattern, strcspn(pattern, SPECIAL)};

	return strchr(pattern, '/') &&
	       (has_needless(pattern) || bsearch(&head, keys->sorted, keys->name_count,
						 sizeof(*keys->sorted), compare_head));
}

/* Returns whether a name ends like the pattern, behind the last special character. */
static bool fits_at_tail(const struct sysctl_keys *keys, const char *pattern)
{
	size_t length = strlen(pattern), tail = 0;

	while (tail < length && !strchr(SPECIAL "/", pattern[length - tail - 1]))
		tail++;
	for (size_t i = 0; i < keys->name_count; i++)
		if (text_ends_with(keys->names[i], pattern + length - tail))
			return true;
	return false;
}

/* Adds a pattern with the names that it matches. */
static int keep_pattern(struct sysctl_keys *keys, const char *text, struct sysctl_match *matches,
			struct sysctl_key **ret_key)
{
	struct sysctl_key *key;
	size_t count = 0;

	for (size_t i = 0; i < keys->name_count; i++)
		count += matches[i].found != NULL;
	key = add_key(keys, text, count);
	if (!key)
		return -ENOMEM;
	key->is_pattern = true;
	for (size_t i = 0; i < keys->name_count; i++)
		if (matches[i].found)
			key->leads[key->lead_count++] =
				(struct sysctl_lead){i, steal_pointer(&matches[i].found)};
	*ret_key = key;
	return 1;
}

static int add_pattern(struct sysctl_keys *keys, const char *text, struct sysctl_key **ret_key)
{
	struct sysctl_match *CLEANUP(free_pointer)
		matches = calloc(keys->name_count + 1, sizeof(*matches));
	int error;

	if (!matches)
		return -ENOMEM;
	for (size_t i = 0; i < keys->name_count; i++)
		matches[i].name = keys->names[i];
	error = sysctl_pattern_match(text, keys->reader == SYSCTL_SYSTEMD, matches,
				     keys->name_count, &keys->bytes_left);
	if (error == 0)
		error = keep_pattern(keys, text, matches, ret_key);
	for (size_t i = 0; i < keys->name_count; i++)
		free(matches[i].found);
	return error;
}

static int find_pattern(struct sysctl_keys *keys, char *text, struct sysctl_key **ret_key)
{
	if (!fits_at_head(keys, text))
		return 0;
	if (keys->lines_left == 0)
		return -E2BIG;
	keys->lines_left--;
	if (!fits_at_tail(keys, text))
		return 0;
	*ret_key = find_text(keys, text);
	return *ret_key ? 1 : add_pattern(keys, text, ret_key);
}

static int find_exact(struct sysctl_keys *keys, char *text, struct sysctl_key **ret_key)
{
	*ret_key = find_text(keys, text);
	if (*ret_key)
		return 1;
	return has_needless(text) ? find_oddly_written(keys, text, ret_key) : 0;
}

int sysctl_keys_find(struct sysctl_keys *keys, const struct assignment *assignment,
		     struct sysctl_key **ret_key)
{
	char *text = assignment->key.data;
	struct sysctl_key *key = NULL;
	int found = 0;

	if (assignment_is_pattern(assignment))
		found = find_pattern(keys, text, &key);
	else if (assignment->key.length >= keys->shortest)
		found = find_exact(keys, text, &key);
	if (found <= 0 || key->lead_count == 0)
		return found < 0 ? found : 0;
	*ret_key = key;
	return 1;
}

bool sysctl_keys_have_seen(const struct sysctl_keys *keys, char *text)
{
	const struct sysctl_key *key = find_text(keys, text);

	return key && key->seen;
}
