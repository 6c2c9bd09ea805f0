/*
 * Fuzz harness: any bytes as what the kernel and container engines say of owners, and as a record
 * of looks; names end in their room.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "model/table/forecast.h"
#include "model/table/owner-lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_group(const char *text)
{
	struct group_owner owner;

	group_owner_parse(text, &owner);
	if (!memchr(owner.name, '\0', sizeof(owner.name)) || owner.kind >= OWNER_KINDS)
		abort();
	/* A container or unit without a name would be nobody. */
	if (owner.kind != OWNER_PROCESS && owner.name[0] == '\0' && !strchr(text, '\\'))
		abort();
}

static void check_lines(const char *text)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		char *copy = strndup(line.text, line.length);
		struct socket_line found;
		struct buffer CLEANUP(buffer_clear) name = {0};

		if (copy && socket_line_parse(copy, &found) == 0 && !strchr(copy, ':'))
			abort();
		if (copy && pod_name_from_folder(copy, "uid", &name) && name.length < 3)
			abort();
		free(copy);
	}
}

static void check_message(const uint8_t *data, size_t size)
{
	uint8_t family, address[16];

	if (address_read_message(data, size, &family, address) > 0 && family != AF_INET &&
	    family != AF_INET6)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer CLEANUP(buffer_clear) docker = {0};
	struct buffer CLEANUP(buffer_clear) podman = {0};
	struct buffer CLEANUP(buffer_clear) machine = {0};
	struct forecast_look looks[FORECAST_LOOKS_MAX];
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_group(text);
	check_lines(text);
	if (forecast_parse(text, UINT64_MAX, looks) >= FORECAST_LOOKS_MAX)
		abort();
	container_name_docker(text, &docker);
	container_name_podman(text, "0123456789ab", &podman);
	machine_name_from_record(text, &machine);
	if (machine.length > 0 && strchr(machine.data, '\n'))
		abort();
	free(text);
	check_message(data, size);
	return 0;
}
