/* Makes a configuration out of this host's existing settings, for plan --from-system. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

enum exit_code from_system(struct context *context);
