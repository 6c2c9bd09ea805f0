/* Finds what uses conntrack: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/users.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/library-error.h"
#include "base/text.h"
#include "gather/boot-files.h"
#include "host/firewall/rulesets.h"

#define PATH_MODULES "/proc/modules"

void host_uses_done(struct host_uses *found)
{
	module_graph_done(&found->graph);
	uses_done(&found->uses);
}

static int read_modules(const struct gathering *gathering, struct module_graph *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = kernel_read_all(gathering->kernel, PATH_MODULES, &text);

	/* The kernel has no support for modules. */
	if (error == -ENOENT)
		return 0;
	return error < 0 ? error : module_graph_read(text, "nf_conntrack", ret);
}

int gather_modules(const struct gathering *gathering, struct module_graph *ret)
{
	int error = read_modules(gathering, ret);

	/* Read again, because a module came or went between two reads. */
	return error == -EBADMSG ? read_modules(gathering, ret) : error;
}

/*
 * Returns a literal that says why the rules of a namespace were not read; rulesets.h has the
 * errnos.
 */
static const char *ruleset_error_describe(const struct gathering *gathering, int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return kernel_may_change(gathering->kernel)
			       ? "this process is not permitted to read them"
			       : "only root may read them";
	case -EAGAIN:
		return "they changed each time they were read";
	case -EFBIG:
		return "there are more than 64 MiB of them, or 256 MiB in all namespaces";
	case -EMSGSIZE:
		return "there are more of them than the kernel returns";
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

static void note_unread(const struct gathering *gathering, const char *what, const char *reason)
{
	unread_add(gathering->unread,
		   &(struct unread_source){.kind = UNREAD_LIST, .name = what, .reason = reason});
}

/* What the reading of rules works on. */
struct rules_visit {
	const struct gathering *gathering;
	bool counted;	     /* the use counts of modules show the rules of iptables-legacy */
	bool legacy;	     /* a namespace has such tables */
	struct uses tracked; /* namespaces with entries */
};

/*
 * Rules of iptables-legacy show up in the use counts of modules. A kernel that has all of them
 * built in has no such counts.
 */
static void note_legacy_tables(struct rules_visit *visit, const char *where)
{
	struct buffer CLEANUP(buffer_clear) what = {0};

	visit->legacy = true;
	if (visit->counted)
		return;
	buffer_printf(&what, "the iptables-legacy rules of %s", where);
	note_unread(visit->gathering, what.data ? what.data : where,
		    "this kernel has no use counts of modules, which would show them; "
		    "\"iptables-legacy -S\" and \"iptables-legacy -t nat -S\" list them");
}

static int visit_ruleset(void *data, const struct ruleset *ruleset)
{
	struct rules_visit *visit = data;
	struct buffer CLEANUP(buffer_clear) what = {0};

	if (ruleset->tracks && ruleset->entries > 0)
		uses_add(&visit->tracked,
			 &(struct use_heading){
				 .certainty = USE_LIKELY,
				 .kind = "namespace",
				 .name = ruleset->where,
				 .breaks = "they can no longer be distinguished from new ones"},
			 "%s connection%s tracked", text_count(ruleset->entries).text,
			 ruleset->entries == 1 ? " is" : "s are");
	if (ruleset->legacy)
		note_legacy_tables(visit, ruleset->where);
	if (ruleset->error == 0)
		return 0;
	buffer_printf(&what, "the rules of %s", ruleset->where);
	note_unread(visit->gathering, what.data ? what.data : ruleset->where,
		    ruleset_error_describe(visit->gathering, ruleset->error));
	return 0;
}

/*
 * Returns whether the modules above nf_conntrack have use counts: not if they are built in, nor if
 * they can never be unloaded.
 */
static bool has_use_counts(const struct host_uses *found)
{
	const struct graph_module *root = module_graph_find(&found->graph, "nf_conntrack");

	return found->module != MODULE_BUILT_IN && (!root || root->outside >= 0 || root->moving);
}

static int find_modules_and_rules(const struct gathering *gathering, struct host_uses *found)
{
	struct rules_visit visit = {.gathering = gathering, .counted = has_use_counts(found)};
	struct uses *uses = &found->uses;
	struct uses CLEANUP(uses_done) rules = {0};
	int error = rulesets_read(
		&rules, &(struct ruleset_visitor){.visit = visit_ruleset, .data = &visit});

	uses_of_modules(&found->graph, visit.legacy, uses);
	uses_move(&rules, uses, USES_MAX);
	/*
	 * Entries without a certain use may be left over from a program that has ended, so they
	 * count only with one.
	 */
	if (uses_count(uses, USE_CERTAIN) > 0)
		uses_move(&visit.tracked, uses, USES_MAX);
	uses_done(&visit.tracked);
	return error;
}

/* Without the list of processes neither programs nor namespaces can be found. */
static void look_for_hidden_processes(const struct gathering *gathering)
{
	int error = kernel_check_processes(gathering->kernel);

	if (error == -EXDEV)
		note_unread(gathering, "the list of processes", "it shows those of this container");
	else if (error == -EACCES)
		note_unread(gathering, "the list of processes",
			    "/proc hides the processes of other users (hidepid)");
	else if (error == -ENODATA)
		note_unread(gathering, "the list of modules", "/proc shows only processes here");
	else if (error < 0)
		note_unread(gathering, "the list of processes", "/proc is not mounted");
}

static int find_processes(const struct gathering *gathering, struct uses *uses)
{
	struct buffer CLEANUP(buffer_clear) commands = {0};
	char *name, *rest = NULL;

	kernel_list_commands(gathering->kernel, &commands);
	if (!commands.data || commands.error < 0)
		return -ENOMEM;
	for (name = strtok_r(commands.data, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest))
		uses_of_process(name, uses);
	return 0;
}

/* ret_what: a literal that names what could not be read, if this fails. */
static int find_live(const struct gathering *gathering, struct host_uses *found,
		     const char **ret_what)
{
	int error;

	*ret_what = "the state of nf_conntrack";
	error = kernel_module_state(gathering->kernel, &found->module);
	if (error < 0)
		return error;
	*ret_what = PATH_MODULES;
	error = gather_modules(gathering, &found->graph);
	if (error < 0)
		return error;
	*ret_what = "users of nf_conntrack";
	look_for_hidden_processes(gathering);
	error = find_modules_and_rules(gathering, found);
	return error < 0 ? error : find_processes(gathering, &found->uses);
}

int gather_uses(const struct gathering *gathering, enum uses_scope scope, struct host_uses *ret,
		const char **ret_what)
{
	const size_t before = gathering->unread->calls;
	struct host_uses found = {0};
	const char *what = "users of nf_conntrack";
	int error = scope == USES_ALL && !gathering->image ? find_live(gathering, &found, &what)
							   : 0;
	const size_t live = gathering->unread->calls;

	if (error == 0)
		error = find_boot_files(gathering, &found.uses);
	if (found.uses.out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		*ret_what = what;
		host_uses_done(&found);
		return error;
	}
	found.unread_now = live > before;
	found.unread_files = gathering->unread->calls > live;
	*ret = found;
	return 0;
}
