/* Reads commands as a shell would, without running them: which keys do they set, and to what? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The most bytes of one command with its joined lines; a longer command is ignored. */
#define SHELL_COMMAND_MAX 65536U

/* How the text becomes commands. */
enum shell_form {
	SHELL_SCRIPT, /* a shell reads it: quotes, pipes, redirections, comments */
	/*
	 * a program starts the command without a shell, as systemd does for ExecStart= and udev for
	 * RUN: quotes, but no pipe or redirection; a word ";" begins another command
	 */
	SHELL_ARGUMENTS,
};

/* One value that a command sets. The texts end in NUL and are valid during the call only. */
struct shell_setting {
	unsigned int line;
	const char *name;  /* a key of sysctl, or the path of a file */
	const char *value; /* as written, without quotes */
	bool computed;	   /* whether the shell makes the value when it runs: "$MAX", "$(nproc)" */
};

/* The functions that the reader calls. Each may be NULL; a negative errno ends the reading. */
struct shell_visitor {
	/* sysctl [-w] KEY=VALUE, echo VALUE > PATH, echo VALUE | tee PATH */
	int (*set)(void *set_data, const struct shell_setting *setting);
	void *set_data;
	/* sysctl -p FILE: a file with lines KEY = VALUE */
	int (*file)(void *data, unsigned int line, const char *path);
	/* another program or script, by an absolute path, and what "." reads */
	int (*script)(void *data, unsigned int line, const char *path);
	/* modprobe or insmod; module: as written; "" if the shell computes it */
	int (*module)(void *data, unsigned int line, const char *module);
	void *data;
};

/*
 * Reads `size` bytes of commands; the first line has this number. Understands sudo, env, nohup and
 * the like before a command, the words of if, while and for, and sh -c. Conditions are not judged:
 * every command counts. The cost is linear in the text. -ENOMEM.
 */
MUST_CHECK int shell_read(const char *text, size_t size, unsigned int line, enum shell_form form,
			  const struct shell_visitor *visitor);
