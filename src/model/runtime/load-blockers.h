/* Finds lines of modprobe.d and the kernel command line that keep nf_conntrack from loading. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/problems.h"
#include "model/plan/facts.h"
#include "model/plan/plan.h"
#include "model/runtime/modprobe-view.h"
#include "model/runtime/module-origin.h"
#include "model/runtime/module-state.h"

struct load_request {
	const struct plan *plan;
	const struct facts *facts;
	enum module_state module;
	const struct modprobe_view *view;	/* the view of nf_conntrack */
	const struct modprobe_records *records; /* the same lines with file and line number */
	/* for each of load_needs: whether the module is loaded */
	bool needs_there[LOADING_NEEDS];
	struct module_origin origin;
	const char *command_line; /* the kernel's command line; "" if unknown */
	bool modules_disabled;	  /* kernel.modules_disabled: no module can load before a reboot */
};

/*
 * Adds a warning to problems for each line that keeps nf_conntrack from loading, hides it, or
 * interferes with the install line of `synchronous`, and for sizes that this host lacks memory for.
 * Lines of our own files are not reported. Returns whether the module cannot load. In mode disable
 * it adds nothing and returns false.
 */
bool load_judge(const struct load_request *request, struct problems *problems);

/*
 * Adds at most one warning to problems about buckets that this host lacks memory for; load_judge()
 * includes it. Returns whether the buckets exceed the whole RAM, so that the module cannot load.
 */
bool load_judge_memory(const struct plan *plan, const struct facts *facts,
		       struct problems *problems);

/*
 * Adds the parameters for the kernel command line that replace modprobe.d if nf_conntrack is built
 * in; adds nothing if there are none.
 */
void load_describe_command_line(const struct plan *plan, struct buffer *b);
