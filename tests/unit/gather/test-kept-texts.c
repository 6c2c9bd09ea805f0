/* gather/kept-texts: what was read is found again by its path, up to a bound. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "gather/kept-texts.h"

static void keep(struct kept_texts *texts, const char *path, const char *text, size_t size)
{
	kept_texts_keep(texts, &(struct kept_text){.path = path, .text = text, .size = size});
}

static void a_text_is_found_by_its_path(void **state)
{
	struct kept_texts CLEANUP(kept_texts_done) texts = {0};
	char *CLEANUP(free_pointer) copy = NULL;
	const struct kept_text *found;

	(void)state;
	assert_null(kept_texts_find(&texts, "/a"));
	keep(&texts, "/a", "one", 3);
	kept_texts_keep(&texts, &(struct kept_text){"/b", "", 0, true});
	found = kept_texts_find(&texts, "/a");
	assert_non_null(found);
	assert_false(found->runs);
	assert_int_equal(found->size, 3);
	assert_int_equal(kept_text_copy(found, &copy), 0);
	assert_string_equal(copy, "one");
	assert_true(kept_texts_find(&texts, "/b")->runs);
	assert_null(kept_texts_find(&texts, "/c"));
}

/* A text may contain NUL. */
static void all_bytes_are_kept(void **state)
{
	struct kept_texts CLEANUP(kept_texts_done) texts = {0};
	char *CLEANUP(free_pointer) copy = NULL;

	(void)state;
	keep(&texts, "/a", "x\0y", 3);
	assert_int_equal(kept_text_copy(kept_texts_find(&texts, "/a"), &copy), 0);
	assert_memory_equal(copy, "x\0y", sizeof("x\0y"));
}

static void texts_have_a_bound(void **state)
{
	struct kept_texts CLEANUP(kept_texts_done) texts = {0};
	char *CLEANUP(free_pointer) large = calloc(1, KEPT_BYTES_MAX);

	(void)state;
	assert_non_null(large);
	keep(&texts, "/a", "ab", 2);
	keep(&texts, "/large", large, KEPT_BYTES_MAX - 1);
	assert_null(kept_texts_find(&texts, "/large"));
	keep(&texts, "/fits", large, KEPT_BYTES_MAX - 2);
	assert_non_null(kept_texts_find(&texts, "/fits"));
	keep(&texts, "/none", "", 0);
	assert_non_null(kept_texts_find(&texts, "/none"));
	keep(&texts, "/more", "x", 1);
	assert_null(kept_texts_find(&texts, "/more"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_found_by_its_path),
		cmocka_unit_test(all_bytes_are_kept),
		cmocka_unit_test(texts_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
