/* Checks the parameters of the kernel command line that concern conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/runtime/module-blacklist.h"
#include "model/sources/lint-internal.h"

/* Finds the last word with this name, "nf_conntrack.hashsize". */
static bool find_word(const char *text, const char *name, struct parameter *ret)
{
	struct parameter word;
	bool found = false;

	while (parameter_next(&text, &word))
		if (parameter_is(&word, name)) {
			*ret = word;
			found = true;
		}
	return found;
}

/*
 * Reports "ip_conntrack.hashsize=1". A word that is on the command line already is not proposed.
 * option: the part behind the dot.
 */
static void judge_old_module(const struct lint_place *place, const char *text,
			     const struct parameter *word, const struct parameter *option,
			     const struct lint_old_name *old)
{
	const char *end = word->value ? word->value + word->value_length
				      : word->name + word->name_length;
	struct buffer CLEANUP(buffer_clear) name = {0};
	struct buffer message = {0};
	struct parameter present;
	int setting;

	buffer_printf(&name, "%s.%.*s", old->now, (int)option->name_length, option->name);
	buffer_printf(&message,
		      "nothing loads a module called %.*s, so that the word %.*s has no effect; ",
		      (int)(option->name - 1 - word->name), word->name, (int)word->length,
		      word->word);
	setting = name.data ? lint_find_setting(strchr(name.data, '.') + 1) : -1;
	if (setting >= 0 && lint_is_planned(place, setting))
		buffer_add(&message, "remove it, because the configuration sets the value");
	else if (name.data && find_word(text, name.data, &present))
		buffer_printf(&message, "remove it, because %.*s is there already",
			      (int)present.length, present.word);
	else if (text_is_safe_line(option->name, (size_t)(end - option->name)))
		buffer_printf(&message, "write \"%s.%.*s\"", old->now, (int)(end - option->name),
			      option->name);
	else
		buffer_printf(&message, "the module is called %s", old->now);
	lint_tell(place, SEVERITY_WARNING, &message);
}

/* Checks "nf_conntrack.hashsize=1", also with a former name of the module. */
static void judge_module_word(const struct lint_place *place, const char *text,
			      const struct parameter *word)
{
	const char *dot = memchr(word->name, '.', word->name_length);
	size_t length = dot ? (size_t)(dot - word->name) : 0;
	struct parameter module = {.name = word->name, .name_length = length}, option = *word;
	struct lint_old_name old;

	if (!dot)
		return;
	option.name = dot + 1;
	option.name_length = word->name_length - length - 1;
	if (parameter_is(&module, "nf_conntrack"))
		lint_judge_option(place, &option, "nf_conntrack.");
	else if (lint_is_old_name(word->name, length, &old))
		judge_old_module(place, text, word, &option, &old);
}

/* Checks "sysctl.net.netfilter.nf_conntrack_max=1", also with slashes. */
static void judge_sysctl_word(const struct lint_place *place, const struct parameter *word)
{
	size_t prefix = strlen("sysctl.");
	char *CLEANUP(free_pointer) key = strndup(word->name + prefix, word->name_length - prefix);
	char *CLEANUP(free_pointer)
		value = strndup(word->value ? word->value : "", word->value_length);

	if (key && value)
		lint_judge_sysctl(place, key, value);
	else
		place->problems->out_of_memory = true;
}

/* Calls judge for each name of a list with commas. */
static void judge_list(const struct lint_place *place, const struct parameter *list,
		       void (*judge)(const struct lint_place *place, const char *name,
				     size_t length))
{
	const char *position = NULL, *name;
	size_t length;

	while (list->value && (name = parameter_list_next(list, &position, &length)))
		judge(place, name, length);
}

/* Reports modprobe.blacklist= for nf_conntrack. modprobe treats a dash as an underscore. */
static void judge_hidden(const struct lint_place *place, const char *name, size_t length)
{
	struct parameter word = {.name = name, .name_length = length};
	struct lint_old_name old;

	if (parameter_is(&word, "nf_conntrack"))
		lint_add(place, SEVERITY_WARNING,
			 "modprobe.blacklist only stops loads by an alias: rules still "
			 "load nf_conntrack; " LINT_ADVICE_OFF);
	else if (lint_is_old_name(name, length, &old))
		lint_add(place, SEVERITY_WARNING,
			 "no kernel has a module %.*s, so that its modprobe.blacklist has no "
			 "effect; " LINT_ADVICE_OFF,
			 (int)length, name);
}

/*
 * Reports module_blacklist= for nf_conntrack. The kernel compares with the name inside the module,
 * so that a dash does not match.
 */
static void judge_refused(const struct lint_place *place, const char *name, size_t length)
{
	struct parameter word = {.name = name, .name_length = length};
	struct lint_old_name old = {.now = "nf_conntrack"};

	if (!lint_is_old_name(name, length, &old) &&
	    (!parameter_is(&word, old.now) || memcmp(name, old.now, length) == 0))
		return;
	lint_add(place, SEVERITY_WARNING,
		 "the kernel has no module %.*s, so that its module_blacklist has no "
		 "effect; " LINT_ADVICE_OFF,
		 (int)length, name);
}

void lint_command_line(const struct lint_request *request, const char *text,
		       struct problems *problems)
{
	struct lint_place place = {request->facts, request->planned, NULL, 0, problems};
	struct module_blacklist refused;
	const char *rest = text;
	struct parameter word;

	while (parameter_next(&rest, &word)) {
		if (word.name_length > strlen("sysctl.") &&
		    (memcmp(word.name, "sysctl.", strlen("sysctl.")) == 0 ||
		     memcmp(word.name, "sysctl/", strlen("sysctl/")) == 0))
			judge_sysctl_word(&place, &word);
		else if (parameter_is(&word, "modprobe.blacklist"))
			judge_list(&place, &word, judge_hidden);
		else if (!parameter_is(&word, "module_blacklist"))
			judge_module_word(&place, text, &word);
	}
	module_blacklist_read(text, &refused);
	judge_list(&place, &refused.word, judge_refused);
}
