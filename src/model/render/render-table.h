/* The table as people read it on a terminal, and as Prometheus does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/runtime/runtime-values.h"
#include "model/table/table.h"

struct screen_style {
	unsigned int columns; /* of the terminal; at least 40 are taken for granted */
	unsigned int lines;   /* at most so many: what matters least is left out; 0: all of it */
	bool utf8;	      /* blocks for the bar and the history, else ASCII */
	bool color;
};

/* What --watch remembers: the share of max at each look, and the counters of the last two. */
#define HISTORY_SIZE 60
struct history {
	struct figure shares[HISTORY_SIZE]; /* tenths of a percent; the newest last */
	size_t count;
	uint64_t last;	       /* microseconds; when the newest was taken */
	struct figure entries; /* of then */
	struct counters counters;
	bool rates_known;
	double seconds;		    /* between the last two looks */
	int64_t entries_change;	    /* between them */
	uint64_t counted[COUNTERS]; /* between them */
};
void history_add(struct history *history, const struct table *table,
		 const struct judgement *judgement);

/*
 * One screen: at most 24 lines where there are at most a few namespaces, no line over style->columns cells, the verdict
 * with what to do next at its end. history NULL: of one look.
 */
void render_table(const struct table *table, const struct judgement *judgement,
		  const struct history *history, const struct screen_style *style,
		  struct buffer *b);

/* The verdict and what to do next: one or two sentences, no newline. */
void render_verdict(const struct table *table, const struct judgement *judgement, struct buffer *b);

/*
 * The text format of Prometheus (text exposition format 0.0.4), for node exporter's textfile collector, without what node
 * exporter has itself (node_nf_conntrack_*). values: of the plan as they are live.
 */
void render_metrics(const struct table *table, const struct judgement *judgement,
		    const struct values *values, struct buffer *b);
