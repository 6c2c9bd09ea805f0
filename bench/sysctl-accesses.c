/* Prints the processor time of an access of a sysctl, in nanoseconds: a read, or a write of a value. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time = {0};

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* usage: sysctl-accesses FILE COUNT [VALUE]     without VALUE it reads */
int main(int argc, char **argv)
{
	const char *value = argc > 3 ? argv[3] : NULL;
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	int fd = argc > 1 ? open(argv[1], value ? O_WRONLY | O_CLOEXEC : O_RDONLY | O_CLOEXEC) : -1;
	char text[64];
	double start;

	if (fd < 0 || count <= 0) {
		perror("sysctl-accesses");
		return 1;
	}
	start = now();
	for (long i = 0; i < count; i++)
		if ((value ? pwrite(fd, value, strlen(value), 0)
			   : pread(fd, text, sizeof(text), 0)) < 0) {
			perror(argv[1]);
			return 1;
		}
	printf("%.0f\n", (now() - start) / (double)count);
	return 0;
}
