/* Reads the kernel's messages since boot, from the journal or the kernel's own buffer. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "base/text.h"
#include "host/dlopen-symbols.h"
#include "host/systemd/journal.h"

LIBRARY_NOTE("libsystemd.so.0", "kernel-log", "messages of a full table since boot",
	     LIBRARY_REQUIRED);

#define TEXT_SIZE 256 /* of a message; those of a full table are shorter */
#define RECORD_SIZE \
	8192 /* what /dev/kmsg needs for its longest (CONSOLE_EXT_LOG_MAX, PRINTK_MESSAGE_MAX) */
#define US_PER_S 1000000U

/*
 * Entries that are looked at, the newest: about a second of a processor, and more than a kernel
 * says in months.
 */
#define ENTRIES_MAX 100000U

#define LOG_SYMBOLS(X)          \
	X(sd_id128_get_boot)    \
	X(sd_journal_open)      \
	X(sd_journal_close)     \
	X(sd_journal_add_match) \
	X(sd_journal_seek_tail) \
	X(sd_journal_previous)  \
	X(sd_journal_get_data)  \
	X(sd_journal_get_realtime_usec)

struct log_reader {
	LOG_SYMBOLS(LIBRARY_POINTER)
	sd_journal *journal;
};

static void reader_done(struct log_reader *reader)
{
	if (reader->journal)
		reader->sd_journal_close(reader->journal);
}

/*
 * At the kernel's messages of this boot: the journal finds them by its index, whatever else it
 * holds.
 */
static int reader_open(struct log_reader *reader)
{
	char boot[64];
	sd_id128_t id;
	int error = library_load("libsystemd.so.0", LOG_SYMBOLS(LIBRARY_NAME), reader);

	if (error < 0)
		return error;
	error = reader->sd_id128_get_boot(&id);
	if (error < 0)
		return error;
	error = reader->sd_journal_open(&reader->journal,
					SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (error < 0)
		return error;
	(void)snprintf(boot, sizeof(boot), "_BOOT_ID=" SD_ID128_FORMAT_STR,
		       SD_ID128_FORMAT_VAL(id));
	error = reader->sd_journal_add_match(reader->journal, boot, 0);
	if (error >= 0)
		error = reader->sd_journal_add_match(reader->journal, "_TRANSPORT=kernel", 0);
	return error < 0 ? error : reader->sd_journal_seek_tail(reader->journal);
}

/* The value of a field of this entry, cut to size; "": it has none. */
static void get_field(const struct log_reader *reader, const char *name, char *ret, size_t size)
{
	size_t skipped = strlen(name) + 1, length;
	const void *data;

	*ret = '\0';
	if (reader->sd_journal_get_data(reader->journal, name, &data, &length) < 0 ||
	    length < skipped)
		return;
	(void)snprintf(ret, size, "%.*s", (int)(length - skipped < size ? length - skipped : size),
		       (const char *)data + skipped);
}

/*
 * When it was said, where the entry tells; else when it came to the journal. 0: neither is known.
 */
static uint64_t get_time(const struct log_reader *reader)
{
	char text[TEXT_SIZE];
	uint64_t when;

	get_field(reader, "_SOURCE_REALTIME_TIMESTAMP", text, sizeof(text));
	if (text_parse_number(text, strlen(text), UINT64_MAX, &when) == 0)
		return when;
	return reader->sd_journal_get_realtime_usec(reader->journal, &when) < 0 ? 0 : when;
}

static void note_entry(const struct log_reader *reader, struct full_messages *messages)
{
	char text[TEXT_SIZE], facility[TEXT_SIZE];
	struct full_messages seen = {0};

	get_field(reader, "MESSAGE", text, sizeof(text));
	/* What the kernel says first on every architecture, but for a line on the processor. */
	if (text_starts_with(text, "Linux version "))
		messages->since_boot = true;
	full_messages_note(&seen, 1, text);
	if (seen.count + seen.expectations == 0)
		return;
	/*
	 * What programs write to the kernel's buffer comes along; the kernel marks it by its
	 * facility.
	 */
	get_field(reader, "SYSLOG_FACILITY", facility, sizeof(facility));
	if (*facility == '\0' || strcmp(facility, "0") == 0)
		full_messages_note(messages, get_time(reader), text);
}

/* Whether there was any message of the kernel. Who may not read the journal sees an empty one. */
static bool read_journal(struct full_messages *ret)
{
	struct log_reader CLEANUP(reader_done) reader = {0};
	struct full_messages messages = {0};
	unsigned int count = 0;
	int more;

	if (reader_open(&reader) < 0)
		return false;
	while ((more = reader.sd_journal_previous(reader.journal)) > 0 && count++ < ENTRIES_MAX)
		note_entry(&reader, &messages);
	messages.known = count > 0;
	if (!messages.known)
		return false;
	messages.cut = more > 0;
	messages.since_boot = messages.since_boot && more == 0;
	*ret = messages;
	return true;
}

/* When the clock that printk has was 0, in microseconds since the epoch. */
static uint64_t find_boot_time(void)
{
	struct timespec now, since_boot;
	uint64_t seconds;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0 ||
	    clock_gettime(CLOCK_MONOTONIC, &since_boot) < 0 || now.tv_sec < since_boot.tv_sec)
		return 0;
	seconds = (uint64_t)(now.tv_sec - since_boot.tv_sec);
	return seconds * US_PER_S + (uint64_t)now.tv_nsec / 1000 -
	       (uint64_t)since_boot.tv_nsec / 1000;
}

static void note_record(char *text, uint64_t boot_time, struct full_messages *messages)
{
	struct kernel_record record;

	if (kernel_record_parse(text, &record) < 0)
		return;
	if (record.sequence == 0)
		messages->since_boot = true;
	if (record.of_kernel)
		full_messages_note(messages, boot_time ? boot_time + record.microseconds : 0,
				   record.text);
}

/* A record a read, from the oldest that is left. */
static bool read_buffer(struct full_messages *ret)
{
	int CLEANUP(close_descriptor) fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	uint64_t boot_time = find_boot_time();
	struct full_messages messages = {.known = true};
	char record[RECORD_SIZE + 1];
	unsigned int count = 0;
	ssize_t length = 0;

	if (fd < 0)
		return false;
	for (;;) {
		/* New records may come as fast as they are read. */
		if (count++ == ENTRIES_MAX) {
			messages.cut = true;
			messages.since_boot = false;
			length = 0;
			break;
		}
		length = read(fd, record, RECORD_SIZE);
		if (length > 0) {
			record[length] = '\0';
			note_record(record, boot_time, &messages);
		} else if (length == 0 || (errno != EPIPE && errno != EINTR)) {
			break;
		} else if (errno == EPIPE) {
			/*
			 * New records have taken the place of those that came next; it goes on with
			 * what is left.
			 */
			messages.since_boot = false;
		}
	}
	if (length < 0 && errno != EAGAIN)
		return false;
	*ret = messages;
	return true;
}

void journal_find_full_messages(struct full_messages *ret)
{
	struct full_messages messages = {0};

	if (!read_journal(&messages))
		(void)read_buffer(&messages);
	*ret = messages;
}
