/* Reads the kernel's messages since boot from the journal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "base/text.h"
#include "host/dlopen-symbols.h"
#include "host/systemd/journal.h"

LIBRARY_NOTE("libsystemd.so.0", "kernel-log", "messages of a full table since boot",
	     LIBRARY_REQUIRED);

#define TEXT_SIZE 256 /* of a message; those of a full table are shorter */

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
	/*
	 * The kernel prints this first on every architecture, except for a line about the
	 * processor.
	 */
	if (text_starts_with(text, "Linux version "))
		messages->since_boot = true;
	full_messages_note(&seen, 1, text);
	if (seen.count + seen.expectations == 0)
		return;
	/*
	 * The journal also has messages that programs wrote to the kernel's buffer; their facility
	 * is another one.
	 */
	get_field(reader, "SYSLOG_FACILITY", facility, sizeof(facility));
	if (*facility == '\0' || strcmp(facility, "0") == 0)
		full_messages_note(messages, get_time(reader), text);
}

void journal_find_full_messages(struct full_messages *ret)
{
	struct log_reader CLEANUP(reader_done) reader = {0};
	struct full_messages messages = {0};
	unsigned int count = 0;
	int more = 0;

	if (reader_open(&reader) == 0)
		while ((more = reader.sd_journal_previous(reader.journal)) > 0 &&
		       count++ < ENTRIES_MAX)
			note_entry(&reader, &messages);
	/* A process that may not read the journal sees an empty one. */
	if (count == 0)
		messages = (struct full_messages){0};
	messages.known = count > 0;
	messages.cut = more > 0;
	messages.since_boot = messages.since_boot && more == 0;
	*ret = messages;
}
