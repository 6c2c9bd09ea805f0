/*
 * Refuses changes, or says that install would: files that this program did not write, directories
 * that others may write to.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/buffer.h"
#include "steps/comparison.h"

/*
 * Returns whether users other than root can write to a directory above the path, because they could
 * decide what root reads there. `words` gets the beginning of a message that the caller completes.
 * An image is not checked, because it may belong to whoever builds it.
 */
static bool is_loose(const struct context *context, const char *path, struct buffer *words)
{
	struct loose_directory loose;

	/*
	 * A directory that cannot be looked at cannot be written either; the write will report
	 * that.
	 */
	if (context->options->root || !kernel_owns_files(context->kernel) ||
	    tree_find_loose_directory(context->tree, path, &loose) <= 0)
		return false;
	if (loose.by_acl)
		buffer_printf(words,
			      "%s has an access control list (getfacl) that lets users other than "
			      "root write, so that they could replace the files there",
			      loose.name);
	else
		buffer_printf(words,
			      "%s belongs to user %u and has mode %04o, so that users other than "
			      "root could replace the files there",
			      loose.name, (unsigned int)loose.uid, (unsigned int)loose.mode);
	free(loose.name);
	return true;
}

enum exit_code comparison_refuse_loose(struct context *context, const char *path)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	bool force = context->options->force;

	if (!is_loose(context, path, &words))
		return EXIT_DONE;
	report_message(context->report, force ? SEVERITY_WARNING : SEVERITY_ERROR,
		       "%s%s; make root its owner and only writer (chown 0:0, chmod go-w)%s",
		       force ? "" : "refused: ", words.data ? words.data : path,
		       force ? "" : ", or use --force");
	return force ? EXIT_DONE : EXIT_REFUSED;
}

/*
 * Names only the first one, because the paths share their parents. The manifest's directory was
 * checked before the lock was taken.
 */
static enum exit_code refuse_loose_directories(struct context *context,
					       const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		if (difference->wanted && difference->action != ACTION_NONE &&
		    comparison_refuse_loose(context, difference->path) != EXIT_DONE)
			return EXIT_REFUSED;
	}
	return EXIT_DONE;
}

/* Returns whether the change needs --force or cannot be made at all. */
static bool is_refused(const struct context *context, const struct file_difference *difference)
{
	return difference->needs_force &&
	       (!context->options->force || difference->state == STATE_UNUSABLE);
}

/* Returns the verb that would refuse; a plan shows what install would do. */
static const char *name_refuser(const struct context *context)
{
	const char *verb = report_style(context->report)->verb;

	return strcmp(verb, "uninstall") == 0 ? verb : "install";
}

/*
 * Warns if a run without --force would refuse because of the directory. Returns whether it would.
 */
static bool warn_of_loose_directory(struct context *context, const char *path)
{
	struct buffer CLEANUP(buffer_clear) words = {0};

	if (context->options->force || !is_loose(context, path, &words))
		return false;
	report_message(context->report, SEVERITY_WARNING,
		       "%s; %s refuses to write to it without --force",
		       words.data ? words.data : path, name_refuser(context));
	return true;
}

static void warn_of_refusal(struct context *context, const char *path, enum file_state state)
{
	report_message(context->report, SEVERITY_WARNING, "%s%s is %s; %s refuses to touch it%s",
		       tree_prefix(context->tree), path, file_state_describe(state),
		       name_refuser(context),
		       state == STATE_UNUSABLE ? "" : " without --force, which keeps a copy");
}

bool comparison_is_refused(struct context *context, const struct comparison *comparison)
{
	bool refused = comparison->manifest_state == STATE_UNUSABLE;

	if (refused)
		warn_of_refusal(context, PATH_MANIFEST, STATE_UNUSABLE);
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		if (!is_refused(context, difference))
			continue;
		warn_of_refusal(context, difference->path, difference->state);
		refused = true;
	}
	for (size_t i = 0; !refused && i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		refused = difference->wanted && difference->action != ACTION_NONE &&
			  warn_of_loose_directory(context, difference->path);
	}
	return refused || (comparison->manifest_state != STATE_OK &&
			   warn_of_loose_directory(context, PATH_MANIFEST));
}

enum exit_code comparison_refuse(struct context *context, const struct comparison *comparison)
{
	enum exit_code code = EXIT_DONE;

	if (comparison->manifest_state == STATE_UNUSABLE) {
		report_message(context->report, SEVERITY_ERROR, "refused: %s%s is %s",
			       tree_prefix(context->tree), PATH_MANIFEST,
			       file_state_describe(STATE_UNUSABLE));
		code = EXIT_REFUSED;
	}
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];
		bool unusable = difference->state == STATE_UNUSABLE;

		if (!is_refused(context, difference))
			continue;
		report_message(context->report, SEVERITY_ERROR, "refused: %s%s is %s%s",
			       tree_prefix(context->tree), difference->path,
			       file_state_describe(difference->state),
			       unusable ? ""
					: "; with --force install keeps a copy and replaces it");
		code = EXIT_REFUSED;
	}
	if (code == EXIT_DONE)
		code = refuse_loose_directories(context, comparison);
	if (code != EXIT_DONE)
		report_message(context->report, SEVERITY_ERROR, "nothing was changed");
	return code;
}
