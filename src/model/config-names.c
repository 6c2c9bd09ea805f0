/* What was meant by a name that no setting has: the kernel's name, another section, a slip of the finger. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config-names.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "model/schema.h"

#define MODULE_PREFIX	  "nf_conntrack_"
#define OLD_MODULE_PREFIX "ip_conntrack_"

/* What is left of a text behind a prefix; the text itself if it has another beginning. */
static const char *skip_prefix(const char *text, const char *prefix)
{
	return text_starts_with(text, prefix) ? text + strlen(prefix) : text;
}

/* A pasted name without its folder below /proc/sys. */
static const char *skip_folder(const char *name)
{
	static const char *const folders[] = {"net.netfilter.",
					      "net/netfilter/",
					      "net.ipv4.netfilter.",
					      "net/ipv4/netfilter/",
					      "net.ipv4.",
					      "net/ipv4/",
					      "net.",
					      "net/"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts_with(name, folders[i]))
			return name + strlen(folders[i]);
	return name;
}

/* The kernel key of a row that has one, without its module's name: tcp_timeout_established. */
static const char *short_key(const struct schema_row *row)
{
	return skip_prefix(row->key, MODULE_PREFIX);
}

static int find_short_key(const char *key)
{
	if (strcmp(key, "buckets") == 0)
		return SETTING_HASHSIZE;
	for (size_t i = 0; i < schema_count; i++)
		if (schema[i].key && strcmp(short_key(&schema[i]), key) == 0)
			return (int)i;
	return -1;
}

static bool is_near(const struct schema_row *row, const char *name, const char *key, size_t *best)
{
	bool by_name = text_is_near(name, row->name, best);

	return (row->key && text_is_near(key, short_key(row), best)) || by_name;
}

/* The setting that is nearest by its own name or the kernel's; of its section if as near there. -1: none is near. */
static int nearest_setting(const char *section, const char *name, const char *key)
{
	size_t best = SIZE_MAX;
	int nearest = -1;

	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) == 0 &&
		    is_near(&schema[i], name, key, &best))
			nearest = (int)i;
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) != 0 &&
		    is_near(&schema[i], name, key, &best))
			nearest = (int)i;
	return nearest;
}

void config_explain_name(const char *section, const char *name, struct buffer *b)
{
	const char *file = skip_folder(name);
	bool old = text_starts_with(file, OLD_MODULE_PREFIX);
	const char *key = skip_prefix(file, old ? OLD_MODULE_PREFIX : MODULE_PREFIX);
	int setting = schema_find_name(name);

	if (setting >= 0) {
		buffer_printf(b, "not a setting of [%s]; write it in [%s]", section,
			      schema[setting].section);
		return;
	}
	if (strcmp(key, "count") == 0) {
		buffer_add(b, "read-only in the kernel (the number of entries now); the limit is "
			      "[conntrack] max");
		return;
	}
	setting = find_short_key(key);
	if (setting >= 0) {
		buffer_printf(b, "%s name; write it as \"%s\" in [%s]",
			      old ? "an old kernel's" : "the kernel's", schema[setting].name,
			      schema[setting].section);
		return;
	}
	buffer_add(b, "unknown setting; ");
	setting = nearest_setting(section, name, key);
	if (setting >= 0)
		buffer_printf(b, "did you mean \"%s\" in [%s]? ", schema[setting].name,
			      schema[setting].section);
	buffer_add(b, "allowed: what \"conntrack-persist keys\" lists");
}

void config_explain_section(const char *section, struct buffer *b)
{
	const char *known, *nearest = NULL;
	size_t best = SIZE_MAX;

	for (size_t k = 0; (known = schema_section(k)); k++)
		if (text_is_near(section, known, &best))
			nearest = known;
	if (nearest)
		buffer_printf(b, "did you mean [%s]? ", nearest);
	buffer_add(b, "allowed:");
	for (size_t k = 0; (known = schema_section(k)); k++)
		buffer_printf(b, "%s [%s]", k == 0 ? "" : ",", known);
}
