/* Notes that images of the early boot may hold older copies of our files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/initramfs-note.h"

#include <string.h>

#include "gather/initramfs.h"

/*
 * Returns whether tools that build such images may copy the file. Which files they copy depends on
 * the tool and its configuration, but no tool copies any other file of ours.
 */
static bool is_copied(const char *path)
{
	return strcmp(path, PATH_MODPROBE) == 0 || strcmp(path, PATH_UDEV) == 0 ||
	       strcmp(path, PATH_SYSCTL) == 0;
}

static bool changes_copied(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (comparison->differences[i].action != ACTION_NONE &&
		    is_copied(comparison->differences[i].path))
			return true;
	return false;
}

static const char *consequence(const struct comparison *comparison)
{
	if (!comparison->plan.artifacts)
		return "its lines still apply if nf_conntrack loads in early boot";
	return comparison->plan.mode == MODE_DISABLE
		       ? "if nf_conntrack loads in early boot, it is not blocked there and stays "
			 "loaded"
		       : "if nf_conntrack loads in early boot, it has the older values until udevd "
			 "sets the new ones after switching to the real root";
}

void note_initramfs(struct context *context, const struct comparison *comparison, bool planned)
{
	struct buffer CLEANUP(buffer_clear) images = {0};
	const char *command;
	size_t count;

	if (context->options->quiet || context->watching || !changes_copied(comparison))
		return;
	count = initramfs_add_images(context->tree, &images);
	if (count == 0 || !images.data)
		return;
	command = initramfs_find_command(context->tree);
	report_message(context->report, SEVERITY_NOTE,
		       "%s may contain an older copy of the files that %s: %s. %sebuild %s%s%s%s",
		       images.data, planned ? "install changes" : "were changed",
		       consequence(comparison), planned ? "After install, r" : "R",
		       count == 1 ? "the image" : "the images",
		       context->options->root ? " in the chroot" : "", command ? ": " : "",
		       command ? command : " with the tool that made it");
}
