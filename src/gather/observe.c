/* All reading: configuration, facts, files, manifest. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/observe.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "host/files/image-machine.h"
#include "model/plan/boot-sizes.h"

void read_failure_done(struct read_failure *failure)
{
	free(failure->path);
	failure->path = NULL;
}

static int fail_reading(struct read_failure *failure, const char *prefix, const char *path,
			int error)
{
	struct buffer b = {0};

	buffer_printf(&b, "%s%s", prefix, path);
	read_failure_done(failure);
	return buffer_steal(&b, &failure->path, NULL) < 0 ? -ENOMEM : error;
}

/* "6.1.0-13-amd64" to 6 and 1; 0 and 0 where it is nothing of the kind. */
static void parse_release(const char *text, unsigned int ret[2])
{
	char *end = NULL;
	unsigned long major = strtoul(text, &end, 10), minor;

	if (end == text || *end != '.')
		return;
	text = end + 1;
	minor = strtoul(text, &end, 10);
	if (end == text || major > UINT_MAX || minor > UINT_MAX)
		return;
	ret[0] = (unsigned int)major;
	ret[1] = (unsigned int)minor;
}

/* Bytes of a line of /proc/meminfo, which is in KiB. Nothing a kernel has overflows; anything else is 0, unknown. */
static uint64_t find_amount(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

void observe_facts(const struct kernel *kernel, const struct tree *image, struct facts *ret)
{
	char text[4096];

	*ret = (struct facts){.image = image != NULL};
	if (image) {
		if (image_is_x86_64(image)) {
			ret->page_size = 4096;
			ret->word_size = 8;
		}
		return;
	}
	ret->page_size = kernel_page_size(kernel);
	ret->word_size = kernel_word_size(kernel);
	parse_release(kernel_release(kernel), ret->release);
	/* Of the network namespace in which this process is: the host's own. */
	if (kernel_read(kernel, "/proc/sys/net/ipv4/tcp_keepalive_time", text, sizeof(text)) < 0 ||
	    text_parse_number(text, strlen(text), UINT32_MAX, &ret->keepalive) < 0)
		ret->keepalive = 0;
	if (kernel_read(kernel, "/proc/meminfo", text, sizeof(text)) < 0)
		return;
	ret->ram = find_amount(text, "MemTotal:");
	ret->available = find_amount(text, "MemAvailable:");
}

/* left: bytes that the configuration may still have. */
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
		return fail_reading(ret_failure, tree_prefix(tree), path, error);
	*left -= size;
	buffer_printf(&name, "%s%s", tree_prefix(tree), path);
	if (!name.data)
		return -ENOMEM;
	return config_read(config, name.data, bytes, size, problems);
}

/* The file named on the command line lies where the shell sees it, also with --root. */
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
			return fail_reading(ret_failure, "", file, -errno);
		buffer_printf(&b, "%s/%s", here, file);
		error = buffer_steal(&b, &path, NULL);
		if (error < 0)
			return error;
	}
	error = tree_open("/", &tree);
	if (error == 0)
		error = tree_read(tree, path, FILE_SIZE_MAX, &bytes, &size);
	if (error < 0)
		return fail_reading(ret_failure, "", file, error);
	return config_read(config, file, bytes, size, problems);
}

static int read_drop_ins(const struct tree *tree, struct config *config, struct problems *problems,
			 struct read_failure *ret_failure)
{
	size_t left = CONFIG_SIZE_MAX;
	char **names = NULL;
	size_t count = 0;
	int error;

	error = tree_list(tree, CONFIG_DIRECTORY, ".conf", &names, &count);
	if (error < 0)
		return fail_reading(ret_failure, tree_prefix(tree), CONFIG_DIRECTORY, error);
	for (size_t i = 0; i < count && error == 0; i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};

		buffer_printf(&path, CONFIG_DIRECTORY "/%s", names[i]);
		error = path.data
				? read_config(tree, path.data, &left, config, problems, ret_failure)
				: -ENOMEM;
	}
	tree_names_free(names, count);
	return error;
}

int observe_config(const struct tree *tree, const char *file, bool drop_ins, struct config *config,
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

void observed_done(struct observed *observed)
{
	for (size_t i = 0; i < observed->path_count; i++)
		observed_file_clear(&observed->paths[i].file);
	free(observed->paths);
	observed_file_clear(&observed->manifest_file);
	manifest_done(&observed->manifest);
	problems_done(&observed->problems);
	free(observed->boot.inputs);
	*observed = (struct observed){0};
}

static int read_manifest(const struct tree *tree, struct observed *observed)
{
	struct observed_file *file = &observed->manifest_file;
	int error = tree_look(tree, PATH_MANIFEST, FILE_SIZE_MAX, file);

	if (error < 0 || file->kind == FILE_ABSENT)
		return error;
	observed->manifest_broken = true;
	if (file->kind != FILE_REGULAR)
		return 0;
	error = manifest_parse(file->bytes, file->size, &observed->manifest);
	if (error == 0) {
		manifest_sift(&observed->manifest, &observed->problems);
		observed->manifest_broken = false;
	}
	return error == -EBADMSG ? 0 : error;
}

/* What cannot be read or understood is as good as none, and is told as a file that is not as planned. */
static int read_boot_sizes(const struct tree *tree, struct observed *observed)
{
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size = 0;
	int error;

	if (tree_read(tree, PATH_BOOT_SIZES, FILE_SIZE_MAX, &bytes, &size) < 0)
		return 0;
	error = boot_sizes_parse(bytes, size, &observed->boot);
	return error == -EBADMSG ? 0 : error;
}

static int observe_path(const struct tree *tree, const char *path, struct observed *observed,
			struct read_failure *ret_failure)
{
	struct observed_path *slot = &observed->paths[observed->path_count];
	int error;

	for (size_t i = 0; i < observed->path_count; i++)
		if (observed->paths[i].path && strcmp(observed->paths[i].path, path) == 0)
			return 0;
	error = tree_look(tree, path, FILE_SIZE_MAX, &slot->file);
	/* Something else in the place of a folder below /run: no file of this boot is there, and nothing depends on one. */
	if (error < 0 && !(error == -ENOTDIR && artifact_is_of_boot(path)))
		return fail_reading(ret_failure, tree_prefix(tree), path, error);
	slot->path = path;
	observed->path_count++;
	return 0;
}

int observe_manifest(const struct tree *tree, struct observed *ret,
		     struct read_failure *ret_failure)
{
	struct observed observed = {0};
	int error = read_manifest(tree, &observed);

	if (error == 0)
		error = read_boot_sizes(tree, &observed);
	if (error < 0) {
		observed_done(&observed);
		return fail_reading(ret_failure, tree_prefix(tree), PATH_MANIFEST, error);
	}
	*ret = observed;
	return 0;
}

int observe_files(const struct tree *tree, struct observed *ret, struct read_failure *ret_failure)
{
	struct observed observed = {0};
	int error = observe_manifest(tree, &observed, ret_failure);

	if (error < 0)
		return error;
	observed.paths =
		calloc(artifact_path_count + observed.manifest.file_count, sizeof(*observed.paths));
	if (!observed.paths)
		error = -ENOMEM;
	for (size_t i = 0; i < artifact_path_count && error == 0; i++)
		error = observe_path(tree, artifact_paths[i], &observed, ret_failure);
	for (size_t i = 0; i < observed.manifest.file_count && error == 0; i++)
		error = observe_path(tree, observed.manifest.files[i].path, &observed, ret_failure);
	if (error < 0) {
		observed_done(&observed);
		return error;
	}
	*ret = observed;
	return 0;
}
