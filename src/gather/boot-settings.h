/* Commands of scripts, units and tables of the boot that set values: rc.local, cron, ifupdown ... */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/sources/writers.h"

/*
 * Adds the values that commands at boot set. Scripts and units that nothing starts are marked as
 * inactive. Files that could not be read are noted as unread. -ENOMEM.
 */
MUST_CHECK int find_boot_settings(const struct gathering *gathering, struct host_writers *found);

/* Adds what udev rules and tmpfiles.d set, without our own rule. -ENOMEM. */
MUST_CHECK int find_event_settings(const struct gathering *gathering, struct host_writers *found);

/* Adds what the commands of `install` lines set, with the files that they load. -ENOMEM. */
MUST_CHECK int find_install_lines(const struct gathering *gathering,
				  const struct modprobe_records *records,
				  struct host_writers *found);
