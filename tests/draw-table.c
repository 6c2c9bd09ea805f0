/*
 * Draws a table of the fixtures as status does: the screens of the manual, and of states that are
 * hard to get into.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "steps/status-loop.h"
#include "table-fixtures.h"

struct request {
	const char *name;
	struct screen_style style;
	unsigned int looks, watch;
	bool history;
	struct fixture now; /* of the watch */
};

static const struct option options[] = {
	{"columns", required_argument, NULL, 'c'},
	{"lines", required_argument, NULL, 'l'},
	{"looks", required_argument, NULL, 'n'},
	{"watch", required_argument, NULL, 'w'},
	{"utf8", no_argument, NULL, 'u'},
	{"color", no_argument, NULL, 'C'},
	{NULL, 0, NULL, 0},
};

/* Draws one screen; with --looks, the screen after so many further looks. */
static int draw(const struct request *request)
{
	struct fixture CLEANUP(fixture_done) fixture = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct history history;
	int error = fixture_make(request->name, request->looks, &fixture);

	if (error == 0)
		error = fixture_history(request->name, request->looks, &history);
	if (error < 0)
		return error;
	render_table(&fixture.table, &fixture.judgement, request->history ? &history : NULL,
		     &request->style, &text);
	if (text.error < 0 || !text.data)
		return -ENOMEM;
	return fputs(text.data, stdout) == EOF ? -EIO : 0;
}

/* Each look is the next one of the fixture. */
static int look(void *data, const struct table **ret, const struct judgement **ret_judgement)
{
	struct request *request = data;
	int error;

	fixture_done(&request->now);
	request->now = (struct fixture){0};
	error = fixture_make(request->name, request->looks++, &request->now);
	*ret = &request->now.table;
	*ret_judgement = &request->now.judgement;
	return error;
}

static int watch(struct request *request)
{
	const struct report_style style = {.verb = "status", .color = request->style.color};
	struct report *CLEANUP(report_freep) report = NULL;
	struct context context = {0};
	int error = report_new(&style, &report);

	if (error < 0)
		return error;
	context.report = report;
	error = (int)status_watch(&context, request->watch, look, request);
	fixture_done(&request->now);
	return error;
}

static bool read_number(unsigned int *ret)
{
	uint64_t number;

	if (text_parse_number(optarg, strlen(optarg), 10000, &number) < 0)
		return false;
	*ret = (unsigned int)number;
	return true;
}

static bool read_option(int option, struct request *request)
{
	switch (option) {
	case 'c':
		return read_number(&request->style.columns);
	case 'l':
		return read_number(&request->style.lines);
	case 'n':
		request->history = true;
		return read_number(&request->looks);
	case 'w':
		return read_number(&request->watch);
	case 'u':
		return request->style.utf8 = true;
	case 'C':
		return request->style.color = true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct request request = {.style = {.columns = 80}};
	int option, result;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!read_option(option, &request))
			return EXIT_COMMAND_LINE;
	if (optind + 1 != argc) {
		(void)fputs("usage: draw-table [--columns=N] [--lines=N] [--utf8] [--color] "
			    "[--looks=N | --watch=SECONDS] FIXTURE\nFixtures:",
			    stderr);
		for (size_t i = 0; fixture_name(i); i++)
			(void)fprintf(stderr, " %s", fixture_name(i));
		(void)fputs("\n", stderr);
		return EXIT_COMMAND_LINE;
	}
	/* The screens are the same wherever they are drawn. */
	(void)setenv("TZ", "UTC0", 1);
	request.name = argv[optind];
	result = request.watch > 0 ? watch(&request) : draw(&request);
	if (result < 0)
		(void)fprintf(stderr, "draw-table: %s: %s\n", request.name, strerror(-result));
	return result < 0 ? EXIT_FAILED : result;
}
