/* Says in words who made a write that the witness recorded. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/witness/witness-text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

uint64_t witness_when(const struct witness_times *times, uint64_t since_boot)
{
	uint64_t ago = since_boot < times->boot ? (times->boot - since_boot) / 1000 : 0;

	return ago < times->epoch ? times->epoch - ago : 0;
}

static struct tm to_local_time(uint64_t when)
{
	time_t seconds = (time_t)(when / 1000000);
	struct tm ret = {0};

	(void)localtime_r(&seconds, &ret);
	return ret;
}

void witness_add_moment(const struct witness_times *times, uint64_t since_boot, struct buffer *b)
{
	struct tm then = to_local_time(witness_when(times, since_boot));
	struct tm today = to_local_time(times->epoch);

	if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday)
		buffer_add(b, "today ");
	else
		buffer_printf(b, "%04d-%02d-%02d ", then.tm_year + 1900, then.tm_mon + 1,
			      then.tm_mday);
	buffer_printf(b, "%02d:%02d:%02d", then.tm_hour, then.tm_min, then.tm_sec);
}

void witness_add_writer(const struct witness_event *event, const char *owner, struct buffer *b)
{
	bool named = owner[0] != '\0';
	const char *separator = "";

	if (named)
		buffer_add_shown(b, owner, strlen(owner));
	else
		buffer_add(b, event->command[0] ? event->command : "a process");
	if (!named && event->process == 0 && (event->uid == 0 || event->uid == UINT32_MAX))
		return;
	buffer_add(b, " (");
	if (named && event->command[0]) {
		buffer_add(b, event->command);
		separator = ", ";
	}
	if (event->process > 0) {
		buffer_printf(b, "%sPID %" PRIu32, separator, event->process);
		separator = ", ";
	}
	if (event->uid != 0 && event->uid != UINT32_MAX) {
		buffer_printf(b, "%suser %" PRIu32, separator, event->uid);
		separator = ", ";
	}
	buffer_add(b, *separator ? ")" : "of root)");
}
