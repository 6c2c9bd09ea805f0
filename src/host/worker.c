/* Lets a child process do the work, so that whoever started this one never sees a failure. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"

/* The most that is kept of what the worker prints; the rest is read and thrown away. */
#define OUTPUT_MAX 65536U

/* One of the worker's streams: where this process reads it, and where it goes on to. */
struct stream {
	int from; /* -1: it has ended */
	int to;
	struct buffer text;
};

static int64_t now_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_alarm(unsigned int milliseconds)
{
	const struct itimerval timer = {
		.it_value = {.tv_sec = milliseconds / 1000,
			     .tv_usec = (suseconds_t)(milliseconds % 1000) * 1000},
	};

	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static void exit_at_once(int number)
{
	(void)number;
	_exit(0);
}

/*
 * From here on nothing but SIGKILL and a fault of this very process makes it end with a failure:
 * it lives for less than a second, so that it need not listen to other signals.
 */
static void become_patient(sigset_t *ret_before)
{
	const struct sigaction at_once = {.sa_handler = exit_at_once};
	sigset_t blocked;

	(void)sigfillset(&blocked);
	(void)sigdelset(&blocked, SIGALRM);
	(void)sigaction(SIGALRM, &at_once, NULL);
	/* A parent that ignores SIGCHLD would never learn how the worker ended. */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &blocked, ret_before);
	set_alarm(WORKER_LAST_MS);
}

static void become_worker(const struct stream streams[2], const int ends[2], sigset_t *before)
{
	(void)signal(SIGALRM, SIG_DFL);
	(void)sigdelset(before, SIGALRM);
	(void)sigprocmask(SIG_SETMASK, before, NULL);
	set_alarm(WORKER_MS);
	for (int i = 0; i < 2; i++) {
		(void)dup2(ends[i], streams[i].to);
		(void)close(ends[i]);
		(void)close(streams[i].from);
	}
}

/* Reads what is there. At the end of the stream, or if it cannot be read, closes it. */
static void read_stream(struct stream *stream)
{
	char part[4096];
	ssize_t got = read(stream->from, part, sizeof(part));

	if (got < 0 && errno == EINTR)
		return;
	if (got > 0) {
		if (stream->text.length < OUTPUT_MAX)
			buffer_add_bytes(&stream->text, part, (size_t)got);
		return;
	}
	(void)close(stream->from);
	stream->from = -1;
}

/* Reads both streams to their ends. Returns false if that takes until the deadline. */
static bool read_streams(struct stream streams[2], int64_t deadline)
{
	while (streams[0].from >= 0 || streams[1].from >= 0) {
		struct pollfd polled[2] = {{.fd = streams[0].from, .events = POLLIN},
					   {.fd = streams[1].from, .events = POLLIN}};
		int64_t left = deadline - now_ms();
		int ready = left > 0 ? poll(polled, 2, (int)left) : 0;

		if (ready == 0 || (ready < 0 && errno != EINTR))
			return false;
		for (int i = 0; i < 2; i++)
			if (ready > 0 && polled[i].fd >= 0 && polled[i].revents)
				read_stream(&streams[i]);
	}
	return true;
}

/* A runtime such as crun fails to start the container if the pipe closes before it has written. */
static void drain_standard_input(int64_t deadline)
{
	struct stream input = {.from = STDIN_FILENO};
	struct stream streams[2] = {input, {.from = -1}};

	(void)read_streams(streams, deadline);
	buffer_clear(&streams[0].text);
}

static void pass_on(const struct stream *stream)
{
	size_t done = 0;
	ssize_t put = 0;

	for (; done < stream->text.length && put >= 0; done += put > 0 ? (size_t)put : 0)
		put = write(stream->to, stream->text.data + done, stream->text.length - done);
}

static void log_lines(const struct buffer *text, void (*log)(const char *line))
{
	for (struct text_line line = {.next = text->data}; text->data && text_next_line(&line);) {
		struct buffer CLEANUP(buffer_clear) copy = {0};

		buffer_add_bytes(&copy, line.text, line.length);
		if (copy.data)
			log(copy.data);
	}
}

/* Adds a line that says how the worker ended, unless it ended as it should. */
static void describe_end(pid_t pid, bool ended, struct buffer *b)
{
	int status = 0;

	if (b->length > 0 && b->data[b->length - 1] != '\n')
		buffer_add(b, "\n");
	if (!ended)
		(void)kill(pid, SIGKILL);
	else if (waitpid(pid, &status, 0) != pid)
		return;
	if (!ended || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		buffer_printf(b,
			      "gave up after %d ms, so that the container starts; the values of "
			      "its network namespace may be the kernel's\n",
			      WORKER_MS);
	else if (WIFSIGNALED(status))
		buffer_printf(b,
			      "was ended by signal %d (%s); the values of the container's network "
			      "namespace may be the kernel's\n",
			      WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static void watch(pid_t pid, struct stream streams[2], bool drains, void (*log)(const char *line))
{
	int64_t deadline = now_ms() + WORKER_WAIT_MS;
	bool ended = read_streams(streams, deadline);

	describe_end(pid, ended, &streams[1].text);
	if (drains)
		drain_standard_input(deadline);
	for (int i = 0; i < 2; i++)
		pass_on(&streams[i]);
	log_lines(&streams[1].text, log);
}

static bool open_streams(struct stream streams[2], int ends[2])
{
	for (int i = 0; i < 2; i++) {
		int ends_of_pipe[2];

		if (pipe2(ends_of_pipe, O_CLOEXEC) < 0)
			return false;
		streams[i].from = ends_of_pipe[0];
		ends[i] = ends_of_pipe[1];
	}
	return true;
}

bool worker_run(bool drains, void (*log)(const char *line))
{
	struct stream streams[2] = {{.from = -1, .to = STDOUT_FILENO},
				    {.from = -1, .to = STDERR_FILENO}};
	int ends[2] = {-1, -1};
	sigset_t before;
	pid_t pid = -1;

	become_patient(&before);
	if (open_streams(streams, ends))
		pid = fork();
	if (pid == 0) {
		become_worker(streams, ends, &before);
		return false;
	}
	for (int i = 0; i < 2; i++)
		close_descriptor(&ends[i]);
	if (pid > 0) {
		watch(pid, streams, drains, log);
	} else {
		log("cannot start a process of its own; the values of the container's network "
		    "namespace are the kernel's");
		if (drains)
			drain_standard_input(now_ms() + WORKER_WAIT_MS);
	}
	for (int i = 0; i < 2; i++)
		buffer_clear(&streams[i].text);
	return true;
}
