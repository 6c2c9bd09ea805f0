/* Finds the images of the early boot, and the command that rebuilds them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/initramfs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DIRECTORY "/boot"

/* Bounds how many names of images are checked, and how many are printed. */
#define IMAGES_MAX   64
#define IMAGES_SHOWN 3

static bool is_file(const struct tree *tree, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;

	return tree_open_file(tree, path, &fd) == 0;
}

static bool has_files(const struct tree *tree, const char *folder)
{
	struct names CLEANUP(names_done) names = {0};

	return tree_list(tree, folder, "", &names) == 0 && names.count > 0;
}

const char *initramfs_find_command(const struct tree *tree)
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

/*
 * The names of images: of initramfs-tools, and of dracut on Debian; of dracut and mkinitcpio; of
 * dracut on SUSE.
 */
static bool is_image(const char *name)
{
	return text_starts_with(name, "initrd.img-") || text_starts_with(name, "initrd-") ||
	       (text_starts_with(name, "initramfs-") && text_ends_with(name, ".img"));
}

size_t initramfs_add_images(const struct tree *tree, struct buffer *b)
{
	struct names CLEANUP(names_done) names = {0};
	size_t images = 0;

	if (tree_list(tree, DIRECTORY, "", &names) < 0)
		return 0;
	for (size_t i = 0; i < names.count && images < IMAGES_MAX; i++) {
		if (!is_image(names.items[i]))
			continue;
		if (images < IMAGES_SHOWN)
			buffer_printf(b, "%s%s" DIRECTORY "/%.100s", images > 0 ? ", " : "",
				      tree_prefix(tree), names.items[i]);
		images++;
	}
	if (images > IMAGES_SHOWN)
		buffer_add(b, " and others");
	return images;
}
