/* Tells of images of the early boot that hold other copies of our files than planned. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-initramfs.h"

#include <errno.h>
#include <string.h>

#include "host/initramfs-file.h"

#define DIRECTORY "/boot"

static bool is_there(const struct tree *tree, const char *folder, const char *name)
{
	struct buffer CLEANUP(buffer_clear) path = {0};
	int CLEANUP(close_descriptor) fd = -1;

	buffer_printf(&path, "%s%s", folder, name);
	return path.data && tree_open_file(tree, path.data, &fd) == 0;
}

/* Rescue images, those for crashes and what a builder has put aside are of no release that has modules. */
static bool has_kernel(const struct tree *tree, const char *release)
{
	struct buffer CLEANUP(buffer_clear) name = {0};

	buffer_printf(&name, "%s/modules.dep", release);
	return name.data && is_there(tree, "/lib/modules/", name.data);
}

/* By its tools, as both make images of the one name. */
static bool is_of_dracut(const struct tree *tree, const char *name)
{
	return !text_starts_with(name, "initrd.img-") ||
	       (!is_there(tree, "/usr/sbin/", "update-initramfs") &&
		is_there(tree, "/usr/bin/", "dracut"));
}

/* Whoever may not read it, or has no library for it, is told with --verbose. */
static void tell_unread(struct context *context, const char *path, int error)
{
	if (!context->options->verbose)
		return;
	report_message(context->report, SEVERITY_NOTE, "%s%s cannot be looked into: %s",
		       tree_prefix(context->tree), path,
		       error == -ELIBACC || error == -ELIBBAD
			       ? "libarchive is not there, or too old"
		       : error == -EBADMSG ? "no cpio archive, or of an unknown compression"
					   : strerror(-error));
}

static void look_at_image(struct context *context, const struct session *session, const char *name,
			  const char *release, bool planned)
{
	struct initramfs image = initramfs_begin(session->plan.artifacts ? &session->plan : NULL);
	struct buffer CLEANUP(buffer_clear) path = {0}, text = {0};
	int CLEANUP(close_descriptor) fd = -1;
	int error = -ENOMEM;

	buffer_printf(&path, DIRECTORY "/%s", name);
	if (path.data)
		error = tree_open_file(context->tree, path.data, &fd);
	if (error == 0)
		error = initramfs_file_read(fd, &image);
	if (error < 0) {
		tell_unread(context, path.data ? path.data : name, error);
		return;
	}
	initramfs_describe(&image,
			   &(struct initramfs_words){
				   .path = path.data,
				   .release = release,
				   .prefix = tree_prefix(context->tree),
				   .dracut = is_of_dracut(context->tree, name),
				   .elsewhere = context->options->root != NULL,
				   .planned = planned,
				   .blocks = session->plan.mode == MODE_DISABLE,
			   },
			   &text);
	if (text.data)
		report_message(context->report, SEVERITY_NOTE, "%s", text.data);
}

void find_initramfs(struct context *context, const struct session *session, bool planned)
{
	char **names = NULL;
	size_t count = 0;

	if (context->options->quiet || context->watching ||
	    tree_list(context->tree, DIRECTORY, "", &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		struct text_word word;
		char *CLEANUP(free_pointer) release = NULL;

		if (initramfs_parse_name(names[i], &word))
			release = strndup(word.text, word.length);
		if (release && has_kernel(context->tree, release))
			look_at_image(context, session, names[i], release, planned);
	}
	tree_names_free(names, count);
}
