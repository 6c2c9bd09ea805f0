/* The journal itself behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "host/systemd/journal.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/buffer.h"
#include "host/dlopen-symbols.h"

LIBRARY_NOTE("libsystemd.so.0", "journal", "entries with fields and a catalog", LIBRARY_REQUIRED);

#define FIELDS_MAX 16

/*
 * systemd tells a unit's processes which stream is the journal's; standard error may lead elsewhere
 * by now.
 */
bool journal_listens(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat status;

	if (!stream || fstat(STDERR_FILENO, &status) < 0)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)status.st_dev,
		       (uintmax_t)status.st_ino);
	return strcmp(stream, own) == 0;
}

/* sd_journal_sendv(3) returns success where the journal's socket is missing. */
static int find_journal(void)
{
	const struct sockaddr_un address = {.sun_family = AF_UNIX,
					    .sun_path = "/run/systemd/journal/socket"};
	int CLEANUP(close_descriptor) fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

static int priority_of(enum severity severity, bool notable)
{
	switch (severity) {
	case SEVERITY_ERROR:
		return LOG_ERR;
	case SEVERITY_WARNING:
		return LOG_WARNING;
	case SEVERITY_NOTE:
		break;
	}
	return notable ? LOG_NOTICE : LOG_INFO;
}

int journal_send(enum severity severity, const char *id, const char *text,
		 const struct journal_fields *fields)
{
	typeof(sd_journal_sendv) *send;
	struct buffer entry[FIELDS_MAX] = {0};
	struct iovec parts[FIELDS_MAX];
	int count = 0, error = library_load("libsystemd.so.0", "sd_journal_sendv\0", &send);

	if (error == 0)
		error = find_journal();
	if (error < 0)
		return error;
	buffer_printf(&entry[count++], "MESSAGE=%s", text);
	buffer_printf(&entry[count++], "PRIORITY=%d",
		      priority_of(severity, fields && fields->notable));
	if (id)
		buffer_printf(&entry[count++], "MESSAGE_ID=%s", id);
	for (size_t i = 0; fields && i < fields->count && count < FIELDS_MAX; i++)
		buffer_printf(&entry[count++], "%s", fields->texts[i]);
	for (int i = 0; i < count; i++) {
		parts[i] = (struct iovec){entry[i].data, entry[i].length};
		error = error < 0 ? error : entry[i].error;
	}
	if (error == 0)
		error = send(parts, count);
	for (int i = 0; i < count; i++)
		buffer_clear(&entry[i]);
	return error < 0 ? error : 0;
}

void journal_log_line(const char *text)
{
	openlog(PACKAGE_NAME, LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "%s", text);
}
