/* Suggests a verb or option for one that this program does not have. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suggest.h"

#include <getopt.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Shorter words are not corrected, because one changed letter would match many of them. */
#define SLIP_LENGTH 5

struct synonyms {
	const char *words; /* between blanks */
	const char *answer;
};

/* Each verb is among its own synonyms, because it may be written as an option. */
static const struct synonyms verb_words[] = {
	{"check verify test validate lint doctor audit compare health healthcheck assert inspect "
	 "diagnose drift scan examine",
	 "did you mean check?"},
	{"diff changes delta", "did you mean plan --diff?"},
	{"plan preview simulate dryrun dry-run what-if noop", "did you mean plan?"},
	{"install enable add activate deploy commit write sync update upgrade fix repair persist "
	 "setup restore provision",
	 "did you mean install?"},
	{"apply reload restart refresh load",
	 "did you mean apply, which sets the live values, or install, which writes the files as "
	 "well?"},
	{"start run up on",
	 "did you mean install? There is no daemon, because the files that it writes act at each "
	 "load of nf_conntrack"},
	{"stop down off kill",
	 "did you mean uninstall, which removes the files, or unload, which removes nf_conntrack? "
	 "There is no daemon"},
	{"disable mask block blacklist ban",
	 "did you mean uninstall? To keep nf_conntrack off this host, write \"mode = disable\" in "
	 "[conntrack] and run \"conntrack-persist install\""},
	{"uninstall remove delete purge rm del erase clean cleanup wipe",
	 "did you mean uninstall?"},
	{"undo revert rollback reset",
	 "did you mean uninstall --live, which also sets the live values of before again?"},
	{"save dump export backup store import adopt migrate convert generate init create",
	 "did you mean plan --from-system, which prints what the host's files set as a "
	 "configuration?"},
	{"set change edit modify config configure put",
	 "write the setting into /etc/conntrack-persist.conf; did you mean install, which carries "
	 "that out?"},
	{"get keys list ls settings parameters params sysctl values",
	 "did you mean keys, which lists every setting with its live value, or status, which shows "
	 "the table?"},
	{"show view print display cat query",
	 "did you mean status, which shows the table, plan, which shows what install would change, "
	 "or keys, which lists every setting?"},
	{"size sizing sizes calculate calculator calc compute estimate",
	 "did you mean plan --connections=N, which computes max and hashsize for N connections?"},
	{"status info state stat stats statistics count summary", "did you mean status?"},
	{"top watch monitor follow tail observe", "did you mean status --watch?"},
	{"metrics prometheus exporter", "did you mean status --prometheus?"},
	{"users who uses rules processes consumers services modules lsof fuser lsmod needs",
	 "did you mean users?"},
	{"explain why describe",
	 "did you mean advise, which says what to do and why, or keys -v, which says what each "
	 "setting means?"},
	{"advise advice recommend suggest tune optimize optimise hint hints tips",
	 "did you mean advise?"},
	{"unload rmmod eject", "did you mean unload?"},
	{"flush",
	 "this program cannot empty the table; \"conntrack -F\" (conntrack-tools) does that"},
	{"log logs journal history",
	 "the messages are in the journal: journalctl -u \"conntrack-persist*\""},
};

static const struct synonyms option_words[] = {
	{"dryrun dry_run simulate noop no-op no-act just-print what-if n",
	 "did you mean --dry-run?"},
	{"yes y assume-yes assumeyes noconfirm no-confirm non-interactive noninteractive batch "
	 "unattended",
	 "no command asks anything: leave the option out"},
	{"prefix sysroot destdir chroot image rootfs dir directory r R",
	 "did you mean --root=DIR?"},
	{"file cfg configuration conf-file config-file", "did you mean --config=FILE?"},
	{"f", "did you mean --force, or --config=FILE?"},
	{"output format j o", "did you mean --json?"},
	{"silent s", "did you mean --quiet?"},
	{"debug d", "did you mean --verbose?"},
	{"no-color nocolor no-colour nocolour monochrome", "did you mean --color=never?"},
	{"colour", "did you mean --color?"},
	{"overwrite override replace", "did you mean --force?"},
	{"follow interval refresh continuous loop w", "did you mean --watch?"},
	{"namespace namespaces ns container N", "did you mean --netns=WHICH?"},
	{"openmetrics textfile node-exporter", "did you mean --prometheus?"},
	{"offline files-only no-apply no-runtime", "did you mean --no-live?"},
	{"detect from-host from-files", "did you mean --from-system?"},
	{"boot", "did you mean --at-boot?"},
	{"conf-d confdir dropins", "did you mean --drop-ins?"},
	{"usage ?", "did you mean --help?"},
};

static const char *find_answer(const struct synonyms *rows, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++) {
		const char *position = rows[i].words;
		struct text_word word;

		while ((word = text_next_word(&position)).length > 0)
			if (text_word_is(&word, wanted))
				return rows[i].answer;
	}
	return NULL;
}

/* Returns the answer to the nearest synonym of a verb, or NULL. */
static const char *find_near_answer(const char *wanted)
{
	const char *answer = NULL;
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(verb_words); i++) {
		const char *position = verb_words[i].words;
		struct text_word word;

		while ((word = text_next_word(&position)).length > 0) {
			struct buffer CLEANUP(buffer_clear) copy = {0};

			buffer_add_bytes(&copy, word.text, word.length);
			if (word.length >= SLIP_LENGTH && copy.data &&
			    text_is_near(wanted, copy.data, &best))
				answer = verb_words[i].answer;
		}
	}
	return answer;
}

static const char *find_nearest(const char *word, const char *const *names, size_t count)
{
	const char *nearest = NULL;
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (text_is_near(word, names[i], &best))
			nearest = names[i];
	return nearest;
}

/* Ignores case, for ASCII letters only, whatever the locale is. */
static void add_lower(const char *word, struct buffer *b)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	for (; *word; word++) {
		const char *capital = strchr(capitals, *word);

		buffer_add_bytes(b, capital ? letters + (capital - capitals) : word, 1);
	}
}

void suggest_verb(const char *word, const char *const *verbs, size_t count, struct buffer *b)
{
	struct buffer CLEANUP(buffer_clear) lower = {0};
	const char *answer, *nearest;

	add_lower(word, &lower);
	if (!lower.data)
		return;
	answer = find_answer(verb_words, ARRAY_SIZE(verb_words), lower.data);
	nearest = answer ? NULL : find_nearest(lower.data, verbs, count);
	if (!answer && !nearest)
		answer = find_near_answer(lower.data);
	if (nearest)
		buffer_printf(b, "; did you mean %s?", nearest);
	else if (answer)
		buffer_printf(b, "; %s", answer);
	for (size_t i = 0; i < count && !nearest && !answer; i++)
		buffer_printf(b, "%s%s", i == 0 ? "; the verbs are " : ", ", verbs[i]);
}

void suggest_option(const char *word, const struct option *options, struct buffer *b)
{
	const char *answer = find_answer(option_words, ARRAY_SIZE(option_words), word);
	const char *nearest = NULL;
	size_t best = SIZE_MAX;

	if (!answer)
		answer = find_answer(verb_words, ARRAY_SIZE(verb_words), word);
	if (answer) {
		buffer_printf(b, "; %s", answer);
		return;
	}
	for (; options->name; options++)
		if (text_is_near(word, options->name, &best))
			nearest = options->name;
	if (nearest)
		buffer_printf(b, "; did you mean --%s?", nearest);
}
