/* Finds out whether a host starts a service of a program that is installed on it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/unit-state.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "model/installed/observed-file.h"

static int look_at_unit(const struct reading *reading, const char *folder, const char *name,
			enum file_kind *ret)
{
	char *CLEANUP(free_pointer) path = text_format("%s/%s.service", folder, name);
	struct observed_file CLEANUP(observed_file_clear) file = {0};
	int error = path ? tree_look(reading->gathering->tree, path, FILE_SIZE_MAX, &file)
			 : -ENOMEM;

	*ret = error < 0 ? FILE_ABSENT : file.kind;
	return error == -ENOMEM ? error : 0;
}

/* Returns 1 if a .wants folder below this one has a link to the unit. */
static int is_wanted(struct reading *reading, const char *folder, const char *name)
{
	static const char suffix[] = ".wants";
	struct names CLEANUP(names_done) parents = {0};
	int found = reading_paths(reading, folder, suffix, &parents);

	for (size_t i = 0; i < parents.count && found == 0; i++) {
		enum file_kind kind = FILE_ABSENT;

		found = look_at_unit(reading, parents.items[i], name, &kind);
		if (found == 0)
			found = kind != FILE_ABSENT && kind != FILE_MASKED;
	}
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
	static const char *const folders[] = {"/etc/systemd/system", "/usr/lib/systemd/system",
					      "/lib/systemd/system"};
	enum file_kind kind = FILE_ABSENT;
	int error = 0, wanted = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && kind == FILE_ABSENT; i++)
		error = look_at_unit(reading, folders[i], name, &kind);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && wanted == 0; i++) {
		wanted = is_wanted(reading, folders[i], name);
		error = wanted < 0 ? wanted : 0;
	}
	if (error < 0)
		return error;
	*ret = kind != FILE_ABSENT && (kind == FILE_MASKED || wanted == 0) &&
	       !runs(reading->gathering, name);
	return 0;
}
