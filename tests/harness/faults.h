/*
 * Failures that a case wants: lines of $CONNTRACK_PERSIST_HOST/faults, such as "write PATH EROFS".
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Negative errno if there is a line "KIND NAME ERRNO", else 0. "once-KIND" is removed from the file
 * when it is found; LOST is no errno: the call does nothing and returns success. Nor is GONE: the
 * module is unloaded in that moment.
 */
#define FAULT_LOST (-1000)
#define FAULT_GONE (-1001)
int faults_find(const char *folder, const char *kind, const char *name);
