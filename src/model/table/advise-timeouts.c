/* Advises on entries that stay for a long time: timeouts, and unfinished TCP handshakes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/table/advise-internal.h"

/* As in /etc/protocols. */
#define PROTOCOL_UDP 17

/* Below these shares, in percent of all entries, entries of a kind do not fill the table. */
#define SHARE_HALF_OPEN	      50U
#define SHARE_HALF_OPEN_STATE 10U /* of one state, once both reach SHARE_HALF_OPEN together */
#define SHARE_TIME_WAIT	      40U
#define SHARE_IDLE	      25U
#define SHARE_UDP	      50U

/* Handshakes matter from half of max on, or from so many on, even if the table is far from full. */
#define HALF_FULL      500U /* in tenths of a percent of max */
#define HALF_OPEN_MANY 10000U

enum timeout {
	TIMEOUT_SYN_SENT,
	TIMEOUT_SYN_RECV,
	TIMEOUT_TIME_WAIT,
	TIMEOUT_ESTABLISHED,
	TIMEOUT_UDP,
	TIMEOUT_UDP_STREAM,
};

/* The timeouts that could be shorter. */
static const struct row {
	const char *name;   /* in [timeouts] */
	const char *word;   /* for the summary */
	uint64_t seconds;   /* to advise */
	uint64_t shorter;   /* to advise if `seconds` are live already */
	uint64_t share;	    /* the least share, in percent of all entries */
	const char *words;  /* the text behind the count */
	const char *breaks; /* a sentence with a blank before it */
} rows[] = {
	[TIMEOUT_SYN_SENT] = {"tcp_syn_sent", "SYN_SENT", 20, 20, SHARE_HALF_OPEN_STATE,
			      "handshakes without an answer (SYN_SENT)", ""},
	[TIMEOUT_SYN_RECV] = {"tcp_syn_recv", "SYN_RECV", 20, 20, SHARE_HALF_OPEN_STATE,
			      "handshakes that were answered but not finished (SYN_RECV)", ""},
	[TIMEOUT_TIME_WAIT] = {"tcp_time_wait", "TIME_WAIT", 30, 30, SHARE_TIME_WAIT,
			       "closed connections (TIME_WAIT)",
			       " TIME_WAIT is for late packets of closed connections. A packet "
			       "that comes after 30 s counts as a new connection or as invalid."},
	[TIMEOUT_ESTABLISHED] = {"tcp_established", "idle ESTABLISHED", 21600, 21600, SHARE_IDLE,
				 "established connections that were idle for more than 6 h",
				 " Connections without keepalive that are idle for more than 6 h "
				 "break, because NAT forgets them and stateful rules drop them. "
				 "Examples are ssh and databases. A program that uses keepalive "
				 "sends a probe every 2 h by default, which is often enough."},
	[TIMEOUT_UDP] = {"udp", "UDP without reply", 30, 10, SHARE_UDP,
			 "UDP without a reply, or with a short exchange",
			 " Stateful rules drop a reply that comes later than the timeout udp, and "
			 "NAT does not pass it on."},
	[TIMEOUT_UDP_STREAM] = {"udp_stream", "UDP streams", 60, 60, SHARE_UDP,
				"UDP that has been answered for a while",
				" The kernel forgets a UDP client that is silent for longer than "
				"udp_stream, such as a VPN or telephone without keepalive. Behind "
				"NAT, answers no longer reach it."},
};

static struct figure live_timeout(const struct table *table, size_t i)
{
	const struct figure figures[] = {
		[TIMEOUT_SYN_SENT] = table->tcp_syn_sent,
		[TIMEOUT_SYN_RECV] = table->tcp_syn_recv,
		[TIMEOUT_TIME_WAIT] = table->tcp_time_wait,
		[TIMEOUT_ESTABLISHED] = table->tcp_established,
		[TIMEOUT_UDP] = table->udp,
		[TIMEOUT_UDP_STREAM] = table->udp_stream,
	};

	return figures[i];
}

static uint64_t count_entries(const struct entry_counts *contents, size_t i)
{
	const uint64_t counts[] = {
		/* In SYN_SENT2 both sides have sent a SYN; the timeout is that of SYN_SENT. */
		[TIMEOUT_SYN_SENT] = contents->by_state[TCP_STATE_SYN_SENT] +
				     contents->by_state[TCP_STATE_SYN_SENT2],
		[TIMEOUT_SYN_RECV] = contents->by_state[TCP_STATE_SYN_RECV],
		[TIMEOUT_TIME_WAIT] = contents->by_state[TCP_STATE_TIME_WAIT],
		[TIMEOUT_ESTABLISHED] = contents->idle,
		[TIMEOUT_UDP] = contents->by_protocol[PROTOCOL_UDP] - contents->udp_assured,
		[TIMEOUT_UDP_STREAM] = contents->udp_assured,
	};

	return counts[i];
}

static uint64_t count_half_open(const struct entry_counts *contents)
{
	return count_entries(contents, TIMEOUT_SYN_SENT) +
	       count_entries(contents, TIMEOUT_SYN_RECV);
}

/*
 * Raises the seconds so that idle connections outlive the keepalive time of this host, and so that
 * the timeout breaks nothing that another program relies on.
 */
static uint64_t for_others(const struct table *table, size_t i, uint64_t seconds)
{
	uint64_t keepalive = table->facts.keepalive + KEEPALIVE_MARGIN, least;

	if (i == TIMEOUT_ESTABLISHED && seconds < keepalive)
		seconds = keepalive;
	least = table->relations ? relations_least(table->relations, rows[i].name) : 0;
	return seconds < least ? least : seconds;
}

/* Returns the timeout to advise in place of the live one. */
static uint64_t advised_seconds(const struct table *table, size_t i)
{
	return for_others(table, i,
			  live_timeout(table, i).value > rows[i].seconds ? rows[i].seconds
									 : rows[i].shorter);
}

int advise_set_cutoffs(struct table *table, uint64_t seed)
{
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && error == 0; i++) {
		struct figure live = live_timeout(table, i);
		uint64_t seconds = advised_seconds(table, i);

		if (live.known && live.value <= UINT32_MAX && seconds < live.value)
			error = cutoffs_set(&table->cutoffs, cutoff_find(rows[i].name),
					    (uint32_t)live.value, (uint32_t)seconds, seed);
	}
	return error;
}

/* Returns whether the plan has a timeout that is as short. */
static bool plan_is_short(const struct advise_request *request, size_t i)
{
	const struct plan *plan = request->plan;

	for (size_t k = 0; plan && k < plan->setting_count; k++) {
		const struct setting *setting = &plan->settings[k];

		if (strcmp(setting->row->section, "timeouts") == 0 &&
		    strcmp(setting->row->name, rows[i].name) == 0)
			return setting->wanted <= advised_seconds(request->table, i);
	}
	return false;
}

/* Returns whether there are many such entries and they stay for longer than needed. */
static bool is_too_long(const struct advice *advice, size_t i)
{
	const struct table *table = advice->request->table;
	struct figure live = live_timeout(table, i);
	bool matters = i <= TIMEOUT_SYN_RECV ? advice->half_open
					     : advice->pressure != PRESSURE_NONE;

	if (!matters || !advice_knows_entries(advice) || !live.known ||
	    live.value <= for_others(table, i, rows[i].shorter))
		return false;
	return count_entries(table->contents, i) * 100 >= rows[i].share * table->contents->total;
}

static bool has_half_open(const struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct entry_counts *contents = request->table->contents;
	uint64_t count;

	if (!advice_knows_entries(advice))
		return false;
	count = count_half_open(contents);
	return count * 100 >= SHARE_HALF_OPEN * contents->total &&
	       (advice->pressure != PRESSURE_NONE || count >= HALF_OPEN_MANY ||
		(request->judgement->share.known && request->judgement->share.value >= HALF_FULL));
}

void advice_judge_timeouts(struct advice *advice)
{
	advice->half_open = has_half_open(advice);
	if (advice->half_open)
		advice_leave_out(advice, count_half_open(advice->request->table->contents));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_too_long(advice, i) && plan_is_short(advice->request, i))
			advice->timeouts_wait = true;
}

static void add_part(const struct advice *advice, size_t i, struct buffer *b)
{
	const struct entry_counts *contents = advice->request->table->contents;

	advice_add_part(b, count_entries(contents, i), contents->total);
	buffer_printf(b, " are %s.", rows[i].words);
}

/* Adds how many live entries the shorter timeout would have ended, and whose they are. */
static void add_cutoff(const struct advice *advice, size_t i, struct draft *draft)
{
	const struct table *table = advice->request->table;
	const struct cutoff *cutoff = table->cutoffs.items[cutoff_find(rows[i].name)];

	if (!cutoff || !table->holders)
		return;
	buffer_add(&draft->evidence, " ");
	if (cutoff_describe(cutoff, table->holders, advice->request->no_addresses,
			    &draft->evidence) < 0)
		draft->evidence.error = -ENOMEM;
	buffer_add(&draft->evidence, ".");
}

/* Adds the timeout with a unit: "6h", "30s". */
static void set_row(const struct advice *advice, size_t i, struct draft *draft)
{
	const struct table *table = advice->request->table;
	struct figure live = live_timeout(table, i);
	uint64_t seconds = advised_seconds(table, i);
	bool hours = seconds % 3600 == 0;

	buffer_printf(&draft->evidence, " %s is %s s.", rows[i].name, text_count(live.value).text);
	add_cutoff(advice, i, draft);
	draft_set(draft, "timeouts", rows[i].name, live, "%" PRIu64 "%s",
		  hours ? seconds / 3600 : seconds, hours ? "h" : "s");
	draft_show_change(draft, rows[i].name, live, seconds, " s");
	draft->command = "conntrack-persist install";
}

static void add_half_open_reason(const struct draft *draft, struct buffer *b)
{
	buffer_add(b, "Each unfinished handshake is an entry until its timeout.");
	if (draft->setting_count > 0)
		buffer_add(b, " A host repeats its SYN after 1, 2, 4, 8 and 16 s, and each SYN "
			      "renews the entry, so that 20 s are enough for a connection that is "
			      "still being made.");
	buffer_add(b,
		   " A larger max would only hold more of them. If they come from outside, this is "
		   "a SYN flood. SYNPROXY answers handshakes before they become entries, and you "
		   "can leave a service untracked (notrack) if it needs neither NAT nor stateful "
		   "rules; see \"Half-open connections\" in troubleshooting.md. If they come from "
		   "inside, a host scans the network, or a server does not answer.");
}

void advice_half_open_handshakes(struct advice *advice)
{
	const struct entry_counts *contents = advice->request->table->contents;
	struct draft draft = {.kind = FINDING_HALF_OPEN, .urgency = advice_urgency(advice)};

	if (!advice->half_open)
		return;
	buffer_printf(&draft.summary, "%" PRIu64 " %% of entries are half-open (SYN flood?)",
		      advice_percent(count_half_open(contents), contents->total));
	buffer_add(&draft.title, "Most entries are half-open connections, as in a SYN flood.");
	for (size_t i = TIMEOUT_SYN_SENT; i <= TIMEOUT_SYN_RECV; i++) {
		if (count_entries(contents, i) == 0)
			continue;
		buffer_add(&draft.evidence, draft.evidence.length > 0 ? " " : "");
		add_part(advice, i, &draft.evidence);
		if (is_too_long(advice, i) && !plan_is_short(advice->request, i))
			set_row(advice, i, &draft);
	}
	add_half_open_reason(&draft, &draft.reason);
	advice_add(advice, &draft);
}

/*
 * Returns the word of the summary. For UDP it depends on whether most entries with the timeout udp
 * got no reply.
 */
static const char *row_word(const struct entry_counts *contents, size_t i)
{
	if (i == TIMEOUT_UDP && contents->udp_unreplied * 2 < count_entries(contents, i))
		return "short UDP exchanges";
	return rows[i].word;
}

static void add_row(const struct advice *advice, size_t i, struct draft *draft)
{
	const struct entry_counts *contents = advice->request->table->contents;
	const char *word = row_word(contents, i);
	bool first = draft->setting_count == 0;

	buffer_printf(&draft->title, "%s%s", first ? "" : ", ", word);
	buffer_printf(&draft->summary, "%s%" PRIu64 " %% %s", first ? "the entries are " : ", ",
		      advice_percent(count_entries(contents, i), contents->total), word);
	buffer_add(&draft->evidence, first ? "" : " ");
	add_part(advice, i, &draft->evidence);
	buffer_add(&draft->reason, rows[i].breaks);
	set_row(advice, i, draft);
}

void advice_shorter_timeouts(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_SHORTER_TIMEOUTS, .urgency = URGENCY_WARNING};

	for (size_t i = TIMEOUT_TIME_WAIT; i < ARRAY_SIZE(rows); i++) {
		if (!is_too_long(advice, i) || plan_is_short(advice->request, i))
			continue;
		if (draft.setting_count == 0) {
			buffer_add(&draft.title, "Entries stay too long: ");
			buffer_add(&draft.reason,
				   "Shorter timeouts leave room for other entries. An entry keeps "
				   "its present timeout until its next packet.");
		}
		add_row(advice, i, &draft);
	}
	if (draft.setting_count == 0)
		return;
	buffer_add(&draft.title, ".");
	advice_add_room(advice, &draft.reason);
	advice_add(advice, &draft);
}
