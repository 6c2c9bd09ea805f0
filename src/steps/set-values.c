/* Sets the configured values in the running kernel, and reports each. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/set-values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "steps/error-words.h"
#include "steps/last-applied.h"

/* One attempt is enough unless another process writes the same key at that moment. */
#define TRIES 5

/* The result of setting one value. */
struct value_attempt {
	bool tried;
	/* of the last write; -EBUSY: the write succeeded, but another value is live */
	int error;
	struct value after; /* the live value now */
};

static void read_back(const struct context *context, struct value *value)
{
	char text[VALUE_TEXT_SIZE];
	int error = kernel_read(context->kernel, value->path, text, sizeof(text));

	value_found(value, error < 0 ? NULL : text, error);
}

static void write_value(const struct context *context, struct value_attempt *attempt)
{
	struct value *value = &attempt->after;
	char text[VALUE_TEXT_SIZE];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value->goal);
	attempt->tried = true;
	for (int i = 0; i < TRIES; i++) {
		attempt->error = kernel_write(context->kernel, value->path, text);
		if (attempt->error == -ENOENT || attempt->error == -ENODEV) {
			/*
			 * The module was unloaded meanwhile. This is no failure, because the next
			 * load has its own event.
			 */
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

/*
 * Returns whether the write failed because the value belongs to the host, which this process cannot
 * change.
 */
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
			   const struct value_attempt *attempt, bool lenient)
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
			   const struct value_attempt *attempt, bool lenient,
			   struct apply_result *result)
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

void apply_values(struct context *context, struct runtime *runtime, bool lenient,
		  struct apply_result *ret)
{
	struct values *values = &runtime->values;
	struct value_attempt *CLEANUP(free_pointer)
		attempts = calloc(values->count + 1, sizeof(*attempts));
	size_t *CLEANUP(free_pointer) order = calloc(values->count + 1, sizeof(*order));
	struct apply_result result = {0};
	size_t count;

	if (!attempts || !order) {
		report_errno(context, "set", "the values", -ENOMEM);
		*ret = (struct apply_result){.failed = 1};
		return;
	}
	/*
	 * Hold signals, because some new values together with some old ones may be worse than all
	 * old ones.
	 */
	signals_hold(context->signals);
	count = values_order(values, order);
	for (size_t i = 0; i < values->count; i++)
		attempts[i].after = values->items[i];
	for (size_t i = 0; i < count; i++)
		write_value(context, &attempts[order[i]]);
	/*
	 * Two thresholds may each have been refused because of the other's old value; write both
	 * again, because one of them may have changed.
	 */
	for (size_t i = 0; i < count; i++)
		if (attempts[order[i]].error == -EINVAL)
			write_value(context, &attempts[order[i]]);

	for (size_t i = 0; i < values->count; i++) {
		report_attempt(context, &values->items[i], &attempts[i], lenient, &result);
		values->items[i] = attempts[i].after;
	}
	values_judge(values, runtime->module, runtime->blocked);
	if (!runtime->elsewhere)
		last_applied_remember(context, runtime);
	*ret = result;
}

enum exit_code apply_pending(struct context *context, const struct comparison *comparison,
			     const struct runtime *runtime)
{
	runtime_report_state(context, false, runtime);
	if (runtime->module == MODULE_COMING) {
		report_message(context->report, SEVERITY_ERROR,
			       "nf_conntrack has been loading for a minute and is still not ready; "
			       "see the kernel's log, then run: conntrack-persist apply");
		return EXIT_FAILED;
	}
	(void)runtime_report(context, comparison, runtime, LIVE_STATES);
	report_event(context->report, SEVERITY_NOTE, JOURNAL_PENDING, NULL,
		     "nf_conntrack is %s: nothing to set; %s",
		     module_state_describe(runtime->module),
		     context->options->netns
			     ? "run the command again when nf_conntrack is loaded, because the "
			       "installed files only set the host's own network namespace"
			     : "the installed files set the values when it loads");
	return EXIT_DONE;
}
