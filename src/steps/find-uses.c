/* Finds whatever uses conntrack on this host, and adds it to the JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/find-uses.h"

#include <errno.h>

#include "steps/error-words.h"
#include "steps/unread.h"

static enum exit_code fail_to_read(struct context *context, const char *what, int error)
{
	if (error == -EBADMSG || error == -ELOOP)
		report_message(context->report, SEVERITY_ERROR,
			       "/proc/modules does not have the format that Linux writes, so that "
			       "no module can be recognised");
	else
		report_errno(context, "read", what, error);
	return EXIT_FAILED;
}

enum exit_code find_modules(struct context *context, struct module_graph *ret)
{
	int error = gather_modules(&context->gathering, ret);

	return error < 0 ? fail_to_read(context, "/proc/modules", error) : EXIT_DONE;
}

enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret)
{
	const char *what;
	int error = gather_uses(&context->gathering, scope, ret, &what);

	report_unread_sources(context);
	return error < 0 ? fail_to_read(context, what, error) : EXIT_DONE;
}

const char *certainty_to_string(enum certainty certainty)
{
	return certainty == USE_CERTAIN ? "certain" : "likely";
}

static json_t *list_uses(struct report *report, const struct uses *uses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];

		report_add_item(report, list,
				report_pack(report, "{s:s, s:s, s:o, s:o, s:s, s:b}", "certainty",
					    certainty_to_string(use->certainty), "kind", use->kind,
					    "name", report_string(use->name), "evidence",
					    report_string(use->evidence), "breaks", use->breaks,
					    "at_boot", use->at_boot));
	}
	return list;
}

static json_t *list_modules(struct report *report, const struct module_graph *graph)
{
	json_t *list = json_array();

	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_module *module = &graph->items[i];
		json_t *holders = json_array();

		for (size_t k = 0; k < module->holder_count; k++)
			report_add_item(report, holders,
					report_string(graph->items[module->holders[k]].name));
		report_add_item(report, list,
				report_pack(report, "{s:o, s:I, s:o, s:s}", "name",
					    report_string(module->name), "outside",
					    (json_int_t)module->outside, "holders", holders,
					    "meaning", module_describe(module->name)));
	}
	return list;
}

void users_add_json(struct context *context, const struct host_uses *found)
{
	struct report *report = context->report;

	report_set_member(report, report_object(report), "users", list_uses(report, &found->uses));
	report_set_member(report, report_object(report), "users_left_out",
			  json_integer((json_int_t)uses_left_out(&found->uses)));
	report_set_member(report, report_object(report), "modules",
			  list_modules(report, &found->graph));
}
