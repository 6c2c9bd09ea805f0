/* What stands in the way of nf_conntrack loading: modprobe.d, the kernel command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/loading.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/modprobe-lines.h"
#include "model/sizes.h"

#define BUCKET_BYTES 8U /* 64 bit; struct hlist_nulls_head */

void modprobe_view_done(struct modprobe_view *view)
{
	free(view->install);
	free(view->softdep);
	free(view->options);
	*view = (struct modprobe_view){0};
}

/* Where a line stands that some reader has merged away; path NULL: in no file that was read. */
struct place {
	const char *path;
	unsigned int number;
	bool ours;
};

/* The first such line in reading order, or the last one (options: the last counts). part "": any. */
static struct place find_line(const struct loading_request *request, const char *command,
			      const char *part, bool last)
{
	struct place place = {0};

	for (size_t i = 0; i < request->file_count; i++) {
		const char *position = request->files[i].text;
		unsigned int number = 1;
		struct modprobe_line line = {0};

		while (modprobe_line_next(&position, &number, &line) > 0) {
			bool match = strcmp(line.command, command) == 0 && strstr(line.rest, part);

			if (match && (last || !place.path))
				place = (struct place){
					.path = request->files[i].path,
					.number = line.number,
					.ours = strcmp(request->files[i].path, PATH_MODPROBE) == 0,
				};
			modprobe_line_done(&line);
		}
	}
	return place;
}

static void complain(const struct place *place, struct problems *problems, const char *text)
{
	problems_add(problems, SEVERITY_WARNING, place->path, place->number, "%s", text);
}

/* The next word of a list between separators; NULL at its end. */
static const char *next_word(const char **text, const char *separators, size_t *ret_length)
{
	const char *word = *text + strspn(*text, separators);

	*ret_length = strcspn(word, separators);
	*text = word + *ret_length;
	return *ret_length > 0 ? word : NULL;
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

/* module_blacklist= of the kernel command line: the kernel itself refuses, whoever loads. */
static bool judge_command_line(const struct loading_request *request, struct problems *problems)
{
	static const char name[] = "module_blacklist=";
	static const char *const needed[] = {"nf_conntrack", "nf_defrag_ipv4", "nf_defrag_ipv6"};
	const char *rest = request->command_line, *word;
	bool blocked = false;
	size_t length;

	while ((word = next_word(&rest, " \t\n", &length))) {
		if (length < strlen(name) || memcmp(word, name, strlen(name)) != 0)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
			if (!list_has(word + strlen(name), length - strlen(name), needed[i]))
				continue;
			problems_add(problems, SEVERITY_WARNING, NULL, 0,
				     "nf_conntrack cannot load: the kernel command line has "
				     "module_blacklist=%s; take that out of the boot loader's "
				     "configuration",
				     needed[i]);
			blocked = true;
		}
	}
	return blocked;
}

/* As the kernel's kstrtouint() takes it for a table's size: 10, 010 and 0x10, nothing more. */
static bool is_table_size(const char *text, size_t length)
{
	uint64_t number = 0;
	unsigned int base = 10;
	size_t i = 0;

	if (length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		i = 2;
	} else if (length > 1 && text[0] == '0') {
		base = 8;
	}
	if (i == length)
		return false;
	for (; i < length; i++) {
		unsigned int c = (unsigned char)text[i] | 0x20, worth = base;

		if (text[i] >= '0' && text[i] <= '9')
			worth = (unsigned int)(text[i] - '0');
		else if (c >= 'a' && c <= 'f')
			worth = c - 'a' + 10;
		if (worth >= base)
			return false;
		number = number * base + worth;
		if (number > HASHSIZE_MAX)
			return false;
	}
	return true;
}

static bool is_flag(const char *text, size_t length)
{
	return length == 0 || strchr("yYtT1nNfF0oO", text[0]);
}

/* Where an option that the kernel refuses comes from. Ours to correct, if it is our own file: not told. */
static bool refuse_option(const struct loading_request *request, const char *word, size_t length,
			  struct problems *problems)
{
	struct buffer CLEANUP(buffer_clear) option = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct place place;

	buffer_add_bytes(&option, word, length);
	if (!option.data)
		return false;
	place = find_line(request, "options", option.data, true);
	if (place.ours)
		return false;
	buffer_printf(&text, "nf_conntrack cannot load: the kernel refuses its option %s%s",
		      option.data,
		      place.path ? "; take it out of this line"
				 : " (from the kernel command line or modprobe's configuration)");
	complain(&place, problems, text.data ? text.data : "");
	return true;
}

static bool judge_options(const struct loading_request *request, struct problems *problems)
{
	static const char *const sizes[] = {"hashsize", "expect_hashsize"};
	static const char *const flags[] = {"acct", "tstamp"};
	const char *rest = request->view->options, *word;
	struct {
		const char *word, *value;
		size_t length, value_length;
	} last[ARRAY_SIZE(sizes) + ARRAY_SIZE(flags)] = {0};
	bool blocked = false;
	size_t length;

	while (rest && (word = next_word(&rest, " \t", &length))) {
		const char *sign = memchr(word, '=', length);
		size_t name = sign ? (size_t)(sign - word) : length;

		for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
			const char *known = i < 2 ? sizes[i] : flags[i - 2];

			if (name != strlen(known) || memcmp(word, known, name) != 0)
				continue;
			last[i].word = word;
			last[i].length = length;
			last[i].value = sign ? sign + 1 : word + length;
			last[i].value_length = sign ? length - name - 1 : 0;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		bool fine = !last[i].word ||
			    (i < 2 ? is_table_size(last[i].value, last[i].value_length)
				   : is_flag(last[i].value, last[i].value_length));

		if (!fine && refuse_option(request, last[i].word, last[i].length, problems))
			blocked = true;
	}
	return blocked;
}

/* The one install line that counts, if it is not ours. A softdep line disables all of them. */
static bool judge_install(const struct loading_request *request, struct problems *problems)
{
	const struct modprobe_view *view = request->view;
	struct place place;
	struct buffer CLEANUP(buffer_clear) text = {0};
	bool loads;

	if (!view->install)
		return false;
	place = find_line(request, "install", "", false);
	if (place.ours)
		return false;
	loads = strstr(view->install, "modprobe") || strstr(view->install, "insmod");
	if (!loads && !view->softdep) {
		buffer_printf(&text,
			      "nf_conntrack cannot load: this install line runs \"%s\" instead; "
			      "take it away",
			      view->install);
		complain(&place, problems, text.data ? text.data : "");
		return true;
	}
	if (loads && request->plan->synchronous)
		complain(&place, problems,
			 "only one install line counts for nf_conntrack, and it is this one: "
			 "synchronous = yes has no effect until it is taken away");
	return false;
}

static void judge_softdep(const struct loading_request *request, struct problems *problems)
{
	struct place place = find_line(request, "softdep", "", false);

	if (request->view->softdep && request->plan->synchronous)
		complain(&place, problems,
			 "a softdep line disables every install line of nf_conntrack: "
			 "synchronous = yes has no effect until it is taken away");
}

static void judge_blacklist(const struct loading_request *request, struct problems *problems)
{
	struct place place = find_line(request, "blacklist", "", false);

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

/* The buckets come in one piece: where that cannot be had the module does not load, and no rule that needs it. */
static bool judge_memory(const struct loading_request *request, struct problems *problems)
{
	const struct plan_sizes *sizes = &request->plan->sizes;
	const struct facts *facts = request->facts;
	uint64_t bytes = sizes_round_buckets(sizes->hashsize, sizes->page_size) * BUCKET_BYTES;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!sizes->hashsize || !facts->ram || facts->image)
		return false;
	if (bytes <= facts->ram && (!facts->available || bytes <= facts->available))
		return false;
	buffer_printf(&text, "hashsize = %" PRIu64 " takes ", sizes->hashsize);
	buffer_add_amount(&text, bytes);
	buffer_add(&text, " at once, and this host has ");
	buffer_add_amount(&text, bytes > facts->ram ? facts->ram : facts->available);
	buffer_printf(&text,
		      "%s: nf_conntrack would not load, and no firewall rule that needs it; "
		      "lower max and hashsize, or set them to auto and run \"conntrack-persist "
		      "install\"",
		      bytes > facts->ram ? " in all" : " available");
	problems_add(problems, SEVERITY_WARNING, NULL, 0, "%s", text.data ? text.data : "");
	return bytes > facts->ram;
}

bool loading_judge(const struct loading_request *request, struct problems *problems)
{
	bool blocked = false;

	if (request->plan->mode != MODE_TUNE || request->module == MODULE_BUILT_IN)
		return false;
	blocked |= judge_command_line(request, problems);
	if (request->view->known) {
		blocked |= judge_options(request, problems);
		blocked |= judge_install(request, problems);
		judge_softdep(request, problems);
		judge_blacklist(request, problems);
	}
	if (!module_is_there(request->module)) {
		blocked |= judge_memory(request, problems);
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
