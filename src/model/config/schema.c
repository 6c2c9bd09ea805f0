/* THE schema: section, type, bounds, kernel key, releases and one line of help for each setting. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/schema.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

static const char *const mode_choices[] = {"tune", "disable", NULL};
static const char *const max_policy_choices[] = {"exact", "at_least", NULL};
static const char *const on_drift_choices[] = {"report", "restore", NULL};
static const char *const resize_choices[] = {"auto", "now", "next_load", NULL};
static const char *const namespaces_choices[] = {"host", "all", NULL};
static const char *const enforce_choices[] = {"block", "blacklist", NULL};

#define EVERYWHERE NULL, NULL, NULL
#define SCTP	   NULL, NULL, "NF_CT_PROTO_SCTP"
#define DCCP	   NULL, "6.16", "NF_CT_PROTO_DCCP"
#define GRE	   "5.0", NULL, "NF_CT_PROTO_GRE"
#define FLOWTABLE  "5.14", NULL, "NF_FLOW_TABLE"
#define FRAG6	   NULL, NULL, "NF_DEFRAG_IPV6"
#define SCTP_OLD   NULL, "6.1", "NF_CT_PROTO_SCTP"
#define EVENTS	   NULL, NULL, "NF_CONNTRACK_EVENTS"
#define TIMESTAMP  NULL, NULL, "NF_CONNTRACK_TIMESTAMP"
#define HELPER	   NULL, "5.19", NULL
#define FROM_5_14  "5.14", NULL, NULL
#define LWTUNNEL   "5.15", NULL, "LWTUNNEL"

#define TIMEOUT(name, key, where, fallback, doc)                                                  \
	{                                                                                         \
		"timeouts", name, TYPE_SECONDS, 0, TIMEOUT_MAX_HZ100, key, where, fallback, NULL, \
			NULL, doc                                                                 \
	}
#define SWITCH(name, key, where, fallback, doc)                                         \
	{                                                                               \
		"options", name, TYPE_BOOL, 0, 1, key, where, fallback, NULL, NULL, doc \
	}
#define NUMBER(name, most, key, where, fallback, doc)                                        \
	{                                                                                    \
		"options", name, TYPE_NUMBER, 0, most, key, where, fallback, NULL, NULL, doc \
	}

/* clang-format off */
const struct schema_row schema[] = {
	[SETTING_MODE] = {"conntrack", "mode", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE, "tune",
		mode_choices, NULL,
		"tune: hold the values below; disable: keep nf_conntrack off this host"},
	[SETTING_MAX] = {"conntrack", "max", TYPE_SIZE, 1, INT_MAX, "nf_conntrack_max", EVERYWHERE,
		"kernel's", NULL, NULL,
		"most entries that each network namespace may hold; auto: a floor, at most 2 % "
		"of RAM"},
	[SETTING_MAX_POLICY] = {"conntrack", "max_policy", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE,
		"exact", max_policy_choices, NULL,
		"exact: max is this number; at_least: a larger live max stays"},
	[SETTING_HASHSIZE] = {"conntrack", "hashsize", TYPE_SIZE, 1, HASHSIZE_MAX, NULL, EVERYWHERE,
		"kernel's", NULL, NULL,
		"buckets of the hash table, which all namespaces share; auto: as many as max"},
	[SETTING_MEMORY_LIMIT] = {"conntrack", "memory_limit", TYPE_SHARE, 1, UINT64_MAX, NULL,
		EVERYWHERE, "25%", NULL, NULL,
		"the most memory a full table may take; larger sizes are refused"},
	[SETTING_EXPECT_MAX] = {"conntrack", "expect_max", TYPE_NUMBER, 1, INT_MAX,
		"nf_conntrack_expect_max", EVERYWHERE, "kernel's", NULL, NULL,
		"most expected connections (FTP, SIP ...) that each namespace may hold"},
	[SETTING_EXPECT_HASHSIZE] = {"conntrack", "expect_hashsize", TYPE_NUMBER, 1, HASHSIZE_MAX,
		NULL, EVERYWHERE, "kernel's", NULL, NULL,
		"buckets for expected connections; set only while the module loads"},
	[SETTING_SYNCHRONOUS] = {"apply", "synchronous", TYPE_BOOL, 0, 1, NULL, EVERYWHERE, "no",
		NULL, NULL,
		"yes: modprobe returns only when the values are active (an install line)"},
	[SETTING_ON_DRIFT] = {"apply", "on_drift", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE, "report",
		on_drift_choices, NULL,
		"report: the check timer logs drift; restore: it also has drift corrected"},
	[SETTING_RESIZE] = {"apply", "resize", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE, "auto",
		resize_choices, NULL,
		"live resize; auto: at once below 10,000 entries; now: always; next_load: never"},
	[SETTING_NAMESPACES] = {"apply", "namespaces", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE, "host",
		namespaces_choices, NULL,
		"all: timeouts and options are set in every network namespace, not only the "
		"host's"},
	[SETTING_WITNESS] = {"apply", "witness", TYPE_BOOL, 0, 1, NULL, EVERYWHERE, "no", NULL,
		NULL, "yes: a BPF program records who writes a conntrack key"},
	[SETTING_ENFORCE] = {"disable", "enforce", TYPE_CHOICE, 0, 0, NULL, EVERYWHERE, "block",
		enforce_choices, NULL,
		"block: nf_conntrack cannot load; blacklist: it cannot load by an alias"},
	[SETTING_UNLOAD] = {"disable", "unload", TYPE_BOOL, 0, 1, NULL, EVERYWHERE, "yes", NULL,
		NULL,
		"remove the loaded module at install, if nothing uses it"},

	TIMEOUT("generic", "nf_conntrack_generic_timeout", EVERYWHERE, "600",
		"other protocols, which have no timeouts of their own"),
	TIMEOUT("tcp_syn_sent", "nf_conntrack_tcp_timeout_syn_sent", EVERYWHERE, "120",
		"SYN seen, no answer yet"),
	TIMEOUT("tcp_syn_recv", "nf_conntrack_tcp_timeout_syn_recv", EVERYWHERE, "60",
		"SYN answered, handshake not finished"),
	TIMEOUT("tcp_established", "nf_conntrack_tcp_timeout_established", EVERYWHERE, "432000",
		"idle established connections (the kernel's default is 5 days)"),
	TIMEOUT("tcp_fin_wait", "nf_conntrack_tcp_timeout_fin_wait", EVERYWHERE, "120",
		"one side has closed"),
	TIMEOUT("tcp_close_wait", "nf_conntrack_tcp_timeout_close_wait", EVERYWHERE, "60",
		"the close was acknowledged, the other side still open"),
	TIMEOUT("tcp_last_ack", "nf_conntrack_tcp_timeout_last_ack", EVERYWHERE, "30",
		"both sides closed, last acknowledgement missing"),
	TIMEOUT("tcp_time_wait", "nf_conntrack_tcp_timeout_time_wait", EVERYWHERE, "120",
		"closed connections, kept for late packets"),
	TIMEOUT("tcp_close", "nf_conntrack_tcp_timeout_close", EVERYWHERE, "10",
		"connections ended by a reset"),
	TIMEOUT("tcp_max_retrans", "nf_conntrack_tcp_timeout_max_retrans", EVERYWHERE, "300",
		"after tcp_max_retrans retransmissions without an answer"),
	TIMEOUT("tcp_unacknowledged", "nf_conntrack_tcp_timeout_unacknowledged", EVERYWHERE, "300",
		"data sent and not acknowledged"),
	TIMEOUT("udp", "nf_conntrack_udp_timeout", EVERYWHERE, "30",
		"UDP seen in one direction only"),
	TIMEOUT("udp_stream", "nf_conntrack_udp_timeout_stream", EVERYWHERE, "120",
		"UDP seen in both directions: a stream (180 up to Linux 4.19)"),
	TIMEOUT("icmp", "nf_conntrack_icmp_timeout", EVERYWHERE, "30",
		"ICMP requests"),
	TIMEOUT("icmpv6", "nf_conntrack_icmpv6_timeout", EVERYWHERE, "30",
		"ICMPv6 requests"),
	TIMEOUT("sctp_closed", "nf_conntrack_sctp_timeout_closed", SCTP, "10",
		"SCTP association closed"),
	TIMEOUT("sctp_cookie_wait", "nf_conntrack_sctp_timeout_cookie_wait", SCTP, "3",
		"SCTP INIT sent"),
	TIMEOUT("sctp_cookie_echoed", "nf_conntrack_sctp_timeout_cookie_echoed", SCTP, "3",
		"SCTP cookie sent back"),
	TIMEOUT("sctp_established", "nf_conntrack_sctp_timeout_established", SCTP, "210",
		"SCTP association up (five days before Linux 6.2 and early stable releases)"),
	TIMEOUT("sctp_shutdown_sent", "nf_conntrack_sctp_timeout_shutdown_sent", SCTP, "3",
		"SCTP shutdown sent"),
	TIMEOUT("sctp_shutdown_recd", "nf_conntrack_sctp_timeout_shutdown_recd", SCTP, "3",
		"SCTP shutdown received"),
	TIMEOUT("sctp_shutdown_ack_sent", "nf_conntrack_sctp_timeout_shutdown_ack_sent", SCTP, "3",
		"SCTP shutdown acknowledged"),
	TIMEOUT("sctp_heartbeat_sent", "nf_conntrack_sctp_timeout_heartbeat_sent", SCTP, "30",
		"SCTP heartbeat on a further path"),
	TIMEOUT("sctp_heartbeat_acked", "nf_conntrack_sctp_timeout_heartbeat_acked", SCTP_OLD,
		"210",
		"SCTP heartbeat answered on a further path"),
	TIMEOUT("dccp_request", "nf_conntrack_dccp_timeout_request", DCCP, "240",
		"DCCP request sent"),
	TIMEOUT("dccp_respond", "nf_conntrack_dccp_timeout_respond", DCCP, "480",
		"DCCP request answered"),
	TIMEOUT("dccp_partopen", "nf_conntrack_dccp_timeout_partopen", DCCP, "480",
		"DCCP handshake not finished"),
	TIMEOUT("dccp_open", "nf_conntrack_dccp_timeout_open", DCCP, "43200",
		"DCCP connection up"),
	TIMEOUT("dccp_closereq", "nf_conntrack_dccp_timeout_closereq", DCCP, "64",
		"DCCP server asked to close"),
	TIMEOUT("dccp_closing", "nf_conntrack_dccp_timeout_closing", DCCP, "64",
		"DCCP closing"),
	TIMEOUT("dccp_timewait", "nf_conntrack_dccp_timeout_timewait", DCCP, "240",
		"DCCP closed, kept for late packets"),
	TIMEOUT("gre", "nf_conntrack_gre_timeout", GRE, "30",
		"GRE seen in one direction only"),
	TIMEOUT("gre_stream", "nf_conntrack_gre_timeout_stream", GRE, "180",
		"GRE answered: a tunnel in use"),
	TIMEOUT("flowtable_tcp", "nf_flowtable_tcp_timeout", FLOWTABLE, "30",
		"offloaded TCP flows without a packet"),
	TIMEOUT("flowtable_udp", "nf_flowtable_udp_timeout", FLOWTABLE, "30",
		"offloaded UDP flows without a packet"),
	TIMEOUT("frag6", "nf_conntrack_frag6_timeout", FRAG6, "60",
		"incomplete IPv6 fragments"),

	SWITCH("checksum", "nf_conntrack_checksum", EVERYWHERE, "yes",
		"verify checksums; a packet with a bad checksum is invalid"),
	SWITCH("acct", "nf_conntrack_acct", EVERYWHERE, "no",
		"count packets and bytes of each flow"),
	NUMBER("log_invalid", 255, "nf_conntrack_log_invalid", EVERYWHERE, "0",
		"log invalid packets of this IP protocol number; 255: of all, 0: none"),
	NUMBER("events", 2, "nf_conntrack_events", EVENTS, "2",
		"send events about entries: 0 no, 1 yes, 2 while a program listens (from 5.19)"),
	SWITCH("timestamp", "nf_conntrack_timestamp", TIMESTAMP, "no",
		"keep the time at which each flow began and ended"),
	SWITCH("helper", "nf_conntrack_helper", HELPER, "no",
		"assign helpers by port without a rule (unsafe: assign them by rules)"),
	SWITCH("tcp_loose", "nf_conntrack_tcp_loose", EVERYWHERE, "yes",
		"track TCP connections whose beginning was not seen"),
	SWITCH("tcp_be_liberal", "nf_conntrack_tcp_be_liberal", EVERYWHERE, "no",
		"treat only RST packets outside the window as invalid"),
	SWITCH("tcp_ignore_invalid_rst", "nf_conntrack_tcp_ignore_invalid_rst", FROM_5_14, "no",
		"accept RST packets outside the window, without closing the entry"),
	NUMBER("tcp_max_retrans", 255, "nf_conntrack_tcp_max_retrans", EVERYWHERE, "3",
		"retransmissions after which the timeout tcp_max_retrans applies"),
	SWITCH("dccp_loose", "nf_conntrack_dccp_loose", DCCP, "yes",
		"track DCCP connections whose beginning was not seen"),
	{"options", "frag6_low_thresh", TYPE_BYTES, 0, UINT64_MAX, "nf_conntrack_frag6_low_thresh",
		FRAG6, "3145728", NULL, "frag6_high_thresh",
		"memory for IPv6 fragments below which no fragment is dropped"},
	{"options", "frag6_high_thresh", TYPE_BYTES, 0, UINT64_MAX,
		"nf_conntrack_frag6_high_thresh", FRAG6, "4194304", NULL, NULL,
		"most memory for IPv6 fragments (up to Linux 5.10 it can only be lowered)"},
	SWITCH("nf_hooks_lwtunnel", "nf_hooks_lwtunnel", LWTUNNEL, "no",
		"run netfilter hooks for lightweight tunnels too (cannot be switched off again)"),
};
/* clang-format on */

const size_t schema_count = ARRAY_SIZE(schema);

int schema_find(const char *section, const char *name)
{
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) == 0 && strcmp(schema[i].name, name) == 0)
			return (int)i;
	return -1;
}

int schema_find_key(const char *key)
{
	/* Most words that are asked for are other keys of sysctl.d, which may be many. */
	if (!text_starts_with(key, "nf_"))
		return -1;
	for (size_t i = 0; i < schema_count; i++)
		if (schema[i].key && strcmp(schema[i].key, key) == 0)
			return (int)i;
	return -1;
}

int schema_find_name(const char *name)
{
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *schema_section(size_t k)
{
	static const char *const sections[] = {"conntrack", "timeouts", "options", "apply",
					       "disable"};

	return k < ARRAY_SIZE(sections) ? sections[k] : NULL;
}

bool schema_has_section(const char *section)
{
	const char *known;

	for (size_t k = 0; (known = schema_section(k)); k++)
		if (strcmp(known, section) == 0)
			return true;
	return false;
}

bool schema_is_optional(const struct schema_row *row)
{
	return row->since || row->until || row->gate;
}

bool schema_is_per_namespace(const struct schema_row *row)
{
	/*
	 * The sizes come first in the schema. Each namespace shows nf_hooks_lwtunnel, but it is one
	 * switch for the whole system.
	 */
	return row >= &schema[SETTING_FIRST_KEY] && strcmp(row->name, "nf_hooks_lwtunnel") != 0;
}

int schema_parse_kernel(const struct schema_row *row, const char *text, uint64_t *ret)
{
	char *end = NULL;
	unsigned long long number;

	if (row->type == TYPE_BOOL && strchr("yYnN", text[0]) && text[0]) {
		*ret = strchr("yY", text[0]) != NULL;
		return 0;
	}
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || end == text || text[0] == '-' || (*end && !strchr(" \t", *end)))
		return -EINVAL;
	if (number < row->min || number > row->max)
		return -ERANGE;
	*ret = number;
	return 0;
}

void schema_format_line(const struct schema_row *row, uint64_t number, struct buffer *b)
{
	if (row->type == TYPE_BOOL)
		buffer_printf(b, "%s = %s", row->name, number ? "yes" : "no");
	else
		buffer_printf(b, "%s = %" PRIu64, row->name, number);
}

void schema_add_number(uint64_t number, bool for_people, struct buffer *b)
{
	if (for_people)
		buffer_add(b, text_count(number).text);
	else
		buffer_printf(b, "%" PRIu64, number);
}

void schema_describe_allowed(const struct schema_row *row, bool for_people, struct buffer *b)
{
	switch (row->type) {
	case TYPE_CHOICE:
		for (size_t i = 0; row->choices[i]; i++)
			buffer_printf(b, "%s%s", i == 0 ? "" : " or ", row->choices[i]);
		break;
	case TYPE_BOOL:
		buffer_add(b, "yes or no");
		break;
	case TYPE_SIZE:
	case TYPE_NUMBER:
		schema_add_number(row->min, for_people, b);
		buffer_add(b, " to ");
		schema_add_number(row->max, for_people, b);
		if (row->type == TYPE_SIZE)
			buffer_add(b, ", or auto");
		break;
	case TYPE_SECONDS:
		schema_add_number(row->min, for_people, b);
		buffer_add(b, " to ");
		schema_add_number(row->max, for_people, b);
		buffer_add(b, " seconds, or with s, m, h, d (30s, 6h)");
		break;
	case TYPE_BYTES:
		buffer_add(b, "bytes, or with K, M, G (4M)");
		break;
	case TYPE_SHARE:
		buffer_add(b, "1% to 100% of RAM, or bytes, or with K, M, G (512M)");
		break;
	}
}

const char *schema_unit(const struct schema_row *row)
{
	switch (row->type) {
	case TYPE_SECONDS:
		return "s";
	case TYPE_BYTES:
	case TYPE_SHARE:
		return "bytes";
	case TYPE_SIZE:
	case TYPE_NUMBER:
		if (strcmp(row->section, "conntrack") != 0)
			return "";
		return strstr(row->name, "hashsize") ? "buckets" : "entries";
	case TYPE_CHOICE:
	case TYPE_BOOL:
		return "";
	}
	return "";
}
