/*
 * Failures that a case wants: lines of $CONNTRACK_PERSIST_HOST/faults, such as "write PATH EROFS".
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "harness/faults.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int errno_of(const char *word)
{
	static const struct {
		const char *word;
		int number;
	} words[] = {
		{"EROFS", -EROFS},	     {"EACCES", -EACCES},   {"EAGAIN", -EAGAIN},
		{"EPERM", -EPERM},	     {"EINVAL", -EINVAL},   {"ENOMEM", -ENOMEM},
		{"EOPNOTSUPP", -EOPNOTSUPP}, {"ENOENT", -ENOENT},   {"ECONNREFUSED", -ECONNREFUSED},
		{"ETIMEDOUT", -ETIMEDOUT},   {"ENXIO", -ENXIO},	    {"EBUSY", -EBUSY},
		{"ELIBACC", -ELIBACC},	     {"EIO", -EIO},	    {"LOST", FAULT_LOST},
		{"GONE", FAULT_GONE},	     {"EFBIG", -EFBIG},	    {"ETIME", -ETIME},
		{"E2BIG", -E2BIG},	     {"ENODATA", -ENODATA}, {"ELIBBAD", -ELIBBAD},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].number;
	(void)fprintf(stderr, "faults: no error %s\n", word);
	return -EIO;
}

int faults_find(const char *folder, const char *kind, const char *name)
{
	char path[PATH_MAX], line[512];
	char found_kind[32], found_name[256], word[32];
	int error = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/faults", folder);
	file = fopen(path, "r+");
	if (!file)
		return 0;
	while (error == 0 && fgets(line, sizeof(line), file)) {
		bool once;

		if (sscanf(line, "%31s %255[^\t]\t%31s", found_kind, found_name, word) != 3)
			continue;
		once = strncmp(found_kind, "once-", 5) == 0;
		if (strcmp(found_kind + (once ? 5 : 0), kind) != 0 || strcmp(found_name, name) != 0)
			continue;
		error = errno_of(word);
		if (once) {
			/* Made a comment in its place. */
			(void)fseek(file, -(long)strlen(line), SEEK_CUR);
			(void)fputc('#', file);
		}
	}
	(void)fclose(file);
	return error;
}
