/* Commands of scripts, units and tables of the boot that set values: rc.local, cron, ifupdown ... */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-set.h"
#include "gather/boot-keys.h"
#include "gather/reading.h"
#include "model/sources/writers.h"

/* One object for the whole run, so that each script is read once. */
struct boot_settings {
	struct host_writers *found; /* gets the findings; not owned */
	struct reading reading;
	struct boot_keys keys;
	struct text_set seen; /* "unit NAME" if it starts, and "WAY PATH" of files that were read */
	unsigned int depth;
	/* of the commands that are being read; inactive: nothing starts them */
	struct writer_line origin;
};
void boot_settings_new(const struct gathering *gathering, struct host_writers *found,
		       struct boot_settings *ret);
void boot_settings_done(struct boot_settings *settings);

/*
 * Adds the values that commands at boot set. Scripts and units that nothing starts are marked as
 * inactive. Files that could not be read are noted as unread. -ENOMEM.
 */
MUST_CHECK int find_boot_settings(struct boot_settings *settings);

/* Adds what udev rules and tmpfiles.d set, without our own rule. -ENOMEM. */
MUST_CHECK int find_event_settings(struct boot_settings *settings);

/* Adds what the commands of `install` lines set, with the files that they load. -ENOMEM. */
MUST_CHECK int find_install_lines(struct boot_settings *settings,
				  const struct modprobe_records *records);
