/* Finds whatever else sets the plan's values: files of sysctl.d, modprobe.d, and of programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/find-writers.h"

#include <errno.h>
#include <string.h>

#include "gather/boot-settings.h"
#include "gather/foreign-files.h"
#include "gather/program-files.h"
#include "gather/reading.h"
#include "model/plan/artifact.h"
#include "steps/error-words.h"
#include "steps/report-writers.h"
#include "steps/unread.h"

/*
 * Adds our file of this name with the planned content. If the administrator disabled the file, the
 * list keeps what was read.
 */
static void put_planned(const struct comparison *comparison, const char *name,
			struct text_file *items, size_t *count)
{
	const struct artifact *ours = plan_find_artifact(&comparison->plan, name);
	size_t i = 0;

	if (!ours || comparison_is_masked(comparison, name))
		return;
	while (i < *count && strcmp(items[i].path, name) != 0)
		i++;
	items[i] = (struct text_file){name, ours->bytes};
	if (i == *count)
		++*count;
}

/*
 * Copies the list without our own files. The texts stay with `files`; the caller frees the array.
 * NULL: no memory.
 */
static struct text_file *copy_without_ours(const struct text_files *files, size_t *ret_count)
{
	/* Two of ours may be added. */
	struct text_file *items = calloc(files->count + 2, sizeof(*items));
	size_t count = 0;

	for (size_t i = 0; items && i < files->count; i++)
		if (!artifact_is_read_at(files->items[i].path))
			items[count++] = files->items[i];
	*ret_count = count;
	return items;
}

/*
 * Lists the files of sysctl.d with ours as planned, or without ours if comparison is NULL. The
 * texts stay where they are.
 */
static int list_sysctl(const struct context *context, const struct comparison *comparison,
		       struct text_file **ret, size_t *ret_count)
{
	const struct text_files *files;
	struct text_file *items;
	size_t count;
	int error = foreign_files_get(&context->gathering, FOREIGN_SYSCTL, &files);

	if (error < 0)
		return error;
	if (comparison) {
		count = files->count;
		items = calloc(count + 2, sizeof(*items));
		if (items && count > 0)
			memcpy(items, files->items, count * sizeof(*items));
	} else {
		items = copy_without_ours(files, &count);
	}
	if (!items)
		return -ENOMEM;
	if (comparison) {
		put_planned(comparison, PATH_SYSCTL, items, &count);
		put_planned(comparison, PATH_BOOT_SYSCTL, items, &count);
	}
	*ret = items;
	*ret_count = count;
	return 0;
}

static void copied_records_done(struct modprobe_records *records)
{
	free(records->items);
}

/* Copies the records without our own lines; release with copied_records_done(). */
static int copy_records(const struct modprobe_records *records, struct modprobe_records *ret)
{
	struct modprobe_records copy = *records;

	copy.items = calloc(records->count + 1, sizeof(*copy.items));
	copy.count = 0;
	if (!copy.items)
		return -ENOMEM;
	for (size_t i = 0; i < records->count; i++)
		if (!artifact_is_read_at(records->items[i].path))
			copy.items[copy.count++] = records->items[i];
	*ret = copy;
	return 0;
}

static int find_modprobe(struct context *context, bool with_ours, struct boot_settings *commands,
			 struct host_writers *found)
{
	const struct modprobe_records *records;
	struct modprobe_records CLEANUP(copied_records_done) others = {0};
	char command_line[4096] = "";
	int error = foreign_files_modprobe(&context->gathering, &records);

	if (error == 0 && !with_ours)
		error = copy_records(records, &others);
	if (error < 0)
		return error;
	records = with_ours ? records : &others;
	reading_command_line(&context->gathering, command_line, sizeof(command_line));
	writers_of_modprobe(&found->values, records, command_line, &found->writers);
	(void)writers_report_cut(context, &found->writers.sysctl_cut, records);
	return find_install_lines(commands, records);
}

/* comparison: NULL to look for what others set alone. */
static enum exit_code find_sources(struct context *context, const struct comparison *comparison,
				   struct host_writers *found, struct host_writers *ret)
{
	struct text_file *CLEANUP(free_pointer) sysctl = NULL;
	struct boot_settings CLEANUP(boot_settings_done) commands = {0};
	size_t count = 0;
	int error = list_sysctl(context, comparison, &sysctl, &count);

	boot_settings_new(&context->gathering, found, &commands);
	if (error == 0)
		writers_of_sysctl(&found->values, sysctl, count, &found->writers);
	if (error == 0)
		error = find_kernel_sysctl(&context->gathering, found);
	if (error == 0)
		error = find_modprobe(context, comparison, &commands, found);
	if (error == 0)
		error = find_event_settings(&commands);
	if (error == 0)
		error = find_boot_settings(&commands);
	if (error == 0)
		error = find_programs(&context->gathering, sysctl, count, found);
	report_unread_sources(context);
	if (found->writers.out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		report_errno(context, "look for", "other sources of the values", error);
		host_writers_done(found);
		return EXIT_FAILED;
	}
	*ret = *found;
	return EXIT_DONE;
}

enum exit_code find_writers(struct context *context, const struct comparison *comparison,
			    struct host_writers *ret)
{
	struct host_writers found = {.writers.facts = &comparison->facts};
	int error = values_of_plan(&comparison->plan, &found.values);

	if (error < 0) {
		report_errno(context, "look for", "other sources of the values", error);
		return EXIT_FAILED;
	}
	return find_sources(context, comparison, &found, ret);
}

enum exit_code find_all_writers(struct context *context, const struct facts *facts,
				struct host_writers *ret)
{
	struct host_writers found = {.writers.facts = facts};
	int error = values_of_schema(&found.values);

	if (error < 0) {
		report_errno(context, "look for", "the values of this host", error);
		return EXIT_FAILED;
	}
	return find_sources(context, NULL, &found, ret);
}
