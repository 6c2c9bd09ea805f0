/* The port to the journal: sends entries with fields, if standard error leads to the journal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/problems.h"
#include "model/table/log-messages.h"

/*
 * The message ids, one for each kind of entry. They were made with "systemd-id128 new" for this
 * program; systemd/conntrack-persist.catalog explains them.
 */
#define JOURNAL_IN_FORCE "e501d23c11f048ce9a676e01672abe92" /* all values are active */
#define JOURNAL_SET	 "90fd8fee4c6346d2bb9bed2a96cb496e" /* a value differed and was set */
#define JOURNAL_FAILED	 "e9515bc5d6774865bc5fcad1b5192170" /* a value could not be set */
#define JOURNAL_PENDING	 "b52aa57bcf6a483facb2fb8f6c791b41" /* nf_conntrack is not loaded */
#define JOURNAL_VERDICT	 "5aad03892ae9410eb4b47fc431fc4e70" /* the verdict of check changed */
#define JOURNAL_SIZES	 "cc887faaf5d147dda4e821a0ccca85b2" /* sizes were chosen at boot */
#define JOURNAL_MEMORY	 "ffbf6366d66d407b9b1dce2dce590fe5" /* the buckets need too much memory */

/*
 * Fields as "NAME=value". The journal drops a field whose name has other characters than A to Z,
 * 0 to 9 and _. Owns nothing.
 */
struct journal_fields {
	const char *const *texts;
	size_t count;
	bool notable; /* a note that is logged even if the unit has LogLevelMax=notice */
};

/*
 * Returns whether standard error leads to the journal, so that an entry can take the place of a
 * line. False in a shell, in a command that modprobe runs, and if libsystemd is not installed. The
 * port has two bodies, and the linker chooses one: journal-live.c or tests/harness/journal-log.c.
 */
bool journal_listens(void);

/*
 * Sends one entry. Each text must be one line. -ENOENT, -ECONNREFUSED, -EACCES: no journal takes
 * the entry although journal_listens() is true, as in a chroot that inherited the environment of
 * a service; -ELIBACC: libsystemd is not installed; other errors as sd_journal_sendv(3).
 */
MUST_CHECK int journal_send(enum severity severity, const char *id, const char *text,
			    const struct journal_fields *fields);

/*
 * Logs one line as a warning for a process whose standard error nobody reads, by syslog(3), whose
 * socket the journal has as well. Loads no library. The line is lost if nobody takes it.
 */
void journal_log_line(const char *text);

/*
 * Counts the kernel's messages of a full table since boot in the journal. ret->known is false if
 * there is no journal or this process may not read it.
 */
void journal_find_full_messages(struct full_messages *ret);
