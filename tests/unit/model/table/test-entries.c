/* model/entries: names, and where an entry is counted. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <netinet/in.h>

#include <linux/netfilter/nf_conntrack_tcp.h>

#include "model/table/entries.h"

static void names_are_the_kernels(void **state)
{
	static const struct {
		enum tcp_conntrack number;
		const char *name;
	} states[] = {
		{TCP_CONNTRACK_NONE, "NONE"},	      {TCP_CONNTRACK_SYN_SENT, "SYN_SENT"},
		{TCP_CONNTRACK_SYN_RECV, "SYN_RECV"}, {TCP_CONNTRACK_ESTABLISHED, "ESTABLISHED"},
		{TCP_CONNTRACK_FIN_WAIT, "FIN_WAIT"}, {TCP_CONNTRACK_CLOSE_WAIT, "CLOSE_WAIT"},
		{TCP_CONNTRACK_LAST_ACK, "LAST_ACK"}, {TCP_CONNTRACK_TIME_WAIT, "TIME_WAIT"},
		{TCP_CONNTRACK_CLOSE, "CLOSE"},	      {TCP_CONNTRACK_SYN_SENT2, "SYN_SENT2"},
	};

	(void)state;
	assert_int_equal(TCP_STATES, TCP_CONNTRACK_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		expect_text("state", tcp_state_to_string((enum tcp_state)states[i].number),
			    states[i].name);
	assert_null(tcp_state_to_string(TCP_STATES));
	expect_text("1", protocol_to_string(1), "icmp");
	expect_text("6", protocol_to_string(6), "tcp");
	expect_text("17", protocol_to_string(17), "udp");
	expect_text("33", protocol_to_string(33), "dccp");
	expect_text("47", protocol_to_string(47), "gre");
	expect_text("58", protocol_to_string(58), "icmpv6");
	expect_text("132", protocol_to_string(132), "sctp");
	expect_text("136", protocol_to_string(136), "udplite");
	assert_null(protocol_to_string(0));
	assert_null(protocol_to_string(89));
	assert_null(protocol_to_string(255));
}

/* A band ends with the second that names it. */
static void time_is_counted_in_bands(void **state)
{
	static const struct {
		uint32_t remaining;
		const char *band;
	} rows[] = {
		{0, "30s"},	      {30, "30s"},    {31, "2m"},	{120, "2m"},
		{121, "10m"},	      {600, "10m"},   {601, "1h"},	{3600, "1h"},
		{3601, "6h"},	      {21600, "6h"},  {21601, "1d"},	{86400, "1d"},
		{86401, "5d"},	      {432000, "5d"}, {432001, "more"}, {UINT32_MAX - 1, "more"},
		{UINT32_MAX, "more"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry_counts *CLEANUP(free_pointer) counts = NULL;
		const struct entry entry = {.protocol = IPPROTO_TCP,
					    .state = TCP_STATE_TIME_WAIT,
					    .remaining = rows[i].remaining};

		assert_int_equal(entry_counts_new(&counts), 0);
		entry_counts_add(counts, &entry);
		for (size_t band = 0; band < TIME_BANDS; band++) {
			bool here = strcmp(time_band_to_string(band), rows[i].band) == 0;

			expect_number(rows[i].band, counts->by_time[band], here);
			expect_number(rows[i].band,
				      counts->by_state_and_time[TCP_STATE_TIME_WAIT][band], here);
		}
	}
}

static void entries_are_counted_by_what_they_are(void **state)
{
	static const struct entry entries[] = {
		{IPPROTO_TCP,
		 TCP_STATE_ESTABLISHED,
		 true,
		 true,
		 false,
		 99,
		 443,
		 1001,
		 {0},
		 0,
		 false},
		{IPPROTO_TCP,
		 TCP_STATE_ESTABLISHED,
		 true,
		 true,
		 false,
		 100,
		 443,
		 1001,
		 {0},
		 0,
		 false},
		{IPPROTO_TCP,
		 TCP_STATE_ESTABLISHED,
		 true,
		 false,
		 false,
		 101,
		 65535,
		 7,
		 {0},
		 0,
		 false},
		{IPPROTO_TCP, TCP_STATE_SYN_SENT, false, false, false, 99, 0, 1001, {0}, 0, false},
		{IPPROTO_TCP, TCP_STATE_NONE, true, true, true, 0, 443, 1003, {0}, 0, false},
		{IPPROTO_UDP, TCP_STATE_NONE, false, false, false, 10, 53, 53, {0}, 0, false},
		{IPPROTO_UDP, TCP_STATE_NONE, true, true, true, 0, 443, 1003, {0}, 0, false},
		{IPPROTO_SCTP, TCP_STATE_NONE, true, true, false, 99, 443, 1001, {0}, 0, false},
		{255, TCP_STATE_NONE, true, false, false, 99, 0, 0, {0}, 0, false},
	};
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;

	(void)state;
	assert_int_equal(entry_counts_new(&counts), 0);
	assert_true(counts->total == 0 && counts->udp.destinations[65535] == 0);
	counts->idle_below = 100;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entry_counts_add(counts, &entries[i]);
	expect_number("total", counts->total, 9);
	expect_number("tcp", counts->by_protocol[IPPROTO_TCP], 5);
	expect_number("udp", counts->by_protocol[IPPROTO_UDP], 2);
	expect_number("sctp", counts->by_protocol[IPPROTO_SCTP], 1);
	expect_number("255", counts->by_protocol[255], 1);
	expect_number("established", counts->by_state[TCP_STATE_ESTABLISHED], 3);
	expect_number("syn_sent", counts->by_state[TCP_STATE_SYN_SENT], 1);
	expect_number("none", counts->by_state[TCP_STATE_NONE], 1);
	expect_number("unreplied", counts->unreplied, 2);
	expect_number("assured", counts->assured, 5);
	expect_number("offloaded", counts->offloaded, 2);
	expect_number("30s", counts->by_time[0], 1);
	expect_number("2m", counts->by_time[1], 6);
	expect_number("established, 2m", counts->by_state_and_time[TCP_STATE_ESTABLISHED][1], 3);
	expect_number("none, 30s", counts->by_state_and_time[TCP_STATE_NONE][0], 0);
	expect_number("idle", counts->idle, 1);
	expect_number("tcp 443", counts->tcp.destinations[443], 3);
	expect_number("tcp 65535", counts->tcp.destinations[65535], 1);
	expect_number("tcp 0", counts->tcp.destinations[0], 1);
	expect_number("udp 443", counts->udp.destinations[443], 1);
	expect_number("udp 53", counts->udp.destinations[53], 1);
	expect_number("udp 0", counts->udp.destinations[0], 0);
	expect_number("tcp from 1001", counts->tcp.sources[1001], 3);
	expect_number("tcp from 7", counts->tcp.sources[7], 1);
	expect_number("tcp unreplied", counts->tcp.unreplied[1001], 1);
	expect_number("udp from 53", counts->udp.sources[53], 1);
	expect_number("udp from 53, unreplied", counts->udp.unreplied[53], 1);
	expect_number("udp from 1003, unreplied", counts->udp.unreplied[1003], 0);
	expect_number("udp unreplied", counts->udp_unreplied, 1);
	expect_number("udp assured", counts->udp_assured, 1);
}

static void idle_is_counted_on_request(void **state)
{
	static const struct entry entry = {.protocol = IPPROTO_TCP, .state = TCP_STATE_ESTABLISHED};
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;

	(void)state;
	assert_int_equal(entry_counts_new(&counts), 0);
	entry_counts_add(counts, &entry);
	expect_number("idle", counts->idle, 0);
}

/*
 * The kernel gives established connections no more than 300 s while data is on its way, or nobody
 * has answered.
 */
static void busy_ones_are_not_idle(void **state)
{
	struct entry entry = {.protocol = IPPROTO_TCP,
			      .state = TCP_STATE_ESTABLISHED,
			      .replied = true,
			      .assured = true};
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;

	(void)state;
	assert_int_equal(entry_counts_new(&counts), 0);
	counts->idle_below = 432000 - 21600;
	counts->idle_above = 300;
	for (uint32_t remaining = 299; remaining <= 302; remaining++) {
		entry.remaining = remaining;
		entry_counts_add(counts, &entry);
	}
	expect_number("301 and 302", counts->idle, 2);
	entry.remaining = 410399;
	entry_counts_add(counts, &entry);
	entry.remaining = 410400;
	entry_counts_add(counts, &entry);
	expect_number("up to 6 h ago", counts->idle, 3);
	entry.replied = false;
	entry.remaining = 1000;
	entry_counts_add(counts, &entry);
	expect_number("not answered", counts->idle, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_kernels),
		cmocka_unit_test(time_is_counted_in_bands),
		cmocka_unit_test(entries_are_counted_by_what_they_are),
		cmocka_unit_test(idle_is_counted_on_request),
		cmocka_unit_test(busy_ones_are_not_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
