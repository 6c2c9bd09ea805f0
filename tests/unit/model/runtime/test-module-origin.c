/*
 * model/runtime/module-origin: the module's file in modules.dep, and why the kernel does not get
 * it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/runtime/module-origin.h"

static void module_is_found_by_its_file(void **state)
{
	static const struct {
		const char *text, *path;
	} rows[] = {
		{"kernel/net/netfilter/nf_conntrack.ko: a.ko\n",
		 "kernel/net/netfilter/nf_conntrack.ko"},
		{"a/b.ko:\nextra/nf_conntrack.ko.zst:\n", "extra/nf_conntrack.ko.zst"},
		{"nf_conntrack.ko:", "nf_conntrack.ko"},
		{"/opt/nf_conntrack.ko.xz: x", "/opt/nf_conntrack.ko.xz"},
		{"kernel/a.ko\nkernel/nf_conntrack.ko\n", "kernel/nf_conntrack.ko"},
		{"", NULL},
		{":\n::\n\n", NULL},
		{"a/xt_conntrack.ko: a/nf_conntrack.ko", NULL},
		{"a/nf_conntrack_ftp.ko:\na/xnf_conntrack.ko:\na/nf_conntrack.kox:\n", NULL},
		{"nf_conntrack.ko/a.ko:", NULL},
		{"nf_conntrack", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = 0;
		const char *found = modules_dep_find(rows[i].text, "nf_conntrack", &length);
		char path[64] = "none";

		if (found)
			(void)snprintf(path, sizeof(path), "%.*s", (int)length, found);
		expect_text(rows[i].text, path, rows[i].path ? rows[i].path : "none");
	}
}

static void reasons_name_what_to_do(void **state)
{
	static const struct {
		struct module_origin origin;
		const char *part; /* NULL: nothing is in the way */
	} rows[] = {
		{{.file = MODULE_FILE_UNKNOWN}, NULL},
		{{.file = MODULE_FILE_THERE}, NULL},
		{{.file = MODULE_FILE_THERE, .loader = "/sbin/modprobe"}, NULL},
		{{.file = MODULE_FILE_THERE, .loader = "modprobe"}, NULL},
		{{.file = MODULE_FILE_NO_TREE},
		 "reboot into a kernel that \"ls /lib/modules\" lists"},
		{{.file = MODULE_FILE_NO_TREE, .contained = true},
		 "run \"modprobe nf_conntrack\" on the host"},
		{{.file = MODULE_FILE_NOT_IN_TREE}, "linux-modules-extra-6.1"},
		{{.file = MODULE_FILE_NOT_LISTED}, "run \"depmod 6.1\""},
		{{.file = MODULE_FILE_NO_MODULES}, "boot a kernel that has it"},
		{{.loader = ""}, "run \"sysctl -w kernel.modprobe=/sbin/modprobe\""},
		{{.loader = "/bin/true"}, "kernel.modprobe = /bin/true is not modprobe,"},
		{{.loader = "/sbin/modprobe/"}, "/sbin/modprobe/ is not modprobe,"},
		{{.loader = "/x/modprobe", .loader_missing = true}, "install kmod"},
		{{.loader = "/bin/true", .loader_missing = true}, "/bin/true is not modprobe,"},
		/* one reason is enough, and in a container the program is the host's */
		{{.file = MODULE_FILE_NO_TREE, .loader = ""}, "is missing; reboot"},
		{{.loader = "", .contained = true}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct problems CLEANUP(problems_done) problems = {0};
		struct module_origin origin = rows[i].origin;
		const char *part = rows[i].part;

		origin.release = "6.1";
		expect_number("found", module_judge_origin(&origin, &problems), part != NULL);
		expect_number("warnings", problems.count, part != NULL);
		if (part)
			expect_part("warning", problems.items[0].text, part);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(module_is_found_by_its_file),
		cmocka_unit_test(reasons_name_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
