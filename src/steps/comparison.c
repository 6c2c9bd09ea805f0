/*
 * Makes the comparison with which plan, check, install and uninstall begin: configuration, plan,
 * files, differences.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/comparison.h"
#include "gather/facts.h"
#include "gather/read-config.h"
#include "model/installed/manifest-before.h"
#include "model/plan/sizes.h"
#include "steps/error-words.h"

#include <errno.h>
#include <string.h>

void comparison_done(struct comparison *comparison)
{
	free(comparison->differences);
	free(comparison->manifest_bytes);
	manifest_done(&comparison->manifest);
	plan_done(&comparison->plan);
	installed_done(&comparison->installed);
	config_done(&comparison->config);
	*comparison = (struct comparison){0};
}

static enum exit_code report_read_failure(struct context *context,
					  const struct comparison *comparison,
					  struct read_failure *failure, int error)
{
	if (error == -EPROTONOSUPPORT) {
		report_message(context->report,
			       comparison->voice == VOICE_LOW ? SEVERITY_WARNING : SEVERITY_ERROR,
			       "refused: %s was written by a newer version of conntrack-persist "
			       "than this one (" PACKAGE_VERSION
			       "); use that version, also to uninstall",
			       failure->path ? failure->path : PATH_MANIFEST);
		read_failure_done(failure);
		return EXIT_REFUSED;
	}
	report_errno_as(context, comparison->voice == VOICE_LOW ? SEVERITY_WARNING : SEVERITY_ERROR,
			"read", failure->path ? failure->path : "the files", error);
	read_failure_done(failure);
	return EXIT_FAILED;
}

static void report_config_problems(struct context *context, const struct comparison *comparison,
				   struct problems *problems)
{
	/*
	 * Only warnings can have been reported before, because an error would have ended the run.
	 */
	if (comparison->voice == VOICE_AGAIN && !problems_have_error(problems))
		return;
	for (size_t i = 0; comparison->voice == VOICE_LOW && i < problems->count; i++)
		if (problems->items[i].severity == SEVERITY_ERROR)
			problems->items[i].severity = SEVERITY_WARNING;
	report_problems(context->report, "", problems);
}

static enum exit_code read_config(struct context *context, struct comparison *comparison,
				  struct problems *problems)
{
	struct read_failure failure = {0};
	int error = config_new(&comparison->config);

	if (error == 0)
		error = gather_config(context->tree, context->options->config,
				      context->options->drop_ins, &comparison->config, problems,
				      &failure);
	if (error < 0) {
		/* The other files may have errors as well, so all of them are reported. */
		report_config_problems(context, comparison, problems);
		return report_read_failure(context, comparison, &failure, error);
	}
	read_failure_done(&failure);
	config_check(&comparison->config, problems);
	return EXIT_DONE;
}

/*
 * Returns whether the files of this plan, and with them its sizes, are those that were installed.
 */
static bool is_recorded(const struct plan *plan, const struct manifest *manifest)
{
	for (size_t i = 0; i < plan->artifact_count; i++) {
		const struct artifact *artifact = &plan->artifacts[i];
		const struct manifest_file *file = manifest_find(manifest, artifact->path);

		if (!file || strcmp(file->digest, artifact->digest) != 0)
			return false;
	}
	return plan->artifact_count > 0;
}

/*
 * Installed sizes take effect at boot even if they exceed memory_limit because RAM has shrunk. The
 * errors become warnings, so that the other values are verified nevertheless.
 */
static int plan_installed(const struct plan_request *judged, struct comparison *comparison,
			  struct problems *problems)
{
	struct problems CLEANUP(problems_done) others = {0};
	struct facts facts = comparison->facts;
	struct plan_request request = *judged;
	struct plan plan = {0};
	int error;

	/* Without a figure for RAM, sizes that are a share of RAM are not checked. */
	facts.ram = 0;
	request.facts = &facts;
	error = plan_build(&request, &others, &plan);
	if (error < 0)
		return error;
	if (problems_have_error(&others) || !is_recorded(&plan, &comparison->installed.manifest)) {
		plan_done(&plan);
		return 0;
	}
	plan_done(&comparison->plan);
	comparison->plan = plan;
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].severity == SEVERITY_ERROR)
			problems->items[i].severity = SEVERITY_WARNING;
	return 0;
}

/*
 * Returns the digest of the rule that lies on disk or, if the files were not read, of the one in
 * the manifest. The result points to `buffer` or into *installed; NULL if there is none.
 */
static const char *find_rule_digest(const struct installed *installed,
				    char buffer[static DIGEST_SIZE])
{
	const struct manifest_file *recorded = manifest_find(&installed->manifest, PATH_UDEV);

	for (size_t i = 0; i < installed->path_count; i++) {
		const struct observed_file *file = &installed->paths[i].file;

		if (strcmp(installed->paths[i].path, PATH_UDEV) != 0)
			continue;
		if (file->kind != FILE_REGULAR)
			return NULL;
		digest_of(file->bytes, file->size, buffer);
		return buffer;
	}
	return recorded ? recorded->digest : NULL;
}

/* booting: installed sizes may exceed memory_limit. */
static enum exit_code make_plan(struct context *context, struct comparison *comparison,
				enum sizes_choice sizes, bool booting)
{
	struct problems CLEANUP(problems_done) problems = {0};
	char digest[DIGEST_SIZE];
	struct plan_request request = {
		.config = &comparison->config,
		.facts = &comparison->facts,
		.kept = &comparison->installed.manifest.sizes,
		.boot = &comparison->installed.boot,
		.sizes = sizes,
		.rule = find_rule_digest(&comparison->installed, digest),
		.program = PROGRAM_PATH,
	};
	enum exit_code code;
	int error;
	bool bad;

	code = read_config(context, comparison, &problems);
	if (code != EXIT_DONE)
		return code;
	gather_facts(context->kernel, context->options->root ? context->tree : NULL,
		     &comparison->facts);

	/*
	 * Sizes are checked only if the whole configuration could be read; all its errors are
	 * reported at once.
	 */
	bad = problems_have_error(&problems);
	error = plan_build(&request, &problems, &comparison->plan);
	if (error == 0 && booting && !bad && problems_have_error(&problems))
		error = plan_installed(&request, comparison, &problems);
	bad = problems_have_error(&problems);
	report_config_problems(context, comparison, &problems);
	if (error < 0) {
		report_errno(context, "make", "the plan", error);
		return EXIT_FAILED;
	}
	return bad ? EXIT_CONFIG : EXIT_DONE;
}

static int record_directories(const struct context *context, const char *path,
			      struct manifest *manifest)
{
	struct names CLEANUP(names_done) missing = {0};
	int error = tree_missing_directories(context->tree, path, &missing);

	for (size_t i = 0; i < missing.count && error == 0; i++)
		error = manifest_add_directory(manifest, missing.items[i]);
	return error;
}

static int copy_manifest(const struct manifest *from, struct manifest *to)
{
	int error = 0;

	for (size_t i = 0; i < from->file_count && error == 0; i++)
		error = manifest_put(to, from->files[i].path, from->files[i].mode,
				     from->files[i].digest[0] ? from->files[i].digest : NULL,
				     from->files[i].replaced);
	for (size_t i = 0; i < from->directory_count && error == 0; i++)
		error = manifest_add_directory(to, from->directories[i]);
	return error == 0 ? manifest_before_copy(from, to) : error;
}

/* Makes the manifest that install would write with this plan. Negative errno. */
static int plan_manifest(const struct context *context, bool resolved,
			 struct comparison *comparison)
{
	const struct sizes *sizes = &comparison->plan.sizes;
	struct manifest *manifest = &comparison->manifest;
	int error = copy_manifest(&comparison->installed.manifest, manifest);

	/* Only install rewrites files of an earlier version. */
	manifest->format = MANIFEST_FORMAT;
	if (!resolved && comparison->installed.manifest_file.kind == FILE_REGULAR)
		manifest->format = comparison->installed.manifest.format;
	for (size_t i = 0; i < comparison->installed.path_count && error == 0; i++) {
		const struct file_difference *difference = &comparison->differences[i];
		const struct artifact *wanted = difference->wanted;
		bool known = manifest_find(manifest, difference->path) != NULL;

		if (difference->state == STATE_MASKED || artifact_is_of_boot(difference->path) ||
		    (difference->state == STATE_OUTDATED && !resolved))
			continue;
		if (wanted) {
			error = manifest_put(manifest, wanted->path, wanted->mode, wanted->digest,
					     NULL);
			if (error == 0)
				error = record_directories(context, wanted->path, manifest);
		} else if (known) {
			error = manifest_put(manifest, difference->path, 0, NULL, NULL);
		}
	}
	if (error == 0 && sizes->from_ram && sizes->max && !sizes->of_boot)
		error = sizes_copy(sizes, &manifest->sizes);
	return error;
}

int comparison_format_manifest(struct comparison *comparison)
{
	free(steal_pointer(&comparison->manifest_bytes));
	return manifest_format(&comparison->manifest, &comparison->manifest_bytes,
			       &comparison->manifest_size);
}

static void judge_manifest(struct comparison *comparison)
{
	const struct observed_file *seen = &comparison->installed.manifest_file;

	comparison->manifest_state = STATE_DIFFERS;
	if (seen->kind == FILE_ABSENT)
		comparison->manifest_state = STATE_MISSING;
	else if (seen->kind != FILE_REGULAR)
		comparison->manifest_state = STATE_UNUSABLE;
	else if (seen->bytes && comparison->manifest_bytes &&
		 seen->size == comparison->manifest_size &&
		 memcmp(seen->bytes, comparison->manifest_bytes, seen->size) == 0)
		comparison->manifest_state = STATE_OK;
}

static int compare_with_plan(const struct context *context, const struct plan *plan,
			     struct comparison *comparison)
{
	comparison->differences =
		calloc(comparison->installed.path_count + 1, sizeof(*comparison->differences));
	if (!comparison->differences)
		return -ENOMEM;
	compare_files(plan, &comparison->installed.manifest, comparison->installed.paths,
		      comparison->installed.path_count,
		      context->options->root == NULL && kernel_owns_files(context->kernel),
		      comparison->differences);
	return 0;
}

/* unrecorded: says what an unusable manifest means for this run. */
static enum exit_code observe(struct context *context, struct comparison *comparison,
			      const char *unrecorded)
{
	struct read_failure CLEANUP(read_failure_done) failure = {0};
	int error = gather_installed(context->tree, &comparison->installed, &failure);

	if (error < 0)
		return report_read_failure(context, comparison, &failure, error);
	report_problems(context->report, tree_prefix(context->tree),
			&comparison->installed.problems);
	if (comparison->installed.manifest_broken && comparison->voice != VOICE_AGAIN)
		report_message(context->report, SEVERITY_WARNING,
			       "%s%s cannot be understood; the program recognises its files by "
			       "their own checksums, and %s",
			       tree_prefix(context->tree), PATH_MANIFEST, unrecorded);
	return EXIT_DONE;
}

/*
 * Keeps the sizes that this boot has chosen if /etc or PATH_STATE is read-only, because install
 * could not write others; else returns `sizes`.
 */
static enum sizes_choice choose_sizes(const struct context *context,
				      const struct installed *installed, enum sizes_choice sizes)
{
	bool stay = sizes == SIZES_RESOLVE && installed->boot.inputs &&
		    (tree_is_read_only(context->tree, "/etc") ||
		     tree_is_read_only(context->tree, PATH_STATE));

	return stay ? SIZES_KEEP : sizes;
}

static enum exit_code open_session(struct context *context, enum sizes_choice sizes,
				   enum comparison_voice voice, struct comparison *ret)
{
	struct comparison comparison = {.voice = voice};
	enum exit_code code;
	int error;

	/* The manifest is read first, because the plan may keep the sizes of an earlier run. */
	code = observe(context, &comparison, "install writes it again");
	if (code == EXIT_DONE)
		code = make_plan(context, &comparison,
				 choose_sizes(context, &comparison.installed, sizes), false);
	if (code != EXIT_DONE) {
		comparison_done(&comparison);
		return code;
	}
	error = compare_with_plan(context, &comparison.plan, &comparison);
	if (error == 0)
		error = plan_manifest(context, sizes == SIZES_RESOLVE, &comparison);
	if (error == 0)
		error = comparison_format_manifest(&comparison);
	if (error < 0) {
		report_errno(context, "compare", "the files", error);
		comparison_done(&comparison);
		return EXIT_FAILED;
	}
	judge_manifest(&comparison);
	*ret = comparison;
	return EXIT_DONE;
}

static enum exit_code make_plan_alone(struct context *context, enum comparison_voice voice,
				      struct comparison *ret)
{
	struct read_failure CLEANUP(read_failure_done) failure = {0};
	struct comparison comparison = {.voice = voice};
	enum exit_code code;
	int error = gather_manifest(context->tree, &comparison.installed, &failure);

	if (error < 0)
		return report_read_failure(context, &comparison, &failure, error);
	code = make_plan(context, &comparison, SIZES_KEEP, true);
	if (code != EXIT_DONE) {
		comparison_done(&comparison);
		return code;
	}
	*ret = comparison;
	return EXIT_DONE;
}

enum exit_code comparison_make_plan(struct context *context, struct comparison *ret)
{
	return make_plan_alone(context, VOICE_FULL, ret);
}

enum exit_code comparison_make_plan_quietly(struct context *context, struct comparison *ret)
{
	return make_plan_alone(context, VOICE_AGAIN, ret);
}

bool comparison_is_installed(const struct context *context, const struct comparison *comparison)
{
	struct read_failure CLEANUP(read_failure_done) failure = {0};
	struct comparison CLEANUP(comparison_done) files = {0};
	int error = gather_installed(context->tree, &files.installed, &failure);

	if (error == 0)
		error = compare_with_plan(context, &comparison->plan, &files);
	return error < 0 || !comparison_files_differ(&files);
}

enum exit_code comparison_make(struct context *context, enum sizes_choice sizes,
			       struct comparison *ret)
{
	return open_session(context, sizes, VOICE_FULL, ret);
}

enum exit_code comparison_make_quietly(struct context *context, enum sizes_choice sizes,
				       struct comparison *ret)
{
	return open_session(context, sizes, VOICE_AGAIN, ret);
}

bool comparison_try(struct context *context, struct comparison *ret)
{
	return open_session(context, SIZES_KEEP, VOICE_LOW, ret) == EXIT_DONE;
}

enum exit_code comparison_make_empty(struct context *context, struct comparison *ret)
{
	struct comparison comparison = {0};
	enum exit_code code;
	int error;

	code = observe(context, &comparison, "no file that install --force replaced is put back");
	if (code != EXIT_DONE)
		return code;
	error = compare_with_plan(context, NULL, &comparison);
	if (error < 0) {
		report_errno(context, "compare", "the files", error);
		comparison_done(&comparison);
		return EXIT_FAILED;
	}
	comparison.manifest_state =
		comparison.installed.manifest_file.kind == FILE_ABSENT ? STATE_OK : STATE_LEFTOVER;
	*ret = comparison;
	return EXIT_DONE;
}
