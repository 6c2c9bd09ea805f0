/* The network namespaces of this host themselves: listed, found, entered and left again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/kernel/kernel.h"

/* As kernel_list_namespaces() and kernel_find_namespace(). */
MUST_CHECK int namespaces_list(struct network_namespaces *ret);
MUST_CHECK int namespaces_find(const char *name_or_path, struct network_namespace *ret);

/*
 * The way back, to be opened before another one is entered, and tried. -EPERM: the process would not be let in again, as
 * for one that is root in a user namespace but not where its network belongs to.
 */
MUST_CHECK int namespaces_open_own(int *ret_own);

/* As kernel_enter_namespace(); from one straight into the next is fine. */
MUST_CHECK int namespaces_enter(const struct network_namespace *one);

/* Ends the process where it fails: nothing further is done in the wrong place. */
void namespaces_return(int own);
