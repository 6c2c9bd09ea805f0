/* Record of what was installed: JSON text to struct and back. */
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
#include "model/plan/kept-sizes.h"

struct manifest_file {
	char *path;
	mode_t mode;
	char digest
		[DIGEST_SIZE]; /* of what was written; "" while the file is not installed (another mode) */
	char *replaced;	       /* the copy of what --force had replaced, to be put back; or NULL */
};

/* A live value from before the first change. */
struct before_value {
	char *key;  /* "net.netfilter.nf_conntrack_max" */
	char *live; /* as the kernel showed it; NULL: not known, because the module was not loaded */
};

/*
 * Which renderers wrote the files. A version that renders other texts for the same values counts it up, so that the files of
 * the version before are known as outdated and not taken for drift.
 */
#define MANIFEST_FORMAT 2U

/* All texts are owned. */
struct manifest {
	struct manifest_file *files;
	size_t file_count;
	char **directories; /* made by us, outermost first */
	size_t directory_count;
	struct kept_sizes sizes;
	unsigned int format; /* of the files' texts, MANIFEST_FORMAT; 0: the first version's */
	struct before_value *before; /* each key once */
	size_t before_count;
	bool records_before; /* false: the files are of a version that did not record them, or of an image */
};

void manifest_done(struct manifest *manifest);

/* What a run writes has two or three thousand bytes. */
#define MANIFEST_SIZE_MAX 65536U

/*
 * -EBADMSG: not a manifest, more than MANIFEST_SIZE_MAX, or with a path or hash that no run would write (nothing of it is
 * used then); -ENOMEM.
 */
MUST_CHECK int manifest_parse(const char *bytes, size_t size, struct manifest *ret);

/*
 * Takes out what this program never writes, since who brings an image also brings a manifest: other files, copies
 * anywhere but below our own folder, directories that hold none of our files. Warns of each by name.
 */
void manifest_sift(struct manifest *manifest, struct problems *problems);

/* The same bytes for the same content. -ENOMEM. */
MUST_CHECK int manifest_format(const struct manifest *manifest, char **ret_bytes, size_t *ret_size);

const struct manifest_file *manifest_find(const struct manifest *manifest, const char *path);

/* Adds an entry or changes the one of this path. digest NULL: not installed. replaced NULL: as it was. -ENOMEM. */
MUST_CHECK int manifest_put(struct manifest *manifest, const char *path, mode_t mode,
			    const char *digest, const char *replaced);
MUST_CHECK int manifest_add_directory(struct manifest *manifest, const char *path);
MUST_CHECK int manifest_keep_sizes(struct manifest *manifest, const char *inputs, uint64_t ram,
				   uint64_t max, uint64_t hashsize);
