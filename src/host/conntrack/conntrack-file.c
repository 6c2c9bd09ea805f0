/* The kernel's file of the table's entries, the same for each body of the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/conntrack/conntrack-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void close_file(FILE **file)
{
	(void)fclose(*file);
}

int conntrack_file_count(const char *path, struct entry_counts *counts)
{
	FILE *opened = fopen(path, "re");

	if (!opened)
		return -errno;
	FILE *CLEANUP(close_file) file = opened;
	char *CLEANUP(free_pointer) line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, file)) > 0) {
		struct entry entry;
		int error;

		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		error = entry_parse(line, &entry);
		if (error < 0)
			return error;
		entry_counts_add(counts, &entry);
	}
	return ferror(file) ? -errno : 0;
}
