/* The journal itself behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "host/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/buffer.h"
#include "host/library.h"

#define FIELDS_MAX 16

/* systemd tells a unit's processes which stream is the journal's; standard error may lead elsewhere by now. */
bool journal_listens(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat status;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device &&
	       status.st_ino == inode;
}

static int priority_of(enum severity severity)
{
	switch (severity) {
	case SEVERITY_ERROR:
		return LOG_ERR;
	case SEVERITY_WARNING:
		return LOG_WARNING;
	case SEVERITY_NOTE:
		break;
	}
	return LOG_INFO;
}

void journal_send(enum severity severity, const char *id, const char *text,
		  const struct journal_fields *fields)
{
	typeof(sd_journal_sendv) *send;
	const struct library_symbol symbol = {"sd_journal_sendv", &send};
	struct buffer own[3] = {{0}, {0}, {0}};
	struct iovec parts[FIELDS_MAX];
	int count = 0;

	if (library_load("libsystemd.so.0", &symbol, 1) < 0) {
		(void)fprintf(stderr, "%s\n", text);
		return;
	}
	buffer_printf(&own[0], "MESSAGE=%s", text);
	buffer_printf(&own[1], "PRIORITY=%d", priority_of(severity));
	if (id)
		buffer_printf(&own[2], "MESSAGE_ID=%s", id);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].data)
			parts[count++] = (struct iovec){own[i].data, own[i].length};
	for (size_t i = 0; fields && i < fields->count && count < FIELDS_MAX; i++)
		parts[count++] = (struct iovec){(void *)(uintptr_t)fields->texts[i],
						strlen(fields->texts[i])};
	(void)send(parts, count);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		buffer_clear(&own[i]);
}
