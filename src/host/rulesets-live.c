/* The rules of this host's network namespaces themselves behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/kernel-file.h"
#include "host/legacy-tables.h"
#include "host/nft-rules.h"

#define OWN_NAMESPACE "/proc/self/ns/net"
/* More than a host of containers has; what is beyond is left out. */
#define NAMESPACES_MAX 1024

struct namespace
{
	dev_t device;
	ino_t inode;
};

struct walk {
	struct rulesets rulesets;
	struct namespace *seen;
	size_t seen_count;
	int own; /* to come back */
};

static void walk_done(struct walk *walk)
{
	free(walk->seen);
	rulesets_done(&walk->rulesets);
	if (walk->own >= 0)
		(void)close(walk->own);
}

/* The kernel shows one line a processor, each with the same number of entries, in hexadecimal, first. */
static void read_entries(struct ruleset *ruleset)
{
	char text[1024], *line;

	if (kernel_file_read("/proc/self/net/stat/nf_conntrack", text, sizeof(text)) < 0)
		return;
	line = strchr(text, '\n');
	if (!line)
		return;
	ruleset->entries = strtoul(line + 1, NULL, 16);
	ruleset->tracks = true;
}

/* Of the namespace that the process is in. */
static int read_rules(struct ruleset *ruleset)
{
	int error = 0;

	read_entries(ruleset);
	/* Asking nft would load it. */
	if (kernel_file_has_module("nf_tables"))
		error = nft_rules_read(&ruleset->nft);
	if (error == -ENOMEM)
		return error;
	ruleset->error = error;
	error = legacy_tables_read(ruleset);
	if (error == -ENOMEM)
		return error;
	if (ruleset->error == 0)
		ruleset->error = error;
	return 0;
}

/* 1: this one was not seen before. */
static int note(struct walk *walk, int fd)
{
	struct namespace *seen;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	for (size_t i = 0; i < walk->seen_count; i++)
		if (walk->seen[i].device == status.st_dev && walk->seen[i].inode == status.st_ino)
			return 0;
	seen = realloc(walk->seen, (walk->seen_count + 1) * sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	walk->seen = seen;
	seen[walk->seen_count++] = (struct namespace){status.st_dev, status.st_ino};
	return 1;
}

static int add(struct walk *walk, int fd, const char *where)
{
	struct ruleset *items =
		realloc(walk->rulesets.items, (walk->rulesets.count + 1) * sizeof(*items));
	struct ruleset ruleset = {0};
	int error = 0;

	if (!items)
		return -ENOMEM;
	walk->rulesets.items = items;
	ruleset.where = strdup(where);
	if (!ruleset.where)
		return -ENOMEM;
	if (fd >= 0 && setns(fd, CLONE_NEWNET) < 0)
		ruleset.error = -errno;
	else
		error = read_rules(&ruleset);
	if (error < 0) {
		ruleset_done(&ruleset);
		return error;
	}
	items[walk->rulesets.count++] = ruleset;
	return 0;
}

/* A file that stands for a namespace; what has gone in the meantime is none. */
static int visit(struct walk *walk, const char *path, const char *where)
{
	int CLEANUP(close_descriptor) fd = -1;
	int fresh;

	if (walk->rulesets.count >= NAMESPACES_MAX)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	fresh = note(walk, fd);
	return fresh == 1 ? add(walk, fd, where) : fresh == -ENOMEM ? fresh : 0;
}

static int visit_processes(struct walk *walk)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	int error = 0;

	while (processes && error == 0 && (entry = readdir(processes))) {
		char path[PATH_MAX], command[32] = "?", where[96];

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		(void)!kernel_file_read(path, command, sizeof(command));
		(void)snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		(void)snprintf(where, sizeof(where), "namespace of %s (%.20s)", command,
			       entry->d_name);
		error = visit(walk, path, where);
	}
	if (processes)
		(void)closedir(processes);
	return error;
}

/* Those that are kept by name, and may have no process. */
static int visit_names(struct walk *walk, const char *folder)
{
	DIR *names = opendir(folder);
	struct dirent *entry;
	int error = 0;

	while (names && error == 0 && (entry = readdir(names))) {
		char path[PATH_MAX], where[96];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)snprintf(where, sizeof(where), "namespace %.64s", entry->d_name);
		error = visit(walk, path, where);
	}
	if (names)
		(void)closedir(names);
	return error;
}

int rulesets_read(struct rulesets *ret)
{
	struct walk CLEANUP(walk_done) walk = {.own = open(OWN_NAMESPACE, O_RDONLY | O_CLOEXEC)};
	int error = 0;

	if (walk.own >= 0)
		error = note(&walk, walk.own);
	if (error >= 0)
		error = add(&walk, -1, "");
	/* Without a way back none is entered. */
	if (error == 0 && walk.own >= 0 && geteuid() == 0) {
		error = visit_names(&walk, "/run/netns");
		if (error == 0)
			error = visit_names(&walk, "/run/docker/netns");
		if (error == 0)
			error = visit_processes(&walk);
		if (setns(walk.own, CLONE_NEWNET) < 0 && error == 0)
			error = -errno;
	}
	if (error < 0)
		return error;
	*ret = walk.rulesets;
	walk.rulesets = (struct rulesets){0};
	return 0;
}
