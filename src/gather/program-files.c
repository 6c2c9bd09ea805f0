/* Files of programs that write the plan's values as they start: ufw, tuned, kube-proxy. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/program-files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/reading.h"
#include "model/sources/program-settings.h"

#define PATH_UFW_DEFAULTS  "/etc/default/ufw"
#define PATH_TUNED_PROFILE "/etc/tuned/active_profile"

static void refuse_long_value(const struct reading *reading, const char *path)
{
	reading_refuse(reading, path,
		       "the list of files or profiles in it has more than 4,095 bytes; shorten it");
}

/* ufw sets the values of the file that its defaults name when it starts. */
static int find_ufw(struct reading *reading, struct host_writers *found)
{
	char *CLEANUP(free_pointer) state = NULL;
	char *CLEANUP(free_pointer) defaults = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	char path[PATH_MAX], enabled[8];
	int error = reading_file(reading, "/etc/ufw/ufw.conf", &state);

	if (error == 0)
		error = reading_file(reading, PATH_UFW_DEFAULTS, &defaults);
	if (error < 0 || !state || !defaults)
		return error;
	(void)program_setting_find(state, NULL, "ENABLED", SETTING_ONE_WORD, enabled,
				   sizeof(enabled));
	if (strcmp(enabled, "yes") != 0)
		return 0;
	if (!program_setting_find(defaults, NULL, "IPT_SYSCTL", SETTING_ONE_WORD, path,
				  sizeof(path)))
		refuse_long_value(reading, PATH_UFW_DEFAULTS);
	if (path[0] != '/')
		return 0;
	error = reading_file(reading, path, &text);
	if (text)
		writers_of_text(&found->values, path, text, NULL, SOURCE_UFW, true,
				&found->writers);
	return error;
}

/* More than enough: real hosts have 3 or 4 profiles that include each other. */
#define PROFILES_MAX 64U
/* Of a profile: its name has up to 255 bytes, as any name of a file. */
#define PROFILE_PATH_SIZE 300

/* What tuned has read, so that no profile is read twice. */
struct tuned {
	struct reading *reading;
	struct host_writers *found;
	struct buffer paths; /* "\nPATH\n", one after the other */
	unsigned int profiles;
	bool wins;
};

/*
 * Reads a profile, each file only once, because a profile may include one of the same name from a
 * later folder. If there is none, *ret stays NULL.
 */
static int read_profile(struct tuned *tuned, const char *name, char *path, size_t size, char **ret)
{
	static const char *const folders[] = {"/etc/tuned/profiles", "/etc/tuned",
					      "/usr/lib/tuned/profiles", "/usr/lib/tuned"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && !*ret; i++) {
		(void)snprintf(path, size, "\n%s/%.255s/tuned.conf\n", folders[i], name);
		if (tuned->paths.data && strstr(tuned->paths.data, path))
			continue;
		buffer_add(&tuned->paths, path);
		path[strlen(path) - 1] = '\0';
		memmove(path, path + 1, strlen(path));
		error = reading_file(tuned->reading, path, ret);
	}
	return error < 0 ? error : tuned->paths.error;
}

static bool is_one_too_many(struct tuned *tuned)
{
	tuned->profiles++;
	if (tuned->profiles > PROFILES_MAX)
		reading_refuse(tuned->reading, PATH_TUNED_PROFILE,
			       "tuned's profiles include more than 64 others; take out those that "
			       "nobody needs");
	return tuned->profiles > PROFILES_MAX;
}

/*
 * Reads the profiles of a list; later ones override earlier ones, and included profiles are read
 * first.
 */
static int read_profiles(struct tuned *tuned, char *names, const char *separators)
{
	char *rest = NULL;
	int error = 0;

	for (char *name = strtok_r(names, separators, &rest); name && error == 0;
	     name = strtok_r(NULL, separators, &rest)) {
		char *CLEANUP(free_pointer) text = NULL;
		char path[PROFILE_PATH_SIZE], included[4096];

		if (is_one_too_many(tuned))
			break;
		/* A name with a leading dash may be missing. */
		error = read_profile(tuned, name + (*name == '-'), path, sizeof(path), &text);
		if (error < 0 || !text)
			continue;
		if (!program_setting_find(text, "main", "include", SETTING_WHOLE_LINE, included,
					  sizeof(included)))
			refuse_long_value(tuned->reading, path);
		error = read_profiles(tuned, included, ",; \t");
		writers_of_text(&tuned->found->values, path, text, "sysctl", SOURCE_TUNED,
				tuned->wins, &tuned->found->writers);
	}
	return error;
}

static int find_tuned(struct reading *reading, struct host_writers *found)
{
	char *CLEANUP(free_pointer) active = NULL;
	char *CLEANUP(free_pointer) main_file = NULL;
	struct tuned tuned = {.reading = reading, .found = found};
	char reapply[8] = "";
	int error = reading_file(reading, PATH_TUNED_PROFILE, &active);

	if (error == 0)
		error = reading_file(reading, "/etc/tuned/tuned-main.conf", &main_file);
	if (error < 0 || !active)
		return error;
	if (main_file)
		(void)program_setting_find(main_file, NULL, "reapply_sysctl", SETTING_ONE_WORD,
					   reapply, sizeof(reapply));
	/* By default tuned applies sysctl.d again after its own values. */
	tuned.wins = program_setting_is_no(reapply);
	error = read_profiles(&tuned, active, " \t\r\n");
	buffer_clear(&tuned.paths);
	return error;
}

/* kubeadm and similar tools keep the file here. */
static int find_kube_proxy(struct reading *reading, struct host_writers *found)
{
	static const char *const paths[] = {"/var/lib/kube-proxy/config.conf",
					    "/var/lib/kube-proxy/kube-proxy-config.yaml",
					    "/etc/kubernetes/kube-proxy-config.yaml"};
	struct buffer CLEANUP(buffer_clear) commands = {0};
	int error = 0;

	if (reading->gathering->live)
		kernel_list_commands(reading->gathering->kernel, &commands);
	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;

		error = reading_file(reading, paths[i], &text);
		if (text)
			writers_of_kube_proxy(&found->values, paths[i], text,
					      commands.data &&
						      strstr(commands.data, "\nkube-proxy\n"),
					      &found->writers);
	}
	return error;
}

int find_programs(const struct gathering *gathering, struct host_writers *found)
{
	struct reading reading = {
		.gathering = gathering, .kind = "other programs' files", .of_program = true};
	int error = find_ufw(&reading, found);

	if (error == 0)
		error = find_tuned(&reading, found);
	return error < 0 ? error : find_kube_proxy(&reading, found);
}
