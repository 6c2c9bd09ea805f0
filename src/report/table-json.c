/* Makes a JSON object of the table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/table-json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/render/render-table.h"
#include "model/table/holder-words.h"

static json_t *number(struct figure figure)
{
	return figure.known ? json_integer((json_int_t)figure.value) : json_null();
}

static json_t *fraction(struct figure figure, double scale)
{
	return figure.known ? json_real((double)figure.value / scale) : json_null();
}

/* "2026-11-21T10:02:11Z" */
static json_t *moment(uint64_t microseconds)
{
	time_t seconds = (time_t)(microseconds / 1000000);
	char text[32];
	struct tm parts;

	if (microseconds == 0 || !gmtime_r(&seconds, &parts))
		return json_null();
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
	return json_string(text);
}

static json_t *memory(struct report *report, const struct judgement *judgement)
{
	return report_pack(report, "{s:I, s:b, s:o, s:o, s:o}", "entry",
			   (json_int_t)judgement->entry_bytes, "measured",
			   judgement->entry_bytes_measured, "now", number(judgement->memory_now),
			   "full", number(judgement->memory_full), "full_share",
			   fraction(judgement->memory_full_share, 10));
}

static json_t *chain_limit(struct report *report, const struct judgement *judgement)
{
	if (judgement->chains.high == 0)
		return json_null();
	return report_pack(report, "{s:I, s:I, s:o}", "low", (json_int_t)judgement->chains.low,
			   "high", (json_int_t)judgement->chains.high, "entries",
			   number(judgement->chain_entries));
}

static json_t *counters(struct report *report, const struct counters *counters)
{
	json_t *object;

	if (!counters_are_known(counters))
		return json_null();
	object = json_object();
	for (int i = 0; i < COUNTERS; i++)
		if (counters->known[i])
			report_set_member(report, object, counter_to_string((enum counter)i),
					  json_integer((json_int_t)counters->value[i]));
	return object;
}

static json_t *messages(struct report *report, const struct full_messages *messages)
{
	if (!messages->known)
		return json_null();
	return report_pack(
		report, "{s:I, s:I, s:I, s:b, s:b, s:o, s:o}", "count", (json_int_t)messages->count,
		"namespaces", (json_int_t)messages->namespaces, "expectations",
		(json_int_t)messages->expectations, "since_boot", messages->since_boot, "cut",
		messages->cut, "first", moment(messages->first), "last", moment(messages->last));
}

static void set_count(struct report *report, json_t *object, const char *name, uint64_t count)
{
	if (count > 0)
		report_set_member(report, object, name, json_integer((json_int_t)count));
}

static json_t *protocols(struct report *report, const struct entry_counts *contents)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < ARRAY_SIZE(contents->by_protocol); i++) {
		const char *name = protocol_to_string((uint8_t)i);
		char other[16];

		(void)snprintf(other, sizeof(other), "%u", i);
		set_count(report, object, name ? name : other, contents->by_protocol[i]);
	}
	return object;
}

static json_t *tcp_states(struct report *report, const struct entry_counts *contents)
{
	json_t *object = json_object();

	for (int i = 0; i < TCP_STATES; i++)
		set_count(report, object, tcp_state_to_string((enum tcp_state)i),
			  contents->by_state[i]);
	return object;
}

static json_t *remaining(struct report *report, const struct entry_counts *contents)
{
	json_t *object = json_object();

	for (size_t i = 0; i < TIME_BANDS; i++)
		set_count(report, object, time_band_to_string(i), contents->by_time[i]);
	return object;
}

static void add_contents(struct report *report, json_t *object, const struct entry_counts *contents)
{
	static const char *const names[] = {"protocols", "tcp_states", "remaining", "unreplied",
					    "assured",	 "offloaded",  "idle"};

	if (!contents) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			report_set_member(report, object, names[i], json_null());
		return;
	}
	report_set_member(report, object, "protocols", protocols(report, contents));
	report_set_member(report, object, "tcp_states", tcp_states(report, contents));
	report_set_member(report, object, "remaining", remaining(report, contents));
	report_set_member(report, object, "unreplied",
			  json_integer((json_int_t)contents->unreplied));
	report_set_member(report, object, "assured", json_integer((json_int_t)contents->assured));
	report_set_member(report, object, "offloaded",
			  json_integer((json_int_t)contents->offloaded));
	report_set_member(report, object, "idle",
			  contents->idle_below ? json_integer((json_int_t)contents->idle)
					       : json_null());
}

static json_t *namespaces(struct report *report, const struct table *table)
{
	json_t *list;

	if (!table->namespaces_known)
		return json_null();
	list = json_array();
	for (size_t i = 0; i < table->namespace_count; i++) {
		const struct namespace_table *namespace = &table->namespaces[i];

		report_add_item(
			report, list,
			report_pack(report, "{s:o, s:o, s:o, s:I, s:o, s:o}", "name",
				    report_string(namespace->where), "entries",
				    number(namespace->entries), "max",
				    number(table_namespace_limit(table, namespace)), "differing",
				    (json_int_t) namespace->differing, "differs",
				    namespace->differs ? report_string(namespace->differs)
						       : json_null(),
				    "error",
				    namespace->error < 0 ? json_string(strerror(-namespace->error))
							 : json_null()));
	}
	return list;
}

/* How many holders of each kind are listed. */
#define HOLDERS_LISTED 10

static double percent(uint64_t part, uint64_t whole)
{
	return (double)share_tenths(part, whole) / 10;
}

static json_t *owners(struct report *report, const struct holders *holders)
{
	size_t items[HOLDERS_LISTED], count = holders_top_owners(holders, items, HOLDERS_LISTED);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct owner *owner = &holders->owners.items[items[i]];

		report_add_item(report, list,
				report_pack(report, "{s:s, s:o, s:I, s:f}", "kind",
					    owner_kind_to_string(owner->kind), "name",
					    report_string(owner->name), "entries",
					    (json_int_t)owner->entries, "share",
					    percent(owner->entries, holders->total)));
	}
	return list;
}

static json_t *address_item(struct report *report, const struct holders *holders,
			    const struct heavy_item *item, const char *what)
{
	char text[HOLDER_TEXT_SIZE];

	holder_to_text(&item->key, strcmp(what, "network") == 0, text);
	return report_pack(report, "{s:s, s:I, s:f, s:I}", what, text, "entries",
			   (json_int_t)item->count, "share", percent(item->count, holders->total),
			   "error", (json_int_t)item->error);
}

/* The addresses of one kind; with their protocol and port if the key has one. */
static json_t *addresses(struct report *report, const struct holders *holders,
			 const struct heavy *heavy, const char *what)
{
	struct heavy_item items[HOLDERS_LISTED];
	size_t count = heavy_top(heavy, items, HOLDERS_LISTED);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *item = address_item(report, holders, &items[i], what);
		const char *protocol = protocol_to_string(items[i].key.protocol);

		if (items[i].key.port > 0) {
			report_set_member(report, item, "protocol",
					  protocol ? json_string(protocol) : json_null());
			report_set_member(report, item, "port", json_integer(items[i].key.port));
		}
		report_add_item(report, list, item);
	}
	return list;
}

static json_t *ports(struct report *report, const struct entry_counts *contents)
{
	struct port_item items[HOLDERS_LISTED];
	size_t count = entries_top_ports(contents, items, HOLDERS_LISTED);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		report_add_item(report, list,
				report_pack(report, "{s:s, s:i, s:I, s:f}", "protocol",
					    protocol_to_string(items[i].protocol), "port",
					    (int)items[i].port, "entries",
					    (json_int_t)items[i].entries, "share",
					    percent(items[i].entries, contents->total)));
	return list;
}

static json_t *holders_json(struct report *report, const struct table *table, bool no_addresses)
{
	const struct holders *holders = table->holders;
	const struct {
		const char *list, *what;
		const struct heavy *heavy;
	} rows[] = {
		{"sources", "address", holders ? holders->sources : NULL},
		{"networks", "network", holders ? holders->networks : NULL},
		{"destinations", "address", holders ? holders->destinations : NULL},
		{"forwards", "address", holders ? holders->forwards : NULL},
	};
	json_t *object;

	if (!holders || !table->contents)
		return json_null();
	object = report_pack(
		report, "{s:I, s:I, s:b, s:o, s:o}", "entries", (json_int_t)holders->total,
		"unowned", (json_int_t)holders->foreign, "complete",
		!holders->owners.cut && !holders->sockets_cut && holders->namespaces_error == 0,
		"owners", owners(report, holders), "ports", ports(report, table->contents));
	for (size_t i = 0; object && i < ARRAY_SIZE(rows); i++)
		report_set_member(
			report, object, rows[i].list,
			no_addresses ? json_null()
				     : addresses(report, holders, rows[i].heavy, rows[i].what));
	return object;
}

static json_t *foreign_keys(struct report *report, const struct foreign_writes *foreign)
{
	json_t *object = json_object();

	for (size_t i = 0; i < foreign->key_count; i++)
		report_set_member(report, object, foreign->keys[i].key,
				  json_integer((json_int_t)foreign->keys[i].count));
	return object;
}

/*
 * Makes an object of what other processes wrote; null without a witness, or if its records could
 * not be read.
 */
static json_t *foreign_writes_json(struct report *report, const struct table *table)
{
	const struct last_write *last = &table->last_write;
	json_t *object;

	if (!table->foreign)
		return json_null();
	object = report_pack(report, "{s:o, s:I, s:o}", "keys",
			     foreign_keys(report, table->foreign), "lost",
			     (json_int_t)table->foreign->lost, "last", json_null());
	if (object && last->writer)
		report_set_member(report, object, "last",
				  report_pack(report, "{s:s, s:s, s:s, s:s, s:o, s:b, s:b}",
					      "writer", last->writer, "command", last->command,
					      "key", last->key, "value", last->value, "when",
					      moment(last->when), "certain", last->placed, "active",
					      last->active));
	return object;
}

static json_t *rates(struct report *report, const struct turnover *turnover)
{
	if (!turnover->known)
		return json_null();
	return report_pack(report, "{s:f, s:f, s:f, s:f, s:f, s:b, s:b}", "in", turnover->in.rate,
			   "in_error", turnover->in.error, "out", turnover->out.rate, "out_error",
			   turnover->out.error, "seconds", turnover->seconds, "at_least",
			   turnover->at_least, "mostly_gone", turnover->mostly_gone);
}

json_t *status_json(struct report *report, const struct table *table,
		    const struct judgement *judgement, bool no_addresses)
{
	struct buffer CLEANUP(buffer_clear) verdict = {0};
	json_t *object;

	render_verdict(table, judgement, &verdict);
	object = report_pack(
		report,
		"{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, "
		"s:b}",
		"verdict", verdict_to_string(judgement->verdict), "text",
		verdict.data ? verdict.data : "", "module", module_state_describe(table->module),
		"entries", number(table->entries), "max", number(table->max), "share",
		fraction(judgement->share, 10), "buckets", number(table->buckets),
		"entries_per_bucket", fraction(judgement->per_bucket, 100), "expect_max",
		number(table->expect_max), "chain_limit", chain_limit(report, judgement),
		"foreign_max", table->foreign_max, "memory", memory(report, judgement), "counters",
		counters(report, &table->counters), "messages", messages(report, &table->messages),
		"namespaces", namespaces(report, table), "full_namespace",
		judgement->verdict == VERDICT_FULL && judgement->elsewhere
			? report_string(judgement->elsewhere->where)
			: json_null(),
		"namespaces_unseen", judgement->unsure);
	if (object)
		report_set_member(report, object, "namespaces_differing",
				  table->namespaces_known
					  ? json_integer((json_int_t)judgement->unlike)
					  : json_null());
	if (object)
		report_set_member(report, object, "full_in",
				  table->full_in ? json_integer((json_int_t)table->full_in)
						 : json_null());
	if (object)
		report_set_member(report, object, "foreign_writes",
				  foreign_writes_json(report, table));
	if (object)
		report_set_member(report, object, "rates", rates(report, &table->turnover));
	if (object)
		report_set_member(report, object, "holders",
				  holders_json(report, table, no_addresses));
	if (object)
		add_contents(report, object, table->contents);
	return object;
}
