/* The list of file changes that a doing verb hands to the tree, with the texts it owns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/changeset.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "steps/error-words.h"

/* The number of edited copies of one file that are kept, so that a search for a free name ends. */
#define COPIES_MAX 1000U

int changeset_new(size_t room, struct changeset *ret)
{
	struct changeset changes = {
		.items = calloc(room, sizeof(*changes.items)),
		.looked = calloc(room, sizeof(*changes.looked)),
	};

	if (!changes.items || !changes.looked) {
		changeset_done(&changes);
		return -ENOMEM;
	}
	*ret = changes;
	return 0;
}

void changeset_done(struct changeset *changes)
{
	for (size_t i = 0; i < changes->looked_count; i++) {
		free(changes->looked[i].path);
		observed_file_clear(&changes->looked[i].file);
	}
	free(changes->looked);
	free(changes->items);
	*changes = (struct changeset){0};
}

void changeset_add(struct changeset *changes, const struct file_change *change)
{
	changes->items[changes->count++] = *change;
}

int changeset_look(struct changeset *changes, const struct tree *tree, const char *path,
		   struct looked_at **ret)
{
	struct looked_at looked = {.path = strdup(path)};
	int error;

	if (!looked.path)
		return -ENOMEM;
	error = tree_look(tree, path, FILE_SIZE_MAX, &looked.file);
	if (error < 0) {
		free(looked.path);
		return error;
	}
	changes->looked[changes->looked_count] = looked;
	*ret = &changes->looked[changes->looked_count++];
	return 0;
}

void changeset_add_like(struct changeset *changes, const char *path,
			const struct observed_file *like, const struct observed_file *seen)
{
	bool link = like->kind == FILE_SYMLINK || like->kind == FILE_MASKED;

	changeset_add(changes, &(struct file_change){
				       .kind = link ? CHANGE_LINK : CHANGE_WRITE,
				       .path = path,
				       .mode = like->mode,
				       .uid = like->uid,
				       .gid = like->gid,
				       .bytes = like->bytes,
				       .size = like->size,
				       .seen = seen,
			       });
}

bool changeset_is_copy(const struct observed_file *copy, const struct observed_file *of)
{
	/* The modes are compared without the set-id bits, because a copy is made without them. */
	return copy->kind == of->kind && (copy->mode & 0777) == (of->mode & 0777) &&
	       copy->uid == of->uid && copy->gid == of->gid && copy->size == of->size &&
	       copy->bytes && of->bytes && memcmp(copy->bytes, of->bytes, of->size) == 0;
}

int changeset_find_copy(struct changeset *changes, const struct tree *tree,
			const struct file_difference *difference, const struct looked_at **ret)
{
	for (unsigned int number = 0; number < COPIES_MAX; number++) {
		char *CLEANUP(free_pointer) copy = NULL;
		struct looked_at *looked = NULL;
		int error = artifact_format_copy_path(difference->path, number, &copy);

		if (error == 0)
			error = changeset_look(changes, tree, copy, &looked);
		if (error < 0)
			return error;
		if (looked && (looked->file.kind == FILE_ABSENT ||
			       changeset_is_copy(&looked->file, difference->seen))) {
			*ret = looked;
			return 0;
		}
		/* Frees the slot for the next attempt. */
		changes->looked_count--;
		free(steal_pointer(&changes->looked[changes->looked_count].path));
		observed_file_clear(&changes->looked[changes->looked_count].file);
	}
	return -EEXIST;
}

int changeset_keep(struct context *context, struct changeset *changes,
		   const struct file_difference *difference, const char **ret_copy)
{
	const struct looked_at *copy = NULL;
	int error = changeset_find_copy(changes, context->tree, difference, &copy);

	if (error < 0)
		return error;
	if (copy->file.kind == FILE_ABSENT)
		changeset_add_like(changes, copy->path, difference->seen, &copy->file);
	*ret_copy = copy->path;
	report_message(context->report, SEVERITY_WARNING, "%s%s was %s; a copy %s kept as %s%s",
		       tree_prefix(context->tree), difference->path,
		       file_state_describe(difference->state),
		       context->options->dry_run ? "would be" : "is", tree_prefix(context->tree),
		       *ret_copy);
	return 0;
}

int changeset_sweep(struct context *context)
{
	static const char *const manifest[] = {PATH_MANIFEST};
	int error = tree_sweep(context->tree, artifact_paths, artifact_path_count);

	if (error == 0)
		error = tree_sweep(context->tree, manifest, ARRAY_SIZE(manifest));
	return error < 0 ? error : tree_sweep_directory(context->tree, PATH_REPLACED);
}

static void warn_unlabelled(struct context *context)
{
	const char *path = tree_unlabelled(context->tree);

	if (path)
		report_message(
			context->report, SEVERITY_WARNING,
			"%s does not have the label that SELinux's policy has for it, which would "
			"matter in enforcing mode; \"restorecon -RFv /etc /var/lib\" sets it",
			path);
}

enum exit_code changeset_commit(struct context *context, const struct changeset *changes)
{
	struct change_failure failure = {0};
	struct buffer CLEANUP(buffer_clear) path = {0};
	int error;

	/*
	 * A signal is looked for here for the last time, because from here on the run would have to
	 * put files back.
	 */
	if (signals_pending()) {
		report_interruption(context);
		return EXIT_FAILED;
	}
	error = tree_commit(context->tree, changes->items, changes->count, &failure);
	if (error == 0) {
		warn_unlabelled(context);
		return EXIT_DONE;
	}
	buffer_printf(&path, "%s%s", tree_prefix(context->tree),
		      failure.path ? failure.path : "the files");
	report_errno(context, failure.operation ? failure.operation : "change",
		     path.data ? path.data : "a file", error);
	if (failure.put_back)
		report_message(
			context->report, SEVERITY_ERROR,
			"nothing was changed: the files that had been written were restored");
	else
		report_message(context->report, SEVERITY_ERROR,
			       "%s%s could not be put back; run %s again when the cause is removed",
			       tree_prefix(context->tree),
			       failure.left_path ? failure.left_path : "a file",
			       report_style(context->report)->verb);
	return EXIT_FAILED;
}

enum exit_code changeset_use_labels(struct context *context)
{
	int error = tree_use_labels(context->tree);

	if (error == 0)
		return EXIT_DONE;
	report_errno(context, "read", "the labels of SELinux's policy", error);
	return EXIT_FAILED;
}

enum exit_code changeset_lock(struct context *context, struct lock *ret)
{
	enum exit_code code = comparison_refuse_loose(context, PATH_STATE "/" LOCK_NAME);

	if (code != EXIT_DONE)
		report_message(context->report, SEVERITY_ERROR, "nothing was changed");
	else
		code = changeset_use_labels(context);
	return code == EXIT_DONE ? lock_take(context, PATH_STATE, ret) : code;
}
