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
#include "model/plan/kept-sizes.h"
#include "model/plan/setting.h"

struct plan_sizes {
	/* entries; 0: not set, or left out of the files of an image (see from_ram) */
	uint64_t max;
	uint64_t hashsize;	  /* buckets, as configured; 0: not set */
	uint64_t expect_hashsize; /* buckets, as configured; 0: the kernel chooses */
	struct setting_source hashsize_source, expect_hashsize_source;
	/* bytes, from which the kernel's rounding follows; 0: unknown */
	unsigned long page_size;
	/* bytes of a bucket, from which the rounding follows too; 0 counts as 8 */
	unsigned int word_size;
	bool from_ram; /* whether max is auto */
	/* whether nothing is configured but an earlier version chose sizes by itself */
	bool unchosen;
	/*
	 * whether a larger live max is accepted: max_policy, max = auto, or a hashsize without max
	 */
	bool at_least;
	/* whether the sizes are only in the files below /run, and not in those that last */
	bool of_boot;
	char *inputs; /* owned; the settings they follow from, as in struct kept_sizes */
	/*
	 * bytes, rounded; the RAM from which the sizes were chosen, maybe by an earlier run; 0:
	 * unknown
	 */
	uint64_t ram;
	uint64_t table_bytes; /* bytes of a full table with both kinds of buckets; 0: unknown */
};

struct plan {
	enum mode mode;
	bool synchronous;   /* whether modprobe.d gets an install line */
	enum resize resize; /* when hashsize may be set while the table has entries */
	bool restore;	    /* whether the drop-in of on_drift = restore is part of the plan */
	struct plan_sizes sizes;
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
	const struct kept_sizes *kept; /* from the manifest, or NULL */
	const struct kept_sizes *boot; /* from PATH_BOOT_SIZES, or NULL */
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
