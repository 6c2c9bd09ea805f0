/* A file as the journal, for the test twin: entries go to $CONNTRACK_PERSIST_HOST/journal.log if that is there. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/journal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *log_path(void)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/journal.log", getenv("CONNTRACK_PERSIST_HOST"));
	return path;
}

bool journal_listens(void)
{
	return access(log_path(), F_OK) == 0;
}

void journal_send(enum severity severity, const char *id, const char *text,
		  const struct journal_fields *fields)
{
	static const char *const words[] = {
		[SEVERITY_NOTE] = "info", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "err"};
	FILE *log = fopen(log_path(), "a");

	if (!log)
		return;
	(void)fprintf(log, "%s: %s\n",
		      severity == SEVERITY_NOTE && fields && fields->notable ? "notice"
									     : words[severity],
		      text);
	if (id)
		(void)fprintf(log, "  MESSAGE_ID=%s\n", id);
	for (size_t i = 0; fields && i < fields->count; i++)
		(void)fprintf(log, "  %s\n", fields->texts[i]);
	(void)fclose(log);
}
