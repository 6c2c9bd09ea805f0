/* Looks for whatever uses conntrack on this host: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-uses.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "host/rulesets.h"
#include "verbs/find-boot-rules.h"
#include "verbs/folders.h"
#include "verbs/session.h"

#define PATH_MODULES "/proc/modules"

void host_uses_done(struct host_uses *found)
{
	module_graph_done(&found->graph);
	uses_done(&found->uses);
}

static int read_modules(const struct context *context, struct module_graph *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = kernel_read_all(context->kernel, PATH_MODULES, &text);

	/* A kernel without support for modules. */
	if (error == -ENOENT)
		return 0;
	return error < 0 ? error : module_graph_read(text, "nf_conntrack", ret);
}

enum exit_code find_modules(struct context *context, struct module_graph *ret)
{
	int error = read_modules(context, ret);

	/* Read in pieces while a module came or went. */
	if (error == -EBADMSG)
		error = read_modules(context, ret);
	if (error == 0)
		return EXIT_DONE;
	if (error == -EBADMSG || error == -ELOOP)
		report_message(context->report, SEVERITY_ERROR,
			       PATH_MODULES
			       " is not what Linux writes there: no module can be told "
			       "from another");
	else
		report_errno(context, "read", PATH_MODULES, error);
	return EXIT_FAILED;
}

/* What could not be read of a namespace is no proof of anything. */
static void report_ruleset_error(struct context *context, const struct ruleset *ruleset)
{
	const char *where = *ruleset->where ? ruleset->where : "this host";

	if (ruleset->error == -ELIBACC || ruleset->error == -ELIBBAD)
		report_message(
			context->report, SEVERITY_WARNING,
			"libnftables is not there: nft rules are known by their modules alone");
	else if (ruleset->error == -EPERM || ruleset->error == -EACCES)
		report_message(context->report, SEVERITY_WARNING,
			       "only root can read the rules of %s", where);
	else
		report_message(context->report, SEVERITY_WARNING,
			       "the rules of %s could not be read: %s", where,
			       strerror(-ruleset->error));
}

static int judge_ruleset(struct context *context, const struct ruleset *ruleset,
			 struct host_uses *found)
{
	int error = 0;

	if (ruleset->error < 0) {
		found->unread = true;
		report_ruleset_error(context, ruleset);
	}
	if (ruleset->nft)
		error = uses_of_nft(ruleset->nft, ruleset->where, &found->uses);
	for (size_t i = 0; i < ruleset->table_count && error == 0; i++) {
		const struct legacy_table *table = &ruleset->tables[i];

		error = uses_of_xtables(&(struct xtables_table){table->name, table->ipv6,
								table->entries, table->size},
					ruleset->where, &found->uses);
	}
	if (error != -EBADMSG)
		return error;
	found->unread = true;
	report_message(context->report, SEVERITY_WARNING,
		       "the rules of %s are not understood by this version of conntrack-persist",
		       *ruleset->where ? ruleset->where : "this host");
	return 0;
}

/* Entries alone are what is left of somebody: they count while something still tracks. */
static void judge_entries(const struct rulesets *rulesets, struct host_uses *found)
{
	if (uses_count(&found->uses, USE_CERTAIN) == 0)
		return;
	for (size_t i = 0; i < rulesets->count; i++) {
		const struct ruleset *ruleset = &rulesets->items[i];

		if (ruleset->tracks && ruleset->entries > 0)
			uses_add(&found->uses,
				 &(struct use_heading){.certainty = USE_LIKELY,
						       .kind = "namespace",
						       .name = *ruleset->where ? ruleset->where
									       : "this host",
						       .breaks = "they are no longer told from new "
								 "ones"},
				 "%lu connection%s tracked", ruleset->entries,
				 ruleset->entries == 1 ? " is" : "s are");
	}
}

static int find_rules(struct context *context, struct host_uses *found)
{
	struct rulesets CLEANUP(rulesets_done) rulesets = {0};
	int error = rulesets_read(&rulesets);

	for (size_t i = 0; i < rulesets.count && error == 0; i++)
		error = judge_ruleset(context, &rulesets.items[i], found);
	if (error == 0)
		judge_entries(&rulesets, found);
	return error;
}

static int find_processes(const struct context *context, struct uses *uses)
{
	struct buffer CLEANUP(buffer_clear) commands = {0};
	char *name, *rest = NULL;

	kernel_list_commands(context->kernel, &commands);
	if (!commands.data || commands.error < 0)
		return -ENOMEM;
	for (name = strtok_r(commands.data, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
		uses_of_process(name, uses);
	return 0;
}

/* Hands a file's text to a judge; what is not there or cannot be read is none. */
static int judge_file(const struct context *context, const char *path,
		      void (*judge)(const char *path, const char *text, struct uses *uses),
		      struct uses *uses)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = folders_read_file(context->tree, path, &text);

	if (text)
		judge(path, text, uses);
	return error;
}

/* What the visits of folders work on. */
struct visit {
	const struct context *context;
	struct uses *uses;
};

static int visit_unit(void *data, const char *path)
{
	const struct visit *visit = data;
	const char *unit = strrchr(path, '/') + 1;

	uses_of_unit(unit, visit->uses);
	return find_boot_rules(visit->context->tree, unit, visit->uses);
}

static int find_units(const struct context *context, struct uses *uses)
{
	static const char *const folders[] = {
		"/etc/systemd/system/sysinit.target.wants",
		"/etc/systemd/system/basic.target.wants",
		"/etc/systemd/system/network-pre.target.wants",
		"/etc/systemd/system/network.target.wants",
		"/etc/systemd/system/multi-user.target.wants",
		"/etc/systemd/system/sockets.target.wants",
		NULL,
	};

	return folders_visit(context->tree, folders, "", visit_unit,
			     &(struct visit){context, uses});
}

static void judge_ufw(const char *path, const char *text, struct uses *uses)
{
	(void)path;
	if (text_starts_with(text, "ENABLED=yes") || strstr(text, "\nENABLED=yes"))
		uses_add(uses,
			 &(struct use_heading){.certainty = USE_LIKELY,
					       .kind = "service",
					       .name = "ufw.service",
					       .breaks = "ufw cannot set its rules: this host has "
							 "no firewall"},
			 "enabled: its rules match on connection state");
}

static int visit_loads(void *data, const char *path)
{
	const struct visit *visit = data;

	return judge_file(visit->context, path, uses_of_modules_load, visit->uses);
}

static enum exit_code find_live(struct context *context, struct host_uses *found)
{
	enum exit_code code;
	int error = kernel_module_state(context->kernel, &found->module);

	if (error < 0) {
		report_errno(context, "tell", "the state of nf_conntrack", error);
		return EXIT_FAILED;
	}
	code = find_modules(context, &found->graph);
	if (code != EXIT_DONE)
		return code;
	uses_of_modules(&found->graph, &found->uses);
	error = find_rules(context, found);
	if (error == 0)
		error = find_processes(context, &found->uses);
	if (error < 0) {
		report_errno(context, "look for", "users of nf_conntrack", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

enum exit_code find_uses(struct context *context, struct host_uses *ret)
{
	struct host_uses found = {0};
	enum exit_code code = context->options->root ? EXIT_DONE : find_live(context, &found);
	int error = 0;

	if (code == EXIT_DONE)
		error = find_units(context, &found.uses);
	if (code == EXIT_DONE && error == 0)
		error = judge_file(context, "/etc/ufw/ufw.conf", judge_ufw, &found.uses);
	if (code == EXIT_DONE && error == 0)
		error = folders_visit(context->tree, modules_load_folders, ".conf", visit_loads,
				      &(struct visit){context, &found.uses});
	if (found.uses.out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		report_errno(context, "look for", "users of nf_conntrack", error);
		code = EXIT_FAILED;
	}
	if (code != EXIT_DONE) {
		host_uses_done(&found);
		return code;
	}
	*ret = found;
	return EXIT_DONE;
}
