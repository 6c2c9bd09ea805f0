/* Fuzz harness: any bytes as a message of the kernel; a text counts once at most. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/table/log-messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_note(const char *text)
{
	struct full_messages messages = {0};

	full_messages_note(&messages, 5, text);
	if (messages.count + messages.expectations > 1 || messages.namespaces > messages.count)
		abort();
	if (messages.count != (messages.first == 5) || messages.first != messages.last)
		abort();
	if (messages.count + messages.expectations > 0 && !strstr(text, "table full"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_note(text);
	free(text);
	return 0;
}
