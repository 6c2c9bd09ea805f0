/*
 * model/uses: the list of findings, and those of modules, programs and files that are loaded at
 * boot.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/users/programs.h"
#include "model/users/uses.h"

/* "CERTAINTY KIND NAME: EVIDENCE" of each, a line a finding. */
static void expect_uses(const char *what, const struct uses *uses, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	size_t certain = 0;

	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];

		buffer_printf(&found, "%s %s %s: %s\n",
			      use->certainty == USE_CERTAIN ? "certain" : "likely", use->kind,
			      use->name, use->evidence);
		certain += use->certainty == USE_CERTAIN;
		assert_true(*use->breaks);
	}
	expect_text(what, found.data ? found.data : "", wanted);
	assert_false(uses->out_of_memory);
	assert_int_equal(uses_count(uses, USE_CERTAIN), certain);
	assert_int_equal(uses_count(uses, USE_LIKELY), uses->count - certain);
}

static void empty_list_is_empty(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	expect_uses("empty", &uses, "");
	uses_done(&uses);
	assert_null(uses.items);
}

static void findings_keep_their_order_and_their_own_texts(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	char name[] = "b";
	const struct use_heading certain = {USE_CERTAIN, "module", name, "all", NULL};
	const struct use_heading likely = {USE_LIKELY, "service", "a", "some", NULL};

	(void)state;
	uses_add(&uses, &certain, "%d times", 3);
	name[0] = 'x';
	uses_add(&uses, &likely, "%s", "100 %d");
	expect_uses("two", &uses, "certain module b: 3 times\nlikely service a: 100 %d\n");
	expect_text("breaks", uses.items[0].breaks, "all");
	expect_text("breaks", uses.items[1].breaks, "some");
	uses_done(&uses);
	assert_int_equal(uses.count, 0);
	/* it can be used again */
	uses_add(&uses, &likely, "again");
	expect_uses("again", &uses, "likely service a: again\n");
}

/* A user who may make a namespace can give a table any name. */
static void names_do_not_steer_a_terminal(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	const struct use_heading use = {USE_CERTAIN, "rules", "nft inet \x1b[2J c\ncertain", "x",
					NULL};

	(void)state;
	uses_add(&uses, &use, "namespace of \xc3 (7)");
	uses_add(&uses, &use, "namespace of \xc3 (7)");
	expect_uses("shown", &uses, "certain rules nft inet ?[2J c?certain: namespace of ? (7)\n");
}

/* The same kind, name and evidence is one finding, whichever source reports it first. */
static void same_finding_is_listed_once(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	const struct use_heading first = {USE_CERTAIN, "module", "a", "x", NULL};
	const struct use_heading other_kind = {USE_CERTAIN, "rules", "a", "x", NULL};
	const struct use_heading other_name = {USE_CERTAIN, "module", "ab", "x", NULL};
	const struct use_heading again = {USE_LIKELY, "module", "a", "y", NULL};

	(void)state;
	for (int i = 0; i < 2; i++) {
		uses_add(&uses, &first, "e");
		uses_add(&uses, &other_kind, "e");
		uses_add(&uses, &other_name, "e");
		uses_add(&uses, &first, "f");
		uses_add(&uses, &again, "e");
	}
	expect_uses("once", &uses,
		    "certain module a: e\ncertain rules a: e\ncertain module ab: e\n"
		    "certain module a: f\n");
}

/* However many a user makes: those over the limit are counted, by certainty, and cost no memory. */
static void list_has_a_bound(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		uses_add(&uses,
			 &(struct use_heading){i % 4 ? USE_CERTAIN : USE_LIKELY, "rules", "a", "x",
					       NULL},
			 "%u", i);
	assert_int_equal(uses.count, USES_MAX);
	assert_int_equal(uses.left_out[USE_LIKELY], (100000 - USES_MAX) / 4);
	assert_int_equal(uses_count(&uses, USE_LIKELY), 25000);
	assert_int_equal(uses_count(&uses, USE_CERTAIN), 75000);
	assert_false(uses.out_of_memory);
}

/*
 * Findings of one list go to the end of another one, up to a limit; nothing is lost from the count.
 */
static void findings_are_moved_within_a_limit(void **state)
{
	struct uses CLEANUP(uses_done) all = {0};
	struct uses CLEANUP(uses_done) some = {.limit = 3};
	const struct use_heading first = {USE_LIKELY, "module", "first", "x", NULL};

	(void)state;
	uses_add(&all, &first, "0");
	for (unsigned int i = 1; i <= 5; i++)
		uses_add(&some, &(struct use_heading){USE_CERTAIN, "rules", "a", "x", NULL}, "%u",
			 i);
	uses_move(&some, &all, 3);
	assert_int_equal(some.count, 0);
	assert_null(some.items);
	assert_int_equal(all.count, 3);
	assert_int_equal(all.left_out[USE_CERTAIN], 3);
	assert_int_equal(uses_count(&all, USE_CERTAIN), 5);
	expect_text("first", all.items[0].evidence, "0");
	expect_text("last", all.items[2].evidence, "2");
}

static void long_evidence_is_cut(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};
	const struct use_heading heading = {USE_LIKELY, "file", "a", "x", NULL};

	(void)state;
	uses_add(&uses, &heading, "%0900d", 7);
	assert_int_equal(uses.count, 1);
	assert_int_equal(strlen(uses.items[0].evidence), 511);
	assert_int_equal(strspn(uses.items[0].evidence, "0"), 511);
}

/* depmod finds these modules above nf_conntrack in the kernels 5.10 to 7.2. */
static void every_module_above_has_words(void **state)
{
	static const struct {
		const char *name, *part;
	} rows[] = {
		{"nft_ct", "(ct)"},
		{"nft_nat", "snat"},
		{"nft_masq", "masquerade"},
		{"nft_redir", "redirect"},
		{"nft_connlimit", "ct count"},
		{"nft_flow_offload", "offload"},
		{"nft_synproxy", "nft rules with synproxy"},
		{"nft_chain_nat", "type nat"},
		{"xt_conntrack", "connection state"},
		{"xt_state", "-m state"},
		{"xt_CT", "NOTRACK"},
		{"xt_connmark", "mark connections"},
		{"xt_connbytes", "match on connections"},
		{"xt_connlabel", "match on connections"},
		{"xt_connlimit", "match on connections"},
		{"xt_cluster", "cluster"},
		{"xt_helper", "helpers"},
		{"xt_nat", "SNAT"},
		{"xt_MASQUERADE", "masquerade"},
		{"xt_REDIRECT", "redirect"},
		{"xt_NETMAP", "networks"},
		{"xt_CONNSECMARK", "SELinux"},
		{"xt_ipvs", "match on IPVS"},
		{"ipt_SYNPROXY", "SYNPROXY"},
		{"ip6t_SYNPROXY", "SYNPROXY"},
		{"ipt_CLUSTERIP", "CLUSTERIP"},
		{"iptable_nat", "table nat"},
		{"ip6table_nat", "table nat"},
		{"nf_nat", "address translation"},
		{"nf_conncount", "limits"},
		{"nf_synproxy_core", "synproxy"},
		{"nf_flow_table", "flowtables"},
		{"nf_flow_table_inet", "flowtables"},
		{"nf_flow_table_ipv4", "flowtables"},
		{"nf_conntrack_bridge", "bridge"},
		{"nf_conntrack_broadcast", "helper"},
		{"nf_conntrack_netlink", "programs"},
		{"nfnetlink_cttimeout", "timeout"},
		{"nfnetlink_cthelper", "user space"},
		{"nf_conntrack_ftp", "follows a protocol"},
		{"nf_conntrack_netbios_ns", "follows a protocol"},
		{"nf_nat_sip", "translates a protocol's"},
		{"nf_nat_snmp_basic", "translates a protocol's"},
		{"openvswitch", "Open vSwitch"},
		{"vport_geneve", "tunnels"},
		{"ip_vs", "IPVS"},
		{"ip_vs_wrr", "IPVS"},
		{"ip_vs_pe_sip", "IPVS"},
		{"act_ct", "track connections"},
		{"act_connmark", "marks"},
		{"act_ctinfo", "marks"},
		{"nf_conntrack", "itself"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_part(rows[i].name, module_describe(rows[i].name), rows[i].part);
}

static void modules_beside_it_have_none(void **state)
{
	static const char *const names[] = {
		"nf_tables",	  "ip_tables",	     "x_tables",
		"br_netfilter",	  "ip_set",	     "nfnetlink",
		"nfnetlink_log",  "nfnetlink_queue", "nf_log_syslog",
		"xt_LOG",	  "xt_socket",	     "xt_TPROXY",
		"nft_fib",	  "iptable_filter",  "nf_defrag_ipv4",
		"nf_defrag_ipv6", "xnf_conntrack",   "",
		"xt_mark",	  "nft_ct2",	     "ip_conntrack",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_text(names[i], module_describe(names[i]), "");
}

static void modules_with_users_of_their_own_are_found(void **state)
{
	static const char text[] =
		"nft_ct 1 2 - Live 0x0\nnft_masq 1 1 - Live 0x0\nacme 1 1 - Live 0x0 (OE)\n"
		"nf_nat 1 1 nft_masq, Live 0x0\n"
		"nf_conntrack 1 5 nft_ct,nft_masq,acme,nf_nat, Live 0x0\n";
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	assert_int_equal(module_graph_read(text, "nf_conntrack", &graph), 0);
	uses_of_modules(&graph, false, &uses);
	expect_uses("modules", &uses,
		    "certain module nft_ct: in use 2 times: nft rules that match on connection "
		    "state (ct)\ncertain module nft_masq: in use 1 time: nft rules that "
		    "masquerade\ncertain module acme: in use 1 time\ncertain module nf_conntrack: "
		    "in use 1 time: connection tracking itself\n");
	expect_part("rules", uses.items[0].breaks, "whole ruleset");
	expect_part("translation", uses.items[1].breaks, "lose their network");
	expect_part("unknown", uses.items[2].breaks, "its function stops");
}

/* The rules are in the use counts alone: the finding says where to look for them. */
static void rules_of_iptables_legacy_are_found_by_use_counts(void **state)
{
	static const char text[] =
		"xt_conntrack 12288 3 - Live 0x0\n"
		"xt_state 12288 1 - Live 0x0\n"
		"xt_CT 12288 2 - Live 0x0\n"
		"xt_MASQUERADE 16384 1 - Live 0x0\n"
		"iptable_nat 12288 1 - Live 0x0\n"
		"nf_nat 61440 2 xt_MASQUERADE,iptable_nat, Live 0x0\n"
		"nft_ct 20480 1 - Live 0x0\n"
		"nf_conntrack 217088 6 xt_conntrack,xt_state,xt_CT,xt_MASQUERADE,nf_nat,nft_ct, "
		"Live 0x0\n";
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	assert_int_equal(module_graph_read(text, "nf_conntrack", &graph), 0);
	uses_of_modules(&graph, true, &uses);
	expect_uses("legacy", &uses,
		    "certain module xt_conntrack: in use 3 times: iptables rules that match on "
		    "connection state; see \"iptables-legacy -S\"\ncertain module xt_state: in use "
		    "1 time: iptables rules that match on connection state (-m state); see "
		    "\"iptables-legacy -S\"\ncertain module xt_CT: in use 2 times: iptables rules "
		    "with CT or NOTRACK; see \"iptables-legacy -t raw -S\"\ncertain module "
		    "xt_MASQUERADE: in use 1 time: iptables rules that masquerade; see "
		    "\"iptables-legacy -t nat -S\"\ncertain module iptable_nat: in use 1 time: "
		    "iptables table nat; see \"iptables-legacy -t nat -S\"\ncertain module nft_ct: "
		    "in use 1 time: nft rules that match on connection state (ct)\n");
}

/* A kernel without use counts gives no finding, and neither does a module without users. */
static void modules_without_users_are_not_found(void **state)
{
	static const char *const texts[] = {
		"",
		"nf_conntrack 1 - - Live 0x0\n",
		"nf_conntrack 1 0 - Live 0x0\n",
		"nf_conntrack 1 1 nft_ct, Live 0x0\nnft_ct 1 -1 - Unloading 0x0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct module_graph CLEANUP(module_graph_done) graph = {0};
		struct uses CLEANUP(uses_done) uses = {0};

		assert_int_equal(module_graph_read(texts[i], "nf_conntrack", &graph), 0);
		uses_of_modules(&graph, false, &uses);
		expect_uses(texts[i], &uses, "");
	}
}

static void programs_that_run_or_start_at_boot_are_found(void **state)
{
	static const struct {
		const char *command, *unit;
		enum certainty while_it_runs, at_boot;
	} rows[] = {
		{"dockerd", "docker", USE_LIKELY, USE_CERTAIN},
		{"containerd", "containerd", USE_LIKELY, USE_LIKELY},
		{"kubelet", "kubelet", USE_LIKELY, USE_CERTAIN},
		{"k3s-server", "k3s", USE_LIKELY, USE_CERTAIN},
		{"kube-proxy", "kube-proxy", USE_CERTAIN, USE_CERTAIN},
		{"firewalld", "firewalld", USE_CERTAIN, USE_CERTAIN},
		{"libvirtd", "libvirtd", USE_LIKELY, USE_LIKELY},
		{"virtnetworkd", "virtnetworkd", USE_LIKELY, USE_LIKELY},
		{"lxd", "lxd", USE_LIKELY, USE_LIKELY},
		{"incusd", "incus", USE_LIKELY, USE_LIKELY},
		{"ovs-vswitchd", "openvswitch-switch", USE_LIKELY, USE_LIKELY},
		{"rke2", "rke2-agent", USE_LIKELY, USE_CERTAIN},
		{"crio", "crio", USE_LIKELY, USE_LIKELY},
		{"kubelite", "snap.microk8s.daemon-kubelite", USE_LIKELY, USE_CERTAIN},
		{"k3s-agent", "k3s-agent", USE_LIKELY, USE_CERTAIN},
		{"dockerd", "snap.docker.dockerd", USE_LIKELY, USE_CERTAIN},
		{"systemd-nspawn", "systemd-nspawn@web", USE_LIKELY, USE_LIKELY},
		{"ovn-controller", "ovn-controller", USE_LIKELY, USE_CERTAIN},
		{"lfd - sleeping", "lfd", USE_LIKELY, USE_LIKELY},
		{"keepalived", "keepalived", USE_LIKELY, USE_LIKELY},
		{"conntrackd", "conntrackd", USE_LIKELY, USE_CERTAIN},
		{"tailscaled", "tailscaled", USE_LIKELY, USE_LIKELY},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct uses CLEANUP(uses_done) live = {0}, boot = {0};
		struct buffer CLEANUP(buffer_clear) service = {0};

		buffer_printf(&service, "%s.service", rows[i].unit);
		uses_of_process(rows[i].command, &live);
		uses_of_process(rows[i].command, &live);
		assert_int_equal(live.count, 1);
		assert_int_equal(live.items[0].certainty, rows[i].while_it_runs);
		uses_of_unit(service.data, &boot);
		uses_of_unit(service.data, &boot);
		assert_int_equal(boot.count, 1);
		assert_int_equal(boot.items[0].certainty, rows[i].at_boot);
		expect_text("kind", live.items[0].kind, "service");
		expect_text("of a process", live.items[0].name, rows[i].command);
		expect_text("of a unit", boot.items[0].name, service.data);
		expect_start(rows[i].command, live.items[0].evidence, "runs: ");
		expect_start(rows[i].unit, boot.items[0].evidence, "starts at boot: ");
		/* Together they are one user. */
		uses_merge_programs(&live, &boot);
		assert_int_equal(live.count, 0);
		assert_int_equal(boot.count, 1);
		expect_text("name", boot.items[0].name, service.data);
		expect_start(rows[i].unit, boot.items[0].evidence, "runs, and starts at boot: ");
		assert_true(boot.items[0].certainty >= rows[i].while_it_runs);
	}
}

/* Each name of the table leads to its row alone, and what the row says is whole. */
static void table_of_programs_is_sound(void **state)
{
	const struct program *program;

	(void)state;
	for (size_t i = 0; (program = program_get(i)); i++) {
		assert_true(*program->words && *program->breaks && program->units[0]);
		for (size_t k = 0; k < PROGRAM_COMMANDS && program->commands[k]; k++) {
			assert_ptr_equal(program_of_process(program->commands[k]), program);
			/* the kernel cuts longer names of processes */
			assert_true(strlen(program->commands[k]) <= 15);
		}
		for (size_t k = 0; k < PROGRAM_UNITS && program->units[k]; k++) {
			struct buffer CLEANUP(buffer_clear) unit = {0};

			buffer_printf(&unit, "%s%s.service", program->units[k],
				      program_is_template(program) ? "a" : "");
			assert_ptr_equal(program_of_unit(unit.data), program);
		}
	}
}

static void program_of_several_units_is_one_user(void **state)
{
	static const char *const units[] = {"libvirtd.service",
					    "virtnetworkd.service",
					    "snap.microk8s.daemon-proxy.service",
					    "snap.microk8s.daemon-kubelet.service",
					    "systemd-nspawn@a.service",
					    "systemd-nspawn@b.service",
					    "systemd-nspawn@.service"};
	struct uses CLEANUP(uses_done) live = {0}, boot = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		uses_of_unit(units[i], &boot);
	expect_number("units", boot.count, 4);
	uses_of_process("lfd - sleeping", &live);
	uses_of_process("lfd - processin", &live);
	uses_of_process("lfdx", &live);
	expect_text("process", live.items[0].name, "lfd - sleeping");
	expect_number("processes", live.count, 1);
	uses_of_configured_unit("csf.service", USE_CERTAIN, "/etc/csf/csf.conf has LF_SPI = 1",
				&boot);
	expect_text("reason", boot.items[4].evidence,
		    "starts at boot, and /etc/csf/csf.conf has LF_SPI = 1: its rules match on "
		    "connection state");
	uses_drop_likely(&boot, program_of_unit("csf.service"));
	expect_number("a certain one stays", boot.count, 5);
	uses_drop_likely(&boot, program_of_unit("libvirtd.service"));
	expect_number("a likely one goes", boot.count, 4);
	uses_drop_likely(&boot, NULL);
	uses_merge_programs(&live, &boot);
	expect_number("another program", live.count, 1);
}

static void other_programs_and_units_are_not_found(void **state)
{
	static const char *const names[] = {
		"",
		"sshd",
		"dockerd2",
		"docker",
		"Dockerd",
		".service",
		".socket",
		"docker.timer",
		"docker.socket",
		"dockerd.service",
		"lx.service",
		"lxd2.service",
		"docker.service.wants",
		"docker.services",
		"docker.",
		"docker@a.service",
		"service",
		"ssh.service",
	};
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uses_of_process(names[i], &uses);
		uses_of_unit(names[i], &uses);
		expect_uses(names[i], &uses, "");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_list_is_empty),
		cmocka_unit_test(names_do_not_steer_a_terminal),
		cmocka_unit_test(findings_keep_their_order_and_their_own_texts),
		cmocka_unit_test(same_finding_is_listed_once),
		cmocka_unit_test(list_has_a_bound),
		cmocka_unit_test(findings_are_moved_within_a_limit),
		cmocka_unit_test(long_evidence_is_cut),
		cmocka_unit_test(every_module_above_has_words),
		cmocka_unit_test(modules_beside_it_have_none),
		cmocka_unit_test(modules_with_users_of_their_own_are_found),
		cmocka_unit_test(rules_of_iptables_legacy_are_found_by_use_counts),
		cmocka_unit_test(modules_without_users_are_not_found),
		cmocka_unit_test(programs_that_run_or_start_at_boot_are_found),
		cmocka_unit_test(table_of_programs_is_sound),
		cmocka_unit_test(program_of_several_units_is_one_user),
		cmocka_unit_test(other_programs_and_units_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
