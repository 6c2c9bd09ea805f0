/*
 * Every allocation of the pure layers fails once: the caller gets the error, nothing leaks and
 * nothing is half done.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <jansson.h>

#include "harness/nft-messages.h"
#include "model/installed/diff.h"
#include "model/installed/manifest.h"
#include "model/plan/boot-sizes.h"
#include "model/plan/plan.h"
#include "model/plan/sizes.h"
#include "model/render/render-table.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/modprobe-lines.h"
#include "model/runtime/modprobe-view.h"
#include "model/runtime/runtime-values.h"
#include "model/sources/lint.h"
#include "model/sources/precedence.h"
#include "model/table/advise.h"
#include "model/table/entries.h"
#include "model/users/uses-nft.h"

/* The linker puts these in the place of the C library's (--wrap). */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

/* How many allocations succeed before one fails; negative: none fails. */
static long successes_left = -1;
static bool has_failed;

static bool shall_fail(void)
{
	if (successes_left < 0 || successes_left-- > 0)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return shall_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return shall_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return shall_fail() ? NULL : __real_realloc(pointer, size);
}

char *__wrap_strdup(const char *text)
{
	return shall_fail() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return shall_fail() ? NULL : __real_strndup(text, size);
}

static void *json_malloc(size_t size)
{
	return __wrap_malloc(size);
}

/*
 * Calls step with its first allocation failing, then with its second, and so on until none is left
 * to fail. step returns the error that it got, or 0, and looks itself whether what it got then is
 * whole.
 */
static void fail_each_allocation(const char *what, int (*step)(void), bool may_do_without)
{
	for (long n = 0; n < 10000; n++) {
		int error;

		has_failed = false;
		successes_left = n;
		error = step();
		successes_left = -1;
		if (!has_failed) {
			expect_number(what, (uint64_t)(unsigned int)error, 0);
			assert_true(n > 0);
			return;
		}
		if (error == 0 && !may_do_without)
			fail_msg("%s: failure of allocation %ld was not told", what, n);
		if (error != 0 && error != -ENOMEM)
			fail_msg("%s: failure of allocation %ld was returned as %d", what, n,
				 error);
	}
	fail_msg("%s: no end of allocations", what);
}

/* Runs with working allocations, for the parts that a step only prepares. */
static void pause_failures(long *ret_left)
{
	*ret_left = successes_left;
	successes_left = -1;
}

static const char sound[] = "[conntrack]\nmax = auto\nhashsize = 500000\nexpect_max = 7\n"
			    "[timeouts]\nudp = 0\n[options]\nacct = yes\n";
static const char unsound[] = "[conntrak]\n[conntrack]\nmaxx = 1\nmax = -1\nmax = 2\n"
			      "[options]\nfrag6_low_thresh = 9M\n= 1\n";

static int read_sound(void)
{
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	int error = config_new(&config);

	if (error < 0)
		return error;
	error = config_read(&config, "a.conf", sound, strlen(sound), &problems);
	if (error == 0) {
		assert_int_equal(problems.count, 1);
		assert_int_equal(config.values[SETTING_HASHSIZE].number, 500000);
		assert_int_equal(config.values[SETTING_EXPECT_MAX].number, 7);
	}
	return error;
}

/* A complaint may come without its hint, but it comes. */
static int read_unsound(void)
{
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	int error = config_new(&config);

	if (error < 0)
		return error;
	error = config_read(&config, "a.conf", unsound, strlen(unsound), &problems);
	if (error < 0)
		return error;
	config_check(&config, &problems);
	assert_true(problems.out_of_memory || problems.count == 6);
	return 0;
}

static void failures_of_reading_are_told(void **state)
{
	(void)state;
	fail_each_allocation("sound", read_sound, false);
	fail_each_allocation("unsound", read_unsound, true);
}

static int plan_from(const char *text, const struct sizes *kept, uint64_t ram, size_t artifacts)
{
	const struct facts facts = {.ram = ram, .release = {6, 1}, .page_size = 4096};
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct plan CLEANUP(plan_done) plan = {0};
	struct plan_request request = {
		.config = &config, .facts = &facts, .kept = kept, .sizes = SIZES_KEEP};
	long left;
	int error;

	pause_failures(&left);
	assert_int_equal(config_new(&config), 0);
	assert_int_equal(config_read(&config, "a.conf", text, strlen(text), &problems), 0);
	successes_left = left;
	error = plan_build(&request, &problems, &plan);
	assert_int_equal(plan.artifact_count, error == 0 ? artifacts : 0);
	for (size_t i = 0; i < plan.artifact_count; i++)
		assert_true(digest_is_intact(plan.artifacts[i].bytes, plan.artifacts[i].size));
	return error;
}

static int plan_tune(void)
{
	return plan_from(sound, NULL, (uint64_t)8 << 30, 3);
}

static int plan_restore(void)
{
	return plan_from("[conntrack]\nmax = 262144\nmax_policy = at_least\n"
			 "[apply]\non_drift = restore\n",
			 NULL, (uint64_t)8 << 30, 4);
}

static int plan_disable(void)
{
	return plan_from("[conntrack]\nmode = disable\n", NULL, (uint64_t)8 << 30, 1);
}

static int plan_kept(void)
{
	static char inputs[] = "share=2% max=auto hashsize=auto memory_limit=25%";
	static const struct sizes kept = {
		.inputs = inputs, .ram = (uint64_t)4 << 30, .max = 9, .hashsize = 9};

	return plan_from("[conntrack]\nmax = auto\n", &kept, (uint64_t)8 << 30, 3);
}

static const char automatic[] = "[conntrack]\nmax = auto\n";
static char boot_text[512];
static size_t boot_size;

static int plan_of_boot(void)
{
	const struct facts facts = {.ram = (uint64_t)8 << 30, .release = {6, 1}, .page_size = 4096};
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct plan CLEANUP(plan_done) plan = {0};
	struct plan_request request = {.config = &config, .facts = &facts, .sizes = SIZES_OF_BOOT};
	const struct artifact *record;
	long left;
	int error;

	pause_failures(&left);
	assert_int_equal(config_new(&config), 0);
	assert_int_equal(config_read(&config, "a.conf", automatic, strlen(automatic), &problems),
			 0);
	successes_left = left;
	error = plan_build(&request, &problems, &plan);
	/* The plan has the rule and four files of this boot. */
	assert_int_equal(plan.artifact_count, error == 0 ? 5 : 0);
	record = error == 0 ? plan_find_artifact(&plan, PATH_BOOT_SIZES) : NULL;
	if (record && record->size < sizeof(boot_text)) {
		memcpy(boot_text, record->bytes, record->size);
		boot_size = record->size;
	}
	return error;
}

static int parse_boot_sizes(void)
{
	struct sizes sizes = {0};
	int error = boot_sizes_parse(boot_text, boot_size, &sizes);

	assert_int_equal(sizes.max, error == 0 ? 524288 : 0);
	free(sizes.inputs);
	return error;
}

static int plan_too_large(void)
{
	return plan_from("[conntrack]\nmax = 2000000000\n", NULL, (uint64_t)8 << 30, 0);
}

static int plan_crowded(void)
{
	return plan_from("[conntrack]\nmax = 5000\nhashsize = 512\n", NULL, (uint64_t)8 << 30, 0);
}

static void failures_of_planning_are_told(void **state)
{
	(void)state;
	fail_each_allocation("tune", plan_tune, false);
	fail_each_allocation("restore", plan_restore, false);
	fail_each_allocation("disable", plan_disable, false);
	fail_each_allocation("boot", plan_of_boot, false);
	fail_each_allocation("sizes of the boot", parse_boot_sizes, false);
	/* a judgement may come without its figures */
	fail_each_allocation("kept", plan_kept, true);
	fail_each_allocation("too large", plan_too_large, true);
	fail_each_allocation("crowded", plan_crowded, false);
}

static char *manifest_text;
static size_t manifest_size;

static int build_manifest(void)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	char *CLEANUP(free_pointer) text = NULL;
	char inputs[] = "max=auto";
	char digest[DIGEST_SIZE];
	size_t size;
	int error;

	digest_of("x", 1, digest);
	error = manifest_put(&manifest, "/etc/a", 0644, digest, "/etc/a.old");
	if (error == 0)
		error = manifest_put(&manifest, "/etc/a", 0600, digest, "/etc/a.older");
	if (error == 0)
		error = manifest_add_directory(&manifest, "/etc");
	if (error == 0)
		error = sizes_copy(
			&(struct sizes){.inputs = inputs, .ram = 1, .max = 2, .hashsize = 3},
			&manifest.sizes);
	if (error == 0)
		error = manifest_format(&manifest, &text, &size);
	if (error == 0 && !manifest_text) {
		manifest_size = size;
		manifest_text = steal_pointer(&text);
	} else if (error == 0) {
		expect_text("manifest", text, manifest_text);
	}
	return error;
}

static int parse_manifest(void)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	int error = manifest_parse(manifest_text, manifest_size, &manifest);

	assert_int_equal(manifest.file_count, error == 0 ? 1 : 0);
	/* A lack of memory makes no manifest a broken one. */
	assert_int_not_equal(error, -EBADMSG);
	if (error < 0)
		return error;
	assert_int_equal(strlen(manifest.files[0].digest), DIGEST_SIZE - 1);
	expect_text("replaced", manifest.files[0].replaced, "/etc/a.older");
	assert_int_equal(manifest.directory_count, 1);
	assert_int_equal(manifest.sizes.hashsize, 3);
	return 0;
}

static void failures_of_the_record_are_told(void **state)
{
	(void)state;
	json_set_alloc_funcs(json_malloc, free);
	/* jansson from 2.15 on shortens its text at last, and keeps the longer one if it cannot */
	fail_each_allocation("format", build_manifest, true);
	assert_non_null(manifest_text);
	/* jansson's own bookkeeping may do without some */
	fail_each_allocation("parse", parse_manifest, true);
	free(manifest_text);
}

static int add_diff(void)
{
	const struct diff_side before = {"old", BYTES("a\nb\nc\n")};
	const struct diff_side after = {"new", BYTES("a\nB\nc\n")};
	struct buffer b = {0};
	char *CLEANUP(free_pointer) text = NULL;
	int error;

	diff_add(&b, &before, &after);
	error = buffer_steal(&b, &text, NULL);
	if (error == 0)
		expect_start("diff", text, "--- old\n+++ new\n@@ -1,3 +1,3 @@\n");
	return error;
}

/* If there is no memory for the comparison, the diff replaces the whole text. */
static void failures_of_the_diff_are_told(void **state)
{
	(void)state;
	fail_each_allocation("diff", add_diff, true);
}

static int list_values(void)
{
	struct setting max = {.row = &schema[SETTING_MAX], .wanted = 7};
	const struct plan plan = {.settings = &max, .setting_count = 1};
	struct values CLEANUP(values_done) values = {0};
	int error = values_of_plan(&plan, &values);

	assert_int_equal(values.count, error == 0 ? 1 : 0);
	assert_true(error == 0 || error == -ENOMEM);
	return error;
}

static int find_lines(void)
{
	const char *position = "# a\noptions nf_conntrack a=1\nblacklist nf_conntrack\n";
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	unsigned int number = 1, found = 0;
	int error;

	while ((error = modprobe_line_next(&position, &number, &line)) > 0) {
		assert_non_null(line.command);
		assert_non_null(line.rest);
		found++;
	}
	assert_true(error == -ENOMEM || found == 2);
	return error;
}

static int find_sysctl_writers(void)
{
	static const char *const names[] = {"net/netfilter/nf_conntrack_max"};
	static const struct text_file files[] = {
		{"/etc/sysctl.d/a.conf",
		 "net.{netfilter,core}.nf_conntrack_m*=1\n-a\n-a\nb=1\nb=2\n"},
		{"/etc/sysctl.d/b.conf", "net.*.nf_conntrack_max=2\n"},
	};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};
	const struct sysctl_knob knob = {.names = names, .name_count = 1};
	int error = sysctl_writers_find(files, 2, SYSCTL_SYSTEMD, &knob, 1, &writers, NULL);

	assert_true(error == 0 || error == -ENOMEM);
	assert_int_equal(writers.count, error == 0 ? 2 : 0);
	if (error == 0)
		assert_true(writers.items[1].wins && !writers.items[0].wins);
	return error;
}

/* Whether it loads or not does not depend on the memory for saying so. */
static int judge_loading(void)
{
	static char install[] = "/bin/false";
	static const struct modprobe_view view = {.install = install};
	static const struct text_file file = {"/etc/modprobe.d/a.conf",
					      "install nf_conntrack /bin/false\n"};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	const struct plan plan = {.sizes = {.hashsize = 1048576}};
	const struct facts facts = {.ram = 1048576};
	const struct load_request request = {.plan = &plan,
					     .facts = &facts,
					     .view = &view,
					     .records = &records,
					     .command_line = "module_blacklist=nf_conntrack"};
	struct problems CLEANUP(problems_done) problems = {0};

	problems.out_of_memory = modprobe_records_read(&file, 1, &records) < 0;
	assert_true(load_judge(&request, &problems));
	assert_true(problems.out_of_memory || problems.count == 3);
	return 0;
}

/* A complaint comes whole or not at all, and the lack is remembered. */
static int complain_of_lines(void)
{
	const struct facts facts = {0};
	const struct lint_request request = {.facts = &facts};
	struct problems CLEANUP(problems_done) problems = {0};

	lint_sysctl(&request, "a.conf", "net.netfilter.nf_conntrack_max = 010\n", &problems);
	lint_modprobe(&request, "b.conf",
		      "options nf_conntrack frob=1 hashsize = 5\n"
		      "install nf_conntrack /bin/true\nsoftdep nf_conntrack pre: x\n",
		      &problems);
	lint_modules_load(&request, "c.conf", "nf_conntrack_ipv4\nnf_conntrack # x\n", &problems);
	lint_command_line(&request,
			  "sysctl.net.netfilter.nf_conntrack_max=5 modprobe.blacklist=nf_conntrack",
			  &problems);
	assert_true(problems.count <= 9);
	assert_true(problems.out_of_memory || problems.count == 9);
	return problems.out_of_memory ? -ENOMEM : 0;
}

static int make_counts(void)
{
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;
	int error = entry_counts_new(&counts);

	assert_true(error == 0 ? counts != NULL : counts == NULL);
	return error;
}

static int view_files(void)
{
	static const struct text_file files[] = {
		{"/a",
		 "install nf_conntrack a\nsoftdep nf_conntrack pre: b\noptions nf_conntrack c\n"},
		{"/b", "options nf_conntrack d\nblacklist nf_conntrack\n"}};
	struct modprobe_view CLEANUP(modprobe_view_done) view = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	int error = modprobe_records_read(files, ARRAY_SIZE(files), &records);

	if (error == 0)
		error = modprobe_view_of_records(&records, "nf_conntrack", &view);
	if (error == 0)
		assert_string_equal(view.options, "c d");
	else
		assert_null(view.install);
	return error;
}

static void failures_beside_the_kernel_are_told(void **state)
{
	(void)state;
	fail_each_allocation("lines of modprobe.d", view_files, false);
	fail_each_allocation("counts", make_counts, false);
	fail_each_allocation("values", list_values, false);
	fail_each_allocation("lines", find_lines, false);
	fail_each_allocation("writers", find_sysctl_writers, false);
	/* a warning may come without its line */
	fail_each_allocation("loading", judge_loading, true);
	fail_each_allocation("lint", complain_of_lines, false);
}

static int read_graph(void)
{
	static const char text[] = "nft_masq 1 1 - Live 0x0\nnf_nat 1 1 nft_masq, Live 0x0\n"
				   "nf_conntrack 1 2 nft_masq,nf_nat, Live 0x0\n";
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	int error = module_graph_read(text, "nf_conntrack", &graph);

	assert_int_equal(graph.count, error == 0 ? 3 : 0);
	assert_true(error == 0 || error == -ENOMEM);
	return error;
}

/* Each finding is whole or is missing, and the lack is remembered. */
static int judge_uses(const struct uses *uses, size_t count)
{
	assert_true(uses->count <= count);
	assert_true(uses->out_of_memory || uses->count == count);
	for (size_t i = 0; i < uses->count; i++)
		assert_true(uses->items[i].name && uses->items[i].evidence);
	return uses->out_of_memory ? -ENOMEM : 0;
}

static int find_uses(void)
{
	static char nft_ct[] = "nft_ct";
	struct graph_module module = {.name = nft_ct, .outside = 1};
	const struct module_graph graph = {&module, 1};
	struct uses CLEANUP(uses_done) uses = {0};
	struct uses CLEANUP(uses_done) live = {0};

	uses_of_process("dockerd", &live);
	uses_of_unit("docker.service", &uses);
	uses_of_unit("docker.service", &uses);
	uses_merge_programs(&live, &uses);
	uses.out_of_memory = uses.out_of_memory || live.out_of_memory;
	uses_of_modules(&graph, true, &uses);
	uses_of_rules_file("a.service", "/etc/nftables.conf", 1, 1, &uses);
	uses_of_modules_load("/etc/modules-load.d/a.conf", "nf_conntrack\n", &uses);
	return judge_uses(&uses, 4);
}

static int find_nft_uses(void)
{
	struct uses CLEANUP(uses_done) uses = {0};
	struct uses CLEANUP(uses_done) moved = {0};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct nft_message message;

	assert_int_equal(nft_message_make("rule ip t c ct nat=snat", &message), 0);
	assert_int_equal(nft_reader_read(&reader, message.type, message.bytes, message.size), 0);
	assert_int_equal(nft_message_make("set ip t m connlimit", &message), 0);
	assert_int_equal(nft_reader_read(&reader, message.type, message.bytes, message.size), 0);
	nft_reader_finish(&reader);
	uses_move(&uses, &moved, USES_MAX);
	return judge_uses(&moved, 2);
}

static void failures_of_the_search_for_users_are_told(void **state)
{
	(void)state;
	json_set_alloc_funcs(json_malloc, free);
	fail_each_allocation("graph", read_graph, false);
	fail_each_allocation("uses", find_uses, false);
	fail_each_allocation("nft", find_nft_uses, false);
}

static int draw_screen(void)
{
	static struct entry_counts contents = {.by_protocol[6] = 7, .by_time[0] = 7};
	struct namespace_table other = {.where = (char[]){"blue"}, .entries = {true, 3}};
	const struct table table = {.module = MODULE_LIVE,
				    .entries = {true, 7},
				    .max = {true, 10},
				    .buckets = {true, 10},
				    .messages = {.known = true, .count = 3},
				    .contents = &contents,
				    .namespaces = &other,
				    .namespace_count = 1,
				    .values = {.known = true, .ok = 1}};
	const struct judgement judgement = {
		.verdict = VERDICT_FULL, .share = {true, 700}, .memory_now = {true, 4096}};
	const struct screen_style style = {.columns = 40, .lines = 12, .utf8 = true, .color = true};
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct history history = {0};

	history_add(&history, &table, &judgement);
	history_add(&history, &table, &judgement);
	render_table(&table, &judgement, &history, &style, &text);
	if (text.error == 0)
		expect_part("screen", text.data, "Full: ");
	return text.error;
}

static void failures_of_the_screen_are_told(void **state)
{
	(void)state;
	fail_each_allocation("screen", draw_screen, false);
}

static int advise_on_a_full_table(void)
{
	static struct entry_counts contents;
	const struct table table = {
		.module = MODULE_LIVE,
		.facts = {.ram = (uint64_t)8 << 30, .release = {6, 1}, .page_size = 4096},
		.entries = {true, 2000},
		.max = {true, 2000},
		.tcp_time_wait = {true, 120},
		.contents = &contents,
	};
	const struct judgement judgement = {.verdict = VERDICT_FULL, .entry_bytes = 256};
	const struct advise_request request = {.table = &table, .judgement = &judgement};
	struct findings CLEANUP(findings_done) findings = {0};
	int error;

	contents.total = contents.by_state[TCP_STATE_TIME_WAIT] = contents.tcp.destinations[80] =
		2000;
	error = advise(&request, &findings);
	assert_int_equal(findings.count, error < 0 ? 0 : 3);
	for (size_t i = 0; i < findings.count; i++) {
		expect_part("title", findings.items[i].title, ".");
		expect_part("evidence", findings.items[i].evidence, ".");
		expect_part("reason", findings.items[i].reason, ".");
	}
	if (error == 0)
		expect_part("lines", findings.items[1].lines, "\ntcp_time_wait = 30s");
	return error;
}

static void failures_of_advice_are_told(void **state)
{
	(void)state;
	fail_each_allocation("advice", advise_on_a_full_table, false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_of_reading_are_told),
		cmocka_unit_test(failures_of_planning_are_told),
		cmocka_unit_test(failures_of_the_record_are_told),
		cmocka_unit_test(failures_of_the_diff_are_told),
		cmocka_unit_test(failures_beside_the_kernel_are_told),
		cmocka_unit_test(failures_of_the_search_for_users_are_told),
		cmocka_unit_test(failures_of_the_screen_are_told),
		cmocka_unit_test(failures_of_advice_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
