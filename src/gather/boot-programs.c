/* What the configuration of a program that starts at boot says of its need of conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-programs.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/patterns.h"
#include "model/users/program-config.h"
#include "model/users/programs.h"

/* What an option of a program's file means if it has the value, and if it has another one. */
enum option_effect {
	EFFECT_NONE,
	EFFECT_OFF,	/* the program sets no rules */
	EFFECT_LIKELY,	/* its rules may do without connection state */
	EFFECT_CERTAIN, /* it sets rules with connection state */
};

struct program_option {
	const char *unit, *path, *key, *value;
	enum option_effect if_is, if_other;
	bool other_if_unset; /* whether a file without the option counts as another value */
};

/* The names of the files are those of their packages. */
static const struct program_option options[] = {
	{"shorewall.service", "/etc/shorewall/shorewall.conf", "STARTUP_ENABLED", "No", EFFECT_OFF,
	 EFFECT_NONE, false},
	{"shorewall6.service", "/etc/shorewall6/shorewall6.conf", "STARTUP_ENABLED", "No",
	 EFFECT_OFF, EFFECT_NONE, false},
	{"firehol.service", "/etc/default/firehol", "START_FIREHOL", "NO", EFFECT_OFF, EFFECT_NONE,
	 false},
	{"ferm.service", "/etc/default/ferm", "ENABLED", "no", EFFECT_OFF, EFFECT_NONE, false},
	{"csf.service", "/etc/csf/csf.conf", "LF_SPI", "0", EFFECT_LIKELY, EFFECT_NONE, false},
	{"lxc-net.service", "/etc/default/lxc-net", "USE_LXC_BRIDGE", "false", EFFECT_OFF,
	 EFFECT_NONE, false},
	{"lxc-net.service", "/etc/default/lxc", "USE_LXC_BRIDGE", "false", EFFECT_OFF, EFFECT_NONE,
	 false},
	{"lxc-net.service", "/etc/sysconfig/lxc", "USE_LXC_BRIDGE", "false", EFFECT_OFF,
	 EFFECT_NONE, false},
	{"pve-firewall.service", "/etc/pve/firewall/cluster.fw", "enable", "1", EFFECT_CERTAIN,
	 EFFECT_OFF, true},
	{"proxmox-firewall.service", "/etc/pve/firewall/cluster.fw", "enable", "1", EFFECT_LIKELY,
	 EFFECT_OFF, true},
	{"ipvsadm.service", "/etc/default/ipvsadm", "AUTO", "true", EFFECT_NONE, EFFECT_OFF, true},
};

/* Adds "PATH has KEY = VALUE" to reason. */
static enum option_effect judge_option(const struct program_option *option, const char *text,
				       struct buffer *reason)
{
	enum option_state state = program_option_find(text, option->key, option->value);

	if (state == OPTION_UNSET && !option->other_if_unset)
		return EFFECT_NONE;
	if (state != OPTION_IS)
		return option->if_other;
	buffer_reset(reason);
	buffer_printf(reason, "%s has %s = %s", option->path, option->key, option->value);
	return option->if_is;
}

static int judge_options(struct boot_programs *programs, const char *unit, enum option_effect *ret,
			 struct buffer *reason)
{
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options) && error == 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;
		enum option_effect effect = EFFECT_NONE;

		if (strcmp(unit, options[i].unit) != 0)
			continue;
		error = reading_file(programs->reading, options[i].path, &text);
		if (text)
			effect = judge_option(&options[i], text, reason);
		if (effect != EFFECT_NONE)
			*ret = effect;
	}
	return error < 0 ? error : reason->error;
}

/* What the visit of keepalived's files works on. */
struct servers_visit {
	struct boot_programs *programs;
	const char *unit;
	bool read;
	unsigned int depth; /* of files that include others */
	unsigned int includes;
};

/* keepalived itself has no bounds; real configurations are far below these. */
#define DEPTH_MAX    8U
#define INCLUDES_MAX 1000U

static int visit_servers(void *data, const char *path);

/* Follows the lines "include PATTERN"; a relative one is beside the file. */
static int visit_includes(struct servers_visit *visit, const char *path, const char *text)
{
	const char *slash = strrchr(path, '/');
	int error = 0;

	for (struct text_line line = {.next = text}; error == 0 && text_next_line(&line);) {
		struct buffer CLEANUP(buffer_clear) pattern = {0};
		const char *rest = line.text;
		struct text_word word = text_next_word(&rest);

		if (!text_word_is(&word, "include"))
			continue;
		word = text_next_word(&rest);
		if (word.length == 0)
			continue;
		if (visit->includes++ == INCLUDES_MAX) {
			reading_refuse(visit->programs->reading, path,
				       "1,000 lines with include were read; the files that further "
				       "lines include were not");
			return 0;
		}
		if (*word.text != '/')
			buffer_add_bytes(&pattern, path, (size_t)(slash - path) + 1);
		buffer_add_bytes(&pattern, word.text, word.length);
		error = pattern.error < 0
				? pattern.error
				: expand_pattern(visit->programs->reading, &visit->programs->names,
						 pattern.data, visit_servers, visit);
	}
	return error;
}

static int visit_servers(void *data, const char *path)
{
	struct servers_visit *visit = data;
	struct boot_programs *programs = visit->programs;
	char *CLEANUP(free_pointer) text = NULL;
	int error = boot_rules_note(&programs->scripts->rules, "keepalived ", path);
	unsigned int line;

	if (error > 0 && visit->depth == DEPTH_MAX) {
		reading_refuse(programs->reading, path,
			       "included more than 8 files deep; include it from keepalived.conf");
		return 0;
	}
	if (error > 0)
		error = reading_file(programs->reading, path, &text);
	if (error < 0 || !text)
		return error;
	visit->read = true;
	line = program_word_line(text, "virtual_server");
	if (line > 0)
		uses_of_virtual_servers(visit->unit, path, line, programs->uses);
	visit->depth++;
	error = visit_includes(visit, path, text);
	visit->depth--;
	return error;
}

/* keepalived without virtual servers is VRRP alone, which needs no connection tracking. */
static int judge_keepalived(struct boot_programs *programs, const char *unit)
{
	struct servers_visit visit = {.programs = programs, .unit = unit};
	int error = visit_servers(&visit, "/etc/keepalived/keepalived.conf");

	if (error == 0 && visit.read)
		uses_drop_likely(programs->uses, program_of_unit(unit));
	return error;
}

/* The saved virtual servers of Fedora and Debian; a file without one is no use. */
static int judge_ipvsadm(struct boot_programs *programs, const char *unit)
{
	static const char *const paths[] = {"/etc/sysconfig/ipvsadm", "/etc/ipvsadm.rules"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;
		unsigned int line;

		error = reading_file(programs->reading, paths[i], &text);
		if (!text)
			continue;
		uses_drop_likely(programs->uses, program_of_unit(unit));
		line = program_word_line(text, "-A");
		if (line > 0)
			uses_of_virtual_servers(unit, paths[i], line, programs->uses);
	}
	return error;
}

/* "wg0" of "wg-quick@wg0.service"; the caller frees it. NULL in *ret: another unit. */
static int find_instance(const char *unit, const char *prefix, char **ret)
{
	const char *dot = strrchr(unit, '.'), *name = unit + strlen(prefix);

	if (!text_starts_with(unit, prefix) || !dot || dot <= name)
		return 0;
	*ret = strndup(name, (size_t)(dot - name));
	return *ret ? 0 : -ENOMEM;
}

/* Reads FOLDER/INSTANCE.SUFFIX; the caller frees what it gets. */
static int read_instance(struct boot_programs *programs, const char *folder, const char *name,
			 const char *suffix, struct buffer *path, char **ret)
{
	buffer_reset(path);
	buffer_printf(path, "%s/%s.%s", folder, name, suffix);
	return path->data ? reading_file(programs->reading, path->data, ret) : -ENOMEM;
}

void judge_tunnel(const struct boot_programs *programs, const char *unit, const char *path,
		  const char *text)
{
	if ((text_starts_with(unit, "wg-quick@") || text_starts_with(unit, "awg-quick@")) &&
	    wireguard_marks_connections(text))
		uses_of_tunnel(unit, path, programs->uses);
}

/* A container of systemd-nspawn, whose file may give it another network. */
static int judge_nspawn(struct boot_programs *programs, const char *unit)
{
	char *CLEANUP(free_pointer) name = NULL, *CLEANUP(free_pointer) text = NULL;
	struct buffer CLEANUP(buffer_clear) path = {0}, reason = {0};
	enum nspawn_network network = NSPAWN_USUAL;
	int error = find_instance(unit, "systemd-nspawn@", &name);

	if (error < 0 || !name)
		return error;
	error = read_instance(programs, "/etc/systemd/nspawn", name, "nspawn", &path, &text);
	if (error < 0)
		return error;
	if (text)
		network = nspawn_read_network(text);
	if (network == NSPAWN_PORTS)
		buffer_printf(&reason, "%s has Port=", path.data);
	if (network != NSPAWN_OTHER)
		uses_of_configured_unit(unit, network == NSPAWN_PORTS ? USE_CERTAIN : USE_LIKELY,
					reason.data, programs->uses);
	return reason.error;
}

/* The scripts that csf runs before and behind its own rules. */
static int judge_csf(struct boot_programs *programs, const char *unit)
{
	static const char *const paths[] = {"/usr/local/csf/bin/csfpre.sh", "/etc/csf/csfpre.sh",
					    "/usr/local/csf/bin/csfpost.sh", "/etc/csf/csfpost.sh"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++)
		error = boot_script(programs->scripts, unit, paths[i]);
	return error;
}

static int visit_rules(void *data, const char *path)
{
	struct boot_programs *programs = data;

	return boot_rules_file(&programs->scripts->rules, "ferm.service", path);
}

/* The folders that the ferm.conf of a package includes; find_boot_rules() reads ferm.conf. */
static int judge_ferm(struct boot_programs *programs, const char *unit)
{
	static const char *const patterns[] = {"/etc/ferm/ferm.d/*", "/etc/ferm/conf.d/*"};
	int error = 0;

	(void)unit;
	for (size_t i = 0; i < ARRAY_SIZE(patterns) && error == 0; i++)
		error = expand_pattern(programs->reading, &programs->names, patterns[i],
				       visit_rules, programs);
	return error;
}

/* Reads the files of the units that have some of their own. */
static int judge_files(struct boot_programs *programs, const char *unit)
{
	static const struct {
		const char *unit;
		int (*judge)(struct boot_programs *programs, const char *unit);
	} rows[] = {
		{"keepalived.service", judge_keepalived},
		{"ipvsadm.service", judge_ipvsadm},
		{"csf.service", judge_csf},
		{"ferm.service", judge_ferm},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(unit, rows[i].unit) == 0)
			return rows[i].judge(programs, unit);
	return 0;
}

int find_boot_program(struct boot_programs *programs, const char *unit)
{
	struct buffer CLEANUP(buffer_clear) reason = {0};
	enum option_effect effect = EFFECT_NONE;
	int error;

	if (text_starts_with(unit, "systemd-nspawn@"))
		return judge_nspawn(programs, unit);
	error = judge_options(programs, unit, &effect, &reason);
	if (error < 0 || effect == EFFECT_OFF)
		return error;
	if (effect == EFFECT_NONE)
		uses_of_unit(unit, programs->uses);
	else
		uses_of_configured_unit(unit, effect == EFFECT_CERTAIN ? USE_CERTAIN : USE_LIKELY,
					reason.data, programs->uses);
	return judge_files(programs, unit);
}
