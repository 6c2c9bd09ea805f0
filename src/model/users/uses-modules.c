/* Describes the modules above nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fnmatch.h>
#include <string.h>

#include "model/users/uses.h"

static const char rules_break[] =
	"the kernel refuses such rules, and the whole ruleset that has one";
static const char nat_breaks[] =
	"no address is translated: hosts behind this one lose their network";
static const char others_break[] = "its function stops and cannot be set up again";

/*
 * The modules of kernels 5.10 to 7.2 that depend on nf_conntrack, directly or not. The first match
 * counts.
 */
static const struct {
	const char *pattern, *words, *breaks;
} rows[] = {
	{"nft_ct", "nft rules that match on connection state (ct)", rules_break},
	{"nft_connlimit", "nft rules that limit connections (ct count)", rules_break},
	{"nft_synproxy", "nft rules with synproxy", rules_break},
	{"nft_flow_offload", "nft rules that offload flows", rules_break},
	{"nft_nat", "nft rules that translate addresses (snat, dnat)", nat_breaks},
	{"nft_masq", "nft rules that masquerade", nat_breaks},
	{"nft_redir", "nft rules that redirect", nat_breaks},
	{"nft_chain_nat", "nft chains of type nat", nat_breaks},
	{"xt_conntrack", "iptables rules that match on connection state", rules_break},
	{"xt_state", "iptables rules that match on connection state (-m state)", rules_break},
	{"xt_CT", "iptables rules with CT or NOTRACK", rules_break},
	{"xt_connmark", "iptables rules that mark connections", rules_break},
	{"xt_conn*", "iptables rules that match on connections", rules_break},
	{"xt_cluster", "iptables rules of a cluster", rules_break},
	{"xt_helper", "iptables rules that match on helpers", rules_break},
	{"xt_CONNSECMARK", "iptables rules that mark connections for SELinux", rules_break},
	{"ip*t_SYNPROXY", "iptables rules with SYNPROXY", rules_break},
	{"ipt_CLUSTERIP", "iptables rules with CLUSTERIP", rules_break},
	{"xt_ipvs", "iptables rules that match on IPVS", rules_break},
	{"xt_nat", "iptables rules that translate addresses (SNAT, DNAT)", nat_breaks},
	{"xt_MASQUERADE", "iptables rules that masquerade", nat_breaks},
	{"xt_REDIRECT", "iptables rules that redirect", nat_breaks},
	{"xt_NETMAP", "iptables rules that translate networks", nat_breaks},
	{"ip*table_nat", "iptables table nat", nat_breaks},
	{"nf_flow_table*", "flowtables of nft or tc", rules_break},
	{"nf_conntrack_netlink", "programs that read or follow the table (conntrack, conntrackd)",
	 "these programs fail"},
	{"nfnetlink_cttimeout", "timeout policies of rules", rules_break},
	{"nfnetlink_cthelper", "helpers in user space", others_break},
	{"nf_conntrack_bridge", "rules of a bridge that match on connection state", rules_break},
	{"nf_nat_*", "helper that translates a protocol's addresses", nat_breaks},
	{"nf_conntrack_*", "helper that follows a protocol", others_break},
	{"nf_nat", "address translation", nat_breaks},
	{"nf_conncount", "limits of connections", rules_break},
	{"nf_synproxy_core", "rules with synproxy", rules_break},
	{"openvswitch", "Open vSwitch",
	 "Open vSwitch cannot load its module: its bridges do not work"},
	{"vport_*", "tunnels of Open vSwitch",
	 "Open vSwitch cannot load its module: its bridges do not work"},
	{"ip_vs*", "IPVS, the load balancer", "IPVS cannot load: its services do not work"},
	{"act_ct", "tc actions that track connections", others_break},
	{"act_connmark", "tc actions that read the marks of connections", others_break},
	{"act_ctinfo", "tc actions that read the marks of connections", others_break},
	{"nf_conntrack", "connection tracking itself", others_break},
};

const char *module_describe(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (fnmatch(rows[i].pattern, name, 0) == 0)
			return rows[i].words;
	return "";
}

static const char *module_breaks(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (fnmatch(rows[i].pattern, name, 0) == 0)
			return rows[i].breaks;
	return others_break;
}

/*
 * How to list the rules of iptables-legacy that use a module, to follow its words; "" if it is none
 * of their modules.
 */
static const char *describe_listing(const char *name)
{
	if (fnmatch("xt_*", name, 0) != 0 && fnmatch("ip*t*_*", name, 0) != 0)
		return "";
	if (module_breaks(name) == nat_breaks)
		return "; see \"iptables-legacy -t nat -S\"";
	return strcmp(name, "xt_CT") == 0 ? "; see \"iptables-legacy -t raw -S\""
					  : "; see \"iptables-legacy -S\"";
}

void uses_of_modules(const struct module_graph *graph, bool legacy, struct uses *uses)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_module *module = &graph->items[i];
		const char *words = module_describe(module->name);

		if (module->outside > 0)
			uses_add(uses,
				 &(struct use_heading){.certainty = USE_CERTAIN,
						       .kind = "module",
						       .name = module->name,
						       .breaks = module_breaks(module->name)},
				 "in use %ld time%s%s%s%s", module->outside,
				 module->outside == 1 ? "" : "s", *words ? ": " : "", words,
				 legacy ? describe_listing(module->name) : "");
	}
}
