/*
 * Fuzz harness: any bytes as a sysctl.d file, of both readers; each assignment is whole, and at
 * most one wins.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/precedence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_assignments(const char *text, enum sysctl_reader reader)
{
	struct assignment assignment = {0};
	const char *position = text;
	unsigned int number = 1, last = 0;

	while (assignment_next(&position, &number, reader, &assignment) > 0) {
		if (!*assignment.key.data || assignment.line <= last || assignment.line >= number ||
		    position > text + strlen(text) || (assignment.may_fail && !assignment.value))
			abort();
		last = assignment.line;
	}
	assignment_done(&assignment);
	if (*position)
		abort();
}

/*
 * The text is also used as its own lower file, which must have no effect, and as sysctl.conf, of
 * which every line must have one.
 */
static void check_writers(const char *text, enum sysctl_reader reader)
{
	static const char *const names[] = {"net/netfilter/nf_conntrack_max",
					    "net/nf_conntrack_max"};
	const struct text_file files[] = {{"/usr/lib/sysctl.d/a.conf", text},
					  {"/etc/sysctl.d/a.conf", text},
					  {"/etc/sysctl.conf", text}};
	const struct sysctl_knob knob = {names, 2, &schema[SETTING_MAX], NULL};
	struct sysctl_writers writers = {0};
	size_t winners = 0;

	if (sysctl_writers_find(files, 3, reader, &knob, 1, &writers, NULL) < 0)
		return;
	for (size_t i = 0; i < writers.count; i++) {
		winners += writers.items[i].wins;
		if (writers.items[i].path == files[0].path ||
		    (reader == SYSCTL_SYSTEMD && writers.items[i].path != files[1].path))
			abort();
	}
	if (winners > 1 ||
	    (reader == SYSCTL_PROCPS && writers.left_out == 0 && writers.count % 2 != 0))
		abort();
	sysctl_writers_done(&writers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_assignments(text, SYSCTL_SYSTEMD);
	check_assignments(text, SYSCTL_PROCPS);
	check_writers(text, SYSCTL_SYSTEMD);
	check_writers(text, SYSCTL_PROCPS);
	free(text);
	return 0;
}
