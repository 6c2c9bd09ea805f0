/* The first half of a transaction: check every change, write new files beside their places. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/array.h"
#include "host/files/tree-transaction.h"

int format_temporary(const char *name, const char *suffix, char ret[static NAME_MAX + 1])
{
	return snprintf(ret, NAME_MAX + 1, ".%s%s", name, suffix) <= NAME_MAX ? 0 : -ENAMETOOLONG;
}

/* Returns whether both are the same file, or the same except for the inode. */
static bool is_same(const struct observed_file *now, const struct observed_file *seen,
		    bool other_inode)
{
	if (now->kind != seen->kind)
		return false;
	if (now->kind == FILE_ABSENT)
		return true;
	if (other_inode && (!now->bytes || !seen->bytes || now->mode != seen->mode ||
			    now->uid != seen->uid || now->gid != seen->gid))
		return false;
	if (!other_inode && (now->device != seen->device || now->inode != seen->inode))
		return false;
	/* Only the content shows an edit within one tick of the file system's clock. */
	return now->changed_ns == seen->changed_ns && now->size == seen->size &&
	       (!now->bytes || !seen->bytes || memcmp(now->bytes, seen->bytes, now->size) == 0);
}

/*
 * Returns whether overlayfs may have given the file another inode when it was moved: overlayfs
 * copies a file of a lower layer, and that breaks hard links, or shows another device if the layers
 * lie on several file systems. A file that has one name and stays on its device keeps its inode
 * (Documentation/filesystems/overlayfs.rst): another inode is another file.
 */
static bool is_copied_up(int directory, const struct observed_file *now,
			 const struct observed_file *seen)
{
	struct statfs status;

	return (seen->links > 1 || now->device != seen->device) &&
	       fstatfs(directory, &status) == 0 && status.f_type == OVERLAYFS_SUPER_MAGIC;
}

int job_verify(const struct tree_job *job, const char *name, bool moved)
{
	const struct observed_file *seen = job->change->seen;
	struct observed_file CLEANUP(observed_file_clear) now = {0};
	int error = look_at(job->place.directory, name, seen->size, &now);

	if (error == -EFBIG)
		return -ESTALE;
	if (error < 0)
		return error;
	if (now.kind == FILE_DIRECTORY)
		return -EISDIR;
	if (is_same(&now, seen, false))
		return 0;
	return moved && is_copied_up(job->place.directory, &now, seen) && is_same(&now, seen, true)
		       ? 0
		       : -ESTALE;
}

int job_check(struct transaction *t, struct tree_job *job)
{
	int error = tree_find_place(t->tree, job->change->path, &job->place);

	if (error == -ENOENT)
		return job_was_there(job) ? -ESTALE : 0;
	return error < 0 ? error : job_verify(job, job->place.name, false);
}

static int add_directory(struct transaction *t, const struct tree_place *place, const char *path,
			 bool dirty, size_t *ret_index)
{
	struct stat status;
	int fd;

	if (fstat(place->directory, &status) < 0)
		return -errno;
	for (size_t i = 0; i < t->directory_count; i++)
		if (t->directories[i].device == status.st_dev &&
		    t->directories[i].inode == status.st_ino) {
			t->directories[i].dirty |= dirty;
			*ret_index = i;
			return 0;
		}
	if (array_grow(&t->directories, t->directory_count, sizeof(*t->directories)) < 0)
		return -ENOMEM;
	fd = openat(place->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_index = t->directory_count++;
	t->directories[*ret_index] = (struct directory){
		.fd = fd,
		.device = status.st_dev,
		.inode = status.st_ino,
		.path = path,
		.dirty = dirty,
	};
	return 0;
}

static int make_directory(struct transaction *t, const char *name, const char *path)
{
	int made = array_grow(&t->made, t->made_count, sizeof(*t->made));
	size_t parent;

	if (made == 0)
		made = tree_make_directory(t->tree, name, &t->made[t->made_count]);
	if (made <= 0)
		return made;
	t->made_count++;
	return add_directory(t, &t->made[t->made_count - 1], path, true, &parent);
}

static int make_missing(struct transaction *t, const char *path)
{
	struct names CLEANUP(names_done) missing = {0};
	int error = tree_missing_directories(t->tree, path, &missing);

	for (size_t i = 0; i < missing.count && error == 0; i++)
		error = make_directory(t, missing.items[i], path);
	return error;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t done = write(fd, bytes, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		size -= (size_t)done;
	}
	return 0;
}

static int give_owner(int fd, uid_t uid, gid_t gid)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (uid == status.st_uid)
		uid = (uid_t)-1;
	if (gid == status.st_gid)
		gid = (gid_t)-1;
	if (uid == (uid_t)-1 && gid == (gid_t)-1)
		return 0;
	return fchown(fd, uid, gid) < 0 ? -errno : 0;
}

/*
 * Remembers which file was made, and holds it open so that no other file gets its inode meanwhile.
 * Takes ownership of fd. Reads from the descriptor, because another run may have put its own file
 * under the name by now.
 */
static int hold_staged(struct tree_job *job, int fd)
{
	struct stat status;

	job->staged = fd;
	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	job->device = status.st_dev;
	job->inode = status.st_ino;
	return 0;
}

static int stage_file(struct tree_job *job)
{
	const struct file_change *change = job->change;
	int fd = openat(job->place.directory, job->temporary,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error = hold_staged(job, fd);

	if (error == 0)
		error = write_all(fd, change->bytes, change->size);
	if (error == 0)
		error = give_owner(fd, change->uid, change->gid);
	if (error < 0)
		return error;
	return fchmod(fd, change->mode & 0777) < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int stage_link(struct tree_job *job)
{
	if (symlinkat(job->change->bytes, job->place.directory, job->temporary) < 0)
		return -errno;
	return hold_staged(
		job, openat(job->place.directory, job->temporary, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

static mode_t kind_of(const struct tree_job *job)
{
	return job->change->kind == CHANGE_LINK ? S_IFLNK : S_IFREG;
}

int job_label(struct transaction *t, struct tree_job *job)
{
	int error;

	if (job->change->kind == CHANGE_REMOVE)
		return 0;
	error = labels_begin(t->tree->labels, job->change->path, kind_of(job));
	labels_end(t->tree->labels);
	return error;
}

static int make_new(const struct transaction *t, struct tree_job *job)
{
	int error = labels_begin(t->tree->labels, job->change->path, kind_of(job));

	if (error == 0)
		error = job->change->kind == CHANGE_LINK ? stage_link(job) : stage_file(job);
	labels_end(t->tree->labels);
	return error;
}

/* Two changes of one file would take each other's temporary names. */
static int refuse_twice(const struct transaction *t, const struct tree_job *job)
{
	for (const struct tree_job *other = t->jobs; other < job; other++)
		if (other->place.directory >= 0 && other->directory == job->directory &&
		    strcmp(other->place.name, job->place.name) == 0)
			return -EEXIST;
	return 0;
}

static int prepare(struct transaction *t, struct tree_job *job)
{
	int error = 0;

	if (job->place.directory < 0) {
		error = make_missing(t, job->change->path);
		if (error == 0)
			error = tree_find_place(t->tree, job->change->path, &job->place);
	}
	if (error == 0)
		error = format_temporary(job->place.name, SUFFIX, job->temporary);
	if (error == 0)
		error = format_temporary(job->place.name, SUFFIX_OLD, job->old);
	if (error == 0)
		error = add_directory(t, &job->place, job->change->path, false, &job->directory);
	return error < 0 ? error : refuse_twice(t, job);
}

int job_stage(struct transaction *t, struct tree_job *job)
{
	int error;

	if (job_is_nothing(job))
		return 0;
	error = prepare(t, job);
	if (error < 0)
		return error;
	if (unlinkat(job->place.directory, job->temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	return job->change->kind == CHANGE_REMOVE ? 0 : make_new(t, job);
}
