/* The port to systemd and udevd, over their own interfaces. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The unit that verifies each load. */
#define BUS_SERVICE "conntrack-persist.service"
/* The unit that notices new network namespaces, with namespaces = all. */
#define BUS_NAMESPACES_PATH "conntrack-persist-namespaces.path"

/*
 * The port has two bodies, and the linker chooses one: bus-live.c, which uses libsystemd and
 * libudev, or tests/harness/bus-log.c, which takes a file for the bus. Each call waits for its
 * result, at most two minutes: -ETIMEDOUT. Other errors: -ECONNREFUSED, -ENOENT: there is no bus;
 * -EACCES: the process is not root's; -ELIBACC: the library is not installed.
 */
struct bus;

/* Makes the object; the first call that needs the bus connects. -ENOMEM. */
MUST_CHECK int bus_open(struct bus **ret);
struct bus *bus_close(struct bus *bus);
static inline void bus_closep(struct bus **bus)
{
	*bus = bus_close(*bus);
}

/*
 * Returns whether systemd runs this host, and whether udevd runs. Both are false in most containers
 * and in a chroot.
 */
bool bus_has_systemd(const struct bus *bus);
bool bus_has_udev(const struct bus *bus);

/* Lets systemd read all units again. */
MUST_CHECK int bus_reload_units(struct bus *bus);

/*
 * Lets udevd read all rules again. This needs systemd as well, because it is done by udevd's unit.
 */
MUST_CHECK int bus_reload_rules(struct bus *bus);

/*
 * Returns whether the rule has marked the module's device for systemd: udevd has carried out the
 * rule since the load.
 */
bool bus_device_is_marked(struct bus *bus);

/*
 * Sends the module's event again, as "change", and waits until udevd has carried out all rules.
 * -ENOTSUP: this kernel sends no events for the module, because it is built in and the kernel has
 * no module support.
 */
MUST_CHECK int bus_replay_event(struct bus *bus);

/*
 * Starts a unit and waits for the result of the job: "done", "failed", "dependency", "timeout",
 * "canceled" or "skipped", which is written to ret_result and cut to size bytes. -ENXIO: there is
 * no such unit.
 */
MUST_CHECK int bus_start_unit(struct bus *bus, const char *unit, char *ret_result, size_t size);

/* Stops a unit and waits for the result of the job. Otherwise as bus_start_unit(). */
MUST_CHECK int bus_stop_unit(struct bus *bus, const char *unit, char *ret_result, size_t size);
