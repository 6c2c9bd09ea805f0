/* Reads the configuration: its file and drop-ins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/read-config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/gathering.h"

/* left: number of bytes that the configuration may still have. */
static int read_config(const struct tree *tree, const char *path, size_t *left,
		       struct config *config, struct problems *problems,
		       struct read_failure *ret_failure)
{
	size_t limit = *left < FILE_SIZE_MAX ? *left : FILE_SIZE_MAX;
	char *CLEANUP(free_pointer) bytes = NULL;
	struct buffer CLEANUP(buffer_clear) name = {0};
	size_t size = 0;
	int error;

	error = tree_read(tree, path, limit, &bytes, &size);
	if (error == -EFBIG && limit < FILE_SIZE_MAX)
		error = -E2BIG;
	if (error < 0)
		return read_failure_set(ret_failure, tree_prefix(tree), path, error);
	*left -= size;
	buffer_printf(&name, "%s%s", tree_prefix(tree), path);
	if (!name.data)
		return -ENOMEM;
	return config_read(config, name.data, bytes, size, problems);
}

/* A file named on the command line is opened as the shell sees it, even with --root. */
static int read_named_config(const char *file, struct config *config, struct problems *problems,
			     struct read_failure *ret_failure)
{
	struct tree *CLEANUP(tree_closep) tree = NULL;
	char *CLEANUP(free_pointer) path = file[0] == '/' ? strdup(file) : NULL;
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size = 0;
	int error;

	if (!path) {
		char *CLEANUP(free_pointer) here = realpath(".", NULL);
		struct buffer b = {0};

		if (!here)
			return read_failure_set(ret_failure, "", file, -errno);
		buffer_printf(&b, "%s/%s", here, file);
		error = buffer_steal(&b, &path, NULL);
		if (error < 0)
			return error;
	}
	error = tree_open("/", &tree);
	if (error == 0)
		error = tree_read(tree, path, FILE_SIZE_MAX, &bytes, &size);
	if (error < 0)
		return read_failure_set(ret_failure, "", file, error);
	return config_read(config, file, bytes, size, problems);
}

static int read_drop_ins(const struct tree *tree, struct config *config, struct problems *problems,
			 struct read_failure *ret_failure)
{
	size_t left = CONFIG_SIZE_MAX;
	struct names CLEANUP(names_done) names = {0};
	int error = tree_list(tree, CONFIG_DIRECTORY, ".conf", &names);

	if (error < 0)
		return read_failure_set(ret_failure, tree_prefix(tree), CONFIG_DIRECTORY, error);
	for (size_t i = 0; i < names.count && error == 0; i++) {
		char *CLEANUP(free_pointer)
			path = text_format(CONFIG_DIRECTORY "/%s", names.items[i]);

		error = path ? read_config(tree, path, &left, config, problems, ret_failure)
			     : -ENOMEM;
	}
	return error;
}

int gather_config(const struct tree *tree, const char *file, bool drop_ins, struct config *config,
		  struct problems *problems, struct read_failure *ret_failure)
{
	size_t left = CONFIG_SIZE_MAX;
	int error;

	if (file) {
		error = read_named_config(file, config, problems, ret_failure);
		if (error < 0 || !drop_ins)
			return error;
		return read_drop_ins(tree, config, problems, ret_failure);
	}
	error = read_config(tree, CONFIG_FILE, &left, config, problems, ret_failure);
	if (error < 0 && error != -ENOENT)
		return error;
	read_failure_done(ret_failure);
	return read_drop_ins(tree, config, problems, ret_failure);
}
