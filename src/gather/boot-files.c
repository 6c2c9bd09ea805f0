/* What will need conntrack at the next boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-files.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/boot-docker.h"
#include "gather/boot-keys.h"
#include "gather/boot-networks.h"
#include "gather/boot-programs.h"
#include "gather/boot-quadlets.h"
#include "gather/boot-scripts.h"
#include "gather/boot-units.h"
#include "gather/foreign-files.h"
#include "gather/unit-state.h"
#include "model/users/programs.h"

/* What the visits work on. */
struct boot_files {
	const struct gathering *gathering;
	struct uses *uses, *live; /* uses at the next boot; uses now */
	struct boot_scripts scripts;
	struct reading units, programs;
	struct boot_keys keys;
	struct boot_docker docker;
	struct boot_programs known;
	bool starts_ufw;
};

static int judge_command(void *data, const char *loader, const char *path, unsigned int line,
			 const char *command, size_t size)
{
	struct boot_files *files = data;

	return boot_script_command(&files->scripts, loader, path, line, command, size);
}

static void visit_text(void *data, const char *loader, const char *path, const char *text)
{
	const struct boot_files *files = data;

	judge_tunnel(&files->known, loader, path, text);
}

static int note_file(void *data, const char *way, const char *path)
{
	struct boot_files *files = data;

	return boot_rules_note(&files->scripts.rules, way, path);
}

static int judge_folder(struct boot_files *files, const char *folder)
{
	struct names CLEANUP(names_done) paths = {0};
	int error = reading_paths(&files->scripts.reading, folder, "", &paths);

	for (size_t i = 0; i < paths.count && error == 0; i++)
		error = boot_script_executable(&files->scripts, paths.items[i]);
	return error;
}

/* Judges the script of a service that has no unit, from SysV init. */
static int judge_init_script(struct boot_files *files, const char *unit)
{
	char *CLEANUP(free_pointer) path = NULL;
	const char *dot = strrchr(unit, '.');

	if (!dot || strcmp(dot, ".service") != 0 || strchr(unit, '@'))
		return 0;
	path = text_format("/etc/init.d/%.*s", (int)(dot - unit), unit);
	return path ? boot_script(&files->scripts, unit, path) : -ENOMEM;
}

/*
 * Returns whether one of the findings from an index on is a file that certainly needs conntrack,
 * which says more than that its service often does.
 */
static bool has_certain_file(const struct uses *uses, size_t first)
{
	for (size_t i = first; i < uses->count; i++)
		if (!uses->items[i].program && uses->items[i].certainty == USE_CERTAIN)
			return true;
	return false;
}

static int visit_unit(void *data, const char *name, bool has_file)
{
	struct boot_files *files = data;
	/* All options of Docker's unit have been seen when the next unit begins. */
	int error = find_boot_docker(&files->docker, &files->programs, files->uses);
	size_t before = files->uses->count;

	files->starts_ufw = files->starts_ufw || strcmp(name, "ufw.service") == 0;
	if (error == 0 && !boot_docker_unit(&files->docker, name))
		error = find_boot_program(&files->known, name);
	if (error == 0)
		error = find_boot_rules(&files->scripts.rules, name);
	if (error == 0)
		error = find_boot_unit_keys(&files->keys, name);
	if (error == 0)
		error = find_boot_networks(&files->known, name);
	if (has_certain_file(files->uses, before)) {
		uses_drop_likely(files->uses, program_of_unit(name));
		uses_drop_likely(files->live, program_of_unit(name));
	}
	return error < 0 || has_file ? error : judge_init_script(files, name);
}

static int visit_command(void *data, const char *name, const char *path, unsigned int line,
			 const char *command, size_t size)
{
	struct boot_files *files = data;

	boot_docker_command(&files->docker, command, size);
	return boot_script_command(&files->scripts, name, path, line, command, size);
}

static int visit_environment(void *data, const char *name, const char *value, size_t size)
{
	struct boot_files *files = data;

	(void)name;
	return boot_docker_environment(&files->docker, &files->programs, value, size);
}

/*
 * Returns whether the last assignment in a file that a shell reads enables ufw; quotes do not
 * count.
 */
static bool is_enabled(const char *text)
{
	static const char key[] = "ENABLED=";
	bool enabled = false;

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		text_trim_line(&line, " \t");
		if (text_starts_with(line.text, key)) {
			const char *value = line.text + strlen(key);

			value += strspn(value, "\"'");
			enabled = text_starts_with(value, "yes") || text_starts_with(value, "YES");
		}
	}
	return enabled;
}

/* In an image without a unit of ufw, only ufw.conf says whether ufw starts. */
static int judge_ufw(struct boot_files *files)
{
	char *CLEANUP(free_pointer) text = NULL;
	enum file_kind unit = FILE_ABSENT;
	int error = files->starts_ufw ? 0 : unit_find(&files->programs, "ufw.service", &unit);

	if (error < 0 || unit != FILE_ABSENT)
		return error;
	error = reading_file(&files->programs, "/etc/ufw/ufw.conf", &text);
	if (error == 0 && text && is_enabled(text))
		uses_add(files->uses,
			 &(struct use_heading){.certainty = USE_CERTAIN,
					       .kind = "service",
					       .name = "ufw.service",
					       .breaks = "ufw cannot set its rules: this host has "
							 "no firewall"},
			 "enabled: its rules match on connection state");
	return error;
}

static int judge_modules_load(const struct boot_files *files)
{
	const struct text_files *loads;
	int error = foreign_files_get(files->gathering, FOREIGN_MODULES_LOAD, &loads);

	for (size_t i = 0; error == 0 && i < loads->count; i++)
		uses_of_modules_load(loads->items[i].path, loads->items[i].text, files->uses);
	return error;
}

static int judge_all(struct boot_files *files)
{
	static const char *const scripts[] = {"/etc/rc.local", "/etc/rc.d/rc.local"};
	static const char *const folders[] = {
		"/etc/network/if-pre-up.d",
		"/etc/network/if-up.d",
		"/etc/NetworkManager/dispatcher.d",
		"/etc/NetworkManager/dispatcher.d/pre-up.d",
		"/etc/networkd-dispatcher/routable.d",
		"/etc/networkd-dispatcher/configured.d",
		"/etc/local.d",
	};
	int error =
		find_boot_units(&files->units, &(struct unit_visitor){visit_unit, visit_command,
								      visit_environment, files});

	if (error == 0)
		error = find_boot_docker(&files->docker, &files->programs, files->uses);
	if (error == 0)
		error = judge_ufw(files);
	for (size_t i = 0; i < ARRAY_SIZE(scripts) && error == 0; i++)
		error = boot_script_executable(&files->scripts, scripts[i]);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++)
		error = judge_folder(files, folders[i]);
	if (error == 0)
		error = find_boot_keys(&files->keys);
	if (error == 0)
		error = find_boot_quadlets(&files->scripts.rules, &files->programs);
	if (error == 0)
		error = judge_modules_load(files);
	return error;
}

static void boot_files_done(struct boot_files *files)
{
	boot_docker_done(&files->docker);
	boot_scripts_done(&files->scripts);
}

int find_boot_files(const struct gathering *gathering, struct uses *uses)
{
	struct uses found = {0};
	struct boot_files CLEANUP(boot_files_done) files = {
		.gathering = gathering,
		.uses = &found,
		.live = uses,
		.units = {.gathering = gathering, .kind = "units"},
		.programs = {.gathering = gathering,
			     .kind = "firewalls' files",
			     .of_program = true},
		.keys = {.reading = &files.programs,
			 .command = judge_command,
			 .text = visit_text,
			 .note = note_file,
			 .data = &files},
		.known = {.scripts = &files.scripts, .reading = &files.programs, .uses = &found},
	};
	int error;

	boot_scripts_new(gathering, &found, &files.scripts);
	error = judge_all(&files);
	uses_mark_boot(&found);
	uses_merge_programs(uses, &found);
	uses_move(&found, uses, USES_MAX);
	return error;
}
