/* The verb apply: brings the running kernel to the values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/apply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "steps/apply-namespaces.h"
#include "steps/last-applied.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"

/* One is enough unless another process reads or writes the same key in that very moment. */
#define TRIES 5

/* What became of one value. */
struct attempt {
	bool tried;
	int error;	    /* of the last write; -EBUSY: taken, and another value is in force */
	struct value after; /* as it is now */
};

static void read_back(const struct context *context, struct value *value)
{
	char text[VALUE_TEXT_SIZE];
	int error = kernel_read(context->kernel, value->path, text, sizeof(text));

	value_found(value, error < 0 ? NULL : text, error);
}

static void write_value(const struct context *context, struct attempt *attempt)
{
	struct value *value = &attempt->after;
	char text[VALUE_TEXT_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value->goal);
	attempt->tried = true;
	for (int i = 0; i < TRIES; i++) {
		attempt->error = kernel_write(context->kernel, value->path, text);
		if (attempt->error == -ENOENT || attempt->error == -ENODEV) {
			/* Unloaded under our hands: no failure, the next load brings its own event. */
			value_found(value, NULL, -ENOENT);
			attempt->tried = false;
			return;
		}
		if (attempt->error < 0)
			return;
		read_back(context, value);
		if (value->error == -ENOENT)
			attempt->tried = false;
		if (value->error < 0 || value_is_set(value)) {
			attempt->error = value->error;
			return;
		}
	}
	attempt->error = -EBUSY;
}

/* Whether it failed for want of reach: the host's own part of the kernel is not this process's to change. */
static bool is_out_of_reach(int error)
{
	return error == -EROFS || error == -EACCES || error == -EOPNOTSUPP;
}

static void report_set(struct context *context, const struct value *before,
		       const struct value *after)
{
	char key[96], wanted[64], live[64];
	const char *fields[] = {key, wanted, live};
	struct buffer CLEANUP(buffer_clear) change = {0};

	(void)snprintf(key, sizeof(key), "CONNTRACK_PERSIST_KEY=%s", before->key);
	(void)snprintf(wanted, sizeof(wanted), "CONNTRACK_PERSIST_WANTED=%" PRIu64, before->wanted);
	(void)snprintf(live, sizeof(live), "CONNTRACK_PERSIST_LIVE=%s", before->live);
	buffer_add(&change, " was ");
	buffer_add_number(&change, before->live);
	buffer_add(&change, " and is set to ");
	buffer_add_number(&change, after->live);
	if (report_style(context->report)->journal)
		report_event(context->report, SEVERITY_NOTE, JOURNAL_SET,
			     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
			     "%s%s", before->key, change.data ? change.data : "");
	report_value(context->report,
		     &(struct value_report){
			     .value = before, .action = "set", .now = after->live, .line = true});
}

static void report_failure(struct context *context, const struct value *before,
			   const struct attempt *attempt, bool lenient)
{
	char key[96], wanted[64], live[64], number[64];
	const char *fields[] = {key, wanted, live, number};
	struct buffer CLEANUP(buffer_clear) why = {0};

	value_explain(&attempt->after, attempt->error, &why);
	(void)snprintf(key, sizeof(key), "CONNTRACK_PERSIST_KEY=%s", before->key);
	(void)snprintf(wanted, sizeof(wanted), "CONNTRACK_PERSIST_WANTED=%" PRIu64, before->wanted);
	(void)snprintf(live, sizeof(live), "CONNTRACK_PERSIST_LIVE=%s", attempt->after.live);
	(void)snprintf(number, sizeof(number), "ERRNO=%d", -attempt->error);
	report_value(context->report, &(struct value_report){.value = before,
							     .action = "failed",
							     .now = attempt->after.live,
							     .line = true});
	report_event(context->report, lenient ? SEVERITY_WARNING : SEVERITY_ERROR, JOURNAL_FAILED,
		     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
		     "%s %s = %" PRIu64 ": %s", lenient ? "left out" : "cannot set", before->key,
		     before->wanted, why.data ? why.data : "");
}

static void report_attempt(struct context *context, const struct value *before,
			   const struct attempt *attempt, bool lenient, struct apply_result *result)
{
	bool out_of_reach = is_out_of_reach(attempt->error);

	if (!attempt->tried && attempt->error < 0)
		return;
	if (!attempt->tried) {
		report_value(context->report,
			     &(struct value_report){.value = before,
						    .line = context->options->verbose ||
							    (before->state != VALUE_OK &&
							     before->state != VALUE_HOST)});
		return;
	}
	if (attempt->error == 0) {
		result->set++;
		report_set(context, before, &attempt->after);
		return;
	}
	result->failed++;
	result->out_of_reach += out_of_reach;
	report_failure(context, before, attempt, lenient && out_of_reach);
}

void apply_values(struct context *context, struct live *live, bool lenient,
		  struct apply_result *ret)
{
	struct values *values = &live->values;
	struct attempt *CLEANUP(free_pointer)
		attempts = calloc(values->count + 1, sizeof(*attempts));
	size_t *CLEANUP(free_pointer) order = calloc(values->count + 1, sizeof(*order));
	struct apply_result result = {0};
	size_t count;

	if (!attempts || !order) {
		report_errno(context, "set", "the values", -ENOMEM);
		*ret = (struct apply_result){.failed = 1};
		return;
	}
	/* Some of the values alone may be worse than all of the old ones. */
	signals_hold(context->signals);
	count = values_order(values, order);
	for (size_t i = 0; i < values->count; i++)
		attempts[i].after = values->items[i];
	for (size_t i = 0; i < count; i++)
		write_value(context, &attempts[order[i]]);
	/* Two thresholds may each have been in the other's way; by now the other has moved. */
	for (size_t i = 0; i < count; i++)
		if (attempts[order[i]].error == -EINVAL)
			write_value(context, &attempts[order[i]]);

	for (size_t i = 0; i < values->count; i++) {
		report_attempt(context, &values->items[i], &attempts[i], lenient, &result);
		values->items[i] = attempts[i].after;
	}
	values_judge(values, live->module, live->blocked);
	if (!live->elsewhere)
		applied_remember(context, live);
	*ret = result;
}

static void report_in_force(struct context *context, const struct live *live, size_t set)
{
	size_t count = values_count(&live->values, VALUE_OK);
	size_t absent = values_count(&live->values, VALUE_ABSENT);
	char values[64], written[64];
	const char *fields[] = {values, written};
	struct buffer CLEANUP(buffer_clear) rest = {0};

	(void)snprintf(values, sizeof(values), "CONNTRACK_PERSIST_VALUES=%zu", count);
	(void)snprintf(written, sizeof(written), "CONNTRACK_PERSIST_SET=%zu", set);
	if (absent)
		buffer_printf(&rest, ", %zu this kernel does not have", absent);
	if (values_count(&live->values, VALUE_PENDING) > 0) {
		buffer_add(&rest, ", ");
		values_list_pending(&live->values, &rest);
		buffer_add(&rest, " with the next load");
	}
	report_event(context->report, SEVERITY_NOTE, JOURNAL_IN_FORCE,
		     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
		     "%zu value%s active, %zu of them set now%s", count,
		     count == 1 ? " is" : "s are", set, rest.data ? rest.data : "");
}

enum exit_code apply_pending(struct context *context, const struct session *session,
			     const struct live *live)
{
	live_report_state(context, false, live);
	if (live->module == MODULE_COMING) {
		report_message(context->report, SEVERITY_ERROR,
			       "nf_conntrack has been loading for a minute and is not there yet; "
			       "see the kernel's log, then run: conntrack-persist apply");
		return EXIT_FAILED;
	}
	(void)live_report(context, session, live, LIVE_STATES);
	report_event(context->report, SEVERITY_NOTE, JOURNAL_PENDING, NULL,
		     "nf_conntrack is %s: nothing to set; %s", module_state_words(live->module),
		     context->options->netns
			     ? "run it again when it is loaded, as the installed files are for the "
			       "host's own network namespace"
			     : "the installed files set the values when it loads");
	return EXIT_DONE;
}

/* The values of other network namespaces are never in the files. */
static void warn_if_not_permanent(struct context *context, const struct session *session)
{
	if (!context->options->netns && !session_is_installed(context, session))
		report_message(
			context->report, SEVERITY_WARNING,
			"not permanent: run conntrack-persist install, because the files that "
			"set these values at each load are missing or from another "
			"configuration");
}

static enum exit_code run_apply(struct context *context)
{
	struct session CLEANUP(session_done) session = {0};
	struct live CLEANUP(live_done) live = {0};
	struct apply_result result;
	enum exit_code code = session_open_plan(context, &session);

	if (code != EXIT_DONE)
		return code;
	if (plan_is_unconfigured(&session.plan))
		return say_unconfigured(context);
	report_plan(context->report, &session.plan);
	if (session.plan.mode == MODE_DISABLE) {
		report_say(context->report, "Nothing to do: mode disable has no values.");
		return EXIT_DONE;
	}
	if (context->options->force)
		session.plan.resize = RESIZE_NOW;
	warn_if_not_permanent(context, &session);
	if (context->options->netns)
		return apply_namespaces(context, &session);
	code = live_observe_settled(context, &session, &live);
	if (code != EXIT_DONE)
		return code;
	if (!module_is_there(live.module))
		return apply_pending(context, &session, &live);
	code = guard_lowering(context, &live);
	if (code != EXIT_DONE)
		return code;
	apply_values(context, &live, false, &result);
	if (kernel_module_state(context->kernel, &live.module) == 0 &&
	    !module_is_there(live.module) && result.failed == 0) {
		/* Unloaded in the meantime: the next load brings its own event. */
		values_judge(&live.values, live.module, false);
		return apply_pending(context, &session, &live);
	}
	report_set_changed(context->report, result.set > 0);
	live_report_state(context, result.failed > 0, &live);
	if (result.failed > 0)
		return EXIT_FAILED;
	guard_say_waiting(context, &live);
	report_in_force(context, &live, result.set);
	return EXIT_DONE;
}

const struct verb verb_apply = {
	.name = "apply",
	.help = "bring the running kernel to the values",
	.run = run_apply,
	.flags = VERB_CHANGES | VERB_FORCE | VERB_RUNNING | VERB_NETNS,
};
