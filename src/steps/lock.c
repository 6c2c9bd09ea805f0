/*
 * Takes the locks that keep runs of this program apart, and removes the lock's files and
 * directories.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/lock.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "steps/comparison.h"
#include "steps/error-words.h"

#define WAIT_MS	 30000
#define SHORT_MS 1000

/* A pending signal is noticed after this many milliseconds at the latest. */
#define SLICE_MS 200

static int take_lock(struct context *context, const char *directory, int timeout_ms,
		     struct lock_obstacle *obstacle, struct lock *ret)
{
	struct lock CLEANUP(lock_release) lock = {.tree = context->tree, .fd = -1};
	struct buffer CLEANUP(buffer_clear) file = {0};
	bool made;
	int error;

	buffer_printf(&file, "%s/" LOCK_NAME, directory);
	error = file.data ? tree_missing_directories(context->tree, file.data, &lock.made)
			  : -ENOMEM;
	for (int left = timeout_ms; error == 0; left -= SLICE_MS) {
		error = tree_lock(context->tree, directory, SLICE_MS, &lock.fd, &made, obstacle);
		if (error != -ETIMEDOUT || left <= SLICE_MS)
			break;
		error = signals_pending() ? -ECANCELED : 0;
	}
	if (error < 0)
		return error;
	lock.directory = directory;
	*ret = lock;
	/* The lock now belongs to the caller. */
	lock.directory = NULL;
	lock.made = (struct names){0};
	lock.fd = -1;
	return 0;
}

/* Adds the holder: "process 1234 (conntrack-persist install)". */
static void name_holder(const struct lock_obstacle *obstacle, struct buffer *b)
{
	if (obstacle->holder == 0) {
		buffer_add(b, "another conntrack-persist, whose process is not visible here,");
		return;
	}
	buffer_printf(b, "process %d", (int)obstacle->holder);
	if (obstacle->command[0])
		buffer_printf(b, " (%s)", obstacle->command);
}

void report_interruption(struct context *context)
{
	report_message(context->report, SEVERITY_ERROR, "%s: ended before anything was changed",
		       signal_to_string(signals_pending()));
	context->signals->reported = true;
}

static void report_obstacle(struct context *context, const char *directory, int error,
			    const struct lock_obstacle *obstacle)
{
	struct buffer CLEANUP(buffer_clear) path = {0};
	struct buffer CLEANUP(buffer_clear) holder = {0};

	buffer_printf(&path, "%s%s/" LOCK_NAME, tree_prefix(context->tree), directory);
	name_holder(obstacle, &holder);
	if (error == -ETIMEDOUT)
		report_message(context->report, SEVERITY_ERROR,
			       "cannot lock %s: %s still holds the lock after %d seconds; run it "
			       "again when that process has ended",
			       path.data ? path.data : directory,
			       holder.data ? holder.data : "another process", WAIT_MS / 1000);
	else if (error == -ECANCELED)
		report_interruption(context);
	else if (error == -EPERM && obstacle->words)
		report_message(context->report, SEVERITY_ERROR,
			       "cannot lock %s: the file %s; remove it and run %s again",
			       path.data ? path.data : directory, obstacle->words,
			       report_style(context->report)->verb);
	else
		report_errno(context, "lock", path.data ? path.data : directory, error);
}

enum exit_code lock_take(struct context *context, const char *directory, struct lock *ret)
{
	struct lock_obstacle obstacle = {0};
	int error;

	signals_hold(context->signals);
	error = take_lock(context, directory, WAIT_MS, &obstacle, ret);
	if (error == 0)
		return EXIT_DONE;
	report_obstacle(context, directory, error, &obstacle);
	return EXIT_FAILED;
}

bool lock_try(struct context *context, const char *directory, struct lock *ret)
{
	struct lock_obstacle obstacle;

	return take_lock(context, directory, SHORT_MS, &obstacle, ret) == 0;
}

int lock_remove(const struct lock *lock)
{
	return tree_remove_lock(lock->tree, lock->directory, lock->fd, false);
}

/*
 * Removes the file if nothing is installed. It stays otherwise, so that a run that changes nothing
 * does not change the directory's time.
 */
static void remove_unused(const struct lock *lock)
{
	bool lasting = strcmp(lock->directory, PATH_STATE) == 0;
	struct observed_file manifest = {0};
	int error = lasting ? tree_look(lock->tree, PATH_MANIFEST, FILE_SIZE_MAX, &manifest) : 0;

	if (error == 0 && manifest.kind != FILE_REGULAR)
		(void)!tree_remove_lock(lock->tree, lock->directory, lock->fd, !lasting);
	observed_file_clear(&manifest);
}

void lock_release(struct lock *lock)
{
	if (lock->directory)
		remove_unused(lock);
	for (size_t i = lock->made.count; i-- > 0;)
		(void)!tree_remove_directory(lock->tree, lock->made.items[i]);
	names_done(&lock->made);
	close_descriptor(&lock->fd);
	*lock = (struct lock){.fd = -1};
}
