/* Fuzz harness: any bytes as a file of rules; however it is cut into pieces, it says the same. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "model/users/rules-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_pieces(const char *text, size_t size, size_t piece, struct rules_file *file,
			struct buffer *includes)
{
	const char *end = text + size;
	char *name = NULL;

	while (text < end) {
		const char *stop = (size_t)(end - text) > piece ? text + piece : end;

		while (rules_file_read(file, &text, stop, &name) > 0) {
			if (*name != '/' || strlen(name) > PATH_MAX + strlen("/etc/"))
				abort();
			buffer_printf(includes, "%s\n", name);
			free(name);
		}
		if (text != stop)
			abort();
	}
	rules_file_end(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer whole_names = {0}, names = {0};
	struct rules_file whole = {0}, pieces = {0};
	const char *text = (const char *)data;

	if (size > 0) {
		read_pieces(text, size, size, &whole, &whole_names);
		read_pieces(text, size, 1 + data[0] % 7, &pieces, &names);
	}
	if (whole.asks != pieces.asks || whole.long_name != pieces.long_name ||
	    whole_names.length != names.length ||
	    (names.length > 0 && memcmp(whole_names.data, names.data, names.length) != 0))
		abort();
	buffer_clear(&whole_names);
	buffer_clear(&names);
	return 0;
}
