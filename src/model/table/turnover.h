/* Estimates how many entries came and went between two looks, by the samples of both. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/sample.h"

/*
 * An estimate. In 19 of 20 cases or more the true number is no further away than `error`, which is
 * 0 if the samples have every entry.
 */
struct turnover_rate {
	double rate, error; /* entries a second */
};

struct turnover {
	bool known;
	double seconds; /* between the two looks */
	struct turnover_rate in, out;
	/*
	 * An entry that came and went between the looks is in neither of them, so that both rates
	 * are lower bounds. If the looks are at most 10 s apart, which is the shortest of the
	 * kernel's default timeouts (tcp_close), few entries are so short-lived.
	 */
	bool at_least;
	/*
	 * More than half of the earlier entries went. So most entries live shorter than the time
	 * between the looks, and many more may have come and gone.
	 */
	bool mostly_gone;
};

/* The shortest and the longest time between two looks that are compared. */
#define TURNOVER_SECONDS_LEAST 1U
#define TURNOVER_SECONDS_MOST  3600U

/*
 * Compares the sample of an earlier look with that of this look, both finished. The rates stay
 * unknown if there was no earlier look (NULL, or `when` is 0), if the time between is too short or
 * too long, if one look had ids and the other had none, or if a record has nothing in common with
 * this look, because it may be the record of another network namespace's table.
 */
void turnover_find(const struct sample *before, const struct sample *now, struct turnover *ret);

/* Returns whether this look was too soon after the earlier one, which should be kept then. */
bool turnover_is_too_soon(const struct sample *before, const struct sample *now);
