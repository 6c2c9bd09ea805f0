/* Reads numbers of the kernel, and the figures of the host that its sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/facts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "host/files/image-machine.h"

int gather_number(const struct kernel *kernel, const char *path, uint64_t *ret)
{
	char text[64];
	int error = kernel_read(kernel, path, text, sizeof(text));

	if (error < 0)
		return error;
	if (strcmp(text, "-1") == 0) {
		*ret = UINT32_MAX;
		return 0;
	}
	return text_parse_number(text, strcspn(text, " "), UINT64_MAX, ret);
}

struct figure gather_figure(const struct kernel *kernel, const char *path)
{
	struct figure figure = {0};

	figure.known = gather_number(kernel, path, &figure.value) == 0;
	return figure;
}

/* Parses "6.1.0-13-amd64" to 6 and 1; returns 0 and 0 for any other text. */
static void parse_release(const char *text, unsigned int ret[2])
{
	char *end = NULL;
	unsigned long major = strtoul(text, &end, 10), minor;

	if (end == text || *end != '.')
		return;
	text = end + 1;
	minor = strtoul(text, &end, 10);
	if (end == text || major > UINT_MAX || minor > UINT_MAX)
		return;
	ret[0] = (unsigned int)major;
	ret[1] = (unsigned int)minor;
}

/*
 * Returns an amount of /proc/meminfo (given in KiB) in bytes; 0 if the line is missing or
 * malformed. An amount that a kernel prints cannot overflow.
 */
static uint64_t find_amount(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

/*
 * Finds the newest kernel whose modules are in an image, because a boot loader starts that one by
 * default. The release stays unknown if there is none.
 */
static void find_image_release(const struct tree *image, unsigned int ret[2])
{
	struct names CLEANUP(names_done) kernels = {0};

	if (tree_list(image, "/lib/modules", "", &kernels) < 0)
		return;
	for (size_t i = 0; i < kernels.count; i++) {
		unsigned int release[2] = {0};

		parse_release(kernels.items[i], release);
		if (release[0] > ret[0] || (release[0] == ret[0] && release[1] > ret[1]))
			memcpy(ret, release, sizeof(release));
	}
}

void gather_facts(const struct kernel *kernel, const struct tree *image, struct facts *ret)
{
	char text[4096];

	*ret = (struct facts){.image = image != NULL};
	if (image) {
		if (image_is_x86_64(image)) {
			ret->page_size = 4096;
			ret->word_size = 8;
		}
		find_image_release(image, ret->release);
		return;
	}
	ret->page_size = kernel_page_size(kernel);
	ret->word_size = kernel_word_size(kernel);
	parse_release(kernel_release(kernel), ret->release);
	/* The key belongs to this process's network namespace, which is the host's. */
	ret->keepalive = gather_figure(kernel, "/proc/sys/net/ipv4/tcp_keepalive_time").value;
	if (kernel_read(kernel, "/proc/meminfo", text, sizeof(text)) < 0)
		return;
	ret->ram = find_amount(text, "MemTotal:");
	ret->available = find_amount(text, "MemAvailable:");
}
