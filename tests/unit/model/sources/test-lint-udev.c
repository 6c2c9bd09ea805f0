/* model/lint-udev: rules of others that act on nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/sources/lint.h"

/* how NULL: there is no message. */
static void expect_rule(const char *text, unsigned int line, const char *how)
{
	struct problems CLEANUP(problems_done) problems = {0};

	lint_udev("/a.rules", text, &problems);
	if (!how) {
		expect_no_problem(text, &problems);
		return;
	}
	expect_number(text, problems.count, 1);
	expect_start(text, problems.items[0].text, how);
	expect_text(text, problems.items[0].file, "/a.rules");
	expect_number(text, problems.items[0].line, line);
	expect_number(text, problems.items[0].severity, SEVERITY_WARNING);
}

static void each_way_of_writing_is_told(void **state)
{
	(void)state;
	expect_rule("KERNEL==\"nf_conntrack\", RUN+=\"/lib/systemd/systemd-sysctl\"\n", 1,
		    "this rule starts a program at each load; ");
	expect_rule("\n\nKERNEL==\"nf_conntrack\", PROGRAM=\"/bin/x\"", 3,
		    "this rule starts a program at each load; ");
	expect_rule("KERNEL==\"nf_conntrack\", SYSCTL{net/netfilter/nf_conntrack_max}=\"1\"", 1,
		    "this rule writes values at each load; ");
	expect_rule("KERNEL==\"nf_conntrack\", ATTR{parameters/hashsize}=\"1\"", 1,
		    "this rule writes the hashsize at each load; ");
}

static void continued_lines_are_one(void **state)
{
	(void)state;
	expect_rule("# a\nKERNEL==\"x\"\nKERNEL==\"nf_conntrack\", \\\n  TAG+=\"a\", \\\n"
		    "  RUN+=\"/bin/x\"\n",
		    3, "this rule starts a program");
	expect_rule("KERNEL==\"x\", \\\n RUN+=\"/bin/x\"\nKERNEL==\"nf_conntrack\", RUN=\"/y\"", 3,
		    "this rule starts a program");
	expect_rule("KERNEL==\"nf_conntrack\", RUN+=\"/bin/x\" \\", 1,
		    "this rule starts a program");
}

/* udevd reads it so: a comment cannot be continued, and does not continue a line. */
static void comments_are_no_part_of_a_rule(void **state)
{
	(void)state;
	expect_rule("# a \\\nKERNEL==\"nf_conntrack\", RUN+=\"/bin/x\"\n", 2,
		    "this rule starts a program");
	expect_rule("KERNEL==\"nf_conntrack\", \\\n # SYSCTL{a}\n  RUN+=\"/bin/x\"\n", 1,
		    "this rule starts a program");
	expect_rule("KERNEL==\"nf_conntrack\", \\\n# RUN \\\n  TAG+=\"a\"\nRUN+=\"/bin/x\"\n", 0,
		    NULL);
	expect_rule("KERNEL==\"nf_conntrack\", \\\n\nRUN+=\"/bin/x\"\n", 0, NULL);
}

static void carriage_returns_are_no_part_of_a_line(void **state)
{
	(void)state;
	expect_rule("\r\nKERNEL==\"nf_conntrack\", \\\r\n  RUN+=\"/bin/x\"\r\n", 2,
		    "this rule starts a program");
}

static void others_are_passed_over(void **state)
{
	(void)state;
	expect_rule("", 0, NULL);
	expect_rule(" # nf_conntrack RUN\nKERNEL==\"nf_nat\", RUN+=\"/bin/x\"\n", 0, NULL);
	expect_rule("KERNEL==\"nf_conntrack\", TAG+=\"systemd\"\n", 0, NULL);
	expect_rule("KERNEL==\"nf_conntrack\"\nRUN+=\"/bin/x\"\n", 0, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_of_writing_is_told),
		cmocka_unit_test(continued_lines_are_one),
		cmocka_unit_test(comments_are_no_part_of_a_rule),
		cmocka_unit_test(carriage_returns_are_no_part_of_a_line),
		cmocka_unit_test(others_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
