/* base/problems: the list by which pure code complains. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(problems_keep_their_order_and_own_their_texts),
		cmocka_unit_test(only_errors_are_errors),
		cmocka_unit_test(lost_complaint_counts_as_error),
		cmocka_unit_test(done_leaves_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
