/* The screen of the table: moments, and the rates that --watch knows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/render/render-table-rows.h"

/* Where the name of the host is cut. */
#define HOST_MOST 40

static struct tm local_time(uint64_t when)
{
	time_t seconds = (time_t)(when / 1000000);
	struct tm ret = {0};

	(void)localtime_r(&seconds, &ret);
	return ret;
}

void add_moment(struct buffer *b, uint64_t when, uint64_t now)
{
	struct tm then = local_time(when), today = local_time(now);

	if (then.tm_year != today.tm_year || then.tm_yday != today.tm_yday)
		buffer_printf(b, "%04d-%02d-%02d ", then.tm_year + 1900, then.tm_mon + 1,
			      then.tm_mday);
	buffer_printf(b, "%02d:%02d:%02d", then.tm_hour, then.tm_min, then.tm_sec);
}

/* Adds "0.5 entries/s" or "1,200 entries/s"; only small rates have a digit after the point. */
static void add_rate(struct buffer *b, double amount, double seconds, const char *what)
{
	double rate = amount / seconds, size = rate < 0 ? -rate : rate;
	char number[32];
	size_t from = b->length, length;

	buffer_add(b, rate < 0 ? "-" : "");
	if (size >= 10) {
		buffer_add_count(b, size < 1e18 ? (uint64_t)(size + 0.5) : UINT64_MAX);
	} else {
		(void)snprintf(number, sizeof(number), "%.1f", size);
		length = strlen(number);
		if (length > 2 && strcmp(number + length - 2, ".0") == 0)
			number[length - 2] = '\0';
		buffer_add(b, number);
	}
	buffer_printf(b, " %s", what);
	screen_keep_together(b, from);
}

void add_now(struct screen *screen, const struct table *table, const struct history *history)
{
	struct buffer *text = &screen_add(screen, "now", RANK_NOW)->text;
	double seconds = history->seconds, change = (double)history->entries_change;

	add_moment(text, table->now, table->now);
	if (table->host[0])
		buffer_printf(text, " on %.*s", HOST_MOST, table->host);
	if (!history->rates_known)
		return;
	buffer_add(text, "; in ");
	add_rate(text, seconds, 1, "s");
	buffer_add(text, change < 0 ? " " : " +");
	add_rate(text, change, seconds, "entries/s");
	if (table->counters.known[COUNTER_DROP]) {
		buffer_add(text, ", ");
		add_rate(text, (double)history->counted[COUNTER_DROP], seconds, "drops/s");
	}
	if (history->counted[COUNTER_CHAIN_TOO_LONG] > 0) {
		buffer_add(text, ", ");
		add_rate(text, (double)history->counted[COUNTER_CHAIN_TOO_LONG], seconds,
			 "chains too long/s");
	}
}

/* Adds a time for people: "45 s", "12 min" or "3 h". */
static void add_about(struct buffer *text, uint64_t seconds)
{
	if (seconds < 120)
		screen_add_number(text, seconds, "s", "s");
	else if (seconds < 7200)
		screen_add_number(text, (seconds + 30) / 60, "min", "min");
	else
		screen_add_number(text, (seconds + 1800) / 3600, "h", "h");
}

void add_forecast(struct screen *screen, const struct table *table, const struct history *history)
{
	struct buffer *text = &screen_add(screen, "full in", RANK_FORECAST)->text;
	uint64_t seconds = table->full_in;

	if (!table->max.known || table->max.value == 0)
		return;
	if (history)
		seconds = forecast_seconds(history->looks, history->look_count, table->max.value);
	if (seconds == 0)
		return;
	buffer_add(text, "about ");
	add_about(text, seconds);
	buffer_add(text, ", if the entries go on growing like this");
}

/* An error that is no more than one part in this many of the rate is not shown. */
#define ERROR_SHARE 10

/*
 * Adds a rate. A lower bound is shown without the error of the sample, because it must be right.
 * Any other rate with a large error is shown as "880 to 1,200".
 */
static void add_estimate(struct buffer *text, const struct turnover_rate *rate, bool at_least,
			 const char *what)
{
	double least = rate->rate > rate->error ? rate->rate - rate->error : 0;

	if (at_least) {
		add_rate(text, least, 1, what);
	} else if (rate->error * ERROR_SHARE <= rate->rate) {
		buffer_add(text, rate->error > 0 ? "about " : "");
		add_rate(text, rate->rate, 1, what);
	} else {
		add_rate(text, least, 1, "to ");
		add_rate(text, rate->rate + rate->error, 1, what);
	}
}

void add_turnover(struct screen *screen, const struct table *table, const struct history *history)
{
	struct buffer *text = &screen_add(screen, "in and out", RANK_TURNOVER)->text;
	const struct turnover *turnover = &table->turnover;

	if (!turnover->known)
		return;
	buffer_add(text, turnover->at_least ? "at least " : "");
	add_estimate(text, &turnover->in, turnover->at_least, "entries/s in");
	buffer_add(text, ", ");
	add_estimate(text, &turnover->out, turnover->at_least, "out");
	buffer_add(text, ", in ");
	add_about(text, (uint64_t)(turnover->seconds + 0.5));
	if (turnover->mostly_gone && !history)
		buffer_add(text, "; most entries live shorter, so run status --watch to see them");
}

void add_host(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "host", RANK_HOST)->text;
	struct tm now;

	if (table->now == 0)
		return;
	now = local_time(table->now);
	if (table->host[0])
		buffer_printf(text, "%.*s, ", HOST_MOST, table->host);
	buffer_printf(text, "%04d-%02d-%02d ", now.tm_year + 1900, now.tm_mon + 1, now.tm_mday);
	add_moment(text, table->now, table->now);
}

void add_history(struct screen *screen, const struct history *history)
{
	size_t most = screen_width(screen) - 2;
	size_t count = history->count < most ? history->count : most;
	bool known = false;

	for (size_t i = 0; i < history->count; i++)
		known = known || history->shares[i].known;
	if (known && history->count > 1)
		screen_add_heights(screen, screen_add(screen, "history", RANK_HISTORY),
				   history->shares + history->count - count, count);
}
