/* Docker at the next boot: without rules of its own it needs no connection tracking to start. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-docker.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/users/docker.h"

void boot_docker_done(struct boot_docker *docker)
{
	buffer_clear(&docker->command);
	buffer_clear(&docker->environment);
}

bool boot_docker_unit(struct boot_docker *docker, const char *unit)
{
	static const char *const units[][2] = {
		{"docker.service", "/etc/docker/daemon.json"},
		{"snap.docker.dockerd.service", "/var/snap/docker/current/config/daemon.json"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(unit, units[i][0]) == 0) {
			docker->unit = units[i][0];
			docker->config = units[i][1];
			return true;
		}
	return false;
}

/*
 * If several lines name a command, the last one counts, because a drop-in replaces the command of
 * its unit.
 */
void boot_docker_command(struct boot_docker *docker, const char *command, size_t size)
{
	if (!docker->unit || !docker_is_daemon(command, size))
		return;
	buffer_reset(&docker->command);
	buffer_add_bytes(&docker->command, command, size);
}

/* The lines of a file of variables, but for comments. */
static void append_variables(struct buffer *environment, const char *text)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);)
		if (line.text[strspn(line.text, " \t")] != '#') {
			buffer_add_bytes(environment, line.text, line.length);
			buffer_add(environment, "\n");
		}
}

int boot_docker_environment(struct boot_docker *docker, struct reading *reading, const char *value,
			    size_t size)
{
	char *CLEANUP(free_pointer) path = NULL, *CLEANUP(free_pointer) text = NULL;
	int error;

	if (!docker->unit || size == 0)
		return 0;
	if (*value != '/' && *value != '-') {
		buffer_add_bytes(&docker->environment, value, size);
		buffer_add(&docker->environment, "\n");
		return docker->environment.error;
	}
	/* A leading dash says that the file may be missing. */
	path = strndup(value + (*value == '-'), strcspn(value, " \t\r\n") - (*value == '-'));
	error = path ? reading_file(reading, path, &text) : -ENOMEM;
	if (text)
		append_variables(&docker->environment, text);
	return error < 0 ? error : docker->environment.error;
}

int find_boot_docker(struct boot_docker *docker, struct reading *reading, struct uses *uses)
{
	struct buffer *command = &docker->command, *environment = &docker->environment;
	struct docker_options options = {0};
	char *CLEANUP(free_pointer) text = NULL, *CLEANUP(free_pointer) path = NULL;
	const char *named = NULL;
	size_t length;
	int error;

	if (!docker->unit)
		return 0;
	if (command->data)
		named = docker_config_path(command->data, command->length, &length);
	path = named ? strndup(named, length) : strdup(docker->config);
	error = path ? reading_file(reading, path, &text) : -ENOMEM;
	if (error < 0 || command->error < 0)
		return error < 0 ? error : command->error;
	if (text)
		docker_read_file(text, &options);
	if (environment->data && command->data && strchr(command->data, '$'))
		docker_read_words(environment->data, environment->length, &options);
	if (command->data)
		docker_read_words(command->data, command->length, &options);
	if (options.no_iptables && !options.ip6tables)
		uses_of_docker_without_rules(docker->unit, uses);
	else
		uses_of_unit(docker->unit, uses);
	boot_docker_done(docker);
	*docker = (struct boot_docker){0};
	return 0;
}
