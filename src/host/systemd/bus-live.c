/* systemd and udevd behind the port: sd-bus for the one, libudev and its unit for the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/systemd/bus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "host/dlopen-symbols.h"
#include "host/kernel/uevent.h"
#include "host/signals.h"

LIBRARY_NOTE("libsystemd.so.0", "bus", "reload and units of systemd", LIBRARY_REQUIRED);

#define TIMEOUT_MS 120000
#define TIMEOUT_US ((uint64_t)TIMEOUT_MS * 1000)

/* In so many parts of half a second, after each of which a signal that came is noticed. */
#define SLICES	    240U
#define DESTINATION "org.freedesktop.systemd1"
#define PATH	    "/org/freedesktop/systemd1"
#define MANAGER	    DESTINATION ".Manager"

#define BUS_SYMBOLS(X)                    \
	X(sd_bus_open_system)             \
	X(sd_bus_new)                     \
	X(sd_bus_set_address)             \
	X(sd_bus_start)                   \
	X(sd_bus_flush_close_unref)       \
	X(sd_bus_set_method_call_timeout) \
	X(sd_bus_call_method)             \
	X(sd_bus_match_signal)            \
	X(sd_bus_process)                 \
	X(sd_bus_wait)                    \
	X(sd_bus_message_read)            \
	X(sd_bus_message_unref)           \
	X(sd_bus_error_free)              \
	X(sd_bus_error_has_name)

struct bus {
	BUS_SYMBOLS(LIBRARY_POINTER)
	sd_bus *connection; /* NULL: not connected yet */
};

/* The job that is waited for, and how it ended. */
struct bus_job {
	struct bus *bus;
	char path[256];
	/* Signals may come before the call that names the job returns. */
	char ended[8][256];
	char results[8][32];
	size_t count;
};

int bus_open(struct bus **ret)
{
	struct bus *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return -ENOMEM;
	*ret = bus;
	return 0;
}

struct bus *bus_close(struct bus *bus)
{
	if (bus && bus->connection)
		bus->sd_bus_flush_close_unref(bus->connection);
	free(bus);
	return NULL;
}

/* As sd_booted() does. */
bool bus_has_systemd(const struct bus *bus)
{
	(void)bus;
	return access("/run/systemd/system", F_OK) == 0;
}

/* udevd keeps its control socket there while it runs. */
bool bus_has_udev(const struct bus *bus)
{
	(void)bus;
	return access("/run/udev/control", F_OK) == 0;
}

static int connect_bus(struct bus *bus)
{
	sd_bus *connection = NULL;
	int error;

	if (bus->connection)
		return 0;
	error = library_load("libsystemd.so.0", BUS_SYMBOLS(LIBRARY_NAME), bus);
	if (error < 0)
		return error;
	error = bus->sd_bus_open_system(&connection);
	if (error < 0) {
		/* No message bus, as early at boot: systemd's own socket, for root. */
		error = bus->sd_bus_new(&connection);
		if (error < 0)
			return error;
		error = bus->sd_bus_set_address(connection, "unix:path=/run/systemd/private");
		if (error >= 0)
			error = bus->sd_bus_start(connection);
	}
	if (error >= 0)
		error = bus->sd_bus_set_method_call_timeout(connection, TIMEOUT_US);
	if (error < 0) {
		bus->sd_bus_flush_close_unref(connection);
		return error;
	}
	bus->connection = connection;
	return 0;
}

int bus_reload_units(struct bus *bus)
{
	int error = connect_bus(bus);

	if (error == 0)
		error = bus->sd_bus_call_method(bus->connection, DESTINATION, PATH, MANAGER,
						"Reload", NULL, NULL, "");
	return error < 0 ? error : 0;
}

static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *ret_error)
{
	struct bus_job *job = data;
	size_t slot = job->count % ARRAY_SIZE(job->ended);
	const char *path, *unit, *result;
	uint32_t id;

	(void)ret_error;
	if (job->bus->sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) < 0)
		return 0;
	(void)snprintf(job->ended[slot], sizeof(job->ended[slot]), "%s", path);
	(void)snprintf(job->results[slot], sizeof(job->results[slot]), "%s", result);
	job->count++;
	return 0;
}

static const char *job_result(const struct bus_job *job)
{
	for (size_t i = 0; i < ARRAY_SIZE(job->ended); i++)
		if (job->path[0] && strcmp(job->ended[i], job->path) == 0)
			return job->results[i];
	return NULL;
}

static int wait_for_job(struct bus *bus, const struct bus_job *job, char *ret_result, size_t size)
{
	const char *result;
	unsigned int slices = 0;
	int error = 0;

	while (!(result = job_result(job))) {
		error = bus->sd_bus_process(bus->connection, NULL);
		if (error == 0) {
			error = bus->sd_bus_wait(bus->connection, TIMEOUT_US / SLICES);
			if (error == 0 && ++slices == SLICES)
				error = -ETIMEDOUT;
		}
		if (error >= 0 && signals_pending())
			error = -ECANCELED;
		if (error < 0)
			return error == -EINTR ? 0 : error;
	}
	(void)snprintf(ret_result, size, "%s", result);
	return 0;
}

/* Calls a method of the manager that makes a job for a unit, and waits for that job's end. */
static int run_job(struct bus *bus, const char *method, const char *unit, char *ret_result,
		   size_t size)
{
	struct bus_job job = {.bus = bus};
	sd_bus_error problem = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	sd_bus_slot *slot = NULL;
	const char *path;
	int error;

	error = connect_bus(bus);
	if (error < 0)
		return error;
	/* Listening comes first: a quick job would be missed. */
	error = bus->sd_bus_match_signal(bus->connection, &slot, DESTINATION, PATH, MANAGER,
					 "JobRemoved", on_job_removed, &job);
	if (error >= 0)
		error = bus->sd_bus_call_method(bus->connection, DESTINATION, PATH, MANAGER,
						"Subscribe", NULL, NULL, "");
	if (error >= 0)
		error = bus->sd_bus_call_method(bus->connection, DESTINATION, PATH, MANAGER, method,
						&problem, &reply, "ss", unit, "replace");
	if (error < 0 &&
	    bus->sd_bus_error_has_name(&problem, "org.freedesktop.systemd1.NoSuchUnit"))
		error = -ENXIO;
	if (error >= 0)
		error = bus->sd_bus_message_read(reply, "o", &path);
	if (error >= 0) {
		(void)snprintf(job.path, sizeof(job.path), "%s", path);
		error = wait_for_job(bus, &job, ret_result, size);
	}
	bus->sd_bus_message_unref(reply);
	bus->sd_bus_error_free(&problem);
	/* The slot points at this function's variables. */
	bus->sd_bus_flush_close_unref(bus->connection);
	bus->connection = NULL;
	return error;
}

int bus_reload_rules(struct bus *bus)
{
	char result[32] = "";
	int error = run_job(bus, "ReloadUnit", "systemd-udevd.service", result, sizeof(result));

	if (error < 0)
		return error;
	return strcmp(result, "done") == 0 ? 0 : -EIO;
}

int bus_start_unit(struct bus *bus, const char *unit, char *ret_result, size_t size)
{
	return run_job(bus, "StartUnit", unit, ret_result, size);
}

int bus_stop_unit(struct bus *bus, const char *unit, char *ret_result, size_t size)
{
	return run_job(bus, "StopUnit", unit, ret_result, size);
}

bool bus_device_is_marked(struct bus *bus)
{
	(void)bus;
	return uevent_device_is_marked();
}

int bus_replay_event(struct bus *bus)
{
	(void)bus;
	return uevent_replay(TIMEOUT_MS);
}
