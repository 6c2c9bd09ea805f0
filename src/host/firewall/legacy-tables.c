/* The tables of iptables-legacy in the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/firewall/legacy-tables.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Behind the C library's: they stand back for what that has. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "host/kernel/kernel-file.h"

/* The two families' structures differ in their padding alone, which the sizes below take in. */
struct address_family {
	bool ipv6;
	int domain, level, info, entries;
	size_t head;
	const char *names;
};

static const struct address_family families[] = {
	{false, AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
	 sizeof(struct ipt_get_entries), "/proc/self/net/ip_tables_names"},
	{true, AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES,
	 sizeof(struct ip6t_get_entries), "/proc/self/net/ip6_tables_names"},
};

struct legacy_reading {
	const struct address_family *family;
	int fd;
	struct rules_budget *budget;
	const char *where;
	struct uses *uses;
};

static int judge_answer(const struct legacy_reading *reading, const char *name,
			const unsigned char *answer, size_t size)
{
	const struct xtables_table table = {.name = name,
					    .ipv6 = reading->family->ipv6,
					    .entries = answer + reading->family->head,
					    .size = size};

	return uses_of_xtables(&table, reading->where, reading->uses);
}

/* One try: -EAGAIN if the table has changed between the two questions. */
static int read_once(const struct legacy_reading *reading, const char *name)
{
	const struct address_family *family = reading->family;
	unsigned char *CLEANUP(free_pointer) answer = NULL;
	struct ipt_getinfo info = {0};
	socklen_t length = sizeof(info);
	struct ipt_get_entries head = {0};
	int error;

	(void)snprintf(info.name, sizeof(info.name), "%s", name);
	if (getsockopt(reading->fd, family->level, family->info, &info, &length) < 0)
		return -errno;
	error = info.size > LEGACY_TABLE_MAX ? -EFBIG
					     : rules_budget_spend(reading->budget, info.size);
	if (error < 0)
		return error;
	length = (socklen_t)(family->head + info.size);
	answer = calloc(1, length);
	if (!answer)
		return -ENOMEM;
	(void)snprintf(head.name, sizeof(head.name), "%s", name);
	head.size = info.size;
	memcpy(answer, &head, offsetof(struct ipt_get_entries, size) + sizeof(head.size));
	if (getsockopt(reading->fd, family->level, family->entries, answer, &length) < 0)
		return -errno;
	return judge_answer(reading, name, answer, info.size);
}

static int read_table(const struct legacy_reading *reading, const char *name)
{
	int error = -EAGAIN;

	for (unsigned int i = 0; i < LEGACY_TABLE_TRIES && error == -EAGAIN; i++)
		error = read_once(reading, name);
	return error;
}

static int read_family(struct legacy_reading *reading)
{
	const struct address_family *family = reading->family;
	char names[512], *name, *rest = NULL;
	int CLEANUP(close_descriptor) fd = -1;
	int error = kernel_file_read(family->names, names, sizeof(names));

	if (error < 0)
		return error == -ENOENT ? 0 : error;
	name = strtok_r(names, "\n", &rest);
	if (!name)
		return 0;
	fd = socket(family->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	reading->fd = fd;
	for (; name && error == 0; name = strtok_r(NULL, "\n", &rest))
		error = read_table(reading, name);
	return error;
}

int legacy_tables_read(struct rules_budget *budget, const char *where, struct uses *uses)
{
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families) && error == 0; i++)
		error = read_family(&(struct legacy_reading){
			.family = &families[i], .budget = budget, .where = where, .uses = uses});
	return error;
}
