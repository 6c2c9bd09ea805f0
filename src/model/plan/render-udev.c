/* Renders the rule by which udevd writes the values when nf_conntrack loads. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <inttypes.h>

#include "model/plan/pattern.h"
#include "model/plan/render.h"
#include "model/plan/sizes.h"

#define END_LABEL    "conntrack_persist_end"
#define OTHERS_LABEL "conntrack_persist_others"
#define UNIT	     "conntrack-persist.service"

#define LIVE_MAX     "SYSCTL{net/netfilter/nf_conntrack_max}"
#define LIVE_ENTRIES "SYSCTL{net/netfilter/nf_conntrack_count}"

/*
 * Patterns that precede others. A text that is not a number counts as a large number; "-1" and,
 * before 6.19, "0" mean no limit.
 */
#define NO_NUMBER "[!0-9]*|"
#define NO_LIMIT  "0|" NO_NUMBER

/* Where systemd finds the unit of a package, of a local build, or of an administrator. */
static const char *const unit_paths[] = {
	"/usr/lib/systemd/system/" UNIT,
	"/lib/systemd/system/" UNIT,
	"/usr/local/lib/systemd/system/" UNIT,
	"/etc/systemd/system/" UNIT,
};

static void render_mark(struct buffer *b)
{
	buffer_add(b,
		   "\n"
		   "# With this mark systemd has a unit for the module, which others can be bound "
		   "to. If\n"
		   "# the service is installed, it verifies and logs each load.\n"
		   "TAG+=\"systemd\"\n");
	for (size_t i = 0; i < ARRAY_SIZE(unit_paths); i++)
		buffer_printf(b, "TEST!=\"%s\", \\\n  ", unit_paths[i]);
	buffer_add(b, "GOTO=\"conntrack_persist_values\"\n"
		      "ENV{SYSTEMD_WANTS}+=\"" UNIT "\"\n"
		      "LABEL=\"conntrack_persist_values\"\n");
}

static void render_gates(struct buffer *b)
{
	buffer_add(
		b,
		"\n"
		"# On every event but the last, not only on add: a later change event would else\n"
		"# drop what this rule has set on the device.\n"
		"ACTION==\"remove\", GOTO=\"" END_LABEL "\"\n"
		"SUBSYSTEM!=\"module\", GOTO=\"" END_LABEL "\"\n"
		"KERNEL!=\"nf_conntrack\", GOTO=\"" END_LABEL "\"\n");
	render_mark(b);
	buffer_add(
		b,
		"\n"
		"# Kernels before 5.11 send the event before the keys exist: this waits until the\n"
		"# module is live. Only while it is coming, or a late event would load the module\n"
		"# again after an unload.\n"
		"ATTR{initstate}==\"coming\", IMPORT{builtin}=\"kmod load nf_conntrack\"\n"
		"\n"
		"# No write before the keys are there: a hashsize written while the module is\n"
		"# coming lets the size and the table part ways.\n"
		"TEST!=\"/proc/sys/net/netfilter/nf_conntrack_max\", GOTO=\"" END_LABEL "\"\n");
}

size_t render_list_rounded(const struct sizes *sizes, uint64_t *ret)
{
	static const unsigned long pages[] = {4096, 16384, 65536};
	static const unsigned int words[] = {8, 4};
	bool is_this = sizes->kernels == RULE_THIS_KERNEL && sizes->page_size;
	size_t count = 0;

	if (!sizes->hashsize)
		return 0;
	if (is_this) {
		ret[0] = sizes_round_buckets(sizes->hashsize, sizes->page_size, sizes->word_size);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(pages) * ARRAY_SIZE(words); i++) {
		unsigned int word = words[i % ARRAY_SIZE(words)];
		uint64_t rounded =
			sizes_round_buckets(sizes->hashsize, pages[i / ARRAY_SIZE(words)], word);

		if (sizes->kernels == RULE_64_BIT_KERNEL && word != 8)
			continue;
		if (count == 0 || rounded != ret[count - 1]) {
			assert(count < ROUNDED_MAX);
			ret[count++] = rounded;
		}
	}
	return count;
}

static void render_numbers(struct buffer *b, const uint64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_printf(b, "%s%" PRIu64, i > 0 ? "|" : "", numbers[i]);
}

/*
 * Lists each max above ours that the kernel computes from hashsize by itself, because at_least must
 * lower those. ret must have room for ROUNDED_MAX. Returns how many there are.
 */
static size_t list_own(const struct setting *max, const struct sizes *sizes, uint64_t *ret)
{
	uint64_t rounded[ROUNDED_MAX];
	size_t count = render_list_rounded(sizes, rounded), larger = 0;

	for (size_t i = 0; i < count; i++)
		if (sizes_own_max(rounded[i]) > max->wanted)
			ret[larger++] = sizes_own_max(rounded[i]);
	return larger;
}

/* Adds a match of these live values of max. The caller adds the assignment behind it. */
static void render_own(struct buffer *b, const uint64_t *own, size_t count)
{
	buffer_add(b, LIVE_MAX "==\"");
	render_numbers(b, own, count);
	buffer_add(b, "\", ");
}

/* The numbers to compare with are patterns, because udevd matches text. */
static void render_at_least(struct buffer *b, const struct setting *max, const struct sizes *sizes)
{
	uint64_t own[ROUNDED_MAX];
	size_t count = list_own(max, sizes, own);

	buffer_add(b, "# max_policy = at_least: a larger one stays, but for what the kernel makes "
		      "of hashsize.\n" LIVE_MAX "!=\"" NO_LIMIT);
	pattern_add_at_least(b, max->wanted);
	buffer_printf(b, "\", " LIVE_MAX "=\"%" PRIu64 "\"\n", max->wanted);
	if (count == 0)
		return;
	render_own(b, own, count);
	buffer_printf(b, LIVE_MAX "=\"%" PRIu64 "\"\n", max->wanted);
}

/*
 * The gate is needed because events also come while the table is in use: coldplug, udevadm trigger,
 * and those that install sends.
 */
static void render_lowering_gate(struct buffer *b, const struct setting *max,
				 const struct sizes *sizes)
{
	uint64_t own[ROUNDED_MAX];
	size_t count = max->at_least ? list_own(max, sizes, own) : 0;

	if (max->at_least && count == 0)
		return;
	buffer_add(b,
		   "\n"
		   "# max is not lowered to less than 1.25 times the entries, because new\n"
		   "# connections would be dropped. The buckets stay then as well. The count is\n"
		   "# that of the host's own network namespace, because a rule reads no other.\n");
	if (max->at_least) {
		render_own(b, own, count);
	} else {
		buffer_add(b, LIVE_MAX "==\"" NO_LIMIT);
		pattern_add_at_least(b, max->wanted + 1);
		buffer_add(b, "\", ");
	}
	buffer_add(b, "\\\n  " LIVE_ENTRIES "==\"" NO_NUMBER);
	pattern_add_at_least(b, sizes_crowding_entries(max->wanted));
	buffer_add(b, "\", GOTO=\"" OTHERS_LABEL "\"\n");
}

/* Adds a match of a table that has another size or, with at_least, fewer buckets. */
static void render_other_size(struct buffer *b, const struct sizes *sizes, bool at_least)
{
	uint64_t rounded[ROUNDED_MAX];
	size_t count = render_list_rounded(sizes, rounded);

	buffer_add(b, "ATTR{parameters/hashsize}!=\"");
	if (at_least)
		pattern_add_at_least(b, rounded[0]);
	else
		render_numbers(b, rounded, count);
	buffer_add(b, "\", ");
}

static void render_hashsize(struct buffer *b, const struct sizes *sizes, bool at_least)
{
	if (at_least)
		buffer_add(b,
			   "\n"
			   "# Whoever raises max raises the buckets as well: more of them stay.\n");
	else
		buffer_add(
			b,
			"\n"
			"# Not if it has the size already (rounded as the kernel does): the kernel "
			"would\n"
			"# build a whole new table before it notices.\n");
	render_other_size(b, sizes, at_least);
	buffer_printf(b, "ATTR{parameters/hashsize}=\"%" PRIu64 "\"\n", sizes->hashsize);
}

static void render_resize_gate(struct buffer *b, const struct sizes *sizes, bool at_least)
{
	bool by_count = sizes->resize == RESIZE_AUTO;

	buffer_printf(b,
		      "\n"
		      "# resize = %s: no new table while it has %s entries, because a\n"
		      "# resize stops all tracked traffic. Until the next load max is left to\n"
		      "# " UNIT " then, because a rule cannot compare it with the\n"
		      "# buckets.\n" LIVE_ENTRIES "==\"" NO_NUMBER,
		      by_count ? "auto" : "next_load", by_count ? "10,000 or more" : "any");
	pattern_add_at_least(b, by_count ? RESIZE_ENTRIES : 1);
	buffer_add(b, "\", ");
	render_other_size(b, sizes, at_least);
	buffer_add(b, "GOTO=\"" OTHERS_LABEL "\"\n");
}

static void render_max(struct buffer *b, const struct setting *max, const struct sizes *sizes)
{
	if (max->at_least)
		render_at_least(b, max, sizes);
	else
		buffer_printf(b, LIVE_MAX "=\"%" PRIu64 "\"\n", max->wanted);
}

static void render_setting(struct buffer *b, const struct setting *setting)
{
	const char *key = setting->row->key;

	if (schema_is_optional(setting->row))
		buffer_printf(b, "TEST==\"/proc/sys/net/netfilter/%s\", ", key);
	buffer_printf(b, "SYSCTL{net/netfilter/%s}=\"%" PRIu64 "\"\n", key, setting->wanted);
}

void render_udev(struct buffer *b, const struct setting *settings, size_t count,
		 const struct sizes *sizes)
{
	const struct setting *max =
		count > 0 && settings[0].row == &schema[SETTING_MAX] ? &settings[0] : NULL;
	bool at_least = max && max->at_least;
	bool gated = sizes->hashsize && sizes->resize != RESIZE_NOW;

	render_gates(b);
	if (max)
		render_lowering_gate(b, max, sizes);
	if (gated)
		render_resize_gate(b, sizes, at_least);
	if (sizes->hashsize)
		render_hashsize(b, sizes, at_least);
	if (count > 0)
		buffer_add(b, "\n"
			      "# The values, written by udevd itself: no process is started. TEST: "
			      "keys that\n"
			      "# some kernels lack.\n");
	if (max)
		render_max(b, max, sizes);
	if (max || gated)
		buffer_add(b, "LABEL=\"" OTHERS_LABEL "\"\n");
	for (size_t i = max ? 1 : 0; i < count; i++)
		render_setting(b, &settings[i]);
	buffer_add(b, "\nLABEL=\"" END_LABEL "\"\n");
}
