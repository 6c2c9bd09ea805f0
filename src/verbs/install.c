/*
 * The verb install: writes the files, all or none, makes the running host follow, then checks the
 * result.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "steps/before.h"
#include "steps/changeset.h"
#include "steps/disable.h"
#include "steps/drift-timer.h"
#include "steps/follow-up.h"
#include "steps/initramfs-note.h"
#include "steps/report-writers.h"
#include "steps/sizes-at-boot.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"
#include "steps/verdict.h"
#include "steps/witness.h"
#include "verbs/verbs.h"

/* Adds a copy of a foreign file that --force replaces. Negative errno. */
static int keep_copy(struct context *context, struct comparison *comparison,
		     const struct file_difference *difference, struct changeset *changes)
{
	const struct artifact *wanted = difference->wanted;
	const struct manifest_file *recorded =
		manifest_find(&comparison->manifest, difference->path);
	const char *copy = NULL;
	int error;

	if (difference->action == ACTION_NONE || !difference->needs_force)
		return 0;
	error = changeset_keep(context, changes, difference, &copy);
	if (error < 0)
		return error;
	/*
	 * Uninstall puts back only the file from before the first installation; an edit of our file
	 * is kept as a copy.
	 */
	if (difference->state != STATE_FOREIGN || (recorded && recorded->replaced))
		return 0;
	return manifest_put(&comparison->manifest, difference->path, wanted ? wanted->mode : 0,
			    wanted ? wanted->digest : NULL, copy);
}

static void add_manifest(const struct comparison *comparison, struct changeset *changes)
{
	changeset_add(changes, &(struct file_change){
				       .kind = CHANGE_WRITE,
				       .path = PATH_MANIFEST,
				       .mode = ARTIFACT_MODE,
				       .uid = (uid_t)-1,
				       .gid = (gid_t)-1,
				       .bytes = comparison->manifest_bytes,
				       .size = comparison->manifest_size,
				       .seen = &comparison->installed.manifest_file,
			       });
}

static void add_file(const struct context *context, const struct file_difference *difference,
		     struct changeset *changes)
{
	const struct artifact *wanted = difference->wanted;
	/*
	 * Files get root as owner only if root installs on the running host: anybody may build an
	 * image.
	 */
	bool to_root = kernel_owns_files(context->kernel) && kernel_may_change(context->kernel);

	if (difference->action == ACTION_NONE)
		return;
	changeset_add(changes, &(struct file_change){
				       .kind = wanted ? CHANGE_WRITE : CHANGE_REMOVE,
				       .path = difference->path,
				       .mode = wanted ? wanted->mode : 0,
				       .uid = to_root ? 0 : (uid_t)-1,
				       .gid = to_root ? 0 : (gid_t)-1,
				       .bytes = wanted ? wanted->bytes : NULL,
				       .size = wanted ? wanted->size : 0,
				       .seen = difference->seen,
			       });
}

/*
 * Adds the copies first, then the manifest that names them, then the files, so that after a killed
 * run the next run and uninstall know what each file was. Negative errno.
 */
static int collect(struct context *context, struct comparison *comparison,
		   struct changeset *changes)
{
	size_t count = comparison->installed.path_count;
	int error = changeset_new(2 * count + 1, changes);
	bool writes = comparison->manifest_state != STATE_OK;

	for (size_t i = 0; i < count && error == 0; i++) {
		writes = writes || comparison->differences[i].action != ACTION_NONE;
		error = keep_copy(context, comparison, &comparison->differences[i], changes);
	}
	/* The manifest is formatted last, because it names the copies. */
	if (error == 0)
		error = comparison_format_manifest(comparison);
	if (error < 0)
		return error;
	if (writes)
		add_manifest(comparison, changes);
	for (size_t i = 0; i < count; i++)
		add_file(context, &comparison->differences[i], changes);
	return 0;
}

static enum exit_code verify_files(struct context *context, const struct comparison *comparison)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (file_differs(&comparison->differences[i])) {
			report_message(context->report, SEVERITY_ERROR,
				       "%s%s is not as the program wrote it: %s",
				       tree_prefix(context->tree), comparison->differences[i].path,
				       file_state_describe(comparison->differences[i].state));
			code = EXIT_FAILED;
		}
	return code;
}

/*
 * Reads everything again. Returns EXIT_FAILED if a file is not as it was written or something could
 * not be read.
 */
static enum exit_code look_again(struct context *context, const struct activation *activation,
				 struct host_state *found)
{
	enum exit_code code = comparison_make_quietly(context, SIZES_KEEP, &found->comparison);

	if (code == EXIT_DONE)
		code = verify_files(context, &found->comparison);
	if (code == EXIT_DONE && runtime_is_wanted(context))
		code = runtime_observe(context, &found->comparison, &found->live);
	/* Obstacles to the load have been reported before; do not check them again. */
	found->live.blocked = activation->blocked;
	/* The table may have emptied since, but hashsize still waits. */
	found->live.values.table_waits = found->live.values.table_waits || activation->table_waits;
	values_judge(&found->live.values, found->live.module, found->live.blocked);
	if (code == EXIT_DONE)
		code = find_writers(context, &found->comparison, &found->writers);
	return code;
}

static void say_what_is_left(struct context *context, const struct activation *activation,
			     const struct verdict *verdict, bool changed)
{
	bool lasting = !verdict_differs(verdict) && !verdict->masked && !verdict->unsure &&
		       !activation->blocked;

	if (verdict->live && activation->there && activation->out_of_reach == 0)
		report_say(context->report,
			   "The files are in place, but the values named above are not active.");
	else if (!lasting && !activation->there && !activation->blocked)
		report_say(
			context->report,
			"Active when nf_conntrack loads next, except for the values named above.");
	else if (context->options->root && !activation->blocked)
		report_say(context->report,
			   "Active when the image boots and nf_conntrack loads there.");
	else if (activation->there && activation->out_of_reach == 0 && !lasting)
		report_say(context->report, "All values are active now, but the sources named "
					    "above may change them later.");
	else if (activation->there && activation->out_of_reach == 0 && activation->pending > 0)
		report_say(context->report,
			   "All values except %s are active; %s pending until nf_conntrack loads "
			   "again.",
			   activation->pending_names,
			   activation->pending == 1 ? "it is" : "these are");
	else if (activation->there && activation->out_of_reach == 0)
		report_say(context->report,
			   "All values are active now and after each load of nf_conntrack.");
	else if (activation->there)
		report_say(context->report, "The files are in place; set the values that were left "
					    "out above on the host itself.");
	else if (activation->blocked)
		report_say(context->report,
			   "nf_conntrack cannot load %s until you correct what is named above.",
			   context->options->root ? "in this image" : "on this host");
	else if (changed || activation->looked)
		report_say(context->report, activation->looked
						    ? "Active when nf_conntrack loads next, at the "
						      "latest after a reboot."
						    : "Active when nf_conntrack loads next, at the "
						      "latest after a reboot; a kernel that has it "
						      "loaded now keeps its values until then.");
}

static void say_inactive(struct context *context, const struct runtime *runtime,
			 const struct activation *activation)
{
	size_t differs = values_count(&runtime->values, VALUE_DIFFERS);

	if (differs > activation->out_of_reach)
		report_message(context->report, SEVERITY_WARNING,
			       "%zu value%s not active: run \"conntrack-persist check\" to see "
			       "which, because another source has set %s since",
			       differs, differs == 1 ? " is" : "s are",
			       differs == 1 ? "it" : "them");
}

/*
 * Reports what install could not correct and returns the exit status that check would have. Files
 * of other programs are named and never edited.
 */
static enum exit_code report_uncorrected(struct context *context, const struct host_state *found,
					 const struct activation *activation, bool changed)
{
	struct verdict verdict = {0};
	enum exit_code code = verdict_reach(context, found, &verdict);

	if (code != EXIT_DONE)
		return code;
	say_inactive(context, &found->live, activation);
	if (found->comparison.plan.mode == MODE_TUNE)
		say_what_is_left(context, activation, &verdict, changed);
	else if (changed && !verdict.masked)
		disable_say_limits(context, &found->comparison);
	if (changed)
		writers_say_others(context, &found->writers);
	if (verdict.breaks)
		report_say(context->report,
			   "Something on this host will fail at the next boot: see the warnings.");
	if (verdict.unsure)
		report_say(context->report, "It is not known whether %s: see the warnings.",
			   found->comparison.plan.mode == MODE_TUNE
				   ? "another source overrides the values"
				   : "anything on this host needs nf_conntrack");
	report_say_without_root(context->report);
	return verdict.unsure ? EXIT_DIFFERS : verdict_code(&verdict);
}

/* Makes the host follow. For an image there is nothing to do but to say what its files block. */
static enum exit_code follow(struct context *context, const struct comparison *comparison,
			     bool changed, struct activation *ret)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	enum exit_code code;

	if (runtime_is_wanted(context))
		return follow_up(context, comparison, changed, ret);
	code = runtime_look(context, comparison, NAMESPACES_COMPARED, &runtime);
	ret->blocked = runtime_cannot_load(&runtime);
	return code;
}

static enum exit_code carry_out(struct context *context, struct comparison *comparison,
				struct changeset *changes, bool breaks)
{
	struct activation activation = {0};
	bool changed = changes->count > 0;
	struct host_state CLEANUP(host_state_done) found = {.breaks = breaks};
	enum exit_code code, last;
	size_t removed = 0;

	if (changed) {
		code = changeset_commit(context, changes);
		if (code != EXIT_DONE)
			return code;
	}
	report_set_changed(context->report, changed);
	(void)comparison_report(context, comparison, REPORT_ACTIONS);
	report_set_state(context->report, "in-order");
	code = follow(context, comparison, changed, &activation);
	witness_follow(context, comparison);
	if (code == EXIT_DONE)
		code = disable_unload(context, comparison, &removed);
	report_set_changed(context->report, changed || activation.set > 0 || removed > 0);
	last = look_again(context, &activation, &found);
	if (code == EXIT_DONE)
		code = last;
	if (code != EXIT_DONE)
		return code;
	report_say(context->report, "%s",
		   changed || activation.set > 0 || removed > 0
			   ? "Installed and checked."
			   : "Nothing to do: every file is as configured.");
	if (changed)
		drift_timer_describe(context, comparison);
	note_initramfs(context, comparison, false);
	return report_uncorrected(context, &found, &activation, changed);
}

static int record_made(const struct lock *lock, struct manifest *manifest)
{
	int error = 0;

	for (size_t i = 0; i < lock->made.count && error == 0; i++)
		error = manifest_add_directory(manifest, lock->made.items[i]);
	return error;
}

/*
 * Refuses before anything is written, because the files alone would lower max at the next boot as
 * well.
 */
static enum exit_code refuse_lowering(struct context *context, const struct comparison *comparison)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};

	return runtime_peek(context, comparison, &runtime) ? guard_lowering(context, &runtime)
							   : EXIT_DONE;
}

/* A restoration keeps the sizes that an earlier run chose, because nobody asked for others. */
static enum sizes_choice choose_sizes(const struct context *context)
{
	return context->options->restore ? SIZES_KEEP : SIZES_RESOLVE;
}

/* A restoration leaves files of an earlier version that still work. */
static void leave_outdated(const struct context *context, struct comparison *comparison)
{
	for (size_t i = 0; context->options->restore && i < comparison->installed.path_count; i++)
		if (comparison->differences[i].state == STATE_OUTDATED)
			comparison->differences[i].action = ACTION_NONE;
}

static enum exit_code install_locked(struct context *context, const struct lock *lock)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct changeset CLEANUP(changeset_done) changes = {0};
	bool breaks = false;
	enum exit_code code;
	int error;

	code = comparison_make(context, choose_sizes(context), &comparison);
	if (code != EXIT_DONE)
		return code;
	leave_outdated(context, &comparison);
	code = comparison_refuse(context, &comparison);
	if (code == EXIT_DONE)
		code = disable_look(context, &comparison, DISABLE_IN_INSTALL, &breaks);
	if (code == EXIT_DONE)
		code = refuse_lowering(context, &comparison);
	if (code != EXIT_DONE)
		return code;
	error = changeset_sweep(context);
	if (error == 0)
		error = record_made(lock, &comparison.manifest);
	if (error == 0)
		error = before_record(context, &comparison);
	if (error == 0)
		error = collect(context, &comparison, &changes);
	if (error < 0) {
		report_errno(context, "prepare", "the files", error);
		return EXIT_FAILED;
	}
	report_plan(context->report, &comparison.plan);
	return carry_out(context, &comparison, &changes, breaks);
}

/*
 * Looks before the lock is taken, so that an unconfigured host gets no directory or lock of ours.
 * Returns EXIT_REFUSED if sizes of an earlier version would be removed.
 */
static enum exit_code find_unconfigured(struct context *context, bool *ret)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	enum exit_code code = comparison_make_quietly(context, choose_sizes(context), &comparison);

	if (code != EXIT_DONE)
		return code;
	if (!context->options->restore && find_unchosen(context, &comparison, SEVERITY_ERROR)) {
		report_message(context->report, SEVERITY_ERROR, "nothing was changed");
		return EXIT_REFUSED;
	}
	*ret = comparison_is_unconfigured(&comparison);
	return EXIT_DONE;
}

static enum exit_code run_install(struct context *context)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	bool unconfigured = false;
	enum exit_code code;

	if (context->options->at_boot)
		return at_boot_run(context);
	if (context->options->dry_run)
		return verb_plan.run(context);
	code = find_unconfigured(context, &unconfigured);
	if (unconfigured)
		return say_unconfigured(context);
	if (code == EXIT_DONE)
		code = changeset_lock(context, &lock);
	return code == EXIT_DONE ? install_locked(context, &lock) : code;
}

const struct verb verb_install = {
	.name = "install",
	.help = "Write the files and set the live values",
	.about = "Writes the files that set your values at every load of nf_conntrack, "
		 "sets the live values now, and checks the result. Run plan first to see "
		 "what changes. Needs root, except with --root.",
	.examples = "  sudo conntrack-persist install\n"
		    "  conntrack-persist --root=/srv/image install\n",
	.exits = "Exit status: 0 installed, all is as configured; 1 something failed; 2 "
		 "installed, but check would report a difference; 3 refused, nothing "
		 "changed; 78 faulty configuration.",
	.run = run_install,
	.flags = VERB_CHANGES | VERB_DRY_RUN | VERB_FORCE | VERB_NO_LIVE | VERB_AT_BOOT |
		 VERB_RESTORE,
};
