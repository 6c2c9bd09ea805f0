/*
 * Prints what the windows to the table say of this network namespace, each by itself or as the
 * program asks them.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: count-entries entries|counters|cost|cost-holders|cost-status live|ctnetlink|file [IDLE-BELOW]
 * entries: every count that is not 0; counters: those that are known; cost: entries, seconds, those
 * of a processor, and the most KiB of memory, that counting them took; cost-holders: the same with
 * who holds them; cost-status: the same with a sample of them as well, as status counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "host/conntrack/conntrack-file.h"
#include "host/conntrack/conntrack.h"
#include "host/conntrack/ctnetlink.h"
#include "host/kernel/kernel-file.h"
#include "model/table/holders.h"
#include "model/table/sample.h"

static int count(const char *way, struct entry_counts *counts)
{
	if (strcmp(way, "ctnetlink") == 0)
		return ctnetlink_count_entries(counts);
	if (strcmp(way, "file") == 0)
		return conntrack_file_count("/proc/self/net/nf_conntrack", counts);
	return conntrack_count_entries(counts);
}

static int read_counters(const char *way, struct counters *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error;

	if (strcmp(way, "ctnetlink") == 0)
		return ctnetlink_read_counters(ret);
	if (strcmp(way, "file") != 0)
		return conntrack_read_counters(ret);
	error = kernel_file_read_all("/proc/self/net/stat/nf_conntrack", &text);
	return error < 0 ? error : counters_parse(text, ret);
}

static void print(const char *what, const char *name, uint64_t number)
{
	if (number > 0)
		(void)printf("%s%s%s %" PRIu64 "\n", what, *name ? " " : "", name, number);
}

static void print_states(const struct entry_counts *counts)
{
	for (enum tcp_state i = TCP_STATE_NONE; i < TCP_STATES; i++) {
		print("state", tcp_state_to_string(i), counts->by_state[i]);
		for (size_t j = 0; j < TIME_BANDS; j++) {
			char name[64];

			(void)snprintf(name, sizeof(name), "%s %s", tcp_state_to_string(i),
				       time_band_to_string(j));
			print("state-and-time", name, counts->by_state_and_time[i][j]);
		}
	}
}

static void print_ports(const char *what, const uint64_t *ports)
{
	for (size_t i = 0; i < 65536; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%zu", i);
		print(what, name, ports[i]);
	}
}

static void print_counts(const struct entry_counts *counts)
{
	print("total", "", counts->total);
	for (size_t i = 0; i < ARRAY_SIZE(counts->by_protocol); i++) {
		const char *name = protocol_to_string((uint8_t)i);
		char number[16];

		(void)snprintf(number, sizeof(number), "%zu", i);
		print("protocol", name ? name : number, counts->by_protocol[i]);
	}
	print_states(counts);
	for (size_t i = 0; i < TIME_BANDS; i++)
		print("time", time_band_to_string(i), counts->by_time[i]);
	print("unreplied", "", counts->unreplied);
	print("assured", "", counts->assured);
	print("offloaded", "", counts->offloaded);
	print("idle", "", counts->idle);
	print("udp-unreplied", "", counts->udp_unreplied);
	print("udp-assured", "", counts->udp_assured);
	print_ports("tcp-port", counts->tcp.destinations);
	print_ports("udp-port", counts->udp.destinations);
	print_ports("tcp-source", counts->tcp.sources);
	print_ports("udp-source", counts->udp.sources);
	print_ports("tcp-unreplied", counts->tcp.unreplied);
	print_ports("udp-unreplied", counts->udp.unreplied);
}

static void print_counters(const struct counters *counters)
{
	if (counters->entries_known)
		(void)printf("entries %" PRIu64 "\n", counters->entries);
	for (int i = 0; i < COUNTERS; i++)
		if (counters->known[i])
			(void)printf("%s %" PRIu64 "\n", counter_to_string((enum counter)i),
				     counters->value[i]);
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double in_seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void print_cost(const struct entry_counts *counts, double took)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("%" PRIu64 " %.3f %.3f %ld\n", counts->total, took,
		     in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime), usage.ru_maxrss);
}

static int run(const char *what, const char *way, const char *idle_below)
{
	static const uint8_t server[4] = {10, 255, 0, 1};
	struct entry_counts *CLEANUP(free_pointer) counts = NULL;
	struct holders *CLEANUP(holders_freep) holders = NULL;
	struct sample *CLEANUP(free_pointer) sample = NULL;
	struct counters counters;
	double started = seconds();
	int error = entry_counts_new(&counts);

	if (error == 0 && strncmp(what, "cost-", 5) == 0)
		error = holders_new(1, &holders);
	if (error == 0 && strcmp(what, "cost-status") == 0)
		error = sample_new(1, &sample);
	/* The server of bench/insert-entries.c counts as this host, so that its ports are counted. */
	if (error == 0 && holders)
		error = owners_add_address(&holders->owners, 0, AF_INET, server);
	if (error < 0)
		return error;
	counts->holders = holders;
	counts->sample = sample;
	counts->idle_below = (uint32_t)strtoul(idle_below, NULL, 10);
	error = strcmp(what, "counters") == 0 ? read_counters(way, &counters) : count(way, counts);
	if (error < 0)
		return error;
	if (sample)
		sample_finish(sample);
	if (strcmp(what, "counters") == 0)
		print_counters(&counters);
	else if (strncmp(what, "cost", 4) == 0)
		print_cost(counts, seconds() - started);
	else
		print_counts(counts);
	return 0;
}

int main(int argc, char **argv)
{
	int error;

	if (argc < 3)
		return 64;
	error = run(argv[1], argv[2], argc > 3 ? argv[3] : "0");
	if (error < 0)
		(void)printf("%s\n", strerror(-error));
	return error < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
