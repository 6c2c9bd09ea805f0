/* Files of programs that write the plan's values as they start: ufw, tuned, kube-proxy. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-programs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "verbs/folders.h"
#include "verbs/live.h"

#define ONE_WORD   "\n\r\"' \t"
#define WHOLE_LINE "\n\r#"

/* Copies what follows NAME= in a section (NULL: anywhere) up to one of the ends; "" if there is none. */
static void find_setting(const char *text, const char *section, const char *name, const char *ends,
			 char *ret, size_t size)
{
	size_t length = strlen(name), value;
	bool inside = !section;

	*ret = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (section && *text == '[')
			inside = text_starts_with(text + 1, section) &&
				 text[1 + strlen(section)] == ']';
		if (!inside || strncmp(text, name, length) != 0)
			continue;
		text += length + strspn(text + length, " \t");
		if (*text != '=')
			continue;
		text += 1 + strspn(text + 1, " \t\"'");
		value = strcspn(text, ends);
		if (value < size) {
			memcpy(ret, text, value);
			ret[value] = '\0';
		}
	}
}

/* ufw sets the file that its defaults name as it starts. */
static int find_ufw(const struct context *context, struct host_writers *found)
{
	char *CLEANUP(free_pointer) state = NULL;
	char *CLEANUP(free_pointer) defaults = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	char path[256], enabled[8];
	int error = folders_read_file(context->tree, "/etc/ufw/ufw.conf", &state);

	if (error == 0)
		error = folders_read_file(context->tree, "/etc/default/ufw", &defaults);
	if (error < 0 || !state || !defaults)
		return error;
	find_setting(state, NULL, "ENABLED", ONE_WORD, enabled, sizeof(enabled));
	find_setting(defaults, NULL, "IPT_SYSCTL", ONE_WORD, path, sizeof(path));
	if (strcmp(enabled, "yes") != 0 || path[0] != '/')
		return 0;
	error = folders_read_file(context->tree, path, &text);
	if (text)
		writers_of_text(&found->values, path, text, NULL, WRITES_BY_UFW, true,
				&found->writers);
	return error;
}

/* What tuned has read, so that no profile is read twice. */
struct tuned {
	const struct context *context;
	struct host_writers *found;
	struct buffer paths; /* "\nPATH\n", one after the other */
	bool wins;
};

/* No file twice, as a profile may include the one of its name in a folder behind; *ret stays NULL: there is none. */
static int read_profile(struct tuned *tuned, const char *name, char *path, size_t size, char **ret)
{
	static const char *const folders[] = {"/etc/tuned/profiles", "/etc/tuned",
					      "/usr/lib/tuned/profiles", "/usr/lib/tuned"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && !*ret; i++) {
		(void)snprintf(path, size, "\n%s/%.64s/tuned.conf\n", folders[i], name);
		if (tuned->paths.data && strstr(tuned->paths.data, path))
			continue;
		buffer_add(&tuned->paths, path);
		path[strlen(path) - 1] = '\0';
		memmove(path, path + 1, strlen(path));
		error = folders_read_file(tuned->context->tree, path, ret);
	}
	return error < 0 ? error : tuned->paths.error;
}

/* The profiles of a list, later ones over those before; each has those that it includes read first. */
static int read_profiles(struct tuned *tuned, char *names, const char *separators,
			 unsigned int depth)
{
	char *rest = NULL;
	int error = 0;

	for (char *name = strtok_r(names, separators, &rest); name && error == 0;
	     name = strtok_r(NULL, separators, &rest)) {
		char *CLEANUP(free_pointer) text = NULL;
		char path[128], included[256];

		/* "-NAME" is one that may be missing. */
		error = read_profile(tuned, name + (*name == '-'), path, sizeof(path), &text);
		if (error < 0 || !text)
			continue;
		find_setting(text, "main", "include", WHOLE_LINE, included, sizeof(included));
		if (depth > 0)
			error = read_profiles(tuned, included, ",; \t", depth - 1);
		writers_of_text(&tuned->found->values, path, text, "sysctl", WRITES_BY_TUNED,
				tuned->wins, &tuned->found->writers);
	}
	return error;
}

/* As Python reads a false boolean; by default tuned has sysctl.d read again behind its own values. */
static bool is_no(const char *word)
{
	static const char *const words[] = {"0", "no", "false", "off"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(word, words[i]) == 0)
			return true;
	return false;
}

static int find_tuned(const struct context *context, struct host_writers *found)
{
	char *CLEANUP(free_pointer) active = NULL;
	char *CLEANUP(free_pointer) main_file = NULL;
	struct tuned tuned = {.context = context, .found = found};
	char reapply[8] = "";
	int error = folders_read_file(context->tree, "/etc/tuned/active_profile", &active);

	if (error == 0)
		error = folders_read_file(context->tree, "/etc/tuned/tuned-main.conf", &main_file);
	if (error < 0 || !active)
		return error;
	if (main_file)
		find_setting(main_file, NULL, "reapply_sysctl", ONE_WORD, reapply, sizeof(reapply));
	tuned.wins = is_no(reapply);
	error = read_profiles(&tuned, active, " \t\r\n", 8);
	buffer_clear(&tuned.paths);
	return error;
}

/* Where kubeadm and its kin put it. */
static int find_kube_proxy(const struct context *context, struct host_writers *found)
{
	static const char *const paths[] = {"/var/lib/kube-proxy/config.conf",
					    "/var/lib/kube-proxy/kube-proxy-config.yaml",
					    "/etc/kubernetes/kube-proxy-config.yaml"};
	struct buffer CLEANUP(buffer_clear) commands = {0};
	int error = 0;

	if (live_is_wanted(context))
		kernel_list_commands(context->kernel, &commands);
	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;

		error = folders_read_file(context->tree, paths[i], &text);
		if (text)
			writers_of_kube_proxy(&found->values, paths[i], text,
					      commands.data &&
						      strstr(commands.data, "\nkube-proxy\n"),
					      &found->writers);
	}
	return error;
}

int find_programs(const struct context *context, struct host_writers *found)
{
	int error = find_ufw(context, found);

	if (error == 0)
		error = find_tuned(context, found);
	return error < 0 ? error : find_kube_proxy(context, found);
}
