/* Explains a name that no setting has: a kernel name, a name of another section, or a typo. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/config-names.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "model/config/config-pasted.h"
#include "model/config/schema.h"

static bool is_near(const struct schema_row *row, const char *name, size_t *best)
{
	bool by_name = text_is_near(name, row->name, best);

	return (row->key &&
		text_is_near(config_short_name(name), config_short_name(row->key), best)) ||
	       by_name;
}

/*
 * Returns the setting with the most similar name, or -1 if none is similar. Compares the names of
 * settings and of kernel keys, and prefers the given section if two are equally similar.
 */
static int nearest_setting(const char *section, const char *name)
{
	size_t best = SIZE_MAX;
	int nearest = -1;

	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) == 0 && is_near(&schema[i], name, &best))
			nearest = (int)i;
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].section, section) != 0 && is_near(&schema[i], name, &best))
			nearest = (int)i;
	return nearest;
}

static void add_nearest(const char *section, const char *name, struct buffer *b)
{
	int setting = nearest_setting(section, name);

	if (setting >= 0)
		buffer_printf(b, "did you mean \"%s\" in [%s]? ", schema[setting].name,
			      schema[setting].section);
	buffer_add(b, "allowed: the settings that \"conntrack-persist keys\" lists");
}

void config_explain_name(const char *section, const char *name, const char *value, struct buffer *b)
{
	int same = schema_find_name(name);
	size_t setting;
	enum kernel_name kind = config_find_kernel_name(name, true, &setting);

	if (same >= 0) {
		buffer_printf(b, "not a setting of [%s]; write it in [%s]", section,
			      schema[same].section);
	} else if (kind == KERNEL_NAME_COUNT) {
		buffer_add(b, KERNEL_COUNT_IS);
	} else if (kind != KERNEL_NAME_NONE) {
		buffer_printf(b, "%s name; write ",
			      kind == KERNEL_NAME_OLD_KEY ? "a former kernel" : "the kernel's");
		if (!config_propose(setting, value, b))
			buffer_printf(b, "it as \"%s\" in [%s]", schema[setting].name,
				      schema[setting].section);
	} else if (strpbrk(name, "./") && !strstr(name, "conntrack")) {
		buffer_add(b, "not a setting of connection tracking; write other sysctl keys in a "
			      "file in /etc/sysctl.d");
	} else {
		buffer_add(b, "unknown setting; ");
		add_nearest(section, name, b);
	}
}

void config_explain_orphan(const char *name, const char *value, struct buffer *b)
{
	int setting = schema_find_name(name);
	size_t count = 0;

	if (setting < 0) {
		buffer_printf(b, "%s: a value before the first [section]; ", name);
		config_explain_name("", name, value, b);
		return;
	}
	buffer_printf(b, "%s.%s: a value before the first [section]; write",
		      schema[setting].section, name);
	for (size_t i = 0; i < schema_count; i++)
		if (strcmp(schema[i].name, name) == 0)
			buffer_printf(b, "%s \"[%s]\"", count++ ? " or" : "", schema[i].section);
	buffer_add(b, " in a line above it");
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
