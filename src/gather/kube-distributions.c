/* Finds kube-proxy inside of MicroK8s, k3s and RKE2, by the files of these. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gather/kube-command.h"

#define MICROK8S_FLAGS	 "/var/snap/microk8s/current/args/kube-proxy"
#define MICROK8S_VERSION "/snap/microk8s/current/meta/snap.yaml"

/* Adds the words of a file with one flag a line. */
static int add_lines(struct kube_words *words, const char *text)
{
	int error = 0;

	for (struct text_line line = {.next = text}; error == 0 && text_next_line(&line);)
		if (line.length > 0 && *line.text != '#')
			error = kube_words_add(words, line.text, line.length, line.number);
	return error;
}

static int find_microk8s_release(struct kube_search *search, unsigned int *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct yaml_scalars scalars = {0};
	const struct yaml_scalar *version;
	int error = reading_file(&search->reading, MICROK8S_VERSION, &text);

	if (error == 0 && text)
		error = kube_read_yaml(search, MICROK8S_VERSION, text, &scalars);
	version = yaml_scalars_find(&scalars, 1, "version");
	if (version)
		*ret = kube_release_minor(version->value);
	yaml_scalars_done(&scalars);
	return error < 0 ? error : 0;
}

static int find_microk8s(struct kube_search *search)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct kube_words CLEANUP(kube_words_done) words = {0};
	struct kube_proxy proxy = {.path = MICROK8S_FLAGS, .processors = search->processors};
	const char *config;
	int error = reading_file(&search->reading, MICROK8S_FLAGS, &text);

	if (error < 0 || !text)
		return error;
	error = add_lines(&words, text);
	if (error == 0)
		error = find_microk8s_release(search, &proxy.minor);
	if (error < 0)
		return error;
	kube_note_cut(search, &words, MICROK8S_FLAGS);
	proxy.inactive = !kube_find_daemon(search, "kubelite") &&
			 !kube_find_daemon(search, "kube-proxy");
	config = kube_words_read(&words, 0, &proxy);
	if (config)
		error = kube_open_config(search, NULL, config, &proxy);
	else
		kube_add_writers(search, &proxy);
	return error < 0 ? error : 1;
}

/* A distribution that has its own configuration with flags for kube-proxy. */
struct distribution {
	const char *file, *folder;
	const char *processes[4];
	const char *units[3];
};

static const struct distribution k3s = {
	.file = "/etc/rancher/k3s/config.yaml",
	.folder = "/etc/rancher/k3s/config.yaml.d",
	.processes = {"k3s-server", "k3s-agent", "k3s"},
	.units = {"k3s.service", "k3s-agent.service"},
};
static const struct distribution rke2 = {
	.file = "/etc/rancher/rke2/config.yaml",
	.folder = "/etc/rancher/rke2/config.yaml.d",
	.processes = {"rke2", "rke2-server", "rke2-agent"},
	.units = {"rke2-server.service", "rke2-agent.service"},
};

/* The settings that the files of a distribution have. */
struct settings {
	struct kube_words words;
	char path[PATH_MAX]; /* of the last file with flags, or the file to write them to */
	bool disabled;
	bool starts; /* a unit of it starts at boot */
};

static void settings_done(struct settings *settings)
{
	kube_words_done(&settings->words);
}

/* Lines belong to the last file that adds some. */
static void begin_file(struct settings *settings, const char *path)
{
	for (size_t i = 0; i < settings->words.count; i++)
		settings->words.items[i].line = 0;
	(void)snprintf(settings->path, sizeof(settings->path), "%s", path);
}

static int read_config(struct kube_search *search, const char *path, struct settings *settings)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct yaml_scalars scalars = {0};
	int error = reading_file(&search->reading, path, &text);

	if (error < 0 || !text)
		return error;
	if (strstr(text, "kube-proxy-arg") || !*settings->path)
		begin_file(settings, path);
	error = kube_read_yaml(search, path, text, &scalars);
	if (error > 0)
		error = kube_words_add_distribution(&settings->words, &scalars,
						    &settings->disabled);
	yaml_scalars_done(&scalars);
	return error < 0 ? error : 0;
}

static int read_configs(struct kube_search *search, const struct distribution *distribution,
			struct settings *settings)
{
	struct names CLEANUP(names_done) paths = {0};
	int error = read_config(search, distribution->file, settings);

	if (error == 0)
		error = reading_paths(&search->reading, distribution->folder, ".yaml", &paths);
	for (size_t i = 0; i < paths.count && error == 0; i++)
		error = read_config(search, paths.items[i], settings);
	return error;
}

/* Flags of the command override those of the files. */
static int read_units(struct kube_search *search, const struct distribution *distribution,
		      struct settings *settings)
{
	int error = 0;

	for (size_t i = 0; distribution->units[i] && error == 0; i++) {
		struct kube_command CLEANUP(kube_command_done) unit = {0};
		struct kube_words CLEANUP(kube_words_done) flags = {0};

		error = kube_find_unit(search, distribution->units[i], &unit);
		if (error == 0)
			error = kube_words_add_nested(&flags, &unit.words, &settings->disabled);
		settings->starts = settings->starts || unit.starts;
		if (error < 0 || !unit.path)
			continue;
		kube_note_cut(search, &unit.words, unit.path);
		if (flags.count > 0 || !*settings->path)
			begin_file(settings, unit.path);
		error = kube_words_add_nested(&settings->words, &unit.words, &settings->disabled);
	}
	return error;
}

static const struct host_daemon *find_process(const struct kube_search *search,
					      const struct distribution *distribution)
{
	const struct host_daemon *found = NULL;

	for (size_t i = 0; distribution->processes[i] && !found; i++)
		found = kube_find_daemon(search, distribution->processes[i]);
	return found;
}

/* The release of RKE2 is the tag of the image in the manifest that RKE2 writes. */
static int find_pod_release(struct kube_search *search, unsigned int *ret)
{
	struct kube_command CLEANUP(kube_command_done) pod = {0};
	int error = kube_find_pod(search, &pod);

	*ret = pod.minor;
	return error;
}

/* Returns 1 if the distribution is here, else 0. */
static int find_distribution(struct kube_search *search, const struct distribution *distribution)
{
	const struct host_daemon *process = find_process(search, distribution);
	struct settings CLEANUP(settings_done) settings = {0};
	struct kube_proxy proxy = {.path = settings.path, .processors = search->processors};
	/* RKE2 has kube-proxy in a static pod, so that its flags are found there. */
	bool has_process = distribution != &rke2;
	const char *config;
	int error = read_configs(search, distribution, &settings);

	if (error == 0)
		error = read_units(search, distribution, &settings);
	if (error == 0 && distribution == &rke2 && *settings.path)
		error = find_pod_release(search, &proxy.minor);
	if (error < 0 || settings.disabled || (!*settings.path && (!process || !has_process)))
		return error;
	if (!*settings.path)
		(void)snprintf(settings.path, sizeof(settings.path), "/proc/%lu/cmdline",
			       process->pid);
	kube_note_cut(search, &settings.words, settings.path);
	proxy.inactive = !process && !settings.starts;
	config = kube_words_read(&settings.words, 0, &proxy);
	if (config)
		error = kube_open_config(search, process, config, &proxy);
	else
		kube_add_writers(search, &proxy);
	return error < 0 ? error : 1;
}

int kube_find_distributions(struct kube_search *search)
{
	int error = find_microk8s(search);

	if (error == 0)
		error = find_distribution(search, &k3s);
	return error == 0 ? find_distribution(search, &rke2) : error;
}
