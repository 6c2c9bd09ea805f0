/*
 * Replaces the bus in the test twin by a file: each call is a line of
 * $CONNTRACK_PERSIST_HOST/bus.log.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/systemd/bus.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/faults.h"

struct bus {
	const char *folder;
};

int bus_open(struct bus **ret)
{
	struct bus *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return -ENOMEM;
	bus->folder = getenv("CONNTRACK_PERSIST_HOST");
	*ret = bus;
	return 0;
}

struct bus *bus_close(struct bus *bus)
{
	free(bus);
	return NULL;
}

static bool has(const struct bus *bus, const char *path)
{
	char whole[PATH_MAX];

	return snprintf(whole, sizeof(whole), "%s%s", bus->folder, path) < PATH_MAX &&
	       access(whole, F_OK) == 0;
}

bool bus_has_systemd(const struct bus *bus)
{
	return has(bus, "/run/systemd/system");
}

bool bus_has_udev(const struct bus *bus)
{
	return has(bus, "/run/udev/control");
}

/* Writes the call down; fails where the case wants it to. */
static int call(const struct bus *bus, const char *name)
{
	char whole[PATH_MAX];
	FILE *log;

	(void)snprintf(whole, sizeof(whole), "%s/bus.log", bus->folder);
	log = fopen(whole, "a");
	if (!log)
		return -errno;
	(void)fprintf(log, "%s\n", name);
	(void)fclose(log);
	return faults_find(bus->folder, "bus", name);
}

int bus_reload_units(struct bus *bus)
{
	return call(bus, "reload-units");
}

int bus_reload_rules(struct bus *bus)
{
	return call(bus, "reload-rules");
}

bool bus_device_is_marked(struct bus *bus)
{
	return has(bus, "/run/udev/marked");
}

int bus_replay_event(struct bus *bus)
{
	if (!has(bus, "/sys/module/nf_conntrack/uevent"))
		return -ENOTSUP;
	return call(bus, "replay-event");
}

static int run_job(const struct bus *bus, const char *verb, const char *unit, char *ret_result,
		   size_t size)
{
	char name[128];
	int error;

	(void)snprintf(name, sizeof(name), "%s %s", verb, unit);
	error = call(bus, name);
	(void)snprintf(ret_result, size, "%s", has(bus, "/unit-fails") ? "failed" : "done");
	return error;
}

int bus_start_unit(struct bus *bus, const char *unit, char *ret_result, size_t size)
{
	return run_job(bus, "start", unit, ret_result, size);
}

int bus_stop_unit(struct bus *bus, const char *unit, char *ret_result, size_t size)
{
	return run_job(bus, "stop", unit, ret_result, size);
}
