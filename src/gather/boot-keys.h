/* Files in which a key names a command for the boot: interfaces(5), crontab(5), VPNs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-scripts.h"

struct boot_keys {
	struct boot_scripts *scripts;
	struct reading *reading;
	size_t names;	    /* that patterns were compared with */
	unsigned int depth; /* of files that interfaces(5) sources */
};

/* Reads interfaces(5) and crontab(5), whether their service is known to start or not. -ENOMEM. */
MUST_CHECK int find_boot_keys(struct boot_keys *keys);

/* Reads the files of a unit that starts: "wg-quick@wg0.service", OpenVPN, strongSwan. -ENOMEM. */
MUST_CHECK int find_boot_unit_keys(struct boot_keys *keys, const char *unit);
