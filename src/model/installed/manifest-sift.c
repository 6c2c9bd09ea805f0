/* Removes from a manifest what this program never writes, because an image may bring any. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/installed/manifest.h"
#include "model/plan/artifact.h"

/* How many removed paths are named; the rest are counted. */
#define NAMED_MAX 10U

struct sieve {
	struct problems *problems;
	size_t count;
};

static void pass_over(struct sieve *sieve, const char *kind, const char *path)
{
	if (sieve->count++ < NAMED_MAX)
		problems_add(sieve->problems, SEVERITY_WARNING, PATH_MANIFEST, 0,
			     "%s is not a %s of this program; the entry is ignored", path, kind);
}

static void sift_files(struct manifest *manifest, struct sieve *sieve)
{
	size_t kept = 0;

	for (size_t i = 0; i < manifest->file_count; i++) {
		struct manifest_file *file = &manifest->files[i];

		if (!artifact_is_recorded(file->path)) {
			pass_over(sieve, "file", file->path);
			free(file->path);
			free(file->replaced);
			continue;
		}
		if (file->replaced && !artifact_is_copy_path(file->path, file->replaced)) {
			pass_over(sieve, "copy", file->replaced);
			free(steal_pointer(&file->replaced));
		}
		manifest->files[kept++] = *file;
	}
	manifest->file_count = kept;
}

static void sift_directories(struct manifest *manifest, struct sieve *sieve)
{
	size_t kept = 0;

	for (size_t i = 0; i < manifest->directory_count; i++) {
		char *path = manifest->directories[i];

		if (artifact_is_above(path)) {
			manifest->directories[kept++] = path;
			continue;
		}
		pass_over(sieve, "directory", path);
		free(path);
	}
	manifest->directory_count = kept;
}

void manifest_sift(struct manifest *manifest, struct problems *problems)
{
	struct sieve sieve = {.problems = problems};

	sift_files(manifest, &sieve);
	sift_directories(manifest, &sieve);
	if (sieve.count > NAMED_MAX)
		problems_add(problems, SEVERITY_WARNING, PATH_MANIFEST, 0,
			     "%zu more entries like these are ignored", sieve.count - NAMED_MAX);
}
