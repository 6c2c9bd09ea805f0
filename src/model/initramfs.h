/* Images of the early boot: which files are one, what of ours lies in them, and what is to be said of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/plan.h"

/* Whether a file in /boot is such an image, by its name; *ret_release is the kernel's part of it. */
bool initramfs_parse_name(const char *name, struct text_word *ret_release);

enum copy_state {
	COPY_NONE,
	COPY_SAME,
	COPY_OTHER, /* not the bytes that are planned, or none are */
};

/* Those of our files that the builders of images copy. */
#define INITRAMFS_FILES 3

/* What one image holds, against the plan. */
struct initramfs {
	const struct artifact *wanted[INITRAMFS_FILES];
	enum copy_state copies[INITRAMFS_FILES];
	bool has_module; /* nf_conntrack can load there, as a file of it is in the image */
};

/* plan NULL: nothing of ours shall be there. What is returned points into it. */
struct initramfs initramfs_begin(const struct plan *plan);

/* Whether the content of a file in the image is to be met, too; the path is as the archive has it. */
bool initramfs_is_copy(const char *path);

/* One more file of the image; bytes: of those that are a copy. */
void initramfs_meet(struct initramfs *image, const char *path, const char *bytes, size_t size);

/* What the verdict is told with. */
struct initramfs_words {
	const char *path;    /* of the image */
	const char *release; /* of its kernel */
	const char *prefix;  /* of the root */
	bool dracut;	     /* it makes this image, and not update-initramfs */
	bool elsewhere;	     /* below --root */
	bool planned;	     /* nothing is installed yet */
	bool blocks;	     /* mode disable */
};

/* Says what is not as planned, what follows from it and the command that mends it; nothing where all is right. */
void initramfs_describe(const struct initramfs *image, const struct initramfs_words *words,
			struct buffer *ret);
