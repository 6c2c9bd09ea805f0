/* The scripts and commands that run at boot, with the files of rules that they load. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-scripts.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/users/boot-script.h"

bool boot_script_is_own(const char *path)
{
	static const char *const folders[] = {"/etc/", "/usr/local/", "/opt/", "/root/", "/srv/"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts_with(path, folders[i]))
			return true;
	return false;
}

/*
 * Judges the files that a command names: rule files of iptables-restore or nft, else possibly
 * scripts.
 */
static int judge_paths(struct boot_scripts *scripts, const char *loader, const char *line,
		       size_t size, bool sets_rules)
{
	const char *position = line, *word;
	size_t length;
	int error = 0;

	while (error == 0 && (word = boot_command_path(&position, line + size, &length))) {
		char *CLEANUP(free_pointer) path = strndup(word, length);

		if (!path)
			return -ENOMEM;
		if (sets_rules && !text_starts_with(path, "/dev/"))
			error = boot_rules_file(&scripts->rules, loader, path);
		else if (!sets_rules && scripts->depth < 2 && boot_script_is_own(path))
			error = boot_script(scripts, loader, path);
	}
	return error;
}

int boot_script_command(struct boot_scripts *scripts, const char *loader, const char *path,
			unsigned int line, const char *command, size_t size)
{
	struct boot_command found = {0};
	int error = boot_command_read(command, size, &found);

	if (error == 0 && found.asks)
		uses_of_boot_script(loader, path, line, scripts->uses);
	if (error == 0 && found.ipvs)
		uses_of_virtual_servers(loader, path, line, scripts->uses);
	return error < 0 ? error : judge_paths(scripts, loader, command, size, found.sets_rules);
}

/* Judges the text of a shell script. After a here-document begins, the rest is read as rules. */
static int judge_text(struct boot_scripts *scripts, const char *loader, const char *path,
		      const char *text)
{
	bool rules = false, servers = false;
	int error = 0;

	for (unsigned int number = 1, lines; *text && error == 0; number += lines) {
		const char *line = text + strspn(text, " \t");
		size_t size = boot_line_size(line, &lines);
		struct boot_command found = {0};

		text = line + size + (line[size] == '\n');
		if (*line != '#' || number == 1)
			error = boot_command_read(line, size, &found);
		if (error == 0 && found.is_loader && number == 1)
			return boot_rules_file(&scripts->rules, loader, path);
		if (error == 0 && rules && *line != '#')
			error = boot_text_asks(line, size);
		if (error > 0 || found.asks) {
			uses_of_boot_script(loader, path, number, scripts->uses);
			return 0;
		}
		if (found.ipvs && !servers)
			uses_of_virtual_servers(loader, path, number, scripts->uses);
		servers = servers || found.ipvs;
		rules = rules || found.reads_input;
		if (error == 0 && *line != '#')
			error = judge_paths(scripts, loader, line, size, found.sets_rules);
	}
	return error;
}

/* Reads a script once. must_run: a file that nobody may execute does not count. */
static int read_script(struct boot_scripts *scripts, const char *loader, const char *path,
		       bool must_run)
{
	char *CLEANUP(free_pointer) text = NULL;
	bool runs = true;
	int error = scripts->reading.full ? 0 : boot_rules_note(&scripts->rules, "script ", path);

	if (error > 0)
		error = reading_script(&scripts->reading, path, &runs, &text);
	if (error < 0 || !text || (must_run && !runs))
		return error;
	scripts->depth++;
	error = judge_text(scripts, loader, path, text);
	scripts->depth--;
	return error;
}

int boot_script(struct boot_scripts *scripts, const char *loader, const char *path)
{
	return read_script(scripts, loader, path, false);
}

int boot_script_executable(struct boot_scripts *scripts, const char *path)
{
	return read_script(scripts, path, path, true);
}

void boot_scripts_new(const struct gathering *gathering, struct uses *uses,
		      struct boot_scripts *ret)
{
	*ret = (struct boot_scripts){
		.gathering = gathering,
		.uses = uses,
		.reading = {.gathering = gathering, .kind = "scripts", .of_program = true},
	};
	boot_rules_new(gathering, uses, &ret->rules);
}

void boot_scripts_done(struct boot_scripts *scripts)
{
	boot_rules_done(&scripts->rules);
}
