/* host/tree: the lock that keeps runs apart, and what others may have put in its place. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* Longer than any machine needs, so that a test that waits for an event never ends by it. */
#define LONG_MS 120000

/*
 * These go through here, so that something can happen in the very moment in which a run has found
 * the lock taken, or wants to make its directory.
 */
int __real_mkdirat(int directory, const char *name, mode_t mode);
int __wrap_mkdirat(int directory, const char *name, mode_t mode);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *left);
int __wrap___nanosleep64(const struct timespec *pause, struct timespec *left);

static void (*when_taken)(void);

int __wrap_nanosleep(const struct timespec *pause, struct timespec *left)
{
	void (*happens)(void) = when_taken;

	if (!happens)
		return clock_nanosleep(CLOCK_MONOTONIC, 0, pause, left);
	when_taken = NULL;
	happens();
	return 0;
}

/* nanosleep() has this name where a time_t of 64 bits is not the machine's own. */
int __wrap___nanosleep64(const struct timespec *pause, struct timespec *left)
{
	return __wrap_nanosleep(pause, left);
}

static const char *made_by_others;

int __wrap_mkdirat(int directory, const char *name, mode_t mode)
{
	if (made_by_others && strcmp(name, made_by_others) == 0)
		assert_int_equal(__real_mkdirat(directory, name, mode), 0);
	return __real_mkdirat(directory, name, mode);
}

/* Tries once. */
static int take(struct tree *tree, const char *directory, int *lock, bool *made)
{
	struct lock_obstacle obstacle;

	return tree_lock(tree, directory, 0, lock, made, &obstacle);
}

static void lock_makes_its_directory(void **state)
{
	const struct fixture *f = *state;
	mode_t before = umask(geteuid() == 0 ? 0477 : 0077);
	int lock = -1;
	bool made = false;

	assert_int_equal(take(f->tree, "/var/lib/x", &lock, &made), 0);
	umask(before);
	assert_true(made);
	assert_int_equal(mode_of(f, "/var"), 0755);
	assert_int_equal(mode_of(f, "/var/lib"), 0755);
	assert_int_equal(mode_of(f, "/var/lib/x"), 0755);
	assert_int_equal(mode_of(f, "/var/lib/x/lock"), 0600);
	assert_content(f, "/var/lib/x/lock", "");
	close(lock);
	assert_int_equal(take(f->tree, "/var/lib/x", &lock, &made), 0);
	assert_false(made);
	assert_int_equal(tree_remove_lock(f->tree, "/var/lib/x", lock, true), 0);
	close(lock);
	/* The parent exists, so only the directory was made. */
	assert_int_equal(tree_remove_directory(f->tree, "/var/lib/x"), 1);
	assert_int_equal(take(f->tree, "/var/lib/x", &lock, &made), 0);
	assert_true(made);
	close(lock);
}

/* A run that changes nothing must leave no file. */
static void second_lock_touches_nothing(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) before = NULL;
	int lock = -1;
	bool made;

	put_file(f, "/state/manifest", "");
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	close(lock);
	before = snapshot(f, true);
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	assert_int_equal(tree_remove_lock(f->tree, "/state", lock, true), 0);
	close(lock);
	assert_as_it_was(f, before, true);
}

static void lock_is_removed_alone_or_by_wish(void **state)
{
	const struct fixture *f = *state;
	int lock = -1;
	bool made;

	put_file(f, "/state/manifest", "");
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	assert_int_equal(tree_remove_lock(f->tree, "/state", lock, true), 0);
	assert_true(lies_there(f, "/state/lock"));
	assert_int_equal(tree_remove_lock(f->tree, "/state", -1, false), 0);
	assert_true(lies_there(f, "/state/lock"));
	assert_int_equal(tree_remove_lock(f->tree, "/state", lock, false), 0);
	assert_false(lies_there(f, "/state/lock"));
	assert_int_equal(tree_remove_lock(f->tree, "/state", lock, false), 0);
	close(lock);
	assert_int_equal(take(f->tree, "/alone", &lock, &made), 0);
	assert_int_equal(tree_remove_lock(f->tree, "/alone", lock, true), 0);
	assert_false(lies_there(f, "/alone/lock"));
	close(lock);
}

static void others_may_make_it_first(void **state)
{
	static const char *const names[] = {"var", "lib", "x"};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int lock = -1;
		bool made = i == 2;

		made_by_others = names[i];
		assert_int_equal(take(f->tree, "/var/lib/x", &lock, &made), 0);
		made_by_others = NULL;
		assert_int_equal(made, i != 2);
		assert_int_equal(tree_remove_lock(f->tree, "/var/lib/x", lock, false), 0);
		close(lock);
		assert_int_equal(tree_remove_directory(f->tree, "/var/lib/x"), 1);
		assert_int_equal(tree_remove_directory(f->tree, "/var/lib"), 1);
		assert_int_equal(tree_remove_directory(f->tree, "/var"), 1);
	}
}

static void lock_is_in_a_directory(void **state)
{
	const struct fixture *f = *state;
	int lock = 4711;
	bool made = true;

	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	assert_int_equal(take(f->tree, "/file", &lock, &made), -ENOTDIR);
	assert_int_equal(take(f->tree, "/file/x", &lock, &made), -ENOTDIR);
	assert_int_equal(take(f->tree, "/nowhere", &lock, &made), -ENOLINK);
	assert_int_equal(take(f->tree, "/nowhere/x", &lock, &made), -ENOLINK);
	assert_int_equal(lock, 4711);
	assert_true(made);
	assert_false(lies_there(f, "/missing"));
}

static int lock_without_rights(struct fixture *f)
{
	int lock = -1;
	bool made;

	return take(f->tree, "/var/lib/x", &lock, &made) == -EACCES && lock == -1 ? 0 : 1;
}

static void lock_needs_rights_to_make_it(void **state)
{
	struct fixture *f = *state;

	put_directory(f, "/var/lib");
	assert_int_equal(fchmodat(f->root, "var/lib", 0555, 0), 0);
	run_unprivileged(lock_without_rights, f);
	assert_int_equal(fchmodat(f->root, "var/lib", 0755, 0), 0);
	assert_false(lies_there(f, "/var/lib/x"));
}

/* A process that holds the lock of a directory until the test says what to do next. */
static struct {
	const struct fixture *f;
	pid_t child;
	int tell, hear;
} holder;

static _Noreturn void hold(struct tree *tree, int say, int hear)
{
	struct lock_obstacle obstacle;
	char order = '\0';
	int lock;
	bool made;

	if (tree_lock(tree, "/state", LONG_MS, &lock, &made, &obstacle) < 0 ||
	    write(say, "x", 1) != 1 || read(hear, &order, 1) != 1)
		_exit(1);
	if (order != 'l' && (tree_remove_lock(tree, "/state", lock, false) < 0 ||
			     tree_remove_directory(tree, "/state") != 1))
		_exit(2);
	_exit(0);
}

static void start_holder(const struct fixture *f)
{
	int said[2], told[2];
	char byte;

	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	holder.f = f;
	holder.child = fork();
	assert_true(holder.child >= 0);
	if (holder.child == 0) {
		close(told[1]);
		hold(f->tree, said[1], told[0]);
	}
	close(said[1]);
	close(told[0]);
	holder.tell = told[1];
	holder.hear = said[0];
	assert_int_equal(read(holder.hear, &byte, 1), 1);
}

static void end_holder(const char *order)
{
	int status;

	assert_int_equal(write(holder.tell, order, 1), 1);
	assert_int_equal(waitpid(holder.child, &status, 0), holder.child);
	assert_int_equal(status, 0);
	close(holder.tell);
	close(holder.hear);
}

static void lock_keeps_a_second_process_out(void **state)
{
	const struct fixture *f = *state;
	struct lock_obstacle obstacle = {0};
	int lock = 4711;
	bool made = true;

	start_holder(f);
	assert_int_equal(tree_lock(f->tree, "/state", 0, &lock, &made, &obstacle), -ETIMEDOUT);
	assert_int_equal(obstacle.holder, holder.child);
	assert_non_null(strstr(obstacle.command, "test-tree-lock"));
	assert_null(obstacle.words);
	assert_int_equal(tree_lock(f->tree, "/state", 60, &lock, &made, &obstacle), -ETIMEDOUT);
	assert_int_equal(obstacle.holder, holder.child);
	assert_int_equal(lock, 4711);
	assert_true(made);
	/* Another directory has another lock. */
	assert_int_equal(take(f->tree, "/other", &lock, &made), 0);
	close(lock);
	end_holder("l");
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	assert_false(made);
	close(lock);
}

static void let_go(void)
{
	end_holder("l");
}

static void remove_and_let_go(void)
{
	end_holder("r");
}

static void remove_and_make_again(void)
{
	end_holder("r");
	put_file(holder.f, "/state/lock", "");
	assert_int_equal(fchmodat(holder.f->root, "state/lock", 0600, 0), 0);
}

static void assert_is_lock_of(const struct fixture *f, int lock, const char *path)
{
	struct stat held, there;

	assert_int_equal(fstat(lock, &held), 0);
	assert_int_equal(fstatat(f->root, path + 1, &there, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(held.st_ino, there.st_ino);
	assert_int_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void take_while_held(const struct fixture *f, void (*happens)(void), bool wanted_made)
{
	struct lock_obstacle obstacle;
	int lock = -1;
	bool made = !wanted_made;

	start_holder(f);
	when_taken = happens;
	assert_int_equal(tree_lock(f->tree, "/state", LONG_MS, &lock, &made, &obstacle), 0);
	assert_null(when_taken);
	assert_int_equal(made, wanted_made);
	assert_is_lock_of(f, lock, "/state/lock");
	close(lock);
}

static void who_waits_gets_the_lock(void **state)
{
	take_while_held(*state, let_go, false);
}

static void removed_directory_is_made_again(void **state)
{
	take_while_held(*state, remove_and_let_go, true);
}

/* The lock of the removed file is worth nothing: another process may hold that of the new one. */
static void replaced_file_is_locked_anew(void **state)
{
	take_while_held(*state, remove_and_make_again, false);
}

static int hold_what_can_be_held(struct fixture *f)
{
	static const char *const paths[] = {"state/lock", "state"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int fd = openat(f->root, paths[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			fd = openat(f->root, paths[i], O_WRONLY | O_CLOEXEC);
		/* The file cannot be opened; to hold the directory must not matter. */
		CHILD_CHECK((fd >= 0) == (i == 1));
		CHILD_CHECK(fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0);
	}
	raise(SIGSTOP);
	return 0;
}

/* Another user tries to lock every file while the lock is taken. */
static void other_users_cannot_hold_it(void **state)
{
	struct fixture *f = *state;
	int lock = -1, status;
	bool made;
	pid_t child;

	/* Only root can become another user; tests/attack/lock.sh fails without root. */
	if (geteuid() != 0)
		return;
	put_file(f, "/state/manifest", "");
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	close(lock);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0 ||
		      hold_what_can_be_held(f) != 0);
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
	close(lock);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void make_loose(const struct fixture *f)
{
	put_file(f, "/state/lock", "");
	assert_int_equal(fchmodat(f->root, "state/lock", 0644, 0), 0);
}

static void make_writable(const struct fixture *f)
{
	put_file(f, "/state/lock", "");
	assert_int_equal(fchmodat(f->root, "state/lock", 0666, 0), 0);
}

static void make_foreign(const struct fixture *f)
{
	put_file(f, "/state/lock", "");
	assert_int_equal(fchmodat(f->root, "state/lock", 0600, 0), 0);
	assert_int_equal(fchownat(f->root, "state/lock", 65534, 65534, 0), 0);
}

static void make_second_name(const struct fixture *f)
{
	put_file(f, "/elsewhere", "");
	assert_int_equal(fchmodat(f->root, "elsewhere", 0600, 0), 0);
	assert_int_equal(linkat(f->root, "elsewhere", f->root, "state/lock", 0), 0);
}

/* A file that others may have open and locked is replaced by another file. */
static void unfit_files_are_replaced(void **state)
{
	static void (*const make[])(const struct fixture *f) = {make_loose, make_writable,
								make_foreign, make_second_name};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		struct stat status;
		int held, lock = -1;
		bool made;

		put_directory(f, "/state");
		make[i](f);
		/* Open, so that its inode is not given to the new one. */
		held = openat(f->root, "state/lock", O_RDONLY | O_CLOEXEC);
		assert_int_equal(fstat(held, &status), 0);
		assert_int_equal(take(f->tree, "/state", &lock, &made), 0);
		assert_int_equal(mode_of(f, "/state/lock"), 0600);
		assert_is_lock_of(f, lock, "/state/lock");
		assert_int_equal(tree_remove_lock(f->tree, "/state", lock, false), 0);
		close(lock);
		assert_int_equal(fstat(held, &status), 0);
		assert_int_equal(status.st_nlink, make[i] == make_second_name);
		close(held);
	}
}

static void make_full(const struct fixture *f)
{
	put_file(f, "/state/lock", "text");
	assert_int_equal(fchmodat(f->root, "state/lock", 0666, 0), 0);
}

static void make_link(const struct fixture *f)
{
	put_link(f, "/state/lock", "/etc/shadow");
}

static void make_fifo(const struct fixture *f)
{
	put_fifo(f, "/state/lock");
}

static void make_directory(const struct fixture *f)
{
	put_directory(f, "/state/lock");
}

/*
 * A directory that is not empty, or another kind of file, stays, because another program may need
 * it.
 */
static void other_things_are_refused(void **state)
{
	static void (*const make[])(const struct fixture *f) = {make_full, make_link, make_fifo,
								make_directory};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(make); i++) {
		struct lock_obstacle obstacle;
		char *CLEANUP(free_pointer) before = NULL;
		int lock = 4711;
		bool made = true;

		put_directory(f, "/state");
		make[i](f);
		before = snapshot(f, true);
		assert_int_equal(tree_lock(f->tree, "/state", LONG_MS, &lock, &made, &obstacle),
				 -EPERM);
		assert_non_null(obstacle.words);
		assert_int_equal(lock, 4711);
		assert_as_it_was(f, before, true);
		if (unlinkat(f->root, "state/lock", 0) < 0)
			assert_int_equal(unlinkat(f->root, "state/lock", AT_REMOVEDIR), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(lock_makes_its_directory),
		TREE_TEST(second_lock_touches_nothing),
		TREE_TEST(lock_is_removed_alone_or_by_wish),
		TREE_TEST(others_may_make_it_first),
		TREE_TEST(lock_is_in_a_directory),
		TREE_TEST(lock_needs_rights_to_make_it),
		TREE_TEST(lock_keeps_a_second_process_out),
		TREE_TEST(who_waits_gets_the_lock),
		TREE_TEST(removed_directory_is_made_again),
		TREE_TEST(replaced_file_is_locked_anew),
		TREE_TEST(other_users_cannot_hold_it),
		TREE_TEST(unfit_files_are_replaced),
		TREE_TEST(other_things_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
