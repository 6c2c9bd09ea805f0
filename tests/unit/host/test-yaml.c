/* host/yaml: which scalars a text has, where, and which texts are refused. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "host/yaml.h"

/* "DOCUMENT:LINE PATH=VALUE" for each scalar, a null as "-", a literal block in brackets. */
static void expect_scalars(const char *text, const char *wanted)
{
	struct yaml_scalars scalars = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};
	unsigned int line;

	expect_number(text, (uint64_t)yaml_read(text, strlen(text), &scalars, &line), 0);
	for (size_t i = 0; i < scalars.count; i++) {
		const struct yaml_scalar *one = &scalars.items[i];

		buffer_printf(&b, one->is_literal ? "%u:%u %s=[%s]\n" : "%u:%u %s=%s\n",
			      one->document, one->line, one->path, one->is_null ? "-" : one->value);
	}
	expect_text(text, b.data ? b.data : "", wanted);
	yaml_scalars_done(&scalars);
}

static void each_style_is_read(void **state)
{
	(void)state;
	expect_scalars("", "");
	expect_scalars("a: 1\nb:\n  c: x y # z\n", "1:1 a=1\n1:3 b/c=x y\n");
	expect_scalars("a: {b: '1', \"c\": [2, 3]}\n", "1:1 a/b=1\n1:1 a/c/[0]=2\n1:1 a/c/[1]=3\n");
	expect_scalars("{\"a\":\n{\"b\": null}}", "1:2 a/b=-\n");
	expect_scalars("- a\n- - b\n  - c: d\n", "1:1 [0]=a\n1:2 [1]/[0]=b\n1:3 [1]/[1]/c=d\n");
	expect_scalars("a: ~\nb:\nc: null\nd: 'null'\ne: \"\"\n",
		       "1:1 a=-\n1:2 b=-\n1:3 c=-\n1:4 d=null\n1:5 e=\n");
	expect_scalars("a:\n  b: |-\n    c: 1\n    d: 2\n", "1:3 a/b=[c: 1\nd: 2]\n");
	expect_scalars("a: 1\n---\na: 2\n", "1:1 a=1\n2:3 a=2\n");
	expect_scalars("x: &n 1\n", "1:1 x=1\n");
	/* A key that is a list or a mapping has no path, and neither has what is below it. */
	expect_scalars("? [x]\n: y\na: b\n", "1:3 a=b\n");
	expect_scalars("? {x: z}\n: {c: d}\na: b\n", "1:3 a=b\n");
}

static void expect_refused(const char *text, int error, unsigned int line)
{
	struct yaml_scalars scalars = {0};
	unsigned int found = 12345;

	if (yaml_read(text, strlen(text), &scalars, &found) != error || scalars.items)
		fail_msg("%.40s: not refused by %d", text, error);
	expect_number(text, found, line);
}

static void hostile_texts_are_refused(void **state)
{
	struct buffer CLEANUP(buffer_clear) many = {0};
	char deep[2 * YAML_DEPTH_MAX + 4];

	(void)state;
	expect_refused("a: 1\nb: [\n", -EINVAL, 3);
	expect_refused("a: 1\n\tb: 2\n", -EINVAL, 2);
	expect_refused("a: &x [1]\nb: [*x, *x]\n", -ELOOP, 2);
	memset(deep, '[', sizeof(deep));
	deep[YAML_DEPTH_MAX + 1] = '\0';
	expect_refused(deep, -E2BIG, 1);
	for (size_t i = 0; i < YAML_NODES_MAX; i++)
		buffer_add(&many, "- 1\n");
	expect_refused(many.data, -E2BIG, YAML_NODES_MAX - 2);
}

static void long_paths_are_left_out(void **state)
{
	char text[YAML_PATH_MAX + 64];

	(void)state;
	memset(text, 'k', sizeof(text));
	strcpy(text + YAML_PATH_MAX - 1, ": {a: 1}\nz: 2\n");
	expect_scalars(text, "1:2 z=2\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_style_is_read),
		cmocka_unit_test(hostile_texts_are_refused),
		cmocka_unit_test(long_paths_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
