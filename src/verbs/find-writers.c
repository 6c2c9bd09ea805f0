/* Looks for whatever else writes the plan's values: files of sysctl.d, modprobe.d, ufw, tuned, and programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-writers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "verbs/folders.h"
#include "verbs/live.h"
#include "verbs/modprobe-files.h"

void texts_done(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		free(texts->own[i].path);
		free(texts->own[i].text);
	}
	free(texts->items);
	free(texts->own);
	*texts = (struct texts){0};
}

void host_writers_done(struct host_writers *found)
{
	writers_done(&found->writers);
	values_done(&found->values);
}

static int add_text(struct texts *texts, char *path, char *text)
{
	void *items = realloc(texts->items, (texts->count + 1) * sizeof(*texts->items));
	void *own;

	if (items)
		texts->items = items;
	own = items ? realloc(texts->own, (texts->count + 1) * sizeof(*texts->own)) : NULL;
	if (own)
		texts->own = own;
	if (!own) {
		free(path);
		free(text);
		return -ENOMEM;
	}
	texts->own[texts->count] = (struct text_own){path, text};
	texts->items[texts->count++] = (struct sysctl_file){path, text};
	return 0;
}

struct reading {
	const struct tree *tree;
	struct texts texts;
};

/* What is not there or cannot be read says nothing to its reader either. */
static int read_text(void *data, const char *path)
{
	struct reading *reading = data;
	char *CLEANUP(free_pointer) name = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	struct buffer b = {0};
	size_t size;
	int error = tree_read(reading->tree, path, FILE_SIZE_MAX, &text, &size);

	/* A link to nowhere hides the lower file of its name all the same. */
	if (error == -ENOLINK) {
		text = strdup("");
		error = text ? 0 : -ENOMEM;
	}
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	buffer_add(&b, path);
	error = buffer_steal(&b, &name, NULL);
	if (error < 0)
		return error;
	return add_text(&reading->texts, steal_pointer(&name), steal_pointer(&text));
}

int find_sysctl_files(const struct tree *tree, struct texts *ret)
{
	static const char *const folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
					      "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", NULL};
	struct reading reading = {.tree = tree};
	int error = folders_visit(tree, folders, ".conf", read_text, &reading);

	if (error == 0)
		error = read_text(&reading, "/etc/sysctl.conf");
	if (error < 0) {
		texts_done(&reading.texts);
		return error;
	}
	*ret = reading.texts;
	return 0;
}

/* One of ours as it shall be, whatever lies there now. */
static int put_one(const struct session *session, const char *name, struct texts *texts)
{
	const struct artifact *ours = plan_find_artifact(&session->plan, name);
	char *text = ours ? strdup(ours->bytes) : NULL, *path;

	/* One that is switched off is read as what it is. */
	if (!ours || session_is_masked(session, name)) {
		free(text);
		return 0;
	}
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->items[i].path, name) == 0) {
			free(texts->own[i].text);
			texts->own[i].text = text;
			texts->items[i].text = text;
			return 0;
		}
	path = strdup(name);
	if (!path) {
		free(text);
		return -ENOMEM;
	}
	return add_text(texts, path, text);
}

static int put_ours(const struct session *session, struct texts *texts)
{
	int error = put_one(session, PATH_SYSCTL, texts);

	return error < 0 ? error : put_one(session, PATH_BOOT_SYSCTL, texts);
}

/* Copies what follows NAME= up to the line's end, quotes taken away; "" if there is none. */
static void find_setting(const char *text, const char *name, char *ret, size_t size)
{
	size_t length = strlen(name);

	*ret = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t value;

		if (strncmp(text, name, length) != 0)
			continue;
		text += length + strspn(text + length, " \t");
		if (*text != '=')
			continue;
		text += 1 + strspn(text + 1, " \t\"'");
		value = strcspn(text, "\n\r\"' \t");
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
	find_setting(state, "ENABLED", enabled, sizeof(enabled));
	find_setting(defaults, "IPT_SYSCTL", path, sizeof(path));
	if (strcmp(enabled, "yes") != 0 || path[0] != '/')
		return 0;
	error = folders_read_file(context->tree, path, &text);
	if (text)
		writers_of_text(&found->values, path, text, NULL, WRITES_BY_UFW, true,
				&found->writers);
	return error;
}

static int read_profile(const struct context *context, const char *name, char *path, size_t size,
			char **ret)
{
	static const char *const folders[] = {"/etc/tuned/profiles", "/etc/tuned",
					      "/usr/lib/tuned/profiles", "/usr/lib/tuned"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && !*ret; i++) {
		(void)snprintf(path, size, "%s/%.64s/tuned.conf", folders[i], name);
		error = folders_read_file(context->tree, path, ret);
	}
	return error;
}

/* The active profile and those that it includes; a later one of them wins over those that it includes. */
static int find_tuned(const struct context *context, struct host_writers *found)
{
	char *CLEANUP(free_pointer) active = NULL;
	char *CLEANUP(free_pointer) main_file = NULL;
	char profile[65], reapply[8] = "";
	int error = folders_read_file(context->tree, "/etc/tuned/active_profile", &active);

	if (error == 0)
		error = folders_read_file(context->tree, "/etc/tuned/tuned-main.conf", &main_file);
	if (error < 0 || !active)
		return error;
	if (main_file)
		find_setting(main_file, "reapply_sysctl", reapply, sizeof(reapply));
	(void)snprintf(profile, sizeof(profile), "%.*s", (int)strcspn(active, " \n"), active);
	for (int depth = 0; depth < 8 && *profile && error == 0; depth++) {
		char *CLEANUP(free_pointer) text = NULL;
		char path[128];

		error = read_profile(context, profile, path, sizeof(path), &text);
		if (!text)
			break;
		/* By default tuned has sysctl.d read again behind its own values. */
		writers_of_text(&found->values, path, text, "sysctl", WRITES_BY_TUNED,
				strcmp(reapply, "0") == 0, &found->writers);
		find_setting(text, "include", profile, sizeof(profile));
	}
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

static int find_modprobe(const struct context *context, struct host_writers *found)
{
	struct modprobe_files CLEANUP(modprobe_files_done) files = {0};
	char command_line[4096] = "";
	int error = modprobe_files_read(context->tree, &files);

	if (error < 0)
		return error;
	if (live_is_wanted(context) &&
	    kernel_read(context->kernel, "/proc/cmdline", command_line, sizeof(command_line)) < 0)
		command_line[0] = '\0';
	writers_of_modprobe(&found->values, files.items, files.count, command_line,
			    &found->writers);
	return 0;
}

enum exit_code find_writers(struct context *context, const struct session *session,
			    struct host_writers *ret)
{
	struct texts CLEANUP(texts_done) texts = {0};
	struct host_writers found = {.writers.facts = &session->facts};
	int error = values_of_plan(&session->plan, &found.values);

	if (error == 0)
		error = find_sysctl_files(context->tree, &texts);
	if (error == 0)
		error = put_ours(session, &texts);
	if (error == 0) {
		writers_of_sysctl(&found.values, texts.items, texts.count, &found.writers);
		error = find_modprobe(context, &found);
	}
	if (error == 0)
		error = find_ufw(context, &found);
	if (error == 0)
		error = find_tuned(context, &found);
	if (error == 0)
		error = find_kube_proxy(context, &found);
	if (found.writers.out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		report_errno(context, "look for", "other writers of the values", error);
		host_writers_done(&found);
		return EXIT_FAILED;
	}
	*ret = found;
	return EXIT_DONE;
}

static json_t *text_of(const char *text)
{
	return text_is_utf8(text, strlen(text)) ? json_string(text) : json_string("?");
}

static void add_json(struct context *context, const struct writer *writer)
{
	struct buffer CLEANUP(buffer_clear) when = {0};

	writer_add_times(writer->times, &when);
	json_array_append_new(json_object_get(report_object(context->report), "writers"),
			      json_pack("{s:s, s:o, s:i, s:o, s:b, s:b, s:s}", "key",
					writer->value->key, "path", text_of(writer->path), "line",
					(int)writer->line, "value", text_of(writer->text), "wins",
					writer->wins != 0, "same", writer->same, "when",
					when.data ? when.data : ""));
}

static void say_winner(struct context *context, const struct writer *writer)
{
	struct buffer CLEANUP(buffer_clear) when = {0};
	char line[16] = "";

	writer_add_times(writer->wins, &when);
	if (writer->line)
		(void)snprintf(line, sizeof(line), ":%u", writer->line);
	report_message(
		context->report, SEVERITY_WARNING,
		"%s is overridden: %s%s%s sets %s (by %s); take that line out, or put its value "
		"into the configuration",
		writer->value->key, tree_prefix(context->tree), writer->path, line, writer->text,
		when.data ? when.data : "?");
}

bool writers_report(struct context *context, const struct host_writers *found)
{
	bool overridden = false;

	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];

		add_json(context, writer);
		if (!writer_takes_away(writer))
			continue;
		say_winner(context, writer);
		overridden = true;
	}
	return overridden;
}

void writers_say_others(struct context *context, const struct host_writers *found)
{
	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];
		char line[16] = "";

		if (writer_takes_away(writer))
			continue;
		if (writer->line)
			(void)snprintf(line, sizeof(line), ":%u", writer->line);
		report_message(context->report, SEVERITY_NOTE,
			       "%s%s%s sets %s as well (%s); it can be taken out now",
			       tree_prefix(context->tree), writer->path, line, writer->value->key,
			       writer->text);
	}
}

void writers_say_programs(struct context *context)
{
	static const struct {
		const char *command, *words;
	} programs[] = {
		{"\nkube-proxy\n",
		 "kube-proxy sets max, hashsize, tcp_established and tcp_close_wait as it starts, "
		 "unless "
		 "its configuration has conntrack.maxPerCore = 0 and min = 0, and timeouts of 0s"},
		{"\ndockerd\n", "dockerd gives containers values of their own where they ask for "
				"it (--sysctl), in their "
				"namespaces"},
		{"\ntuned\n",
		 "tuned sets what its profile says as it starts and when that changes"},
	};
	struct buffer CLEANUP(buffer_clear) commands = {0};

	if (!live_is_wanted(context))
		return;
	kernel_list_commands(context->kernel, &commands);
	for (size_t i = 0; commands.data && i < ARRAY_SIZE(programs); i++)
		if (strstr(commands.data, programs[i].command))
			report_message(context->report, SEVERITY_NOTE, "likely to write: %s",
				       programs[i].words);
}
