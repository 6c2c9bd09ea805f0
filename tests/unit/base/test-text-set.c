/* base/text-set: each text is new once, whatever its bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/text-set.h"

static void a_text_is_new_once(void **state)
{
	struct text_set CLEANUP(text_set_done) set = {0};

	(void)state;
	assert_int_equal(text_set_has(&set, "", "a"), 0);
	assert_int_equal(text_set_add(&set, "", "a"), 1);
	assert_int_equal(text_set_add(&set, "", "a"), 0);
	assert_int_equal(text_set_has(&set, "", "a"), 1);
	assert_int_equal(text_set_add(&set, "", ""), 1);
}

static void prefix_and_text_are_one(void **state)
{
	struct text_set CLEANUP(text_set_done) set = {0};

	(void)state;
	assert_int_equal(text_set_add(&set, "unit ", "a.service"), 1);
	assert_int_equal(text_set_add(&set, "", "unit a.service"), 0);
	assert_int_equal(text_set_has(&set, "", "a.service"), 0);
}

static void texts_need_not_be_utf8(void **state)
{
	struct text_set CLEANUP(text_set_done) set = {0};

	(void)state;
	assert_int_equal(text_set_add(&set, "", "/etc/\xff"), 1);
	assert_int_equal(text_set_add(&set, "", "/etc/\xfe"), 1);
	assert_int_equal(text_set_add(&set, "", "/etc/\xff"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_new_once),
		cmocka_unit_test(prefix_and_text_are_one),
		cmocka_unit_test(texts_need_not_be_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
