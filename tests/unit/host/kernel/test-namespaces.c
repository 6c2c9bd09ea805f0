/*
 * host/namespaces and the kernel's own port: what is a network namespace, and the way in and out of
 * one.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/kernel/namespaces.h"

#define OWN "/proc/self/ns/net"

/* A process in a network namespace of its own, until the test is over. */
struct fixture {
	struct kernel *kernel;
	int hold;    /* closed: it ends */
	pid_t child; /* 0: this machine does not allow it */
	char path[64];
};

static void live_apart(int ready, int hold)
{
	char byte = '!';

	if (unshare(CLONE_NEWNET) == 0 && write(ready, &byte, 1) == 1)
		(void)!read(hold, &byte, 1);
	_exit(0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int ready[2], hold[2];
	char byte = '?';

	if (!f || pipe2(ready, O_CLOEXEC) < 0 || pipe2(hold, O_CLOEXEC) < 0 ||
	    kernel_open(&f->kernel) < 0)
		return -1;
	f->child = fork();
	if (f->child == 0) {
		(void)close(hold[1]);
		live_apart(ready[1], hold[0]);
	}
	(void)close(ready[1]);
	(void)close(hold[0]);
	f->hold = hold[1];
	(void)!read(ready[0], &byte, 1);
	(void)close(ready[0]);
	(void)snprintf(f->path, sizeof(f->path), "/proc/%d/ns/net", (int)f->child);
	*state = f;
	if (byte == '!')
		return 0;
	(void)waitpid(f->child, NULL, 0);
	f->child = 0;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	(void)close(f->hold);
	if (f->child > 0)
		(void)waitpid(f->child, NULL, 0);
	(void)kernel_close(f->kernel);
	free(f);
	return 0;
}

static ino_t inode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_ino;
}

/* Twice, as the way back is opened once. */
static void what_was_entered_is_left_again(void **state)
{
	struct fixture *f = *state;
	ino_t own = inode_of(OWN);

	/* Only root may make a namespace here; tests/host/namespaces.sh always has some. */
	if (f->child == 0)
		return;
	for (int i = 0; i < 2; i++) {
		struct network_namespace CLEANUP(network_namespace_done) one = {0};

		assert_int_equal(kernel_find_namespace(f->kernel, f->path, &one), 0);
		expect_text("path", one.path, f->path);
		assert_null(one.name);
		assert_int_equal(kernel_enter_namespace(f->kernel, &one), 0);
		assert_true(inode_of(OWN) == inode_of(f->path));
		kernel_leave_namespace(f->kernel);
		assert_true(inode_of(OWN) == own);
	}
}

static void process_tells_of_its_namespace(void **state)
{
	struct fixture *f = *state;
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	char command[32];
	size_t met = 0;

	/* Only root may make a namespace here; tests/host/namespaces.sh always has some. */
	if (f->child == 0)
		return;
	assert_int_equal(kernel_read(f->kernel, "/proc/self/comm", command, sizeof(command)), 0);
	assert_int_equal(kernel_list_namespaces(f->kernel, &others), 0);
	for (size_t i = 0; i < others.count; i++) {
		if (others.items[i].inode != inode_of(f->path))
			continue;
		met++;
		assert_int_equal(others.items[i].pid, f->child);
		expect_text("path", others.items[i].path, f->path);
		expect_text("command", others.items[i].command, command);
	}
	assert_int_equal(met, 1);
	/* The own one besides; others may come and go at any time. */
	assert_true(kernel_count_namespaces(f->kernel) >= 2);
}

static void only_another_network_namespace_is_found(void **state)
{
	static const struct {
		const char *wanted;
		int error;
	} rows[] = {
		{OWN, -EALREADY},
		{"/proc/self/ns/mnt", -EINVAL},
		{"/proc/self/ns", -EINVAL},
		{"/proc/self/status", -EINVAL},
		{"/dev/null", -EINVAL},
		{"/proc/0/ns/net", -ENOENT},
		{"/proc/self/ns/net/", -ENOTDIR},
		{"no-namespace-has-this-name", -ENOENT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct network_namespace one = {.pid = 5};
		int error = namespaces_find(rows[i].wanted, &one);

		if (error != rows[i].error)
			fail_msg("%s: %d, not %d", rows[i].wanted, error, rows[i].error);
		/* untouched */
		assert_int_equal(one.pid, 5);
	}
}

/* When it is entered, the number or name may belong to another namespace: that counts as disappeared. */
static void none_but_the_one_that_was_listed_is_entered(void **state)
{
	static char own_path[] = OWN, other_kind[] = "/proc/self/ns/mnt", none[] = "/proc/0/ns/net";
	struct stat own;
	struct network_namespace one = {.path = own_path};

	(void)state;
	assert_int_equal(stat(OWN, &own), 0);
	one.device = own.st_dev;
	one.inode = own.st_ino + 1;
	assert_int_equal(namespaces_enter(&one), -ENOENT);
	one.device = own.st_dev + 1;
	one.inode = own.st_ino;
	assert_int_equal(namespaces_enter(&one), -ENOENT);
	one.device = own.st_dev;
	one.path = none;
	assert_int_equal(namespaces_enter(&one), -ENOENT);
	one.path = other_kind;
	assert_int_equal(namespaces_enter(&one), -ENOENT);
}

static void own_one_is_not_among_the_others(void **state)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct stat own;

	(void)state;
	assert_int_equal(stat(OWN, &own), 0);
	assert_int_equal(namespaces_list(&others), 0);
	for (size_t i = 0; i < others.count; i++) {
		const struct network_namespace *one = &others.items[i];

		assert_true(one->device != own.st_dev || one->inode != own.st_ino);
		assert_non_null(one->path);
		assert_true((one->name != NULL) != (one->pid > 0));
		for (size_t k = 0; k < i; k++)
			assert_true(one->inode != others.items[k].inode ||
				    one->device != others.items[k].device);
	}
}

static void descriptions_hold_no_control_character(void **state)
{
	static char name[] = "blue", path[] = "/run/netns/b\nlue", command[] = "\033[2Jnginx";
	static const struct {
		struct network_namespace one;
		const char *text;
	} rows[] = {
		{{.name = name, .path = path}, "namespace blue"},
		{{.path = path, .command = command, .pid = 77}, "namespace of ?[2Jnginx (77)"},
		{{.path = path}, "namespace /run/netns/b?lue"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		network_namespace_describe(&rows[i].one, &b);
		expect_text("description", b.data, rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_another_network_namespace_is_found),
		cmocka_unit_test(none_but_the_one_that_was_listed_is_entered),
		cmocka_unit_test(own_one_is_not_among_the_others),
		cmocka_unit_test_setup_teardown(what_was_entered_is_left_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(process_tells_of_its_namespace, set_up, tear_down),
		cmocka_unit_test(descriptions_hold_no_control_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
