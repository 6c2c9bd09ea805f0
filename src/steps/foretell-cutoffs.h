/* Says which live entries shorter timeouts would cut off, before they are set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Returns whether foretell_cutoffs() will count entries, so that it needs to know whose the
 * addresses of the other network namespaces are.
 */
bool foretells_cutoffs(const struct context *context, const struct runtime *runtime);

/*
 * For each configured timeout that is shorter than the live one: says how many live entries have
 * it, how many of these the new value would have ended already, and whose they are; also in JSON,
 * as "cutoffs". Reads the table once, and only if there is such a timeout. Says nothing with
 * --no-live or --root, where `runtime` has no values. If runtime_look() noted the owners of
 * addresses, takes them, and enters no namespace. Returns EXIT_FAILED after an error, which has
 * been reported.
 */
enum exit_code foretell_cutoffs(struct context *context, struct runtime *runtime);
