/* Reads all that is known of the table, for status and advise. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/look-table.h"

#include <errno.h>

#include "gather/facts.h"
#include "gather/owners.h"
#include "host/conntrack/conntrack.h"
#include "host/systemd/journal.h"
#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "model/table/advise.h"
#include "steps/foreign-writes.h"
#include "steps/look-namespaces.h"

#define PATH_SLAB     "/sys/kernel/slab/nf_conntrack"
#define PATH_SLABINFO "/proc/slabinfo"
/* Every kernel has this key in the initial network namespace only. */
#define PATH_HOST_MAX  "/proc/sys/net/nf_conntrack_max"
#define PATH_HOST_NAME "/proc/sys/kernel/hostname"
/* Seconds (6 hours) of silence after which an established connection counts as idle. */
#define IDLE_SECONDS 21600U

void host_table_done(struct host_table *host)
{
	table_done(&host->table);
	runtime_done(&host->live);
	comparison_done(&host->comparison);
	*host = (struct host_table){0};
}

/*
 * Returns whether there is a configuration or an installation; if not, nobody chose the built-in
 * defaults.
 */
static bool somebody_wishes(const struct context *context, const struct comparison *comparison)
{
	if (context->options->config || comparison->installed.manifest_file.kind != FILE_ABSENT)
		return true;
	for (size_t i = 0; i < schema_count; i++)
		if (comparison->config.values[i].set)
			return true;
	return false;
}

void host_table_open(struct context *context, struct host_table *ret)
{
	*ret = (struct host_table){0};
	ret->broken = !comparison_try(context, &ret->comparison);
	ret->planned = !ret->broken && somebody_wishes(context, &ret->comparison);
	/* Without the files it is not known whether all is in order. */
	if (ret->broken)
		report_fail(context->report);
}

static uint64_t read_slab_figure(const struct context *context, const char *path, bool *known)
{
	struct figure figure = gather_figure(context->kernel, path);

	*known = *known && figure.known;
	return figure.value;
}

static void read_slab(const struct context *context, struct slab *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct slab slab = {.known = true};
	bool counted = true;

	slab.object_size = read_slab_figure(context, PATH_SLAB "/object_size", &slab.known);
	slab.slab_size = read_slab_figure(context, PATH_SLAB "/slab_size", &slab.known);
	slab.per_slab = read_slab_figure(context, PATH_SLAB "/objs_per_slab", &slab.known);
	slab.order = read_slab_figure(context, PATH_SLAB "/order", &slab.known);
	slab.slabs = read_slab_figure(context, PATH_SLAB "/slabs", &counted);
	if (slab.known) {
		*ret = slab;
		return;
	}
	/* Kernels without slab files in /sys have this one. */
	if (kernel_read_all(context->kernel, PATH_SLABINFO, &text) == 0)
		(void)!slab_parse(text, ret);
}

/*
 * With events = 2 the extension exists only while a program listens, and the kernel does not show
 * whether one does.
 */
static struct figure read_extensions(const struct context *context)
{
	struct figure acct = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_acct");
	struct figure timestamp =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_timestamp");
	struct figure events = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_events");
	struct figure figure = {.known = acct.known || timestamp.known || events.known};

	if (acct.value > 0 || timestamp.value > 0 || events.value == 1)
		figure.value = ENTRY_EXTENSION_BYTES;
	return figure;
}

static void read_figures(const struct context *context, struct table *table)
{
	table->entries = gather_figure(context->kernel, PATH_ENTRIES);
	table->max = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_max");
	/*
	 * The parameter is correct on every kernel but only root may read it; everybody may read
	 * the key.
	 */
	table->buckets = gather_figure(context->kernel, PATH_PARAMETERS "/hashsize");
	if (!table->buckets.known)
		table->buckets = gather_figure(context->kernel, PATH_BUCKETS);
	table->expect_max = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_expect_max");
	table->expect_buckets = gather_figure(context->kernel, PATH_PARAMETERS "/expect_hashsize");
	table->foreign_max = table->max.known && !kernel_has(context->kernel, PATH_HOST_MAX);
	table->tcp_syn_sent =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_tcp_timeout_syn_sent");
	table->tcp_syn_recv =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_tcp_timeout_syn_recv");
	table->tcp_established =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_tcp_timeout_established");
	table->tcp_time_wait =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_tcp_timeout_time_wait");
	table->udp = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_udp_timeout");
	table->udp_stream =
		gather_figure(context->kernel, PATH_PROC "/nf_conntrack_udp_timeout_stream");
	table->extensions = read_extensions(context);
	read_slab(context, &table->slab);
	/* A kernel that was built without both ways has no counters. */
	(void)!conntrack_read_counters(&table->counters);
}

static void summarize_values(const struct host_table *host, struct table_values *ret)
{
	const struct values *values = &host->live.values;
	const struct comparison *comparison = &host->comparison;

	*ret = (struct table_values){
		.ok = values_count(values, VALUE_OK),
		.differs = values_count(values, VALUE_DIFFERS) + host->live.unwanted,
		.pending = values_count(values, VALUE_PENDING) +
			   values_count(values, VALUE_CANNOT_LOAD),
		.blocked = runtime_cannot_load(&host->live),
		.absent = values_count(values, VALUE_ABSENT),
		.wanted_max = comparison->plan.sizes.max,
		.wanted_hashsize = comparison->plan.sizes.hashsize,
		.known = true,
		.all_namespaces = comparison->plan.all_namespaces,
		.files_differ = comparison->manifest_state != STATE_OK ||
				comparison_files_differ(comparison),
	};
}

static enum exit_code look_at_plan(struct context *context, struct host_table *host,
				   struct table *table)
{
	enum exit_code code;

	runtime_done(&host->live);
	if (!host->planned)
		return runtime_find_module(context, &table->module);
	code = runtime_observe(context, &host->comparison, &host->live);
	if (code == EXIT_DONE)
		code = preflight_judge_loading(context, &host->comparison, &host->live);
	if (code != EXIT_DONE)
		return code;
	table->module = host->live.module;
	summarize_values(host, &table->values);
	return EXIT_DONE;
}

/*
 * Listing this many entries by the kernel's file takes some seconds: before Linux 6.18 the time
 * grows with the square.
 */
#define ENTRIES_BY_FILE 100000U

/*
 * Sets the two timeouts that replace a longer one while data is not acknowledged, each 300 s (the
 * kernel's default) if it cannot be read.
 */
static void read_busy_seconds(const struct context *context, struct cutoffs *cutoffs)
{
	static const char *const paths[] = {PATH_PROC "/nf_conntrack_tcp_timeout_unacknowledged",
					    PATH_PROC "/nf_conntrack_tcp_timeout_max_retrans"};

	cutoffs->busy_least = UINT32_MAX;
	cutoffs->busy_most = 0;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct figure figure = gather_figure(context->kernel, paths[i]);
		uint32_t seconds = figure.known ? (uint32_t)figure.value : 300;

		if (seconds < cutoffs->busy_least)
			cutoffs->busy_least = seconds;
		if (seconds > cutoffs->busy_most)
			cutoffs->busy_most = seconds;
	}
}

/*
 * Reads the table entry by entry. Only this takes time in proportion to the table. Negative errno.
 */
static int count_contents(const struct context *context, struct table *table)
{
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;
	int error;

	if (!kernel_may_change(context->kernel))
		return -EPERM;
	if (table->entries.value > ENTRIES_BY_FILE && !conntrack_has_netlink())
		return -EFBIG;
	error = entry_counts_new(&counts);
	if (error < 0)
		return error;
	if (table->tcp_established.value > IDLE_SECONDS)
		counts->idle_below = (uint32_t)(table->tcp_established.value - IDLE_SECONDS);
	read_busy_seconds(context, &table->cutoffs);
	counts->idle_above = table->cutoffs.busy_most;
	counts->holders = table->holders;
	counts->sample = table->sample;
	counts->cutoffs = table->cutoffs.count > 0 ? &table->cutoffs : NULL;
	error = conntrack_count_entries(counts);
	counts->holders = NULL;
	counts->cutoffs = NULL;
	counts->sample = NULL;
	if (error == 0)
		table->contents = steal_pointer(&counts);
	return error;
}

/*
 * Counts the entries and finds out who holds them. The addresses of the other network namespaces
 * must be known by then. -ENOMEM ... as conntrack_count_entries(); nothing is counted then.
 */
static int count_holders(const struct context *context, struct owner_search *search,
			 struct table *table)
{
	int error = count_contents(context, table);

	table->holders->namespaces_error = table->namespaces_known ? 0 : -EPERM;
	if (error == 0)
		error = owner_search_ports(search, table->holders);
	if (error < 0) {
		free(steal_pointer(&table->contents));
		table->holders = holders_free(table->holders);
	}
	return error;
}

/* Makes table->holders. Returns false, reported, if memory ran out. */
static bool make_holders(struct context *context, struct table *table)
{
	table->contents_error = holders_new(kernel_random(context->kernel), &table->holders);
	if (table->contents_error == 0 && table->cutoffs.count > 0)
		table->contents_error = holders_keep_ports(table->holders);
	if (table->contents_error < 0)
		report_set_incomplete(context->report);
	return table->contents_error == 0;
}

/* Notes this host's own addresses, which override those of a namespace, and counts the entries. */
static void count_for_owners(struct context *context, struct owner_search *search,
			     struct table *table)
{
	table->contents_error = owner_search_addresses(search, 0);
	if (table->contents_error == 0)
		table->contents_error = count_holders(context, search, table);
	if (table->contents_error == -ENOMEM)
		report_set_incomplete(context->report);
}

enum exit_code host_table_count(struct context *context, const struct values *values,
				struct table *table)
{
	struct owner_search CLEANUP(owner_search_done) search = {.gathering = &context->gathering};
	enum exit_code code;

	if (!make_holders(context, table))
		return EXIT_DONE;
	search.owners = &table->holders->owners;
	code = look_namespaces(context, values, &search, table);
	if (code == EXIT_DONE)
		count_for_owners(context, &search, table);
	return code;
}

void host_table_count_owners(struct context *context, struct namespaces_drift *others,
			     struct table *table)
{
	if (!make_holders(context, table))
		return;
	owners_done(&table->holders->owners);
	table->holders->owners = others->owners;
	others->owners = (struct owners){0};
	others->owners_known = false;
	others->search.owners = &table->holders->owners;
	table->namespaces_known = true;
	count_for_owners(context, &others->search, table);
}

static enum exit_code look_deeper(struct context *context, const struct host_table *host,
				  struct table *table)
{
	foreign_writes_look(context, host, table);
	journal_find_full_messages(&table->messages);
	table->contents_error = -ENOENT;
	if (!module_is_there(table->module))
		return EXIT_DONE;
	if (host->relations)
		table->contents_error = advise_set_cutoffs(table, kernel_random(context->kernel));
	if (table->contents_error == -ENOMEM) {
		report_set_incomplete(context->report);
		return EXIT_DONE;
	}
	return host_table_count(context, &host->live.values, table);
}

/*
 * Takes a sample of the entries while they are counted, if the earlier look has one, and compares
 * both. The earlier sample is kept if this look has none, or was too soon after it. -ENOMEM.
 */
static int look_with_sample(struct context *context, struct host_table *host, struct table *table,
			    enum exit_code *ret)
{
	struct sample *before = host->table.sample;
	int error = before ? sample_new(before->seed, &table->sample) : 0;

	if (error < 0)
		return error;
	*ret = look_deeper(context, host, table);
	if (!before || *ret != EXIT_DONE)
		return 0;
	table->sample->when = table->now;
	sample_finish(table->sample);
	table->turnover = host->table.turnover;
	if (table->contents && !turnover_is_too_soon(before, table->sample)) {
		turnover_find(before, table->sample, &table->turnover);
		return 0;
	}
	free(table->sample);
	table->sample = steal_pointer(&host->table.sample);
	return 0;
}

/*
 * Moves the figures that a look of depth TABLE_FIGURES does not read from the earlier table to the
 * new one.
 */
static void keep_contents(struct table *from, struct table *to)
{
	to->messages = from->messages;
	to->contents = steal_pointer(&from->contents);
	to->contents_error = from->contents_error;
	to->holders = steal_pointer(&from->holders);
	to->sample = steal_pointer(&from->sample);
	to->turnover = from->turnover;
	to->namespaces = steal_pointer(&from->namespaces);
	to->namespace_count = from->namespace_count;
	to->namespaces_known = from->namespaces_known;
	to->namespaces_cut = from->namespaces_cut;
	from->namespace_count = 0;
	to->foreign = steal_pointer(&from->foreign);
	to->last_write = from->last_write;
	from->last_write.writer = NULL;
}

enum exit_code host_table_look(struct context *context, enum table_depth depth,
			       struct host_table *host)
{
	struct table CLEANUP(table_done)
		table = {.now = kernel_now(context->kernel), .relations = host->relations};
	enum exit_code code;
	int error = 0;

	gather_facts(context->kernel, NULL, &table.facts);
	(void)!kernel_read(context->kernel, PATH_HOST_NAME, table.host, sizeof(table.host));
	code = look_at_plan(context, host, &table);
	if (code != EXIT_DONE)
		return code;
	if (module_is_there(table.module))
		read_figures(context, &table);
	if (depth == TABLE_WHOLE)
		error = look_with_sample(context, host, &table, &code);
	else
		keep_contents(&host->table, &table);
	if (error < 0) {
		report_set_incomplete(context->report);
		return EXIT_FAILED;
	}
	if (code != EXIT_DONE)
		return code;
	table_done(&host->table);
	host->table = table;
	table = (struct table){0};
	table_judge(&host->table, &host->judgement);
	return EXIT_DONE;
}
