/*
 * Walks over the other network namespaces for check and plan: compares them with a plan of
 * namespaces = all, and finds out what else plan needs of them.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/compare-namespaces.h"

#include <errno.h>
#include <stdlib.h>

#include "gather/facts.h"
#include "steps/comparison.h"
#include "steps/error-words.h"
#include "steps/namespace-keys.h"
#include "steps/unread.h"

/* How many namespaces a message names; the others are counted. */
#define NAMED_MAX 5U

void namespaces_drift_done(struct namespaces_drift *drift)
{
	buffer_clear(&drift->names);
	buffer_clear(&drift->fullest_name);
	owner_search_done(&drift->search);
	owners_done(&drift->owners);
	*drift = (struct namespaces_drift){0};
}

static void note_drift(struct context *context, const struct namespace_table *table, json_t *list,
		       struct namespaces_drift *drift)
{
	report_add_item(context->report, list,
			report_pack(context->report, "{s:o, s:I, s:o}", "name",
				    report_string(table->where), "differing",
				    (json_int_t)table->unlike, "differs",
				    report_string(table->differs)));
	drift->values += table->unlike;
	if (++drift->differing > NAMED_MAX)
		return;
	buffer_printf(&drift->names, "%s%s: %s", drift->names.length > 0 ? "; " : "", table->where,
		      table->differs);
}

static void namespace_table_done(struct namespace_table *table)
{
	free(table->where);
	free(table->differs);
}

/* Counts the entries of the namespace that this process has entered; no count: none is tracked. */
static void count_entries(struct context *context, const struct network_namespace *namespace,
			  struct namespaces_drift *drift)
{
	uint64_t entries = 0;
	int error = gather_number(context->kernel, PATH_ENTRIES, &entries);

	drift->entries_unread |= error < 0 && error != -ENOENT;
	drift->entries += entries;
	if (entries <= drift->fullest)
		return;
	drift->fullest = entries;
	buffer_clear(&drift->fullest_name);
	network_namespace_describe(namespace, &drift->fullest_name);
}

/* The walk while it lasts. */
struct walk {
	const struct namespaces_wish *wish;
	struct references references;
	json_t *list; /* the namespaces that differ */
	struct namespaces_drift *drift;
};

/* Looks at the namespace that this process has entered. -ENOMEM. */
static int look_inside(struct context *context, const struct walk *walk,
		       const struct network_namespace *namespace, uint16_t owner,
		       struct namespace_table *table)
{
	int error = 0;

	if (walk->wish->values)
		error = references_compare(context, &walk->references, table);
	if (walk->wish->entries)
		count_entries(context, namespace, walk->drift);
	if (walk->wish->owners && error == 0)
		error = owner_search_addresses(&walk->drift->search, owner);
	return error;
}

/*
 * Looks at one namespace. One that disappeared meanwhile is left out. Its owner is found before it
 * is entered, or, if only the name of one that differs needs it, behind that. -ENOMEM.
 */
static int look_at(struct context *context, const struct walk *walk,
		   const struct network_namespace *namespace)
{
	struct namespace_table CLEANUP(namespace_table_done) table = {0};
	struct namespaces_drift *drift = walk->drift;
	uint16_t owner = OWNER_NONE;
	int error = 0;

	if (walk->wish->owners)
		error = owner_search_namespace(&drift->search, namespace, &owner);
	if (error < 0)
		return error;
	error = kernel_enter_namespace(context->kernel, namespace);
	if (error < 0) {
		drift->unseen += error != -ENOENT;
		drift->entries_unread |= error != -ENOENT;
		return 0;
	}
	drift->compared++;
	error = look_inside(context, walk, namespace, owner, &table);
	kernel_leave_namespace(context->kernel);
	if (error < 0 || table.unlike == 0)
		return error;
	if (!walk->wish->owners)
		error = owner_search_namespace(&drift->search, namespace, &owner);
	if (error == 0)
		error = namespace_describe_owner(namespace, &drift->owners, owner, &table);
	if (error == 0)
		note_drift(context, &table, walk->list, drift);
	return error;
}

static void report_cut(struct context *context)
{
	report_message(context->report, SEVERITY_NOTE,
		       "there are more than %d network namespaces; the others were not read",
		       NAMESPACES_MAX);
}

static int walk_all(struct context *context, const struct values *values, struct walk *walk)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct namespaces_drift *drift = walk->drift;
	uint16_t host;
	int error = kernel_list_namespaces(context->kernel, &others);

	drift->owners.seed = kernel_random(context->kernel);
	drift->search =
		(struct owner_search){.gathering = &context->gathering, .owners = &drift->owners};
	if (error == 0)
		error = owners_find(&drift->owners, OWNER_HOST, "", &host);
	if (error == 0)
		error = references_find(context, values, false, &walk->references);
	for (size_t i = 0; i < others.count && error == 0; i++)
		error = look_at(context, walk, &others.items[i]);
	drift->partial = others.cut || others.hidden;
	drift->entries_unread |= drift->partial;
	drift->entries_known = walk->wish->entries;
	drift->owners_known = walk->wish->owners;
	if (others.cut && walk->wish->owners)
		report_cut(context);
	if (error == 0)
		error = drift->names.error;
	return error < 0 ? error : drift->fullest_name.error;
}

static void report_unknown(struct context *context)
{
	report_message(context->report, SEVERITY_NOTE,
		       "only root can see whether the other network namespaces are as configured");
	(void)report_unread_without_root(context->report, "the other network namespaces",
					 "only root can enter them");
}

/* Puts the result of the comparison into the JSON object, which owns the list then. */
static void add_json(struct context *context, const struct namespaces_drift *drift, json_t *list)
{
	report_set_member(context->report, report_object(context->report), "namespaces_compared",
			  json_integer((json_int_t)drift->compared));
	report_set_member(context->report, report_object(context->report), "namespaces_differing",
			  list);
}

/* Nothing is reported about a comparison that nobody wished. */
static void forget_comparison(struct namespaces_drift *drift)
{
	drift->compared = 0;
	drift->unseen = 0;
	drift->partial = false;
}

enum exit_code compare_namespaces(struct context *context, const struct values *values,
				  const struct namespaces_wish *wish, struct namespaces_drift *ret)
{
	struct namespaces_drift CLEANUP(namespaces_drift_done) drift = {0};
	struct walk walk = {.wish = wish, .drift = &drift};
	int error;

	if (!wish->values && !wish->entries && !wish->owners)
		return EXIT_DONE;
	if (!kernel_sees_host(context->kernel)) {
		if (wish->values && !kernel_may_change(context->kernel))
			report_unknown(context);
		return EXIT_DONE;
	}
	walk.list = json_array();
	error = walk_all(context, values, &walk);
	references_done(&walk.references);
	if (error < 0 || !wish->values)
		json_decref(walk.list);
	if (error < 0) {
		report_errno(context, "look at", "the other network namespaces", error);
		return EXIT_FAILED;
	}
	if (wish->values)
		add_json(context, &drift, walk.list);
	else
		forget_comparison(&drift);
	*ret = drift;
	drift = (struct namespaces_drift){0};
	return EXIT_DONE;
}

/* Some were not compared, so that it is not known whether all are as configured. */
static void report_uncompared(struct context *context, const char *text, const char *reason)
{
	/* The timer's service may lack the capability. */
	enum severity severity = note_unread_source(context, "the other network namespaces", reason,
						    context->gathering.sandbox);

	report_message(context->report, severity, "%s", text);
}

void namespaces_drift_report(struct context *context, const struct namespaces_drift *drift)
{
	char text[256];
	size_t unnamed = drift->differing > NAMED_MAX ? drift->differing - NAMED_MAX : 0;

	if (drift->differing > 0)
		report_say_row(context->report, value_state_to_string(VALUE_DIFFERS),
			       "%zu of %zu other network namespaces: %s%s", drift->differing,
			       drift->compared, drift->names.data ? drift->names.data : "?",
			       unnamed > 0 ? "; and others (--json lists all)" : "");
	else if (drift->compared > 0)
		report_say_row(context->report, value_state_to_string(VALUE_OK),
			       "%zu other network namespace%s", drift->compared,
			       drift->compared == 1 ? "" : "s");
	if (drift->unseen > 0) {
		(void)snprintf(text, sizeof(text),
			       "%zu network namespace%s could not be compared with the "
			       "configuration, because this process cannot enter %s",
			       drift->unseen, drift->unseen == 1 ? "" : "s",
			       drift->unseen == 1 ? "it" : "them");
		report_uncompared(context, text, "this process cannot enter some of them");
	}
	if (drift->partial) {
		(void)snprintf(text, sizeof(text),
			       "not every network namespace was compared with the configuration: "
			       "there are more than %d, or this process cannot see those of some "
			       "processes",
			       NAMESPACES_MAX);
		report_uncompared(context, text, "not all of them could be listed");
	}
}
