/* base/problems: the list by which pure code complains. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

static void problems_keep_their_order_and_own_their_texts(void **state)
{
	struct problems CLEANUP(problems_done) p = {0};
	char file[] = "a.conf";

	(void)state;
	problems_add(&p, SEVERITY_WARNING, file, 3, "%s is %d", "max", 7);
	problems_add(&p, SEVERITY_NOTE, NULL, 0, "no file");
	file[0] = 'z';
	assert_int_equal(p.count, 2);
	assert_int_equal(p.items[0].severity, SEVERITY_WARNING);
	assert_string_equal(p.items[0].file, "a.conf");
	assert_int_equal(p.items[0].line, 3);
	assert_string_equal(p.items[0].text, "max is 7");
	assert_null(p.items[1].file);
	assert_int_equal(p.items[1].line, 0);
}

static void only_errors_are_errors(void **state)
{
	struct problems CLEANUP(problems_done) p = {0};

	(void)state;
	assert_false(problems_have_error(&p));
	problems_add(&p, SEVERITY_NOTE, NULL, 0, "note");
	problems_add(&p, SEVERITY_WARNING, NULL, 0, "warning");
	assert_false(problems_have_error(&p));
	problems_add(&p, SEVERITY_ERROR, NULL, 0, "error");
	assert_true(problems_have_error(&p));
}

/* A complaint that got lost must not pass for none. */
static void lost_complaint_counts_as_error(void **state)
{
	static const wchar_t unprintable[] = {0x7fffffff, 0};
	struct problems CLEANUP(problems_done) p = {0};

	(void)state;
	problems_add(&p, SEVERITY_NOTE, "a.conf", 1, "%ls", unprintable);
	assert_int_equal(p.count, 0);
	assert_true(p.out_of_memory);
	assert_true(problems_have_error(&p));
}

static void done_leaves_an_empty_list(void **state)
{
	struct problems p = {0};

	(void)state;
	problems_add(&p, SEVERITY_ERROR, "a.conf", 1, "error");
	problems_done(&p);
	assert_int_equal(p.count, 0);
	assert_null(p.items);
	assert_false(problems_have_error(&p));
}

/* Errors that come after many notes are still kept. */
static void each_severity_has_a_bound(void **state)
{
	struct problems CLEANUP(problems_done) p = {0};

	(void)state;
	for (unsigned int i = 0; i < PROBLEMS_MAX; i++)
		problems_add(&p, SEVERITY_NOTE, "a.conf", i, "note");
	assert_int_equal(problems_left_out(&p, SEVERITY_NOTE), 0);
	assert_false(problems_have_room(&p, SEVERITY_NOTE));
	for (unsigned int i = 0; i < 3; i++)
		problems_add(&p, SEVERITY_NOTE, "a.conf", i, "note");
	assert_int_equal(problems_left_out(&p, SEVERITY_NOTE), 3);
	assert_int_equal(p.count, PROBLEMS_MAX);
	assert_true(problems_have_room(&p, SEVERITY_ERROR));
	problems_add(&p, SEVERITY_ERROR, "a.conf", 1, "error");
	assert_int_equal(p.count, PROBLEMS_MAX + 1);
	assert_int_equal(problems_left_out(&p, SEVERITY_ERROR), 0);
	assert_true(problems_have_error(&p));
}

/* The cut is marked, and does not split a character. */
static void long_text_is_cut(void **state)
{
	struct problems CLEANUP(problems_done) p = {0};
	char text[3 * PROBLEM_TEXT_MAX + 1] = "";

	(void)state;
	memset(text, 'x', PROBLEM_TEXT_MAX);
	text[PROBLEM_TEXT_MAX] = '\0';
	problems_add(&p, SEVERITY_NOTE, NULL, 0, "%s", text);
	assert_string_equal(p.items[0].text, text);
	problems_add(&p, SEVERITY_NOTE, NULL, 0, "%sx", text);
	assert_int_equal(strlen(p.items[1].text), PROBLEM_TEXT_MAX);
	assert_string_equal(p.items[1].text + PROBLEM_TEXT_MAX - 5, "x ...");
	for (unsigned int i = 0; i < PROBLEM_TEXT_MAX; i++)
		memcpy(text + 3UL * i, "\xe2\x82\xac", 3);
	problems_add(&p, SEVERITY_NOTE, NULL, 0, "%s", text);
	/* 332 characters of three bytes fit before the mark. */
	assert_int_equal(strlen(p.items[2].text), 332 * 3 + 4);
	assert_string_equal(p.items[2].text + 331UL * 3, "\xe2\x82\xac ...");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(problems_keep_their_order_and_own_their_texts),
		cmocka_unit_test(only_errors_are_errors),
		cmocka_unit_test(lost_complaint_counts_as_error),
		cmocka_unit_test(each_severity_has_a_bound),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(done_leaves_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
