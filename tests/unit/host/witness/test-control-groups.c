/* host/witness/control-groups: a directory is found by its inode number, within bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <sys/stat.h>
#include <unistd.h>

#include "host/witness/control-groups.h"

static const char *const folders[] = {"a", "a/b", "a/b/c", "a/b/c/d", "x.slice", "x.slice/y.scope"};

struct fixture {
	char root[64];
};

static void path_of(const struct fixture *f, const char *name, char path[128])
{
	(void)snprintf(path, 128, "%s/%s", f->root, name);
}

static int set_up(void **state)
{
	static struct fixture fixture;
	char path[128];

	(void)snprintf(fixture.root, sizeof(fixture.root), "/tmp/test-control-groups.XXXXXX");
	if (!mkdtemp(fixture.root))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		path_of(&fixture, folders[i], path);
		if (mkdir(path, 0700) < 0)
			return -1;
	}
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (size_t i = ARRAY_SIZE(folders); i-- > 0;) {
		path_of(f, folders[i], path);
		(void)rmdir(path);
	}
	return rmdir(f->root);
}

static uint64_t inode_of(const struct fixture *f, const char *name)
{
	struct stat seen;
	char path[128];

	path_of(f, name, path);
	assert_int_equal(stat(path, &seen), 0);
	return seen.st_ino;
}

static void each_folder_is_found(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};

		assert_true(control_group_find(f->root, inode_of(f, folders[i]), GROUP_LEVELS_MAX,
					       &path));
		assert_int_equal(path.data[0], '/');
		expect_text("path", path.data + 1, folders[i]);
	}
}

static void search_ends_at_its_level(void **state)
{
	struct fixture *f = *state;
	struct buffer CLEANUP(buffer_clear) path = {0};

	assert_false(control_group_find(f->root, inode_of(f, "a/b/c"), 2, &path));
	expect_number("length", path.length, 0);
	assert_true(control_group_find(f->root, inode_of(f, "a/b"), 2, &path));
}

static void what_is_not_there_adds_nothing(void **state)
{
	struct fixture *f = *state;
	struct buffer CLEANUP(buffer_clear) path = {0};

	assert_false(control_group_find(f->root, inode_of(f, "."), GROUP_LEVELS_MAX, &path));
	assert_false(control_group_find("/does-not-exist", 1, GROUP_LEVELS_MAX, &path));
	expect_number("length", path.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_folder_is_found),
		cmocka_unit_test(search_ends_at_its_level),
		cmocka_unit_test(what_is_not_there_adds_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
