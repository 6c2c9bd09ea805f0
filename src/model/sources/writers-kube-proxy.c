/* Finds the values that kube-proxy sets when it starts, with its defaults and its arithmetic. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/kube-proxy.h"

/* The defaults of v1alpha1, and from which release on max is capped. */
#define DEFAULT_PER_CORE    32768U
#define DEFAULT_MIN	    131072U
#define DEFAULT_ESTABLISHED 86400U
#define DEFAULT_CLOSE_WAIT  3600U
#define CAP		    1048576U
#define CAP_SINCE	    36U

#define KEY(name) "net.netfilter.nf_conntrack_" name

/* Whether kube-proxy sets a value that is larger already. */
enum lowers { LOWERS_NO, LOWERS_YES, LOWERS_UNKNOWN };

/*
 * Releases from 1.23 to 1.28 left each larger value alone. Later ones set it, until 1.38 left a
 * larger max alone again, as later fixes of 1.36 and 1.37 may do.
 */
static enum lowers lowers_timeout(unsigned int minor)
{
	if (minor == 0)
		return LOWERS_UNKNOWN;
	return minor >= 23 && minor <= 28 ? LOWERS_NO : LOWERS_YES;
}

static enum lowers lowers_max(unsigned int minor)
{
	if (minor == 36 || minor == 37)
		return LOWERS_UNKNOWN;
	return minor >= 38 ? LOWERS_NO : lowers_timeout(minor);
}

/* The number that kube-proxy writes: from `least` to `most`. */
struct range {
	uint64_t least, most; /* UINT64_MAX: unknown */
	uint64_t a_processor; /* what each processor adds, if their number is unknown */
};

/* Returns the range of max; false if kube-proxy leaves it alone. */
static bool find_max(const struct kube_proxy *proxy, struct range *ret)
{
	const struct kube_proxy_setting *max = &proxy->settings[KUBE_MAX];
	const struct kube_proxy_setting *per_core = &proxy->settings[KUBE_MAX_PER_CORE];
	const struct kube_proxy_setting *min = &proxy->settings[KUBE_MIN];
	uint64_t factor = per_core->is_set ? per_core->number : DEFAULT_PER_CORE;
	uint64_t floor = min->is_set ? min->number : DEFAULT_MIN;
	uint64_t scaled = factor * (proxy->processors > 0 ? proxy->processors : 1);

	if (max->is_set && !max->leaves) {
		*ret = (struct range){max->number, max->number, 0};
		return true;
	}
	if (factor == 0)
		return false;
	*ret = (struct range){scaled > floor ? scaled : floor, scaled > floor ? scaled : floor,
			      factor};
	if (scaled > CAP && (proxy->minor >= CAP_SINCE || proxy->minor == 0))
		ret->least = CAP;
	if (scaled > CAP && proxy->minor >= CAP_SINCE)
		ret->most = CAP;
	if (proxy->processors == 0)
		ret->most = UINT64_MAX;
	return true;
}

/* The consequence for a configured value. */
enum effect { EFFECT_NONE, EFFECT_POSSIBLE, EFFECT_OVERRIDES };

static enum effect find_effect(const struct value *value, const struct range *range,
			       enum lowers lowers)
{
	uint64_t wanted = value->wanted;
	bool may_raise = range->most > wanted && !value->at_least;
	bool raises = range->least > wanted && !value->at_least;
	bool may_lower = range->least < wanted && lowers != LOWERS_NO;
	bool does_lower = range->most < wanted && lowers == LOWERS_YES;

	if (raises || does_lower)
		return EFFECT_OVERRIDES;
	return may_raise || may_lower ? EFFECT_POSSIBLE : EFFECT_NONE;
}

/* Writes the range as a message shows it. */
static void write_range(const struct range *range, char *text, size_t size)
{
	if (range->least == range->most)
		(void)snprintf(text, size, "%" PRIu64, range->least);
	else if (range->most < UINT64_MAX)
		(void)snprintf(text, size, "%" PRIu64 " or %" PRIu64, range->least, range->most);
	else
		(void)snprintf(text, size, "%" PRIu64 " or more (%" PRIu64 " a processor)",
			       range->least, range->a_processor);
}

/* Adds a line for the value with this key, if the plan has it. */
static void add_range(const struct values *values, const struct kube_proxy *proxy, const char *key,
		      unsigned int line, const struct range *range, enum lowers lowers,
		      struct writers *writers)
{
	char text[96];

	write_range(range, text, sizeof(text));
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		bool exactly = range->least == value->wanted && range->most == value->wanted;
		enum effect effect;

		if (strcmp(value->key, key) != 0)
			continue;
		effect = find_effect(value, range, lowers);
		writers_set(
			writers, value,
			&(struct writer_line){
				.path = proxy->path,
				.number = line,
				.text = text,
				.source = SOURCE_KUBE_PROXY,
				.computed = range->least != range->most,
				.inactive = proxy->inactive,
				.possible = proxy->possible || effect == EFFECT_POSSIBLE,
				/* With exactly, it writes this number over what was set before. */
				.loses = effect == EFFECT_NONE && !exactly,
			});
	}
}

static unsigned int line_of(const struct kube_proxy *proxy, enum kube_proxy_field field)
{
	return proxy->settings[field].line > 0 ? proxy->settings[field].line : proxy->line;
}

static void add_sizes(const struct values *values, const struct kube_proxy *proxy,
		      struct writers *writers)
{
	struct range max;
	enum kube_proxy_field field = KUBE_MAX_PER_CORE;

	if (!find_max(proxy, &max))
		return;
	if (proxy->settings[KUBE_MAX].is_set)
		field = KUBE_MAX;
	else if (proxy->settings[KUBE_MAX_PER_CORE].line == 0)
		field = KUBE_MIN;
	add_range(values, proxy, KEY("max"), line_of(proxy, field), &max, lowers_max(proxy->minor),
		  writers);
	/* kube-proxy wants a bucket for four entries, and never makes the table smaller. */
	max.least /= 4;
	max.a_processor /= 4;
	max.most = max.most < UINT64_MAX ? max.most / 4 : UINT64_MAX;
	add_range(values, proxy, "nf_conntrack.hashsize", line_of(proxy, field), &max, LOWERS_NO,
		  writers);
}

/* The keys that each have a field of their own. */
static const struct kube_row {
	enum kube_proxy_field field;
	const char *key;
	uint64_t number; /* the default; 0: the key is left alone */
	const char *off; /* the value with which the key is left alone */
} rows[] = {
	{KUBE_TCP_ESTABLISHED, KEY("tcp_timeout_established"), DEFAULT_ESTABLISHED, "0s"},
	{KUBE_TCP_CLOSE_WAIT, KEY("tcp_timeout_close_wait"), DEFAULT_CLOSE_WAIT, "0s"},
	{KUBE_UDP, KEY("udp_timeout"), 0, "0s"},
	{KUBE_UDP_STREAM, KEY("udp_timeout_stream"), 0, "0s"},
	{KUBE_TCP_BE_LIBERAL, KEY("tcp_be_liberal"), 0, "false"},
};

void writers_of_kube_proxy(const struct values *values, const struct kube_proxy *proxy,
			   struct writers *writers)
{
	add_sizes(values, proxy, writers);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct kube_proxy_setting *setting = &proxy->settings[rows[i].field];
		uint64_t number = setting->is_set ? setting->number : rows[i].number;
		struct range range = {number, number, 0};

		if (setting->is_set ? !setting->leaves : number > 0)
			add_range(values, proxy, rows[i].key, line_of(proxy, rows[i].field), &range,
				  lowers_timeout(proxy->minor), writers);
	}
}

void kube_proxy_add_advice(const struct writer *writer, struct buffer *b)
{
	uint64_t least = strtoull(writer->text, NULL, 10);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(writer->value->key, rows[i].key) == 0) {
			buffer_printf(b,
				      "set %s to %s in the configuration of kube-proxy (its flag: "
				      "--%s=%s) and restart it, or put its value into the "
				      "configuration",
				      kube_field_to_string(rows[i].field), rows[i].off,
				      kube_flag_to_string(rows[i].field), rows[i].off);
			return;
		}
	if (writer->value->kind == VALUE_HASHSIZE)
		least *= 4;
	buffer_printf(b,
		      "set maxPerCore and min to 0 in the configuration of kube-proxy (its flags: "
		      "--conntrack-max-per-core=0 --conntrack-min=0) and restart it, or write "
		      "\"max = %" PRIu64 "\" and \"max_policy = at_least\" in "
		      "conntrack-persist.conf",
		      least);
}
