/* The port to the journal: entries with fields, where it is the journal that listens. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/problems.h"
#include "model/table/log-messages.h"

/*
 * Message ids, one for each kind of entry; made with "systemd-id128 new" for this program, explained in
 * systemd/conntrack-persist.catalog.
 */
#define JOURNAL_IN_FORCE "e501d23c11f048ce9a676e01672abe92" /* all values are in force */
#define JOURNAL_SET	 "90fd8fee4c6346d2bb9bed2a96cb496e" /* a value was another one and was set */
#define JOURNAL_FAILED	 "e9515bc5d6774865bc5fcad1b5192170" /* a value did not take */
#define JOURNAL_PENDING	 "b52aa57bcf6a483facb2fb8f6c791b41" /* nf_conntrack is not loaded */
#define JOURNAL_VERDICT	 "5aad03892ae9410eb4b47fc431fc4e70" /* check found another verdict */
#define JOURNAL_SIZES	 "cc887faaf5d147dda4e821a0ccca85b2" /* automatic sizes were chosen at boot */
#define JOURNAL_MEMORY	 "ffbf6366d66d407b9b1dce2dce590fe5" /* the buckets do not fit this machine */

/* "NAME=value"; the journal drops names that are not of A to Z, 0 to 9 and _. Nothing here is owned. */
struct journal_fields {
	const char *const *texts;
	size_t count;
	bool notable; /* a note that also gets through where a unit has LogLevelMax=notice */
};

/*
 * Two bodies, chosen by the linker: journal-live.c and tests/harness/journal-log.c. Whether standard error leads to the
 * journal, so that an entry can take the place of a line: false in a shell, by modprobe, and where libsystemd is missing.
 */
bool journal_listens(void);

/*
 * Sends one entry. -ENOENT, -ECONNREFUSED, -EACCES: there is no journal that takes it, although journal_listens(), as where a
 * service manager's environment came into a chroot; -ELIBACC or what sd_journal_sendv(3) returns. The texts have to be one
 * line each.
 */
MUST_CHECK int journal_send(enum severity severity, const char *id, const char *text,
			    const struct journal_fields *fields);

/*
 * The kernel's messages of a full table since boot: of the journal, or of the kernel's own buffer where there is none or it
 * may not be read. ret->known tells whether either could.
 */
void journal_find_full_messages(struct full_messages *ret);
