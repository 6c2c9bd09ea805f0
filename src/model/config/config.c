/* Turns configuration files into a validated configuration, or problems with line numbers. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/config/config-names.h"
#include "model/config/config-pasted.h"
#include "model/config/ini.h"

/* The state while one file is read. */
struct config_reader {
	struct config *config;
	const char *file;
	unsigned int *seen; /* for each setting, the line of this file that set it; 0: none */
	struct problems *problems;
	bool out_of_memory;
};

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit time_units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};
static const struct unit byte_units[] = {
	{"K", 1ULL << 10}, {"M", 1ULL << 20}, {"G", 1ULL << 30}, {NULL, 0}};
static const struct unit no_units[] = {{NULL, 0}};

/*
 * Parses a number with one of the units. Returns -EINVAL if the text is none, -ERANGE if it exceeds
 * the bounds of the row.
 */
static int parse_quantity(const struct schema_row *row, const char *text, const struct unit *units,
			  uint64_t *ret)
{
	size_t length = strspn(text, "0123456789");
	const char *suffix = text + length;
	uint64_t factor = 1, number;
	int error;

	error = text_parse_number(text, length, UINT64_MAX, &number);
	if (error == -EINVAL)
		return error;
	if (*suffix) {
		while (units->name && strcmp(units->name, suffix) != 0)
			units++;
		if (!units->name)
			return -EINVAL;
		factor = units->factor;
	}
	if (error < 0 || number > row->max / factor || number * factor < row->min)
		return -ERANGE;
	*ret = number * factor;
	return 0;
}

static int parse_share(const struct schema_row *row, const char *text, struct config_value *value)
{
	int error;

	value->percent = text_ends_with(text, "%");
	if (!value->percent)
		return parse_quantity(row, text, byte_units, &value->number);
	error = text_parse_number(text, strlen(text) - 1, 100, &value->number);
	return error == 0 && value->number == 0 ? -ERANGE : error;
}

static int parse_bool(const char *text, uint64_t *ret)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(text, words[i]) == 0) {
			*ret = i % 2;
			return 0;
		}
	return -EINVAL;
}

static int parse_choice(const struct schema_row *row, const char *text, uint64_t *ret)
{
	for (size_t i = 0; row->choices[i]; i++)
		if (strcmp(text, row->choices[i]) == 0) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}

static int parse_value(const struct schema_row *row, const char *text, struct config_value *value)
{
	switch (row->type) {
	case TYPE_CHOICE:
		return parse_choice(row, text, &value->number);
	case TYPE_BOOL:
		return parse_bool(text, &value->number);
	case TYPE_SIZE:
		value->is_auto = strcmp(text, "auto") == 0;
		if (value->is_auto)
			return 0;
		return parse_quantity(row, text, no_units, &value->number);
	case TYPE_NUMBER:
		return parse_quantity(row, text, no_units, &value->number);
	case TYPE_SECONDS:
		return parse_quantity(row, text, time_units, &value->number);
	case TYPE_BYTES:
		return parse_quantity(row, text, byte_units, &value->number);
	case TYPE_SHARE:
		return parse_share(row, text, value);
	}
	return -EINVAL;
}

bool config_is_value(const struct schema_row *row, const char *text)
{
	struct config_value value = {0};

	return parse_value(row, text, &value) == 0;
}

/* Returns an explanation of a common mistake in the number, to follow the message, or "". */
static const char *explain_number(const struct schema_row *row, const char *text)
{
	if (row->type == TYPE_CHOICE || row->type == TYPE_BOOL)
		return "";
	if (text[0] == '-')
		return row->type == TYPE_SECONDS
			       ? " (the kernel accepts it and forgets every flow at once)"
			       : "";
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return " (hexadecimal; write plain decimal digits)";
	if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return " (a leading 0 makes the kernel read it as octal)";
	if (row == &schema[SETTING_MAX] && strcmp(text, "0") == 0)
		return " (0 is no limit on some kernels and an error on others)";
	return "";
}

static void complain_value(const struct config_reader *r, const struct schema_row *row,
			   const char *text, int error, unsigned int line)
{
	struct buffer CLEANUP(buffer_clear) allowed = {0};

	if (problems_have_room(r->problems, SEVERITY_ERROR))
		schema_describe_allowed(row, true, &allowed);
	problems_add(r->problems, SEVERITY_ERROR, r->file, line, "%s.%s: %s%s%s%s%s; allowed: %s",
		     row->section, row->name, *text ? "\"" : "", *text ? text : "no value",
		     *text ? "\" is " : "",
		     !*text		? ""
		     : error == -ERANGE ? "out of bounds"
					: "an invalid value",
		     explain_number(row, text), allowed.data ? allowed.data : "");
}

/* Warns about a value that only some kernels accept, or that has an effect nobody wants. */
static void warn_value(const struct config_reader *r, const struct schema_row *row, uint64_t number,
		       unsigned int line)
{
	if (row->type != TYPE_SECONDS)
		return;
	if (number > TIMEOUT_MAX_HZ1000)
		problems_add(
			r->problems, SEVERITY_WARNING, r->file, line,
			"%s.%s: kernels built with HZ=1000 refuse %s s; they accept at most %s s",
			row->section, row->name, text_count(number).text,
			text_count(TIMEOUT_MAX_HZ1000).text);
	if (number == 0)
		problems_add(r->problems, SEVERITY_WARNING, r->file, line,
			     "%s.%s: with 0 the kernel forgets such flows at once, as if they were "
			     "not tracked",
			     row->section, row->name);
}

static void take_section(void *userdata, const char *section, unsigned int line)
{
	struct config_reader *r = userdata;
	struct buffer CLEANUP(buffer_clear) hint = {0};

	if (schema_has_section(section))
		return;
	if (problems_have_room(r->problems, SEVERITY_ERROR))
		config_explain_section(section, &hint);
	problems_add(r->problems, SEVERITY_ERROR, r->file, line, "[%s]: unknown section; %s",
		     section, hint.data ? hint.data : "");
}

/* Adds a problem with a proposal if the line has the syntax of another program. */
static bool explain_line(void *userdata, const char *line, unsigned int number)
{
	const struct config_reader *r = userdata;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!config_explain_pasted(line, &text))
		return false;
	problems_add(r->problems, SEVERITY_ERROR, r->file, number, "%s",
		     text.data ? text.data : "");
	return true;
}

static void explain_orphan(void *userdata, const char *name, const char *value, unsigned int number)
{
	const struct config_reader *r = userdata;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (problems_have_room(r->problems, SEVERITY_ERROR))
		config_explain_orphan(name, value, &text);
	problems_add(r->problems, SEVERITY_ERROR, r->file, number, "%s",
		     text.data ? text.data : "");
}

static void config_value_done(struct config_value *value)
{
	free(value->text);
	free(value->file);
}

static void take_pair(void *userdata, const char *section, const char *name, const char *text,
		      unsigned int line)
{
	struct config_reader *r = userdata;
	struct config_value value = {.set = true, .line = line};
	struct config_value *slot;
	int setting = schema_find(section, name), error;

	/* The line of the unknown section has been reported already. */
	if (!schema_has_section(section))
		return;
	if (setting < 0) {
		struct buffer CLEANUP(buffer_clear) hint = {0};

		if (problems_have_room(r->problems, SEVERITY_ERROR))
			config_explain_name(section, name, text, &hint);
		problems_add(r->problems, SEVERITY_ERROR, r->file, line, "%s.%s: %s", section, name,
			     hint.data ? hint.data : "unknown setting");
		return;
	}
	if (r->seen[setting]) {
		problems_add(r->problems, SEVERITY_ERROR, r->file, line,
			     "%s.%s: set twice in this file, first in line %u; keep one of them",
			     section, name, r->seen[setting]);
		return;
	}
	r->seen[setting] = line;

	error = parse_value(&schema[setting], text, &value);
	if (error < 0) {
		complain_value(r, &schema[setting], text, error, line);
		return;
	}
	warn_value(r, &schema[setting], value.number, line);

	value.text = strdup(text);
	value.file = strdup(r->file);
	if (!value.text || !value.file) {
		config_value_done(&value);
		r->out_of_memory = true;
		return;
	}
	slot = &r->config->values[setting];
	config_value_done(slot);
	*slot = value;
}

static bool is_left_to_kernel(size_t setting)
{
	return setting == SETTING_MAX || setting == SETTING_HASHSIZE ||
	       setting == SETTING_EXPECT_MAX || setting == SETTING_EXPECT_HASHSIZE;
}

int config_new(struct config *ret)
{
	struct config config = {.values = calloc(schema_count, sizeof(*config.values))};

	if (!config.values)
		return -ENOMEM;
	for (size_t i = 0; i < SETTING_FIRST_KEY; i++) {
		/*
		 * The kernel chooses a size that no file sets, so that the fallback is not a
		 * number.
		 */
		if (is_left_to_kernel(i))
			continue;
		if (parse_value(&schema[i], schema[i].fallback, &config.values[i]) < 0) {
			config_done(&config);
			return -EINVAL;
		}
	}
	*ret = config;
	return 0;
}

void config_done(struct config *config)
{
	for (size_t i = 0; config->values && i < schema_count; i++)
		config_value_done(&config->values[i]);
	free(config->values);
	config->values = NULL;
}

int config_read(struct config *config, const char *file, const char *bytes, size_t size,
		struct problems *problems)
{
	unsigned int *CLEANUP(free_pointer) seen = calloc(schema_count, sizeof(*seen));
	struct config_reader reader = {
		.config = config, .file = file, .seen = seen, .problems = problems};
	struct ini_events events = {.line = explain_line,
				    .section = take_section,
				    .pair = take_pair,
				    .orphan = explain_orphan,
				    .userdata = &reader};
	int error;

	if (!seen)
		return -ENOMEM;
	error = ini_read(file, bytes, size, &events, problems);
	return reader.out_of_memory ? -ENOMEM : error;
}

/* Returns the configured number, or the kernel's default. */
static uint64_t number_in_force(const struct config *config, size_t setting)
{
	struct config_value value = config->values[setting];

	if (!value.set && parse_value(&schema[setting], schema[setting].fallback, &value) < 0)
		return 0;
	return value.number;
}

static void check_ceiling(const struct config *config, size_t low, size_t high,
			  struct problems *problems)
{
	bool low_set = config->values[low].set, high_set = config->values[high].set;
	uint64_t floor = number_in_force(config, low), ceiling = number_in_force(config, high);
	size_t told = low_set ? low : high, other = low_set ? high : low;

	if (floor <= ceiling || (!low_set && !high_set))
		return;
	problems_add(problems, SEVERITY_ERROR, config->values[told].file, config->values[told].line,
		     "%s.%s: %s is %s %s, which is %s%s; allowed: %s up to %s",
		     schema[told].section, schema[told].name,
		     text_count(low_set ? floor : ceiling).text,
		     low_set ? "more than" : "less than", schema[other].name,
		     text_count(low_set ? ceiling : floor).text,
		     config->values[other].set ? "" : " unless configured", schema[low].name,
		     schema[high].name);
}

void config_check(const struct config *config, struct problems *problems)
{
	for (size_t i = SETTING_FIRST_KEY; i < schema_count; i++) {
		int high = schema[i].ceiling ? schema_find(schema[i].section, schema[i].ceiling)
					     : -1;

		if (high >= 0)
			check_ceiling(config, i, (size_t)high, problems);
	}
}

void config_format(const struct config *config, size_t setting, struct buffer *b)
{
	const struct schema_row *row = &schema[setting];
	const struct config_value *value = &config->values[setting];

	if (value->is_auto)
		buffer_add(b, "auto");
	else if (row->type == TYPE_CHOICE)
		buffer_add(b, row->choices[value->number]);
	else if (row->type == TYPE_BOOL)
		buffer_add(b, value->number ? "yes" : "no");
	else
		buffer_printf(b, "%" PRIu64 "%s", value->number, value->percent ? "%" : "");
}
