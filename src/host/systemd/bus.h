/* The port to systemd and udevd, over their own interfaces. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The unit that verifies each load. */
#define BUS_SERVICE "conntrack-persist.service"

/*
 * Two bodies, chosen by the linker: bus-live.c over libsystemd and libudev, tests/harness/bus-log.c, where a file is the
 * bus. Calls wait for their result, two minutes at most: -ETIMEDOUT. Other errors: -ECONNREFUSED, -ENOENT: no bus is
 * there; -EACCES: not root; -ELIBACC: the library is not installed.
 */
struct bus;

/* Connects only when first used. -ENOMEM. */
MUST_CHECK int bus_open(struct bus **ret);
struct bus *bus_close(struct bus *bus);
static inline void bus_closep(struct bus **bus)
{
	*bus = bus_close(*bus);
}

/* Whether this host is run by systemd, and whether udevd is at work. Not so in most containers and in a chroot. */
bool bus_has_systemd(const struct bus *bus);
bool bus_has_udev(const struct bus *bus);

/* systemd reads all units anew. */
MUST_CHECK int bus_reload_units(struct bus *bus);

/* udevd reads all rules anew; by way of its unit, so it takes both. */
MUST_CHECK int bus_reload_rules(struct bus *bus);

/* Whether the rule has marked the module's device for systemd: it was done with it since the module came. */
bool bus_device_is_marked(struct bus *bus);

/*
 * Sends the module's event again, as "change", and waits until udevd is done with all rules. -ENOTSUP: this kernel has no
 * events for it (built in, without support for modules).
 */
MUST_CHECK int bus_replay_event(struct bus *bus);

/*
 * Starts a unit and waits for the end of that: "done", "failed", "dependency", "timeout", "canceled" or "skipped".
 * -ENXIO: there is no such unit.
 */
MUST_CHECK int bus_start_unit(struct bus *bus, const char *unit, char *ret_result, size_t size);
