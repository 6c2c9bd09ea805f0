/* Signals that would end a run in the middle of a change, held back until the change is whole. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/signals.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

static const struct {
	int number;
	const char *name;
} ends[] = {{SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}, {SIGHUP, "SIGHUP"}, {SIGQUIT, "SIGQUIT"}};

/*
 * nohup(1) and background jobs of a shell ignore a signal; it stays ignored. A blocked one would be
 * pending anyway.
 */
static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_hold(struct held_signals *signals)
{
	sigset_t set;

	if (signals->held)
		return;
	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (!is_ignored(ends[i].number))
			(void)sigaddset(&set, ends[i].number);
	signals->held = sigprocmask(SIG_BLOCK, &set, &signals->before) == 0;
}

int signals_pending(void)
{
	sigset_t set;

	if (sigpending(&set) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigismember(&set, ends[i].number) == 1)
			return ends[i].number;
	return 0;
}

const char *signal_to_string(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].number == number)
			return ends[i].name;
	return "a signal";
}

void signals_release(const struct held_signals *signals)
{
	if (signals->held)
		(void)sigprocmask(SIG_SETMASK, &signals->before, NULL);
}
