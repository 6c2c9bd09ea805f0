/*
 * model/table/sample: which entries are in a sample, of any number of them, and the record of it,
 * also a hostile one.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "model/table/sample.h"

static struct entry entry_of(uint32_t number)
{
	return (struct entry){
		.protocol = IPPROTO_UDP,
		.source = 5353,
		.port = 53,
		.addresses = {.family = AF_INET, .source = {10}, .target = {192, 0, 2, 1}},
		.id = number,
		.has_id = true,
	};
}

static void add_many(struct sample *sample, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		struct entry entry = entry_of(i);

		sample_add(sample, &entry);
	}
}

static struct sample *sample_of(uint32_t count)
{
	struct sample *sample;

	assert_int_equal(sample_new(11, &sample), 0);
	add_many(sample, 0, count);
	sample_finish(sample);
	return sample;
}

static void every_part_of_an_entry_counts(void **state)
{
	struct entry entries[9];
	struct sample *CLEANUP(free_pointer) sample = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = entry_of(1);
	entries[1].protocol = IPPROTO_TCP;
	entries[2].source++;
	entries[3].port++;
	entries[4].addresses.source[0]++;
	entries[5].addresses.target[3]++;
	entries[6].id++;
	entries[7].addresses.source[15]++;
	entries[8].addresses.family = AF_INET6;
	assert_int_equal(sample_new(11, &sample), 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		sample_add(sample, &entries[i]);
	sample_finish(sample);
	expect_number("entries that differ", sample->count, ARRAY_SIZE(entries));
	assert_true(sample->has_ids);
	/* What changes in an entry's life does not count. */
	entries[0].remaining = 99;
	entries[0].replied = entries[0].assured = entries[0].offloaded = true;
	entries[0].state = TCP_STATE_CLOSE;
	sample_add(sample, &entries[0]);
	sample_finish(sample);
	expect_number("the same entry later", sample->count, ARRAY_SIZE(entries));
}

static void an_entry_that_a_dump_has_twice_counts_once(void **state)
{
	struct sample *CLEANUP(free_pointer) sample = sample_of(0);

	(void)state;
	expect_number("none", sample->count, 0);
	for (int round = 0; round < 3; round++)
		add_many(sample, 0, 100);
	sample_finish(sample);
	expect_number("each once", sample->count, 100);
	for (size_t i = 1; i < sample->count; i++)
		assert_true(sample->hashes[i - 1] < sample->hashes[i]);
}

/* The bits behind the highest ones choose, so that each level halves what the one before has. */
static void the_level_rises_only_when_the_sample_is_full(void **state)
{
	struct sample *CLEANUP(free_pointer) sample = NULL;

	(void)state;
	assert_int_equal(sample_new(11, &sample), 0);
	add_many(sample, 0, SAMPLE_MOST);
	expect_number("full", sample->count, SAMPLE_MOST);
	expect_number("level", sample->level, 0);
	add_many(sample, SAMPLE_MOST, SAMPLE_MOST + 1);
	expect_number("level", sample->level, 1);
	assert_in_range(sample->count, SAMPLE_MOST / 2 - 400, SAMPLE_MOST / 2 + 400);
	add_many(sample, SAMPLE_MOST + 1, 1000000);
	sample_finish(sample);
	assert_in_range(sample->level, 6, 7);
	assert_in_range(sample->count, (1000000 >> sample->level) - 500,
			(1000000 >> sample->level) + 500);
	for (size_t i = 0; i < sample->count; i++)
		assert_true(sample->hashes[i] < UINT64_C(1) << (64 - sample->level));
	assert_false(sample->broken);
}

static void a_sample_that_cannot_choose_says_so(void **state)
{
	struct sample *CLEANUP(free_pointer) sample = NULL;
	struct entry entry = entry_of(1);

	(void)state;
	assert_int_equal(sample_new(11, &sample), 0);
	/* All hashes are 0, so that no level lets go of one. */
	sample->count = SAMPLE_MOST;
	sample_add(sample, &entry);
	assert_true(sample->count == SAMPLE_MOST && sample->level == SAMPLE_LEVEL_MOST);
	assert_true(sample->broken);
}

static void a_count_by_level_is_a_count_of_small_hashes(void **state)
{
	struct sample *CLEANUP(free_pointer) sample = sample_of(5000);

	(void)state;
	for (unsigned int level = 0; level < 20; level++) {
		size_t small = 0;

		for (size_t i = 0; i < sample->count; i++)
			small += level == 0 || sample->hashes[i] < UINT64_C(1) << (64 - level);
		expect_number("small", sample_count_at(sample, level), small);
	}
}

/*
 * The record
 */
static void expect_record(const char *what, const char *text, const char *boot, int wanted)
{
	struct sample *CLEANUP(free_pointer) sample = NULL;

	if (sample_parse(text, boot, &sample) != wanted)
		fail_msg("%s", what);
	assert_true((sample != NULL) == (wanted == 0));
}

static void a_record_says_what_the_sample_was(void **state)
{
	static const uint32_t counts[] = {0, 1, 700, SAMPLE_RECORD_MOST};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct sample *CLEANUP(free_pointer) sample = sample_of(counts[i]);
		struct sample *CLEANUP(free_pointer) again = NULL;
		struct buffer CLEANUP(buffer_clear) b = {0};

		sample->when = 1795262400000000;
		sample_print(sample, "boot-1", &b);
		assert_in_range(b.length, 1, SAMPLE_RECORD_SIZE);
		assert_int_equal(sample_parse(b.data, "boot-1", &again), 0);
		assert_true(again->recorded);
		again->recorded = false;
		assert_memory_equal(again, sample, sizeof(*sample));
		expect_record("another boot", b.data, "boot-2", -ESTALE);
		expect_record("a part of the word", b.data, "boot", -ESTALE);
	}
}

static void a_large_sample_has_a_record_of_a_higher_level(void **state)
{
	struct sample *CLEANUP(free_pointer) sample = sample_of(SAMPLE_MOST);
	struct sample *CLEANUP(free_pointer) again = NULL;
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	sample_print(sample, "x", &b);
	assert_in_range(b.length, 1, SAMPLE_RECORD_SIZE);
	assert_int_equal(sample_parse(b.data, "x", &again), 0);
	assert_true(again->level > sample->level && again->count <= SAMPLE_RECORD_MOST);
	assert_true(again->count > SAMPLE_RECORD_MOST / 2 - 400);
	expect_number("level", again->count, sample_count_at(sample, again->level));
	assert_memory_equal(again->hashes, sample->hashes, again->count * sizeof(uint64_t));
}

#define HEAD "conntrack-persist sample 1\nboot x\nwhen 5\nseed 6\nids 1\n"

static void any_other_record_is_refused(void **state)
{
	static const struct {
		const char *what, *text;
	} rows[] = {
		{"empty", ""},
		{"a later version", "conntrack-persist sample 2\nboot x\nwhen 5\nseed 6\nids 1\n"
				    "level 0\nentries 0\n"},
		{"the record of looks", "1795262400000000 60000\n"},
		{"no boot", "conntrack-persist sample 1\n"},
		{"cut in the head", HEAD "level 0\n"},
		{"fewer than it says", HEAD "level 0\nentries 2\n1\n"},
		{"more than it says", HEAD "level 0\nentries 1\n1\n2\n"},
		{"a number too many", HEAD "level 0\nentries 0\n1\n"},
		{"not ascending", HEAD "level 0\nentries 2\n2\n1\n"},
		{"twice", HEAD "level 0\nentries 2\n2\n2\n"},
		{"not of the level", HEAD "level 60\nentries 1\n10\n"},
		{"17 digits", HEAD "level 0\nentries 1\n10000000000000000\n"},
		{"an empty line", HEAD "level 0\nentries 1\n\n"},
		{"capitals", HEAD "level 0\nentries 1\nA\n"},
		{"a sign", HEAD "level 0\nentries 1\n-1\n"},
		{"too high a level", HEAD "level 41\nentries 0\n"},
		{"a level without end", HEAD "level 4294967296\nentries 0\n"},
		{"too many", HEAD "level 0\nentries 8193\n"},
		{"no number", HEAD "level 0\nentries \n"},
		{"another order", "conntrack-persist sample 1\nboot x\nseed 6\nwhen 5\nids 1\n"
				  "level 0\nentries 0\n"},
		{"neither with ids nor without",
		 "conntrack-persist sample 1\nboot x\nwhen 5\nseed 6\nids 2\nlevel 0\nentries 0\n"},
	};

	(void)state;
	expect_record("the shortest", HEAD "level 0\nentries 0\n", "x", 0);
	expect_record("the largest hash", HEAD "level 0\nentries 1\nffffffffffffffff\n", "x", 0);
	expect_record("of the level", HEAD "level 40\nentries 1\nffffff\n", "x", 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_record(rows[i].what, rows[i].text, "x", -EBADMSG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_of_an_entry_counts),
		cmocka_unit_test(an_entry_that_a_dump_has_twice_counts_once),
		cmocka_unit_test(the_level_rises_only_when_the_sample_is_full),
		cmocka_unit_test(a_sample_that_cannot_choose_says_so),
		cmocka_unit_test(a_count_by_level_is_a_count_of_small_hashes),
		cmocka_unit_test(a_record_says_what_the_sample_was),
		cmocka_unit_test(a_large_sample_has_a_record_of_a_higher_level),
		cmocka_unit_test(any_other_record_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
