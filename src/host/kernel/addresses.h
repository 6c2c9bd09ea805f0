/* Reads the addresses of a network namespace by rtnetlink. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/kernel/kernel.h"

/* As kernel_read_addresses(). Loads no module, because rtnetlink is part of every kernel. */
MUST_CHECK int addresses_read(int (*read)(void *data, uint8_t family, const uint8_t *bytes),
			      void *data);
