/* Holds signals back that would end a run in the middle of a change, until the change is whole. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* Start with {0}. */
struct held_signals {
	sigset_t before; /* the signals that were blocked when the run began */
	bool held;
	bool reported; /* the run has said that one came */
};

/* Holds TERM, INT, HUP and QUIT back from here on. Does nothing if they are held already. */
void signals_hold(struct held_signals *signals);

/* The number of a held signal that has come; 0: none has. */
int signals_pending(void);

/* Returns the name of a signal, such as "SIGTERM". The text is static. */
const char *signal_to_string(int number);

/* Stops holding signals back: one that has come acts now, and usually ends the process. */
void signals_release(const struct held_signals *signals);
