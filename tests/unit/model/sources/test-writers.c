/* model/writers: who else writes the plan's values, and who wins when. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <stdio.h>

#include "base/buffer.h"
#include "model/plan/artifact.h"
#include "model/sources/writers.h"

/* max 100000, hashsize 100000 (100352 buckets), expect_hashsize 512, udp 45, acct 1. */
static struct value items[] = {
	{.kind = VALUE_HASHSIZE,
	 .key = "nf_conntrack.hashsize",
	 .path = PATH_PARAMETERS "/hashsize",
	 .wanted = 100000,
	 .rounded = 100352},
	{.kind = VALUE_EXPECT_HASHSIZE,
	 .key = "nf_conntrack.expect_hashsize",
	 .path = PATH_PARAMETERS "/expect_hashsize",
	 .wanted = 512,
	 .rounded = 512},
	{.kind = VALUE_SYSCTL,
	 .key = "net.netfilter.nf_conntrack_max",
	 .path = PATH_PROC "/nf_conntrack_max",
	 .wanted = 100000,
	 .rounded = 100000},
	{.kind = VALUE_SYSCTL,
	 .key = "net.netfilter.nf_conntrack_udp_timeout",
	 .path = PATH_PROC "/nf_conntrack_udp_timeout",
	 .wanted = 45,
	 .rounded = 45},
	{.kind = VALUE_SYSCTL,
	 .key = "net.netfilter.nf_conntrack_acct",
	 .path = PATH_PROC "/nf_conntrack_acct",
	 .wanted = 1,
	 .rounded = 1},
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

/* Prints one letter for each source, "-" for none. */
static const char *letters_of(unsigned int set, char ret[SOURCES + 1])
{
	static const struct {
		enum source source;
		char letter;
	} rows[] = {
		{SOURCE_SYSTEMD, 's'}, {SOURCE_PROCPS, 'p'},   {SOURCE_OPTIONS, 'l'},
		{SOURCE_UFW, 'u'},     {SOURCE_TUNED, 't'},    {SOURCE_KUBE_PROXY, 'k'},
		{SOURCE_UDEV, 'e'},    {SOURCE_TMPFILES, 'f'},
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (set & SOURCE_BIT(rows[i].source))
			ret[count++] = rows[i].letter;
	if (count == 0)
		ret[count++] = '-';
	ret[count] = '\0';
	return ret;
}

/*
 * "KEY PATH:LINE TEXT same|other SOURCES WINS", one a line; and behind ">" who takes a value away.
 */
static void expect_writers(struct writers *writers, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	assert_false(writers->out_of_memory);
	for (size_t i = 0; i < writers->count; i++) {
		const struct writer *writer = &writers->items[i];
		char written[SOURCES + 1], won[SOURCES + 1];

		buffer_printf(&b, "%s %s:%u %s %s %s %s\n", strrchr(writer->value->key, '.') + 1,
			      writer->path, writer->line, writer->text,
			      writer->same ? "same" : "other", letters_of(writer->sources, written),
			      letters_of(writer->wins, won));
	}
	for (size_t i = 0; i < values.count; i++) {
		const struct writer *winner = writers_find_winner(writers, &values.items[i]);

		if (winner)
			buffer_printf(&b, "> %s %s:%u\n", strrchr(items[i].key, '.') + 1,
				      winner->path, winner->line);
	}
	expect_text("writers", b.data ? b.data : "", wanted);
	writers_done(writers);
}

static const char ours[] = "-net.netfilter.nf_conntrack_max = 100000\n"
			   "-net.netfilter.nf_conntrack_udp_timeout = 45\n"
			   "-net.netfilter.nf_conntrack_acct = 1\n";

static void expect_sysctl(const char *path, const char *text, const char *wanted)
{
	const struct text_file files[] = {{PATH_SYSCTL, ours}, {path, text}};
	struct writers writers = {0};

	writers_of_sysctl(&values, files, ARRAY_SIZE(files), &writers);
	expect_writers(&writers, wanted);
}

static void ours_is_no_other_writer(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.d/99.conf", "net.ipv4.ip_forward=1\n", "");
}

/* systemd-sysctl writes each key once, procps each line. */
static void later_file_wins_and_earlier_does_not(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.d/99.conf", "net.netfilter.nf_conntrack_max = 5\n",
		      "nf_conntrack_max /etc/sysctl.d/99.conf:1 5 other sp sp\n"
		      "> nf_conntrack_max /etc/sysctl.d/99.conf:1\n");
	expect_sysctl("/etc/sysctl.d/10.conf", "net.netfilter.nf_conntrack_max = 5\n",
		      "nf_conntrack_max /etc/sysctl.d/10.conf:1 5 other p -\n");
}

static void other_name_of_max_is_the_same(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.d/99.conf", "net.nf_conntrack_max = 5\n",
		      "nf_conntrack_max /etc/sysctl.d/99.conf:1 5 other sp sp\n"
		      "> nf_conntrack_max /etc/sysctl.d/99.conf:1\n");
}

static void buckets_are_the_hashsize(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.d/10.conf", "net.netfilter.nf_conntrack_buckets = 5\n",
		      "hashsize /etc/sysctl.d/10.conf:1 5 other sp sp\n"
		      "> hashsize /etc/sysctl.d/10.conf:1\n");
	expect_sysctl("/etc/sysctl.d/10.conf", "net.netfilter.nf_conntrack_buckets = 100352\n",
		      "hashsize /etc/sysctl.d/10.conf:1 100352 same sp sp\n");
}

static void same_value_takes_nothing_away(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.d/99.conf", "net.netfilter.nf_conntrack_udp_timeout = 055\n",
		      "nf_conntrack_udp_timeout /etc/sysctl.d/99.conf:1 055 same sp sp\n");
	/* A value that the kernel refuses is not active. */
	expect_sysctl("/etc/sysctl.d/99.conf", "net.netfilter.nf_conntrack_udp_timeout = 45x\n",
		      "nf_conntrack_udp_timeout /etc/sysctl.d/99.conf:1 45x other sp -\n");
}

static void larger_max_takes_nothing_away_where_that_is_wished(void **state)
{
	static const char text[] = "net.netfilter.nf_conntrack_max = 100001\n";

	(void)state;
	items[2].at_least = true;
	expect_sysctl("/etc/sysctl.d/99.conf", text,
		      "nf_conntrack_max /etc/sysctl.d/99.conf:1 100001 same sp sp\n");
	items[2].at_least = false;
	expect_sysctl("/etc/sysctl.d/99.conf", text,
		      "nf_conntrack_max /etc/sysctl.d/99.conf:1 100001 other sp sp\n"
		      "> nf_conntrack_max /etc/sysctl.d/99.conf:1\n");
}

static void sysctl_conf_is_read_by_procps_alone(void **state)
{
	(void)state;
	expect_sysctl("/etc/sysctl.conf", "net.netfilter.nf_conntrack_acct = 0\n",
		      "nf_conntrack_acct /etc/sysctl.conf:1 0 other p p\n"
		      "> nf_conntrack_acct /etc/sysctl.conf:1\n");
}

static void read_modprobe(const struct text_file *files, size_t count, const char *command_line,
			  struct writers *writers)
{
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};

	assert_int_equal(modprobe_records_read(files, count, &records), 0);
	writers_of_modprobe(&values, &records, command_line, writers);
}

static void modprobe_sets_what_our_rule_sets_right(void **state)
{
	const struct text_file files[] = {
		{"/etc/modprobe.d/a.conf", "options nf_conntrack hashsize=1 acct=0 x=1\n"
					   "install nf_conntrack hashsize=3\n"},
		{PATH_MODPROBE, "options nf_conntrack hashsize=100000 expect_hashsize=512\n"},
		{"/etc/modprobe.d/z.conf", "options nf-conntrack expect_hashsize=64\n"},
	};
	struct writers writers = {0};

	(void)state;
	read_modprobe(files, ARRAY_SIZE(files), "", &writers);
	expect_writers(&writers, "hashsize /etc/modprobe.d/a.conf:1 1 other l -\n"
				 "nf_conntrack_acct /etc/modprobe.d/a.conf:1 0 other l l\n"
				 "expect_hashsize /etc/modprobe.d/z.conf:1 64 other l l\n"
				 "> expect_hashsize /etc/modprobe.d/z.conf:1\n");
	/* The command line comes after all files. */
	read_modprobe(files, ARRAY_SIZE(files),
		      "quiet nf_conntrack.expect_hashsize=512 nf_nat.hashsize=1", &writers);
	expect_writers(&writers, "hashsize /etc/modprobe.d/a.conf:1 1 other l -\n"
				 "nf_conntrack_acct /etc/modprobe.d/a.conf:1 0 other l l\n"
				 "expect_hashsize /etc/modprobe.d/z.conf:1 64 other l -\n"
				 "expect_hashsize /proc/cmdline:0 512 same l l\n");
}

static void option_that_the_kernel_refuses_is_marked(void **state)
{
	const struct text_file files[] = {
		{"/etc/modprobe.d/a.conf", "options nf_conntrack hashsize=64k acct=1 hashsize=2\n"
					   "options nf_conntrack hashsize=1 hashsize=\n"
					   "options nf_conntrack hashsize=100000 acct=x\n"},
		{PATH_MODPROBE, "options nf_conntrack hashsize=100000\n"},
	};
	static const bool refused[] = {true, false, true, false, true, true};
	struct writers writers = {0};

	(void)state;
	read_modprobe(files, ARRAY_SIZE(files), "nf_conntrack.hashsize=x", &writers);
	assert_int_equal(writers.count, ARRAY_SIZE(refused));
	for (size_t i = 0; i < writers.count; i++)
		assert_int_equal(writers.items[i].refused, refused[i]);
	writers_done(&writers);
}

static void text_of_others_is_read_by_line_and_section(void **state)
{
	static const char text[] = "; c\n"
				   "net/netfilter/nf_conntrack_max=7\n"
				   "[sysctl]\n"
				   " net.netfilter.nf_conntrack_max = 8 \r\n"
				   "net.netfilter.nf_conntrack_max\n"
				   "= 9\n"
				   "#net.nf_conntrack_max = 9\n"
				   "[other]\n"
				   "net.nf_conntrack_max=10\n";
	struct writers writers = {0};

	(void)state;
	writers_of_text(&values, "/a", text, "sysctl", SOURCE_TUNED, false, &writers);
	expect_writers(&writers, "nf_conntrack_max /a:4 8 other t -\n");
	/* The last of several lines decides. */
	writers_of_text(&values, "/a", text, NULL, SOURCE_UFW, true, &writers);
	expect_writers(&writers, "nf_conntrack_max /a:2 7 other u -\n"
				 "nf_conntrack_max /a:4 8 other u -\n"
				 "nf_conntrack_max /a:9 10 other u u\n"
				 "> nf_conntrack_max /a:9\n");
}

/* For tuned's profiles: a profile that is read earlier is written earlier. */
static void later_file_of_the_same_time_wins(void **state)
{
	struct writers writers = {0};

	(void)state;
	writers_of_text(&values, "/a", "net.nf_conntrack_max=7\n", NULL, SOURCE_TUNED, true,
			&writers);
	writers_of_text(&values, "/b", "net.nf_conntrack_max=8\n", NULL, SOURCE_UFW, true,
			&writers);
	writers_of_text(&values, "/c", "net.nf_conntrack_max=100000\n", NULL, SOURCE_TUNED, true,
			&writers);
	expect_writers(&writers, "nf_conntrack_max /a:1 7 other t -\n"
				 "nf_conntrack_max /b:1 8 other u u\n"
				 "nf_conntrack_max /c:1 100000 same t t\n"
				 "> nf_conntrack_max /b:1\n");
}

/* ufw gives its file to sysctl -p. */
static void dash_before_a_key_is_for_sysctl(void **state)
{
	static const char text[] = "-net/netfilter/nf_conntrack_max = 7\n"
				   "- net.netfilter.nf_conntrack_udp_timeout = 7\n"
				   "-=1\n";
	struct writers writers = {0};

	(void)state;
	writers_of_text(&values, "/a", text, NULL, SOURCE_UFW, true, &writers);
	expect_writers(&writers, "nf_conntrack_max /a:1 7 other u u\n"
				 "> nf_conntrack_max /a:1\n");
	writers_of_text(&values, "/a", text, NULL, SOURCE_CRON, true, &writers);
	assert_int_equal(writers.count, 1);
	writers_done(&writers);
	writers_of_text(&values, "/a", text, NULL, SOURCE_TUNED, true, &writers);
	expect_writers(&writers, "");
}

/* This is what "sysctl a=1 a=2" does. */
static void the_last_value_of_a_line_counts(void **state)
{
	struct writers writers = {0};
	struct writer_line line = {.path = "/a", .number = 1, .source = SOURCE_UFW};

	(void)state;
	line.text = "100000";
	writers_set(&writers, &values.items[0], &line);
	line.text = "7";
	writers_set(&writers, &values.items[0], &line);
	line.text = "x";
	writers_set(&writers, &values.items[0], &line);
	assert_int_equal(writers.count, 1);
	assert_string_equal(writers.items[0].text, "7");
	assert_false(writers.items[0].same);
	writers_done(&writers);
}

/* The value before stays; tuned's variables are not followed. */
static void what_the_kernel_refuses_takes_nothing_away(void **state)
{
	static const char text[] = "net/netfilter/nf_conntrack_max=7\n"
				   "net/netfilter/nf_conntrack_max=zz\n"
				   "net/netfilter/nf_conntrack_udp_timeout=99999999\n"
				   "net/netfilter/nf_conntrack_acct=${acct}\n";
	struct writers writers = {0};

	(void)state;
	items[3].row = &schema[schema_find("timeouts", "udp")];
	writers_of_text(&values, "/a", text, NULL, SOURCE_UFW, true, &writers);
	expect_writers(&writers, "nf_conntrack_max /a:1 7 other u u\n"
				 "nf_conntrack_max /a:2 zz other u -\n"
				 "nf_conntrack_udp_timeout /a:3 99999999 other u -\n"
				 "nf_conntrack_acct /a:4 ${acct} other u -\n"
				 "> nf_conntrack_max /a:1\n");
	writers_of_text(&values, "/a", text, NULL, SOURCE_TUNED, true, &writers);
	expect_writers(&writers, "nf_conntrack_max /a:1 7 other t t\n"
				 "nf_conntrack_max /a:2 zz other t -\n"
				 "nf_conntrack_udp_timeout /a:3 99999999 other t -\n"
				 "nf_conntrack_acct /a:4 ${acct} other t t\n"
				 "> nf_conntrack_max /a:1\n"
				 "> nf_conntrack_acct /a:4\n");
}

/* 60-conntrack-persist.rules assigns behind earlier files; commands run behind all of them. */
static void udev_rules_write_values(void **state)
{
	static const struct shell_visitor none;
	static const char text[] =
		"# SYSCTL{net/netfilter/nf_conntrack_max}=\"1\"\n"
		"KERNEL==\"nf_conntrack\", SUBSYSTEM==\"module\", \\\n"
		"  SYSCTL{net/netfilter/nf_conntrack_max}=\"2\"\n"
		"SYSCTL{net.netfilter.nf_conntrack_max}==\"3\"\n"
		"KERNEL==\"nf_conntrack\", ATTR{parameters/hashsize}=\"4\"\n"
		"KERNEL==\"nf_conntrack\", RUN+=\"/sbin/sysctl -w net.nf_conntrack_max=5\"\n"
		"KERNEL==\"nf_conntrack\", RUN+=\"/bin/sh -c 'echo 6 > "
		"/proc/sys/net/netfilter/nf_conntrack_max'\"\n"
		"KERNEL==\"nf_conntrack\", RUN{builtin}+=\"kmod load nf_nat\"\n"
		"KERNEL==\"nf_conntrack\", SYSCTL{net/nf_conntrack_max}=\"7\n";
	struct writers CLEANUP(writers_done) early = {0}, late = {0};

	(void)state;
	assert_int_equal(writers_of_udev(&values, "/50-a.rules", text, &none, &early), 0);
	expect_writers(&early, "nf_conntrack_max /50-a.rules:2 2 other e -\n"
			       "hashsize /50-a.rules:5 4 other e -\n"
			       "nf_conntrack_max /50-a.rules:6 5 other e -\n"
			       "nf_conntrack_max /50-a.rules:7 6 other e e\n"
			       "> nf_conntrack_max /50-a.rules:7\n");
	assert_int_equal(writers_of_udev(&values, "/70-a.rules", text, &none, &late), 0);
	expect_writers(&late, "nf_conntrack_max /70-a.rules:2 2 other e -\n"
			      "hashsize /70-a.rules:5 4 other e e\n"
			      "nf_conntrack_max /70-a.rules:6 5 other e -\n"
			      "nf_conntrack_max /70-a.rules:7 6 other e e\n"
			      "> hashsize /70-a.rules:5\n"
			      "> nf_conntrack_max /70-a.rules:7\n");
}

static void tmpfiles_write_values(void **state)
{
	static const char text[] = "# w /proc/sys/net/nf_conntrack_max - - - - 1\n"
				   "w /proc/sys/net/nf_conntrack_max - - - - 2\n"
				   "w+! /sys/module/nf_conntrack/parameters/hashsize - - - -  3 \n"
				   "d /proc/sys/net/nf_conntrack_max - - - - 4\n"
				   "w /proc/sys/net/nf_conntrack_max - - - - 5\n"
				   "w+ /sys/module/nf_conntrack/parameters/hashsize - - - - 6\n"
				   "w /proc/sys/net/nf_conntrack_max - -\n"
				   "w /proc/sys/net/ipv4/ip_forward - - - - 1";
	struct writers CLEANUP(writers_done) writers = {0};

	(void)state;
	writers_of_tmpfiles(&values, "/a.conf", text, &writers);
	expect_writers(&writers, "nf_conntrack_max /a.conf:2 2 other f f\n"
				 "hashsize /a.conf:3 3 other f -\n"
				 "nf_conntrack_max /a.conf:5 5 other f -\n"
				 "hashsize /a.conf:6 6 other f f\n"
				 "> hashsize /a.conf:6\n"
				 "> nf_conntrack_max /a.conf:2\n");
}

static void times_have_words(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	sources_add_names(SOURCE_BIT(SOURCE_SYSTEMD) | SOURCE_BIT(SOURCE_PROCPS), &b);
	expect_text("two", b.data, "systemd-sysctl, sysctl --system");
	buffer_clear(&b);
	sources_add_names(
		SOURCE_BIT(SOURCE_OPTIONS) | SOURCE_BIT(SOURCE_UFW) | SOURCE_BIT(SOURCE_TUNED), &b);
	expect_text("three", b.data, "modprobe at each load, ufw, tuned");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_no_other_writer),
		cmocka_unit_test(later_file_wins_and_earlier_does_not),
		cmocka_unit_test(other_name_of_max_is_the_same),
		cmocka_unit_test(buckets_are_the_hashsize),
		cmocka_unit_test(same_value_takes_nothing_away),
		cmocka_unit_test(larger_max_takes_nothing_away_where_that_is_wished),
		cmocka_unit_test(sysctl_conf_is_read_by_procps_alone),
		cmocka_unit_test(modprobe_sets_what_our_rule_sets_right),
		cmocka_unit_test(option_that_the_kernel_refuses_is_marked),
		cmocka_unit_test(text_of_others_is_read_by_line_and_section),
		cmocka_unit_test(later_file_of_the_same_time_wins),
		cmocka_unit_test(dash_before_a_key_is_for_sysctl),
		cmocka_unit_test(the_last_value_of_a_line_counts),
		cmocka_unit_test(what_the_kernel_refuses_takes_nothing_away),
		cmocka_unit_test(udev_rules_write_values),
		cmocka_unit_test(tmpfiles_write_values),
		cmocka_unit_test(times_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
