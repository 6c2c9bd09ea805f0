/* model/program-settings: single settings in the files of other programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/sources/program-settings.h"

static void expect_setting(const char *text, const char *section, const char *ends, bool fits,
			   const char *wanted)
{
	char value[8] = "unset";

	assert_int_equal(program_setting_find(text, section, "NAME", ends, value, sizeof(value)),
			 fits);
	expect_text(text, value, wanted);
}

static void last_line_of_the_name_is_found(void **state)
{
	(void)state;
	expect_setting("", NULL, SETTING_ONE_WORD, true, "");
	expect_setting("NAME=a", NULL, SETTING_ONE_WORD, true, "a");
	expect_setting("NAME=a\nNAME = \"b c\"\n", NULL, SETTING_ONE_WORD, true, "b");
	expect_setting("NAME=a\nNAMES=b\n NAME=c\n#NAME=d\nNAME e\n", NULL, SETTING_ONE_WORD, true,
		       "a");
	expect_setting("NAME = a, b # c\n", NULL, SETTING_WHOLE_LINE, true, "a, b ");
}

static void section_counts(void **state)
{
	(void)state;
	expect_setting("NAME=a\n[main]\nNAME=b\n[mains]\nNAME=c\n", "main", SETTING_ONE_WORD, true,
		       "b");
	expect_setting("[main\nNAME=a\n", "main", SETTING_ONE_WORD, true, "");
}

/* A value that does not fit must not look like a missing setting. */
static void long_value_is_told(void **state)
{
	(void)state;
	expect_setting("NAME=1234567", NULL, SETTING_ONE_WORD, true, "1234567");
	expect_setting("NAME=12345678", NULL, SETTING_ONE_WORD, false, "");
	expect_setting("NAME=a\nNAME=12345678", NULL, SETTING_ONE_WORD, false, "");
	expect_setting("NAME=12345678\nNAME=a", NULL, SETTING_ONE_WORD, true, "a");
}

static void words_are_false_as_in_python(void **state)
{
	(void)state;
	assert_true(program_setting_is_no("0"));
	assert_true(program_setting_is_no("No"));
	assert_true(program_setting_is_no("FALSE"));
	assert_true(program_setting_is_no("off"));
	assert_false(program_setting_is_no(""));
	assert_false(program_setting_is_no("none"));
	assert_false(program_setting_is_no("1"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_line_of_the_name_is_found),
		cmocka_unit_test(section_counts),
		cmocka_unit_test(long_value_is_told),
		cmocka_unit_test(words_are_false_as_in_python),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
