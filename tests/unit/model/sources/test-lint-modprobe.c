/* model/lint-modprobe, lint-options: what modprobe and the kernel make of a line of modprobe.d. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lint-fixture.h"

#define OPTIONS "options nf_conntrack "
#define NO_LOAD "neither nf_conntrack nor any rule that needs it loads"
#define TIMES_8 "with hashsize and without max the kernel sets max to 8 x hashsize, "
#define SIZES(n) \
	"; write \"[conntrack] hashsize = " n "\" and \"max = " n "\" in conntrack-persist.conf"
#define REFUSES(x) "the kernel refuses " x ": " NO_LOAD

static const struct facts unknown, linux_5_19 = {.release = {5, 19}},
				   small = {.ram = (uint64_t)1 << 30},
				   large_pages = {.page_size = 65536};

#define EXPECT(facts, ...)                                                    \
	do {                                                                  \
		static const struct lint_case cases[] = {__VA_ARGS__};        \
		expect_cases(lint_modprobe, facts, cases, ARRAY_SIZE(cases)); \
	} while (0)

static void sound_lines_are_passed_over(void **state)
{
	(void)state;
	EXPECT(&unknown, {"", NULL, NULL}, {"#" OPTIONS "hashsize=abc", NULL, NULL},
	       {OPTIONS "acct=1 tstamp expect_hashsize=512 enable_hooks=0", NULL, NULL},
	       {OPTIONS "acct=1\r", NULL, NULL}, {OPTIONS "acct=1 -- hashsize=x", NULL, NULL},
	       {OPTIONS, NULL, NULL}, {"options nf_conntrack_ftp hashsize=abc", NULL, NULL},
	       {"options nf_nat hashsize = 1", NULL, NULL}, {"frob dummy", NULL, NULL},
	       {"blacklist nf_conntrack_ftp", NULL, NULL},
	       {"install nf_conntrack /bin/false", NULL, NULL},
	       {"install nf_conntrack /sbin/modprobe -i nf_conntrack $CMDLINE_OPTS && x", NULL,
		NULL},
	       {"alias nf_conntrack_ipv4 nf_conntrack", NULL, NULL},
	       {"alias ip_conntrack nf_conntrack", NULL, NULL},
	       {"softdep nf_nat pre: nf_conntrack", NULL, NULL},
	       {"remove nf_conntrack /bin/true", NULL, NULL},
	       {"weakdep nf_conntrack x", NULL, NULL});
}

static void hashsize_without_max_is_told(void **state)
{
	(void)state;
	EXPECT(&unknown, {OPTIONS "hashsize=65536", TIMES_8 "524,288", SIZES("65536")},
	       {"options nf-conntrack hashsize=1000", TIMES_8 "8,192", SIZES("1000")},
	       {OPTIONS "hashsize=+1024", TIMES_8 "8,192", SIZES("1024")},
	       {OPTIONS "hashsize=1\\\n024", TIMES_8 "8,192", SIZES("1024")},
	       {OPTIONS "hashsize=268434944", TIMES_8 "2,147,479,552", SIZES("268434944")});
	EXPECT(&large_pages, {OPTIONS "hashsize=1000", TIMES_8 "65,536", SIZES("1000")});
}

static void blanks_around_the_sign_are_told(void **state)
{
	static const char *const many[] = {
		"1 blanks split \"acct = 0\", so that the kernel reads acct without a value as "
		"\"on\"; write \"[options] acct = no\" in",
		"1 blanks split \"hashsize= 5\", so that the kernel refuses hashsize",
		"1 blanks split \"expect_hashsize =7\", so that the kernel refuses expect_hashsize "
		"without a value: " NO_LOAD "; write \"[conntrack] expect_hashsize = 7\" in",
		"1 nf_conntrack has no option \"max\", and the kernel ignores it; write "
		"\"[conntrack] max = 9\" in",
		"1 the kernel refuses acct=: ",
	};

	(void)state;
	/* case 13 */
	EXPECT(&unknown,
	       {OPTIONS "hashsize = 65536",
		"blanks split \"hashsize = 65536\", so that the kernel refuses hashsize without a "
		"value: " NO_LOAD,
		WRITE("[conntrack] hashsize = 65536")},
	       {OPTIONS "hashsize =65536", "blanks split \"hashsize =65536\"",
		WRITE("[conntrack] hashsize = 65536")},
	       {OPTIONS "hashsize= 65536", "blanks split \"hashsize= 65536\"",
		WRITE("[conntrack] hashsize = 65536")},
	       {OPTIONS "enable_hooks = 0",
		"blanks split \"enable_hooks = 0\", so that the kernel reads enable_hooks without "
		"a value as \"on\";",
		"; write \"" OPTIONS "enable_hooks=0\""},
	       {OPTIONS "hashsize =", "blanks split \"hashsize =\", so that the kernel refuses",
		WRITE("[conntrack] hashsize = auto")});
	expect_all(lint_modprobe, &unknown,
		   OPTIONS "acct = 0 hashsize= 5 expect_hashsize =7 max = 9 acct= tstamp=1", many,
		   ARRAY_SIZE(many));
}

static void sizes_that_the_kernel_refuses_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {OPTIONS "hashsize=abc", REFUSES("hashsize=abc"),
		WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "hashsize=-1", REFUSES("hashsize=-1"),
		WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "hashsize", REFUSES("hashsize"), WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "hashsize=", REFUSES("hashsize="), WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "hashsize=64K", REFUSES("hashsize=64K"),
		WRITE("[conntrack] hashsize = 65536")},
	       {OPTIONS "hashsize=08", REFUSES("hashsize=08"), WRITE("[conntrack] hashsize = 8")},
	       {OPTIONS "expect_hashsize=x", REFUSES("expect_hashsize=x"),
		WRITE("[conntrack] expect_hashsize = 1024")},
	       {OPTIONS "hashsize=268434945",
		"the kernel refuses hashsize=268434945, because it allows at most 268,434,944 "
		"buckets: " NO_LOAD,
		WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "hashsize=4294967296", "the kernel refuses hashsize=4294967296, because",
		WRITE("[conntrack] hashsize = auto")});
	EXPECT(&small,
	       {OPTIONS "hashsize=134217729",
		"hashsize=134217729 takes 1 GiB at once, but this host has 1 GiB in all: " NO_LOAD,
		WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "expect_hashsize=200000000", "expect_hashsize=200000000 takes 1.4 GiB",
		WRITE("[conntrack] expect_hashsize = 1024")},
	       {OPTIONS "hashsize=134217728", TIMES_8, SIZES("134217728")});
}

static void sizes_read_as_something_else_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {OPTIONS "hashsize=0",
		"hashsize=0 has no effect: the kernel chooses its own number;",
		WRITE("[conntrack] hashsize = auto")},
	       {OPTIONS "expect_hashsize=0", "expect_hashsize=0 has no effect: the kernel",
		"; remove it"},
	       {OPTIONS "hashsize=010", "the kernel reads 010 as octal and uses 8;",
		WRITE("[conntrack] hashsize = 10")},
	       {OPTIONS "hashsize=0x2000", "the kernel reads 0x2000 as hexadecimal and uses 8,192;",
		WRITE("[conntrack] hashsize = 8192")},
	       {OPTIONS "expect_hashsize=0x20", "the kernel reads 0x20 as hexadecimal",
		WRITE("[conntrack] expect_hashsize = 32")});
}

static void switches_that_the_kernel_refuses_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown, {OPTIONS "acct=2", REFUSES("acct=2"), WRITE("[options] acct = yes")},
	       {OPTIONS "tstamp=x", REFUSES("tstamp=x"), WRITE("[options] timestamp = yes")},
	       {OPTIONS "enable_hooks=2", REFUSES("enable_hooks=2"),
		"; write \"" OPTIONS "enable_hooks=1\""});
}

static void names_that_are_no_option_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {OPTIONS "nf_conntrack_max=65536",
		"nf_conntrack has no option \"nf_conntrack_max\", and the kernel ignores it",
		WRITE("[conntrack] max = 65536")},
	       {OPTIONS "max=65536", "nf_conntrack has no option \"max\"",
		WRITE("[conntrack] max = 65536")},
	       {OPTIONS "nf_conntrack_buckets=512", "nf_conntrack has no option",
		WRITE("[conntrack] hashsize = 512")},
	       {OPTIONS "tcp_timeout_established=600", "nf_conntrack has no option",
		WRITE("[timeouts] tcp_established = 600")},
	       {OPTIONS "hashsise=512", "nf_conntrack has no option \"hashsise\"",
		WRITE("[conntrack] hashsize = 512")},
	       {OPTIONS "enable_hook=0", "nf_conntrack has no option \"enable_hook\"",
		"; write \"" OPTIONS "enable_hooks=0\""},
	       {OPTIONS "enable_hook", "nf_conntrack has no option \"enable_hook\"",
		"; write \"" OPTIONS "enable_hooks=1\""},
	       {OPTIONS "frob", "nf_conntrack has no option \"frob\"",
		"; remove it (there are hashsize, expect_hashsize, acct, tstamp, enable_hooks)"},
	       {OPTIONS "nf_conntrack_helper=1",
		"Linux 6.0 and later ignore the option nf_conntrack_helper; assign helpers by "
		"rules",
		"iptables \"-j CT --helper\")"});
	EXPECT(&linux_5_19, {OPTIONS "nf_conntrack_helper=1", NULL, NULL});
}

static void comment_behind_options_is_told(void **state)
{
	static const char comment[] = "a # after an option does not begin a comment, so that "
				      "modprobe passes these words to";
	static const char *const worse[] = {
		"1 a # after an option does not begin a comment, so that modprobe passes these "
		"words to the kernel, too; write the comment",
		"1 " REFUSES("hashsize")};

	(void)state;
	EXPECT(&unknown,
	       {OPTIONS "acct=1 # count the # bytes=all", comment,
		"; write the comment on a line of its own"},
	       {OPTIONS "acct=1 #count", comment, ""});
	expect_all(lint_modprobe, &unknown, OPTIONS "acct=1 # not the hashsize of old", worse,
		   ARRAY_SIZE(worse));
}

static void old_module_names_are_translated(void **state)
{
	static const char *const sized[] = {
		"1 this line counts only if a program loads nf_conntrack by its old name "
		"ip_conntrack; write \"options nf_conntrack hashsize=16384\"",
		"1 " TIMES_8 "131,072",
	};
	static const char *const refused[] = {
		"1 no kernel has a module nf_conntrack_ipv6, so that the line has no effect; write "
		"\"options nf_conntrack hashsize=x\"",
		"1 " REFUSES("hashsize=x"),
	};
	static const char gone[] =
		"no kernel has a module nf_conntrack_ipv4, so that the line has no effect;";

	(void)state;
	expect_all(lint_modprobe, &unknown, "options ip_conntrack hashsize=16384", sized,
		   ARRAY_SIZE(sized));
	expect_all(lint_modprobe, &unknown, "options nf-conntrack-ipv6 hashsize=x", refused,
		   ARRAY_SIZE(refused));
	EXPECT(&unknown, {"blacklist nf_conntrack_ipv4", gone, MODE_OFF},
	       {"install nf_conntrack_ipv4 /bin/true", gone, MODE_OFF},
	       {"install nf_conntrack_ipv4 /sbin/modprobe x", gone, MODE_OFF},
	       {"install nf_conntrack_ipv4 modprobe -i nf_conntrack_ipv4", gone, "; remove it"},
	       {"softdep nf_conntrack_ipv4 pre: x", gone,
		"; write \"softdep nf_conntrack pre: x\""},
	       {"blacklist ip_conntrack", "no kernel has a module ip_conntrack,", MODE_OFF},
	       {"install ip_conntrack /bin/false",
		"this line counts only if a program loads nf_conntrack by its old name "
		"ip_conntrack;",
		MODE_OFF},
	       {"options ip_conntrack_ftp ports=21,2121",
		"this line counts only if a program loads nf_conntrack_ftp by its old name "
		"ip_conntrack_ftp",
		"; write \"options nf_conntrack_ftp ports=21,2121\""},
	       {"blacklist ip_conntrack_ftp", "no kernel has a module ip_conntrack_ftp,",
		"; write \"blacklist nf_conntrack_ftp\""},
	       {"options ip_conntrack_foo hashsize=x", "no kernel has a module ip_conntrack_foo,",
		"; write \"options nf_conntrack_foo hashsize=x\""});
}

static void blacklist_that_does_not_bind_is_told(void **state)
{
	(void)state;
	/* case 29 of the collected faults, and a published advice of 2014 */
	EXPECT(&unknown,
	       {"blacklist nf_conntrack",
		"blacklist only stops loads by an alias: rules still load nf_conntrack; to keep "
		"nf_conntrack off the host,",
		MODE_OFF},
	       {"install nf_conntrack /bin/true",
		"modprobe reports success but loads nothing, so that modules that need "
		"nf_conntrack fail with \"Unknown symbol\";",
		MODE_OFF},
	       {"install nf_conntrack true", "modprobe reports success", MODE_OFF});
}

static void install_line_that_drops_options_is_told(void **state)
{
	(void)state;
	/* cases 15 and 16 */
	EXPECT(&unknown,
	       {"install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack && /sbin/sysctl "
		"-p",
		"this install line has no $CMDLINE_OPTS, so that options given to \"modprobe "
		"nf_conntrack\" are lost;",
		WRITE("[apply] synchronous = yes")},
	       {"install nf_conntrack insmod /x/nf_conntrack.ko", "this install line has",
		WRITE("[apply] synchronous = yes")});
}

static void softdep_that_disarms_install_lines_is_told(void **state)
{
	static const char *const after[] = {
		"1 this line disables every install line of nf_conntrack, also the one in line 3; "
		"write what it names in a file of modules-load.d"};
	static const char *const before[] = {"2 this line disables every install line of "
					     "nf_conntrack, also the one in line 1; write"};
	const struct lint_request request = {.facts = &unknown};
	struct problems CLEANUP(problems_done) problems = {0};

	(void)state;
	EXPECT(&unknown, {"softdep nf_conntrack post: nf_conntrack_ftp",
			  "note: this line disables every install line of nf_conntrack in any "
			  "file, also the one of \"[apply] synchronous = yes\"; write",
			  "; write what it names in a file of modules-load.d"});
	expect_all(lint_modprobe, &unknown,
		   "softdep nf_conntrack pre: x\n" OPTIONS
		   "acct=1\ninstall nf_conntrack /bin/false\n",
		   after, 1);
	expect_all(lint_modprobe, &unknown,
		   "install nf_conntrack /bin/false\nsoftdep nf_conntrack pre: x\n", before, 1);
	lint_modprobe(&request, "a.conf",
		      "install nf_conntrack /bin/false\nsoftdep nf_conntrack pre: x\n", &problems);
	assert_int_equal(problems.items[0].severity, SEVERITY_WARNING);
}

static void commands_that_modprobe_does_not_know_are_told(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {"option nf_conntrack hashsize=1",
		"modprobe has no command \"option\" and ignores the line;",
		"; write \"options nf_conntrack hashsize=1\""},
	       {"blaklist nf-conntrack", "modprobe has no command \"blaklist\"", MODE_OFF},
	       {"remov nf_conntrack x\r", "modprobe has no command \"remov\"",
		"; write \"remove nf_conntrack x\""},
	       {"above nf_conntrack x", "modprobe has no command \"above\"", "; remove it"});
}

static void carriage_return_in_a_name_is_told(void **state)
{
	static const char *const starts[] = {
		"1 modprobe takes the carriage return at the end of this line as part of the last "
		"word; end the lines of this file with a line feed alone",
		"1 blacklist only stops loads",
		"2 modprobe takes the carriage return",
		"4 this line disables",
	};

	(void)state;
	expect_all(lint_modprobe, &unknown,
		   "blacklist nf_conntrack\r\ninstall nf_conntrack /bin/false\r\n" OPTIONS
		   "acct=1\r\nsoftdep nf_conntrack pre: x\r\nblacklist dummy\r\n",
		   starts, ARRAY_SIZE(starts));
}

/* A reader who pastes the proposal must not run what others wrote. */
static void what_a_shell_acts_on_is_not_proposed(void **state)
{
	(void)state;
	EXPECT(&unknown,
	       {"instal nf_conntrack /bin/sh -c $(id)", "modprobe has no command \"instal\"",
		"; begin the line with \"install nf_conntrack\""},
	       {"option nf_conntrack hashsize=`id`", "modprobe has no command \"option\"",
		"; begin the line with \"options nf_conntrack\""},
	       {"option $(id) hashsize=1", NULL, NULL},
	       {"softdep ip_conntrack_ftp pre: a;b",
		"this line counts only if a program loads nf_conntrack_ftp by its old name",
		"; begin the line with \"softdep nf_conntrack_ftp\""},
	       {"options ip_conntrack_$(id) hashsize=1", NULL, NULL});
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_lines_are_passed_over),
		cmocka_unit_test(hashsize_without_max_is_told),
		cmocka_unit_test(blanks_around_the_sign_are_told),
		cmocka_unit_test(sizes_that_the_kernel_refuses_are_told),
		cmocka_unit_test(sizes_read_as_something_else_are_told),
		cmocka_unit_test(switches_that_the_kernel_refuses_are_told),
		cmocka_unit_test(names_that_are_no_option_are_told),
		cmocka_unit_test(comment_behind_options_is_told),
		cmocka_unit_test(old_module_names_are_translated),
		cmocka_unit_test(blacklist_that_does_not_bind_is_told),
		cmocka_unit_test(install_line_that_drops_options_is_told),
		cmocka_unit_test(softdep_that_disarms_install_lines_is_told),
		cmocka_unit_test(commands_that_modprobe_does_not_know_are_told),
		cmocka_unit_test(carriage_return_in_a_name_is_told),
		cmocka_unit_test(what_a_shell_acts_on_is_not_proposed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
