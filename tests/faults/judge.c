/* Checks what a disturbed run may leave, and what the next, undisturbed run must make of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "faults/judge.h"

#include <err.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

#define MANIFEST "/var/lib/conntrack-persist/manifest"
#define RUNTIME	 "/run/conntrack-persist"
#define APPLIED	 RUNTIME "/applied"

PRINTF_LIKE(1, 2) static char *say(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		err(99, "no memory");
	va_end(args);
	return text;
}

bool is_beside(const char *path)
{
	static const char *const names[] = {"/bus.log", "/kernel.log", "/journal.log", "/lib",
					    "/lib64",	"/usr/lib",    "/program",     "/dev"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	/* The twin's way to write a value of its kernel at once. */
	return text_ends_with(path, ".twin");
}

static bool is_temporary(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && name[1] == '.' && text_ends_with(name, "~") &&
	       strstr(name, ".conntrack-persist");
}

char *read_said(int fd)
{
	struct stat status;
	char *text;
	ssize_t got;

	if (fstat(fd, &status) < 0)
		err(99, "cannot read what was said");
	text = calloc(1, (size_t)status.st_size + 1);
	if (!text)
		err(99, "no memory");
	got = pread(fd, text, (size_t)status.st_size, 0);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

/* A manifest without its list of directories. */
static char *without_directories(const struct entry *entry)
{
	char *text = strndup(entry->bytes, entry->size), *from, *to;

	if (!text)
		err(99, "no memory");
	from = strstr(text, "\"directories\": [");
	to = from ? strchr(from, ']') : NULL;
	if (to)
		memmove(from, to, strlen(to) + 1);
	return text;
}

static bool is_same_manifest(const struct entry *a, const struct entry *b)
{
	char *CLEANUP(free_pointer) one = without_directories(a);
	char *CLEANUP(free_pointer) other = without_directories(b);

	return a->mode == b->mode && strcmp(one, other) == 0;
}

static bool is_well(const struct entry *now, const struct entry *wanted, bool loosely)
{
	if (entry_is_same(now, wanted))
		return true;
	if (!loosely)
		return false;
	if (!wanted)
		return S_ISDIR(now->mode);
	return now && text_ends_with(now->path, MANIFEST) && is_same_manifest(now, wanted);
}

/*
 * Loosely: that a directory was made by the run that was disturbed is known to nobody later, so one
 * more may be there, empty, and the manifest need not name it.
 */
char *find_difference(const struct image *now, const struct image *wanted, bool loosely)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct entry *entry = &wanted->items[i];
		const struct entry *found = image_find(now, entry->path);

		if (!is_well(found, entry, loosely))
			return say("%s %s", entry->path, found ? "is another" : "is missing");
	}
	for (size_t i = 0; i < now->count; i++)
		if (!image_find(wanted, now->items[i].path) &&
		    !is_well(&now->items[i], NULL, loosely))
			return say("%s stays", now->items[i].path);
	return NULL;
}

static bool has_line(const struct entry *entry, const char *line, size_t length)
{
	for (const char *at = entry ? entry->bytes : NULL; at && *at; at = strchr(at, '\n') + 1)
		if (strncmp(at, line, length) == 0)
			return true;
	return false;
}

/* The record of apply lists active values. Some may be missing, but no line is torn. */
static bool is_part_of(const struct entry *entry, const struct entry *before,
		       const struct entry *after)
{
	const char *at = entry->bytes;

	while (*at) {
		size_t length = strcspn(at, "\n") + 1;

		if (at[length - 1] != '\n' ||
		    (!has_line(before, at, length) && !has_line(after, at, length)))
			return false;
		at += length;
	}
	return true;
}

/* Each file is wholly as before or wholly as after. */
static char *find_torn(const struct story *story, const struct image *now)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct entry *entry = &now->items[i];
		const struct entry *before = image_find(&story->before, entry->path);
		const struct entry *after = image_find(&story->after, entry->path);

		if (!is_temporary(entry->path) && !entry_is_same(entry, before) &&
		    !entry_is_same(entry, after) &&
		    (strcmp(entry->path, APPLIED) != 0 || !is_part_of(entry, before, after)))
			return say("%s is neither old nor new", entry->path);
	}
	for (size_t i = 0; i < story->before.count; i++) {
		const char *path = story->before.items[i].path;

		if (!image_find(now, path) && image_find(&story->after, path))
			return say("%s is gone", path);
	}
	return NULL;
}

/* Somewhere under a name that a user finds. */
static bool has_content(const struct image *now, const struct entry *kept)
{
	for (size_t i = 0; i < now->count; i++)
		if (S_ISREG(now->items[i].mode) && !is_temporary(now->items[i].path) &&
		    now->items[i].size == kept->size &&
		    memcmp(now->items[i].bytes, kept->bytes, kept->size) == 0)
			return true;
	return false;
}

static char *find_lost(const struct story *story, const struct image *now)
{
	for (size_t i = 0; i < story->kept.count; i++)
		if (!has_content(now, &story->kept.items[i]))
			return say("the content of %s is lost", story->kept.items[i].path);
	return NULL;
}

/* The file of a lock is empty, and stays where a run could not remove anything any more. */
static bool is_lock(const char *path)
{
	return text_ends_with(path, "/conntrack-persist/lock");
}

/*
 * A run that succeeds may leave these things to the next one: temporary files, which the next run
 * removes, and the record of apply, which only adds details to check. Live values may be missing
 * only if the run reported them.
 */
static bool is_minor(const char *path, bool left_out)
{
	return is_temporary(path) || text_starts_with(path, RUNTIME) ||
	       (left_out &&
		(text_starts_with(path, "/proc/sys/") || text_starts_with(path, "/sys/")));
}

static struct image without_minor(const struct image *image, bool loosely, bool left_out)
{
	struct image plain = {.items = calloc(image->count + 1, sizeof(*plain.items))};

	if (!plain.items)
		err(99, "no memory");
	for (size_t i = 0; i < image->count; i++)
		if (!is_minor(image->items[i].path, left_out) &&
		    !(loosely && is_lock(image->items[i].path)))
			plain.items[plain.count++] = image->items[i];
	return plain;
}

static bool has_temporary(const struct image *image)
{
	for (size_t i = 0; i < image->count; i++)
		if (is_temporary(image->items[i].path))
			return true;
	return false;
}

/* A directory stays with the temporary file in it that could not be cleared away. */
static char *find_major_difference(const struct image *now, const struct image *wanted,
				   bool loosely, bool left_out)
{
	struct image here = without_minor(now, loosely, left_out);
	struct image there = without_minor(wanted, loosely, left_out);
	char *difference = find_difference(&here, &there, loosely || has_temporary(now));

	free(here.items);
	free(there.items);
	return difference;
}

static bool is_to_messages(const struct call *call)
{
	return strcmp(call_name(call), "write") == 0 && call->arguments[0] == STDERR_FILENO;
}

static char *first_line(const char *text)
{
	return strndup(text, strcspn(text, "\n"));
}

/* The system's words, or those that the program has instead. */
static bool names_cause(const char *said, int error)
{
	static const char *const words[] = {
		"out of memory",
		"standard output could not be written",
		"is mounted read-only",
		"not permitted, not even to root",
		"the kernel cannot get",
		"the kernel has no memory for it",
		"the kernel did not accept the whole number",
		"systemd's job failed",
		/*
		 * The loader does not say why it could not map a library; that is reported as a
		 * lack of memory.
		 */
		"Cannot allocate memory",
	};

	if (strstr(said, strerror(error)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(said, words[i]))
			return true;
	return false;
}

/* A run that did not end well says what did not, and tells the truth about the rest. */
static char *judge_failure(const struct story *story, const struct fault *fault,
			   const struct call *call, const struct image *now)
{
	char *CLEANUP(free_pointer) said = read_said(story->run.messages);
	char *CLEANUP(free_pointer) line = first_line(said);
	char *CLEANUP(free_pointer) difference = NULL;

	if (is_to_messages(call))
		return NULL;
	if (!names_cause(said, fault->error))
		return say("fails without the cause: %s", line);
	if (!strstr(said, "nothing was changed"))
		return NULL;
	/* If nothing can be removed any more, an empty directory stays, too. */
	difference = find_major_difference(now, &story->before, fault->kind == FAULT_ON, false);
	return difference ? say("says that nothing was changed, and %s", difference) : NULL;
}

/*
 * The run ends by the signal, and leaves what it would leave undisturbed, or nothing: no temporary
 * file, no half.
 */
static char *judge_signal(const struct story *story, const struct fault *fault, int status,
			  const struct image *now)
{
	char *CLEANUP(free_pointer) none = find_difference(now, &story->before, false);
	char *CLEANUP(free_pointer) all = find_difference(now, &story->after, false);

	if (!WIFSIGNALED(status) || WTERMSIG(status) != fault->error)
		return say("does not end by the signal, but with %x", (unsigned)status);
	return none && all ? say("neither undone nor done: %s; %s", none, all) : NULL;
}

static char *judge_end(const struct story *story, const struct fault *fault,
		       const struct call *call, int status, const struct image *now)
{
	char *CLEANUP(free_pointer) difference = NULL;
	char *CLEANUP(free_pointer) said = NULL;

	if (fault->kind == FAULT_KILL)
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? NULL
									  : say("was not killed");
	if (fault->kind == FAULT_SIGNAL)
		return judge_signal(story, fault, status, now);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM
			       ? say("hangs")
			       : say("crashes: %s", strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return judge_failure(story, fault, call, now);
	said = read_said(story->run.messages);
	difference = find_major_difference(now, &story->after, false, strstr(said, "left out "));
	return difference ? say("exit 0, and %s", difference) : NULL;
}

/* Runs it undisturbed; it has to succeed and to leave `wanted`. */
static char *run_and_compare(const struct story *story, const struct program *program,
			     const struct image *wanted, const char *word)
{
	int status = inject_none(program);
	char *CLEANUP(free_pointer) difference = NULL;
	struct image now;

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		char *CLEANUP(free_pointer) said = read_said(program->messages);
		char *CLEANUP(free_pointer) line = first_line(said);

		return say("%s ends with %d: %s", word,
			   WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), line);
	}
	image_take(story->tree, is_beside, &now);
	difference = find_difference(&now, wanted, true);
	image_done(&now);
	return difference ? say("after %s %s", word, difference) : NULL;
}

static void go_to(const struct story *story, const struct image *wanted)
{
	struct image now;

	image_take(story->tree, is_beside, &now);
	image_restore(story->tree, &now, wanted);
	image_done(&now);
}

/* Runs the program again on each state and checks the result. */
static char *judge_state(const struct story *story, const struct image *state)
{
	char *finding = find_torn(story, state);

	if (!finding)
		finding = find_lost(story, state);
	if (!finding)
		finding = run_and_compare(story, &story->run, &story->after, "the next run");
	if (!finding)
		finding = run_and_compare(story, &story->check, &story->after, "check");
	if (!finding && story->has_undo) {
		go_to(story, state);
		finding = run_and_compare(story, &story->undo, &story->before, "the way back");
	}
	return finding;
}

/* *ret_moved: it is a new one, and the tree has been led on from it. */
static const struct state *find_state(struct story *story, const struct image *now, bool *ret_moved)
{
	struct state *state;

	*ret_moved = false;
	for (size_t i = 0; i < story->state_count; i++)
		if (image_is_same(&story->states[i].image, now))
			return &story->states[i];
	story->states = reallocarray(story->states, story->state_count + 1, sizeof(*story->states));
	if (!story->states)
		err(99, "no memory");
	state = &story->states[story->state_count++];
	image_take(story->tree, is_beside, &state->image);
	state->finding = judge_state(story, &state->image);
	*ret_moved = true;
	return state;
}

char *judge_run(struct story *story, const struct fault *fault, const struct call *call, int status)
{
	struct image now;
	char *finding;
	const struct state *state;
	bool moved;

	image_take(story->tree, is_beside, &now);
	finding = judge_end(story, fault, call, status, &now);
	state = find_state(story, &now, &moved);
	if (!finding && state->finding)
		finding = say("%s", state->finding);
	if (moved)
		go_to(story, &story->before);
	else
		image_restore(story->tree, &now, &story->before);
	image_done(&now);
	return finding;
}
