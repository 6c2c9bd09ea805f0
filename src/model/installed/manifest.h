/* The manifest: the record of what was installed, from JSON to a struct and back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/problems.h"
#include "model/plan/digest.h"
#include "model/plan/setting.h"

struct manifest_file {
	char *path;
	mode_t mode;
	/*
	 * the digest of the file that was written; "" if the mode that is installed has no such
	 * file
	 */
	char digest[DIGEST_SIZE];
	/* the path of the copy of what --force replaced, which uninstall restores; or NULL */
	char *replaced;
};

/* A live value from before the first change. Both texts are owned. */
struct before_value {
	char *key; /* "net.netfilter.nf_conntrack_max" */
	/* as the kernel showed it; NULL: unknown, because the module was not loaded */
	char *live;
};

/*
 * The version of the renderers. It is increased when they write other texts for the same values, so
 * that files of the version before are known as outdated and not as drift.
 */
#define MANIFEST_FORMAT 2U

/* All texts are owned. Release with manifest_done(). */
struct manifest {
	struct manifest_file *files;
	size_t file_count;
	char **directories; /* those that we created, outermost first */
	size_t directory_count;
	struct sizes sizes;
	/* MANIFEST_FORMAT when the files were written; 0: the first version */
	unsigned int format;
	struct before_value *before; /* each key once */
	size_t before_count;
	/* false: the files are from a version that did not record the values, or from an image */
	bool records_before;
};

void manifest_done(struct manifest *manifest);

/* The bound of the input in bytes; a run writes two or three thousand. */
#define MANIFEST_SIZE_MAX 65536U

/*
 * Parses a manifest. Returns -EBADMSG if the text is none, is larger than MANIFEST_SIZE_MAX, or has
 * a path or digest that no run would write; then nothing of it is used. Returns -ENOMEM.
 */
MUST_CHECK int manifest_parse(const char *bytes, size_t size, struct manifest *ret);

/*
 * Removes paths that this program never writes, because an image brings its own manifest: other
 * files, copies outside of our directory, directories that hold none of our files. Warns about each
 * by name.
 */
void manifest_sift(struct manifest *manifest, struct problems *problems);

/*
 * Formats a manifest; equal content has equal bytes. The caller must free *ret_bytes. Returns
 * -ENOMEM.
 */
MUST_CHECK int manifest_format(const struct manifest *manifest, char **ret_bytes, size_t *ret_size);

const struct manifest_file *manifest_find(const struct manifest *manifest, const char *path);

/*
 * Adds or changes the entry of a path. digest NULL: not installed. replaced NULL: unchanged. Copies
 * the texts. Returns -ENOMEM.
 */
MUST_CHECK int manifest_put(struct manifest *manifest, const char *path, mode_t mode,
			    const char *digest, const char *replaced);
MUST_CHECK int manifest_add_directory(struct manifest *manifest, const char *path);
