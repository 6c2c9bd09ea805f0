/* The command line as a struct; no globals. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

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
	OPTION_AT_BOOT,
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
	{"from-system", no_argument, NULL, OPTION_FROM_SYSTEM},
	{"watch", optional_argument, NULL, OPTION_WATCH},
	{"prometheus", no_argument, NULL, OPTION_PROMETHEUS},
	{"netns", required_argument, NULL, OPTION_NETNS},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"color", required_argument, NULL, OPTION_COLOR},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const char see_help[] = "Try \"conntrack-persist --help\".\n";

static int complain(const char *what, const char *about)
{
	(void)fprintf(stderr, "conntrack-persist: %s%s\n%s", what, about, see_help);
	return -EINVAL;
}

static int parse_color(const char *word, enum color *ret)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum color)i;
			return 0;
		}
	return complain("--color is auto, always or never, not ", word);
}

#define WATCH_SECONDS	  2
#define WATCH_SECONDS_MAX 3600

static int parse_watch(const char *argument, struct options *options)
{
	uint64_t seconds = WATCH_SECONDS;

	if (argument &&
	    (text_parse_number(argument, strlen(argument), WATCH_SECONDS_MAX, &seconds) < 0 ||
	     seconds == 0))
		return complain("--watch takes whole seconds, 1 to 3600, not ", argument);
	options->watch = true;
	options->watch_seconds = (unsigned int)seconds;
	return 0;
}

static int take_option(int option, const char *argument, struct options *options)
{
	switch (option) {
	case 'c':
		options->config = argument;
		return 0;
	case OPTION_DROP_INS:
		options->drop_ins = true;
		return 0;
	case OPTION_ROOT:
		if (!*argument)
			return complain("--root needs a directory", "");
		options->root = argument;
		return 0;
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_DRY_RUN:
		options->dry_run = true;
		return 0;
	case OPTION_FORCE:
		options->force = true;
		return 0;
	case OPTION_NO_LIVE:
		options->no_live = true;
		return 0;
	case OPTION_FROM_SYSTEM:
		options->from_system = true;
		return 0;
	case OPTION_AT_BOOT:
		options->at_boot = true;
		return 0;
	case OPTION_WATCH:
		return parse_watch(argument, options);
	case OPTION_PROMETHEUS:
		options->prometheus = true;
		return 0;
	case OPTION_NETNS:
		if (!*argument)
			return complain("--netns needs a name, a path, or all", "");
		options->netns = argument;
		return 0;
	case OPTION_COLOR:
		return parse_color(argument, &options->color);
	case 'q':
		options->quiet = true;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'V':
		options->version = true;
		return 0;
	default:
		/* getopt has said what is wrong. */
		(void)fputs(see_help, stderr);
		return -EINVAL;
	}
}

/* What getopt returns for a word that is no option. */
#define WORD 1

static void take_word(const char *word, struct options *options, const char **surplus)
{
	if (!options->verb)
		options->verb = word;
	else if (!*surplus)
		*surplus = word;
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options options = {0};
	const char *surplus = NULL;
	int option;

	/* "-": options may stand behind the verb whatever POSIXLY_CORRECT says. */
	while ((option = getopt_long(argc, argv, "-c:qvhV", long_options, NULL)) != -1) {
		int error = 0;

		if (option == WORD)
			take_word(optarg, &options, &surplus);
		else
			error = take_option(option, optarg, &options);
		if (error < 0)
			return error;
	}
	for (; optind < argc; optind++)
		take_word(argv[optind], &options, &surplus);
	if (surplus && !options.help && !options.version)
		return complain("one verb and no more; not understood: ", surplus);
	*ret = options;
	return 0;
}
