/*
 * Runs install --at-boot: chooses automatic sizes when an image boots, or when the machine's RAM
 * has changed.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/sizes-at-boot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "model/plan/plan-sizes.h"
#include "model/runtime/load-blockers.h"
#include "steps/changeset.h"
#include "steps/comparison.h"
#include "steps/drift-timer.h"
#include "steps/error-words.h"

/*
 * Warns before the kernel refuses the table, because the kernel's message comes later and names no
 * remedy.
 */
static enum exit_code judge_memory(struct context *context, const struct comparison *comparison)
{
	struct problems CLEANUP(problems_done) problems = {0};
	bool blocked = load_judge_memory(&comparison->plan, &comparison->facts, &problems);
	char buckets[64];
	const char *fields[] = {buckets};

	(void)snprintf(buckets, sizeof(buckets), "CONNTRACK_PERSIST_HASHSIZE=%" PRIu64,
		       comparison->plan.sizes.hashsize);
	for (size_t i = 0; i < problems.count; i++)
		report_event(context->report, blocked ? SEVERITY_ERROR : SEVERITY_WARNING,
			     JOURNAL_MEMORY,
			     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
			     "%s", problems.items[i].text);
	return blocked || problems.out_of_memory ? EXIT_FAILED : EXIT_DONE;
}

/*
 * Returns whether the files in /etc are as they were installed; any other difference is left to the
 * administrator's install.
 */
static bool is_as_installed(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (file_differs(&comparison->differences[i]) &&
		    !artifact_is_of_boot(comparison->differences[i].path))
			return false;
	return true;
}

static void add_files(const struct comparison *comparison, struct changeset *changes)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];
		const struct artifact *wanted = difference->wanted;

		if (difference->action == ACTION_NONE || difference->needs_force)
			continue;
		if (difference->state == STATE_OUTDATED &&
		    comparison->manifest.format < MANIFEST_FORMAT)
			continue;
		changeset_add(changes, &(struct file_change){
					       .kind = wanted ? CHANGE_WRITE : CHANGE_REMOVE,
					       .path = difference->path,
					       .mode = wanted ? wanted->mode : 0,
					       .uid = (uid_t)-1,
					       .gid = (gid_t)-1,
					       .bytes = wanted ? wanted->bytes : NULL,
					       .size = wanted ? wanted->size : 0,
					       .seen = difference->seen,
				       });
	}
}

static void report_sizes(struct context *context, const struct comparison *comparison,
			 const char *where)
{
	const struct sizes *sizes = &comparison->plan.sizes;
	char max[64], hashsize[64], ram[64];
	const char *fields[] = {max, hashsize, ram};

	(void)snprintf(max, sizeof(max), "CONNTRACK_PERSIST_MAX=%" PRIu64, sizes->max);
	(void)snprintf(hashsize, sizeof(hashsize), "CONNTRACK_PERSIST_HASHSIZE=%" PRIu64,
		       sizes->hashsize);
	(void)snprintf(ram, sizeof(ram), "CONNTRACK_PERSIST_RAM=%" PRIu64, sizes->ram);
	report_event(context->report, SEVERITY_NOTE, JOURNAL_SIZES,
		     &(struct journal_fields){.texts = fields, .count = ARRAY_SIZE(fields)},
		     "max = %" PRIu64 " and hashsize = %" PRIu64 " for %s of RAM, written below %s",
		     sizes->max, sizes->hashsize, text_amount(sizes->ram).text, where);
	report_set_changed(context->report, true);
}

/*
 * Writes the files to /etc with the manifest, as install does. Negative errno: nothing was changed.
 * *ret_code is not EXIT_DONE if there is nothing to write, because the configuration refuses the
 * sizes for this RAM, or because files could not be read; that has been reported.
 */
static int write_lasting(struct context *context, enum exit_code *ret_code)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct changeset CLEANUP(changeset_done) changes = {0};
	struct change_failure failure = {0};
	int error;

	*ret_code = comparison_make_quietly(context, SIZES_RESOLVE, &comparison);
	if (*ret_code != EXIT_DONE)
		return 0;
	error = changeset_new(comparison.installed.path_count + 1, &changes);
	if (error < 0)
		return error;
	add_files(&comparison, &changes);
	changeset_add(&changes, &(struct file_change){
					.kind = CHANGE_WRITE,
					.path = PATH_MANIFEST,
					.mode = ARTIFACT_MODE,
					.uid = (uid_t)-1,
					.gid = (gid_t)-1,
					.bytes = comparison.manifest_bytes,
					.size = comparison.manifest_size,
					.seen = &comparison.installed.manifest_file,
				});
	error = tree_commit(context->tree, changes.items, changes.count, &failure);
	if (error == 0)
		report_sizes(context, &comparison, "/etc");
	return error;
}

static enum exit_code write_for_boot(struct context *context, const struct comparison *comparison)
{
	struct changeset CLEANUP(changeset_done) changes = {0};
	enum exit_code code;
	int error = changeset_new(comparison->installed.path_count, &changes);

	if (error < 0) {
		report_errno(context, "prepare", "the files", error);
		return EXIT_FAILED;
	}
	add_files(comparison, &changes);
	if (changes.count == 0)
		return EXIT_DONE;
	code = changeset_commit(context, &changes);
	if (code == EXIT_DONE)
		report_sizes(context, comparison, "/run");
	return code;
}

/*
 * installed: there is a manifest. Without one /var may not be mounted yet, so nothing may be
 * written below it.
 */
static enum exit_code choose_sizes(struct context *context, bool installed)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	enum exit_code code = comparison_make_quietly(context, SIZES_OF_BOOT, &comparison);
	int error = -EROFS;

	if (code != EXIT_DONE)
		return code;
	if (!is_as_installed(&comparison)) {
		/* Without the record nobody knows who chose the sizes in the files. */
		if (installed)
			report_message(
				context->report, SEVERITY_WARNING,
				"the sizes were not changed, because the files are not as "
				"configured; \"conntrack-persist plan\" shows the differences");
		return EXIT_DONE;
	}
	if (installed)
		error = write_lasting(context, &code);
	if (error == 0) {
		if (code != EXIT_DONE)
			report_message(context->report, SEVERITY_WARNING,
				       "the sizes were not changed and are still those chosen for "
				       "other RAM: see the message above");
		return code;
	}
	if (error != -EROFS)
		report_errno(context, "write", "the sizes where they last", error);
	if (comparison.plan.sizes.of_boot)
		return write_for_boot(context, &comparison);
	report_message(context->report, SEVERITY_WARNING,
		       "the sizes were not changed and are still those chosen for other RAM, "
		       "because the files cannot be written here");
	return error == -EROFS ? EXIT_DONE : EXIT_FAILED;
}

/* Takes the lock of install if there is a place for it, else the lock below /run. */
static enum exit_code choose_locked(struct context *context, bool installed)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	bool lasting = installed && !tree_is_read_only(context->tree, PATH_STATE);
	enum exit_code code;

	if (lasting)
		code = changeset_lock(context, &lock);
	else
		code = changeset_use_labels(context);
	if (code == EXIT_DONE && !lasting)
		code = lock_take(context, PATH_RUNTIME, &lock);
	return code == EXIT_DONE ? choose_sizes(context, installed) : code;
}

enum exit_code at_boot_run(struct context *context)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	enum exit_code code = comparison_make_plan(context, &comparison), last;

	if (code != EXIT_DONE)
		return code;
	report_set_changed(context->report, false);
	report_set_state(context->report, "in-order");
	code = judge_memory(context, &comparison);
	if (!plan_sizes_are_due(&comparison.plan.sizes, &comparison.installed.manifest.sizes,
				&comparison.facts))
		return code;
	last = choose_locked(context, comparison.installed.manifest_file.kind == FILE_REGULAR);
	return code == EXIT_DONE ? last : code;
}
