/*
 * model/digest: the hash, the header that carries it, and what becomes of both when a file is
 * edited.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/plan/digest.h"

#define HEADER                                                                            \
	"# Written by conntrack-persist. Do not edit: change conntrack-persist.conf(5)\n" \
	"# and run \"conntrack-persist install\". sha256 of all below this line:\n"

/* sha256sum of "body\n" and of nothing */
#define BODY_SHA256  "9e2ec912af5dff2a72300863864fc4da04e81999339d9fac5c7590ba8a3f4e11"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void digest_is_that_of_sha256sum(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *digest;
	} rows[] = {
		{BYTES(""), EMPTY_SHA256},
		{BYTES("body\n"), BODY_SHA256},
		{BYTES("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{BYTES("a\0b"), "59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char digest[DIGEST_SIZE];

		digest_of(rows[i].bytes, rows[i].size, digest);
		expect_text(rows[i].bytes, digest, rows[i].digest);
	}
}

static void signed_text_is_header_digest_and_body(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0}, empty = {0};

	(void)state;
	digest_add_signed(&b, BYTES("body\n"));
	expect_text("signed", b.data, HEADER "# " BODY_SHA256 "\nbody\n");
	digest_add_signed(&empty, "", 0);
	expect_text("signed", empty.data, HEADER "# " EMPTY_SHA256 "\n");
}

/* udev, sysctl and modprobe must ignore it. */
static void header_is_comments_alone(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	size_t lines = 0;

	(void)state;
	digest_add_signed(&b, "", 0);
	for (const char *line = b.data; *line; line = strchr(line, '\n') + 1, lines++)
		expect_start("header", line, "# ");
	assert_int_equal(lines, 3);
}

static void edits_are_seen(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t size;
		bool has_header, is_intact;
	} rows[] = {
		{"as written", BYTES(HEADER "# " BODY_SHA256 "\nbody\n"), true, true},
		{"empty body", BYTES(HEADER "# " EMPTY_SHA256 "\n"), true, true},
		{"other body", BYTES(HEADER "# " BODY_SHA256 "\nbodY\n"), true, false},
		{"line added", BYTES(HEADER "# " BODY_SHA256 "\nbody\nmore\n"), true, false},
		{"body cut", BYTES(HEADER "# " BODY_SHA256 "\nbody"), true, false},
		{"body gone", BYTES(HEADER "# " BODY_SHA256 "\n"), true, false},
		{"NUL added", BYTES(HEADER "# " BODY_SHA256 "\nbody\n\0"), true, false},
		{"digest changed", BYTES(HEADER "# " EMPTY_SHA256 "\nbody\n"), true, false},
		{"digest in capitals",
		 BYTES(HEADER "# 9E2EC912AF5DFF2A72300863864FC4DA04E81999339D9FAC5C7590BA8A3F4E11\n"
			      "body\n"),
		 true, false},
		{"line end gone", BYTES(HEADER "# " EMPTY_SHA256), true, false},
		{"blank for the line end", BYTES(HEADER "# " BODY_SHA256 " body\n"), true, false},
		{"digest cut", BYTES(HEADER "# fc7d"), true, false},
		{"first line alone",
		 BYTES("# Written by conntrack-persist. Do not edit: change "
		       "conntrack-persist.conf(5)\nmore\n"),
		 true, false},
		{"first line and nothing else",
		 BYTES("# Written by conntrack-persist. Do not edit: change "
		       "conntrack-persist.conf(5)\n"),
		 true, false},
		{"first line without its end",
		 BYTES("# Written by conntrack-persist. Do not edit: change "
		       "conntrack-persist.conf(5)"),
		 false, false},
		{"line before", BYTES("\n" HEADER "# " BODY_SHA256 "\nbody\n"), false, false},
		{"another's", BYTES("# another's file\n"), false, false},
		{"nothing", BYTES(""), false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* A copy of exactly this size, so that a read beyond the end is seen. */
		char *CLEANUP(free_pointer) bytes = malloc(rows[i].size ? rows[i].size : 1);

		assert_non_null(bytes);
		memcpy(bytes, rows[i].bytes, rows[i].size);
		expect_number(rows[i].name, digest_has_header(bytes, rows[i].size),
			      rows[i].has_header);
		expect_number(rows[i].name, digest_is_intact(bytes, rows[i].size),
			      rows[i].is_intact);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_is_that_of_sha256sum),
		cmocka_unit_test(signed_text_is_header_digest_and_body),
		cmocka_unit_test(header_is_comments_alone),
		cmocka_unit_test(edits_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
