/* Finds whatever uses conntrack on this host, and reports what could not be read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/users.h"
#include "steps/context.h"

/* As gather_uses(). EXIT_FAILED was reported. */
enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret);

/* The modules above nf_conntrack and nf_conntrack itself. EXIT_FAILED was reported. */
enum exit_code find_modules(struct context *context, struct module_graph *ret);
