/* Files in which a key names a command for the boot: interfaces(5), crontab(5), VPNs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-keys.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/patterns.h"
#include "model/users/boot-script.h"

/* Administrators source one folder; ifupdown itself has no bound. */
#define DEPTH_MAX 16U

static bool is_key(const char *key, size_t length, const char *name)
{
	return strlen(name) == length && strncasecmp(key, name, length) == 0;
}

/*
 * "post-up" of interfaces(5), "PostUp" of wg-quick(8), "@reboot" of crontab(5), "up" of openvpn(8),
 * "updown" of strongSwan.
 */
static bool names_command(const char *key, size_t length)
{
	static const char *const names[] = {"up",	  "pre-up",	"post-up",  "PreUp",
					    "PostUp",	  "@reboot",	"route-up", "updown",
					    "leftupdown", "rightupdown"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_key(key, length, names[i]))
			return true;
	return false;
}

/* What is read, and for whom. */
struct key_file {
	struct boot_keys *keys;
	const char *loader, *path;
	bool includes; /* it is of interfaces(5): "source" names other files */
};

static int judge_keys(const struct key_file *file);

/* Each file is read once, so that files which source each other do not loop. */
static int visit_sourced(void *data, const char *path)
{
	const struct key_file *from = data;
	struct boot_keys *keys = from->keys;
	int error = keys->note(keys->data, "interfaces ", path);

	if (error <= 0)
		return error;
	if (keys->depth == DEPTH_MAX) {
		reading_refuse(keys->reading, path,
			       "sourced more than 16 files deep; source it from "
			       "/etc/network/interfaces");
		return 0;
	}
	keys->depth++;
	error = judge_keys(&(struct key_file){keys, from->loader, path, true});
	keys->depth--;
	return error;
}

/* ifupdown reads only these from a folder. */
static bool is_plain_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	for (const char *c = slash ? slash + 1 : path; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
			return false;
	return true;
}

static int visit_directory(void *data, const char *path)
{
	return is_plain_name(path) ? visit_sourced(data, path) : 0;
}

/*
 * Handles "source" and "source-directory" of interfaces(5). A relative path is searched beside the
 * file.
 */
static int judge_source(const struct key_file *file, bool directory, const char *value, size_t size)
{
	const char *end = value + size, *slash = strrchr(file->path, '/');
	struct key_file from = *file;
	int error = 0;

	while (error == 0) {
		struct buffer CLEANUP(buffer_clear) pattern = {0};
		size_t length;

		value += strspn(value, " \t\r\\");
		if (value >= end)
			break;
		length = strcspn(value, " \t\r\n");
		if (*value != '/' && slash)
			buffer_printf(&pattern, "%.*s/", (int)(slash - file->path), file->path);
		buffer_printf(&pattern, "%.*s%s", (int)length, value, directory ? "/*" : "");
		value += length;
		error = pattern.data
				? expand_pattern(file->keys->reading, &file->keys->names,
						 pattern.data,
						 directory ? visit_directory : visit_sourced, &from)
				: -ENOMEM;
	}
	return error;
}

/* Returns whether the line of a crontab has times: a number, or "*". */
static bool has_times(const struct key_file *file, const char *line)
{
	return file->keys->periodic && strcmp(file->loader, LOADER_CRON) == 0 &&
	       (isdigit((unsigned char)*line) || *line == '*');
}

static int judge_line(const struct key_file *file, unsigned int number, const char *line,
		      size_t size)
{
	size_t length = strcspn(line, " \t=\n");
	bool directory = is_key(line, length, "source-directory");

	if (length >= size)
		return 0;
	if (file->includes && (directory || is_key(line, length, "source")))
		return judge_source(file, directory, line + length, size - length);
	if (has_times(file, line))
		length = 0;
	else if (!names_command(line, length))
		return 0;
	return file->keys->command(file->keys->data, file->loader, file->path, number,
				   line + length, size - length);
}

/* The commands of a file whose lines begin with a key. Other lines are ignored. */
static int judge_keys(const struct key_file *file)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(file->keys->reading, file->path, &text);
	unsigned int number = 1, lines;

	if (text && file->keys->text)
		file->keys->text(file->keys->data, file->loader, file->path, text);
	for (const char *line = text; error == 0 && line && *line; number += lines) {
		size_t size;

		line += strspn(line, " \t");
		size = boot_line_size(line, &lines);
		error = judge_line(file, number, line, size);
		line += size + (line[size] == '\n');
	}
	return error;
}

static int judge_key_folder(struct key_file file, const char *folder, const char *suffix)
{
	struct names CLEANUP(names_done) paths = {0};
	int error = reading_paths(file.keys->reading, folder, suffix, &paths);

	for (size_t i = 0; i < paths.count && error == 0; i++) {
		file.path = paths.items[i];
		error = judge_keys(&file);
	}
	return error;
}

int find_boot_keys(struct boot_keys *keys)
{
	static const char *const tables[] = {"/etc/crontab", "/var/spool/cron/crontabs/root",
					     "/var/spool/cron/root"};
	struct key_file file = {.keys = keys, .loader = LOADER_IFUPDOWN, .includes = true};
	int error = visit_sourced(&file, "/etc/network/interfaces");

	/* ifupdown reads this folder because the file of its package sources it. */
	if (error == 0)
		error = expand_pattern(keys->reading, &keys->names, "/etc/network/interfaces.d/*",
				       visit_sourced, &file);
	file = (struct key_file){.keys = keys, .loader = LOADER_CRON};
	for (size_t i = 0; i < ARRAY_SIZE(tables) && error == 0; i++) {
		file.path = tables[i];
		error = judge_keys(&file);
	}
	return error < 0 ? error : judge_key_folder(file, "/etc/cron.d", "");
}

/* wg-quick@wg0.service runs the commands of wg0.conf. */
static int judge_instance(struct boot_keys *keys, const char *unit)
{
	static const struct {
		const char *prefix, *folder;
	} places[] = {
		{"wg-quick@", "/etc/wireguard"},
		{"awg-quick@", "/etc/amnezia/amneziawg"},
		{"openvpn@", "/etc/openvpn"},
		{"openvpn-server@", "/etc/openvpn/server"},
		{"openvpn-client@", "/etc/openvpn/client"},
	};
	const char *dot = strrchr(unit, '.');
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		char *CLEANUP(free_pointer) path = NULL;
		const char *name = unit + strlen(places[i].prefix);

		if (!text_starts_with(unit, places[i].prefix) || !dot || dot <= name)
			continue;
		path = text_format("%s/%.*s.conf", places[i].folder, (int)(dot - name), name);
		error = path ? judge_keys(&(struct key_file){keys, unit, path, false}) : -ENOMEM;
	}
	return error;
}

/*
 * Services that read a folder of their own. charon's own rules match on IPsec policies, which needs
 * no connection tracking; what an administrator's updown script does may.
 */
static int judge_service(struct boot_keys *keys, const char *unit)
{
	static const char *const swans[] = {"strongswan.service", "strongswan-starter.service",
					    "strongswan-swanctl.service", "ipsec.service"};
	static const char *const files[] = {"/etc/ipsec.conf", "/etc/strongswan/ipsec.conf",
					    "/etc/swanctl/swanctl.conf",
					    "/etc/strongswan/swanctl/swanctl.conf"};
	static const char *const folders[] = {"/etc/ipsec.d", "/etc/swanctl/conf.d",
					      "/etc/strongswan/swanctl/conf.d"};
	struct key_file file = {.keys = keys, .loader = unit};
	bool is_swan = false;
	int error = 0;

	if (strcmp(unit, "openvpn.service") == 0)
		return judge_key_folder(file, "/etc/openvpn", ".conf");
	for (size_t i = 0; i < ARRAY_SIZE(swans); i++)
		is_swan = is_swan || strcmp(unit, swans[i]) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(files) && is_swan && error == 0; i++) {
		file.path = files[i];
		error = judge_keys(&file);
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders) && is_swan && error == 0; i++)
		error = judge_key_folder(file, folders[i], ".conf");
	return error;
}

int find_boot_unit_keys(struct boot_keys *keys, const char *unit)
{
	int error = judge_instance(keys, unit);

	return error < 0 ? error : judge_service(keys, unit);
}
