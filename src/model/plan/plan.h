/* Configuration to settings and artifacts; the object that every verb receives, const. */
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
	uint64_t
		max; /* entries; 0: left alone, or left out of an image's files, as from_ram tells */
	uint64_t hashsize;	  /* buckets, as configured; 0: left out */
	uint64_t expect_hashsize; /* buckets, as configured; 0: left to the kernel */
	struct setting_source hashsize_source, expect_hashsize_source;
	unsigned long page_size; /* bytes, for the kernel's rounding; 0: unknown */
	unsigned int word_size;	 /* bytes of a bucket, for the same; 0 counts as 8 */
	bool from_ram;		 /* max = auto */
	bool unchosen; /* nothing is configured, and an earlier version chose sizes by itself */
	bool at_least; /* max_policy, or because of max = auto or a hashsize without max */
	bool of_boot;  /* below /run alone; the files that last have none */
	char *inputs;  /* owned; the settings they follow from, for struct kept_sizes */
	uint64_t
		ram; /* rounded, bytes; the resolution's, which may be an earlier run's; 0: unknown */
	uint64_t table_bytes; /* a full table of these, both kinds of buckets; 0: unknown */
};

struct plan {
	enum mode mode;
	bool synchronous;   /* with an install line */
	enum resize resize; /* when hashsize may be set while the table has entries */
	bool restore;	    /* with the drop-in of on_drift = restore */
	struct plan_sizes sizes;
	struct setting
		*settings; /* in the order in which they are written; empty in mode disable */
	size_t setting_count;
	struct artifact *artifacts; /* owned; pointers to them hold also when the plan is moved */
	size_t artifact_count;
};

/* Where automatic sizes come from. */
enum sizes_choice {
	SIZES_RESOLVE, /* install: kept ones while the RAM is what it was, else from the RAM */
	SIZES_KEEP, /* check, apply: kept ones, those of this boot; other RAM is noted, not followed */
	SIZES_OF_BOOT, /* where none are kept, from the RAM and for this boot alone */
};

struct plan_request {
	const struct config *config;
	const struct facts *facts;
	const struct kept_sizes *kept; /* of the manifest, or NULL */
	const struct kept_sizes *boot; /* of PATH_BOOT_SIZES, or NULL */
	enum sizes_choice sizes;
	const char *rule;    /* the digest of the rule that is installed, or NULL */
	const char *program; /* absolute path of this program, for `synchronous` */
};

/*
 * Pure. An installed rule that lists other numbers beside this kernel's, as that of an image does, is part of the plan as it
 * is: it does the same, and nobody has to write it again. What is refused (memory, ratio) and what is worth a word goes to problems; with an error among them the plan is
 * empty. The plan's settings point into the configuration. -ENOMEM.
 */
MUST_CHECK int plan_build(const struct plan_request *request, struct problems *problems,
			  struct plan *ret);
void plan_done(struct plan *plan);

/* The artifact at this path, or NULL. */
const struct artifact *plan_find_artifact(const struct plan *plan, const char *path);
