/* The renderers: each adds the body of a generated file. Called by plan_build() alone. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "model/plan/setting.h"

/* Adds the body for sysctl.d(5): every value but the buckets. */
void render_sysctl(struct buffer *b, const struct setting *settings, size_t count);

/*
 * Adds the body for modprobe.d(5) in mode tune: the sizes that the module loads with, and the
 * settings that new network namespaces take from its parameters. program: the absolute path of this
 * program for the install line of `synchronous`, or NULL for no such line.
 */
void render_modprobe_tune(struct buffer *b, const struct sizes *sizes,
			  const struct setting *settings, size_t count, const char *program);

/* Returns whether a setting belongs into that file. */
bool render_has_parameter(const struct setting *settings, size_t count);

/*
 * Adds the body for modprobe.d(5) in mode disable. block: also adds the option that the kernel
 * refuses.
 */
void render_modprobe_disable(struct buffer *b, bool block);

/*
 * Adds the body of the drop-in (systemd.unit(5)) that pulls in the restore service with each check.
 */
void render_drop_in(struct buffer *b);

/*
 * Adds the body of a drop-in for namespaces = all: what a service needs to enter other network
 * namespaces. sets_at_load: the service sets values when the module loads, so that the drop-in also
 * pulls in the path unit that notices new namespaces.
 */
void render_namespaces_drop_in(struct buffer *b, bool sets_at_load);

/*
 * Adds the body of the drop-ins that let the services of the timers read the witness's records. One
 * of them is the condition of conntrack-persist-witness.service.
 */
void render_witness_drop_in(struct buffer *b);

/* Adds the record of the sizes of this boot, which boot_sizes_parse() reads. */
void render_boot_sizes(struct buffer *b, const struct sizes *sizes);

/* How many different numbers the kernels in enum rule_kernels can round one hashsize to. */
#define ROUNDED_MAX 6U

/*
 * Lists the numbers to which the kernels in sizes->kernels round hashsize, the smallest first and
 * each once. ret must have room for ROUNDED_MAX. Returns how many there are.
 */
size_t render_list_rounded(const struct sizes *sizes, uint64_t *ret);

/*
 * Adds the body for udev(7): the rule by which udevd itself writes the values when the module
 * loads.
 */
void render_udev(struct buffer *b, const struct setting *settings, size_t count,
		 const struct sizes *sizes);
