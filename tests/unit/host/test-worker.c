/* host/worker: what the caller of a hook sees, whatever becomes of the process that does the work. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "host/worker.h"

/* What the worker of a test does; it returns its exit status. */
typedef int work_of_worker(void);

/* The log is the process's descriptor 3, a pipe of the test. */
#define LOG_DESCRIPTOR 3

static void log_line(const char *line)
{
	(void)!write(LOG_DESCRIPTOR, line, strlen(line));
	(void)!write(LOG_DESCRIPTOR, "\n", 1);
}

struct seen {
	int status;
	long milliseconds;
	char out[256], log[256];
};

static long now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_end(int fd, char text[static 256])
{
	ssize_t got, used = 0;

	while (used < 255 && (got = read(fd, text + used, 255 - (size_t)used)) > 0)
		used += got;
	text[used] = '\0';
	close(fd);
}

/* Runs as a runtime would: standard input and output are pipes, and the exit status counts. */
static void run(work_of_worker *work, int input, struct seen *ret)
{
	int out[2], log[2];
	long start = now_ms();
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(log), 0);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Behind those that are made into others. */
		int to = fcntl(log[1], F_DUPFD, 10), from = fcntl(input, F_DUPFD, 10);

		dup2(out[1], STDOUT_FILENO);
		dup2(from, STDIN_FILENO);
		dup2(to, LOG_DESCRIPTOR);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		for (int fd = LOG_DESCRIPTOR + 1; fd < 64; fd++)
			(void)close(fd);
		_exit(worker_run(true, log_line) ? 0 : work());
	}
	close(out[1]);
	close(log[1]);
	read_end(out[0], ret->out);
	read_end(log[0], ret->log);
	assert_int_equal(waitpid(pid, &ret->status, 0), pid);
	ret->milliseconds = now_ms() - start;
}

static int do_all(void)
{
	(void)!write(STDOUT_FILENO, "done\n", 5);
	(void)!write(STDERR_FILENO, "warning\nand more", 16);
	return 78;
}

static int crash(void)
{
	/* cmocka has its own. */
	(void)signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
	return 0;
}

static int be_killed(void)
{
	(void)!write(STDERR_FILENO, "half", 4);
	raise(SIGKILL);
	return 0;
}

static int be_stuck(void)
{
	for (;;)
		(void)pause();
	return 0;
}

/* As one that a signal cannot end, for example in a file system that does not answer. */
static int be_deaf(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	return be_stuck();
}

static int be_stopped(void)
{
	raise(SIGSTOP);
	return 0;
}

static int print_much(void)
{
	char line[1000];

	memset(line, 'a', sizeof(line));
	for (int i = 0; i < 10000; i++)
		(void)!write(STDOUT_FILENO, line, sizeof(line));
	return 0;
}

static int tell_signals(void)
{
	sigset_t blocked;
	struct sigaction action;

	(void)sigprocmask(SIG_SETMASK, NULL, &blocked);
	(void)sigaction(SIGALRM, NULL, &action);
	for (int i = 1; i < 32; i++)
		if (sigismember(&blocked, i) == 1)
			(void)!write(STDOUT_FILENO, "blocked ", 8);
	if (action.sa_handler == SIG_DFL)
		(void)!write(STDOUT_FILENO, "default", 7);
	return 0;
}

static void caller_sees_success(void **state)
{
	static const struct {
		work_of_worker *work;
		const char *out, *log;
	} rows[] = {
		{do_all, "done\n", "warning\nand more\n"},
		{crash, "", "was ended by signal 11"},
		{be_killed, "", "half\nwas ended by signal 9"},
		{be_stuck, "", "gave up after 800 ms"},
		{be_deaf, "", "gave up after 800 ms"},
		{be_stopped, "", "gave up after 800 ms"},
		{tell_signals, "default", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct seen seen = {0};
		int input = open("/dev/null", O_RDONLY);

		assert_true(input >= 0);
		run(rows[i].work, input, &seen);
		close(input);
		assert_int_equal(seen.status, 0);
		expect_text("printed", seen.out, rows[i].out);
		/* On a busy machine the last timer may come before the line is logged. */
		if (seen.log[0] || seen.milliseconds < WORKER_LAST_MS)
			expect_start("logged", seen.log, rows[i].log);
		/* Asserted of the bound alone, which a slow machine does not move by itself. */
		if (rows[i].work == be_stuck)
			assert_true(seen.milliseconds >= WORKER_MS);
	}
}

static void much_output_ends(void **state)
{
	struct seen seen = {0};
	int input = open("/dev/null", O_RDONLY);

	(void)state;
	run(print_much, input, &seen);
	close(input);
	assert_int_equal(seen.status, 0);
	assert_int_equal(strlen(seen.out), 255);
}

/* A worker that reads nothing: the writer must find a reader until it has written all. */
static void writer_finds_a_reader(void **state)
{
	struct seen seen = {0};
	char part[4096] = {0};
	int input[2], status = 0;
	pid_t writer;

	(void)state;
	assert_int_equal(pipe(input), 0);
	fflush(stdout);
	writer = fork();
	assert_true(writer >= 0);
	if (writer == 0) {
		close(input[0]);
		for (int i = 0; i < 100; i++)
			if (write(input[1], part, sizeof(part)) != sizeof(part))
				_exit(1);
		_exit(0);
	}
	close(input[1]);
	run(crash, input[0], &seen);
	close(input[0]);
	assert_int_equal(seen.status, 0);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caller_sees_success),
		cmocka_unit_test(much_output_ends),
		cmocka_unit_test(writer_finds_a_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
