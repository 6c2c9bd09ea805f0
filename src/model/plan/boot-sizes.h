/* Record of the automatic sizes of one boot: its text to a struct and back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "model/plan/kept-sizes.h"

/* -EBADMSG: no run has written this, or it was edited since; -ENOMEM. ret->inputs is owned by the caller. */
MUST_CHECK int boot_sizes_parse(const char *bytes, size_t size, struct kept_sizes *ret);
