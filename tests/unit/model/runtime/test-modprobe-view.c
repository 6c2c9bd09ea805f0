/*
 * model/modprobe-view: what the lines of all files come to for one module, as libkmod would merge
 * them.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/runtime/modprobe-view.h"

static const char *word(const char *text)
{
	return text ? text : "none";
}

/* Prints the view as "INSTALL|SOFTDEP|OPTIONS"; "none" stands for a missing part. */
static void expect_view(const char *a, const char *z, const char *module, const char *wanted)
{
	const struct text_file files[] = {{"/etc/modprobe.d/a.conf", a},
					  {"/etc/modprobe.d/z.conf", z}};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct modprobe_view CLEANUP(modprobe_view_done) view = {0};
	char found[128];

	assert_int_equal(modprobe_records_read(files, ARRAY_SIZE(files), &records), 0);
	assert_int_equal(modprobe_view_of_records(&records, module, &view), 0);
	(void)snprintf(found, sizeof(found), "%s|%s|%s%s", word(view.install), word(view.softdep),
		       word(view.options), view.blacklisted ? "|blacklisted" : "");
	expect_text(a, found, wanted);
}

static void lines_of_all_files_are_merged(void **state)
{
	(void)state;
	expect_view("", "", "nf_conntrack", "none|none|none");
	/* the first install and softdep line count, of the options all */
	expect_view("install nf_conntrack a b\ninstall nf_conntrack c\noptions nf_conntrack x=1\n",
		    "options nf-conntrack y=1  z\\\n=2\ninstall nf_conntrack d\noptions nf_nat q\n",
		    "nf_conntrack", "a b|none|x=1 y=1  z=2");
	expect_view("softdep nf_conntrack pre: a\n",
		    "softdep nf_* pre: b\nblacklist nf-conntrack\n", "nf_conntrack",
		    "none|pre: a|none|blacklisted");
}

static void lines_of_others_do_not_count(void **state)
{
	static const char text[] =
		"install nf-conntrack* a\nsoftdep nf_defrag_ipv4 post: b\n"
		"options nf_conntrack* x\nblacklist nf_*\nremove nf_defrag_ipv4 c\n"
		"# install nf_defrag_ipv4 d\n";

	(void)state;
	expect_view(text, "install nf_defrag_ipv4 e\n", "nf_defrag_ipv4", "e|post: b|none");
	expect_view(text, "", "nf_conntrack", "a|none|none");
	expect_view(text, "", "nf_conntrack_ftp", "a|none|none");
}

static void line_without_a_command_is_none(void **state)
{
	(void)state;
	expect_view("install nf_defrag_ipv4\nsoftdep nf_defrag_ipv4 \noptions nf_defrag_ipv4\t\n",
		    "install nf_defrag_ipv4 a\noptions nf_defrag_ipv4 x\n", "nf_defrag_ipv4",
		    "a|none|x");
}

static void carriage_return_is_a_part_of_a_blacklisted_name(void **state)
{
	(void)state;
	expect_view("blacklist nf_defrag_ipv4\r\ninstall nf_defrag_ipv4\r\n",
		    "install nf_defrag_ipv4 a\r\n", "nf_defrag_ipv4", "a|none|none");
	expect_view("blacklist nf_defrag_ipv4 x\r\n", "", "nf_defrag_ipv4",
		    "none|none|none|blacklisted");
}

static void install_line_blocks_unless_it_loads_or_is_disarmed(void **state)
{
	static char false_[] = "/bin/false", other[] = "/sbin/modprobe -i nf_nat",
		    merged[] = "/sbin/modprobe --ignore-install nf_conntrack_ipv4; sysctl -w a=1",
		    modprobe[] = "/sbin/modprobe -q --ignore-install nf-conntrack $CMDLINE_OPTS",
		    computed[] = "modprobe -i $0", script[] = "/usr/local/bin/load-it",
		    in_shell[] = "sh -c 'modprobe -i nf_conntrack'",
		    insmod[] = "insmod /lib/x/nf_conntrack.ko.xz && true", pre[] = "pre: a",
		    echo[] = "echo modprobe -i nf_conntrack is refused";
	static const struct {
		struct modprobe_view view;
		bool blocked;
	} rows[] = {
		{{0}, false},
		{{.softdep = pre, .options = pre, .blacklisted = true}, false},
		{{.install = false_}, true},
		{{.install = false_, .softdep = pre}, false},
		{{.install = other}, true},
		{{.install = merged}, true},
		{{.install = echo}, true},
		{{.install = computed}, false},
		{{.install = script}, false},
		{{.install = in_shell}, false},
		{{.install = modprobe}, false},
		{{.install = insmod}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(modprobe_view_is_blocked(&rows[i].view, "nf_conntrack"),
				 rows[i].blocked);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_all_files_are_merged),
		cmocka_unit_test(lines_of_others_do_not_count),
		cmocka_unit_test(line_without_a_command_is_none),
		cmocka_unit_test(carriage_return_is_a_part_of_a_blacklisted_name),
		cmocka_unit_test(install_line_blocks_unless_it_loads_or_is_disarmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
