/* host/tree: directories listed, missing, made and removed; the lock that keeps runs apart. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Longer than any machine needs, so that what waits for an event never ends by it. */
#define LONG_MS 120000

static void assert_lists(const struct tree *tree, const char *path, const char *suffix,
			 const char *wanted)
{
	char **names = NULL, all[256] = "";
	size_t count = 0;

	assert_int_equal(tree_list(tree, path, suffix, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		strcat(all, names[i]);
		strcat(all, " ");
	}
	tree_names_free(names, count);
	assert_string_equal(all, wanted);
}

static void names_come_in_byte_order(void **state)
{
	const struct fixture *f = *state;
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) path = host_path(f, "/root/etc/x.d");

	put_file(f, "/usr/etc/x.d/b.conf", "");
	put_file(f, "/usr/etc/x.d/a.conf", "");
	put_file(f, "/usr/etc/x.d/Z.conf", "");
	put_file(f, "/usr/etc/x.d/10.conf", "");
	put_file(f, "/usr/etc/x.d/9.conf", "");
	put_file(f, "/usr/etc/x.d/.hidden.conf", "");
	put_file(f, "/usr/etc/x.d/.conf", "");
	put_file(f, "/usr/etc/x.d/a.conf~", "");
	put_file(f, "/usr/etc/x.d/conf", "");
	put_link(f, "/usr/etc/x.d/masked.conf", "/dev/null");
	put_link(f, "/etc", "/usr/etc");
	assert_lists(f->tree, "/etc/x.d", ".conf",
		     "10.conf 9.conf Z.conf a.conf b.conf masked.conf ");
	assert_lists(f->tree, "/etc/x.d/", ".nothing", "");
	assert_lists(f->tree, "/etc/x.d", "",
		     "10.conf 9.conf Z.conf a.conf a.conf~ b.conf conf masked.conf ");
	assert_int_equal(unlinkat(f->root, "etc", 0), 0);
	put_link(f, "/etc", "usr/etc");
	assert_int_equal(tree_open("/", &host), 0);
	assert_lists(host, path, ".conf", "10.conf 9.conf Z.conf a.conf b.conf masked.conf ");
}

static void missing_directory_is_an_empty_list(void **state)
{
	const struct fixture *f = *state;
	char **names = NULL;
	size_t count = 4711;

	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	put_link(f, "/loop", "loop");
	put_link(f, "/masked", "/dev/null");
	assert_lists(f->tree, "/missing", "", "");
	assert_lists(f->tree, "/missing/too", "", "");
	assert_lists(f->tree, "/nowhere", "", "");
	assert_int_equal(tree_list(f->tree, "/file", "", &names, &count), -ENOTDIR);
	assert_int_equal(tree_list(f->tree, "/masked", "", &names, &count), -ENOTDIR);
	assert_int_equal(tree_list(f->tree, "/loop", "", &names, &count), -ELOOP);
	assert_null(names);
	assert_int_equal(count, 4711);
}

static void assert_missing(const struct tree *tree, const char *path, const char *wanted)
{
	char **names = NULL, all[256] = "";
	size_t count = 0;

	assert_int_equal(tree_missing_directories(tree, path, &names, &count), 0);
	for (size_t i = 0; i < count; i++) {
		strcat(all, names[i]);
		strcat(all, " ");
	}
	tree_names_free(names, count);
	assert_string_equal(all, wanted);
}

static void missing_directories_are_named(void **state)
{
	const struct fixture *f = *state;
	char **names = NULL;
	size_t count = 4711;

	put_directory(f, "/usr/etc");
	put_link(f, "/etc", "/usr/etc");
	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	assert_missing(f->tree, "/file", "");
	assert_missing(f->tree, "/etc/file", "");
	assert_missing(f->tree, "/etc/x.d/file", "/etc/x.d ");
	assert_missing(f->tree, "/etc/a/b/c/file", "/etc/a /etc/a/b /etc/a/b/c ");
	assert_missing(f->tree, "/etc//a///b//", "/etc//a ");
	assert_int_equal(tree_missing_directories(f->tree, "/file/x/y", &names, &count), -ENOTDIR);
	/* Here the caller would else try to make what is there already. */
	assert_int_equal(tree_missing_directories(f->tree, "/nowhere/x", &names, &count), -ENOLINK);
	assert_int_equal(tree_missing_directories(f->tree, "x/y", &names, &count), -EINVAL);
	assert_null(names);
	assert_int_equal(count, 4711);
}

static void only_empty_directories_are_removed(void **state)
{
	const struct fixture *f = *state;

	put_directory(f, "/a/b");
	put_link(f, "/link", "a");
	put_file(f, "/file", "");
	assert_int_equal(tree_remove_directory(f->tree, "/a"), 0);
	assert_int_equal(tree_remove_directory(f->tree, "/missing"), 0);
	assert_int_equal(tree_remove_directory(f->tree, "/missing/too"), 0);
	assert_int_equal(tree_remove_directory(f->tree, "/file"), -ENOTDIR);
	assert_int_equal(tree_remove_directory(f->tree, "/link"), -ENOTDIR);
	assert_int_equal(tree_remove_directory(f->tree, "/link/b"), 1);
	assert_false(lies_there(f, "/a/b"));
	assert_int_equal(tree_remove_directory(f->tree, "/a"), 1);
	assert_false(lies_there(f, "/a"));
}

/*
 * These go through here, so that something can happen in the very moment in which a run has found
 * the lock taken, or wants to make its directory.
 */
int __real_mkdirat(int directory, const char *name, mode_t mode);
int __wrap_mkdirat(int directory, const char *name, mode_t mode);
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

static void (*when_taken)(void);

int __wrap_flock(int fd, int operation)
{
	int result = __real_flock(fd, operation);
	void (*happens)(void) = when_taken;

	if (result < 0 && errno == EWOULDBLOCK && happens) {
		when_taken = NULL;
		happens();
		errno = EWOULDBLOCK;
	}
	return result;
}

static const char *made_by_others;

int __wrap_mkdirat(int directory, const char *name, mode_t mode)
{
	if (made_by_others && strcmp(name, made_by_others) == 0)
		assert_int_equal(__real_mkdirat(directory, name, mode), 0);
	return __real_mkdirat(directory, name, mode);
}

static void lock_makes_its_directory(void **state)
{
	const struct fixture *f = *state;
	mode_t before = umask(077);
	int lock = -1;
	bool made = false;

	assert_int_equal(tree_lock(f->tree, "/var/lib/x", 0, &lock, &made), 0);
	umask(before);
	assert_true(made);
	assert_int_equal(mode_of(f, "/var"), 0755);
	assert_int_equal(mode_of(f, "/var/lib"), 0755);
	assert_int_equal(mode_of(f, "/var/lib/x"), 0755);
	close(lock);
	assert_int_equal(tree_lock(f->tree, "/var/lib/x", 0, &lock, &made), 0);
	assert_false(made);
	close(lock);
	/* With its parent there, what was made is the directory alone. */
	assert_int_equal(tree_remove_directory(f->tree, "/var/lib/x"), 1);
	assert_int_equal(tree_lock(f->tree, "/var/lib/x", 0, &lock, &made), 0);
	assert_true(made);
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
		assert_int_equal(tree_lock(f->tree, "/var/lib/x", 0, &lock, &made), 0);
		made_by_others = NULL;
		assert_int_equal(made, i != 2);
		close(lock);
		assert_int_equal(tree_remove_directory(f->tree, "/var/lib/x"), 1);
		assert_int_equal(tree_remove_directory(f->tree, "/var/lib"), 1);
		assert_int_equal(tree_remove_directory(f->tree, "/var"), 1);
	}
}

static void lock_is_for_directories(void **state)
{
	const struct fixture *f = *state;
	int lock = 4711;
	bool made = true;

	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	assert_int_equal(tree_lock(f->tree, "/file", 0, &lock, &made), -ENOTDIR);
	assert_int_equal(tree_lock(f->tree, "/file/x", 0, &lock, &made), -ENOTDIR);
	assert_int_equal(tree_lock(f->tree, "/nowhere", 0, &lock, &made), -ENOLINK);
	assert_int_equal(tree_lock(f->tree, "/nowhere/x", 0, &lock, &made), -ENOLINK);
	assert_int_equal(lock, 4711);
	assert_true(made);
	assert_false(lies_there(f, "/missing"));
}

static int lock_without_rights(struct fixture *f)
{
	int lock = -1;
	bool made;

	return tree_lock(f->tree, "/var/lib/x", 0, &lock, &made) == -EACCES && lock == -1 ? 0 : 1;
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

/* The child's end of a pair of pipes: says when it holds the lock, and holds it until told. */
static void hold_lock(struct tree *tree, const int say[2], const int hear[2])
{
	int lock;
	bool made;
	char byte;

	/* Should the parent fail, this is the end of it here too. */
	close(hear[1]);
	if (tree_lock(tree, "/state", LONG_MS, &lock, &made) < 0 || write(say[1], "x", 1) != 1)
		_exit(1);
	_exit(read(hear[0], &byte, 1) == 1 ? 0 : 1);
}

static void lock_keeps_a_second_process_out(void **state)
{
	const struct fixture *f = *state;
	int said[2], told[2], status, lock = 4711;
	bool made = true;
	char byte;
	pid_t child;

	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		hold_lock(f->tree, said, told);
	assert_int_equal(read(said[0], &byte, 1), 1);

	assert_int_equal(tree_lock(f->tree, "/state", 0, &lock, &made), -ETIMEDOUT);
	assert_int_equal(tree_lock(f->tree, "/state", 60, &lock, &made), -ETIMEDOUT);
	assert_int_equal(lock, 4711);
	assert_true(made);
	/* Another directory has another lock. */
	assert_int_equal(tree_lock(f->tree, "/other", 0, &lock, &made), 0);
	close(lock);

	/* Waits until the child has ended, and so has let go. */
	assert_int_equal(write(told[1], "x", 1), 1);
	assert_int_equal(tree_lock(f->tree, "/state", LONG_MS, &lock, &made), 0);
	assert_false(made);
	close(lock);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (int i = 0; i < 2; i++) {
		close(said[i]);
		close(told[i]);
	}
}

/* The holder of the moment, for what happens while another one waits. */
static struct {
	const struct fixture *f;
	int lock;
	bool again;
} holder;

static void let_go(void)
{
	close(holder.lock);
}

static void remove_and_let_go(void)
{
	assert_int_equal(tree_remove_directory(holder.f->tree, "/state"), 1);
	if (holder.again)
		put_directory(holder.f, "/state");
	close(holder.lock);
}

static void assert_is_lock_of(const struct fixture *f, int lock, const char *path)
{
	struct stat held, there;

	assert_int_equal(fstat(lock, &held), 0);
	assert_int_equal(fstatat(f->root, path + 1, &there, 0), 0);
	assert_int_equal(held.st_ino, there.st_ino);
	assert_int_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void take_while_held(const struct fixture *f, void (*happens)(void), bool wanted_made)
{
	int lock = -1;
	bool made = !wanted_made;

	holder.f = f;
	assert_int_equal(tree_lock(f->tree, "/state", 0, &holder.lock, &made), 0);
	made = !wanted_made;
	when_taken = happens;
	assert_int_equal(tree_lock(f->tree, "/state", LONG_MS, &lock, &made), 0);
	assert_null(when_taken);
	assert_int_equal(made, wanted_made);
	assert_is_lock_of(f, lock, "/state");
	close(lock);
}

static void who_waits_gets_the_lock(void **state)
{
	take_while_held(*state, let_go, false);
}

static void removed_directory_is_made_again(void **state)
{
	holder.again = false;
	take_while_held(*state, remove_and_let_go, true);
}

/* The lock of the removed one is worth nothing: somebody else may hold that of the new one. */
static void replaced_directory_is_locked_anew(void **state)
{
	holder.again = true;
	take_while_held(*state, remove_and_let_go, false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(names_come_in_byte_order),
		TREE_TEST(missing_directory_is_an_empty_list),
		TREE_TEST(missing_directories_are_named),
		TREE_TEST(only_empty_directories_are_removed),
		TREE_TEST(lock_makes_its_directory),
		TREE_TEST(others_may_make_it_first),
		TREE_TEST(lock_is_for_directories),
		TREE_TEST(lock_needs_rights_to_make_it),
		TREE_TEST(lock_keeps_a_second_process_out),
		TREE_TEST(who_waits_gets_the_lock),
		TREE_TEST(removed_directory_is_made_again),
		TREE_TEST(replaced_directory_is_locked_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
