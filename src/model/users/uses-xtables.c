/* What of a legacy iptables table needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Behind the C library's: they stand back for what that has. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/users/uses.h"

static const char breaks[] = "iptables-restore refuses the whole table that has such a rule";

const char *const xtables_extensions[XTABLES_EXTENSIONS] = {
	"conntrack", "state",	  "CT",	      "NOTRACK",   "connmark", "CONNMARK",   "connbytes",
	"connlabel", "connlimit", "cluster",  "helper",	   "SNAT",     "DNAT",	     "MASQUERADE",
	"REDIRECT",  "NETMAP",	  "SYNPROXY", "CLUSTERIP", "ipvs",     "CONNSECMARK"};

int xtables_extension(const char *name, size_t size)
{
	size_t length = strnlen(name, size);

	for (int i = 0; i < XTABLES_EXTENSIONS; i++)
		if (strlen(xtables_extensions[i]) == length &&
		    memcmp(xtables_extensions[i], name, length) == 0)
			return i;
	return -1;
}

/* Both families have the offsets at different places, and the same matches and targets. */
struct xtables_entry {
	uint16_t first, target, next; /* offsets from the entry's begin */
};

static bool read_entry(const struct xtables_table *table, size_t at, struct xtables_entry *ret)
{
	size_t head = table->ipv6 ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry);
	uint16_t target, next;

	if (table->size - at < head)
		return false;
	memcpy(&target,
	       table->entries + at +
		       (table->ipv6 ? offsetof(struct ip6t_entry, target_offset)
				    : offsetof(struct ipt_entry, target_offset)),
	       sizeof(target));
	memcpy(&next,
	       table->entries + at +
		       (table->ipv6 ? offsetof(struct ip6t_entry, next_offset)
				    : offsetof(struct ipt_entry, next_offset)),
	       sizeof(next));
	if (target < head || next < target + sizeof(struct xt_entry_target) ||
	    next > table->size - at)
		return false;
	*ret = (struct xtables_entry){(uint16_t)head, target, next};
	return true;
}

/* The name of a match or target at an offset; false: it is not whole. Both begin with size and name. */
static bool read_name(const struct xtables_table *table, size_t at, size_t end, uint16_t *ret_size,
		      char name[XT_EXTENSION_MAXNAMELEN])
{
	if (end - at < sizeof(struct xt_entry_match))
		return false;
	memcpy(ret_size, table->entries + at + offsetof(struct xt_entry_match, u.user.match_size),
	       sizeof(*ret_size));
	memcpy(name, table->entries + at + offsetof(struct xt_entry_match, u.user.name),
	       XT_EXTENSION_MAXNAMELEN);
	name[XT_EXTENSION_MAXNAMELEN - 1] = '\0';
	return *ret_size >= sizeof(struct xt_entry_match) && *ret_size <= end - at;
}

/* Whether one rule needs it; the first such name is kept. -EBADMSG. */
static int judge_entry(const struct xtables_table *table, size_t at,
		       const struct xtables_entry *entry, char found[XT_EXTENSION_MAXNAMELEN])
{
	size_t end = at + entry->target;
	char name[XT_EXTENSION_MAXNAMELEN];
	uint16_t size;
	int count = 0;

	for (size_t match = at + entry->first; match < end; match += size) {
		if (!read_name(table, match, end, &size, name))
			return -EBADMSG;
		if (xtables_extension(name, sizeof(name)) >= 0 && count++ == 0)
			memcpy(found, name, sizeof(name));
	}
	if (!read_name(table, end, at + entry->next, &size, name))
		return -EBADMSG;
	if (xtables_extension(name, sizeof(name)) >= 0 && count++ == 0)
		memcpy(found, name, sizeof(name));
	return count > 0;
}

int uses_of_xtables(const struct xtables_table *table, const char *where, struct uses *uses)
{
	struct buffer CLEANUP(buffer_clear) name = {0};
	char first[XT_EXTENSION_MAXNAMELEN] = "", found[XT_EXTENSION_MAXNAMELEN] = "";
	unsigned int rules = 0;

	for (size_t at = 0; at < table->size;) {
		struct xtables_entry entry;
		int needs;

		if (!read_entry(table, at, &entry))
			return -EBADMSG;
		needs = judge_entry(table, at, &entry, found);
		if (needs < 0)
			return needs;
		if (needs && rules++ == 0)
			memcpy(first, found, sizeof(first));
		at += entry.next;
	}
	buffer_printf(&name, "%s table %s%s%s",
		      table->ipv6 ? "ip6tables-legacy" : "iptables-legacy", table->name,
		      *where ? ", " : "", where);
	if (!name.data || name.error < 0) {
		uses->out_of_memory = true;
		return 0;
	}
	if (rules > 0)
		uses_add(uses,
			 &(struct use_heading){.certainty = USE_CERTAIN,
					       .kind = "rules",
					       .name = name.data,
					       .breaks = breaks},
			 "%s rule%s with %s%s", text_count(rules).text, rules == 1 ? "" : "s",
			 first, rules == 1 ? "" : " or the like");
	else if (strcmp(table->name, "nat") == 0)
		uses_add(uses,
			 &(struct use_heading){.certainty = USE_LIKELY,
					       .kind = "rules",
					       .name = name.data,
					       .breaks = breaks},
			 "the table is there, without such a rule");
	return 0;
}
