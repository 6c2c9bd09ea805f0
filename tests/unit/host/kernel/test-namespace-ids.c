/*
 * host/namespaces where the kernel lists its network namespaces: the test answers listns(2) and
 * open_by_handle_at(2) in the kernel's place.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/kernel/namespace-ids.h"
#include "host/kernel/namespaces.h"

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
int __wrap_open_by_handle_at(int root, struct file_handle *handle, int flags);

/* The answer to the next listings. */
static struct {
	long count; /* as the call returns it; negative: errno */
	const uint64_t *ids;
	unsigned int asked;
} reply;

/* What each id opens: a path, or an errno. */
static const struct {
	uint64_t id;
	const char *path;
	int error;
} openings[] = {
	{1, "/proc/self/ns/net", 0},
	{2, NULL, ESTALE},
	{3, "/proc/self/ns/mnt", 0},
	{4, "/dev/null", 0},
	{5, NULL, EPERM},
	{6, "other", 0},
	{7, "other", 0},
	{8, NULL, EOPNOTSUPP},
	{9, NULL, ENOSYS},
};

/* A file of another network namespace; empty: this machine does not let the test make one. */
static char other[64];

long __wrap_syscall(long number, ...)
{
	va_list list;
	long values[4];

	va_start(list, number);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = va_arg(list, long);
	va_end(list);
	/* listns(2) has the greatest number of the calls that the program makes. */
	if (number < 470)
		return __real_syscall(number, values[0], values[1], values[2], values[3]);
	reply.asked++;
	if (reply.count < 0) {
		errno = (int)-reply.count;
		return -1;
	}
	for (long i = 0; i < reply.count && i < values[2]; i++)
		((uint64_t *)values[1])[i] = reply.ids ? reply.ids[i] : 1;
	return reply.count;
}

int __wrap_open_by_handle_at(int root, struct file_handle *handle, int flags)
{
	uint64_t id;

	/* include/uapi/linux/fcntl.h and nsfs.h of Linux 6.19. */
	assert_int_equal(root, -10003);
	assert_int_equal(handle->handle_type, 0xf1);
	assert_int_equal(handle->handle_bytes, 16);
	assert_true(flags & O_CLOEXEC);
	memcpy(&id, handle->f_handle, sizeof(id));
	for (size_t i = 0; i < ARRAY_SIZE(openings); i++) {
		if (openings[i].id != id)
			continue;
		if (openings[i].path)
			return open(strcmp(openings[i].path, "other") == 0 ? other
									   : openings[i].path,
				    flags);
		errno = openings[i].error;
		return -1;
	}
	fail_msg("id %llu was never listed", (unsigned long long)id);
	return -1;
}

static void answer(long count, const uint64_t *ids)
{
	reply.count = count;
	reply.ids = ids;
	reply.asked = 0;
}

static void reply_is_vetted(void **state)
{
	static const uint64_t many[] = {1, 6};
	static const struct {
		long count;
		int expected;
	} rows[] = {
		{0, 0},
		{2, 2},
		{-ENOSYS, -ENOSYS},
		{-EPERM, -EPERM},
		{-EFAULT, -EFAULT},
		{3, -EBADMSG},
		{1L << 30, -EBADMSG},
	};
	uint64_t ids[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		answer(rows[i].count, rows[i].count <= 2 ? many : NULL);
		assert_int_equal(namespace_ids_list(ids, ARRAY_SIZE(ids)), rows[i].expected);
		assert_int_equal(reply.asked, 1);
	}
}

/* Returns how many namespaces without a path were found, and checks what they are. */
static size_t count_listed(const struct network_namespaces *found)
{
	size_t listed = 0;

	for (size_t i = 0; i < found->count; i++) {
		char expected[64];

		if (found->items[i].id == 0)
			continue;
		listed++;
		(void)snprintf(expected, sizeof(expected), "net:[%llu]",
			       (unsigned long long)found->items[i].inode);
		expect_text("path", found->items[i].path, expected);
		assert_null(found->items[i].name);
		assert_null(found->items[i].command);
		assert_int_equal(found->items[i].pid, 0);
	}
	return listed;
}

/* Where the kernel cannot list, or may not, the walk through /proc is all, and no failure. */
static void walk_serves_without_the_call(void **state)
{
	static const long errors[] = {-ENOSYS, -EPERM, -EACCES, -EINVAL, -EFAULT, 0, 1L << 30};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct network_namespaces CLEANUP(network_namespaces_done) found = {0};

		answer(errors[i], NULL);
		assert_int_equal(namespaces_list(&found), 0);
		assert_int_equal(reply.asked, 1);
		assert_false(found.by_kernel);
		assert_false(found.cut);
		assert_int_equal(count_listed(&found), 0);
	}
}

/* What has gone, is no network namespace, or is this process's own is left out. */
static void only_others_are_added(void **state)
{
	static const uint64_t ids[] = {1, 2, 3, 4, 8, 1, 2};
	struct network_namespaces CLEANUP(network_namespaces_done) found = {0};

	(void)state;
	answer(ARRAY_SIZE(ids), ids);
	assert_int_equal(namespaces_list(&found), 0);
	assert_true(found.by_kernel);
	assert_int_equal(count_listed(&found), 0);
}

/* A sandbox may let the kernel list them and refuse to open them. */
static void refused_opening_counts_as_no_listing(void **state)
{
	static const uint64_t refused[][2] = {{1, 5}, {5, 1}, {1, 9}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct network_namespaces CLEANUP(network_namespaces_done) found = {0};

		answer(2, refused[i]);
		assert_int_equal(namespaces_list(&found), 0);
		assert_false(found.by_kernel);
		assert_int_equal(count_listed(&found), 0);
	}
}

/* A reply that fills all the room may have had more. */
static void too_many_are_cut(void **state)
{
	struct network_namespaces CLEANUP(network_namespaces_done) found = {0};

	(void)state;
	answer(NAMESPACES_MAX + 2, NULL);
	assert_int_equal(namespaces_list(&found), 0);
	assert_true(found.by_kernel);
	assert_true(found.cut);
}

/* One that the walk cannot see is found once, however often it is listed, and is entered. */
static void unseen_one_is_found_and_entered(void **state)
{
	static const uint64_t ids[] = {1, 6, 7, 6}, gone[] = {1};
	struct network_namespaces CLEANUP(network_namespaces_done) found = {0};
	struct stat own, there;
	int back;

	(void)state;
	/* Only root may make a namespace; in a guest tests/vm/namespaces.sh always does. */
	if (!*other)
		return;
	answer(ARRAY_SIZE(ids), ids);
	assert_int_equal(namespaces_list(&found), 0);
	assert_true(found.by_kernel);
	assert_int_equal(count_listed(&found), 1);
	for (size_t i = 0; i < found.count; i++) {
		if (found.items[i].id == 0)
			continue;
		assert_int_equal(stat("/proc/self/ns/net", &own), 0);
		assert_int_equal(namespaces_open_own(&back), 0);
		assert_int_equal(namespaces_enter(&found.items[i]), 0);
		assert_int_equal(stat("/proc/self/ns/net", &there), 0);
		assert_true(there.st_ino == found.items[i].inode && there.st_ino != own.st_ino);
		namespaces_return(back);
		(void)close(back);
		/* It has disappeared meanwhile, or the id leads to another one. */
		found.items[i].id = 2;
		assert_int_equal(namespaces_enter(&found.items[i]), -ENOENT);
		found.items[i].id = 1;
		assert_int_equal(namespaces_enter(&found.items[i]), -ENOENT);
	}
	network_namespaces_done(&found);
	answer(ARRAY_SIZE(gone), gone);
	assert_int_equal(namespaces_list(&found), 0);
	assert_int_equal(count_listed(&found), 0);
}

/* Makes a namespace that only an open file of this process holds. */
static int set_up(void **state)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), made = -1;

	(void)state;
	if (own >= 0 && unshare(CLONE_NEWNET) == 0) {
		made = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (setns(own, CLONE_NEWNET) < 0)
			return -1;
	}
	if (made >= 0)
		(void)snprintf(other, sizeof(other), "/proc/self/fd/%d", made);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reply_is_vetted),
		cmocka_unit_test(walk_serves_without_the_call),
		cmocka_unit_test(only_others_are_added),
		cmocka_unit_test(refused_opening_counts_as_no_listing),
		cmocka_unit_test(too_many_are_cut),
		cmocka_unit_test(unseen_one_is_found_and_entered),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
