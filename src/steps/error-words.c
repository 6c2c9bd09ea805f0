/* Describes an errno to people, with what they can do about it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/error-words.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * Describes an errno to which this program gives its own meaning, because strerror(3) would
 * mislead. Returns a literal, or NULL for any other errno.
 */
static const char *errno_describe_own(int error)
{
	switch (-error) {
	case E2BIG:
		return "the files of the configuration have more than 16 MiB in total; remove the "
		       "ones that you do not need";
	case EROFS:
		return "the file system is mounted read-only";
	case EINVAL:
		return "a FIFO, socket or device where a file is expected";
	case ENOLINK:
		return "a link to a file that does not exist";
	case EOVERFLOW:
		return "more than 10,000 files in one folder; remove the ones that you do not need";
	case ESTALE:
		return "another process changed it at this moment; run the command again";
	default:
		return NULL;
	}
}

static const char *errno_advice(const struct context *context, int error)
{
	bool root = kernel_may_change(context->kernel);

	switch (-error) {
	case EACCES:
		return root ? "; a security module forbids it, or root lacks its capabilities here"
			    : "; run it as root";
	case EPERM:
		return root ? "; an immutable file (lsattr) or a security module forbids it"
			    : "; run it as root";
	case EISDIR:
		return ": a file is expected there";
	case EFBIG:
		return ": larger than 4 MiB";
	case ENOSPC:
	case EDQUOT:
		return "; free some space and run the command again";
	default:
		return "";
	}
}

/* Names the mount, because the path that was asked for lies somewhere below it. */
static void add_mount(const struct context *context, const char *path, struct buffer *b)
{
	const char *prefix = tree_prefix(context->tree);
	const char *inside = path + (text_starts_with(path, prefix) ? strlen(prefix) : 0);
	char *CLEANUP(free_pointer) name = NULL;

	if (tree_find_mount(context->tree, inside, &name) == 0)
		buffer_printf(b, "%s%s is ", prefix, name);
	buffer_add(b, "inside a separate mount in the image, which the program does not enter; "
		      "unmount it first");
}

void error_add_words(const struct context *context, const char *path, int error, struct buffer *b)
{
	const char *own = errno_describe_own(error);

	if (error == -EXDEV) {
		add_mount(context, path, b);
		return;
	}
	buffer_add(b, own ? own : strerror(-error));
	buffer_add(b, own ? "" : errno_advice(context, error));
}

void report_errno_as(const struct context *context, enum severity severity, const char *what,
		     const char *path, int error)
{
	struct buffer CLEANUP(buffer_clear) words = {0};

	error_add_words(context, path, error, &words);
	report_message(context->report, severity, "cannot %s %s: %s", what, path,
		       words.data ? words.data : "out of memory");
}

void report_errno(struct context *context, const char *what, const char *path, int error)
{
	report_errno_as(context, SEVERITY_ERROR, what, path, error);
}
