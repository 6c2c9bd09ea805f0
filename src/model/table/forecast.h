/* Foretells when the table will be full, from looks at it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The entries at one moment. */
struct forecast_look {
	uint64_t when; /* microseconds since the epoch */
	uint64_t entries;
};

/* The fewest looks, and the shortest time between the first and the last, that show a trend. */
#define FORECAST_LOOKS	 5U
#define FORECAST_SECONDS 8U
/* Nothing is foretold for longer than this many times the time that was looked at. */
#define FORECAST_REACH 25U

/* The most looks that are kept. */
#define FORECAST_LOOKS_MAX 60U
/* Looks of a record that are older are ignored. */
#define FORECAST_HOURS 1U

/*
 * Reads a record of looks, lines of "MICROSECONDS ENTRIES": the last ones, in the order of time,
 * that are not older than an hour at `now`, and earlier than now. Returns how many there are, less
 * than FORECAST_LOOKS_MAX. A line that cannot be read ends the record before it, so that looks
 * behind a broken line count alone.
 */
size_t forecast_parse(const char *text, uint64_t now, struct forecast_look ret[FORECAST_LOOKS_MAX]);

/*
 * Returns after how many seconds the table will be full, or 0 if nothing can be foretold: too few
 * looks, entries that become fewer or grow too slowly to reach max, or a growth that is no larger
 * than its irregularities. The looks are ordered by time. If the growth slows down or speeds up by
 * more than may be chance, it is expected to go on doing so, but a new growth that is steady is
 * expected to stay.
 */
uint64_t forecast_seconds(const struct forecast_look *looks, size_t count, uint64_t max);
