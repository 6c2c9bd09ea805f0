/* Fuzz harness: any text as a unit and as shell commands; what is found lies inside of the text. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/boot-script.h"
#include "model/unit-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_command(const char *line, size_t size)
{
	struct boot_command found;
	const char *position = line, *last = line, *path;
	size_t length;

	if (boot_command_read(line, size, &found) < 0 || (found.asks && !found.sets_rules))
		abort();
	while ((path = boot_command_path(&position, line + size, &length))) {
		if (path < last || path + length > line + size || *path != '/' || length < 2)
			abort();
		last = path + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct unit_reader reader = {.position = text};
	struct unit_line line;
	unsigned int last = 0;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	while (unit_read_line(&reader, &line)) {
		if (line.value < text || line.value + line.size > text + size ||
		    line.number <= last || memchr(line.value, '\n', line.size))
			abort();
		last = line.number;
		read_command(line.value, line.size);
	}
	read_command(text, size);
	free(text);
	return 0;
}
