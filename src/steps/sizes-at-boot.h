/*
 * Runs install --at-boot: chooses automatic sizes when an image boots, or when the machine's RAM
 * has changed.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Runs from conntrack-persist-sizes.service, before anything can load nf_conntrack. Changes only
 * sizes: a configuration that was changed since the last installation waits for the next one. Warns
 * of buckets for which this machine has no memory.
 */
enum exit_code at_boot_run(struct context *context);
