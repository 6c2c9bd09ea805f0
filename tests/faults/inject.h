/*
 * Runs a program under ptrace(2), and kills it or makes a system call of it fail, at one call told
 * by its number.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The command to run, always in the same way. */
struct program {
	char *const *argv;
	char *const *environment;
	const char *root; /* chroot(2) to there; NULL: none */
	int output;	  /* standard output and standard error: files made empty before each run */
	int messages;
};

enum fault_kind {
	FAULT_NONE,
	FAULT_KILL, /* SIGKILL instead of the call */
	FAULT_ONCE, /* the call does nothing and returns the error */
	FAULT_ON,   /* as ONCE, and so do all later calls that change a file */
	FAULT_MEMORY, /* as ONCE, and so do the next few calls for memory: a single malloc(3) tries more than one */
	FAULT_SIGNAL, /* the signal of this number comes just before the call */
	FAULT_STARVE, /* as ONCE, and so do all later calls for memory */
};

struct fault {
	enum fault_kind kind;
	size_t call; /* counted from 0, the first after execve */
	int error;   /* positive; of FAULT_SIGNAL: the signal's number */
};

/* One system call that the program made. */
struct call {
	long number;
	uint64_t arguments[6];
	bool by_loader; /* before the program and its libraries are there */
};

struct calls {
	struct call *items;
	size_t count;
};

/* Runs it undisturbed; returns the wait status. Free ret->items. */
int inject_count(const struct program *program, struct calls *ret);

/*
 * Runs it with a fault at one of these calls; returns the wait status. *ret_reached: the run came
 * as far as that.
 */
int inject_run(const struct program *program, const struct calls *calls, const struct fault *fault,
	       bool *ret_reached);

/* Runs it without looking; returns the wait status. */
int inject_none(const struct program *program);

/* Whether a call makes, changes or removes something in the file system, or makes it durable. */
bool call_changes(const struct call *call);

/* Whether a call asks the kernel for memory. */
bool call_allocates(const struct call *call);

/* Whether a call can come back with an error. */
bool call_can_fail(const struct call *call);

/* "openat"; a number for those that the program has no use for. */
const char *call_name(const struct call *call);
