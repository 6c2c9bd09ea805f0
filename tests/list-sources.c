/* Prints the catalogue of sources for docs/sources.md. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "model/sources/catalogue.h"

int main(void)
{
	for (size_t i = 0; i < SOURCES; i++)
		(void)printf("\n## %s\n\n"
			     "- Files: %s\n"
			     "- What counts: %s\n"
			     "- When it acts: %s\n"
			     "- Does its value hold then? %s\n"
			     "- What to do: %s\n",
			     sources[i].name, sources[i].where, sources[i].read, sources[i].when,
			     sources[i].wins, sources[i].advice);
	return 0;
}
