/* The files of rules that services load at boot, with what these include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-boot-rules.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "verbs/folders.h"

/* As deep as nft goes (MAX_INCLUDE_DEPTH, include/nftables.h, 1.0.6), and no more than somebody writes by hand. */
#define DEPTH_MAX 16U
#define LOOKS_MAX 1000U

struct boot_rules {
	const struct tree *tree;
	struct uses *uses;
	unsigned int depth, looks;
};

static int judge_file(struct boot_rules *rules, const char *path);

static int expand(struct boot_rules *rules, const char *directory, const char *pattern);

/* The entries of a directory that match the part of a pattern before rest. */
static int expand_names(struct boot_rules *rules, const char *directory, const char *part,
			const char *rest)
{
	char **names = NULL;
	size_t count = 0;
	int error = tree_list(rules->tree, *directory ? directory : "/", "", &names, &count);

	/* A folder that cannot be listed is none. */
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (size_t i = 0; i < count && error == 0; i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};

		if (fnmatch(part, names[i], FNM_PERIOD) != 0)
			continue;
		buffer_printf(&path, "%s/%s", directory, names[i]);
		error = path.data ? expand(rules, path.data, rest) : -ENOMEM;
	}
	tree_names_free(names, count);
	return error;
}

/* The files that a pattern stands for, below a directory, without a slash at its end. */
static int expand(struct boot_rules *rules, const char *directory, const char *pattern)
{
	size_t start = strspn(pattern, "/"), length = strcspn(pattern + start, "/");
	char *CLEANUP(free_pointer) part = strndup(pattern + start, length);
	struct buffer CLEANUP(buffer_clear) path = {0};
	const char *rest = pattern + start + length;

	if (!part)
		return -ENOMEM;
	if (rules->looks++ >= LOOKS_MAX)
		return 0;
	if (length == 0)
		return judge_file(rules, directory);
	if (strpbrk(part, "*?["))
		return expand_names(rules, directory, part, rest);
	buffer_printf(&path, "%s/%s", directory, part);
	return path.data ? expand(rules, path.data, rest) : -ENOMEM;
}

static int judge_file(struct boot_rules *rules, const char *path)
{
	char *CLEANUP(free_pointer) text = NULL;
	const char *position;
	int error = 0, found = 1;

	if (rules->depth > DEPTH_MAX)
		return 0;
	error = folders_read_file(rules->tree, path, &text);
	if (error < 0 || !text)
		return error;
	uses_of_rules_file(path, text, rules->uses);
	position = text;
	rules->depth++;
	while (error == 0 && found > 0) {
		char *CLEANUP(free_pointer) pattern = NULL;

		found = uses_include_next(&position, &pattern);
		error = found > 0 ? expand(rules, "", pattern) : found;
	}
	rules->depth--;
	return error;
}

int find_boot_rules(const struct tree *tree, const char *unit, struct uses *uses)
{
	static const struct {
		const char *unit, *path;
	} files[] = {
		{"nftables.service", "/etc/nftables.conf"},
		{"nftables.service", "/etc/sysconfig/nftables.conf"},
		{"netfilter-persistent.service", "/etc/iptables/rules.v4"},
		{"netfilter-persistent.service", "/etc/iptables/rules.v6"},
		{"iptables.service", "/etc/sysconfig/iptables"},
		{"ip6tables.service", "/etc/sysconfig/ip6tables"},
	};
	struct boot_rules rules = {.tree = tree, .uses = uses};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files) && error == 0; i++)
		if (strcmp(unit, files[i].unit) == 0)
			error = judge_file(&rules, files[i].path);
	return error;
}
