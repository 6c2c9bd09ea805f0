/* Reads parameters of the kernel command line and of modules as the kernel does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/kernel-params.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/config/module-options.h"
#include "model/config/schema.h"

static const char spaces[] = " \t\n\v\f\r";

bool parameter_next(const char **rest, struct parameter *ret)
{
	const char *word = *rest + strspn(*rest, spaces), *end = word, *sign = NULL;
	struct parameter found = {.word = word};
	bool quoted = false;

	for (; *end && (quoted || !strchr(spaces, *end)); end++) {
		quoted ^= *end == '"';
		if (*end == '=' && !sign)
			sign = end;
	}
	*rest = end;
	found.length = (size_t)(end - word);
	if (found.length == 0 || (found.length == 2 && memcmp(word, "--", 2) == 0))
		return false;

	/* Quotes surround either the whole parameter or its value. */
	if (*word == '"') {
		word++;
		if (end > word && end[-1] == '"')
			end--;
	}
	found.name = word;
	found.name_length = (size_t)((sign ? sign : end) - word);
	if (sign) {
		found.value = sign + 1;
		if (found.value < end && *found.value == '"') {
			found.value++;
			if (end > found.value && end[-1] == '"')
				end--;
		}
		found.value_length = (size_t)(end - found.value);
	}
	*ret = found;
	return true;
}

bool parameter_is(const struct parameter *parameter, const char *name)
{
	if (parameter->name_length != strlen(name))
		return false;
	for (size_t i = 0; i < parameter->name_length; i++)
		if (parameter->name[i] != name[i] && (parameter->name[i] != '-' || name[i] != '_'))
			return false;
	return true;
}

/*
 * Returns whether nf_conntrack accepts the text as a table size: a number as in kstrtouint() with
 * base 0 (10, +10, 010 and 0x10), within its bounds.
 */
static bool is_table_size(const char *text, size_t length)
{
	uint64_t number = 0;
	unsigned int base = 10;
	size_t i = length > 0 && text[0] == '+' ? 1 : 0;

	if (length > i + 2 && text[i] == '0' && (text[i + 1] | 0x20) == 'x') {
		base = 16;
		i += 2;
	} else if (length > i + 1 && text[i] == '0') {
		base = 8;
	}
	if (i == length)
		return false;
	for (; i < length; i++) {
		unsigned int c = (unsigned char)text[i] | 0x20, worth = base;

		if (text[i] >= '0' && text[i] <= '9')
			worth = (unsigned int)(text[i] - '0');
		else if (c >= 'a' && c <= 'f')
			worth = c - 'a' + 10;
		if (worth >= base)
			return false;
		number = number * base + worth;
		if (number > HASHSIZE_MAX)
			return false;
	}
	return true;
}

/*
 * Returns whether the text is a boolean to kstrtobool(), which reads the first letter, and the
 * second one after an "o".
 */
static bool is_flag(const char *text, size_t length)
{
	if (length == 0)
		return false;
	if ((text[0] | 0x20) == 'o')
		return length > 1 && strchr("nNfF", text[1]);
	return strchr("yYtT1nNfF0", text[0]);
}

bool parameter_is_accepted(const struct parameter *parameter)
{
	const struct module_option *option =
		module_option_find(parameter->name, parameter->name_length);

	if (!option)
		return true;
	if (option->is_size)
		return parameter->value && is_table_size(parameter->value, parameter->value_length);
	return !parameter->value || is_flag(parameter->value, parameter->value_length);
}
