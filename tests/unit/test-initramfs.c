/* model/initramfs: which files are images, which of theirs are copies, and the words for each case. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"

#include "model/initramfs.h"

static void names(void **state)
{
	static const struct {
		const char *name, *release;
	} table[] = {
		{"initrd.img-6.1.0-50-amd64", "6.1.0-50-amd64"},
		{"initramfs-5.14.0-427.el9.x86_64.img", "5.14.0-427.el9.x86_64"},
		{"initrd-6.4.0-default", "6.4.0-default"},
		{"initrd.img-", NULL},
		{"initramfs-.img", NULL},
		{"initramfs-6.1", NULL},
		{"initrd.img", NULL},
		{"vmlinuz-6.1.0-50-amd64", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct text_word release = {0};
		bool found = initramfs_parse_name(table[i].name, &release);
		char text[64] = "";

		expect_number(table[i].name, found, table[i].release != NULL);
		if (!found)
			continue;
		memcpy(text, release.text, release.length);
		expect_text(table[i].name, text, table[i].release);
	}
}

static void copies(void **state)
{
	static const struct {
		const char *path;
		bool is;
	} table[] = {
		{"etc/modprobe.d/conntrack-persist.conf", true},
		{"./usr/lib/modprobe.d/conntrack-persist.conf", true},
		{"lib/udev/rules.d/60-conntrack-persist.rules", true},
		{"/etc/sysctl.d/90-conntrack-persist.conf", true},
		{"etc/modprobe.d/not-conntrack-persist.conf", false},
		{"etc/modprobe.d/conntrack-persist.conf/x", false},
		{"conntrack-persist.conf", false},
		{"etc/conntrack-persist.conf", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		expect_number(table[i].path, initramfs_is_copy(table[i].path), table[i].is);
}

static char modprobe_bytes[] = "options nf_conntrack hashsize=1\n";
static char udev_bytes[] = "rule\n";
static struct artifact artifacts[] = {
	{.path = PATH_MODPROBE, .bytes = modprobe_bytes, .size = sizeof(modprobe_bytes) - 1},
	{.path = PATH_UDEV, .bytes = udev_bytes, .size = sizeof(udev_bytes) - 1},
};
static const struct plan plan = {.artifacts = artifacts, .artifact_count = ARRAY_SIZE(artifacts)};
static const struct initramfs_words words = {
	.path = "/boot/initrd.img-6.1", .release = "6.1", .prefix = ""};

static void expect_words(const struct initramfs *image, const struct initramfs_words *with,
			 const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	initramfs_describe(image, with, &b);
	expect_text(wanted, b.data ? b.data : "", wanted);
}

#define MODPROBE_COPY "etc/modprobe.d/conntrack-persist.conf"
#define UDEV_COPY     "usr/lib/udev/rules.d/60-conntrack-persist.rules"
#define MODULE	      "usr/lib/modules/6.1/kernel/net/netfilter/nf_conntrack.ko.xz"

static void as_planned(void **state)
{
	struct initramfs image = initramfs_begin(&plan);

	(void)state;
	expect_words(&image, &words, "");
	initramfs_meet(&image, MODPROBE_COPY, BYTES(modprobe_bytes));
	initramfs_meet(&image, UDEV_COPY, BYTES(udev_bytes));
	initramfs_meet(&image, MODULE, NULL, 0);
	expect_words(&image, &words, "");
}

static void other_copies(void **state)
{
	struct initramfs image = initramfs_begin(&plan);

	(void)state;
	initramfs_meet(&image, "lib/modules/6.1/kernel/net/netfilter/nf_conntrack_ftp.ko", NULL, 0);
	initramfs_meet(&image, MODPROBE_COPY, BYTES("other"));
	/* Once more, in another folder: the first word counts. */
	initramfs_meet(&image, "lib/modprobe.d/conntrack-persist.conf", BYTES(modprobe_bytes));
	expect_words(&image, &words,
		     "/boot/initrd.img-6.1 has another /etc/modprobe.d/conntrack-persist.conf than "
		     "planned: nothing follows from it while nf_conntrack is not in the image; "
		     "run: update-initramfs -u -k 6.1");
	/* Of the same length. */
	initramfs_meet(&image, UDEV_COPY, BYTES("rulE\n"));
	initramfs_meet(&image, MODULE, NULL, 0);
	expect_words(
		&image, &words,
		"/boot/initrd.img-6.1 has another /etc/modprobe.d/conntrack-persist.conf, "
		"/etc/udev/rules.d/60-conntrack-persist.rules than planned: where nf_conntrack "
		"loads in the image, those count until udevd of the real root sets ours; run: "
		"update-initramfs -u -k 6.1");
}

static void none_where_the_module_is(void **state)
{
	const struct initramfs_words dracut = {.path = "/boot/initramfs-6.1.img",
					       .release = "6.1",
					       .prefix = "",
					       .dracut = true,
					       .planned = true};
	struct initramfs image = initramfs_begin(&plan);

	(void)state;
	initramfs_meet(&image, MODULE, NULL, 0);
	expect_words(&image, &dracut,
		     "/boot/initramfs-6.1.img lacks /etc/modprobe.d/conntrack-persist.conf: where "
		     "nf_conntrack loads in the image, it has the kernel's own values until udevd "
		     "of the real root sets ours; run after install: dracut --force --install "
		     "/etc/modprobe.d/conntrack-persist.conf /boot/initramfs-6.1.img 6.1");
}

static void blocked(void **state)
{
	const struct initramfs_words block = {.path = "/boot/initrd.img-6.1",
					      .release = "6.1",
					      .prefix = "/srv/image",
					      .elsewhere = true,
					      .blocks = true};
	const struct plan off = {.artifacts = artifacts, .artifact_count = 1};
	struct initramfs image = initramfs_begin(&off);

	(void)state;
	initramfs_meet(&image, MODPROBE_COPY, BYTES(modprobe_bytes));
	expect_words(&image, &block, "");
	/* Not of this mode. */
	initramfs_meet(&image, UDEV_COPY, BYTES(udev_bytes));
	initramfs_meet(&image, MODULE, NULL, 0);
	expect_words(&image, &block,
		     "/srv/image/boot/initrd.img-6.1 has another "
		     "/etc/udev/rules.d/60-conntrack-persist.rules than planned: nothing follows "
		     "from it while nf_conntrack is kept off in the image, too; run in it: "
		     "update-initramfs -u -k 6.1");
	initramfs_meet(&image, MODPROBE_COPY, BYTES("options"));
	expect_words(
		&image, &block,
		"/srv/image/boot/initrd.img-6.1 has another "
		"/etc/modprobe.d/conntrack-persist.conf, "
		"/etc/udev/rules.d/60-conntrack-persist.rules than planned: nf_conntrack is in "
		"the image, and what loads it there is not stopped; run in it: "
		"update-initramfs -u -k 6.1");
}

static void uninstalled(void **state)
{
	struct initramfs image = initramfs_begin(NULL);

	(void)state;
	initramfs_meet(&image, MODULE, NULL, 0);
	expect_words(&image, &words, "");
	initramfs_meet(&image, MODPROBE_COPY, BYTES(modprobe_bytes));
	expect_words(
		&image, &words,
		"/boot/initrd.img-6.1 still has /etc/modprobe.d/conntrack-persist.conf: its lines "
		"count where nf_conntrack loads in the image; run: update-initramfs -u -k 6.1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(copies),
		cmocka_unit_test(as_planned),
		cmocka_unit_test(other_copies),
		cmocka_unit_test(none_where_the_module_is),
		cmocka_unit_test(blocked),
		cmocka_unit_test(uninstalled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
