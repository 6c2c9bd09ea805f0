/* The list module_blacklist= of the kernel command line, with which the kernel refuses modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/module-blacklist.h"

#include <string.h>

#include "base/text.h"

void module_blacklist_read(const char *command_line, struct module_blacklist *ret)
{
	struct module_blacklist list = {0};
	struct parameter word;

	while (parameter_next(&command_line, &word))
		if (parameter_is(&word, "module_blacklist") && word.value) {
			list.word = word;
			list.count++;
		}
	*ret = list;
}

const char *parameter_list_next(const struct parameter *list, const char **position,
				size_t *ret_length)
{
	const char *end = list->value + list->value_length, *name = *position, *comma;

	if (!name)
		name = list->value;
	while (name < end && *name == ',')
		name++;
	if (name >= end)
		return NULL;
	comma = memchr(name, ',', (size_t)(end - name));
	*ret_length = (size_t)((comma ? comma : end) - name);
	*position = name + *ret_length;
	return name;
}

bool module_blacklist_has(const struct module_blacklist *list, const char *module)
{
	const char *position = NULL, *name;
	size_t length;

	while (list->count > 0 && (name = parameter_list_next(&list->word, &position, &length)))
		if (length == strlen(module) && memcmp(name, module, length) == 0)
			return true;
	return false;
}

void module_blacklist_add_others(const struct module_blacklist *list,
				 bool (*refused)(const char *name, size_t length), struct buffer *b)
{
	const char *position = NULL, *name, *comma = "";
	size_t length;

	while (list->count > 0 && (name = parameter_list_next(&list->word, &position, &length))) {
		if (refused(name, length))
			continue;
		buffer_printf(b, "%s%.*s", comma, (int)length, name);
		comma = ",";
	}
}

bool module_blacklist_is_plain(const struct module_blacklist *list)
{
	size_t length = list->word.value_length;

	return length == 0 ||
	       (text_is_safe_line(list->word.value, length) &&
		!memchr(list->word.value, ' ', length) && !memchr(list->word.value, ':', length));
}

bool module_blacklist_propose(const struct module_blacklist *list, struct buffer *b)
{
	size_t length = list->word.value_length;

	if (!module_blacklist_is_plain(list))
		return false;
	while (length > 0 && list->word.value[length - 1] == ',')
		length--;
	buffer_printf(b, "module_blacklist=%.*s%snf_conntrack", (int)length,
		      length > 0 ? list->word.value : "", length > 0 ? "," : "");
	return true;
}
