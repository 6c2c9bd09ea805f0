/* model/plan: modes, sizes kept and resolved, what is refused, the order of the values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "model/plan/plan-sizes.h"
#include "model/plan/plan.h"
#include "model/plan/render.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static char inputs_auto[] = "share=2% max=auto hashsize=auto memory_limit=25%";
static char inputs_earlier[] = "max=auto hashsize=auto memory_limit=25%";

#define AUTO "[conntrack]\nmax = auto\n"

static const struct facts host = {.ram = 8 * GIB, .release = {6, 1}, .page_size = 4096};
static const struct facts image = {.image = true};

struct fixture {
	struct config config;
	struct problems problems;
	struct plan plan;
	struct plan_request request;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || config_new(&f->config) < 0)
		return -1;
	f->request = (struct plan_request){
		.config = &f->config, .facts = &host, .program = "/usr/sbin/conntrack-persist"};
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	plan_done(&f->plan);
	config_done(&f->config);
	problems_done(&f->problems);
	free(f);
	return 0;
}

static void build(struct fixture *f, const char *text)
{
	assert_int_equal(config_read(&f->config, "a.conf", text, strlen(text), &f->problems), 0);
	assert_int_equal(plan_build(&f->request, &f->problems, &f->plan), 0);
}

/* Starts again from the defaults with this text. */
static void build_anew(struct fixture *f, const char *text)
{
	plan_done(&f->plan);
	config_done(&f->config);
	problems_done(&f->problems);
	assert_int_equal(config_new(&f->config), 0);
	build(f, text);
}

static const char *bytes_at(const struct fixture *f, const char *path)
{
	const struct artifact *artifact = plan_find_artifact(&f->plan, path);

	if (!artifact)
		fail_msg("%s is not planned", path);
	return artifact->bytes;
}

static void expect_settings(const struct fixture *f, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	for (size_t i = 0; i < f->plan.setting_count; i++)
		buffer_printf(&b, "%s%s=%" PRIu64, i ? " " : "", f->plan.settings[i].row->name,
			      f->plan.settings[i].wanted);
	expect_text("settings", b.data ? b.data : "", wanted);
}

static void expect_sizes(const char *what, const struct fixture *f, uint64_t max, uint64_t hashsize)
{
	expect_number(what, f->plan.sizes.max, max);
	expect_number(what, f->plan.sizes.hashsize, hashsize);
}

static void expect_empty_plan(const struct fixture *f)
{
	assert_int_equal(f->plan.setting_count, 0);
	assert_int_equal(f->plan.artifact_count, 0);
}

/*
 * A setting that is left out is left alone, and a file for which nothing is configured is not
 * written.
 */
static void sizes_that_are_left_out_are_left_alone(void **state)
{
	static const char *const texts[] = {
		"",
		"[conntrack]\nmode = tune\nmax_policy = exact\nmemory_limit = 1M\n",
		"[apply]\non_drift = report\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		build_anew(f, texts[i]);
		expect_no_problem(texts[i], &f->problems);
		assert_int_equal(f->plan.mode, MODE_TUNE);
		expect_sizes(texts[i], f, 0, 0);
		assert_false(f->plan.sizes.from_ram);
		expect_empty_plan(f);
	}
	build_anew(f, "[timeouts]\nudp = 7\n");
	expect_sizes("timeout", f, 0, 0);
	expect_settings(f, "udp=7");
	assert_int_equal(f->plan.artifact_count, 2);
	assert_null(plan_find_artifact(&f->plan, PATH_MODPROBE));
	assert_null(strstr(bytes_at(f, PATH_UDEV), "hashsize}"));
	build_anew(f, "[conntrack]\nexpect_hashsize = 1024\n");
	assert_int_equal(f->plan.artifact_count, 1);
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\noptions nf_conntrack expect_hashsize=1024\n");
}

/*
 * Computed by hand: 2 % of 8 GiB are 163.8 MiB; 524288 x 264 bytes are 132, twice as many would be
 * 264.
 */
static void auto_is_a_floor(void **state)
{
	struct fixture *f = *state;

	build(f, AUTO);
	expect_no_problem("auto", &f->problems);
	expect_sizes("auto", f, 524288, 524288);
	assert_true(f->plan.sizes.from_ram);
	assert_true(f->plan.sizes.at_least);
	assert_true(f->plan.sizes.ram == 8 * GIB);
	assert_int_equal(f->plan.sizes.table_bytes, 524288 * 264);
	expect_text("inputs", f->plan.sizes.inputs, inputs_auto);
	expect_settings(f, "max=524288");
	assert_true(f->plan.settings[0].at_least);

	assert_int_equal(f->plan.artifact_count, 3);
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\noptions nf_conntrack hashsize=524288\n");
	assert_null(strstr(bytes_at(f, PATH_SYSCTL), "nf_conntrack_max ="));
	expect_part("udev", bytes_at(f, PATH_UDEV),
		    "\nSYSCTL{net/netfilter/nf_conntrack_max}==\"4194304\", ");
	assert_null(plan_find_artifact(&f->plan, "/etc/other"));
	assert_null(strstr(bytes_at(f, PATH_MODPROBE), "install nf_conntrack"));
}

static void exact_beside_a_floor_is_warned_of(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *part;
	} rows[] = {
		{AUTO "max_policy = exact\n", 3, "with max = auto, because that is a floor:"},
		{"[conntrack]\nmax_policy = exact\nmax = auto\n", 2, "with max = auto,"},
		{"[conntrack]\nmax_policy = exact\nhashsize = 65536\n", 2,
		 "with a hashsize without max, because that is a floor: a larger live max"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build_anew(f, rows[i].text);
		expect_number(rows[i].text, f->problems.count, 1);
		assert_int_equal(f->problems.items[0].severity, SEVERITY_WARNING);
		expect_number(rows[i].text, f->problems.items[0].line, rows[i].line);
		expect_start(rows[i].text, f->problems.items[0].text,
			     "conntrack.max_policy: exact has no");
		expect_part(rows[i].text, f->problems.items[0].text, rows[i].part);
		assert_true(f->plan.settings[0].at_least);
	}
	build_anew(f, AUTO "max_policy = at_least\n");
	expect_no_problem("at_least", &f->problems);
}

/*
 * The same lines on any host, with any kernel and in an image: as many entries as buckets, as a
 * floor.
 */
static void hashsize_alone_is_a_floor_of_as_many_entries(void **state)
{
	static const uint64_t rams[] = {512 * MIB, 2 * GIB, 4 * GIB, 16 * GIB, 1024 * GIB, 0};
	static const uint64_t buckets[] = {1024, 16384, 65536, 130560, 262144};
	struct fixture *f = *state;
	struct facts facts = {.page_size = 4096};

	f->request.facts = &facts;
	for (size_t i = 0; i < ARRAY_SIZE(rams) * ARRAY_SIZE(buckets); i++) {
		uint64_t hashsize = buckets[i % ARRAY_SIZE(buckets)];
		char text[64];

		facts.ram = rams[i / ARRAY_SIZE(buckets)];
		facts.image = facts.ram == 0;
		facts.release[0] = i % 2 ? 5 : 6;
		facts.release[1] = 10;
		(void)snprintf(text, sizeof(text), "[conntrack]\nhashsize = %" PRIu64 "\n",
			       hashsize);
		f->request.sizes = i % 3 ? SIZES_RESOLVE : SIZES_OF_BOOT;
		build_anew(f, text);
		expect_no_problem(text, &f->problems);
		expect_sizes(text, f, hashsize, hashsize);
		assert_true(f->plan.settings[0].at_least);
		assert_false(f->plan.sizes.from_ram);
	}
	build_anew(f, "[conntrack]\nhashsize = auto\n");
	assert_int_equal(f->problems.count, 1);
	expect_part("auto", f->problems.items[0].text,
		    "this line has no effect, because auto means \"as many as max\" and max is not "
		    "set; set max as well");
	expect_empty_plan(f);
}

/* max = auto beside few buckets is not refused on large hosts alone. */
static void hashsize_bounds_auto(void **state)
{
	static const struct facts large = {.ram = 64 * GIB, .release = {6, 1}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.facts = &large;
	build(f, AUTO "hashsize = 65536\n");
	expect_no_problem("65536", &f->problems);
	expect_sizes("65536", f, 262144, 65536);
	build_anew(f, AUTO "hashsize = 1000\n");
	expect_no_problem("1000", &f->problems);
	expect_sizes("1000", f, 4000, 1000);
	build_anew(f, AUTO "hashsize = 262144\n");
	expect_no_problem("262144", &f->problems);
	expect_sizes("262144", f, 1048576, 262144);
}

static void settings_tell_the_line_that_asked(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 1000000\n\nexpect_max = 4096\n[timeouts]\nudp = 1m\n");
	expect_settings(f, "max=1000000 expect_max=4096 udp=60");
	assert_int_equal(f->plan.settings[0].source.line, 2);
	assert_int_equal(f->plan.settings[1].source.line, 4);
	assert_int_equal(f->plan.settings[2].source.line, 6);
	expect_text("file", f->plan.settings[2].source.file, "a.conf");
}

static void restore_adds_a_drop_in_of_mode_tune(void **state)
{
	struct fixture *f = *state;

	build(f, AUTO "[apply]\non_drift = report\n");
	assert_false(f->plan.restore);
	assert_int_equal(f->plan.artifact_count, 3);
	build_anew(f, AUTO "[apply]\non_drift = restore\n");
	assert_true(f->plan.restore);
	assert_int_equal(f->plan.artifact_count, 4);
	expect_part("drop-in", bytes_at(f, PATH_DROP_IN),
		    "\n[Unit]\nWants=conntrack-persist-restore.service\n");
	build_anew(f, "[conntrack]\nmode = disable\n[apply]\non_drift = restore\n");
	assert_false(f->plan.restore);
	assert_null(plan_find_artifact(&f->plan, PATH_DROP_IN));
}

static void all_namespaces_add_drop_ins_of_mode_tune(void **state)
{
	static const char *const paths[] = {PATH_NAMESPACES_SERVICE, PATH_NAMESPACES_BUILTIN,
					    PATH_NAMESPACES_CHECK, PATH_NAMESPACES_RESTORE};
	struct fixture *f = *state;

	build(f, "[timeouts]\nudp = 45\n[apply]\nnamespaces = all\n");
	assert_true(f->plan.all_namespaces);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const char *path =
			strstr(bytes_at(f, paths[i]), "conntrack-persist-namespaces.path");

		expect_part("drop-in", bytes_at(f, paths[i]), "CAP_SYS_ADMIN CAP_SYS_PTRACE\n");
		/* Those that set values when the module loads also start the path unit. */
		assert_true((path != NULL) == (i < 2));
	}
	build_anew(f, "[timeouts]\nudp = 45\n[apply]\nnamespaces = host\n");
	assert_false(f->plan.all_namespaces);
	assert_null(plan_find_artifact(&f->plan, PATH_NAMESPACES_SERVICE));
	/* No namespace has a value of its own then. */
	build_anew(f, AUTO "[options]\nnf_hooks_lwtunnel = yes\n[apply]\nnamespaces = all\n");
	assert_false(f->plan.all_namespaces);
	build_anew(f, "[conntrack]\nmode = disable\n[timeouts]\nudp = 45\n"
		      "[apply]\nnamespaces = all\n");
	assert_false(f->plan.all_namespaces);
	assert_null(plan_find_artifact(&f->plan, PATH_NAMESPACES_CHECK));
}

static void at_least_is_of_max_alone(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 1000\nexpect_max = 7\n");
	assert_false(f->plan.sizes.at_least);
	assert_false(f->plan.settings[0].at_least);
	build_anew(f, "[conntrack]\nmax = 1000\nmax_policy = exact\n");
	assert_false(f->plan.settings[0].at_least);
	build_anew(f, "[conntrack]\nmax = 1000\nexpect_max = 7\nmax_policy = at_least\n");
	expect_settings(f, "max=1000 expect_max=7");
	assert_true(f->plan.sizes.at_least);
	assert_true(f->plan.settings[0].at_least);
	assert_false(f->plan.settings[1].at_least);
	/* The sizes are the same: what an earlier run resolved stays. */
	expect_text("inputs", f->plan.sizes.inputs,
		    "share=2% max=1000 hashsize=auto memory_limit=25%");
}

static void settings_stand_in_the_order_of_the_table(void **state)
{
	struct fixture *f = *state;

	build(f, "[options]\nacct = yes\nchecksum = no\n[timeouts]\nudp = 1\ngeneric = 2m\n"
		 "[conntrack]\nexpect_max = 7\nmax = 9\n");
	expect_settings(f, "max=9 expect_max=7 generic=120 udp=1 checksum=0 acct=1");
}

static void hashsize_follows_max(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, hashsize;
	} rows[] = {
		{"[conntrack]\nmax = 1000000\n", 1000000, 1000000},
		{"[conntrack]\nmax = 1000000\nhashsize = 500000\n", 1000000, 500000},
		{"[conntrack]\nmax = 7000\nhashsize = auto\n", 7000, 7000},
		{"[conntrack]\nmax = 1000000\nmemory_limit = 300M\n", 1000000, 1000000},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build_anew(f, rows[i].text);
		expect_no_problem(rows[i].text, &f->problems);
		expect_sizes(rows[i].text, f, rows[i].max, rows[i].hashsize);
		/* If there is a hashsize there is a max, or the kernel takes 8 x hashsize. */
		expect_part(rows[i].text, bytes_at(f, PATH_MODPROBE), " hashsize=");
		expect_part(rows[i].text, bytes_at(f, PATH_SYSCTL), "nf_conntrack_max = ");
		expect_part(rows[i].text, bytes_at(f, PATH_UDEV), "nf_conntrack_max}=\"");
	}
}

/* More entries than there may be buckets. */
static void hashsize_follows_max_up_to_its_own_bound(void **state)
{
	static const struct facts large = {.ram = 4096 * GIB, .release = {6, 1}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.facts = &large;
	build(f, "[conntrack]\nmax = 300000000\n");
	expect_no_problem("large", &f->problems);
	expect_sizes("large", f, 300000000, HASHSIZE_MAX);

	build_anew(f, "[conntrack]\nmax = 2000000000\n");
	assert_int_equal(f->problems.count, 1);
	expect_part("text", f->problems.items[0].text, "better: max = 1073739776 at most");
}

static void expect_hashsize_is_for_modprobe_alone(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 9\nexpect_hashsize = 1024\n");
	expect_settings(f, "max=9");
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\noptions nf_conntrack hashsize=9 expect_hashsize=1024\n");
	assert_null(strstr(bytes_at(f, PATH_SYSCTL), "1024"));
	assert_null(strstr(bytes_at(f, PATH_UDEV), "1024"));
}

/* modprobe gives the line to a shell. */
static void a_path_that_a_shell_would_read_is_refused(void **state)
{
	static const char *const paths[] = {"/opt/a b/sbin/x", "/opt/$(reboot)/x", "/opt/;x/y",
					    "/opt/a\nb/x",     "relative/x",	   "/opt/a'b/x"};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		f->request.program = paths[i];
		build_anew(f, "[apply]\nsynchronous = yes\n");
		assert_int_equal(f->problems.count, 1);
		assert_int_equal(f->problems.items[0].severity, SEVERITY_ERROR);
		assert_int_equal(f->problems.items[0].line, 2);
		assert_int_equal(f->plan.artifact_count, 0);
		/* The line appears only there. */
		build_anew(f, "[conntrack]\nmax = 65536\n");
		assert_int_equal(f->problems.count, 0);
	}
}

static void synchronous_adds_the_install_line(void **state)
{
	struct fixture *f = *state;

	build(f, "[apply]\nsynchronous = yes\n");
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\ninstall nf_conntrack /sbin/modprobe --ignore-install nf_conntrack "
		    "$CMDLINE_OPTS && { test ! -x /usr/sbin/conntrack-persist || "
		    "/usr/sbin/conntrack-persist apply --quiet >/dev/null 2>&1 || :; }\n");
}

static void disable_blocks_and_writes_nothing_else(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmode = disable\nmax = 1\nhashsize = 268434944\n"
		 "[timeouts]\nudp = 7\n[apply]\nsynchronous = yes\n");
	expect_no_problem("sizes are not judged", &f->problems);
	assert_int_equal(f->plan.mode, MODE_DISABLE);
	assert_int_equal(f->plan.setting_count, 0);
	assert_int_equal(f->plan.artifact_count, 1);
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE), "\nblacklist nf_conntrack\n");
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\noptions nf_conntrack hashsize=blocked-by-conntrack-persist\n");
	assert_null(strstr(bytes_at(f, PATH_MODPROBE), "install nf"));
}

static void disable_by_blacklist_alone(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmode = disable\n[disable]\nenforce = blacklist\n");
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE), "\nblacklist nf_conntrack\n");
	assert_null(strstr(bytes_at(f, PATH_MODPROBE), "options"));
}

static void image_leaves_automatic_sizes_out(void **state)
{
	struct fixture *f = *state;

	f->request.facts = &image;
	build(f, AUTO "[timeouts]\nudp = 7\n");
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].severity, SEVERITY_NOTE);
	expect_start("note", f->problems.items[0].text,
		     "max = auto depends on the RAM of the machine that boots, so the files of "
		     "this image contain no sizes yet. If conntrack-persist is installed in");
	expect_sizes("image", f, 0, 0);
	assert_true(f->plan.sizes.from_ram);
	expect_settings(f, "udp=7");
	assert_null(plan_find_artifact(&f->plan, PATH_MODPROBE));
	assert_null(strstr(bytes_at(f, PATH_SYSCTL), "nf_conntrack_max"));
	assert_null(strstr(bytes_at(f, PATH_UDEV), "hashsize}"));
	assert_null(strstr(bytes_at(f, PATH_UDEV), "SYSCTL{net/netfilter/nf_conntrack_max}"));
}

/* A hashsize alone would make the kernel set max to 8 times as much. */
static void image_leaves_hashsize_beside_auto_out(void **state)
{
	struct fixture *f = *state;

	f->request.facts = &image;
	build(f, "[conntrack]\nhashsize = 65536\nexpect_hashsize = 1024\nmax = auto\n");
	assert_int_equal(f->problems.count, 2);
	assert_int_equal(f->problems.items[1].severity, SEVERITY_WARNING);
	assert_int_equal(f->problems.items[1].line, 2);
	expect_text("file", f->problems.items[1].file, "a.conf");
	expect_start("warning", f->problems.items[1].text,
		     "conntrack.hashsize: left out of the image as well,");
	expect_sizes("image", f, 0, 0);
	expect_part("modprobe", bytes_at(f, PATH_MODPROBE),
		    "\noptions nf_conntrack expect_hashsize=1024\n");
	assert_int_equal(f->plan.setting_count, 0);
}

static void image_takes_sizes_that_are_told(void **state)
{
	struct fixture *f = *state;

	f->request.facts = &image;
	build(f, "[conntrack]\nmax = 1000000\nhashsize = 262000\n");
	expect_no_problem("image", &f->problems);
	expect_sizes("image", f, 1000000, 262000);
	assert_int_equal(f->plan.sizes.ram, 0);
	/* each rounding that a kernel's page size gives */
	expect_part("udev", bytes_at(f, PATH_UDEV),
		    "ATTR{parameters/hashsize}!=\"262144\", "
		    "ATTR{parameters/hashsize}=\"262000\"\n");
}

static void image_judges_no_share_of_ram(void **state)
{
	struct fixture *f = *state;

	f->request.facts = &image;
	build(f, "[conntrack]\nmax = 2000000000\nhashsize = 268434944\nmemory_limit = 1%\n");
	assert_false(problems_have_error(&f->problems));
	build_anew(f, "[conntrack]\nmax = 262144\nmemory_limit = 65M\n");
	assert_true(problems_have_error(&f->problems));
	expect_empty_plan(f);
}

static void host_without_ram_needs_a_number(void **state)
{
	static const struct facts blind = {.release = {6, 1}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.facts = &blind;
	build(f, AUTO);
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].severity, SEVERITY_ERROR);
	expect_start("text", f->problems.items[0].text,
		     "conntrack.max: auto depends on the size of the RAM,");
	expect_part("text", f->problems.items[0].text, "show; write a number");
	expect_empty_plan(f);

	build_anew(f, "[conntrack]\nmax = 9000\n");
	expect_no_problem("number", &f->problems);
	expect_sizes("number", f, 9000, 9000);
}

static void kept_sizes_hold_while_ram_and_settings_do(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 8 * GIB, .max = 77, .hashsize = 66};
	static const struct facts less = {
		.ram = 8 * GIB - 200 * MIB, .release = {5, 10}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.kept = &kept;
	build(f, AUTO);
	expect_no_problem("same", &f->problems);
	expect_sizes("same", f, 77, 66);
	expect_settings(f, "max=77");

	/* also where another kernel or firmware left a little less of it */
	f->request.facts = &less;
	build_anew(f, AUTO);
	expect_sizes("little less", f, 77, 66);
}

static void kept_sizes_are_resolved_anew_from_other_settings(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 8 * GIB, .max = 77, .hashsize = 66};
	static const struct sizes none = {.ram = 8 * GIB, .max = 77, .hashsize = 66};
	struct fixture *f = *state;

	f->request.kept = &kept;
	f->request.sizes = SIZES_KEEP;
	build(f, AUTO "memory_limit = 26%\n");
	expect_no_problem("limit", &f->problems);
	expect_sizes("limit", f, 524288, 524288);
	build_anew(f, AUTO "hashsize = 262144\n");
	expect_sizes("hashsize", f, 524288, 262144);
	expect_text("inputs", f->plan.sizes.inputs,
		    "share=2% max=auto hashsize=262144 memory_limit=25%");
	build_anew(f, "[conntrack]\nmax = 9\n");
	expect_sizes("max", f, 9, 9);
	/* what sizes do not follow from */
	build_anew(f, AUTO "[timeouts]\nudp = 9\n");
	expect_sizes("timeout", f, 77, 66);

	f->request.kept = &none;
	build_anew(f, AUTO);
	expect_sizes("nothing kept", f, 524288, 524288);
}

/*
 * The first version's rule: install alone replaces its sizes; check, apply and a boot keep them,
 * whatever the RAM.
 */
static void sizes_of_an_earlier_version_are_replaced_by_install_alone(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_earlier, .ram = 8 * GIB, .max = 4194304, .hashsize = 4194304};
	static const struct facts more = {.ram = 64 * GIB, .release = {6, 1}, .page_size = 4096};
	static const enum sizes_choice others[] = {SIZES_KEEP, SIZES_OF_BOOT};
	struct fixture *f = *state;

	f->request.kept = &kept;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(others); i++) {
		f->request.facts = i < 2 ? &host : &more;
		f->request.sizes = others[i % 2];
		build_anew(f, AUTO);
		expect_sizes("kept", f, 4194304, 4194304);
		expect_text("inputs", f->plan.sizes.inputs, inputs_earlier);
		expect_number("note", f->problems.count, 1);
		assert_int_equal(f->problems.items[0].severity, SEVERITY_NOTE);
		expect_start("note", f->problems.items[0].text,
			     "for max = auto an earlier version chose 4,194,304 entries: auto "
			     "would now be ");
		assert_false(plan_sizes_are_due(&f->plan.sizes, &kept, f->request.facts));
	}
	f->request.facts = &host;
	f->request.sizes = SIZES_RESOLVE;
	build_anew(f, AUTO);
	expect_no_problem("install", &f->problems);
	expect_sizes("install", f, 524288, 524288);
	expect_text("inputs", f->plan.sizes.inputs, inputs_auto);
	/* The live max is not lowered. */
	assert_true(f->plan.settings[0].at_least);
}

static void other_ram_is_followed_by_install_and_noted_by_check(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 4 * GIB, .max = 262144, .hashsize = 262144};
	struct fixture *f = *state;

	f->request.kept = &kept;
	build(f, AUTO);
	expect_no_problem("install", &f->problems);
	expect_sizes("install", f, 524288, 524288);
	assert_true(f->plan.sizes.ram == 8 * GIB);

	f->request.sizes = SIZES_KEEP;
	build_anew(f, AUTO);
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].severity, SEVERITY_NOTE);
	expect_text("note", f->problems.items[0].text,
		    "4 GiB of RAM when the sizes were chosen; now this host has 8 GiB: auto would "
		    "now be 524,288. \"conntrack-persist install\" would set that");
	expect_sizes("check", f, 262144, 262144);
	assert_true(f->plan.sizes.ram == 4 * GIB);
}

/*
 * If files cannot be written, the files of the image stay, and the sizes are written in addition.
 */
static void sizes_of_a_boot_are_beside_the_files(void **state)
{
	struct fixture *f = *state;
	char *CLEANUP(free_pointer) without = NULL;
	const char text[] = AUTO "expect_max = 9\n[timeouts]\nudp = 7\n";
	static const char *const paths[] = {PATH_SYSCTL, PATH_UDEV};

	f->request.sizes = SIZES_OF_BOOT;
	build(f, text);
	expect_no_problem("boot", &f->problems);
	expect_sizes("boot", f, 524288, 524288);
	assert_true(f->plan.sizes.of_boot);
	expect_settings(f, "max=524288 expect_max=9 udp=7");
	assert_int_equal(f->plan.artifact_count, 6);
	expect_part("modprobe", bytes_at(f, PATH_BOOT_MODPROBE),
		    "\noptions nf_conntrack hashsize=524288\n");
	expect_part("sysctl", bytes_at(f, PATH_BOOT_SYSCTL), "raise it to 524288.\n");
	assert_null(strstr(bytes_at(f, PATH_BOOT_SYSCTL), "udp"));
	expect_part("udev", bytes_at(f, PATH_BOOT_UDEV),
		    ", ATTR{parameters/hashsize}=\"524288\"\n");
	expect_part("udev", bytes_at(f, PATH_BOOT_UDEV),
		    ", SYSCTL{net/netfilter/nf_conntrack_max}=\"524288\"\n");
	assert_null(strstr(bytes_at(f, PATH_BOOT_UDEV), "expect"));
	expect_part("record", bytes_at(f, PATH_BOOT_SIZES), "\nmax = 524288\n");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		without = strdup(bytes_at(f, paths[i]));
		assert_non_null(without);
		f->request.facts = &image;
		build_anew(f, text);
		expect_text(paths[i], without, bytes_at(f, paths[i]));
		free(steal_pointer(&without));
		f->request.facts = &host;
		build_anew(f, text);
	}
}

static void sizes_of_a_boot_hold_until_an_installation(void **state)
{
	static const struct sizes boot = {
		.inputs = inputs_auto, .ram = 4 * GIB, .max = 77, .hashsize = 66};
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 8 * GIB, .max = 55, .hashsize = 44};
	struct fixture *f = *state;

	f->request.boot = &boot;
	f->request.sizes = SIZES_KEEP;
	build(f, AUTO);
	expect_no_problem("check", &f->problems);
	expect_sizes("check", f, 77, 66);
	assert_true(f->plan.sizes.of_boot);
	assert_true(f->plan.sizes.ram == 4 * GIB);
	/* of another configuration, and where it asks for none */
	build_anew(f, AUTO "memory_limit = 26%\n");
	expect_sizes("other", f, 524288, 524288);
	assert_false(f->plan.sizes.of_boot);
	build_anew(f, "[conntrack]\nmax = 9\n");
	expect_sizes("number", f, 9, 9);
	assert_int_equal(f->plan.artifact_count, 3);
	/* chosen by the boot itself, for the RAM of this host */
	f->request.sizes = SIZES_OF_BOOT;
	build_anew(f, AUTO);
	expect_sizes("boot", f, 524288, 524288);
	assert_true(f->plan.sizes.of_boot);
	/* install has its own, in the files that last */
	f->request.sizes = SIZES_RESOLVE;
	build_anew(f, AUTO);
	expect_sizes("install", f, 524288, 524288);
	assert_int_equal(f->plan.artifact_count, 3);
	f->request.sizes = SIZES_KEEP;
	f->request.kept = &kept;
	build_anew(f, AUTO);
	expect_sizes("installed", f, 55, 44);
	assert_false(f->plan.sizes.of_boot);
	f->request.sizes = SIZES_OF_BOOT;
	build_anew(f, AUTO);
	expect_sizes("boot, installed", f, 55, 44);
	assert_int_equal(f->plan.artifact_count, 3);
}

static void a_boot_has_sizes_to_choose_where_they_follow_from_other_ram(void **state)
{
	static char other[] = "share=2% max=auto hashsize=9 memory_limit=25%";
	static const struct {
		const char *what;
		struct sizes sizes;
		struct sizes kept;
		uint64_t ram;
		bool due;
	} rows[] = {
		{"none kept", {.from_ram = true, .inputs = inputs_auto}, {0}, GIB, true},
		{"RAM unknown", {.from_ram = true, .inputs = inputs_auto}, {0}, 0, false},
		{"a number", {.inputs = inputs_auto}, {0}, GIB, false},
		{"same",
		 {.from_ram = true, .inputs = inputs_auto},
		 {.inputs = inputs_auto, .ram = GIB, .max = 1, .hashsize = 1},
		 GIB,
		 false},
		{"nearly",
		 {.from_ram = true, .inputs = inputs_auto},
		 {.inputs = inputs_auto, .ram = GIB, .max = 1, .hashsize = 1},
		 GIB - MIB,
		 false},
		{"more",
		 {.from_ram = true, .inputs = inputs_auto},
		 {.inputs = inputs_auto, .ram = GIB, .max = 1, .hashsize = 1},
		 GIB + 1,
		 true},
		{"another configuration",
		 {.from_ram = true, .inputs = inputs_auto},
		 {.inputs = other, .ram = GIB, .max = 1, .hashsize = 1},
		 2 * GIB,
		 false},
		{"chosen by an earlier version",
		 {.from_ram = true, .inputs = inputs_earlier},
		 {.inputs = inputs_earlier, .ram = GIB, .max = 1, .hashsize = 1},
		 GIB + 1,
		 false},
		{"chosen",
		 {.from_ram = true, .of_boot = true, .inputs = inputs_auto},
		 {0},
		 GIB,
		 false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct facts facts = {.ram = rows[i].ram};

		expect_number(rows[i].what,
			      plan_sizes_are_due(&rows[i].sizes, &rows[i].kept, &facts),
			      rows[i].due);
	}
}

static void other_ram_with_the_same_sizes_is_not_worth_a_note(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 7 * GIB, .max = 524288, .hashsize = 524288};
	struct fixture *f = *state;

	f->request.kept = &kept;
	f->request.sizes = SIZES_KEEP;
	build(f, AUTO);
	expect_no_problem("same sizes", &f->problems);
	expect_sizes("same sizes", f, 524288, 524288);
}

/* They were sound when they were chosen; check and apply must keep them. */
static void kept_sizes_are_judged_by_the_ram_they_came_from(void **state)
{
	static const struct sizes kept = {
		.inputs = inputs_auto, .ram = 32 * GIB, .max = 4194304, .hashsize = 4194304};
	static const struct facts small = {.ram = GIB, .release = {6, 1}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.facts = &small;
	f->request.kept = &kept;
	f->request.sizes = SIZES_KEEP;
	build(f, AUTO);
	assert_false(problems_have_error(&f->problems));
	assert_int_equal(f->problems.count, 1);
	expect_sizes("kept", f, 4194304, 4194304);
	assert_int_equal(f->plan.artifact_count, 3);
}

struct refusal {
	const char *text;
	enum severity severity;
	const char *file;
	unsigned int line;
	const char *start;
	const char *parts[4];
};

static void check_refusals(struct fixture *f, const struct refusal *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *what = rows[i].text;
		const struct problem *problem;

		build_anew(f, what);
		expect_number(what, f->problems.count, 1);
		problem = &f->problems.items[0];
		expect_number(what, problem->severity, rows[i].severity);
		if (rows[i].file)
			expect_text(what, problem->file, rows[i].file);
		else
			assert_null(problem->file);
		expect_number(what, problem->line, rows[i].line);
		expect_start(what, problem->text, rows[i].start);
		for (size_t k = 0; k < ARRAY_SIZE(rows[i].parts) && rows[i].parts[k]; k++)
			expect_part(what, problem->text, rows[i].parts[k]);
		if (rows[i].severity == SEVERITY_ERROR)
			expect_empty_plan(f);
		else
			expect_number(what, f->plan.artifact_count, 3);
	}
}

static void table_beyond_the_limit_is_refused(void **state)
{
	static const struct refusal rows[] = {
		/* 262144 x (256 + 8) bytes are 66 MiB */
		{"[conntrack]\nmax = 262144\nmemory_limit = 69206015\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.max: 262,144 entries and 262,144 buckets take 66 MiB when full, more "
		 "than memory_limit = 69206015 (65.9 MiB); allowed here: max = 262143 at most, or "
		 "a larger memory_limit",
		 {0}},
		/* a quarter of 8 GiB is 2 GiB */
		{"[conntrack]\n\nmax = 8388608\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 3,
		 "conntrack.max: ",
		 {"8,388,608 entries", "take 2 GiB", "memory_limit = 25% (2 GiB)",
		  "allowed here: max = 8134400 at most, or"}},
		/* 2 GiB for as many entries as buckets, too */
		{"[conntrack]\nhashsize = 268434944\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.hashsize: 268,434,944 entries and 268,434,944 buckets take 65.9 GiB",
		 {"allowed here: hashsize = 8134400 at most, or"}},
		{"[conntrack]\nmax = auto\nmemory_limit = 64M\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 3,
		 "conntrack.memory_limit: 262,144 entries and 262,144 buckets take 66 MiB",
		 {"(64 MiB)", "allowed here: a larger memory_limit"}},
		/* 66 MiB and 2 MiB */
		{"[conntrack]\nmax = 262144\nexpect_hashsize = 262144\nmemory_limit = 71303167\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 3,
		 "conntrack.expect_hashsize: 262,144 entries, 262,144 buckets and 262,144 for "
		 "expected connections take 68 MiB when full",
		 {"memory_limit = 71303167 (67.9 MiB)",
		  "allowed here: expect_hashsize = 261632 at most, or"}},
		{"[conntrack]\nmax = 262144\nexpect_hashsize = 512\nmemory_limit = 1M\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.max: 262,144 entries",
		 {"allowed here: max = 3952 at most, or"}},
	};
	struct fixture *f = *state;

	check_refusals(f, rows, ARRAY_SIZE(rows));
}

static void table_at_the_limit_passes(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 262144\nmemory_limit = 69206016\n");
	expect_no_problem("at the limit", &f->problems);
	build_anew(f, "[conntrack]\nmax = 262144\nexpect_hashsize = 262144\n"
		      "memory_limit = 71303168\n");
	expect_no_problem("with expected connections", &f->problems);
	assert_int_equal(f->plan.sizes.table_bytes, 71303168);
	/* 4 % of 8 GiB are 343597383 bytes */
	build_anew(f, "[conntrack]\nmax = 1301504\nmemory_limit = 4%\n");
	expect_no_problem("share", &f->problems);
	build_anew(f, "[conntrack]\nmax = 1301505\nmemory_limit = 4%\n");
	assert_true(problems_have_error(&f->problems));
}

static void entries_of_older_kernels_count_for_more(void **state)
{
	static const struct facts old = {.ram = 8 * GIB, .release = {5, 10}, .page_size = 4096};
	struct fixture *f = *state;

	f->request.facts = &old;
	build(f, "[conntrack]\nmax = 262144\nmemory_limit = 69206016\n");
	assert_true(problems_have_error(&f->problems));
	expect_part("text", f->problems.items[0].text, "take 87.5 MiB");
}

static void crowded_buckets_are_warned_of_and_refused(void **state)
{
	static const struct refusal rows[] = {
		{"[conntrack]\nmax = 32769\nhashsize = 8192\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 32769 is more than 4 x hashsize = 8192: ",
		 {"5.15", "drop packets", "better: hashsize = 32769"}},
		{"[conntrack]\nmax = 65536\nhashsize = 8192\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 65536 is more than 4 x hashsize = 8192: ",
		 {0}},
		{"[conntrack]\nhashsize = 8192\nmax = 65537\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 3,
		 "conntrack.max: max = 65537 is more than 8 x hashsize = 8192: ",
		 {"allowed: max = 65536 at most, or hashsize = 8193 at least (best: as many as "
		  "max)"}},
		/* the kernel makes 1024 buckets of 1000 */
		{"[conntrack]\nmax = 8193\nhashsize = 1000\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.max: max = 8193 is more than 8 x hashsize = 1000: ",
		 {"max = 8192 at most, or hashsize = 1025 at least"}},
	};
	struct fixture *f = *state;

	check_refusals(f, rows, ARRAY_SIZE(rows));
}

/* Computed by hand: 9000 buckets are rounded to 9216, of 8 bytes each; 4194304 take 32 MiB. */
static void a_max_that_is_hardly_meant_is_warned_of(void **state)
{
	static const struct refusal rows[] = {
		{"[conntrack]\nmax = 999\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: 999 entries fill up soon",
		 {"new connections are dropped"}},
		{"[conntrack]\n\nmax = 1\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 3,
		 "conntrack.max: 1 entries fill up soon",
		 {0}},
		{"[conntrack]\nhashsize = 4194304\nmax = 65536\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 3,
		 "conntrack.max: 65,536 entries are far fewer than hashsize = 4194304",
		 {"take 32 MiB; better: hashsize", "better: hashsize = 65536, or a larger max"}},
		{"[conntrack]\nmax = 1000\nhashsize = 9000\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: 1,000 entries are far fewer than hashsize = 9000",
		 {0}},
	};
	static const char *const silent[] = {
		"[conntrack]\nmax = 1000\n",
		"[conntrack]\nmax = 1000\nhashsize = 8000\n",
		"[conntrack]\nmax = 65536\nhashsize = 524288\n",
		"[conntrack]\nhashsize = 512\n",
	};
	struct fixture *f = *state;

	check_refusals(f, rows, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		build_anew(f, silent[i]);
		expect_no_problem(silent[i], &f->problems);
	}
}

static void a_timeout_below_the_keepalive_time_is_warned_of(void **state)
{
	static const struct facts keepalive = {
		.ram = 8 * GIB, .release = {6, 1}, .page_size = 4096, .keepalive = 7200};
	static const struct facts never = {
		.ram = 8 * GIB, .release = {6, 1}, .page_size = 4096, .keepalive = 4000000000};
	static const struct refusal rows[] = {
		{"[timeouts]\ntcp_established = 3600\n[conntrack]\nmax = 65536\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "timeouts.tcp_established: 3600 s is not longer than the keepalive time",
		 {"(net.ipv4.tcp_keepalive_time = 7200)", "before the first keepalive probe",
		  "write \"tcp_established = 7440\", or more"}},
		{"[timeouts]\n\ntcp_established = 1h\n[conntrack]\nmax = 65536\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 3,
		 "timeouts.tcp_established: 3600 s",
		 {0}},
		{"[timeouts]\ntcp_established = 7200\n[conntrack]\nmax = 65536\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "timeouts.tcp_established: 7200 s",
		 {0}},
	};
	static const struct refusal too_long[] = {
		{"[timeouts]\ntcp_established = 5d\n[conntrack]\nmax = 65536\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "timeouts.tcp_established: 432000 s is not longer than the keepalive time",
		 {"lower the keepalive time"}},
	};
	static const char *const silent[] = {
		"[timeouts]\ntcp_established = 7201\n",
		"[timeouts]\ntcp_established = 7440\n",
		"[timeouts]\ntcp_established = 6h\nudp = 10\n",
		"[timeouts]\nudp = 10\n",
		"[conntrack]\nmode = disable\n[timeouts]\ntcp_established = 60\n",
	};
	struct fixture *f = *state;

	f->request.facts = &keepalive;
	check_refusals(f, rows, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		build_anew(f, silent[i]);
		expect_no_problem(silent[i], &f->problems);
	}
	f->request.facts = &never;
	check_refusals(f, too_long, ARRAY_SIZE(too_long));
	/* The word size is unknown: in an image, or if it cannot be read. */
	f->request.facts = &host;
	build_anew(f, rows[0].text);
	expect_no_problem("unknown", &f->problems);
}

/*
 * Before 5.15 no packet is dropped over a long chain: nothing is refused, and nothing is said of a
 * limit.
 */
static void kernels_without_a_chain_limit_are_warned_alone(void **state)
{
	static const struct refusal rows[] = {
		{"[conntrack]\nmax = 32769\nhashsize = 8192\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 32769 is more than 4 x hashsize = 8192: when the table "
		 "fills up, the kernel searches a long chain of entries for each packet;",
		 {"better: hashsize = 32769"}},
		{"[conntrack]\nmax = 65537\nhashsize = 8192\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 65537 is more than 8 x hashsize = 8192: when the table "
		 "fills up, the kernel searches a long chain of entries for each packet;",
		 {"better: hashsize = 65537"}},
	};
	static const unsigned int releases[][2] = {{4, 18}, {5, 10}, {5, 14}};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		struct facts facts = host;

		memcpy(facts.release, releases[i], sizeof(facts.release));
		f->request.facts = &facts;
		check_refusals(f, rows, ARRAY_SIZE(rows));
		assert_null(strstr(f->problems.items[0].text, "drop"));
		assert_null(strstr(f->problems.items[0].text, "limit"));
	}
}

/* There are no more than 268434944 of them. */
static void advice_on_buckets_stays_within_their_bounds(void **state)
{
	static const struct facts large = {.ram = 4096 * GIB, .release = {6, 1}, .page_size = 4096};
	static const struct refusal rows[] = {
		{"[conntrack]\nmax = 2147483647\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.max: max = 2147483647 is more than 8 x hashsize = 268434944: ",
		 {"full; allowed: max = 2147479552 at most"}},
		{"[conntrack]\nmax = 2147479552\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 2147479552 is more than 4 x hashsize = 268434944: ",
		 {"without a message; better: max = 1073739776 at most"}},
		{"[conntrack]\nmax = 2147479552\nhashsize = 65536\n",
		 SEVERITY_ERROR,
		 "a.conf",
		 2,
		 "conntrack.max: max = 2147479552 is more than 8 x hashsize = 65536: ",
		 {"max = 524288 at most, or hashsize = 268434944 at least (best: hashsize = "
		  "268434944)"}},
		{"[conntrack]\nmax = 2147479552\nhashsize = 268434433\n",
		 SEVERITY_WARNING,
		 "a.conf",
		 2,
		 "conntrack.max: max = 2147479552 is more than 4 x hashsize = 268434433: ",
		 {"better: max = 1073739776 at most"}},
	};
	struct fixture *f = *state;

	f->request.facts = &large;
	check_refusals(f, rows, ARRAY_SIZE(rows));
	build_anew(f, "[conntrack]\nmax = 2147483647\n");
	assert_null(strstr(f->problems.items[0].text, "hashsize from"));
}

static void four_entries_a_bucket_pass_in_silence(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 32768\nhashsize = 8192\n");
	expect_no_problem("4 x", &f->problems);
	build_anew(f, "[conntrack]\nmax = 4096\nhashsize = 1000\n");
	expect_no_problem("4 x, rounded", &f->problems);
}

static void both_judgements_are_told_together(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 8388608\nhashsize = 512\nmemory_limit = 1M\n");
	assert_int_equal(f->problems.count, 2);
	expect_part("memory", f->problems.items[0].text, "memory_limit = 1048576 (1 MiB)");
	expect_part("ratio", f->problems.items[1].text, "more than 8 x hashsize");
	expect_empty_plan(f);
}

/* There are not more buckets than HASHSIZE_MAX, and none are proposed. */
static void as_many_buckets_as_max_are_best(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = 268434944\nhashsize = 512\nmemory_limit = 1M\n");
	assert_int_equal(f->problems.count, 2);
	expect_part("the most buckets", f->problems.items[1].text,
		    "or hashsize = 33554368 at least (best: as many as max)");
	build_anew(f, "[conntrack]\nmax = 268434945\nhashsize = 512\nmemory_limit = 1M\n");
	expect_part("more", f->problems.items[1].text,
		    "or hashsize = 33554369 at least (best: hashsize = 268434944)");
}

static void earlier_error_leaves_the_plan_empty(void **state)
{
	struct fixture *f = *state;

	build(f, "[conntrack]\nmax = x\n");
	assert_int_equal(f->problems.count, 1);
	expect_empty_plan(f);
}

/*
 * The kernel refuses a low threshold above the high one at any moment, and begins with 3145728 and
 * 4194304.
 */
static void fragment_thresholds_never_cross_on_the_way(void **state)
{
	static const struct {
		const char *text, *settings;
	} rows[] = {
		{"low_thresh = 6M\nfrag6_high_thresh = 8M\n",
		 "max=9000 checksum=1 frag6_high_thresh=8388608 frag6_low_thresh=6291456"},
		{"high_thresh = 8M\nfrag6_low_thresh = 1M\n",
		 "max=9000 checksum=1 frag6_high_thresh=8388608 frag6_low_thresh=1048576"},
		{"low_thresh = 1M\nfrag6_high_thresh = 2M\n",
		 "max=9000 checksum=1 frag6_low_thresh=1048576 frag6_high_thresh=2097152"},
		{"low_thresh = 3500000\nfrag6_high_thresh = 4000000\n",
		 "max=9000 checksum=1 frag6_low_thresh=3500000 frag6_high_thresh=4000000"},
		{"low_thresh = 4194304\nfrag6_high_thresh = 4194304\n",
		 "max=9000 checksum=1 frag6_high_thresh=4194304 frag6_low_thresh=4194304"},
		{"low_thresh = 1M\n", "max=9000 checksum=1 frag6_low_thresh=1048576"},
		{"high_thresh = 8M\n", "max=9000 checksum=1 frag6_high_thresh=8388608"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t low = 3145728, high = 4194304;
		char text[256];

		(void)snprintf(text, sizeof(text),
			       "[conntrack]\nmax = 9000\n[options]\nchecksum = yes\nfrag6_%s",
			       rows[i].text);
		build_anew(f, text);
		expect_no_problem(text, &f->problems);
		expect_settings(f, rows[i].settings);
		for (size_t k = 0; k < f->plan.setting_count; k++) {
			if (strcmp(f->plan.settings[k].row->name, "frag6_low_thresh") == 0)
				low = f->plan.settings[k].wanted;
			if (strcmp(f->plan.settings[k].row->name, "frag6_high_thresh") == 0)
				high = f->plan.settings[k].wanted;
			if (low > high)
				fail_msg("%s: they cross", text);
		}
	}
}

static void lost_complaint_fails_the_plan(void **state)
{
	struct fixture *f = *state;

	f->problems.out_of_memory = true;
	assert_int_equal(plan_build(&f->request, &f->problems, &f->plan), -ENOMEM);
	expect_empty_plan(f);
	assert_null(f->plan.sizes.inputs);
}

static void same_input_gives_the_same_bytes(void **state)
{
	static const char text[] = "[conntrack]\nmax = 9\n[timeouts]\nudp = 7\n";
	struct fixture *f = *state;
	char digests[3][DIGEST_SIZE];

	build(f, text);
	for (size_t i = 0; i < 3; i++)
		memcpy(digests[i], f->plan.artifacts[i].digest, DIGEST_SIZE);
	build_anew(f, text);
	for (size_t i = 0; i < 3; i++)
		expect_text("digest", f->plan.artifacts[i].digest, digests[i]);
}

/* The numbers that the rule leaves alone, at its start. */
static void expect_listed(const struct fixture *f, const char *numbers)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "hashsize}!=\"%s\"", numbers);
	expect_part("rule", bytes_at(f, PATH_UDEV), text);
}

/* An image's rule does its work wherever this kernel's own number is among those that it lists. */
static void an_installed_rule_with_more_numbers_stays(void **state)
{
	static const char text[] = "[conntrack]\nmax = 250600\nhashsize = 125300\n";
	static const struct {
		unsigned long page_size;
		unsigned int word_size;
		const char *own, *after_image, *after_earlier;
	} rows[] = {
		{4096, 8, "125440", "125440|125952|126976|131072", "125440|126976|131072"},
		{16384, 8, "126976", "125440|125952|126976|131072", "125440|126976|131072"},
		{65536, 8, "131072", "125440|125952|126976|131072", "125440|126976|131072"},
		/* Earlier versions did not know of 32 bit. */
		{4096, 4, "125952", "125440|125952|126976|131072", "125952"},
		/* 16384 buckets a page make the same of it as 8192. */
		{65536, 4, "131072", "125440|125952|126976|131072", "125440|126976|131072"},
	};
	struct fixture *f = *state;
	struct artifact CLEANUP(artifact_done) earlier = {0};
	struct sizes sizes = {.hashsize = 125300, .kernels = RULE_64_BIT_KERNEL};
	struct buffer b = {0};
	char of_image[DIGEST_SIZE];

	f->request.facts = &image;
	build(f, text);
	expect_listed(f, "125440|125952|126976|131072");
	memcpy(of_image, plan_find_artifact(&f->plan, PATH_UDEV)->digest, DIGEST_SIZE);
	render_udev(&b, f->plan.settings, f->plan.setting_count, &sizes);
	assert_int_equal(artifact_from_body(PATH_UDEV, &b, &earlier), 0);
	/* In an image whose machine is not known it does not: any kernel may boot it. */
	f->request.rule = earlier.digest;
	build_anew(f, text);
	expect_listed(f, "125440|125952|126976|131072");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = host;

		facts.page_size = rows[i].page_size;
		facts.word_size = rows[i].word_size;
		f->request.facts = &facts;
		f->request.rule = NULL;
		build_anew(f, text);
		expect_listed(f, rows[i].own);
		f->request.rule = of_image;
		build_anew(f, text);
		expect_listed(f, rows[i].after_image);
		expect_text("digest", plan_find_artifact(&f->plan, PATH_UDEV)->digest, of_image);
		f->request.rule = earlier.digest;
		build_anew(f, text);
		expect_listed(f, rows[i].after_earlier);
		/* A size that another configuration chose is not kept. */
		build_anew(f, "[conntrack]\nmax = 250600\nhashsize = 125400\n");
		assert_string_not_equal(plan_find_artifact(&f->plan, PATH_UDEV)->digest,
					earlier.digest);
	}
}

#define plan_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		plan_test(sizes_that_are_left_out_are_left_alone),
		plan_test(auto_is_a_floor),
		plan_test(exact_beside_a_floor_is_warned_of),
		plan_test(hashsize_alone_is_a_floor_of_as_many_entries),
		plan_test(hashsize_bounds_auto),
		plan_test(settings_tell_the_line_that_asked),
		plan_test(restore_adds_a_drop_in_of_mode_tune),
		plan_test(all_namespaces_add_drop_ins_of_mode_tune),
		plan_test(at_least_is_of_max_alone),
		plan_test(settings_stand_in_the_order_of_the_table),
		plan_test(hashsize_follows_max),
		plan_test(hashsize_follows_max_up_to_its_own_bound),
		plan_test(expect_hashsize_is_for_modprobe_alone),
		plan_test(a_path_that_a_shell_would_read_is_refused),
		plan_test(synchronous_adds_the_install_line),
		plan_test(disable_blocks_and_writes_nothing_else),
		plan_test(disable_by_blacklist_alone),
		plan_test(image_leaves_automatic_sizes_out),
		plan_test(image_leaves_hashsize_beside_auto_out),
		plan_test(image_takes_sizes_that_are_told),
		plan_test(image_judges_no_share_of_ram),
		plan_test(an_installed_rule_with_more_numbers_stays),
		plan_test(host_without_ram_needs_a_number),
		plan_test(kept_sizes_hold_while_ram_and_settings_do),
		plan_test(kept_sizes_are_resolved_anew_from_other_settings),
		plan_test(sizes_of_an_earlier_version_are_replaced_by_install_alone),
		plan_test(other_ram_is_followed_by_install_and_noted_by_check),
		plan_test(other_ram_with_the_same_sizes_is_not_worth_a_note),
		plan_test(sizes_of_a_boot_are_beside_the_files),
		plan_test(sizes_of_a_boot_hold_until_an_installation),
		plan_test(a_boot_has_sizes_to_choose_where_they_follow_from_other_ram),
		plan_test(kept_sizes_are_judged_by_the_ram_they_came_from),
		plan_test(table_beyond_the_limit_is_refused),
		plan_test(table_at_the_limit_passes),
		plan_test(entries_of_older_kernels_count_for_more),
		plan_test(crowded_buckets_are_warned_of_and_refused),
		plan_test(kernels_without_a_chain_limit_are_warned_alone),
		plan_test(a_max_that_is_hardly_meant_is_warned_of),
		plan_test(a_timeout_below_the_keepalive_time_is_warned_of),
		plan_test(advice_on_buckets_stays_within_their_bounds),
		plan_test(four_entries_a_bucket_pass_in_silence),
		plan_test(both_judgements_are_told_together),
		plan_test(as_many_buckets_as_max_are_best),
		plan_test(earlier_error_leaves_the_plan_empty),
		plan_test(fragment_thresholds_never_cross_on_the_way),
		plan_test(lost_complaint_fails_the_plan),
		plan_test(same_input_gives_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
