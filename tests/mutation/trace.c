/*
 * Notes which parts of a program run: linked into one that gcc built with
 * -fsanitize-coverage=trace-pc, it marks each block in the file TRACE_FILE.PROGRAM, which all runs
 * of a test share.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A byte for each address of the program. */
#define SIZE (1U << 22)

extern const char __executable_start;
void __sanitizer_cov_trace_pc(void);

static unsigned char *volatile marks;

__attribute__((constructor)) static void begin_trace(void)
{
	const char *file = getenv("TRACE_FILE");
	char path[4096];
	void *memory = MAP_FAILED;
	int fd;

	if (!file)
		return;
	(void)snprintf(path, sizeof(path), "%s.%s", file, program_invocation_short_name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	/* The next run may be that of another user. */
	(void)fchmod(fd, 0666);
	if (ftruncate(fd, SIZE) == 0)
		memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (memory != MAP_FAILED)
		marks = memory;
}

/* gcc puts a call of it into each block. */
void __sanitizer_cov_trace_pc(void)
{
	uintptr_t at = (uintptr_t)__builtin_return_address(0) - (uintptr_t)&__executable_start;

	if (marks && at < SIZE)
		marks[at] = 1;
}
