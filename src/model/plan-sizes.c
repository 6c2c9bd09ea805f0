/* The plan's sizes: resolved from RAM or taken as configured, and judged against memory and ratio. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan-sizes.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "model/sizes.h"

static const struct config_value *value_of(const struct plan_request *request, enum setting_id id)
{
	return &request->config->values[id];
}

/* The most a full table may take, bytes; UINT64_MAX where a share of unknown RAM (0) cannot be judged. */
static uint64_t limit_bytes(const struct plan_request *request, uint64_t ram)
{
	const struct config_value *limit = value_of(request, SETTING_MEMORY_LIMIT);

	if (!limit->percent)
		return limit->number;
	return ram ? sizes_share(ram, limit->number) : UINT64_MAX;
}

/* What the buckets of expected connections take beside the table, where they are set. */
static uint64_t expect_bytes(const struct plan_request *request)
{
	return sizes_bucket_bytes(value_of(request, SETTING_EXPECT_HASHSIZE)->number,
				  request->facts->page_size, request->facts->word_size);
}

static int format_inputs(const struct plan_request *request, char **ret)
{
	static const enum setting_id ids[] = {SETTING_MAX, SETTING_HASHSIZE, SETTING_MEMORY_LIMIT,
					      SETTING_EXPECT_HASHSIZE};
	struct buffer b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		if (ids[i] == SETTING_EXPECT_HASHSIZE && expect_bytes(request) == 0)
			continue;
		buffer_printf(&b, "%s%s=", i ? " " : "", schema[ids[i]].name);
		config_format(request->config, ids[i], &b);
	}
	return buffer_steal(&b, ret, NULL);
}

static void resolve(const struct plan_request *request, struct plan_sizes *sizes)
{
	const struct config_value *max = value_of(request, SETTING_MAX);
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);
	uint64_t limit, expect = expect_bytes(request);

	sizes->ram = sizes_round_ram(request->facts->ram);
	limit = limit_bytes(request, sizes->ram);
	sizes->max = max->is_auto
			     ? sizes_auto_max(request->facts, limit > expect ? limit - expect : 0)
			     : max->number;
	sizes->hashsize = hashsize->number;
	if (hashsize->is_auto)
		sizes->hashsize = sizes->max < HASHSIZE_MAX ? sizes->max : HASHSIZE_MAX;
}

static void note_other_ram(const struct kept_sizes *kept, const struct plan_sizes *sizes,
			   struct problems *problems)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_add_amount(&text, kept->ram);
	buffer_add(&text, " of RAM when the sizes were chosen, now ");
	buffer_add_amount(&text, sizes->ram);
	problems_add(problems, SEVERITY_NOTE, NULL, 0,
		     "%s: auto would now be %" PRIu64
		     "; \"conntrack-persist install\" takes that over",
		     text.data ? text.data : "", sizes->max);
}

/* Sizes that an earlier run resolved from the same settings stay, unless the RAM is another and may be followed. */
static void take_kept(const struct plan_request *request, struct problems *problems,
		      struct plan_sizes *sizes)
{
	const struct kept_sizes *kept = request->kept;

	if (!kept || !kept->inputs || strcmp(kept->inputs, sizes->inputs) != 0)
		return;
	if (kept->ram != sizes->ram) {
		if (request->sizes == SIZES_RESOLVE)
			return;
		if (kept->max != sizes->max || kept->hashsize != sizes->hashsize)
			note_other_ram(kept, sizes, problems);
	}
	sizes->max = kept->max;
	sizes->hashsize = kept->hashsize;
	sizes->ram = kept->ram;
}

/* Where an installation left the sizes out, those of this boot: its own record's, or now's if it is to be written. */
static bool take_boot(const struct plan_request *request, struct plan_sizes *sizes)
{
	const struct kept_sizes *boot = request->boot;

	if (request->sizes == SIZES_RESOLVE || (request->kept && request->kept->inputs))
		return false;
	sizes->of_boot = request->sizes == SIZES_OF_BOOT;
	if (sizes->of_boot || !boot || !boot->inputs || strcmp(boot->inputs, sizes->inputs) != 0)
		return sizes->of_boot;
	sizes->max = boot->max;
	sizes->hashsize = boot->hashsize;
	sizes->ram = boot->ram;
	sizes->of_boot = true;
	return true;
}

bool plan_sizes_are_due(const struct plan_sizes *sizes, const struct kept_sizes *kept,
			const struct facts *facts)
{
	if (!sizes->from_ram || sizes->of_boot || facts->ram == 0)
		return false;
	return !kept->inputs || (strcmp(kept->inputs, sizes->inputs) == 0 &&
				 kept->ram != sizes_round_ram(facts->ram));
}

/* The setting to blame: one that a file sets, if there is any. */
static enum setting_id blame(const struct plan_request *request, enum setting_id first,
			     enum setting_id second, enum setting_id third)
{
	if (value_of(request, first)->set && !value_of(request, first)->is_auto)
		return first;
	if (value_of(request, second)->set && !value_of(request, second)->is_auto)
		return second;
	return third;
}

static void judge_memory(const struct plan_request *request, struct problems *problems,
			 const struct plan_sizes *sizes)
{
	uint64_t limit = limit_bytes(request, sizes->ram), expect = expect_bytes(request);
	enum setting_id id = blame(request, SETTING_MAX, SETTING_HASHSIZE, SETTING_MEMORY_LIMIT);
	const struct config_value *value;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (sizes->table_bytes <= limit)
		return;
	if (sizes->table_bytes - expect <= limit)
		id = SETTING_EXPECT_HASHSIZE;
	value = value_of(request, id);
	buffer_printf(&text, "%" PRIu64 " entries%s %" PRIu64 " buckets", sizes->max,
		      expect > 0 ? "," : " and", sizes->hashsize);
	if (expect > 0)
		buffer_printf(&text, " and %" PRIu64 " for expected connections",
			      sizes->expect_hashsize);
	buffer_add(&text, " take ");
	buffer_add_amount(&text, sizes->table_bytes);
	buffer_add(&text, " when full, more than memory_limit = ");
	config_format(request->config, SETTING_MEMORY_LIMIT, &text);
	buffer_add(&text, " (");
	buffer_add_amount(&text, limit);
	buffer_add(&text, "); allowed: what fits that, or a larger memory_limit");
	problems_add(problems, SEVERITY_ERROR, value->file, value->line, "%s.%s: %s",
		     schema[id].section, schema[id].name, text.data ? text.data : "");
}

/* What else is allowed beside a smaller max; nothing where not even the most buckets that there may be are enough. */
static void add_more_buckets(struct buffer *b, uint64_t max)
{
	uint64_t needed = (max + RATIO_REFUSE - 1) / RATIO_REFUSE;

	if (needed > HASHSIZE_MAX)
		return;
	buffer_printf(b, ", or hashsize from %" PRIu64 " on (best: ", needed);
	if (max <= HASHSIZE_MAX)
		buffer_add(b, "as many as max)");
	else
		buffer_printf(b, "%u)", HASHSIZE_MAX);
}

static void judge_ratio(const struct plan_request *request, struct problems *problems,
			const struct plan_sizes *sizes)
{
	/* By the smallest page, so that a configuration is judged alike on every host. */
	uint64_t buckets = sizes_round_buckets(sizes->hashsize, PAGE_SIZE_USUAL, WORD_SIZE_USUAL);
	enum setting_id id = blame(request, SETTING_MAX, SETTING_HASHSIZE, SETTING_MAX);
	const struct config_value *value = value_of(request, id);
	bool refused = sizes->max > RATIO_REFUSE * buckets;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (sizes->max <= RATIO_WARN * buckets)
		return;
	buffer_printf(&text, "max = %" PRIu64 " is more than %u x hashsize = %" PRIu64 ": ",
		      sizes->max, refused ? RATIO_REFUSE : RATIO_WARN, sizes->hashsize);
	if (refused) {
		buffer_printf(&text,
			      "the kernel drops packets over long chains before the table is "
			      "full; allowed: max up to %" PRIu64,
			      RATIO_REFUSE * buckets);
		add_more_buckets(&text, sizes->max);
	} else {
		buffer_add(&text, "kernels from 5.15 on limit the chain of a bucket and may drop "
				  "packets before the table is full, with no message; better: ");
		if (buckets < HASHSIZE_MAX)
			buffer_printf(&text, "hashsize = %" PRIu64,
				      sizes->max < HASHSIZE_MAX ? sizes->max : HASHSIZE_MAX);
		else
			buffer_printf(&text, "max up to %" PRIu64, RATIO_WARN * buckets);
	}
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, refused ? SEVERITY_ERROR : SEVERITY_WARNING, value->file,
		     value->line, "%s.%s: %s", schema[id].section, schema[id].name,
		     text.data ? text.data : "");
}

static void leave_out(const struct plan_request *request, struct problems *problems,
		      struct plan_sizes *sizes)
{
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);

	sizes->max = sizes->hashsize = 0;
	problems_add(problems, SEVERITY_NOTE, NULL, 0,
		     "max = auto is left out of the image's files, as it follows from the RAM of "
		     "the host that boots: "
		     "conntrack-persist-sizes.service sees to it there if this program is part of "
		     "the image; else set max");
	/* A hashsize alone would make the kernel set max to 8 times as much. */
	if (hashsize->set && !hashsize->is_auto)
		problems_add(problems, SEVERITY_WARNING, hashsize->file, hashsize->line,
			     "conntrack.hashsize: left out as well: without max the kernel would "
			     "take 8 x hashsize; "
			     "set max to have both in the image");
}

int plan_resolve_sizes(const struct plan_request *request, struct problems *problems,
		       struct plan_sizes *ret)
{
	struct plan_sizes sizes = {
		.from_ram = value_of(request, SETTING_MAX)->is_auto,
		.at_least = value_of(request, SETTING_MAX_POLICY)->number == MAX_AT_LEAST,
		.expect_hashsize = value_of(request, SETTING_EXPECT_HASHSIZE)->number,
		.page_size = request->facts->page_size,
		.word_size = request->facts->word_size,
	};
	int error = format_inputs(request, &sizes.inputs);

	if (error < 0)
		return error;
	if (sizes.from_ram && request->facts->ram == 0) {
		if (request->facts->image)
			leave_out(request, problems, &sizes);
		else
			problems_add(problems, SEVERITY_ERROR, NULL, 0,
				     "conntrack.max: auto needs the size of the RAM, and "
				     "/proc/meminfo does not tell; "
				     "allowed here: a number");
		*ret = sizes;
		return 0;
	}
	resolve(request, &sizes);
	if (sizes.from_ram && !take_boot(request, &sizes))
		take_kept(request, problems, &sizes);
	if (__builtin_add_overflow(sizes_table_bytes(request->facts, sizes.max, sizes.hashsize),
				   expect_bytes(request), &sizes.table_bytes))
		sizes.table_bytes = UINT64_MAX;
	judge_memory(request, problems, &sizes);
	judge_ratio(request, problems, &sizes);
	*ret = sizes;
	return 0;
}
