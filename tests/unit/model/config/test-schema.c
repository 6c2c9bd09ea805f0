/*
 * model/schema: the table against what was measured of the kernels (data/sysctls.tsv), and its
 * look-ups.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/config/schema.h"

enum column {
	COLUMN_KEY,
	COLUMN_TYPE,
	COLUMN_UNIT,
	COLUMN_MIN,
	COLUMN_MAX,
	COLUMN_DEFAULT,
	COLUMN_SCOPE,
	COLUMN_IN_CHILD,
	COLUMN_GATE,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_COUNT,
};

static FILE *open_facts(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/data/sysctls.tsv", srcdir ? srcdir : ".");
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	return file;
}

static bool is_writable(char *const *columns)
{
	return columns[COLUMN_MIN][0] != '\0';
}

/* The file's name below /proc/sys/net/netfilter; NULL for the second name of nf_conntrack_max. */
static const char *file_of(char *const *columns)
{
	static const char folder[] = "net.netfilter.";

	return text_starts_with(columns[COLUMN_KEY], folder) ? columns[COLUMN_KEY] + strlen(folder)
							     : NULL;
}

static uint64_t number_of(const char *text)
{
	if (strcmp(text, "HZMAX") == 0)
		return TIMEOUT_MAX_HZ100;
	/* A bound that is another setting is not a number. */
	if (text_starts_with(text, "nf_conntrack_frag6_low"))
		return 0;
	if (text_starts_with(text, "nf_conntrack_frag6_high"))
		return UINT64_MAX;
	return strtoull(text, NULL, 10);
}

/* Calls check for each key of the facts and returns how many there are. */
static size_t for_each_key(void (*check)(const char *file, char *const *columns))
{
	FILE *facts = open_facts();
	char line[1024];
	size_t count = 0;

	assert_non_null(fgets(line, sizeof(line), facts));
	while (fgets(line, sizeof(line), facts)) {
		char *rest = line, *columns[COLUMN_COUNT];

		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < COLUMN_COUNT; i++) {
			columns[i] = strsep(&rest, "\t");
			if (!columns[i])
				fail_msg("%s: %zu columns", line, i);
		}
		if (!file_of(columns))
			continue;
		check(file_of(columns), columns);
		count++;
	}
	(void)fclose(facts);
	return count;
}

static void check_presence(const char *file, char *const *columns)
{
	bool wanted = is_writable(columns) && strcmp(file, "nf_conntrack_buckets") != 0;

	if ((schema_find_key(file) >= 0) != wanted)
		fail_msg("%s is %s the table", file, wanted ? "missing in" : "wrongly in");
}

static void check_bounds(const char *file, char *const *columns)
{
	const struct schema_row *row;

	if (schema_find_key(file) < 0)
		return;
	row = &schema[schema_find_key(file)];
	expect_number(file, row->min, number_of(columns[COLUMN_MIN]));
	expect_number(file, row->max, number_of(columns[COLUMN_MAX]));
}

static void check_default(const char *file, char *const *columns)
{
	const struct schema_row *row;
	const char *wanted = columns[COLUMN_DEFAULT];

	if (schema_find_key(file) < 0)
		return;
	row = &schema[schema_find_key(file)];
	if (row->type == TYPE_BOOL)
		wanted = strcmp(wanted, "0") == 0 ? "no" : "yes";
	/* The kernel computes a size that is left out. */
	if (strcmp(wanted, "auto") == 0)
		wanted = "kernel's";
	expect_text(file, row->fallback, wanted);
}

static void check_releases(const char *file, char *const *columns)
{
	const struct schema_row *row;
	const char *first = columns[COLUMN_FIRST];

	if (schema_find_key(file) < 0)
		return;
	row = &schema[schema_find_key(file)];
	expect_text(file, row->since ? row->since : "<=4.18", first);
	expect_text(file, row->until ? row->until : "", columns[COLUMN_LAST]);
}

static void check_gate(const char *file, char *const *columns)
{
	const struct schema_row *row;

	if (schema_find_key(file) < 0)
		return;
	row = &schema[schema_find_key(file)];
	expect_text(file, row->gate ? row->gate : "NF_CONNTRACK+SYSCTL", columns[COLUMN_GATE]);
	if (schema_is_optional(row) != (row->gate || row->since || row->until))
		fail_msg("%s: optional or not", file);
}

/* The file's other scopes: only the initial namespace has it, or all show the same one. */
static void check_scope(const char *file, char *const *columns)
{
	int found = schema_find_key(file);

	if (found >= 0 && schema_is_per_namespace(&schema[found]) !=
				  (strcmp(columns[COLUMN_SCOPE], "netns") == 0))
		fail_msg("%s: each namespace's own or not", file);
}

static void check_type(const char *file, char *const *columns)
{
	static const struct {
		const char *unit;
		enum setting_type type;
		const char *section;
	} rows[] = {
		{"s", TYPE_SECONDS, "timeouts"},   {"bool", TYPE_BOOL, "options"},
		{"bytes", TYPE_BYTES, "options"},  {"enum", TYPE_NUMBER, "options"},
		{"count", TYPE_NUMBER, "options"}, {"ipproto", TYPE_NUMBER, "options"},
	};
	const struct schema_row *row;

	if (schema_find_key(file) < SETTING_FIRST_KEY)
		return;
	row = &schema[schema_find_key(file)];
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].unit, columns[COLUMN_UNIT]) == 0) {
			expect_number(file, row->type, rows[i].type);
			expect_text(file, row->section, rows[i].section);
			return;
		}
	fail_msg("%s: unit %s", file, columns[COLUMN_UNIT]);
}

/* nf_conntrack_tcp_timeout_syn_sent is tcp_syn_sent, nf_flowtable_udp_timeout is flowtable_udp. */
static void check_name(const char *file, char *const *columns)
{
	const char *timeout = strstr(file, "_timeout");
	const char *start = file;
	char name[128];

	if (schema_find_key(file) < SETTING_FIRST_KEY || strcmp(file, "nf_hooks_lwtunnel") == 0)
		return;
	(void)columns;
	if (text_starts_with(file, "nf_conntrack_"))
		start += strlen("nf_conntrack_");
	else
		start += strlen("nf_");
	if (timeout)
		(void)snprintf(name, sizeof(name), "%.*s%s", (int)(timeout - start), start,
			       timeout + strlen("_timeout"));
	else
		(void)snprintf(name, sizeof(name), "%s", start);
	expect_text(file, schema[schema_find_key(file)].name, name);
}

static void table_holds_what_was_measured(void **state)
{
	static void (*const checks[])(const char *file, char *const *columns) = {
		check_presence, check_bounds, check_default, check_releases,
		check_gate,	check_type,   check_name,    check_scope,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		expect_number("keys", for_each_key(checks[i]), 54);
}

static bool key_was_found;
static const char *key_sought;

static void note_key(const char *file, char *const *columns)
{
	(void)columns;
	if (strcmp(file, key_sought) == 0)
		key_was_found = true;
}

static void table_has_no_key_that_was_not_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_count; i++) {
		if (!schema[i].key)
			continue;
		key_sought = schema[i].key;
		key_was_found = false;
		(void)for_each_key(note_key);
		if (!key_was_found)
			fail_msg("%s was not measured", key_sought);
	}
}

static void rows_are_whole_and_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_count; i++) {
		const struct schema_row *row = &schema[i];

		assert_non_null(row->section);
		assert_non_null(row->name);
		assert_non_null(row->fallback);
		assert_true(row->doc && strlen(row->doc) > 0);
		assert_true(schema_has_section(row->section));
		assert_int_equal(schema_find(row->section, row->name), i);
		assert_true((row->type == TYPE_CHOICE) == (row->choices != NULL));
		assert_true(row->type == TYPE_CHOICE || row->min < row->max);
		assert_true(i < SETTING_FIRST_KEY || row->key);
		if (row->key)
			assert_int_equal(schema_find_key(row->key), i);
		if (row->ceiling)
			assert_true(schema_find(row->section, row->ceiling) > SETTING_FIRST_KEY);
	}
}

static void leading_rows_are_those_of_the_enum(void **state)
{
	static const char *const names[] = {
		[SETTING_MODE] = "mode",
		[SETTING_MAX] = "max",
		[SETTING_MAX_POLICY] = "max_policy",
		[SETTING_HASHSIZE] = "hashsize",
		[SETTING_MEMORY_LIMIT] = "memory_limit",
		[SETTING_EXPECT_MAX] = "expect_max",
		[SETTING_EXPECT_HASHSIZE] = "expect_hashsize",
		[SETTING_SYNCHRONOUS] = "synchronous",
		[SETTING_ON_DRIFT] = "on_drift",
		[SETTING_RESIZE] = "resize",
		[SETTING_NAMESPACES] = "namespaces",
		[SETTING_WITNESS] = "witness",
		[SETTING_ENFORCE] = "enforce",
		[SETTING_UNLOAD] = "unload",
	};

	(void)state;
	assert_int_equal(ARRAY_SIZE(names), SETTING_FIRST_KEY);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_text("name", schema[i].name, names[i]);
}

static void look_ups_tell_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(schema_find("timeouts", "max"), -1);
	assert_int_equal(schema_find("nowhere", "max"), -1);
	assert_int_equal(schema_find_key("nf_conntrack_count"), -1);
	assert_int_equal(schema_find_key("nf_conntrack_buckets"), -1);
	assert_int_equal(schema_find_key("hashsize"), -1);
	assert_int_equal(schema_find_name("udp_timeout"), -1);
	assert_int_equal(schema_find_name("max"), SETTING_MAX);
	assert_int_equal(schema_find_key("nf_conntrack_max"), SETTING_MAX);
	assert_false(schema_has_section("timeout"));
	assert_false(schema_has_section(""));
}

static void what_is_no_key_is_no_namespace_s(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_count; i++)
		if (!schema[i].key && schema_is_per_namespace(&schema[i]))
			fail_msg("%s", schema[i].name);
}

static void sections_stand_in_the_order_of_the_manual(void **state)
{
	static const char *const names[] = {"conntrack", "timeouts", "options", "apply", "disable"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_text("section", schema_section(i), names[i]);
	assert_null(schema_section(ARRAY_SIZE(names)));
}

static void allowed_values_are_told_in_words(void **state)
{
	static const struct {
		const char *section, *name, *allowed, *unit;
	} rows[] = {
		{"conntrack", "mode", "tune or disable", ""},
		{"conntrack", "max", "1 to 2,147,483,647, or auto", "entries"},
		{"conntrack", "hashsize", "1 to 268,434,944, or auto", "buckets"},
		{"conntrack", "memory_limit", "1% to 100% of RAM, or bytes, or with K, M, G (512M)",
		 "bytes"},
		{"conntrack", "expect_max", "1 to 2,147,483,647", "entries"},
		{"conntrack", "expect_hashsize", "1 to 268,434,944", "buckets"},
		{"timeouts", "udp", "0 to 21,474,836 seconds, or with s, m, h, d (30s, 6h)", "s"},
		{"options", "acct", "yes or no", ""},
		{"options", "events", "0 to 2", ""},
		{"options", "log_invalid", "0 to 255", ""},
		{"options", "frag6_low_thresh", "bytes, or with K, M, G (4M)", "bytes"},
		{"disable", "enforce", "block or blacklist", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};
		const struct schema_row *row = &schema[schema_find(rows[i].section, rows[i].name)];

		schema_describe_allowed(row, true, &b);
		expect_text(rows[i].name, b.data, rows[i].allowed);
		expect_text(rows[i].name, schema_unit(row), rows[i].unit);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_holds_what_was_measured),
		cmocka_unit_test(table_has_no_key_that_was_not_measured),
		cmocka_unit_test(rows_are_whole_and_unique),
		cmocka_unit_test(leading_rows_are_those_of_the_enum),
		cmocka_unit_test(look_ups_tell_what_is_not_there),
		cmocka_unit_test(what_is_no_key_is_no_namespace_s),
		cmocka_unit_test(sections_stand_in_the_order_of_the_manual),
		cmocka_unit_test(allowed_values_are_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
