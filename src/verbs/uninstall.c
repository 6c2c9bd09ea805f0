/* The verb uninstall: removes what was installed and puts back what --force had replaced. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "model/plan/digest.h"
#include "steps/before.h"
#include "steps/changeset.h"
#include "steps/comparison.h"
#include "steps/disable.h"
#include "steps/follow-up.h"
#include "steps/initramfs-note.h"
#include "steps/last-applied.h"
#include "steps/sizes-guard.h"
#include "steps/witness.h"
#include "steps/would-change.h"
#include "verbs/verbs.h"

/*
 * A run that was killed may already have put back the file that install --force had replaced. Sets
 * *ret if the file has the content of the copy, or if the copy is gone and the file is not ours.
 * Negative errno.
 */
static int is_put_back(const struct context *context, const struct manifest_file *recorded,
		       const struct observed_file *seen, bool *ret)
{
	struct observed_file CLEANUP(observed_file_clear) copy = {0};
	int error;

	*ret = false;
	if (!recorded || !recorded->replaced)
		return 0;
	error = tree_look(context->tree, recorded->replaced, FILE_SIZE_MAX, &copy);
	if (error < 0)
		return error;
	*ret = copy.kind == FILE_ABSENT ? !digest_has_header(seen->bytes, seen->size)
					: changeset_is_copy(&copy, seen);
	return 0;
}

static enum exit_code open_session(struct context *context, struct comparison *comparison)
{
	enum exit_code code = comparison_make_empty(context, comparison);

	for (size_t i = 0; code == EXIT_DONE && i < comparison->installed.path_count; i++) {
		struct file_difference *difference = &comparison->differences[i];
		bool settled = false;
		int error = 0;

		if (difference->state == STATE_EDITED || difference->state == STATE_FOREIGN)
			error = is_put_back(
				context,
				manifest_find(&comparison->installed.manifest, difference->path),
				difference->seen, &settled);
		if (error < 0) {
			report_errno(context, "read", "the copies of what was replaced", error);
			code = EXIT_FAILED;
		}
		if (settled) {
			difference->state = STATE_FOREIGN;
			difference->action = ACTION_NONE;
			difference->needs_force = false;
		}
	}
	return code;
}

/* A foreign file lies at the path: if the copy has the same content, remove the copy. */
static int remove_copy(const struct context *context, const struct file_difference *difference,
		       struct changeset *changes)
{
	const struct looked_at *copy = NULL;
	int error = changeset_find_copy(changes, context->tree, difference, &copy);

	if (error == 0 && copy->file.kind != FILE_ABSENT)
		changeset_add(changes, &(struct file_change){.kind = CHANGE_REMOVE,
							     .path = copy->path,
							     .seen = &copy->file});
	return error;
}

/* Makes the difference one between the file on disk and the copy. */
static void plan_copy(struct file_difference *difference, struct looked_at *copy)
{
	bool there = difference->seen->kind != FILE_ABSENT;

	difference->action = there ? ACTION_UPDATE : ACTION_CREATE;
	if (!there)
		difference->state = STATE_MISSING;
	if (copy->file.kind != FILE_REGULAR)
		return;
	copy->back = (struct artifact){.path = difference->path,
				       .mode = copy->file.mode,
				       .bytes = copy->file.bytes,
				       .size = copy->file.size};
	difference->wanted = &copy->back;
}

/* Replaces our file with the copy. Negative errno. */
static int add_restored(struct context *context, const struct manifest_file *recorded,
			struct file_difference *difference, struct changeset *changes,
			bool *ret_restored)
{
	struct looked_at *copy = NULL;
	int error = changeset_look(changes, context->tree, recorded->replaced, &copy);

	if (error < 0)
		return error;
	*ret_restored = copy->file.kind != FILE_ABSENT;
	if (!*ret_restored) {
		report_message(context->report, SEVERITY_WARNING,
			       "%s%s, the copy of the replaced file, no longer exists",
			       tree_prefix(context->tree), recorded->replaced);
		return 0;
	}
	changeset_add_like(changes, difference->path, &copy->file, difference->seen);
	changeset_add(changes, &(struct file_change){.kind = CHANGE_REMOVE,
						     .path = copy->path,
						     .seen = &copy->file});
	plan_copy(difference, copy);
	if (context->options->force || !difference->needs_force)
		report_message(context->report, SEVERITY_NOTE,
			       "%s%s was put back as it was before install --force",
			       tree_prefix(context->tree), difference->path);
	return 0;
}

static int add_file(struct context *context, const struct comparison *comparison,
		    struct file_difference *difference, struct changeset *changes)
{
	const struct manifest_file *recorded =
		manifest_find(&comparison->installed.manifest, difference->path);
	bool restored = false;
	const char *copy = NULL;
	int error;

	if (difference->state == STATE_MASKED)
		return 0;
	if (difference->state == STATE_FOREIGN && difference->action == ACTION_NONE)
		return remove_copy(context, difference, changes);
	/* Only a dry run gets here with a change that is refused. */
	if (difference->needs_force && context->options->force &&
	    difference->state != STATE_UNUSABLE) {
		error = changeset_keep(context, changes, difference, &copy);
		if (error < 0)
			return error;
	}
	if (recorded && recorded->replaced) {
		error = add_restored(context, recorded, difference, changes, &restored);
		if (error < 0)
			return error;
	}
	if (!restored && difference->action == ACTION_REMOVE)
		changeset_add(changes, &(struct file_change){.kind = CHANGE_REMOVE,
							     .path = difference->path,
							     .seen = difference->seen});
	return 0;
}

/* Collects the changes and marks them in the comparison's differences. Negative errno. */
static int collect(struct context *context, struct comparison *comparison,
		   struct changeset *changes)
{
	int error = changeset_new(4 * comparison->installed.path_count + 1, changes);

	for (size_t i = 0; i < comparison->installed.path_count && error == 0; i++)
		error = add_file(context, comparison, &comparison->differences[i], changes);
	if (error == 0 && comparison->manifest_state != STATE_OK)
		changeset_add(changes,
			      &(struct file_change){.kind = CHANGE_REMOVE,
						    .path = PATH_MANIFEST,
						    .seen = &comparison->installed.manifest_file});
	return error;
}

/* error: the result of the removal; 0 and positive are success. */
static enum exit_code judge_removal(struct context *context, const char *path, int error)
{
	struct buffer CLEANUP(buffer_clear) whole = {0};

	if (error >= 0)
		return EXIT_DONE;
	buffer_printf(&whole, "%s%s", tree_prefix(context->tree), path);
	report_errno(context, "remove", whole.data ? whole.data : path, error);
	return EXIT_FAILED;
}

static enum exit_code remove_directory(struct context *context, const char *path)
{
	return judge_removal(context, path, tree_remove_directory(context->tree, path));
}

/*
 * Removes only directories that install made and that are empty. The lock's file is removed first,
 * because it lies in one of them.
 */
static enum exit_code remove_directories(struct context *context, const struct lock *lock,
					 const struct manifest *manifest)
{
	enum exit_code code = judge_removal(context, PATH_STATE "/" LOCK_NAME, lock_remove(lock));

	if (remove_directory(context, PATH_REPLACED) != EXIT_DONE)
		code = EXIT_FAILED;
	if (remove_directory(context, PATH_STATE) != EXIT_DONE)
		code = EXIT_FAILED;
	for (size_t i = manifest->directory_count; i-- > 0;)
		if (strcmp(manifest->directories[i], PATH_STATE) != 0 &&
		    remove_directory(context, manifest->directories[i]) != EXIT_DONE)
			code = EXIT_FAILED;
	return code;
}

/*
 * Names copies that stay: of an edited file, of a file whose place is disabled by a link, or of one
 * whose record is lost.
 */
static void warn_of_copies(struct context *context)
{
	struct names CLEANUP(names_done) copies = {0};

	if (tree_list(context->tree, PATH_REPLACED, "", &copies) == 0 && copies.count > 0)
		report_message(context->report, SEVERITY_WARNING,
			       "copies of replaced or edited files are still in %s%s; put back the "
			       "ones that you need",
			       tree_prefix(context->tree), PATH_REPLACED);
}

/*
 * Makes a plan with the values from before the first change. Refuses if its max is too low for the
 * tracked entries.
 */
static enum exit_code look_before(struct context *context, const struct comparison *comparison,
				  struct comparison *ret)
{
	struct runtime CLEANUP(runtime_done) runtime = {0};
	int error = before_plan(context, &comparison->installed.manifest, ret);

	if (error < 0) {
		report_errno(context, "plan", "the values of before", error);
		return EXIT_FAILED;
	}
	return context->options->live && runtime_peek(context, ret, &runtime)
		       ? guard_lowering(context, &runtime)
		       : EXIT_DONE;
}

static enum exit_code uninstall_locked(struct context *context, const struct lock *lock)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct comparison CLEANUP(comparison_done) before = {0};
	struct changeset CLEANUP(changeset_done) changes = {0};
	bool set = false;
	enum exit_code code;
	int error;

	code = open_session(context, &comparison);
	if (code == EXIT_DONE)
		code = comparison_refuse(context, &comparison);
	if (code == EXIT_DONE)
		code = look_before(context, &comparison, &before);
	if (code != EXIT_DONE)
		return code;
	error = changeset_sweep(context);
	if (error == 0)
		error = collect(context, &comparison, &changes);
	if (error < 0) {
		report_errno(context, "prepare", "the files", error);
		return EXIT_FAILED;
	}
	if (changes.count > 0) {
		code = changeset_commit(context, &changes);
		if (code != EXIT_DONE)
			return code;
	}
	code = remove_directories(context, lock, &comparison.installed.manifest);
	warn_of_copies(context);
	if (!context->options->root)
		last_applied_forget(context);
	if (changes.count > 0 && !context->options->root) {
		follow_up_stop_namespaces(context, &comparison);
		follow_up_without(context);
	}
	if (!context->options->root && witness_unload(context) != EXIT_DONE)
		code = EXIT_FAILED;
	(void)comparison_report(context, &comparison, REPORT_ACTIONS);
	if (context->options->live && code == EXIT_DONE)
		code = before_set(context, &before, &set);
	report_set_changed(context->report, changes.count > 0 || set);
	report_set_state(context->report, "in-order");
	if (code != EXIT_DONE)
		return code;
	if (changes.count == 0)
		report_say(context->report,
			   "Nothing to do: conntrack-persist has installed nothing.");
	else
		report_say(context->report,
			   context->options->root
				   ? "Removed."
				   : "Removed. A loaded nf_conntrack keeps its values until it is "
				     "loaded again, at the latest until the next boot.");
	if (!context->options->root)
		before_say(context, &before);
	note_initramfs(context, &comparison, false);
	return EXIT_DONE;
}

static enum exit_code dry_run(struct context *context)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct comparison CLEANUP(comparison_done) before = {0};
	struct changeset CLEANUP(changeset_done) changes = {0};
	enum exit_code code = open_session(context, &comparison);
	bool differs;
	int error;

	if (code == EXIT_DONE)
		code = look_before(context, &comparison, &before);
	if (code == EXIT_DONE)
		code = would_change(context, &comparison, NULL, NULL);
	if (code != EXIT_DONE)
		return code;
	error = collect(context, &comparison, &changes);
	if (error < 0) {
		report_errno(context, "prepare", "the files", error);
		return EXIT_FAILED;
	}
	differs = comparison_report(context, &comparison, REPORT_DIFFS);
	before_say(context, &before);
	report_say(
		context->report, "%s",
		differs ? "Nothing was changed; \"conntrack-persist uninstall\" carries this out."
			: "Nothing to do: conntrack-persist has installed nothing.");
	return differs ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_code run_uninstall(struct context *context)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	enum exit_code code;

	if (context->options->dry_run)
		return dry_run(context);
	code = changeset_lock(context, &lock);
	return code == EXIT_DONE ? uninstall_locked(context, &lock) : code;
}

const struct verb verb_uninstall = {
	.name = "uninstall",
	.help = "Remove what install wrote",
	.about = "Removes the files that install wrote and puts back the files that "
		 "--force replaced. The live values stay until the next load, unless you "
		 "add --live. Needs root, except with --root.",
	.examples = "  conntrack-persist --dry-run uninstall\n"
		    "  sudo conntrack-persist uninstall --live\n",
	.exits = "Exit status: 0 removed, or nothing was installed; 1 something could not "
		 "be removed; 3 refused, nothing changed.",
	.run = run_uninstall,
	.flags = VERB_CHANGES | VERB_DRY_RUN | VERB_FORCE | VERB_LIVE,
};
