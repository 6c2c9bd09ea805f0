/* host/legacy-tables: how often and how far a table of iptables-legacy is read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Behind the C library's: they stand back for what that has. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "host/firewall/legacy-tables.h"
#include "host/kernel/kernel-file.h"

/* What the kernel has by these: one table of IPv4, and how it answers. */
static const char *names;
static unsigned int size, questions;
static int refusal;

int __wrap_kernel_file_read(const char *path, char *buffer, size_t room);
int __wrap_kernel_file_read(const char *path, char *buffer, size_t room)
{
	(void)snprintf(buffer, room, "%s", strstr(path, "ip6") ? "" : names);
	return 0;
}

int __wrap_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return dup(STDIN_FILENO);
}

int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
	(void)fd;
	(void)level;
	(void)length;
	if (option == IPT_SO_GET_INFO) {
		((struct ipt_getinfo *)value)->size = size;
		return 0;
	}
	questions++;
	errno = refusal;
	return refusal ? -1 : 0;
}

/* getsockopt() has this name where a time_t of 64 bits is not the machine's own. */
int __wrap___getsockopt64(int fd, int level, int option, void *value, socklen_t *length);
int __wrap___getsockopt64(int fd, int level, int option, void *value, socklen_t *length)
{
	return __wrap_getsockopt(fd, level, option, value, length);
}

static int read_tables(struct uses *uses)
{
	struct rules_budget budget;

	rules_budget_start(&budget);
	questions = 0;
	return legacy_tables_read(&budget, "", uses);
}

static void table_that_keeps_changing_is_given_up(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	names = "filter\nnat\n";
	size = 1024;
	refusal = EAGAIN;
	assert_int_equal(read_tables(&uses), -EAGAIN);
	assert_int_equal(questions, LEGACY_TABLE_TRIES);
}

static void table_that_is_too_large_is_not_asked_for(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	names = "filter";
	refusal = 0;
	size = LEGACY_TABLE_MAX + 1;
	assert_int_equal(read_tables(&uses), -EFBIG);
	size = UINT32_MAX;
	assert_int_equal(read_tables(&uses), -EFBIG);
	assert_int_equal(questions, 0);
	/* as large as may be: read, and its zeros are no rules */
	size = LEGACY_TABLE_MAX;
	assert_int_equal(read_tables(&uses), -EBADMSG);
	assert_int_equal(questions, 1);
	assert_int_equal(uses.count, 0);
}

static void tables_are_read_one_after_the_other(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	names = "filter\nnat\nraw\n";
	size = 0;
	refusal = 0;
	assert_int_equal(read_tables(&uses), 0);
	assert_int_equal(questions, 3);
	assert_int_equal(uses.count, 1);
	expect_text("name", uses.items[0].name, "iptables-legacy table nat");
}

static void other_failures_are_no_reason_to_try_again(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	names = "filter";
	size = 1024;
	refusal = EPERM;
	assert_int_equal(read_tables(&uses), -EPERM);
	assert_int_equal(questions, 1);
}

/* Time and bytes of one namespace are no more than all have left. */
static void budget_is_spent(void **state)
{
	struct rules_budget all, one;

	(void)state;
	rules_budget_start(&all);
	one = rules_budget_of_one(&all);
	assert_int_equal(one.bytes, RULES_BYTES_MAX);
	assert_int_equal(rules_budget_spend(&one, RULES_BYTES_MAX), 0);
	assert_int_equal(rules_budget_spend(&one, 1), -EFBIG);
	all.bytes = 10;
	one = rules_budget_of_one(&all);
	assert_int_equal(rules_budget_spend(&one, 11), -EFBIG);
	all.processor_until = 0;
	one = rules_budget_of_one(&all);
	assert_int_equal(rules_budget_spend(&one, 1), -ETIME);
	rules_budget_start(&all);
	all.clock_until = 0;
	one = rules_budget_of_one(&all);
	assert_int_equal(rules_budget_spend(&one, 1), -ETIME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_that_keeps_changing_is_given_up),
		cmocka_unit_test(table_that_is_too_large_is_not_asked_for),
		cmocka_unit_test(tables_are_read_one_after_the_other),
		cmocka_unit_test(other_failures_are_no_reason_to_try_again),
		cmocka_unit_test(budget_is_spent),
	};

	return cmocka_run_group_tests_name("legacy-tables", tests, NULL, NULL);
}
