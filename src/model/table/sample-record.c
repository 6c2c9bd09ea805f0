/* Writes a sample of the table's entries as text, and reads it again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "model/table/sample.h"

/* The first line. A later format has another number, which this program does not read. */
#define VERSION_LINE "conntrack-persist sample 1"

void sample_print(const struct sample *sample, const char *boot, struct buffer *b)
{
	unsigned int level = sample->level;
	size_t count = sample->count;

	while (count > SAMPLE_RECORD_MOST)
		count = sample_count_at(sample, ++level);
	buffer_printf(b,
		      VERSION_LINE "\nboot %s\nwhen %" PRIu64 "\nseed %" PRIu64
				   "\nids %d\nlevel %u\nentries %zu\n",
		      boot, sample->when, sample->seed, sample->has_ids, level, count);
	for (size_t i = 0; i < count; i++)
		buffer_printf(b, "%" PRIx64 "\n", sample->hashes[i]);
}

/* Reads a line of "WORD NUMBER". */
static bool read_field(struct text_line *line, const char *word, uint64_t most, uint64_t *ret)
{
	size_t length = strlen(word);

	return text_next_line(line) && line->length > length + 1 &&
	       memcmp(line->text, word, length) == 0 && line->text[length] == ' ' &&
	       text_parse_number(line->text + length + 1, line->length - length - 1, most, ret) ==
		       0;
}

static bool is_line(const struct text_line *line, const char *text)
{
	return line->length == strlen(text) && memcmp(line->text, text, line->length) == 0;
}

/* Returns 0, or as sample_parse(). */
static int read_boot(struct text_line *line, const char *boot)
{
	static const char word[] = "boot ";
	const size_t length = sizeof(word) - 1;

	if (!text_next_line(line) || line->length < length || memcmp(line->text, word, length) != 0)
		return -EBADMSG;
	return line->length == length + strlen(boot) &&
			       memcmp(line->text + length, boot, strlen(boot)) == 0
		       ? 0
		       : -ESTALE;
}

static bool read_hash(const struct text_line *line, uint64_t *ret)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < line->length; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = memchr(digits, line->text[i], sizeof(digits) - 1);

		if (!digit)
			return false;
		hash = hash << 4 | (uint64_t)(digit - digits);
	}
	*ret = hash;
	return line->length > 0 && line->length <= 16;
}

/* Reads the hashes, which ascend and belong to the level, up to the end of the text. */
static int read_hashes(struct text_line *line, size_t count, struct sample *sample)
{
	while (text_next_line(line)) {
		uint64_t hash;

		if (sample->count == count || !read_hash(line, &hash) ||
		    (sample->count > 0 && hash <= sample->hashes[sample->count - 1]))
			return -EBADMSG;
		sample->hashes[sample->count++] = hash;
	}
	return sample->count == count && sample_count_at(sample, sample->level) == count ? 0
											 : -EBADMSG;
}

int sample_parse(const char *text, const char *boot, struct sample **ret)
{
	struct sample *CLEANUP(free_pointer) sample = NULL;
	struct text_line line = {.next = text};
	uint64_t ids, level, count;
	int error = sample_new(0, &sample);

	if (error < 0)
		return error;
	if (!text_next_line(&line) || !is_line(&line, VERSION_LINE))
		return -EBADMSG;
	error = read_boot(&line, boot);
	if (error < 0)
		return error;
	if (!read_field(&line, "when", UINT64_MAX, &sample->when) ||
	    !read_field(&line, "seed", UINT64_MAX, &sample->seed) ||
	    !read_field(&line, "ids", 1, &ids) ||
	    !read_field(&line, "level", SAMPLE_LEVEL_MOST, &level) ||
	    !read_field(&line, "entries", SAMPLE_RECORD_MOST, &count))
		return -EBADMSG;
	sample->has_ids = ids > 0;
	sample->level = (unsigned int)level;
	sample->recorded = true;
	error = read_hashes(&line, count, sample);
	if (error == 0)
		*ret = steal_pointer(&sample);
	return error;
}
