/* Reads and checks the record of the automatic sizes of one boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "model/plan/setting.h"

/*
 * Parses the record at PATH_BOOT_SIZES. Returns -EBADMSG if no run wrote it or if it was edited
 * since, or -ENOMEM. The caller must free ret->inputs.
 */
MUST_CHECK int boot_sizes_parse(const char *bytes, size_t size, struct sizes *ret);
