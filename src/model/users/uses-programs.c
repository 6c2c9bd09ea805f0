/* Findings of programs that need connection tracking, and of boot files that ask for it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/users/programs.h"

static void append_program(const struct program *program, const char *name,
			   enum certainty certainty, const char *how, struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = certainty,
				       .kind = "service",
				       .name = name,
				       .breaks = program->breaks,
				       .program = program},
		 "%s: %s", how, program->words);
}

void uses_of_process(const char *command, struct uses *uses)
{
	const struct program *program = program_of_process(command);

	if (program && !uses_has_program(uses, program))
		append_program(program, command, program->while_it_runs, "runs", uses);
}

void uses_of_unit(const char *unit, struct uses *uses)
{
	const struct program *program = program_of_unit(unit);

	if (program)
		uses_of_configured_unit(unit, program->at_boot, NULL, uses);
}

void uses_of_configured_unit(const char *unit, enum certainty certainty, const char *reason,
			     struct uses *uses)
{
	const struct program *program = program_of_unit(unit);
	struct buffer CLEANUP(buffer_clear) how = {0};

	if (!program || (!program_is_template(program) && uses_has_program(uses, program)))
		return;
	buffer_printf(&how, "starts at boot%s%s", reason ? ", and " : "", reason ? reason : "");
	uses->out_of_memory |= how.error < 0;
	append_program(program, unit, certainty, how.data ? how.data : "", uses);
}

void uses_of_docker_without_rules(const char *unit, struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_LIKELY,
				       .kind = "service",
				       .name = unit,
				       .program = program_of_unit(unit),
				       .breaks = "containers in user-defined networks cannot "
						 "resolve names; Swarm services do not work"},
		 "starts at boot, also without connection tracking, because with iptables = false "
		 "it sets no rules for the host; its proxy publishes ports");
}

void uses_of_quadlet(const char *name, const char *path, enum certainty certainty,
		     struct uses *uses)
{
	const char *suffix = strrchr(name, '.');
	char unit[300];

	(void)snprintf(unit, sizeof(unit), "%.*s%s.service", (int)(suffix - name), name,
		       strcmp(suffix, ".pod") == 0 ? "-pod" : "");
	uses_add(uses,
		 &(struct use_heading){.certainty = certainty,
				       .kind = "service",
				       .name = unit,
				       .breaks = "podman cannot start its containers"},
		 "%s from %s: podman translates the addresses of its containers",
		 certainty == USE_CERTAIN ? "is started at boot" : "may be started", path);
}

void uses_of_rules_file(const char *loader, const char *path, unsigned int line, unsigned int lines,
			struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "this host will boot without a firewall"},
		 "is loaded at boot by %s and has %s line%s with connection state or NAT (%sline "
		 "%u), so that the kernel refuses the whole file",
		 loader, text_count(lines).text, lines == 1 ? "" : "s",
		 lines == 1 ? "" : "the first is ", line);
}

void uses_of_boot_script(const char *loader, const char *path, unsigned int line, struct uses *uses)
{
	const char *slash = strrchr(path, '/');
	bool by_itself = strcmp(loader, path) == 0 || (slash && strcmp(slash + 1, loader) == 0);

	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "this host will boot without a part of its "
						 "firewall or NAT"},
		 "is run at boot%s%s, and line %u sets a rule with connection state or NAT",
		 by_itself ? "" : " by ", by_itself ? "" : loader, line);
}

/*
 * Adds the module. systemd-modules-load skips modules that modprobe.d blacklists, and fails for
 * modules that need them.
 */
static void add_module(const char *path, const char *name, struct uses *uses)
{
	bool blacklisted = strcmp(name, "nf_conntrack") == 0 || strcmp(name, "ip_conntrack") == 0;

	if (*module_describe(name) || blacklisted)
		uses_add(uses,
			 &(struct use_heading){
				 .certainty = USE_LIKELY,
				 .kind = "file",
				 .name = path,
				 .breaks = blacklisted ? "systemd ignores the line; remove it"
						       : "systemd-modules-load.service fails at "
							 "each boot; remove the line"},
			 "loads %s at boot", name);
}

void uses_of_modules_load(const char *path, const char *text, struct uses *uses)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		char name[64];
		size_t size;

		text_trim_line(&line, " \t");
		size = strcspn(line.text, " \t\r\n");
		if (size > 0 && size < sizeof(name) && *line.text != '#' && *line.text != ';') {
			memcpy(name, line.text, size);
			name[size] = '\0';
			for (char *c = name; *c; c++)
				if (*c == '-')
					*c = '_';
			add_module(path, name, uses);
		}
	}
}

void uses_of_network(const char *unit, const char *path, enum certainty certainty,
		     struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){
			 .certainty = certainty,
			 .kind = "file",
			 .name = path,
			 .breaks = "this host will boot without NAT for one of its networks"},
		 "%s by %s and asks for NAT",
		 certainty == USE_CERTAIN ? "is started at boot" : "may be started", unit);
}

void uses_of_tunnel(const char *unit, const char *path, struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "this tunnel does not start"},
		 "is started at boot by %s, and for AllowedIPs with all addresses wg-quick sets "
		 "rules that mark connections",
		 unit);
}

void uses_of_virtual_servers(const char *unit, const char *path, unsigned int line,
			     struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "its virtual servers do not work"},
		 "is read at boot by %s, and line %u defines a virtual server of IPVS, which needs "
		 "nf_conntrack",
		 unit, line);
}
