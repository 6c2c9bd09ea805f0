/* Reads the figures of the host that its sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/files/tree.h"
#include "host/kernel/kernel.h"
#include "model/plan/facts.h"

/*
 * Clears *ret and fills it. image: the tree of --root, for which ram and release stay unknown;
 * NULL: the running host.
 */
void gather_facts(const struct kernel *kernel, const struct tree *image, struct facts *ret);
