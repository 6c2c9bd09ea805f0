/* Prints sizes that were computed from a number of connections, and the lines that set them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "base/text.h"
#include "report/report-internal.h"

/* The timeout of established connections with which the row of timeouts compares (6 hours). */
#define SHORTER_ESTABLISHED 21600U

/* Prints a row of this text; a row that memory was missing for makes the run fail. */
static void say_row_of(struct report *report, const char *label, const struct buffer *text)
{
	if (text->error < 0)
		report_set_incomplete(report);
	report_say_row(report, label, "%s", text->data ? text->data : "?");
}

static void say_entries(struct report *report, const struct sizing *sizing)
{
	if (sizing->new_per_second == 0) {
		report_say_row(report, "entries",
			       "%s at the peak, for open connections alone. A closed one keeps its "
			       "entry for up to %s s: to count these, add --new-per-second=N",
			       text_count(sizing->entries).text,
			       text_count(sizing->closed_seconds).text);
		return;
	}
	report_say_row(report, "entries",
		       "%s at the peak: %s open connections, and %s closed ones, because each of "
		       "%s new ones a second keeps its entry for up to %s s after its last packet",
		       text_count(sizing->entries).text, text_count(sizing->connections).text,
		       text_count(sizing->closed).text, text_count(sizing->new_per_second).text,
		       text_count(sizing->closed_seconds).text);
}

static void say_sizes(struct report *report, const struct sizing *sizing)
{
	if (sizing->is_default)
		report_say_row(report, "max",
			       "%s, the kernel's own default for this RAM: more than twice the "
			       "peak, so that you need no setting unless another file lowers it",
			       text_count(sizing->max).text);
	else
		report_say_row(report, "max",
			       "%s, twice the peak rounded up, so that half of the "
			       "table is still free then",
			       text_count(sizing->max).text);
	report_say_row(report, "hashsize", "%s buckets%s", text_count(sizing->hashsize).text,
		       sizing->hashsize == sizing->max ? ", as many as max"
						       : ", the most there are");
	if (sizing->chain_entries > 0)
		report_say_row(
			report, "",
			"the kernel's limit on the chain of a bucket matters from %s entries "
			"on: %s",
			text_count(sizing->chain_entries).text,
			sizing->chain_entries > sizing->max ? "the table is full before that"
							    : "connections are dropped before max");
}

/* Adds ", 2.3 % of RAM" if the RAM is known. */
static void add_share(const struct sizing *sizing, uint64_t bytes, struct buffer *b)
{
	uint64_t tenths = sizing->ram / 1000 > 0 ? bytes / (sizing->ram / 1000) : 0;

	if (sizing->ram / 1000 > 0)
		buffer_printf(b, ", %" PRIu64 ".%" PRIu64 " %% of RAM", tenths / 10, tenths % 10);
}

static void say_memory(struct report *report, const struct sizing *sizing)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_add_amount(&text, sizing->memory);
	buffer_add(&text, " when full");
	add_share(sizing, sizing->memory, &text);
	buffer_add(&text, "; ");
	buffer_add_amount(&text, sizing->nat_memory);
	buffer_add(&text, " more if NAT changes every connection");
	add_share(sizing, sizing->nat_memory, &text);
	say_row_of(report, "memory", &text);
	buffer_reset(&text);
	buffer_add(&text, "max applies to each network namespace separately: each further one that "
			  "fills up takes ");
	buffer_add_amount(&text, sizing->entry_memory);
	say_row_of(report, "", &text);
}

static void say_fit(struct report *report, const struct sizing *sizing, const char *memory_limit)
{
	struct buffer CLEANUP(buffer_clear) needed = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_add_amount(&needed, sizing->ram_needed);
	buffer_printf(&text, "memory_limit = %s ", memory_limit);
	if (sizing->fit == SIZING_RAM_UNKNOWN) {
		buffer_printf(&text, "allows this on a host with %s of RAM or more",
			      needed.data ? needed.data : "?");
	} else {
		buffer_add(&text, "allows ");
		buffer_add_amount(&text, sizing->limit);
	}
	if (sizing->fit == SIZING_FITS)
		buffer_add(&text, ", which is enough");
	else if (sizing->fit == SIZING_NEEDS_LIMIT)
		buffer_add(&text, ", which is too little: the lines below raise it");
	else if (sizing->fit == SIZING_NEEDS_RAM)
		buffer_printf(&text,
			      " here, and the table would take more than half of this host's RAM: "
			      "it needs a host with %s of RAM or more",
			      needed.data ? needed.data : "?");
	say_row_of(report, "", &text);
}

static void say_timeouts(struct report *report, const struct sizing *sizing)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	report_say_row(report, "timeouts",
		       "a closed connection: tcp_time_wait %s s, udp_stream %s s, udp %s s",
		       text_count(sizing->time_wait).text, text_count(sizing->udp_stream).text,
		       text_count(sizing->udp).text);
	buffer_printf(&text, "one whose end this host never sees: tcp_established %s s",
		      text_count(sizing->established).text);
	if (sizing->new_per_second > 0)
		buffer_printf(&text, "; if these are 1 %% of the new ones, they add %s entries",
			      text_count(sizing_unclosed(sizing, sizing->established)).text);
	if (sizing->new_per_second > 0 && sizing->established > SHORTER_ESTABLISHED)
		buffer_printf(&text, ", but with tcp_established = 6h only %s",
			      text_count(sizing_unclosed(sizing, SHORTER_ESTABLISHED)).text);
	say_row_of(report, "", &text);
}

static json_t *number_or_null(uint64_t number)
{
	return number > 0 ? json_integer((json_int_t)number) : json_null();
}

static json_t *fits(const struct sizing *sizing)
{
	if (sizing->fit == SIZING_RAM_UNKNOWN)
		return json_null();
	return json_boolean(sizing->fit == SIZING_FITS);
}

static void set_json(struct report *report, const struct sizing *sizing, const char *lines)
{
	json_t *timeouts = report_pack(
		report, "{s:I, s:I, s:I, s:I}", "tcp_established", (json_int_t)sizing->established,
		"tcp_time_wait", (json_int_t)sizing->time_wait, "udp", (json_int_t)sizing->udp,
		"udp_stream", (json_int_t)sizing->udp_stream);

	report_set_member(
		report, report->object, "sizing",
		report_pack(report,
			    "{s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:I, s:I, s:o, s:o, s:o, "
			    "s:I, s:o, s:s}",
			    "connections", (json_int_t)sizing->connections, "new_per_second",
			    (json_int_t)sizing->new_per_second, "closed",
			    (json_int_t)sizing->closed, "entries", (json_int_t)sizing->entries,
			    "max", (json_int_t)sizing->max, "hashsize",
			    (json_int_t)sizing->hashsize, "kernel_default", sizing->is_default,
			    "chain_entries", number_or_null(sizing->chain_entries), "memory",
			    (json_int_t)sizing->memory, "nat_memory",
			    (json_int_t)sizing->nat_memory, "ram", number_or_null(sizing->ram),
			    "memory_limit", number_or_null(sizing->limit), "fits", fits(sizing),
			    "ram_needed", (json_int_t)sizing->ram_needed, "timeouts", timeouts,
			    "lines", lines));
}

void report_sizing(struct report *report, const struct sizing *sizing, const char *memory_limit,
		   const char *lines)
{
	say_entries(report, sizing);
	say_sizes(report, sizing);
	say_memory(report, sizing);
	say_fit(report, sizing, memory_limit);
	say_timeouts(report, sizing);
	set_json(report, sizing, lines);
}
