/* Reads a systemd unit: which units it pulls in and which commands it runs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/unit-file.h"

#include <string.h>

#include "base/cleanup.h"

static enum unit_key find_key(const char *name, size_t size)
{
	static const struct {
		const char *name;
		enum unit_key key;
	} keys[] = {
		{"Wants", UNIT_PULLS},		{"Requires", UNIT_PULLS},
		{"BindsTo", UNIT_PULLS},	{"Upholds", UNIT_PULLS},
		{"Service", UNIT_ACTIVATES},	{"Unit", UNIT_ACTIVATES},
		{"ExecStart", UNIT_RUNS},	{"ExecStartPre", UNIT_RUNS},
		{"ExecStartPost", UNIT_RUNS},	{"Environment", UNIT_SETS},
		{"EnvironmentFile", UNIT_SETS},
	};

	while (size > 0 && (name[size - 1] == ' ' || name[size - 1] == '\t'))
		size--;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i].name) == size && memcmp(keys[i].name, name, size) == 0)
			return keys[i].key;
	return UNIT_OTHER;
}

bool unit_read_line(struct unit_reader *reader, struct unit_line *ret)
{
	while (*reader->position) {
		const char *line = reader->position + strspn(reader->position, " \t\r");
		size_t size = strcspn(line, "\n");
		const char *equals = memchr(line, '=', size);
		enum unit_key key = reader->continued;

		reader->position = line + size + (line[size] == '\n');
		reader->lines++;
		/* A comment between the parts of a continued line does not end the line. */
		if (size == 0 || *line == '#' || *line == ';')
			continue;
		if (key == UNIT_OTHER && equals) {
			key = find_key(line, (size_t)(equals - line));
			size -= (size_t)(equals + 1 - line);
			line = equals + 1;
		}
		reader->continued = size > 0 && line[size - 1] == '\\' ? key : UNIT_OTHER;
		if (key == UNIT_OTHER)
			continue;
		*ret = (struct unit_line){key, reader->lines, line, size};
		return true;
	}
	return false;
}
