/* Reads numbers of the kernel, and the figures of the host that its sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/files/tree.h"
#include "host/kernel/kernel.h"
#include "model/plan/facts.h"
#include "model/table/table.h"

/*
 * Reads the number that a file of /proc or /sys begins with; in files of /sys/kernel/slab more text
 * follows after a blank. "-1", by which old kernels show the largest max, is UINT32_MAX. Fails as
 * kernel_read(), and with -EINVAL or -ERANGE for any other text.
 */
MUST_CHECK int gather_number(const struct kernel *kernel, const char *path, uint64_t *ret);

/* Does the same; the figure is unknown if the number cannot be read. */
struct figure gather_figure(const struct kernel *kernel, const char *path);

/*
 * Clears *ret and fills it. image: the tree of --root, for which ram and release stay unknown;
 * NULL: the running host.
 */
void gather_facts(const struct kernel *kernel, const struct tree *image, struct facts *ret);
