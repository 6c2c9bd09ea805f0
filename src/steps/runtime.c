/* Observes the running kernel for the plan (state of the module, values) and reports both. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/runtime.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "model/plan/sizes.h"
#include "model/runtime/load-blockers.h"
#include "steps/error-words.h"
#include "steps/foretell-cutoffs.h"
#include "steps/last-applied.h"
#include "steps/sizes-guard.h"
#include "steps/witness.h"

#define PAUSE_MS 20
#define WAIT_MS	 60000

void runtime_done(struct runtime *runtime)
{
	values_done(&runtime->values);
	namespaces_drift_done(&runtime->others);
	*runtime = (struct runtime){0};
}

bool runtime_is_wanted(const struct context *context)
{
	return context->gathering.live;
}

static void read_value(const struct context *context, struct value *value)
{
	char text[VALUE_TEXT_SIZE];
	int error = kernel_read(context->kernel, value->path, text, sizeof(text));

	/* Only root can read the parameter; everybody can read the same number from the key. */
	if (error == -EACCES && value->kind == VALUE_HASHSIZE)
		error = kernel_read(context->kernel, PATH_BUCKETS, text, sizeof(text));
	value_found(value, error < 0 ? NULL : text, error);
}

static enum exit_code report_unreadable(struct context *context, const struct runtime *runtime)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < runtime->values.count; i++) {
		const struct value *value = &runtime->values.items[i];

		if (value->state != VALUE_UNREADABLE)
			continue;
		/*
		 * The parameter belongs to the initial user namespace, so that root of a container
		 * cannot read it.
		 */
		if (value->error == -EACCES &&
		    (!kernel_may_change(context->kernel) || value->kind == VALUE_EXPECT_HASHSIZE)) {
			report_message(context->report, SEVERITY_NOTE, "only root%s can see %s",
				       kernel_may_change(context->kernel) ? " of the host" : "",
				       value->key);
			if (!kernel_may_change(context->kernel))
				(void)report_unread_without_root(context->report, value->path,
								 strerror(-value->error));
			continue;
		}
		report_errno(context, "read", value->path, value->error);
		code = EXIT_FAILED;
	}
	return code;
}

/*
 * Returns whether this network namespace has its own max. The mode of the key decides, not the
 * kernel's release, because Linux 7.2 has no own max and kernels up to May 2021 had the key
 * writable although it changed the host's value. The initial namespace, which alone has the key
 * under its old name too, always has the host's.
 */
static bool has_own_max(const struct context *context, const struct comparison *comparison)
{
	return kernel_is_writable(context->kernel, PATH_PROC "/nf_conntrack_max") &&
	       !kernel_has(context->kernel, "/proc/sys/net/nf_conntrack_max") &&
	       !facts_before(&comparison->facts, 5, 13);
}

/*
 * Looks twice, because the module may be unloaded between the look at its state and the read of the
 * values. -ENOENT: it was unloaded the second time too.
 */
static int look_at_kernel(struct context *context, const struct comparison *comparison,
			  struct runtime *runtime)
{
	int error = runtime->elsewhere ? 0 : kernel_module_state(context->kernel, &runtime->module);

	if (error < 0)
		return error;
	runtime->unwanted = comparison->plan.mode == MODE_DISABLE &&
			    runtime->module != MODULE_ABSENT && runtime->module != MODULE_BUILT_IN;
	values_done(&runtime->values);
	error = values_of_plan(&comparison->plan, &runtime->values);
	if (error < 0)
		return error;
	if (runtime->elsewhere)
		values_keep_namespace(&runtime->values, has_own_max(context, comparison));
	if (module_is_there(runtime->module))
		for (size_t i = 0; i < runtime->values.count; i++)
			read_value(context, &runtime->values.items[i]);
	values_judge(&runtime->values, runtime->module, runtime->blocked);
	guard_resize(context, comparison->plan.sizes.resize, runtime);
	return 0;
}

/*
 * Returns why the kernel's files are not visible, or NULL if they are. Without them every value
 * would look like one that this kernel does not have. Every kernel has the key of max, but up to
 * Linux 5.12 a network namespace of another user namespace has none.
 */
static const char *find_veil(const struct context *context, const struct runtime *runtime)
{
	if (!module_is_there(runtime->module) || runtime->elsewhere ||
	    values_count(&runtime->values, VALUE_ABSENT) == 0)
		return NULL;
	if (!kernel_has(context->kernel, "/proc/sys/net"))
		return "/proc/sys is not mounted here";
	if (kernel_has(context->kernel, PATH_PROC "/nf_conntrack_max"))
		return NULL;
	return "nf_conntrack is loaded, but " PATH_PROC
	       "/nf_conntrack_max is missing: this is an unprivileged container, or a sandbox or a "
	       "security module hides it; run the command on the host";
}

static enum exit_code report_no_state(struct context *context, int error)
{
	report_errno(context, "tell", "the state of nf_conntrack", error);
	return EXIT_FAILED;
}

enum exit_code runtime_find_module(struct context *context, enum module_state *ret)
{
	int error = kernel_module_state(context->kernel, ret);

	return error < 0 ? report_no_state(context, error) : EXIT_DONE;
}

static enum exit_code finish_look(struct context *context, int error, struct runtime *runtime,
				  struct runtime *ret)
{
	enum exit_code code;
	const char *veil;

	if (error < 0) {
		runtime_done(runtime);
		return report_no_state(context, error);
	}
	veil = find_veil(context, runtime);
	if (veil) {
		report_message(context->report, SEVERITY_ERROR,
			       "cannot see the values of the kernel: %s", veil);
		runtime_done(runtime);
		return EXIT_FAILED;
	}
	code = report_unreadable(context, runtime);
	if (code != EXIT_DONE) {
		runtime_done(runtime);
		return code;
	}
	*ret = *runtime;
	return EXIT_DONE;
}

bool runtime_peek(struct context *context, const struct comparison *comparison, struct runtime *ret)
{
	struct runtime runtime = {0};

	if (!runtime_is_wanted(context) || comparison->plan.mode != MODE_TUNE)
		return false;
	if (look_at_kernel(context, comparison, &runtime) < 0 || !module_is_there(runtime.module)) {
		runtime_done(&runtime);
		return false;
	}
	*ret = runtime;
	return true;
}

enum exit_code runtime_observe(struct context *context, const struct comparison *comparison,
			       struct runtime *ret)
{
	struct runtime runtime = {0};
	int error = look_at_kernel(context, comparison, &runtime);

	return finish_look(context, error, &runtime, ret);
}

enum exit_code runtime_observe_settled(struct context *context, const struct comparison *comparison,
				       struct runtime *ret)
{
	struct runtime runtime = {0};
	int error = look_at_kernel(context, comparison, &runtime);

	for (int waited = 0; error == 0 && waited < WAIT_MS && !signals_pending() &&
			     (runtime.module == MODULE_COMING || runtime.module == MODULE_GOING);
	     waited += PAUSE_MS) {
		kernel_pause(context->kernel, PAUSE_MS);
		error = look_at_kernel(context, comparison, &runtime);
	}
	return finish_look(context, error, &runtime, ret);
}

enum exit_code runtime_observe_namespace(struct context *context,
					 const struct comparison *comparison,
					 enum module_state module, struct runtime *ret)
{
	struct runtime runtime = {.elsewhere = true, .module = module};
	int error = look_at_kernel(context, comparison, &runtime);

	return finish_look(context, error, &runtime, ret);
}

/* Enters each other network namespace once for all that this run finds out of them. */
static enum exit_code look_at_others(struct context *context, const struct comparison *comparison,
				     enum namespaces_use use, struct runtime *runtime)
{
	const bool foretell = use == NAMESPACES_FORETOLD;
	const struct namespaces_wish wish = {
		.values = comparison->plan.all_namespaces,
		.entries = foretell && values_find_lowered_max(&runtime->values) != NULL,
		.owners = foretell && foretells_cutoffs(context, runtime),
	};

	return module_is_there(runtime->module)
		       ? compare_namespaces(context, &runtime->values, &wish, &runtime->others)
		       : EXIT_DONE;
}

enum exit_code runtime_look(struct context *context, const struct comparison *comparison,
			    enum namespaces_use use, struct runtime *runtime)
{
	enum exit_code code = EXIT_DONE;

	if (runtime_is_wanted(context))
		code = runtime_observe(context, comparison, runtime);
	if (code == EXIT_DONE && runtime_is_wanted(context))
		code = look_at_others(context, comparison, use, runtime);
	if (code == EXIT_DONE && (runtime_is_wanted(context) || context->options->root))
		code = preflight_run(context, comparison, runtime);
	return code;
}

bool runtime_is_in_reach(const struct context *context, const struct value *value)
{
	if (value->kind == VALUE_HASHSIZE &&
	    !kernel_has(context->kernel, "/proc/sys/net/nf_conntrack_max"))
		return false;
	return kernel_is_writable(context->kernel, value->path) &&
	       !kernel_is_read_only(context->kernel, value->path);
}

static void report_waiting(struct context *context, const struct runtime *runtime)
{
	size_t pending = values_count(&runtime->values, VALUE_PENDING);
	size_t blocked = values_count(&runtime->values, VALUE_CANNOT_LOAD);

	if (module_is_there(runtime->module) || context->options->verbose)
		return;
	if (blocked)
		report_say_row(context->report, value_state_to_string(VALUE_CANNOT_LOAD),
			       "%zu values: nf_conntrack is %s and cannot load", blocked,
			       module_state_describe(runtime->module));
	else if (pending)
		report_say_row(context->report, value_state_to_string(VALUE_PENDING),
			       "%zu values: nf_conntrack is %s", pending,
			       module_state_describe(runtime->module));
}

/*
 * Says which arguments belong on the kernel command line, because no file can set parameters of a
 * built-in module.
 */
static void report_built_in(struct context *context, const struct comparison *comparison)
{
	struct buffer CLEANUP(buffer_clear) words = {0};

	load_describe_command_line(&comparison->plan, &words);
	if (!words.data)
		return;
	report_say(
		context->report,
		"nf_conntrack is built into this kernel, so that modprobe.d has no effect on it. "
		"To have tables of the right size from the start, add to the kernel command line:");
	report_say(context->report, "%s", "");
	report_say(context->report, "    %s", words.data);
	report_say(context->report, "%s", "");
	report_say(context->report,
		   "Without that, udev or conntrack-persist sets hashsize during boot.");
}

/*
 * Returns words that say whether a differing value was live after the last apply and so was changed
 * since; a literal.
 */
static const char *since(const struct last_applied *applied, const struct value *value)
{
	if (!applied->text || value->state != VALUE_DIFFERS)
		return NULL;
	return last_applied_has(applied, value) ? "applied" : "never";
}

bool runtime_report(struct context *context, const struct comparison *comparison,
		    const struct runtime *runtime, enum runtime_detail detail)
{
	struct last_applied CLEANUP(last_applied_done) applied = {0};
	struct witness_look CLEANUP(witness_look_done) witness = {0};
	bool there = module_is_there(runtime->module);
	size_t fine = values_count(&runtime->values, VALUE_OK);

	if (detail == LIVE_STATES && values_count(&runtime->values, VALUE_DIFFERS) > 0)
		last_applied_read(context, &applied);
	if (detail == LIVE_STATES && !runtime->elsewhere)
		witness_look(context, comparison, &runtime->values, &witness);
	for (size_t i = 0; i < runtime->values.count; i++) {
		const struct value *value = &runtime->values.items[i];
		struct buffer CLEANUP(buffer_clear) by = {0};

		witness_describe_value(&witness, value, &by);
		report_value(context->report,
			     &(struct value_report){
				     .value = value,
				     .since = since(&applied, value),
				     .by = by.data,
				     .show_source = detail == LIVE_PLAN && value->state != VALUE_OK,
				     .out_of_reach = detail == LIVE_PLAN &&
						     value->state == VALUE_DIFFERS &&
						     !runtime_is_in_reach(context, value),
				     .line = context->options->verbose ||
					     ((there || detail == LIVE_PLAN) &&
					      value->state != VALUE_OK),
			     });
	}
	if (fine > 0 && !context->options->verbose)
		report_say_row(context->report, value_state_to_string(VALUE_OK),
			       "%zu value%s of the running kernel", fine, fine == 1 ? "" : "s");
	namespaces_drift_report(context, &runtime->others);
	if (detail == LIVE_STATES)
		report_waiting(context, runtime);
	if (runtime->unwanted)
		report_say_row(context->report, value_state_to_string(VALUE_DIFFERS),
			       "nf_conntrack is %s, and should not be",
			       module_state_describe(runtime->module));
	if (detail == LIVE_PLAN && runtime->module == MODULE_BUILT_IN)
		report_built_in(context, comparison);
	return runtime_differs(runtime);
}

bool runtime_differs(const struct runtime *runtime)
{
	return runtime->unwanted || runtime_cannot_load(runtime) || runtime->others.differing > 0 ||
	       values_count(&runtime->values, VALUE_DIFFERS) > 0;
}

bool runtime_cannot_load(const struct runtime *runtime)
{
	return runtime->blocked && !module_is_there(runtime->module);
}

void runtime_say_unwanted(struct context *context)
{
	report_say(context->report, "The files are correct, but nf_conntrack was loaded earlier "
				    "and still is: \"conntrack-persist unload\" removes it if "
				    "nothing uses it; after the next boot it will not be loaded.");
}

void runtime_say_cannot_load(struct context *context)
{
	report_say(context->report, "The files are correct, but nf_conntrack cannot load: correct "
				    "what the warning names.");
}

void runtime_report_state(struct context *context, bool differs, const struct runtime *runtime)
{
	const char *state = "in-order";

	if (differs)
		state = "drift";
	else if (values_count(&runtime->values, VALUE_PENDING) > 0)
		state = "pending";
	report_set_state(context->report, state);
}
