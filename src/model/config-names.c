/* What was meant by a name that no setting has: the kernel's name, another section, a slip of the finger. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config-names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/schema.h"

/* The part of a pasted name that is the file's name below /proc/sys/net/netfilter, old module name replaced. */
static void kernel_key(const char *name, char *key, size_t size, bool *ret_old)
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
		if (text_starts_with(name, folders[i])) {
			name += strlen(folders[i]);
			break;
		}
	*ret_old = text_starts_with(name, "ip_conntrack_");
	(void)snprintf(key, size, "%s%s", *ret_old ? "nf_conntrack_" : "",
		       *ret_old ? name + strlen("ip_conntrack_") : name);
}

static bool explain_kernel_name(const char *name, struct buffer *b)
{
	char key[128];
	bool old;
	int setting;

	kernel_key(name, key, sizeof(key), &old);
	if (strcmp(key, "nf_conntrack_count") == 0) {
		buffer_add(b, "read-only in the kernel (the number of entries now); the limit is "
			      "[conntrack] max");
		return true;
	}
	setting = strcmp(key, "nf_conntrack_buckets") == 0 ? SETTING_HASHSIZE
							   : schema_find_key(key);
	if (setting < 0)
		return false;
	buffer_printf(b, "%s name; write it as \"%s\" in [%s]",
		      old ? "an old kernel's" : "the kernel's", schema[setting].name,
		      schema[setting].section);
	return true;
}

/* The setting whose name is nearest; those of the same section first. -1: none is near. */
static int nearest_setting(const char *section, const char *name)
{
	size_t best = SIZE_MAX;
	int nearest = -1;

	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) == 0 &&
		    text_is_near(name, schema[i].name, &best))
			nearest = (int)i;
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) != 0 &&
		    text_is_near(name, schema[i].name, &best))
			nearest = (int)i;
	return nearest;
}

void config_explain_name(const char *section, const char *name, struct buffer *b)
{
	int setting;

	if (explain_kernel_name(name, b))
		return;
	setting = schema_find_name(name);
	if (setting >= 0) {
		buffer_printf(b, "not a setting of [%s]; write it in [%s]", section,
			      schema[setting].section);
		return;
	}
	buffer_add(b, "unknown setting; ");
	setting = nearest_setting(section, name);
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
