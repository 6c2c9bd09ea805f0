/* Reads parameters of the kernel command line and of modules as the kernel does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One parameter, without the quotes that the kernel removes. Points into the text. */
struct parameter {
	const char *word; /* the parameter as written */
	size_t length;
	const char *name;
	size_t name_length;
	const char *value; /* NULL if the parameter has no "=" */
	size_t value_length;
};

/*
 * Reads the next parameter and moves *rest behind it. Returns false at the end of the text and at
 * "--", as kernel/params.c does (Linux 6.12).
 */
bool parameter_next(const char **rest, struct parameter *ret);

/* Returns whether the parameter has this name; "-" and "_" are equal. */
bool parameter_is(const struct parameter *parameter, const char *name);

/*
 * Returns whether nf_conntrack loads with this parameter. The kernel ignores an unknown name and
 * refuses a wrong value.
 */
bool parameter_is_accepted(const struct parameter *parameter);
