/* Libraries that only some runs need, loaded when one does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/* One function of a library and the pointer of that type that shall have it. */
struct library_symbol {
	const char *name;
	void *slot;
};
#define LIBRARY_SYMBOL(table, symbol)     \
	{                                 \
#symbol, &(table)->symbol \
	}

/*
 * Loads a library by its soname and fills all slots; it stays until the process ends. -ELIBACC: not there;
 * -ELIBBAD: one of the functions is not; -ENOMEM.
 */
MUST_CHECK int library_load(const char *soname, const struct library_symbol *symbols, size_t count);
