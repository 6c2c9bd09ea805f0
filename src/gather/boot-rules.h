/* The files of rules that services load at boot, with what these include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-set.h"
#include "gather/reading.h"
#include "model/users/uses.h"

/* One object for all units of a run, so that each file is read once. */
struct boot_rules {
	struct reading reading;
	struct uses *uses;    /* owned by the caller */
	const char *loader;   /* what loads the file that is being read */
	struct text_set seen; /* files and patterns */
	unsigned int depth;   /* depth of includes */
	size_t names, bytes;  /* names that were looked at, bytes that were read */
};
void boot_rules_new(const struct gathering *gathering, struct uses *uses, struct boot_rules *ret);
void boot_rules_done(struct boot_rules *rules);

/*
 * Notes that a file was looked at in some way ("script "). Returns 1, or 0 if that was noted
 * before. -ENOMEM.
 */
MUST_CHECK int boot_rules_note(struct boot_rules *rules, const char *way, const char *path);

/*
 * Reads a file that a unit or script loads with iptables-restore or nft. A file that could not be
 * read is noted. -ENOMEM.
 */
MUST_CHECK int boot_rules_file(struct boot_rules *rules, const char *loader, const char *path);

/*
 * Reads the rule files that this unit ("nftables.service") is known to load. A file that could not
 * be read is noted. -ENOMEM.
 */
MUST_CHECK int find_boot_rules(struct boot_rules *rules, const char *unit);
