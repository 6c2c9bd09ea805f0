/* A systemd unit's text: what it pulls in and what it runs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum unit_key {
	UNIT_OTHER,
	UNIT_PULLS, /* Wants=, Requires=, BindsTo=, Upholds=: names of units, with blanks between */
	UNIT_ACTIVATES, /* Service= of a socket, Unit= of a path or timer: one name */
	UNIT_RUNS,	/* ExecStartPre=, ExecStart=, ExecStartPost=: a command */
	UNIT_SETS,	/* Environment=, EnvironmentFile=: variables of its commands */
};

/* One line, or a part of one that continues; the value is not owned and ends at size. */
struct unit_line {
	enum unit_key key;
	unsigned int number; /* from 1 */
	const char *value;
	size_t size;
};

/* Start with `struct unit_reader r = {.position = text}`. */
struct unit_reader {
	const char *position;
	unsigned int lines;
	enum unit_key continued; /* the key of a line that ended in a backslash */
};

/* The next line that is no comment and has a value; false at the end of the text. */
bool unit_read_line(struct unit_reader *reader, struct unit_line *ret);
