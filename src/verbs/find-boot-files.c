/* What will need conntrack at the next boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-boot-files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/boot-script.h"
#include "verbs/find-boot-rules.h"
#include "verbs/find-boot-units.h"
#include "verbs/folders.h"

/* What the visits work on. */
struct boot_files {
	const struct context *context;
	struct uses *uses;
	struct boot_rules rules;
	struct reading units, scripts, programs;
	bool starts_ufw;
	unsigned int depth; /* of scripts that scripts run */
};

/* Where administrators keep scripts; what packages install elsewhere is known by the name of its unit. */
static bool is_own_script(const char *path)
{
	static const char *const folders[] = {"/etc/", "/usr/local/", "/opt/", "/root/", "/srv/"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts_with(path, folders[i]))
			return true;
	return false;
}

static int judge_script(struct boot_files *files, const char *loader, const char *path);

/* The files that a command names: rules if it is iptables-restore or nft, else perhaps a script. */
static int judge_paths(struct boot_files *files, const char *loader, const char *line, size_t size,
		       bool sets_rules)
{
	const char *position = line, *word;
	size_t length;
	int error = 0;

	while (error == 0 && (word = boot_command_path(&position, line + size, &length))) {
		char *CLEANUP(free_pointer) path = strndup(word, length);

		if (!path)
			return -ENOMEM;
		if (sets_rules && !text_starts_with(path, "/dev/"))
			error = boot_rules_file(&files->rules, loader, path);
		else if (!sets_rules && files->depth < 2 && is_own_script(path))
			error = judge_script(files, loader, path);
	}
	return error;
}

static int judge_command(struct boot_files *files, const char *loader, const char *path,
			 unsigned int line, const char *command, size_t size)
{
	struct boot_command found = {0};
	int error = boot_command_read(command, size, &found);

	if (error == 0 && found.asks)
		uses_of_boot_script(loader, path, line, files->uses);
	return error < 0 ? error : judge_paths(files, loader, command, size, found.sets_rules);
}

/* The text of a shell script. Behind a here-document the rest counts as rules. */
static int judge_text(struct boot_files *files, const char *loader, const char *path,
		      const char *text)
{
	bool rules = false;
	int error = 0;

	for (unsigned int number = 1; *text && error == 0; number++) {
		const char *line = text + strspn(text, " \t");
		size_t size = strcspn(line, "\n");
		struct boot_command found = {0};

		text = line + size + (line[size] == '\n');
		if (*line != '#' || number == 1)
			error = boot_command_read(line, size, &found);
		if (error == 0 && found.is_loader && number == 1)
			return boot_rules_file(&files->rules, loader, path);
		if (error == 0 && rules && *line != '#')
			error = boot_text_asks(line, size);
		if (error > 0 || found.asks) {
			uses_of_boot_script(loader, path, number, files->uses);
			return 0;
		}
		rules = rules || found.reads_input;
		if (error == 0 && *line != '#')
			error = judge_paths(files, loader, line, size, found.sets_rules);
	}
	return error;
}

/* A file that nobody may execute is not run, and each is read once. */
static int judge_script(struct boot_files *files, const char *loader, const char *path)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = files->scripts.full ? 0 : boot_rules_note(&files->rules, "script ", path);

	if (error > 0)
		error = reading_file(&files->scripts, path, &text);
	if (error < 0 || !text)
		return error;
	files->depth++;
	error = judge_text(files, loader, path, text);
	files->depth--;
	return error;
}

static int judge_executable(struct boot_files *files, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;
	struct stat status;

	if (tree_open_file(files->context->tree, path, &fd) == 0 && fstat(fd, &status) == 0 &&
	    (status.st_mode & 0111) == 0)
		return 0;
	return judge_script(files, path, path);
}

static int judge_folder(struct boot_files *files, const char *folder)
{
	char **names = NULL;
	size_t count = 0;
	int error = reading_list(&files->scripts, folder, "", &names, &count);

	for (size_t i = 0; i < count && error == 0; i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};

		buffer_printf(&path, "%s/%s", folder, names[i]);
		error = path.data ? judge_executable(files, path.data) : -ENOMEM;
	}
	tree_names_free(names, count);
	return error;
}

/*
 * The commands of a file whose lines begin with a key: "post-up" of interfaces(5), "PostUp =" of wg-quick(8), "@reboot" of
 * crontab(5). Other lines are passed over.
 */
static int judge_keys(struct boot_files *files, const char *loader, const char *path)
{
	static const char *const keys[] = {"up", "pre-up", "post-up", "PreUp", "PostUp", "@reboot"};
	char *CLEANUP(free_pointer) text = NULL;
	const char *line;
	int error = reading_file(&files->programs, path, &text);
	unsigned int number = 0;

	for (line = text; error == 0 && line && *line; line += strcspn(line, "\n")) {
		size_t length;

		line += *line == '\n';
		number++;
		line += strspn(line, " \t");
		length = strcspn(line, " \t=\n");
		for (size_t i = 0; i < ARRAY_SIZE(keys) && error == 0; i++)
			if (strlen(keys[i]) == length && memcmp(line, keys[i], length) == 0)
				error = judge_command(files, loader, path, number, line + length,
						      strcspn(line + length, "\n"));
	}
	return error;
}

static int judge_key_folder(struct boot_files *files, const char *loader, const char *folder)
{
	char **names = NULL;
	size_t count = 0;
	int error = reading_list(&files->programs, folder, "", &names, &count);

	for (size_t i = 0; i < count && error == 0; i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};

		buffer_printf(&path, "%s/%s", folder, names[i]);
		error = path.data ? judge_keys(files, loader, path.data) : -ENOMEM;
	}
	tree_names_free(names, count);
	return error;
}

static int judge_key_files(struct boot_files *files)
{
	static const struct {
		const char *loader, *path;
		bool is_folder;
	} places[] = {
		{"networking.service", "/etc/network/interfaces", false},
		{"networking.service", "/etc/network/interfaces.d", true},
		{"cron.service", "/etc/crontab", false},
		{"cron.service", "/etc/cron.d", true},
		{"cron.service", "/var/spool/cron/crontabs/root", false},
		{"cron.service", "/var/spool/cron/root", false},
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++)
		error = places[i].is_folder
				? judge_key_folder(files, places[i].loader, places[i].path)
				: judge_keys(files, places[i].loader, places[i].path);
	return error;
}

/* A network that its service starts with NAT: words are those of the file that say so. */
static int judge_network(struct boot_files *files, const char *unit, const char *path,
			 const char *const *words)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(&files->programs, path, &text);
	bool found = false;

	for (; text && *words && !found; words++)
		found = strstr(text, *words) != NULL;
	if (found)
		uses_add(files->uses,
			 &(struct use_heading){
				 .certainty = USE_CERTAIN,
				 .kind = "file",
				 .name = path,
				 .breaks =
					 "this host will boot without a network that it translates "
					 "addresses for"},
			 "is started at boot by %s and asks for NAT", unit);
	return error;
}

/* The networks with NAT of libvirt, systemd-networkd and NetworkManager. */
static int judge_networks(struct boot_files *files, const char *unit)
{
	static const char *const libvirt[] = {"<forward mode='nat'", "<forward mode=\"nat\"",
					      "<forward/>", NULL};
	static const char *const networkd[] = {"\nIPMasquerade=ipv4",
					       "\nIPMasquerade=ipv6",
					       "\nIPMasquerade=both",
					       "\nIPMasquerade=yes",
					       "\nIPMasquerade=true",
					       "\nIPMasquerade=1",
					       NULL};
	static const char *const manager[] = {"\nmethod=shared", NULL};
	static const struct {
		const char *unit, *folder, *suffix;
		const char *const *words;
	} places[] = {
		{"libvirtd.service", "/etc/libvirt/qemu/networks/autostart", ".xml", libvirt},
		{"virtnetworkd.service", "/etc/libvirt/qemu/networks/autostart", ".xml", libvirt},
		{"systemd-networkd.service", "/etc/systemd/network", ".network", networkd},
		{"NetworkManager.service", "/etc/NetworkManager/system-connections",
		 ".nmconnection", manager},
	};
	int error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(places) && error == 0; k++) {
		char **names = NULL;
		size_t count = 0;

		if (strcmp(unit, places[k].unit) != 0)
			continue;
		error = reading_list(&files->programs, places[k].folder, places[k].suffix, &names,
				     &count);
		for (size_t i = 0; i < count && error == 0; i++) {
			struct buffer CLEANUP(buffer_clear) path = {0};

			buffer_printf(&path, "%s/%s", places[k].folder, names[i]);
			error = path.data ? judge_network(files, unit, path.data, places[k].words)
					  : -ENOMEM;
		}
		tree_names_free(names, count);
	}
	return error;
}

/* wg-quick@wg0.service runs the commands of wg0.conf. */
static int judge_tunnel(struct boot_files *files, const char *unit)
{
	static const char prefix[] = "wg-quick@";
	struct buffer CLEANUP(buffer_clear) path = {0};
	const char *name = unit + strlen(prefix), *dot = strrchr(unit, '.');

	if (!text_starts_with(unit, prefix) || !dot || dot <= name)
		return 0;
	buffer_printf(&path, "/etc/wireguard/%.*s.conf", (int)(dot - name), name);
	return path.data ? judge_keys(files, unit, path.data) : -ENOMEM;
}

/* A service without a unit, of SysV init, has a script. */
static int judge_init_script(struct boot_files *files, const char *unit)
{
	struct buffer CLEANUP(buffer_clear) path = {0};
	const char *dot = strrchr(unit, '.');

	if (!dot || strcmp(dot, ".service") != 0 || strchr(unit, '@'))
		return 0;
	buffer_printf(&path, "/etc/init.d/%.*s", (int)(dot - unit), unit);
	return path.data ? judge_script(files, unit, path.data) : -ENOMEM;
}

static int visit_unit(void *data, const char *name, bool has_file)
{
	struct boot_files *files = data;
	int error;

	files->starts_ufw = files->starts_ufw || strcmp(name, "ufw.service") == 0;
	uses_of_unit(name, files->uses);
	error = find_boot_rules(&files->rules, name);
	if (error == 0)
		error = judge_tunnel(files, name);
	if (error == 0)
		error = judge_networks(files, name);
	return error < 0 || has_file ? error : judge_init_script(files, name);
}

static int visit_command(void *data, const char *name, const char *path, unsigned int line,
			 const char *command, size_t size)
{
	return judge_command(data, name, path, line, command, size);
}

/* The last assignment of a file that a shell reads, without its quotes. */
static bool is_enabled(const char *text)
{
	static const char key[] = "ENABLED=";
	bool enabled = false;

	while (*text) {
		text += strspn(text, " \t");
		if (text_starts_with(text, key)) {
			const char *value = text + strlen(key);

			value += strspn(value, "\"'");
			enabled = text_starts_with(value, "yes") || text_starts_with(value, "YES");
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return enabled;
}

/* Of an image that has no unit of ufw, ufw.conf alone says whether ufw starts. */
static int judge_ufw(struct boot_files *files)
{
	static const char *const units[] = {"/etc/systemd/system/ufw.service",
					    "/usr/lib/systemd/system/ufw.service",
					    "/lib/systemd/system/ufw.service"};
	char *CLEANUP(free_pointer) text = NULL;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(units) && !files->starts_ufw; i++) {
		struct observed_file CLEANUP(observed_file_clear) file = {0};

		error = tree_look(files->context->tree, units[i], 0, &file);
		if (error == -ENOMEM || error == -EFBIG || (error == 0 && file.kind != FILE_ABSENT))
			return error == -ENOMEM ? error : 0;
	}
	error = reading_file(&files->programs, "/etc/ufw/ufw.conf", &text);
	if (error == 0 && text && is_enabled(text))
		uses_add(files->uses,
			 &(struct use_heading){.certainty = USE_CERTAIN,
					       .kind = "service",
					       .name = "ufw.service",
					       .breaks = "ufw cannot set its rules: this host has "
							 "no firewall"},
			 "enabled: its rules match on connection state");
	return error;
}

struct loads_visit {
	struct reading *reading;
	struct uses *uses;
};

static int visit_loads(void *data, const char *path)
{
	const struct loads_visit *visit = data;
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(visit->reading, path, &text);

	if (text)
		uses_of_modules_load(path, text, visit->uses);
	return error;
}

static int judge_all(struct boot_files *files)
{
	static const char *const scripts[] = {"/etc/rc.local", "/etc/rc.d/rc.local"};
	static const char *const folders[] = {
		"/etc/network/if-pre-up.d",
		"/etc/network/if-up.d",
		"/etc/NetworkManager/dispatcher.d",
		"/etc/NetworkManager/dispatcher.d/pre-up.d",
		"/etc/networkd-dispatcher/routable.d",
		"/etc/networkd-dispatcher/configured.d",
		"/etc/local.d",
	};
	struct reading loads = {.context = files->context, .kind = "modules-load.d"};
	int error = find_boot_units(&files->units,
				    &(struct unit_visitor){visit_unit, visit_command, files});

	if (error == 0)
		error = judge_ufw(files);
	for (size_t i = 0; i < ARRAY_SIZE(scripts) && error == 0; i++)
		error = judge_executable(files, scripts[i]);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++)
		error = judge_folder(files, folders[i]);
	if (error == 0)
		error = judge_key_files(files);
	if (error == 0)
		error = folders_visit(&loads, modules_load_folders, ".conf", visit_loads,
				      &(struct loads_visit){&loads, files->uses});
	return error;
}

static void boot_files_done(struct boot_files *files)
{
	boot_rules_done(&files->rules);
}

int find_boot_files(const struct context *context, struct uses *uses)
{
	struct uses found = {0};
	struct boot_files CLEANUP(boot_files_done) files = {
		.context = context,
		.uses = &found,
		.units = {.context = context, .kind = "units"},
		.scripts = {.context = context, .kind = "scripts", .of_program = true},
		.programs = {.context = context, .kind = "firewalls' files", .of_program = true},
	};
	int error = boot_rules_new(context, &found, &files.rules);

	if (error == 0)
		error = judge_all(&files);
	uses_mark_boot(&found);
	uses_move(&found, uses, USES_MAX);
	return error;
}
