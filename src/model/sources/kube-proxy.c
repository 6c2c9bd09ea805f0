/* Reads the section conntrack of the configuration of kube-proxy, or its flags. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/kube-proxy.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

#define SECOND 1000000000U
#define KIND   "KubeProxyConfiguration"

enum kube_kind { KIND_ENTRIES, KIND_DURATION, KIND_BOOLEAN };

/* The names of each field, as in the published type and in the flags. */
static const struct {
	const char *path, *flag;
	enum kube_kind kind;
} fields[KUBE_FIELDS] = {
	[KUBE_MAX_PER_CORE] = {"conntrack/maxPerCore", "conntrack-max-per-core", KIND_ENTRIES},
	[KUBE_MIN] = {"conntrack/min", "conntrack-min", KIND_ENTRIES},
	[KUBE_MAX] = {"conntrack/max", "conntrack-max", KIND_ENTRIES},
	[KUBE_TCP_ESTABLISHED] = {"conntrack/tcpEstablishedTimeout",
				  "conntrack-tcp-timeout-established", KIND_DURATION},
	[KUBE_TCP_CLOSE_WAIT] = {"conntrack/tcpCloseWaitTimeout",
				 "conntrack-tcp-timeout-close-wait", KIND_DURATION},
	[KUBE_UDP] = {"conntrack/udpTimeout", "conntrack-udp-timeout", KIND_DURATION},
	[KUBE_UDP_STREAM] = {"conntrack/udpStreamTimeout", "conntrack-udp-timeout-stream",
			     KIND_DURATION},
	[KUBE_TCP_BE_LIBERAL] = {"conntrack/tcpBeLiberal", "conntrack-tcp-be-liberal",
				 KIND_BOOLEAN},
};

const char *kube_field_to_string(enum kube_proxy_field field)
{
	return strchr(fields[field].path, '/') + 1;
}

const char *kube_flag_to_string(enum kube_proxy_field field)
{
	return fields[field].flag;
}

/* Units of a duration; "ms" must come before "m". */
static const struct {
	const char *name;
	uint64_t size;
} units[] = {{"h", 3600ULL * SECOND},
	     {"ms", SECOND / 1000},
	     {"m", 60ULL * SECOND},
	     {"s", SECOND},
	     {"us", 1000},
	     {"\xc2\xb5s", 1000},
	     {"\xce\xbcs", 1000},
	     {"ns", 1}};

/* Reads a part such as "1.5h" and moves behind it. Returns false for any other text. */
static bool read_duration_part(const char **text, uint64_t *sum)
{
	size_t whole = strspn(*text, "0123456789");
	const char *point = *text + whole, *digits = point + (*point == '.');
	size_t part = *point == '.' ? strspn(digits, "0123456789") : 0;
	const char *unit = digits + part;
	uint64_t number = 0, scale;
	size_t i = 0;

	while (i < ARRAY_SIZE(units) && !text_starts_with(unit, units[i].name))
		i++;
	if (whole + part == 0 || whole > 9 || i == ARRAY_SIZE(units))
		return false;
	for (size_t at = 0; at < whole; at++)
		number = number * 10 + (uint64_t)((*text)[at] - '0');
	*sum += number * units[i].size;
	scale = units[i].size;
	for (size_t at = 0; at < part; at++) {
		scale /= 10;
		*sum += (uint64_t)(digits[at] - '0') * scale;
	}
	*text = unit + strlen(units[i].name);
	return *sum < UINT64_MAX / 4;
}

/*
 * Reads a duration such as "24h0m0s", as Go does. kube-proxy writes whole seconds, and leaves the
 * key alone at 0 and below.
 */
static bool read_duration(const char *text, struct kube_proxy_setting *ret)
{
	bool negative = *text == '-';
	uint64_t nanoseconds = 0;

	text += *text == '-' || *text == '+';
	if (!*text)
		return false;
	if (strcmp(text, "0") == 0)
		text++;
	while (*text)
		if (!read_duration_part(&text, &nanoseconds))
			return false;
	ret->number = nanoseconds / SECOND;
	ret->leaves = negative || nanoseconds == 0;
	return true;
}

/* Reads a number of entries, which has 32 bits. kube-proxy takes one below 0 as 0. */
static bool read_entries(const char *text, struct kube_proxy_setting *ret)
{
	bool negative = *text == '-';

	if (text_parse_number(text + negative, strlen(text + negative), INT32_MAX, &ret->number) <
	    0)
		return false;
	if (negative)
		ret->number = 0;
	ret->leaves = ret->number == 0;
	return true;
}

static bool read_boolean(const char *text, struct kube_proxy_setting *ret)
{
	bool yes = strcmp(text, "true") == 0;

	ret->number = 1;
	ret->leaves = !yes;
	return yes || strcmp(text, "false") == 0;
}

static void set_field(struct kube_proxy *proxy, enum kube_proxy_field field, const char *text,
		      unsigned int line)
{
	struct kube_proxy_setting new = {.is_set = true, .line = line};
	bool right = fields[field].kind == KIND_ENTRIES	   ? read_entries(text, &new)
		     : fields[field].kind == KIND_DURATION ? read_duration(text, &new)
							   : read_boolean(text, &new);

	if (right) {
		proxy->settings[field] = new;
	} else if (!proxy->wrong) {
		proxy->wrong = kube_field_to_string(field);
		proxy->wrong_line = line;
	}
}

unsigned int kube_proxy_find_document(const struct yaml_scalars *scalars)
{
	for (unsigned int document = 1; document <= scalars->documents; document++) {
		const struct yaml_scalar *kind = yaml_scalars_find(scalars, document, "kind");

		if (!kind || strcmp(kind->value, KIND) == 0)
			return document;
	}
	return 0;
}

void kube_proxy_read_document(const struct yaml_scalars *scalars, unsigned int document,
			      const struct kube_proxy_origin *origin, struct kube_proxy *proxy)
{
	for (size_t i = 0; i < scalars->count; i++) {
		const struct yaml_scalar *scalar = &scalars->items[i];
		unsigned int line = origin->lines_are_lost ? origin->line
							   : origin->line + scalar->line - 1;
		enum kube_proxy_field field = 0;

		if (scalar->document != document)
			continue;
		if (!proxy->line || strcmp(scalar->path, "conntrack") == 0)
			proxy->line = line;
		while (field < KUBE_FIELDS && strcmp(scalar->path, fields[field].path) != 0)
			field++;
		if (field == KUBE_FIELDS)
			continue;
		if (scalar->is_null)
			proxy->settings[field] = (struct kube_proxy_setting){.line = line};
		else
			set_field(proxy, field, scalar->value, line);
	}
}

/* Returns what follows "--NAME" in the word, or NULL. */
static const char *skip_flag(const char *word, const char *name)
{
	if (!text_starts_with(word, "--"))
		return NULL;
	word += 2;
	while (*name && (*word == *name || (*word == '_' && *name == '-'))) {
		word++;
		name++;
	}
	return *name || (*word && *word != '=') ? NULL : word;
}

const char *kube_flag_value(const char *word, const char *next, const char *name)
{
	const char *rest = skip_flag(word, name);

	if (!rest)
		return NULL;
	return *rest == '=' ? rest + 1 : next;
}

unsigned int kube_proxy_read_flag(const char *word, const char *next, unsigned int line,
				  struct kube_proxy *proxy)
{
	for (enum kube_proxy_field field = 0; field < KUBE_FIELDS; field++) {
		const char *rest = skip_flag(word, fields[field].flag);

		if (!rest)
			continue;
		if (*rest == '=')
			set_field(proxy, field, rest + 1, line);
		else if (fields[field].kind == KIND_BOOLEAN)
			set_field(proxy, field, "true", line);
		else if (next)
			set_field(proxy, field, next, line);
		return *rest == '=' || fields[field].kind == KIND_BOOLEAN || !next ? 1 : 2;
	}
	return 0;
}

unsigned int kube_release_minor(const char *text)
{
	const char *end = text + strcspn(text, "@"), *tag = text;
	uint64_t minor;

	/* The tag comes behind the last slash; a colon before that is one of a port. */
	for (const char *at = text; at < end; at++)
		if (*at == '/')
			tag = at + 1;
	for (const char *at = tag; at < end; at++)
		if (*at == ':')
			tag = at + 1;
	tag += *tag == 'v';
	if (!text_starts_with(tag, "1.") ||
	    text_parse_number(tag + 2, strspn(tag + 2, "0123456789"), 999, &minor) < 0)
		return 0;
	return (unsigned int)minor;
}
