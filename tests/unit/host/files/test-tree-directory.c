/* host/tree: directories listed, missing, made and removed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void assert_lists(const struct tree *tree, const char *path, const char *suffix,
			 const char *wanted)
{
	struct names CLEANUP(names_done) names = {0};
	char all[256] = "";

	assert_int_equal(tree_list(tree, path, suffix, &names), 0);
	for (size_t i = 0; i < names.count; i++) {
		strcat(all, names.items[i]);
		strcat(all, " ");
	}
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
	struct names names = {.count = 4711};

	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	put_link(f, "/loop", "loop");
	put_link(f, "/masked", "/dev/null");
	assert_lists(f->tree, "/missing", "", "");
	assert_lists(f->tree, "/missing/too", "", "");
	assert_lists(f->tree, "/nowhere", "", "");
	assert_int_equal(tree_list(f->tree, "/file", "", &names), -ENOTDIR);
	assert_int_equal(tree_list(f->tree, "/masked", "", &names), -ENOTDIR);
	assert_int_equal(tree_list(f->tree, "/loop", "", &names), -ELOOP);
	assert_null(names.items);
	assert_int_equal(names.count, 4711);
}

/* Files with the numbers from first on as their names. */
static void put_numbers(const struct fixture *f, unsigned int first, unsigned int count,
			const char *suffix)
{
	int CLEANUP(close_descriptor) directory = openat(f->root, "many", O_PATH | O_DIRECTORY);

	assert_true(directory >= 0);
	for (unsigned int i = first; i < first + count; i++) {
		char name[32];

		assert_true(snprintf(name, sizeof(name), "%u%s", i, suffix) > 0);
		assert_int_equal(mknodat(directory, name, S_IFREG | 0644, 0), 0);
	}
}

static void too_many_names_are_an_error(void **state)
{
	const struct fixture *f = *state;
	struct names names = {.count = 4711};

	put_directory(f, "/many");
	put_numbers(f, 0, TREE_NAMES_MAX, ".conf");
	put_numbers(f, 0, 1, ".other");
	assert_int_equal(tree_list(f->tree, "/many", ".conf", &names), 0);
	assert_int_equal(names.count, TREE_NAMES_MAX);
	names_done(&names);
	assert_int_equal(tree_list(f->tree, "/many", "", &names), -EOVERFLOW);
	put_numbers(f, TREE_NAMES_MAX, 1, ".conf");
	assert_int_equal(tree_list(f->tree, "/many", ".conf", &names), -EOVERFLOW);
	assert_null(names.items);
	assert_lists(f->tree, "/many", ".other", "0.other ");
}

static void assert_missing(const struct tree *tree, const char *path, const char *wanted)
{
	struct names CLEANUP(names_done) names = {0};
	char all[256] = "";

	assert_int_equal(tree_missing_directories(tree, path, &names), 0);
	for (size_t i = 0; i < names.count; i++) {
		strcat(all, names.items[i]);
		strcat(all, " ");
	}
	assert_string_equal(all, wanted);
}

static void missing_directories_are_named(void **state)
{
	const struct fixture *f = *state;
	struct names names = {.count = 4711};

	put_directory(f, "/usr/etc");
	put_link(f, "/etc", "/usr/etc");
	put_file(f, "/file", "");
	put_link(f, "/nowhere", "/missing");
	assert_missing(f->tree, "/file", "");
	assert_missing(f->tree, "/etc/file", "");
	assert_missing(f->tree, "/etc/x.d/file", "/etc/x.d ");
	assert_missing(f->tree, "/etc/a/b/c/file", "/etc/a /etc/a/b /etc/a/b/c ");
	assert_missing(f->tree, "/etc//a///b//", "/etc//a ");
	assert_int_equal(tree_missing_directories(f->tree, "/file/x/y", &names), -ENOTDIR);
	/* Here the caller would else try to make what is there already. */
	assert_int_equal(tree_missing_directories(f->tree, "/nowhere/x", &names), -ENOLINK);
	assert_int_equal(tree_missing_directories(f->tree, "x/y", &names), -EINVAL);
	assert_null(names.items);
	assert_int_equal(names.count, 4711);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(names_come_in_byte_order),
		TREE_TEST(missing_directory_is_an_empty_list),
		TREE_TEST(too_many_names_are_an_error),
		TREE_TEST(missing_directories_are_named),
		TREE_TEST(only_empty_directories_are_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
