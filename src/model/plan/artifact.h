/* A file that the tool writes: path, mode, finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "model/plan/digest.h"

#define PATH_MODPROBE "/etc/modprobe.d/conntrack-persist.conf"
#define PATH_SYSCTL   "/etc/sysctl.d/90-conntrack-persist.conf"
#define PATH_UDEV     "/etc/udev/rules.d/60-conntrack-persist.rules"
#define PATH_DROP_IN  "/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf"
/*
 * The sizes of this boot, where the files above have none and cannot be given any: an image whose /etc or /var/lib is
 * read-only. Under names of their own, since the readers take the file in /etc where one of the same name is in /run.
 */
#define PATH_BOOT_MODPROBE "/run/modprobe.d/conntrack-persist-sizes.conf"
#define PATH_BOOT_SYSCTL   "/run/sysctl.d/91-conntrack-persist-sizes.conf"
#define PATH_BOOT_UDEV	   "/run/udev/rules.d/61-conntrack-persist-sizes.rules"
#define PATH_BOOT_SIZES	   "/run/conntrack-persist/sizes"

#define PATH_STATE    "/var/lib/conntrack-persist"
#define PATH_MANIFEST PATH_STATE "/manifest"
/* The folder of the copies of what --force has replaced. */
#define PATH_REPLACED PATH_STATE "/replaced"

#define ARTIFACT_MODE 0644U

struct artifact {
	const char *path; /* one of the above */
	mode_t mode;
	char *bytes; /* owned, NUL-terminated */
	size_t size;
	char digest[DIGEST_SIZE];
};

/* Whether a file lasts until the next boot only; it is in no manifest. */
bool artifact_is_of_boot(const char *path);

/* Whether the readers of sysctl.d, modprobe.d and rules.d meet a file of ours at this path. */
bool artifact_is_read_at(const char *path);

/* Every path that some mode writes: where an earlier run may have left a file. */
extern const char *const artifact_paths[];
extern const size_t artifact_path_count;

/* Whether a manifest may name this path as a file. */
bool artifact_is_recorded(const char *path);

/* Whether a run may have made this directory for a file that lasts: one of those above such a file or a copy. */
bool artifact_is_above(const char *directory);

/*
 * The place of a copy of what lay at a path: ".../replaced/etc_udev_rules.d_x.rules" for "/etc/udev/rules.d/x.rules", with
 * a number behind it from the second on. *ret is owned. -ENOMEM.
 */
MUST_CHECK int artifact_format_copy_path(const char *path, unsigned int number, char **ret);

/* Whether a copy of what lay at a path may lie there. False without memory. */
bool artifact_is_copy_path(const char *path, const char *copy);

/* Puts our header before a body and hashes the whole. Takes over the buffer, also on failure. -ENOMEM. */
MUST_CHECK int artifact_from_body(const char *path, struct buffer *body, struct artifact *ret);
void artifact_done(struct artifact *artifact);
