/* The verb apply: sets the values in the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "steps/apply-namespaces.h"
#include "steps/set-values.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"
#include "steps/witness.h"
#include "verbs/verbs.h"

static void report_in_force(struct context *context, const struct runtime *runtime, size_t set)
{
	size_t count = values_count(&runtime->values, VALUE_OK);
	size_t absent = values_count(&runtime->values, VALUE_ABSENT);
	char values[64], written[64];
	const char *fields[] = {values, written};
	struct buffer CLEANUP(buffer_clear) rest = {0};

	(void)snprintf(values, sizeof(values), "CONNTRACK_PERSIST_VALUES=%zu", count);
	(void)snprintf(written, sizeof(written), "CONNTRACK_PERSIST_SET=%zu", set);
	if (absent)
		buffer_printf(&rest, ", %zu unknown to this kernel", absent);
	if (values_count(&runtime->values, VALUE_PENDING) > 0) {
		buffer_add(&rest, ", ");
		values_list_pending(&runtime->values, &rest);
		buffer_add(&rest, " with the next load");
	}
	report_event(context->report, SEVERITY_NOTE, JOURNAL_IN_FORCE,
		     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
		     "%zu value%s active, %zu of them set now%s", count,
		     count == 1 ? " is" : "s are", set, rest.data ? rest.data : "");
}

/* Values of other network namespaces are never in the files. */
static void warn_if_not_permanent(struct context *context, const struct comparison *comparison)
{
	if (!context->options->netns && !comparison_is_installed(context, comparison))
		report_message(
			context->report, SEVERITY_WARNING,
			"not permanent, because the files that set these values at each load are "
			"missing or from another configuration: run conntrack-persist install");
}

/* With namespaces = all the values of the other network namespaces follow the host's own. */
static enum exit_code apply_to_others(struct context *context, const struct comparison *comparison,
				      enum module_state module, size_t set)
{
	size_t elsewhere;
	enum exit_code code = apply_other_namespaces(context, comparison, module, &elsewhere);

	report_set_changed(context->report, set + elsewhere > 0);
	if (code != EXIT_DONE)
		report_set_state(context->report, "drift");
	return code;
}

static enum exit_code run_apply(struct context *context)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result;
	enum exit_code code;

	if (context->options->witness != WITNESS_NO_ORDER)
		return context->options->witness == WITNESS_LOAD ? witness_load(context)
								 : witness_unload(context);
	code = comparison_make_plan(context, &comparison);
	if (code != EXIT_DONE)
		return code;
	if (plan_is_unconfigured(&comparison.plan))
		return say_unconfigured(context);
	report_plan(context->report, &comparison.plan);
	if (comparison.plan.mode == MODE_DISABLE) {
		report_say(context->report, "Nothing to do: mode = disable sets no values.");
		return EXIT_DONE;
	}
	if (context->options->force)
		comparison.plan.sizes.resize = RESIZE_NOW;
	warn_if_not_permanent(context, &comparison);
	if (context->options->netns)
		return apply_namespaces(context, &comparison);
	code = runtime_observe_settled(context, &comparison, &runtime);
	if (code != EXIT_DONE)
		return code;
	if (!module_is_there(runtime.module))
		return apply_pending(context, &comparison, &runtime);
	code = guard_lowering(context, &runtime);
	if (code != EXIT_DONE)
		return code;
	apply_values(context, &runtime, false, &result);
	if (kernel_module_state(context->kernel, &runtime.module) == 0 &&
	    !module_is_there(runtime.module) && result.failed == 0) {
		/* The module was unloaded meanwhile; its next load has its own event. */
		values_judge(&runtime.values, runtime.module, false);
		return apply_pending(context, &comparison, &runtime);
	}
	report_set_changed(context->report, result.set > 0);
	runtime_report_state(context, result.failed > 0, &runtime);
	if (result.failed > 0)
		return EXIT_FAILED;
	guard_say_waiting(context, &runtime);
	report_in_force(context, &runtime, result.set);
	return apply_to_others(context, &comparison, runtime.module, result.set);
}

const struct verb verb_apply = {
	.name = "apply",
	.help = "Set the live values only, until the next load",
	.about = "Sets the live values of the running kernel and writes no file, so the "
		 "next load of nf_conntrack loses what is not installed. To change a "
		 "value for good, edit the configuration and run install. Needs root.",
	.examples = "  sudo conntrack-persist apply --netns=all\n",
	.exits =
		"Exit status: 0 all values are set; 1 a value could not be set; 3 refused, nothing "
		"changed; 78 faulty configuration.",
	.run = run_apply,
	.flags = VERB_CHANGES | VERB_FORCE | VERB_RUNNING | VERB_NETNS | VERB_WITNESS,
};
