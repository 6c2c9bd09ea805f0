/* Finds lines about conntrack in files of other sources that do not do what their authors meant. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/problems.h"
#include "model/plan/facts.h"
#include "model/runtime/runtime-values.h"

struct lint_request {
	const struct facts *facts; /* release and RAM may be unknown */
	/*
	 * the plan's values, or NULL; a line that sets one of them is not lost at boot, because our
	 * rule sets the value
	 */
	const struct values *planned;
};

/*
 * Each function checks one text and adds problems with path and line: a warning if a reader or the
 * kernel refuses, ignores or misreads the line, a note if the effect depends on other files.
 * Correct lines and other keys are not reported. Our own files must not be passed.
 */

/* Checks a file of sysctl.d, or /etc/sysctl.conf. */
void lint_sysctl(const struct lint_request *request, const char *path, const char *text,
		 struct problems *problems);

/* Checks a file of modprobe.d. */
void lint_modprobe(const struct lint_request *request, const char *path, const char *text,
		   struct problems *problems);

/* Checks a file of modules-load.d. */
void lint_modules_load(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems);

/* Checks a file of udev rules. */
void lint_udev(const char *path, const char *text, struct problems *problems);

/*
 * Checks the kernel command line: options of the module, sysctl.*=, module_blacklist= and
 * modprobe.blacklist=.
 */
void lint_command_line(const struct lint_request *request, const char *text,
		       struct problems *problems);

/*
 * Warns of the first line about connection tracking in a file that no program reads. suffix: the
 * ending that its name lacks; NULL: its folder is none that is read.
 */
void lint_stray(const char *path, const char *text, const char *suffix, struct problems *problems);
