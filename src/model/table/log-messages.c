/* Reads the kernel's messages about a full table: finds and counts them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/log-messages.h"

#include <string.h>

#include "base/text.h"

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
