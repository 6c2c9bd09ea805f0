/* plan --from-system: the configuration that says what this host's files say now. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

enum exit_code from_system(struct context *context);
