/* Tables in states that a test machine does not get into, for what shows them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table-fixtures.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* 2026-03-14 10:56:01 UTC, a Saturday. */
#define NOW    ((uint64_t)1773485761 * 1000000)
#define SECOND ((uint64_t)1000000)
#define MIB    ((uint64_t)1 << 20)

static struct figure known(uint64_t value)
{
	return (struct figure){.known = true, .value = value};
}

void fixture_done(struct fixture *fixture)
{
	table_done(&fixture->table);
}

/*
 * Parts
 */
static int add_namespace(struct table *table, const char *where, struct figure entries,
			 const char *differs)
{
	struct namespace_table *more = realloc(
		table->namespaces, (table->namespace_count + 1) * sizeof(*table->namespaces));
	struct namespace_table *last;

	if (!more)
		return -ENOMEM;
	table->namespaces = more;
	last = &more[table->namespace_count];
	*last = (struct namespace_table){.where = strdup(where), .entries = entries};
	table->namespace_count++;
	if (differs) {
		last->differs = strdup(differs);
		last->differing = 1;
	}
	return !last->where || (differs && !last->differs) ? -ENOMEM : 0;
}

static int add_holders(struct table *table);

static void drop_contents(struct table *table)
{
	free(table->contents);
	table->contents = NULL;
	table->holders = holders_free(table->holders);
}

/* As many entries as the table has, spread over protocols, states and times as a NAT gateway has them. */
static int add_contents(struct table *table)
{
	uint64_t entries = table->entries.value, tcp = entries - entries / 12 - 608;
	struct entry_counts *contents;
	int error = entry_counts_new(&table->contents);

	if (error < 0)
		return error;
	contents = table->contents;
	contents->total = entries;
	contents->by_protocol[IPPROTO_TCP] = tcp;
	contents->by_protocol[IPPROTO_UDP] = entries / 12;
	contents->by_protocol[IPPROTO_ICMP] = 600;
	contents->by_protocol[50] = 8;
	contents->by_state[TCP_STATE_SYN_SENT] = tcp / 20;
	contents->by_state[TCP_STATE_TIME_WAIT] = tcp / 3;
	contents->by_state[TCP_STATE_CLOSE_WAIT] = 96;
	contents->by_state[TCP_STATE_SYN_RECV] = 24;
	contents->by_state[TCP_STATE_LAST_ACK] = 12;
	contents->by_state[TCP_STATE_FIN_WAIT] = 204;
	contents->by_state[TCP_STATE_ESTABLISHED] = tcp - tcp / 20 - tcp / 3 - 336;
	contents->by_time[0] = entries / 24;
	contents->by_time[1] = entries / 3;
	contents->by_time[3] = entries / 16;
	contents->by_time[6] = entries - entries / 24 - entries / 3 - entries / 16;
	contents->unreplied = tcp / 20;
	contents->assured = contents->by_state[TCP_STATE_ESTABLISHED];
	contents->idle_below = 432000 - 21600;
	contents->idle = entries / 6;
	return add_holders(table);
}

/* Puts a count beside a key at once, in place of so many calls. */
static void put_heavy(struct heavy *heavy, const char *address, uint16_t port, uint64_t count)
{
	struct heavy_key key = {.family = strchr(address, ':') ? AF_INET6 : AF_INET, .port = port};

	(void)inet_pton(key.family, address, key.address);
	heavy_add(heavy, &key, false);
	for (size_t i = 0; i < HEAVY_SLOTS; i++)
		if (memcmp(&heavy->slots[i].key, &key, sizeof(key)) == 0)
			heavy->slots[i].count = (uint32_t)count;
}

static int put_owner(struct holders *holders, enum owner_kind kind, const char *name,
		     uint64_t entries)
{
	uint16_t owner;
	int error = owners_find(&holders->owners, kind, name, &owner);

	if (error == 0)
		holders->owners.items[owner].entries = entries;
	return error;
}

/* A container holds half of the table, one client of it a third; behind them is what a gateway has. */
static int add_holders(struct table *table)
{
	uint64_t entries = table->entries.value;
	struct holders *holders;
	int error = holders_new(1, &table->holders);

	if (error < 0)
		return error;
	holders = table->holders;
	holders->total = entries;
	holders->foreign = entries / 10;
	put_heavy(holders->sources, "10.66.6.6", 0, entries / 3);
	put_heavy(holders->sources, "10.88.0.7", 0, entries / 6);
	put_heavy(holders->sources, "2001:db8:0:1::7", 0, entries / 12);
	put_heavy(holders->networks, "10.66.6.0", 0, entries / 3);
	put_heavy(holders->forwards, "10.88.0.7", 8080, entries / 3);
	table->contents->tcp.destinations[443] = entries / 2;
	table->contents->tcp.destinations[8080] = entries / 5;
	table->contents->udp.destinations[53] = entries / 12;
	error = put_owner(holders, OWNER_CONTAINER, "web", entries / 2);
	if (error == 0)
		error = put_owner(holders, OWNER_UNIT, "haproxy.service", entries / 5);
	return error < 0 ? error : put_owner(holders, OWNER_PROCESS, "curl", entries / 50);
}

static void set_counters(struct table *table, uint64_t drop, uint64_t early, uint64_t insert_failed,
			 uint64_t chains)
{
	for (int i = 0; i < COUNTERS; i++)
		table->counters.known[i] = true;
	table->counters.value[COUNTER_DROP] = drop;
	table->counters.value[COUNTER_EARLY_DROP] = early;
	table->counters.value[COUNTER_INSERT_FAILED] = insert_failed;
	table->counters.value[COUNTER_CHAIN_TOO_LONG] = chains;
}

/* A gateway of 4 GiB with Debian's 6.12, seen by root. */
static int make_fine(struct table *table)
{
	*table = (struct table){
		.module = MODULE_LIVE,
		.facts = {.ram = 3914 * MIB, .release = {6, 12}, .page_size = 4096},
		.entries = known(83114),
		.max = known(262144),
		.buckets = known(262144),
		.expect_max = known(4096),
		.expect_buckets = known(1024),
		.slab = {.known = true, .object_size = 240, .slab_size = 256, .per_slab = 16},
		.extensions = known(0),
		.tcp_established = known(432000),
		.tcp_time_wait = known(120),
		.udp = known(30),
		.udp_stream = known(120),
		.messages = {.known = true, .since_boot = true},
		.namespaces_known = true,
		.values = {.known = true,
			   .ok = 12,
			   .wanted_max = 262144,
			   .wanted_hashsize = 262144},
		.now = NOW,
		.host = "gw1",
	};
	set_counters(table, 0, 0, 0, 0);
	return add_contents(table);
}

static int make_of(struct table *table, uint64_t entries)
{
	int error = make_fine(table);

	if (error < 0)
		return error;
	table->entries = known(entries);
	drop_contents(table);
	return add_contents(table);
}

/*
 * The states
 */
static int make_full(struct table *table)
{
	int error = make_of(table, 262144);

	/* A look a minute ago. */
	table->turnover = (struct turnover){.known = true,
					    .seconds = 60,
					    .in = {.rate = 4480, .error = 360},
					    .out = {.rate = 4410, .error = 355},
					    .at_least = true};
	set_counters(table, 18442, 5610, 7, 0);
	table->messages.count = 130;
	table->messages.first = NOW - 3210 * SECOND;
	table->messages.last = NOW - 2 * SECOND;
	table->values.ok = 11;
	table->values.differs = 1;
	table->values.wanted_max = 524288;
	if (error == 0)
		error = add_namespace(table, "namespace blue", known(120), NULL);
	if (error == 0)
		error = add_namespace(table, "namespace of nginx (4117)", known(2210),
				      "udp_timeout 30 (here 60)");
	if (error == 0)
		error = add_namespace(table, "namespace of redis-server (4230)", (struct figure){0},
				      NULL);
	return error;
}

/* The administrator raised only max, to sixteen times what the buckets can hold. */
static int make_chains(struct table *table)
{
	int error = make_of(table, 408230);

	table->buckets = known(16384);
	table->max = known(6553600);
	table->facts.ram = 32036 * MIB;
	set_counters(table, 0, 0, 48211, 48211);
	table->values = (struct table_values){0};
	return error;
}

/* Last night; a normal day since. */
static int make_was_full(struct table *table)
{
	int error = make_of(table, 61203);

	set_counters(table, 20931, 8412, 3, 0);
	table->messages.count = 412;
	table->messages.since_boot = false;
	table->messages.first = NOW - 34150 * SECOND;
	table->messages.last = NOW - 31805 * SECOND;
	return error;
}

static int make_nearly_full(struct table *table)
{
	int error = make_of(table, 236811);

	table->facts.release[0] = 6;
	table->facts.release[1] = 1;
	return error;
}

static int make_not_loaded(struct table *table)
{
	*table = (struct table){
		.module = MODULE_ABSENT,
		.facts = {.ram = 3914 * MIB, .release = {6, 12}, .page_size = 4096},
		.values = {.known = true,
			   .pending = 12,
			   .wanted_max = 262144,
			   .wanted_hashsize = 262144},
		.now = NOW,
	};
	return 0;
}

/* What everybody may see: figures and counters, no entry, no slab, no log. */
static int make_user(struct table *table)
{
	int error = make_fine(table);

	drop_contents(table);
	table->contents_error = -EPERM;
	table->slab = (struct slab){0};
	table->messages = (struct full_messages){0};
	table->namespaces_known = false;
	return error;
}

/* 5.10: no limit for chains, no count of them, larger entries. */
static int make_old(struct table *table)
{
	int error = make_of(table, 221184);

	table->facts.release[0] = 5;
	table->facts.release[1] = 10;
	table->counters.known[COUNTER_CHAIN_TOO_LONG] = false;
	table->slab =
		(struct slab){.known = true, .object_size = 288, .slab_size = 320, .per_slab = 12};
	return error;
}

static int make_container(struct table *table)
{
	int error = make_of(table, 4120);

	table->foreign_max = true;
	table->values = (struct table_values){0};
	table->messages = (struct full_messages){0};
	table->namespaces_known = false;
	return error;
}

/* max = 0 is no limit, up to 6.18. */
static int make_unlimited(struct table *table)
{
	int error = make_of(table, 1204112);

	table->max = known(0);
	return error;
}

static int make_unused(struct table *table)
{
	int error = make_fine(table);

	table->entries = known(0);
	drop_contents(table);
	return error < 0 ? error : entry_counts_new(&table->contents);
}

/* Loaded, and /proc/sys is not there. */
static int make_unknown(struct table *table)
{
	*table = (struct table){
		.module = MODULE_BUILT_IN,
		.facts = {.release = {6, 18}, .page_size = 4096},
		.contents_error = -ENOENT,
		.now = NOW,
	};
	return 0;
}

/* The largest figures that there can be, names that a terminal would act on, and more of all than fits. */
static int make_hostile(struct table *table)
{
	static const char *const names[] = {
		"namespace of \033[31mred\033]0;title\007 (1)",
		"namespace \xe2\x96\x88-of-a-name-so-long-that-it-takes-two-lines-of-a-narrow-one",
		"namespace of \r\n\t\b (2)",
		"namespace four",
		"namespace five",
	};
	int error = make_full(table);

	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(names); i++)
		error = add_namespace(table, names[i], known(UINT64_MAX),
				      "udp_timeout 30 (here 60), tcp_timeout_established 432,000 "
				      "(here 21,600), generic_timeout 600 (here 120)");
	if (error < 0)
		return error;
	table->namespaces[0].error = -EACCES;
	table->entries = table->max = table->buckets = known(UINT64_MAX);
	for (int i = 0; i < COUNTERS; i++)
		table->counters.value[i] = UINT64_MAX;
	for (size_t i = 0; i < 256; i++)
		table->contents->by_protocol[i] = UINT64_MAX / 256 - i;
	for (size_t i = 0; i < TCP_STATES; i++)
		table->contents->by_state[i] = UINT64_MAX / TCP_STATES - i;
	for (size_t i = 0; i < TIME_BANDS; i++)
		table->contents->by_time[i] = UINT64_MAX;
	table->contents->unreplied = table->contents->offloaded = UINT64_MAX;
	table->contents->idle = UINT64_MAX;
	table->messages = (struct full_messages){.known = true,
						 .count = UINT64_MAX,
						 .namespaces = UINT64_MAX,
						 .expectations = UINT64_MAX,
						 .first = 1,
						 .last = NOW * 4};
	table->foreign_max = true;
	table->turnover = (struct turnover){.known = true,
					    .seconds = 3599,
					    .in = {.rate = 1e19, .error = 9e18},
					    .out = {.rate = 1e19, .error = 9e18},
					    .at_least = true,
					    .mostly_gone = true};
	return 0;
}

static const struct {
	const char *name;
	int (*make)(struct table *table);
} fixtures[] = {
	{"fine", make_fine},	       {"full", make_full},
	{"chains", make_chains},       {"nearly-full", make_nearly_full},
	{"was-full", make_was_full},   {"not-loaded", make_not_loaded},
	{"user", make_user},	       {"old", make_old},
	{"container", make_container}, {"unlimited", make_unlimited},
	{"unused", make_unused},       {"unknown", make_unknown},
	{"hostile", make_hostile},     {"filling", make_fine},
};

const char *fixture_name(size_t index)
{
	return index < ARRAY_SIZE(fixtures) ? fixtures[index].name : NULL;
}

/* 4800 more entries at each look; packets are dropped once there is no room. */
static int fill(struct table *table, unsigned int looks)
{
	uint64_t wanted = table->entries.value + (uint64_t)looks * 4800;
	uint64_t entries = wanted < table->max.value ? wanted : table->max.value;
	struct table filled;
	int error = make_of(&filled, entries);

	table_done(table);
	*table = filled;
	set_counters(table, (wanted - entries) / 3, (wanted - entries) / 40, 0, 0);
	if (looks > 0)
		table->turnover = (struct turnover){.known = true,
						    .seconds = 2,
						    .in = {.rate = 3150, .error = 305},
						    .out = {.rate = 740, .error = 150}};
	return error;
}

int fixture_make(const char *name, unsigned int looks, struct fixture *ret)
{
	struct fixture fixture = {0};
	int error = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++)
		if (strcmp(fixtures[i].name, name) == 0)
			error = fixtures[i].make(&fixture.table);
	if (error == 0 && strcmp(name, "filling") == 0)
		error = fill(&fixture.table, looks);
	if (error < 0) {
		fixture_done(&fixture);
		return error;
	}
	fixture.table.now += 2 * SECOND * looks;
	table_judge(&fixture.table, &fixture.judgement);
	*ret = fixture;
	return 0;
}

int fixture_history(const char *name, unsigned int looks, struct history *ret)
{
	*ret = (struct history){0};
	for (unsigned int i = 0; i <= looks; i++) {
		struct fixture CLEANUP(fixture_done) fixture = {0};
		int error = fixture_make(name, i, &fixture);

		if (error < 0)
			return error;
		history_add(ret, &fixture.table, &fixture.judgement);
	}
	return 0;
}
