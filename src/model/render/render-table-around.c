/* The screen of the table: other network namespaces, the configuration, what could not be read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/library-error.h"
#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/render/render-table-rows.h"

/* How many namespaces are listed by name, and where their names and differences are cut. */
#define NAMED	     3
#define WHERE_MOST   40
#define DIFFERS_MOST 60

static void separate(struct buffer *text, const char *separator)
{
	if (text->length > 0)
		buffer_add(text, separator);
}

/*
 * Namespaces
 */

static bool is_full(const struct table *table, const struct namespace_table *namespace)
{
	struct figure limit = table_namespace_limit(table, namespace);

	return namespace->entries.known && limit.known && namespace->entries.value >= limit.value;
}

/*
 * Returns the weight of a namespace: full tables come first, then those that differ, then those
 * with the most entries. A namespace that tracks nothing has weight 0 and is not named.
 */
static uint64_t weigh(const struct table *table, const struct namespace_table *namespace)
{
	if (namespace->error < 0)
		return 1;
	if (is_full(table, namespace))
		return UINT64_MAX;
	if (namespace->differing > 0)
		return UINT64_MAX - 1;
	return namespace->entries.known ? namespace->entries.value / 2 + 1 : 0;
}

static void add_start(struct buffer *text, const char *of, int most)
{
	buffer_printf(text, "%.*s%s", most, of, strlen(of) > (size_t)most ? "..." : "");
}

static void add_namespace(struct buffer *text, const struct table *table,
			  const struct namespace_table *namespace)
{
	const char *where = namespace->where;

	if (text_starts_with(where, "namespace "))
		where += strlen("namespace ");
	add_start(text, where, WHERE_MOST);
	buffer_add(text, " ");
	if (namespace->error < 0) {
		buffer_printf(text, "(%s)", strerror(-namespace->error));
		return;
	}
	if (namespace->entries.known)
		screen_add_number(text, namespace->entries.value, "entry", "entries");
	else
		buffer_add(text, "tracks nothing");
	if (is_full(table, namespace))
		buffer_add(text, ", full");
	if (namespace->differing > 0 && namespace->differs) {
		buffer_add(text, ", differs: ");
		add_start(text, namespace->differs, DIFFERS_MOST);
	}
}

/* Returns the next namespace in the order of weight, or the count if there is none. */
static size_t find_next(const struct table *table, size_t before)
{
	size_t count = table->namespace_count, next = count;
	uint64_t last = before < count ? weigh(table, &table->namespaces[before]) : 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t weight = weigh(table, &table->namespaces[i]);

		if (weight == 0)
			continue;
		if (before < count && (weight > last || (weight == last && i <= before)))
			continue;
		if (next == count || weight > weigh(table, &table->namespaces[next]))
			next = i;
	}
	return next;
}

/* With namespaces = all, says how many namespaces are not as configured. */
static void add_unlike(struct buffer *text, const struct table *table)
{
	size_t unlike = 0;

	for (size_t i = 0; i < table->namespace_count; i++)
		unlike += table->namespaces[i].unlike > 0;
	if (table->values.all_namespaces && unlike > 0)
		buffer_printf(text, ", %zu not as configured", unlike);
}

void add_namespaces(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "namespaces", RANK_NAMESPACES)->text;
	size_t count = table->namespace_count, named = 0, at = count;

	if (count == 0)
		return;
	screen_add_number(text, count, "other", "others");
	add_unlike(text, table);
	while (named < NAMED && (at = find_next(table, at)) < count) {
		buffer_add(text, named == 0 ? ": " : "; ");
		add_namespace(text, table, &table->namespaces[at]);
		named++;
	}
	if (named == 0)
		buffer_add(text, count == 1 ? ", tracks nothing" : ", they track nothing");
	else if (named < count)
		buffer_printf(text, "; %zu more", count - named);
	if (table->namespaces_cut)
		buffer_add(text, "; there are others that were not looked at");
}

/*
 * Configuration
 */

/* Adds the live and the configured sizes, if they differ. */
static void add_sizes(struct buffer *text, const struct table *table)
{
	const struct table_values *values = &table->values;
	uint64_t buckets = sizes_round_buckets(values->wanted_hashsize, table->facts.page_size,
					       table->facts.word_size);
	const char *separator = " (";

	if (values->wanted_max && table->max.known && table->max.value != values->wanted_max) {
		buffer_add(text, separator);
		buffer_add_counted(text, "max ", table->max.value, ", configured ");
		buffer_add_count(text, values->wanted_max);
		separator = "; ";
	}
	if (values->wanted_hashsize && table->buckets.known && table->buckets.value != buckets) {
		buffer_add(text, separator);
		buffer_add_counted(text, "buckets ", table->buckets.value, ", configured ");
		buffer_add_count(text, values->wanted_hashsize);
		separator = "; ";
	}
	if (strcmp(separator, "; ") == 0)
		buffer_add(text, ")");
}

static void add_when_loaded(struct buffer *text, const struct table_values *values)
{
	buffer_add(text, "for when it loads: ");
	if (values->wanted_max)
		buffer_add_counted(text, "max ", values->wanted_max, ", ");
	if (values->wanted_hashsize)
		buffer_add_counted(text, "", values->wanted_hashsize, " buckets, ");
	screen_add_number(text, values->ok + values->differs + values->pending + values->absent,
			  "value", "values");
	buffer_add(text, values->blocked ? " in all; something keeps it from loading, see "
					   "\"conntrack-persist check\""
					 : " in all");
}

static void add_in_force(struct buffer *text, const struct table *table)
{
	const struct table_values *values = &table->values;

	screen_add_number(text, values->ok, "value", "values");
	buffer_add(text, " active");
	if (values->differs > 0) {
		buffer_printf(text, values->differs == 1 ? ", %zu differs" : ", %zu differ",
			      values->differs);
		add_sizes(text, table);
	}
	if (values->pending > 0)
		buffer_printf(text, ", %zu not before the next load", values->pending);
	if (values->absent > 0)
		buffer_printf(text, ", %zu unknown to this kernel", values->absent);
}

void add_configured(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "configured", RANK_CONFIGURED)->text;
	const struct table_values *values = &table->values;

	if (!values->known)
		return;
	if (values->ok + values->differs + values->pending + values->absent == 0)
		buffer_add(text, "no value");
	else if (module_is_there(table->module))
		add_in_force(text, table);
	else
		add_when_loaded(text, values);
	if (values->files_differ)
		buffer_add(text, "; the installed files are not as configured");
}

/* Returns the key without the part that all keys of the host share. */
static const char *short_key(const char *key)
{
	static const char prefix[] = "net.netfilter.";

	return text_starts_with(key, prefix) ? key + strlen(prefix) : key;
}

/* Names who wrote last. The writer's name is harmless already. */
void add_changed(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "changed by", RANK_CHANGED)->text;
	const struct last_write *last = &table->last_write;
	uint64_t total = table->foreign ? foreign_writes_total(table->foreign) : 0;

	if (total == 0 && !last->writer)
		return;
	if (last->writer) {
		buffer_printf(text, "%s%s, ", last->placed ? "" : "perhaps ", last->writer);
		add_moment(text, last->when, table->now);
		buffer_printf(text, ": %s = %s", short_key(last->key), last->value);
		buffer_add(text, last->active ? "; " : ", not live any more; ");
	}
	screen_add_number(text, total, "foreign write", "foreign writes");
	buffer_add(text, " since boot");
}

/*
 * Unread parts
 */
static bool is_denied(int error)
{
	return error == -EPERM || error == -EACCES;
}

static void add_missing(struct buffer *text, bool missing, const char *what)
{
	if (!missing)
		return;
	separate(text, ", ");
	buffer_add(text, what);
}

/*
 * Explains why entries are not listed. Looking loads no module, so that the administrator must load
 * it.
 */
static const char *why_unlisted(int error)
{
	switch (-error) {
	case ENOENT:
		return "for them: modprobe nf_conntrack_netlink";
	case EFBIG:
		return "too many for the kernel's file; for them: modprobe nf_conntrack_netlink";
	default:
		return library_is_unusable(error) ? "libmnl is not installed, or cannot be used"
						  : strerror(-error);
	}
}

/* Adds one sentence in place of rows full of zeros that nobody has counted. */
void add_not_shown(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "not shown", RANK_NOT_SHOWN)->text;
	bool unlisted = !table->contents;
	bool denied = unlisted && is_denied(table->contents_error);

	add_missing(text, unlisted, "entries by protocol and state");
	if (unlisted && !denied)
		buffer_printf(text, " (%s)", why_unlisted(table->contents_error));
	add_missing(text, denied && !table->slab.known, "memory as measured");
	add_missing(text, !table->counters.known[COUNTER_DROP], "drops");
	add_missing(text, !table->messages.known, "the kernel's messages");
	add_missing(text, !table->namespaces_known, "other namespaces");
	if (table->holders && (table->holders->owners.cut || table->holders->sockets_cut))
		add_missing(text, true, "owners of some entries (too many sockets or addresses)");
	if (text->length == 0)
		return;
	buffer_add(text, denied ? "; only root sees these" : "; out of reach here");
}
