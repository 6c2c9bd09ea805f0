/* The second half of a transaction: give every new file its place, or put back how it was. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>

#include "base/text.h"
#include "host/files/rename.h"
#include "host/files/tree-transaction.h"

static void transaction_done(struct transaction *t)
{
	for (size_t i = 0; i < t->count; i++) {
		place_done(&t->jobs[i].place);
		close_descriptor(&t->jobs[i].staged);
	}
	for (size_t i = 0; i < t->directory_count; i++)
		close_descriptor(&t->directories[i].fd);
	for (size_t i = 0; i < t->made_count; i++)
		place_done(&t->made[i]);
	free(t->jobs);
	free(t->directories);
	free(t->made);
}

static int rename_at(const struct tree_job *job, const char *from, const char *to,
		     unsigned int flags)
{
	return rename_flags(job->place.directory, from, to, flags) < 0 ? -errno : 0;
}

static int link_at(const struct tree_job *job, const char *from, const char *to)
{
	int directory = job->place.directory;

	return linkat(directory, from, directory, to, 0) < 0 ? -errno : 0;
}

static void unlink_at(const struct tree_job *job, const char *name)
{
	(void)unlinkat(job->place.directory, name, 0);
}

/*
 * Returns whether the errno is one with which file systems, old kernels and filters of system calls
 * refuse the flags of renameat2(2).
 */
static bool lacks_flags(int error)
{
	return error == -EINVAL || error == -ENOSYS || error == -EPERM;
}

static bool is_free(const struct tree_job *job, const char *name)
{
	struct stat status;

	return fstatat(job->place.directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == ENOENT;
}

/* Gives a file a name that must be free. */
static int move_to_free(const struct tree_job *job, const char *from, const char *to)
{
	int error = rename_at(job, from, to, RENAME_NOREPLACE);

	if (!lacks_flags(error))
		return error;
	error = link_at(job, from, to);
	/*
	 * A directory that was removed at the last moment cannot have a second link, so it is
	 * renamed.
	 */
	if (error == -EPERM && is_free(job, to))
		return rename_at(job, from, to, 0);
	if (error == 0)
		unlink_at(job, from);
	return error;
}

/*
 * Checks that the temporary name still has the file that this run staged. The file of another run
 * must not take the place, because that file may still be empty. -ESTALE: the name has another
 * file, or none.
 */
static int verify_staged(const struct tree_job *job)
{
	struct stat now;

	if (fstatat(job->place.directory, job->temporary, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? -ESTALE : -errno;
	return now.st_dev == job->device && now.st_ino == job->inode ? 0 : -ESTALE;
}

/* The old file stays reachable under a second name, and its place is never empty. */
static int replace_without_exchange(struct tree_job *job)
{
	int error;

	unlink_at(job, job->old);
	error = link_at(job, job->place.name, job->old);
	if (error < 0)
		return error;
	job->old_apart = true;
	/*
	 * A file that another process puts here between this check and the rename is lost; no
	 * system call can prevent that.
	 */
	error = job_verify(job, job->place.name, true);
	if (error == 0)
		error = verify_staged(job);
	return error < 0 ? error : rename_at(job, job->temporary, job->place.name, 0);
}

static int take_place(struct tree_job *job)
{
	int error;

	/* Every file under the temporary name belongs to this program. */
	if (job->change->kind == CHANGE_REMOVE)
		return rename_at(job, job->place.name, job->temporary, 0);
	error = verify_staged(job);
	if (error < 0)
		return error;
	if (!job_was_there(job))
		return move_to_free(job, job->temporary, job->place.name);
	error = rename_at(job, job->temporary, job->place.name, RENAME_EXCHANGE);
	return lacks_flags(error) ? replace_without_exchange(job) : error;
}

static const char *old_name(const struct tree_job *job)
{
	return job->old_apart ? job->old : job->temporary;
}

static int publish(struct tree_job *job)
{
	int error = take_place(job);

	/* A file has appeared where there was none, or has gone. */
	if (error == -EEXIST || error == -ENOENT)
		return -ESTALE;
	if (error < 0)
		return error;
	job->published = true;
	/*
	 * The rename removed an edit of the last moment; the edit comes back when everything is
	 * put back.
	 */
	return job_was_there(job) ? job_verify(job, old_name(job), true) : 0;
}

static int restore(const struct tree_job *job)
{
	const char *name = job->place.name;
	struct stat now;
	int error;

	if (fstatat(job->place.directory, name, &now, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return -errno;
		return job_was_there(job) ? move_to_free(job, old_name(job), name) : 0;
	}
	/* Another process has put a file there, which must not be lost either. */
	if (now.st_dev != job->device || now.st_ino != job->inode)
		return -ESTALE;
	if (!job_was_there(job))
		return unlinkat(job->place.directory, name, 0) < 0 ? -errno : 0;
	/* The names are exchanged, because a directory may have come out in between. */
	error = rename_at(job, old_name(job), name, RENAME_EXCHANGE);
	return lacks_flags(error) ? rename_at(job, old_name(job), name, 0) : error;
}

static int put_back(const struct tree_job *job)
{
	int error = job->published ? restore(job) : 0;

	if (error < 0)
		return error;
	if (job->staged >= 0 && verify_staged(job) == 0)
		unlink_at(job, job->temporary);
	if (job->old_apart)
		unlink_at(job, job->old);
	return 0;
}

/* Syncs the directories that have changes, except one; NULL: all of them. */
static int sync_directories(const struct transaction *t, const struct directory *but,
			    struct change_failure *failure)
{
	int result = 0;

	for (size_t i = 0; i < t->directory_count; i++) {
		struct directory *directory = &t->directories[i];

		if (directory == but || !directory->dirty)
			continue;
		/* EINVAL means that this file system has nothing to sync. */
		if (fsync(directory->fd) == 0 || errno == EINVAL) {
			directory->dirty = false;
		} else if (result == 0) {
			result = -errno;
			failure->path = directory->path;
			failure->operation = "sync the directory of";
		}
	}
	return result;
}

static void roll_back(const struct transaction *t, struct change_failure *failure)
{
	struct change_failure ignored;

	failure->put_back = true;
	for (size_t i = 0; i < t->directory_count; i++)
		t->directories[i].dirty = true;
	for (size_t i = t->count; i-- > 0;)
		if (put_back(&t->jobs[i]) < 0) {
			failure->put_back = false;
			failure->left_path = t->jobs[i].change->path;
		}
	for (size_t i = t->made_count; i-- > 0;)
		(void)unlinkat(t->made[i].directory, t->made[i].name, AT_REMOVEDIR);
	(void)sync_directories(t, NULL, &ignored);
}

/*
 * The new state is complete here: the next run removes old files that cannot be removed now. The
 * second sync is for the names that are removed, so that a power cut does not bring them back.
 */
static void drop_old(const struct transaction *t)
{
	struct change_failure ignored;

	for (size_t i = 0; i < t->count; i++) {
		const struct tree_job *job = &t->jobs[i];

		if (!job->published || !job_was_there(job))
			continue;
		unlink_at(job, old_name(job));
		t->directories[job->directory].dirty = true;
	}
	(void)sync_directories(t, NULL, &ignored);
}

/* Runs a step over all jobs until one fails. */
static int run_step(struct transaction *t, int (*step)(struct transaction *, struct tree_job *),
		    const char *operation, struct change_failure *failure)
{
	for (size_t i = 0; i < t->count; i++) {
		int error = step(t, &t->jobs[i]);

		if (error < 0) {
			failure->path = t->jobs[i].change->path;
			failure->operation = operation;
			return error;
		}
	}
	return 0;
}

/*
 * Publishes in the order of the changes, even if they lie in several directories: a file is not
 * replaced before its copy is on the disk, and the copy stays until the file is put back.
 */
static int publish_all(struct transaction *t, struct change_failure *failure)
{
	for (size_t i = 0; i < t->count; i++) {
		struct tree_job *job = &t->jobs[i];
		int error;

		if (job_is_nothing(job))
			continue;
		error = sync_directories(t, &t->directories[job->directory], failure);
		if (error < 0)
			return error;
		t->directories[job->directory].dirty = true;
		error = publish(job);
		if (error < 0) {
			failure->path = job->change->path;
			failure->operation = "replace";
			return error;
		}
	}
	return sync_directories(t, NULL, failure);
}

static int run_all(struct transaction *t, struct change_failure *failure)
{
	int error = run_step(t, job_check, "change", failure);

	if (error == 0)
		error = run_step(t, job_label, "label", failure);
	if (error == 0)
		error = run_step(t, job_stage, "write", failure);
	return error < 0 ? error : publish_all(t, failure);
}

int tree_commit(struct tree *tree, const struct file_change *changes, size_t count,
		struct change_failure *ret_failure)
{
	struct transaction CLEANUP(transaction_done) t = {.tree = tree};
	struct change_failure failure = {.put_back = true, .operation = "prepare"};
	int error;

	if (count == 0)
		return 0;
	failure.path = changes[0].path;
	t.jobs = calloc(count, sizeof(*t.jobs));
	if (!t.jobs) {
		*ret_failure = failure;
		return -ENOMEM;
	}
	t.count = count;
	for (size_t i = 0; i < count; i++)
		t.jobs[i] = (struct tree_job){
			.change = &changes[i], .place = {.directory = -1}, .staged = -1};

	error = run_all(&t, &failure);
	if (error < 0) {
		roll_back(&t, &failure);
		*ret_failure = failure;
		return error;
	}
	drop_old(&t);
	return 0;
}

static int unlink_temporary(int directory, const char *name)
{
	/*
	 * On a read-only file system leftovers are harmless, and a run that only looks must not
	 * fail over them.
	 */
	if (unlinkat(directory, name, 0) < 0 && errno != ENOENT && errno != EROFS)
		return -errno;
	return 0;
}

static int sweep(int directory, const char *name, const char *suffix)
{
	char temporary[NAME_MAX + 1];
	int error = format_temporary(name, suffix, temporary);

	return error < 0 ? error : unlink_temporary(directory, temporary);
}

static bool lies_there(int directory, const char *name, const char *suffix)
{
	char temporary[NAME_MAX + 1];
	struct stat status;

	return format_temporary(name, suffix, temporary) == 0 &&
	       fstatat(directory, temporary, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

bool tree_has_remains(const struct tree *tree, const char *path)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};

	return tree_find_place(tree, path, &place) == 0 &&
	       (lies_there(place.directory, place.name, SUFFIX) ||
		lies_there(place.directory, place.name, SUFFIX_OLD));
}

int tree_sweep(struct tree *tree, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct tree_place CLEANUP(place_done) place = {.directory = -1};
		int error = tree_find_place(tree, paths[i], &place);

		if (error == -ENOENT)
			continue;
		if (error == 0)
			error = sweep(place.directory, place.name, SUFFIX);
		if (error == 0)
			error = sweep(place.directory, place.name, SUFFIX_OLD);
		if (error < 0)
			return error;
	}
	return 0;
}

static void close_listing(DIR *const *listing)
{
	if (*listing)
		(void)closedir(*listing);
}

static bool is_temporary(const char *name)
{
	return name[0] == '.' && (text_ends_with(name, SUFFIX) || text_ends_with(name, SUFFIX_OLD));
}

int tree_sweep_directory(struct tree *tree, const char *path)
{
	DIR *CLEANUP(close_listing) listing = NULL;
	const struct dirent *entry;
	int fd, error = tree_open_directory(tree, path, O_RDONLY, &fd);

	if (error < 0)
		return error == -ENOENT ? 0 : error;
	listing = fdopendir(fd);
	if (!listing) {
		error = -errno;
		(void)close(fd);
		return error;
	}
	/* readdir(3) returns NULL both at the end and on an error; only errno differs. */
	while (errno = 0, (entry = readdir(listing)))
		if (is_temporary(entry->d_name)) {
			error = unlink_temporary(dirfd(listing), entry->d_name);
			if (error < 0)
				return error;
		}
	return -errno;
}
