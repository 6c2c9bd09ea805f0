/*
 * Fuzz harness: any text as YAML, as the configuration of kube-proxy, as a pod's manifest and as
 * words of a command.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/yaml.h"
#include "model/sources/kube-proxy.h"
#include "model/sources/kube-words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct value items[] = {
	{.kind = VALUE_SYSCTL, .key = "net.netfilter.nf_conntrack_max", .wanted = 100000},
	{.kind = VALUE_HASHSIZE, .key = "nf_conntrack.hashsize", .wanted = 100000},
	{.kind = VALUE_SYSCTL,
	 .key = "net.netfilter.nf_conntrack_tcp_timeout_established",
	 .wanted = 100},
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

static void read_command(const struct kube_words *words, unsigned int lines)
{
	struct kube_proxy proxy = {.path = "k"};
	struct writers writers = {0};
	size_t first = kube_words_find_program(words);

	if (first != SIZE_MAX && first > words->count)
		abort();
	(void)kube_words_read(words, 0, &proxy);
	writers_of_kube_proxy(&values, &proxy, &writers);
	for (size_t i = 0; i < writers.count; i++)
		if (writers.items[i].line > lines)
			abort();
	writers_done(&writers);
}

/* Each line that is named is one of the text, behind its last line feed at most. */
static void read_scalars(const struct yaml_scalars *scalars, unsigned int lines)
{
	static const struct kube_proxy_origin origin = {.line = 1};
	struct kube_words CLEANUP(kube_words_done) words = {0};
	struct kube_proxy proxy = {.path = "k"};
	struct writers writers = {0};
	unsigned int document = kube_proxy_find_document(scalars), minor = 0;
	bool disabled;

	if (document > scalars->documents || scalars->count > YAML_NODES_MAX)
		abort();
	for (size_t i = 0; i < scalars->count; i++)
		if (scalars->items[i].line < 1 || scalars->items[i].line > lines + 1 ||
		    strlen(scalars->items[i].path) >= YAML_PATH_MAX)
			abort();
	kube_proxy_read_document(scalars, document, &origin, &proxy);
	writers_of_kube_proxy(&values, &proxy, &writers);
	writers_done(&writers);
	if (kube_words_add_pod(&words, scalars, &minor) < 0 ||
	    kube_words_add_distribution(&words, scalars, &disabled) < 0)
		abort();
	read_command(&words, lines + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kube_words words = {0};
	struct yaml_scalars scalars = {0};
	unsigned int lines = 1, line;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	/* YAML has three more characters that end a line. */
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n' || text[i] == '\r' || (unsigned char)text[i] >= 0x80;
	(void)kube_release_minor(text);
	if (yaml_read(text, strlen(text), &scalars, &line) == 0)
		read_scalars(&scalars, lines);
	yaml_scalars_done(&scalars);
	if (kube_words_add(&words, text, strlen(text), 1) == 0 &&
	    kube_words_add_process(&words, text, size) == 0)
		read_command(&words, 1);
	kube_words_done(&words);
	free(text);
	return 0;
}
