/* What stands in the way of nf_conntrack loading: modprobe.d, the kernel command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/loading.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "model/modprobe-lines.h"
#include "model/parameters.h"
#include "model/sizes.h"

const char *const loading_needs[LOADING_NEEDS] = {"nf_defrag_ipv4", "nf_defrag_ipv6"};

/* Where a line stands that some reader has merged away; path NULL: in no file that was read. */
struct place {
	const char *path;
	unsigned int number;
	bool ours;
};

/* Whether an options line has this word, as it was written. NULL: any line will do. */
static bool has_word(const char *rest, const struct parameter *word)
{
	struct parameter found;

	if (!word)
		return true;
	while (parameter_next(&rest, &found))
		if (found.length == word->length &&
		    memcmp(found.word, word->word, word->length) == 0)
			return true;
	return false;
}

/* The first such line in reading order. */
static struct place find_line_of(const struct loading_request *request, const char *module,
				 const char *command, const struct parameter *word,
				 struct problems *problems)
{
	struct place place = {0};

	for (size_t i = 0; i < request->file_count && !place.path; i++) {
		const char *position = request->files[i].text;
		unsigned int number = 1;
		struct modprobe_line line = {0};
		int found;

		while (!place.path &&
		       (found = modprobe_statement_next(&position, &number, &line)) != 0) {
			if (found < 0) {
				problems->out_of_memory = true;
				return place;
			}
			if (modprobe_line_is_of(&line, module) &&
			    strcmp(line.command, command) == 0 && has_word(line.rest, word))
				place = (struct place){
					.path = request->files[i].path,
					.number = line.number,
					.ours = artifact_is_read_at(request->files[i].path),
				};
			modprobe_line_done(&line);
		}
	}
	return place;
}

static struct place find_line(const struct loading_request *request, const char *command,
			      const struct parameter *word, struct problems *problems)
{
	return find_line_of(request, "nf_conntrack", command, word, problems);
}

static void complain(const struct place *place, struct problems *problems, const char *text)
{
	problems_add(problems, SEVERITY_WARNING, place->path, place->number, "%s", text);
}

static bool list_has(const char *list, size_t size, const char *name)
{
	while (size > 0) {
		const char *comma = memchr(list, ',', size);
		size_t length = comma ? (size_t)(comma - list) : size;

		if (length == strlen(name) && memcmp(list, name, length) == 0)
			return true;
		list += comma ? length + 1 : length;
		size -= comma ? length + 1 : length;
	}
	return false;
}

/* module_blacklist= of the kernel command line: the kernel itself refuses, whoever loads. The last one counts. */
static bool judge_command_line(const struct loading_request *request, struct problems *problems)
{
	static const char *const needed[] = {"nf_conntrack", "nf_defrag_ipv4", "nf_defrag_ipv6"};
	const char *rest = request->command_line;
	struct parameter found, list = {0};
	bool blocked = false;

	while (parameter_next(&rest, &found))
		if (parameter_is(&found, "module_blacklist") && found.value)
			list = found;
	for (size_t i = 0; i < ARRAY_SIZE(needed) && list.value; i++) {
		if (!list_has(list.value, list.value_length, needed[i]))
			continue;
		problems_add(problems, SEVERITY_WARNING, NULL, 0,
			     "nf_conntrack cannot load: the kernel command line has "
			     "module_blacklist=%s; take that out of the boot loader's "
			     "configuration",
			     needed[i]);
		blocked = true;
	}
	return blocked;
}

/* Where an option that the kernel refuses comes from. Ours to correct, if it is our own file: not told. */
static bool refuse_option(const struct loading_request *request, const struct parameter *option,
			  struct problems *problems)
{
	struct place place = find_line(request, "options", option, problems);

	if (place.ours)
		return false;
	problems_add(problems, SEVERITY_WARNING, place.path, place.number,
		     "nf_conntrack cannot load: the kernel refuses its option %.*s%s",
		     (int)option->length, option->word,
		     place.path ? "; take it out of this line"
				: " (from the kernel command line or modprobe's configuration)");
	return true;
}

/* Whether a word of the options stands before this one already. */
static bool was_there(const char *options, const struct parameter *option)
{
	struct parameter earlier;

	while (parameter_next(&options, &earlier) && earlier.word < option->word)
		if (earlier.length == option->length &&
		    memcmp(earlier.word, option->word, option->length) == 0)
			return true;
	return false;
}

/* Each one counts: the kernel reads them one after the other, and gives up where it refuses a value. */
static bool judge_options(const struct loading_request *request, struct problems *problems)
{
	const char *options = request->view->options, *rest = options;
	struct parameter option;
	bool blocked = false;

	while (rest && parameter_next(&rest, &option))
		if (!parameter_is_accepted(&option) && !was_there(options, &option))
			blocked |= refuse_option(request, &option, problems);
	return blocked;
}

/* The one install line that counts, if it is not ours. A softdep line disables all of them. */
static bool judge_install(const struct loading_request *request, struct problems *problems)
{
	const struct modprobe_view *view = request->view;
	struct place place;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!view->install)
		return false;
	place = find_line(request, "install", NULL, problems);
	if (place.ours)
		return false;
	if (modprobe_view_is_blocked(view)) {
		buffer_printf(&text,
			      "nf_conntrack cannot load: this install line runs \"%s\" instead; "
			      "take it away",
			      view->install);
		complain(&place, problems, text.data ? text.data : "");
		return true;
	}
	if (modprobe_install_loads(view->install) && request->plan->synchronous)
		complain(&place, problems,
			 "only one install line counts for nf_conntrack, and it is this one: "
			 "synchronous = yes has no effect until it is taken away");
	return false;
}

/* The install line of a module that it needs runs too when nf_conntrack is loaded, unless that one is there. */
static bool judge_needed(const struct loading_request *request, size_t i, struct problems *problems)
{
	struct modprobe_view CLEANUP(modprobe_view_done) view = {0};
	bool there = request->needs_there[i];
	struct place place;

	/* Built into this kernel, then. */
	if (module_is_there(request->module) && !there)
		return false;
	if (modprobe_view_of_files(request->files, request->file_count, loading_needs[i], &view) <
	    0)
		problems->out_of_memory = true;
	if (!modprobe_view_is_blocked(&view))
		return false;
	place = find_line_of(request, loading_needs[i], "install", NULL, problems);
	problems_add(problems, SEVERITY_WARNING, place.path, place.number,
		     "nf_conntrack cannot load%s: it needs %s, and this install line runs \"%s\" "
		     "instead; take it away",
		     there ? " after the next boot" : "", loading_needs[i], view.install);
	return !there || module_is_there(request->module);
}

static void judge_softdep(const struct loading_request *request, struct problems *problems)
{
	struct place place = find_line(request, "softdep", NULL, problems);

	if (request->view->softdep && request->plan->synchronous)
		complain(&place, problems,
			 "a softdep line disables every install line of nf_conntrack: "
			 "synchronous = yes has no effect until it is taken away");
}

static void judge_blacklist(const struct loading_request *request, struct problems *problems)
{
	struct place place = find_line(request, "blacklist", NULL, problems);

	if (request->view->blacklisted && !place.ours)
		complain(
			&place, problems,
			place.path
				? "this line hides nf_conntrack from whatever loads it by an alias "
				  "(ip_conntrack, nf_conntrack-2); rules load it all the same"
				: "modprobe.blacklist on the kernel command line hides "
				  "nf_conntrack "
				  "from whatever loads it by an alias; rules load it all the same");
}

/* Buckets come in one piece: where that cannot be had the module does not load, and no rule that needs it. */
bool loading_judge_memory(const struct plan *plan, const struct facts *facts,
			  struct problems *problems)
{
	const struct plan_sizes *sizes = &plan->sizes;
	uint64_t bytes = sizes_bucket_bytes(sizes->hashsize, sizes->page_size) +
			 sizes_bucket_bytes(sizes->expect_hashsize, sizes->page_size);
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (plan->mode != MODE_TUNE || !sizes->hashsize || !facts->ram || facts->image)
		return false;
	if (bytes <= facts->ram && (!facts->available || bytes <= facts->available))
		return false;
	buffer_printf(&text, "hashsize = %" PRIu64, sizes->hashsize);
	if (sizes->expect_hashsize)
		buffer_printf(&text, " with expect_hashsize = %" PRIu64, sizes->expect_hashsize);
	buffer_add(&text, " takes ");
	buffer_add_amount(&text, bytes);
	buffer_add(&text, " at once, and this host has ");
	buffer_add_amount(&text, bytes > facts->ram ? facts->ram : facts->available);
	buffer_printf(&text,
		      "%s: nf_conntrack would not load, and no firewall rule that needs it; "
		      "lower %s, or set them to auto and run \"conntrack-persist "
		      "install\"",
		      bytes > facts->ram ? " in all" : " available",
		      sizes->expect_hashsize ? "max, hashsize and expect_hashsize"
					     : "max and hashsize");
	problems_add(problems, SEVERITY_WARNING, NULL, 0, "%s", text.data ? text.data : "");
	return bytes > facts->ram;
}

bool loading_judge(const struct loading_request *request, struct problems *problems)
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
		blocked |= loading_judge_memory(request->plan, request->facts, problems);
		if (request->modules_disabled)
			problems_add(problems, SEVERITY_NOTE, NULL, 0,
				     "kernel.modules_disabled is 1: nf_conntrack cannot load until "
				     "the next boot");
	}
	return blocked;
}

void loading_command_line_words(const struct plan *plan, struct buffer *b)
{
	if (plan->sizes.hashsize)
		buffer_printf(b, "nf_conntrack.hashsize=%" PRIu64, plan->sizes.hashsize);
	if (plan->sizes.expect_hashsize)
		buffer_printf(b, "%snf_conntrack.expect_hashsize=%" PRIu64, b->length ? " " : "",
			      plan->sizes.expect_hashsize);
}
