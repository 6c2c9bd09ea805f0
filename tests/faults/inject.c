/*
 * Runs a program under ptrace(2), and kills it or makes a system call of it fail, at one call told
 * by its number.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "faults/inject.h"

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only after the C library's own, whose names it shares. */
#include <linux/ptrace.h>

#include "base/cleanup.h"

/*
 * Less than the program waits for its lock; a thousand times what a run takes. The alarm outlives
 * execve(2).
 */
#define LONGEST_RUN 20U

#define SYSCALL_STOP (SIGTRAP | 0x80)
#define EXEC_STOP    (SIGTRAP | (PTRACE_EVENT_EXEC << 8))
#define SECCOMP_STOP (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))

/* More than there are numbers of system calls. */
#define NUMBERS 512

/* malloc(3) tries so many system calls before it gives up; the count has a margin. */
#define MEMORY_CALLS 6U

static const struct {
	long number;
	const char *name;
	bool changes;
} known[] = {
#define ONE(call, changes)                 \
	{                                  \
		SYS_##call, #call, changes \
	}
	ONE(close, false),
	ONE(fcntl, false),
	ONE(openat, false),
	ONE(readlinkat, false),
	ONE(newfstatat, false),
	ONE(fstat, false),
	ONE(read, false),
	ONE(pread64, false),
	ONE(getdents64, false),
	ONE(faccessat, false),
	ONE(mmap, false),
	ONE(munmap, false),
	ONE(mprotect, false),
	ONE(mremap, false),
	ONE(brk, false),
	ONE(ioctl, false),
	ONE(flock, true),
	ONE(lseek, false),
	ONE(getrandom, false),
	ONE(uname, false),
	ONE(geteuid, false),
	ONE(prlimit64, false),
	ONE(exit_group, false),
	ONE(write, true),
	ONE(fsync, true),
	ONE(unlinkat, true),
	ONE(renameat2, true),
	ONE(linkat, true),
	ONE(symlinkat, true),
	ONE(mkdirat, true),
	ONE(fchmod, true),
	ONE(fchown, true),
	ONE(ftruncate, true),
	ONE(truncate, true),
	ONE(clock_nanosleep, false),
#ifdef __x86_64__
	ONE(access, false),
	ONE(open, false),
	ONE(stat, false),
	ONE(readlink, false),
	ONE(rename, true),
	ONE(unlink, true),
	ONE(mkdir, true),
	ONE(arch_prctl, false),
#else
	ONE(renameat, true),
#endif
#undef ONE
};

static size_t find_known(const struct call *call)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(known) && known[i].number != call->number)
		i++;
	return i;
}

const char *call_name(const struct call *call)
{
	size_t i = find_known(call);
	static char number[32];

	if (i < ARRAY_SIZE(known))
		return known[i].name;
	(void)snprintf(number, sizeof(number), "call %ld", call->number);
	return number;
}

bool call_changes(const struct call *call)
{
	size_t i = find_known(call);

	if (call->number == SYS_openat)
		return call->arguments[2] & (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR);
	return i < ARRAY_SIZE(known) && known[i].changes;
}

bool call_allocates(const struct call *call)
{
	return call->number == SYS_brk || call->number == SYS_mmap || call->number == SYS_mremap;
}

bool call_can_fail(const struct call *call)
{
	return call->number != SYS_exit_group && call->number != SYS_geteuid;
}

static void empty(int fd)
{
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		err(99, "cannot empty a file");
}

/*
 * Has the kernel stop the program at calls of these numbers, and at no other: most of the time
 * would go there.
 */
static int stop_at(const bool wanted[static NUMBERS])
{
	struct sock_filter code[2 * NUMBERS + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog filter = {.len = 1, .filter = code};

	for (unsigned int i = 0; i < NUMBERS; i++) {
		if (!wanted[i])
			continue;
		code[filter.len++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, i, 0, 1);
		code[filter.len++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	code[filter.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static _Noreturn void become(const struct program *program, bool traced, const bool *wanted)
{
	static const int defaults[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(program->output, 1) < 0 ||
	    dup2(program->messages, 2) < 0)
		_exit(98);
	if (program->root && (chroot(program->root) < 0 || chdir("/") < 0))
		_exit(98);
	/* A shell that runs this in the background may ignore some of these signals. */
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		(void)signal(defaults[i], SIG_DFL);
	(void)alarm(LONGEST_RUN);
	/* The heap's address decides how often malloc(3) asks for more. Some containers refuse it. */
	(void)personality(ADDR_NO_RANDOMIZE);
	if (traced && (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0))
		_exit(98);
	if (wanted && stop_at(wanted) < 0)
		_exit(98);
	(void)execve(program->argv[0], program->argv, program->environment);
	_exit(98);
}

static pid_t start(const struct program *program, bool traced, const bool *wanted)
{
	pid_t child;

	empty(program->output);
	empty(program->messages);
	child = fork();
	if (child < 0)
		err(99, "fork");
	if (child == 0)
		become(program, traced, wanted);
	return child;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			err(99, "waitpid");
	return status;
}

static bool has_ended(int status)
{
	return WIFEXITED(status) || WIFSIGNALED(status);
}

/* To the next stop of a kind, or to the end; other signals are handed on. */
static int step_to(pid_t child, int request, int stop)
{
	int signal = 0;

	for (;;) {
		int status;

		if (ptrace((enum __ptrace_request)request, child, NULL, (void *)(intptr_t)signal) <
			    0 &&
		    errno != ESRCH)
			err(99, "ptrace");
		status = wait_for(child);
		if (has_ended(status) || status >> 8 == stop)
			return status;
		signal = (WSTOPSIG(status) & ~0x80) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
}

/* To the next entry of a system call, or the return of the one it is at. */
static int step(pid_t child)
{
	return step_to(child, PTRACE_SYSCALL, SYSCALL_STOP);
}

/* To the next call of a wanted number. */
static int step_to_wanted(pid_t child)
{
	return step_to(child, PTRACE_CONT, SECCOMP_STOP);
}

/* Up to where execve(2) has been done, and nothing of the new program. */
static pid_t start_traced(const struct program *program, const bool *wanted)
{
	pid_t child = start(program, true, wanted);
	int status = wait_for(child);

	if (!WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, child, NULL,
					  (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
						   PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)) < 0)
		err(99, "cannot trace %s", program->argv[0]);
	if (has_ended(step_to(child, PTRACE_CONT, EXEC_STOP)))
		errx(99, "cannot run %s", program->argv[0]);
	return child;
}

/* The call that the program is about to make; *ret_from: the address of what makes it. */
static struct call look_at_call(pid_t child, uint64_t *ret_from)
{
	struct ptrace_syscall_info info = {0};
	struct call call = {0};
	bool entry;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof(info), &info) < 0 ||
	    (info.op != PTRACE_SYSCALL_INFO_ENTRY && info.op != PTRACE_SYSCALL_INFO_SECCOMP))
		errx(99, "not at a system call");
	entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	call.number = (long)(entry ? info.entry.nr : info.seccomp.nr);
	for (size_t i = 0; i < ARRAY_SIZE(call.arguments); i++)
		call.arguments[i] = entry ? info.entry.args[i] : info.seccomp.args[i];
	*ret_from = info.instruction_pointer;
	return call;
}

/* Finds the mapping of the file that contains an address: from its first to its last byte. */
static void find_mapping(pid_t child, uint64_t address, uint64_t range[2])
{
	char path[64], line[512], file[400] = "";
	FILE *maps;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)child);
	for (int pass = 0; pass < 2; pass++) {
		maps = fopen(path, "re");
		if (!maps)
			err(99, "%s", path);
		while (fgets(line, sizeof(line), maps)) {
			unsigned long from, to;
			char name[400] = "";

			if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %399s", &from, &to, name) < 2)
				continue;
			if (pass == 0 && from <= address && address < to)
				memcpy(file, name, sizeof(file));
			if (pass == 0 || strcmp(name, file) != 0)
				continue;
			range[0] = range[1] ? range[0] : from;
			range[1] = to;
		}
		(void)fclose(maps);
	}
}

static void add_call(struct calls *calls, const struct call *call)
{
	/* Doubled at each power of two. */
	if ((calls->count & (calls->count - 1)) == 0) {
		size_t room = calls->count ? 2 * calls->count : 1;

		calls->items = reallocarray(calls->items, room, sizeof(*calls->items));
		if (!calls->items)
			err(99, "no memory");
	}
	calls->items[calls->count++] = *call;
}

int inject_count(const struct program *program, struct calls *ret)
{
	pid_t child = start_traced(program, NULL);
	uint64_t loader[2] = {0}, from;
	bool by_loader = true;
	/* First it returns from execve(2). */
	int status = step(child);

	*ret = (struct calls){0};
	while (!has_ended(status) && !has_ended(status = step(child))) {
		struct call call = look_at_call(child, &from);

		if (ret->count == 0)
			find_mapping(child, from, loader);
		/* The first made by anything else comes from a library: all of them are there. */
		if (from < loader[0] || from >= loader[1])
			by_loader = false;
		call.by_loader = by_loader;
		add_call(ret, &call);
		status = step(child);
	}
	return status;
}

static int kill_it(pid_t child)
{
	if (kill(child, SIGKILL) < 0)
		err(99, "kill");
	return wait_for(child);
}

static void get_registers(pid_t child, struct user_regs_struct *registers)
{
	struct iovec part = {.iov_base = registers, .iov_len = sizeof(*registers)};

	if (ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &part) < 0)
		err(99, "cannot read registers");
}

static void set_registers(pid_t child, struct user_regs_struct *registers)
{
	struct iovec part = {.iov_base = registers, .iov_len = sizeof(*registers)};

	if (ptrace(PTRACE_SETREGSET, child, (void *)NT_PRSTATUS, &part) < 0)
		err(99, "cannot write registers");
}

#ifdef __x86_64__
#define FIRST_ARGUMENT rdi
#else
#define FIRST_ARGUMENT regs[0]
#endif

/*
 * brk(2) knows no error: where there is no memory it tells where the end still is, as it does when
 * asked for nothing. That is asked in its place; on x86-64 the C library expects to find its
 * argument again.
 */
static int refuse_brk(pid_t child)
{
	struct user_regs_struct registers;
	unsigned long long argument;
	int status;

	get_registers(child, &registers);
	argument = registers.FIRST_ARGUMENT;
	registers.FIRST_ARGUMENT = 0;
	set_registers(child, &registers);
	status = step(child);
	if (has_ended(status))
		return status;
#ifdef __x86_64__
	get_registers(child, &registers);
	registers.FIRST_ARGUMENT = argument;
	set_registers(child, &registers);
#else
	(void)argument;
#endif
	return status;
}

/*
 * Has the error come back, and nothing done, in place of the call that the program is about to
 * make.
 */
static void fail_call(pid_t child, int error)
{
	struct user_regs_struct registers;

	get_registers(child, &registers);
#ifdef __x86_64__
	registers.orig_rax = (unsigned long long)-1;
	registers.rax = (unsigned long long)-error;
#else
	int none = -1;
	struct iovec number = {.iov_base = &none, .iov_len = sizeof(none)};

	registers.regs[0] = (unsigned long long)-error;
	if (ptrace(PTRACE_SETREGSET, child, (void *)NT_ARM_SYSTEM_CALL, &number) < 0)
		err(99, "cannot skip a call");
#endif
	set_registers(child, &registers);
}

/* Whether a later call than the first fails as well. */
static bool fails_too(const struct fault *fault, const struct call *call, unsigned int times)
{
	switch (fault->kind) {
	case FAULT_ON:
		return call_changes(call) && call->number != SYS_flock &&
		       !(call->number == SYS_write && call->arguments[0] <= STDERR_FILENO);
	case FAULT_MEMORY:
		return times < MEMORY_CALLS;
	case FAULT_STARVE:
		return true;
	default:
		return false;
	}
}

static void want_calls(const struct calls *calls, const struct fault *fault,
		       bool wanted[static NUMBERS])
{
	for (size_t i = 0; i < calls->count; i++) {
		const struct call *call = &calls->items[i];
		bool also = (fault->kind == FAULT_ON && call_changes(call)) ||
			    ((fault->kind == FAULT_MEMORY || fault->kind == FAULT_STARVE) &&
			     call_allocates(call));

		if (call->number < NUMBERS && (i == fault->call || also))
			wanted[call->number] = true;
	}
	if (fault->kind == FAULT_MEMORY || fault->kind == FAULT_STARVE)
		wanted[SYS_mmap] = wanted[SYS_brk] = wanted[SYS_mremap] = true;
}

int inject_run(const struct program *program, const struct calls *calls, const struct fault *fault,
	       bool *ret_reached)
{
	bool wanted[NUMBERS] = {0};
	size_t left = 0;
	unsigned int times = 0;
	pid_t child;
	int status;

	want_calls(calls, fault, wanted);
	for (size_t i = 0; i < fault->call; i++)
		left += calls->items[i].number < NUMBERS && wanted[calls->items[i].number];
	child = start_traced(program, wanted);
	*ret_reached = false;
	while (!has_ended(status = step_to_wanted(child))) {
		uint64_t from;
		struct call call = look_at_call(child, &from);

		if (left > 0 && left-- > 0)
			continue;
		if (fault->kind == FAULT_KILL) {
			*ret_reached = true;
			return kill_it(child);
		}
		if (fault->kind == FAULT_SIGNAL) {
			if (!*ret_reached && kill(child, fault->error) < 0)
				err(99, "kill");
			*ret_reached = true;
			continue;
		}
		if (!*ret_reached || fails_too(fault, &call, times)) {
			times++;
			if (call.number != SYS_brk)
				fail_call(child, fault->error);
			else if (has_ended(status = refuse_brk(child)))
				break;
		}
		*ret_reached = true;
	}
	return status;
}

int inject_none(const struct program *program)
{
	return wait_for(start(program, false, NULL));
}
