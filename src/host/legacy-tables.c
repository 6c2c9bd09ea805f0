/* The tables of iptables-legacy in this process's network namespace. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/legacy-tables.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Behind the C library's: they stand back for what that has. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "host/kernel-file.h"

/* The two families' structures differ in their padding alone, which the sizes below take in. */
struct family {
	bool ipv6;
	int domain, level, info, entries;
	size_t head;
	const char *names;
};

static const struct family families[] = {
	{false, AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
	 sizeof(struct ipt_get_entries), "/proc/self/net/ip_tables_names"},
	{true, AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO, IP6T_SO_GET_ENTRIES,
	 sizeof(struct ip6t_get_entries), "/proc/self/net/ip6_tables_names"},
};

/* One try: -EAGAIN if the table has changed between the two questions. */
static int ask(const struct family *family, int fd, const char *name, struct legacy_table *table)
{
	struct ipt_getinfo info = {0};
	socklen_t length = sizeof(info);
	struct ipt_get_entries head = {0};
	unsigned char *answer;

	(void)snprintf(info.name, sizeof(info.name), "%s", name);
	if (getsockopt(fd, family->level, family->info, &info, &length) < 0)
		return -errno;
	length = (socklen_t)(family->head + info.size);
	answer = calloc(1, length);
	if (!answer)
		return -ENOMEM;
	(void)snprintf(head.name, sizeof(head.name), "%s", name);
	head.size = info.size;
	memcpy(answer, &head, offsetof(struct ipt_get_entries, size) + sizeof(head.size));
	if (getsockopt(fd, family->level, family->entries, answer, &length) < 0) {
		int error = -errno;

		free(answer);
		return error;
	}
	memmove(answer, answer + family->head, info.size);
	*table = (struct legacy_table){.ipv6 = family->ipv6, .entries = answer, .size = info.size};
	(void)snprintf(table->name, sizeof(table->name), "%s", name);
	return 0;
}

static int add(const struct family *family, int fd, const char *name, struct ruleset *ruleset)
{
	struct legacy_table *tables =
		realloc(ruleset->tables, (ruleset->table_count + 1) * sizeof(*tables));
	int error;

	if (!tables)
		return -ENOMEM;
	ruleset->tables = tables;
	do
		error = ask(family, fd, name, &tables[ruleset->table_count]);
	while (error == -EAGAIN);
	if (error == 0)
		ruleset->table_count++;
	return error;
}

static int read_family(const struct family *family, struct ruleset *ruleset)
{
	int CLEANUP(close_descriptor) fd = -1;
	char names[512], *name, *rest = NULL;
	int error = kernel_file_read(family->names, names, sizeof(names));

	if (error < 0)
		return error == -ENOENT ? 0 : error;
	name = strtok_r(names, "\n", &rest);
	if (!name)
		return 0;
	fd = socket(family->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	for (; name && error == 0; name = strtok_r(NULL, "\n", &rest))
		error = add(family, fd, name, ruleset);
	return error;
}

int legacy_tables_read(struct ruleset *ruleset)
{
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families) && error == 0; i++)
		error = read_family(&families[i], ruleset);
	return error;
}
