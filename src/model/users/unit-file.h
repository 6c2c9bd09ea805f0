/* Reads a systemd unit: which units it pulls in and which commands it runs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum unit_key {
	UNIT_OTHER,
	/* Wants=, Requires=, BindsTo=, Upholds=: names of units, separated by blanks */
	UNIT_PULLS,
	UNIT_ACTIVATES, /* Service= of a socket, Unit= of a path or timer: one name */
	UNIT_RUNS,	/* ExecStartPre=, ExecStart=, ExecStartPost=: a command */
	UNIT_SETS,	/* Environment=, EnvironmentFile=: variables of its commands */
};

/* One line, or a part of a continued one. The value points into the text and ends at size. */
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
	enum unit_key continued; /* the key of the line that a backslash continues */
};

/*
 * Reads the next line that is not a comment and has a value. Returns false at the end of the text.
 */
bool unit_read_line(struct unit_reader *reader, struct unit_line *ret);
