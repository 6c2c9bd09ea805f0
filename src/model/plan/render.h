/* The renderers: settings to the bytes of a generated file's body. Leaves, called by plan_build() alone. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "model/plan/kept-sizes.h"
#include "model/plan/setting.h"

/* sysctl.d(5): every value but the buckets. */
void render_sysctl(struct buffer *b, const struct setting *settings, size_t count);

/*
 * modprobe.d(5) of mode tune: the numbers that hold from the first moment on. program: absolute path of this program
 * for the install line of `synchronous`, or NULL for none.
 */
void render_modprobe_tune(struct buffer *b, const struct wished_sizes *sizes, const char *program);

/* modprobe.d(5) of mode disable. block: also the option that the kernel refuses. */
void render_modprobe_disable(struct buffer *b, bool block);

/* systemd.unit(5): has the watch for drift start what restores. */
void render_drop_in(struct buffer *b);

/* The record of the sizes of one boot, read by boot_sizes_parse(). */
void render_boot_sizes(struct buffer *b, const struct kept_sizes *sizes);

/* The most numbers that hashsize is rounded to by one kernel or another. */
#define ROUNDED_MAX 6U

/* Lists each number once that sizes->kernels make of hashsize, the smallest first; ret has room for ROUNDED_MAX. */
size_t render_list_rounded(const struct wished_sizes *sizes, uint64_t *ret);

/* udev(7): the rule by which udevd itself writes the values when the module arrives. */
void render_udev(struct buffer *b, const struct setting *settings, size_t count,
		 const struct wished_sizes *sizes);
