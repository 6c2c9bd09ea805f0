/* The command line as a struct; no globals. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "model/plan/sizing.h"
#include "suggest.h"

enum {
	OPTION_ROOT = 256,
	OPTION_DROP_INS,
	OPTION_JSON,
	OPTION_DRY_RUN,
	OPTION_FORCE,
	OPTION_NO_LIVE,
	OPTION_FROM_SYSTEM,
	OPTION_COLOR,
	OPTION_WATCH,
	OPTION_PROMETHEUS,
	OPTION_NETNS,
	OPTION_NO_ADDRESSES,
	OPTION_AT_BOOT,
	OPTION_RESTORE,
	OPTION_DIFF,
	OPTION_INI,
	OPTION_WITNESS,
	OPTION_LIVE,
	OPTION_CONNECTIONS,
	OPTION_NEW_PER_SECOND,
};

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"drop-ins", no_argument, NULL, OPTION_DROP_INS},
	{"root", required_argument, NULL, OPTION_ROOT},
	{"json", no_argument, NULL, OPTION_JSON},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{"force", no_argument, NULL, OPTION_FORCE},
	{"no-live", no_argument, NULL, OPTION_NO_LIVE},
	{"at-boot", no_argument, NULL, OPTION_AT_BOOT},
	{"restore", no_argument, NULL, OPTION_RESTORE},
	{"from-system", no_argument, NULL, OPTION_FROM_SYSTEM},
	{"live", no_argument, NULL, OPTION_LIVE},
	{"diff", no_argument, NULL, OPTION_DIFF},
	{"connections", required_argument, NULL, OPTION_CONNECTIONS},
	{"new-per-second", required_argument, NULL, OPTION_NEW_PER_SECOND},
	{"ini", no_argument, NULL, OPTION_INI},
	{"watch", optional_argument, NULL, OPTION_WATCH},
	{"prometheus", no_argument, NULL, OPTION_PROMETHEUS},
	{"no-addresses", no_argument, NULL, OPTION_NO_ADDRESSES},
	{"netns", required_argument, NULL, OPTION_NETNS},
	{"witness", required_argument, NULL, OPTION_WITNESS},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"color", required_argument, NULL, OPTION_COLOR},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static PRINTF_LIKE(2, 3) int complain(struct buffer *complaint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_vprintf(complaint, format, args);
	va_end(args);
	return -EINVAL;
}

static int parse_color(const char *word, enum color *ret, struct buffer *complaint)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum color)i;
			return 0;
		}
	return complain(complaint, "--color is auto, always or never, not %s", word);
}

#define WATCH_SECONDS	  2
#define WATCH_SECONDS_MAX 3600

static int parse_watch(const char *argument, struct options *options, struct buffer *complaint)
{
	uint64_t seconds = WATCH_SECONDS;

	if (argument &&
	    (text_parse_number(argument, strlen(argument), WATCH_SECONDS_MAX, &seconds) < 0 ||
	     seconds == 0))
		return complain(complaint, "--watch takes whole seconds, 1 to 3600, not %s",
				argument);
	options->watch = true;
	options->watch_seconds = (unsigned int)seconds;
	return 0;
}

static int parse_count(const char *name, const char *argument, uint64_t max, uint64_t *ret,
		       struct buffer *complaint)
{
	uint64_t count = 0;

	if (text_parse_number(argument, strlen(argument), max, &count) < 0 || count == 0)
		return complain(complaint, "%s takes a number in digits alone, 1 to %s, not %s",
				name, text_count(max).text, argument);
	*ret = count;
	return 0;
}

static int parse_witness(const char *argument, enum witness_order *ret, struct buffer *complaint)
{
	if (strcmp(argument, "load") == 0)
		*ret = WITNESS_LOAD;
	else if (strcmp(argument, "unload") == 0)
		*ret = WITNESS_UNLOAD;
	else
		return complain(complaint, "--witness takes load or unload, not %s", argument);
	return 0;
}

/* Returns the member that an option without an argument sets, or NULL for any other option. */
static bool *find_switch(struct options *options, int option)
{
	const struct {
		int option;
		bool *member;
	} switches[] = {
		{OPTION_DROP_INS, &options->drop_ins},
		{OPTION_JSON, &options->json},
		{OPTION_DRY_RUN, &options->dry_run},
		{OPTION_FORCE, &options->force},
		{OPTION_NO_LIVE, &options->no_live},
		{OPTION_FROM_SYSTEM, &options->from_system},
		{OPTION_RESTORE, &options->restore},
		{OPTION_AT_BOOT, &options->at_boot},
		{OPTION_DIFF, &options->diff},
		{OPTION_INI, &options->ini},
		{OPTION_LIVE, &options->live},
		{OPTION_PROMETHEUS, &options->prometheus},
		{OPTION_NO_ADDRESSES, &options->no_addresses},
		{'q', &options->quiet},
		{'v', &options->verbose},
		{'h', &options->help},
		{'V', &options->version},
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (switches[i].option == option)
			return switches[i].member;
	return NULL;
}

static int take_option(int option, const char *argument, struct options *options,
		       struct buffer *complaint)
{
	bool *member = find_switch(options, option);

	if (member) {
		*member = true;
		return 0;
	}
	switch (option) {
	case 'c':
		options->config = argument;
		return 0;
	case OPTION_ROOT:
		if (!*argument)
			return complain(complaint, "--root needs a directory");
		options->root = argument;
		return 0;
	case OPTION_CONNECTIONS:
		return parse_count("--connections", argument, CONNECTIONS_MAX,
				   &options->connections, complaint);
	case OPTION_NEW_PER_SECOND:
		return parse_count("--new-per-second", argument, NEW_PER_SECOND_MAX,
				   &options->new_per_second, complaint);
	case OPTION_WATCH:
		return parse_watch(argument, options, complaint);
	case OPTION_NETNS:
		if (!*argument)
			return complain(complaint, "--netns needs a name, a path, or all");
		options->netns = argument;
		return 0;
	case OPTION_WITNESS:
		return parse_witness(argument, &options->witness, complaint);
	case OPTION_COLOR:
		return parse_color(argument, &options->color, complaint);
	default:
		return -EINVAL;
	}
}

/* What getopt returns for a word that is no option, and for an option that lacks its argument. */
#define WORD	1
#define MISSING ':'

/*
 * Returns whether the long options that begin with this word are several; adds them to the
 * complaint.
 */
static bool list_ambiguous(const char *word, size_t length, struct buffer *complaint)
{
	struct buffer CLEANUP(buffer_clear) list = {0};
	size_t count = 0;

	for (size_t i = 0; long_options[i].name && length > 0; i++)
		if (strncmp(long_options[i].name, word, length) == 0)
			buffer_printf(&list, "%s--%s", count++ ? ", " : "", long_options[i].name);
	if (count < 2)
		return false;
	buffer_printf(complaint, "--%.*s can be each of %s", (int)length, word,
		      list.data ? list.data : "");
	return true;
}

static int refuse_long_option(const char *word, struct buffer *complaint)
{
	struct buffer CLEANUP(buffer_clear) name = {0};
	size_t length = strcspn(word, "=");

	if (optopt)
		return complain(complaint, "--%.*s takes no argument", (int)length, word);
	if (list_ambiguous(word, length, complaint))
		return -EINVAL;
	buffer_printf(complaint, "there is no option --%.*s", (int)length, word);
	buffer_add_bytes(&name, word, length);
	if (name.data)
		suggest_option(name.data, long_options, complaint);
	return -EINVAL;
}

/* Several letters after one hyphen may be meant as a long option. */
static int refuse_letter(const char *word, struct buffer *complaint)
{
	char letter[2] = {(char)optopt, '\0'};

	buffer_printf(complaint, "there is no option -%s", letter);
	suggest_option(word[0] == '-' && word[1] && word[2] ? word + 1 : letter, long_options,
		       complaint);
	return -EINVAL;
}

/*
 * Describes an unknown option, because getopt's own messages print words of the command line
 * unfiltered. `word`: the one that getopt looks at.
 */
static int refuse_option(int option, const char *word, struct buffer *complaint)
{
	if (option == MISSING)
		return complain(complaint, "%s needs an argument", word);
	if (text_starts_with(word, "--"))
		return refuse_long_option(word + 2, complaint);
	return refuse_letter(word, complaint);
}

static void take_word(const char *word, struct options *options)
{
	if (!options->verb)
		options->verb = word;
	else if (!options->surplus)
		options->surplus = word;
}

int options_parse(int argc, char **argv, struct options *ret, struct buffer *complaint)
{
	struct options options = {0};
	int option, error = 0, at;

	/* 0 makes getopt start over, without state of an earlier call. */
	optind = 0;
	/*
	 * "-": options may stand behind the verb whatever POSIXLY_CORRECT says. ":": getopt prints
	 * nothing.
	 */
	while (error == 0 &&
	       (at = optind > 0 ? optind : 1,
		option = getopt_long(argc, argv, "-:c:qvhV", long_options, NULL)) != -1) {
		if (option == WORD)
			take_word(optarg, &options);
		else if (option == MISSING || option == '?')
			error = refuse_option(option, argv[at], complaint);
		else
			error = take_option(option, optarg, &options, complaint);
	}
	if (error < 0)
		return error;
	for (; optind < argc; optind++)
		take_word(argv[optind], &options);
	/* As verbs of other tools, which may have a word behind them. */
	if (options.verb) {
		options.help |= strcmp(options.verb, "help") == 0;
		options.version |= strcmp(options.verb, "version") == 0;
	}
	*ret = options;
	return 0;
}
