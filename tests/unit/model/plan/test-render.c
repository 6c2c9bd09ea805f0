/* model/render-*: the text of each generated file, to the byte. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/plan/render.h"

static struct setting setting_of(const char *section, const char *name, uint64_t wanted)
{
	int found = schema_find(section, name);

	if (found < 0)
		fail_msg("%s.%s is no setting", section, name);
	return (struct setting){.row = &schema[found], .wanted = wanted};
}

static void sysctl_has_each_value_and_tolerates_absent_keys(void **state)
{
	const struct setting settings[] = {
		setting_of("conntrack", "max", 1000000),
		setting_of("timeouts", "tcp_established", 21600),
		setting_of("options", "frag6_high_thresh", UINT64_MAX),
	};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_sysctl(&b, settings, ARRAY_SIZE(settings));
	expect_text(
		"sysctl.d", b.data,
		"\n"
		"# For systemd-sysctl, \"sysctl --system\" and tuned while nf_conntrack is\n"
		"# loaded; the udev rule sets them at each load. Each value is here twice: the\n"
		"# line with \"-\" keeps systemd-sysctl from failing if the key is absent, and\n"
		"# tuned knows only the line without it. The buckets are not here, because a\n"
		"# write to that key gets lost while another process reads it.\n"
		"-net.netfilter.nf_conntrack_max = 1000000\n"
		"net.netfilter.nf_conntrack_max = 1000000\n"
		"-net.netfilter.nf_conntrack_tcp_timeout_established = 21600\n"
		"net.netfilter.nf_conntrack_tcp_timeout_established = 21600\n"
		"-net.netfilter.nf_conntrack_frag6_high_thresh = 18446744073709551615\n"
		"net.netfilter.nf_conntrack_frag6_high_thresh = 18446744073709551615\n");
}

static void sysctl_without_values_is_comments(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_sysctl(&b, NULL, 0);
	assert_null(strstr(b.data, "\n-"));
	assert_null(strstr(b.data, "\nnet"));
}

static void modprobe_has_the_sizes_without_blanks(void **state)
{
	static const struct {
		struct sizes sizes;
		const char *line;
	} rows[] = {
		{{.hashsize = 262000}, "\noptions nf_conntrack hashsize=262000\n"},
		{{.expect_hashsize = 1024}, "\noptions nf_conntrack expect_hashsize=1024\n"},
		{{.hashsize = 262144, .expect_hashsize = 1024, .page_size = 65536},
		 "\noptions nf_conntrack hashsize=262144 expect_hashsize=1024\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		render_modprobe_tune(&b, &rows[i].sizes, NULL, 0, NULL);
		expect_part("modprobe.d", b.data, rows[i].line);
		assert_null(strstr(b.data, "install nf_conntrack"));
	}
}

static void modprobe_of_tune_to_the_byte(void **state)
{
	const struct sizes sizes = {.hashsize = 262144, .page_size = 4096};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_modprobe_tune(&b, &sizes, NULL, 0, "/usr/sbin/conntrack-persist");
	expect_text(
		"modprobe.d", b.data,
		"\n"
		"# Right from the first moment, and no new table later. hashsize makes the kernel\n"
		"# set max to 8 times as much; the udev rule corrects that.\n"
		"options nf_conntrack hashsize=262144\n"
		"\n"
		"# synchronous = yes: modprobe returns only when the values are in force.\n"
		"install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS "
		"&& { test ! -x /usr/sbin/conntrack-persist || /usr/sbin/conntrack-persist apply "
		"--quiet >/dev/null 2>&1 || :; }\n");
}

static void modprobe_without_sizes_has_no_option(void **state)
{
	const struct sizes sizes = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_modprobe_tune(&b, &sizes, NULL, 0, NULL);
	expect_text("modprobe.d", b.data, "\n# No size is set here.\n");
}

static const struct schema_row *row_of(const char *section, const char *name)
{
	int id = schema_find(section, name);

	assert_true(id >= 0);
	return &schema[id];
}

static void modprobe_has_what_new_namespaces_inherit(void **state)
{
	const struct sizes none = {0}, sizes = {.hashsize = 262144, .page_size = 4096};
	const struct setting settings[] = {{.row = row_of("timeouts", "udp"), .wanted = 30},
					   {.row = row_of("options", "acct"), .wanted = 1},
					   {.row = row_of("options", "timestamp"), .wanted = 0}};
	struct buffer CLEANUP(buffer_clear) without = {0}, with = {0};

	(void)state;
	render_modprobe_tune(&without, &none, settings, ARRAY_SIZE(settings), NULL);
	expect_text("modprobe.d", without.data,
		    "\n"
		    "# No size is set here.\n"
		    "# Each new network namespace begins with acct and tstamp as they are here.\n"
		    "options nf_conntrack acct=1 tstamp=0\n");
	render_modprobe_tune(&with, &sizes, settings, 2, NULL);
	expect_part("modprobe.d", with.data, "\noptions nf_conntrack hashsize=262144 acct=1\n");
	assert_true(render_has_parameter(settings, ARRAY_SIZE(settings)));
	assert_false(render_has_parameter(settings, 1));
}

static void modprobe_of_disable_to_the_byte(void **state)
{
	static const char blacklist[] =
		"\n"
		"# Keeps nf_conntrack from loading by an alias; by name and as a dependency it\n"
		"# would still load.\n"
		"blacklist nf_conntrack\n";
	static const char block[] =
		"\n"
		"# A value that the kernel refuses: nf_conntrack cannot load in any way but "
		"insmod,\n"
		"# and the kernel's log says why. To undo: conntrack-persist uninstall\n"
		"options nf_conntrack hashsize=blocked-by-conntrack-persist\n";
	struct buffer CLEANUP(buffer_clear) without = {0}, with = {0};
	char both[sizeof(blacklist) + sizeof(block)];

	(void)state;
	render_modprobe_disable(&without, false);
	expect_text("blacklist", without.data, blacklist);
	render_modprobe_disable(&with, true);
	(void)snprintf(both, sizeof(both), "%s%s", blacklist, block);
	expect_text("block", with.data, both);
}

#define RULE_GATES                                                                               \
	"\n"                                                                                     \
	"# On every event but the last, not only on add: a later change event would else\n"      \
	"# drop what this rule has set on the device.\n"                                         \
	"ACTION==\"remove\", GOTO=\"conntrack_persist_end\"\n"                                   \
	"SUBSYSTEM!=\"module\", GOTO=\"conntrack_persist_end\"\n"                                \
	"KERNEL!=\"nf_conntrack\", GOTO=\"conntrack_persist_end\"\n"                             \
	"\n"                                                                                     \
	"# With this mark systemd has a unit for the module, which others can be bound to. If\n" \
	"# the service is installed, it verifies and logs each load.\n"                          \
	"TAG+=\"systemd\"\n"                                                                     \
	"TEST!=\"/usr/lib/systemd/system/conntrack-persist.service\", \\\n"                      \
	"  TEST!=\"/lib/systemd/system/conntrack-persist.service\", \\\n"                        \
	"  TEST!=\"/usr/local/lib/systemd/system/conntrack-persist.service\", \\\n"              \
	"  TEST!=\"/etc/systemd/system/conntrack-persist.service\", \\\n"                        \
	"  GOTO=\"conntrack_persist_values\"\n"                                                  \
	"ENV{SYSTEMD_WANTS}+=\"conntrack-persist.service\"\n"                                    \
	"LABEL=\"conntrack_persist_values\"\n"                                                   \
	"\n"                                                                                     \
	"# Kernels before 5.11 send the event before the keys exist: this waits until the\n"     \
	"# module is live. Only while it is coming, or a late event would load the module\n"     \
	"# again after an unload.\n"                                                             \
	"ATTR{initstate}==\"coming\", IMPORT{builtin}=\"kmod load nf_conntrack\"\n"              \
	"\n"                                                                                     \
	"# No write before the keys are there: a hashsize written while the module is\n"         \
	"# coming lets the size and the table part ways.\n"                                      \
	"TEST!=\"/proc/sys/net/netfilter/nf_conntrack_max\", GOTO=\"conntrack_persist_end\"\n"

#define LIVE_MAX    "SYSCTL{net/netfilter/nf_conntrack_max}"
#define ENTRIES	    "\\\n  SYSCTL{net/netfilter/nf_conntrack_count}"
#define FROM_262144 "???????*|[3-9]?????|2[7-9]????|26[3-9]???|262[2-9]??|2621[5-9]?|26214[4-9]"

static void rule_to_the_byte(void **state)
{
	const struct setting settings[] = {
		setting_of("conntrack", "max", 1000000),
		setting_of("timeouts", "tcp_established", 21600),
		setting_of("timeouts", "gre_stream", 60),
		setting_of("options", "acct", 1),
	};
	const struct sizes sizes = {.hashsize = 262000, .page_size = 4096};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_udev(&b, settings, ARRAY_SIZE(settings), &sizes);
	expect_text(
		"rule", b.data,
		RULE_GATES
		"\n"
		"# max is not lowered to less than 1.25 times the entries, because new\n"
		"# connections would be dropped. The buckets stay then as well. The count is\n"
		"# that of the host's own network namespace, because a rule reads no other.\n"
		"SYSCTL{net/netfilter/nf_conntrack_max}==\"0|[!0-9]*|????????*|[2-9]??????|"
		"1[1-9]?????|10[1-9]????|100[1-9]???|1000[1-9]??|10000[1-9]?|100000[1-9]\", \\\n"
		"  SYSCTL{net/netfilter/nf_conntrack_count}==\"[!0-9]*|???????*|9?????|8[1-9]????|"
		"80[1-9]???|800[1-9]??|8000[1-9]?|80000[1-9]\", "
		"GOTO=\"conntrack_persist_others\"\n"
		"\n"
		"# resize = auto: no new table while it has 10,000 or more entries, because a\n"
		"# resize stops all tracked traffic. Until the next load max is left to\n"
		"# conntrack-persist.service then, because a rule cannot compare it with the\n"
		"# buckets.\n"
		"SYSCTL{net/netfilter/nf_conntrack_count}==\"[!0-9]*|?????*\", "
		"ATTR{parameters/hashsize}!=\"262144\", GOTO=\"conntrack_persist_others\"\n"
		"\n"
		"# Not if it has the size already (rounded as the kernel does): the kernel would\n"
		"# build a whole new table before it notices.\n"
		"ATTR{parameters/hashsize}!=\"262144\", ATTR{parameters/hashsize}=\"262000\"\n"
		"\n"
		"# The values, written by udevd itself: no process is started. TEST: keys that\n"
		"# some kernels lack.\n"
		"SYSCTL{net/netfilter/nf_conntrack_max}=\"1000000\"\n"
		"LABEL=\"conntrack_persist_others\"\n"
		"SYSCTL{net/netfilter/nf_conntrack_tcp_timeout_established}=\"21600\"\n"
		"TEST==\"/proc/sys/net/netfilter/nf_conntrack_gre_timeout_stream\", "
		"SYSCTL{net/netfilter/nf_conntrack_gre_timeout_stream}=\"60\"\n"
		"SYSCTL{net/netfilter/nf_conntrack_acct}=\"1\"\n"
		"\n"
		"LABEL=\"conntrack_persist_end\"\n");
}

/* udevd matches text: larger numbers are patterns, and the kernel's own ones are listed. */
static void rule_of_at_least_to_the_byte(void **state)
{
	static const struct {
		struct sizes sizes;
		const char *own;
	} rows[] = {
		{{.hashsize = 262000, .page_size = 4096}, "2097152"},
		{{.hashsize = 100000}, "802816|819200|851968|917504"},
		/*
		 * Smaller numbers are among the patterns, and the configured number needs no write.
		 */
		{{.hashsize = 8192}, NULL},
		{{.hashsize = 32768}, NULL},
		{{.hashsize = 32769, .page_size = 4096}, "266240"},
		{{.hashsize = 0}, NULL},
	};
	struct setting settings[] = {
		setting_of("conntrack", "max", 262144),
		setting_of("timeouts", "udp", 45),
	};

	(void)state;
	settings[0].at_least = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0}, wanted = {0};

		render_udev(&b, settings, ARRAY_SIZE(settings), &rows[i].sizes);
		buffer_add(&wanted,
			   "\n# max_policy = at_least: a larger one stays, but for what the "
			   "kernel makes of hashsize.\n"
			   "SYSCTL{net/netfilter/nf_conntrack_max}!=\"0|[!0-9]*|" FROM_262144
			   "\", SYSCTL{net/netfilter/nf_conntrack_max}=\"262144\"\n");
		if (rows[i].own)
			buffer_printf(&wanted,
				      "SYSCTL{net/netfilter/nf_conntrack_max}==\"%s\", "
				      "SYSCTL{net/netfilter/nf_conntrack_max}=\"262144\"\n",
				      rows[i].own);
		/* Each line of a rule that is read has an end of its own. */
		buffer_add(&wanted, "LABEL=\"conntrack_persist_others\"\nSYSCTL{");
		expect_part("rule", b.data, wanted.data);
		if (rows[i].sizes.hashsize == 262000)
			expect_part("rule", b.data,
				    "# Whoever raises max raises the buckets as well: more of them "
				    "stay.\n"
				    "ATTR{parameters/hashsize}!=\"" FROM_262144
				    "\", ATTR{parameters/hashsize}=\"262000\"\n");
	}
}

/* at_least lowers max only where the kernel made it. */
static void rule_lowers_no_max_of_a_crowded_table(void **state)
{
	static const struct {
		uint64_t max;
		bool at_least;
		const char *line; /* NULL: nothing is ever lowered */
	} rows[] = {
		{4000, false,
		 LIVE_MAX "==\"0|[!0-9]*|?????*|[5-9]???|4[1-9]??|40[1-9]?|400[1-9]\", " ENTRIES
			  "==\"[!0-9]*|?????*|[4-9]???|3[3-9]??|32[1-9]?|320[1-9]\", "},
		{1, false, LIVE_MAX "==\"0|[!0-9]*|??*|[2-9]\", " ENTRIES "==\"[!0-9]*|[1-9]*\", "},
		{2147483647, false,
		 LIVE_MAX
		 "==\"0|[!0-9]*|???????????*|[3-9]?????????|2[2-9]????????|21[5-9]???????|"
		 "214[89]??????|2147[5-9]?????|214749????|214748[4-9]???|2147483[7-9]??|"
		 "21474836[5-9]?|214748364[89]\", " ENTRIES
		 "==\"[!0-9]*|???????????*|[2-9]?????????|1[89]????????|17[2-9]???????|"
		 "171[89]??????|171799????|171798[7-9]???|17179869[2-9]?|171798691[89]\", "},
		{4000, true,
		 LIVE_MAX "==\"32768\", " ENTRIES
			  "==\"[!0-9]*|?????*|[4-9]???|3[3-9]??|32[1-9]?|320[1-9]\", "},
		{32768, true, NULL},
		{40000, true, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct sizes sizes = {.hashsize = 4096, .page_size = 4096};
		struct setting setting = setting_of("conntrack", "max", rows[i].max);
		struct buffer CLEANUP(buffer_clear) b = {0}, line = {0};

		setting.at_least = rows[i].at_least;
		render_udev(&b, &setting, 1, &sizes);
		if (!rows[i].line) {
			assert_null(strstr(b.data, "not lowered"));
			continue;
		}
		buffer_printf(&line, "\n%sGOTO=\"conntrack_persist_others\"\n", rows[i].line);
		expect_part("rule", b.data, line.data);
	}
}

static void drop_in_to_the_byte(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_drop_in(&b);
	expect_text("drop-in", b.data,
		    "\n"
		    "# on_drift = restore: after each look for drift this service comes to its "
		    "turn. It\n"
		    "# does nothing unless that look has found drift which install can put right.\n"
		    "[Unit]\n"
		    "Wants=conntrack-persist-restore.service\n");
}

static void drop_in_of_namespaces_to_the_byte(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_namespaces_drop_in(&b, true);
	expect_text(
		"drop-in", b.data,
		"\n"
		"# namespaces = all: this path unit notices new network namespaces that have a "
		"name.\n"
		"[Unit]\n"
		"Wants=conntrack-persist-namespaces.path\n"
		"\n"
		"# namespaces = all: the service enters the other network namespaces. To find\n"
		"# those of processes it needs CAP_SYS_PTRACE, to enter one CAP_SYS_ADMIN.\n"
		"[Service]\n"
		"CapabilityBoundingSet=CAP_SYS_ADMIN CAP_SYS_PTRACE\n"
		"ProtectProc=default\n"
		"RestrictNamespaces=\n"
		"RestrictNamespaces=net\n"
		"# The filter names what is refused, because most versions of systemd do not know\n"
		"# listns(2) by name, with which the kernel lists its namespaces (Linux 6.19 and\n"
		"# later).\n"
		"SystemCallFilter=\n"
		"SystemCallFilter=~@clock @cpu-emulation @debug @keyring @module @mount @obsolete\n"
		"SystemCallFilter=~@privileged @raw-io @reboot @resources @swap\n"
		"SystemCallFilter=open_by_handle_at @chown\n");
}

static void sysctl_leaves_out_what_it_would_lower(void **state)
{
	struct setting settings[] = {
		setting_of("timeouts", "udp", 45),
		setting_of("conntrack", "max", 262144),
		setting_of("timeouts", "generic", 50),
	};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	settings[1].at_least = true;
	render_sysctl(&b, settings, ARRAY_SIZE(settings));
	expect_part("sysctl.d", b.data,
		    "\n-net.netfilter.nf_conntrack_udp_timeout = 45\n"
		    "net.netfilter.nf_conntrack_udp_timeout = 45\n"
		    "# nf_conntrack_max is not here: what is read from here would lower it,\n"
		    "# and max_policy is at_least. The udev rule and the service raise it to "
		    "262144.\n"
		    "-net.netfilter.nf_conntrack_generic_timeout = 50\n"
		    "net.netfilter.nf_conntrack_generic_timeout = 50\n");
	assert_null(strstr(b.data, "net.netfilter.nf_conntrack_max"));
}

static void rule_without_values_is_the_gates(void **state)
{
	const struct sizes sizes = {.expect_hashsize = 1024};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_udev(&b, NULL, 0, &sizes);
	expect_text("rule", b.data, RULE_GATES "\nLABEL=\"conntrack_persist_end\"\n");
}

/*
 * If the kernel is unknown, each number that a kernel may show counts as the right size. Measured:
 * 125300 becomes 125440 on x86-64, 125952 on i686, 126976 on arm64 with pages of 16 KiB.
 */
static void rule_knows_the_rounding_of_each_kernel(void **state)
{
	static const struct {
		uint64_t hashsize;
		unsigned long page_size;
		unsigned int word_size;
		const char *shown;
	} rows[] = {
		{125300, 4096, 8, "!=\"125440\", "},
		{125300, 4096, 0, "!=\"125440\", "},
		{125300, 4096, 4, "!=\"125952\", "},
		{125300, 16384, 8, "!=\"126976\", "},
		{125300, 0, 0, "!=\"125440|125952|126976|131072\", "},
		{100000, 4096, 8, "!=\"100352\", "},
		{100000, 65536, 8, "!=\"106496\", "},
		{100000, 65536, 4, "!=\"114688\", "},
		{100000, 0, 0, "!=\"100352|102400|106496|114688\", "},
		{262144, 0, 0, "!=\"262144\", "},
		{1, 0, 0, "!=\"512|1024|2048|4096|8192|16384\", "},
		{2048, 0, 0, "!=\"2048|4096|8192|16384\", "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct sizes sizes = {.hashsize = rows[i].hashsize,
					    .page_size = rows[i].page_size,
					    .word_size = rows[i].word_size};
		struct buffer CLEANUP(buffer_clear) b = {0};
		char assignment[64];

		render_udev(&b, NULL, 0, &sizes);
		expect_part("rule", b.data, rows[i].shown);
		(void)snprintf(assignment, sizeof(assignment),
			       ", ATTR{parameters/hashsize}=\"%" PRIu64 "\"\n", rows[i].hashsize);
		expect_part("rule", b.data, assignment);
	}
}

/* A line of the rule that fails would be named in the journal on each load. */
static void rule_asks_for_every_key_that_some_kernels_lack(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_count; i++) {
		const struct sizes sizes = {0};
		const struct setting one = {.row = &schema[i], .wanted = 1};
		struct buffer CLEANUP(buffer_clear) b = {0};
		char line[256];

		if (!schema[i].key)
			continue;
		render_udev(&b, &one, 1, &sizes);
		(void)snprintf(line, sizeof(line), "\n%s%s%sSYSCTL{net/netfilter/%s}=\"1\"\n",
			       schema_is_optional(&schema[i]) ? "TEST==\"/proc/sys/net/netfilter/"
							      : "",
			       schema_is_optional(&schema[i]) ? schema[i].key : "",
			       schema_is_optional(&schema[i]) ? "\", " : "", schema[i].key);
		expect_part(schema[i].key, b.data, line);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sysctl_has_each_value_and_tolerates_absent_keys),
		cmocka_unit_test(sysctl_without_values_is_comments),
		cmocka_unit_test(modprobe_has_the_sizes_without_blanks),
		cmocka_unit_test(modprobe_of_tune_to_the_byte),
		cmocka_unit_test(modprobe_without_sizes_has_no_option),
		cmocka_unit_test(modprobe_has_what_new_namespaces_inherit),
		cmocka_unit_test(modprobe_of_disable_to_the_byte),
		cmocka_unit_test(rule_to_the_byte),
		cmocka_unit_test(rule_of_at_least_to_the_byte),
		cmocka_unit_test(rule_lowers_no_max_of_a_crowded_table),
		cmocka_unit_test(drop_in_to_the_byte),
		cmocka_unit_test(drop_in_of_namespaces_to_the_byte),
		cmocka_unit_test(sysctl_leaves_out_what_it_would_lower),
		cmocka_unit_test(rule_without_values_is_the_gates),
		cmocka_unit_test(rule_knows_the_rounding_of_each_kernel),
		cmocka_unit_test(rule_asks_for_every_key_that_some_kernels_lack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
