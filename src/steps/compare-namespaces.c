/* Compares the other network namespaces with a plan of namespaces = all, for check and plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/compare-namespaces.h"

#include <errno.h>
#include <stdlib.h>

#include "steps/error-words.h"
#include "steps/namespace-keys.h"

/* How many namespaces a message names; the others are counted. */
#define NAMED_MAX 5U

void namespaces_drift_done(struct namespaces_drift *drift)
{
	buffer_clear(&drift->names);
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

/* Compares one namespace. One that disappeared meanwhile is left out. -ENOMEM. */
static int compare_one(struct context *context, const struct references *references,
		       const struct network_namespace *namespace, struct owner_search *search,
		       json_t *list, struct namespaces_drift *drift)
{
	struct namespace_table CLEANUP(namespace_table_done) table = {0};
	int error = kernel_enter_namespace(context->kernel, namespace);
	uint16_t owner;

	if (error < 0) {
		drift->unseen += error != -ENOENT;
		return 0;
	}
	drift->compared++;
	error = references_compare(context, references, &table);
	kernel_leave_namespace(context->kernel);
	if (error < 0 || table.unlike == 0)
		return error;
	error = owner_search_namespace(search, namespace, &owner);
	if (error == 0)
		error = namespace_describe_owner(namespace, search->owners, owner, &table);
	if (error == 0)
		note_drift(context, &table, list, drift);
	return error;
}

static int compare_all(struct context *context, const struct values *values, json_t *list,
		       struct namespaces_drift *drift)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct references CLEANUP(references_done) references = {0};
	struct owners CLEANUP(owners_done) owners = {.seed = kernel_random(context->kernel)};
	struct owner_search CLEANUP(owner_search_done)
		search = {.gathering = &context->gathering, .owners = &owners};
	int error = kernel_list_namespaces(context->kernel, &others);

	if (error == 0)
		error = references_find(context, values, false, &references);
	for (size_t i = 0; i < others.count && error == 0; i++)
		error = compare_one(context, &references, &others.items[i], &search, list, drift);
	drift->partial = others.cut || others.hidden;
	return error < 0 ? error : drift->names.error;
}

static void report_unknown(struct context *context)
{
	report_message(context->report, SEVERITY_NOTE,
		       "only root can see whether the other network namespaces are as configured");
	(void)report_unread_without_root(context->report, "the other network namespaces",
					 "only root can enter them");
}

enum exit_code compare_namespaces(struct context *context, const struct values *values,
				  struct namespaces_drift *ret)
{
	struct namespaces_drift drift = {0};
	json_t *list;
	int error;

	if (!kernel_sees_host(context->kernel)) {
		if (!kernel_may_change(context->kernel))
			report_unknown(context);
		return EXIT_DONE;
	}
	list = json_array();
	error = compare_all(context, values, list, &drift);
	if (error < 0) {
		json_decref(list);
		namespaces_drift_done(&drift);
		report_errno(context, "look at", "the other network namespaces", error);
		return EXIT_FAILED;
	}
	report_set_member(context->report, report_object(context->report), "namespaces_compared",
			  json_integer((json_int_t)drift.compared));
	report_set_member(context->report, report_object(context->report), "namespaces_differing",
			  list);
	*ret = drift;
	return EXIT_DONE;
}

void namespaces_drift_report(struct context *context, const struct namespaces_drift *drift)
{
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
	if (drift->unseen > 0)
		report_message(context->report, SEVERITY_NOTE,
			       "%zu network namespace%s could not be compared with the "
			       "configuration, because this process cannot enter %s",
			       drift->unseen, drift->unseen == 1 ? "" : "s",
			       drift->unseen == 1 ? "it" : "them");
	if (drift->partial)
		report_message(context->report, SEVERITY_NOTE,
			       "not every network namespace was compared with the configuration: "
			       "there are more than %d, or this process cannot see those of some "
			       "processes",
			       NAMESPACES_MAX);
}
