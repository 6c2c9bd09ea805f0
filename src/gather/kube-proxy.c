/* Finds kube-proxy and the values that its flags and its configuration set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/kube-proxy.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gather/kube-command.h"

/*
 * Returns whether a process of hyperkube is kube-proxy: it has other programs of Kubernetes, too.
 */
static int is_proxy(const struct host_daemon *daemon, bool *ret)
{
	struct kube_command CLEANUP(kube_command_done) command = {0};
	int error = kube_read_process(daemon, &command);

	if (error == 0)
		*ret = kube_words_find_program(&command.words) != SIZE_MAX;
	return error;
}

/* Finds the daemon that is kube-proxy; *ret stays NULL if there is none. -ENOMEM. */
static int find_daemon(const struct kube_search *search, const struct host_daemon **ret)
{
	int error = 0;

	*ret = kube_find_daemon(search, "kube-proxy");
	for (size_t i = 0; i < search->daemons.count && !*ret && error == 0; i++) {
		const struct host_daemon *daemon = &search->daemons.items[i];
		bool found = false;

		if (strcmp(daemon->command, "hyperkube") == 0)
			error = is_proxy(daemon, &found);
		if (found)
			*ret = daemon;
	}
	return error;
}

/*
 * Finds the command that starts kube-proxy. The file that the administrator can change comes first;
 * the process itself if there is none, or if the unit has variables for flags.
 */
static int find_command(struct kube_search *search, const struct host_daemon *daemon,
			struct kube_command *ret)
{
	size_t first;
	int error = kube_find_pod(search, ret);

	if (error < 0 || ret->path)
		return error;
	error = kube_find_unit(search, "kube-proxy.service", ret);
	first = kube_words_find_program(&ret->words);
	if (error < 0 || (first != SIZE_MAX && !kube_words_have_variable(&ret->words, first)))
		return error;
	/* A unit of another program has this name, or one whose flags are not known. */
	if (!daemon && first != SIZE_MAX)
		return 0;
	kube_command_done(ret);
	return daemon ? kube_read_process(daemon, ret) : 0;
}

/*
 * Reads files that tools for clusters write, if no command names one. Returns 1 if there is one,
 * else 0; -ENOMEM.
 */
static int open_known_files(struct kube_search *search, const struct kube_proxy *proxy)
{
	static const char *const paths[] = {
		"/var/lib/kube-proxy/config.conf",
		"/var/lib/kube-proxy/kube-proxy-config.yaml",
		"/etc/kubernetes/kube-proxy-config.yaml",
		"/etc/kubernetes/kube-proxy.yaml",
	};
	int found = 0, error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && error >= 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;

		error = reading_file(&search->reading, paths[i], &text);
		if (error == 0 && text)
			error = kube_add_config(search, paths[i], text, proxy);
		found = found || text;
	}
	if (error >= 0 && !found)
		error = found = kube_open_volumes(search, "config.conf", proxy);
	return error < 0 ? error : found;
}

/* Notes that kube-proxy runs, and nothing says how. */
static void note_unknown(const struct kube_search *search, const struct host_daemon *daemon)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%lu/cmdline", daemon->pid);
	reading_refuse(&search->reading, path,
		       "kube-proxy runs, but neither its flags nor its configuration can be read; "
		       "by default it sets max, hashsize and two timeouts when it starts");
}

/* Adds what a command says, or the configuration that it names. */
static int add_command(struct kube_search *search, const struct kube_command *command,
		       const struct host_daemon *daemon, struct kube_proxy *proxy)
{
	size_t first = kube_words_find_program(&command->words);
	const char *config;

	/* A process may have any name for its first word. */
	if (first == SIZE_MAX)
		first = 0;
	kube_note_cut(search, &command->words, command->path);
	proxy->path = command->path;
	proxy->minor = command->minor;
	if (first < command->words.count)
		proxy->line = command->words.items[first].line;
	config = kube_words_read(&command->words, first, proxy);
	if (config) {
		/* Lines of the command are none of the file's. */
		proxy->line = 0;
		return kube_open_config(search, daemon, config, proxy);
	}
	proxy->possible = proxy->possible || kube_words_have_variable(&command->words, first);
	kube_add_writers(search, proxy);
	return 0;
}

static int find_alone(struct kube_search *search)
{
	const struct host_daemon *daemon = NULL;
	struct kube_command CLEANUP(kube_command_done) command = {0};
	struct kube_proxy proxy = {.processors = search->processors};
	int error = find_daemon(search, &daemon);

	if (error == 0)
		error = find_command(search, daemon, &command);
	if (error < 0)
		return error;
	proxy.inactive = !daemon;
	if (!command.path) {
		error = open_known_files(search, &proxy);
		if (error == 0 && daemon)
			note_unknown(search, daemon);
		return error < 0 ? error : 0;
	}
	/* Whether the kubelet starts is not known. */
	proxy.possible = !daemon && command.is_pod;
	proxy.inactive = !daemon && !command.is_pod && !command.starts;
	return add_command(search, &command, daemon, &proxy);
}

int find_kube_proxy(const struct gathering *gathering, struct host_writers *found)
{
	struct kube_search CLEANUP(kube_search_done) search = {0};
	int error = kube_search_new(gathering, found, &search);

	if (error == 0)
		error = kube_find_distributions(&search);
	if (error == 0)
		error = find_alone(&search);
	return error < 0 ? error : 0;
}
