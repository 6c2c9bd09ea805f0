/* install --at-boot: the automatic sizes of a machine that boots an image, or that has other RAM than it had. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * What conntrack-persist-sizes.service runs before anything can load nf_conntrack. Only sizes: a configuration that was
 * changed since the last installation waits for the next one. Warns of buckets that this machine has no memory for.
 */
enum exit_code at_boot_run(struct context *context);
