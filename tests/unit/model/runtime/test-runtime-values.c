/*
 * model/values: what a plan wants of the kernel, how it is judged against what was found, the order
 * of writes.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "model/runtime/runtime-values.h"

#define REFUSED "the kernel refuses this number; "

static const struct schema_row *row_of(const char *name)
{
	int found = schema_find_name(name);

	if (found < 0)
		fail_msg("%s is no setting", name);
	return &schema[found];
}

/* The values of a plan with these sizes and settings. */
static struct values build(uint64_t hashsize, uint64_t expect_hashsize, unsigned long page_size,
			   struct setting *settings, size_t count)
{
	struct plan plan = {.settings = settings, .setting_count = count};
	struct values values = {0};

	plan.sizes.hashsize = hashsize;
	plan.sizes.expect_hashsize = expect_hashsize;
	plan.sizes.page_size = page_size;
	assert_int_equal(values_of_plan(&plan, &values), 0);
	return values;
}

/* hashsize 100000 (100352), expect_hashsize 1000 (1024), max 100000, udp 30: in this order. */
enum { HASHSIZE, EXPECT_HASHSIZE, MAX, UDP, COUNT };

static struct values build_usual(void)
{
	struct setting settings[] = {
		{.row = row_of("max"), .wanted = 100000},
		{.row = row_of("udp"), .wanted = 30},
	};

	return build(100000, 1000, 4096, settings, ARRAY_SIZE(settings));
}

/* The live value of each key; NULL: the key does not exist. */
static void find_each(struct values *values, const char *hashsize, const char *expect_hashsize,
		      const char *max, const char *udp)
{
	const char *texts[] = {hashsize, expect_hashsize, max, udp};

	for (size_t i = 0; i < COUNT; i++)
		value_found(&values->items[i], texts[i], texts[i] ? 0 : -ENOENT);
}

static void expect_states(struct values *values, enum module_state module, bool blocked,
			  const char *words)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	values_judge(values, module, blocked);
	for (size_t i = 0; i < values->count; i++)
		buffer_printf(&b, "%s ", value_state_to_string(values->items[i].state));
	expect_text("states", b.data, words);
}

static void plan_gives_sizes_first_then_its_settings(void **state)
{
	static const struct {
		enum value_kind kind;
		const char *key, *path;
		uint64_t wanted, rounded;
	} rows[] = {
		{VALUE_HASHSIZE, "nf_conntrack.hashsize",
		 "/sys/module/nf_conntrack/parameters/hashsize", 100000, 100352},
		{VALUE_EXPECT_HASHSIZE, "nf_conntrack.expect_hashsize",
		 "/sys/module/nf_conntrack/parameters/expect_hashsize", 1000, 1024},
		{VALUE_SYSCTL, "net.netfilter.nf_conntrack_max",
		 "/proc/sys/net/netfilter/nf_conntrack_max", 100000, 100000},
		{VALUE_SYSCTL, "net.netfilter.nf_conntrack_udp_timeout",
		 "/proc/sys/net/netfilter/nf_conntrack_udp_timeout", 30, 30},
	};
	struct values CLEANUP(values_done) values = build_usual();

	(void)state;
	assert_int_equal(values.count, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = &values.items[i];

		assert_int_equal(value->kind, rows[i].kind);
		expect_text("key", value->key, rows[i].key);
		expect_text("path", value->path, rows[i].path);
		expect_number(value->key, value->wanted, rows[i].wanted);
		expect_number(value->key, value->rounded, rows[i].rounded);
		assert_int_equal(value->error, -ENOENT);
		expect_text("live", value->live, "");
	}
	assert_ptr_equal(values.items[HASHSIZE].row, &schema[SETTING_HASHSIZE]);
	assert_ptr_equal(values.items[EXPECT_HASHSIZE].row, &schema[SETTING_EXPECT_HASHSIZE]);
	assert_ptr_equal(values.items[UDP].row, row_of("udp"));
	values_done(&values);
	assert_null(values.items);
	assert_int_equal(values.count, 0);
}

/*
 * max_policy = at_least: a larger one is as good, but for what the kernel makes of hashsize by
 * itself.
 */
static void at_least_takes_a_larger_max_unless_the_kernel_made_it(void **state)
{
	static const struct {
		const char *hashsize, *max, *words;
	} rows[] = {
		{"100352", "99999", "ok differs "},
		{"100352", "100000", "ok ok "},
		{"100352", "100001", "ok ok "},
		{"100352", "2147483647", "ok ok "},
		/* No limit, up to Linux 6.18. */
		{"100352", "0", "ok ok "},
		/* Computed from the rounded buckets, not from the configured ones. */
		{"100352", "802816", "ok differs "},
		{"100352", "800000", "ok ok "},
		{"100352", "802815", "ok ok "},
		{"100352", "802817", "ok ok "},
		/* If max is 8 times the buckets of another source, that source chose it. */
		{"65536", "524288", "differs ok "},
		{"262144", "2097152", "differs ok "},
		{"65536", "802816", "differs differs "},
		{"65536", "262144", "differs ok "},
		{NULL, "802816", "absent differs "},
		{NULL, "524288", "absent ok "},
		{"100352", "many", "ok differs "},
		/* Kernels up to 5.15: no limit, in an int. */
		{"100352", "-1", "ok ok "},
		{"100352", "-2147483648", "ok ok "},
		{"100352", "-2147483649", "ok differs "},
		{"100352", "-0", "ok differs "},
		{"100352", "-", "ok differs "},
		{"-1", "100000", "differs ok "},
	};
	struct setting max = {.row = row_of("max"), .wanted = 100000, .at_least = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct values CLEANUP(values_done) values = build(100000, 0, 4096, &max, 1);

		value_found(&values.items[0], rows[i].hashsize, rows[i].hashsize ? 0 : -ENOENT);
		value_found(&values.items[1], rows[i].max, 0);
		expect_states(&values, MODULE_LIVE, false, rows[i].words);
	}
}

/* The largest ratio that is allowed is what the kernel makes, and no reason to write for ever. */
static void at_least_of_the_kernels_own_number_is_in_force(void **state)
{
	struct setting max = {.row = row_of("max"), .wanted = 524288, .at_least = true};
	struct values CLEANUP(values_done) values = build(65536, 0, 4096, &max, 1);

	(void)state;
	value_found(&values.items[0], "65536", 0);
	value_found(&values.items[1], "524288", 0);
	expect_states(&values, MODULE_LIVE, false, "ok ok ");
}

static void sizes_left_to_the_kernel_are_none(void **state)
{
	struct setting max = {.row = row_of("max"), .wanted = 7};
	struct values CLEANUP(values_done) none = build(0, 0, 4096, NULL, 0);
	struct values CLEANUP(values_done) expect = build(0, 1, 4096, &max, 1);

	(void)state;
	assert_int_equal(none.count, 0);
	assert_int_equal(expect.count, 2);
	assert_int_equal(expect.items[0].kind, VALUE_EXPECT_HASHSIZE);
	assert_int_equal(expect.items[1].kind, VALUE_SYSCTL);
}

static void tables_are_rounded_by_the_page(void **state)
{
	static const struct {
		unsigned long page_size;
		uint64_t wanted, rounded;
	} rows[] = {
		{4096, 1, 512},		 {4096, 512, 512},	  {4096, 513, 1024},
		{4096, 65536, 65536},	 {0, 513, 1024},	  {16384, 1, 2048},
		{16384, 2049, 4096},	 {65536, 1, 8192},	  {65536, 8193, 16384},
		{65536, 100000, 106496}, {65536, 262144, 262144},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct setting max = {.row = row_of("max"), .wanted = rows[i].wanted};
		struct values CLEANUP(values_done)
			values = build(rows[i].wanted, rows[i].wanted, rows[i].page_size, &max, 1);

		expect_number("hashsize", values.items[0].rounded, rows[i].rounded);
		expect_number("expect_hashsize", values.items[1].rounded, rows[i].rounded);
		expect_number("max", values.items[2].rounded, rows[i].wanted);
	}
}

static void names_of_all_settings_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_count; i++) {
		struct setting setting = {.row = &schema[i], .wanted = 1};
		struct values CLEANUP(values_done) values = {0};
		const char *key = schema[i].key;

		if (!key)
			continue;
		values = build(0, 0, 4096, &setting, 1);
		assert_true(strlen(values.items[0].key) == strlen("net.netfilter.") + strlen(key));
		expect_part("key", values.items[0].key, key);
		assert_true(strlen(values.items[0].path) == strlen(PATH_PROC "/") + strlen(key));
		expect_part("path", values.items[0].path, key);
	}
}

static void only_a_short_plain_text_is_a_value(void **state)
{
	static const char *const fine[] = {"0", "", "no number", "12345678901234567890123"};
	static const char *const none[] = {"123456789012345678901234", "1\n2", "\x1b[2J",
					   "\xc3\xa4"};
	struct value value = {.error = -EIO};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++) {
		value_found(&value, fine[i], 0);
		assert_int_equal(value.error, 0);
		expect_text("live", value.live, fine[i]);
		value_found(&value, none[i], 0);
		assert_int_equal(value.error, -EBADMSG);
		expect_text("live", value.live, "");
	}
	value_found(&value, "100000", 0);
	value_found(&value, NULL, -EACCES);
	assert_int_equal(value.error, -EACCES);
	expect_text("live", value.live, "");
}

static void value_is_in_force_as_the_kernel_rounds_it(void **state)
{
	static const char *const others[] = {
		"100351",  "100353",  "0",	 "",   "0100000",
		"0100352", "+100000", "100000 ", "-1", "99999999999999999999"};
	struct values CLEANUP(values_done) values = build_usual();
	struct value *hashsize = &values.items[HASHSIZE], *max = &values.items[MAX];

	(void)state;
	find_each(&values, "100352", "1024", "100000", "30");
	assert_true(value_is_in_force(hashsize) && value_is_in_force(max));
	find_each(&values, "100000", "1024", "100352", "30");
	assert_false(value_is_in_force(hashsize) || value_is_in_force(max));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		find_each(&values, others[i], "1024", others[i], "30");
		if (value_is_in_force(hashsize) || value_is_in_force(max))
			fail_msg("\"%s\"", others[i]);
	}
	/* the largest there is, and one that could not be read again */
	max->wanted = max->rounded = UINT64_MAX;
	value_found(max, "18446744073709551615", 0);
	assert_true(value_is_in_force(max));
	max->error = -EIO;
	assert_false(value_is_in_force(max));
}

static void loaded_module_is_judged_value_by_value(void **state)
{
	static const enum module_state there[] = {MODULE_LIVE, MODULE_BUILT_IN};
	struct values CLEANUP(values_done) values = build_usual();

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(there); i++) {
		enum module_state module = there[i / 2];
		bool blocked = i % 2; /* it is still there */

		find_each(&values, "100352", "1024", "100000", "30");
		expect_states(&values, module, blocked, "ok ok ok ok ");
		find_each(&values, "100000", "512", "100352", "rubbish");
		expect_states(&values, module, blocked, "differs pending differs differs ");
		assert_int_equal(values_count(&values, VALUE_DIFFERS), 3);
		assert_int_equal(values_count(&values, VALUE_PENDING), 1);
		assert_int_equal(values_count(&values, VALUE_OK), 0);
		find_each(&values, NULL, NULL, "100000", NULL);
		expect_states(&values, module, blocked, "absent absent ok absent ");
	}
}

static void what_cannot_be_read_is_unreadable(void **state)
{
	struct values CLEANUP(values_done) values = build_usual();

	(void)state;
	value_found(&values.items[HASHSIZE], NULL, -EACCES);
	value_found(&values.items[EXPECT_HASHSIZE], NULL, -EIO);
	value_found(&values.items[MAX], "1\t2", 0);
	value_found(&values.items[UDP], NULL, -ENODEV);
	expect_states(&values, MODULE_LIVE, false, "unreadable unreadable unreadable unreadable ");
}

static void without_the_module_values_wait_or_cannot_come(void **state)
{
	static const enum module_state away[] = {MODULE_ABSENT, MODULE_COMING, MODULE_GOING};
	struct values CLEANUP(values_done) values = build_usual();

	(void)state;
	/* whatever was read on the way in or out does not count */
	find_each(&values, "100352", NULL, "1", NULL);
	value_found(&values.items[UDP], NULL, -EIO);
	for (size_t i = 0; i < ARRAY_SIZE(away); i++) {
		expect_states(&values, away[i], false, "pending pending pending pending ");
		expect_states(&values, away[i], true,
			      "cannot load cannot load cannot load cannot load ");
		assert_int_equal(values_count(&values, VALUE_CANNOT_LOAD), COUNT);
	}
}

/*
 * In another network namespace the values that only the host has are neither judged nor written,
 * whatever was found.
 */
static void namespace_keeps_what_is_its_own(void **state)
{
	struct setting settings[] = {
		{.row = row_of("max"), .wanted = 100000},
		{.row = row_of("expect_max"), .wanted = 2048},
		{.row = row_of("udp"), .wanted = 30},
		{.row = row_of("nf_hooks_lwtunnel"), .wanted = 1},
	};

	(void)state;
	for (int own_max = 0; own_max <= 1; own_max++) {
		struct values CLEANUP(values_done)
			values = build(100000, 1000, 4096, settings, ARRAY_SIZE(settings));
		size_t order[8];

		values_keep_namespace(&values, own_max);
		assert_int_equal(values.count, ARRAY_SIZE(settings));
		expect_text("first", values.items[0].row->name, "max");
		value_found(&values.items[0], "65536", 0);
		value_found(&values.items[1], NULL, -EIO);
		value_found(&values.items[2], "60", 0);
		expect_states(&values, MODULE_LIVE, false,
			      own_max ? "differs host differs host " : "host host differs host ");
		assert_int_equal(values_order(&values, order), own_max ? 2 : 1);
		expect_states(&values, MODULE_ABSENT, false, "pending pending pending pending ");
	}
}

static void expect_order(const char *hashsize, const char *expect_hashsize, const char *max,
			 const char *udp, const char *wanted)
{
	struct values CLEANUP(values_done) values = build_usual();
	struct buffer CLEANUP(buffer_clear) b = {0};
	size_t order[COUNT], count;

	find_each(&values, hashsize, expect_hashsize, max, udp);
	values_judge(&values, MODULE_LIVE, false);
	count = values_order(&values, order);
	buffer_add(&b, "");
	for (size_t i = 0; i < count; i++)
		buffer_printf(&b, "%s ", values.items[order[i]].row->name);
	expect_text("order", b.data, wanted);
}

static void table_grows_before_max_and_shrinks_after_it(void **state)
{
	(void)state;
	expect_order("65536", "1024", "65536", "10", "hashsize max udp ");
	expect_order("262144", "1024", "262144", "10", "max udp hashsize ");
	/* by the kernel's own rounding */
	expect_order("100353", "1024", "1", "10", "max udp hashsize ");
	expect_order("100351", "1024", "1", "10", "hashsize max udp ");
	/* max goes its own way, and a larger key of another kind is no table */
	expect_order("65536", "1024", "262144", "99", "hashsize max udp ");
	expect_order("262144", "1024", "65536", "30", "max hashsize ");
	expect_order("nonsense", "1024", "1", "30", "hashsize max ");
}

static void only_what_differs_is_written(void **state)
{
	struct values CLEANUP(values_done) values = build_usual();
	size_t order[COUNT];

	(void)state;
	expect_order("100352", "1024", "100000", "30", "");
	expect_order("262144", "512", NULL, "30", "hashsize ");
	/* taken at load only: neither larger nor smaller is written */
	expect_order("100352", "512", "1", "30", "max ");
	expect_order("100352", "2048", "1", "30", "max ");
	find_each(&values, "1", "1", "1", "1");
	values_judge(&values, MODULE_GOING, false);
	assert_int_equal(values_order(&values, order), 0);
}

static void expect_reason(const struct value *value, int error, const char *start)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	value_explain(value, error, &b);
	expect_start(value->key, b.data, start);
}

static void refusal_by_the_system_is_explained(void **state)
{
	struct values CLEANUP(values_done) values = build_usual();
	const struct value *hashsize = &values.items[HASHSIZE], *max = &values.items[MAX];

	(void)state;
	expect_reason(max, -EROFS, "/proc/sys is mounted read-only here");
	expect_reason(hashsize, -EROFS, "/sys is mounted read-only here");
	expect_reason(max, -EACCES, "this value belongs to the initial network namespace,");
	expect_reason(hashsize, -EOPNOTSUPP,
		      "this value belongs to the initial network namespace,");
	expect_reason(max, -EPERM, "not permitted");
	expect_reason(
		max, -EIO,
		"the kernel did not accept the whole number (EIO); its log may have the reason");
	expect_reason(max, -ENOMEM, "the kernel has no memory for it");
	/* 100352 buckets of 8 bytes */
	expect_reason(hashsize, -ENOMEM,
		      "the kernel cannot get 784 KiB for 100,352 buckets; lower hashsize");
}

static void refused_number_is_explained_by_its_kind(void **state)
{
	static const struct {
		const char *name, *bounds;
	} rows[] = {
		{"max", "it accepts 1 to 2,147,483,647"},
		{"log_invalid", "it accepts 0 to 255"},
		{"udp", "it accepts 0 to 2,147,483,647 / HZ seconds"},
		{"frag6_low_thresh", "the low threshold must not exceed the high one"},
		{"frag6_high_thresh", "the low threshold must not exceed the high one"},
	};
	struct values CLEANUP(values_done) usual = build_usual();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct setting setting = {.row = row_of(rows[i].name), .wanted = 1};
		struct values CLEANUP(values_done) values = build(0, 0, 4096, &setting, 1);
		char start[128];

		(void)snprintf(start, sizeof(start), REFUSED "%s", rows[i].bounds);
		expect_reason(&values.items[0], -EINVAL, start);
		expect_reason(&values.items[0], -ERANGE, start);
	}
	expect_reason(&usual.items[HASHSIZE], -EINVAL, REFUSED "it accepts 1 to 268,434,944");
}

static void value_that_did_not_stay_is_explained(void **state)
{
	struct setting settings[] = {
		{.row = row_of("nf_hooks_lwtunnel"), .wanted = 0},
		{.row = row_of("nf_hooks_lwtunnel"), .wanted = 1},
		{.row = row_of("acct"), .wanted = 0},
	};
	struct values CLEANUP(values_done) values = build(0, 0, 4096, settings, 3);

	(void)state;
	expect_reason(&values.items[0], -EBUSY,
		      "the kernel cannot switch it off before the next boot");
	expect_reason(&values.items[1], -EBUSY,
		      "the kernel accepted it, but another value is active");
	value_found(&values.items[2], "1", 0);
	expect_reason(&values.items[2], -EBUSY, "the kernel accepted it, but 1 is active");
}

static void lowered_max_is_found(void **state)
{
	static const struct {
		const char *live;
		bool lowered;
	} rows[] = {{"99999", false}, {"100000", false}, {"100001", true},
		    {"-1", true},     {"0", true},	 {"", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct values CLEANUP(values_done) values = build_usual();

		find_each(&values, "100352", "1024", rows[i].live, "30");
		values_judge(&values, MODULE_LIVE, false);
		assert_ptr_equal(values_find_lowered_max(&values),
				 rows[i].lowered ? &values.items[MAX] : NULL);
	}
}

static void room_is_a_quarter_more_than_the_entries(void **state)
{
	(void)state;
	assert_true(values_leaves_room(1, 0));
	assert_true(values_leaves_room(100000, 80000));
	assert_false(values_leaves_room(100000, 80001));
	assert_false(values_leaves_room(4194304, 5000000));
	assert_true(values_leaves_room(2147483647, 1717986917));
	assert_false(values_leaves_room(2147483647, 4294967295));
}

static void table_waits_by_its_entries(void **state)
{
	static const struct {
		enum resize resize;
		uint64_t entries;
		bool waits;
	} rows[] = {
		{RESIZE_AUTO, 0, false},	 {RESIZE_AUTO, 9999, false},
		{RESIZE_AUTO, 10000, true},	 {RESIZE_AUTO, UINT64_MAX, true},
		{RESIZE_NOW, UINT64_MAX, false}, {RESIZE_NEXT_LOAD, 0, false},
		{RESIZE_NEXT_LOAD, 1, true},	 {RESIZE_NEXT_LOAD, UINT64_MAX, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(resize_waits(rows[i].resize, rows[i].entries), rows[i].waits);
}

/* 100000 buckets and a max of 100000 are configured. */
static void max_rises_as_the_waiting_table_bears(void **state)
{
	static const struct {
		const char *hashsize, *max, *states;
		uint64_t goal;
	} rows[] = {
		{"8192", "8192", "pending ok differs ok ", 32768},
		{"8192", "32768", "pending ok pending ok ", 32768},
		{"8192", "50000", "pending ok pending ok ", 50000},
		{"8192", "100000", "pending ok ok ok ", 100000},
		{"8192", "200000", "pending ok differs ok ", 100000},
		{"65536", "8192", "pending ok differs ok ", 100000},
		{"200192", "8192", "pending ok differs ok ", 100000},
		{"100352", "8192", "ok ok differs ok ", 100000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct values CLEANUP(values_done) values = build_usual();

		find_each(&values, rows[i].hashsize, "1024", rows[i].max, "30");
		values.table_waits = true;
		expect_states(&values, MODULE_LIVE, false, rows[i].states);
		assert_int_equal(values.items[MAX].goal, rows[i].goal);
	}
}

static void pending_values_are_listed(void **state)
{
	struct values CLEANUP(values_done) values = build_usual();
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	find_each(&values, "8192", "512", "32768", "30");
	values.table_waits = true;
	values_judge(&values, MODULE_LIVE, false);
	values_list_pending(&values, &b);
	expect_text("pending", b.data, "hashsize, expect_hashsize and max");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_gives_sizes_first_then_its_settings),
		cmocka_unit_test(at_least_takes_a_larger_max_unless_the_kernel_made_it),
		cmocka_unit_test(at_least_of_the_kernels_own_number_is_in_force),
		cmocka_unit_test(sizes_left_to_the_kernel_are_none),
		cmocka_unit_test(tables_are_rounded_by_the_page),
		cmocka_unit_test(names_of_all_settings_are_whole),
		cmocka_unit_test(only_a_short_plain_text_is_a_value),
		cmocka_unit_test(value_is_in_force_as_the_kernel_rounds_it),
		cmocka_unit_test(loaded_module_is_judged_value_by_value),
		cmocka_unit_test(what_cannot_be_read_is_unreadable),
		cmocka_unit_test(without_the_module_values_wait_or_cannot_come),
		cmocka_unit_test(namespace_keeps_what_is_its_own),
		cmocka_unit_test(table_grows_before_max_and_shrinks_after_it),
		cmocka_unit_test(only_what_differs_is_written),
		cmocka_unit_test(lowered_max_is_found),
		cmocka_unit_test(table_waits_by_its_entries),
		cmocka_unit_test(max_rises_as_the_waiting_table_bears),
		cmocka_unit_test(pending_values_are_listed),
		cmocka_unit_test(room_is_a_quarter_more_than_the_entries),
		cmocka_unit_test(refusal_by_the_system_is_explained),
		cmocka_unit_test(refused_number_is_explained_by_its_kind),
		cmocka_unit_test(value_that_did_not_stay_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
