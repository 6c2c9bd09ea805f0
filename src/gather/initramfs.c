/* Names the images of the early boot that may hold older copies of our files, and the command that rebuilds them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/initramfs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DIRECTORY "/boot"

/* So many names of images are looked at, and so many printed. */
#define IMAGES_MAX   64
#define IMAGES_SHOWN 3

static bool is_file(const struct tree *tree, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;

	return tree_open_file(tree, path, &fd) == 0;
}

static bool has_files(const struct tree *tree, const char *folder)
{
	char **names = NULL;
	size_t count = 0;

	if (tree_list(tree, folder, "", &names, &count) < 0)
		return false;
	tree_names_free(names, count);
	return count > 0;
}

/*
 * The command that rebuilds all images of the host, without any name in it; NULL: no builder is known here. The tool decides,
 * and where none is found, as in an image that is put together elsewhere, its configuration does.
 */
static const char *find_command(const struct tree *tree)
{
	static const char initramfs_tools[] = "update-initramfs -u -k all";
	static const char mkinitcpio[] = "mkinitcpio -P";
	static const char dracut[] = "dracut --regenerate-all --force";
	static const struct {
		const char *path, *command;
	} builders[] = {
		{"/usr/sbin/update-initramfs", initramfs_tools},
		{"/usr/bin/mkinitcpio", mkinitcpio},
		{"/usr/bin/dracut", dracut},
		{"/usr/sbin/dracut", dracut},
		{"/etc/initramfs-tools", initramfs_tools},
		{"/etc/mkinitcpio.conf", mkinitcpio},
		{"/etc/dracut.conf.d", dracut},
		{"/usr/lib/dracut", dracut},
	};

	for (size_t i = 0; i < ARRAY_SIZE(builders); i++)
		if (is_file(tree, builders[i].path) || has_files(tree, builders[i].path))
			return builders[i].command;
	return NULL;
}

/* Of initramfs-tools, and of dracut on Debian; of dracut and mkinitcpio; of dracut on SUSE. */
static bool is_image(const char *name)
{
	return text_starts_with(name, "initrd.img-") || text_starts_with(name, "initrd-") ||
	       (text_starts_with(name, "initramfs-") && text_ends_with(name, ".img"));
}

/* Adds the paths of images, which are foreign names. Returns how many there are. */
static size_t add_images(const struct tree *tree, struct buffer *b)
{
	char **names = NULL;
	size_t count = 0, images = 0;

	if (tree_list(tree, DIRECTORY, "", &names, &count) < 0)
		return 0;
	for (size_t i = 0; i < count && images < IMAGES_MAX; i++) {
		if (!is_image(names[i]))
			continue;
		if (images < IMAGES_SHOWN)
			buffer_printf(b, "%s%s" DIRECTORY "/%.100s", images > 0 ? ", " : "",
				      tree_prefix(tree), names[i]);
		images++;
	}
	tree_names_free(names, count);
	if (images > IMAGES_SHOWN)
		buffer_add(b, " and others");
	return images;
}

/* Which files builders copy depends on the builder and its configuration; no builder copies another one of ours. */
static bool is_copied(const char *path)
{
	return strcmp(path, PATH_MODPROBE) == 0 || strcmp(path, PATH_UDEV) == 0 ||
	       strcmp(path, PATH_SYSCTL) == 0;
}

static bool changes_copied(const struct session *session)
{
	for (size_t i = 0; i < session->observed.path_count; i++)
		if (session->differences[i].action != ACTION_NONE &&
		    is_copied(session->differences[i].path))
			return true;
	return false;
}

static const char *consequence(const struct session *session)
{
	if (!session->plan.artifacts)
		return "its lines still count if nf_conntrack loads in the early boot";
	return session->plan.mode == MODE_DISABLE
		       ? "if nf_conntrack loads in the early boot, it is not blocked there and "
			 "stays loaded"
		       : "if nf_conntrack loads in the early boot, the older values count until "
			 "udevd of the real root sets the new ones";
}

void find_initramfs(struct context *context, const struct session *session, bool planned)
{
	struct buffer CLEANUP(buffer_clear) images = {0};
	const char *command;
	size_t count;

	if (context->options->quiet || context->watching || !changes_copied(session))
		return;
	count = add_images(context->tree, &images);
	if (count == 0 || !images.data)
		return;
	command = find_command(context->tree);
	report_message(context->report, SEVERITY_NOTE,
		       "%s may hold an older copy of the files that %s: %s. %sebuild %s%s%s%s",
		       images.data, planned ? "install changes" : "were changed",
		       consequence(session), planned ? "After install, r" : "R",
		       count == 1 ? "the image" : "the images",
		       context->options->root ? " in the chroot" : "", command ? ": " : "",
		       command ? command : " with the tool that made it");
}
