/* model/config: units, bounds, files over files, and the text of each refusal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/config/config.h"

struct fixture {
	struct config config;
	struct problems problems;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return f ? config_new(&f->config) : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	config_done(&f->config);
	problems_done(&f->problems);
	free(f);
	return 0;
}

static void read_text(struct fixture *f, const char *file, const char *text)
{
	assert_int_equal(config_read(&f->config, file, text, strlen(text), &f->problems), 0);
}

/* Starts again from the defaults. */
static void begin(struct fixture *f)
{
	config_done(&f->config);
	problems_done(&f->problems);
	assert_int_equal(config_new(&f->config), 0);
}

static const struct config_value *value_of(const struct fixture *f, const char *section,
					   const char *name)
{
	int setting = schema_find(section, name);

	assert_true(setting >= 0);
	return &f->config.values[setting];
}

static void defaults_are_those_of_the_manual(void **state)
{
	static const struct {
		const char *section, *name, *text;
	} rows[] = {
		{"conntrack", "mode", "tune"},	 {"conntrack", "memory_limit", "25%"},
		{"apply", "synchronous", "no"},	 {"disable", "enforce", "block"},
		{"disable", "unload", "yes"},	 {"conntrack", "max_policy", "exact"},
		{"apply", "on_drift", "report"}, {"apply", "resize", "auto"},
		{"apply", "namespaces", "host"}, {"apply", "witness", "no"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		config_format(&f->config, (size_t)schema_find(rows[i].section, rows[i].name), &b);
		expect_text(rows[i].name, b.data, rows[i].text);
	}
	for (size_t i = 0; i < schema_count; i++) {
		assert_false(f->config.values[i].set);
		assert_null(f->config.values[i].file);
	}
	config_check(&f->config, &f->problems);
	expect_no_problem("defaults", &f->problems);
}

static void sound_values_are_taken(void **state)
{
	static const struct {
		const char *section, *name, *text;
		uint64_t number;
		const char *formatted;
	} rows[] = {
		{"conntrack", "mode", "tune", MODE_TUNE, "tune"},
		{"conntrack", "mode", "disable", MODE_DISABLE, "disable"},
		{"conntrack", "max", "auto", 0, "auto"},
		{"conntrack", "max", "1", 1, "1"},
		{"conntrack", "max", "2147483647", 2147483647, "2147483647"},
		{"conntrack", "hashsize", "268434944", 268434944, "268434944"},
		{"conntrack", "expect_max", "4096", 4096, "4096"},
		{"conntrack", "expect_hashsize", "1024", 1024, "1024"},
		{"conntrack", "memory_limit", "1%", 1, "1%"},
		{"conntrack", "memory_limit", "100%", 100, "100%"},
		{"conntrack", "memory_limit", "1", 1, "1"},
		{"conntrack", "memory_limit", "64K", 65536, "65536"},
		{"conntrack", "memory_limit", "512M", 536870912, "536870912"},
		{"conntrack", "memory_limit", "2G", 2147483648, "2147483648"},
		{"conntrack", "memory_limit", "17179869183G", 17179869183ULL << 30,
		 "18446744072635809792"},
		{"timeouts", "udp", "1", 1, "1"},
		{"timeouts", "udp", "90", 90, "90"},
		{"timeouts", "udp", "30s", 30, "30"},
		{"timeouts", "udp", "2m", 120, "120"},
		{"timeouts", "udp", "6h", 21600, "21600"},
		{"timeouts", "tcp_established", "5d", 432000, "432000"},
		{"timeouts", "udp", "24d", 2073600, "2073600"},
		{"options", "tcp_loose", "yes", 1, "yes"},
		{"options", "tcp_loose", "no", 0, "no"},
		{"options", "tcp_loose", "true", 1, "yes"},
		{"options", "tcp_loose", "false", 0, "no"},
		{"options", "tcp_loose", "on", 1, "yes"},
		{"options", "tcp_loose", "off", 0, "no"},
		{"options", "tcp_loose", "1", 1, "yes"},
		{"options", "tcp_loose", "0", 0, "no"},
		{"options", "log_invalid", "0", 0, "0"},
		{"options", "log_invalid", "255", 255, "255"},
		{"options", "events", "2", 2, "2"},
		{"options", "frag6_high_thresh", "8M", 8388608, "8388608"},
		{"options", "frag6_high_thresh", "18446744073709551615", UINT64_MAX,
		 "18446744073709551615"},
		{"options", "nf_hooks_lwtunnel", "yes", 1, "yes"},
		{"apply", "synchronous", "yes", 1, "yes"},
		{"disable", "enforce", "blacklist", ENFORCE_BLACKLIST, "blacklist"},
		{"apply", "witness", "yes", 1, "yes"},
		{"apply", "on_drift", "report", DRIFT_REPORT, "report"},
		{"apply", "on_drift", "restore", DRIFT_RESTORE, "restore"},
		{"apply", "resize", "auto", RESIZE_AUTO, "auto"},
		{"apply", "resize", "now", RESIZE_NOW, "now"},
		{"apply", "namespaces", "host", NAMESPACES_HOST, "host"},
		{"apply", "namespaces", "all", NAMESPACES_ALL, "all"},
		{"apply", "resize", "next_load", RESIZE_NEXT_LOAD, "next_load"},
		{"conntrack", "max_policy", "exact", MAX_EXACT, "exact"},
		{"conntrack", "max_policy", "at_least", MAX_AT_LEAST, "at_least"},
		{"disable", "unload", "no", 0, "no"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct config_value *value;
		struct buffer CLEANUP(buffer_clear) b = {0};
		char text[128];
		size_t setting;

		begin(f);
		(void)snprintf(text, sizeof(text), "[%s]\n\n%s = %s\n", rows[i].section,
			       rows[i].name, rows[i].text);
		read_text(f, "a.conf", text);
		expect_no_problem(text, &f->problems);
		value = value_of(f, rows[i].section, rows[i].name);
		assert_true(value->set);
		expect_number(text, value->number, rows[i].number);
		expect_text(text, value->file, "a.conf");
		expect_number(text, value->line, 3);
		setting = (size_t)schema_find(rows[i].section, rows[i].name);
		config_format(&f->config, setting, &b);
		expect_text(text, b.data, rows[i].formatted);
		assert_true(config_is_value(&schema[setting], rows[i].text));
	}
}

/* Each text begins with the setting and ends with what is allowed. */
static void unsound_values_are_refused(void **state)
{
	static const char size_allowed[] = "allowed: 1 to 2,147,483,647, or auto";
	static const char number_allowed[] = "allowed: 1 to 2,147,483,647";
	static const char time_allowed[] =
		"allowed: 0 to 21,474,836 seconds, or with s, m, h, d (30s, 6h)";
	static const char share_allowed[] =
		"allowed: 1% to 100% of RAM, or bytes, or with K, M, G (512M)";
	static const char wrong[] = "is an invalid value", over[] = "is out of bounds";
	static const struct {
		const char *section, *name, *text, *why, *allowed;
	} rows[] = {
		{"conntrack", "mode", "Tune", wrong, "allowed: tune or disable"},
		{"conntrack", "mode", "", "no value", "allowed: tune or disable"},
		{"conntrack", "mode", "0", wrong, "allowed: tune or disable"},
		{"disable", "enforce", "yes", wrong, "allowed: block or blacklist"},
		{"apply", "on_drift", "yes", wrong, "allowed: report or restore"},
		{"apply", "namespaces", "every", wrong, "allowed: host or all"},
		{"apply", "resize", "never", wrong, "allowed: auto or now or next_load"},
		{"conntrack", "max_policy", "at-least", wrong, "allowed: exact or at_least"},
		{"conntrack", "max", "", "no value; allowed", size_allowed},
		{"conntrack", "max", "; comment", "no value", size_allowed},
		{"conntrack", "max", "0", "is out of bounds (0 is no limit on some", size_allowed},
		{"conntrack", "max", "-1", wrong, size_allowed},
		{"conntrack", "max", "+5", wrong, size_allowed},
		{"conntrack", "max", "1.5", wrong, size_allowed},
		{"conntrack", "max", "1e6", wrong, size_allowed},
		{"conntrack", "max", "1 000", wrong, size_allowed},
		{"conntrack", "max", "010", "(a leading 0 makes", size_allowed},
		{"conntrack", "max", "0x10", "(hexadecimal", size_allowed},
		{"conntrack", "max", "0X10", "(hexadecimal", size_allowed},
		{"conntrack", "max", "1M", wrong, size_allowed},
		{"conntrack", "max", "Auto", wrong, size_allowed},
		{"conntrack", "max", "automatic", wrong, size_allowed},
		{"conntrack", "max", "25%", wrong, size_allowed},
		{"conntrack", "max", "2147483648", over, size_allowed},
		{"conntrack", "max", "18446744073709551616", over, size_allowed},
		{"conntrack", "max", "99999999999999999999999999", over, size_allowed},
		{"conntrack", "hashsize", "268434945", over, "1 to 268,434,944, or auto"},
		{"conntrack", "hashsize", "0", "is out of bounds; allowed", "or auto"},
		{"conntrack", "expect_max", "auto", wrong, number_allowed},
		{"conntrack", "expect_max", "0", "is out of bounds; allowed", number_allowed},
		{"conntrack", "expect_hashsize", "0", over, "allowed: 1 to 268,434,944"},
		{"conntrack", "memory_limit", "0", over, share_allowed},
		{"conntrack", "memory_limit", "0%", over, share_allowed},
		{"conntrack", "memory_limit", "101%", over, share_allowed},
		{"conntrack", "memory_limit", "99999999999999999999%", over, share_allowed},
		{"conntrack", "memory_limit", "%", wrong, share_allowed},
		{"conntrack", "memory_limit", "05%", "an invalid value (a leading 0",
		 share_allowed},
		{"conntrack", "memory_limit", "-5%", wrong, share_allowed},
		{"conntrack", "memory_limit", "5 %", wrong, share_allowed},
		{"conntrack", "memory_limit", "12.5%", wrong, share_allowed},
		{"conntrack", "memory_limit", "1T", wrong, share_allowed},
		{"conntrack", "memory_limit", "1k", wrong, share_allowed},
		{"conntrack", "memory_limit", "1MB", wrong, share_allowed},
		{"conntrack", "memory_limit", "M", wrong, share_allowed},
		{"conntrack", "memory_limit", "1 M", wrong, share_allowed},
		{"conntrack", "memory_limit", "17179869184G", over, share_allowed},
		/* 1 GiB and 61184 s if the product wrapped round */
		{"conntrack", "memory_limit", "17179869185G", over, share_allowed},
		{"timeouts", "udp", "213503982334602d", over, time_allowed},
		{"conntrack", "memory_limit", "auto", wrong, share_allowed},
		{"timeouts", "udp", "-1", "is an invalid value (the kernel accepts it",
		 time_allowed},
		{"timeouts", "udp", "21474837", over, time_allowed},
		{"timeouts", "udp", "249d", over, time_allowed},
		{"timeouts", "udp", "18446744073709551615d", over, time_allowed},
		{"timeouts", "udp", "18446744073709551616s", over, time_allowed},
		{"timeouts", "udp", "18446744073709551616w", wrong, time_allowed},
		{"timeouts", "udp", "1w", wrong, time_allowed},
		{"timeouts", "udp", "1H", wrong, time_allowed},
		{"timeouts", "udp", "30 s", wrong, time_allowed},
		{"timeouts", "udp", "1h30m", wrong, time_allowed},
		{"timeouts", "udp", "s", wrong, time_allowed},
		{"timeouts", "udp", "0s0", wrong, time_allowed},
		{"options", "acct", "Yes", wrong, "allowed: yes or no"},
		{"options", "acct", "2", wrong, "allowed: yes or no"},
		{"options", "acct", "010", "is an invalid value; allowed", "allowed: yes or no"},
		{"options", "log_invalid", "256", over, "allowed: 0 to 255"},
		{"options", "events", "3", over, "allowed: 0 to 2"},
		{"options", "frag6_high_thresh", "18446744073709551616", over,
		 "allowed: bytes, or with K, M, G (4M)"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct problem *problem;
		char text[128], start[128];

		begin(f);
		(void)snprintf(text, sizeof(text), "[%s]\n\n%s = %s\n", rows[i].section,
			       rows[i].name, rows[i].text);
		read_text(f, "a.conf", text);
		expect_number(text, f->problems.count, 1);
		problem = &f->problems.items[0];
		expect_number(text, problem->severity, SEVERITY_ERROR);
		expect_text(text, problem->file, "a.conf");
		expect_number(text, problem->line, 3);
		(void)snprintf(start, sizeof(start), "%s.%s: ", rows[i].section, rows[i].name);
		expect_start(text, problem->text, start);
		expect_part(text, problem->text, rows[i].why);
		expect_part(text, problem->text, rows[i].allowed);
		assert_false(value_of(f, rows[i].section, rows[i].name)->set);
		assert_false(config_is_value(&schema[schema_find(rows[i].section, rows[i].name)],
					     rows[i].text));
	}
}

/* Taken, as some kernels take them, and warned of. */
static void doubtful_timeouts_are_warned_of(void **state)
{
	static const struct {
		const char *text, *warning;
	} rows[] = {
		{"0", "timeouts.udp: with 0 the kernel forgets such flows at once,"},
		{"0s", "timeouts.udp: with 0 the kernel forgets such flows at once,"},
		{"2147484", "timeouts.udp: kernels built with HZ=1000 refuse 2,147,484 s; they "
			    "accept at most 2,147,483"},
		{"21474836",
		 "timeouts.udp: kernels built with HZ=1000 refuse 21,474,836 s; they accept"},
		{"1", NULL},
		{"2147483", NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[64];

		begin(f);
		(void)snprintf(text, sizeof(text), "[timeouts]\nudp = %s\n", rows[i].text);
		read_text(f, "a.conf", text);
		assert_true(value_of(f, "timeouts", "udp")->set);
		expect_number(text, f->problems.count, rows[i].warning ? 1 : 0);
		if (!rows[i].warning)
			continue;
		expect_start(text, f->problems.items[0].text, rows[i].warning);
		expect_number(text, f->problems.items[0].severity, SEVERITY_WARNING);
		expect_number(text, f->problems.items[0].line, 2);
	}
}

static void zero_is_doubtful_for_timeouts_only(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[options]\nlog_invalid = 0\nfrag6_low_thresh = 0\nacct = 0\n");
	expect_no_problem("zeros", &f->problems);
}

static void unknown_section_is_told_once(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[timeout]\nudp = 1\nnonsense = 2\n[conntrack]\nmax = 7\n");
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].line, 1);
	expect_text("text", f->problems.items[0].text,
		    "[timeout]: unknown section; did you mean [timeouts]? allowed: [conntrack], "
		    "[timeouts], [options], [apply], [disable]");
	assert_false(value_of(f, "timeouts", "udp")->set);
	assert_int_equal(value_of(f, "conntrack", "max")->number, 7);
}

static void unknown_name_is_told_with_its_line(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[conntrack]\n\nmaximum = 7\n");
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].line, 3);
	expect_start("text", f->problems.items[0].text, "conntrack.maximum: unknown setting; ");
	expect_part("text", f->problems.items[0].text, "allowed: ");
}

static void same_setting_twice_in_a_file_is_refused(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[conntrack]\nmax = 5\n[timeouts]\nudp = 1\n[conntrack]\nmax = 6\n");
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].line, 6);
	expect_text("text", f->problems.items[0].text,
		    "conntrack.max: set twice in this file, first in line 2; keep one of them");
	assert_int_equal(value_of(f, "conntrack", "max")->number, 5);
}

static void second_of_two_counts_also_after_a_bad_first(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[conntrack]\nmax = x\nmax = 6\n");
	assert_int_equal(f->problems.count, 2);
	assert_int_equal(f->problems.items[0].line, 2);
	assert_int_equal(f->problems.items[1].line, 3);
}

static void sections_may_be_repeated(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "[conntrack]\nmax = 5\n[apply]\n[conntrack]\nhashsize = 6\n");
	expect_no_problem("repeated", &f->problems);
	assert_int_equal(value_of(f, "conntrack", "max")->number, 5);
	assert_int_equal(value_of(f, "conntrack", "hashsize")->number, 6);
}

static void later_file_wins_key_by_key(void **state)
{
	struct fixture *f = *state;
	const struct config_value *max = value_of(f, "conntrack", "max");
	const struct config_value *hashsize = value_of(f, "conntrack", "hashsize");

	read_text(f, "a.conf", "[conntrack]\nmax = 5\nhashsize = 6\nmemory_limit = 30%\n");
	read_text(f, "b.conf", "[conntrack]\n\n\nmax = auto\nmemory_limit = 1G\n");
	expect_no_problem("two files", &f->problems);
	assert_true(max->is_auto);
	assert_string_equal(max->file, "b.conf");
	assert_int_equal(max->line, 4);
	assert_false(hashsize->is_auto);
	assert_int_equal(hashsize->number, 6);
	assert_string_equal(hashsize->file, "a.conf");
	assert_int_equal(hashsize->line, 3);
	assert_false(value_of(f, "conntrack", "memory_limit")->percent);

	read_text(f, "c.conf", "[conntrack]\nmax = 9\nmemory_limit = 2%\n");
	assert_false(max->is_auto);
	assert_int_equal(max->number, 9);
	assert_true(value_of(f, "conntrack", "memory_limit")->percent);
}

static void every_error_of_every_file_is_told(void **state)
{
	static const struct {
		const char *file;
		unsigned int line;
		const char *start;
	} wanted[] = {
		{"a.conf", 2, "conntrack.max: "},  {"a.conf", 3, "neither a "},
		{"a.conf", 4, "conntrack.mode: "}, {"b.conf", 1, "[x]: unknown section; "},
		{"b.conf", 4, "timeouts.udp: "},
	};
	struct fixture *f = *state;

	read_text(f, "a.conf", "[conntrack]\nmax = x\nhashsize\nmode = y\n");
	read_text(f, "b.conf", "[x]\n\n[timeouts]\nudp = z\n");
	assert_int_equal(f->problems.count, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		expect_text("file", f->problems.items[i].file, wanted[i].file);
		expect_number("line", f->problems.items[i].line, wanted[i].line);
		expect_start("text", f->problems.items[i].text, wanted[i].start);
	}
}

static void empty_file_leaves_the_defaults(void **state)
{
	struct fixture *f = *state;

	read_text(f, "a.conf", "");
	read_text(f, "b.conf", "# nothing here\n");
	expect_no_problem("empty", &f->problems);
	for (size_t i = 0; i < schema_count; i++)
		assert_false(f->config.values[i].set);
}

/* The kernel's own values count where nothing is configured: low 3145728, high 4194304. */
static void fragment_thresholds_are_held_against_each_other(void **state)
{
	static const struct {
		const char *low, *high;
		unsigned int line;
		const char *text;
	} rows[] = {
		{"3M", "4M", 0, NULL},
		{"5M", "5M", 0, NULL},
		{"4M", NULL, 0, NULL},
		{NULL, "3M", 0, NULL},
		{"0", "0", 0, NULL},
		{"5M", "4M", 2,
		 "options.frag6_low_thresh: 5,242,880 is more than frag6_high_thresh, which is "
		 "4,194,304; "
		 "allowed: frag6_low_thresh up to frag6_high_thresh"},
		{"4194305", NULL, 2,
		 "options.frag6_low_thresh: 4,194,305 is more than frag6_high_thresh, which is "
		 "4,194,304 "
		 "unless configured; allowed: frag6_low_thresh up to frag6_high_thresh"},
		{NULL, "3145727", 3,
		 "options.frag6_high_thresh: 3,145,727 is less than frag6_low_thresh, which is "
		 "3,145,728 "
		 "unless configured; allowed: frag6_low_thresh up to frag6_high_thresh"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];

		begin(f);
		(void)snprintf(text, sizeof(text), "[options]\n%s%s\n%s%s\n",
			       rows[i].low ? "frag6_low_thresh = " : "",
			       rows[i].low ? rows[i].low : "",
			       rows[i].high ? "frag6_high_thresh = " : "",
			       rows[i].high ? rows[i].high : "");
		read_text(f, "a.conf", text);
		expect_no_problem(text, &f->problems);
		config_check(&f->config, &f->problems);
		expect_number(text, f->problems.count, rows[i].text ? 1 : 0);
		if (!rows[i].text)
			continue;
		expect_text(text, f->problems.items[0].text, rows[i].text);
		expect_text(text, f->problems.items[0].file, "a.conf");
		expect_number(text, f->problems.items[0].line, rows[i].line);
		expect_number(text, f->problems.items[0].severity, SEVERITY_ERROR);
	}
}

static void lost_complaint_fails_the_reading(void **state)
{
	struct fixture *f = *state;

	f->problems.out_of_memory = true;
	assert_int_equal(config_read(&f->config, "a.conf", BYTES("[conntrack]\n"), &f->problems),
			 -ENOMEM);
}

#define config_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		config_test(defaults_are_those_of_the_manual),
		config_test(sound_values_are_taken),
		config_test(unsound_values_are_refused),
		config_test(doubtful_timeouts_are_warned_of),
		config_test(zero_is_doubtful_for_timeouts_only),
		config_test(unknown_section_is_told_once),
		config_test(unknown_name_is_told_with_its_line),
		config_test(same_setting_twice_in_a_file_is_refused),
		config_test(second_of_two_counts_also_after_a_bad_first),
		config_test(sections_may_be_repeated),
		config_test(later_file_wins_key_by_key),
		config_test(every_error_of_every_file_is_told),
		config_test(empty_file_leaves_the_defaults),
		config_test(fragment_thresholds_are_held_against_each_other),
		config_test(lost_complaint_fails_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
