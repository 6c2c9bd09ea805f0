/* Sets the values of other network namespaces of this host; for apply --netns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/apply-namespaces.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "steps/error-words.h"
#include "steps/set-values.h"

/* Counts over all namespaces of the run. */
struct tally {
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
	return strcmp(context->options->netns, "all") == 0;
}

/* Names the namespaces of this host, because --netns names none of them. */
static void report_unknown(struct context *context)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct buffer CLEANUP(buffer_clear) names = {0};

	if (kernel_list_namespaces(context->kernel, &others) < 0)
		others.count = 0;
	for (size_t i = 0; i < others.count; i++)
		buffer_printf(&names, "%s%s", names.length > 0 ? ", " : "",
			      others.items[i].name ? others.items[i].name : others.items[i].path);
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
	if (ret->cut)
		report_message(
			context->report, SEVERITY_WARNING,
			"there are more than %d network namespaces; the others were not changed",
			NAMESPACES_MAX);
	return EXIT_DONE;
}

/*
 * Sets the values in the namespace that this process has entered. Returns the word for its state, a
 * literal.
 */
static const char *bring_to_values(struct context *context, const struct comparison *comparison,
				   struct tally *tally)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct apply_result result = {0};
	size_t fine;

	tally->namespaces++;
	if (runtime_observe_namespace(context, comparison, &runtime) != EXIT_DONE) {
		tally->failed++;
		return "drift";
	}
	fine = values_count(&runtime.values, VALUE_OK);
	apply_values(context, &runtime, false, &result);
	if (fine > 0 && !context->options->verbose)
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

static void visit(struct context *context, const struct comparison *comparison,
		  const struct network_namespace *namespace, struct tally *tally)
{
	int error = kernel_enter_namespace(context->kernel, namespace);
	const char *state;

	report_begin_namespace(context->report, namespace);
	if (error == 0) {
		state = bring_to_values(context, comparison, tally);
		kernel_leave_namespace(context->kernel);
	} else if (error == -ENOENT && is_all(context)) {
		report_message(context->report, SEVERITY_NOTE, "it disappeared in the meantime");
		state = "gone";
	} else {
		report_message(context->report, SEVERITY_ERROR, "cannot enter it: %s",
			       error == -ENOENT ? "it disappeared in the meantime"
						: strerror(-error));
		tally->failed++;
		state = "unreachable";
	}
	report_end_namespace(context->report, state);
}

static void report_tally(struct context *context, const struct tally *tally)
{
	struct buffer CLEANUP(buffer_clear) rest = {0};

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
	if (tally->host.data)
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

enum exit_code apply_namespaces(struct context *context, const struct comparison *comparison)
{
	struct network_namespaces CLEANUP(network_namespaces_done) namespaces = {0};
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct tally CLEANUP(tally_done) tally = {0};
	enum exit_code code = find_namespaces(context, &namespaces);

	if (code == EXIT_DONE)
		code = runtime_observe_settled(context, comparison, &runtime);
	if (code != EXIT_DONE)
		return code;
	if (!module_is_there(runtime.module))
		return apply_pending(context, comparison, &runtime);
	report_set_member(context->report, report_object(context->report), "namespaces",
			  json_array());
	for (size_t i = 0; i < namespaces.count; i++) {
		if (signals_pending())
			return stop(context, i, namespaces.count);
		visit(context, comparison, &namespaces.items[i], &tally);
	}
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
