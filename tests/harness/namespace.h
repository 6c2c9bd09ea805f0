/* Folders as network namespaces, for the test twin: $CONNTRACK_PERSIST_HOST/namespaces/NAME. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The folder below which proc/net and proc/sys/net of the namespace lie that the process is in now.
 */
const char *harness_net_root(void);

/* The name of its folder; NULL: the own one. */
const char *harness_namespace(void);
