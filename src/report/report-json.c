/* Builds the JSON object of a run: each part passes here, so that none is left out silently. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/report-internal.h"

json_t *report_object(struct report *report)
{
	return report->object;
}

json_t *report_text(const char *text, size_t size)
{
	struct buffer CLEANUP(buffer_clear) plain = {0};

	if (text_is_utf8(text, size) && !memchr(text, '\0', size))
		return json_stringn(text, size);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		buffer_add_bytes(&plain, byte > 0 && byte < 0x80 ? text + i : "?", 1);
	}
	return plain.error < 0 ? NULL : json_stringn(plain.data, plain.length);
}

json_t *report_string(const char *text)
{
	return report_text(text, strlen(text));
}

json_t *report_pack(struct report *report, const char *format, ...)
{
	json_t *value;
	va_list args;

	va_start(args, format);
	value = json_vpack_ex(NULL, 0, format, args);
	va_end(args);
	if (!value)
		report->incomplete = true;
	return value;
}

void report_set_member(struct report *report, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		report->incomplete = true;
}

void report_add_item(struct report *report, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) < 0)
		report->incomplete = true;
}

/* jansson escapes all control characters but DEL. */
static int print_ascii(const char *bytes, size_t size, void *data)
{
	int printed = 0;

	(void)data;
	for (size_t i = 0; i < size && printed != EOF; i++)
		printed = bytes[i] == '\177' ? fputs("\\u007f", stdout) : putchar(bytes[i]);
	return printed == EOF ? -1 : 0;
}

int report_print_json(struct report *report)
{
	if (json_dump_callback(report->object, print_ascii, NULL,
			       JSON_INDENT(2) | JSON_REAL_PRECISION(9) | JSON_ENSURE_ASCII) < 0 ||
	    putchar('\n') == EOF)
		return -EIO;
	return 0;
}
