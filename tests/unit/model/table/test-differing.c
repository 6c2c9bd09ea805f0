/* model/differing: what another network namespace has differently, in words. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/table/differing.h"

static void first_three_are_named_and_the_others_counted(void **state)
{
	static const char *const texts[] = {
		NULL,
		"udp_timeout 30 (here 60)",
		"udp_timeout 30 (here 60), acct 0 (wanted 1)",
		"udp_timeout 30 (here 60), acct 0 (wanted 1), flowtable_tcp_timeout 30 (here 9)",
		"udp_timeout 30 (here 60), acct 0 (wanted 1), flowtable_tcp_timeout 30 (here 9), "
		"and 1 more",
		"udp_timeout 30 (here 60), acct 0 (wanted 1), flowtable_tcp_timeout 30 (here 9), "
		"and 2 more",
	};

	(void)state;
	for (size_t count = 0; count < ARRAY_SIZE(texts); count++) {
		struct differing CLEANUP(differing_done) differing = {0};
		char *CLEANUP(free_pointer) text = NULL;

		if (count > 0)
			differing_add(&differing, "nf_conntrack_udp_timeout", "30", "here", "60");
		if (count > 1)
			differing_add(&differing, "nf_conntrack_acct", "0", "wanted", "1");
		if (count > 2)
			differing_add(&differing, "nf_flowtable_tcp_timeout", "30", "here", "9");
		for (size_t i = 3; i < count; i++)
			differing_add(&differing, "other", "1", "here", "2");
		assert_int_equal(differing.count, count);
		assert_int_equal(differing_finish(&differing, &text), 0);
		if (texts[count])
			expect_text("text", text, texts[count]);
		else
			assert_null(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_three_are_named_and_the_others_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
