/* base/shell-lines: what commands of scripts, units and install lines set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/shell-lines.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "unit/helpers.h"

#define MAX "net.netfilter.nf_conntrack_max"

/* "LINE NAME=VALUE", with "?" behind a computed value. */
static int set(void *data, const struct shell_setting *setting)
{
	if (strcmp(setting->name, "/dev/null") == 0)
		return 0;
	buffer_printf(data, "%u %s=%s%s\n", setting->line, setting->name, setting->value,
		      setting->computed ? "?" : "");
	return 0;
}

static int file(void *data, unsigned int line, const char *path)
{
	buffer_printf(data, "%u file %s\n", line, path);
	return 0;
}

static int script(void *data, unsigned int line, const char *path)
{
	buffer_printf(data, "%u script %s\n", line, path);
	return 0;
}

static int module(void *data, unsigned int line, const char *name)
{
	buffer_printf(data, "%u module %s\n", line, name);
	return 0;
}

struct row {
	const char *text, *wanted;
};

static void expect_rows(const struct row *rows, size_t count, enum shell_form form)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};
		const struct shell_visitor visitor = {set, &b, file, script, module, &b};

		buffer_add(&b, "");
		assert_int_equal(shell_read(rows[i].text, strlen(rows[i].text), 1, form, &visitor),
				 0);
		expect_text(rows[i].text, b.data, rows[i].wanted);
	}
}

static void sysctl_sets_keys(void **state)
{
	static const struct row rows[] = {
		{"sysctl -w " MAX "=100", "1 " MAX "=100\n"},
		{"/sbin/sysctl -q -w a.b=1 c/d=2 >/dev/null 2>&1", "1 a.b=1\n1 c/d=2\n"},
		{"sysctl " MAX "=7 # as asked", "1 " MAX "=7\n"},
		{"sysctl -w \"" MAX " = 7\"", "1 " MAX "=7\n"},
		{"sysctl -w '" MAX "=7'; sysctl -n " MAX, "1 " MAX "=7\n"},
		{"sudo -n sysctl -w a=1 && sudo -u root sysctl b=2", "1 a=1\n1 b=2\n"},
		{"if [ -d /proc ]; then\n\tsysctl -w a=$MAX\nfi", "2 a=$MAX?\n"},
		{"sysctl -w $KEY=1", ""},
		{"sysctl -w a=$((MEM / 16384)) b=`nproc` c=\"${X:-1}\"",
		 "1 a=$((MEM / 16384))?\n1 b=`nproc`?\n1 c=${X:-1}?\n"},
		{"sysctl \\\n  -w \\\r\n  a=1", "3 a=1\n"},
		{"sysctl -p", "1 file /etc/sysctl.conf\n"},
		{"sysctl -q -p /etc/x.conf /etc/y.conf",
		 "1 file /etc/x.conf\n1 file /etc/y.conf\n"},
		{"sysctl -p/etc/x.conf; sysctl --load=/a", "1 file /etc/x.conf\n1 file /a\n"},
		{"sysctl -p $FILE", ""},
		{"# sysctl -w a=1\n  # sysctl -w b=1", ""},
		{"ip netns exec x sysctl -w a=1", ""},
		{"sysctl -w a=1#2", "1 a=1#2\n"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows), SHELL_SCRIPT);
}

static void echo_and_tee_write_files(void **state)
{
	static const struct row rows[] = {
		{"echo 100 > /proc/x", "1 /proc/x=100\n"},
		{"echo \"100\">/proc/x", "1 /proc/x=100\n"},
		{"echo -n 100 >> /proc/x || true", "1 /proc/x=100\n"},
		{"[ -e /proc/x ] && echo 5 >/proc/x", "1 /proc/x=5\n"},
		{"echo 5 | sudo tee /proc/x /sys/y >/dev/null", "1 /proc/x=5\n1 /sys/y=5\n"},
		{"echo 5 |\n tee -a /proc/x", "2 /proc/x=5\n"},
		{"echo 5 || tee /proc/x", "1 /proc/x=the output of a command?\n"},
		{"printf '%s\\n' 6 > /proc/x", "1 /proc/x=6\n"},
		{"printf 6\\\\n > /proc/x", "1 /proc/x=6\n"},
		/* Within quotes a backslash before a letter is one. */
		{"echo \"a\\b\\\\c\\d\" > /proc/x", "1 /proc/x=a\\b\\c\\d\n"},
		{"echo \"a\\$b\" > /proc/x", "1 /proc/x=a$b\n"},
		{"tee /proc/x <<< 8", "1 /proc/x=8\n"},
		{"cat /run/n > /proc/x", "1 /proc/x=the output of a command?\n"},
		{"echo $((1 + 2)) > /proc/x", "1 /proc/x=$((1 + 2))?\n"},
		{"echo 5 2> /proc/x", ""},
		{"echo 5 > $FILE", ""},
		{"> /proc/x", ""},
		{"{ echo 5 > /proc/x; }", "1 /proc/x=5\n"},
		{"(echo 5 > /proc/x)", "1 /proc/x=5\n"},
		{"echo 5 > /proc/x &\necho 6 > /proc/y", "1 /proc/x=5\n2 /proc/y=6\n"},
		{"cat > /etc/x <<EOF\necho 5 > /proc/x\nEOF\necho 6 > /proc/y",
		 "1 /etc/x=the output of a command?\n4 /proc/y=6\n"},
		{"for i in 1 2; do echo $i > /proc/x; done", "1 /proc/x=$i?\n"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows), SHELL_SCRIPT);
}

static void programs_are_followed(void **state)
{
	static const struct row rows[] = {
		{"/sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS; sysctl -w a=1",
		 "1 module nf_conntrack\n1 a=1\n"},
		{"modprobe nf_conntrack hashsize=4 acct=$A",
		 "1 module nf_conntrack\n1 /sys/module/nf_conntrack/parameters/hashsize=4\n"
		 "1 /sys/module/nf_conntrack/parameters/acct=$A?\n"},
		{"modprobe -r nf_conntrack", ""},
		{"sh -c 'echo 5 > /proc/x; sysctl -w a=1'", "1 /proc/x=5\n1 a=1\n"},
		{"bash -ec \"sysctl -w a=1\"", "1 a=1\n"},
		{"sh -c \"sh -c 'sysctl -w a=1'\"", "1 a=1\n"},
		{". /etc/own.sh; /opt/run --fast; sh /root/x.sh",
		 "1 script /etc/own.sh\n1 script /opt/run\n1 script /root/x.sh\n"},
		{"exec nice -n 5 /opt/run", "1 script /opt/run\n"},
		{"LANG=C /opt/run", "1 script /opt/run\n"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows), SHELL_SCRIPT);
}

/* systemd and udev start programs without a shell. */
static void arguments_have_no_pipes(void **state)
{
	static const struct row rows[] = {
		{"/bin/echo 5 > /proc/x", ""},
		{"/sbin/sysctl -w a=1 ; /sbin/sysctl -w b=2", "1 a=1\n1 b=2\n"},
		{"/bin/sh -c 'echo 5 > /proc/x'", "1 /proc/x=5\n"},
		{"/bin/sh -c \"echo 5 | tee /proc/x\"", "1 /proc/x=5\n"},
		{"/sbin/sysctl -w\n a=1", "2 a=1\n"},
		{"/sbin/sysctl -w a=1 # b", "1 a=1\n"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows), SHELL_ARGUMENTS);
}

/* Broken and hostile texts end, and nothing is read behind them. */
static void broken_texts_end(void **state)
{
	static const char *const texts[] = {
		"'",  "\"", "echo \"$(", "a `",	     "${",	  "x <<",  "x <<E",   ">",
		"\\", "$",  "\"\\",	 "echo 1 >", "sysctl -p", "sh -c", "tee <<<", "2>"};
	struct buffer CLEANUP(buffer_clear) deep = {0};
	const struct shell_visitor none = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *exact = strdup(texts[i]);

		assert_non_null(exact);
		assert_int_equal(shell_read(exact, strlen(exact), 1, SHELL_SCRIPT, &none), 0);
		assert_int_equal(shell_read(exact, strlen(exact), 1, SHELL_ARGUMENTS, &none), 0);
		free(exact);
	}
	for (size_t i = 0; i < 20000; i++)
		buffer_add(&deep, "sh -c ");
	assert_int_equal(shell_read(deep.data, deep.length, 1, SHELL_SCRIPT, &none), 0);
}

static int refuse(void *data, const struct shell_setting *setting)
{
	(void)data;
	(void)setting;
	return -EXDEV;
}

static void visitor_can_end_it(void **state)
{
	const struct shell_visitor visitor = {.set = refuse};
	const char *text = "sysctl -w a=1";

	(void)state;
	assert_int_equal(shell_read(text, strlen(text), 1, SHELL_SCRIPT, &visitor), -EXDEV);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sysctl_sets_keys),	 cmocka_unit_test(echo_and_tee_write_files),
		cmocka_unit_test(programs_are_followed), cmocka_unit_test(arguments_have_no_pipes),
		cmocka_unit_test(broken_texts_end),	 cmocka_unit_test(visitor_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
