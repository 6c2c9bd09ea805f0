/* model/manifest: there and back, and nothing taken from a record that no run would write. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "model/installed/manifest-before.h"
#include "model/installed/manifest.h"
#include "model/plan/sizes.h"

#define DIGEST "fc2e1d8e02b9b1d7fd2b9e1f6e2f4a2fd8a4b9f0f5f3b2f0c6b1a1f2e3d4c5b6"
#define OTHER  "0000000000000000000000000000000000000000000000000000000000000000"

static void keep_sizes(struct manifest *manifest, const char *inputs, uint64_t ram, uint64_t max,
		       uint64_t hashsize)
{
	char *CLEANUP(free_pointer) text = strdup(inputs);
	const struct sizes sizes = {.inputs = text, .ram = ram, .max = max, .hashsize = hashsize};

	assert_int_equal(sizes_copy(&sizes, &manifest->sizes), 0);
}

static void fill(struct manifest *manifest)
{
	assert_int_equal(manifest_put(manifest, "/etc/a.conf", 0644, DIGEST, NULL), 0);
	assert_int_equal(manifest_put(manifest, "/etc/b.conf", 0600, NULL, "/etc/b.conf.old"), 0);
	assert_int_equal(manifest_add_directory(manifest, "/etc/x"), 0);
	assert_int_equal(manifest_add_directory(manifest, "/etc/x/y"), 0);
	keep_sizes(manifest, "max=auto", 8589934592, 1048576, 524288);
}

static const char filled[] = "{\n"
			     "  \"version\": 1,\n"
			     "  \"files\": [\n"
			     "    {\n"
			     "      \"path\": \"/etc/a.conf\",\n"
			     "      \"mode\": \"0644\",\n"
			     "      \"sha256\": \"" DIGEST "\"\n"
			     "    },\n"
			     "    {\n"
			     "      \"path\": \"/etc/b.conf\",\n"
			     "      \"mode\": \"0600\",\n"
			     "      \"replaced\": \"/etc/b.conf.old\"\n"
			     "    }\n"
			     "  ],\n"
			     "  \"directories\": [\n"
			     "    \"/etc/x\",\n"
			     "    \"/etc/x/y\"\n"
			     "  ],\n"
			     "  \"sizes\": {\n"
			     "    \"from\": \"max=auto\",\n"
			     "    \"ram\": 8589934592,\n"
			     "    \"max\": 1048576,\n"
			     "    \"hashsize\": 524288\n"
			     "  }\n"
			     "}\n";

static void expect_filled(const struct manifest *manifest)
{
	const struct manifest_file *a = manifest_find(manifest, "/etc/a.conf");
	const struct manifest_file *b = manifest_find(manifest, "/etc/b.conf");

	assert_int_equal(manifest->file_count, 2);
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->mode, 0644);
	expect_text("digest", a->digest, DIGEST);
	assert_null(a->replaced);
	assert_int_equal(b->mode, 0600);
	expect_text("digest", b->digest, "");
	expect_text("replaced", b->replaced, "/etc/b.conf.old");
	assert_null(manifest_find(manifest, "/etc/c.conf"));
	assert_int_equal(manifest->directory_count, 2);
	expect_text("directory", manifest->directories[0], "/etc/x");
	expect_text("directory", manifest->directories[1], "/etc/x/y");
	expect_text("inputs", manifest->sizes.inputs, "max=auto");
	assert_true(manifest->sizes.ram == 8589934592);
	assert_int_equal(manifest->sizes.max, 1048576);
	assert_int_equal(manifest->sizes.hashsize, 524288);
}

static void record_is_this_text(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;

	(void)state;
	fill(&manifest);
	assert_int_equal(manifest_format(&manifest, &text, &size), 0);
	expect_text("text", text, filled);
	assert_int_equal(size, strlen(filled));
}

static void text_comes_back_as_the_record(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;

	(void)state;
	assert_int_equal(manifest_parse(filled, strlen(filled), &manifest), 0);
	expect_filled(&manifest);
	assert_int_equal(manifest_format(&manifest, &text, &size), 0);
	expect_text("again", text, filled);
}

static void empty_record_comes_back_empty(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0}, again = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;

	(void)state;
	assert_int_equal(manifest_format(&manifest, &text, &size), 0);
	assert_int_equal(manifest_parse(text, size, &again), 0);
	assert_int_equal(again.file_count, 0);
	assert_int_equal(again.directory_count, 0);
	assert_null(again.sizes.inputs);
	assert_null(manifest_find(&again, "/etc/a.conf"));
}

static void entry_is_changed_in_its_place(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	const struct manifest_file *file;

	(void)state;
	fill(&manifest);
	assert_int_equal(manifest_put(&manifest, "/etc/b.conf", 0640, OTHER, NULL), 0);
	assert_int_equal(manifest.file_count, 2);
	file = &manifest.files[1];
	assert_int_equal(file->mode, 0640);
	expect_text("digest", file->digest, OTHER);
	expect_text("kept", file->replaced, "/etc/b.conf.old");

	assert_int_equal(manifest_put(&manifest, "/etc/b.conf", 0, NULL, "/etc/b.conf.older"), 0);
	expect_text("digest", manifest.files[1].digest, "");
	expect_text("changed", manifest.files[1].replaced, "/etc/b.conf.older");
}

/* The text that is passed may belong to the entry itself. */
static void entry_may_be_put_from_itself(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	const struct manifest_file *file;

	(void)state;
	assert_int_equal(manifest_put(&manifest, "/etc/a.conf", 0644, DIGEST, "/etc/a.conf.old"),
			 0);
	file = manifest_find(&manifest, "/etc/a.conf");
	assert_int_equal(manifest_put(&manifest, file->path, 0600, file->digest, file->replaced),
			 0);
	expect_text("digest", manifest.files[0].digest, DIGEST);
	expect_text("replaced", manifest.files[0].replaced, "/etc/a.conf.old");
	assert_int_equal(manifest.file_count, 1);
}

static void directory_is_recorded_once_and_sizes_replace_the_last(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};

	(void)state;
	fill(&manifest);
	assert_int_equal(manifest_add_directory(&manifest, "/etc/x"), 0);
	assert_int_equal(manifest.directory_count, 2);
	keep_sizes(&manifest, "max=auto hashsize=9", 1, 2, 3);
	expect_text("inputs", manifest.sizes.inputs, "max=auto hashsize=9");
	assert_int_equal(manifest.sizes.ram, 1);
	assert_int_equal(manifest.sizes.max, 2);
	assert_int_equal(manifest.sizes.hashsize, 3);
}

static void unwritable_text_is_an_error(void **state)
{
	static const char *const bad = "/etc/\xff";
	char *text = NULL;
	size_t size = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct manifest CLEANUP(manifest_done) manifest = {0};

		if (i == 0)
			assert_int_equal(manifest_put(&manifest, bad, 0644, NULL, NULL), 0);
		else if (i == 1)
			assert_int_equal(manifest_put(&manifest, "/etc/a", 0644, NULL, bad), 0);
		else if (i == 2)
			assert_int_equal(manifest_add_directory(&manifest, bad), 0);
		else
			keep_sizes(&manifest, bad, 1, 1, 1);
		assert_int_equal(manifest_format(&manifest, &text, &size), -ENOMEM);
		assert_null(text);
	}
}

#define FILES(item)	  "{\"version\":1,\"files\":[" item "],\"directories\":[]}"
#define FILE_WITH(fields) FILES("{\"path\":\"/etc/a\",\"mode\":\"0644\"" fields "}")
#define DIRECTORIES(item) "{\"version\":1,\"files\":[],\"directories\":[" item "]}"
#define SIZES(sizes)	  "{\"version\":1,\"files\":[],\"directories\":[],\"sizes\":" sizes "}"

static void sound_records_are_taken(void **state)
{
	static const char *const rows[] = {
		"{\"version\":1,\"files\":[],\"directories\":[]}",
		FILE_WITH(""),
		FILE_WITH(",\"sha256\":\"" DIGEST "\""),
		FILE_WITH(",\"replaced\":\"/etc/a.old\""),
		FILE_WITH(",\"later\":\"field\""),
		FILES("{\"path\":\"/etc/a..b/...\",\"mode\":\"0\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"07777\"}"),
		DIRECTORIES("\"/etc/x\""),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":2147483647,\"hashsize\":268434944}"),
		"{\"version\":1,\"files\":[],\"directories\":[],\"later\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct manifest CLEANUP(manifest_done) manifest = {0};

		if (manifest_parse(rows[i], strlen(rows[i]), &manifest) != 0)
			fail_msg("not taken: %s", rows[i]);
	}
}

/* Told apart from a broken one: nothing is known of what a newer version means by it. */
static void records_of_newer_versions_are_known(void **state)
{
	static const char *const rows[] = {
		"{\"version\":2,\"files\":[],\"directories\":[]}",
		"{\"version\":99,\"other\":[]}",
		"{\"version\":1,\"format\":99,\"files\":[],\"directories\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct manifest CLEANUP(manifest_done) manifest = {0};

		assert_int_equal(manifest_parse(rows[i], strlen(rows[i]), &manifest),
				 -EPROTONOSUPPORT);
	}
}

static void unsound_records_are_refused_whole(void **state)
{
	static const char *const rows[] = {
		"",
		"junk",
		"null",
		"[]",
		"{}",
		"{\"version\":1,\"files\":[],\"directories\":[]} junk",
		"{\"version\":1,\"files\":[],\"directories\":[]",
		"{\"version\":\"1\",\"files\":[],\"directories\":[]}",
		"{\"version\":1,\"version\":1,\"files\":[],\"directories\":[]}",
		"{\"files\":[],\"directories\":[]}",
		"{\"version\":1}",
		"{\"version\":1,\"files\":[]}",
		"{\"version\":1,\"files\":{},\"directories\":[]}",
		"{\"version\":1,\"files\":[],\"directories\":\"/etc/x\"}",
		"\xff\xfe{}",
		/* paths */
		FILES("{\"mode\":\"0644\"}"),
		FILES("{\"path\":7,\"mode\":\"0644\"}"),
		FILES("{\"path\":\"\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"etc/a\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"../etc/a\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/../a\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/../a\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/..\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/..\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/a\\n\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/a\\u0000b\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/\\u00fc\",\"mode\":\"0644\"}"),
		FILES("{\"path\":\"/etc/\\u001b[31m\",\"mode\":\"0644\"}"),
		FILES("\"/etc/a\""),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"0644\"},{\"path\":\"/etc/"
		      "a\",\"mode\":\"0644\"}"),
		/* modes */
		FILES("{\"path\":\"/etc/a\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":420}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"0648\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"rw\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"10000\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"-1\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"+644\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\" 644\"}"),
		FILES("{\"path\":\"/etc/a\",\"mode\":\"-1777777777777777777777\"}"),
		/* digests */
		FILE_WITH(",\"sha256\":7"),
		FILE_WITH(",\"sha256\":null"),
		FILE_WITH(",\"sha256\":\"\""),
		FILE_WITH(",\"sha256\":\"fc2e\""),
		FILE_WITH(",\"sha256\":\"" DIGEST "0\""),
		FILE_WITH(",\"sha256\":\"FC2E1D8E02B9B1D7FD2B9E1F6E2F4A2F"
			  "D8A4B9F0F5F3B2F0C6B1A1F2E3D4C5B6\""),
		FILE_WITH(",\"sha256\":\"xc2e1d8e02b9b1d7fd2b9e1f6e2f4a2f"
			  "d8a4b9f0f5f3b2f0c6b1a1f2e3d4c5b6\""),
		/* copies */
		FILE_WITH(",\"replaced\":7"),
		FILE_WITH(",\"replaced\":\"\""),
		FILE_WITH(",\"replaced\":\"a.old\""),
		FILE_WITH(",\"replaced\":\"/etc/../../a.old\""),
		/* directories */
		DIRECTORIES("7"),
		DIRECTORIES("\"etc/x\""),
		DIRECTORIES("\"/etc/../x\""),
		DIRECTORIES("\"/\""),
		/* sizes */
		SIZES("7"),
		SIZES("[]"),
		SIZES("null"),
		SIZES("{}"),
		SIZES("{\"ram\":1,\"max\":1,\"hashsize\":1}"),
		SIZES("{\"from\":7,\"ram\":1,\"max\":1,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"max\":1,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":0,\"max\":1,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":0,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":1,\"hashsize\":0}"),
		SIZES("{\"from\":\"\",\"ram\":-1,\"max\":1,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":1.5,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":\"1\",\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":2147483648,\"hashsize\":1}"),
		SIZES("{\"from\":\"\",\"ram\":1,\"max\":1,\"hashsize\":268434945}"),
		SIZES("{\"from\":\"\",\"ram\":99999999999999999999,\"max\":1,\"hashsize\":1}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct manifest manifest = {.file_count = 4711};

		if (manifest_parse(rows[i], strlen(rows[i]), &manifest) != -EBADMSG)
			fail_msg("taken: %s", rows[i]);
		/* untouched */
		assert_int_equal(manifest.file_count, 4711);
		assert_null(manifest.files);
	}
}

/* Good entries before the bad one are given up again. */
static void nothing_of_a_half_sound_record_is_used(void **state)
{
	static const char text[] =
		FILES("{\"path\":\"/etc/a\",\"mode\":\"0644\"},{\"path\":\"b\"}");
	struct manifest manifest = {0};

	(void)state;
	assert_int_equal(manifest_parse(text, strlen(text), &manifest), -EBADMSG);
	assert_int_equal(manifest.file_count, 0);
	assert_null(manifest.files);
}

/* No run writes thousands of paths: an image that brings them is not compared path by path. */
static void record_has_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct manifest CLEANUP(manifest_done) manifest = {0};

	(void)state;
	buffer_add(&text, "{\"version\":1,\"directories\":[],\"files\":[");
	for (unsigned int i = 0; text.length < MANIFEST_SIZE_MAX - 64; i++)
		buffer_printf(&text, "%s{\"path\":\"/etc/%u\",\"mode\":\"0644\"}", i ? "," : "", i);
	buffer_add(&text, "]}");
	assert_int_equal(manifest_parse(text.data, text.length, &manifest), 0);
	manifest_done(&manifest);
	while (text.length <= MANIFEST_SIZE_MAX)
		buffer_add(&text, " ");
	assert_int_equal(manifest_parse(text.data, text.length, &manifest), -EBADMSG);
	assert_int_equal(manifest.file_count, 0);
}

#define MODPROBE "/etc/modprobe.d/conntrack-persist.conf"
#define COPY	 "/var/lib/conntrack-persist/replaced/etc_modprobe.d_conntrack-persist.conf"

static void only_own_entries_are_believed(void **state)
{
	static const struct {
		const char *text;
		size_t files, copies, directories, warnings;
	} rows[] = {
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY "\"}"),
		 1, 1, 0, 0},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY
		       ".17\"}"),
		 1, 1, 0, 0},
		{FILES("{\"path\":\"/run/systemd/system/evil.service\",\"mode\":\"0644\"}"), 0, 0,
		 0, 1},
		{FILES("{\"path\":\"/etc/shadow\",\"mode\":\"0644\",\"replaced\":\"" COPY "\"}"), 0,
		 0, 0, 1},
		{FILES("{\"path\":\"/run/modprobe.d/conntrack-persist-sizes.conf\","
		       "\"mode\":\"0644\"}"),
		 0, 0, 0, 1},
		{FILES("{\"path\":\"/etc//modprobe.d/conntrack-persist.conf\",\"mode\":\"0644\"}"),
		 0, 0, 0, 1},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":"
		       "\"/etc/shadow\"}"),
		 1, 0, 0, 1},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY "/x\"}"),
		 1, 0, 0, 1},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY ".\"}"),
		 1, 0, 0, 1},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY
		       ".01\"}"),
		 1, 0, 0, 1},
		{FILES("{\"path\":\"" MODPROBE "\",\"mode\":\"0644\",\"replaced\":\"" COPY
		       ".1000\"}"),
		 1, 0, 0, 1},
		{FILES("{\"path\":\"/etc/sysctl.d/90-conntrack-persist.conf\",\"mode\":\"0644\","
		       "\"replaced\":\"" COPY "\"}"),
		 1, 0, 0, 1},
		{DIRECTORIES("\"/etc\",\"/etc/modprobe.d\",\"/var\",\"/var/lib/conntrack-persist\","
			     "\"/var/lib/conntrack-persist/replaced\""),
		 0, 0, 5, 0},
		{DIRECTORIES("\"/srv\",\"/etc/modprobe\",\"/etc/modprobe.d/x\",\"/run\",\"" MODPROBE
			     "\",\"/home/user\""),
		 0, 0, 0, 6},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct manifest CLEANUP(manifest_done) manifest = {0};
		struct problems CLEANUP(problems_done) problems = {0};
		size_t copies = 0;

		assert_int_equal(manifest_parse(rows[i].text, strlen(rows[i].text), &manifest), 0);
		manifest_sift(&manifest, &problems);
		for (size_t k = 0; k < manifest.file_count; k++)
			copies += manifest.files[k].replaced != NULL;
		if (manifest.file_count != rows[i].files || copies != rows[i].copies ||
		    manifest.directory_count != rows[i].directories ||
		    problems.count != rows[i].warnings)
			fail_msg("row %zu: %zu files, %zu copies, %zu directories, %zu warnings", i,
				 manifest.file_count, copies, manifest.directory_count,
				 problems.count);
	}
}

static void strangers_are_named_and_counted(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	char path[32];

	(void)state;
	for (int i = 0; i < 500; i++) {
		(void)snprintf(path, sizeof(path), "/srv/%d", i);
		assert_int_equal(manifest_put(&manifest, path, 0644, NULL, NULL), 0);
		assert_int_equal(manifest_add_directory(&manifest, path), 0);
	}
	manifest_sift(&manifest, &problems);
	assert_int_equal(manifest.file_count, 0);
	assert_int_equal(manifest.directory_count, 0);
	assert_int_equal(problems.count, 11);
	assert_non_null(strstr(problems.items[0].text, "/srv/0 "));
	assert_non_null(strstr(problems.items[10].text, "990 more"));
}

static void record_ends_where_its_size_says(void **state)
{
	static const char text[] = "{\"version\":1,\"files\":[],\"directories\":[]}junk";
	struct manifest CLEANUP(manifest_done) manifest = {0};

	(void)state;
	assert_int_equal(manifest_parse(text, strlen(text) - 4, &manifest), 0);
}

#define BEFORE(object) "{\"version\":1,\"files\":[],\"directories\":[],\"before\":" object "}"

static void values_of_before_come_back(void **state)
{
	struct manifest CLEANUP(manifest_done) manifest = {.records_before = true}, back = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;

	(void)state;
	assert_int_equal(manifest_add_before(&manifest, "net.netfilter.nf_conntrack_max", "-1"), 0);
	assert_int_equal(manifest_add_before(&manifest, "nf_conntrack.hashsize", NULL), 0);
	assert_int_equal(manifest_add_before(&manifest, "nf_conntrack.hashsize", "5"), 0);
	assert_int_equal(manifest_format(&manifest, &text, &size), 0);
	assert_int_equal(manifest_parse(text, size, &back), 0);
	assert_true(back.records_before);
	assert_int_equal(back.before_count, 2);
	assert_string_equal(back.before[0].live, "-1");
	assert_null(back.before[1].live);
}

static void unsound_values_of_before_are_refused(void **state)
{
	static const char *const texts[] = {
		BEFORE("[]"),
		BEFORE("{\"a\":\"$(id)\"}"),
		BEFORE("{\"a\":5}"),
		BEFORE("{\"a\":\"\"}"),
		BEFORE("{\"a\":\"-\"}"),
		BEFORE("{\"a\":\"123456789012345678901234567890\"}"),
		BEFORE("{\"a\\n\":\"1\"}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct manifest CLEANUP(manifest_done) manifest = {0};

		assert_int_equal(manifest_parse(texts[i], strlen(texts[i]), &manifest), -EBADMSG);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_this_text),
		cmocka_unit_test(values_of_before_come_back),
		cmocka_unit_test(unsound_values_of_before_are_refused),
		cmocka_unit_test(text_comes_back_as_the_record),
		cmocka_unit_test(empty_record_comes_back_empty),
		cmocka_unit_test(entry_is_changed_in_its_place),
		cmocka_unit_test(entry_may_be_put_from_itself),
		cmocka_unit_test(directory_is_recorded_once_and_sizes_replace_the_last),
		cmocka_unit_test(unwritable_text_is_an_error),
		cmocka_unit_test(sound_records_are_taken),
		cmocka_unit_test(records_of_newer_versions_are_known),
		cmocka_unit_test(unsound_records_are_refused_whole),
		cmocka_unit_test(nothing_of_a_half_sound_record_is_used),
		cmocka_unit_test(record_has_a_bound),
		cmocka_unit_test(only_own_entries_are_believed),
		cmocka_unit_test(strangers_are_named_and_counted),
		cmocka_unit_test(record_ends_where_its_size_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
