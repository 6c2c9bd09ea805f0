/* The files of rules that services load at boot, with what these include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "gather/patterns.h"
#include "model/users/rules-file.h"

/* As deep as nft goes (MAX_INCLUDE_DEPTH, include/nftables.h, 1.0.6). */
#define DEPTH_MAX  16U
#define BYTES_MAX  (64U << 20) /* of all files of rules */
#define PIECE_SIZE 16384U

void boot_rules_new(const struct gathering *gathering, struct uses *uses, struct boot_rules *ret)
{
	*ret = (struct boot_rules){
		.reading = {.gathering = gathering, .kind = "files of rules", .of_program = true},
		.uses = uses,
	};
}

void boot_rules_done(struct boot_rules *rules)
{
	text_set_done(&rules->seen);
}

int boot_rules_note(struct boot_rules *rules, const char *way, const char *path)
{
	return text_set_add(&rules->seen, way, path);
}

/* Patterns begin with a slash, and no number does. */
static int note_file(struct boot_rules *rules, const struct stat *status)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "%ju %ju", (uintmax_t)status->st_dev,
		       (uintmax_t)status->st_ino);
	return text_set_add(&rules->seen, "", key);
}

static int judge_file(struct boot_rules *rules, const char *path);

static int visit_included(void *data, const char *path)
{
	return judge_file(data, path);
}

/* Reads a piece and what it includes. */
static int judge_piece(struct boot_rules *rules, struct rules_file *file, const char *piece,
		       size_t size)
{
	const char *position = piece;
	int found = 1, error = 0;

	while (found > 0 && error == 0) {
		char *CLEANUP(free_pointer) pattern = NULL;

		found = rules_file_read(file, &position, piece + size, &pattern);
		error = found > 0 ? text_set_add(&rules->seen, "", pattern) : found;
		if (error > 0)
			error = expand_pattern(&rules->reading, &rules->names, pattern,
					       visit_included, rules);
	}
	return error;
}

static int judge_content(struct boot_rules *rules, const char *path, int fd,
			 struct rules_file *file)
{
	char piece[PIECE_SIZE];
	ssize_t size = 1;
	int error = 0;

	while (size != 0 && error == 0 && !rules->reading.full) {
		size = read(fd, piece, sizeof(piece));
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0) {
			reading_fail(&rules->reading, path, -errno);
			return 0;
		}
		rules->bytes += (size_t)size;
		if (rules->bytes > BYTES_MAX) {
			reading_refuse(&rules->reading, path,
				       "64 MiB of files of rules were read, and the program reads "
				       "no more");
			rules->reading.full = true;
			return 0;
		}
		error = judge_piece(rules, file, piece, (size_t)size);
	}
	return error;
}

/* Returns 1 if the file must be read. A link to /dev/null counts as an empty file. */
static int open_file(struct boot_rules *rules, const char *path, int *ret_fd)
{
	const struct tree *tree = rules->reading.gathering->tree;
	char *CLEANUP(free_pointer) none = NULL;
	struct stat status;
	size_t size;
	int error = tree_open_file(tree, path, ret_fd);

	if (error == -EINVAL)
		error = tree_read(tree, path, 0, &none, &size);
	else if (error == 0)
		return fstat(*ret_fd, &status) < 0 ? -errno : note_file(rules, &status);
	if (error < 0 && error != -ENOMEM && !reading_is_none(error))
		reading_fail(&rules->reading, path, error);
	return error == -ENOMEM ? error : 0;
}

static int judge_file(struct boot_rules *rules, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;
	struct rules_file file = {0};
	int error;

	if (rules->depth > DEPTH_MAX) {
		reading_refuse(&rules->reading, path,
			       "included more than 16 files deep, which nft refuses");
		return 0;
	}
	error = reading_count_file(&rules->reading, path);
	if (error > 0)
		error = open_file(rules, path, &fd);
	if (error <= 0)
		return error;
	rules->depth++;
	error = judge_content(rules, path, fd, &file);
	rules->depth--;
	rules_file_end(&file);
	if (file.long_name)
		reading_refuse(&rules->reading, path,
			       "it includes a file whose name has more than 4,095 bytes; shorten "
			       "the name");
	if (file.asks > 0)
		uses_of_rules_file(rules->loader, path, file.asks, file.ask_lines, rules->uses);
	return error;
}

int boot_rules_file(struct boot_rules *rules, const char *loader, const char *path)
{
	rules->loader = loader;
	return judge_file(rules, path);
}

int find_boot_rules(struct boot_rules *rules, const char *unit)
{
	/*
	 * Debian and Arch, then Fedora, then Alpine and Gentoo; the names of their packages' files.
	 */
	static const struct {
		const char *unit, *path;
	} files[] = {
		{"nftables.service", "/etc/nftables.conf"},
		{"nftables.service", "/etc/sysconfig/nftables.conf"},
		{"nftables.service", "/etc/nftables.nft"},
		{"nftables.service", "/etc/nftables/rules/main.nft"},
		{"nftables.service", "/var/lib/nftables/rules-save"},
		{"netfilter-persistent.service", "/etc/iptables/rules.v4"},
		{"netfilter-persistent.service", "/etc/iptables/rules.v6"},
		{"iptables-persistent.service", "/etc/iptables/rules.v4"},
		{"iptables-persistent.service", "/etc/iptables/rules.v6"},
		{"iptables.service", "/etc/iptables/rules.v4"},
		{"iptables.service", "/etc/sysconfig/iptables"},
		{"iptables.service", "/etc/iptables/iptables.rules"},
		{"iptables.service", "/etc/iptables/rules-save"},
		{"iptables.service", "/var/lib/iptables/rules-save"},
		{"ip6tables.service", "/etc/iptables/rules.v6"},
		{"ip6tables.service", "/etc/sysconfig/ip6tables"},
		{"ip6tables.service", "/etc/iptables/ip6tables.rules"},
		{"ip6tables.service", "/etc/iptables/rules6-save"},
		{"ip6tables.service", "/var/lib/ip6tables/rules-save"},
		{"ferm.service", "/etc/ferm/ferm.conf"},
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files) && error == 0; i++)
		if (strcmp(unit, files[i].unit) == 0)
			error = boot_rules_file(rules, unit, files[i].path);
	return error;
}
