/*
 * Tells what nf_conntrack will make of these options on this host: "HASHSIZE MAX EXPECT_HASHSIZE
 * EXPECT_MAX".
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/kernel/word-size.h"
#include "model/plan/sizes.h"

static uint64_t read_ram(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	uint64_t kib = 0;

	if (!file)
		return 0;
	if (fscanf(file, "MemTotal: %" SCNu64 " kB", &kib) != 1)
		kib = 0;
	(void)fclose(file);
	return kib * 1024;
}

/* kernel-sizes [HASHSIZE [EXPECT_HASHSIZE]]; 0, or left out: not given. */
int main(int argc, char *argv[])
{
	struct utsname name;
	struct facts facts = {.ram = read_ram(), .page_size = (unsigned long)getpagesize()};
	struct table_sizes sizes;

	if (facts.ram == 0 || uname(&name) < 0 ||
	    sscanf(name.release, "%u.%u", &facts.release[0], &facts.release[1]) != 2)
		return EXIT_FAILURE;
	facts.word_size = word_size_of_kernel("", sizeof(void *), name.machine);
	sizes_of_kernel(&facts, argc > 1 ? strtoumax(argv[1], NULL, 10) : 0,
			argc > 2 ? strtoumax(argv[2], NULL, 10) : 0, &sizes);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sizes.hashsize, sizes.max,
	       sizes.expect_hashsize, sizes.expect_max);
	return EXIT_SUCCESS;
}
