/* Asks libkmod what modprobe's configuration says of nf_conntrack, and whether it is built in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"

/*
 * Gives modprobe's view of nf_conntrack. folder: for tests, the folder with modprobe.d and
 * modules; NULL: the running host. release: the release of its kernel. -ELIBACC: libkmod is not
 * installed; -ENOMEM.
 */
MUST_CHECK int modules_view(const char *folder, const char *release, struct modprobe_view *ret);

/* As kernel_remove_module(). */
MUST_CHECK int modules_remove(const char *name);
