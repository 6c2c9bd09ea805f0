/* Finds out whether a host starts a service of a program that is installed on it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/unit-state.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "model/installed/observed-file.h"

static const char *const folders[] = {"/etc/systemd/system", "/usr/lib/systemd/system",
				      "/lib/systemd/system"};

static int look_at_unit(const struct reading *reading, const char *folder, const char *unit,
			enum file_kind *ret)
{
	char *CLEANUP(free_pointer) path = text_format("%s/%s", folder, unit);
	struct observed_file CLEANUP(observed_file_clear) file = {0};
	int error = path ? tree_look(reading->gathering->tree, path, FILE_SIZE_MAX, &file)
			 : -ENOMEM;

	*ret = error < 0 ? FILE_ABSENT : file.kind;
	return error == -ENOMEM ? error : 0;
}

int unit_find(const struct reading *reading, const char *unit, enum file_kind *ret)
{
	int error = 0;

	*ret = FILE_ABSENT;
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && *ret == FILE_ABSENT; i++)
		error = look_at_unit(reading, folders[i], unit, ret);
	return error;
}

/* Returns 1 if a .wants folder below this one has a link to the unit. */
static int is_wanted_below(struct reading *reading, const char *folder, const char *unit)
{
	struct names CLEANUP(names_done) parents = {0};
	int found = reading_paths(reading, folder, ".wants", &parents);

	for (size_t i = 0; i < parents.count && found == 0; i++) {
		enum file_kind kind = FILE_ABSENT;

		found = look_at_unit(reading, parents.items[i], unit, &kind);
		if (found == 0)
			found = kind != FILE_ABSENT && kind != FILE_MASKED;
	}
	return found;
}

int unit_is_wanted(struct reading *reading, const char *unit)
{
	int found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && found == 0; i++)
		found = is_wanted_below(reading, folders[i], unit);
	return found;
}

static bool runs(const struct gathering *gathering, const char *name)
{
	struct buffer CLEANUP(buffer_clear) commands = {0};
	struct buffer CLEANUP(buffer_clear) line = {0};

	if (!gathering->live)
		return false;
	kernel_list_commands(gathering->kernel, &commands);
	buffer_printf(&line, "\n%s\n", name);
	return commands.data && line.data && strstr(commands.data, line.data);
}

int unit_is_idle(struct reading *reading, const char *name, bool *ret)
{
	char *CLEANUP(free_pointer) unit = text_format("%s.service", name);
	enum file_kind kind;
	int error = unit ? unit_find(reading, unit, &kind) : -ENOMEM;
	int wanted = error < 0 ? error : unit_is_wanted(reading, unit);

	if (wanted < 0)
		return wanted;
	*ret = kind != FILE_ABSENT && (kind == FILE_MASKED || wanted == 0) &&
	       !runs(reading->gathering, name);
	return 0;
}
