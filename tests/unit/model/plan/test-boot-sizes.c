/*
 * model/boot-sizes: a record is written and read back, and a record that no run would write is
 * ignored.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "model/plan/boot-sizes.h"
#include "model/plan/digest.h"
#include "model/plan/render.h"

static char inputs[] = "max=auto hashsize=65536 memory_limit=25%";

/* Writes the text as one of our files: with the header that contains its checksum. */
static int parse(const char *body, struct sizes *ret)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	digest_add_signed(&b, body, strlen(body));
	assert_non_null(b.data);
	return boot_sizes_parse(b.data, b.length, ret);
}

static void there_and_back(void **state)
{
	const struct sizes wanted = {
		.inputs = inputs, .ram = 8589934592, .max = 1048576, .hashsize = 65536};
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct sizes got = {0};

	(void)state;
	render_boot_sizes(&b, &wanted);
	assert_int_equal(parse(b.data, &got), 0);
	expect_text("inputs", got.inputs, inputs);
	expect_number("ram", got.ram, wanted.ram);
	expect_number("max", got.max, wanted.max);
	expect_number("hashsize", got.hashsize, wanted.hashsize);
	free(got.inputs);
}

static void what_no_run_writes_is_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"[sizes]\n",
		"[sizes]\nram = 1\nmax = 1\nhashsize = 1\n",
		"[sizes]\nfrom = a\nmax = 1\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 1\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 1\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 0\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 2147483648\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 1\nhashsize = 268434945\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 010\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 9223372036854775808\nmax = 1\nhashsize = 1\n",
		"[sizes]\nfrom = a\nram = 1\nmax = 1\nhashsize = 1\nnonsense\n",
	};
	struct sizes got = {.max = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		expect_number(bodies[i], (uint64_t)-parse(bodies[i], &got), EBADMSG);
		assert_null(got.inputs);
		assert_int_equal(got.max, 7);
	}
	assert_int_equal(
		parse("[sizes]\nfrom = a\nfrom = b\nram = 1\nmax = 2\nhashsize = 3\n", &got), 0);
	expect_text("the first", got.inputs, "a");
	free(got.inputs);
}

static void an_edited_one_is_refused(void **state)
{
	static const char body[] = "[sizes]\nfrom = a\nram = 1\nmax = 1\nhashsize = 1\n";
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct sizes got = {0};

	(void)state;
	assert_int_equal(boot_sizes_parse(BYTES(body), &got), -EBADMSG);
	digest_add_signed(&b, BYTES(body));
	assert_non_null(b.data);
	b.data[b.length - 2] = '2';
	assert_int_equal(boot_sizes_parse(b.data, b.length, &got), -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(what_no_run_writes_is_refused),
		cmocka_unit_test(an_edited_one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
