/* The host or image that gather/ reads, what is known of it, and what could not be read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "gather/unread.h"
#include "host/files/tree.h"
#include "host/kernel/kernel.h"

/* The most bytes of one file that is held in memory. */
#define FILE_SIZE_MAX (4U << 20)

/* This struct owns nothing. */
struct gathering {
	const struct tree *tree;
	struct kernel *kernel;
	bool image;   /* --root: nothing of a running host is read */
	bool live;    /* the running kernel is looked at: neither --root nor --no-live */
	bool sandbox; /* the timer's run, which cannot read other users' files */
	struct unread *unread;
	struct foreign_files *files; /* read once a run; see gather/foreign-files.h */
};
