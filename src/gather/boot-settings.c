/* Commands of scripts, units and tables of the boot that set values: rc.local, cron, ifupdown ... */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-settings.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text-set.h"
#include "base/text.h"
#include "gather/boot-keys.h"
#include "gather/boot-scripts.h"
#include "gather/boot-units.h"
#include "gather/foreign-files.h"
#include "gather/reading.h"
#include "model/plan/artifact.h"

/* A script that a script of the boot runs is read; one that this one runs is not. */
#define DEPTH_MAX 2U

static int note(struct boot_settings *settings, const char *way, const char *path)
{
	return text_set_add(&settings->seen, way, path);
}

static int note_file(void *data, const char *way, const char *path)
{
	return note(data, way, path);
}

/* A script that was read because something starts it is not read again where nothing does. */
static int note_script(struct boot_settings *settings, const char *path)
{
	int known = settings->origin.inactive ? text_set_has(&settings->seen, "script ", path) : 0;

	if (known != 0)
		return known < 0 ? known : 0;
	return note(settings, settings->origin.inactive ? "idle script " : "script ", path);
}

static int read_script(struct boot_settings *settings, const char *path, bool must_run);

/* sysctl -p FILE */
static int visit_loaded(void *data, unsigned int line, const char *path)
{
	struct boot_settings *settings = data;
	const struct writer_line *origin = &settings->origin;
	char *CLEANUP(free_pointer) text = NULL;
	int error;

	(void)line;
	if (*path != '/')
		return 0;
	error = note(settings, sources[origin->source].name, path);
	if (error > 0)
		error = reading_file(&settings->reading, path, &text);
	if (text)
		writers_of_text(&settings->found->values, path, text, NULL, origin->source,
				!origin->inactive, &settings->found->writers);
	return error;
}

static int visit_script(void *data, unsigned int line, const char *path)
{
	struct boot_settings *settings = data;

	(void)line;
	return settings->depth < DEPTH_MAX && boot_script_is_own(path)
		       ? read_script(settings, path, false)
		       : 0;
}

static struct shell_visitor visit_others(struct boot_settings *settings)
{
	return (struct shell_visitor){
		.file = visit_loaded, .script = visit_script, .data = settings};
}

/* Reads commands of the file that settings->origin names. */
static int read_commands(struct boot_settings *settings, const char *path, unsigned int line,
			 const char *text, size_t size, enum shell_form form)
{
	const struct shell_visitor others = visit_others(settings);
	struct writer_line before = settings->origin;
	int error;

	settings->origin.path = path;
	settings->origin.number = line;
	error = writers_of_shell(&settings->found->values, &settings->origin, text, size, form,
				 &others, &settings->found->writers);
	settings->origin = before;
	return error;
}

/* must_run: a file that nobody may execute is not started. */
static int read_script(struct boot_settings *settings, const char *path, bool must_run)
{
	char *CLEANUP(free_pointer) text = NULL;
	bool inactive = settings->origin.inactive, runs = true;
	int error = settings->reading.full ? 0 : note_script(settings, path);

	if (error > 0)
		error = reading_script(&settings->reading, path, &runs, &text);
	if (error < 0 || !text)
		return error;
	settings->origin.inactive = inactive || (must_run && !runs);
	settings->depth++;
	error = read_commands(settings, path, 1, text, strlen(text), SHELL_SCRIPT);
	settings->depth--;
	settings->origin.inactive = inactive;
	return error;
}

static int visit_unit_command(void *data, const char *name, const char *path, unsigned int line,
			      const char *command, size_t size)
{
	struct boot_settings *settings = data;
	size_t prefix = strspn(command, " \t@-:+!|");

	(void)name;
	settings->origin.source = SOURCE_UNIT;
	return read_commands(settings, path, line, command + prefix,
			     size > prefix ? size - prefix : 0, SHELL_ARGUMENTS);
}

static int read_init_script(struct boot_settings *settings, const char *name, size_t length)
{
	char *CLEANUP(free_pointer) path = text_format("/etc/init.d/%.*s", (int)length, name);

	settings->origin.source = SOURCE_SCRIPT;
	return path ? read_script(settings, path, false) : -ENOMEM;
}

static int visit_unit(void *data, const char *name, bool has_file)
{
	struct boot_settings *settings = data;
	const char *dot = strrchr(name, '.'), *at = strchr(name, '@');
	int error = note(settings, "unit ", name);

	/* The file of wg-quick@wg0.service is wg-quick@.service. */
	if (error >= 0 && at && dot) {
		char *CLEANUP(free_pointer)
			file = text_format("%.*s@%s", (int)(at - name), name, dot);

		error = file ? note(settings, "unit ", file) : -ENOMEM;
	}
	if (error >= 0)
		error = find_boot_unit_keys(&settings->keys, name);
	if (error < 0 || has_file || at || !dot || strcmp(dot, ".service") != 0)
		return error < 0 ? error : 0;
	return read_init_script(settings, name, (size_t)(dot - name));
}

/* Skips the five times of crontab(5), and the user where the table is not a user's own. */
static size_t skip_times(const char *path, const char *line, size_t size)
{
	size_t fields = text_starts_with(path, "/var/spool/") ? 0 : 1, at = 0;

	fields += isdigit((unsigned char)*line) || *line == '*' ? 5 : 0;
	for (; fields > 0; fields--) {
		while (at < size && strchr(" \t", line[at]))
			at++;
		while (at < size && !strchr(" \t", line[at]))
			at++;
	}
	return at;
}

/* A command of interfaces(5), crontab(5), wg-quick(8) or another service's file. */
static int visit_key_command(void *data, const char *loader, const char *path, unsigned int line,
			     const char *command, size_t size)
{
	struct boot_settings *settings = data;
	enum source before = settings->origin.source;
	size_t skipped;
	int error = 0;

	if (strcmp(loader, LOADER_IFUPDOWN) == 0)
		settings->origin.source = SOURCE_IFUPDOWN;
	else if (strcmp(loader, LOADER_CRON) == 0)
		settings->origin.source = SOURCE_CRON;
	else
		settings->origin.source = text_starts_with(loader, "wg-quick@") ? SOURCE_WG_QUICK
										: SOURCE_UNIT;
	if (settings->origin.source == SOURCE_CRON)
		skipped = skip_times(path, command, size);
	else
		skipped = strspn(command, " \t=");
	if (skipped < size)
		error = read_commands(settings, path, line, command + skipped, size - skipped,
				      SHELL_SCRIPT);
	settings->origin.source = before;
	return error;
}

static int read_folder(struct boot_settings *settings, const char *folder, bool must_run)
{
	struct names CLEANUP(names_done) paths = {0};
	int error = reading_paths(&settings->reading, folder, "", &paths);

	for (size_t i = 0; i < paths.count && error == 0; i++)
		error = read_script(settings, paths.items[i], must_run);
	return error;
}

/* Units that nothing starts: their commands are named, but override nothing. */
static int read_idle_units(struct boot_settings *settings, const char *folder)
{
	const struct unit_visitor visitor = {
		.unit = visit_unit, .command = visit_unit_command, .data = settings};
	struct names CLEANUP(names_done) paths = {0};
	int error = reading_paths(&settings->reading, folder, ".service", &paths);

	for (size_t i = 0; i < paths.count && error >= 0; i++) {
		const char *name = strrchr(paths.items[i], '/') + 1;

		error = text_set_has(&settings->seen, "unit ", name);
		if (error == 0)
			error = read_unit_file(&settings->reading, &visitor, name, paths.items[i]);
	}
	return error < 0 ? error : 0;
}

static int read_scripts(struct boot_settings *settings)
{
	static const struct {
		const char *path;
		enum source source;
		bool folder;
	} places[] = {
		{"/etc/rc.local", SOURCE_SCRIPT, false},
		{"/etc/rc.d/rc.local", SOURCE_SCRIPT, false},
		{"/etc/init.d/boot.local", SOURCE_SCRIPT, false},
		{"/etc/local.d", SOURCE_SCRIPT, true},
		{"/etc/network/if-pre-up.d", SOURCE_IFUPDOWN, true},
		{"/etc/NetworkManager/dispatcher.d", SOURCE_NETWORK_EVENT, true},
		{"/etc/NetworkManager/dispatcher.d/pre-up.d", SOURCE_NETWORK_EVENT, true},
		{"/etc/networkd-dispatcher/routable.d", SOURCE_NETWORK_EVENT, true},
		{"/etc/networkd-dispatcher/configured.d", SOURCE_NETWORK_EVENT, true},
		{"/etc/networkd-dispatcher/carrier.d", SOURCE_NETWORK_EVENT, true},
		{"/etc/cron.hourly", SOURCE_CRON, true},
		{"/etc/cron.daily", SOURCE_CRON, true},
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		settings->origin.source = places[i].source;
		error = places[i].folder ? read_folder(settings, places[i].path, true)
					 : read_script(settings, places[i].path, true);
	}
	return error;
}

/* The scripts that ifupdown runs behind the commands of interfaces(5). */
static int read_scripts_behind_keys(struct boot_settings *settings)
{
	settings->origin.source = SOURCE_IFUPDOWN;
	return read_folder(settings, "/etc/network/if-up.d", true);
}

/*
 * Reads units and scripts that nothing starts, only from the folders where administrators keep
 * their own.
 */
static int read_idle(struct boot_settings *settings)
{
	static const char *const folders[] = {"/etc/systemd/system",
					      "/usr/local/lib/systemd/system"};
	int error = 0;

	settings->origin.inactive = true;
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++)
		error = read_idle_units(settings, folders[i]);
	settings->origin.source = SOURCE_SCRIPT;
	if (error == 0)
		error = read_folder(settings, "/etc/init.d", false);
	settings->origin.inactive = false;
	return error;
}

void boot_settings_new(const struct gathering *gathering, struct host_writers *found,
		       struct boot_settings *ret)
{
	*ret = (struct boot_settings){
		.found = found,
		.reading = {.gathering = gathering, .kind = "scripts", .of_program = true},
		.keys = {.reading = &ret->reading,
			 .command = visit_key_command,
			 .note = note_file,
			 .data = ret,
			 .periodic = true},
	};
}

void boot_settings_done(struct boot_settings *settings)
{
	text_set_done(&settings->seen);
}

int find_boot_settings(struct boot_settings *settings)
{
	const struct unit_visitor visitor = {
		.unit = visit_unit, .command = visit_unit_command, .data = settings};
	int error = find_boot_units(&settings->reading, &visitor);

	if (error == 0)
		error = read_scripts(settings);
	if (error == 0)
		error = find_boot_keys(&settings->keys);
	if (error >= 0)
		error = read_scripts_behind_keys(settings);
	return error < 0 ? error : read_idle(settings);
}

int find_install_lines(struct boot_settings *settings, const struct modprobe_records *records)
{
	const struct shell_visitor others = visit_others(settings);

	settings->origin = (struct writer_line){.source = SOURCE_INSTALL_LINE};
	return writers_of_install_lines(&settings->found->values, records, &others,
					&settings->found->writers);
}

int find_event_settings(struct boot_settings *settings)
{
	const struct gathering *gathering = settings->reading.gathering;
	const struct shell_visitor others = visit_others(settings);
	struct host_writers *found = settings->found;
	const struct text_files *rules, *tmpfiles;
	int error = foreign_files_get(gathering, FOREIGN_UDEV, &rules);

	settings->origin = (struct writer_line){.source = SOURCE_UDEV};
	for (size_t i = 0; error == 0 && i < rules->count; i++)
		if (!artifact_is_read_at(rules->items[i].path))
			error = writers_of_udev(&found->values, rules->items[i].path,
						rules->items[i].text, &others, &found->writers);
	if (error == 0)
		error = foreign_files_get(gathering, FOREIGN_TMPFILES, &tmpfiles);
	for (size_t i = 0; error == 0 && i < tmpfiles->count; i++)
		writers_of_tmpfiles(&found->values, tmpfiles->items[i].path,
				    tmpfiles->items[i].text, &found->writers);
	return error;
}
