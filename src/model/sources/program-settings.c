/* Finds settings in files of other programs: shell assignments of ufw, INI files of tuned. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/program-settings.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

bool program_setting_find(const char *text, const char *section, const char *name, const char *ends,
			  char *ret, size_t size)
{
	size_t length = strlen(name), value;
	bool inside = !section, fits = true;

	*ret = '\0';
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (section && *text == '[')
			inside = text_starts_with(text + 1, section) &&
				 text[1 + strlen(section)] == ']';
		if (!inside || strncmp(text, name, length) != 0)
			continue;
		text += length + strspn(text + length, " \t");
		if (*text != '=')
			continue;
		text += 1 + strspn(text + 1, " \t\"'");
		value = strcspn(text, ends);
		fits = value < size;
		memcpy(ret, text, fits ? value : 0);
		ret[fits ? value : 0] = '\0';
	}
	return fits;
}

bool program_setting_is_no(const char *word)
{
	static const char *const words[] = {"0", "no", "false", "off"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(word, words[i]) == 0)
			return true;
	return false;
}
