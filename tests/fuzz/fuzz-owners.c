/*
 * Fuzz harness: any bytes as what the kernel and container engines say of owners, and as a record
 * of looks and of a sample; names end in their room, and a sample that was read is written as it was.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "model/table/forecast.h"
#include "model/table/owner-lines.h"
#include "model/table/turnover.h"

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

/* A record that is taken is one that this program writes, and can be compared with a look. */
static void check_sample(const char *text)
{
	struct sample *CLEANUP(free_pointer) sample = NULL;
	struct sample *CLEANUP(free_pointer) now = NULL;
	struct buffer CLEANUP(buffer_clear) again = {0};
	struct turnover turnover;

	if (sample_parse(text, "x", &sample) < 0)
		return;
	if (sample->count > SAMPLE_RECORD_MOST || sample->level > SAMPLE_LEVEL_MOST)
		abort();
	sample_print(sample, "x", &again);
	if (again.data && strncmp(again.data, text, again.length - 1) != 0)
		abort();
	if (sample_new(sample->seed, &now) < 0)
		return;
	now->when = UINT64_MAX;
	turnover_find(sample, now, &turnover);
	if (turnover.known && (turnover.in.rate > 0 || turnover.seconds < TURNOVER_SECONDS_LEAST))
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
	check_sample(text);
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
