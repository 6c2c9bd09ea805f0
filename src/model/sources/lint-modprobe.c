/* Checks the lines of modprobe.d that concern conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/runtime/modprobe-lines.h"
#include "model/runtime/modprobe-view.h"
#include "model/sources/lint-internal.h"

/*
 * Returns the command that is most similar to the word, the word itself if it is a command, or
 * NULL.
 */
static const char *nearest_command(const char *word)
{
	static const char *const commands[] = {"options", "install", "blacklist",
					       "softdep", "weakdep", "remove",
					       "alias",	  "include", "config"};
	const char *nearest = NULL;
	size_t best = 3;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (text_is_nearer(word, commands[i], &best))
			nearest = commands[i];
	return nearest;
}

/* Adds the line to write instead, unless it has characters that mean something to a shell. */
static void add_line(struct buffer *b, const char *command, const char *name, const char *rest)
{
	bool safe = text_is_safe_word(name);

	if (safe && text_is_safe_line(rest, strlen(rest)))
		buffer_printf(b, "write \"%s %s%s%s\"", command, name, *rest ? " " : "", rest);
	else
		buffer_printf(b, "begin the line with \"%s%s%s\"", command, safe ? " " : "",
			      safe ? name : "");
}

/* Returns whether modprobe ignores the line because of its command, and then reports it. */
static bool judge_command(const struct lint_place *place, const struct modprobe_line *line)
{
	const char *nearest = nearest_command(line->command);
	struct buffer text = {0};

	if (nearest && strcmp(nearest, line->command) == 0)
		return false;
	buffer_printf(&text, "modprobe has no command \"%s\" and ignores the line; ",
		      line->command);
	if (nearest && strcmp(nearest, "blacklist") == 0)
		buffer_add(&text, LINT_ADVICE_OFF);
	else if (nearest)
		add_line(&text, nearest, line->name, line->rest);
	else
		buffer_add(&text, "remove it");
	lint_tell(place, SEVERITY_WARNING, &text);
	return true;
}

static void judge_old_name(const struct lint_place *place, const struct modprobe_line *line,
			   const struct lint_old_name *old)
{
	bool installs = strcmp(line->command, "install") == 0;
	int loads = installs ? modprobe_install_loads(line->rest, line->name) : 1;
	bool blocks = strcmp(line->command, "blacklist") == 0 || loads == 0;
	struct buffer text = {0};

	place->problems->out_of_memory |= loads < 0;
	/* An alias for a former name is not a mistake. */
	if (strcmp(line->command, "alias") == 0)
		return;
	if (old->is_alias && strcmp(line->command, "blacklist") != 0)
		buffer_printf(&text,
			      "this line counts only if a program loads %s by its old name %s; ",
			      old->now, line->name);
	else
		buffer_printf(&text, "no kernel has a module %s, so that the line has no effect; ",
			      line->name);
	if (blocks && strcmp(old->now, "nf_conntrack") == 0)
		buffer_add(&text, LINT_ADVICE_OFF);
	else if (installs)
		/* With the present name its command would keep that module from loading. */
		buffer_add(&text, "remove it");
	else
		add_line(&text, line->command, old->now, line->rest);
	lint_tell(place, SEVERITY_WARNING, &text);
	if (strcmp(line->command, "options") == 0 && strcmp(old->now, "nf_conntrack") == 0)
		lint_judge_options(place, line->rest);
}

static void judge_install(const struct lint_place *place, const struct modprobe_line *line)
{
	int loads = modprobe_install_loads(line->rest, "nf_conntrack");

	place->problems->out_of_memory |= loads < 0;
	if (text_ends_with(line->rest, "/true") || strcmp(line->rest, "true") == 0)
		lint_add(place, SEVERITY_WARNING,
			 "modprobe reports success but loads nothing, so that modules that need "
			 "nf_conntrack fail with \"Unknown symbol\"; " LINT_ADVICE_OFF);
	else if (modprobe_install_loads(line->rest, "nf_conntrack") &&
		 !strstr(line->rest, "CMDLINE_OPTS"))
		lint_add(place, SEVERITY_WARNING,
			 "this install line has no $CMDLINE_OPTS, so that options given to "
			 "\"modprobe nf_conntrack\" are lost; write \"[apply] synchronous = "
			 "yes\" in conntrack-persist.conf");
}

static void judge_softdep(const struct lint_place *place, unsigned int install)
{
	if (install)
		lint_add(place, SEVERITY_WARNING,
			 "this line disables every install line of nf_conntrack, also the one "
			 "in line %u; write what it names in a file of modules-load.d",
			 install);
	else
		lint_add(place, SEVERITY_NOTE,
			 "this line disables every install line of nf_conntrack in any "
			 "file, also the one of \"[apply] synchronous = yes\"; write what "
			 "it names in a file of modules-load.d");
}

/* Checks one line. install: the line of this file that has an install line; 0: none. */
static void judge_line(const struct lint_place *place, const struct modprobe_line *line,
		       unsigned int install)
{
	struct lint_old_name old;
	bool is_old = lint_is_old_name(line->name, strlen(line->name), &old);

	if ((!is_old && !modprobe_line_is_ours(line)) || judge_command(place, line))
		return;
	/* In options the kernel treats a carriage return as a blank, and so does softdep. */
	if (line->carriage_return && strcmp(line->command, "options") != 0 &&
	    strcmp(line->command, "softdep") != 0)
		lint_add(place, SEVERITY_WARNING,
			 "modprobe takes the carriage return at the end of this line as part of "
			 "the last word; end the lines of this file with a line feed alone");
	if (is_old)
		judge_old_name(place, line, &old);
	else if (strcmp(line->command, "options") == 0)
		lint_judge_options(place, line->rest);
	else if (strcmp(line->command, "blacklist") == 0)
		lint_add(place, SEVERITY_WARNING,
			 "blacklist only stops loads by an alias: rules still load "
			 "nf_conntrack; " LINT_ADVICE_OFF);
	else if (strcmp(line->command, "install") == 0)
		judge_install(place, line);
	else if (strcmp(line->command, "softdep") == 0)
		judge_softdep(place, install);
}

static unsigned int find_install(const char *text, struct problems *problems)
{
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	unsigned int number = 1, install = 0;
	int found;

	while (!install && (found = modprobe_line_next(&text, &number, &line)) != 0) {
		if (found < 0) {
			problems->out_of_memory = true;
			return 0;
		}
		if (strcmp(line.command, "install") == 0)
			install = line.number;
	}
	return install;
}

void lint_modprobe(const struct lint_request *request, const char *path, const char *text,
		   struct problems *problems)
{
	struct lint_place place = {request->facts, request->planned, path, 0, problems};
	unsigned int number = 1, install = find_install(text, problems);
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	int found;

	while ((found = modprobe_statement_next(&text, &number, &line)) > 0) {
		place.line = line.number;
		if (lint_is_enough(&place, SEVERITY_WARNING))
			return;
		judge_line(&place, &line, install);
	}
	if (found < 0)
		problems->out_of_memory = true;
}
