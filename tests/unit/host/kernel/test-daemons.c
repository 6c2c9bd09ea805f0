/* host/kernel/daemons: which processes count, with the words of their command lines. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/kernel/daemons.h"

#define ROOTS	 "Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
#define SOMEBODY "Name:\tx\nUid:\t1000\t0\t0\t0\nGid:\t0\t0\t0\t0\n"

static int set_up(void **state)
{
	*state = strdup("/tmp/test-daemons-XXXXXX");
	return *state && mkdtemp(*state) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static int tear_down(void **state)
{
	int error = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return error;
}

/* Writes a file below the folder; its folders are made. */
static void write_file(const char *root, const char *path, const char *bytes, size_t size)
{
	char whole[256];
	FILE *file;

	(void)snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static const struct host_daemon *find_pid(const struct daemons *daemons, unsigned long pid)
{
	static const struct host_daemon none;

	for (size_t i = 0; i < daemons->count; i++)
		if (daemons->items[i].pid == pid)
			return &daemons->items[i];
	fail_msg("%lu is not found", pid);
	return &none;
}

static void daemons_of_root_are_found(void **state)
{
	static const char *const names[] = {"kube-proxy", "hyperkube"};
	struct daemons daemons = {0};
	const char *root = *state;
	const struct host_daemon *daemon;

	write_file(root, "proc/5/comm", BYTES("kube-proxy\n"));
	write_file(root, "proc/5/status", BYTES(ROOTS));
	write_file(root, "proc/5/cmdline", BYTES("a\0b c\0"));
	write_file(root, "proc/5/root/x", BYTES(""));
	write_file(root, "proc/6/comm", BYTES("kube-proxy\n"));
	write_file(root, "proc/6/status", BYTES(SOMEBODY));
	write_file(root, "proc/7/comm", BYTES("sshd\n"));
	write_file(root, "proc/8/comm", BYTES("hyperkube\n"));
	write_file(root, "proc/self/comm", BYTES("kube-proxy\n"));
	assert_int_equal(daemons_find(root, names, ARRAY_SIZE(names), &daemons), 0);
	assert_int_equal(daemons.count, 2);
	daemon = find_pid(&daemons, 5);
	expect_text("name", daemon->command, "kube-proxy");
	assert_int_equal(daemon->size, 6);
	assert_memory_equal(daemon->words, "a\0b c\0", 7);
	assert_int_equal(daemon->root_error, 0);
	assert_true(daemon->root_is_apart);
	/* The process has no command line, and its root cannot be read. */
	daemon = find_pid(&daemons, 8);
	assert_int_equal(daemon->size, 0);
	assert_int_equal(daemon->root_error, -ENOENT);
	assert_false(daemon->root_is_apart);
	daemons_done(&daemons);
	assert_int_equal(daemons.count, 0);
}

static void figures_are_bounded(void **state)
{
	static const char *const names[] = {"k3s"};
	struct daemons daemons = {0};
	char path[64], *words = calloc(1, DAEMON_WORDS_MAX * 2);

	assert_non_null(words);
	memset(words, 'x', DAEMON_WORDS_MAX * 2);
	for (unsigned int i = 1; i <= DAEMONS_MAX + 5; i++) {
		(void)snprintf(path, sizeof(path), "proc/%u/comm", i);
		write_file(*state, path, BYTES("k3s\n"));
		(void)snprintf(path, sizeof(path), "proc/%u/cmdline", i);
		write_file(*state, path, words, i == 1 ? DAEMON_WORDS_MAX * 2 : 1);
	}
	free(words);
	assert_int_equal(daemons_find(*state, names, ARRAY_SIZE(names), &daemons), 0);
	assert_int_equal(daemons.count, DAEMONS_MAX);
	for (size_t i = 0; i < daemons.count; i++)
		assert_true(daemons.items[i].size <= DAEMON_WORDS_MAX);
	daemons_done(&daemons);
}

static void without_proc_there_is_none(void **state)
{
	static const char *const names[] = {"k3s"};
	struct daemons daemons = {0};

	assert_int_equal(daemons_find(*state, names, ARRAY_SIZE(names), &daemons), 0);
	assert_int_equal(daemons.count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(daemons_of_root_are_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(figures_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_proc_there_is_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
