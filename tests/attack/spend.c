/* Runs a command within limits of processor time and memory, and says what it has used. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* No exit status of the program that the attacks try. */
#define STATUS_EXCEEDED 125
#define STATUS_FAILED	126

static int fail(const char *what)
{
	(void)fprintf(stderr, "spend: %s: %s\n", what, strerror(errno));
	return STATUS_FAILED;
}

static int run(rlim_t seconds, char **command)
{
	/*
	 * The soft limit sends SIGXCPU, which the parent reports; the hard one is there if the
	 * command ignores it.
	 */
	const struct rlimit limit = {seconds, seconds + 1};

	if (setrlimit(RLIMIT_CPU, &limit) < 0)
		return fail("setrlimit");
	(void)execvp(command[0], command);
	return fail(command[0]);
}

int main(int argc, char **argv)
{
	struct rusage usage = {0};
	rlim_t seconds;
	long mebibytes;
	int status = 0;
	pid_t child;

	if (argc < 4) {
		(void)fputs("usage: spend SECONDS MEBIBYTES COMMAND...\n", stderr);
		return STATUS_FAILED;
	}
	seconds = strtoul(argv[1], NULL, 10);
	mebibytes = strtol(argv[2], NULL, 10);
	child = fork();
	if (child < 0)
		return fail("fork");
	if (child == 0)
		_exit(run(seconds, argv + 3));
	if (wait4(child, &status, 0, &usage) < 0)
		return fail("wait4");
	if (usage.ru_maxrss / 1024 > mebibytes) {
		(void)fprintf(stderr, "spend: %ld MiB of memory, allowed are %ld\n",
			      usage.ru_maxrss / 1024, mebibytes);
		return STATUS_EXCEEDED;
	}
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	(void)fprintf(stderr, "spend: ended by signal %d (%s)\n", WTERMSIG(status),
		      WTERMSIG(status) == SIGXCPU ? "more processor time than allowed"
						  : strsignal(WTERMSIG(status)));
	return WTERMSIG(status) == SIGXCPU ? STATUS_EXCEEDED : 128 + WTERMSIG(status);
}
