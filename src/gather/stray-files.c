/* Files in the folders of sysctl.d, modprobe.d ... that no reader takes because of their names. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/stray-files.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/reading.h"

static const struct {
	const char *folder;
	const char *suffix; /* NULL: the path is that of a file, and as a folder nobody reads it */
} places[] = {
	{"/etc/sysctl.d", ".conf"},	  {"/etc/modprobe.d", ".conf"},
	{"/etc/modules-load.d", ".conf"}, {"/etc/udev/rules.d", ".rules"},
	{"/etc/sysctl.conf", NULL},	  {"/etc/modules", NULL},
};

/* Returns whether the name says that the file is a copy, or disabled. */
static bool is_put_aside(const char *name, const char *suffix)
{
	static const char *const endings[] = {"~",     ".bak",	  ".old",    ".orig",
					      ".save", ".off",	  ".swp",    ".disabled",
					      ".dist", ".sample", ".example"};
	const char *inside = suffix ? strstr(name, suffix) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (text_ends_with(name, endings[i]))
			return true;
	return inside && strchr(".-_", inside[strlen(suffix)]);
}

int stray_files_visit(const struct gathering *gathering,
		      void (*visit)(void *data, const struct stray_file *file), void *data)
{
	struct reading reading = {
		.gathering = gathering, .kind = "files without a reader", .of_program = true};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		struct names CLEANUP(names_done) paths = {0};
		const char *suffix = places[i].suffix;

		if (tree_is_directory(gathering->tree, places[i].folder))
			error = reading_paths(&reading, places[i].folder, "", &paths);
		for (size_t k = 0; k < paths.count && error == 0; k++) {
			const char *path = paths.items[k];
			char *CLEANUP(free_pointer) text = NULL;

			if ((suffix && text_ends_with(path, suffix)) ||
			    is_put_aside(path + strlen(places[i].folder), suffix))
				continue;
			error = reading_file(&reading, path, &text);
			if (error == 0 && text)
				visit(data, &(struct stray_file){path, text, suffix});
		}
	}
	return error;
}
