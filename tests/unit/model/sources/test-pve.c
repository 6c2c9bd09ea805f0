/* model/sources/writers-pve: what pve-firewall makes of the options of a node. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "model/sources/writers-pve.h"

static struct value items[] = {
	{.kind = VALUE_HASHSIZE, .key = "hashsize", .path = PATH_PARAMETERS "/hashsize"},
	{.kind = VALUE_SYSCTL, .key = "max", .path = PATH_PROC "/nf_conntrack_max"},
	{.kind = VALUE_SYSCTL,
	 .key = "established",
	 .path = PATH_PROC "/nf_conntrack_tcp_timeout_established"},
	{.kind = VALUE_SYSCTL,
	 .key = "syn_recv",
	 .path = PATH_PROC "/nf_conntrack_tcp_timeout_syn_recv"},
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

/* "KEY LINE TEXT", with "made NUMBER" if the kernel shows another one, and with "wins" or "loses"; the configuration has this max. */
static void expect_set(const char *text, uint64_t max, bool at_least, const char *wanted)
{
	static const struct writer_line line = {.path = "a", .source = SOURCE_PVE_FIREWALL};
	struct pve_options options;
	struct writers writers = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	items[1].wanted = items[1].rounded = max;
	items[1].at_least = at_least;
	pve_options_read(text, &options);
	writers_of_pve(&values, &options, &line, &writers);
	assert_false(writers.out_of_memory);
	buffer_add(&b, "");
	for (size_t i = 0; i < writers.count; i++) {
		const struct writer *writer = &writers.items[i];

		buffer_printf(&b, "%s %u %s ", writer->value->key, writer->line, writer->text);
		if (writer->made > 0 && writer->made != strtoull(writer->text, NULL, 10))
			buffer_printf(&b, "made %" PRIu64 " ", writer->made);
		buffer_printf(&b, "%s\n", !writer_takes_away(writer) ? "loses" : "wins");
	}
	expect_text(text, b.data, wanted);
	writers_done(&writers);
}

#define TIMEOUTS "established 0 432000 wins\nsyn_recv 0 60 wins\n"

static void options_of_a_node(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool at_least;
		const char *wanted;
	} rows[] = {
		/* Its defaults; hashsize stays if both agree on max. */
		{"", 1000, false, "max 0 262144 wins\nhashsize 0 65536 wins\n" TIMEOUTS},
		{"", 262144, false, "max 0 262144 loses\nhashsize 0 65536 loses\n" TIMEOUTS},
		{"[OPTIONS]\nnf_conntrack_max: 1000000\n", 262144, false,
		 "max 2 1000000 made 1007616 wins\nhashsize 2 251904 wins\n" TIMEOUTS},
		/* pve-firewall rounds up to a multiple of 8,192. */
		{"[OPTIONS]\nnf_conntrack_max: 1000000\n", 1000000, false,
		 "max 2 1000000 made 1007616 wins\nhashsize 2 251904 wins\n" TIMEOUTS},
		{"[OPTIONS]\nnf_conntrack_max: 1000000\n", 1007616, false,
		 "max 2 1000000 made 1007616 loses\nhashsize 2 251904 loses\n" TIMEOUTS},
		{"[OPTIONS]\nnf_conntrack_max: 1000000\n", 1005000, true,
		 "max 2 1000000 made 1007616 loses\nhashsize 2 251904 wins\n" TIMEOUTS},
		{"[OPTIONS]\nnf_conntrack_max: 100000\n", 1000, false,
		 "max 2 262144 wins\nhashsize 2 65536 wins\n" TIMEOUTS},
		/*
		 * Names in any case; the last of equal ones; only this section, and only numbers.
		 */
		{"[options]\n# x\n\n NF_conntrack_max : 5\nnf_conntrack_max:300000 \r\n"
		 "nf_conntrack_max: 400000 # x\n[RULES]\nnf_conntrack_max: 400000\n",
		 1000, false, "max 5 300000 made 303104 wins\nhashsize 5 75776 wins\n" TIMEOUTS},
		{"[OPTIONS]\nnf_conntrack_tcp_timeout_established: 600\n"
		 "nf_conntrack_tcp_timeout_syn_recv: 30\nnf_conntrack_helpers: ftp\n:\nx\n",
		 262144, false,
		 "max 0 262144 loses\nhashsize 0 65536 loses\nestablished 2 600 wins\n"
		 "syn_recv 3 30 wins\n"},
		/* proxmox-firewall sets what is there, as it is, and nothing else. */
		{"[OPTIONS]\nnftables: 1\nnf_conntrack_max: 100000\n", 1000, false,
		 "max 3 100000 wins\n"},
		{"[OPTIONS]\nnftables: 1\n", 1000, false, ""},
		{"[OPTIONS]\nnf_conntrack_max: 99999999999999999999999\n", 1000, false,
		 "max 2 9999999999999 made 10000000000000 wins\nhashsize 2 2500000000000 "
		 "wins\n" TIMEOUTS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_set(rows[i].text, rows[i].max, rows[i].at_least, rows[i].wanted);
}

static void switches(void **state)
{
	struct pve_options options;

	(void)state;
	pve_options_read("[OPTIONS]\nenable: 1\n", &options);
	assert_true(options.enable);
	pve_options_read("[OPTIONS]\nenable: 1\nenable: 0\n", &options);
	assert_false(options.enable);
	pve_options_read("enable: 1\n[ALIASES]\nenable: 1\n", &options);
	assert_false(options.enable);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_a_node),
		cmocka_unit_test(switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
