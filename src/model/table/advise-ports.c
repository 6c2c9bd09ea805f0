/* Advises on ports that have most entries: traffic to leave untracked, or half tracked. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "base/text.h"
#include "model/table/advise-internal.h"

/* A port below both bounds (percent of all entries, and entries) does not fill the table. */
#define SHARE_PORT	60U
#define LEAST_OF_A_PORT 1000U
/* The fewest entries of half a pair of rules, if the table is, was or nearly is full. */
#define LEAST_OF_A_PAIR 100U
/*
 * From this share in percent on, rules and not chance leave the entries of a port without a reply.
 */
#define SHARE_UNREPLIED 95U
/* In tenths of a percent of max, if there is no other trouble. */
#define HALF_FULL 500U

struct busiest {
	const char *protocol;
	const struct port_counts *ports;
	uint64_t count;
	unsigned int port;
	bool source;
};

/* Finds the port with the most entries. Port 0 means no port. */
static void find_busiest_of(const uint64_t *counts, const struct busiest *candidate,
			    struct busiest *busiest)
{
	for (unsigned int port = 1; port < 65536; port++)
		if (counts[port] > busiest->count) {
			*busiest = *candidate;
			busiest->count = counts[port];
			busiest->port = port;
		}
}

/*
 * Finds the busiest port. A destination wins over a source with as many entries, because most
 * services are destinations.
 */
static bool find_busiest(const struct entry_counts *contents, uint64_t least, struct busiest *ret)
{
	const struct busiest kinds[] = {{.protocol = "tcp", .ports = &contents->tcp},
					{.protocol = "udp", .ports = &contents->udp}};
	struct busiest busiest = {0};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		find_busiest_of(kinds[i].ports->destinations, &kinds[i], &busiest);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct busiest source = kinds[i];

		source.source = true;
		find_busiest_of(source.ports->sources, &source, &busiest);
	}
	*ret = busiest;
	return busiest.count >= least && busiest.count * 100 >= SHARE_PORT * contents->total;
}

/*
 * Finds a port whose answers are tracked but not its questions. TCP is left out, because a flood of
 * handshakes looks the same.
 */
static bool find_half_pair(const struct advice *advice, struct busiest *ret)
{
	const struct entry_counts *contents = advice->request->table->contents;
	uint64_t least = advice->pressure == PRESSURE_NONE ? LEAST_OF_A_PORT : LEAST_OF_A_PAIR;
	struct busiest busiest;

	if (!advice_knows_entries(advice) || advice->half_open ||
	    !find_busiest(contents, least, &busiest) || !busiest.source ||
	    busiest.ports->unreplied[busiest.port] * 100 < SHARE_UNREPLIED * busiest.count)
		return false;
	*ret = busiest;
	return true;
}

void advice_judge_ports(struct advice *advice)
{
	struct busiest busiest;

	advice->half_notrack = find_half_pair(advice, &busiest);
	if (advice->half_notrack)
		advice_leave_out(advice, busiest.count);
}

static void add_port(const struct busiest *busiest, struct buffer *b)
{
	buffer_printf(b, "%s port %u", busiest->protocol, busiest->port);
}

/* Adds "60 % of the entries go to udp port 53". */
static void add_share(const struct busiest *busiest, uint64_t total, struct buffer *b)
{
	buffer_printf(b, "%" PRIu64 " %% of the entries %s ", advice_percent(busiest->count, total),
		      busiest->source ? "come from" : "go to");
	add_port(busiest, b);
}

/* Adds "1,200 of 2,000 entries (60 %) go to udp port 53". */
static void add_busiest(const struct busiest *busiest, uint64_t total, struct buffer *b)
{
	advice_add_part(b, busiest->count, total);
	buffer_add(b, busiest->source ? " come from " : " go to ");
	add_port(busiest, b);
}

void advice_half_notrack_pair(struct advice *advice)
{
	const struct entry_counts *contents = advice->request->table->contents;
	struct draft draft = {.kind = FINDING_HALF_NOTRACK, .urgency = advice_urgency(advice)};
	struct busiest busiest;

	if (!find_half_pair(advice, &busiest))
		return;
	buffer_printf(&draft.summary, "half a notrack pair? %" PRIu64 " %% of entries are from ",
		      advice_percent(busiest.count, contents->total));
	add_port(&busiest, &draft.summary);
	buffer_add(&draft.summary, ", no reply");
	buffer_add(&draft.title, "Entries without a reply come from one source: ");
	add_port(&busiest, &draft.title);
	buffer_add(&draft.title, ".");
	add_busiest(&busiest, contents->total, &draft.evidence);
	buffer_printf(&draft.evidence, ", and %s of these have no reply.",
		      text_count(busiest.ports->unreplied[busiest.port]).text);
	buffer_printf(&draft.reason,
		      "Answers become entries of their own if a rule leaves only the questions "
		      "untracked: \"%s dport %u notrack\" without \"%s sport %u notrack\". Each "
		      "answer is then a new entry that stays until its timeout. The rules for nft "
		      "leave both directions untracked. If no rule has notrack, these are answers "
		      "to questions that no host here asked, as in a reflection attack: drop them "
		      "before they are tracked. conntrack-persist does not change the firewall.",
		      busiest.protocol, busiest.port, busiest.protocol, busiest.port);
	draft_set_rules(&draft, busiest.protocol, busiest.port);
	advice_add(advice, &draft);
}

void advice_untracked(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct entry_counts *contents = request->table->contents;
	struct draft draft = {.kind = FINDING_UNTRACKED};
	struct busiest busiest;

	if (!contents || advice->half_notrack ||
	    ((advice->pressure == PRESSURE_NONE || advice->elsewhere) &&
	     !(request->judgement->share.known && request->judgement->share.value >= HALF_FULL)))
		return;
	if (!find_busiest(contents, LEAST_OF_A_PORT, &busiest))
		return;
	add_share(&busiest, contents->total, &draft.summary);
	buffer_add(&draft.summary, ": must it be tracked?");
	buffer_add(&draft.title, busiest.source ? "Most entries come from one port: "
						: "Most entries belong to one service: ");
	add_port(&busiest, &draft.title);
	buffer_add(&draft.title, ".");
	add_busiest(&busiest, contents->total, &draft.evidence);
	buffer_add(&draft.evidence, ".");
	buffer_add(&draft.reason,
		   "A service that needs neither NAT nor stateful rules need not be tracked. The "
		   "rules for nft leave both directions untracked (iptables: -t raw, -j CT "
		   "--notrack). NAT and stateful rules then no longer see these packets, so that "
		   "other rules must accept them. conntrack-persist does not change the firewall.");
	draft_set_rules(&draft, busiest.protocol, busiest.port);
	advice_add_room(advice, &draft.reason);
	advice_add(advice, &draft);
}
