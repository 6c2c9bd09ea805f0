/* Foretells when the table will be full, from looks at it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/forecast.h"

#include <string.h>

#include "base/text.h"

/* A change of the growth between two halves that counts as none. */
#define STEADY_LEAST 0.8
#define STEADY_MOST  1.25

/* A straight line through some looks. */
struct trend {
	double slope;  /* entries a second */
	double spread; /* the mean square of the distances from the line */
};

static double seconds_since(const struct forecast_look *from, const struct forecast_look *to)
{
	return (double)(to->when - from->when) / 1e6;
}

/* Fits the line by least squares. */
static struct trend fit(const struct forecast_look *looks, size_t count)
{
	double mean_time = 0, mean_entries = 0, both = 0, times = 0, entries = 0;
	struct trend trend = {0};

	for (size_t i = 0; i < count; i++) {
		mean_time += seconds_since(looks, &looks[i]) / (double)count;
		mean_entries += (double)looks[i].entries / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		double time = seconds_since(looks, &looks[i]) - mean_time;
		double more = (double)looks[i].entries - mean_entries;

		both += time * more;
		times += time * time;
		entries += more * more;
	}
	if (times > 0)
		trend.slope = both / times;
	trend.spread = (entries - trend.slope * both) / (double)count;
	return trend;
}

/* Returns the first look of the second half of the time. */
static size_t find_half(const struct forecast_look *looks, size_t count)
{
	double half = seconds_since(looks, &looks[count - 1]) / 2;
	size_t at = 1;

	while (at + 2 < count && seconds_since(looks, &looks[at]) < half)
		at++;
	return at;
}

/*
 * Returns the growth of the next half, from those of the last two. A growth that slows down does so
 * by the same share each time, one that speeds up by the same amount.
 */
static double next_growth(double before, double last, double growth)
{
	if (before <= 0 || (last >= before * STEADY_LEAST && last <= before * STEADY_MOST))
		return growth;
	return last < before ? growth * last / before : growth + (last - before);
}

/* Returns after how many seconds `room` is used up, or 0. half: seconds of each half. */
static double use_up(double room, double before, double last, double half)
{
	double growth = last, passed = 0;

	for (unsigned int i = 0; i < 2 * FORECAST_REACH; i++) {
		growth = next_growth(before, last, growth);
		if (room <= growth)
			return passed + half * room / growth;
		room -= growth;
		passed += half;
	}
	return 0;
}

static bool read_look(const struct text_line *line, struct forecast_look *ret)
{
	const char *blank = memchr(line->text, ' ', line->length);
	size_t first = blank ? (size_t)(blank - line->text) : 0;

	return blank && text_parse_number(line->text, first, UINT64_MAX, &ret->when) == 0 &&
	       text_parse_number(blank + 1, line->length - first - 1, UINT64_MAX, &ret->entries) ==
		       0;
}

size_t forecast_parse(const char *text, uint64_t now, struct forecast_look ret[FORECAST_LOOKS_MAX])
{
	const uint64_t reach = FORECAST_HOURS * UINT64_C(3600000000);
	size_t count = 0;

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		struct forecast_look look;

		/* The clock may have been set back. */
		if (!read_look(&line, &look) || (count > 0 && look.when <= ret[count - 1].when)) {
			count = 0;
			continue;
		}
		if (look.when >= now || now - look.when > reach)
			continue;
		if (count == FORECAST_LOOKS_MAX - 1)
			memmove(ret, ret + 1, --count * sizeof(*ret));
		ret[count++] = look;
	}
	return count;
}

uint64_t forecast_seconds(const struct forecast_look *looks, size_t count, uint64_t max)
{
	struct trend whole, first, second;
	double span, seconds;
	size_t half;

	if (count < FORECAST_LOOKS || looks[count - 1].entries >= max)
		return 0;
	span = seconds_since(looks, &looks[count - 1]);
	if (span < FORECAST_SECONDS)
		return 0;
	half = find_half(looks, count);
	whole = fit(looks, count);
	first = fit(looks, half + 1);
	second = fit(looks + half, count - half);
	/* The growth must be more than its irregularities: twice their standard deviation. */
	if (whole.slope <= 0 || second.slope <= 0 ||
	    second.slope * span / 2 * (second.slope * span / 2) <= 4 * second.spread)
		return 0;
	seconds = use_up((double)(max - looks[count - 1].entries), first.slope * span / 2,
			 second.slope * span / 2, span / 2);
	return seconds > 0 && seconds < 1 ? 1 : (uint64_t)seconds;
}
