/*
 * model/lint-sysctl: what a line of sysctl.d about conntrack comes to, and the setting that stands
 * for it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lint-fixture.h"

#include "model/sources/lint-internal.h"

#define KEY "net.netfilter.nf_conntrack_"

static const struct facts unknown,
	linux_4_19 = {.release = {4, 19}}, linux_5_10 = {.release = {5, 10}},
	linux_5_19 = {.release = {5, 19}}, linux_6_1 = {.release = {6, 1}},
	linux_6_16 = {.release = {6, 16}}, linux_7_2 = {.release = {7, 2}};

#define EXPECT(facts, ...)                                                  \
	do {                                                                \
		static const struct lint_case cases[] = {__VA_ARGS__};      \
		expect_cases(lint_sysctl, facts, cases, ARRAY_SIZE(cases)); \
	} while (0)

static void sound_lines_are_lost_at_boot_all_the_same(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       /* cases 1, 20: the short name too */
	       {"net.nf_conntrack_max = 4194304",
		"at boot this line is read before nf_conntrack loads, so that the value is lost;",
		WRITE("[conntrack] max = 4194304")},
	       {KEY "max=262144", "at boot", WRITE("[conntrack] max = 262144")},
	       {"net/netfilter/nf_conntrack_max = 7 ", "at boot", WRITE("[conntrack] max = 7")},
	       {"  -\tnet.netfilter.nf_conntrack_max\t=\t7\t\r", "at boot",
		WRITE("[conntrack] max = 7")},
	       {"-net.nf_conntrack_max = 7", "at boot", WRITE("[conntrack] max = 7")},
	       /* the figures of old advice */
	       {KEY "tcp_timeout_established = 21600", "note: at boot",
		WRITE("[timeouts] tcp_established = 6h")},
	       {KEY "tcp_timeout_established = 432000", "note: at boot",
		WRITE("[timeouts] tcp_established = 5d")},
	       {KEY "tcp_timeout_established = 600", "note: at boot",
		WRITE("[timeouts] tcp_established = 600")},
	       {KEY "generic_timeout = 120", "note: at boot", WRITE("[timeouts] generic = 120")},
	       {KEY "tcp_timeout_time_wait = 3600", "note: at boot",
		WRITE("[timeouts] tcp_time_wait = 1h")},
	       {KEY "tcp_timeout_time_wait = 3599", "note: at boot",
		WRITE("[timeouts] tcp_time_wait = 3599")},
	       {KEY "udp_timeout_stream = 90000", "note: at boot",
		WRITE("[timeouts] udp_stream = 25h")},
	       {KEY "acct = 1", "note: at boot", WRITE("[options] acct = yes")},
	       {KEY "tcp_loose = 0", "note: at boot", WRITE("[options] tcp_loose = no")},
	       {KEY "log_invalid = 255", "note: at boot", WRITE("[options] log_invalid = 255")},
	       {KEY "expect_max = 1024", "note: at boot", WRITE("[conntrack] expect_max = 1024")},
	       {KEY "frag6_high_thresh = 86400", "note: at boot",
		WRITE("[options] frag6_high_thresh = 86400")},
	       {KEY "udp_timeout = 00", "with 0 the kernel forgets", WRITE("[timeouts] udp = 30")},
	       {KEY "udp_timeout = 07", "note: at boot", WRITE("[timeouts] udp = 7")});
}

static void carriage_return_is_a_blank_to_the_readers(void **state)
{
	(void)state;
	EXPECT(&unknown, {KEY "udp_timeout = 41\r", "note: at boot", WRITE("[timeouts] udp = 41")});
}

static void other_lines_are_passed_over(void **state)
{
	(void)state;
	EXPECT(&unknown, {"", NULL, NULL}, {" \t\r", NULL, NULL}, {"#" KEY "count = 1", NULL, NULL},
	       {" ; " KEY "count = 1", NULL, NULL}, {"net.ipv4.ip_forward = 010", NULL, NULL},
	       {"net.ipv4.vs.conntrack = 1", NULL, NULL},
	       {"net.netfilter.nf_log.2 = x", NULL, NULL},
	       {"net.netfilter.nf_hooks_lwtunnel = 1", NULL, NULL},
	       /* patterns, and what is left out of them */
	       {KEY "* = 010", NULL, NULL}, {KEY "[m]ax = 010", NULL, NULL},
	       {KEY "tcp_timeout_clos? = 010", NULL, NULL}, {"-" KEY "max", NULL, NULL},
	       {"net.ipv4.ip_forward 1", NULL, NULL}, {"nonsense", NULL, NULL},
	       {"kernel.modprobe = /sbin/modprobe", NULL, NULL},
	       {"kernel/modprobe = /usr/bin/modprobe", NULL, NULL},
	       {"kernel.modules_disabled = 1", NULL, NULL});
}

static void old_names_are_translated(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {"net.ipv4.ip_conntrack_max = 131072",
		"Linux 4.9 removed net.ipv4.ip_conntrack_max, so that the line has no effect;",
		WRITE("[conntrack] max = 131072")},
	       {"net.ipv4.netfilter.ip_conntrack_max=196608",
		"Linux 4.9 removed net.ipv4.netfilter.ip_conntrack_max,",
		WRITE("[conntrack] max = 196608")},
	       {"net/ipv4/netfilter/ip_conntrack_tcp_timeout_established = 86400",
		"Linux 4.9 removed net/ipv4/netfilter/ip_conntrack_tcp_timeout_established,",
		WRITE("[timeouts] tcp_established = 1d")},
	       {"net.ipv4.netfilter.ip_conntrack_tcp_be_liberal = 1", "Linux 4.9 removed net.ipv4",
		WRITE("[options] tcp_be_liberal = yes")},
	       {"net.ipv4.netfilter.ip_conntrack_buckets = 512", "Linux 4.9 removed net.ipv4",
		WRITE("[conntrack] hashsize = 512")},
	       {"net.ipv4.netfilter.ip_conntrack_count = 5", "Linux 4.9 removed net.ipv4",
		WRITE("[conntrack] max = 5")},
	       {"net.ipv4.netfilter.ip_conntrack_max = many", "Linux 4.9 removed net.ipv4",
		WRITE("[conntrack] max = auto")},
	       {"net.netfilter.ip_conntrack_max = 9",
		"Linux 4.9 removed net.netfilter.ip_conntrack_max,", WRITE("[conntrack] max = 9")},
	       {"net.ipv4.netfilter.ip_conntrack_bogus = 9", "Linux 4.9 removed net.ipv4",
		"; remove it (\"conntrack-persist keys\" lists every key)"});
}

static void names_of_no_kernel_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {"net.ipv4.nf_conntrack_max = 9",
		"no kernel has net.ipv4.nf_conntrack_max, so that the line has no effect;",
		WRITE("[conntrack] max = 9")},
	       {"nf_conntrack_max = 9", "no kernel has nf_conntrack_max,",
		WRITE("[conntrack] max = 9")},
	       {"net.nf_conntrack_acct = 1", "no kernel has net.nf_conntrack_acct,",
		WRITE("[options] acct = yes")},
	       {"net.netfilter.x.nf_conntrack_max = 9", "no kernel has net.netfilter.x",
		WRITE("[conntrack] max = 9")},
	       {"/proc/sys/net/netfilter/nf_conntrack_max = 9", "no kernel has /proc",
		WRITE("[conntrack] max = 9")},
	       {"net.nf_conntrack_count = 9", "no kernel has net.nf_conntrack_count",
		WRITE("[conntrack] max = 9")},
	       {"net.netfilter.conntrack_max = 9", "no kernel has net.netfilter.conntrack_max",
		WRITE("[conntrack] max = 9")},
	       {"net.netfilter.nf_contrack_max = 9", "no kernel has net.netfilter.nf_contrack_max",
		WRITE("[conntrack] max = 9")},
	       {KEY "hashsize = 9", "no kernel has", WRITE("[conntrack] hashsize = 9")},
	       {KEY "tcp_timeout_estabilshed = 600", "no kernel has",
		WRITE("[timeouts] tcp_established = 600")},
	       {KEY "timeout_what_ever_it_may_be_called_if_it_had_a_name = 1", "no kernel has",
		"; remove it (\"conntrack-persist keys\" lists every key)"},
	       {"net.ipv4.nf_flowtable_tcp_timeout = 5", "no kernel has",
		WRITE("[timeouts] flowtable_tcp = 5")},
	       {KEY "tcp_no_window_check = 1",
		"only OpenWrt's kernels have " KEY "tcp_no_window_check; elsewhere write",
		"write \"[options] tcp_be_liberal = yes\" in conntrack-persist.conf"});
}

static void keys_not_to_be_written_are_told(void **state)
{
	(void)state;
	/* case 21 */
	EXPECT(&unknown,
	       {KEY "count = 100000",
		KEY "count is read-only, because it is the number of "
		    "entries now;",
		"; to set the limit write \"[conntrack] max = 100000\" in conntrack-persist.conf"},
	       {KEY "buckets = 65536",
		"a value written to " KEY
		"buckets can get lost without an error, and is lost at boot",
		WRITE("[conntrack] hashsize = 65536")},
	       {KEY "buckets = -5",
		"a value written to net.netfilter.nf_conntrack_buckets can get lost without an "
		"error, and is lost at boot before nf_conntrack loads; write",
		WRITE("[conntrack] hashsize = auto")});
}

static void keys_of_other_releases_are_told(void **state)
{
	static const char helper[] = KEY
		"helper exists up to Linux 5.19, so that the line has "
		"no effect; assign helpers by rules (nft \"ct helper set\",";

	(void)state;
	EXPECT(&unknown, {KEY "helper = 1", helper, "iptables \"-j CT --helper\")"},
	       {KEY "dccp_loose = 1", "note: at boot", WRITE("[options] dccp_loose = yes")},
	       {KEY "gre_timeout = 1", "note: at boot", WRITE("[timeouts] gre = 1")});
	EXPECT(&linux_6_1, {KEY "helper = 1", helper, ""},
	       {KEY "sctp_timeout_heartbeat_acked = 5", "note: at boot",
		WRITE("[timeouts] sctp_heartbeat_acked = 5")});
	EXPECT(&linux_5_19, {KEY "helper = 1", "note: at boot", WRITE("[options] helper = yes")});
	EXPECT(&linux_6_16,
	       {KEY "sctp_timeout_heartbeat_acked = 5",
		KEY "sctp_timeout_heartbeat_acked exists up to Linux 6.1,", "; remove it"},
	       {KEY "dccp_timeout_open = 5", "note: at boot", WRITE("[timeouts] dccp_open = 5")});
	EXPECT(&linux_7_2, {KEY "dccp_timeout_open = 5",
			    KEY "dccp_timeout_open exists up to Linux 6.16,", "; remove it"});
	EXPECT(&linux_5_10,
	       {KEY "tcp_ignore_invalid_rst = 1",
		KEY
		"tcp_ignore_invalid_rst exists from Linux 5.14 on, and "
		"this is 5.10, so that the line has no effect unless the vendor has added the key;",
		WRITE("[options] tcp_ignore_invalid_rst = yes") ", which leaves out what a kernel "
								"lacks"},
	       {"net.netfilter.nf_hooks_lwtunnel = 1", "net.netfilter.nf_hooks_lwtunnel exists",
		""},
	       {KEY "gre_timeout = 1", "note: at boot", WRITE("[timeouts] gre = 1")});
	EXPECT(&linux_4_19, {KEY "gre_timeout = 1", KEY "gre_timeout exists from Linux 5.0", ""});
}

static void values_that_the_kernel_refuses_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {KEY "max = many",
		"the kernel refuses many, because it accepts only a plain number;",
		WRITE("[conntrack] max = auto")},
	       {KEY "max =", "the kernel refuses a line without a value",
		WRITE("[conntrack] max = auto")},
	       {KEY "max = +5", "the kernel refuses +5,", WRITE("[conntrack] max = 5")},
	       {KEY "max = \"65536\"", "the kernel refuses \"65536\",",
		WRITE("[conntrack] max = 65536")},
	       {KEY "max = '65536'", "the kernel", WRITE("[conntrack] max = 65536")},
	       {KEY "max = 1x", "the kernel refuses 1x,", WRITE("[conntrack] max = auto")},
	       {KEY "max = 1048576/n", "the kernel refuses 1048576/n,",
		WRITE("[conntrack] max = 1048576")},
	       {KEY "max = 1,048,576", "the kernel refuses 1,048,576,",
		WRITE("[conntrack] max = 1048576")},
	       {KEY "max = 2M", "the kernel refuses 2M,", WRITE("[conntrack] max = 2097152")},
	       {KEY "max = 0x", "the kernel refuses 0x,", WRITE("[conntrack] max = auto")},
	       {KEY "max = 08", "the kernel refuses 08,", WRITE("[conntrack] max = 8")},
	       {KEY "max = -", "the kernel refuses -,", WRITE("[conntrack] max = auto")},
	       {KEY "max = -1x", "the kernel refuses -1x,", WRITE("[conntrack] max = auto")},
	       {KEY "max = 5 000", "the kernel uses 5 and ignores the rest,",
		WRITE("[conntrack] max = 5")},
	       {KEY "max = #5", "the kernel refuses #5,", WRITE("[conntrack] max = auto")},
	       {KEY "tcp_timeout_established = 6h", "the kernel refuses 6h,",
		WRITE("[timeouts] tcp_established = 6h")},
	       {KEY "tcp_timeout_established = 1.5", "the kernel refuses 1.5,",
		WRITE("[timeouts] tcp_established = 5d")},
	       {KEY "acct = yes", "the kernel refuses yes,", WRITE("[options] acct = yes")},
	       {KEY "expect_max = x", "the kernel", WRITE("[conntrack] expect_max = 4096")},
	       {KEY "frag6_high_thresh = 4M", "the kernel",
		WRITE("[options] frag6_high_thresh = 4M")},
	       {KEY "max = 1111111111111111111111111111111111111111111111111111111111111111x",
		"the kernel refuses 111111", WRITE("[conntrack] max = auto")},
	       {KEY "max 65536", "sysctl ignores a line without \"=\"; write \"[conntrack] max",
		WRITE("[conntrack] max = 65536")},
	       {KEY "max", "sysctl ignores a line without \"=\"; write \"[conntrack] max",
		WRITE("[conntrack] max = auto")},
	       {KEY "max:\t", "sysctl ignores a line without \"=\"; write \"[conntrack] max",
		WRITE("[conntrack] max = auto")},
	       {"net/nf_conntrack_max\t65536 x",
		"sysctl ignores a line without \"=\"; write \"[conntrack] max",
		WRITE("[conntrack] max = 65536")});
}

static void numbers_out_of_bounds_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {KEY "max = -1",
		"most kernels refuse -1 and keep the value that they have "
		"(allowed: 1 to 2,147,483,647)",
		WRITE("[conntrack] max = auto")},
	       {KEY "max = 0", "up to Linux 6.18 0 means no limit, and kernels from 6.19 on",
		WRITE("[conntrack] max = auto")},
	       {KEY "max = 2147483647", "at boot", WRITE("[conntrack] max = 2147483647")},
	       {KEY "max = 2147483648", "most kernels refuse 2147483648",
		WRITE("[conntrack] max = auto")},
	       {KEY "max = 99999999999999999999999", "most kernels refuse 99999999999999999999999",
		WRITE("[conntrack] max = auto")},
	       {KEY "expect_max = 0", "most kernels refuse 0",
		WRITE("[conntrack] expect_max = 4096")},
	       {KEY "acct = 2",
		"most kernels refuse 2 and keep the value that they have (allowed: "
		"0 to 1)",
		WRITE("[options] acct = no")},
	       {KEY "log_invalid = 256", "most kernels refuse 256",
		WRITE("[options] log_invalid = 0")},
	       {KEY "udp_timeout = 0",
		"with 0 the kernel forgets such flows at once, as if they were not tracked;",
		WRITE("[timeouts] udp = 30")},
	       {KEY "udp_timeout = -1", "the kernel accepts -1 and forgets such flows at once;",
		WRITE("[timeouts] udp = 30")},
	       {KEY "udp_timeout = -21474837", "most kernels refuse -21474837",
		WRITE("[timeouts] udp = 30")},
	       {KEY "udp_timeout = 21474837", "most kernels refuse 21474837",
		WRITE("[timeouts] udp = 30")},
	       {KEY "udp_timeout = 21474836",
		"kernels built with HZ=1000 refuse more than 2,147,483 s",
		WRITE("[timeouts] udp = 2147483")},
	       {KEY "udp_timeout = 2147483", "note: at boot", WRITE("[timeouts] udp = 2147483")},
	       {KEY "events = 2", "note: at boot", WRITE("[options] events = 2")});
	EXPECT(&linux_5_10,
	       {KEY "events = 2", "kernels before Linux 5.19 refuse 2",
		WRITE("[options] events = 1")},
	       {KEY "events = 1", "note: at boot", WRITE("[options] events = 1")},
	       {KEY "log_invalid = 2", "note: at boot", WRITE("[options] log_invalid = 2")});
	EXPECT(&linux_5_19, {KEY "events = 2", "note: at boot", WRITE("[options] events = 2")});
}

static void values_read_as_something_else_are_told(void **state)
{
	static const char *const both[] = {
		"1 the kernel uses 010 and ignores the rest, but sysctl prints \"010 # c\"",
		"1 the kernel reads 010 as octal and sets 8",
	};
	static const char *const refused[] = {"1 the kernel uses -1 and ignores the rest,",
					      "1 most kernels refuse -1"};

	(void)state;
	EXPECT(&unknown,
	       {KEY "udp_timeout = 50 # c",
		"the kernel uses 50 and ignores the rest, but sysctl prints \"50 # c\" as if that",
		WRITE("[timeouts] udp = 50")},
	       {KEY "udp_timeout = 50 60", "the kernel uses 50 and ignores the rest,",
		WRITE("[timeouts] udp = 50")},
	       {KEY "udp_timeout = 51\t; c", "the kernel uses 51", WRITE("[timeouts] udp = 51")},
	       {KEY "max = 010", "the kernel reads 010 as octal and sets 8",
		WRITE("[conntrack] max = 10")},
	       {KEY "max = 0x1000", "the kernel reads 0x1000 as hexadecimal and sets 4,096",
		WRITE("[conntrack] max = 4096")},
	       {KEY "max = 0XfF", "the kernel reads 0XfF as hexadecimal and sets 255",
		WRITE("[conntrack] max = 255")});
	expect_all(lint_sysctl, &unknown, KEY "max = 010 # c", both, ARRAY_SIZE(both));
	expect_all(lint_sysctl, &unknown, KEY "max = -1 # c", refused, ARRAY_SIZE(refused));
}

static void other_program_for_modprobe_is_told(void **state)
{
	(void)state;
	/* case 29 */
	EXPECT(&unknown,
	       {"kernel.modprobe = /bin/true",
		"when a rule needs a module, the kernel then runs \"/bin/true\" in place of "
		"modprobe, and nf_conntrack may not load; remove that; to",
		MODE_OFF},
	       {"kernel/modprobe =", "when a rule needs a module, the kernel then runs \"\"",
		MODE_OFF},
	       {"kernel.modprobe = /sbin/modprobe -b", "when a rule needs a module", MODE_OFF},
	       {"kernel.modprobe = /usr/local/sbin/xmodprobe", "when a rule", MODE_OFF});
}

static void each_line_is_told_with_its_number(void **state)
{
	static const char *const starts[] = {
		"2 " KEY "count is read-only",
		"3 the kernel refuses abc",
		"5 at boot",
	};

	(void)state;
	expect_all(lint_sysctl, &unknown,
		   "# x\n" KEY "count = 1\n" KEY "max = abc\nnet.core.x = 010\n" KEY "max = 5",
		   starts, ARRAY_SIZE(starts));
}

static void numbers_are_read_as_the_kernel_does(void **state)
{
	struct lint_number number = lint_read_number("+12", 3, true);

	(void)state;
	assert_int_equal(number.form, NUMBER_DECIMAL);
	assert_int_equal(number.value, 12);
	assert_false(number.negative);
	assert_int_equal(lint_read_number("+12", 3, false).form, NUMBER_NONE);
	number = lint_read_number("-0x1f", 5, false);
	assert_int_equal(number.form, NUMBER_HEX);
	assert_int_equal(number.value, 31);
	assert_true(number.negative);
	assert_false(number.has_digits);
	number = lint_read_number("0179", 3, false);
	assert_int_equal(number.form, NUMBER_OCTAL);
	assert_int_equal(number.value, 15);
	assert_int_equal(number.digits, 17);
	assert_int_equal(lint_read_number("0179", 4, false).form, NUMBER_NONE);
	number = lint_read_number("18446744073709551616", 20, false);
	assert_true(number.value == UINT64_MAX);
	number = lint_read_number("184467440737095516150", 21, false);
	assert_true(number.value == UINT64_MAX);
	assert_int_equal(lint_read_number("", 0, true).form, NUMBER_NONE);
	assert_int_equal(lint_read_number("0", 1, true).form, NUMBER_DECIMAL);
	assert_int_equal(lint_read_number("1g", 2, true).form, NUMBER_NONE);
	assert_int_equal(lint_read_number("0xa", 3, true).value, 10);
	assert_int_equal(lint_read_number("0xg", 3, true).form, NUMBER_NONE);
}

/* Words at the very length of the room for them. */
static void long_words_are_none(void **state)
{
	char name[65] = "ip_conntrack_", value[65];
	struct buffer CLEANUP(buffer_clear) advice = {0};
	struct lint_old_name old = {0};

	(void)state;
	memset(name + strlen(name), 'x', sizeof(name) - 1 - strlen(name));
	name[64] = '\0';
	assert_false(lint_is_old_name(name, 64, &old));
	assert_true(lint_is_old_name(name, 63, &old));
	assert_int_equal(strlen(old.now), 63);
	memset(value, '0', sizeof(value));
	value[63] = 'd';
	lint_add_advice(&advice, schema_find("timeouts", "udp"), value, 64);
	expect_text("value", advice.data,
		    "write \"[timeouts] udp = 30\" in conntrack-persist.conf");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_lines_are_lost_at_boot_all_the_same),
		cmocka_unit_test(carriage_return_is_a_blank_to_the_readers),
		cmocka_unit_test(other_lines_are_passed_over),
		cmocka_unit_test(old_names_are_translated),
		cmocka_unit_test(names_of_no_kernel_are_told),
		cmocka_unit_test(keys_not_to_be_written_are_told),
		cmocka_unit_test(keys_of_other_releases_are_told),
		cmocka_unit_test(values_that_the_kernel_refuses_are_told),
		cmocka_unit_test(numbers_out_of_bounds_are_told),
		cmocka_unit_test(values_read_as_something_else_are_told),
		cmocka_unit_test(other_program_for_modprobe_is_told),
		cmocka_unit_test(each_line_is_told_with_its_number),
		cmocka_unit_test(numbers_are_read_as_the_kernel_does),
		cmocka_unit_test(long_words_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
