/* model/artifact: finished bytes with header and digest. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/text.h"
#include "model/plan/artifact.h"

static void artifact_is_the_signed_body(void **state)
{
	struct buffer body = {0};
	struct artifact artifact = {0};
	char digest[DIGEST_SIZE];

	(void)state;
	buffer_add(&body, "\noptions nf_conntrack hashsize=9\n");
	assert_int_equal(artifact_from_body(PATH_MODPROBE, &body, &artifact), 0);
	assert_null(body.data);
	assert_string_equal(artifact.path, PATH_MODPROBE);
	assert_int_equal(artifact.mode, 0644);
	assert_int_equal(artifact.size, strlen(artifact.bytes));
	assert_true(digest_is_intact(artifact.bytes, artifact.size));
	assert_true(text_ends_with(artifact.bytes, "\n\noptions nf_conntrack hashsize=9\n"));
	digest_of(artifact.bytes, artifact.size, digest);
	assert_string_equal(artifact.digest, digest);
	artifact_done(&artifact);
	assert_null(artifact.bytes);
	assert_int_equal(artifact.size, 0);
}

static void failed_body_is_no_artifact(void **state)
{
	struct buffer body = {0};
	struct artifact artifact = {.path = "untouched"};

	(void)state;
	buffer_add(&body, "some");
	body.error = -ENOMEM;
	assert_int_equal(artifact_from_body(PATH_SYSCTL, &body, &artifact), -ENOMEM);
	assert_null(body.data);
	assert_string_equal(artifact.path, "untouched");
	assert_null(artifact.bytes);
}

/*
 * The paths are where the programs that read them look, and sort after the files of distributions.
 */
static void paths_are_those_of_the_manual(void **state)
{
	static const char *const paths[] = {
		"/etc/modprobe.d/conntrack-persist.conf",
		"/etc/sysctl.d/90-conntrack-persist.conf",
		"/etc/udev/rules.d/60-conntrack-persist.rules",
		"/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf",
		"/etc/systemd/system/conntrack-persist.service.d/50-namespaces.conf",
		"/etc/systemd/system/conntrack-persist-builtin.service.d/50-namespaces.conf",
		"/etc/systemd/system/conntrack-persist-check.service.d/50-namespaces.conf",
		"/etc/systemd/system/conntrack-persist-restore.service.d/50-namespaces.conf",
		"/etc/systemd/system/conntrack-persist-check.service.d/60-witness.conf",
		"/etc/systemd/system/conntrack-persist-metrics.service.d/60-witness.conf",
		"/run/modprobe.d/conntrack-persist-sizes.conf",
		"/run/sysctl.d/91-conntrack-persist-sizes.conf",
		"/run/udev/rules.d/61-conntrack-persist-sizes.rules",
		"/run/conntrack-persist/sizes",
	};

	(void)state;
	assert_int_equal(artifact_path_count, ARRAY_SIZE(paths));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		expect_text("path", artifact_paths[i], paths[i]);
	expect_text("manifest", PATH_MANIFEST, "/var/lib/conntrack-persist/manifest");
}

static void some_last_and_some_are_read(void **state)
{
	static const struct {
		const char *path;
		bool of_boot, read;
	} rows[] = {
		{PATH_MODPROBE, false, true},	   {PATH_SYSCTL, false, true},
		{PATH_UDEV, false, true},	   {PATH_DROP_IN, false, false},
		{PATH_BOOT_MODPROBE, true, true},  {PATH_BOOT_SYSCTL, true, true},
		{PATH_BOOT_UDEV, true, true},	   {PATH_BOOT_SIZES, true, false},
		{PATH_MANIFEST, false, false},	   {"/run/sysctl.d/a.conf", true, false},
		{"/etc/run/a.conf", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_number(rows[i].path, artifact_is_of_boot(rows[i].path), rows[i].of_boot);
		expect_number(rows[i].path, artifact_is_read_at(rows[i].path), rows[i].read);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(artifact_is_the_signed_body),
		cmocka_unit_test(failed_body_is_no_artifact),
		cmocka_unit_test(paths_are_those_of_the_manual),
		cmocka_unit_test(some_last_and_some_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
