/* Reads and checks the record of the automatic sizes of one boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/boot-sizes.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "model/config/ini.h"
#include "model/config/schema.h"
#include "model/plan/artifact.h"
#include "model/plan/digest.h"
#include "model/plan/render.h"

void render_boot_sizes(struct buffer *b, const struct sizes *sizes)
{
	buffer_printf(b,
		      "\n"
		      "# The automatic sizes of this boot, and what they follow from.\n"
		      "[sizes]\n"
		      "from = %s\n"
		      "ram = %" PRIu64 "\n"
		      "max = %" PRIu64 "\n"
		      "hashsize = %" PRIu64 "\n",
		      sizes->inputs, sizes->ram, sizes->max, sizes->hashsize);
}

struct boot_sizes_reader {
	struct sizes sizes;
	bool out_of_memory;
};

/* A missing field stays 0, which the caller refuses. */
static void take_pair(void *userdata, const char *section, const char *name, const char *value,
		      unsigned int line)
{
	struct boot_sizes_reader *reader = userdata;
	struct sizes *sizes = &reader->sizes;
	size_t length = strlen(value);

	(void)section;
	(void)line;
	if (strcmp(name, "from") == 0 && !sizes->inputs) {
		sizes->inputs = strdup(value);
		reader->out_of_memory = !sizes->inputs;
	} else if (strcmp(name, "ram") == 0) {
		(void)!text_parse_number(value, length, INT64_MAX, &sizes->ram);
	} else if (strcmp(name, "max") == 0) {
		(void)!text_parse_number(value, length, INT_MAX, &sizes->max);
	} else if (strcmp(name, "hashsize") == 0) {
		(void)!text_parse_number(value, length, HASHSIZE_MAX, &sizes->hashsize);
	}
}

int boot_sizes_parse(const char *bytes, size_t size, struct sizes *ret)
{
	struct problems CLEANUP(problems_done) problems = {0};
	struct boot_sizes_reader reader = {0};
	struct ini_events events = {.pair = take_pair, .userdata = &reader};
	const struct sizes *sizes = &reader.sizes;
	int error;

	if (!digest_is_intact(bytes, size))
		return -EBADMSG;
	error = ini_read(PATH_BOOT_SIZES, bytes, size, &events, &problems);
	if (error == 0 && reader.out_of_memory)
		error = -ENOMEM;
	if (error == 0 && (problems.count > 0 || !sizes->inputs || !sizes->ram || !sizes->max ||
			   !sizes->hashsize))
		error = -EBADMSG;
	if (error < 0) {
		free(reader.sizes.inputs);
		return error;
	}
	*ret = reader.sizes;
	return 0;
}
