/* model/loading: what keeps nf_conntrack from loading or hides it, and the line to blame. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/module-blacklist.h"

#define MIB ((uint64_t)1 << 20)

static const char a_conf[] = "/etc/modprobe.d/a.conf", z_conf[] = "/usr/lib/modprobe.d/z.conf";

struct fixture {
	struct plan plan;
	struct facts facts;
	struct modprobe_view view;
	struct text_file files[2];
	size_t file_count;
	struct modprobe_records records;
	struct load_request request;
	struct problems problems;
};

/* Tune, the module not loaded, modprobe asked, nothing in the way. */
static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f)
		return -1;
	f->plan.sizes.hashsize = MIB;
	f->facts.ram = 64 * MIB;
	f->request = (struct load_request){.plan = &f->plan,
					   .facts = &f->facts,
					   .view = &f->view,
					   .records = &f->records,
					   .command_line = ""};
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	modprobe_view_done(&f->view);
	modprobe_records_done(&f->records);
	problems_done(&f->problems);
	free(f);
	return 0;
}

/* The result that modprobe computes from all files; NULL: none. */
static void view_is(struct fixture *f, const char *install, const char *softdep,
		    const char *options)
{
	modprobe_view_done(&f->view);
	f->view = (struct modprobe_view){.install = install ? strdup(install) : NULL,
					 .softdep = softdep ? strdup(softdep) : NULL,
					 .options = options ? strdup(options) : NULL};
}

/* The files in the order in which modprobe reads them; z NULL: one only. */
static void files_are(struct fixture *f, const char *a, const char *z)
{
	f->files[0] = (struct text_file){a_conf, a};
	f->files[1] = (struct text_file){z_conf, z};
	f->file_count = z ? 2 : 1;
}

static void expect_judged(const char *what, struct fixture *f, bool blocked, size_t count)
{
	problems_done(&f->problems);
	modprobe_records_done(&f->records);
	assert_int_equal(modprobe_records_read(f->files, f->file_count, &f->records), 0);
	expect_number(what, load_judge(&f->request, &f->problems), blocked);
	expect_number(what, f->problems.count, count);
	assert_false(f->problems.out_of_memory);
}

static void expect_warning(const struct fixture *f, size_t i, const char *path, unsigned int line,
			   const char *part)
{
	const struct problem *problem = &f->problems.items[i];

	expect_part("warning", problem->text, part);
	assert_int_equal(problem->severity, SEVERITY_WARNING);
	expect_text("file", problem->file ? problem->file : "none", path ? path : "none");
	expect_number("line", problem->line, line);
}

/* Nothing else is reported. */
static void expect_warned(struct fixture *f, bool blocked, const char *path, unsigned int line,
			  const char *part)
{
	expect_judged(part, f, blocked, 1);
	expect_warning(f, 0, path, line, part);
}

/* The warning quotes a word of the command line, and proposes the other names of the list. */
static void kernel_refuses_what_its_command_line_lists(void **state)
{
	static const struct {
		const char *line, *quoted, *advice;
	} rows[] = {
		{"module_blacklist=nf_conntrack", "has module_blacklist=nf_conntrack;",
		 "remove that word from the boot loader's configuration, and reboot"},
		{"a\tmodule_blacklist=nf_conntrack\n", "has module_blacklist=nf_conntrack;",
		 "remove that word from "},
		{"module_blacklist=dummy,nf_conntrack", "has module_blacklist=dummy,nf_conntrack;",
		 "write module_blacklist=dummy instead in the boot loader's configuration"},
		{"module_blacklist=,,nf_conntrack,dummy,x",
		 "has module_blacklist=,,nf_conntrack,dummy,x;",
		 "write module_blacklist=dummy,x instead in "},
		{"module_blacklist=dummy module_blacklist=nf_conntrack ro",
		 "has module_blacklist=nf_conntrack;",
		 "remove nf_conntrack from each module_blacklist= in "},
		{"\"module_blacklist=dummy,nf_conntrack\"",
		 "has \"module_blacklist=dummy,nf_conntrack\";",
		 "write module_blacklist=dummy instead in "},
		{"module_blacklist=\"a b,nf_conntrack\"",
		 "has module_blacklist=\"a b,nf_conntrack\";",
		 "remove nf_conntrack from that list in "},
		{"module-blacklist=nf_conntrack", "has module-blacklist=nf_conntrack;",
		 "remove that word from "},
		{"module_blacklist=nf_defrag_ipv6,x,nf_defrag_ipv4",
		 "cannot load without nf_defrag_ipv4 and nf_defrag_ipv6: the kernel command line "
		 "has module_blacklist=nf_defrag_ipv6,x,nf_defrag_ipv4;",
		 "write module_blacklist=x instead in "},
		{"module_blacklist=nf_defrag_ipv6,nf_conntrack",
		 "nf_conntrack cannot load: the kernel command line has ",
		 "remove that word from "},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->request.command_line = rows[i].line;
		expect_judged(rows[i].line, f, true, 1);
		expect_warning(f, 0, NULL, 0, rows[i].quoted);
		expect_warning(f, 0, NULL, 0, rows[i].advice);
	}
	/* of a module that is there by now as well */
	f->request.module = MODULE_LIVE;
	expect_judged("live", f, true, 1);
}

/*
 * The proposed word contains the other names as well, and no word is proposed that is there
 * already.
 */
static void word_is_proposed_that_keeps_it_off(void **state)
{
	static const char *const rows[][2] = {
		{"ro", "module_blacklist=nf_conntrack"},
		{"module_blacklist=", "module_blacklist=nf_conntrack"},
		{"module_blacklist", "module_blacklist=nf_conntrack"},
		{"module_blacklist=a,b", "module_blacklist=a,b,nf_conntrack"},
		{"module_blacklist=z module_blacklist=a,", "module_blacklist=a,nf_conntrack"},
		{"module_blacklist=\"a b\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};
		struct module_blacklist list;

		module_blacklist_read(rows[i][0], &list);
		assert_false(module_blacklist_has(&list, "nf_conntrack"));
		expect_number(rows[i][0], module_blacklist_propose(&list, &b), rows[i][1] != NULL);
		expect_text(rows[i][0], b.data ? b.data : "none", rows[i][1] ? rows[i][1] : "none");
	}
}

static void other_words_of_the_command_line_do_not_count(void **state)
{
	static const char *const texts[] = {
		"module_blacklist",
		"module_blacklist nf_conntrack",
		"module_blacklist= module_blacklist=dummy, nf_conntrack",
		"module_blacklist=nf_conntrack module_blacklist=dummy",
		"dyndbg=\"x module_blacklist=nf_conntrack y\" quiet -- "
		"module_blacklist=nf_conntrack",
		"module_blacklist=nf_conntrack_ftp,xnf_conntrack,nf_conntrac",
		"xmodule_blacklist=nf_conntrack module_blacklist_=nf_conntrack",
		"module.blacklist=nf_conntrack module_blacklist:nf_conntrack",
		/* a list of names as the kernel spells them, no patterns */
		"module_blacklist=nf-conntrack,nf_*",
		/* libkmod's to read: what it makes of them is in its view */
		"modprobe.blacklist=nf_conntrack nf_conntrack.hashsize=12k",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		f->request.command_line = texts[i];
		expect_judged(texts[i], f, false, 0);
	}
}

/* Each word is the value of this option, and no file contains the option. */
static void expect_values(struct fixture *f, const char *name, const char *words, bool fine)
{
	for (size_t length; *words; words += length + strspn(words + length, " ")) {
		struct buffer CLEANUP(buffer_clear) option = {0};

		length = strcspn(words, " ");
		buffer_printf(&option, "%s=%.*s", name, (int)length, words);
		view_is(f, NULL, NULL, option.data);
		expect_judged(option.data, f, !fine, !fine);
		if (!fine)
			expect_warning(f, 0, NULL, 0, option.data);
	}
}

static void table_size_is_what_the_kernel_takes(void **state)
{
	static const char *const names[] = {"hashsize", "expect_hashsize"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		expect_values(
			*state, names[i],
			"1 0 65536 0200000 0x1 0x10000 0X1aF 00 268434944 0xffffe00 01777777000",
			true);
		expect_values(*state, names[i],
			      "268434945 0xffffe01 01777777001 4294967296 99999999999999999999999 "
			      "12k k -1 1.5 1,2 a 08 0x 0xg 0y1 1x0 1/ 1: 0x: 0x1` 1=1",
			      false);
	}
}

static void flag_is_what_the_kernel_takes(void **state)
{
	expect_values(*state, "acct", "1 0 y Y n N yes NO on OFF t True f FALSE", true);
	expect_values(*state, "acct", "2 x -1 , = enabled", false);
	expect_values(*state, "tstamp", "1 n", true);
	expect_values(*state, "tstamp", "2 x", false);
	expect_values(*state, "enable_hooks", "1 n", true);
	expect_values(*state, "enable_hooks", "2 x", false);
}

static void options_are_told_apart(void **state)
{
	static const struct {
		const char *options;
		size_t refused;
	} rows[] = {
		{"", 0},
		{"hashsize=1 expect_hashsize=1 acct=1 tstamp=0", 0},
		{"hashsize=x expect_hashsize=x acct=x tstamp=x", 4},
		{"\t a hashsize=1\texpect_hashsize=1  acct=1 tstamp=x ", 1},
		{"hashsize=1 hashsize=x", 1},
		{"hashsize=x hashsize=1", 1},
		{"hashsize=x hashsize=x", 1},
		{"hashsize=\"4096\" \"hashsize=4096\" expect_hashsize=\"12k\"", 1},
		{"hashsize=65536\r", 0},
		{"hashsize=+4096 expect-hashsize=12k", 1},
		{"acct= tstamp=ox", 2},
		{"acct=on tstamp=oF -- hashsize=x", 0},
		{"acct tstamp hashsize", 1},
		{"hashsize= expect_hashsize=", 2},
		/* the kernel loads a module with options that it does not know */
		{"hash=x hashsizes=x xhashsize=x nf_conntrack.hashsize=x acc=x =x x", 0},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		view_is(f, NULL, NULL, rows[i].options);
		expect_judged(rows[i].options, f, rows[i].refused, rows[i].refused);
	}
}

static void refused_option_is_told_by_its_line(void **state)
{
	struct fixture *f = *state;

	view_is(f, NULL, NULL, "hashsize=12k");
	files_are(f, "# a\noptions nf_conntrack acct=1 \\\nhashsize=12k\n",
		  "options nf_conntrack hashsize=1\noptions nf_nat hashsize=12k\n"
		  "install nf_conntrack hashsize=12k\n");
	expect_warned(f, true, a_conf, 2, "refuses its option hashsize=12k; remove it from this");
	/* a word that only ends so is another one; two lines with the same: one at a time */
	files_are(f, "options nf_conntrack expect_hashsize=12k\n",
		  "\n\noptions nf-conntrack hashsize=12k\noptions nf_conntrack hashsize=12k\n");
	expect_warned(f, true, z_conf, 3, "hashsize=12k");
	/* ours is put right by install */
	f->files[1].path = PATH_MODPROBE;
	f->files[0].text = "";
	expect_judged("ours", f, false, 0);
	/* nf_conntrack.hashsize=12k on the kernel command line comes in no file */
	f->file_count = 0;
	expect_warned(f, true, NULL, 0, "hashsize=12k (from the kernel command line or modprobe's");
}

static void install_line_that_does_not_load_is_told(void **state)
{
	struct fixture *f = *state;

	view_is(f, "/bin/false", NULL, NULL);
	expect_warned(f, true, NULL, 0,
		      "cannot load: modprobe runs \"/bin/false\" instead, because of");
	/* the first one counts */
	files_are(f, "\ninstall nf_nat x\ninstall nf_conn* x\n", "install nf_conntrack y\n");
	expect_warned(f, true, a_conf, 3, "\"/bin/false\"");
	files_are(f, "remove nf_conntrack x\n", "install nf_conntrack x\ninstall nf_conntrack x\n");
	expect_warned(f, true, z_conf, 1, "\"/bin/false\"");
	f->files[1].path = PATH_MODPROBE;
	expect_judged("ours", f, false, 0);
}

static void install_line_of_a_needed_module_blocks(void **state)
{
	static const struct {
		const char *a, *z;
	} harmless[] = {
		{"install ipv6 /bin/false\ninstall nf_defrag /bin/false\n", ""},
		{"install nf_defrag_ipv6 /sbin/modprobe --ignore-install nf_defrag_ipv6\n", ""},
		{"install nf_defrag_ipv6 insmod /x/nf_defrag_ipv6.ko\n",
		 "install nf_defrag_ipv6 /bin/false\n"},
		{"install nf_defrag_ipv6 /bin/false\n", "softdep nf_defrag_ipv6 pre: ipv6\n"},
		{"softdep nf-defrag* post: x\n", "install nf_defrag_ipv4 /bin/false\n"},
		{"install nf_defrag_ipv6\n# install nf_defrag_ipv4 /bin/false\n", ""},
		{"remove nf_defrag_ipv6 /bin/false\nblacklist nf_defrag_ipv6\n", ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		files_are(f, harmless[i].a, harmless[i].z);
		expect_judged(harmless[i].a, f, false, 0);
	}
	files_are(f, "softdep nf_conntrack post: x\nsoftdep nf_defrag_ipv4 pre:\n",
		  "\ninstall nf-defrag-ipv6  /bin/false\ninstall nf_defrag_ipv6 /bin/true\n");
	expect_warned(f, true, z_conf, 2,
		      "cannot load: it needs nf_defrag_ipv6, and modprobe runs \"/bin/false\" "
		      "instead of loading that,");
	/* both, by a pattern; the first line of each counts */
	files_are(f, "install nf_defrag_* /bin/true\n",
		  "install nf_defrag_ipv4 modprobe -i nf_defrag_ipv4\n");
	expect_judged("both", f, true, 2);
	expect_warning(f, 0, a_conf, 1,
		       "it needs nf_defrag_ipv4, and modprobe runs \"/bin/true\" instead of "
		       "loading that, because of this install line; remove the line");
	expect_warning(f, 1, a_conf, 1,
		       "it needs nf_defrag_ipv6, and modprobe runs \"/bin/true\" instead of "
		       "loading that, because of this install line; remove the line");
	/* one that is there is no obstacle before the next boot */
	f->request.needs_there[1] = true;
	expect_judged("one there", f, true, 2);
	f->request.needs_there[0] = true;
	expect_judged("both there", f, false, 2);
	expect_warning(f, 0, a_conf, 1, "cannot load after the next boot: it needs nf_defrag_ipv4");
	/*
	 * one that is not, beside a loaded nf_conntrack, is part of the kernel; the other one is
	 * for the next load
	 */
	f->request.module = MODULE_LIVE;
	f->request.needs_there[0] = false;
	expect_judged("loaded", f, true, 1);
	expect_warning(f, 0, a_conf, 1, "cannot load after the next boot: it needs nf_defrag_ipv6");
}

static void install_line_that_loads_is_in_the_way_of_ours_only(void **state)
{
	struct fixture *f = *state;

	files_are(f, "install nf_conntrack x\n", "install nf_conntrack x\n");
	view_is(f, "/sbin/modprobe -i nf_conntrack; logger x", NULL, NULL);
	expect_judged("not ours", f, false, 0);
	f->plan.synchronous = true;
	expect_warned(f, false, a_conf, 1, "synchronous = yes has no effect");
	view_is(f, "/sbin/insmod /x/nf_conntrack.ko", NULL, NULL);
	expect_warned(f, false, a_conf, 1, "synchronous = yes has no effect");
	f->files[0].path = PATH_MODPROBE;
	expect_judged("ours", f, false, 0);
}

static void softdep_line_switches_install_lines_off(void **state)
{
	struct fixture *f = *state;

	files_are(f, "install nf_conntrack x\n",
		  "#\nsoftdep nf_conntrack pre: a\nsoftdep nf_conntrack post: b\n");
	view_is(f, "/bin/false", "pre: a", NULL);
	expect_judged("not ours", f, false, 0);
	f->plan.synchronous = true;
	expect_warned(f, false, z_conf, 2, "a softdep line disables every install line");
	view_is(f, "modprobe -i nf_conntrack", "pre: a", NULL);
	expect_judged("both", f, false, 2);
	expect_warning(f, 0, a_conf, 1, "only one install line counts");
	expect_warning(f, 1, z_conf, 2, "a softdep line disables every install line");
	view_is(f, NULL, NULL, NULL);
	expect_judged("not in the view", f, false, 0);
}

static void blacklist_hides_and_does_not_block(void **state)
{
	struct fixture *f = *state;

	f->view.blacklisted = true;
	files_are(f, "blacklist nf_nat\nblacklist nf-conntrack\n", "blacklist nf_conntrack\n");
	expect_warned(f, false, a_conf, 2,
		      "this line only stops modprobe from loading nf_conntrack by an alias "
		      "(ip_conntrack, nf_conntrack-2); firewall rules still load it");
	f->files[0].path = PATH_MODPROBE;
	expect_judged("ours", f, false, 0);
	f->file_count = 0;
	expect_warned(f, false, NULL, 0, "modprobe.blacklist on the kernel command line only");
	f->view.blacklisted = false;
	files_are(f, "blacklist nf_conntrack\n", NULL);
	expect_judged("not in the view", f, false, 0);
}

static void table_that_does_not_fit_blocks(void **state)
{
	static const struct {
		uint64_t hashsize, page_size, ram, available;
		const char *told; /* NULL: it fits */
		bool blocked;
		uint64_t expect_hashsize;
	} rows[] = {
		{MIB, 4096, 8 * MIB, 0, NULL, false, 0},
		{MIB, 4096, 8 * MIB - 1, 0,
		 "has 7.9 MiB in all: neither nf_conntrack nor any firewall rule that needs it "
		 "would load;",
		 true, 0},
		{MIB, 4096, 64 * MIB, 8 * MIB, NULL, false, 0},
		{MIB, 4096, 64 * MIB, 8 * MIB - 1, "has 7.9 MiB available: neither nf_conntrack",
		 false, 0},
		{MIB, 4096, 8 * MIB, 4 * MIB, "has 4 MiB available", false, 0},
		{MIB, 4096, 4 * MIB, MIB, "8 MiB at once, but this host has 4 MiB in all", true, 0},
		/* as the kernel rounds it */
		{MIB + 1, 4096, 8 * MIB, 0, "hashsize = 1048577 takes 8 MiB at once", true, 0},
		{MIB + 1, 65536, 8 * MIB + 4096, 0, "hashsize = 1048577", true, 0},
		{MIB + 1, 65536, 8 * MIB + 65536, 0, NULL, false, 0},
		{MIB + 1, 0, 8 * MIB + 4096, 0, NULL, false, 0},
		{MIB, 4096, 0, 4096, NULL, false, 0}, /* unknown */
		{0, 4096, 1, 1, NULL, false, 0},
		{MIB, 4096, 12 * MIB, 0, NULL, false, MIB / 2},
		{MIB, 4096, 12 * MIB - 1, 0,
		 "hashsize = 1048576 with expect_hashsize = 524288 takes 12 MiB at once", true,
		 MIB / 2},
		{MIB, 4096, 64 * MIB, 11 * MIB, "lower max, hashsize and expect_hashsize, or",
		 false, MIB / 2},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->plan.sizes.hashsize = rows[i].hashsize;
		f->plan.sizes.expect_hashsize = rows[i].expect_hashsize;
		f->plan.sizes.page_size = rows[i].page_size;
		f->facts.ram = rows[i].ram;
		f->facts.available = rows[i].available;
		if (rows[i].told)
			expect_warned(f, rows[i].blocked, NULL, 0, rows[i].told);
		else
			expect_judged("fits", f, false, 0);
	}
}

static void everything_is_told_where_it_matters(void **state)
{
	struct fixture *f = *state;

	view_is(f, "/bin/false", NULL, "hashsize=x");
	f->view.blacklisted = true;
	f->facts.ram = MIB;
	f->request.command_line = "module_blacklist=nf_conntrack";
	f->request.modules_disabled = true;
	expect_judged("absent", f, true, 6);
	expect_warning(f, 5, NULL, 0, "because kernel.modules_disabled is 1");
	f->request.origin = (struct module_origin){.file = MODULE_FILE_NO_TREE, .release = "6.1"};
	expect_judged("no tree", f, true, 7);
	/* libkmod knows a file in another tree */
	f->view.listed = true;
	expect_judged("another tree", f, true, 6);
	f->view.listed = false;
	/* neither modules_disabled nor the missing module tree matters if the module is loading */
	f->request.module = MODULE_COMING;
	expect_judged("coming", f, true, 5);
	f->request.origin = (struct module_origin){0};
	/* memory does not matter any more */
	f->request.module = MODULE_LIVE;
	expect_judged("live", f, true, 4);
	f->request.module = MODULE_BUILT_IN;
	expect_judged("built in", f, false, 0);
	/* without a line of modprobe.d */
	f->request.module = MODULE_ABSENT;
	view_is(f, NULL, NULL, NULL);
	expect_judged("no lines", f, true, 3);
	f->request.command_line = "";
	expect_judged("memory and the lock", f, true, 2);
	f->facts.image = true;
	expect_judged("the lock alone", f, true, 1);
	f->plan.mode = MODE_DISABLE;
	expect_judged("disable", f, false, 0);
}

static void command_line_words_are_the_sizes(void **state)
{
	struct plan plan = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	load_describe_command_line(&plan, &b);
	assert_int_equal(b.length, 0);
	plan.sizes.expect_hashsize = 1000;
	load_describe_command_line(&plan, &b);
	expect_text("one", b.data, "nf_conntrack.expect_hashsize=1000");
	buffer_clear(&b);
	plan.sizes.hashsize = 100000;
	load_describe_command_line(&plan, &b);
	expect_text("both", b.data,
		    "nf_conntrack.hashsize=100000 nf_conntrack.expect_hashsize=1000");
}

#define loading_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		loading_test(kernel_refuses_what_its_command_line_lists),
		loading_test(word_is_proposed_that_keeps_it_off),
		loading_test(other_words_of_the_command_line_do_not_count),
		loading_test(table_size_is_what_the_kernel_takes),
		loading_test(flag_is_what_the_kernel_takes),
		loading_test(options_are_told_apart),
		loading_test(refused_option_is_told_by_its_line),
		loading_test(install_line_that_does_not_load_is_told),
		loading_test(install_line_of_a_needed_module_blocks),
		loading_test(install_line_that_loads_is_in_the_way_of_ours_only),
		loading_test(softdep_line_switches_install_lines_off),
		loading_test(blacklist_hides_and_does_not_block),
		loading_test(table_that_does_not_fit_blocks),
		loading_test(everything_is_told_where_it_matters),
		cmocka_unit_test(command_line_words_are_the_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
