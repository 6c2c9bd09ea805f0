/*
 * Files as the journal, for the test twin: entries go to $CONNTRACK_PERSIST_HOST/journal.log if
 * that is there.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/systemd/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

int journal_send(enum severity severity, const char *id, const char *text,
		 const struct journal_fields *fields)
{
	static const char *const words[] = {
		[SEVERITY_NOTE] = "info", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "err"};
	FILE *log = fopen(log_path(), "a");

	if (!log)
		return -errno;
	(void)fprintf(log, "%s: %s\n",
		      severity == SEVERITY_NOTE && fields && fields->notable ? "notice"
									     : words[severity],
		      text);
	if (id)
		(void)fprintf(log, "  MESSAGE_ID=%s\n", id);
	for (size_t i = 0; fields && i < fields->count; i++)
		(void)fprintf(log, "  %s\n", fields->texts[i]);
	(void)fclose(log);
	return 0;
}

/* Marked, so that a case sees which entries need no library. */
void journal_log_line(const char *text)
{
	FILE *log = journal_listens() ? fopen(log_path(), "a") : NULL;

	if (!log)
		return;
	(void)fprintf(log, "syslog: %s\n", text);
	(void)fclose(log);
}

/*
 * Lines "MICROSECONDS TEXT" of $CONNTRACK_PERSIST_HOST/kernel-messages; the line "lost": older ones
 * are not there.
 */
void journal_find_full_messages(struct full_messages *ret)
{
	struct full_messages messages = {.known = true, .since_boot = true};
	char path[PATH_MAX], line[512], text[512];
	uint64_t when;
	FILE *file;

	*ret = (struct full_messages){0};
	(void)snprintf(path, sizeof(path), "%s/kernel-messages", getenv("CONNTRACK_PERSIST_HOST"));
	file = fopen(path, "r");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		if (strcmp(line, "lost\n") == 0)
			messages.since_boot = false;
		else if (sscanf(line, "%" SCNu64 " %511[^\n]", &when, text) == 2)
			full_messages_note(&messages, when, text);
	}
	(void)fclose(file);
	*ret = messages;
}
