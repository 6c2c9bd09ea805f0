/* model/table/holders and owners: whose an entry is, what is counted, and the words for it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "model/table/holder-words.h"
#include "model/table/holders.h"

struct line {
	uint8_t protocol;
	const char *source, *target, *server;
	uint16_t source_port, port, server_port;
};

static uint8_t set_address(const char *text, uint8_t *ret)
{
	uint8_t family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, ret), 1);
	return family;
}

static struct entry make_entry(const struct line *line)
{
	struct entry entry = {
		.protocol = line->protocol,
		.port = line->port,
		.source = line->source_port,
		.addresses = {.server_port = line->server_port},
	};

	entry.addresses.family = set_address(line->source, entry.addresses.source);
	(void)set_address(line->target, entry.addresses.target);
	(void)set_address(line->server ? line->server : line->target, entry.addresses.server);
	return entry;
}

static void count(struct holders *holders, const struct line *line, size_t times)
{
	const struct entry entry = make_entry(line);

	for (size_t i = 0; i < times; i++)
		holders_add(holders, &entry);
}

static uint16_t add_owner(struct owners *owners, enum owner_kind kind, const char *name,
			  const char *address)
{
	uint8_t bytes[16] = {0};
	uint16_t owner;
	uint8_t family;

	assert_int_equal(owners_find(owners, kind, name, &owner), 0);
	if (address) {
		family = set_address(address, bytes);
		assert_int_equal(owners_add_address(owners, owner, family, bytes), 0);
	}
	return owner;
}

static struct holders *make_holders(void)
{
	struct holders *holders;

	assert_int_equal(holders_new(1, &holders), 0);
	add_owner(&holders->owners, OWNER_CONTAINER, "web", "10.88.0.2");
	add_owner(&holders->owners, OWNER_CONTAINER, "web", "fd00::2");
	add_owner(&holders->owners, OWNER_CONTAINER, "db", "10.88.0.3");
	add_owner(&holders->owners, OWNER_HOST, "", "203.0.113.1");
	return holders;
}

static void expect_owners(const char *what, const struct holders *holders, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	size_t items[8], found = holders_top_owners(holders, items, ARRAY_SIZE(items));

	buffer_add(&b, "");
	for (size_t i = 0; i < found; i++) {
		owner_add_name(&b, &holders->owners.items[items[i]]);
		buffer_printf(&b, " %" PRIu64 "; ", holders->owners.items[items[i]].entries);
	}
	buffer_printf(&b, "foreign %" PRIu64, holders->foreign);
	expect_text(what, b.data, wanted);
}

static void an_entry_belongs_to_one_owner(void **state)
{
	static const struct {
		const char *what;
		struct line line;
		const char *wanted;
	} rows[] = {
		{"a container's client",
		 {IPPROTO_TCP, "10.88.0.2", "192.0.2.1", NULL, 5, 443, 443},
		 "container web 1; foreign 0"},
		{"the same by IPv6",
		 {IPPROTO_TCP, "fd00::2", "2001:db8::1", NULL, 5, 443, 443},
		 "container web 1; foreign 0"},
		{"a port forward",
		 {IPPROTO_TCP, "192.0.2.1", "203.0.113.1", "10.88.0.2", 5, 80, 8080},
		 "container web 1; foreign 0"},
		{"between containers: whoever asks",
		 {IPPROTO_TCP, "10.88.0.2", "10.88.0.3", NULL, 5, 5432, 5432},
		 "container web 1; foreign 0"},
		{"this host as a client",
		 {IPPROTO_TCP, "203.0.113.1", "192.0.2.1", NULL, 1001, 443, 443},
		 "process curl 1; foreign 0"},
		{"this host as a server",
		 {IPPROTO_TCP, "192.0.2.1", "203.0.113.1", NULL, 5, 22, 22},
		 "unit ssh.service 1; foreign 0"},
		{"the same port of UDP is another one",
		 {IPPROTO_UDP, "192.0.2.1", "203.0.113.1", NULL, 5, 22, 22},
		 "this host 1; foreign 0"},
		{"without ports",
		 {IPPROTO_ICMP, "192.0.2.1", "203.0.113.1", NULL, 0, 0, 0},
		 "this host 1; foreign 0"},
		{"this host's client asks a container",
		 {IPPROTO_TCP, "203.0.113.1", "10.88.0.2", NULL, 1001, 80, 80},
		 "process curl 1; foreign 0"},
		{"within this host",
		 {IPPROTO_TCP, "127.0.0.1", "127.0.0.1", NULL, 1001, 22, 22},
		 "process curl 1; foreign 0"},
		{"within this host, by IPv6",
		 {IPPROTO_TCP, "::1", "::1", NULL, 7, 22, 22},
		 "this host 1; foreign 0"},
		{"forwarded for others",
		 {IPPROTO_TCP, "192.0.2.1", "192.0.2.2", NULL, 5, 22, 22},
		 "foreign 1"},
		{"the same bytes in the other family",
		 {IPPROTO_TCP, "a58:2::", "2001:db8::1", NULL, 5, 22, 22},
		 "foreign 1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct holders *CLEANUP(holders_freep) holders = make_holders();
		uint16_t ssh = add_owner(&holders->owners, OWNER_UNIT, "ssh.service", NULL);
		uint16_t curl = add_owner(&holders->owners, OWNER_PROCESS, "curl", NULL);

		count(holders, &rows[i].line, 1);
		holders_assign_port(holders, LOCAL_TCP, 22, ssh);
		holders_assign_port(holders, LOCAL_TCP, 1001, curl);
		/* The second owner of a port gets nothing. */
		holders_assign_port(holders, LOCAL_TCP, 22, curl);
		holders_assign_rest(holders);
		expect_owners(rows[i].what, holders, rows[i].wanted);
		expect_number("total", holders->total, 1);
	}
}

/* The last port of the last protocol is at the end of the list. */
static void the_owner_of_each_port_is_kept(void **state)
{
	static const struct line udp = {IPPROTO_UDP, "192.0.2.7", "203.0.113.1", NULL,
					9,	     65535,	  65535};
	static const struct line tcp = {IPPROTO_TCP, "192.0.2.7", "203.0.113.1", NULL,
					9,	     65535,	  65535};
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	uint16_t named = add_owner(&holders->owners, OWNER_UNIT, "named.service", NULL);

	(void)state;
	expect_number("not kept", holders_port_owner(holders, LOCAL_UDP, 65535), 0);
	assert_int_equal(holders_keep_ports(holders), 0);
	count(holders, &udp, 1);
	count(holders, &tcp, 1);
	holders_assign_port(holders, LOCAL_UDP, 65535, named);
	expect_number("udp", holders_port_owner(holders, LOCAL_UDP, 65535), named);
	expect_number("tcp", holders_port_owner(holders, LOCAL_TCP, 65535), 0);
	/* A second call keeps what is there. */
	assert_int_equal(holders_keep_ports(holders), 0);
	expect_number("udp", holders_port_owner(holders, LOCAL_UDP, 65535), named);
}

static struct heavy_key local_end(const char *address, uint16_t port)
{
	struct heavy_key key = {.port = port};

	key.family = set_address(address, key.address);
	return key;
}

/* Two servers have port 53, each at an address of its own; a third one has all other addresses. */
static void servers_share_a_port(void **state)
{
	static const struct line lines[] = {
		{IPPROTO_UDP, "192.0.2.1", "203.0.113.1", NULL, 5, 53, 53},
		{IPPROTO_UDP, "192.0.2.1", "203.0.113.2", NULL, 5, 53, 53},
		{IPPROTO_UDP, "192.0.2.1", "203.0.113.3", NULL, 5, 53, 53},
		{IPPROTO_TCP, "192.0.2.1", "203.0.113.1", NULL, 5, 53, 53},
	};
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	const struct heavy_key first = local_end("203.0.113.1", 53);
	const struct heavy_key second = local_end("203.0.113.2", 53);
	const struct heavy_key none = local_end("203.0.113.9", 53);
	uint16_t owners[3];

	(void)state;
	owners[0] = add_owner(&holders->owners, OWNER_UNIT, "named.service", NULL);
	owners[1] = add_owner(&holders->owners, OWNER_UNIT, "dnsmasq.service", "203.0.113.8");
	owners[2] = add_owner(&holders->owners, OWNER_UNIT, "other.service", NULL);
	(void)add_owner(&holders->owners, OWNER_HOST, "", "203.0.113.2");
	(void)add_owner(&holders->owners, OWNER_HOST, "", "203.0.113.3");
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		count(holders, &lines[i], 4 - i);
	holders_assign_address(holders, LOCAL_UDP, &none, owners[1]);
	holders_assign_address(holders, LOCAL_UDP, &first, owners[0]);
	holders_assign_address(holders, LOCAL_UDP, &second, owners[1]);
	/* A second socket of the same address gets nothing. */
	holders_assign_address(holders, LOCAL_UDP, &first, owners[2]);
	holders_assign_port(holders, LOCAL_UDP, 53, owners[2]);
	holders_assign_rest(holders);
	expect_owners("shared", holders,
		      "unit named.service 4; unit dnsmasq.service 3; unit other.service 2; this "
		      "host 1; foreign 0");
}

static void entries_without_addresses_are_left_out(void **state)
{
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	const struct entry entry = {.protocol = IPPROTO_TCP};

	(void)state;
	holders_add(holders, &entry);
	expect_number("total", holders->total, 0);
}

static void addresses_that_show_nobody_are_not_held(void **state)
{
	static const char *const everywhere[] = {"127.0.0.1", "0.0.0.0",   "169.254.1.1",
						 "224.0.0.1", "::1",	   "fe80::1",
						 "ff02::1",   "127.8.8.8", "::"};
	struct owners CLEANUP(owners_done) owners = {.seed = 1};
	uint16_t host = add_owner(&owners, OWNER_HOST, "", NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(everywhere); i++)
		(void)add_owner(&owners, OWNER_CONTAINER, "a", everywhere[i]);
	expect_number("held", owners.address_count, 0);
	/* Two owners, and then this host. */
	(void)add_owner(&owners, OWNER_CONTAINER, "a", "10.0.2.100");
	(void)add_owner(&owners, OWNER_CONTAINER, "b", "10.0.2.100");
	for (int i = 0; i < 2; i++) {
		struct heavy_key key = {.family = AF_INET};

		(void)set_address("10.0.2.100", key.address);
		assert_int_equal(owners_of_address(&owners, &key), i == 0 ? OWNER_NONE : host);
		(void)add_owner(&owners, OWNER_HOST, "", "10.0.2.100");
	}
}

static void owners_and_addresses_have_bounds(void **state)
{
	struct owners CLEANUP(owners_done) owners = {.seed = 1};
	uint16_t owner = 0;

	(void)state;
	for (uint32_t i = 0; i <= ADDRESSES_MAX; i++) {
		const uint8_t bytes[4] = {10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

		assert_int_equal(owners_add_address(&owners, 1, AF_INET, bytes), 0);
		assert_int_equal(owners.cut, i == ADDRESSES_MAX);
	}
	owners.cut = false;
	for (uint32_t i = 0; i <= OWNERS_MAX; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%u", i);
		assert_int_equal(owners_find(&owners, OWNER_UNIT, name, &owner), 0);
		assert_int_equal(owners.cut, i == OWNERS_MAX);
	}
	assert_int_equal(owner, OWNER_NONE);
}

static void the_sentence_names_the_largest(void **state)
{
	static const struct line attacker = {IPPROTO_TCP, "10.66.6.6", "192.0.2.1", NULL,
					     5,		  80,	       80};
	static const struct line web = {IPPROTO_TCP, "10.88.0.2", "192.0.2.1", NULL, 5, 443, 443};
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	assert_false(holders_describe(holders, false, &b));
	count(holders, &attacker, 1000);
	for (uint32_t i = 0; i < 2000; i++) {
		char source[32];
		const struct line line = {IPPROTO_UDP, source, "192.0.2.1", NULL, 5, 53, 53};

		(void)snprintf(source, sizeof(source), "10.%u.%u.1", 100 + i / 200, i % 200);
		count(holders, &line, 1);
	}
	assert_true(holders_describe(holders, false, &b));
	expect_text("one source", b.data, "1,000 of 3,000 entries (33 %) are from 10.66.6.6");
	buffer_reset(&b);
	assert_true(holders_describe(holders, true, &b));
	expect_text("hidden", b.data, "1,000 of 3,000 entries (33 %) are from one address");
	buffer_reset(&b);
	count(holders, &web, 500);
	assert_true(holders_describe(holders, false, &b));
	expect_text("an owner", b.data,
		    "1,000 of 3,500 entries (29 %) are from 10.66.6.6; 500 of 3,500 entries (14 %) "
		    "belong to container web");
}

/* No single address has many entries, but their network does. */
static void many_small_sources_are_one_network(void **state)
{
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct top_sources top;

	(void)state;
	for (uint32_t i = 0; i < 200; i++) {
		char source[32];
		const struct line line = {IPPROTO_UDP, source, "192.0.2.1", NULL, 5, 53, 53};

		(void)snprintf(source, sizeof(source), "198.51.100.%u", i);
		count(holders, &line, 2);
		(void)snprintf(source, sizeof(source), "10.1.%u.7", i);
		count(holders, &line, 2);
	}
	assert_true(holders_describe(holders, false, &b));
	expect_text("network", b.data,
		    "400 of 800 entries (50 %) are from network 198.51.100.0/24");
	holders_find_sources(holders, &top);
	expect_number("heavy", top.heavy, 0);
}

static void many_small_sources_without_a_network_are_nobody(void **state)
{
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	for (uint32_t i = 0; i < 40000; i++) {
		char source[32];
		const struct line line = {IPPROTO_UDP, source, "192.0.2.1", NULL, 5, 53, 53};

		(void)snprintf(source, sizeof(source), "10.%u.%u.1", i / 200, i % 200);
		count(holders, &line, 1);
	}
	assert_false(holders_describe(holders, false, &b));
	assert_int_equal(b.length, 0);
}

static void ports_and_forwards_are_ordered(void **state)
{
	static const struct line forward = {IPPROTO_TCP, "192.0.2.1", "203.0.113.1", "10.88.0.2",
					    5,		 80,	      8080};
	static const struct line same = {IPPROTO_TCP, "192.0.2.1", "203.0.113.1", NULL, 5, 80, 80};
	struct holders *CLEANUP(holders_freep) holders = make_holders();
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;
	struct port_item ports[2];
	struct heavy_item forwards[2];
	struct entry entry = {.protocol = IPPROTO_UDP, .port = 53};

	(void)state;
	count(holders, &forward, 3);
	count(holders, &same, 5);
	assert_int_equal(heavy_top(holders->forwards, forwards, 2), 1);
	expect_number("entries", forwards[0].count, 3);
	expect_number("port", forwards[0].key.port, 8080);
	assert_int_equal(entry_counts_new(&counts), 0);
	entry_counts_add(counts, &entry);
	entry.port = 0;
	entry_counts_add(counts, &entry);
	entry = (struct entry){.protocol = IPPROTO_TCP, .port = 443};
	entry_counts_add(counts, &entry);
	entry_counts_add(counts, &entry);
	assert_int_equal(entries_top_ports(counts, ports, 2), 2);
	assert_true(ports[0].protocol == IPPROTO_TCP && ports[0].port == 443);
	assert_true(ports[1].protocol == IPPROTO_UDP && ports[1].port == 53);
	assert_int_equal(entries_top_ports(counts, ports, 1), 1);
}

static void shares_are_rounded(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *wanted;
	} rows[] = {
		{0, 0, "0 %"},		{0, 9, "0 %"},
		{1, 3, "33 %"},		{2, 3, "67 %"},
		{1, 1000, "under 1 %"}, {1, 100, "1 %"},
		{199, 200, "100 %"},	{UINT64_MAX, UINT64_MAX, "100 %"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		share_add(&b, rows[i].part, rows[i].whole);
		expect_text(rows[i].wanted, b.data, rows[i].wanted);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_belongs_to_one_owner),
		cmocka_unit_test(the_owner_of_each_port_is_kept),
		cmocka_unit_test(servers_share_a_port),
		cmocka_unit_test(entries_without_addresses_are_left_out),
		cmocka_unit_test(addresses_that_show_nobody_are_not_held),
		cmocka_unit_test(owners_and_addresses_have_bounds),
		cmocka_unit_test(the_sentence_names_the_largest),
		cmocka_unit_test(many_small_sources_are_one_network),
		cmocka_unit_test(many_small_sources_without_a_network_are_nobody),
		cmocka_unit_test(ports_and_forwards_are_ordered),
		cmocka_unit_test(shares_are_rounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
