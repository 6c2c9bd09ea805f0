/* model/table/cutoffs: which live entries a shorter timeout concerns, and whose they are. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "model/config/schema.h"
#include "model/table/cutoffs.h"

static void names(void **state)
{
	(void)state;
	for (enum cutoff_id id = 0; id < CUTOFFS; id++) {
		assert_int_equal(cutoff_find(cutoff_to_string(id)), id);
		assert_true(schema_find("timeouts", cutoff_to_string(id)) >= 0);
	}
	assert_int_equal(cutoff_find("gre"), CUTOFFS);
	assert_int_equal(cutoff_find("tcp_unacknowledged"), CUTOFFS);
}

/* Counts one entry with this remaining time under a timeout of `live` that becomes `shorter`. */
static struct cutoff count_one(enum cutoff_id id, uint32_t live, uint32_t shorter,
			       const struct entry *entry)
{
	struct cutoffs CLEANUP(cutoffs_done) cutoffs = {.busy_least = 200, .busy_most = 300};
	struct holders *CLEANUP(holders_freep) holders = NULL;
	struct cutoff ret;

	assert_int_equal(holders_new(1, &holders), 0);
	assert_int_equal(cutoffs_set(&cutoffs, id, live, shorter, 7), 0);
	cutoffs_add(&cutoffs, entry, holders);
	ret = *cutoffs.items[id];
	ret.holders = NULL;
	return ret;
}

/* What becomes of one entry: '-' is not counted, 'k' kept, 's' silent, 'u' unclear. */
static char judge(enum cutoff_id id, uint32_t live, uint32_t shorter, const struct entry *entry)
{
	struct cutoff cutoff = count_one(id, live, shorter, entry);

	if (cutoff.entries == 0)
		return '-';
	return cutoff.unclear ? 'u' : cutoff.silent ? 's' : 'k';
}

static void one_entry(void **state)
{
	const struct {
		uint8_t protocol;
		enum tcp_state tcp;
		bool assured, offloaded;
		uint32_t remaining;
		enum cutoff_id id;
		uint32_t live, shorter;
		char wanted;
	} rows[] = {
		/* The silence is the live timeout less the remaining time. */
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 900, CUTOFF_TCP_ESTABLISHED, 1000,
		 100, 'k'},
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 899, CUTOFF_TCP_ESTABLISHED, 1000,
		 100, 's'},
		/* It may have the timeout of data on its way, or one from before. */
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 301, CUTOFF_TCP_ESTABLISHED, 1000,
		 100, 's'},
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 300, CUTOFF_TCP_ESTABLISHED, 1000,
		 100, 'u'},
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 1000, CUTOFF_TCP_ESTABLISHED,
		 1000, 100, 'k'},
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, false, 1001, CUTOFF_TCP_ESTABLISHED,
		 1000, 100, 'u'},
		/* A timeout that is no longer than those is never replaced. */
		{IPPROTO_TCP, TCP_STATE_CLOSE_WAIT, true, false, 10, CUTOFF_TCP_CLOSE_WAIT, 200, 60,
		 's'},
		{IPPROTO_TCP, TCP_STATE_CLOSE_WAIT, true, false, 10, CUTOFF_TCP_CLOSE_WAIT, 201, 60,
		 'u'},
		/* Offloaded entries have no remaining time, other states other timeouts. */
		{IPPROTO_TCP, TCP_STATE_ESTABLISHED, true, true, 0, CUTOFF_TCP_ESTABLISHED, 1000,
		 100, '-'},
		{IPPROTO_TCP, TCP_STATE_SYN_SENT2, false, false, 1, CUTOFF_TCP_SYN_SENT, 120, 20,
		 '-'},
		{IPPROTO_TCP, TCP_STATE_NONE, false, false, 1, CUTOFF_TCP_SYN_SENT, 120, 20, '-'},
		{IPPROTO_TCP, TCP_STATE_SYN_SENT, false, false, 1, CUTOFF_TCP_SYN_SENT, 120, 20,
		 's'},
		{IPPROTO_TCP, TCP_STATE_SYN_RECV, false, false, 1, CUTOFF_TCP_SYN_RECV, 60, 20,
		 's'},
		{IPPROTO_TCP, TCP_STATE_FIN_WAIT, true, false, 1, CUTOFF_TCP_FIN_WAIT, 120, 20,
		 's'},
		{IPPROTO_TCP, TCP_STATE_LAST_ACK, true, false, 1, CUTOFF_TCP_LAST_ACK, 30, 20, 's'},
		{IPPROTO_TCP, TCP_STATE_TIME_WAIT, true, false, 1, CUTOFF_TCP_TIME_WAIT, 120, 30,
		 's'},
		{IPPROTO_TCP, TCP_STATE_CLOSE, true, false, 1, CUTOFF_TCP_CLOSE, 10, 5, 's'},
		/* The kernel gives assured UDP the timeout udp_stream; no rule for data there. */
		{IPPROTO_UDP, 0, true, false, 1, CUTOFF_UDP_STREAM, 400, 20, 's'},
		{IPPROTO_UDP, 0, false, false, 1, CUTOFF_UDP_STREAM, 400, 20, '-'},
		{IPPROTO_UDP, 0, false, false, 1, CUTOFF_UDP, 30, 20, 's'},
		{IPPROTO_UDP, 0, true, false, 1, CUTOFF_UDP, 30, 20, '-'},
		{IPPROTO_ICMP, 0, false, false, 1, CUTOFF_ICMP, 30, 20, 's'},
		{IPPROTO_ICMPV6, 0, false, false, 1, CUTOFF_ICMPV6, 30, 20, 's'},
		{253, 0, false, false, 1, CUTOFF_GENERIC, 600, 20, 's'},
		{IPPROTO_GRE, 0, true, false, 1, CUTOFF_GENERIC, 600, 20, '-'},
		{IPPROTO_SCTP, 0, true, false, 1, CUTOFF_GENERIC, 600, 20, '-'},
		{IPPROTO_DCCP, 0, true, false, 1, CUTOFF_GENERIC, 600, 20, '-'},
		{IPPROTO_UDPLITE, 0, true, false, 1, CUTOFF_GENERIC, 600, 20, '-'},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct entry entry = {
			.protocol = rows[i].protocol,
			.state = rows[i].tcp,
			.assured = rows[i].assured,
			.offloaded = rows[i].offloaded,
			.replied = true,
			.remaining = rows[i].remaining,
		};
		char found = judge(rows[i].id, rows[i].live, rows[i].shorter, &entry);

		if (found != rows[i].wanted)
			fail_msg("row %zu: %c, not %c", i, found, rows[i].wanted);
	}
}

static struct entry make_entry(const char *source, const char *target, uint16_t port,
			       uint32_t remaining)
{
	struct entry entry = {
		.protocol = IPPROTO_TCP,
		.state = TCP_STATE_ESTABLISHED,
		.replied = true,
		.remaining = remaining,
		.port = port,
		.source = 40000,
		.addresses = {.family = AF_INET, .server_port = port},
	};

	assert_int_equal(inet_pton(AF_INET, source, entry.addresses.source), 1);
	assert_int_equal(inet_pton(AF_INET, target, entry.addresses.target), 1);
	memcpy(entry.addresses.server, entry.addresses.target, 16);
	return entry;
}

struct scene {
	struct holders *holders;
	struct cutoffs cutoffs;
	uint16_t web, server;
};

static void open_scene(struct scene *scene)
{
	const uint8_t web[16] = {10, 88, 0, 2}, host[16] = {203, 0, 113, 1};

	*scene = (struct scene){.cutoffs = {.busy_least = 300, .busy_most = 300}};
	assert_int_equal(holders_new(1, &scene->holders), 0);
	assert_int_equal(holders_keep_ports(scene->holders), 0);
	assert_int_equal(owners_find(&scene->holders->owners, OWNER_CONTAINER, "web", &scene->web),
			 0);
	assert_int_equal(owners_find(&scene->holders->owners, OWNER_UNIT, "sshd", &scene->server),
			 0);
	assert_int_equal(owners_add_address(&scene->holders->owners, scene->web, AF_INET, web), 0);
	assert_int_equal(owners_add_address(&scene->holders->owners, 0, AF_INET, host), 0);
	assert_int_equal(cutoffs_set(&scene->cutoffs, CUTOFF_TCP_ESTABLISHED, 432000, 21600, 5), 0);
}

static void close_scene(struct scene *scene)
{
	cutoffs_done(&scene->cutoffs);
	holders_free(scene->holders);
}

static void put(struct scene *scene, size_t times, const char *source, const char *target,
		uint16_t port, uint32_t remaining)
{
	const struct entry entry = make_entry(source, target, port, remaining);

	for (size_t i = 0; i < times; i++) {
		holders_add(scene->holders, &entry);
		cutoffs_add(&scene->cutoffs, &entry, scene->holders);
	}
}

static void expect_words(const struct scene *scene, bool hide, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	assert_int_equal(cutoff_describe(scene->cutoffs.items[CUTOFF_TCP_ESTABLISHED],
					 scene->holders, hide, &b),
			 0);
	assert_string_equal(b.data, wanted);
}

static void words(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	expect_words(&scene, false, "no entry has this timeout now");
	put(&scene, 1, "10.88.0.2", "192.0.2.1", 443, 431999);
	expect_words(&scene, false,
		     "1 entry has this timeout; none of them was silent for more than 21,600 s");
	put(&scene, 1, "10.88.0.2", "192.0.2.1", 443, 1000);
	expect_words(&scene, false,
		     "2 entries have this timeout; 1 of them was silent for more than 21,600 s: 1 "
		     "of container web");
	/* A port of this host is its process's, a port that nobody has is this host's. */
	put(&scene, 5, "198.51.100.1", "203.0.113.1", 22, 1000);
	put(&scene, 2, "198.51.100.1", "203.0.113.1", 23, 1000);
	holders_assign_port(scene.holders, LOCAL_TCP, 22, scene.server);
	holders_assign_rest(scene.holders);
	put(&scene, 4, "192.168.7.7", "192.0.2.1", 443, 1000);
	put(&scene, 3, "10.88.0.2", "192.0.2.1", 443, 200);
	expect_words(&scene, false,
		     "16 entries have this timeout; 12 of them were silent for more than 21,600 s: "
		     "5 of unit sshd, 4 of 192.168.7.7, 2 of this host, 1 of others; unknown for 3 "
		     "of them");
	expect_words(
		&scene, true,
		"16 entries have this timeout; 12 of them were silent for more than 21,600 s: "
		"5 of unit sshd, 4 of address 1, 2 of this host, 1 of others; unknown for 3 of "
		"them");
	close_scene(&scene);
}

/* The sums are exact for any stream, and a heavy holder is found among many small ones. */
static void many(void **state)
{
	struct scene scene;
	struct cutoff_holder top[4];
	const struct cutoff *cutoff;
	size_t count;

	(void)state;
	open_scene(&scene);
	for (unsigned int i = 0; i < 20000; i++) {
		char address[INET_ADDRSTRLEN];

		(void)snprintf(address, sizeof(address), "10.%u.%u.1", i / 250, i % 250);
		put(&scene, 1, address, "192.0.2.1", 443, 1000);
		if (i % 4 == 0)
			put(&scene, 1, "10.88.0.2", "192.0.2.1", 443, 1000);
		put(&scene, 1, "10.88.0.2", "192.0.2.1", 443, 431000);
	}
	cutoff = scene.cutoffs.items[CUTOFF_TCP_ESTABLISHED];
	assert_int_equal(cutoff->entries, 45000);
	assert_int_equal(cutoff->silent, 25000);
	assert_int_equal(cutoff->unclear, 0);
	assert_int_equal(cutoff_top(cutoff, scene.holders, top, ARRAY_SIZE(top), &count), 0);
	assert_int_equal(count, ARRAY_SIZE(top));
	assert_string_equal(top[0].owner->name, "web");
	expect_words(&scene, false,
		     "45,000 entries have this timeout; 25,000 of them were silent for more than "
		     "21,600 s: 5,000 of container web, 20,000 of others");
	assert_in_range(top[0].entries, 5000 - 2 * 25000 / HEAVY_MOST, 5000);
	assert_null(top[1].owner);
	close_scene(&scene);
}

static void small_holders_are_not_named(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (unsigned int i = 0; i < 21; i++) {
		char address[INET_ADDRSTRLEN];

		(void)snprintf(address, sizeof(address), "10.1.%u.1", i);
		put(&scene, 1, address, "192.0.2.1", 443, 1000);
	}
	expect_words(&scene, false,
		     "21 entries have this timeout; 21 of them were silent for more than 21,600 s, "
		     "of many holders, none of which has 5 %");
	put(&scene, 1, "10.1.0.1", "192.0.2.1", 443, 1000);
	expect_words(&scene, false,
		     "22 entries have this timeout; 22 of them were silent for more than 21,600 s: "
		     "2 of 10.1.0.1, 20 of others");
	close_scene(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(one_entry),
		cmocka_unit_test(words),
		cmocka_unit_test(many),
		cmocka_unit_test(small_holders_are_not_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
