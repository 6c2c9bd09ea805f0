/* Reads numbers and names for the lint, and makes the advice about them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/config/config.h"
#include "model/sources/lint-internal.h"

#define WORD_SIZE 64

void lint_tell(const struct lint_place *place, enum severity severity, struct buffer *text)
{
	if (text->error < 0)
		place->problems->out_of_memory = true;
	else
		problems_add(place->problems, severity, place->path, place->line, "%s", text->data);
	buffer_clear(text);
}

void lint_add(const struct lint_place *place, enum severity severity, const char *format, ...)
{
	struct buffer text = {0};
	va_list args;

	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	lint_tell(place, severity, &text);
}

bool lint_is_enough(const struct lint_place *place, enum severity severity)
{
	if (problems_have_room(place->problems, severity))
		return false;
	problems_add(place->problems, severity, place->path, place->line, "not judged");
	return true;
}

bool lint_is_planned(const struct lint_place *place, int setting)
{
	for (size_t i = 0; place->planned && i < place->planned->count; i++)
		if (place->planned->items[i].row == &schema[setting])
			return true;
	return false;
}

/* Reads digits; a number that does not fit becomes UINT64_MAX. */
static bool read_digits(const char *text, size_t length, unsigned int base, uint64_t *ret)
{
	uint64_t number = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned int letter = (unsigned char)text[i] | 0x20, worth = base;

		if (text[i] >= '0' && text[i] <= '9')
			worth = (unsigned int)(text[i] - '0');
		else if (letter >= 'a' && letter <= 'f')
			worth = letter - 'a' + 10;
		if (worth >= base)
			return false;
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, worth, &number))
			number = UINT64_MAX;
	}
	*ret = number;
	return length > 0;
}

struct lint_number lint_read_number(const char *text, size_t length, bool plus)
{
	struct lint_number number = {.form = NUMBER_DECIMAL};
	unsigned int base = 10;
	size_t prefix = 0;

	if (length > 0 && (text[0] == '-' || (plus && text[0] == '+'))) {
		number.negative = text[0] == '-';
		text++;
		length--;
	}
	number.has_digits = read_digits(text, length, 10, &number.digits);
	if (length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		number.form = NUMBER_HEX;
		base = 16;
		prefix = 2;
	} else if (length > 1 && text[0] == '0') {
		number.form = NUMBER_OCTAL;
		base = 8;
	}
	if (!read_digits(text + prefix, length - prefix, base, &number.value))
		number.form = NUMBER_NONE;
	return number;
}

/* Returns the name without the prefix of the module, also if the prefix is old or misspelt. */
static const char *short_name(const char *name)
{
	static const char *const prefixes[] = {"nf_conntrack_", "ip_conntrack_", "conntrack_",
					       "nf_contrack_", "ip_contrack_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts_with(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return name;
}

int lint_find_setting(const char *name)
{
	const char *rest = short_name(name);
	char key[WORD_SIZE];
	int setting = schema_find_key(name);

	if (setting >= 0)
		return setting;
	if (strcmp(rest, "buckets") == 0 || strcmp(rest, "hashsize") == 0)
		return SETTING_HASHSIZE;
	if (strcmp(rest, "count") == 0)
		return SETTING_MAX;
	if (snprintf(key, sizeof(key), "nf_conntrack_%s", rest) >= (int)sizeof(key))
		return -1;
	return schema_find_key(key);
}

/* Adds the number with a unit if it is a multiple of one, as people write it. */
static void add_number(struct buffer *b, const struct schema_row *row, uint64_t number)
{
	if (row->type == TYPE_BOOL)
		buffer_add(b, number ? "yes" : "no");
	else if (row->type == TYPE_SECONDS && number >= 86400 && number % 86400 == 0)
		buffer_printf(b, "%" PRIu64 "d", number / 86400);
	else if (row->type == TYPE_SECONDS && number >= 3600 && number % 3600 == 0)
		buffer_printf(b, "%" PRIu64 "h", number / 3600);
	else
		buffer_printf(b, "%" PRIu64, number);
}

/*
 * Adds the default of the setting. If the kernel computes it, adds a value that suits most hosts.
 */
static void add_default(struct buffer *b, int setting)
{
	uint64_t seconds;
	bool is_size = schema[setting].type == TYPE_SIZE;
	const char *text = is_size ? "auto" : schema[setting].fallback;

	if (setting == SETTING_EXPECT_MAX)
		buffer_add(b, "4096");
	else if (setting == SETTING_EXPECT_HASHSIZE)
		buffer_add(b, "1024");
	else if (schema[setting].type == TYPE_SECONDS &&
		 text_parse_number(text, strlen(text), UINT64_MAX, &seconds) == 0)
		add_number(b, &schema[setting], seconds);
	else
		buffer_add(b, text);
}

/*
 * Finds the number that was probably meant where neither the kernel nor the configuration reads the
 * text: "1048576/n", "1,048,576", "64k". Returns false if the text does not begin with a digit.
 */
static bool guess_number(const char *text, size_t length, uint64_t *ret)
{
	static const char units[] = "kmg";
	uint64_t number = 0;
	const char *unit;
	size_t i;

	for (i = 0; i < length && (isdigit((unsigned char)text[i]) || text[i] == ','); i++)
		if (text[i] != ',' &&
		    (__builtin_mul_overflow(number, 10, &number) ||
		     __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number)))
			return false;
	if (i == 0)
		return false;
	unit = i < length ? strchr(units, tolower((unsigned char)text[i])) : NULL;
	if (unit && *unit)
		i++;
	/* "1x" is no number with something behind it. */
	if (number == 0 || (i < length && (isalnum((unsigned char)text[i]) || text[i] == '.')))
		return false;
	for (; unit && *unit; unit = unit > units ? unit - 1 : NULL)
		if (__builtin_mul_overflow(number, 1024, &number))
			return false;
	*ret = number;
	return true;
}

static bool is_in_bounds(const struct schema_row *row, uint64_t number)
{
	return number >= row->min && number <= row->max;
}

static void add_value(struct buffer *b, int setting, const char *text, size_t length)
{
	const struct schema_row *row = &schema[setting];
	struct lint_number number;
	char word[WORD_SIZE];
	uint64_t guess;

	if (length >= 2 && (text[0] == '"' || text[0] == '\'') && text[length - 1] == text[0]) {
		text++;
		length -= 2;
	}
	number = lint_read_number(text, length, true);
	if (number.has_digits)
		number.value = number.digits;
	if ((number.form != NUMBER_NONE || number.has_digits) && !number.negative &&
	    is_in_bounds(row, number.value)) {
		add_number(b, row, number.value);
		return;
	}
	if (length > 0 && length < sizeof(word)) {
		memcpy(word, text, length);
		word[length] = '\0';
		if (config_is_value(row, word)) {
			buffer_add(b, word);
			return;
		}
	}
	if (number.form == NUMBER_NONE && guess_number(text, length, &guess) &&
	    is_in_bounds(row, guess))
		add_number(b, row, guess);
	else
		add_default(b, setting);
}

void lint_add_advice(struct buffer *b, int setting, const char *text, size_t length)
{
	buffer_printf(b, "write \"[%s] %s = ", schema[setting].section, schema[setting].name);
	add_value(b, setting, text, length);
	buffer_add(b, "\" in conntrack-persist.conf");
}

/* Returns whether the helper's module still has the alias ip_conntrack_*. */
static bool is_helper(const char *name)
{
	static const char *const helpers[] = {"amanda",	    "ftp",     "h323", "irc",
					      "netbios_ns", "netlink", "pptp", "sane",
					      "sip",	    "snmp",    "tftp"};

	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (strcmp(name, helpers[i]) == 0)
			return true;
	return false;
}

bool lint_is_old_name(const char *name, size_t length, struct lint_old_name *ret)
{
	struct lint_old_name old = {.now = "nf_conntrack"};
	char word[sizeof(old.now)];

	if (length >= sizeof(word))
		return false;
	memcpy(word, name, length);
	for (size_t i = 0; i < length; i++)
		if (word[i] == '-')
			word[i] = '_';
	word[length] = '\0';
	/* The present name is part of a proposal, so that it must be safe to paste. */
	if (!text_is_safe_word(word))
		return false;
	if (text_starts_with(word, "ip_conntrack_")) {
		old.is_alias = is_helper(word + strlen("ip_conntrack_"));
		(void)snprintf(old.now, sizeof(old.now), "nf%s", word + strlen("ip"));
	} else if (strcmp(word, "ip_conntrack") == 0) {
		old.is_alias = true;
	} else if (strcmp(word, "nf_conntrack_ipv4") != 0 &&
		   strcmp(word, "nf_conntrack_ipv6") != 0) {
		return false;
	}
	*ret = old;
	return true;
}
