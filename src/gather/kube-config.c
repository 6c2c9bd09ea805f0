/* Reads the configuration of kube-proxy, from wherever its file can be seen. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/kube-config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "host/yaml.h"

#define CONFIG_NAME "config.conf"

/* Counts the processors in a list such as "0-3,8". Returns 0 for any other text. */
static unsigned int count_processors(const char *list)
{
	unsigned long sum = 0;

	while (*list >= '0' && *list <= '9') {
		char *end = NULL;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last > 1000000)
			return 0;
		sum += last - first + 1;
		list = end + (*end == ',');
	}
	return *list == '\0' && sum <= 1000000 ? (unsigned int)sum : 0;
}

int kube_search_new(const struct gathering *gathering, struct host_writers *found,
		    struct kube_search *ret)
{
	static const char *const names[] = {"kube-proxy", "hyperkube",	 "kubelite",
					    "k3s",	  "k3s-server",	 "k3s-agent",
					    "rke2",	  "rke2-server", "rke2-agent"};
	struct kube_search search = {.reading = {.gathering = gathering,
						 .kind = "kube-proxy's files",
						 .of_program = true},
				     .found = found};
	char online[1024];
	int error = 0;

	if (gathering->live)
		error = kernel_find_daemons(gathering->kernel, names, ARRAY_SIZE(names),
					    &search.daemons);
	if (error < 0)
		return error;
	if (gathering->live && kernel_read(gathering->kernel, "/sys/devices/system/cpu/online",
					   online, sizeof(online)) == 0)
		search.processors = count_processors(online);
	*ret = search;
	return 0;
}

void kube_search_done(struct kube_search *search)
{
	daemons_done(&search->daemons);
}

const struct host_daemon *kube_find_daemon(const struct kube_search *search, const char *name)
{
	for (size_t i = 0; i < search->daemons.count; i++)
		if (strcmp(search->daemons.items[i].command, name) == 0)
			return &search->daemons.items[i];
	return NULL;
}

/* Returns why the text was not read, or NULL for -ENOMEM. */
static const char *explain(int error)
{
	switch (error) {
	case -EINVAL:
		return "this is not valid YAML; correct it";
	case -ELOOP:
		return "YAML aliases (*NAME) are not followed; write the values in their place";
	case -E2BIG:
		return "more than 20,000 keys and values, or 32 levels of YAML; split the file";
	case -EOPNOTSUPP:
		return "this program was built without libyaml; look at the file yourself";
	case -ENOMEM:
		return NULL;
	default:
		return "libyaml is not installed, or cannot be used; install it";
	}
}

int kube_read_yaml(struct kube_search *search, const char *path, const char *text,
		   struct yaml_scalars *ret)
{
	unsigned int line = 0;
	int error = yaml_read(text, strlen(text), ret, &line);
	const char *reason = explain(error);
	char words[128];

	if (error == 0)
		return 1;
	if (!reason)
		return -ENOMEM;
	if (line > 0)
		(void)snprintf(words, sizeof(words), "line %u: %s", line, reason);
	else
		(void)snprintf(words, sizeof(words), "%s", reason);
	reading_refuse(&search->reading, path, words);
	return 0;
}

void kube_add_writers(struct kube_search *search, const struct kube_proxy *proxy)
{
	char words[160];

	if (!proxy->wrong) {
		writers_of_kube_proxy(&search->found->values, proxy, &search->found->writers);
		return;
	}
	(void)snprintf(words, sizeof(words),
		       "line %u: kube-proxy does not accept this value of %s; correct it",
		       proxy->wrong_line, proxy->wrong);
	reading_refuse(&search->reading, proxy->path, words);
}

void kube_note_cut(const struct kube_search *search, const struct kube_words *words,
		   const char *path)
{
	if (words->cut)
		reading_refuse(
			&search->reading, path,
			"a command has more than 10,000 words; the words after them were not read");
}

/* Reads the document of a text, if there is one. Returns 1, 0 or -ENOMEM. */
static int add_document(struct kube_search *search, const struct yaml_scalars *scalars,
			const struct kube_proxy_origin *origin, const struct kube_proxy *proxy)
{
	unsigned int document = kube_proxy_find_document(scalars);
	struct kube_proxy read = *proxy;

	if (document == 0)
		return 0;
	kube_proxy_read_document(scalars, document, origin, &read);
	kube_add_writers(search, &read);
	return 1;
}

/* Reads the texts in a ConfigMap that are configurations of kube-proxy. */
static int add_config_map(struct kube_search *search, const struct yaml_scalars *scalars,
			  const struct kube_proxy *proxy)
{
	int found = 0;

	for (size_t i = 0; i < scalars->count; i++) {
		const struct yaml_scalar *scalar = &scalars->items[i];
		const struct kube_proxy_origin origin = {scalar->line, !scalar->is_literal};
		struct yaml_scalars inner = {0};
		int error;

		if (!text_starts_with(scalar->path, "data/") ||
		    !strstr(scalar->value, "KubeProxyConfiguration"))
			continue;
		error = kube_read_yaml(search, proxy->path, scalar->value, &inner);
		if (error > 0)
			error = add_document(search, &inner, &origin, proxy);
		yaml_scalars_done(&inner);
		if (error < 0)
			return error;
		found = found || error;
	}
	return found;
}

int kube_add_config(struct kube_search *search, const char *path, const char *text,
		    const struct kube_proxy *proxy)
{
	static const struct kube_proxy_origin origin = {.line = 1};
	struct yaml_scalars scalars = {0};
	struct kube_proxy read = *proxy;
	int error;

	read.path = path;
	error = kube_read_yaml(search, path, text, &scalars);
	if (error > 0)
		error = add_document(search, &scalars, &origin, &read);
	if (error == 0 && scalars.count > 0)
		error = add_config_map(search, &scalars, &read);
	yaml_scalars_done(&scalars);
	return error;
}

/* Reads a file of the host. Returns 1 if there is one, 0 or -ENOMEM. */
static int open_on_host(struct kube_search *search, const char *path,
			const struct kube_proxy *proxy)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(&search->reading, path, &text);

	if (error == 0 && text)
		error = kube_add_config(search, path, text, proxy);
	return error < 0 ? error : text != NULL;
}

/*
 * Reads a file in the root of a process. Returns 1; or 0 with *ret_error set to why it could not be
 * read; or -ENOMEM.
 */
static int open_in_process(struct kube_search *search, const struct host_daemon *daemon,
			   const char *path, const struct kube_proxy *proxy, int *ret_error)
{
	struct tree *CLEANUP(tree_closep) tree = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	char root[PATH_MAX], name[PATH_MAX + 64];
	size_t size;
	int error = daemon->root_error;

	(void)snprintf(name, sizeof(name), "/proc/%lu/root%s", daemon->pid, path);
	if (snprintf(root, sizeof(root), "%s/proc/%lu/root",
		     kernel_files_root(search->reading.gathering->kernel),
		     daemon->pid) >= (int)sizeof(root))
		error = -ENAMETOOLONG;
	if (error == 0)
		error = tree_open(root, &tree);
	if (error == 0 && reading_count_file(&search->reading, name) > 0)
		error = tree_read(tree, path, FILE_SIZE_MAX, &text, &size);
	if (error < 0) {
		*ret_error = error;
		return error == -ENOMEM ? error : 0;
	}
	error = text ? kube_add_config(search, name, text, proxy) : 0;
	return error < 0 ? error : text != NULL;
}

/* Reads a file in a volume, if it is a configuration of kube-proxy. Returns 1, 0 or -ENOMEM. */
static int open_in_volume(struct kube_search *search, const char *path,
			  const struct kube_proxy *proxy)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(&search->reading, path, &text);

	if (error < 0 || !text || !strstr(text, "KubeProxyConfiguration"))
		return error;
	error = kube_add_config(search, path, text, proxy);
	return error < 0 ? error : 1;
}

/* Reads this file in all ConfigMaps of a pod, whose volumes have any name. */
static int open_in_pod(struct kube_search *search, const char *pod, const char *name,
		       const struct kube_proxy *proxy)
{
	struct names CLEANUP(names_done) volumes = {0};
	char folder[PATH_MAX], path[PATH_MAX];
	int found = 0, error = 0;

	if (snprintf(folder, sizeof(folder), "%s/volumes/kubernetes.io~configmap", pod) <
	    (int)sizeof(folder))
		error = reading_paths(&search->reading, folder, "", &volumes);
	for (size_t i = 0; i < volumes.count && error >= 0; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", volumes.items[i], name) >=
		    (int)sizeof(path))
			continue;
		error = open_in_volume(search, path, proxy);
		found = found || error > 0;
	}
	return error < 0 ? error : found;
}

int kube_open_volumes(struct kube_search *search, const char *name, const struct kube_proxy *proxy)
{
	static const char *const folders[] = {"/var/lib/kubelet/pods", "/var/lib/k0s/kubelet/pods"};
	int found = 0, error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(folders) && error >= 0; k++) {
		struct names CLEANUP(names_done) pods = {0};

		error = reading_paths(&search->reading, folders[k], "", &pods);
		for (size_t i = 0; i < pods.count && error >= 0; i++) {
			error = open_in_pod(search, pods.items[i], name, proxy);
			found = found || error > 0;
		}
	}
	return error < 0 ? error : found;
}

int kube_open_config(struct kube_search *search, const struct host_daemon *daemon, const char *path,
		     const struct kube_proxy *proxy)
{
	const struct reading *reading = &search->reading;
	const char *slash = strrchr(path, '/');
	char name[PATH_MAX + 64];
	int reason = -ENOENT, found = 0;

	if (*path != '/') {
		reading_refuse(reading, proxy->path,
			       "--config names a file by a path relative to the working directory "
			       "of kube-proxy, which is not known; write an absolute path");
		return 0;
	}
	if (daemon && (daemon->root_is_apart || daemon->root_error == -EACCES ||
		       daemon->root_error == -EPERM))
		found = open_in_process(search, daemon, path, proxy, &reason);
	else
		found = open_on_host(search, path, proxy);
	if (found == 0)
		found = kube_open_volumes(search, slash[1] ? slash + 1 : CONFIG_NAME, proxy);
	if (found == 0 && daemon && daemon->root_is_apart)
		found = open_on_host(search, path, proxy);
	if (found != 0)
		return found < 0 ? found : 0;
	(void)snprintf(name, sizeof(name), "/proc/%lu/root%s", daemon ? daemon->pid : 0, path);
	if (daemon && !reading_is_none(reason))
		reading_fail(reading, name, reason);
	else
		reading_refuse(reading, path, "kube-proxy reads this file, but it does not exist");
	return 0;
}
