/* Reads parameters as the kernel does: those of its command line and those a module is loaded with. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One word, quotes taken away where the kernel does so. Points into the text. */
struct parameter {
	const char *word; /* as written */
	size_t length;
	const char *name;
	size_t name_length;
	const char *value; /* NULL: no = */
	size_t value_length;
};

/* The next from *rest on, which is moved behind it; false at the end, and at "--" (kernel/params.c, Linux 6.12). */
bool parameter_next(const char **rest, struct parameter *ret);

/* Whether it has this name; - is _. */
bool parameter_is(const struct parameter *parameter, const char *name);

/* Whether nf_conntrack loads with it: an unknown name is no hindrance, a value that the kernel refuses is. */
bool parameter_is_accepted(const struct parameter *parameter);
