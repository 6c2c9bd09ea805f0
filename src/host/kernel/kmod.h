/* libkmod's answers about nf_conntrack: what modprobe's configuration says of it, and whether it is built in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"

/*
 * folder: below which modprobe.d and modules lie, for tests; NULL: the running host. release: of its kernel.
 * -ELIBACC: libkmod is not installed; -ENOMEM.
 */
MUST_CHECK int modules_view(const char *folder, const char *release, struct modprobe_view *ret);

/* As kernel_remove_module(). */
MUST_CHECK int modules_remove(const char *name);
