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
		char **names = NULL;
		size_t count = 0;

		if (tree_is_directory(gathering->tree, places[i].folder))
			error = reading_list(&reading, places[i].folder, "", &names, &count);
		for (size_t k = 0; k < count && error == 0; k++) {
			struct buffer CLEANUP(buffer_clear) path = {0};
			char *CLEANUP(free_pointer) text = NULL;
			const char *suffix = places[i].suffix;

			if ((suffix && text_ends_with(names[k], suffix)) ||
			    is_put_aside(names[k], suffix))
				continue;
			buffer_printf(&path, "%s/%s", places[i].folder, names[k]);
			error = path.data ? reading_file(&reading, path.data, &text) : -ENOMEM;
			if (error == 0 && text)
				visit(data, &(struct stray_file){path.data, text, suffix});
		}
		tree_names_free(names, count);
	}
	return error;
}
