/* Libraries that only some runs need, loaded when one does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_load(const char *soname, const struct library_symbol *symbols, size_t count)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return -ELIBACC;
	for (size_t i = 0; i < count; i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol)
			return -ELIBBAD;
		/* The slot has the type of the function; POSIX has both in the same size. */
		memcpy(symbols[i].slot, &symbol, sizeof(symbol));
	}
	return 0;
}
