/* Looks for whatever uses conntrack on this host: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/users.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/library-error.h"
#include "base/text.h"
#include "gather/boot-files.h"
#include "host/firewall/rulesets.h"
#include "steps/comparison.h"

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

/* Why the rules of a namespace were not read; the texts for what rulesets.h says. */
static const char *ruleset_reason(const struct context *context, int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return kernel_may_change(context->kernel)
			       ? "this process is not permitted to read them"
			       : "only root may read them";
	case -EAGAIN:
		return "they changed each time they were read";
	case -EFBIG:
		return "there are more than 64 MiB of them, or 256 MiB in all namespaces";
	case -EMSGSIZE:
		return "there are more of them than the kernel hands out";
	case -ETIME:
		return "reading them takes too long";
	case -E2BIG:
		return "there are more than 1,024 namespaces";
	case -ENODATA:
		return "modules.builtin does not say whether this kernel has nf_tables";
	case -EBADMSG:
		return "this version of conntrack-persist does not understand them";
	default:
		return library_is_unusable(error) ? "libmnl is not installed, or cannot be used"
						  : strerror(-error);
	}
}

/* A source of findings that could not be read: nobody can be ruled out. */
static void add_unread(struct context *context, const char *what, const char *reason)
{
	report_unread(context->report, what, reason);
	report_message(context->report, SEVERITY_WARNING, "%s could not be read: %s", what, reason);
}

/* What the reading of rules works on. */
struct rules_visit {
	struct context *context;
	struct uses tracked; /* namespaces with entries */
};

static int visit_ruleset(void *data, const struct ruleset *ruleset)
{
	struct rules_visit *visit = data;
	struct buffer CLEANUP(buffer_clear) what = {0};

	if (ruleset->tracks && ruleset->entries > 0)
		uses_add(&visit->tracked,
			 &(struct use_heading){.certainty = USE_LIKELY,
					       .kind = "namespace",
					       .name = ruleset->where,
					       .breaks = "they are no longer told from new ones"},
			 "%s connection%s tracked", text_count(ruleset->entries).text,
			 ruleset->entries == 1 ? " is" : "s are");
	if (ruleset->error == 0)
		return 0;
	buffer_printf(&what, "the rules of %s", ruleset->where);
	add_unread(visit->context, what.data ? what.data : ruleset->where,
		   ruleset_reason(visit->context, ruleset->error));
	return 0;
}

static int find_rules(struct context *context, struct uses *uses)
{
	struct rules_visit visit = {.context = context};
	int error = rulesets_read(
		uses, &(struct ruleset_visitor){.visit = visit_ruleset, .data = &visit});

	/* Entries alone are what is left of somebody: they count while something still tracks. */
	if (uses_count(uses, USE_CERTAIN) > 0)
		uses_move(&visit.tracked, uses, USES_MAX);
	uses_done(&visit.tracked);
	return error;
}

/* Without the list of processes neither programs nor namespaces can be found. */
static void look_for_hidden_processes(struct context *context)
{
	int error = kernel_check_processes(context->kernel);

	if (error == -EXDEV)
		add_unread(context, "the list of processes", "it shows those of this container");
	else if (error == -EACCES)
		add_unread(context, "the list of processes",
			   "/proc hides those of other users (hidepid)");
	else if (error == -ENODATA)
		add_unread(context, "the list of modules", "/proc shows processes alone");
	else if (error < 0)
		add_unread(context, "the list of processes", "/proc is not mounted");
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
	look_for_hidden_processes(context);
	uses_of_modules(&found->graph, &found->uses);
	error = find_rules(context, &found->uses);
	if (error == 0)
		error = find_processes(context, &found->uses);
	if (error < 0) {
		report_errno(context, "look for", "users of nf_conntrack", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret)
{
	struct report *report = context->report;
	const size_t before = report_unread_count(report);
	struct host_uses found = {0};
	enum exit_code code = scope == USES_ALL && !context->options->root
				      ? find_live(context, &found)
				      : EXIT_DONE;
	const size_t live = report_unread_count(report);
	int error = 0;

	if (code == EXIT_DONE)
		error = find_boot_files(context, &found.uses);
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
	found.unread_now = live > before;
	found.unread_files = report_unread_count(report) > live;
	*ret = found;
	return EXIT_DONE;
}
