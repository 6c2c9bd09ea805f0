/* Refuses sizes that would drop tracked connections or stop traffic, or says that install would. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/sizes-guard.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/facts.h"
#include "model/table/table.h"

/* The network namespace with the most entries, among those that could be read. */
struct fullest {
	uint64_t entries, all; /* all: the sum over all namespaces */
	struct buffer where;   /* ", in namespace NAME"; empty for the process's own namespace */
	bool unread;	       /* the entries of some namespace are not known */
};

static void fullest_done(struct fullest *fullest)
{
	buffer_clear(&fullest->where);
}

/*
 * Returns whether the current namespace has a count of entries; if there is no such file, nothing
 * is tracked.
 */
static bool read_entries(const struct context *context, uint64_t *ret)
{
	int error;

	*ret = 0;
	error = gather_number(context->kernel, PATH_ENTRIES, ret);
	return error == 0 || error == -ENOENT;
}

static void compare_namespace(struct context *context, const struct network_namespace *namespace,
			      struct fullest *fullest)
{
	int error = kernel_enter_namespace(context->kernel, namespace);
	uint64_t entries = 0;

	if (error == 0) {
		fullest->unread |= !read_entries(context, &entries);
		kernel_leave_namespace(context->kernel);
	} else if (error != -ENOENT) {
		fullest->unread = true;
	}
	fullest->all += entries;
	if (entries <= fullest->entries)
		return;
	fullest->entries = entries;
	buffer_clear(&fullest->where);
	buffer_add(&fullest->where, " in ");
	network_namespace_describe(namespace, &fullest->where);
}

/* Each namespace has its own count, and max bounds each of them separately. */
static void find_fullest(struct context *context, struct fullest *ret)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};

	ret->unread = !read_entries(context, &ret->entries);
	ret->all = ret->entries;
	if (!kernel_sees_host(context->kernel) ||
	    kernel_list_namespaces(context->kernel, &others) < 0) {
		ret->unread = true;
		return;
	}
	ret->unread = ret->unread || others.cut || others.hidden;
	for (size_t i = 0; i < others.count; i++)
		compare_namespace(context, &others.items[i], ret);
}

/* Does the same by the walk that plan made already. */
static void use_walk(struct context *context, const struct namespaces_drift *others,
		     struct fullest *ret)
{
	ret->unread = !read_entries(context, &ret->entries) || others->entries_unread;
	ret->all = ret->entries + others->entries;
	if (others->fullest <= ret->entries)
		return;
	ret->entries = others->fullest;
	buffer_add(&ret->where, " in ");
	buffer_add(&ret->where, others->fullest_name.data ? others->fullest_name.data : "?");
}

static void describe(const struct value *max, uint64_t live, const struct fullest *fullest,
		     struct buffer *b)
{
	buffer_printf(b,
		      "max would be lowered from %s to %s while %s entries are tracked%s; new "
		      "connections would %sbe dropped",
		      text_count(live).text, text_count(max->wanted).text,
		      text_count(fullest->entries).text,
		      fullest->where.data ? fullest->where.data : "",
		      fullest->entries < max->wanted ? "soon " : "");
}

/*
 * Adds to b what lowering max now would do; adds nothing if there is room enough, or if max is not
 * lowered.
 */
static void judge_lowering(struct context *context, const struct runtime *runtime, bool *ret_unread,
			   struct buffer *b)
{
	struct fullest CLEANUP(fullest_done) fullest = {0};
	const struct value *max = values_find_lowered_max(&runtime->values);
	uint64_t number;

	*ret_unread = false;
	if (!max || !value_find_number(max, &number))
		return;
	if (runtime->others.entries_known)
		use_walk(context, &runtime->others, &fullest);
	else
		find_fullest(context, &fullest);
	*ret_unread = fullest.unread;
	if (values_leaves_room(max->wanted, fullest.entries))
		return;
	describe(max, number, &fullest, b);
}

/*
 * Counts the entries of all namespaces by the kernel's slab cache, or else by the counts that can
 * be read. Returns UINT64_MAX if not even this namespace's count is known.
 */
static uint64_t count_entries(struct context *context)
{
	struct fullest CLEANUP(fullest_done) fullest = {0};
	char *CLEANUP(free_pointer) text = NULL;
	struct slab slab = {0};
	uint64_t entries;
	bool known = read_entries(context, &entries);

	if (kernel_read_all(context->kernel, "/proc/slabinfo", &text) == 0 &&
	    slab_parse(text, &slab) == 0)
		return slab.objects > entries ? slab.objects : entries;
	if (!known)
		return UINT64_MAX;
	find_fullest(context, &fullest);
	return fullest.all;
}

static const struct value *find_table(const struct values *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].kind == VALUE_HASHSIZE)
			return &values->items[i];
	return NULL;
}

void guard_resize(struct context *context, enum resize resize, struct runtime *runtime)
{
	const struct value *table = find_table(&runtime->values);

	if (!table || table->state != VALUE_DIFFERS)
		return;
	runtime->entries = count_entries(context);
	runtime->values.table_waits = resize_waits(resize, runtime->entries);
	values_judge(&runtime->values, runtime->module, runtime->blocked);
}

/*
 * A resize takes half a microsecond for each entry: measured on Linux 6.18 with 10,000 to 1,000,000
 * entries.
 */
static void add_gap(struct buffer *b, uint64_t entries)
{
	uint64_t milliseconds = entries / 2000;

	buffer_add(b, "resizing the table now would stop tracked traffic");
	if (entries == UINT64_MAX) {
		buffer_add(b, " if it has many entries (their number could not be read)");
		return;
	}
	if (milliseconds >= 100)
		buffer_printf(b, " for about %" PRIu64 ".%" PRIu64 " s (", milliseconds / 1000,
			      milliseconds % 1000 / 100);
	else if (milliseconds >= 1)
		buffer_printf(b, " for about %" PRIu64 " ms (", milliseconds);
	else
		buffer_add(b, " for less than 1 ms (");
	buffer_printf(b, "%s entr%s)", text_count(entries).text, entries == 1 ? "y" : "ies");
}

void guard_say_waiting(struct context *context, const struct runtime *runtime)
{
	const struct value *table = find_table(&runtime->values);
	struct buffer CLEANUP(buffer_clear) why = {0};

	if (!table || table->state != VALUE_PENDING || !module_is_there(runtime->module))
		return;
	buffer_add_number(&why, table->live);
	buffer_add(&why, " until nf_conntrack loads again, because ");
	add_gap(&why, runtime->entries);
	report_event(context->report, SEVERITY_NOTE, NULL, NULL,
		     "hashsize stays %s. To set it now, run: conntrack-persist apply --force; or "
		     "write \"resize = now\" below [apply], and run: conntrack-persist install",
		     why.data ? why.data : "?");
}

/* Warns of what resize = now will do. */
static void warn_of_resize(struct context *context, const struct runtime *runtime)
{
	const struct value *table = find_table(&runtime->values);
	struct buffer CLEANUP(buffer_clear) why = {0};

	if (!table || table->state != VALUE_DIFFERS || runtime->entries < RESIZE_ENTRIES)
		return;
	add_gap(&why, runtime->entries);
	report_message(context->report, SEVERITY_WARNING,
		       "%s. With [apply] resize = auto, hashsize waits for the next load.",
		       why.data ? why.data : "?");
}

static void report_unread_entries(struct context *context)
{
	report_message(context->report, SEVERITY_WARNING,
		       "max would be lowered, and the entries of some network namespaces could not "
		       "be read: if one of them is fuller than the new max, new connections are "
		       "dropped there");
}

enum exit_code guard_lowering(struct context *context, const struct runtime *runtime)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	bool force = context->options->force, unread;

	judge_lowering(context, runtime, &unread, &words);
	if (unread)
		report_unread_entries(context);
	if (!words.data)
		return words.error < 0 ? EXIT_FAILED : EXIT_DONE;
	report_message(context->report, force ? SEVERITY_WARNING : SEVERITY_ERROR, "%s%s%s",
		       force ? "" : "refused: ", words.data,
		       force ? "" : ". Use --force to do it anyway.");
	return force ? EXIT_DONE : EXIT_REFUSED;
}

bool guard_foretell(struct context *context, const struct runtime *runtime)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	bool unread;

	if (!runtime_is_wanted(context))
		return false;
	warn_of_resize(context, runtime);
	judge_lowering(context, runtime, &unread, &words);
	if (unread && kernel_may_change(context->kernel))
		report_unread_entries(context);
	if (words.data)
		report_message(context->report, SEVERITY_WARNING,
			       "%s. install and apply refuse it without --force.", words.data);
	return words.data && !context->options->force;
}
