/* model/witness: the rings become a list of writes, and what is missing is counted. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdlib.h>

#include "model/witness/witness-ring.h"

#define MAX_KEY	    "net.netfilter.nf_conntrack_max"
#define TIMEOUT_KEY "net.netfilter.nf_conntrack_udp_timeout"

struct fixture {
	struct witness_record slots[WITNESS_MAP_SLOTS];
	struct witness_head head;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->head.features = WITNESS_UID | WITNESS_MEMORY;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

/* Records a write as the program does. The ids are the same in both halves. */
static struct witness_record *record(struct fixture *f, uint32_t uid, uint64_t time,
				     const char *name, const char *after)
{
	uint64_t *writes = uid ? &f->head.users_writes : &f->head.writes;
	struct witness_record *slot =
		&f->slots[1 + (uid ? WITNESS_SLOTS : 0) + *writes % WITNESS_SLOTS];

	memset(slot, 0, sizeof(*slot));
	slot->sequence = slot->sequence_again = ++*writes;
	slot->time = time;
	slot->ids[0] = slot->ids[1] = 77;
	slot->users[0] = slot->users[1] = uid;
	(void)snprintf(slot->name, sizeof(slot->name), "%s", name);
	(void)snprintf(slot->after, sizeof(slot->after), "%s", after);
	return slot;
}

static void parse(struct fixture *f, struct witness_ring *ret)
{
	memcpy(f->slots, &f->head, sizeof(f->head));
	assert_int_equal(witness_ring_parse(f->slots, ret), 0);
}

static void empty_map_has_no_writes(void **state)
{
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	parse(*state, &ring);
	expect_number("count", ring.count, 0);
	expect_number("lost", ring.lost, 0);
}

static void both_rings_are_one_list_by_time(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	f->head.loaded = 10;
	record(f, 0, 30, "net/netfilter/nf_conntrack_max", "3\n");
	record(f, 1000, 20, "net/netfilter/nf_conntrack_udp_timeout", "2\n");
	record(f, 0, 40, "net/nf_conntrack_max", "4\n");
	parse(f, &ring);
	expect_number("loaded", ring.loaded, 10);
	expect_number("count", ring.count, 3);
	expect_number("writes", ring.writes, 3);
	expect_number("lost", ring.lost, 0);
	expect_number("uid", ring.events[0].uid, 1000);
	expect_text("key", ring.events[0].key, "net.netfilter.nf_conntrack_udp_timeout");
	expect_text("value", ring.events[1].after, "3");
	expect_number("process", ring.events[2].process, 77);
}

/* 1,000 writes of root and one of a user: the oldest 488 are gone, the user's is not. */
static void overwritten_records_are_counted(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	record(f, 1000, 1, "net/netfilter/nf_conntrack_udp_timeout", "2\n");
	for (unsigned int i = 0; i < 1000; i++)
		record(f, 0, 10 + i, "net/netfilter/nf_conntrack_max", "5\n");
	parse(f, &ring);
	expect_number("writes", ring.writes, 1001);
	expect_number("count", ring.count, WITNESS_SLOTS + 1);
	expect_number("lost", ring.lost, 1000 - WITNESS_SLOTS);
	expect_number("oldest of root", ring.events[1].time, 10 + 1000 - WITNESS_SLOTS);
}

/* Two writers that got one number, a slot written by two, one that a number does not belong to. */
static void records_that_are_not_whole_are_lost(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	record(f, 0, 1, "net/netfilter/nf_conntrack_max", "1\n")->sequence_again = 9;
	record(f, 0, 2, "net/netfilter/nf_conntrack_max", "2\n")->sequence = 7;
	record(f, 0, 3, "net/netfilter/nf_conntrack_max", "3\n");
	f->head.writes++;
	parse(f, &ring);
	expect_number("count", ring.count, 1);
	expect_number("lost", ring.lost, 3);
	expect_text("value", ring.events[0].after, "3");
}

static void hostile_texts_are_made_harmless(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	struct witness_record *r = record(f, 0, 1, "net/netfilter/nf_conntrack_max", "");

	memset(r->after, 0xff, sizeof(r->after));
	memset(r->command, '\033', sizeof(r->command));
	memset(r->name, 'k', sizeof(r->name));
	parse(f, &ring);
	expect_text("value", ring.events[0].after, "????????????????????????");
	expect_text("command", ring.events[0].command, "????????????????");
	expect_number("key", strlen(ring.events[0].key), WITNESS_NAME_SIZE);
}

/* A later write of another number did not become the live value, so that it is not the writer. */
static void writer_is_the_last_of_the_live_value(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	record(f, 0, 1, "net/netfilter/nf_conntrack_max", "131072\n");
	record(f, 0, 2, "net/nf_conntrack_max", "0x20000\n");
	record(f, 0, 3, "net/netfilter/nf_conntrack_max", "999999999999999999999\n");
	record(f, 0, 4, "net/netfilter/nf_conntrack_max", "-1\n");
	record(f, 0, 5, "net/netfilter/nf_conntrack_udp_timeout", "131072\n");
	parse(f, &ring);
	expect_number("time", witness_find_writer(&ring, MAX_KEY, 131072)->time, 2);
	assert_null(witness_find_writer(&ring, MAX_KEY, 262144));
	assert_null(witness_find_writer(&ring, "net.netfilter.nf_conntrack_acct", 131072));
}

static void each_obstacle_has_a_sentence(void **state)
{
	(void)state;
	for (int i = WITNESS_FINE; i <= WITNESS_PIN_FAILED; i++)
		assert_true(strlen(witness_obstacle_describe((enum witness_obstacle)i)) > 10);
}

#define HOST_NAMESPACE 4026531840U

static enum witness_place place_of(const char *key, uint64_t namespace, uint64_t own)
{
	struct witness_event event = {.namespace = namespace};

	(void)snprintf(event.key, sizeof(event.key), "%s", key);
	witness_set_place(&event, own);
	return event.place;
}

static void places_are_told_apart(void **state)
{
	static const char *const shared[] = {
		MAX_KEY,
		"net.nf_conntrack_max",
		"net.netfilter.nf_conntrack_buckets",
		"net.netfilter.nf_conntrack_expect_max",
	};

	(void)state;
	assert_int_equal(place_of(TIMEOUT_KEY, HOST_NAMESPACE, HOST_NAMESPACE), WITNESS_HERE);
	assert_int_equal(place_of(TIMEOUT_KEY, 5, HOST_NAMESPACE), WITNESS_ELSEWHERE);
	assert_int_equal(place_of(TIMEOUT_KEY, 0, HOST_NAMESPACE), WITNESS_UNPLACED);
	assert_int_equal(place_of(TIMEOUT_KEY, 5, 0), WITNESS_UNPLACED);
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		assert_int_equal(place_of(shared[i], 0, HOST_NAMESPACE), WITNESS_HERE);
	expect_text("word", witness_place_to_string(WITNESS_ELSEWHERE), "other");
}

/* The same number in another network namespace, later, is another value. */
static void writer_elsewhere_is_none(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	static const char name[] = "net/netfilter/nf_conntrack_udp_timeout";

	record(f, 0, 1, name, "60")->namespace = HOST_NAMESPACE;
	record(f, 0, 2, name, "60")->namespace = 5;
	record(f, 0, 3, name, "61")->namespace = 5;
	parse(f, &ring);
	for (size_t i = 0; i < ring.count; i++)
		witness_set_place(&ring.events[i], HOST_NAMESPACE);
	expect_number("time", witness_find_writer(&ring, TIMEOUT_KEY, 60)->time, 1);
	assert_null(witness_find_writer(&ring, TIMEOUT_KEY, 61));
}

#define WITH_MAP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_MAP(empty_map_has_no_writes),
		WITH_MAP(both_rings_are_one_list_by_time),
		WITH_MAP(overwritten_records_are_counted),
		WITH_MAP(records_that_are_not_whole_are_lost),
		WITH_MAP(hostile_texts_are_made_harmless),
		WITH_MAP(writer_is_the_last_of_the_live_value),
		WITH_MAP(writer_elsewhere_is_none),
		cmocka_unit_test(places_are_told_apart),
		cmocka_unit_test(each_obstacle_has_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
