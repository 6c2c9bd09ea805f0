/*
 * model/lint-loads, lint-command-line: names in modules-load.d and words of the kernel command
 * line.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lint-fixture.h"

static const struct facts unknown, linux_4_14 = {.release = {4, 14}},
				   linux_4_18 = {.release = {4, 18}},
				   small = {.ram = (uint64_t)1 << 30};

#define EXPECT_LOADS(facts, ...)                                                  \
	do {                                                                      \
		static const struct lint_case cases[] = {__VA_ARGS__};            \
		expect_cases(lint_modules_load, facts, cases, ARRAY_SIZE(cases)); \
	} while (0)

static void names_of_modules_are_passed_over(void **state)
{
	(void)state;
	EXPECT_LOADS(&unknown, {"", NULL, NULL}, {" \t\r", NULL, NULL},
		     {"nf_conntrack", NULL, NULL}, {"\tnf-conntrack \r", NULL, NULL},
		     {"# nf_conntrack_ipv4", NULL, NULL}, {" ; nf_conntrack_ipv4", NULL, NULL},
		     {"nf_conntrack_ftp", NULL, NULL}, {"ip_conntrack", NULL, NULL},
		     {"ip_conntrack_ftp", NULL, NULL},
		     {"ip_conntrack_a_name_that_is_longer_than_those_of_modules_may_ever_be", NULL,
		      NULL},
		     {"dummy numdummies=2", NULL, NULL}, {"nf_conntrac\n", NULL, NULL},
		     {"nf_conntrac x", NULL, NULL});
	EXPECT_LOADS(&linux_4_14, {"nf_conntrack_ipv4", NULL, NULL});
}

static void names_of_old_kernels_are_told(void **state)
{
	(void)state;
	/* case 14 */
	EXPECT_LOADS(&unknown,
		     {"nf_conntrack_ipv4",
		      "today's kernels have no module nf_conntrack_ipv4, so that "
		      "systemd-modules-load.service fails;",
		      "; write \"nf_conntrack\""},
		     {"  nf-conntrack-ipv6 \r", "today's kernels have no module nf-conntrack-ipv6,",
		      "; write \"nf_conntrack\""},
		     {"ip_conntrack_foo", "today's kernels have no module ip_conntrack_foo,",
		      "; write \"nf_conntrack_foo\""});
	EXPECT_LOADS(&linux_4_18, {"nf_conntrack_ipv4",
				   "today's kernels have no module nf_conntrack_ipv4, so", ""});
}

static void more_than_a_name_is_told(void **state)
{
	static const char whole[] =
		"systemd takes the whole line for the name of a module, and finds none; write";

	(void)state;
	EXPECT_LOADS(&unknown,
		     {"nf_conntrack hashsize=5", whole,
		      "; write \"nf_conntrack\" alone, and \"options nf_conntrack hashsize=5\" in "
		      "modprobe.d"},
		     {"nf_conntrack_ipv4 a=1\t\r", whole,
		      "; write \"nf_conntrack\" alone, and \"options nf_conntrack a=1\" in "
		      "modprobe.d"},
		     {"nf_conntrack # for max", whole,
		      "; write \"nf_conntrack\" alone, and the comment on a line of its own"},
		     {"ip_conntrack_ftp ; old", whole,
		      "; write \"nf_conntrack_ftp\" alone, and the comment on a line of its own"});
}

/* The name is one of several words, and in quotes. */
static void expect_words(const struct facts *facts, const struct lint_case *cases, size_t count)
{
	const struct lint_request request = {.facts = facts};
	char text[256];

	for (size_t i = 0; i < count; i++)
		for (int quoted = 0; quoted <= 1; quoted++) {
			struct problems CLEANUP(problems_done) problems = {0};

			(void)snprintf(text, sizeof(text),
				       quoted ? "ro \"%s\" quiet a.b=c" : "\tquiet %s\n",
				       cases[i].text);
			lint_command_line(&request, text, &problems);
			expect_case(&cases[i], &problems, NULL, 0);
		}
}

#define EXPECT_WORDS(facts, ...)                                       \
	do {                                                           \
		static const struct lint_case cases[] = {__VA_ARGS__}; \
		expect_words(facts, cases, ARRAY_SIZE(cases));         \
	} while (0)

static void sound_words_are_passed_over(void **state)
{
	(void)state;
	EXPECT_WORDS(&unknown, {"root=/dev/vda", NULL, NULL},
		     {"nf_conntrack.hashsize=65536", NULL, NULL},
		     {"nf-conntrack.expect_hashsize=512", NULL, NULL},
		     {"nf_conntrack.acct", NULL, NULL}, {"nf_conntrack", NULL, NULL},
		     {"dummy.hashsize=abc", NULL, NULL}, {"sysctl.vm.swappiness=010", NULL, NULL},
		     {"sysctl.", NULL, NULL}, {"sysctl", NULL, NULL}, {"sysctlx=1", NULL, NULL},
		     {"module_blacklist=nf_conntrack,dummy", NULL, NULL},
		     {"module_blacklist", NULL, NULL}, {"module_blacklist=nf_conntrac", NULL, NULL},
		     {"modprobe.blacklist=dummy,nf_conntrack_ftp,", NULL, NULL},
		     {"modprobe.blacklist", NULL, NULL},
		     {"sysctl.kernel.modprobe=/sbin/modprobe", NULL, NULL});
}

static void options_on_the_command_line_are_told(void **state)
{
	(void)state;
	EXPECT_WORDS(&unknown,
		     {"nf_conntrack.hashsize=0x10",
		      "the kernel reads 0x10 as hexadecimal and uses 16;",
		      WRITE("[conntrack] hashsize = 16")},
		     {"nf_conntrack.max=5", "nf_conntrack has no option \"max\"",
		      WRITE("[conntrack] max = 5")},
		     {"nf_conntrack.enable_hook=1", "nf_conntrack has no option \"enable_hook\"",
		      "; write \"nf_conntrack.enable_hooks=1\""},
		     {"nf_conntrack.enable_hook", "nf_conntrack has no option \"enable_hook\"",
		      "; write \"nf_conntrack.enable_hooks=1\""},
		     {"nf_conntrack.hashsize", "the kernel refuses ",
		      WRITE("[conntrack] hashsize = auto")});
	EXPECT_WORDS(&small,
		     {"nf_conntrack.hashsize=200000000", "",
		      "1.4 GiB at once, but this host has 1 GiB in all: neither nf_conntrack nor "
		      "any rule that needs it loads" WRITE("[conntrack] hashsize = auto")},
		     {"ip_conntrack.hashsize=5",
		      "nothing loads a module called ip_conntrack, so that the word ",
		      " has no effect; write \"nf_conntrack.hashsize=5\""},
		     {"nf-conntrack-ipv4.acct",
		      "nothing loads a module called nf-conntrack-ipv4, so that the word ",
		      " has no effect; write \"nf_conntrack.acct\""});
}

static void keys_on_the_command_line_are_told(void **state)
{
	static const char early[] =
		"the kernel looks for this key before it loads any module, so that the word has no "
		"effect unless nf_conntrack is built in; write \"[conntrack] max = 5\" in";

	(void)state;
	EXPECT_WORDS(
		&unknown,
		{"sysctl.net.netfilter.nf_conntrack_max=5", early, WRITE("[conntrack] max = 5")},
		{"sysctl/net/nf_conntrack_max=5", early, WRITE("[conntrack] max = 5")},
		{"sysctl.net.netfilter.nf_conntrack_acct=1",
		 "note: the kernel looks for this key before it loads",
		 WRITE("[options] acct = yes")},
		{"sysctl.net.netfilter.nf_conntrack_max", "the kernel refuses a line without",
		 WRITE("[conntrack] max = auto")},
		{"sysctl.net.ipv4.ip_conntrack_max=5",
		 "Linux 4.9 removed net.ipv4.ip_conntrack_max,", WRITE("[conntrack] max = 5")},
		{"sysctl.kernel.modprobe=", "when a rule needs a module, the kernel then runs \"\"",
		 MODE_OFF});
}

static void lists_of_modules_are_told(void **state)
{
	(void)state;
	EXPECT_WORDS(&unknown,
		     {"modprobe.blacklist=dummy,nf-conntrack",
		      "modprobe.blacklist only stops loads by an alias: rules still load "
		      "nf_conntrack; to keep nf_conntrack off the host,",
		      MODE_OFF},
		     {"modprobe.blacklist=,nf_conntrack_ipv4",
		      "no kernel has a module nf_conntrack_ipv4, so that its modprobe.blacklist "
		      "has no effect;",
		      MODE_OFF},
		     /* the kernel itself knows no dash */
		     {"module_blacklist=nf-conntrack,dummy",
		      "the kernel has no module nf-conntrack, so that its module_blacklist has no "
		      "effect;",
		      MODE_OFF},
		     {"module_blacklist=dummy,ip_conntrack",
		      "the kernel has no module ip_conntrack,", MODE_OFF});
}

static void word_that_is_there_is_not_proposed(void **state)
{
	static const char *const rows[][2] = {
		{"ip_conntrack.hashsize=5 nf-conntrack.hashsize=7",
		 "ip_conntrack.hashsize=5 has no effect; remove it, because "
		 "nf-conntrack.hashsize=7 is there already"},
		{"nf_conntrack.acct ip-conntrack.acct=1",
		 "effect; remove it, because nf_conntrack.acct is there already"},
		{"ip_conntrack.acct=1 nf_conntrack.hashsize=5", "write \"nf_conntrack.acct=1\""},
		{"ip_conntrack.acct=1 -- nf_conntrack.acct=1", "write \"nf_conntrack.acct=1\""},
	};
	const struct lint_request request = {.facts = &unknown};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct problems CLEANUP(problems_done) problems = {0};

		lint_command_line(&request, rows[i][0], &problems);
		assert_int_equal(problems.count, 1);
		expect_part(rows[i][0], problems.items[0].text, rows[i][1]);
	}
}

static void word_that_the_configuration_replaces_is_not_proposed(void **state)
{
	struct value hashsize = {.row = &schema[SETTING_HASHSIZE]};
	const struct values planned = {.items = &hashsize, .count = 1};
	const struct lint_request request = {.facts = &unknown, .planned = &planned};
	struct problems CLEANUP(problems_done) problems = {0};

	(void)state;
	lint_command_line(&request, "ip_conntrack.hashsize=5 ip_conntrack.acct=1", &problems);
	assert_int_equal(problems.count, 2);
	expect_end("planned", problems.items[0].text,
		   "; remove it, because the configuration sets the value");
	expect_end("another", problems.items[1].text, "; write \"nf_conntrack.acct=1\"");
}

static void last_list_of_the_kernel_counts(void **state)
{
	const struct lint_request request = {.facts = &unknown};
	struct problems CLEANUP(problems_done) problems = {0};

	(void)state;
	lint_command_line(&request, "module_blacklist=ip_conntrack module_blacklist=dummy",
			  &problems);
	expect_no_problem("dummy", &problems);
	lint_command_line(&request, "module_blacklist=dummy module_blacklist=ip_conntrack",
			  &problems);
	assert_int_equal(problems.count, 1);
	expect_part("last", problems.items[0].text, "the kernel has no module ip_conntrack,");
}

static void files_without_a_reader_are_named(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
		{"", 0},
		{"# net.netfilter.nf_conntrack_max = 5\n ; nf_conntrack\n", 0},
		{"kernel.panic = 1\n_conntrack\nxx_conntrack\n", 0},
		{"\n net.netfilter.nf_conntrack_max = 5\nnf_conntrack\n", 2},
		{"ip_conntrack", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct problems CLEANUP(problems_done) problems = {0};

		lint_stray("/etc/sysctl.d/a", rows[i].text, ".conf", &problems);
		lint_stray("/etc/modules/a", rows[i].text, NULL, &problems);
		assert_int_equal(problems.count, rows[i].line > 0 ? 2 : 0);
		if (problems.count == 0)
			continue;
		assert_int_equal(problems.items[0].line, rows[i].line);
		expect_part("name", problems.items[0].text, "; a.conf would be read");
		expect_part("folder", problems.items[1].text, "because /etc/modules is a folder,");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_modules_are_passed_over),
		cmocka_unit_test(names_of_old_kernels_are_told),
		cmocka_unit_test(more_than_a_name_is_told),
		cmocka_unit_test(sound_words_are_passed_over),
		cmocka_unit_test(options_on_the_command_line_are_told),
		cmocka_unit_test(keys_on_the_command_line_are_told),
		cmocka_unit_test(lists_of_modules_are_told),
		cmocka_unit_test(word_that_is_there_is_not_proposed),
		cmocka_unit_test(word_that_the_configuration_replaces_is_not_proposed),
		cmocka_unit_test(last_list_of_the_kernel_counts),
		cmocka_unit_test(files_without_a_reader_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
