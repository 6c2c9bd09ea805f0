/* The table of connection tracking at one moment: the verdict on its figures. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/table.h"

#include <assert.h>

/* The shares, in tenths of a percent, at which the table counts as nearly full and as full. */
#define NEARLY 800U
#define FULL   950U

void table_done(struct table *table)
{
	for (size_t i = 0; i < table->namespace_count; i++) {
		free(table->namespaces[i].where);
		free(table->namespaces[i].differs);
	}
	free(table->namespaces);
	free(table->contents);
	free(table->foreign);
	free(table->last_write.writer);
	free(table->sample);
	table->holders = holders_free(table->holders);
	cutoffs_done(&table->cutoffs);
	*table = (struct table){0};
}

static struct figure known(uint64_t value)
{
	return (struct figure){.known = true, .value = value};
}

/*
 * Returns the part in 1/scale of the whole, or unknown if the whole is unknown or 0. The product
 * cannot overflow, because neither comes near 2^54.
 */
static struct figure share_of(struct figure part, struct figure whole, uint64_t scale)
{
	struct figure none = {0};

	if (!part.known || !whole.known || whole.value == 0 || part.value > UINT64_MAX / scale)
		return none;
	return known(part.value * scale / whole.value);
}

static uint64_t slab_entry_bytes(const struct table *table)
{
	const struct slab *slab = &table->slab;
	uint64_t page = table->facts.page_size ? table->facts.page_size : 4096;

	/* No kernel shows such figures, but they are used to divide and shift. */
	if (!slab->known || slab->per_slab == 0 || slab->order > 16)
		return 0;
	return ((page << slab->order) + slab->per_slab - 1) / slab->per_slab;
}

static struct figure memory_of(const struct judgement *judgement, struct figure entries,
			       struct figure buckets, unsigned int word_size)
{
	struct figure none = {0};
	uint64_t bytes;

	if (!entries.known || !buckets.known ||
	    __builtin_mul_overflow(entries.value, judgement->entry_bytes, &bytes) ||
	    __builtin_add_overflow(bytes, sizes_array_bytes(buckets.value, word_size), &bytes))
		return none;
	return known(bytes);
}

/* Returns the memory of the slabs, used or not, and of the entries' extensions. */
static struct figure memory_held(const struct table *table, struct figure estimate)
{
	const struct slab *slab = &table->slab;
	uint64_t page = table->facts.page_size ? table->facts.page_size : 4096;
	uint64_t bytes;

	if (!estimate.known || slab_entry_bytes(table) == 0 || slab->slabs == 0 ||
	    __builtin_mul_overflow(slab->slabs, page << slab->order, &bytes))
		return estimate;
	bytes += sizes_array_bytes(table->buckets.value, table->facts.word_size);
	if (table->extensions.known)
		bytes += table->entries.value * table->extensions.value;
	return known(bytes);
}

static void judge_memory(const struct table *table, struct judgement *judgement)
{
	struct figure ram = {.known = table->facts.ram > 0, .value = table->facts.ram};
	uint64_t measured = slab_entry_bytes(table);

	judgement->entry_bytes_measured = measured > 0;
	judgement->entry_bytes = measured ? measured : sizes_entry_bytes(&table->facts);
	if (table->extensions.known)
		judgement->entry_bytes += table->extensions.value;
	judgement->memory_now =
		memory_held(table, memory_of(judgement, table->entries, table->buckets,
					     table->facts.word_size));
	/* A max of 0 means no limit, up to 6.18. */
	if (table->max.value > 0)
		judgement->memory_full =
			memory_of(judgement, table->max, table->buckets, table->facts.word_size);
	judgement->memory_full_share = share_of(judgement->memory_full, ram, 1000);
}

static uint64_t counted(const struct table *table, enum counter counter)
{
	return table->counters.known[counter] ? table->counters.value[counter] : 0;
}

/*
 * Returns how many packets the kernel dropped. `drop` counts packets without room and clashes;
 * chains that are too long are counted in `chainlength` alone (__nf_conntrack_confirm(),
 * nf_conntrack_core.c, 5.15 and later).
 */
static uint64_t count_dropped(const struct table *table)
{
	uint64_t sum;

	if (__builtin_add_overflow(counted(table, COUNTER_DROP),
				   counted(table, COUNTER_CHAIN_TOO_LONG), &sum))
		return UINT64_MAX;
	return sum;
}

/*
 * Returns whether packets were dropped for lack of room: insert_failed counts clashes of two
 * packets of one new connection and chains that are too long, so that more drops than that have
 * another cause.
 */
static bool was_without_room(const struct table *table, const struct judgement *judgement)
{
	return judgement->dropped > counted(table, COUNTER_INSERT_FAILED);
}

static bool is_full(const struct table *table, const struct judgement *judgement)
{
	if (!judgement->share.known)
		return false;
	if (table->entries.value >= table->max.value)
		return true;
	/*
	 * From this share on the kernel makes room by itself, so that the entries stay slightly
	 * below max.
	 */
	return judgement->share.value >= FULL &&
	       (was_without_room(table, judgement) || counted(table, COUNTER_EARLY_DROP) > 0);
}

/*
 * Returns whether the entries reach this share (tenths of a percent) of the number from which
 * chains may be too long.
 */
static bool chains_reach(const struct table *table, const struct judgement *judgement,
			 uint64_t tenths)
{
	struct figure share = share_of(table->entries, judgement->chain_entries, 1000);

	return share.known && share.value >= tenths;
}

static bool was_full(const struct table *table, const struct judgement *judgement)
{
	if (table->messages.known && table->messages.count > 0)
		return true;
	if (counted(table, COUNTER_CHAIN_TOO_LONG) > 0 || counted(table, COUNTER_EARLY_DROP) > 0)
		return true;
	return !(table->messages.known && table->messages.since_boot) &&
	       was_without_room(table, judgement);
}

static bool is_unused(const struct table *table)
{
	if (!table->entries.known || table->entries.value > 0)
		return false;
	for (size_t i = 0; i < table->namespace_count; i++)
		if (table->namespaces[i].entries.value > 0)
			return false;
	return true;
}

struct figure table_namespace_limit(const struct table *table,
				    const struct namespace_table *namespace)
{
	struct figure limit = {0};

	if (table->max.known && table->max.value > 0)
		limit = table->max;
	if (namespace->max.known && namespace->max.value > 0 &&
	    (!limit.known || namespace->max.value < limit.value))
		limit = namespace->max;
	return limit;
}

static struct figure namespace_share(const struct table *table,
				     const struct namespace_table *namespace)
{
	return share_of(namespace->entries, table_namespace_limit(table, namespace), 1000);
}

/*
 * Returns the namespace with the fullest table, if that reaches this share (tenths of a percent) of
 * its limit, or NULL.
 */
static const struct namespace_table *fullest(const struct table *table, uint64_t tenths)
{
	const struct namespace_table *found = NULL;

	for (size_t i = 0; i < table->namespace_count; i++) {
		struct figure share = namespace_share(table, &table->namespaces[i]);

		if (share.known && share.value >= tenths) {
			found = &table->namespaces[i];
			tenths = share.value + 1;
		}
	}
	return found;
}

static void judge_unseen(const struct table *table, struct judgement *judgement)
{
	if (!module_is_there(table->module))
		return;
	for (size_t i = 0; i < table->namespace_count; i++) {
		judgement->unseen += table->namespaces[i].error < 0;
		judgement->unlike += table->namespaces[i].unlike > 0;
	}
	judgement->unsure = !table->namespaces_known || table->namespaces_cut ||
			    judgement->unseen > 0;
}

static enum verdict judge_fill(const struct table *table, struct judgement *judgement)
{
	if (!module_is_there(table->module))
		return VERDICT_NOT_LOADED;
	if (table->entries.known && table->max.known && is_full(table, judgement))
		return VERDICT_FULL;
	judgement->elsewhere = fullest(table, 1000);
	if (judgement->elsewhere)
		return VERDICT_FULL;
	if (!table->entries.known || !table->max.known)
		return VERDICT_UNKNOWN;
	if (counted(table, COUNTER_CHAIN_TOO_LONG) > 0 && chains_reach(table, judgement, NEARLY))
		return VERDICT_CHAINS;
	if (judgement->share.known && judgement->share.value >= NEARLY)
		return VERDICT_NEARLY_FULL;
	judgement->elsewhere = fullest(table, NEARLY);
	if (judgement->elsewhere)
		return VERDICT_NEARLY_FULL;
	if (chains_reach(table, judgement, NEARLY))
		return VERDICT_NEARLY_CHAINS;
	if (was_full(table, judgement))
		return VERDICT_WAS_FULL;
	if (table->values.known && (table->values.differs > 0 || table->values.files_differ ||
				    (table->values.all_namespaces && judgement->unlike > 0)))
		return VERDICT_DIFFERS;
	if (judgement->unsure)
		return VERDICT_UNSURE;
	return is_unused(table) ? VERDICT_UNUSED : VERDICT_FINE;
}

void table_judge(const struct table *table, struct judgement *ret)
{
	struct judgement judgement = {.chains = sizes_chain_limit(&table->facts)};

	/* A kernel that has the counter also has the limit, whatever its release. */
	if (judgement.chains.high == 0 && table->counters.known[COUNTER_CHAIN_TOO_LONG])
		judgement.chains = (struct chain_limit){8, 79};
	judgement.share = share_of(table->entries, table->max, 1000);
	judgement.per_bucket = share_of(table->entries, table->buckets, 100);
	if (table->buckets.known && judgement.chains.high > 0)
		judgement.chain_entries =
			known(sizes_chain_entries(judgement.chains, table->buckets.value));
	judgement.dropped = count_dropped(table);
	judge_memory(table, &judgement);
	judge_unseen(table, &judgement);
	judgement.verdict = judge_fill(table, &judgement);
	*ret = judgement;
}

const char *verdict_to_string(enum verdict verdict)
{
	static const char *const words[] = {
		[VERDICT_NOT_LOADED] = "not-loaded",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_FULL] = "full",
		[VERDICT_CHAINS] = "chains",
		[VERDICT_NEARLY_FULL] = "nearly-full",
		[VERDICT_NEARLY_CHAINS] = "nearly-chains",
		[VERDICT_WAS_FULL] = "was-full",
		[VERDICT_DIFFERS] = "differs",
		[VERDICT_UNUSED] = "unused",
		[VERDICT_UNSURE] = "unsure",
		[VERDICT_FINE] = "fine",
	};

	assert((size_t)verdict < ARRAY_SIZE(words));
	return words[verdict];
}
