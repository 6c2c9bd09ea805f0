/* The networks with NAT that a unit starts: libvirt, systemd-networkd, NetworkManager. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-programs.h"

/* Adds the files of networks with NAT that this unit starts at boot. -ENOMEM. */
MUST_CHECK int find_boot_networks(struct boot_programs *programs, const char *unit);
