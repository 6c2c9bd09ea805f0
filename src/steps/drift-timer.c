/*
 * Logs drift: when the timer's service runs check, logs the verdict if it differs from the last
 * one.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/drift-timer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "steps/changeset.h"
#include "steps/error-words.h"
#include "steps/witness.h"

#define TIMER	   "conntrack-persist-check.timer"
#define PATH_TIMER "/etc/systemd/system/timers.target.wants/" TIMER

/*
 * A verdict has two wordings, because a value that changes all the time must not make a new verdict
 * each time: `kept` has no figures and is compared, `told` has them and is logged.
 */
struct drift_verdict {
	const char *state;
	struct buffer kept; /* the state, and a line for each difference */
	struct buffer told;
	bool restore; /* install must correct this drift */
};

static void verdict_done(struct drift_verdict *verdict)
{
	buffer_clear(&verdict->kept);
	buffer_clear(&verdict->told);
}

static void add_difference(struct drift_verdict *verdict, const char *what, const char *how,
			   const char *figures)
{
	buffer_printf(&verdict->kept, "%s %s\n", what, how);
	buffer_printf(&verdict->told, "%s%s %s%s", verdict->told.length ? "; " : "", what, how,
		      figures);
}

static void add_files(struct drift_verdict *verdict, const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		if (file_differs(difference))
			add_difference(verdict, difference->path,
				       file_state_to_string(difference->state), "");
	}
	if (comparison->manifest_state != STATE_OK)
		add_difference(verdict, PATH_MANIFEST,
			       file_state_to_string(comparison->manifest_state), "");
}

/* The writer of a value is no part of `kept`, so that another writer makes no new verdict. */
static void add_values(struct drift_verdict *verdict, const struct runtime *runtime,
		       const struct witness_look *witness)
{
	struct buffer CLEANUP(buffer_clear) figures = {0};

	if (runtime->unwanted)
		add_difference(verdict, "nf_conntrack is", module_state_describe(runtime->module),
			       "");
	if (values_count(&runtime->values, VALUE_CANNOT_LOAD) > 0)
		add_difference(verdict, "nf_conntrack", value_state_to_string(VALUE_CANNOT_LOAD),
			       "");
	for (size_t i = 0; i < runtime->values.count; i++) {
		const struct value *value = &runtime->values.items[i];

		struct buffer CLEANUP(buffer_clear) by = {0};

		if (value->state != VALUE_DIFFERS)
			continue;
		buffer_reset(&figures);
		buffer_add(&figures, " (");
		buffer_add_number(&figures, value->live);
		buffer_printf(&figures, " -> %s", text_count(value->wanted).text);
		witness_describe_value(witness, value, &by);
		if (by.length > 0)
			buffer_printf(&figures, ", %s", by.data);
		buffer_add(&figures, ")");
		add_difference(verdict, value->key, value_state_to_string(value->state),
			       figures.data ? figures.data : "");
	}
}

static void add_namespaces(struct drift_verdict *verdict, const struct namespaces_drift *others)
{
	struct buffer CLEANUP(buffer_clear) figures = {0};

	if (others->differing == 0)
		return;
	buffer_printf(&figures, " (%zu of %zu: %s)", others->differing, others->compared,
		      others->names.data ? others->names.data : "?");
	add_difference(verdict, "other network namespaces", value_state_to_string(VALUE_DIFFERS),
		       figures.data ? figures.data : "");
}

static void add_winners(struct drift_verdict *verdict, const struct host_writers *writers)
{
	for (size_t i = 0; i < writers->values.count; i++) {
		const struct writer *winner =
			writers_find_winner(&writers->writers, &writers->values.items[i]);
		struct buffer CLEANUP(buffer_clear) where = {0};

		if (!winner)
			continue;
		buffer_printf(&where, "overridden by %s", winner->path);
		if (winner->line)
			buffer_printf(&where, ":%u", winner->line);
		add_difference(verdict, winner->value->key, where.data ? where.data : "overridden",
			       "");
	}
}

/*
 * Returns whether this configuration is the installed one. A configuration that was never installed
 * is not restored.
 */
static bool is_as_installed(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];
		const struct manifest_file *recorded =
			manifest_find(&comparison->installed.manifest, difference->path);
		const char *wanted = difference->wanted ? difference->wanted->digest : "";

		if (difference->state != STATE_MASKED && difference->state != STATE_OUTDATED &&
		    strcmp(recorded ? recorded->digest : "", wanted) != 0)
			return false;
	}
	return true;
}

/* Returns the reason why drift cannot be restored, a literal, or NULL if there is none. */
static const char *find_obstacle(const struct comparison *comparison, const struct runtime *runtime)
{
	bool works = values_count(&runtime->values, VALUE_DIFFERS) > 0 ||
		     runtime->others.differing > 0 || comparison->manifest_state != STATE_OK;

	if (!is_as_installed(comparison))
		return "the configuration has changed since it was installed; run "
		       "\"conntrack-persist install\"";
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		if (difference->needs_force)
			return "a foreign or edited file would be lost; run "
			       "\"conntrack-persist --force install\" if you want to replace it";
		if (strcmp(difference->path, PATH_DROP_IN) == 0 && difference->state != STATE_OK)
			return "its drop-in " PATH_DROP_IN " is not as configured";
		works = works || file_differs(difference);
	}
	return works ? NULL : "an installation cannot correct it";
}

static void judge_restore(const struct comparison *comparison, const struct runtime *runtime,
			  struct drift_verdict *verdict)
{
	const char *obstacle = find_obstacle(comparison, runtime);

	verdict->restore = !obstacle;
	buffer_printf(&verdict->told, ". %s%s",
		      obstacle ? "Not restored: "
			       : "conntrack-persist-restore.service will correct it",
		      obstacle ? obstacle : "");
}

/* The number of unreadable paths that one journal entry names. */
#define UNREAD_TOLD 5U

static void add_unread(struct drift_verdict *verdict, struct report *report)
{
	const json_t *list = json_object_get(report_object(report), "unread");
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < UNREAD_TOLD; i++) {
		const json_t *item = json_array_get(list, i);
		const char *path = json_string_value(json_object_get(item, "path"));

		add_difference(verdict, path ? path : "?", "could not be read", "");
	}
	if (count > UNREAD_TOLD)
		add_difference(verdict, "further sources", "could not be read", "");
}

static void judge_host(struct context *context, const struct comparison *comparison,
		       const struct runtime *runtime, const struct host_writers *writers,
		       bool differs, struct drift_verdict *ret)
{
	bool pending = values_count(&runtime->values, VALUE_PENDING) > 0;
	bool unsure = report_is_unsure(context->report);
	struct witness_look CLEANUP(witness_look_done) witness = {0};

	ret->state = differs ? "drift" : unsure ? "unread" : pending ? "pending" : "in-order";
	buffer_printf(&ret->kept, "%s\n", ret->state);
	if (unsure)
		add_unread(ret, context->report);
	if (differs) {
		add_files(ret, comparison);
		/* Without records the values are logged without their writers. */
		(void)!witness_look_again(context, comparison, &witness);
		add_values(ret, runtime, &witness);
		add_namespaces(ret, &runtime->others);
		add_winners(ret, writers);
		if (comparison->plan.restore)
			judge_restore(comparison, runtime, ret);
	} else if (!unsure) {
		buffer_add(&ret->told,
			   pending ? "some values are pending until nf_conntrack loads again"
				   : "every file and value is as configured");
	}
}

static void report_change(struct context *context, const struct drift_verdict *verdict,
			  const char *last)
{
	char state[64], before[64];
	const char *fields[] = {state, before};
	size_t length = last ? strcspn(last, "\n") : 0;

	(void)snprintf(state, sizeof(state), "CONNTRACK_PERSIST_STATE=%s", verdict->state);
	(void)snprintf(before, sizeof(before), "CONNTRACK_PERSIST_BEFORE=%.*s",
		       length > 0 && length < 16 ? (int)length : 7,
		       length > 0 && length < 16 ? last : "unknown");
	report_event(context->report,
		     strcmp(verdict->state, "drift") == 0 || strcmp(verdict->state, "unread") == 0
			     ? SEVERITY_WARNING
			     : SEVERITY_NOTE,
		     JOURNAL_VERDICT,
		     &(struct journal_fields){
			     .texts = fields, .count = ARRAY_SIZE(fields), .notable = true},
		     "%s: %s", verdict->state, verdict->told.data);
	report_release(context->report);
}

/* Creates or removes the file on whose existence the restoration depends. */
static void add_order(struct changeset *changes, const struct looked_at *order, bool restore)
{
	if (restore == (order->file.kind != FILE_ABSENT))
		return;
	changeset_add(changes, &(struct file_change){
				       .kind = restore ? CHANGE_WRITE : CHANGE_REMOVE,
				       .path = order->path,
				       .mode = ARTIFACT_MODE,
				       .uid = (uid_t)-1,
				       .gid = (gid_t)-1,
				       .bytes = "",
				       .seen = &order->file,
			       });
}

static bool add_verdict(struct changeset *changes, const struct looked_at *last,
			const struct drift_verdict *verdict)
{
	if (!verdict->state ||
	    (last->file.bytes && strcmp(last->file.bytes, verdict->kept.data) == 0))
		return false;
	changeset_add(changes, &(struct file_change){
				       .kind = CHANGE_WRITE,
				       .path = last->path,
				       .mode = ARTIFACT_MODE,
				       .uid = (uid_t)-1,
				       .gid = (gid_t)-1,
				       .bytes = verdict->kept.data,
				       .size = verdict->kept.length,
				       .seen = &last->file,
			       });
	return true;
}

/*
 * Takes the lock of that directory, because a user may run the service's command by hand at the
 * same time.
 */
static enum exit_code keep_verdict(struct context *context, const struct drift_verdict *verdict)
{
	struct changeset CLEANUP(changeset_done) changes = {0};
	struct looked_at *last = NULL, *order = NULL;
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	enum exit_code code = lock_take(context, PATH_RUNTIME, &lock);
	bool other;
	int error;

	if (code != EXIT_DONE)
		return code;
	error = changeset_new(2, &changes);
	if (error == 0)
		error = changeset_look(&changes, context->tree, PATH_VERDICT, &last);
	if (error == 0)
		error = changeset_look(&changes, context->tree, PATH_RESTORE, &order);
	if (error < 0 || !last || !order) {
		report_errno(context, "keep", PATH_VERDICT, error);
		return EXIT_FAILED;
	}
	other = add_verdict(&changes, last, verdict);
	add_order(&changes, order, verdict->restore);
	if (changes.count > 0)
		code = changeset_commit(context, &changes);
	if (code == EXIT_DONE && other)
		report_change(context, verdict, last->file.bytes);
	return code;
}

enum exit_code drift_timer_report(struct context *context, const struct comparison *comparison,
				  const struct runtime *runtime, const struct host_writers *writers,
				  enum exit_code code)
{
	struct drift_verdict CLEANUP(verdict_done) verdict = {0};

	if (code != EXIT_DONE && code != EXIT_DIFFERS) {
		/* The warnings held back may explain the failure, so print them. */
		report_release(context->report);
		(void)keep_verdict(context, &verdict);
		return code;
	}
	judge_host(context, comparison, runtime, writers, code == EXIT_DIFFERS, &verdict);
	if (!verdict.kept.data || !verdict.told.data || verdict.kept.error < 0) {
		report_errno(context, "keep", PATH_VERDICT, -ENOMEM);
		return EXIT_FAILED;
	}
	return keep_verdict(context, &verdict) == EXIT_DONE ? code : EXIT_FAILED;
}

void drift_timer_describe(struct context *context, const struct comparison *comparison)
{
	const char *prefix = report_style(context->report)->prefix;
	struct observed_file timer = {0};

	if (!comparison->plan.restore ||
	    tree_look(context->tree, PATH_TIMER, FILE_SIZE_MAX, &timer) < 0)
		return;
	if (timer.kind == FILE_ABSENT && *prefix && !text_is_safe_word(prefix))
		report_message(context->report, SEVERITY_NOTE,
			       "on_drift = restore has no effect before the check timer is "
			       "enabled: enable " TIMER " in the image");
	else if (timer.kind == FILE_ABSENT && !*prefix && !bus_has_systemd(context->bus))
		report_message(context->report, SEVERITY_NOTE,
			       "on_drift = restore has no effect, because systemd does not run "
			       "here; run \"conntrack-persist install\" by cron to correct drift");
	else if (timer.kind == FILE_ABSENT)
		report_message(context->report, SEVERITY_NOTE,
			       "on_drift = restore has no effect before the check timer is "
			       "enabled: systemctl %s%s%s " TIMER,
			       *prefix ? "--root=" : "", prefix,
			       *prefix ? " enable" : "enable --now");
	observed_file_clear(&timer);
}
