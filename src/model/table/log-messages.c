/* Reads the kernel's messages about a full table: finds and counts them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/log-messages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FACILITY_SHIFT 3 /* of syslog's priority; the kernel's own facility is 0 */

/* Moves *text behind the word if it starts with it. Returns whether it did. */
static bool skip(const char **text, const char *word)
{
	if (!text_starts_with(*text, word))
		return false;
	*text += strlen(word);
	return true;
}

static bool skip_digits(const char **text)
{
	size_t length = strspn(*text, "0123456789");

	*text += length;
	return length > 0;
}

/*
 * Returns whether the text is the message of __nf_conntrack_alloc() (nf_conntrack_core.c), which
 * ended in a full stop once.
 */
static bool is_full_table(const char *text, bool *ret_namespace)
{
	bool in_namespace = false;

	if (!skip(&text, "table full"))
		return false;
	if (skip(&text, " in netns ")) {
		in_namespace = true;
		if (!skip_digits(&text))
			return false;
	}
	if (!skip(&text, ", dropping packet"))
		return false;
	(void)skip(&text, ".");
	if (*text != '\0')
		return false;
	*ret_namespace = in_namespace;
	return true;
}

static void note_time(struct full_messages *messages, uint64_t when)
{
	if (when == 0)
		return;
	if (messages->first == 0 || when < messages->first)
		messages->first = when;
	if (when > messages->last)
		messages->last = when;
}

void full_messages_note(struct full_messages *messages, uint64_t when, const char *text)
{
	bool in_namespace;

	if (skip(&text, "nf_conntrack: "))
		/* The module's prefix for messages precedes the one in the text. */
		(void)skip(&text, "nf_conntrack: ");
	else if (!skip(&text, "ip_conntrack: "))
		return;
	if (strcmp(text, "expectation table full") == 0) {
		messages->expectations++;
	} else if (is_full_table(text, &in_namespace)) {
		messages->count++;
		messages->namespaces += in_namespace;
		note_time(messages, when);
	}
}

/* Reads a number that ends in one of the characters, and moves *text behind that. */
static int parse_field(char **text, const char *ends, uint64_t *ret)
{
	size_t length = strcspn(*text, ends);
	int error = text_parse_number(*text, length, UINT64_MAX, ret);

	if (error < 0 || (*text)[length] == '\0')
		return -EBADMSG;
	*text += length + 1;
	return 0;
}

int kernel_record_parse(char *record, struct kernel_record *ret)
{
	struct kernel_record found = {0};
	uint64_t priority;
	char *text = record;

	if (parse_field(&text, ",", &priority) < 0 ||
	    parse_field(&text, ",", &found.sequence) < 0 ||
	    parse_field(&text, ",;", &found.microseconds) < 0)
		return -EBADMSG;
	/*
	 * The flags may be followed by fields of later kernels; without flags the text has begun.
	 */
	if (text[-1] == ',') {
		text = strchr(text, ';');
		if (!text)
			return -EBADMSG;
		text++;
	}
	/* The text is followed by lines about the device, each with a leading blank. */
	text[strcspn(text, "\n")] = '\0';
	found.of_kernel = priority >> FACILITY_SHIFT == 0;
	found.text = text;
	*ret = found;
	return 0;
}
