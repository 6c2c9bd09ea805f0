/* Foretells when the table will be full, from looks at it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/forecast.h"

#include <string.h>

#include "base/text.h"

/* A change of the growth between two halves that counts as none. */
#define STEADY_LEAST 0.8
#define STEADY_MOST  1.25

/* The parts of the time whose growth shows how irregular it is, an even number. */
#define PARTS 6
/* A difference of so many standard deviations may be chance. */
#define CHANCE 1.7

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

/* Returns the first look that is so many seconds after the first one, or the last look. */
static size_t find_look(const struct forecast_look *looks, size_t count, double seconds)
{
	size_t at = 0;

	while (at + 1 < count && seconds_since(looks, &looks[at]) < seconds)
		at++;
	return at;
}

/*
 * Returns the variance of the growth in a part of the time, apart from its trend: half of the mean
 * square of the difference between two parts that follow each other. Parts of several looks are
 * compared, because the kernel removes what has expired only now and then. 0 for too few looks.
 */
static double find_variance(const struct forecast_look *looks, size_t count)
{
	double part = seconds_since(looks, &looks[count - 1]) / PARTS;
	double squares = 0, before = 0;

	if (count <= PARTS)
		return 0;
	for (size_t i = 0, from = 0; i < PARTS; i++) {
		size_t to = find_look(looks, count, part * (double)(i + 1));
		double more = (double)looks[to].entries - (double)looks[from].entries;
		double growth = looks[to].when > looks[from].when
					? more * part / seconds_since(&looks[from], &looks[to])
					: before;

		if (i > 0)
			squares += (growth - before) * (growth - before);
		before = growth;
		from = to;
	}
	return squares / 2 / (PARTS - 1);
}

/* How the table grew in the two halves of the time that was looked at, in entries. */
struct growth {
	double before, last;
	double next; /* what it will grow by in each half from now on, if `changes` is false */
	bool changes;
};

static bool is_steady(double before, double last)
{
	return before <= 0 || (last >= before * STEADY_LEAST && last <= before * STEADY_MOST);
}

/* Returns whether the growth was still speeding up within the last half. */
static bool speeds_up(const struct forecast_look *looks, size_t count)
{
	size_t half = find_half(looks, count);
	double before = fit(looks, half + 1).slope;

	return !is_steady(before, fit(looks + half, count - half).slope);
}

/*
 * Judges how the growth goes on. If the two halves differ by no more than CHANCE standard
 * deviations of their difference, that may be chance, and the whole time counts. A growth that is
 * larger in the last half, but steady within it, is expected to stay: that is an attack after a
 * calm.
 */
static struct growth find_growth(const struct forecast_look *looks, size_t count, size_t half)
{
	double span = seconds_since(looks, &looks[count - 1]);
	struct growth growth = {
		.before = fit(looks, half + 1).slope * span / 2,
		.last = fit(looks + half, count - half).slope * span / 2,
	};
	double more = growth.last - growth.before;

	growth.next = growth.last;
	if (more * more <= CHANCE * CHANCE * find_variance(looks, count) * PARTS)
		growth.next = fit(looks, count).slope * span / 2;
	else if (!is_steady(growth.before, growth.last))
		growth.changes = more < 0 || speeds_up(looks + half, count - half);
	return growth;
}

/*
 * Returns the growth of the next half. A growth that slows down does so by the same share each
 * time, one that speeds up by the same amount.
 */
static double next_growth(const struct growth *growth, double now)
{
	if (!growth->changes)
		return growth->next;
	return growth->last < growth->before ? now * growth->last / growth->before
					     : now + (growth->last - growth->before);
}

/* Returns after how many seconds `room` is used up, or 0. half: seconds of each half. */
static double use_up(double room, const struct growth *growth, double half)
{
	double now = growth->last, passed = 0;

	for (unsigned int i = 0; i < 2 * FORECAST_REACH; i++) {
		now = next_growth(growth, now);
		if (room <= now)
			return passed + half * room / now;
		room -= now;
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
	struct trend whole, second;
	struct growth growth;
	double span, seconds;
	size_t half;

	if (count < FORECAST_LOOKS || looks[count - 1].entries >= max)
		return 0;
	span = seconds_since(looks, &looks[count - 1]);
	if (span < FORECAST_SECONDS)
		return 0;
	half = find_half(looks, count);
	whole = fit(looks, count);
	second = fit(looks + half, count - half);
	/* The growth must be more than its irregularities: twice their standard deviation. */
	if (whole.slope <= 0 || second.slope <= 0 ||
	    second.slope * span / 2 * (second.slope * span / 2) <= 4 * second.spread)
		return 0;
	growth = find_growth(looks, count, half);
	seconds = use_up((double)(max - looks[count - 1].entries), &growth, span / 2);
	return seconds > 0 && seconds < 1 ? 1 : (uint64_t)seconds;
}
