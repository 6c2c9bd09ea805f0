/* Lines of other people's files about conntrack that do not do what they say, and what to write instead. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/problems.h"
#include "model/plan/facts.h"

/* What a judgement may depend on: release and RAM, which may be unknown. */
struct lint_request {
	const struct facts *facts;
};

/*
 * Each complains of one text, with path and line: a warning for what a reader or the kernel refuses, loses or takes for
 * something else, a note for what depends on what stands elsewhere. Nothing is told of sound lines and of other keys.
 * Our own files are not to be asked about: they are meant as they are.
 */

/* A file of sysctl.d, or /etc/sysctl.conf. */
void lint_sysctl(const struct lint_request *request, const char *path, const char *text,
		 struct problems *problems);

/* A file of modprobe.d. */
void lint_modprobe(const struct lint_request *request, const char *path, const char *text,
		   struct problems *problems);

/* A file of modules-load.d. */
void lint_modules_load(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems);

/* A file of udev rules. */
void lint_udev(const char *path, const char *text, struct problems *problems);

/* The kernel command line: options of the module, sysctl.*=, module_blacklist= and modprobe.blacklist=. */
void lint_command_line(const struct lint_request *request, const char *text,
		       struct problems *problems);
