/* Finds the commands that start kube-proxy: of static pods, of units and of processes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/kube-command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gather/unit-state.h"
#include "model/users/unit-file.h"

void kube_command_done(struct kube_command *command)
{
	kube_words_done(&command->words);
	free(command->path);
	*command = (struct kube_command){0};
}

static int set_path(struct kube_command *command, const char *path)
{
	command->path = strdup(path);
	return command->path ? 0 : -ENOMEM;
}

/* Reads the manifest of a pod, if kube-proxy is in it. */
static int read_manifest(struct kube_search *search, const char *path, struct kube_command *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct yaml_scalars scalars = {0};
	int error = reading_file(&search->reading, path, &text);

	if (error < 0 || !text || (!strstr(text, "kube-proxy") && !strstr(text, "hyperkube")))
		return error;
	error = kube_read_yaml(search, path, text, &scalars);
	if (error > 0)
		error = kube_words_add_pod(&ret->words, &scalars, &ret->minor);
	yaml_scalars_done(&scalars);
	if (error <= 0)
		return error;
	ret->is_pod = true;
	return set_path(ret, path);
}

int kube_find_pod(struct kube_search *search, struct kube_command *ret)
{
	static const char *const folders[] = {
		"/etc/kubernetes/manifests",
		"/var/lib/rancher/rke2/agent/pod-manifests",
		"/var/lib/rancher/k3s/agent/pod-manifests",
	};
	int error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(folders) && error == 0 && !ret->path; k++) {
		struct names CLEANUP(names_done) paths = {0};

		error = reading_paths(&search->reading, folders[k], "", &paths);
		for (size_t i = 0; i < paths.count && error == 0 && !ret->path; i++)
			error = read_manifest(search, paths.items[i], ret);
	}
	return error;
}

/* An empty ExecStart= drops the commands before it, as drop-ins need it. */
static int add_unit_words(struct kube_words *words, const char *text)
{
	struct unit_reader reader = {.position = text};
	struct unit_line line;
	int error = 0;

	while (error == 0 && unit_read_line(&reader, &line)) {
		if (line.key != UNIT_RUNS)
			continue;
		if (line.size == 0)
			kube_words_done(words);
		error = kube_words_add(words, line.value, line.size, line.number);
	}
	return error;
}

/* Reads a unit or a drop-in of it. Lines of a file before it have no number then. */
static int read_unit(struct kube_search *search, const char *path, struct kube_command *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct kube_words CLEANUP(kube_words_done) own = {0};
	int error = reading_file(&search->reading, path, &text);

	if (error == 0 && text)
		error = add_unit_words(&own, text);
	if (error < 0 || !text || (ret->path && own.count == 0))
		return error;
	for (size_t i = 0; i < ret->words.count; i++)
		ret->words.items[i].line = 0;
	free(ret->path);
	ret->path = NULL;
	error = add_unit_words(&ret->words, text);
	return error < 0 ? error : set_path(ret, path);
}

static int read_drop_ins(struct kube_search *search, const char *folder, const char *name,
			 struct kube_command *ret)
{
	struct names CLEANUP(names_done) paths = {0};
	char drop_ins[PATH_MAX];
	int error;

	(void)snprintf(drop_ins, sizeof(drop_ins), "%s/%s.d", folder, name);
	error = reading_paths(&search->reading, drop_ins, ".conf", &paths);
	for (size_t i = 0; i < paths.count && error == 0; i++)
		error = read_unit(search, paths.items[i], ret);
	return error;
}

int kube_find_unit(struct kube_search *search, const char *name, struct kube_command *ret)
{
	static const char *const folders[] = {"/etc/systemd/system",
					      "/usr/local/lib/systemd/system",
					      "/usr/lib/systemd/system", "/lib/systemd/system"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && !ret->path; i++) {
		char path[PATH_MAX];

		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		error = read_unit(search, path, ret);
	}
	if (error < 0 || !ret->path)
		return error;
	error = unit_is_wanted(&search->reading, name);
	ret->starts = error > 0;
	error = error < 0 ? error : 0;
	/* The drop-ins of /etc come last, because they override the others. */
	for (size_t i = ARRAY_SIZE(folders); i > 0 && error == 0; i--)
		error = read_drop_ins(search, folders[i - 1], name, ret);
	return error;
}

int kube_read_process(const struct host_daemon *daemon, struct kube_command *ret)
{
	char path[64];
	int error = kube_words_add_process(&ret->words, daemon->words, daemon->size);

	if (error < 0 || ret->words.count == 0)
		return error;
	(void)snprintf(path, sizeof(path), "/proc/%lu/cmdline", daemon->pid);
	return set_path(ret, path);
}
