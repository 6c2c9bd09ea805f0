/* A file that this program writes: path, mode and finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "model/plan/digest.h"

#define PATH_MODPROBE	   "/etc/modprobe.d/conntrack-persist.conf"
#define PATH_SYSCTL	   "/etc/sysctl.d/90-conntrack-persist.conf"
#define PATH_UDEV	   "/etc/udev/rules.d/60-conntrack-persist.rules"
#define PATH_DROP_IN	   "/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf"
#define PATH_WITNESS_CHECK "/etc/systemd/system/conntrack-persist-check.service.d/60-witness.conf"
#define PATH_WITNESS_METRICS \
	"/etc/systemd/system/conntrack-persist-metrics.service.d/60-witness.conf"
/*
 * The drop-ins of namespaces = all: they let each of these services enter the other network
 * namespaces, and those of the first two pull in the path unit that notices new ones.
 */
#define PATH_NAMESPACES_SERVICE "/etc/systemd/system/conntrack-persist.service.d/50-namespaces.conf"
#define PATH_NAMESPACES_BUILTIN \
	"/etc/systemd/system/conntrack-persist-builtin.service.d/50-namespaces.conf"
#define PATH_NAMESPACES_CHECK \
	"/etc/systemd/system/conntrack-persist-check.service.d/50-namespaces.conf"
#define PATH_NAMESPACES_RESTORE \
	"/etc/systemd/system/conntrack-persist-restore.service.d/50-namespaces.conf"
/*
 * The sizes of this boot, for an image whose /etc or /var/lib is read-only, so that the files above
 * have no sizes and cannot get any. The names differ from those above, because a reader that finds
 * the same name in /etc ignores the file in /run.
 */
#define PATH_BOOT_MODPROBE "/run/modprobe.d/conntrack-persist-sizes.conf"
#define PATH_BOOT_SYSCTL   "/run/sysctl.d/91-conntrack-persist-sizes.conf"
#define PATH_BOOT_UDEV	   "/run/udev/rules.d/61-conntrack-persist-sizes.rules"
#define PATH_BOOT_SIZES	   "/run/conntrack-persist/sizes"

#define PATH_STATE    "/var/lib/conntrack-persist"
#define PATH_MANIFEST PATH_STATE "/manifest"
/* The directory for copies of files that --force replaced. */
#define PATH_REPLACED PATH_STATE "/replaced"

#define ARTIFACT_MODE 0644U

struct artifact {
	const char *path; /* one of the paths above; not owned */
	mode_t mode;
	char *bytes; /* owned, ended by a NUL */
	size_t size;
	char digest[DIGEST_SIZE];
};

/*
 * Returns whether the file lasts only until the next boot. The manifest does not name such files.
 */
bool artifact_is_of_boot(const char *path);

/*
 * Returns whether the readers of sysctl.d, modprobe.d and rules.d would read a file of ours at this
 * path.
 */
bool artifact_is_read_at(const char *path);

/* Every path that some mode writes, so that an earlier run may have left a file there. */
extern const char *const artifact_paths[];
extern const size_t artifact_path_count;

/* Returns whether a manifest may name this path as a file. */
bool artifact_is_recorded(const char *path);

/*
 * Returns whether a run may have created this directory: it contains, directly or not, a file that
 * lasts beyond the boot, or a copy.
 */
bool artifact_is_above(const char *directory);

/*
 * Makes the path of a copy of the file at `path`: ".../replaced/etc_udev_rules.d_x.rules" for
 * "/etc/udev/rules.d/x.rules", and ".1" and so on behind it if number is above 0. The caller must
 * free *ret. Returns -ENOMEM.
 */
MUST_CHECK int artifact_format_copy_path(const char *path, unsigned int number, char **ret);

/* Returns whether `copy` is a path that artifact_format_copy_path() makes for `path`. */
bool artifact_is_copy_path(const char *path, const char *copy);

/*
 * Puts our header before the body and hashes both. Takes over the content of the buffer, also on
 * failure. path is not copied. Release *ret with artifact_done(). Returns -ENOMEM.
 */
MUST_CHECK int artifact_from_body(const char *path, struct buffer *body, struct artifact *ret);
void artifact_done(struct artifact *artifact);
