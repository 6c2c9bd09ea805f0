/* Sets the values of other network namespaces of this host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/apply-namespaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "steps/error-words.h"
#include "steps/namespace-rounds.h"
#include "steps/set-values.h"

/* Counts over all namespaces of the run. */
struct tally {
	bool implied;	   /* by namespaces = all and not by --netns */
	bool not_allowed;  /* this process cannot enter other namespaces */
	size_t namespaces; /* namespaces that were entered */
	size_t ok, set, absent;
	size_t failed; /* namespaces in which a value could not be set */
	/*
	 * "max, expect_max": values that the first namespace left out because only the host can set
	 * them
	 */
	struct buffer host;
};

static void tally_done(struct tally *tally)
{
	buffer_clear(&tally->host);
}

static void note_host_values(const struct values *values, struct buffer *b)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].state == VALUE_HOST)
			buffer_printf(b, "%s%s", b->length > 0 ? ", " : "",
				      values->items[i].row->name);
}

static bool is_all(const struct context *context)
{
	return !context->options->netns || strcmp(context->options->netns, "all") == 0;
}

/* Names the namespaces of this host, because --netns names none of them. */
static void report_unknown(struct context *context)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct buffer CLEANUP(buffer_clear) names = {0};

	if (kernel_list_namespaces(context->kernel, &others) < 0)
		others.count = 0;
	/* No name and no path leads to one that only the kernel listed. */
	for (size_t i = 0; i < others.count; i++)
		if (others.items[i].id == 0)
			buffer_printf(&names, "%s%s", names.length > 0 ? ", " : "",
				      others.items[i].name ? others.items[i].name
							   : others.items[i].path);
	report_message(context->report, SEVERITY_ERROR,
		       "there is no network namespace \"%s\"; on this host there %s%s",
		       context->options->netns,
		       names.data ? "are: " : "is no other one than its own",
		       names.data ? names.data : "");
}

static enum exit_code find_one(struct context *context, struct network_namespaces *ret)
{
	struct network_namespaces found = {.items = calloc(1, sizeof(*found.items)), .count = 1};
	const char *wanted = context->options->netns;
	int error = found.items ? kernel_find_namespace(context->kernel, wanted, found.items)
				: -ENOMEM;

	if (error == 0) {
		*ret = found;
		return EXIT_DONE;
	}
	free(found.items);
	if (error == -ENOENT)
		report_unknown(context);
	else if (error == -EINVAL)
		report_message(context->report, SEVERITY_ERROR, "%s is no network namespace",
			       wanted);
	else if (error == -EALREADY)
		report_message(context->report, SEVERITY_ERROR,
			       "this process already runs in the network namespace %s: run apply "
			       "without --netns",
			       wanted);
	else
		report_errno(context, "open", wanted, error);
	return EXIT_FAILED;
}

static enum exit_code find_namespaces(struct context *context, struct network_namespaces *ret)
{
	int error;

	if (!is_all(context))
		return find_one(context, ret);
	error = kernel_list_namespaces(context->kernel, ret);
	if (error < 0) {
		report_errno(context, "list", "the network namespaces", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* Says which namespaces the listing left out. */
static void report_unlisted(struct context *context, const struct network_namespaces *namespaces)
{
	if (namespaces->cut)
		report_message(
			context->report, SEVERITY_WARNING,
			"there are more than %d network namespaces; the others were not changed",
			NAMESPACES_MAX);
	if (!namespaces->by_kernel && is_all(context) && context->options->verbose)
		report_message(
			context->report, SEVERITY_NOTE,
			"a namespace that only a mount or an open file holds was not changed, "
			"unless it has a name in /run/netns or /run/docker/netns: this process "
			"cannot ask the kernel for a list (listns, from Linux 6.19 on)");
	if (namespaces->hidden)
		report_message(context->report, SEVERITY_WARNING,
			       "this process cannot see the network namespaces of some processes, "
			       "because it lacks CAP_SYS_PTRACE; these were not changed");
}

/*
 * Returns whether the name of the namespace is printed although only namespaces = all had this run
 * go there: the reader wants to know of what is not as configured.
 */
static bool is_worth_a_line(const struct context *context, const struct runtime *runtime)
{
	return context->options->verbose || values_count(&runtime->values, VALUE_DIFFERS) > 0;
}

/*
 * Sets the values in the namespace that this process has entered. Returns the word for its state, a
 * literal.
 */
static const char *bring_to_values(struct context *context, const struct comparison *comparison,
				   enum module_state module, struct tally *tally)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result = {0};
	size_t fine;
	bool shown = !tally->implied;

	tally->namespaces++;
	if (shown)
		report_say_namespace(context->report);
	if (runtime_observe_namespace(context, comparison, module, &runtime) != EXIT_DONE) {
		tally->failed++;
		return "drift";
	}
	if (!shown && is_worth_a_line(context, &runtime)) {
		report_say_namespace(context->report);
		shown = true;
	}
	fine = values_count(&runtime.values, VALUE_OK);
	apply_values(context, &runtime, false, &result);
	if (shown && fine > 0 && !context->options->verbose)
		report_say_row(context->report, value_state_to_string(VALUE_OK), "%zu value%s",
			       fine, fine == 1 ? "" : "s");
	tally->ok += values_count(&runtime.values, VALUE_OK);
	tally->set += result.set;
	tally->absent += values_count(&runtime.values, VALUE_ABSENT);
	if (!tally->host.data)
		note_host_values(&runtime.values, &tally->host);
	tally->failed += result.failed > 0;
	if (result.failed > 0)
		return "drift";
	return module_is_there(runtime.module) ? "in-order" : "pending";
}

/* Reports that the namespace could not be entered. Returns the word for its state, a literal. */
static const char *report_unreachable(struct context *context, int error, struct tally *tally)
{
	if (error == -ENOENT && is_all(context)) {
		report_message(context->report, SEVERITY_NOTE, "it disappeared in the meantime");
		return "gone";
	}
	if (error == -EPERM && tally->implied) {
		tally->not_allowed = true;
		return "unreachable";
	}
	report_message(context->report, SEVERITY_ERROR, "cannot enter it: %s",
		       error == -ENOENT ? "it disappeared in the meantime" : strerror(-error));
	tally->failed++;
	return "unreachable";
}

static void visit(struct context *context, const struct comparison *comparison,
		  enum module_state module, const struct network_namespace *namespace,
		  struct tally *tally)
{
	int error = kernel_enter_namespace(context->kernel, namespace);
	const char *state;

	report_begin_namespace(context->report, namespace);
	if (error == 0) {
		state = bring_to_values(context, comparison, module, tally);
		kernel_leave_namespace(context->kernel);
	} else {
		if (!tally->implied)
			report_say_namespace(context->report);
		state = report_unreachable(context, error, tally);
	}
	report_end_namespace(context->report, state);
}

static void report_tally(struct context *context, const struct tally *tally)
{
	struct buffer CLEANUP(buffer_clear) rest = {0};

	if (tally->namespaces == 0 && tally->implied)
		return;
	if (tally->namespaces == 0) {
		report_say(context->report,
			   "Nothing to do: this host has no other network namespace.");
		return;
	}
	if (tally->ok + tally->absent == 0) {
		report_say(context->report, "Nothing to do: the configuration has no value that "
					    "each network namespace has separately.");
		return;
	}
	if (tally->absent)
		buffer_printf(&rest, ", %zu unknown to this kernel", tally->absent);
	if (tally->host.data && !tally->implied)
		buffer_printf(&rest, "; left out, because only the host has them: %s",
			      tally->host.data);
	report_event(context->report, SEVERITY_NOTE, NULL, NULL,
		     "%zu network namespace%s: %zu value%s active, %zu of them set now%s",
		     tally->namespaces, tally->namespaces == 1 ? "" : "s", tally->ok,
		     tally->ok == 1 ? " is" : "s are", tally->set, rest.data ? rest.data : "");
}

/*
 * A signal ends the run only between two namespaces, so that each of them has all values or none.
 */
static enum exit_code stop(struct context *context, size_t done, size_t count)
{
	report_message(context->report, SEVERITY_ERROR,
		       "%s: ended after %zu of %zu network namespaces; run the command again for "
		       "the others",
		       signal_to_string(signals_pending()), done, count);
	context->signals->reported = true;
	return EXIT_FAILED;
}

/*
 * Visits those of the list that were not in the list before; sets *ret_new if there is one. Stops
 * at a signal, or if this process cannot enter other namespaces. The list replaces the one before.
 */
static enum exit_code visit_new(struct context *context, const struct comparison *comparison,
				enum module_state module,
				const struct network_namespaces *namespaces,
				struct namespace_rounds *rounds, struct tally *tally, bool *ret_new)
{
	int error;

	*ret_new = false;
	for (size_t i = 0; i < namespaces->count && !tally->not_allowed; i++) {
		if (!namespace_rounds_is_new(rounds, &namespaces->items[i]))
			continue;
		if (signals_pending())
			return stop(context, i, namespaces->count);
		*ret_new = true;
		visit(context, comparison, module, &namespaces->items[i], tally);
	}
	error = namespace_rounds_keep(rounds, namespaces);
	if (error == 0)
		return EXIT_DONE;
	report_errno(context, "list", "the network namespaces", error);
	return EXIT_FAILED;
}

/*
 * Visits the namespaces, each once. All of them are listed again until a listing has no new one,
 * because a namespace that was made meanwhile has the kernel's values.
 */
static enum exit_code visit_settled(struct context *context, const struct comparison *comparison,
				    enum module_state module, struct tally *tally)
{
	struct namespace_rounds CLEANUP(namespace_rounds_done) rounds = {0};
	bool again = true;

	namespace_rounds_begin(context, &rounds);
	while (again) {
		struct network_namespaces CLEANUP(network_namespaces_done) namespaces = {0};
		enum exit_code code = find_namespaces(context, &namespaces);
		bool changed;

		if (code == EXIT_DONE)
			code = visit_new(context, comparison, module, &namespaces, &rounds, tally,
					 &changed);
		if (code != EXIT_DONE)
			return code;
		changed = (changed && !tally->not_allowed) || namespaces.unfinished;
		again = is_all(context) && namespace_rounds_wait(context, changed, &rounds);
		if (!again)
			report_unlisted(context, &namespaces);
	}
	return EXIT_DONE;
}

static void report_not_allowed(struct context *context)
{
	report_message(context->report, SEVERITY_WARNING,
		       "namespaces = all: the other network namespaces were not changed, because "
		       "this process cannot enter them (CAP_SYS_ADMIN is missing)");
}

enum exit_code apply_namespaces(struct context *context, const struct comparison *comparison)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct tally CLEANUP(tally_done) tally = {0};
	enum exit_code code = EXIT_DONE;

	/* A wrong name is an error whether the module is loaded or not. */
	if (!is_all(context)) {
		struct network_namespaces CLEANUP(network_namespaces_done) one = {0};

		code = find_namespaces(context, &one);
	}
	if (code == EXIT_DONE)
		code = runtime_observe_settled(context, comparison, &runtime);
	if (code != EXIT_DONE)
		return code;
	if (!module_is_there(runtime.module))
		return apply_pending(context, comparison, &runtime);
	report_set_member(context->report, report_object(context->report), "namespaces",
			  json_array());
	code = visit_settled(context, comparison, runtime.module, &tally);
	if (code != EXIT_DONE)
		return code;
	if (tally.failed == 0 && kernel_module_state(context->kernel, &runtime.module) == 0 &&
	    !module_is_there(runtime.module)) {
		values_judge(&runtime.values, runtime.module, false);
		return apply_pending(context, comparison, &runtime);
	}
	report_set_changed(context->report, tally.set > 0);
	report_set_state(context->report, tally.failed > 0 ? "drift" : "in-order");
	if (tally.failed > 0)
		return EXIT_FAILED;
	report_tally(context, &tally);
	return EXIT_DONE;
}

enum exit_code apply_other_namespaces(struct context *context, const struct comparison *comparison,
				      enum module_state module, size_t *ret_set)
{
	struct tally CLEANUP(tally_done) tally = {.implied = true};
	enum exit_code code;

	*ret_set = 0;
	if (!comparison->plan.all_namespaces || !kernel_sees_host(context->kernel))
		return EXIT_DONE;
	report_set_member(context->report, report_object(context->report), "namespaces",
			  json_array());
	code = visit_settled(context, comparison, module, &tally);
	*ret_set = tally.set;
	if (code != EXIT_DONE)
		return code;
	if (tally.not_allowed)
		report_not_allowed(context);
	else if (tally.failed == 0)
		report_tally(context, &tally);
	return tally.failed > 0 ? EXIT_FAILED : EXIT_DONE;
}
