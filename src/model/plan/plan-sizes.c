/* Chooses the sizes of a plan, from RAM or as configured, and checks memory and ratio. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/plan-sizes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/plan/sizes.h"

/*
 * The start of the text from which automatic sizes follow. The first version had another rule (5 %
 * of RAM, up to 4,194,304 entries) and recorded the settings without such a start.
 */
#define AUTO_RULE "share=2% "

static const struct config_value *value_of(const struct plan_request *request, enum setting_id id)
{
	return &request->config->values[id];
}

/*
 * Returns the most bytes that a full table may take, or UINT64_MAX if the limit is a share of RAM
 * and the RAM is unknown (0).
 */
static uint64_t limit_bytes(const struct plan_request *request, uint64_t ram)
{
	const struct config_value *limit = value_of(request, SETTING_MEMORY_LIMIT);

	if (!limit->percent)
		return limit->number;
	return ram ? sizes_share(ram, limit->number) : UINT64_MAX;
}

/* Returns whether hashsize is configured as a number. */
static bool has_buckets(const struct plan_request *request)
{
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);

	return hashsize->set && !hashsize->is_auto;
}

/*
 * Returns the bytes of the buckets for expected connections, or 0 if their number is not
 * configured.
 */
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

	buffer_add(&b, AUTO_RULE);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		if (ids[i] == SETTING_EXPECT_HASHSIZE && expect_bytes(request) == 0)
			continue;
		buffer_printf(&b, "%s%s=", i ? " " : "", schema[ids[i]].name);
		if (ids[i] == SETTING_HASHSIZE && !has_buckets(request))
			buffer_add(&b, "auto");
		else
			config_format(request->config, ids[i], &b);
	}
	return buffer_steal(&b, ret, NULL);
}

/*
 * Returns the entries of max = auto. A configured hashsize limits them, so that the same
 * configuration is accepted on a host with any RAM.
 */
static uint64_t choose_max(const struct plan_request *request)
{
	uint64_t limit = limit_bytes(request, sizes_round_ram(request->facts->ram));
	uint64_t expect = expect_bytes(request);
	uint64_t max = sizes_auto_max(request->facts, limit > expect ? limit - expect : 0);
	uint64_t most = RATIO_WARN * value_of(request, SETTING_HASHSIZE)->number;

	return has_buckets(request) && max > most ? most : max;
}

static void resolve(const struct plan_request *request, struct sizes *sizes)
{
	const struct config_value *max = value_of(request, SETTING_MAX);
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);

	sizes->ram = sizes_round_ram(request->facts->ram);
	if (!max->set)
		sizes->max = hashsize->number;
	else
		sizes->max = max->is_auto ? choose_max(request) : max->number;
	sizes->hashsize = hashsize->number;
	if (!has_buckets(request))
		sizes->hashsize = sizes->max < HASHSIZE_MAX ? sizes->max : HASHSIZE_MAX;
}

/*
 * Notes that max = auto would choose other sizes now. earlier: because the rule of an earlier
 * version chose the kept ones.
 */
static void note_other_sizes(const struct sizes *kept, const struct sizes *sizes, bool earlier,
			     struct problems *problems)
{
	char why[128];

	if (earlier)
		(void)snprintf(why, sizeof(why),
			       "for max = auto an earlier version chose %s entries",
			       text_count(kept->max).text);
	else
		(void)snprintf(why, sizeof(why),
			       "%s of RAM when the sizes were chosen; now this host has %s",
			       text_amount(kept->ram).text, text_amount(sizes->ram).text);
	problems_add(problems, SEVERITY_NOTE, NULL, 0,
		     "%s: auto would now be %s. \"conntrack-persist install\" would set that", why,
		     text_count(sizes->max).text);
}

/*
 * Keeps the sizes that an earlier run resolved from the same settings. If the RAM has changed or
 * the rule of an earlier version chose them, install (SIZES_RESOLVE) chooses new ones. Returns
 * -ENOMEM.
 */
static int take_kept(const struct plan_request *request, struct problems *problems,
		     struct sizes *sizes)
{
	const struct sizes *kept = request->kept;
	bool earlier;

	if (!kept || !kept->inputs)
		return 0;
	earlier = strcmp(kept->inputs, sizes->inputs + strlen(AUTO_RULE)) == 0;
	if (!earlier && strcmp(kept->inputs, sizes->inputs) != 0)
		return 0;
	if (earlier || kept->ram != sizes->ram) {
		if (request->sizes == SIZES_RESOLVE)
			return 0;
		if (kept->max != sizes->max || kept->hashsize != sizes->hashsize)
			note_other_sizes(kept, sizes, earlier, problems);
	}
	return sizes_copy(kept, sizes);
}

/*
 * Uses the sizes of this boot if the installation left the sizes out: those of the record, or with
 * SIZES_OF_BOOT newly chosen ones. Sets sizes->of_boot to whether it did. Returns -ENOMEM.
 */
static int take_boot(const struct plan_request *request, struct sizes *sizes)
{
	const struct sizes *boot = request->boot;

	if (request->sizes == SIZES_RESOLVE || (request->kept && request->kept->inputs))
		return 0;
	sizes->of_boot = request->sizes == SIZES_OF_BOOT;
	if (sizes->of_boot || !boot || !boot->inputs || strcmp(boot->inputs, sizes->inputs) != 0)
		return 0;
	sizes->of_boot = true;
	return sizes_copy(boot, sizes);
}

bool plan_sizes_are_due(const struct sizes *sizes, const struct sizes *kept,
			const struct facts *facts)
{
	if (!sizes->from_ram || sizes->of_boot || facts->ram == 0)
		return false;
	/* Only install replaces what the rule of an earlier version chose. */
	return !kept->inputs || (text_starts_with(kept->inputs, AUTO_RULE) &&
				 strcmp(kept->inputs, sizes->inputs) == 0 &&
				 kept->ram != sizes_round_ram(facts->ram));
}

/*
 * Returns the setting that a message should name: the first or second one if a file sets it to a
 * number, else the third.
 */
static enum setting_id blame(const struct plan_request *request, enum setting_id first,
			     enum setting_id second, enum setting_id third)
{
	if (value_of(request, first)->set && !value_of(request, first)->is_auto)
		return first;
	if (value_of(request, second)->set && !value_of(request, second)->is_auto)
		return second;
	return third;
}

/*
 * Returns the bytes of a full table if the setting had this number. SETTING_MEMORY_LIMIT changes
 * nothing.
 */
static uint64_t bytes_with(const struct plan_request *request, const struct sizes *sizes,
			   enum setting_id id, uint64_t number)
{
	uint64_t max = sizes->max, hashsize = sizes->hashsize, expect = expect_bytes(request),
		 bytes;

	if (id == SETTING_EXPECT_HASHSIZE)
		expect = sizes_bucket_bytes(number, sizes->page_size, sizes->word_size);
	if (id == SETTING_MAX || (id == SETTING_HASHSIZE && !value_of(request, SETTING_MAX)->set))
		max = number;
	if (id == SETTING_HASHSIZE || (id == SETTING_MAX && !has_buckets(request)))
		hashsize = number < HASHSIZE_MAX ? number : HASHSIZE_MAX;
	if (__builtin_add_overflow(sizes_table_bytes(request->facts, max, hashsize), expect,
				   &bytes))
		return UINT64_MAX;
	return bytes;
}

/*
 * Returns the largest number of the setting with which a full table fits the limit, or 0 if no
 * number does.
 */
static uint64_t find_most(const struct plan_request *request, const struct sizes *sizes,
			  enum setting_id id, uint64_t limit)
{
	uint64_t fits = 0, most = schema[id].max;

	while (fits < most) {
		uint64_t middle = most - (most - fits) / 2;

		if (bytes_with(request, sizes, id, middle) <= limit)
			fits = middle;
		else
			most = middle - 1;
	}
	return fits;
}

static void add_sizes(const struct sizes *sizes, bool expect, struct buffer *b)
{
	buffer_printf(b, "%s entries%s %s buckets", text_count(sizes->max).text,
		      expect ? "," : " and", text_count(sizes->hashsize).text);
	if (expect)
		buffer_printf(b, " and %s for expected connections",
			      text_count(sizes->expect_hashsize).text);
}

static void judge_memory(const struct plan_request *request, struct problems *problems,
			 const struct sizes *sizes)
{
	uint64_t limit = limit_bytes(request, sizes->ram), expect = expect_bytes(request);
	uint64_t most = 0;
	enum setting_id id = blame(request, SETTING_MAX, SETTING_HASHSIZE, SETTING_MEMORY_LIMIT);
	const struct config_value *value;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (sizes->table_bytes <= limit)
		return;
	if (sizes->table_bytes - expect <= limit)
		id = SETTING_EXPECT_HASHSIZE;
	value = value_of(request, id);
	add_sizes(sizes, expect > 0, &text);
	buffer_printf(&text, " take %s when full, more than memory_limit = ",
		      text_amount(sizes->table_bytes).text);
	config_format(request->config, SETTING_MEMORY_LIMIT, &text);
	buffer_printf(&text, " (%s); allowed here: ", text_amount(limit).text);
	if (id != SETTING_MEMORY_LIMIT)
		most = find_most(request, sizes, id, limit);
	if (most > 0)
		buffer_printf(&text, "%s = %" PRIu64 " at most, or ", schema[id].name, most);
	buffer_add(&text, "a larger memory_limit");
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, SEVERITY_ERROR, value->file, value->line, "%s.%s: %s",
		     schema[id].section, schema[id].name, text.data ? text.data : "");
}

/* Adds the fewest buckets that would allow this max, unless that is more than HASHSIZE_MAX. */
static void add_more_buckets(struct buffer *b, uint64_t max)
{
	uint64_t needed = (max + RATIO_REFUSE - 1) / RATIO_REFUSE;

	if (needed > HASHSIZE_MAX)
		return;
	buffer_printf(b, ", or hashsize = %" PRIu64 " at least (best: ", needed);
	if (max <= HASHSIZE_MAX)
		buffer_add(b, "as many as max)");
	else
		buffer_printf(b, "hashsize = %u)", HASHSIZE_MAX);
}

/*
 * Adds why this ratio of entries to buckets is refused or warned about, and which sizes are better.
 */
static void explain_ratio(const struct sizes *sizes, uint64_t buckets, bool refused, bool limited,
			  struct buffer *b)
{
	if (refused) {
		buffer_printf(b,
			      "the kernel drops packets if a chain is too long, before the table "
			      "is full; allowed: max = %" PRIu64 " at most",
			      RATIO_REFUSE * buckets);
		add_more_buckets(b, sizes->max);
		return;
	}
	buffer_add(b,
		   limited ? "kernels from 5.15 on limit how many entries share a bucket, and may "
			     "drop packets before the table is full, without a message; better: "
			   : "when the table fills up, the kernel searches a long chain of entries "
			     "for each packet; better: ");
	if (buckets < HASHSIZE_MAX)
		buffer_printf(b, "hashsize = %" PRIu64,
			      sizes->max < HASHSIZE_MAX ? sizes->max : HASHSIZE_MAX);
	else
		buffer_printf(b, "max = %" PRIu64 " at most", RATIO_WARN * buckets);
}

static void judge_ratio(const struct plan_request *request, struct problems *problems,
			const struct sizes *sizes)
{
	/*
	 * The smallest page is used, so that a configuration gets the same verdict on every host.
	 */
	uint64_t buckets = sizes_round_buckets(sizes->hashsize, PAGE_SIZE_USUAL, WORD_SIZE_USUAL);
	enum setting_id id = blame(request, SETTING_MAX, SETTING_HASHSIZE, SETTING_MAX);
	const struct config_value *value = value_of(request, id);
	bool limited = !facts_before(request->facts, 5, 15);
	bool many = sizes->max > RATIO_REFUSE * buckets, refused = many && limited;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (sizes->max <= RATIO_WARN * buckets)
		return;
	buffer_printf(&text, "max = %" PRIu64 " is more than %u x hashsize = %" PRIu64 ": ",
		      sizes->max, many ? RATIO_REFUSE : RATIO_WARN, sizes->hashsize);
	explain_ratio(sizes, buckets, refused, limited, &text);
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, refused ? SEVERITY_ERROR : SEVERITY_WARNING, value->file,
		     value->line, "%s.%s: %s", schema[id].section, schema[id].name,
		     text.data ? text.data : "");
}

/*
 * Reports that the RAM is unknown: a note for an image, whose sizes the host that boots it chooses,
 * and an error otherwise.
 */
static void leave_out(const struct plan_request *request, struct problems *problems)
{
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);

	if (!request->facts->image) {
		problems_add(problems, SEVERITY_ERROR, value_of(request, SETTING_MAX)->file,
			     value_of(request, SETTING_MAX)->line,
			     "conntrack.max: auto depends on the size of the RAM, which "
			     "/proc/meminfo does not show; write a number");
		return;
	}
	problems_add(problems, SEVERITY_NOTE, NULL, 0,
		     "max = auto depends on the RAM of the machine that boots, so the files of "
		     "this image contain no sizes yet. If conntrack-persist is installed in the "
		     "image, conntrack-persist-sizes.service chooses them at boot; if not, the "
		     "kernel's defaults apply: set max");
	/* With hashsize alone the kernel would set max to 8 times as much. */
	if (has_buckets(request))
		problems_add(problems, SEVERITY_WARNING, hashsize->file, hashsize->line,
			     "conntrack.hashsize: left out of the image as well, because with "
			     "hashsize alone the kernel sets max to 8 x hashsize; set max to have "
			     "both in the image");
}

/* Warns about lines of the configuration that have no effect. */
static void judge_words(const struct plan_request *request, struct problems *problems)
{
	const struct config_value *max = value_of(request, SETTING_MAX);
	const struct config_value *hashsize = value_of(request, SETTING_HASHSIZE);
	const struct config_value *policy = value_of(request, SETTING_MAX_POLICY);

	if (!max->set && hashsize->set && hashsize->is_auto)
		problems_add(problems, SEVERITY_WARNING, hashsize->file, hashsize->line,
			     "conntrack.hashsize: this line has no effect, because auto means \"as "
			     "many as max\" and max is not set; set max as well");
	if (!policy->set || policy->number == MAX_AT_LEAST)
		return;
	if (max->is_auto || (!max->set && has_buckets(request)))
		problems_add(problems, SEVERITY_WARNING, policy->file, policy->line,
			     "conntrack.max_policy: exact has no effect with %s, because that is a "
			     "floor: a larger live max stays; set max to a number to have it exact",
			     max->is_auto ? "max = auto" : "a hashsize without max");
}

/*
 * Warns about a max that is probably a mistake: the table is full at once, or most of its buckets
 * are useless.
 */
static void judge_small_max(const struct plan_request *request, struct problems *problems,
			    const struct sizes *sizes)
{
	const struct config_value *max = value_of(request, SETTING_MAX);

	if (!max->set || max->is_auto)
		return;
	if (sizes->max < MAX_FEW)
		problems_add(problems, SEVERITY_WARNING, max->file, max->line,
			     "conntrack.max: %s entries fill up soon even on an idle host, and "
			     "then new connections are dropped; most hosts need 65,536 or more",
			     text_count(sizes->max).text);
	else if (sizes->hashsize / BUCKETS_MANY > sizes->max)
		problems_add(problems, SEVERITY_WARNING, max->file, max->line,
			     "conntrack.max: %s entries are far fewer than hashsize = %" PRIu64
			     ", whose buckets always take %s; better: hashsize = %" PRIu64
			     ", or a larger max",
			     text_count(sizes->max).text, sizes->hashsize,
			     text_amount(sizes_bucket_bytes(sizes->hashsize, sizes->page_size,
							    sizes->word_size))
				     .text,
			     sizes->max);
}

static int judge_sizes(const struct plan_request *request, struct problems *problems,
		       struct sizes *sizes)
{
	int error = 0;

	resolve(request, sizes);
	if (sizes->from_ram)
		error = take_boot(request, sizes);
	if (error == 0 && sizes->from_ram && !sizes->of_boot)
		error = take_kept(request, problems, sizes);
	sizes->table_bytes = bytes_with(request, sizes, SETTING_MEMORY_LIMIT, 0);
	judge_memory(request, problems, sizes);
	judge_ratio(request, problems, sizes);
	judge_small_max(request, problems, sizes);
	return error;
}

/*
 * Returns whether the manifest has sizes that the first version chose although neither max nor
 * hashsize was configured.
 */
static bool is_unchosen(const struct plan_request *request)
{
	return !value_of(request, SETTING_MAX)->set && !has_buckets(request) && request->kept &&
	       request->kept->inputs &&
	       text_starts_with(request->kept->inputs, "max=auto hashsize=auto ");
}

/* Keeps those sizes, whatever the RAM, until the administrator runs install. Returns -ENOMEM. */
static int keep_unchosen(const struct plan_request *request, struct problems *problems,
			 struct sizes *sizes)
{
	const struct sizes *kept = request->kept;
	int error = sizes_copy(kept, sizes);

	if (error < 0)
		return error;
	sizes->from_ram = true;
	sizes->table_bytes = bytes_with(request, sizes, SETTING_MEMORY_LIMIT, 0);
	problems_add(
		problems, SEVERITY_NOTE, NULL, 0,
		"conntrack.max is not set, and an earlier version chose max = %" PRIu64
		" by itself; that value is kept, and \"conntrack-persist plan\" names the choices",
		kept->max);
	return 0;
}

int plan_resolve_sizes(const struct plan_request *request, struct problems *problems,
		       struct sizes *ret)
{
	const struct config_value *max = value_of(request, SETTING_MAX);
	struct sizes sizes = {
		.from_ram = max->is_auto,
		.at_least = value_of(request, SETTING_MAX_POLICY)->number == MAX_AT_LEAST ||
			    max->is_auto || !max->set,
		.expect_hashsize = value_of(request, SETTING_EXPECT_HASHSIZE)->number,
		.page_size = request->facts->page_size,
		.word_size = request->facts->word_size,
		.resize = (enum resize)value_of(request, SETTING_RESIZE)->number,
	};
	int error = format_inputs(request, &sizes.inputs);

	if (error < 0)
		return error;
	judge_words(request, problems);
	sizes.unchosen = is_unchosen(request);
	if (sizes.unchosen && request->sizes != SIZES_RESOLVE)
		error = keep_unchosen(request, problems, &sizes);
	else if (sizes.from_ram && request->facts->ram == 0)
		leave_out(request, problems);
	else if (max->set || has_buckets(request))
		error = judge_sizes(request, problems, &sizes);
	if (error < 0) {
		free(sizes.inputs);
		return error;
	}
	*ret = sizes;
	return 0;
}
