/* Disturbs one story at each of its system calls, one at a time, and judges what comes of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "faults/judge.h"
#include "faults/power.h"

/* Every error is printed so many times; further ones are only counted. */
#define FINDINGS_MAX 40U

/*
 * A run may ask for memory once less than the one before, because a number in a file has a digit
 * less.
 */
#define TRIES_MAX 8U

/* Calls for memory that no try made, of so many injections. More of them is a finding. */
#define MISSED_ONE_IN 500U

static const int errors[] = {ENOSPC, EIO, EROFS, EDQUOT, EPERM, EINTR, ENOMEM};
static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};
static const int lasting_errors[] = {ENOSPC, EIO, EROFS};

/* Which calls are disturbed: all of them, or a sample that a developer waits for. */
enum extent {
	EXTENT_ALL,
	EXTENT_SAMPLE, /* errors: first and last of each kind, all that change files and all after those; kills: around them */
	EXTENT_KILLS,  /* the same errors, kills everywhere */
	EXTENT_MEMORY, /* calls for memory alone */
};

struct finding {
	char *text, *first;
	size_t times;
};

struct tally {
	size_t kills, signals, errors, cuts, finding_count, bad, missed;
	struct finding findings[FINDINGS_MAX];
};

static void note_finding(struct tally *tally, const struct fault *fault, const char *where,
			 char *text)
{
	static const char *const words[] = {
		[FAULT_NONE] = "none",		 [FAULT_KILL] = "kill",
		[FAULT_ONCE] = "once",		 [FAULT_ON] = "from here on",
		[FAULT_MEMORY] = "for a moment", [FAULT_STARVE] = "from here on",
		[FAULT_SIGNAL] = "signal",
	};
	const char *name = "";
	struct finding *finding;

	tally->bad++;
	for (size_t i = 0; i < tally->finding_count; i++)
		if (strcmp(tally->findings[i].text, text) == 0) {
			tally->findings[i].times++;
			free(text);
			return;
		}
	if (tally->finding_count == FINDINGS_MAX) {
		free(text);
		return;
	}
	finding = &tally->findings[tally->finding_count++];
	*finding = (struct finding){.text = text, .times = 1};
	if (fault->kind == FAULT_SIGNAL)
		name = sigabbrev_np(fault->error);
	else if (fault->error)
		name = strerrorname_np(fault->error);
	if (asprintf(&finding->first, "%s %s, call %zu, %s", words[fault->kind], name, fault->call,
		     where) < 0)
		err(99, "no memory");
}

static void disturb(struct story *story, const struct calls *calls, const struct fault *fault,
		    struct tally *tally)
{
	bool reached = false;
	const struct call *call = &calls->items[fault->call];
	unsigned int tries = call_allocates(call) ? TRIES_MAX : 1;
	char *finding = NULL;

	while (!reached && tries-- > 0) {
		int status = inject_run(&story->run, calls, fault, &reached);

		free(finding);
		finding = judge_run(story, fault, call, status);
	}
	if (!reached && call_allocates(call)) {
		free(finding);
		tally->missed++;
		return;
	}
	if (!reached && !finding)
		finding = strdup("the run makes other calls each time");
	if (fault->kind == FAULT_KILL)
		tally->kills++;
	else if (fault->kind == FAULT_SIGNAL)
		tally->signals++;
	else
		tally->errors++;
	if (finding)
		note_finding(tally, fault, call_name(call), finding);
}

/* The program is gone, and with it what was in memory only. */
static void cut(struct story *story, const struct disk *disk, const struct calls *calls, size_t at,
		bool journal, struct tally *tally)
{
	const struct fault fault = {FAULT_KILL, at, 0};
	bool reached = false;
	char *finding;
	int status;

	power_settle(disk);
	status = inject_run(&story->run, calls, &fault, &reached);
	power_cut(disk, journal);
	finding = judge_run(story, &fault, &calls->items[at], status);
	tally->cuts++;
	if (finding)
		note_finding(tally, &fault, journal ? "the journal written" : "at once", finding);
}

/*
 * Changes that a successful run reported as done must stay done; a directory that it removed may
 * come back empty.
 */
static void cut_at_end(struct story *story, const struct disk *disk, const struct calls *calls,
		       struct tally *tally)
{
	const struct fault none = {FAULT_NONE, calls->count, 0};
	struct image now;
	char *difference;
	int status;

	power_settle(disk);
	status = inject_none(&story->run);
	power_cut(disk, false);
	tally->cuts++;
	image_take(story->tree, is_beside, &now);
	difference = find_difference(&now, &story->after, true);
	image_restore(story->tree, &now, &story->before);
	image_done(&now);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(99, "%s: the last run ends with %x", story->name, (unsigned)status);
	if (difference)
		note_finding(tally, &none, "at the end", difference);
}

static void cut_everywhere(struct story *story, const struct disk *disk, const struct calls *calls,
			   struct tally *tally)
{
	for (size_t at = 0; at < calls->count; at++) {
		if (!call_changes(&calls->items[at]) &&
		    (at == 0 || !call_changes(&calls->items[at - 1])))
			continue;
		cut(story, disk, calls, at, false, tally);
		cut(story, disk, calls, at, true, tally);
	}
	cut_at_end(story, disk, calls, tally);
}

static bool is_first_or_last(const struct calls *calls, size_t at)
{
	bool first = true, last = true;

	for (size_t i = 0; i < calls->count; i++) {
		if (calls->items[i].number != calls->items[at].number || calls->items[i].by_loader)
			continue;
		first = first && i >= at;
		last = last && i <= at;
	}
	return first || last;
}

static bool is_killed(const struct calls *calls, size_t at, enum extent extent)
{
	if (extent == EXTENT_ALL || extent == EXTENT_KILLS)
		return true;
	return extent == EXTENT_SAMPLE &&
	       (call_changes(&calls->items[at]) || (at > 0 && call_changes(&calls->items[at - 1])));
}

/* In a sample around changes, where the signals take turns. */
static bool is_signalled(const struct calls *calls, size_t at, enum extent extent)
{
	if (calls->items[at].by_loader || extent == EXTENT_MEMORY)
		return false;
	return extent == EXTENT_ALL || is_killed(calls, at, EXTENT_SAMPLE);
}

/*
 * When all files are in place the run still looks at the result, and is to tell what it cannot see.
 */
static bool is_behind_changes(const struct calls *calls, size_t at)
{
	bool before = false, after = false;

	for (size_t i = 0; i < calls->count; i++)
		if (calls->items[i].number == SYS_renameat2) {
			before = before || i < at;
			after = after || i >= at;
		}
	return before && !after;
}

static bool is_failed(const struct calls *calls, size_t at, enum extent extent)
{
	const struct call *call = &calls->items[at];

	/* A loader that fails has no program to run. */
	if (call->by_loader || !call_can_fail(call))
		return false;
	if (extent == EXTENT_MEMORY)
		return call_allocates(call);
	return extent == EXTENT_ALL || call_changes(call) || is_first_or_last(calls, at) ||
	       is_behind_changes(calls, at);
}

static void disturb_at(struct story *story, const struct calls *calls, size_t at,
		       enum extent extent, struct tally *tally)
{
	const struct call *call = &calls->items[at];
	bool each;

	if (is_killed(calls, at, extent))
		disturb(story, calls, &(struct fault){FAULT_KILL, at, 0}, tally);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (is_signalled(calls, at, extent) &&
		    (extent == EXTENT_ALL || at % ARRAY_SIZE(signals) == i))
			disturb(story, calls, &(struct fault){FAULT_SIGNAL, at, signals[i]}, tally);
	if (!is_failed(calls, at, extent))
		return;
	/* In a sample the calls in between take turns with the errors. */
	each = extent == EXTENT_ALL || is_first_or_last(calls, at);
	for (size_t i = 0; i < ARRAY_SIZE(errors) && extent != EXTENT_MEMORY; i++)
		if (each || at % ARRAY_SIZE(errors) == i)
			disturb(story, calls, &(struct fault){FAULT_ONCE, at, errors[i]}, tally);
	for (size_t i = 0; i < ARRAY_SIZE(lasting_errors) && call_changes(call); i++)
		if (each || at % ARRAY_SIZE(lasting_errors) == i)
			disturb(story, calls, &(struct fault){FAULT_ON, at, lasting_errors[i]},
				tally);
	if (call_allocates(call)) {
		disturb(story, calls, &(struct fault){FAULT_MEMORY, at, ENOMEM}, tally);
		disturb(story, calls, &(struct fault){FAULT_STARVE, at, ENOMEM}, tally);
	}
}

static int open_output(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		err(99, "memfd_create");
	return fd;
}

/* The undisturbed run, which tells how many calls there are and what comes of them. */
static struct calls learn(struct story *story)
{
	struct calls calls;
	int status;

	image_take(story->tree, is_beside, &story->before);
	status = inject_count(&story->run, &calls);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		char *said = read_said(story->run.messages);

		errx(99, "%s: the undisturbed run ends with %x: %s", story->name, (unsigned)status,
		     said);
	}
	image_take(story->tree, is_beside, &story->after);
	image_restore(story->tree, &story->after, &story->before);
	return calls;
}

static void tell(const struct story *story, const struct calls *calls, struct tally *tally,
		 enum extent extent)
{
	size_t loader = 0, points = 0;
	size_t all = tally->kills + tally->signals + tally->errors + tally->cuts;

	for (size_t i = 0; i < calls->count; i++) {
		loader += calls->items[i].by_loader;
		points += is_failed(calls, i, extent) || is_killed(calls, i, extent);
	}
	if (tally->cuts)
		points = tally->cuts / 2;
	if (tally->missed * MISSED_ONE_IN > all + MISSED_ONE_IN)
		tally->bad += tally->missed;
	if (tally->bad == 0)
		(void)printf("ok - faults: %s: %zu injections, all files whole\n", story->name,
			     all);
	else
		(void)printf("not ok - faults: %s: %zu of %zu injections\n", story->name,
			     tally->bad, all);
	if (tally->missed)
		(void)printf("# %zu calls for memory were made in the first run alone\n",
			     tally->missed);
	for (size_t i = 0; i < tally->finding_count; i++)
		(void)printf("# %s (%zu times; first: %s)\n", tally->findings[i].text,
			     tally->findings[i].times, tally->findings[i].first);
	(void)printf("| %s | %zu | %zu | %zu | %zu | %zu | %zu | %zu | %zu |\n", story->name,
		     calls->count, loader, points, tally->kills + tally->cuts, tally->signals,
		     tally->errors, story->state_count, tally->bad);
}

/* "check --quiet" into words after the program's name. */
static char *const *make_command(char *const *argv, const char *words)
{
	char **made = calloc(strlen(words) + 3, sizeof(*made));
	char *text = strdup(words), *rest = NULL;
	size_t count = 0;

	if (!made || !text)
		err(99, "no memory");
	made[count++] = argv[0];
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		made[count++] = word;
	return made;
}

static enum extent extent_of(const char *word)
{
	static const char *const words[] = {[EXTENT_ALL] = "all",
					    [EXTENT_SAMPLE] = "sample",
					    [EXTENT_KILLS] = "kills",
					    [EXTENT_MEMORY] = "memory"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			return (enum extent)i;
	errx(99, "no extent %s", word);
}

static bool takes_all(const char *path)
{
	(void)path;
	return false;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"name", required_argument, NULL, 'n'},	   {"tree", required_argument, NULL, 't'},
		{"keep", required_argument, NULL, 'k'},	   {"check", required_argument, NULL, 'c'},
		{"undo", required_argument, NULL, 'u'},	   {"extent", required_argument, NULL, 'e'},
		{"chroot", no_argument, NULL, 'r'},	   {"disk", required_argument, NULL, 'd'},
		{"device", required_argument, NULL, 'v'},  {"format", required_argument, NULL, 'f'},
		{"options", required_argument, NULL, 'o'}, {0}};
	struct story story = {.name = "?"};
	const char *check = "check", *undo = NULL, *keep = NULL;
	enum extent extent = EXTENT_ALL;
	struct tally tally = {0};
	struct disk disk = {0};
	struct calls calls;
	bool root = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) >= 0)
		switch (option) {
		case 'n':
			story.name = optarg;
			break;
		case 't':
			story.tree = optarg;
			break;
		case 'k':
			keep = optarg;
			break;
		case 'c':
			check = optarg;
			break;
		case 'u':
			undo = optarg;
			break;
		case 'e':
			extent = extent_of(optarg);
			break;
		case 'r':
			root = true;
			break;
		case 'd':
			disk.place = optarg;
			break;
		case 'v':
			disk.device = optarg;
			break;
		case 'f':
			disk.format = optarg;
			break;
		case 'o':
			disk.options = optarg;
			break;
		default:
			return 99;
		}
	if (!story.tree || optind == argc)
		errx(99, "usage: faults --tree DIR [OPTIONS] -- PROGRAM ARGUMENT...");
	story.run = (struct program){.argv = argv + optind,
				     .environment = environ,
				     .root = root ? story.tree : NULL,
				     .output = open_output("output"),
				     .messages = open_output("messages")};
	story.check = story.undo = story.run;
	story.check.argv = make_command(story.run.argv, check);
	story.has_undo = undo;
	if (undo)
		story.undo.argv = make_command(story.run.argv, undo);
	if (keep)
		image_take(keep, takes_all, &story.kept);

	calls = learn(&story);
	if (disk.place)
		cut_everywhere(&story, &disk, &calls, &tally);
	for (size_t at = 0; at < calls.count && !tally.cuts; at++)
		disturb_at(&story, &calls, at, extent, &tally);
	tell(&story, &calls, &tally, extent);
	return tally.bad > 0;
}
