/* base/array: items stay while an array grows, and what cannot be had leaves the array alone. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

static void items_stay_while_an_array_grows(void **state)
{
	size_t *items = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(array_grow(&items, i, sizeof(*items)), 0);
		items[i] = i * i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i * i);
	free(items);
}

static void room_doubles(void **state)
{
	char *items = NULL, *before;
	size_t moves = 0;

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		before = items;
		assert_int_equal(array_grow(&items, i, sizeof(*items)), 0);
		moves += items != before;
	}
	assert_in_range(moves, 1, 17);
	free(items);
}

static void what_cannot_be_had_leaves_the_array(void **state)
{
	char item[1], *items = item;
	const size_t huge = SIZE_MAX / 2 + 1;

	(void)state;
	assert_int_equal(array_grow(&items, huge, 1), -ENOMEM);
	assert_int_equal(array_grow(&items, huge / 4, 64), -ENOMEM);
	assert_ptr_equal(items, item);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_stay_while_an_array_grows),
		cmocka_unit_test(room_doubles),
		cmocka_unit_test(what_cannot_be_had_leaves_the_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
