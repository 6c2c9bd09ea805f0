/*
 * model/precedence: who sets a value among all files, in which order, and who wins; all of it was
 * seen of the readers.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/sources/precedence.h"
#include "model/sources/sysctl-keys.h"

/* The key has a second name, as nf_conntrack_max has one. */
static const char *const names[] = {"net/netfilter/nf_conntrack_max", "net/nf_conntrack_max"};
static const struct sysctl_knob knob = {.names = names, .name_count = ARRAY_SIZE(names)};

#define MAX    "net.netfilter.nf_conntrack_max"
#define SECOND "net.nf_conntrack_max"

/* Every writer, as "PATH:LINE VALUE;" with "*" before the one that wins. */
static void expect_found(const struct text_file *files, size_t count, enum sysctl_reader reader,
			 const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};

	assert_int_equal(sysctl_writers_find(files, count, reader, &knob, 1, &writers, NULL), 0);
	buffer_add(&found, "");
	for (size_t i = 0; i < writers.count; i++)
		buffer_printf(&found, "%s%s:%u %s;", writers.items[i].wins ? "*" : "",
			      writers.items[i].path, writers.items[i].line, writers.items[i].value);
	expect_text(reader == SYSCTL_SYSTEMD ? "systemd" : "procps", found.data, wanted);
}

/* The winner's value of a single file. */
static void expect_winner(enum sysctl_reader reader, const char *text, const char *wanted)
{
	const struct text_file file = {"/etc/sysctl.d/a.conf", text};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};
	const char *winner = "none";

	assert_int_equal(sysctl_writers_find(&file, 1, reader, &knob, 1, &writers, NULL), 0);
	for (size_t i = 0; i < writers.count; i++)
		if (writers.items[i].wins)
			winner = writers.items[i].value;
	expect_text(text, winner, wanted);
}

struct row {
	const char *text, *systemd, *procps;
};

static void expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		expect_winner(SYSCTL_SYSTEMD, rows[i].text, rows[i].systemd);
		expect_winner(SYSCTL_PROCPS, rows[i].text, rows[i].procps);
	}
}

static void names_are_sorted_over_all_directories(void **state)
{
	static const struct text_file files[] = {
		{"/usr/lib/sysctl.d/99-z.conf", MAX "=4"},
		{"/etc/sysctl.d/a.conf", SECOND "=6"},
		{"/lib/sysctl.d/9.conf", "\n" MAX "=2"},
		{"/run/sysctl.d/99-Z.conf", MAX "=3"},
		{"/usr/local/lib/sysctl.d/9-a.conf", MAX "=1\n" SECOND "=5"},
	};

	(void)state;
	expect_found(files, ARRAY_SIZE(files), SYSCTL_PROCPS,
		     "/usr/local/lib/sysctl.d/9-a.conf:1 1;/usr/local/lib/sysctl.d/9-a.conf:2 5;"
		     "/lib/sysctl.d/9.conf:2 2;/run/sysctl.d/99-Z.conf:1 3;"
		     "/usr/lib/sysctl.d/99-z.conf:1 4;*/etc/sysctl.d/a.conf:1 6;");
	/* of each key only the last is left */
	expect_found(files, ARRAY_SIZE(files), SYSCTL_SYSTEMD,
		     "/usr/lib/sysctl.d/99-z.conf:1 4;*/etc/sysctl.d/a.conf:1 6;");
}

static void higher_directories_mask(void **state)
{
	static const char *const paths[] = {"/etc/sysctl.d/a.conf", "/run/sysctl.d/a.conf",
					    "/usr/local/lib/sysctl.d/a.conf",
					    "/usr/lib/sysctl.d/a.conf", "/lib/sysctl.d/a.conf"};

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(paths); i++)
		for (size_t j = i + 1; j < ARRAY_SIZE(paths); j++) {
			struct text_file files[] = {{paths[j], MAX "=2"}, {paths[i], MAX "=1"}};
			struct buffer CLEANUP(buffer_clear) wanted = {0};

			buffer_printf(&wanted, "*%s:1 1;", paths[i]);
			expect_found(files, 2, SYSCTL_SYSTEMD, wanted.data);
			expect_found(files, 2, SYSCTL_PROCPS, wanted.data);
			/* a link to /dev/null, or an empty file */
			files[1].text = "";
			expect_found(files, 2, SYSCTL_SYSTEMD, "");
			expect_found(files, 2, SYSCTL_PROCPS, "");
		}
}

static void other_files_are_not_read(void **state)
{
	static const struct text_file files[] = {
		{"/etc/sysctl.d/a", MAX "=1"},
		{"/etc/sysctl.d/a.conf~", MAX "=2"},
		{"/etc/sysctl.d/a.conf.bak", MAX "=3"},
		{"/etc/sysctl.d/sub/a.conf", MAX "=4"},
		{"/etc/a.conf", MAX "=5"},
		{"/opt/etc/sysctl.d/a.conf", MAX "=6"},
		{"/usr/share/sysctl.d/a.conf", MAX "=7"},
		{"/etc/sysctl.conf.d/a.conf", MAX "=8"},
	};

	(void)state;
	expect_found(files, ARRAY_SIZE(files), SYSCTL_SYSTEMD, "");
	expect_found(files, ARRAY_SIZE(files), SYSCTL_PROCPS, "");
	expect_found(NULL, 0, SYSCTL_PROCPS, "");
}

static void procps_alone_reads_hidden_files_and_sysctl_conf(void **state)
{
	static const struct text_file files[] = {
		{"/etc/sysctl.conf", MAX "=4"},
		{"/etc/sysctl.d/z.conf", MAX "=3"},
		{"/etc/sysctl.d/.z.conf", MAX "=2"},
		{"/etc/sysctl.d/.conf", MAX "=1"},
	};

	(void)state;
	expect_found(files, ARRAY_SIZE(files), SYSCTL_SYSTEMD, "*/etc/sysctl.d/z.conf:1 3;");
	expect_found(files, ARRAY_SIZE(files), SYSCTL_PROCPS,
		     "/etc/sysctl.d/.conf:1 1;/etc/sysctl.d/.z.conf:1 2;/etc/sysctl.d/z.conf:1 3;"
		     "*/etc/sysctl.conf:1 4;");
}

/* Not even a file of the same name masks it. */
static void sysctl_conf_is_always_the_last(void **state)
{
	static const struct text_file files[] = {
		{"/etc/sysctl.conf", MAX "=1"},
		{"/etc/sysctl.d/sysctl.conf", MAX "=2"},
	};

	(void)state;
	expect_found(files, 2, SYSCTL_PROCPS,
		     "/etc/sysctl.d/sysctl.conf:1 2;*/etc/sysctl.conf:1 1;");
}

static void same_key_again(void **state)
{
	static const struct row rows[] = {
		{MAX "=1\n" MAX "=2\n", "2", "2"},
		{MAX "=1\n" SECOND "=2\n", "2", "2"},
		{MAX "=1\n" SECOND "=2\n" MAX "=3\n", "3", "3"},
		/* said again it stays where it was said first */
		{MAX "=1\n" SECOND "=2\n" MAX "=1\n", "2", "1"},
		{MAX "=1\n-" SECOND "=2\n-" MAX " =\t1\n", "2", "1"},
		{"net/netfilter/nf_conntrack_max=1\n" SECOND "=2\n" MAX "=1\n", "2", "1"},
		/* what is left is refused, and what it took the place of is gone */
		{MAX "=1\n" MAX "=\n", "none", "1"},
		{MAX "=1\n" SECOND "=2\n" SECOND "=x\n", "1", "2"},
		{"net.*.nf_conntrack_max=1\nnet.netf*.*_max=2\nnet.*.nf_conntrack_max=1\n", "2",
		 "1"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void explicit_keys_win_over_patterns(void **state)
{
	static const struct row rows[] = {
		{MAX "=1\nnet.netfilter.*=2\n", "1", "1"},
		{"net.netfilter.*=2\n" MAX "=1\n", "1", "1"},
		/* also with nothing that the kernel would take */
		{MAX "=\nnet.netfilter.*=2\n", "none", "none"},
		{"-" MAX "=1\nnet.netfilter.*=2\n", "1", "1"},
		/* by this name only */
		{SECOND "=1\nnet.netfilter.*=2\n", "2", "2"},
		{"net.netfilter.*=2\n" SECOND "=1\n", "1", "1"},
		/* of patterns the later one */
		{"net.netfilter.*=1\nnet.*.nf_*=2\n", "2", "2"},
		{"net.netfilter.*=1\nnet.*.nf_*=\n", "1", "1"},
		/* a name that only looks alike */
		{MAX "x=1\nnet.netfilter.*=2\n", "2", "2"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void hyphen_keeps_patterns_off(void **state)
{
	static const struct row rows[] = {
		{"-" MAX "\nnet.netfilter.*=2\n", "none", "none"},
		{"net.netfilter.*=2\n-" MAX "\n", "none", "none"},
		{"-" SECOND "\nnet.netfilter.*=2\n", "2", "2"},
		/* no pattern of its own up to procps 4.0.4 */
		{"-net.netfilter.nf_*\nnet.netfilter.*=2\n", "2", "2"},
		/* for systemd-sysctl the later of the two stands */
		{MAX "=1\n-" MAX "\n", "none", "1"},
		{"-" MAX "\n" MAX "=1\n", "1", "1"},
		{"-" MAX "\n-" MAX "\nnet.*.nf_*=2", "none", "none"},
		{"net.nf_*=1\n-net.nf_*\n", "none", "1"},
		{"--" MAX "\nnet.netfilter.*=2\n", "2", "none"},
		{"- " MAX "\nnet.netfilter.*=2\n", "none", "2"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void patterns_are_matched_part_by_part(void **state)
{
	static const struct {
		const char *pattern;
		bool matches;
	} rows[] = {
		{"net.*.nf_conntrack_max", true},
		{"*.*.*", true},
		{"net.nf_conntrack_ma?", true},
		{"net/netfilter/nf_conntrack_[lm]ax", true},
		{"net/[!a]etfilter/nf_conntrack_max", true},
		{"net/[^a]etfilter/nf_*", true},
		{"net.netfilter.nf_conntrac\\k_[m]ax", true},
		{"net.*max", true},
		{"net.*conntrack", false},
		{"*", false},
		{"*.*.*.*", false},
		{"net?netfilter?nf_conntrack_max", false},
		{"net[/.]netfilter/nf_conntrack_max", false},
		{"net/[n/]etfilter/nf_conntrack_max", false},
		{"net/netfilter/nf_conntrack_ma[", false},
		{"net/netfilter/nf_conntrack_max*/*", false},
		{"net/*/*/../nf_conntrack_max", false},
		{"net/\\*/nf_conntrack_max", false},
		{"net/netfilter/nf_conntrack_max*\\", false},
		{"[", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) text = {0};
		const char *wanted = rows[i].matches ? "7" : "none";

		buffer_printf(&text, "%s=7\n", rows[i].pattern);
		expect_winner(SYSCTL_SYSTEMD, text.data, wanted);
		expect_winner(SYSCTL_PROCPS, text.data, wanted);
	}
}

static void braces_are_for_systemd(void **state)
{
	static const struct row rows[] = {
		{"net.{netfilter,core}.nf_conntrack_ma?=7", "7", "none"},
		{"net.{core,netfilter}.nf_conntrack_{count,m*}=7", "7", "none"},
		{"net/{netfilter/,}nf_{x,{y,conntrack}}_[m]ax=7", "7", "none"},
		{"net/{netfilter/nf_conntrack_max,x[y]}=7", "7", "none"},
		{"net/netfilter/nf_conntrack{_ma[x],}=7", "7", "none"},
		{"net/netfilter/nf_{conntrack}_ma*=7", "7", "none"},
		{"net/netfilter/nf_{con\\ntrack,\\{}_ma*=7", "7", "none"},
		{"net/netfilter/nf_{x,y}_ma*=7", "none", "none"},
		{"net/netfilter/nf_{conntrack_ma*=7", "none", "none"},
		{"net/netfilter/nf_{{conntrack,x}_ma*=7", "none", "none"},
		{"net/netfilter/nf_\\{conntrack,x}_ma*=7", "none", "none"},
		{"net/netfilter/nf_*{x\\", "none", "none"},
		{"net/netfilter/nf_*{x\\=7", "none", "none"},
		/* no pattern, thus a name */
		{"net/{netfilter,core}/nf_conntrack_max=7", "none", "none"},
		/* the explicit key wins here as well */
		{"net/{netfilter,core}/nf_conntrack_m*=7\n" MAX "=8", "8", "8"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

/* More alternatives than anybody means are given up. */
static void braces_have_an_end(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	(void)state;
	buffer_add(&text, "*");
	for (int i = 0; i < 100; i++)
		buffer_add(&text, "{,,}");
	buffer_add(&text, "/x=7\n");
	expect_winner(SYSCTL_SYSTEMD, text.data, "none");
}

/* procps compares the paths as they were written; the kernel finds the file by any of them. */
static void needless_slashes_hide_a_key_from_procps(void **state)
{
	static const struct row rows[] = {
		{"/net/netfilter/nf_conntrack_max=1", "1", "1"},
		{"net//netfilter/./nf_conntrack_max=1", "1", "1"},
		{".net.netfilter..nf_conntrack_max=1", "1", "1"},
		{MAX ".=1", "1", "none"},
		{"net/netfilter/nf_conntrack_max/=1", "1", "none"},
		{"net/netfilter/../nf_conntrack_max=1", "none", "none"},
		{"net.netfilter=1\nnet=1\nnet/netfilte/r=1\n", "none", "none"},
		{"/net/netfilter/nf_conntrack_max=1\nnet.netfilter.*=2", "1", "2"},
		{"net//netfilter/nf_conntrack_max=1\nnet//netfilter/*=2", "1", "1"},
		{"net/netfilter/nf_conntrack_max=1\nnet//netfilter/*=2", "1", "2"},
		{"net/netfilter//nf_conntrack_max=1\nnet/netf*//nf_*=2", "1", "1"},
		{"net/netfilter/nf_conntrack_max=1\nnet/netf*//nf_*=2", "1", "2"},
		{"net/./netfilter/nf_conntrack_max=1\nnet/./netf*/nf_*=2", "1", "1"},
		{"net/netfilter/nf_conntrack_max=1\nnet/./netf*/nf_*=2", "1", "2"},
		{"net/netfilter/nf_*/=2", "2", "none"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void value_that_is_no_number_is_refused(void **state)
{
	static const struct {
		const char *value;
		bool taken;
	} rows[] = {
		{"7", true},
		{"010", true},
		{"0x1f", true},
		{"0X1F", true},
		{"0", true},
		{"-1", true},
		{"-0", true},
		{"7 # why", true},
		{"7 8", true},
		{"7\t8", true},
		{"00000000000000000005", true},
		{"\xa0"
		 "7",
		 true},
		{"000000000000000000005", false},
		{"", false},
		{"x", false},
		{"7x", false},
		{"7;8", false},
		{"+7", false},
		{"- 7", false},
		{"-", false},
		{"\"7\"", false},
		{"08", false},
		{"0x", false},
		{"0xg", false},
		{"7\\", false},
		{"7\v8", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) text = {0};

		buffer_printf(&text, MAX "=%s\n", rows[i].value);
		expect_winner(SYSCTL_SYSTEMD, text.data, rows[i].taken ? rows[i].value : "none");
		expect_winner(SYSCTL_PROCPS, text.data, rows[i].taken ? rows[i].value : "none");
	}
}

/* "value..." of those that the kernel may take. */
static void expect_taken(const char *setting, const char *section, const struct facts *facts,
			 const char *values, const char *wanted)
{
	const struct sysctl_knob one = {.row = &schema[schema_find(section, setting)],
					.facts = facts};
	struct buffer CLEANUP(buffer_clear) taken = {0};
	char *CLEANUP(free_pointer) words = strdup(values);

	buffer_add(&taken, "");
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		if (sysctl_is_taken(&one, word))
			buffer_printf(&taken, "%s%s", taken.length > 0 ? " " : "", word);
	expect_text(setting, taken.data, wanted);
}

/* Kernels differ: what any of them takes is taken, unless it is known to be a later one. */
static void value_out_of_the_bounds_is_refused(void **state)
{
	static const struct facts old = {.release = {4, 19}}, middle = {.release = {5, 10}},
				  young = {.release = {6, 1}};

	(void)state;
	expect_taken("max", "conntrack", &young,
		     "0 2147483647 2147483648 99999999999 -1 -2147483648 -2147483649 0x80000000",
		     "0 2147483647 -1 -2147483648");
	expect_taken("hashsize", "conntrack", &old, "0 1 -1 268434944 268434945", "1 268434944");
	expect_taken("tcp_established", "timeouts", &young,
		     "0 -21474836 -21474837 21474836 21474837 99999999", "0 -21474836 21474836");
	expect_taken("acct", "options", &young, "0 1 2 7 -1 0x1 01", "0 1 0x1 01");
	expect_taken("acct", "options", &middle, "1 7 -1", "1");
	expect_taken("acct", "options", &old, "1 7 -1 2147483648", "1 7 -1");
	expect_taken("acct", "options", NULL, "1 7", "1 7");
	expect_taken("tcp_max_retrans", "options", &middle, "255 256", "255 256");
	expect_taken("tcp_max_retrans", "options", &young, "255 256 -1", "255");
	expect_taken("frag6_low_thresh", "options", &young,
		     "-1 18446744073709551615 18446744073709551616", "-1 18446744073709551615");
}

static void refused_writer_is_listed(void **state)
{
	static const struct text_file files[] = {{"/etc/sysctl.d/a.conf", MAX "=1"},
						 {"/etc/sysctl.d/b.conf", SECOND "=many"}};

	(void)state;
	expect_found(files, 2, SYSCTL_SYSTEMD,
		     "*/etc/sysctl.d/a.conf:1 1;/etc/sysctl.d/b.conf:1 many;");
}

/* One result for both names, and none for the excluded name. */
static void pattern_is_one_writer(void **state)
{
	static const char *const alike[] = {"net/nf_conntrack_max", "net/nf_conntrack_count"};
	static const struct text_file file = {"/etc/sysctl.d/a.conf",
					      "net.nf_*=1\n-net.nf_conntrack_max\n"};
	struct sysctl_knob two = {.names = alike, .name_count = 2};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};

	(void)state;
	assert_int_equal(sysctl_writers_find(&file, 1, SYSCTL_PROCPS, &two, 1, &writers, NULL), 0);
	assert_int_equal(writers.count, 1);
	assert_ptr_equal(writers.items[0].path, file.path);
	sysctl_writers_done(&writers);
	assert_null(writers.items);
	two.name_count = 1;
	assert_int_equal(sysctl_writers_find(&file, 1, SYSCTL_PROCPS, &two, 1, &writers, NULL), 0);
	assert_int_equal(writers.count, 0);
}

/* Files that are read once answer for all knobs; each of them has its own writers and winner. */
static void knobs_share_the_files(void **state)
{
	static const char *const udp[] = {"net/netfilter/nf_conntrack_udp_timeout"};
	static const struct sysctl_knob knobs[] = {{.names = names, .name_count = 2},
						   {.names = NULL},
						   {.names = udp, .name_count = 1}};
	static const struct text_file file = {"/etc/sysctl.d/a.conf",
					      MAX "=1\nnet.*.nf_*=2\nnet.x=3\n" SECOND "=4\n"};
	struct sysctl_writers writers[3] = {{0}};

	(void)state;
	assert_int_equal(sysctl_writers_find(&file, 1, SYSCTL_PROCPS, knobs, 3, writers, NULL), 0);
	assert_int_equal(writers[0].count, 2);
	assert_true(writers[0].items[1].wins && writers[0].items[1].line == 4);
	assert_int_equal(writers[1].count, 0);
	assert_int_equal(writers[2].count, 1);
	assert_true(writers[2].items[0].wins && writers[2].items[0].line == 2);
	for (size_t i = 0; i < 3; i++)
		sysctl_writers_done(&writers[i]);
}

/* Lines are listed up to a number, and the winner whatever its place; values up to a length. */
static void writers_have_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct text_file file = {"/etc/sysctl.d/a.conf", NULL};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};

	(void)state;
	for (unsigned int i = 0; i < SYSCTL_WRITERS_MAX; i++)
		buffer_printf(&text, MAX "=%u\n", i);
	file.text = text.data;
	assert_int_equal(sysctl_writers_find(&file, 1, SYSCTL_PROCPS, &knob, 1, &writers, NULL), 0);
	assert_int_equal(writers.count, SYSCTL_WRITERS_MAX);
	assert_int_equal(writers.left_out, 0);
	assert_true(writers.items[SYSCTL_WRITERS_MAX - 1].wins);
	sysctl_writers_done(&writers);

	buffer_add(&text, MAX "=x\n" MAX "=7\n" SECOND "=8\n" MAX "=y\n" SECOND "=9 ");
	for (unsigned int i = 0; i < SYSCTL_VALUE_MAX; i++)
		buffer_add(&text, "z");
	buffer_add(&text, "\n" MAX "=z\n");
	file.text = text.data;
	assert_int_equal(sysctl_writers_find(&file, 1, SYSCTL_PROCPS, &knob, 1, &writers, NULL), 0);
	assert_int_equal(writers.count, SYSCTL_WRITERS_MAX + 1);
	assert_int_equal(writers.left_out, 6);
	assert_true(writers.items[SYSCTL_WRITERS_MAX].wins);
	assert_int_equal(writers.items[SYSCTL_WRITERS_MAX].line, SYSCTL_WRITERS_MAX + 5);
	assert_int_equal(strlen(writers.items[SYSCTL_WRITERS_MAX].value), SYSCTL_VALUE_MAX);
	assert_false(writers.items[SYSCTL_WRITERS_MAX - 1].wins);
}

/*
 * The line at which the bound of patterns is passed is named; lines without a pattern still count.
 */
static void expect_cut(enum sysctl_reader reader, const char *text, unsigned int line)
{
	const struct text_file file = {"/etc/sysctl.d/a.conf", text};
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};
	struct sysctl_cut cut = {0};

	assert_int_equal(sysctl_writers_find(&file, 1, reader, &knob, 1, &writers, &cut), 0);
	expect_number("line", cut.line, line);
	expect_text("path", cut.path ? cut.path : "none", line ? file.path : "none");
	assert_true(writers.count > 0 && writers.items[writers.count - 1].wins);
	expect_text("winner", writers.items[writers.count - 1].value, "5");
}

static void patterns_have_a_bound(void **state)
{
	static const struct {
		const char *part;
		size_t times;
		bool systemd, procps;
	} rows[] = {
		{"*", 100, false, false},	  {"*", SYSCTL_PATTERN_BYTES_MAX, true, true},
		{"*a", 50000, false, false},	  {"*x", 50000, true, true},
		{"{,,}", 100, true, false},	  {"{a}", 1000, true, false},
		{"{{", 1000, false, false},	  {"[", 20000, false, false},
		{"[[:alpha:]", 8000, true, true}, {"{*,", 9000, false, false},
		{"{a,b}{c,d}", 9, true, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) text = {0};

		buffer_add(&text, "net/netfilter/*");
		for (size_t k = 0; k < rows[i].times; k++)
			buffer_add(&text, rows[i].part);
		buffer_add(&text, "=7\n" MAX "=5\n");
		expect_cut(SYSCTL_SYSTEMD, text.data, rows[i].systemd ? 1 : 0);
		expect_cut(SYSCTL_PROCPS, text.data, rows[i].procps ? 1 : 0);
	}
}

static void lines_with_patterns_have_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	(void)state;
	for (unsigned int i = 0; i < 20000; i++)
		buffer_printf(&text, "net.ipv4.conf.*%u=1\nnet.*.y%u=1\n", i, i);
	buffer_add(&text, MAX "=5\n");
	expect_cut(SYSCTL_SYSTEMD, text.data, 0);
	expect_cut(SYSCTL_PROCPS, text.data, 0);
	buffer_clear(&text);
	for (unsigned int i = 0; i <= SYSCTL_PATTERN_LINES_MAX; i++)
		buffer_add(&text, "net/*=7\n");
	buffer_add(&text, MAX "=5\n");
	expect_cut(SYSCTL_SYSTEMD, text.data, SYSCTL_PATTERN_LINES_MAX + 1);
	expect_cut(SYSCTL_PROCPS, text.data, SYSCTL_PATTERN_LINES_MAX + 1);
}

/* More entries than there is room for at first. */
static void many_lines_are_all_read(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	(void)state;
	for (int i = 0; i < 200; i++)
		buffer_printf(&text, "net.x%d=1\n" MAX "=%d\n", i, i);
	expect_winner(SYSCTL_SYSTEMD, text.data, "199");
	expect_winner(SYSCTL_PROCPS, text.data, "199");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_over_all_directories),
		cmocka_unit_test(higher_directories_mask),
		cmocka_unit_test(other_files_are_not_read),
		cmocka_unit_test(procps_alone_reads_hidden_files_and_sysctl_conf),
		cmocka_unit_test(sysctl_conf_is_always_the_last),
		cmocka_unit_test(same_key_again),
		cmocka_unit_test(explicit_keys_win_over_patterns),
		cmocka_unit_test(hyphen_keeps_patterns_off),
		cmocka_unit_test(patterns_are_matched_part_by_part),
		cmocka_unit_test(braces_are_for_systemd),
		cmocka_unit_test(braces_have_an_end),
		cmocka_unit_test(needless_slashes_hide_a_key_from_procps),
		cmocka_unit_test(value_that_is_no_number_is_refused),
		cmocka_unit_test(value_out_of_the_bounds_is_refused),
		cmocka_unit_test(refused_writer_is_listed),
		cmocka_unit_test(pattern_is_one_writer),
		cmocka_unit_test(knobs_share_the_files),
		cmocka_unit_test(writers_have_a_bound),
		cmocka_unit_test(patterns_have_a_bound),
		cmocka_unit_test(lines_with_patterns_have_a_bound),
		cmocka_unit_test(many_lines_are_all_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
