/* model/config-names: what was meant by a name or section that does not exist. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/config/config-names.h"
#include "model/config/config-pasted.h"

struct row {
	const char *section, *name, *text;
};

struct valued_row {
	const char *section, *name, *text, *value;
};

static void check_row(const char *section, const char *name, const char *value, const char *text)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	config_explain_name(section, name, value, &b);
	expect_text(name, b.data, text);
}

/* The value is one that no setting can have. */
static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(rows[i].section, rows[i].name, "-", rows[i].text);
}

static void pasted_kernel_name_is_told_its_place(void **state)
{
	static const char max[] = "the kernel's name; write it as \"max\" in [conntrack]";
	static const char old_max[] = "a former kernel name; write it as \"max\" in [conntrack]";
	static const char buckets[] = "the kernel's name; write it as \"hashsize\" in [conntrack]";
	static const char established[] =
		"the kernel's name; write it as \"tcp_established\" in [timeouts]";
	static const char old_established[] =
		"a former kernel name; write it as \"tcp_established\" in [timeouts]";
	static const struct row rows[] = {
		{"conntrack", "nf_conntrack_max", max},
		{"timeouts", "net.netfilter.nf_conntrack_max", max},
		{"conntrack", "net/netfilter/nf_conntrack_max", max},
		{"conntrack", "net.nf_conntrack_max", max},
		{"conntrack", "net/nf_conntrack_max", max},
		{"conntrack", "ip_conntrack_max", old_max},
		{"conntrack", "net.ipv4.ip_conntrack_max", old_max},
		{"conntrack", "net/ipv4/ip_conntrack_max", old_max},
		{"conntrack", "net.ipv4.netfilter.ip_conntrack_max", old_max},
		{"conntrack", "net/ipv4/netfilter/ip_conntrack_tcp_timeout_established",
		 old_established},
		{"conntrack", "nf_conntrack_buckets", buckets},
		{"conntrack", "net.netfilter.nf_conntrack_buckets", buckets},
		{"conntrack", "ip_conntrack_buckets",
		 "a former kernel name; write it as \"hashsize\" in [conntrack]"},
		{"timeouts", "net.netfilter.nf_conntrack_tcp_timeout_established", established},
		{"timeouts", "net.netfilter.nf_conntrack_sctp_timeout_shutdown_ack_sent",
		 "the kernel's name; write it as \"sctp_shutdown_ack_sent\" in [timeouts]"},
		{"timeouts", "nf_flowtable_tcp_timeout",
		 "the kernel's name; write it as \"flowtable_tcp\" in [timeouts]"},
		{"timeouts", "net.netfilter.nf_hooks_lwtunnel",
		 "the kernel's name; write it as \"nf_hooks_lwtunnel\" in [options]"},
		{"options", "nf_conntrack_tcp_loose",
		 "the kernel's name; write it as \"tcp_loose\" in [options]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* The names in [options] do not have the name of the module in front. */
static void shortened_kernel_name_is_told_its_place(void **state)
{
	static const struct row rows[] = {
		{"timeouts", "tcp_timeout_established",
		 "the kernel's name; write it as \"tcp_established\" in [timeouts]"},
		{"options", "generic_timeout",
		 "the kernel's name; write it as \"generic\" in [timeouts]"},
		{"timeouts", "udp_timeout", "the kernel's name; write it as \"udp\" in [timeouts]"},
		{"timeouts", "udp_timeout_stream",
		 "the kernel's name; write it as \"udp_stream\" in [timeouts]"},
		{"conntrack", "buckets",
		 "the kernel's name; write it as \"hashsize\" in [conntrack]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void counter_is_read_only(void **state)
{
	static const char text[] = "read-only in the kernel (the number of entries now); to set "
				   "the limit, use max in [conntrack]";
	static const struct row rows[] = {
		{"conntrack", "nf_conntrack_count", text},
		{"options", "net.netfilter.nf_conntrack_count", text},
		{"conntrack", "net/netfilter/nf_conntrack_count", text},
		{"conntrack", "net.ipv4.netfilter.ip_conntrack_count", text},
		{"conntrack", "count", text},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void name_of_another_section_is_told_its_own(void **state)
{
	static const struct row rows[] = {
		{"timeouts", "max", "not a setting of [timeouts]; write it in [conntrack]"},
		{"conntrack", "tcp_loose", "not a setting of [conntrack]; write it in [options]"},
		{"options", "udp", "not a setting of [options]; write it in [timeouts]"},
		{"conntrack", "synchronous", "not a setting of [conntrack]; write it in [apply]"},
		{"apply", "unload", "not a setting of [apply]; write it in [disable]"},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void unknown_name_is_told_the_nearest(void **state)
{
#define ALLOWED "allowed: the settings that \"conntrack-persist keys\" lists"
	static const struct row rows[] = {
		{"conntrack", "hash_size",
		 "unknown setting; did you mean \"hashsize\" in [conntrack]? " ALLOWED},
		{"conntrack", "maxx",
		 "unknown setting; did you mean \"max\" in [conntrack]? " ALLOWED},
		{"timeouts", "tcp_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
		{"options", "tcp_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
		/* as near in its own section as in another */
		{"options", "tcp_max_retran",
		 "unknown setting; did you mean \"tcp_max_retrans\" in [options]? " ALLOWED},
		{"timeouts", "tcp_max_retran",
		 "unknown setting; did you mean \"tcp_max_retrans\" in [timeouts]? " ALLOWED},
		{"conntrack", "quite_something_else", "unknown setting; " ALLOWED},
		{"conntrack", "net.core.somaxconn",
		 "not a setting of connection tracking; write other sysctl keys in a file in "
		 "/etc/sysctl.d"},
		{"conntrack",
		 "a_name_that_is_longer_than_any_which_the_distance_between_two_words_is_told_of",
		 "unknown setting; " ALLOWED},
		{"timeouts", "net.netfilter.nf_conntrack_tcp_timeout_etsablished",
		 "unknown setting; did you mean \"tcp_established\" in [timeouts]? " ALLOWED},
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void line_to_write_has_the_value(void **state)
{
	static const struct valued_row rows[] = {
		{"options", "tcp_timeout_established",
		 "the kernel's name; write \"tcp_established = 21600\" in [timeouts]", "21600"},
		{"options", "tcp_timeout_established",
		 "the kernel's name; write \"tcp_established = 6h\" in [timeouts]", "6h"},
		{"options", "tstamp", "the kernel's name; write \"timestamp = yes\" in [options]",
		 "1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(rows[i].section, rows[i].name, rows[i].value, rows[i].text);
}

struct line {
	const char *line, *text; /* text NULL: it is not a pasted one */
};

static void check_lines(const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		expect_number(lines[i].line, config_explain_pasted(lines[i].line, &b),
			      lines[i].text != NULL);
		expect_text(lines[i].line, b.data ? b.data : "",
			    lines[i].text ? lines[i].text : "");
	}
}

#define OTHER "this is a command, or a line of another file; "
#define MAX   "write \"max = 65536\" in [conntrack]"

static void pasted_line_is_told_what_to_write(void **state)
{
	static const struct line lines[] = {
		{"net.netfilter.nf_conntrack_max = 65536",
		 "conntrack.max: net.netfilter.nf_conntrack_max is the kernel's name; " MAX},
		{"-net/netfilter/nf_conntrack_acct=1 # count",
		 "options.acct: -net/netfilter/nf_conntrack_acct is the kernel's name; write "
		 "\"acct = "
		 "yes\" in [options]"},
		{"net.netfilter.nf_conntrack_max: \"65536\"",
		 "conntrack.max: net.netfilter.nf_conntrack_max is the kernel's name; " MAX},
		{"net.ipv4.ip_conntrack_max = 65536 ; many",
		 "conntrack.max: net.ipv4.ip_conntrack_max is a former kernel name; " MAX},
		{"nf_conntrack.hashsize=65536 quiet", "conntrack.hashsize: nf_conntrack.hashsize "
						      "is the kernel's name; write \"hashsize = "
						      "65536\" in [conntrack]"},
		{"nf_conntrack_max 0x10000",
		 "conntrack.max: nf_conntrack_max is the kernel's name; " MAX},
		{"nf_conntrack.hashsize=65536", "conntrack.hashsize: nf_conntrack.hashsize is the "
						"kernel's name; write \"hashsize = "
						"65536\" in [conntrack]"},
		{"sysctl -qw net.netfilter.nf_conntrack_max='65536'", "conntrack.max: " OTHER MAX},
		{"sysctl -w net.nf_conntrack_max=65536 net.netfilter.nf_conntrack_tcp_loose=0",
		 "conntrack.max: " OTHER MAX " and \"tcp_loose = no\" in [options]"},
		{"echo 65536 > /proc/sys/net/netfilter/nf_conntrack_max",
		 "conntrack.max: " OTHER MAX},
		{"echo 65536 | sudo tee /proc/sys/net/netfilter/nf_conntrack_max",
		 "conntrack.max: " OTHER MAX},
		{"w /proc/sys/net/netfilter/nf_conntrack_max - - - - 65536",
		 "conntrack.max: " OTHER MAX},
		{"KERNEL==\"nf_conntrack\", SYSCTL{net/netfilter/nf_conntrack_max}=\"65536\"",
		 "conntrack.max: " OTHER MAX},
		{"options nf_conntrack hashsize=16384 acct=Y",
		 "conntrack.hashsize: " OTHER
		 "write \"hashsize = 16384\" in [conntrack] and \"acct = yes\" in [options]"},
		{"install nf_conntrack /sbin/modprobe -i nf_conntrack ; echo 65536 > "
		 "/proc/sys/net/nf_conntrack_max",
		 "conntrack.max: " OTHER MAX},
	};

	(void)state;
	check_lines(lines, ARRAY_SIZE(lines));
}

static void pasted_line_without_a_fit_value_is_told_what_is_allowed(void **state)
{
	static const struct line lines[] = {
		{"/proc/sys/net/netfilter/nf_conntrack_max",
		 "conntrack.max: /proc/sys/net/netfilter/nf_conntrack_max is the kernel's name; "
		 "set max "
		 "in [conntrack], allowed: 1 to 2,147,483,647, or auto"},
		{"net.netfilter.nf_conntrack_tcp_timeout_established = 5 days",
		 "timeouts.tcp_established: net.netfilter.nf_conntrack_tcp_timeout_established is "
		 "the "
		 "kernel's name; set tcp_established in [timeouts], allowed: 0 to 21,474,836 "
		 "seconds, or "
		 "with s, m, h, d (30s, 6h)"},
		{"nf_conntrack_max = 64 k # thousand",
		 "conntrack.max: nf_conntrack_max is the kernel's name; set max in [conntrack], "
		 "allowed: 1 to 2,147,483,647, or auto"},
		{"net.netfilter.nf_conntrack_acct = $ACCT",
		 "options.acct: net.netfilter.nf_conntrack_acct is the kernel's name; \"$ACCT\" is "
		 "an invalid value of acct; set acct in [options], allowed: yes or no"},
		{"sysctl -w net.netfilter.nf_conntrack_max=0 net.netfilter.nf_conntrack_acct=1",
		 "conntrack.max: " OTHER
		 "write \"acct = yes\" in [options]; \"0\" is an invalid value of max; set max in "
		 "[conntrack], allowed: 1 to 2,147,483,647, or auto"},
		{"cat /proc/sys/net/netfilter/nf_conntrack_count",
		 "conntrack.max: /proc/sys/net/netfilter/nf_conntrack_count is read-only in the "
		 "kernel (the number of entries now); to set the limit, use max in [conntrack]"},
	};

	(void)state;
	check_lines(lines, ARRAY_SIZE(lines));
}

static void line_of_ours_is_no_pasted_one(void **state)
{
	static const struct line lines[] = {
		{"max = 65536 ; was net.netfilter.nf_conntrack_max = 262144", NULL},
		{"nf_hooks_lwtunnel = yes", NULL},
		{"maxx=5", NULL},
		{"hashsize 65536", NULL},
		{"junk nf_conntrack", NULL},
		{"net.core.somaxconn = 1024", NULL},
		{"net.netfilter.nf_conntrack_frobnicate = 1", NULL},
		{"=", NULL},
		{"", NULL},
	};

	(void)state;
	check_lines(lines, ARRAY_SIZE(lines));
}

static void pair_without_a_section_is_told_its_own(void **state)
{
	static const struct valued_row rows[] = {
		{NULL, "max",
		 "conntrack.max: a value before the first [section]; write \"[conntrack]\" in a "
		 "line "
		 "above it",
		 "5"},
		{NULL, "tcp_max_retrans",
		 "timeouts.tcp_max_retrans: a value before the first [section]; write "
		 "\"[timeouts]\" or "
		 "\"[options]\" in a line above it",
		 "5"},
		{NULL, "tcp_timeout_established",
		 "tcp_timeout_established: a value before the first [section]; the kernel's name; "
		 "write "
		 "\"tcp_established = 5\" in [timeouts]",
		 "5"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		config_explain_orphan(rows[i].name, rows[i].value, &b);
		expect_text(rows[i].name, b.data, rows[i].text);
	}
}

static void unknown_section_is_told_the_nearest(void **state)
{
#define SECTIONS "allowed: [conntrack], [timeouts], [options], [apply], [disable]"
	static const struct {
		const char *section, *text;
	} rows[] = {
		{"timeout", "did you mean [timeouts]? " SECTIONS},
		{"Options", "did you mean [options]? " SECTIONS},
		{"contrack", "did you mean [conntrack]? " SECTIONS},
		{"network", SECTIONS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		config_explain_section(rows[i].section, &b);
		expect_text(rows[i].section, b.data, rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_kernel_name_is_told_its_place),
		cmocka_unit_test(shortened_kernel_name_is_told_its_place),
		cmocka_unit_test(counter_is_read_only),
		cmocka_unit_test(name_of_another_section_is_told_its_own),
		cmocka_unit_test(unknown_name_is_told_the_nearest),
		cmocka_unit_test(line_to_write_has_the_value),
		cmocka_unit_test(pasted_line_is_told_what_to_write),
		cmocka_unit_test(pasted_line_without_a_fit_value_is_told_what_is_allowed),
		cmocka_unit_test(line_of_ours_is_no_pasted_one),
		cmocka_unit_test(pair_without_a_section_is_told_its_own),
		cmocka_unit_test(unknown_section_is_told_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
