/* Files in which a key names a command for the boot: interfaces(5), crontab(5), VPNs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"

struct boot_keys {
	struct reading *reading;
	/* Called for each command that is run at boot. A negative errno ends the search. */
	int (*command)(void *data, const char *loader, const char *path, unsigned int line,
		       const char *command, size_t size);
	/* Gets the text of each file before its commands; NULL if nobody needs it. */
	void (*text)(void *data, const char *loader, const char *path, const char *text);
	/* Notes a file that was read in some way; returns 0 if it was noted before. -ENOMEM. */
	int (*note)(void *data, const char *way, const char *path);
	void *data;
	bool periodic;	    /* whether the lines of crontab(5) with times are wanted too */
	size_t names;	    /* that patterns were compared with */
	unsigned int depth; /* of files that interfaces(5) sources */
};

#define LOADER_IFUPDOWN "networking.service"
#define LOADER_CRON	"cron.service"

/*
 * Reads interfaces(5) and crontab(5), whether their service is known to start or not. A line of a
 * crontab is given whole from its first blank on; one with times if it is wanted, from its start.
 * -ENOMEM.
 */
MUST_CHECK int find_boot_keys(struct boot_keys *keys);

/* Reads the files of a unit that starts: "wg-quick@wg0.service", OpenVPN, strongSwan. -ENOMEM. */
MUST_CHECK int find_boot_unit_keys(struct boot_keys *keys, const char *unit);
