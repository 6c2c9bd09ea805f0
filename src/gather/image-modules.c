/* Whether a kernel of an image has nf_conntrack among its modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/image-modules.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/reading.h"

#define PATH_TREES "/lib/modules"

/* Reads one list of a kernel. *ret_listed is set if it has nf_conntrack, *ret_read if it exists. */
static int read_list(struct reading *reading, const char *release, const char *list, bool *ret_read,
		     bool *ret_listed)
{
	char *CLEANUP(free_pointer) path = text_format(PATH_TREES "/%s/%s", release, list);
	char *CLEANUP(free_pointer) text = NULL;
	size_t length;
	int error = path ? reading_file(reading, path, &text) : -ENOMEM;

	*ret_read = *ret_read || text;
	*ret_listed = *ret_listed || (text && modules_dep_find(text, "nf_conntrack", &length));
	return error;
}

/* Looks at the kernel of one folder. */
static int look_at_kernel(struct reading *reading, const char *release, enum module_file *ret)
{
	bool read = false, listed = false, built_in = false;
	int error = read_list(reading, release, "modules.dep", &read, &listed);

	/* Without modules.dep the folder is what is left of a kernel that was removed. */
	if (error == 0 && read && !listed)
		error = read_list(reading, release, "modules.builtin", &built_in, &listed);
	if (listed)
		*ret = MODULE_FILE_THERE;
	else if (read)
		*ret = MODULE_FILE_NOT_IN_TREE;
	return error;
}

int gather_image_modules(const struct gathering *gathering, enum module_file *ret,
			 char **ret_release)
{
	struct reading reading = {.gathering = gathering, .kind = "lists of modules"};
	enum module_file found = MODULE_FILE_UNKNOWN;
	const char *release = NULL;
	struct names CLEANUP(names_done) kernels = {0};
	int error = reading_list(&reading, PATH_TREES, "", &kernels);

	for (size_t i = 0; i < kernels.count && error == 0 && found != MODULE_FILE_THERE; i++) {
		enum module_file before = found;

		found = MODULE_FILE_UNKNOWN;
		error = look_at_kernel(&reading, kernels.items[i], &found);
		if (found == MODULE_FILE_NOT_IN_TREE)
			release = kernels.items[i];
		else if (found == MODULE_FILE_UNKNOWN)
			found = before;
	}
	if (error == 0 && found == MODULE_FILE_NOT_IN_TREE) {
		*ret_release = strdup(release);
		error = *ret_release ? 0 : -ENOMEM;
	}
	if (error == 0)
		*ret = found;
	return error;
}
