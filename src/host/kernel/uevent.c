/* The module's device as libudev shows it, and its event sent again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/uevent.h"

#include <errno.h>
#include <libudev.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host/dlopen-symbols.h"
#include "host/kernel/kernel-file.h"
#include "host/signals.h"
#include "model/runtime/runtime-values.h"

LIBRARY_NOTE("libudev.so.1", "uevents", "the event of nf_conntrack, sent again", LIBRARY_REQUIRED);

#define UDEV_SYMBOLS(X)                                    \
	X(udev_new)                                        \
	X(udev_unref)                                      \
	X(udev_device_new_from_subsystem_sysname)          \
	X(udev_device_unref)                               \
	X(udev_device_has_tag)                             \
	X(udev_device_get_property_value)                  \
	X(udev_monitor_new_from_netlink)                   \
	X(udev_monitor_unref)                              \
	X(udev_monitor_filter_add_match_subsystem_devtype) \
	X(udev_monitor_enable_receiving)                   \
	X(udev_monitor_get_fd)                             \
	X(udev_monitor_receive_device)

/* Loaded when asked: apply at boot has no use for it. */
struct udev_calls {
	UDEV_SYMBOLS(LIBRARY_POINTER)
	struct udev *udev;
	struct udev_monitor *monitor;
};

static void close_calls(struct udev_calls *calls)
{
	if (calls->monitor)
		calls->udev_monitor_unref(calls->monitor);
	if (calls->udev)
		calls->udev_unref(calls->udev);
}

static int open_calls(struct udev_calls *calls)
{
	int error = library_load("libudev.so.1", UDEV_SYMBOLS(LIBRARY_NAME), calls);

	if (error < 0)
		return error;
	calls->udev = calls->udev_new();
	return calls->udev ? 0 : -ENOMEM;
}

bool uevent_device_is_marked(void)
{
	struct udev_calls CLEANUP(close_calls) calls = {0};
	struct udev_device *device;
	bool marked;

	if (open_calls(&calls) < 0)
		return false;
	device = calls.udev_device_new_from_subsystem_sysname(calls.udev, "module", "nf_conntrack");
	if (!device)
		return false;
	marked = calls.udev_device_has_tag(device, "systemd") != 0;
	calls.udev_device_unref(device);
	return marked;
}

/* The header of an event that udevd passes on after it has handled it. */
static int listen_to_udevd(struct udev_calls *calls)
{
	int error;

	calls->monitor = calls->udev_monitor_new_from_netlink(calls->udev, "udev");
	if (!calls->monitor)
		return errno ? -errno : -ENOMEM;
	error = calls->udev_monitor_filter_add_match_subsystem_devtype(calls->monitor, "module",
								       NULL);
	return error < 0 ? error : calls->udev_monitor_enable_receiving(calls->monitor);
}

/*
 * On a clock that nobody sets; as wide as that of tree-lock.c, because a long has 32 bits on some
 * machines.
 */
static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A signal that came is noticed after so long at the latest. */
#define SLICE_MS 500

/* Waits until the event with our mark arrives. */
static int wait_for(struct udev_calls *calls, const char *uuid, int timeout_ms)
{
	int64_t end = now_ms() + timeout_ms, left;
	bool found = false;

	while (!found && (left = end - now_ms()) > 0 && !signals_pending()) {
		struct pollfd fd = {.fd = calls->udev_monitor_get_fd(calls->monitor),
				    .events = POLLIN};
		struct udev_device *device;
		const char *mark;

		if (poll(&fd, 1, left < SLICE_MS ? (int)left : SLICE_MS) < 0 && errno != EINTR)
			return -errno;
		device = fd.revents ? calls->udev_monitor_receive_device(calls->monitor) : NULL;
		if (!device)
			continue;
		mark = calls->udev_device_get_property_value(device, "SYNTH_UUID");
		found = mark && strcmp(mark, uuid) == 0;
		calls->udev_device_unref(device);
	}
	if (!found)
		return signals_pending() ? -ECANCELED : -ETIMEDOUT;
	return 0;
}

int uevent_replay(int timeout_ms)
{
	struct udev_calls CLEANUP(close_calls) calls = {0};
	char uuid[40], text[64];
	int error;

	error = kernel_file_read("/proc/sys/kernel/random/uuid", uuid, sizeof(uuid));
	if (error < 0)
		return error;
	error = open_calls(&calls);
	if (error < 0)
		return error;
	error = listen_to_udevd(&calls);
	if (error < 0)
		return error;
	/* Not "add": rules of others may start programs on that. */
	(void)snprintf(text, sizeof(text), "change %s", uuid);
	error = kernel_file_write(PATH_MODULE "/uevent", text);
	if (error < 0)
		return error == -ENOENT ? -ENOTSUP : error;
	return wait_for(&calls, uuid, timeout_ms);
}
