/* Runs a hook and kills its worker at a system call, in place of whatever else may end a worker. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * usage: kill-worker CALL PROGRAM [ARGUMENT]...
 *   CALL  counted from 0, the first of the worker's; the worker is the first child of PROGRAM.
 *
 * Ends with the exit status of PROGRAM, or with 128 and its signal; 77: the worker made fewer calls;
 * 99: this test could not do its work.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only after the C library's own, whose names it shares. */
#include <linux/ptrace.h>

#define FAILED	    99
#define NOT_REACHED 77

#define SYSCALL_STOP (SIGTRAP | 0x80)
#define FORK_STOP    (SIGTRAP | (PTRACE_EVENT_FORK << 8))

struct hook {
	pid_t parent, worker;
	unsigned long call; /* the one at which the worker is killed */
	unsigned long stops;
	bool killed;
	int status;
};

static pid_t start(char **argv)
{
	pid_t child = fork();

	if (child < 0)
		err(FAILED, "fork");
	if (child > 0)
		return child;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
		_exit(FAILED);
	(void)execv(argv[0], argv);
	_exit(FAILED);
}

/* Lets it go on to its next stop. One that was killed in the meantime has none. */
static void resume(const struct hook *hook, pid_t pid, int number)
{
	int request = pid == hook->worker ? PTRACE_SYSCALL : PTRACE_CONT;

	if (ptrace(request, pid, NULL, (long)number) < 0 && errno != ESRCH)
		err(FAILED, "ptrace");
}

/* The worker stops twice a call: before it and after it. */
static void step_worker(struct hook *hook)
{
	if (hook->stops++ != 2 * hook->call)
		return;
	hook->killed = true;
	if (kill(hook->worker, SIGKILL) < 0)
		err(FAILED, "kill");
}

static void handle_stop(struct hook *hook, pid_t pid, int status)
{
	int number = WSTOPSIG(status);

	if (status >> 8 == FORK_STOP) {
		unsigned long child = 0;

		if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) < 0)
			err(FAILED, "ptrace");
		if (!hook->worker)
			hook->worker = (pid_t)child;
		number = 0;
	} else if (number == SYSCALL_STOP) {
		step_worker(hook);
		number = 0;
	} else if (number == SIGSTOP || number == SIGTRAP) {
		/* A new process stops so, and one that has executed a program. */
		number = 0;
	}
	resume(hook, pid, number);
}

/* Returns false at the end of the program itself. */
static bool handle_next(struct hook *hook)
{
	int status;
	pid_t pid = waitpid(-1, &status, __WALL);

	if (pid < 0 && errno == EINTR)
		return true;
	if (pid < 0)
		err(FAILED, "waitpid");
	if (WIFSTOPPED(status))
		handle_stop(hook, pid, status);
	else if (pid == hook->parent)
		hook->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return pid != hook->parent || WIFSTOPPED(status);
}

int main(int argc, char **argv)
{
	struct hook hook = {0};
	int status;

	if (argc < 3)
		errx(FAILED, "usage: kill-worker CALL PROGRAM [ARGUMENT]...");
	hook.call = strtoul(argv[1], NULL, 10);
	hook.parent = start(argv + 2);
	if (waitpid(hook.parent, &status, 0) != hook.parent || !WIFSTOPPED(status))
		errx(FAILED, "%s does not start", argv[2]);
	if (ptrace(PTRACE_SETOPTIONS, hook.parent, NULL,
		   (long)(PTRACE_O_TRACEFORK | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) < 0)
		err(FAILED, "ptrace");
	resume(&hook, hook.parent, 0);
	while (handle_next(&hook))
		;
	return hook.killed || hook.status != 0 ? hook.status : NOT_REACHED;
}
