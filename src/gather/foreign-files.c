/* Reads the files of others that several steps need, each once a run. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/foreign-files.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "gather/conf-dirs.h"
#include "model/installed/observed-file.h"

/* The folder that counts most first. */
static const char *const sysctl_folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
					     "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", NULL};
/* /lib is the same as /usr/lib on merged systems. */
static const char *const modprobe_folders[] = {"/etc/modprobe.d",	    "/run/modprobe.d",
					       "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
					       "/lib/modprobe.d",	    NULL};
static const char *const modules_load_folders[] = {"/etc/modules-load.d", "/run/modules-load.d",
						   "/usr/local/lib/modules-load.d",
						   "/usr/lib/modules-load.d", NULL};
static const char *const udev_folders[] = {"/etc/udev/rules.d", "/run/udev/rules.d",
					   "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
					   NULL};

static const char *const tmpfiles_folders[] = {"/etc/tmpfiles.d", "/run/tmpfiles.d",
					       "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d",
					       NULL};

static const struct {
	const char *words; /* as messages name the kind */
	const char *const *folders;
	const char *suffix;
	const char *last; /* a file that is read after the folders, or NULL */
} kinds[] = {
	[FOREIGN_SYSCTL] = {"sysctl.d", sysctl_folders, ".conf", "/etc/sysctl.conf"},
	[FOREIGN_MODPROBE] = {"modprobe.d", modprobe_folders, ".conf", NULL},
	[FOREIGN_MODULES_LOAD] = {"modules-load.d", modules_load_folders, ".conf", NULL},
	[FOREIGN_UDEV] = {"udev rules", udev_folders, ".rules", NULL},
	[FOREIGN_TMPFILES] = {"tmpfiles.d", tmpfiles_folders, ".conf", NULL},
};
static_assert(ARRAY_SIZE(kinds) == FOREIGN_KINDS, "one row a kind");

static void text_files_done(struct text_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free_const(files->items[i].path);
		free_const(files->items[i].text);
	}
	free(files->items);
	*files = (struct text_files){0};
}

void foreign_files_done(struct foreign_files *files)
{
	for (size_t i = 0; i < FOREIGN_KINDS; i++)
		text_files_done(&files->kinds[i]);
	modprobe_records_done(&files->records);
	kept_texts_done(&files->texts);
	kept_texts_done(&files->scripts);
	free(files->linked);
	files->linked = NULL;
}

/* The state of a visit of a folder. */
struct foreign_visit {
	struct reading *reading;
	struct text_files *files;
};

/* Notes which file of sysctl.d is /etc/sysctl.conf under another name, as Debian 12 has it. */
static int note_link(const struct foreign_visit *visit, const char *path)
{
	static const char *const targets[] = {"../sysctl.conf", "/etc/sysctl.conf"};
	const struct gathering *gathering = visit->reading->gathering;
	char *CLEANUP(free_pointer) target = NULL;
	bool found = false;

	if (gathering->files->linked || !text_starts_with(path, "/etc/sysctl.d/"))
		return 0;
	if (tree_read_link(gathering->tree, path, &target) == 0)
		for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
			found |= strcmp(target, targets[i]) == 0;
	if (found)
		gathering->files->linked = strdup(path);
	return found && !gathering->files->linked ? -ENOMEM : 0;
}

static int read_foreign_file(void *data, const char *path)
{
	const struct foreign_visit *visit = data;
	struct text_files *files = visit->files;
	char *CLEANUP(free_pointer) text = NULL;
	char *CLEANUP(free_pointer) name = NULL;
	int error = reading_file(visit->reading, path, &text);

	if (error == 0 && text)
		error = note_link(visit, path);
	if (error < 0 || !text)
		return error;
	name = strdup(path);
	if (!name || array_grow(&files->items, files->count, sizeof(*files->items)) < 0)
		return -ENOMEM;
	files->items[files->count++] =
		(struct text_file){steal_pointer(&name), steal_pointer(&text)};
	return 0;
}

int foreign_files_get(const struct gathering *gathering, enum foreign_kind kind,
		      const struct text_files **ret)
{
	struct text_files *files = &gathering->files->kinds[kind];
	struct reading reading = {
		.gathering = gathering, .kind = kinds[kind].words, .is_held = true};
	struct foreign_visit visit = {&reading, files};
	int error = 0;

	if (!gathering->files->read[kind]) {
		error = conf_dirs_visit(&reading, kinds[kind].folders, kinds[kind].suffix,
					read_foreign_file, &visit);
		if (error == 0 && kinds[kind].last)
			error = read_foreign_file(&visit, kinds[kind].last);
	}
	if (error < 0) {
		text_files_done(files);
		return error;
	}
	gathering->files->read[kind] = true;
	*ret = files;
	return 0;
}

int foreign_files_modprobe(const struct gathering *gathering, const struct modprobe_records **ret)
{
	struct foreign_files *files = gathering->files;
	const struct text_files *texts;
	int error = foreign_files_get(gathering, FOREIGN_MODPROBE, &texts);

	if (error == 0 && !files->has_records)
		error = modprobe_records_read(texts->items, texts->count, &files->records);
	if (error < 0)
		return error;
	files->has_records = true;
	*ret = &files->records;
	return 0;
}
