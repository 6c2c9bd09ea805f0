/* What stands in the way of nf_conntrack loading: modprobe.d, the kernel command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/problems.h"
#include "model/plan/facts.h"
#include "model/plan/plan.h"
#include "model/runtime/modprobe-view.h"
#include "model/runtime/module-state.h"

struct load_request {
	const struct plan *plan;
	const struct facts *facts;
	enum module_state module;
	const struct modprobe_view *view;	/* of nf_conntrack */
	const struct modprobe_records *records; /* the same lines with their places */
	bool needs_there[LOADING_NEEDS];	/* those modules have been loaded */
	const char *command_line;		/* the kernel's; "" where unknown */
	bool modules_disabled; /* kernel.modules_disabled: none loads until the reboot */
};

/*
 * Complains of what keeps the module from loading (a warning among problems for each), of what hides it or gets in the
 * way of the install line, and of sizes that this host has no memory for. Returns whether it cannot load. Only what is
 * not ours is told. Mode tune only: in mode disable nothing is said and false returned.
 */
bool load_judge(const struct load_request *request, struct problems *problems);

/*
 * Of these, the buckets that this host has no memory for: at most one warning. Returns whether it has not even as much RAM,
 * so that the module cannot load.
 */
bool load_judge_memory(const struct plan *plan, const struct facts *facts,
		       struct problems *problems);

/* The words for the kernel command line that do what modprobe.d cannot for a built-in nf_conntrack; "" if none. */
void load_describe_command_line(const struct plan *plan, struct buffer *b);
