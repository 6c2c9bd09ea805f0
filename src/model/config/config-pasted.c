/* Explains lines of sysctl.d, modprobe.d, udev or a shell that were pasted into an INI file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/config-pasted.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "model/config/config.h"
#include "model/config/module-options.h"

#define MODULE_PREFIX	  "nf_conntrack_"
#define OLD_MODULE_PREFIX "ip_conntrack_"

/* The longest word that is looked at; every kernel name is shorter. */
#define WORD_MAX 127

/* Returns the text behind the prefix, or the whole text if it does not start with the prefix. */
static const char *skip_prefix(const char *text, const char *prefix)
{
	return text_starts_with(text, prefix) ? text + strlen(prefix) : text;
}

/* Returns a pasted name without its folder below /proc/sys. */
static const char *skip_folder(const char *name)
{
	static const char *const folders[] = {"net.netfilter.",
					      "net/netfilter/",
					      "net.ipv4.netfilter.",
					      "net/ipv4/netfilter/",
					      "net.ipv4.",
					      "net/ipv4/",
					      "net.ipv6.",
					      "net/ipv6/",
					      "net.",
					      "net/"};

	name = skip_prefix(name, "-");
	name = skip_prefix(name, "/proc/sys/");
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts_with(name, folders[i]))
			return name + strlen(folders[i]);
	return name;
}

const char *config_short_name(const char *name)
{
	const char *file = skip_folder(name);
	const char *key = skip_prefix(file, MODULE_PREFIX);

	return key == file ? skip_prefix(file, OLD_MODULE_PREFIX) : key;
}

/* Finds the setting of a kernel key that is given without the prefix of the module. */
static bool find_key(const char *key, size_t *ret_setting)
{
	bool found = strcmp(key, "buckets") == 0;
	size_t setting = SETTING_HASHSIZE;

	for (size_t i = 0; i < schema_count && !found; i++) {
		setting = i;
		found = schema[i].key &&
			strcmp(skip_prefix(schema[i].key, MODULE_PREFIX), key) == 0;
	}
	if (found)
		*ret_setting = setting;
	return found;
}

/*
 * Finds the setting of a module parameter. The name must contain the module
 * ("nf_conntrack.hashsize", "/sys/module/nf_conntrack/parameters/hashsize") unless of_module is
 * true, as behind "options nf_conntrack".
 */
static bool find_parameter(const char *name, bool of_module, size_t *ret_setting)
{
	static const char *const places[] = {"/sys/module/nf_conntrack/parameters/",
					     "/sys/module/ip_conntrack/parameters/", "parameters/",
					     "nf_conntrack.", "ip_conntrack."};
	const struct module_option *option = NULL;
	const char *parameter = name;

	for (size_t i = 0; i < ARRAY_SIZE(places) && parameter == name; i++)
		parameter = skip_prefix(name, places[i]);
	if (of_module || parameter != name)
		option = module_option_find(parameter, strlen(parameter));
	if (!option || !option->section)
		return false;
	*ret_setting = (size_t)module_option_setting(option);
	return true;
}

enum kernel_name config_find_kernel_name(const char *name, bool short_too, size_t *ret_setting)
{
	const char *file = skip_folder(name), *key = config_short_name(name);

	if (short_too && find_parameter(key, true, ret_setting))
		return KERNEL_NAME_KEY;
	/* Some keys begin otherwise, such as nf_flowtable_tcp_timeout. */
	if (key == file && !short_too && !text_starts_with(file, "nf_"))
		return KERNEL_NAME_NONE;
	if (strcmp(key, "count") == 0)
		return KERNEL_NAME_COUNT;
	if (!find_key(key, ret_setting))
		return KERNEL_NAME_NONE;
	return text_starts_with(file, OLD_MODULE_PREFIX) ? KERNEL_NAME_OLD_KEY : KERNEL_NAME_KEY;
}

bool config_propose(size_t setting, const char *value, struct buffer *b)
{
	const struct schema_row *row = &schema[setting];
	uint64_t number;

	if (schema_parse_kernel(row, value, &number) == 0) {
		buffer_add(b, "\"");
		schema_format_line(row, number, b);
	} else if (config_is_value(row, value)) {
		buffer_printf(b, "\"%s = %s", row->name, value);
	} else {
		return false;
	}
	buffer_printf(b, "\" in [%s]", row->section);
	return true;
}

/* The state while a line is read from left to right. Release with pasted_line_done(). */
struct pasted_line {
	size_t first;		 /* the first setting that was found */
	char name[WORD_MAX + 1]; /* the name of the first setting as the line writes it */
	size_t found;
	bool begins; /* whether the line begins with that name */
	size_t words;
	size_t waiting;		   /* a setting whose value has not been read yet; SIZE_MAX: none */
	char number[WORD_MAX + 1]; /* the last number, for "echo NUMBER > PATH" */
	/* whether the module was named: "options nf_conntrack", "modprobe nf_conntrack" */
	bool of_module;
	bool to_file;  /* whether the next word is behind ">" or tee */
	bool counts;   /* whether the line names nf_conntrack_count */
	bool is_key;   /* whether the line is "KEY = VALUE" */
	bool has_more; /* whether the value of such a line has more words: "5 days" */
	enum kernel_name kind;
	struct buffer proposals;
	struct buffer refused; /* the text about the first setting that cannot have its value */
};

static void pasted_line_done(struct pasted_line *line)
{
	buffer_clear(&line->proposals);
	buffer_clear(&line->refused);
}

/*
 * Adds the proposal for a setting with its value, or the text about a refused or missing one (value
 * NULL).
 */
static void finish_setting(struct pasted_line *line, size_t setting, const char *value)
{
	struct buffer CLEANUP(buffer_clear) proposal = {0};
	const struct schema_row *row = &schema[setting];

	if (value && config_propose(setting, value, &proposal)) {
		buffer_printf(&line->proposals, "%s%s", line->proposals.data ? " and " : "",
			      proposal.data ? proposal.data : "");
		return;
	}
	if (line->refused.data)
		return;
	if (value)
		buffer_printf(&line->refused, "\"%s\" is an invalid value of %s; ", value,
			      row->name);
	buffer_printf(&line->refused, "set %s in [%s], allowed: ", row->name, row->section);
	schema_describe_allowed(row, true, &line->refused);
}

static void finish_waiting(struct pasted_line *line, const char *value)
{
	if (line->waiting != SIZE_MAX)
		finish_setting(line, line->waiting, value);
	line->waiting = SIZE_MAX;
}

/*
 * Notes that the line names a setting. In "echo NUMBER > PATH" the value has been read before the
 * name; in every other line the value follows.
 */
static void begin_setting(struct pasted_line *line, size_t setting, const char *name,
			  enum kernel_name kind)
{
	finish_waiting(line, NULL);
	if (line->found++ == 0) {
		line->first = setting;
		line->kind = kind;
		line->begins = line->words == 1;
		memcpy(line->name, name, strlen(name) + 1);
	}
	if (line->to_file && line->number[0])
		finish_setting(line, setting, line->number);
	else
		line->waiting = setting;
	line->to_file = false;
}

static bool is_module(const char *word)
{
	return strcmp(word, "nf_conntrack") == 0 || strcmp(word, "ip_conntrack") == 0 ||
	       text_ends_with(word, "nf_conntrack.ko");
}

static bool is_number(const char *word)
{
	word = skip_prefix(word, "-");
	return *word >= '0' && *word <= '9';
}

/* Reads one word. assigned: whether "=" or ":" precedes it. */
static void read_word(struct pasted_line *line, const char *word, bool assigned)
{
	size_t setting;
	enum kernel_name kind;

	line->words++;
	if (line->waiting != SIZE_MAX && (assigned || is_number(word))) {
		finish_waiting(line, word);
		return;
	}
	kind = config_find_kernel_name(word, false, &setting);
	line->is_key |= line->words == 1 && kind != KERNEL_NAME_NONE;
	line->has_more |= line->is_key && kind == KERNEL_NAME_NONE;
	if (kind == KERNEL_NAME_NONE && find_parameter(word, line->of_module, &setting))
		kind = KERNEL_NAME_KEY;
	if (kind == KERNEL_NAME_COUNT) {
		line->counts = true;
		if (line->found == 0)
			memcpy(line->name, word, strlen(word) + 1);
	} else if (kind != KERNEL_NAME_NONE) {
		begin_setting(line, setting, word, kind);
	} else if (is_number(word)) {
		memcpy(line->number, word, strlen(word) + 1);
	} else if (strcmp(word, "tee") == 0) {
		line->to_file = true;
	} else {
		line->of_module |= is_module(word);
	}
}

/* The separators between two words. */
struct gap {
	bool assigns; /* whether "=" or ":" is among them */
	bool to_file; /* whether ">" is among them */
	/* whether ";" is among them, which begins another command or a comment of our format */
	bool ends;
};

/*
 * Cuts off the next word and moves *position behind it. A word that is longer than WORD_MAX becomes
 * empty. Returns false at the end of the line.
 */
static bool next_word(const char **position, char word[static WORD_MAX + 1], struct gap *ret_gap)
{
	static const char separators[] = " \t\"'=:;|><&`{}()[]";
	const char *start = *position + strspn(*position, separators);
	size_t length = strcspn(start, separators), kept = length;

	*ret_gap = (struct gap){0};
	for (const char *c = *position; c < start; c++) {
		ret_gap->assigns |= *c == '=' || *c == ':';
		ret_gap->to_file |= *c == '>';
		ret_gap->ends |= *c == ';';
	}
	*position = start + length;
	/* The words of a list end in commas. */
	while (kept > 0 && start[kept - 1] == ',')
		kept--;
	if (kept > WORD_MAX)
		kept = 0;
	memcpy(word, start, kept);
	word[kept] = '\0';
	return length > 0;
}

/*
 * Returns whether the line is a "name = value" pair in the format of our configuration, even if no
 * setting has the name. A line with "==" is a udev rule.
 */
static bool is_own_pair(const char *line)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *sign = line + strspn(line, letters);

	if (sign == line || text_starts_with(line, MODULE_PREFIX) ||
	    text_starts_with(line, OLD_MODULE_PREFIX) || text_starts_with(line, "nf_flowtable_"))
		return false;
	sign += strspn(sign, " \t");
	return sign[0] == '=' && sign[1] != '=';
}

static void explain(const struct pasted_line *line, struct buffer *b)
{
	const struct schema_row *row = &schema[line->first];

	buffer_printf(b, "%s.%s: ", row->section, row->name);
	if (line->begins && line->found == 1)
		buffer_printf(b, "%s is %s name; ", line->name,
			      line->kind == KERNEL_NAME_OLD_KEY ? "a former kernel"
								: "the kernel's");
	else
		buffer_add(b, "this is a command, or a line of another file; ");
	if (line->proposals.data)
		buffer_printf(b, "write %s", line->proposals.data);
	if (line->refused.data)
		buffer_printf(b, "%s%s", line->proposals.data ? "; " : "", line->refused.data);
}

bool config_explain_pasted(const char *text, struct buffer *b)
{
	struct pasted_line CLEANUP(pasted_line_done) line = {.waiting = SIZE_MAX};
	char word[WORD_MAX + 1];
	struct gap gap;

	if (is_own_pair(text))
		return false;
	while (next_word(&text, word, &gap)) {
		line.to_file |= gap.to_file;
		if (word[0] == '#' || (line.is_key && gap.ends))
			break;
		if (word[0])
			read_word(&line, word, gap.assigns);
	}
	finish_waiting(&line, NULL);
	if (line.has_more && line.found == 1) {
		buffer_clear(&line.proposals);
		finish_setting(&line, line.first, NULL);
	}
	if (line.found > 0)
		explain(&line, b);
	else if (line.counts)
		buffer_printf(b, "conntrack.max: %s is " KERNEL_COUNT_IS, line.name);
	return line.found > 0 || line.counts;
}
