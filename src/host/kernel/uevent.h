/* Looks at the module's device by libudev, and sends its event again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

/* As bus_device_is_marked(). */
bool uevent_device_is_marked(void);

/* As bus_replay_event(). */
MUST_CHECK int uevent_replay(int timeout_ms);
