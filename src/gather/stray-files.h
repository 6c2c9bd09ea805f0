/* Files in the folders of sysctl.d, modprobe.d ... that no reader takes because of their names. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"

struct stray_file {
	const char *path;
	const char *text;
	const char *suffix; /* the ending that the name lacks; NULL: nothing reads the folder */
};

/*
 * Calls visit for each file below /etc whose name lacks the ending of its folder, except those that
 * were put aside: "x.conf.disabled", "x.bak", "x~". What cannot be read is noted. -ENOMEM.
 */
MUST_CHECK int stray_files_visit(const struct gathering *gathering,
				 void (*visit)(void *data, const struct stray_file *file),
				 void *data);
