/* Lists, finds, enters and leaves the network namespaces of this host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/kernel/kernel.h"

/* As kernel_list_namespaces() and kernel_find_namespace(). */
MUST_CHECK int namespaces_list(struct network_namespaces *ret);
MUST_CHECK int namespaces_find(const char *name_or_path, struct network_namespace *ret);

/*
 * Opens the process's own namespace, so that it can return, and tries to enter it. Call it before
 * another namespace is entered. The caller closes *ret_own. -EPERM: the kernel would not let the
 * process return, because the process is root in a user namespace that does not own its network
 * namespace.
 */
MUST_CHECK int namespaces_open_own(int *ret_own);

/* As kernel_enter_namespace(). May be called again for the next namespace without a return. */
MUST_CHECK int namespaces_enter(const struct network_namespace *namespace);

/* Ends the process if it fails, because the process must not go on in the wrong namespace. */
void namespaces_return(int own);
