/* The services that start at boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-units.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "gather/conf-dirs.h"
#include "model/users/programs.h"
#include "model/users/unit-file.h"

#define UNITS_MAX	 10000U
#define PRESETS_SIZE_MAX (256U << 10)

/* /run is left out, because its files do not outlast a reboot. */
static const char *const unit_folders[] = {
	"/etc/systemd/system",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
};

struct boot_units {
	struct reading *reading;
	const struct unit_visitor *visitor;
	struct text_set seen; /* names of units, and links in folders */
	struct names names;   /* those that start, in the order found */
	size_t visited;
};

static void boot_units_done(struct boot_units *units)
{
	names_done(&units->names);
	text_set_done(&units->seen);
}

static int append_unit(struct boot_units *units, const char *name, size_t size)
{
	char *CLEANUP(free_pointer) copy = strndup(name, size);
	int error;

	if (!copy)
		return -ENOMEM;
	error = size == 0 ? 0 : text_set_add(&units->seen, "", copy);
	if (error <= 0)
		return error;
	if (units->names.count == UNITS_MAX) {
		if (!units->reading->full)
			reading_refuse(units->reading, unit_folders[0],
				       "more than 10,000 units start at boot, and the program "
				       "reads no more; disable the ones that you do not need");
		units->reading->full = true;
		return 0;
	}
	return names_add(&units->names, copy);
}

/*
 * Finds what kind of file lies at a path, without its content. If that fails, the path counts as a
 * file, because it may be one.
 */
static int look_kind(const struct boot_units *units, const char *path, enum file_kind *ret,
		     char **ret_target, bool *ret_empty)
{
	struct observed_file CLEANUP(observed_file_clear) file = {0};
	int error = tree_look(units->reading->gathering->tree, path, 0, &file);

	if (error == -ENOMEM)
		return error;
	if (error < 0 && reading_is_none(error))
		*ret = FILE_ABSENT;
	else if (error < 0)
		*ret = FILE_REGULAR;
	else
		*ret = file.kind;
	*ret_empty = error == 0 && file.kind == FILE_REGULAR && file.size == 0;
	if (file.kind == FILE_SYMLINK)
		*ret_target = steal_pointer(&file.bytes);
	return 0;
}

/* Targets that a running host reaches when it goes down, sleeps or is repaired. */
static bool is_of_boot(const char *parent)
{
	static const char *const others[] = {
		"rescue.",   "emergency.", "shutdown.", "reboot.",   "poweroff.", "halt.",
		"kexec.",    "umount.",	   "final.",	"sleep.",    "suspend",	  "hibernate.",
		"hybrid-",   "initrd",	   "exit.",	"system-up", "ctrl-alt-", "soft-reboot.",
		"runlevel0", "runlevel1",  "runlevel6",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (text_starts_with(parent, others[i]))
			return false;
	return true;
}

/* The links of "multi-user.target.wants"; one in /etc hides that of the same name in /usr/lib. */
static int append_links(struct boot_units *units, const char *folder, const char *parent)
{
	char *CLEANUP(free_pointer) path = text_format("%s/%s", folder, parent);
	struct names CLEANUP(names_done) links = {0};
	int error = path ? reading_paths(units->reading, path, "", &links) : -ENOMEM;

	for (size_t i = 0; i < links.count && error == 0; i++) {
		const char *link = links.items[i], *name = strrchr(link, '/') + 1;
		char *CLEANUP(free_pointer) target = NULL;
		enum file_kind kind = FILE_ABSENT;
		bool empty;

		error = text_set_add(&units->seen, "", link + strlen(folder) + 1);
		if (error > 0)
			error = look_kind(units, link, &kind, &target, &empty);
		if (error == 0 && kind != FILE_MASKED && kind != FILE_ABSENT)
			error = append_unit(units, name, strlen(name));
	}
	return error;
}

static int append_wanted(struct boot_units *units, const char *folder)
{
	static const char *const suffixes[] = {".wants", ".requires", ".upholds"};
	int error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(suffixes) && error == 0; k++) {
		struct names CLEANUP(names_done) parents = {0};

		error = reading_list(units->reading, folder, suffixes[k], &parents);
		for (size_t i = 0; i < parents.count && error == 0; i++)
			if (is_of_boot(parents.items[i]))
				error = append_links(units, folder, parents.items[i]);
	}
	return error;
}

/* A unit's file, by the first folder that has it; its kind is FILE_ABSENT if none has. */
static int find_file(const struct boot_units *units, const char *name, struct buffer *path,
		     enum file_kind *ret, char **ret_target)
{
	bool empty = false;
	int error = 0;

	*ret = FILE_ABSENT;
	for (size_t i = 0; i < ARRAY_SIZE(unit_folders) && *ret == FILE_ABSENT && error == 0; i++) {
		buffer_reset(path);
		buffer_printf(path, "%s/%s", unit_folders[i], name);
		error = path->data ? look_kind(units, path->data, ret, ret_target, &empty)
				   : -ENOMEM;
	}
	/* systemd treats an empty file like a link to /dev/null. */
	if (empty)
		*ret = FILE_MASKED;
	return error;
}

/* SysV's and OpenRC's scripts count unless a unit has the name. */
static int append_script(struct boot_units *units, const char *name)
{
	struct buffer CLEANUP(buffer_clear) unit = {0}, path = {0};
	char *CLEANUP(free_pointer) target = NULL;
	enum file_kind kind = FILE_ABSENT;
	int error;

	buffer_printf(&unit, "%s.service", name);
	error = unit.data ? find_file(units, unit.data, &path, &kind, &target) : -ENOMEM;
	if (error < 0 || kind != FILE_ABSENT)
		return error;
	return append_unit(units, unit.data, unit.length);
}

static int append_scripts(struct boot_units *units)
{
	static const struct {
		const char *folder;
		size_t prefix; /* "S20" */
	} folders[] = {
		{"/etc/rcS.d", 3},	    {"/etc/rc2.d", 3},
		{"/etc/rc3.d", 3},	    {"/etc/rc5.d", 3},
		{"/etc/rc.d/rc3.d", 3},	    {"/etc/rc.d/rc5.d", 3},
		{"/etc/runlevels/boot", 0}, {"/etc/runlevels/default", 0},
	};
	int error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(folders) && error == 0; k++) {
		struct names CLEANUP(names_done) scripts = {0};
		size_t prefix = folders[k].prefix;

		error = reading_list(units->reading, folders[k].folder, "", &scripts);
		for (size_t i = 0; i < scripts.count && error == 0; i++) {
			const char *name = scripts.items[i];

			if (prefix == 0 || (*name == 'S' && strlen(name) > prefix))
				error = append_script(units, name + prefix);
		}
	}
	return error;
}

/* What the visit of presets works on: all their lines, first file first. */
struct presets {
	struct reading *reading;
	struct buffer lines;
};

static int visit_preset(void *data, const char *path)
{
	struct presets *presets = data;
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(presets->reading, path, &text);

	if (text && presets->lines.length + strlen(text) > PRESETS_SIZE_MAX)
		reading_refuse(presets->reading, path,
			       "this file and the presets before it have more than 256 KiB, and "
			       "the program reads no more");
	else if (text)
		buffer_printf(&presets->lines, "%s\n", text);
	return error < 0 ? error : presets->lines.error;
}

/*
 * Returns whether the first line that matches a unit says "enable". Without such a line the
 * distribution decides: no.
 */
static bool is_preset(const char *lines, const char *unit)
{
	for (struct text_line line = {.next = lines}; text_next_line(&line);) {
		char word[16], pattern[256], copy[300];

		if (line.length >= sizeof(copy))
			continue;
		(void)snprintf(copy, sizeof(copy), "%.*s", (int)line.length, line.text);
		if (sscanf(copy, " %15s %255s", word, pattern) == 2 && *word != '#' &&
		    fnmatch(pattern, unit, 0) == 0)
			return strcmp(word, "enable") == 0;
	}
	return false;
}

/* Returns the i-th unit of all known programs that is no template, or NULL behind the last. */
static const char *find_known(size_t i)
{
	const struct program *program;

	for (size_t k = 0; (program = program_get(k)); k++)
		for (size_t u = 0; u < PROGRAM_UNITS && program->units[u]; u++)
			if (!program_is_template(program) && i-- == 0)
				return program->units[u];
	return NULL;
}

/* systemd applies presets if a host boots without a machine ID. */
static int append_presets(struct boot_units *units)
{
	static const char *const folders[] = {"/etc/systemd/system-preset",
					      "/usr/local/lib/systemd/system-preset",
					      "/usr/lib/systemd/system-preset", NULL};
	static const char *const others[] = {
		"nftables", "iptables", "ip6tables", "ufw", "netfilter-persistent", "ferm"};
	char *CLEANUP(free_pointer) id = NULL;
	struct presets presets = {.reading = units->reading};
	int error = reading_file(units->reading, "/etc/machine-id", &id);
	const char *known;

	if (error < 0 || (id && !text_starts_with(id, "uninitialized")))
		return error;
	error = conf_dirs_visit(units->reading, folders, ".preset", visit_preset, &presets);
	for (size_t i = 0; error == 0 && presets.lines.data; i++) {
		struct buffer CLEANUP(buffer_clear) unit = {0}, path = {0};
		char *CLEANUP(free_pointer) target = NULL;
		enum file_kind kind = FILE_ABSENT;

		known = i < ARRAY_SIZE(others) ? others[i] : find_known(i - ARRAY_SIZE(others));
		if (!known)
			break;
		buffer_printf(&unit, "%s.service", known);
		if (!unit.data)
			error = -ENOMEM;
		else if (is_preset(presets.lines.data, unit.data))
			error = find_file(units, unit.data, &path, &kind, &target);
		if (error == 0 && kind != FILE_ABSENT)
			error = append_unit(units, unit.data, unit.length);
	}
	buffer_clear(&presets.lines);
	return error;
}

static int append_names(struct boot_units *units, const struct unit_line *line)
{
	const char *position = line->value, *end = position + line->size;
	int error = 0;

	while (position < end && error == 0) {
		size_t size;

		position += strspn(position, " \t\r\\\"");
		size = strcspn(position, " \t\r\\\"\n");
		if (position >= end)
			break;
		error = append_unit(units, position, size);
		position += size;
	}
	return error;
}

/* A command with the lines that continue it, joined by blanks as systemd joins them. */
static int read_command(const struct unit_visitor *visitor, const char *name, const char *path,
			struct unit_reader *reader, const struct unit_line *first)
{
	struct buffer CLEANUP(buffer_clear) command = {0};
	struct unit_line line = *first;

	buffer_add_bytes(&command, line.value, line.size);
	while (reader->continued == UNIT_RUNS && unit_read_line(reader, &line)) {
		buffer_add(&command, " ");
		buffer_add_bytes(&command, line.value, line.size);
	}
	if (command.error < 0)
		return command.error;
	return visitor->command(visitor->data, name, path, first->number,
				command.data ? command.data : "", command.length);
}

/* Reads a unit's file. units: gets the names that it pulls in; NULL: they do not count. */
static int read_unit(struct reading *reading, const struct unit_visitor *visitor, const char *name,
		     const char *path, struct boot_units *units)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct unit_reader reader = {0};
	struct unit_line line;
	int error = reading_file(reading, path, &text);

	if (error < 0 || !text)
		return error;
	reader.position = text;
	while (error == 0 && unit_read_line(&reader, &line))
		if (line.key == UNIT_RUNS)
			error = read_command(visitor, name, path, &reader, &line);
		else if (line.key == UNIT_SETS && visitor->environment)
			error = visitor->environment(visitor->data, name, line.value, line.size);
		else if (line.key != UNIT_SETS && units)
			error = append_names(units, &line);
	return error;
}

int read_unit_file(struct reading *reading, const struct unit_visitor *visitor, const char *name,
		   const char *path)
{
	return read_unit(reading, visitor, name, path, NULL);
}

/* /etc/systemd/system/NAME.d and so on. */
static int read_drop_ins(struct boot_units *units, const char *name)
{
	int error = 0;

	for (size_t k = 0; k < ARRAY_SIZE(unit_folders) && error == 0; k++) {
		char *CLEANUP(free_pointer) folder = text_format("%s/%s.d", unit_folders[k], name);
		struct names CLEANUP(names_done) paths = {0};

		error = folder ? reading_paths(units->reading, folder, ".conf", &paths) : -ENOMEM;
		for (size_t i = 0; i < paths.count && error == 0; i++)
			error = read_unit(units->reading, units->visitor, name, paths.items[i],
					  units);
	}
	return error;
}

/*
 * A socket, path or timer starts the service of its own name unless it names another one, which is
 * added as well.
 */
static int append_activated(struct boot_units *units, const char *name)
{
	static const char *const suffixes[] = {".socket", ".path", ".timer"};
	const char *dot = strrchr(name, '.');
	struct buffer CLEANUP(buffer_clear) service = {0};

	for (size_t i = 0; dot && i < ARRAY_SIZE(suffixes); i++)
		if (strcmp(dot, suffixes[i]) == 0) {
			buffer_printf(&service, "%.*s.service", (int)(dot - name), name);
			return service.data ? append_unit(units, service.data, service.length)
					    : -ENOMEM;
		}
	return 0;
}

/* "wg-quick@.service" of "wg-quick@wg0.service"; false: the unit is no instance. */
static bool add_template(const char *name, struct buffer *ret)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!at || !dot || dot < at || dot == at + 1)
		return false;
	buffer_printf(ret, "%.*s@%s", (int)(at - name), name, dot);
	return true;
}

static int visit_unit(struct boot_units *units, const char *name)
{
	struct buffer CLEANUP(buffer_clear) path = {0}, template = {0};
	char *CLEANUP(free_pointer) target = NULL;
	enum file_kind kind = FILE_ABSENT;
	int error = find_file(units, name, &path, &kind, &target);

	if (error == 0 && kind == FILE_ABSENT && add_template(name, &template))
		error = template.data ? find_file(units, template.data, &path, &kind, &target)
				      : -ENOMEM;
	if (error < 0 || kind == FILE_MASKED)
		return error;
	/* An alias: iptables.service may be a link to netfilter-persistent.service. */
	if (target) {
		const char *slash = strrchr(target, '/'), *real = slash ? slash + 1 : target;

		if (strcmp(real, name) != 0 && strchr(real, '.'))
			return append_unit(units, real, strlen(real));
	}
	error = units->visitor->unit(units->visitor->data, name, kind != FILE_ABSENT);
	if (error == 0)
		error = append_activated(units, name);
	if (error == 0 && kind != FILE_ABSENT)
		error = read_unit(units->reading, units->visitor, name, path.data, units);
	return error < 0 ? error : read_drop_ins(units, name);
}

int find_boot_units(struct reading *reading, const struct unit_visitor *visitor)
{
	static const char *const first[] = {"default.target", "multi-user.target",
					    "graphical.target"};
	struct boot_units CLEANUP(boot_units_done) units = {.reading = reading, .visitor = visitor};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(unit_folders) && error == 0; i++)
		error = append_wanted(&units, unit_folders[i]);
	if (error == 0)
		error = append_scripts(&units);
	if (error == 0)
		error = append_presets(&units);
	for (size_t i = 0; i < ARRAY_SIZE(first) && error == 0; i++)
		error = append_unit(&units, first[i], strlen(first[i]));
	/* Visits add names to the list, so the count is read each time. */
	while (error == 0 && units.visited < units.names.count)
		error = visit_unit(&units, units.names.items[units.visited++]);
	return error;
}
