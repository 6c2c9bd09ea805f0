/*
 * model/modprobe-lines: which lines of modprobe.d concern nf_conntrack, joined and counted as
 * libkmod does.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/runtime/modprobe-lines.h"

/* Every line found in a text, as "NUMBER COMMAND|REST;". */
static void expect_lines(const char *text, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	const char *position = text;
	unsigned int number = 1;
	int error;

	while ((error = modprobe_line_next(&position, &number, &line)) > 0) {
		buffer_printf(&found, "%u %s|%s;", line.number, line.command, line.rest);
		modprobe_line_done(&line);
		assert_null(line.command);
		assert_null(line.rest);
	}
	assert_int_equal(error, 0);
	assert_ptr_equal(position, text + strlen(text));
	expect_text(text, found.data ? found.data : "", wanted);
}

static void every_command_is_found(void **state)
{
	(void)state;
	expect_lines("options nf_conntrack hashsize=1 acct=1\n"
		     "install nf_conntrack /bin/false\n"
		     "remove nf_conntrack /bin/true\n"
		     "softdep nf_conntrack pre: a b post: c\n"
		     "blacklist nf_conntrack\n"
		     "alias nf_conntrack off\n"
		     "unheard nf_conntrack of\n",
		     "1 options|hashsize=1 acct=1;"
		     "2 install|/bin/false;"
		     "3 remove|/bin/true;"
		     "4 softdep|pre: a b post: c;"
		     "5 blacklist|;"
		     "6 alias|off;"
		     "7 unheard|of;");
}

static void statements_of_other_modules_are_found_too(void **state)
{
	static const char *const wanted[] = {"3 options nf_nat[a-b]|x 1 0", "4 blacklist | 0 0",
					     "5 foo nf_conntrack|b 0 1"};
	const char *position = "# a\n\noptions nf-nat[a-b] x\r\nblacklist\nfoo nf-conntrack\\\n b";
	struct modprobe_line line = {0};
	unsigned int number = 1;
	size_t count = 0;

	(void)state;
	while (modprobe_statement_next(&position, &number, &line) > 0) {
		char found[64];

		(void)snprintf(found, sizeof(found), "%u %s %s|%s %d %d", line.number, line.command,
			       line.name, line.rest, line.carriage_return,
			       modprobe_line_is_ours(&line));
		assert_true(count < ARRAY_SIZE(wanted));
		expect_text("statement", found, wanted[count++]);
		modprobe_line_done(&line);
		assert_null(line.name);
	}
	assert_int_equal(count, ARRAY_SIZE(wanted));
}

static void lines_of_other_modules_are_passed_over(void **state)
{
	(void)state;
	expect_lines("options nf_conntrack_ftp ports=21\n"
		     "install nf_nat /sbin/modprobe nf_conntrack\n"
		     "softdep nf_conntrack pre: x\n"
		     "alias ip_conntrack nf_conntrack\n"
		     "softdep nf_nat pre: nf_conntrack\n",
		     "3 softdep|pre: x;");
}

static void name_is_taken_in_each_of_its_spellings(void **state)
{
	static const struct {
		const char *name;
		bool found;
	} rows[] = {
		{"nf_conntrack", true},	     {"nf-conntrack", true},   {"nf_conntrack*", true},
		{"nf-conn*", true},	     {"nf_*", true},	       {"*", true},
		{"*_conntrack", true},	     {"nf?conntrack", true},   {"nf_con[mn]track", true},
		{"nf_con[!m]track", true},   {"nf[_]conntrack", true}, {"nf_[a-z]onntrack", true},
		{"nf_conntrac", false},	     {"nf_conntrack_", false}, {"nf_conntrack2", false},
		{"xnf_conntrack", false},    {"nfconntrack", false},   {"NF_CONNTRACK", false},
		{"nf_conntrack.ko", false},  {"nf__conntrack", false}, {"nf_con[op]track", false},
		{"nf_conntrack?", false},    {"nf_c*_*", false},       {"nf_con[ntrack", false},
		{"\"nf_conntrack\"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) text = {0};

		buffer_printf(&text, "install %s x\n", rows[i].name);
		expect_lines(text.data, rows[i].found ? "1 install|x;" : "");
	}
	/* Here libkmod takes the name as it is. */
	expect_lines("options nf_conntrack* acct=1\nblacklist nf_*\n"
		     "options nf-conntrack acct=1\nblacklist nf-conntrack\n",
		     "3 options|acct=1;4 blacklist|;");
}

/* Only the name is normalized, because the text after it is foreign. */
static void hyphens_of_the_rest_stay(void **state)
{
	(void)state;
	expect_lines("install nf-conntrack modprobe -i nf-conntrack\n",
		     "1 install|modprobe -i nf-conntrack;");
}

static void blanks_around_words_do_not_count(void **state)
{
	static const struct {
		const char *text, *lines;
	} rows[] = {
		{"  options nf_conntrack acct=1\n", "1 options|acct=1;"},
		{"\toptions\tnf_conntrack\tacct=1\n", "1 options|acct=1;"},
		{"options \t nf_conntrack \t acct=1 \t \n", "1 options|acct=1;"},
		{"options nf_conntrack acct=1  \t tstamp=1\n", "1 options|acct=1  \t tstamp=1;"},
		{"options nf_conntrack acct=1\r\n", "1 options|acct=1;"},
		{"blacklist nf_conntrack\r\n", "1 blacklist|;"},
		{"blacklist nf_conntrack  \n", "1 blacklist|;"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_lines(rows[i].text, rows[i].lines);
}

static void comments_and_empty_lines_are_counted_only(void **state)
{
	(void)state;
	expect_lines("# options nf_conntrack acct=1\n"
		     "\n"
		     " \t\r\n"
		     "  # options nf_conntrack acct=1\n"
		     "#options nf_conntrack acct=1\n"
		     "#nf_conntrack nf_conntrack\n"
		     "options nf_conntrack acct=0\n",
		     "7 options|acct=0;");
}

/* libkmod knows no comment behind a line, and no quotes. */
static void rest_of_a_line_is_taken_as_it_is(void **state)
{
	(void)state;
	expect_lines("options nf_conntrack acct=1 # why\n"
		     "install nf_conntrack sh -c 'echo \"a  b\"; exit 1'\n",
		     "1 options|acct=1 # why;"
		     "2 install|sh -c 'echo \"a  b\"; exit 1';");
}

static void malformed_lines_are_none(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		" ",
		"options",
		"options\n",
		"options \t \n",
		"nf_conntrack\n",
		"nf_conntrack options acct=1\n",
		"=\n",
		"\\",
		"\\\n",
		"\\\n\\\n",
		"options nf_conntrack_\\",
		"options\nnf_conntrack acct=1\n",
		"optionsnf_conntrack acct=1\n",
		"options,nf_conntrack acct=1\n",
		"options\vnf_conntrack acct=1\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect_lines(texts[i], "");
}

static void last_line_needs_no_end(void **state)
{
	(void)state;
	expect_lines("\noptions nf_conntrack acct=1", "2 options|acct=1;");
	expect_lines("blacklist nf_conntrack", "1 blacklist|;");
}

static void backslash_at_the_end_joins_lines(void **state)
{
	static const struct {
		const char *text, *lines;
	} rows[] = {
		{"options nf_conntrack \\\nacct=1\n", "1 options|acct=1;"},
		{"options nf_conntrack acct=1 \\\n  tstamp=1\n", "1 options|acct=1   tstamp=1;"},
		{"options nf_conntrack ac\\\nct=1\n", "1 options|acct=1;"},
		{"options nf_conn\\\ntrack acct=1\n", "1 options|acct=1;"},
		{"opti\\\nons nf_conntrack acct=1\n", "1 options|acct=1;"},
		{"options \\\n\\\n\\\nnf_conntrack acct=1\n", "1 options|acct=1;"},
		{"options \\\n", ""},
		{"options nf_conntrack acct=1\\\n", "1 options|acct=1;"},
		{"options nf_conntrack acct=1\\", "1 options|acct=1;"},
		/* nothing is put between the two */
		{"options\\\nnf_conntrack acct=1\n", ""},
		{"blacklist nf_conntrack\\\n_ftp\n", ""},
		{"blacklist nf_nat\\\nblacklist nf_conntrack\n", ""},
		/* not the last thing in its line */
		{"options nf_conntrack acct=1 \\ \nblacklist nf_conntrack\n",
		 "1 options|acct=1;2 blacklist|;"},
		{"options nf_conntrack acct=1 \\\r\nblacklist nf_conntrack\n",
		 "1 options|acct=1;2 blacklist|;"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_lines(rows[i].text, rows[i].lines);
}

static void comment_goes_on_behind_a_backslash(void **state)
{
	(void)state;
	expect_lines("# here \\\noptions nf_conntrack acct=1\noptions nf_conntrack acct=0\n",
		     "3 options|acct=0;");
}

static void backslash_elsewhere_goes_away(void **state)
{
	(void)state;
	expect_lines("install nf_conntrack echo a\\b \\$c\n", "1 install|echo ab $c;");
	expect_lines("install nf\\_conntrack /bin/false\n", "1 install|/bin/false;");
	expect_lines("\\# nf_conntrack x\n", "");
	/* of two the second stands, and the line ends */
	expect_lines("alias a b\\\\\ninstall nf_conntrack a\\\\b\n", "2 install|a\\b;");
}

static void line_is_counted_where_it_begins(void **state)
{
	(void)state;
	expect_lines("\n"
		     "options nf_conntrack \\\n"
		     "acct=1 \\\n"
		     "tstamp=1\n"
		     "options nf_nat \\\n"
		     "x=1\n"
		     "blacklist nf_conntrack\n",
		     "2 options|acct=1 tstamp=1;7 blacklist|;");
}

static void position_moves_behind_the_line(void **state)
{
	static const char text[] = "# a\nblacklist nf_conntrack\\\n\noptions nf_conntrack a\n\n";
	struct modprobe_line line = {0};
	const char *position = text;
	unsigned int number = 1;

	(void)state;
	assert_int_equal(modprobe_line_next(&position, &number, &line), 1);
	assert_int_equal(line.number, 2);
	assert_int_equal(number, 4);
	assert_ptr_equal(position, strstr(text, "options"));
	modprobe_line_done(&line);
	assert_int_equal(line.number, 0);

	assert_int_equal(modprobe_line_next(&position, &number, &line), 1);
	assert_int_equal(line.number, 4);
	assert_int_equal(number, 5);
	modprobe_line_done(&line);
}

static void end_is_told_again_and_again(void **state)
{
	struct modprobe_line CLEANUP(modprobe_line_done) line = {0};
	const char *position = "# a\n\n";
	unsigned int number = 1;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(modprobe_line_next(&position, &number, &line), 0);
		assert_int_equal(*position, '\0');
		assert_int_equal(number, 3);
	}
}

/*
 * The records are read once for all questions: lines of nf_conntrack and of the modules it needs,
 * each with its file, up to a bound.
 */
static void records_have_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct text_file files[] = {{"/a", "options nf_nat x\noptions nf-conntrack y\n"},
				    {"/b", NULL}};

	(void)state;
	for (unsigned int i = 0; i < MODPROBE_RECORDS_MAX - 1; i++)
		buffer_add(&text, "# a\ninstall nf_defrag_ipv4 z\n");
	files[1].text = text.data;
	assert_int_equal(modprobe_records_read(files, 2, &records), 0);
	assert_int_equal(records.count, MODPROBE_RECORDS_MAX);
	assert_null(records.cut_path);
	expect_text("first", records.items[0].line.rest, "y");
	expect_text("last", records.items[records.count - 1].line.rest, "z");
	assert_ptr_equal(records.items[1].path, files[1].path);
	assert_int_equal(records.items[1].line.number, 2);
	modprobe_records_done(&records);

	buffer_add(&text, "\nblacklist nf_conntrack\n");
	files[1].text = text.data;
	assert_int_equal(modprobe_records_read(files, 2, &records), 0);
	assert_int_equal(records.count, MODPROBE_RECORDS_MAX);
	assert_ptr_equal(records.cut_path, files[1].path);
	assert_int_equal(records.cut_line, 2 * MODPROBE_RECORDS_MAX);
}

/* Patterns are matched up to a number of bytes, however they are spread. */
static void patterns_have_a_bound(void **state)
{
	struct buffer CLEANUP(buffer_clear) one = {0};
	struct buffer CLEANUP(buffer_clear) many = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct text_file file = {"/a", NULL};

	(void)state;
	buffer_add(&one, "alias *");
	for (unsigned int i = 0; i < MODPROBE_PATTERN_BYTES_MAX; i++)
		buffer_add(&one, "x");
	buffer_add(&one, " y\ninstall nf_* z\ninstall *");
	for (unsigned int i = 0; i < MODPROBE_PATTERN_BYTES_MAX; i++)
		buffer_add(&one, "*");
	file.text = one.data;
	assert_int_equal(modprobe_records_read(&file, 1, &records), 0);
	assert_int_equal(records.count, 1);
	assert_int_equal(records.cut_line, 3);
	modprobe_records_done(&records);

	for (unsigned int i = 0; i <= MODPROBE_PATTERN_BYTES_MAX / 4; i++)
		buffer_add(&many, "install *x*y z\n");
	file.text = many.data;
	assert_int_equal(modprobe_records_read(&file, 1, &records), 0);
	assert_int_equal(records.count, 0);
	assert_int_equal(records.cut_line, MODPROBE_PATTERN_BYTES_MAX / 4 + 1);
}

/* Longer than a buffer's first room. */
static void long_line_is_whole(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct buffer CLEANUP(buffer_clear) lines = {0};

	(void)state;
	buffer_add(&text, "install nf_conntrack true");
	buffer_add(&lines, "1 install|true");
	for (int i = 0; i < 1000; i++) {
		buffer_printf(&text, " %d\\\n", i);
		buffer_printf(&lines, " %d", i);
	}
	buffer_add(&text, "\nblacklist nf_conntrack\n");
	buffer_add(&lines, ";1002 blacklist|;");
	expect_lines(text.data, lines.data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_found),
		cmocka_unit_test(statements_of_other_modules_are_found_too),
		cmocka_unit_test(lines_of_other_modules_are_passed_over),
		cmocka_unit_test(name_is_taken_in_each_of_its_spellings),
		cmocka_unit_test(hyphens_of_the_rest_stay),
		cmocka_unit_test(blanks_around_words_do_not_count),
		cmocka_unit_test(comments_and_empty_lines_are_counted_only),
		cmocka_unit_test(rest_of_a_line_is_taken_as_it_is),
		cmocka_unit_test(malformed_lines_are_none),
		cmocka_unit_test(last_line_needs_no_end),
		cmocka_unit_test(backslash_at_the_end_joins_lines),
		cmocka_unit_test(comment_goes_on_behind_a_backslash),
		cmocka_unit_test(backslash_elsewhere_goes_away),
		cmocka_unit_test(line_is_counted_where_it_begins),
		cmocka_unit_test(position_moves_behind_the_line),
		cmocka_unit_test(end_is_told_again_and_again),
		cmocka_unit_test(records_have_a_bound),
		cmocka_unit_test(patterns_have_a_bound),
		cmocka_unit_test(long_line_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
