/* Takes the lock of a directory: a file that only its owner can open. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/files/tree-internal.h"

#define LOCK_MODE 0600

/* The pause between two looks at a lock that another process holds, in milliseconds. */
#define LOCK_STEP_MS 50

/*
 * The number of tries is bounded, because the owner of the directory may put a wrong file there
 * again and again.
 */
#define REPLACEMENTS_MAX 3U

/* One attempt to take a lock. */
struct lock_attempt {
	struct tree *tree;
	struct tree_place place; /* of the file */
	const char *path;	 /* the same, for labels */
	int fd;
	bool made; /* the file is new, so that a failed attempt removes it */
	unsigned int replaced;
	struct lock_obstacle *obstacle;
};

static int64_t milliseconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Returns the reason why a file cannot be the lock, or NULL. */
static const char *find_fault(const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "is not a regular file";
	if (status->st_uid != geteuid())
		return "belongs to another user, who could hold it";
	if ((status->st_mode & 07777 & ~(mode_t)LOCK_MODE) != 0)
		return "can be opened by others, who could hold it";
	return status->st_nlink == 1 ? NULL : "has a second name (a hard link)";
}

/*
 * Removes a file that cannot be the lock. Another user may have it open, so that a corrected mode
 * would not be enough. Only an empty file is removed, because then nothing is lost.
 */
static int replace(struct lock_attempt *attempt, const struct stat *status, const char *fault)
{
	attempt->obstacle->words = fault;
	if (!S_ISREG(status->st_mode) || status->st_size > 0 ||
	    attempt->replaced++ == REPLACEMENTS_MAX)
		return -EPERM;
	if (unlinkat(attempt->place.directory, attempt->place.name, 0) < 0 && errno != ENOENT)
		return -errno;
	return -ENOENT;
}

static int make_file(struct lock_attempt *attempt)
{
	int error = labels_begin(attempt->tree->labels, attempt->path, S_IFREG);

	if (error < 0)
		return error;
	attempt->fd = openat(attempt->place.directory, attempt->place.name,
			     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, LOCK_MODE);
	labels_end(attempt->tree->labels);
	if (attempt->fd < 0)
		return errno == EEXIST ? -ENOENT : -errno;
	attempt->made = true;
	/* A umask may have taken bits away. */
	return fchmod(attempt->fd, LOCK_MODE) < 0 ? -errno : 0;
}

/*
 * Opens the file or makes it. -ENOENT: the caller must begin again. A device is checked and not
 * opened.
 */
static int open_file(struct lock_attempt *attempt)
{
	struct stat status;
	const char *fault;

	if (fstatat(attempt->place.directory, attempt->place.name, &status, AT_SYMLINK_NOFOLLOW) <
	    0)
		return errno == ENOENT ? make_file(attempt) : -errno;
	fault = find_fault(&status);
	if (fault)
		return replace(attempt, &status, fault);
	attempt->fd = openat(attempt->place.directory, attempt->place.name,
			     O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (attempt->fd < 0)
		return errno == ELOOP ? -ENOENT : -errno;
	if (fstat(attempt->fd, &status) < 0)
		return -errno;
	fault = find_fault(&status);
	return fault ? replace(attempt, &status, fault) : 0;
}

/* Gives the command line of a process as one line, for a message. */
static void read_command(pid_t pid, char ret[static 128])
{
	char path[64];
	int CLEANUP(close_descriptor) fd = -1;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? 0 : read(fd, ret, 127);
	/* The last argument ends in a NUL as well. */
	while (got > 0 && ret[got - 1] == '\0')
		got--;
	ret[got > 0 ? got : 0] = '\0';
	for (ssize_t i = 0; i < got; i++)
		if (ret[i] == '\0')
			ret[i] = ' ';
}

static void find_holder(const struct lock_attempt *attempt)
{
	struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(attempt->fd, F_GETLK, &held) < 0 || held.l_type == F_UNLCK || held.l_pid <= 0)
		return;
	attempt->obstacle->holder = held.l_pid;
	read_command(held.l_pid, attempt->obstacle->command);
}

/*
 * This loop polls, because fcntl(2) can only be bounded by a signal, which would affect the whole
 * program.
 */
static int lock_until(const struct lock_attempt *attempt, int64_t deadline)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	while (fcntl(attempt->fd, F_SETLK, &whole) < 0) {
		struct timespec pause = {.tv_nsec = 1000000L * LOCK_STEP_MS};
		int64_t left;

		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EACCES)
			return -errno;
		left = deadline - milliseconds_now();
		if (left <= 0) {
			find_holder(attempt);
			return -ETIMEDOUT;
		}
		if (left < LOCK_STEP_MS)
			pause.tv_nsec = 1000000L * left;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/*
 * Checks that the locked file is still the one of this name in the directory of this name. -ENOENT:
 * it is not.
 */
static int verify_place(const struct lock_attempt *attempt)
{
	struct tree_place CLEANUP(place_done) now = {.directory = -1};
	struct stat locked, there;
	int error = tree_find_place(attempt->tree, attempt->path, &now);

	if (error < 0)
		return error;
	if (fstat(attempt->fd, &locked) < 0 ||
	    fstatat(now.directory, now.name, &there, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return locked.st_dev == there.st_dev && locked.st_ino == there.st_ino ? 0 : -ENOENT;
}

static int try_lock(struct lock_attempt *attempt, int64_t deadline)
{
	int error;

	close_descriptor(&attempt->fd);
	attempt->fd = -1;
	attempt->made = false;
	place_done(&attempt->place);
	error = tree_find_place(attempt->tree, attempt->path, &attempt->place);
	if (error == 0)
		error = open_file(attempt);
	if (error == 0)
		error = lock_until(attempt, deadline);
	return error == 0 ? verify_place(attempt) : error;
}

/*
 * Removes the file that a failed attempt made. A run that waits for it notices that it has gone,
 * and makes another.
 */
static void remove_made(const struct lock_attempt *attempt)
{
	struct stat opened, there;

	if (attempt->made && fstat(attempt->fd, &opened) == 0 &&
	    fstatat(attempt->place.directory, attempt->place.name, &there, AT_SYMLINK_NOFOLLOW) ==
		    0 &&
	    opened.st_dev == there.st_dev && opened.st_ino == there.st_ino)
		(void)unlinkat(attempt->place.directory, attempt->place.name, 0);
}

static void attempt_done(struct lock_attempt *attempt)
{
	close_descriptor(&attempt->fd);
	place_done(&attempt->place);
}

/* Opens the directory of the lock or makes it. Returns 1 if it was made, 0 if it exists. */
static int open_or_make(const struct tree *tree, const char *directory)
{
	int CLEANUP(close_descriptor) fd = -1;
	int error = tree_open_directory(tree, directory, O_PATH, &fd);

	if (error == -ENOENT)
		error = tree_missing_error(tree, directory);
	return error == -ENOENT ? tree_make_with_parents(tree, directory) : error;
}

int tree_lock(struct tree *tree, const char *directory, int timeout_ms, int *ret_lock,
	      bool *ret_made_directory, struct lock_obstacle *ret_obstacle)
{
	int64_t deadline = milliseconds_now() + timeout_ms;
	char path[PATH_MAX];
	struct lock_attempt CLEANUP(attempt_done) attempt = {.tree = tree,
							     .place = {.directory = -1},
							     .path = path,
							     .fd = -1,
							     .obstacle = ret_obstacle};
	unsigned int replaced = 0, tries = 0;

	*ret_obstacle = (struct lock_obstacle){0};
	if (snprintf(path, sizeof(path), "%s/" LOCK_NAME, directory) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	do {
		int made = open_or_make(tree, directory);
		int error = made < 0 ? made : try_lock(&attempt, deadline);

		if (error == 0 || (error == -EROFS && tree_is_read_only(tree, directory))) {
			*ret_lock = error == 0 ? steal_descriptor(&attempt.fd) : -1;
			*ret_made_directory = made > 0;
			return 0;
		}
		/*
		 * The holder has removed the file or its directory meanwhile, or a wrong file was
		 * removed: try again.
		 */
		if (error != -ENOENT) {
			remove_made(&attempt);
			return error;
		}
		tries += attempt.replaced == replaced;
		replaced = attempt.replaced;
	} while (tries == 0 || milliseconds_now() < deadline);
	return -ETIMEDOUT;
}

static bool lies_alone(const struct tree *tree, const char *directory)
{
	struct names CLEANUP(names_done) names = {0};

	return tree_list(tree, directory, "", &names) == 0 && names.count == 1;
}

int tree_remove_lock(struct tree *tree, const char *directory, int lock, bool alone)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	char path[PATH_MAX];
	int error;

	if (lock < 0 || (alone && !lies_alone(tree, directory)))
		return 0;
	if (snprintf(path, sizeof(path), "%s/" LOCK_NAME, directory) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	error = tree_find_place(tree, path, &place);
	if (error < 0)
		return error == -ENOENT ? 0 : error;
	if (unlinkat(place.directory, place.name, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	/*
	 * Without this sync a power cut brings the file back, and with it the directory that is
	 * removed next.
	 */
	place_sync(&place);
	return 0;
}
