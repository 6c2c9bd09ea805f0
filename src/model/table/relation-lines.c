/* Reads how long programs wait or keep silent from their configuration files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/relation-lines.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Longer times are cut to 10 years, so that sums cannot overflow. */
#define SECONDS_MAX UINT64_C(315360000)

/* The defaults of nginx, Envoy and the C library, and the largest timeout that the latter takes. */
#define NGINX_PROXY_TIMEOUT 600U
#define ENVOY_IDLE_TIMEOUT  3600U
#define RESOLV_TIMEOUT	    5U
#define RESOLV_TIMEOUT_MAX  30U

/* The time after which ipamd gives an address away (IP_COOLDOWN_PERIOD, 30 by default). */
#define VPC_CNI_COOLDOWN 30U

/* A unit of time behind a number. */
struct time_unit {
	const char *name;
	uint64_t milliseconds;
};

/* Parses a number with a unit. Returns seconds, rounded up; 0 for anything else. */
static uint64_t parse_time(struct text_word word, const struct time_unit *units, size_t count,
			   uint64_t milliseconds)
{
	size_t digits = 0;
	uint64_t number;

	text_trim(&word, "\r;");
	while (digits < word.length && word.text[digits] >= '0' && word.text[digits] <= '9')
		digits++;
	if (text_parse_number(word.text, digits, SECONDS_MAX, &number) < 0)
		return 0;
	word.text += digits;
	word.length -= digits;
	if (word.length == 0)
		return (number * milliseconds + 999) / 1000;
	for (size_t i = 0; i < count; i++)
		if (text_word_is(&word, units[i].name)) {
			uint64_t seconds = (number * units[i].milliseconds + 999) / 1000;

			return seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
		}
	return 0;
}

/* Sets *ret to a line if its time is longer. words: at most the room for them is copied. */
static void note_longest(struct relation_line *ret, unsigned int line, uint64_t seconds,
			 const struct text_line *words)
{
	struct text_line copy = *words;
	size_t length;

	if (seconds <= ret->seconds)
		return;
	text_trim_line(&copy, " \t\r;");
	length = copy.length < sizeof(ret->words) ? copy.length : sizeof(ret->words) - 1;
	*ret = (struct relation_line){.line = line, .seconds = seconds};
	memcpy(ret->words, copy.text, length);
}

/* Cuts the line at a comment. */
static void cut_comment(struct text_line *line)
{
	const char *hash = memchr(line->text, '#', line->length);

	if (hash)
		line->length = (size_t)(hash - line->text);
}

static bool is_word(const struct text_word *word, const char *text)
{
	return word->length == strlen(text) && strncasecmp(word->text, text, word->length) == 0;
}

void relation_read_wireguard(const char *text, struct relation_line *ret,
			     char ret_interface[INTERFACE_SIZE])
{
	*ret = (struct relation_line){0};
	ret_interface[0] = '\0';
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		struct text_word key, value;
		uint64_t seconds;

		cut_comment(&line);
		if (!text_split(&line, "=", &key, &value))
			continue;
		if ((is_word(&key, "PersistentKeepalive") ||
		     is_word(&key, "persistent-keepalive")) &&
		    text_parse_number(value.text, value.length, UINT16_MAX, &seconds) == 0)
			note_longest(ret, line.number, seconds, &line);
		else if ((text_word_is(&key, "Name") || text_word_is(&key, "interface-name")) &&
			 value.length < INTERFACE_SIZE)
			(void)snprintf(ret_interface, INTERFACE_SIZE, "%.*s", (int)value.length,
				       value.text);
	}
}

/* The timeouts of one section of haproxy, or of its defaults. */
enum haproxy_time {
	HAPROXY_CLIENT,
	HAPROXY_SERVER,
	HAPROXY_TUNNEL,
	HAPROXY_CLIENT_FIN,
	HAPROXY_SERVER_FIN,
	HAPROXY_TIMES,
};

struct haproxy {
	struct relation_line defaults[HAPROXY_TIMES], section[HAPROXY_TIMES];
	bool in_defaults, has_clients, has_servers;
};

static void keep_longer(struct relation_line *ret, const struct relation_line *line)
{
	if (line->seconds > ret->seconds)
		*ret = *line;
}

/* Notes the time for which one side of a section's connections is kept. */
static void end_side(const struct haproxy *haproxy, enum haproxy_time fin, enum haproxy_time open,
		     struct relation_line *ret)
{
	if (haproxy->section[fin].seconds > 0) {
		keep_longer(ret, &haproxy->section[fin]);
		return;
	}
	keep_longer(ret, &haproxy->section[open]);
	keep_longer(ret, &haproxy->section[HAPROXY_TUNNEL]);
}

static void end_section(const struct haproxy *haproxy, struct relation_line *ret)
{
	if (haproxy->has_clients)
		end_side(haproxy, HAPROXY_CLIENT_FIN, HAPROXY_CLIENT, ret);
	if (haproxy->has_servers)
		end_side(haproxy, HAPROXY_SERVER_FIN, HAPROXY_SERVER, ret);
}

/* Returns whether the word begins a section; if so, ends the one before it. */
static bool begin_section(struct haproxy *haproxy, const struct text_word *word,
			  struct relation_line *ret)
{
	static const char *const others[] = {"global",	"peers",      "resolvers", "userlist",
					     "mailers", "cache",      "program",   "http-errors",
					     "ring",	"log-forward"};
	bool both = text_word_is(word, "listen"), defaults = text_word_is(word, "defaults");
	bool clients = both || text_word_is(word, "frontend");
	bool servers = both || text_word_is(word, "backend");
	bool begins = clients || servers || defaults;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		begins = begins || text_word_is(word, others[i]);
	if (!begins)
		return false;
	end_section(haproxy, ret);
	if (defaults)
		memset(haproxy->defaults, 0, sizeof(haproxy->defaults));
	memcpy(haproxy->section, haproxy->defaults, sizeof(haproxy->section));
	haproxy->in_defaults = defaults;
	haproxy->has_clients = clients;
	haproxy->has_servers = servers;
	return true;
}

static void read_haproxy_time(struct haproxy *haproxy, const struct text_line *line,
			      const char *position)
{
	static const char *const names[HAPROXY_TIMES] = {"client", "server", "tunnel", "client-fin",
							 "server-fin"};
	static const struct time_unit units[] = {{"ms", 1},	 {"s", 1000},	  {"m", 60000},
						 {"h", 3600000}, {"d", 86400000}, {"us", 0}};
	struct text_word name = text_next_word(&position), value = text_next_word(&position);

	for (size_t i = 0; i < HAPROXY_TIMES; i++) {
		struct relation_line found = {0};

		if (!text_word_is(&name, names[i]))
			continue;
		note_longest(&found, line->number, parse_time(value, units, ARRAY_SIZE(units), 1),
			     line);
		haproxy->section[i] = found;
		if (haproxy->in_defaults)
			haproxy->defaults[i] = found;
	}
}

void relation_read_haproxy(const char *text, struct relation_line *ret)
{
	struct haproxy haproxy = {0};

	*ret = (struct relation_line){0};
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *position = line.text;
		struct text_word word;

		cut_comment(&line);
		word = text_next_word(&position);
		if (begin_section(&haproxy, &word, ret))
			continue;
		if (text_word_is(&word, "timeout"))
			read_haproxy_time(&haproxy, &line, position);
	}
	end_section(&haproxy, ret);
}

void relation_read_nginx(const char *text, struct relation_line *ret)
{
	static const struct time_unit units[] = {
		{"ms", 1},	 {"s", 1000},	   {"m", 60000},     {"h", 3600000},
		{"d", 86400000}, {"w", 604800000}, {"M", 2592000000}};
	struct relation_line half = {0}, longest = {0};

	*ret = half;
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *position = line.text;
		struct text_word name = text_next_word(&position);
		struct text_word value = text_next_word(&position);

		text_trim(&value, "\r;");
		if (text_word_is(&name, "proxy_half_close") && text_word_is(&value, "on"))
			note_longest(&half, line.number, NGINX_PROXY_TIMEOUT, &line);
		else if (text_word_is(&name, "proxy_timeout"))
			note_longest(&longest, line.number,
				     parse_time(value, units, ARRAY_SIZE(units), 1000), &line);
	}
	if (half.seconds > 0)
		*ret = longest.seconds > 0 ? longest : half;
}

void relation_read_envoy(const char *text, struct relation_line *ret)
{
	static const struct time_unit units[] = {{"s", 1000}};
	struct relation_line proxy = {0}, longest = {0};

	*ret = proxy;
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		struct text_word key, value;

		cut_comment(&line);
		if (memmem(line.text, line.length, "tcp_proxy", strlen("tcp_proxy")))
			proxy = (struct relation_line){.line = line.number,
						       .seconds = ENVOY_IDLE_TIMEOUT,
						       .words = "tcp_proxy"};
		if (text_split(&line, ":", &key, &value) && text_word_is(&key, "idle_timeout")) {
			text_trim(&value, "\"'");
			note_longest(&longest, line.number,
				     parse_time(value, units, ARRAY_SIZE(units), 0), &line);
		}
	}
	if (proxy.seconds > 0)
		*ret = longest.seconds > 0 ? longest : proxy;
}

/* Reads the words behind "options"; a later one overrides an earlier one. */
static void read_resolv_options(const struct text_line *line, const char *position,
				struct relation_line *ret)
{
	struct text_word word;

	while ((word = text_next_word(&position)).length > 0) {
		uint64_t seconds;

		if (word.length < strlen("timeout:") || !text_starts_with(word.text, "timeout:"))
			continue;
		word.text += strlen("timeout:");
		word.length -= strlen("timeout:");
		if (text_parse_number(word.text, word.length, SECONDS_MAX, &seconds) < 0)
			continue;
		*ret = (struct relation_line){0};
		note_longest(ret, line->number,
			     seconds < RESOLV_TIMEOUT_MAX ? seconds : RESOLV_TIMEOUT_MAX, line);
	}
}

void relation_read_resolv(const char *text, struct relation_line *ret)
{
	*ret = (struct relation_line){.seconds = RESOLV_TIMEOUT};
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *position = line.text;
		struct text_word word = text_next_word(&position);

		if (text_word_is(&word, "options"))
			read_resolv_options(&line, position, ret);
	}
}

void relation_read_vpc_cni(const char *text, struct relation_line *ret)
{
	*ret = (struct relation_line){0};
	for (struct text_line line = {.next = text}; text_next_line(&line) && ret->seconds == 0;)
		if (memmem(line.text, line.length, "\"aws-cni\"", strlen("\"aws-cni\"")))
			*ret = (struct relation_line){.line = line.number,
						      .seconds = VPC_CNI_COOLDOWN,
						      .words = "aws-cni"};
}
