/*
 * Reads files that others wrote, within bounds, and notes by name the files that it did not read.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/reading.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "gather/foreign-files.h"
#include "model/plan/artifact.h"

static void note_unread(const struct reading *reading, const char *path, int error,
			const char *reason, bool root_only)
{
	const struct gathering *gathering = reading->gathering;
	struct buffer CLEANUP(buffer_clear) name = {0};

	buffer_printf(&name, "%s%s", tree_prefix(gathering->tree), path);
	if (!name.data) {
		gathering->unread->out_of_memory = true;
		return;
	}
	unread_add(gathering->unread, &(struct unread_source){.kind = UNREAD_FILE,
							      .name = name.data,
							      .reason = reason,
							      .error = error,
							      .root_only = root_only});
}

void reading_refuse(const struct reading *reading, const char *path, const char *reason)
{
	note_unread(reading, path, 0, reason, false);
}

void reading_fail(const struct reading *reading, const char *path, int error)
{
	const struct gathering *gathering = reading->gathering;
	/*
	 * The unit of the timer has no capability, so that its root may not read what belongs to
	 * another user.
	 */
	bool root_only = reading->of_program && (error == -EACCES || error == -EPERM) &&
			 (!kernel_may_change(gathering->kernel) || gathering->sandbox);

	/* Our own files are compared with the plan, which reports their state. */
	if (artifact_is_read_at(path))
		return;
	note_unread(reading, path, error,
		    error == -EFBIG ? "larger than 4 MiB; split it into smaller files" : NULL,
		    root_only);
}

static void pass_bound(struct reading *reading, const char *path, const char *bound)
{
	char reason[256];

	(void)snprintf(reason, sizeof(reason),
		       "%s of %s were read before it, and the program reads no more; remove files "
		       "that you do not need",
		       bound, reading->kind);
	reading_refuse(reading, path, reason);
	reading->full = true;
}

/* ENOTDIR: a directory above the path is a file. */
bool reading_is_none(int error)
{
	return error == -ENOENT || error == -ENOLINK || error == -EISDIR || error == -ENOTDIR;
}

int reading_count_file(struct reading *reading, const char *path)
{
	if (reading->full)
		return 0;
	if (reading->files == READING_FILES_MAX) {
		pass_bound(reading, path, "10,000 files");
		return 0;
	}
	reading->files++;
	return 1;
}

static size_t limit_of(const struct reading *reading)
{
	size_t left = READING_BYTES_MAX - reading->bytes;

	return left < FILE_SIZE_MAX ? left : FILE_SIZE_MAX;
}

/* Counts what was read, or notes why it was not. error: what the tree returned. -ENOMEM. */
static int finish_file(struct reading *reading, const char *path, int error, size_t size)
{
	size_t limit = limit_of(reading);

	if (error == 0) {
		reading->bytes += size;
		return 0;
	}
	if (error == -ENOMEM || reading_is_none(error))
		return error == -ENOMEM ? error : 0;
	if (error == -EFBIG && limit < FILE_SIZE_MAX) {
		pass_bound(reading, path, "16 MiB");
		return 0;
	}
	/* The whole limit counts, because a file without a size may have been read up to it. */
	if (error == -EFBIG)
		reading->bytes += limit;
	reading_fail(reading, path, error);
	return 0;
}

/* Returns what an earlier step of this run has read, or NULL. */
static const struct kept_text *find_kept(const struct kept_texts *texts,
					 const struct reading *reading, const char *path)
{
	const struct kept_text *kept = reading->is_held ? NULL : kept_texts_find(texts, path);

	return kept && kept->size <= limit_of(reading) ? kept : NULL;
}

/* Our own files are not kept, because this run may write them. */
static void keep_text(struct kept_texts *texts, const struct reading *reading,
		      const struct kept_text *text)
{
	if (!reading->is_held && !artifact_is_recorded(text->path) &&
	    !artifact_is_of_boot(text->path))
		kept_texts_keep(texts, text);
}

static int copy_kept(struct reading *reading, const struct kept_text *kept, char **ret)
{
	reading->bytes += kept->size;
	return kept_text_copy(kept, ret);
}

int reading_file(struct reading *reading, const char *path, char **ret)
{
	struct kept_texts *texts = &reading->gathering->files->texts;
	const struct kept_text *kept;
	size_t size = 0;
	int error;

	if (reading_count_file(reading, path) == 0)
		return 0;
	kept = find_kept(texts, reading, path);
	if (kept)
		return copy_kept(reading, kept, ret);
	error = tree_read(reading->gathering->tree, path, limit_of(reading), ret, &size);
	if (error == 0)
		keep_text(texts, reading, &(struct kept_text){path, *ret, size, false});
	return finish_file(reading, path, error, size);
}

int reading_script(struct reading *reading, const char *path, bool *ret_runs, char **ret)
{
	struct kept_texts *scripts = &reading->gathering->files->scripts;
	const struct kept_text *kept;
	mode_t mode = 0111;
	size_t size = 0;
	int error;

	if (reading_count_file(reading, path) == 0)
		return 0;
	kept = find_kept(scripts, reading, path);
	if (kept) {
		*ret_runs = kept->runs;
		return copy_kept(reading, kept, ret);
	}
	error = tree_read_script(reading->gathering->tree, path, limit_of(reading), &mode, ret,
				 &size);
	*ret_runs = (mode & 0111) != 0;
	if (error == 0)
		keep_text(scripts, reading, &(struct kept_text){path, *ret, size, *ret_runs});
	return finish_file(reading, path, error, size);
}

int reading_list(struct reading *reading, const char *folder, const char *suffix, struct names *ret)
{
	int error = tree_list(reading->gathering->tree, folder, suffix, ret);

	if (error == 0 || error == -ENOMEM)
		return error;
	reading_fail(reading, folder, error);
	*ret = (struct names){0};
	return 0;
}

int reading_paths(struct reading *reading, const char *folder, const char *suffix,
		  struct names *ret)
{
	struct names CLEANUP(names_done) names = {0};
	int error = reading_list(reading, folder, suffix, &names);

	for (size_t i = 0; i < names.count && error == 0; i++) {
		char *path = text_format("%s/%s", folder, names.items[i]);

		if (!path)
			return -ENOMEM;
		free(names.items[i]);
		names.items[i] = path;
	}
	*ret = names;
	names = (struct names){0};
	return error;
}

void reading_command_line(const struct gathering *gathering, char *ret, size_t size)
{
	const struct reading reading = {.gathering = gathering};
	int error;

	*ret = '\0';
	if (!gathering->live)
		return;
	error = kernel_read(gathering->kernel, "/proc/cmdline", ret, size);
	if (error == 0)
		return;
	*ret = '\0';
	if (error != -ENOENT)
		reading_fail(&reading, "/proc/cmdline", error);
}

void read_failure_done(struct read_failure *failure)
{
	free(failure->path);
	failure->path = NULL;
}

int read_failure_set(struct read_failure *failure, const char *prefix, const char *path, int error)
{
	struct buffer b = {0};

	buffer_printf(&b, "%s%s", prefix, path);
	read_failure_done(failure);
	return buffer_steal(&b, &failure->path, NULL) < 0 ? -ENOMEM : error;
}
