/*
 * model/uses: rules files and modules-load.d, what of them is loaded at boot and needs connection
 * tracking.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "model/users/boot-script.h"
#include "model/users/docker.h"
#include "model/users/quadlet.h"
#include "model/users/rules-file.h"
#include "model/users/unit-file.h"
#include "model/users/uses.h"

#define RULES "/etc/nftables.conf"
#define LOAD  "/etc/modules-load.d/a.conf"

/*
 * The line that asks for tracking, and the includes with a bar behind each, of a text that comes in
 * pieces of this size.
 */
static unsigned int read_rules(const char *text, size_t piece, struct buffer *includes)
{
	const char *end = text + strlen(text);
	struct rules_file file = {0};
	char *name = NULL;

	while (text < end) {
		const char *stop = (size_t)(end - text) > piece ? text + piece : end;

		while (rules_file_read(&file, &text, stop, &name) == 1) {
			buffer_printf(includes, "%s|", name);
			free(name);
		}
	}
	rules_file_end(&file);
	return file.asks;
}

/* The result is the same however the text is cut into pieces. */
static void expect_rules(const char *text, unsigned int line, const char *includes)
{
	static const size_t pieces[] = {1, 2, 7, 100000};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct buffer CLEANUP(buffer_clear) found = {0};

		expect_number(text, read_rules(text, pieces[i], &found), line);
		if (includes)
			expect_text(text, found.data ? found.data : "", includes);
	}
}

static void expect_line(const char *text, unsigned int line)
{
	expect_rules(text, line, NULL);
}

static void file_of_rules_is_a_use(void **state)
{
	struct uses CLEANUP(uses_done) uses = {0};

	(void)state;
	uses_of_rules_file("nftables.service", RULES, 7, 3, &uses);
	expect_number("uses", uses.count, 1);
	expect_text("evidence", uses.items[0].evidence,
		    "is loaded at boot by nftables.service and has 3 lines with connection state "
		    "or NAT (the first is line 7), so that the kernel refuses the whole file");
	expect_text("name", uses.items[0].name, RULES);
	expect_text("kind", uses.items[0].kind, "file");
	assert_int_equal(uses.items[0].certainty, USE_CERTAIN);
	expect_part("breaks", uses.items[0].breaks, "without a firewall");
	uses_of_boot_script("/etc/rc.local", "/etc/rc.local", 2, &uses);
	uses_of_boot_script("fw.service", "/usr/local/sbin/fw", 3, &uses);
	expect_text("by itself", uses.items[1].evidence,
		    "is run at boot, and line 2 sets a rule with connection state or NAT");
	expect_text("by a unit", uses.items[2].evidence,
		    "is run at boot by fw.service, and line 3 sets a rule with connection state or "
		    "NAT");
	assert_false(uses.items[2].at_boot);
	uses_mark_boot(&uses);
	assert_true(uses.items[0].at_boot && uses.items[2].at_boot);
}

/* The names of the modules that it would load, with a blank behind each. */
static void expect_loads(const char *text, const char *wanted)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct buffer CLEANUP(buffer_clear) found = {0};

	uses_of_modules_load(LOAD, text, &uses);
	for (size_t i = 0; i < uses.count; i++) {
		char name[64];
		bool blacklisted;

		expect_text("name", uses.items[i].name, LOAD);
		expect_text("kind", uses.items[i].kind, "file");
		assert_int_equal(uses.items[i].certainty, USE_LIKELY);
		assert_int_equal(sscanf(uses.items[i].evidence, "loads %63s at boot", name), 1);
		/*
		 * The service ignores a blacklisted module, and fails for a module that needs it.
		 */
		blacklisted = strcmp(name, "nf_conntrack") == 0 ||
			      strcmp(name, "ip_conntrack") == 0;
		expect_part(name, uses.items[i].breaks, "remove");
		expect_part(name, uses.items[i].breaks,
			    blacklisted ? "systemd ignores" : "systemd-modules-load.service fails");
		buffer_printf(&found, "%s ", name);
	}
	expect_text(text, found.data ? found.data : "", wanted);
}

static void first_line_that_asks_for_tracking_is_told(void **state)
{
	(void)state;
	expect_line("#!/usr/sbin/nft -f\n\nflush ruleset\n\ntable inet filter {\n\tchain input {\n"
		    "\t\ttype filter hook input priority 0; policy drop;\n"
		    "\t\tct state established,related accept\n"
		    "\t\tct state invalid drop\n\t}\n}\n",
		    8);
	expect_line("*filter\n:INPUT DROP [0:0]\n"
		    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n",
		    3);
	expect_line("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n", 1);
	expect_line("ct", 1);
	expect_line("\n\n\nct", 4);
	expect_line("\n\n\nct\n", 4);
}

static void every_word_of_tracking_is_known(void **state)
{
	static const char *const lines[] = {
		"ct state new accept",
		"ip saddr 10.0.0.0/8 masquerade",
		"snat to 192.0.2.1",
		"tcp dport 80 dnat to 10.0.0.1:8080",
		"tcp dport 80 redirect to :8080",
		"udp dport 53 notrack",
		"flowtable f {",
		"synproxy mss 1460",
		"type nat hook postrouting priority srcnat;",
		"tcp dport 22 meter m {ct count over 3} drop",
		"-A INPUT -m state --state NEW -j ACCEPT",
		"-A INPUT -m conntrack --ctstate NEW -j ACCEPT",
		"-A POSTROUTING -o eth0 -j MASQUERADE",
		"-A POSTROUTING -j SNAT --to-source 192.0.2.1",
		"-A PREROUTING -j DNAT --to-destination 10.0.0.1",
		"-A PREROUTING -p tcp -j REDIRECT --to-ports 8080",
		"-A PREROUTING -j NETMAP --to 10.0.0.0/24",
		"-A PREROUTING -j CT --notrack",
		"-A PREROUTING -j NOTRACK",
		"-A INPUT -m connmark --mark 0x1 -j ACCEPT",
		"-A OUTPUT -j CONNMARK --save-mark",
		"-A INPUT -m connlimit --connlimit-above 3 -j REJECT",
		"-A INPUT -m connbytes --connbytes 1:2",
		"-A INPUT -m connlabel --label a",
		"-A INPUT -m helper --helper ftp -j ACCEPT",
		"-A INPUT -j SYNPROXY --mss 1460",
		"-A OUTPUT -j CONNSECMARK --save",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct buffer CLEANUP(buffer_clear) text = {0};

		expect_line(lines[i], 1);
		buffer_printf(&text, "\t%s\r\n", lines[i]);
		expect_line(text.data, 1);
		buffer_printf(&text, "# %s\n", lines[i]);
		expect_line(text.data, 1);
	}
}

static void rules_without_tracking_are_passed_over(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\n\n  \n",
		"# ct state new accept\n \t# masquerade\n\t#nat",
		"table inet filter {\n\tchain input {\n\t\ttcp dport 22 accept\n\t}\n}\n",
		"*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
		/* parts of other words */
		"product octet act cta act_ct ct_x ct-x x-ct CTA snat1\n",
		"stateless nathan\n",
		"c\nt\n",
		"na\nt\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect_line(texts[i], 0);
}

/* It must be a word, whatever text is around it. */
static void words_end_at_any_other_character(void **state)
{
	(void)state;
	expect_line("{ct}", 1);
	expect_line("octet ct", 1);
	expect_line("ctx ct", 1);
	expect_line("cct,ct;", 1);
	expect_line("x\nsnat", 2);
}

static void expect_count(const char *text, unsigned int lines)
{
	struct rules_file file = {0};
	const char *position = text;
	char *name = NULL;

	expect_number(text, rules_file_read(&file, &position, text + strlen(text), &name), 0);
	rules_file_end(&file);
	expect_number(text, file.ask_lines, lines);
}

static void lines_that_ask_are_counted(void **state)
{
	(void)state;
	expect_count("ct\n", 1);
	expect_count("ct state new ct mark 1\nx\nct state invalid drop", 2);
	expect_count("*nat\n-A P -j SNAT\n#ct\n-A P -m state -j DNAT\n", 3);
	expect_count("tcp dport 22\n", 0);
}

static void words_in_quotes_and_comments_do_not_count(void **state)
{
	(void)state;
	expect_line("tcp dport 22 accept # ct state new\n", 0);
	expect_line("table a { # nat\n", 0);
	expect_line("tcp dport 22 accept comment \"ct state\"\n", 0);
	expect_line("-A INPUT -m comment --comment \"a \\\"state\\\" nat\" -j ACCEPT\n", 0);
	expect_line("log prefix \"nat: \" ct state new\n", 1);
	expect_line("-A INPUT -m comment --comment \"a \\\\\" -m state\n", 1);
	/* A quote that does not end does not hide the lines behind it. */
	expect_line("log prefix \"a\nct state new\n", 2);
	/* iptables-restore knows no comment behind a word. */
	expect_line("-A INPUT --comment a#b -m state\n", 1);
	expect_line("comment \"#\" ct state new\n", 1);
}

static void expect_command(const char *line, bool sets_rules, bool asks)
{
	struct boot_command found;

	assert_int_equal(boot_command_read(line, strlen(line), &found), 0);
	expect_number(line, found.sets_rules, sets_rules);
	expect_number(line, found.asks, asks);
}

static void commands_are_judged(void **state)
{
	static const char line[] = "nft -f /etc/a.nft </dev/null; '/usr/sbin/nft' \"/b c\" / x/y";
	const char *position = line, *path;
	size_t size;

	(void)state;
	expect_command("iptables -A INPUT -m state --state NEW -j ACCEPT", true, true);
	expect_command("/sbin/ip6tables-nft -t nat -A POSTROUTING -j MASQUERADE", true, true);
	expect_command("nft 'add rule inet a b ct state new accept'", true, true);
	/* A program in the folder at the top. */
	expect_command("/nft 'add rule inet a b ct state new accept'", true, true);
	expect_command("nft \"add rule inet a b ct state new accept\"", true, true);
	expect_command("$IPT -A INPUT -m conntrack --ctstate NEW -j ACCEPT", true, true);
	expect_command("-/usr/sbin/iptables-restore /etc/x", true, false);
	expect_command("iptables -A INPUT -p tcp -j ACCEPT", true, false);
	expect_command("iptables -D INPUT -m state --state NEW -j ACCEPT", false, false);
	expect_command("iptables -D INPUT -m state -j A; iptables -A INPUT -m state -j A", true,
		       true);
	expect_command("iptables -C F -m state -j A || iptables -I F -m state -j A", true, true);
	expect_command("nft list ruleset | grep 'ct state'", false, false);
	expect_command("iptables-save >/etc/rules", false, false);
	expect_command("echo nat state ct", false, false);
	expect_command("iptablesx -m state", false, false);
	expect_command("", false, false);
	path = boot_command_path(&position, line + strlen(line), &size);
	assert_true(path && size == 10 && memcmp(path, "/etc/a.nft", size) == 0);
	path = boot_command_path(&position, line + strlen(line), &size);
	assert_true(path && size == 9 && memcmp(path, "/dev/null", size) == 0);
	path = boot_command_path(&position, line + strlen(line), &size);
	assert_true(path && size == 2 && memcmp(path, "/b", size) == 0);
	assert_null(boot_command_path(&position, line + strlen(line), &size));
}

static void expect_line_size(const char *text, size_t wanted, unsigned int wanted_lines)
{
	unsigned int lines = 0;

	expect_number(text, boot_line_size(text, &lines), wanted);
	expect_number(text, lines, wanted_lines);
}

static void lines_are_joined(void **state)
{
	(void)state;
	expect_line_size("", 0, 1);
	expect_line_size("a\nb", 1, 1);
	expect_line_size("a \\\n b\nc", 6, 2);
	expect_line_size("a \\\n \\\nb\nc", 8, 3);
	expect_line_size("a \\", 3, 1);
	expect_line_size("# a \\\nb", 5, 1);
	expect_line_size("\\\n", 1, 1);
}

static void expect_docker(const char *file, const char *words, bool no_iptables, bool ip6tables)
{
	struct docker_options options = {0};

	docker_read_file(file, &options);
	docker_read_words(words, strlen(words), &options);
	expect_number(words, options.no_iptables, no_iptables);
	expect_number(words, options.ip6tables, ip6tables);
}

static void options_of_docker_are_read(void **state)
{
	static const char command[] =
		"/usr/bin/dockerd --config-file='/a' --config-file=\"/b c\" -D";
	size_t size = 0;
	const char *path = docker_config_path(command, strlen(command), &size);

	(void)state;
	expect_docker("{}", "", false, false);
	expect_docker("{\"iptables\": false}", "", true, false);
	expect_docker("{\"iptables\": true}", "", false, false);
	expect_docker("{\"iptables\": \"false\"}", "", false, false);
	expect_docker("{\"x\": {\"iptables\": false}}", "", false, false);
	expect_docker("[{\"iptables\": false}]", "", false, false);
	expect_docker("{\"iptables\": false", "", false, false);
	expect_docker("{\"iptables\": false}", "--ip6tables", true, true);
	expect_docker("{\"iptables\": false, \"ip6tables\": true}", "--ip6tables=0", true, false);
	expect_docker("", "dockerd --iptables=false", true, false);
	expect_docker("", "OPTS=\"--bip=1 --iptables=F\"", true, false);
	expect_docker("", "--iptables=false --iptables=true", false, false);
	expect_docker("", "--iptables=no --ip6tables=false", false, false);
	assert_true(docker_is_daemon(command, strlen(command)));
	assert_false(docker_is_daemon("/usr/bin/docker start a", 23));
	/* The name ends at a quote. */
	assert_true(path && size == 0);
	path = docker_config_path("--config-file=/b ", 17, &size);
	assert_true(path && size == 2);
	assert_null(docker_config_path("--config", 8, &size));
}

static void expect_quadlet(const char *text, const char *wanted)
{
	static const char letters[] = "WNPYR";
	struct quadlet_reader reader = {.position = text};
	struct quadlet_line line;
	struct buffer CLEANUP(buffer_clear) found = {0};

	while (quadlet_read_line(&reader, &line))
		buffer_printf(&found, "%c:%.*s ", letters[line.key], (int)line.size, line.value);
	expect_text(text, found.data ? found.data : "", wanted);
}

static void expect_network(const char *value, enum quadlet_network wanted)
{
	expect_number(value, quadlet_read_network(value, strlen(value)), wanted);
}

static void quadlets_are_read(void **state)
{
	(void)state;
	expect_quadlet("Network=a\n[Container]\nNetwork = b \n#Network=c\nPod=p.pod\n",
		       "N:b P:p.pod ");
	expect_quadlet("[Install]\nWantedBy=\nRequiredBy=a\n[Unit]\nWantedBy=b\n", "W:a ");
	expect_quadlet("[Kube]\nYaml=/a.yml\n[Service]\nNetwork=a\n", "Y:/a.yml ");
	expect_quadlet("[Network]\nDriver=ipvlan\nDriver=bridge\nInternal=yes\nInternal=no\n",
		       "R:ipvlan R:yes ");
	expect_network("host", NETWORK_NONE);
	expect_network("pasta:-t,8080", NETWORK_NONE);
	expect_network("container:web", NETWORK_NONE);
	expect_network("web.container", NETWORK_NONE);
	expect_network("lan.network:ip=1.2.3.4", NETWORK_QUADLET);
	expect_network(".network", NETWORK_NAMED);
	expect_network("bridge", NETWORK_BRIDGE);
	expect_network("podman:ip=1.2.3.4", NETWORK_BRIDGE);
	expect_network("", NETWORK_BRIDGE);
	expect_network("hosts", NETWORK_NAMED);
	assert_true(quadlet_default_is_bare("[containers]\n netns = \"host\"\n"));
	assert_true(quadlet_default_is_bare("[network]\nfirewall_driver=\"none\""));
	assert_false(quadlet_default_is_bare("#netns=\"host\"\nnetns=\"bridge\"\n"));
}

static void unit_lines_are_read(void **state)
{
	static const char text[] =
		"[Unit]\nWants=a.service\n# Requires=no.service\nRequires = b \\\n"
		" # a comment\n  c\nAfter=d\n\nExecStart=/bin/x \\\n  -y\nnone\n"
		"Service=e.service";
	static const struct {
		enum unit_key key;
		unsigned int number;
		const char *value;
	} lines[] = {
		{UNIT_PULLS, 2, "a.service"}, {UNIT_PULLS, 4, " b \\"},
		{UNIT_PULLS, 6, "c"},	      {UNIT_RUNS, 9, "/bin/x \\"},
		{UNIT_RUNS, 10, "-y"},	      {UNIT_ACTIVATES, 12, "e.service"},
	};
	struct unit_reader reader = {.position = text};
	struct unit_line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_true(unit_read_line(&reader, &line));
		expect_number(lines[i].value, line.key, lines[i].key);
		expect_number(lines[i].value, line.number, lines[i].number);
		expect_number(lines[i].value, line.size, strlen(lines[i].value));
		assert_memory_equal(line.value, lines[i].value, line.size);
	}
	assert_false(unit_read_line(&reader, &line));
}

/* nft 1.0.6 accepts these rules; they were tried with it. */
static void includes_are_found(void **state)
{
	static const char *const texts[][2] = {
		{"", ""},
		{"include \"/a/z.nft\"\n", "/a/z.nft|"},
		{" \tinclude\"/a/*.nft\" ; include \t\"./b\"", "/a/*.nft|/b|"},
		{"table inet q { }; include \"nftables.d/x\"\ninclude \".x\"\n",
		 "/etc/nftables.d/x|/etc/.x|"},
		{"# include \"/a\"\nx # include \"/a\"\n", ""},
		{"include '/a'\ninclude \"/a\ninclude\ninclude \"\"\nxinclude \"/a\"\n", ""},
		{"included \"/a\"\ninclude\n\"/a\"\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect_rules(texts[i][0], 0, texts[i][1]);
	/* The name of a file asks for nothing, what stands behind it may. */
	expect_line("include \"/etc/nat.nft\"\n", 0);
	expect_line("\n include \"/etc/nat.nft\"; add rule a b ct state new\n", 2);
}

static void longest_names_are_included(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct buffer CLEANUP(buffer_clear) found = {0};
	struct rules_file file = {0};
	const char *position;
	char *name = NULL;

	(void)state;
	buffer_add(&text, "include \"/");
	for (size_t i = 0; i < PATH_MAX - 2; i++)
		buffer_add(&text, "a");
	buffer_add(&text, "\"\n");
	expect_number("longest", read_rules(text.data, 100, &found), 0);
	expect_number("length", found.length, PATH_MAX);
	text.length -= 2;
	buffer_add(&text, "a\"\nct\n");
	position = text.data;
	expect_number("too long", rules_file_read(&file, &position, text.data + text.length, &name),
		      0);
	assert_true(file.long_name);
	expect_number("the line behind", file.asks, 2);
}

static void modules_load_lines_are_told(void **state)
{
	(void)state;
	expect_loads("nf_conntrack\n", "nf_conntrack ");
	expect_loads("nf_conntrack", "nf_conntrack ");
	expect_loads("nf-conntrack\n", "nf_conntrack ");
	expect_loads("ip_conntrack\nip-conntrack\n", "ip_conntrack ");
	expect_loads("nf_conntrack\r\nnf_nat\r\n", "nf_conntrack nf_nat ");
	expect_loads(" \tnf_conntrack \t\r\n", "nf_conntrack ");
	expect_loads("# for docker\nbr_netfilter\noverlay\n\nnf_nat\nip_vs_rr\nnf_conntrack_ftp\n",
		     "nf_nat ip_vs_rr nf_conntrack_ftp ");
	/* twice is once */
	expect_loads("nf_conntrack\nnf_conntrack\n", "nf_conntrack ");
}

static void other_modules_load_lines_are_passed_over(void **state)
{
	static const char name_of_63[] =
		"nf_conntrack_45678901234567890123456789012345678901234567890123";
	static const char name_of_64[] =
		"nf_conntrack_456789012345678901234567890123456789012345678901234";
	static const char *const texts[] = {
		"",
		"\n",
		" ",
		" \t\n\r\n",
		"# nf_conntrack\n",
		"; nf_conntrack\n",
		"  #nf_conntrack\n",
		"br_netfilter\nx_tables nf_conntrack\n",
		"#\nnf_defrag_ipv4",
		"*\n?\n[\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect_loads(texts[i], "");
	/* no name of a module is longer */
	assert_int_equal(strlen(name_of_63), 63);
	expect_loads(name_of_64, "");
	expect_loads(name_of_63,
		     "nf_conntrack_45678901234567890123456789012345678901234567890123 ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_line_that_asks_for_tracking_is_told),
		cmocka_unit_test(every_word_of_tracking_is_known),
		cmocka_unit_test(rules_without_tracking_are_passed_over),
		cmocka_unit_test(words_end_at_any_other_character),
		cmocka_unit_test(lines_that_ask_are_counted),
		cmocka_unit_test(words_in_quotes_and_comments_do_not_count),
		cmocka_unit_test(commands_are_judged),
		cmocka_unit_test(lines_are_joined),
		cmocka_unit_test(options_of_docker_are_read),
		cmocka_unit_test(quadlets_are_read),
		cmocka_unit_test(unit_lines_are_read),
		cmocka_unit_test(includes_are_found),
		cmocka_unit_test(longest_names_are_included),
		cmocka_unit_test(file_of_rules_is_a_use),
		cmocka_unit_test(modules_load_lines_are_told),
		cmocka_unit_test(other_modules_load_lines_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
