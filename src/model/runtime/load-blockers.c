/* Finds lines of modprobe.d and the kernel command line that keep nf_conntrack from loading. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/load-blockers.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/runtime/kernel-params.h"
#include "model/runtime/module-blacklist.h"

/*
 * The place of a line that a reader has merged with others. path is NULL if no file has such a
 * line.
 */
struct blocker_place {
	const char *path;
	unsigned int number;
	bool ours;
};

static struct blocker_place place_of(const struct modprobe_record *record)
{
	return (struct blocker_place){
		.path = record->path,
		.number = record->line.number,
		.ours = artifact_is_read_at(record->path),
	};
}

/* Returns the place of the first such line in reading order. */
static struct blocker_place find_line_of(const struct load_request *request, const char *module,
					 const char *command)
{
	for (size_t i = 0; i < request->records->count; i++) {
		const struct modprobe_record *record = &request->records->items[i];

		if (modprobe_line_is_of(&record->line, module) &&
		    strcmp(record->line.command, command) == 0)
			return place_of(record);
	}
	return (struct blocker_place){0};
}

static struct blocker_place find_line(const struct load_request *request, const char *command)
{
	return find_line_of(request, "nf_conntrack", command);
}

static void complain(const struct blocker_place *place, struct problems *problems, const char *text)
{
	problems_add(problems, SEVERITY_WARNING, place->path, place->number, "%s", text);
}

/* The modules without which nf_conntrack does not load. */
static const char *const needed[] = {"nf_conntrack", "nf_defrag_ipv4", "nf_defrag_ipv6"};

static bool is_needed(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (length == strlen(needed[i]) && memcmp(name, needed[i], length) == 0)
			return true;
	return false;
}

/* Adds "nf_conntrack", or with two names "nf_defrag_ipv4 and nf_defrag_ipv6". */
static void add_refused(const struct module_blacklist *list, struct buffer *b)
{
	const char *before = "";

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (module_blacklist_has(list, needed[i])) {
			buffer_printf(b, "%s%s", before, needed[i]);
			before = " and ";
		}
}

/* If a shorter list is removed, an earlier one counts again. */
static void add_shorter_list(const struct module_blacklist *list, const char *refused,
			     struct buffer *b)
{
	struct buffer CLEANUP(buffer_clear) others = {0};

	module_blacklist_add_others(list, is_needed, &others);
	if (list->count > 1)
		buffer_printf(b, "remove %s from each module_blacklist= in ", refused);
	else if (!others.data)
		buffer_add(b, "remove that word from ");
	else if (module_blacklist_is_plain(list))
		buffer_printf(b, "write module_blacklist=%s instead in ", others.data);
	else
		buffer_printf(b, "remove %s from that list in ", refused);
	buffer_add(b, "the boot loader's configuration, and reboot");
}

/*
 * Reports a module_blacklist= on the kernel command line, with which the kernel itself refuses the
 * module. The last one counts.
 */
static bool judge_command_line(const struct load_request *request, struct problems *problems)
{
	struct buffer CLEANUP(buffer_clear) refused = {0}, text = {0};
	struct module_blacklist list;

	module_blacklist_read(request->command_line, &list);
	add_refused(&list, &refused);
	if (!refused.data) {
		problems->out_of_memory |= refused.error < 0;
		return false;
	}
	buffer_printf(&text, "nf_conntrack cannot load%s%s: the kernel command line has %.*s; ",
		      module_blacklist_has(&list, "nf_conntrack") ? "" : " without ",
		      module_blacklist_has(&list, "nf_conntrack") ? "" : refused.data,
		      (int)list.word.length, list.word.word);
	add_shorter_list(&list, refused.data, &text);
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, SEVERITY_WARNING, NULL, 0, "%s", text.data ? text.data : "");
	return true;
}

/* How many different refused options are reported one by one. */
#define REFUSED_MAX 20U

struct refused_option {
	struct parameter option;
	struct blocker_place place;
};

struct refused_options {
	struct refused_option items[REFUSED_MAX];
	size_t count;
	bool more;
};

static struct refused_option *find_refused(struct refused_options *refused,
					   const struct parameter *option)
{
	for (size_t i = 0; i < refused->count; i++)
		if (refused->items[i].option.length == option->length &&
		    memcmp(refused->items[i].option.word, option->word, option->length) == 0)
			return &refused->items[i];
	return NULL;
}

/*
 * Lists the refused options. Each one counts, because the kernel reads them in order and gives up
 * at the first wrong value.
 */
static void list_refused(const char *options, struct refused_options *refused)
{
	struct parameter option;

	while (options && parameter_next(&options, &option)) {
		if (parameter_is_accepted(&option) || find_refused(refused, &option))
			continue;
		refused->more = refused->count == REFUSED_MAX;
		if (refused->more)
			return;
		refused->items[refused->count++].option = option;
	}
}

/* Finds the first line with each of these options as it was written. */
static void place_refused(const struct load_request *request, struct refused_options *refused)
{
	for (size_t i = 0; i < request->records->count; i++) {
		const struct modprobe_record *record = &request->records->items[i];
		const char *rest = record->line.rest;
		struct parameter option;

		if (strcmp(record->line.command, "options") != 0 ||
		    !modprobe_line_is_ours(&record->line))
			continue;
		while (parameter_next(&rest, &option)) {
			struct refused_option *item = parameter_is_accepted(&option)
							      ? NULL
							      : find_refused(refused, &option);

			if (item && !item->place.path)
				item->place = place_of(record);
		}
	}
}

/*
 * Reports options that the kernel refuses. One in our own file is not reported, because install
 * corrects it.
 */
static bool judge_options(const struct load_request *request, struct problems *problems)
{
	struct refused_options refused = {0};
	bool blocked = false;

	list_refused(request->view->options, &refused);
	if (refused.count > 0)
		place_refused(request, &refused);
	for (size_t i = 0; i < refused.count; i++) {
		const struct refused_option *item = &refused.items[i];

		if (item->place.ours)
			continue;
		problems_add(
			problems, SEVERITY_WARNING, item->place.path, item->place.number,
			"nf_conntrack cannot load: the kernel refuses its option %.*s%s",
			(int)item->option.length, item->option.word,
			item->place.path
				? "; remove it from this line"
				: " (from the kernel command line or modprobe's configuration)");
		blocked = true;
	}
	if (refused.more)
		problems_add(problems, SEVERITY_WARNING, NULL, 0,
			     "nf_conntrack cannot load: the kernel refuses more than %u of its "
			     "options in modprobe.d; the warnings name the first ones",
			     REFUSED_MAX);
	return blocked || refused.more;
}

/*
 * Reports the install line that modprobe runs, unless it is ours. A softdep line disables all
 * install lines.
 */
static bool judge_install(const struct load_request *request, struct problems *problems)
{
	const struct modprobe_view *view = request->view;
	struct blocker_place place;
	struct buffer CLEANUP(buffer_clear) text = {0};
	int loads, blocked;

	if (!view->install)
		return false;
	place = find_line(request, "install");
	if (place.ours)
		return false;
	loads = modprobe_install_loads(view->install, "nf_conntrack");
	blocked = modprobe_view_is_blocked(view, "nf_conntrack");
	problems->out_of_memory |= loads < 0 || blocked < 0;
	if (blocked > 0) {
		buffer_printf(&text,
			      "nf_conntrack cannot load: modprobe runs \"%s\" instead, because of "
			      "this install line; remove the line",
			      view->install);
		complain(&place, problems, text.data ? text.data : "");
		return true;
	}
	if (loads > 0 && request->plan->synchronous)
		complain(&place, problems,
			 "only one install line counts for nf_conntrack, and it is this one: "
			 "synchronous = yes has no effect until you remove it");
	return false;
}

/*
 * Reports the install line of a module that nf_conntrack needs, because it runs when nf_conntrack
 * loads, unless that module is loaded.
 */
static bool judge_needed(const struct load_request *request, size_t i, struct problems *problems)
{
	struct modprobe_view CLEANUP(modprobe_view_done) view = {0};
	bool there = request->needs_there[i];
	struct blocker_place place;
	int blocked;

	/* A module that is needed and not in the list must be built in. */
	if (module_is_there(request->module) && !there)
		return false;
	if (modprobe_view_of_records(request->records, load_needs[i], &view) < 0)
		problems->out_of_memory = true;
	blocked = modprobe_view_is_blocked(&view, load_needs[i]);
	problems->out_of_memory |= blocked < 0;
	if (blocked <= 0)
		return false;
	place = find_line_of(request, load_needs[i], "install");
	problems_add(problems, SEVERITY_WARNING, place.path, place.number,
		     "nf_conntrack cannot load%s: it needs %s, and modprobe runs \"%s\" instead of "
		     "loading that, because of this install line; remove the line",
		     there ? " after the next boot" : "", load_needs[i], view.install);
	return !there || module_is_there(request->module);
}

static void judge_softdep(const struct load_request *request, struct problems *problems)
{
	struct blocker_place place = find_line(request, "softdep");

	if (request->view->softdep && request->plan->synchronous)
		complain(&place, problems,
			 "a softdep line disables every install line of nf_conntrack: "
			 "synchronous = yes has no effect until you remove it");
}

static void judge_blacklist(const struct load_request *request, struct problems *problems)
{
	struct blocker_place place = find_line(request, "blacklist");

	if (request->view->blacklisted && !place.ours)
		complain(&place, problems,
			 place.path ? "this line only stops modprobe from loading nf_conntrack by "
				      "an alias (ip_conntrack, nf_conntrack-2); firewall rules "
				      "still load it"
				    : "modprobe.blacklist on the kernel command line only stops "
				      "modprobe from loading nf_conntrack by an alias; firewall "
				      "rules still load it");
}

/*
 * Buckets are allocated in one piece. If that fails, neither the module loads nor any rule that
 * needs it.
 */
bool load_judge_memory(const struct plan *plan, const struct facts *facts,
		       struct problems *problems)
{
	const struct sizes *sizes = &plan->sizes;
	uint64_t bytes =
		sizes_bucket_bytes(sizes->hashsize, sizes->page_size, sizes->word_size) +
		sizes_bucket_bytes(sizes->expect_hashsize, sizes->page_size, sizes->word_size);
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (plan->mode != MODE_TUNE || !sizes->hashsize || !facts->ram || facts->image)
		return false;
	if (bytes <= facts->ram && (!facts->available || bytes <= facts->available))
		return false;
	buffer_printf(&text, "hashsize = %" PRIu64, sizes->hashsize);
	if (sizes->expect_hashsize)
		buffer_printf(&text, " with expect_hashsize = %" PRIu64, sizes->expect_hashsize);
	buffer_printf(&text,
		      " takes %s at once, but this host has %s%s: neither nf_conntrack nor any "
		      "firewall rule that needs it would load; lower %s, or set them to auto and "
		      "run \"conntrack-persist install\"",
		      text_amount(bytes).text,
		      text_amount(bytes > facts->ram ? facts->ram : facts->available).text,
		      bytes > facts->ram ? " in all" : " available",
		      sizes->expect_hashsize ? "max, hashsize and expect_hashsize"
					     : "max and hashsize");
	problems_add(problems, SEVERITY_WARNING, NULL, 0, "%s", text.data ? text.data : "");
	return bytes > facts->ram;
}

/* Reports that there is nothing to load, or nobody to load it. */
static bool judge_origin(const struct load_request *request, struct problems *problems)
{
	struct module_origin origin = request->origin;

	if (request->view->listed || request->view->built_in)
		origin.file = MODULE_FILE_THERE;
	if (request->modules_disabled)
		problems_add(problems, SEVERITY_WARNING, NULL, 0,
			     "nf_conntrack cannot load before the next boot, because "
			     "kernel.modules_disabled is 1; to load it at boot before that is set, "
			     "write \"nf_conntrack\" in a file in modules-load.d");
	return module_judge_origin(&origin, problems) || request->modules_disabled;
}

bool load_judge(const struct load_request *request, struct problems *problems)
{
	bool blocked = false;

	if (request->plan->mode != MODE_TUNE || request->module == MODULE_BUILT_IN)
		return false;
	blocked |= judge_command_line(request, problems);
	blocked |= judge_options(request, problems);
	blocked |= judge_install(request, problems);
	for (size_t i = 0; i < LOADING_NEEDS; i++)
		blocked |= judge_needed(request, i, problems);
	judge_softdep(request, problems);
	judge_blacklist(request, problems);
	if (!module_is_there(request->module)) {
		blocked |= load_judge_memory(request->plan, request->facts, problems);
		if (request->module == MODULE_ABSENT)
			blocked |= judge_origin(request, problems);
	}
	return blocked;
}

void load_describe_command_line(const struct plan *plan, struct buffer *b)
{
	if (plan->sizes.hashsize)
		buffer_printf(b, "nf_conntrack.hashsize=%" PRIu64, plan->sizes.hashsize);
	if (plan->sizes.expect_hashsize)
		buffer_printf(b, "%snf_conntrack.expect_hashsize=%" PRIu64, b->length ? " " : "",
			      plan->sizes.expect_hashsize);
}
