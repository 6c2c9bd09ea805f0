/* A file that the tool writes: path, mode, finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "model/digest.h"

#define PATH_MODPROBE "/etc/modprobe.d/conntrack-persist.conf"
#define PATH_SYSCTL   "/etc/sysctl.d/90-conntrack-persist.conf"
#define PATH_UDEV     "/etc/udev/rules.d/60-conntrack-persist.rules"
#define PATH_DROP_IN  "/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf"
#define PATH_STATE    "/var/lib/conntrack-persist"
#define PATH_MANIFEST PATH_STATE "/manifest"

#define ARTIFACT_MODE 0644U

struct artifact {
	const char *path; /* one of the above */
	mode_t mode;
	char *bytes; /* owned, NUL-terminated */
	size_t size;
	char digest[DIGEST_SIZE];
};

/* Every path that some mode writes: where an earlier run may have left a file. */
extern const char *const artifact_paths[];
extern const size_t artifact_path_count;

/* Puts our header before a body and hashes the whole. Takes over the buffer, also on failure. -ENOMEM. */
MUST_CHECK int artifact_from_body(const char *path, struct buffer *body, struct artifact *ret);
void artifact_done(struct artifact *artifact);
