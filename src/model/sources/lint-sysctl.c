/* Checks the lines of sysctl.d that concern conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/sources/assignments.h"
#include "model/sources/lint-internal.h"

#define BLANKS " \t\r\f\v"

/* The key and value that are checked. */
struct pair {
	const struct lint_place *place;
	const char *key; /* as written */
	const char *value;
	size_t length;	  /* of the first word of the value, which is all that the kernel reads */
	const char *file; /* the last part of the key's path */
	int setting;	  /* the setting with the same effect; -1: there is none */
};

static PRINTF_LIKE(3, 0) void warn_args(const struct pair *pair, const char *value,
					const char *format, va_list args)
{
	struct buffer text = {0};

	buffer_vprintf(&text, format, args);
	lint_add_advice(&text, pair->setting, value,
			value == pair->value ? pair->length : strlen(value));
	lint_tell(pair->place, SEVERITY_WARNING, &text);
}

/* Warns with this text, and behind it proposes the line with the value that was meant. */
static PRINTF_LIKE(2, 3) void warn_pair(const struct pair *pair, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	warn_args(pair, pair->value, format, args);
	va_end(args);
}

/* Does the same with another value; "" is the default, for a value that makes no sense. */
static PRINTF_LIKE(3, 4) void warn_with(const struct pair *pair, const char *value,
					const char *format, ...)
{
	va_list args;

	va_start(args, format);
	warn_args(pair, value, format, args);
	va_end(args);
}

/* Returns the length of the first word, up to a blank. */
static size_t first_word(const char *text, size_t length)
{
	size_t size = 0;

	while (size < length && !strchr(BLANKS, text[size]))
		size++;
	return size;
}

static void judge_helper_program(const struct lint_place *place, const char *program)
{
	if (text_ends_with(program, "/modprobe"))
		return;
	lint_add(place, SEVERITY_WARNING,
		 "when a rule needs a module, the kernel then runs \"%s\" in place of "
		 "modprobe, and nf_conntrack may not load; remove that; " LINT_ADVICE_OFF,
		 program);
}

/* Returns the setting whose key is the most similar, or -1 if none is similar. */
static int nearest_key(const char *file)
{
	size_t best = 4;
	int nearest = -1;

	for (size_t i = 0; i < schema_count; i++)
		if (schema[i].key && text_is_nearer(file, schema[i].key, &best))
			nearest = (int)i;
	return nearest;
}

static void tell_unknown(struct pair *pair)
{
	const char *why = text_starts_with(pair->file, "ip_conntrack_") ? "Linux 4.9 removed"
									: "no kernel has";

	if (strcmp(pair->file, "nf_conntrack_tcp_no_window_check") == 0) {
		pair->setting = schema_find("options", "tcp_be_liberal");
		warn_pair(pair, "only OpenWrt's kernels have %s; elsewhere ", pair->key);
		return;
	}
	if (pair->setting < 0)
		pair->setting = nearest_key(pair->file);
	if (pair->setting >= 0)
		warn_pair(pair, "%s %s, so that the line has no effect; ", why, pair->key);
	else
		lint_add(pair->place, SEVERITY_WARNING,
			 "%s %s, so that the line has no effect; remove it (\"conntrack-persist "
			 "keys\" lists every key)",
			 why, pair->key);
}

/* Parses a release such as "5.14". */
static void read_release(const char *text, unsigned int release[2])
{
	uint64_t number[2] = {0};
	const char *dot = strchr(text, '.');

	if (dot && text_parse_number(text, (size_t)(dot - text), UINT16_MAX, &number[0]) == 0 &&
	    text_parse_number(dot + 1, strlen(dot + 1), UINT16_MAX, &number[1]) == 0) {
		release[0] = (unsigned int)number[0];
		release[1] = (unsigned int)number[1];
	}
}

/* Reports that this kernel is too old or too new for the key. Returns whether it is. */
static bool judge_release(const struct pair *pair)
{
	const struct schema_row *row = &schema[pair->setting];
	const struct facts *facts = pair->place->facts;
	bool is_helper = strcmp(row->name, "helper") == 0, known = facts->release[0] != 0;
	unsigned int since[2] = {0}, until[2] = {0};
	struct buffer text = {0};

	read_release(row->since ? row->since : "", since);
	read_release(row->until ? row->until : "", until);
	if (row->since && facts_before(facts, since[0], since[1])) {
		buffer_printf(&text,
			      "%s exists from Linux %s on, and this is %u.%u, so that the line has "
			      "no effect unless the vendor has added the key; ",
			      pair->key, row->since, facts->release[0], facts->release[1]);
		lint_add_advice(&text, pair->setting, pair->value, pair->length);
		buffer_add(&text, ", which leaves out what a kernel lacks");
		lint_tell(pair->place, SEVERITY_WARNING, &text);
		return true;
	}
	if (!row->until || (!known && !is_helper) ||
	    (known && facts_before(facts, until[0], until[1] + 1)))
		return false;
	lint_add(pair->place, SEVERITY_WARNING,
		 "%s exists up to Linux %s, so that the line has no effect; %s", pair->key,
		 row->until, is_helper ? LINT_ADVICE_HELPER : "remove it");
	return true;
}

/*
 * Reports a number that the kernel may refuse or that has an effect nobody wants. Returns whether
 * it did.
 */
static bool judge_bounds(const struct pair *pair, const struct lint_number *number)
{
	const struct schema_row *row = &schema[pair->setting];
	bool seconds = row->type == TYPE_SECONDS;

	if (seconds && number->negative && number->value <= row->max)
		warn_with(pair, "", "the kernel accepts -%s and forgets such flows at once; ",
			  text_count(number->value).text);
	else if (seconds && number->value == 0)
		warn_with(pair, "",
			  "with 0 the kernel forgets such flows at once, as if they were "
			  "not tracked; ");
	else if (pair->setting == SETTING_MAX && number->value == 0)
		warn_with(
			pair, "",
			"up to Linux 6.18 0 means no limit, and kernels from 6.19 on refuse it; ");
	else if (number->negative || number->value < row->min || number->value > row->max)
		warn_with(pair, "",
			  "most kernels refuse %.*s and keep the value that they have (allowed: "
			  "%s to %s); ",
			  (int)pair->length, pair->value, text_count(row->min).text,
			  text_count(row->max).text);
	else if (seconds && number->value > TIMEOUT_MAX_HZ1000)
		warn_with(pair, "2147483", "kernels built with HZ=1000 refuse more than %s s; ",
			  text_count(TIMEOUT_MAX_HZ1000).text);
	else if (strcmp(row->name, "events") == 0 && number->value == 2 &&
		 facts_before(pair->place->facts, 5, 19))
		warn_with(pair, "1", "kernels before Linux 5.19 refuse 2; ");
	else
		return false;
	return true;
}

static bool judge_value(const struct pair *pair)
{
	struct lint_number number = lint_read_number(pair->value, pair->length, false);
	const char *rest = pair->value + pair->length;
	bool told = false;

	if (number.form == NUMBER_NONE) {
		if (pair->length > 0)
			warn_pair(
				pair,
				"the kernel refuses %.*s, because it accepts only a plain number; ",
				(int)pair->length, pair->value);
		else
			warn_pair(pair, "the kernel refuses a line without a value; ");
		return true;
	}
	if (*rest) {
		warn_pair(pair,
			  "the kernel uses %.*s and ignores the rest, but sysctl prints \"%s\" "
			  "as if that were set; ",
			  (int)pair->length, pair->value, pair->value);
		told = true;
	}
	if (number.form != NUMBER_DECIMAL &&
	    !(number.has_digits && number.digits == number.value)) {
		warn_pair(pair, "the kernel reads %.*s as %s and sets %s; ", (int)pair->length,
			  pair->value, number.form == NUMBER_HEX ? "hexadecimal" : "octal",
			  text_count(number.value).text);
		told = true;
	}
	return judge_bounds(pair, &number) || told;
}

/* Notes that the line is correct but is read before the module loads. */
static void tell_too_early(const struct pair *pair)
{
	struct buffer text = {0};

	enum severity severity = pair->setting == SETTING_MAX ? SEVERITY_WARNING : SEVERITY_NOTE;
	bool planned = lint_is_planned(pair->place, pair->setting);

	/* Newer kernels have this key without the module. A line of a file is a source. */
	if (strcmp(pair->file, "nf_hooks_lwtunnel") == 0 || (planned && pair->place->path) ||
	    lint_is_enough(pair->place, severity))
		return;
	buffer_add(&text,
		   pair->place->path
			   ? "at boot this line is read before nf_conntrack loads, so that the "
			     "value is lost; "
			   : "the kernel looks for this key before it loads any module, so that "
			     "the word has no effect unless nf_conntrack is built in; ");
	if (planned)
		buffer_printf(&text, "remove sysctl.%s from the kernel command line", pair->key);
	else
		lint_add_advice(&text, pair->setting, pair->value, pair->length);
	lint_tell(pair->place, severity, &text);
}

static void judge_key(struct pair *pair, bool in_place)
{
	bool is_count = strcmp(pair->file, "nf_conntrack_count") == 0;

	pair->setting = lint_find_setting(pair->file);
	if (in_place && is_count) {
		warn_pair(pair,
			  "%s is read-only, because it is the number of entries now; to set "
			  "the limit ",
			  pair->key);
		return;
	}
	if (in_place && strcmp(pair->file, "nf_conntrack_buckets") == 0) {
		if (lint_is_planned(pair->place, SETTING_HASHSIZE))
			return;
		warn_pair(pair,
			  "a value written to %s can get lost without an error, and is lost at "
			  "boot before nf_conntrack loads; ",
			  pair->key);
		return;
	}
	if (!in_place || schema_find_key(pair->file) < 0) {
		tell_unknown(pair);
		return;
	}
	if (!judge_release(pair) && !judge_value(pair))
		tell_too_early(pair);
}

/* Exchanges dots and slashes if the first separator is a dot. */
static void use_slashes(char *path)
{
	const char *first = strpbrk(path, "./");

	if (!first || *first == '/')
		return;
	for (char *c = path; *c; c++)
		if (*c == '.')
			*c = '/';
		else if (*c == '/')
			*c = '.';
}

void lint_judge_sysctl(const struct lint_place *place, const char *key, const char *value)
{
	static const char folder[] = "net/netfilter/";
	char *CLEANUP(free_pointer) path = strdup(key);
	struct pair pair = {.place = place, .key = key, .value = value};
	const char *slash;

	if (!path) {
		place->problems->out_of_memory = true;
		return;
	}
	use_slashes(path);
	if (strcmp(path, "kernel/modprobe") == 0) {
		judge_helper_program(place, value);
		return;
	}
	slash = strrchr(path, '/');
	pair.file = slash ? slash + 1 : path;
	pair.length = strcspn(value, BLANKS);
	/* A pattern may match many keys. */
	if (strpbrk(path, "*?[") ||
	    (!strstr(pair.file, "conntrack_") && !strstr(pair.file, "contrack_") &&
	     schema_find_key(pair.file) < 0))
		return;
	judge_key(&pair,
		  strcmp(path, "net/nf_conntrack_max") == 0 ||
			  (text_starts_with(path, folder) && pair.file == path + strlen(folder)));
}

/* Reports a line without "=", such as "net.netfilter.nf_conntrack_max 65536". */
static void judge_without_sign(const struct lint_place *place, const struct assignment *line)
{
	const char *end = line->written + line->written_length;
	struct buffer text = {0}, name = {0};
	const char *value = line->written, *file = value;
	size_t length;
	int setting;

	while (value < end && !strchr(BLANKS, *value)) {
		if (*value == '.' || *value == '/')
			file = value + 1;
		value++;
	}
	length = (size_t)(value - file);
	/* "KEY: VALUE" of YAML. */
	if (length > 0 && file[length - 1] == ':')
		length--;
	buffer_add_bytes(&name, file, length);
	setting = name.data && file > line->written ? lint_find_setting(name.data) : -1;
	place->problems->out_of_memory |= name.error < 0;
	buffer_clear(&name);
	if (setting < 0)
		return;
	while (value < end && strchr(BLANKS, *value))
		value++;
	buffer_add(&text, "sysctl ignores a line without \"=\"; ");
	lint_add_advice(&text, setting, value, first_word(value, (size_t)(end - value)));
	lint_tell(place, SEVERITY_WARNING, &text);
}

/* Judges a line as sysctl reads it. */
static void judge_line(const struct lint_place *place, const struct assignment *line)
{
	char *CLEANUP(free_pointer) key = NULL;
	char *CLEANUP(free_pointer) value = NULL;

	if (!line->value) {
		judge_without_sign(place, line);
		return;
	}
	key = strndup(line->written, line->written_length);
	value = strndup(line->value, line->value_length);
	if (key && value)
		lint_judge_sysctl(place, key, value);
	else
		place->problems->out_of_memory = true;
}

/* Some editors write a byte order mark at the start of a file. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Reports that the first line has no effect if it is about connection tracking. */
static void judge_byte_order_mark(struct lint_place *place, const char *text)
{
	struct assignment CLEANUP(assignment_done) line = {0};
	struct buffer message = {0};
	unsigned int number = 1;
	const char *slash;
	int found = assignment_next(&text, &number, SYSCTL_EVERY_LINE, &line);
	int setting;

	place->problems->out_of_memory |= found < 0;
	slash = found > 0 ? strrchr(line.key.data, '/') : NULL;
	setting = slash && line.line == 1 && line.value ? lint_find_setting(slash + 1) : -1;
	if (setting < 0)
		return;
	place->line = 1;
	buffer_add(&message, "a byte order mark at the start of the file is part of this key, so "
			     "that the line has no effect; ");
	lint_add_advice(&message, setting, line.value, first_word(line.value, line.value_length));
	lint_tell(place, SEVERITY_WARNING, &message);
}

void lint_sysctl(const struct lint_request *request, const char *path, const char *text,
		 struct problems *problems)
{
	struct assignment CLEANUP(assignment_done) line = {0};
	struct lint_place place = {request->facts, request->planned, path, 0, problems};
	bool marked = text_starts_with(text, BYTE_ORDER_MARK);
	unsigned int number = 1;
	int found;

	if (marked) {
		text += strlen(BYTE_ORDER_MARK);
		judge_byte_order_mark(&place, text);
	}
	while ((found = assignment_next(&text, &number, SYSCTL_EVERY_LINE, &line)) > 0) {
		place.line = line.line;
		if (marked && line.line == 1)
			continue;
		if (lint_is_enough(&place, SEVERITY_WARNING))
			return;
		judge_line(&place, &line);
	}
	problems->out_of_memory |= found < 0;
}
