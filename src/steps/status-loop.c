/* Runs status --watch: draws the screen of the table repeatedly in the same place. */
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

/* The next step of the loop. */
enum step {
	STEP_WAIT,
	STEP_DRAW, /* draw the last table again */
	STEP_LOOK, /* read the table and draw it */
	STEP_END,
	STEP_FAIL, /* nobody reads the output */
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
	ret->verbose = context->options && context->options->verbose;
	ret->no_addresses = context->options && context->options->no_addresses;
	ret->color = report_style(context->report)->color;
}

/* Setting up and restoring */
static void watch_done(struct watch *watch)
{
	const struct timespec now = {0};

	terminal_stop(&watch->terminal);
	close_descriptor(&watch->signals);
	close_descriptor(&watch->timer);
	/* Discard repeats, because a user who presses a key twice means it once. */
	while (sigtimedwait(&watch->taken, NULL, &now) > 0)
		;
	(void)sigaction(SIGPIPE, &watch->pipe_before, NULL);
	(void)sigprocmask(SIG_SETMASK, &watch->mask_before, NULL);
}

/*
 * Blocks the signals and reads them from a descriptor, so that none of them ends the program before
 * the terminal is restored.
 */
static int take_signals(struct watch *watch)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		(void)sigaddset(&watch->taken, taken[i]);
	(void)sigprocmask(SIG_BLOCK, &watch->taken, &watch->mask_before);
	/* Ignore SIGPIPE, because write(2) reports a pipe without a reader as well. */
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
	return 0;
}

/* The steps of the loop */
static int draw(struct watch *watch)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct screen_style style;
	int error;

	status_style(watch->context, true, &style);
	render_table(watch->table, watch->judgement, &watch->history, &style, &text);
	if (text.error < 0 || !text.data)
		return -ENOMEM;
	if (watch->on_terminal) {
		error = terminal_start(&watch->terminal);
		return error < 0 ? error : terminal_draw(text.data);
	}
	if (watch->history.count > 1)
		(void)fputs("\n", stdout);
	return fputs(text.data, stdout) == EOF || fflush(stdout) == EOF ? -EIO : 0;
}

/*
 * Restores the terminal and stops the process as the signal would have done by default. The SIGCONT
 * that ends the stop leads to the next look.
 */
static void suspend(struct watch *watch)
{
	sigset_t set;

	terminal_stop(&watch->terminal);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTSTP);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
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
		suspend(watch);
		return STEP_WAIT;
	case SIGCONT:
		/*
		 * The shell may have changed the terminal, and after SIGSTOP this process could not
		 * restore it; the next draw saves its state again.
		 */
		terminal_stop(&watch->terminal);
		return STEP_LOOK;
	default:
		return STEP_END;
	}
}

/* Waits for a key, a signal or the timer, whichever comes first. */
static enum step wait_for_step(struct watch *watch)
{
	struct pollfd of[] = {
		{.fd = watch->signals, .events = POLLIN},
		{.fd = watch->timer, .events = POLLIN},
		/* On standard output poll(2) reports only that the reader has gone. */
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
		return terminal_read_key(&watch->terminal) == 'q' ? STEP_END : STEP_WAIT;
	if (of[1].revents &&
	    read(watch->timer, &expirations, sizeof(expirations)) == (ssize_t)sizeof(expirations))
		return STEP_LOOK;
	return STEP_WAIT;
}

/* Starts the timer after the look, so that slow looks leave the processor idle in between. */
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
	/* A standard output without a reader needs no message. */
	if (error == -ECANCELED && watch.on_terminal)
		report_last_error(context->report);
	else if (error < 0 && error != -EPIPE && error != -EIO && error != -ECANCELED)
		report_message(context->report, SEVERITY_ERROR, "cannot watch the table: %s",
			       strerror(-error));
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}
