/* The verb status: shows the table, once, repeatedly, or for programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <time.h>

#include "model/render/render-table.h"
#include "report/table-json.h"
#include "steps/look-table.h"
#include "steps/status-loop.h"
#include "steps/table-record.h"
#include "verbs/verbs.h"

/* A complete look may take at most one part in this many of the time. */
#define WHOLE_SHARE 10

static uint64_t clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

struct watching {
	struct context *context;
	struct host_table host;
	uint64_t next_whole; /* when the entries may be counted again */
};

/* The table belongs to status_watch() until the next call. */
static int look_again(void *data, const struct table **ret, const struct judgement **ret_judgement)
{
	struct watching *watching = data;
	uint64_t begin = clock_us();
	bool whole = begin >= watching->next_whole;

	if (host_table_look(watching->context, whole ? TABLE_WHOLE : TABLE_FIGURES,
			    &watching->host) != EXIT_DONE)
		return -ECANCELED;
	if (whole)
		watching->next_whole = begin + (clock_us() - begin) * WHOLE_SHARE;
	*ret = &watching->host.table;
	*ret_judgement = &watching->host.judgement;
	return 0;
}

static enum exit_code run_watch(struct context *context)
{
	struct watching watching = {.context = context};
	enum exit_code code;

	host_table_open(context, &watching.host);
	if (sample_new(kernel_random(context->kernel), &watching.host.table.sample) < 0)
		report_set_incomplete(context->report);
	code = status_watch(context, context->options->watch_seconds, look_again, &watching);
	host_table_done(&watching.host);
	return code;
}

static void print_screen(struct context *context, const struct host_table *host)
{
	struct buffer CLEANUP(buffer_clear) screen = {0};
	struct screen_style style;

	status_style(context, false, &style);
	render_table(&host->table, &host->judgement, NULL, &style, &screen);
	if (!context->options->quiet)
		report_print(context->report, &screen);
}

static enum exit_code run_status(struct context *context)
{
	const struct options *options = context->options;
	struct host_table CLEANUP(host_table_done) host = {0};
	struct buffer CLEANUP(buffer_clear) metrics = {0};
	enum exit_code code;

	if (options->watch)
		return run_watch(context);
	host_table_open(context, &host);
	if (table_record_open(context, &host.table) < 0)
		report_set_incomplete(context->report);
	code = host_table_look(context, TABLE_WHOLE, &host);
	if (code != EXIT_DONE)
		return code;
	table_record(context, &host.table);
	if (options->json) {
		if (host.planned) {
			report_plan(context->report, &host.comparison.plan);
			runtime_report_state(context,
					     host.table.values.differs > 0 ||
						     host.table.values.files_differ ||
						     host.table.values.blocked,
					     &host.live);
		}
		report_set_member(context->report, report_object(context->report), "table",
				  status_json(context->report, &host.table, &host.judgement,
					      options->no_addresses));
	} else if (options->prometheus) {
		render_metrics(&host.table, &host.judgement, &host.live.values, &metrics);
		report_print(context->report, &metrics);
	} else {
		print_screen(context, &host);
	}
	return EXIT_DONE;
}

const struct verb verb_status = {
	.name = "status",
	.help = "Show how full the table is and what fills it",
	.about = "Shows the connection tracking table: entries and limit, dropped "
		 "packets, memory, who holds the entries, and what to do next. Changes "
		 "nothing. Sees more as root.",
	.examples = "  sudo conntrack-persist status\n"
		    "  sudo conntrack-persist status --watch\n"
		    "  sudo conntrack-persist status --no-addresses\n"
		    "  sudo conntrack-persist status --prometheus\n",
	.exits = "Exit status: 0 whatever it finds; 1 the table could not be read.",
	.run = run_status,
	.flags = VERB_RUNNING | VERB_SCREEN | VERB_NO_ADDRESSES,
};
