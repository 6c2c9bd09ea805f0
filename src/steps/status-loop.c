/* status --watch: the screen of the table, again and again in its place. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/status-loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "host/terminal.h"

/* What is to be done next. */
enum step {
	STEP_WAIT,
	STEP_DRAW, /* what is known */
	STEP_LOOK, /* and draw */
	STEP_END,
	STEP_FAIL, /* nobody reads what is written */
};

struct watch {
	struct context *context;
	bool on_terminal;
	struct terminal terminal;
	int signals, timer;
	sigset_t taken, mask_before;
	struct sigaction pipe_before;
	struct history history;
	const struct table *table;
	const struct judgement *judgement;
};

void status_style(const struct context *context, bool watch, struct screen_style *ret)
{
	terminal_size(&ret->columns, &ret->lines);
	if (!watch)
		ret->lines = 0;
	ret->utf8 = terminal_speaks_utf8();
	ret->color = report_style(context->report)->color;
}

/*
 * Setting up, and back
 */
static void watch_done(struct watch *watch)
{
	const struct timespec now = {0};

	terminal_stop(&watch->terminal);
	close_descriptor(&watch->signals);
	close_descriptor(&watch->timer);
	/* Whoever presses a key twice means it once. */
	while (sigtimedwait(&watch->taken, NULL, &now) > 0)
		;
	(void)sigaction(SIGPIPE, &watch->pipe_before, NULL);
	(void)sigprocmask(SIG_SETMASK, &watch->mask_before, NULL);
}

/* Signals wait to be read, so that none of them ends the program with the terminal as it is. */
static int take_signals(struct watch *watch)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		(void)sigaddset(&watch->taken, taken[i]);
	(void)sigprocmask(SIG_BLOCK, &watch->taken, &watch->mask_before);
	/* A pipe that nobody reads from is told by the write. */
	(void)sigaction(SIGPIPE, &ignore, &watch->pipe_before);
	watch->signals = signalfd(-1, &watch->taken, SFD_CLOEXEC);
	return watch->signals < 0 ? -errno : 0;
}

static int watch_start(struct watch *watch)
{
	int error = take_signals(watch);

	if (error < 0)
		return error;
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (watch->timer < 0)
		return -errno;
	watch->on_terminal = terminal_is_there();
	return watch->on_terminal ? terminal_start(&watch->terminal) : 0;
}

/*
 * Steps
 */
static int draw(struct watch *watch)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct screen_style style;

	status_style(watch->context, true, &style);
	render_table(watch->table, watch->judgement, &watch->history, &style, &text);
	if (text.error < 0 || !text.data)
		return -ENOMEM;
	if (watch->on_terminal)
		return terminal_draw(text.data);
	if (watch->history.count > 1)
		(void)fputs("\n", stdout);
	return fputs(text.data, stdout) == EOF || fflush(stdout) == EOF ? -EIO : 0;
}

/* As if the signal had been left alone, but with the terminal as it was; returns once the program goes on. */
static int suspend(struct watch *watch)
{
	const struct timespec now = {0};
	sigset_t set;

	terminal_stop(&watch->terminal);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTSTP);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	/* What made it go on is done with here. */
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCONT);
	(void)sigtimedwait(&set, NULL, &now);
	return watch->on_terminal ? terminal_start(&watch->terminal) : 0;
}

static enum step take_signal(struct watch *watch)
{
	struct signalfd_siginfo info;

	if (read(watch->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return STEP_WAIT;
	switch (info.ssi_signo) {
	case SIGWINCH:
		return watch->on_terminal ? STEP_DRAW : STEP_WAIT;
	case SIGTSTP:
		return suspend(watch) < 0 ? STEP_FAIL : STEP_LOOK;
	case SIGCONT:
		/* The shell may have used the terminal; a SIGSTOP gave no chance to hand it over. */
		terminal_stop(&watch->terminal);
		return watch->on_terminal && terminal_start(&watch->terminal) < 0 ? STEP_FAIL
										  : STEP_LOOK;
	default:
		return STEP_END;
	}
}

static enum step take_keys(struct watch *watch)
{
	char keys[64];
	size_t count = terminal_read_keys(&watch->terminal, keys, sizeof(keys));

	for (size_t i = 0; i < count; i++)
		if (keys[i] == 'q' || keys[i] == 'Q')
			return STEP_END;
	return STEP_WAIT;
}

/* Waits for whatever comes first. */
static enum step wait_for_step(struct watch *watch)
{
	struct pollfd of[] = {
		{.fd = watch->signals, .events = POLLIN},
		{.fd = watch->timer, .events = POLLIN},
		/* Nothing but that its reader is gone. */
		{.fd = STDOUT_FILENO},
		{.fd = watch->terminal.keys ? STDIN_FILENO : -1, .events = POLLIN},
	};
	uint64_t expirations;

	if (poll(of, ARRAY_SIZE(of), -1) < 0)
		return errno == EINTR ? STEP_WAIT : STEP_FAIL;
	if (of[0].revents)
		return take_signal(watch);
	if (of[2].revents)
		return STEP_FAIL;
	if (of[3].revents)
		return take_keys(watch);
	if (of[1].revents &&
	    read(watch->timer, &expirations, sizeof(expirations)) == (ssize_t)sizeof(expirations))
		return STEP_LOOK;
	return STEP_WAIT;
}

/* The next look comes so many seconds after this one: looks that take long leave the processor alone in between. */
static int set_timer(struct watch *watch, unsigned int seconds)
{
	const struct itimerspec when = {.it_value.tv_sec = (time_t)seconds};

	return timerfd_settime(watch->timer, 0, &when, NULL) < 0 ? -errno : 0;
}

static int run(struct watch *watch, unsigned int seconds, status_look *look, void *data)
{
	enum step step = STEP_LOOK;
	int error = 0;

	while (error == 0 && step != STEP_END && step != STEP_FAIL) {
		if (step == STEP_LOOK) {
			error = look(data, &watch->table, &watch->judgement);
			if (error == 0)
				history_add(&watch->history, watch->table, watch->judgement);
			if (error == 0)
				error = set_timer(watch, seconds);
		}
		if (error == 0 && step != STEP_WAIT)
			error = draw(watch);
		if (error == 0)
			step = wait_for_step(watch);
	}
	return error < 0 ? error : step == STEP_FAIL ? -EPIPE : 0;
}

enum exit_code status_watch(struct context *context, unsigned int seconds, status_look *look,
			    void *data)
{
	struct watch watch = {.context = context, .signals = -1, .timer = -1};
	int error;

	(void)sigemptyset(&watch.taken);
	error = watch_start(&watch);
	if (error == 0)
		error = run(&watch, seconds, look, data);
	watch_done(&watch);
	/* Standard output that is gone speaks for itself. */
	if (error == -ECANCELED && watch.on_terminal)
		report_last_error(context->report);
	else if (error < 0 && error != -EPIPE && error != -EIO && error != -ECANCELED)
		report_message(context->report, SEVERITY_ERROR, "cannot watch the table: %s",
			       strerror(-error));
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}
