/*
 * Loads nf_conntrack and tells how long after modprobe's return the last of the named values was in
 * force.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: exposure-probe FILE=VALUE...
 * Prints microseconds, 0 if the first look found each in force, or "never" after ten seconds. The
 * files are read in a loop, so none may be one that loses writes while it is read: hashsize by the
 * module's parameter, not by nf_conntrack_buckets.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_US 10000000L

static long now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static bool holds(const char *wish)
{
	const char *value = strchr(wish, '=') + 1;
	char path[256], text[64];
	ssize_t length;
	int fd;

	(void)snprintf(path, sizeof(path), "%.*s", (int)(value - 1 - wish), wish);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, value) == 0;
}

int main(int argc, char **argv)
{
	bool waited = false;
	long start;
	int status;
	pid_t child;

	for (int i = 1; i < argc; i++)
		if (!strchr(argv[i], '='))
			return 64;
	child = fork();
	if (child == 0) {
		(void)execlp("modprobe", "modprobe", "nf_conntrack", (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
		return 1;
	start = now_us();
	for (int i = 1; i < argc; i++) {
		/*
		 * One after the other: none is undone once it holds, and the first that does not is
		 * waited for.
		 */
		while (!holds(argv[i])) {
			waited = true;
			if (now_us() - start > PATIENCE_US) {
				(void)puts("never");
				return 0;
			}
		}
	}
	(void)printf("%ld\n", waited ? now_us() - start : 0);
	return 0;
}
