/* Finds the words of commands that run kube-proxy. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/kube-words.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"

#define BLANKS "\t\n\r "
#define QUOTES "\"'"

/* More containers than a pod has. */
#define CONTAINERS_MAX 32U

void kube_words_done(struct kube_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i].text);
	free(words->items);
	*words = (struct kube_words){0};
}

static int append_word(struct kube_words *words, const char *text, size_t length, unsigned int line)
{
	char *copy;

	words->cut = words->cut || words->count == KUBE_WORDS_MAX;
	if (words->cut)
		return 0;
	if (array_grow(&words->items, words->count, sizeof(*words->items)) < 0)
		return -ENOMEM;
	copy = strndup(text, length);
	if (!copy)
		return -ENOMEM;
	words->items[words->count++] = (struct kube_word){copy, line};
	return 0;
}

int kube_words_add(struct kube_words *words, const char *text, size_t length, unsigned int line)
{
	const char *end = text + length;
	int error = 0;

	while (text < end && error == 0 && !words->cut) {
		const char *word = text;

		while (text < end && !strchr(BLANKS, *text))
			text++;
		length = (size_t)(text - word);
		while (length > 0 && strchr(QUOTES, word[length - 1]))
			length--;
		while (length > 0 && strchr(QUOTES, *word)) {
			word++;
			length--;
		}
		if (length > 0 && !(length == 1 && *word == '\\'))
			error = append_word(words, word, length, line);
		text++;
	}
	return error;
}

int kube_words_add_process(struct kube_words *words, const char *text, size_t size)
{
	int error = 0;

	for (size_t at = 0, length; at < size && error == 0 && !words->cut; at += length + 1) {
		length = strnlen(text + at, size - at);
		if (length > 0)
			error = append_word(words, text + at, length, 0);
	}
	return error;
}

/* Adds the words of one list of a container. */
static int add_list(struct kube_words *words, const struct yaml_scalars *scalars,
		    unsigned int document, const char *prefix)
{
	int error = 0;

	for (size_t i = 0; i < scalars->count && error == 0; i++) {
		const struct yaml_scalar *scalar = &scalars->items[i];

		if (scalar->document == document && text_starts_with(scalar->path, prefix))
			error = kube_words_add(words, scalar->value, strlen(scalar->value),
					       scalar->line);
	}
	return error;
}

/* Adds the words of a container. Returns 1 if it runs kube-proxy, else 0. */
static int add_container(struct kube_words *words, const struct yaml_scalars *scalars,
			 unsigned int document, unsigned int number, unsigned int *ret_minor)
{
	struct kube_words found = {0};
	const struct yaml_scalar *image;
	char path[64];
	bool runs;
	int error;

	(void)snprintf(path, sizeof(path), "spec/containers/[%u]/image", number);
	image = yaml_scalars_find(scalars, document, path);
	(void)snprintf(path, sizeof(path), "spec/containers/[%u]/command/", number);
	error = add_list(&found, scalars, document, path);
	(void)snprintf(path, sizeof(path), "spec/containers/[%u]/args/", number);
	if (error == 0)
		error = add_list(&found, scalars, document, path);
	runs = kube_words_find_program(&found) != SIZE_MAX;
	/* The image may name the program, and the container the flags alone. */
	if (error == 0 && !runs && image && strstr(image->value, "/kube-proxy")) {
		runs = true;
		error = append_word(words, "kube-proxy", strlen("kube-proxy"), image->line);
	}
	for (size_t i = 0; runs && i < found.count && error == 0; i++)
		error = append_word(words, found.items[i].text, strlen(found.items[i].text),
				    found.items[i].line);
	kube_words_done(&found);
	if (runs && image && kube_release_minor(image->value) > 0)
		*ret_minor = kube_release_minor(image->value);
	return error < 0 ? error : runs;
}

int kube_words_add_pod(struct kube_words *words, const struct yaml_scalars *scalars,
		       unsigned int *ret_minor)
{
	unsigned int documents = scalars->documents < CONTAINERS_MAX ? scalars->documents
								     : CONTAINERS_MAX;
	int found = 0;

	for (unsigned int document = 1; document <= documents && found == 0; document++) {
		const struct yaml_scalar *kind = yaml_scalars_find(scalars, document, "kind");

		if (!kind || strcmp(kind->value, "Pod") != 0)
			continue;
		for (unsigned int i = 0; i < CONTAINERS_MAX && found == 0; i++) {
			char path[64];

			(void)snprintf(path, sizeof(path), "spec/containers/[%u]/name", i);
			if (!yaml_scalars_find(scalars, document, path))
				break;
			found = add_container(words, scalars, document, i, ret_minor);
		}
	}
	return found;
}

/* Adds a flag that lacks its dashes. */
static int append_flag(struct kube_words *words, const char *flag, unsigned int line)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	buffer_printf(&b, "%s%s", text_starts_with(flag, "--") ? "" : "--", flag);
	return b.data ? append_word(words, b.data, b.length, line) : -ENOMEM;
}

static bool is_true(const char *text)
{
	return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

int kube_words_add_distribution(struct kube_words *words, const struct yaml_scalars *scalars,
				bool *ret_disabled)
{
	static const char key[] = "kube-proxy-arg";
	bool replaced = false;
	int error = 0;

	for (size_t i = 0; i < scalars->count && error == 0; i++) {
		const struct yaml_scalar *scalar = &scalars->items[i];
		const char *rest = scalar->path + strlen(key);

		if (strcmp(scalar->path, "disable-kube-proxy") == 0)
			*ret_disabled = is_true(scalar->value);
		if (!text_starts_with(scalar->path, key) || scalar->is_null || !strchr("+/", *rest))
			continue;
		if (*rest != '+' && !replaced) {
			kube_words_done(words);
			replaced = true;
		}
		error = append_flag(words, scalar->value, scalar->line);
	}
	return error;
}

int kube_words_add_nested(struct kube_words *words, const struct kube_words *command,
			  bool *ret_disabled)
{
	int error = 0;

	for (size_t i = 0; i < command->count && error == 0; i++) {
		const char *word = command->items[i].text;
		const char *next = i + 1 < command->count ? command->items[i + 1].text : NULL;
		const char *value = kube_flag_value(word, next, "kube-proxy-arg");
		const char *disable = kube_flag_value(word, "true", "disable-kube-proxy");

		if (disable)
			*ret_disabled = is_true(disable);
		if (value)
			error = append_flag(words, value, command->items[i].line);
	}
	return error;
}

static bool is_program(const char *word, const char *name)
{
	const char *slash = strrchr(word, '/');

	/* systemd's prefixes of a command */
	word += slash ? 0 : strspn(word, "@-:+!|");
	return strcmp(slash ? slash + 1 : word, name) == 0;
}

size_t kube_words_find_program(const struct kube_words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i].text;
		const char *next = i + 1 < words->count ? words->items[i + 1].text : "";

		if (is_program(word, "kube-proxy"))
			return i + 1;
		if (is_program(word, "hyperkube") &&
		    (strcmp(next, "proxy") == 0 || strcmp(next, "kube-proxy") == 0))
			return i + 2;
	}
	return SIZE_MAX;
}

bool kube_words_have_variable(const struct kube_words *words, size_t first)
{
	for (size_t i = first; i < words->count; i++)
		if (words->items[i].text[0] == '$')
			return true;
	return false;
}

const char *kube_words_read(const struct kube_words *words, size_t first, struct kube_proxy *proxy)
{
	const char *config = NULL;

	for (size_t i = first; i < words->count && !config; i++)
		config = kube_flag_value(words->items[i].text,
					 i + 1 < words->count ? words->items[i + 1].text : NULL,
					 "config");
	if (config && *config)
		return config;
	for (size_t i = first; i < words->count;) {
		const char *next = i + 1 < words->count ? words->items[i + 1].text : NULL;
		unsigned int used = kube_proxy_read_flag(words->items[i].text, next,
							 words->items[i].line, proxy);

		i += used > 0 ? used : 1;
	}
	return NULL;
}
