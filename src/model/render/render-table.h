/* Renders the table as a screen for people and as metrics for Prometheus. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/runtime/runtime-values.h"
#include "model/table/forecast.h"
#include "model/table/table.h"

struct screen_style {
	unsigned int columns; /* of the terminal; less than 40 counts as 40 */
	/* the most lines; the least important rows are left out; 0: no limit */
	unsigned int lines;
	/* whether the bar and the history are drawn with block characters; else with ASCII */
	bool utf8;
	bool color;
	bool verbose;	   /* whether rows are drawn that say nothing is wrong */
	bool no_addresses; /* whether addresses are left out, for screens that go into tickets */
};

/*
 * The data that --watch keeps: the share of max at each look, and the counters of the last two
 * looks.
 */
#define HISTORY_SIZE 60
struct history {
	struct figure shares[HISTORY_SIZE]; /* tenths of a percent; the newest is the last */
	size_t count;
	struct forecast_look looks[HISTORY_SIZE]; /* those whose entries are known */
	size_t look_count;
	uint64_t last;	       /* when the newest was taken, in microseconds since the epoch */
	struct figure entries; /* at that time */
	struct counters counters;
	bool rates_known;
	double seconds;		    /* between the last two looks */
	int64_t entries_change;	    /* between the last two looks */
	uint64_t counted[COUNTERS]; /* between the last two looks */
};
void history_add(struct history *history, const struct table *table,
		 const struct judgement *judgement);

/*
 * Adds one screen: at most 24 lines if there are only a few namespaces, no line longer than
 * style->columns cells, and the verdict with the next step first. history NULL: the screen of
 * a single look.
 */
void render_table(const struct table *table, const struct judgement *judgement,
		  const struct history *history, const struct screen_style *style,
		  struct buffer *b);

/* Adds the verdict and the next step: one or two sentences without a newline. */
void render_verdict(const struct table *table, const struct judgement *judgement, struct buffer *b);

/*
 * Adds metrics in the text format of Prometheus (text exposition format 0.0.4) for node exporter's
 * textfile collector, without those that node exporter has itself (node_nf_conntrack_*). values:
 * the plan's values with their live state.
 */
void render_metrics(const struct table *table, const struct judgement *judgement,
		    const struct values *values, struct buffer *b);
