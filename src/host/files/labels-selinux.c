/* Finds the labels that SELinux's policy has for files, with libselinux. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/labels.h"

#include <errno.h>
#include <selinux/label.h>
#include <selinux/selinux.h>
#include <stdbool.h>
#include <string.h>

#include "host/dlopen-symbols.h"

LIBRARY_NOTE("libselinux.so.1", "selinux", "labels of files on hosts with SELinux",
	     LIBRARY_RECOMMENDED);

#define SELINUX_SYMBOLS(X)     \
	X(is_selinux_enabled)  \
	X(security_getenforce) \
	X(selabel_open)        \
	X(selabel_close)       \
	X(selabel_lookup)      \
	X(setfscreatecon)      \
	X(freecon)

struct selinux_calls {
	SELINUX_SYMBOLS(LIBRARY_POINTER)
};

struct labels {
	struct selinux_calls calls;
	/* NULL: the labels cannot be read, and SELinux is permissive */
	struct selabel_handle *handle;
	char *unlabelled;
};

static int load_libselinux(struct selinux_calls *calls)
{
	return library_load("libselinux.so.1", SELINUX_SYMBOLS(LIBRARY_NAME), calls);
}

/* SELinux counts as enforcing if libselinux does not tell the mode. */
static bool enforces(const struct labels *labels)
{
	return labels->calls.security_getenforce() != 0;
}

/* libselinux does not set errno on every failure. */
static int error_of(int number)
{
	return number > 0 ? -number : -EIO;
}

int labels_open(struct labels **ret)
{
	struct labels *labels = calloc(1, sizeof(*labels));
	int error;

	if (!labels)
		return -ENOMEM;
	/* If SELinux is enabled, the library is installed, because systemd is linked with it. */
	if (load_libselinux(&labels->calls) < 0 || labels->calls.is_selinux_enabled() <= 0) {
		free(labels);
		*ret = NULL;
		return 0;
	}
	errno = 0;
	labels->handle = labels->calls.selabel_open(SELABEL_CTX_FILE, NULL, 0);
	error = error_of(errno);
	if (!labels->handle && enforces(labels)) {
		free(labels);
		return error;
	}
	*ret = labels;
	return 0;
}

struct labels *labels_close(struct labels *labels)
{
	if (!labels)
		return NULL;
	if (labels->handle)
		labels->calls.selabel_close(labels->handle);
	free(labels->unlabelled);
	free(labels);
	return NULL;
}

static int choose(const struct labels *labels, const char *path, mode_t kind)
{
	char *context = NULL;
	int error = 0;

	if (!labels->handle)
		return -EIO;
	errno = 0;
	if (labels->calls.selabel_lookup(labels->handle, &context, path, (int)kind) < 0)
		/* The policy has no label for this path, so the kernel chooses one. */
		return errno == ENOENT ? 0 : error_of(errno);
	if (labels->calls.setfscreatecon(context) < 0)
		error = error_of(errno);
	labels->calls.freecon(context);
	return error;
}

int labels_begin(struct labels *labels, const char *path, mode_t kind)
{
	int error = labels ? choose(labels, path, kind) : 0;

	if (error == 0 || enforces(labels))
		return error;
	if (!labels->unlabelled)
		labels->unlabelled = strdup(path);
	return 0;
}

void labels_end(const struct labels *labels)
{
	int before = errno;

	if (labels)
		(void)!labels->calls.setfscreatecon(NULL);
	errno = before;
}

const char *labels_unlabelled(const struct labels *labels)
{
	return labels ? labels->unlabelled : NULL;
}
