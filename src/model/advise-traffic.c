/* Advice on what fills the table: entries that stay for long, traffic that need not be tracked. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "model/advise-internal.h"

/* As in /etc/protocols. */
#define PROTOCOL_UDP 17

/* Below these shares, in percent of all entries, a kind of them is not what fills the table. */
#define SHARE_TIME_WAIT 40U
#define SHARE_IDLE	25U
#define SHARE_UDP	50U
#define SHARE_PORT	60U
#define LEAST_OF_A_PORT 1000U
/* In tenths of a percent of max, without any other trouble. */
#define HALF_FULL 500U

enum timeout {
	TIMEOUT_TIME_WAIT,
	TIMEOUT_ESTABLISHED,
	TIMEOUT_UDP,
	TIMEOUT_UDP_STREAM,
};

#define SILENT_UDP                                                                              \
	" A UDP client that is silent for longer, such as VPN or telephony without keepalive, " \
	"is forgotten: behind NAT answers no longer reach it."

/* Timeouts that could be shorter; what two rows have in common is told once. */
static const struct {
	const char *name;  /* of [timeouts] */
	const char *title; /* who stays */
	const char *line;
	uint64_t seconds;
	uint64_t share;	    /* the least, in percent of all entries */
	const char *words;  /* behind the count */
	const char *breaks; /* a sentence, with a blank before */
} rows[] = {
	[TIMEOUT_TIME_WAIT] = {"tcp_time_wait", "TIME_WAIT", "tcp_time_wait = 30s", 30,
			       SHARE_TIME_WAIT, "closed connections (TIME_WAIT)",
			       " TIME_WAIT is for late packets of closed connections; one that "
			       "comes after 30 s is taken for a new connection or as invalid."},
	[TIMEOUT_ESTABLISHED] =
		{"tcp_established", "idle ESTABLISHED", "tcp_established = 6h", 21600, SHARE_IDLE,
		 "established connections that were idle for more than 6 h",
		 " Connections that are idle for longer than 6 h and have no keepalive break: NAT "
		 "forgets them, and rules of state drop them, as with ssh and databases. Where a "
		 "program asks for keepalive, it comes every 2 h by default."},
	[TIMEOUT_UDP] = {"udp", "UDP", "udp = 30s", 30, SHARE_UDP, "UDP", SILENT_UDP},
	[TIMEOUT_UDP_STREAM] = {"udp_stream", "UDP", "udp_stream = 60s", 60, SHARE_UDP, "UDP",
				SILENT_UDP},
};

static struct figure live_timeout(const struct table *table, size_t i)
{
	const struct figure figures[] = {
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
		[TIMEOUT_TIME_WAIT] = contents->by_state[TCP_STATE_TIME_WAIT],
		[TIMEOUT_ESTABLISHED] = contents->idle,
		[TIMEOUT_UDP] = contents->by_protocol[PROTOCOL_UDP],
		[TIMEOUT_UDP_STREAM] = contents->by_protocol[PROTOCOL_UDP],
	};

	return counts[i];
}

/* Whether the plan has one that is as short. */
static bool plan_is_short(const struct plan *plan, size_t i)
{
	for (size_t k = 0; plan && k < plan->setting_count; k++) {
		const struct setting *setting = &plan->settings[k];

		if (strcmp(setting->row->section, "timeouts") == 0 &&
		    strcmp(setting->row->name, rows[i].name) == 0)
			return setting->wanted <= rows[i].seconds;
	}
	return false;
}

/* Whether such entries are many, and stay for longer than they need. */
static bool is_too_long(const struct advice *advice, size_t i)
{
	const struct table *table = advice->request->table;
	struct figure live = live_timeout(table, i);

	if (advice->pressure == PRESSURE_NONE || advice->elsewhere || !table->contents ||
	    table->contents->total == 0 || !live.known || live.value <= rows[i].seconds)
		return false;
	return count_entries(table->contents, i) * 100 >= rows[i].share * table->contents->total;
}

void advice_judge_timeouts(struct advice *advice)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_too_long(advice, i) && plan_is_short(advice->request->plan, i))
			advice->timeouts_wait = true;
}

/* words: of the row before it in the finding; NULL: it is the first. */
static void add_row(const struct advice *advice, size_t i, const char *words, struct draft *draft)
{
	const struct table *table = advice->request->table;
	uint64_t count = count_entries(table->contents, i);

	if (!words || strcmp(words, rows[i].words) != 0) {
		buffer_printf(&draft->title, "%s%s", words ? ", " : "", rows[i].title);
		buffer_printf(&draft->evidence,
			      "%s%" PRIu64 " of %" PRIu64 " entries (%" PRIu64 " %%) are %s.",
			      words ? " " : "", count, table->contents->total,
			      advice_percent(count, table->contents->total), rows[i].words);
		buffer_add(&draft->reason, rows[i].breaks);
	}
	buffer_printf(&draft->evidence, " %s is %" PRIu64 " s.", rows[i].name,
		      live_timeout(table, i).value);
	buffer_printf(&draft->lines, "\n%s", rows[i].line);
}

void advice_shorter_timeouts(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_SHORTER_TIMEOUTS,
			      .command = "conntrack-persist install"};
	const char *words = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!is_too_long(advice, i) || plan_is_short(advice->request->plan, i))
			continue;
		if (!words) {
			buffer_add(&draft.title, "Entries stay longer than most need: ");
			buffer_add(&draft.reason,
				   "Shorter timeouts leave room for others. Entries keep the time "
				   "that they have until their next packet.");
			buffer_add(&draft.lines, "[timeouts]");
		}
		add_row(advice, i, words, &draft);
		words = rows[i].words;
	}
	if (!words)
		return;
	buffer_add(&draft.title, ".");
	advice_add_room(advice, &draft.reason);
	advice_add(advice, &draft);
}

struct busiest {
	const char *protocol;
	uint64_t count;
	unsigned int port;
};

static void find_busiest(const char *protocol, const uint64_t *ports, struct busiest *busiest)
{
	for (unsigned int port = 1; port < 65536; port++)
		if (ports[port] > busiest->count)
			*busiest = (struct busiest){protocol, ports[port], port};
}

void advice_untracked(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct entry_counts *contents = request->table->contents;
	struct draft draft = {.kind = FINDING_UNTRACKED};
	struct busiest busiest = {0};

	if (!contents ||
	    ((advice->pressure == PRESSURE_NONE || advice->elsewhere) &&
	     !(request->judgement->share.known && request->judgement->share.value >= HALF_FULL)))
		return;
	find_busiest("tcp", contents->tcp.destinations, &busiest);
	find_busiest("udp", contents->udp.destinations, &busiest);
	if (busiest.count < LEAST_OF_A_PORT || busiest.count * 100 < SHARE_PORT * contents->total)
		return;
	buffer_printf(&draft.title, "Most entries are of one service: %s port %u.",
		      busiest.protocol, busiest.port);
	buffer_printf(&draft.evidence,
		      "%" PRIu64 " of %" PRIu64 " entries (%" PRIu64 " %%) go to %s port %u.",
		      busiest.count, contents->total,
		      advice_percent(busiest.count, contents->total), busiest.protocol,
		      busiest.port);
	buffer_printf(
		&draft.reason,
		"What needs neither address translation nor rules of state need not be "
		"tracked. A rule before tracking keeps both directions out of the table: in "
		"nft chains of the hooks prerouting and output with priority raw, \"%s dport "
		"%u notrack\" and \"%s sport %u notrack\" (iptables: -t raw, -j CT "
		"--notrack). NAT and rules of state no longer see these packets then, so that "
		"other rules have to accept them. conntrack-persist does not touch the "
		"firewall.",
		busiest.protocol, busiest.port, busiest.protocol, busiest.port);
	advice_add_room(advice, &draft.reason);
	advice_add(advice, &draft);
}
