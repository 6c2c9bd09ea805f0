/* Makes the texts of --help and "help VERB" from the verbs and a table of the options. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "help.h"

#include <stdbool.h>
#include <string.h>

#include "base/paragraph.h"

/* A serial line has 80 columns; the last one stays free because some terminals wrap there. */
#define WIDTH	    79
#define VERB_COLUMN 14
#define TEXT_COLUMN 22

struct option_help {
	const char *words;
	unsigned int flag; /* of the verbs that take it; 0: every verb */
	const char *text;
};

/* clang-format off */
static const struct option_help option_help[] = {
	{"    --root=DIR", VERB_RUNNING,
		"Work on the image below DIR. Nothing outside DIR is read or written."},
	{"    --dry-run", VERB_DRY_RUN,
		"Show what would be done, and change nothing."},
	{"    --force", VERB_FORCE,
		"Do what is refused otherwise: replace a foreign or edited file (a copy is kept), "
		"disable nf_conntrack while something uses it, lower max below the entries in the "
		"table."},
	{"    --no-live", VERB_NO_LIVE,
		"Write or show the files only; leave the running kernel alone."},
	{"    --at-boot", VERB_AT_BOOT,
		"Choose the automatic sizes and change nothing else. A service runs this at boot."},
	{"    --restore", VERB_RESTORE,
		"Correct only what drifted. A service runs this if on_drift = restore."},
	{"    --diff", VERB_DIFF,
		"Print what changes in each file, too."},
	{"    --from-system", VERB_FROM_SYSTEM,
		"Print this host's existing settings as a configuration file."},
	{"    --connections=N", VERB_CONNECTIONS,
		"Compute max, hashsize and the memory for N open connections. Changes nothing."},
	{"    --new-per-second=N", VERB_CONNECTIONS,
		"With --connections: count the closed ones too, of so many new ones a second."},
	{"    --netns=WHICH", VERB_NETNS,
		"Set the values in this network namespace instead: a name, a path, or all."},
	{"    --witness=ORDER", VERB_WITNESS,
		"Only load or unload the witness: load or unload. A service runs this if witness = "
		"yes."},
	{"    --watch[=SECONDS]", VERB_SCREEN,
		"Show the table again every 2 seconds, or as often as you say."},
	{"    --prometheus", VERB_SCREEN,
		"Print metrics for the textfile collector of node exporter."},
	{"    --no-addresses", VERB_NO_ADDRESSES,
		"Leave addresses out, for example for a ticket."},
	{"    --ini", VERB_INI,
		"Print only the lines to write, ready for a drop-in."},
	{"    --live", VERB_LIVE,
		"Set the live values from before the first install again."},
	{"-c, --config=FILE", 0,
		"Read this file only, instead of /etc/conntrack-persist.conf and *.conf in "
		"/etc/conntrack-persist.conf.d."},
	{"    --drop-ins", 0,
		"With --config: read *.conf in /etc/conntrack-persist.conf.d, too."},
	{"    --json", 0,
		"Print one JSON object instead of text."},
	{"-q, --quiet", 0,
		"Print only warnings and errors."},
	{"-v, --verbose", 0,
		"Print more details."},
	{"    --color=WHEN", 0,
		"auto, always or never. The default is auto; NO_COLOR switches colours off."},
	{"-h, --help", 0,
		"Print this help; after a verb, the help of that verb."},
	{"-V, --version", 0,
		"Print the version."},
};
/* clang-format on */

/* Adds a text in lines that begin at `column`; the first line begins with `words` already. */
static void add_column(const char *words, size_t column, const char *text, struct buffer *b)
{
	size_t used = strlen(words);

	buffer_add(b, words);
	if (used >= column) {
		buffer_add(b, "\n");
		used = 0;
	}
	buffer_printf(b, "%*s", (int)(column - used), "");
	paragraph_add(b, text,
		      &(struct paragraph){.width = WIDTH, .indent = column, .used = column});
	buffer_add(b, "\n");
}

static void add_option(const struct option_help *option, const char *verbs, struct buffer *b)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_printf(&words, "  %s", option->words);
	buffer_printf(&text, "%s%s%s", verbs, *verbs ? ": " : "", option->text);
	if (words.data && text.data)
		add_column(words.data, TEXT_COLUMN, text.data, b);
}

/* Adds the options that only some verbs take, each with the names of these. */
static void add_options_of_some(const struct verb *const *verbs, size_t count, struct buffer *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_help); i++) {
		struct buffer CLEANUP(buffer_clear) names = {0};

		for (size_t j = 0; j < count && option_help[i].flag != 0; j++)
			if (verb_takes(verbs[j], option_help[i].flag))
				buffer_printf(&names, "%s%s", names.data ? ", " : "",
					      verbs[j]->name);
		if (names.data)
			add_option(&option_help[i], names.data, b);
	}
}

/* Adds the options of every verb if `verb` is NULL, else those that this verb takes besides. */
static void add_options_of(const struct verb *verb, struct buffer *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_help); i++)
		if (option_help[i].flag == 0 ? !verb
					     : verb && verb_takes(verb, option_help[i].flag))
			add_option(&option_help[i], "", b);
}

static bool has_own_options(const struct verb *verb)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_help); i++)
		if (option_help[i].flag != 0 && verb_takes(verb, option_help[i].flag))
			return true;
	return false;
}

void help_add_all(const struct verb *const *verbs, size_t count, struct buffer *b)
{
	buffer_add(
		b,
		"Usage: conntrack-persist VERB [OPTION]...\n"
		"\n"
		"Sets the limits and timeouts of nf_conntrack so that they are active each time\n"
		"the module loads, or keeps nf_conntrack off this host.\n"
		"Write your settings to /etc/conntrack-persist.conf, then run plan and install.\n"
		"\n"
		"Verbs:\n");
	for (size_t i = 0; i < count; i++) {
		struct buffer CLEANUP(buffer_clear) words = {0};

		buffer_printf(&words, "  %s", verbs[i]->name);
		if (words.data)
			add_column(words.data, VERB_COLUMN, verbs[i]->help, b);
	}
	buffer_add(b, "\nOptions of some verbs (their names come before the colon):\n");
	add_options_of_some(verbs, count, b);
	buffer_add(b, "\nOptions of every verb:\n");
	add_options_of(NULL, b);
	buffer_add(b, "\n"
		      "Exit status: 0 done, nothing differs; 1 failed; 2 something differs (plan,\n"
		      "check, install) or needs nf_conntrack (users); 3 refused; 64 wrong command\n"
		      "line; 78 faulty configuration.\n"
		      "\n"
		      "More: \"conntrack-persist help VERB\", man conntrack-persist,\n"
		      "man conntrack-persist.conf, man conntrack-persist-troubleshooting\n");
}

void help_add_verb(const struct verb *verb, struct buffer *b)
{
	buffer_printf(b, "Usage: conntrack-persist %s [OPTION]...\n\n", verb->name);
	paragraph_add(b, verb->about, &(struct paragraph){.width = WIDTH});
	buffer_printf(b, "\n\nExamples:\n%s", verb->examples);
	if (has_own_options(verb)) {
		buffer_printf(b, "\nOptions of %s:\n", verb->name);
		add_options_of(verb, b);
	}
	buffer_add(b, "\n\"conntrack-persist --help\" has the options of every verb, such as "
		      "--config.\n\n");
	paragraph_add(b, verb->exits, &(struct paragraph){.width = WIDTH, .indent = 2});
	buffer_add(b, "\n");
}
