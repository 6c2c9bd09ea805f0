/* model/from_system: what a host's files say, as a configuration that our own reader accepts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/config/config.h"
#include "model/sources/from-system.h"

/* The files of a host. */
struct host {
	const struct text_file *sysctl, *modprobe; /* NULL: none */
	const char *command_line;
	struct facts facts;
};

static int render_host(const struct host *host, struct buffer *b, struct problems *problems)
{
	struct host_writers CLEANUP(host_writers_done) found = {.writers.facts = &host->facts};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};

	assert_int_equal(values_of_schema(&found.values), 0);
	if (host->sysctl)
		writers_of_sysctl(&found.values, host->sysctl, 1, &found.writers);
	if (host->modprobe)
		assert_int_equal(modprobe_records_read(host->modprobe, 1, &records), 0);
	writers_of_modprobe(&found.values, &records, host->command_line ? host->command_line : "",
			    &found.writers);
	return from_system_render(&found, &host->facts, b, problems);
}

static void expect_adopted(const struct host *host, const char *wanted, int count, size_t warnings)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct config CLEANUP(config_done) config = {0};

	assert_int_equal(render_host(host, &b, &problems), count);
	expect_text("configuration", b.data ? b.data : "", wanted);
	assert_int_equal(problems.count, warnings);
	/* The printed configuration can be installed. */
	assert_int_equal(config_new(&config), 0);
	assert_int_equal(config_read(&config, "a", b.data ? b.data : "", b.length, &problems), 0);
	assert_int_equal(problems.count, warnings);
}

/* The host has one file of sysctl.d. */
static void expect_sysctl(const char *text, const char *wanted, int count, size_t warnings)
{
	const struct text_file file = {"/etc/sysctl.d/a.conf", text};

	expect_adopted(&(struct host){.sysctl = &file}, wanted, count, warnings);
}

static void expect_modprobe(const char *text, const char *command_line, const char *wanted,
			    int count, size_t warnings)
{
	const struct text_file file = {"/etc/modprobe.d/a.conf", text};

	expect_adopted(&(struct host){.modprobe = &file, .command_line = command_line}, wanted,
		       count, warnings);
}

static void nothing_is_adopted_from_nothing(void **state)
{
	(void)state;
	expect_sysctl("", "", 0, 0);
	expect_sysctl("net.ipv4.ip_forward = 1\nnet.netfilter.nf_conntrack_count = 3\n", "", 0, 0);
	expect_modprobe("options nf_nat hashsize=1\n", "quiet", "", 0, 0);
}

/* A long path, in letters of two bytes, beginning in one or between two. */
static void lines_are_short_enough_to_be_read(void **state)
{
	char letters[300] = "", path[400];
	const struct text_file file = {path, "net.netfilter.nf_conntrack_max = 70000\n"};

	(void)state;
	for (size_t count = 1; count < 130; count++) {
		struct buffer CLEANUP(buffer_clear) b = {0};
		struct problems CLEANUP(problems_done) problems = {0};
		struct config CLEANUP(config_done) config = {0};

		strcat(letters, "\xc3\xa9");
		(void)snprintf(path, sizeof(path), "/etc/sysctl.d/%s.conf", letters);
		assert_int_equal(render_host(&(struct host){.sysctl = &file}, &b, &problems), 1);
		assert_null(strchr(b.data, '?'));
		assert_int_equal(config_new(&config), 0);
		assert_int_equal(config_read(&config, "a", b.data, b.length, &problems), 0);
		expect_no_problem(path, &problems);
	}
}

static void each_section_has_its_settings(void **state)
{
	(void)state;
	expect_sysctl("net.netfilter.nf_conntrack_acct = 1\n"
		      "net.netfilter.nf_conntrack_udp_timeout = 45\n"
		      "net.netfilter.nf_conntrack_max = 100000\n",
		      "[conntrack]\n"
		      "max = 100000                     ; /etc/sysctl.d/a.conf:3\n"
		      "[timeouts]\n"
		      "udp = 45                         ; /etc/sysctl.d/a.conf:2\n"
		      "[options]\n"
		      "acct = yes                       ; /etc/sysctl.d/a.conf:1\n",
		      3, 0);
}

static void both_names_of_max_are_one(void **state)
{
	(void)state;
	expect_sysctl("net.netfilter.nf_conntrack_max = 1\nnet.nf_conntrack_max = 200000\n",
		      "[conntrack]\n"
		      "max = 200000                     ; /etc/sysctl.d/a.conf:2\n",
		      1, 0);
}

/* The value before it applies; if there is none, the line is reported. */
static void what_the_kernel_refuses_is_not_adopted(void **state)
{
	(void)state;
	expect_sysctl("net.netfilter.nf_conntrack_max = 200000\n"
		      "net.nf_conntrack_max = 99999999999\n"
		      "net.netfilter.nf_conntrack_udp_timeout = 99999999\n",
		      "[conntrack]\n"
		      "max = 200000                     ; /etc/sysctl.d/a.conf:1\n",
		      1, 1);
}

static void numbers_are_read_as_the_kernel_does(void **state)
{
	(void)state;
	expect_sysctl("net.netfilter.nf_conntrack_max = 0x10000\n"
		      "net.netfilter.nf_conntrack_udp_timeout = 050\n"
		      "net.netfilter.nf_conntrack_icmp_timeout = 50 # c\n",
		      "[conntrack]\n"
		      "max = 65536                      ; /etc/sysctl.d/a.conf:1\n"
		      "[timeouts]\n"
		      "udp = 40                         ; /etc/sysctl.d/a.conf:2\n"
		      "icmp = 50                        ; /etc/sysctl.d/a.conf:3\n",
		      3, 0);
}

/* A value that the kernel refuses is never live; each such line is named. */
static void what_is_no_value_is_left_out(void **state)
{
	(void)state;
	expect_sysctl("net.netfilter.nf_conntrack_max = 0\n"
		      "net.netfilter.nf_conntrack_udp_timeout = forty\n"
		      "net.netfilter.nf_conntrack_icmp_timeout = -1\n"
		      "net.netfilter.nf_conntrack_acct = 7\n",
		      "", 0, 4);
}

static void hashsize_comes_from_modprobe_or_the_buckets(void **state)
{
	const struct text_file file = {"/etc/sysctl.conf",
				       "net.netfilter.nf_conntrack_buckets = 4096\n"
				       "net.netfilter.nf_conntrack_max = 16384\n"};
	const struct text_file options = {"/etc/modprobe.d/a.conf",
					  "options nf_conntrack hashsize=1024 acct=1 tstamp=0\n"
					  "options nf-conntrack expect_hashsize=64\n"};

	(void)state;
	/* sysctl comes after the load. */
	expect_adopted(&(struct host){.sysctl = &file, .modprobe = &options},
		       "[conntrack]\n"
		       "max = 16384                      ; /etc/sysctl.conf:2\n"
		       "hashsize = 4096                  ; /etc/sysctl.conf:1\n"
		       "expect_hashsize = 64             ; /etc/modprobe.d/a.conf:2\n"
		       "[options]\n"
		       "acct = yes                       ; /etc/modprobe.d/a.conf:1\n"
		       "timestamp = no                   ; /etc/modprobe.d/a.conf:1\n",
		       5, 0);
}

/* Rounded up to whole pages by the kernel, and max 8 times that. */
static void hashsize_alone_makes_a_max(void **state)
{
	(void)state;
	expect_modprobe("options nf_conntrack hashsize=1000\noptions nf_conntrack hashsize=1025\n",
			"",
			"[conntrack]\nmax = 12288                      ; no file sets it; the "
			"kernel sets max to 8 x hashsize\nhashsize = 1025                  ; "
			"/etc/modprobe.d/a.conf:2\n",
			2, 0);
	expect_modprobe("options nf_conntrack hashsize=x\n", "", "", 0, 1);
}

/* More entries than 8 a bucket: only kernels from 5.15 on limit the chains. */
static void too_few_buckets_become_a_comment(void **state)
{
	static const struct text_file file = {"/etc/sysctl.conf",
					      "net.netfilter.nf_conntrack_buckets = 4096\n"
					      "net.netfilter.nf_conntrack_max = 100001\n"};

	(void)state;
	expect_adopted(
		&(struct host){.sysctl = &file, .facts.release = {5, 15}},
		"[conntrack]\nmax = 100001                     ; /etc/sysctl.conf:2\n; Left out: "
		"kernels from 5.15 on may drop packets with so few buckets for max; the line below "
		"has the fewest that max needs.\n; hashsize = 4096                  ; "
		"/etc/sysctl.conf:1\nhashsize = 12501                 ; an 8th of max\n",
		2, 0);
	expect_adopted(&(struct host){.sysctl = &file, .facts.release = {5, 10}},
		       "[conntrack]\n"
		       "max = 100001                     ; /etc/sysctl.conf:2\n"
		       "hashsize = 4096                  ; /etc/sysctl.conf:1\n",
		       2, 0);
}

/* 4,000,000 entries take 977 MiB and their buckets 30.5 MiB: 99 % of 1 GiB. */
static void large_tables_get_their_memory(void **state)
{
	static const struct text_file file = {"/etc/sysctl.conf",
					      "net.netfilter.nf_conntrack_max = 4000000\n"};

	(void)state;
	expect_adopted(
		&(struct host){.sysctl = &file, .facts = {.release = {6, 1}, .ram = 1U << 30}},
		"[conntrack]\nmax = 4000000                    ; /etc/sysctl.conf:1\nmemory_limit "
		"= 99%               ; without this line the sizes of this host are refused\n",
		2, 0);
	expect_adopted(
		&(struct host){.sysctl = &file, .facts = {.release = {6, 1}, .ram = 256U << 20}},
		"[conntrack]\n"
		"; Left out: a full table takes more than the RAM of this host.\n"
		"; max = 4000000                    ; /etc/sysctl.conf:1\n",
		0, 0);
}

static void command_line_comes_last(void **state)
{
	(void)state;
	expect_modprobe(
		"options nf_conntrack hashsize=512\n", "quiet nf_conntrack.hashsize=2048",
		"[conntrack]\nmax = 16384                      ; no file sets it; the kernel sets "
		"max to 8 x hashsize\nhashsize = 2048                  ; /proc/cmdline\n",
		2, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_adopted_from_nothing),
		cmocka_unit_test(lines_are_short_enough_to_be_read),
		cmocka_unit_test(each_section_has_its_settings),
		cmocka_unit_test(both_names_of_max_are_one),
		cmocka_unit_test(what_the_kernel_refuses_is_not_adopted),
		cmocka_unit_test(numbers_are_read_as_the_kernel_does),
		cmocka_unit_test(what_is_no_value_is_left_out),
		cmocka_unit_test(hashsize_comes_from_modprobe_or_the_buckets),
		cmocka_unit_test(hashsize_alone_makes_a_max),
		cmocka_unit_test(too_few_buckets_become_a_comment),
		cmocka_unit_test(large_tables_get_their_memory),
		cmocka_unit_test(command_line_comes_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
