/* The verb table; opens what verbs work on and maps their results to exit codes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	puts(PACKAGE_STRING);
	return EXIT_SUCCESS;
}
