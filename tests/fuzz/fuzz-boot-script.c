/*
 * Fuzz harness: any text as a unit, a quadlet, daemon.json and shell commands; what is found lies
 * inside of the text.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/users/boot-script.h"
#include "model/users/docker.h"
#include "model/users/quadlet.h"
#include "model/users/unit-file.h"

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

/* Commands with their continued lines cover the whole text. */
static void check_lines(const char *text)
{
	unsigned int lines, sum = 0, wanted = 0;

	for (const char *c = text; *c; c++)
		wanted += *c == '\n' || c[1] == '\0';
	while (*text) {
		text += boot_line_size(text, &lines);
		text += *text == '\n';
		sum += lines;
	}
	if (sum != wanted)
		abort();
}

static void read_containers(const char *text, size_t size)
{
	struct quadlet_reader reader = {.position = text};
	struct quadlet_line line;
	struct docker_options options = {0};
	size_t length;
	const char *path = docker_config_path(text, size, &length);

	if (path && (path < text || path + length > text + size))
		abort();
	docker_read_words(text, size, &options);
	docker_read_file(text, &options);
	(void)docker_is_daemon(text, size);
	(void)quadlet_default_is_bare(text);
	while (quadlet_read_line(&reader, &line)) {
		if (line.value < text || line.value + line.size > text + size ||
		    memchr(line.value, '\n', line.size))
			abort();
		(void)quadlet_read_network(line.value, line.size);
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
	read_containers(text, strlen(text));
	check_lines(text);
	free(text);
	return 0;
}
