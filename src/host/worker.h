/* Lets a child process do the work, so that whoever started this one never sees a failure. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/*
 * The milliseconds after which the worker is ended, after which nobody waits for it any more, and
 * after which this process ends whatever it is doing. Together with the start of the program they
 * are less than a second.
 */
#define WORKER_MS      800
#define WORKER_WAIT_MS 850
#define WORKER_LAST_MS 950

/*
 * Starts a child process, the worker. In the worker returns false: it does the work and ends as
 * each process does; SIGALRM ends it after WORKER_MS. In the process itself returns true after the
 * worker has ended, by itself or by a signal, or after WORKER_WAIT_MS: then the caller has nothing
 * left to do but to exit 0. Also returns true if there can be no worker.
 *
 * What the worker prints is printed by this process, and log() is called for each line on standard
 * error, and for a line that says that the worker was ended. So a worker that hangs in the kernel
 * holds no pipe of the caller's. If drains is set, standard input is read to its end, because a
 * runtime may fail if nobody reads what it writes.
 */
bool worker_run(bool drains, void (*log)(const char *line));
