/*
 * model/sources/tuned-profile and writers-tuned: profiles are merged as tuned does, and set values.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdio.h>

#include "base/buffer.h"
#include "model/plan/artifact.h"
#include "model/sources/writers-tuned.h"

static struct value items[] = {
	{.kind = VALUE_HASHSIZE,
	 .key = "hashsize",
	 .path = PATH_PARAMETERS "/hashsize",
	 .wanted = 100000,
	 .rounded = 100352},
	{.kind = VALUE_EXPECT_HASHSIZE,
	 .key = "expect_hashsize",
	 .path = PATH_PARAMETERS "/expect_hashsize",
	 .wanted = 512,
	 .rounded = 512},
	{.kind = VALUE_SYSCTL,
	 .key = "max",
	 .path = PATH_PROC "/nf_conntrack_max",
	 .wanted = 100000,
	 .rounded = 100000},
	{.kind = VALUE_SYSCTL,
	 .key = "udp",
	 .path = PATH_PROC "/nf_conntrack_udp_timeout",
	 .wanted = 45,
	 .rounded = 45},
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

#define MAX "net.netfilter.nf_conntrack_max"
#define UDP "net.netfilter.nf_conntrack_udp_timeout"

/* Reads the texts as profiles a, b, c ... that follow each other, and sets what they set. */
static void merge(const char *const *texts, const bool *possible, size_t count,
		  struct tuned_profile *ret)
{
	for (size_t i = 0; i < count; i++) {
		struct tuned_profile CLEANUP(tuned_profile_done) one = {0};
		const char path[] = {(char)('a' + (int)i), '\0'};

		assert_int_equal(tuned_profile_read(path, texts[i], possible[i], &one), 0);
		assert_int_equal(tuned_profile_merge(ret, &one, possible[i]), 0);
	}
}

/* Prints "KEY PATH:LINE TEXT" for each writer, with "wins", "loses", "computed" and "may". */
static void expect_set(const char *const *texts, const bool *possible, size_t count,
		       const struct tuned_settings *settings, const char *wanted)
{
	struct tuned_profile CLEANUP(tuned_profile_done) profile = {0};
	struct writers writers = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	merge(texts, possible, count, &profile);
	writers_of_tuned(&values, &profile, settings, &writers);
	assert_false(writers.out_of_memory);
	buffer_add(&b, "");
	for (size_t i = 0; i < writers.count; i++) {
		const struct writer *writer = &writers.items[i];

		buffer_printf(&b, "%s %s:%u %s %s%s%s\n", writer->value->key, writer->path,
			      writer->line, writer->text, writer->wins ? "wins" : "loses",
			      writer->computed ? " computed" : "", writer->possible ? " may" : "");
	}
	expect_text(texts[0], b.data, wanted);
	writers_done(&writers);
}

static void one_profile_sets(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"[sysctl]\n" MAX "=1048576 # PR413\n", "max a:2 1048576 wins\n"},
		{"[sysctl]\nnet/nf_conntrack_max = \"7\"\n", "max a:2 7 wins\n"},
		{"[sysctl]\n-" MAX "=7\n/" MAX "=7\n# " MAX "=7\n ;" MAX "=7\n" MAX "\n", ""},
		{"[net]\nnf_conntrack_hashsize=5\n", "hashsize a:2 5 wins\n"},
		{"[sysfs]\n" PATH_PARAMETERS "/hashsize=5\n" PATH_PARAMETERS
		 "/expect_hashsize=5\n/proc/sys/net/nf_conntrack_max=5\n",
		 "hashsize a:2 5 wins\n"},
		{"[modules]\nnf_conntrack=+r hashsize=5 expect_hashsize=6\n",
		 "hashsize a:2 5 loses\nexpect_hashsize a:2 6 wins\n"},
		{"[bootloader]\ncmdline_a=+quiet nf_conntrack.expect_hashsize=6\n"
		 "cmdline_b=-nf_conntrack.expect_hashsize=7\n",
		 "expect_hashsize a:2 6 wins\n"},
		/* More than what is configured raises it, and less does not. */
		{"[sysctl]\n" MAX "=>200000\n", "max a:2 200000 wins\n"},
		{"[sysctl]\n" MAX "=>50000\n", "max a:2 50000 loses\n"},
		{"[sysctl]\n" MAX "=<200000\n", "max a:2 200000 loses\n"},
		{"[sysctl]\n" MAX "=<50000\n", "max a:2 50000 wins\n"},
		{"[sysctl]\n" MAX "=${max}\n", "max a:2 ${max} wins computed\n"},
		/*
		 * The last of equal keys decides, and an indented line belongs to the line before.
		 */
		{"[sysctl]\n" MAX "=1\n" MAX "=2\n " UDP "=3\n", "max a:3 2 wins\n"},
		{"[sysctl]\nenabled=yes\n" MAX "=1\n", ""},
		{"[sysctl]\nenabled=true\n" MAX "=1\n", "max a:3 1 wins\n"},
		{"[mine]\ntype=sysctl\n" MAX "=1\n", "max a:3 1 wins\n"},
		{"[sysctl]\ntype=net\n" MAX "=1\n", ""},
		{"[sysctl]\ntype=sysctl\n  net\n" MAX "=1\n", ""},
		{"[other]\n" MAX "=1\n", ""},
		{MAX "=1\n[]\n" MAX "=2\n=3\n", ""},
		{"", ""},
	};
	const bool sure = false;
	const struct tuned_settings settings = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_set(&rows[i].text, &sure, 1, &settings, rows[i].wanted);
}

static void later_profile_is_merged(void **state)
{
	static const struct {
		const char *texts[3];
		bool possible[3];
		const char *wanted;
	} rows[] = {
		{{"[sysctl]\n" MAX "=1\n" UDP "=2\n", "[sysctl]\n" MAX "=3\n", ""},
		 {false},
		 "max b:2 3 wins\nudp a:3 2 wins\n"},
		{{"[sysctl]\n" MAX "=1\n", "[sysctl]\nreplace=1\n" UDP "=3\n", ""},
		 {false},
		 "udp b:3 3 wins\n"},
		{{"[sysctl]\n" MAX "=1\n" UDP "=2\n", "[sysctl]\ndrop=x , " MAX "\n", ""},
		 {false},
		 "udp a:3 2 wins\n"},
		{{"[sysctl]\n" MAX "=1\n", "[sysctl]\nenabled=0\n", ""}, {false}, ""},
		/* An empty section switches it on again. */
		{{"[sysctl]\nenabled=0\n" MAX "=1\n", "[sysctl]\n", ""},
		 {false},
		 "max a:3 1 wins\n"},
		{{"[a]\ntype=sysctl\n" MAX "=1\n", "[a]\n", ""}, {false}, ""},
		/* Which one of two is unknown: both are listed, and what was sure still wins. */
		{{"[sysctl]\n" MAX "=1\n", "[sysctl]\n" MAX "=2\n", "[sysctl]\n" MAX "=3\n"},
		 {false, true, true},
		 "max a:2 1 wins\nmax b:2 2 wins may\nmax c:2 3 wins may\n"},
		{{"[sysctl]\n" MAX "=1\n", "[sysctl]\nreplace=1\nenabled=0\ndrop=" MAX "\n",
		  "[sysctl]\n" MAX "=3\n"},
		 {true, true, false},
		 "max c:2 3 wins\n"},
	};
	const struct tuned_settings settings = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_set(rows[i].texts, rows[i].possible, 3, &settings, rows[i].wanted);
}

static void sysctl_d_is_set_again(void **state)
{
	static const struct {
		const char *path, *text;
		bool max;
	} rows[] = {
		{PATH_SYSCTL, "-" MAX " = 5\n" MAX " = 5\n", true},
		{PATH_SYSCTL, "-" MAX " = 5\n", false},
		{"/run/sysctl.d/a.conf", "net/nf_conntrack_max=5", true},
		{"/etc/sysctl.conf", " " MAX "=5 # x\r\n", true},
		{"/usr/lib/sysctl.d/a.conf", MAX "=5\n", false},
		{"/etc/sysctl.d/a.conf", "#" MAX "=5\n;" MAX "=5\n" MAX "\n=5\n", false},
		{"/etc/sysctl.d/a.conf", MAX "=zz\nnet.*.nf_conntrack_max=5\n", false},
		{"/etc/sysctl.d/a.conf", UDP "=5\n", false},
	};
	const char *const texts[] = {"[sysctl]\n" MAX "=1\n[net]\nnf_conntrack_hashsize=5\n"};
	const bool sure = false;
	const struct writers writers = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct text_file file = {rows[i].path, rows[i].text};
		bool again[ARRAY_SIZE(items)] = {false};
		const struct tuned_settings settings = {.again = again};

		tuned_find_again(&values, &writers, &file, 1, again);
		assert_int_equal(again[2], rows[i].max);
		/* hashsize is not in any sysctl.d. */
		expect_set(texts, &sure, 1, &settings,
			   rows[i].max ? "max a:2 1 loses\nhashsize a:4 5 wins\n"
				       : "max a:2 1 wins\nhashsize a:4 5 wins\n");
	}
}

static void idle_tuned_overrides_nothing(void **state)
{
	const char *const texts[] = {"[sysctl]\n" MAX "=1\n"};
	const struct tuned_settings settings = {.inactive = true};
	const bool sure = false;

	(void)state;
	expect_set(texts, &sure, 1, &settings, "max a:2 1 loses\n");
}

static int add_name(void *data, const char *name, bool possible)
{
	buffer_printf(data, "%s%s ", name, possible ? "?" : "");
	return 0;
}

static void names_of_a_list(void **state)
{
	static const struct {
		const char *list, *separators, *wanted;
	} rows[] = {
		{"a, -b ;c", ",;", "a b c "},
		{" a  b\n", " \t\r\n", "a b "},
		{"../../x/y", ",;", "y "},
		{"${f:virt_check:virtual-guest:throughput-performance}", ",;",
		 "virtual-guest? throughput-performance? "},
		{"-p-${f:exec:cat:/a,b}-s, c", ",;", "p-cat-s? a,b-s? c "},
		{"${f:virt_check:a:b", ",;", ""},
		{"${x},${f:a},${f:a:${x}}", ",;", ""},
		{"", ",;", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add(&b, "");
		assert_int_equal(tuned_names_visit(rows[i].list, rows[i].separators, add_name, &b),
				 0);
		expect_text(rows[i].list, b.data, rows[i].wanted);
	}
}

static void too_many_settings_are_cut(void **state)
{
	struct tuned_profile CLEANUP(tuned_profile_done) profile = {0};
	struct tuned_profile CLEANUP(tuned_profile_done) all = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	for (unsigned int i = 0; i < TUNED_SETTINGS_MAX; i++)
		buffer_printf(&b, "[%u]\n", i);
	assert_int_equal(tuned_profile_read("a", b.data, false, &profile), 0);
	assert_false(profile.cut);
	assert_int_equal(tuned_profile_merge(&all, &profile, false), 0);
	assert_false(all.cut);
	assert_int_equal(tuned_profile_merge(&all, &profile, false), 0);
	assert_true(all.cut);
	tuned_profile_done(&profile);
	buffer_add(&b, "[sysctl]\n" MAX "=1\n");
	assert_int_equal(tuned_profile_read("a", b.data, false, &profile), 0);
	assert_true(profile.cut);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_profile_sets),
		cmocka_unit_test(later_profile_is_merged),
		cmocka_unit_test(sysctl_d_is_set_again),
		cmocka_unit_test(idle_tuned_overrides_nothing),
		cmocka_unit_test(names_of_a_list),
		cmocka_unit_test(too_many_settings_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
