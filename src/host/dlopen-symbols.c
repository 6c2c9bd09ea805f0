/* Libraries that only some runs need, loaded when one does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/dlopen-symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

/*
 * dlopen(3) tells why it failed in words alone. With too little memory glibc says "out of memory"
 * or "failed to map segment from shared object", and of a library that is not installed, or one
 * that it needs, that there is no such file.
 */
static int why_not_loaded(void)
{
	const char *why = dlerror();

	if (why && strstr(why, strerror(ENOENT)))
		return -ELIBACC;
	return !why || strstr(why, "memory") || strstr(why, "failed to map") ? -ENOMEM : -ELIBBAD;
}

int library_load(const char *soname, const char *names, void *slots)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	unsigned char *slot = slots;

	if (!library)
		return why_not_loaded();
	for (; *names; names += strlen(names) + 1, slot += sizeof(void *)) {
		void *symbol = dlsym(library, names);

		if (!symbol)
			return -ELIBBAD;
		/* The slot has the type of the function; POSIX has both in the same size. */
		memcpy(slot, &symbol, sizeof(symbol));
	}
	return 0;
}
