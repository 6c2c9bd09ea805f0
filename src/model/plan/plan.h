/* Turns a configuration into settings and files: the plan that every verb receives as const. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problems.h"
#include "model/config/config.h"
#include "model/plan/artifact.h"
#include "model/plan/facts.h"
#include "model/plan/setting.h"

struct plan {
	enum mode mode;
	bool synchronous; /* whether modprobe.d gets an install line */
	bool witness;	  /* whether the program that records writers must be loaded */
	bool restore;	  /* whether the drop-in of on_drift = restore is part of the plan */
	/* namespaces = all, and there is a value that each network namespace has separately */
	bool all_namespaces;
	struct sizes sizes;
	/* owned; in the order in which they are written; empty in mode disable */
	struct setting *settings;
	size_t setting_count;
	/* owned; stays in place when the plan is moved, so that pointers to it remain valid */
	struct artifact *artifacts;
	size_t artifact_count;
};

/* How automatic sizes are chosen. */
enum sizes_choice {
	/*
	 * install: keep the sizes of the manifest while the RAM is unchanged, else choose from the
	 * RAM
	 */
	SIZES_RESOLVE,
	/* check, apply: keep the sizes of the manifest or of this boot, and note changed RAM */
	SIZES_KEEP,
	SIZES_OF_BOOT, /* if the manifest has none, choose from the RAM for this boot alone */
};

struct plan_request {
	const struct config *config;
	const struct facts *facts;
	const struct sizes *kept; /* from the manifest, or NULL */
	const struct sizes *boot; /* from PATH_BOOT_SIZES, or NULL */
	enum sizes_choice sizes;
	const char *rule;    /* the digest of the installed udev rule, or NULL */
	const char *program; /* the absolute path of this program, for `synchronous` */
};

/*
 * Builds the plan; has no side effects. If the installed udev rule lists the rounded sizes of other
 * kernels besides this one's, as the rule of an image does, the plan keeps that rule, because it
 * has the same effect and need not be written again. Refused sizes (memory, ratio), warnings and
 * notes are added to problems; if there is an error among them, the plan is empty. The settings
 * point into the configuration, which must outlive the plan. Release with plan_done(). Returns
 * -ENOMEM.
 */
MUST_CHECK int plan_build(const struct plan_request *request, struct problems *problems,
			  struct plan *ret);
void plan_done(struct plan *plan);

/* Returns the artifact at this path, or NULL. */
const struct artifact *plan_find_artifact(const struct plan *plan, const char *path);
