/* model/sizes: the kernel's own arithmetic as measured, memory, automatic sizes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/plan/sizes.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

static void release_is_compared_by_both_numbers(void **state)
{
	static const struct {
		unsigned int release[2], major, minor;
		bool before;
	} rows[] = {
		{{5, 10}, 5, 15, true}, {{5, 15}, 5, 15, false}, {{5, 16}, 5, 15, false},
		{{4, 19}, 5, 15, true}, {{6, 1}, 5, 15, false},	 {{6, 0}, 6, 1, true},
		{{5, 19}, 6, 1, true},	{{6, 1}, 6, 1, false},	 {{7, 0}, 6, 1, false},
		{{0, 0}, 5, 15, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.release = {rows[i].release[0], rows[i].release[1]}};

		if (facts_before(&facts, rows[i].major, rows[i].minor) != rows[i].before)
			fail_msg("row %zu", i);
	}
}

static void buckets_are_rounded_up_to_a_page(void **state)
{
	static const struct {
		uint64_t buckets;
		unsigned long page_size;
		unsigned int word_size;
		uint64_t rounded;
	} rows[] = {
		{1, 4096, 8, 512},
		{512, 4096, 8, 512},
		{513, 4096, 8, 1024},
		{1000, 4096, 8, 1024},
		{100000, 4096, 8, 100352},
		{262000, 4096, 8, 262144},
		{262144, 4096, 8, 262144},
		{1, 16384, 8, 2048},
		{2049, 16384, 8, 4096},
		{100000, 16384, 8, 100352},
		{1, 65536, 8, 8192},
		{100000, 65536, 8, 106496},
		{262144, 65536, 8, 262144},
		{1000, 0, 0, 1024},
		{268434944, 4096, 8, 268434944},
		{268434433, 4096, 8, 268434944},
		/* Measured on i686 6.1, arm64 6.12 with pages of 16 KiB, ppc64el 6.1 with 64 KiB */
		{125300, 4096, 4, 125952},
		{125300, 4096, 8, 125440},
		{125300, 16384, 8, 126976},
		{125300, 65536, 8, 131072},
		/* sparc64 and alpha have pages of 8 KiB. */
		{125300, 8192, 8, 125952},
		{125953, 8192, 8, 126976},
		{125300, 65536, 4, 131072},
		{1, 4096, 4, 1024},
		{1024, 4096, 4, 1024},
		{1025, 4096, 4, 2048},
		{100000, 16384, 4, 102400},
		{1, 65536, 4, 16384},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(
			"rounded",
			sizes_round_buckets(rows[i].buckets, rows[i].page_size, rows[i].word_size),
			rows[i].rounded);
}

/* Each seen in a guest with this much memory. */
static void kernel_takes_what_was_measured(void **state)
{
	static const struct {
		unsigned int release[2];
		uint64_t memory_kb, hashsize, expect_hashsize;
		struct table_sizes sizes; /* hashsize, max, expect_hashsize, expect_max */
	} rows[] = {
		{{5, 10}, 460088, 0, 0, {4096, 16384, 512, 64}},
		{{5, 10}, 1262648, 0, 0, {16384, 65536, 512, 256}},
		{{5, 10}, 3915436, 0, 0, {16384, 65536, 512, 256}},
		{{5, 10}, 4312744, 0, 0, {65536, 262144, 512, 1024}},
		{{7, 2}, 458716, 0, 0, {3584, 3584, 512, 56}},
		{{7, 2}, 1261280, 0, 0, {65536, 65536, 512, 1024}},
		{{7, 2}, 3913680, 0, 0, {65536, 65536, 512, 1024}},
		{{7, 2}, 4310992, 0, 0, {262144, 262144, 1024, 4096}},
		{{6, 1}, 460088, 100000, 100, {100352, 802816, 512, 400}},
		{{6, 1}, 4312744, 100000, 100, {100352, 802816, 512, 400}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.ram = rows[i].memory_kb * KIB,
				      .release = {rows[i].release[0], rows[i].release[1]},
				      .page_size = 4096};
		struct table_sizes sizes;
		char what[64];

		(void)snprintf(what, sizeof(what), "%u.%u, %" PRIu64 " kB", rows[i].release[0],
			       rows[i].release[1], rows[i].memory_kb);
		sizes_of_kernel(&facts, rows[i].hashsize, rows[i].expect_hashsize, &sizes);
		expect_number(what, sizes.hashsize, rows[i].sizes.hashsize);
		expect_number(what, sizes.max, rows[i].sizes.max);
		expect_number(what, sizes.expect_hashsize, rows[i].sizes.expect_hashsize);
		expect_number(what, sizes.expect_max, rows[i].sizes.expect_max);
	}
}

/* The kernel compares whole pages, and strictly: exactly 1 GiB is still the small machine. */
static void kernel_defaults_change_just_above_1_and_4_gib(void **state)
{
	static const struct {
		uint64_t ram;
		unsigned long page_size;
		uint64_t old_hashsize, old_max, new_hashsize, new_max;
	} rows[] = {
		{0, 4096, 512, 2048, 1024, 1024},
		{100 * MIB, 4096, 1024, 4096, 1024, 1024},
		{GIB, 4096, 8192, 32768, 8192, 8192},
		{GIB, 0, 8192, 32768, 8192, 8192},
		{GIB + 4095, 4096, 8192, 32768, 8192, 8192},
		{GIB + 4096, 4096, 16384, 65536, 65536, 65536},
		{4 * GIB, 4096, 16384, 65536, 65536, 65536},
		{4 * GIB + 4095, 4096, 16384, 65536, 65536, 65536},
		{4 * GIB + 4096, 4096, 65536, 262144, 262144, 262144},
		{1024 * GIB, 4096, 65536, 262144, 262144, 262144},
		{512 * MIB, 65536, 8192, 32768, 8192, 8192},
		{GIB, 65536, 8192, 32768, 8192, 8192},
		{GIB + 65536, 65536, 16384, 65536, 65536, 65536},
		{4 * GIB + 65536, 65536, 65536, 262144, 262144, 262144},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.ram = rows[i].ram, .page_size = rows[i].page_size};
		struct table_sizes sizes;
		char what[64];

		(void)snprintf(what, sizeof(what), "%" PRIu64 " bytes", rows[i].ram);
		facts.release[0] = 5;
		facts.release[1] = 14;
		sizes_of_kernel(&facts, 0, 0, &sizes);
		expect_number(what, sizes.hashsize, rows[i].old_hashsize);
		expect_number(what, sizes.max, rows[i].old_max);
		facts.release[1] = 15;
		sizes_of_kernel(&facts, 0, 0, &sizes);
		expect_number(what, sizes.hashsize, rows[i].new_hashsize);
		expect_number(what, sizes.max, rows[i].new_max);
	}
}

/*
 * nf_conntrack_init_start() on 32 bit: RAM / 16384 / sizeof(struct hlist_head), which is 4 there,
 * and since 5.15 the largest default is for BITS_PER_LONG >= 64 alone. Rounded to 1024.
 */
static void defaults_of_32_bit_are_others(void **state)
{
	static const struct {
		unsigned int release[2];
		uint64_t ram;
		struct table_sizes sizes; /* hashsize, max, expect_hashsize, expect_max */
	} rows[] = {
		{{6, 1}, 448 * MIB, {7168, 7168, 1024, 112}},
		{{6, 1}, GIB, {16384, 16384, 1024, 256}},
		{{6, 1}, GIB + 4096, {65536, 65536, 1024, 1024}},
		{{6, 1}, 4 * GIB + 4096, {65536, 65536, 1024, 1024}},
		{{6, 1}, 16 * GIB, {65536, 65536, 1024, 1024}},
		{{5, 10}, 448 * MIB, {7168, 28672, 1024, 112}},
		{{5, 10}, GIB + 4096, {16384, 65536, 1024, 256}},
		{{5, 10}, 4 * GIB + 4096, {65536, 262144, 1024, 1024}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.ram = rows[i].ram,
				      .release = {rows[i].release[0], rows[i].release[1]},
				      .page_size = 4096,
				      .word_size = 4};
		struct table_sizes sizes;

		sizes_of_kernel(&facts, 0, 0, &sizes);
		expect_number("hashsize", sizes.hashsize, rows[i].sizes.hashsize);
		expect_number("max", sizes.max, rows[i].sizes.max);
		expect_number("expect_hashsize", sizes.expect_hashsize,
			      rows[i].sizes.expect_hashsize);
		expect_number("expect_max", sizes.expect_max, rows[i].sizes.expect_max);
	}
}

/* Fewer than 256 buckets cannot be on 4 KiB pages, where 512 are the least. */
static void expectations_have_one_bucket_at_least(void **state)
{
	struct facts facts = {.ram = GIB, .page_size = 512};
	struct table_sizes sizes;

	(void)state;
	sizes_of_kernel(&facts, 1, 0, &sizes);
	assert_int_equal(sizes.hashsize, 64);
	assert_int_equal(sizes.expect_max, 4);
	assert_int_equal(sizes.expect_hashsize, 64);
}

static void entry_takes_less_from_6_1_on(void **state)
{
	static const struct {
		unsigned int release[2];
		uint64_t bytes;
	} rows[] = {
		{{5, 10}, 342}, {{6, 0}, 342}, {{6, 1}, 256}, {{7, 2}, 256}, {{0, 0}, 256},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.release = {rows[i].release[0], rows[i].release[1]}};

		expect_number("bytes", sizes_entry_bytes(&facts), rows[i].bytes);
	}
}

static void table_is_entries_and_rounded_buckets(void **state)
{
	const struct facts new = {.release = {6, 1}, .page_size = 4096};
	const struct facts old = {.release = {6, 0}, .page_size = 4096};
	const struct facts large = {.release = {6, 1}, .page_size = 65536};

	(void)state;
	assert_int_equal(sizes_table_bytes(&new, 0, 0), 0);
	assert_int_equal(sizes_table_bytes(&new, 262144, 262144), 66 * MIB);
	assert_int_equal(sizes_table_bytes(&old, 262144, 262144), 262144 * 342 + 2 * MIB);
	assert_int_equal(sizes_table_bytes(&new, 1, 1), 256 + 4096);
	assert_int_equal(sizes_table_bytes(&large, 1, 1), 256 + 65536);
	assert_int_equal(sizes_table_bytes(&new, 2147483647, 268434944),
			 2147483647ULL * 256 + 268434944ULL * 8);
}

/* 384 bytes an entry by the slab of Debian's 6.1 686-pae, and 4 a bucket. */
static void table_of_32_bit_has_larger_entries_and_smaller_buckets(void **state)
{
	const struct facts facts = {.release = {6, 1}, .page_size = 4096, .word_size = 4};

	(void)state;
	assert_int_equal(sizes_entry_bytes(&facts), 384);
	assert_int_equal(sizes_bucket_bytes(125300, 4096, 4), 125952 * 4);
	assert_int_equal(sizes_table_bytes(&facts, 262144, 262144), 97 * MIB);
	assert_int_equal(sizes_table_bytes(&facts, 1, 1), 384 + 4096);
	assert_int_equal(sizes_array_bytes(65536, 4), 262144);
	assert_int_equal(sizes_array_bytes(65536, 0), 524288);
	assert_true(sizes_array_bytes(UINT64_MAX / 4 + 1, 4) == UINT64_MAX);
}

static void table_beyond_all_numbers_is_the_largest_number(void **state)
{
	const struct facts facts = {.release = {6, 1}, .page_size = 4096};

	(void)state;
	assert_true(sizes_table_bytes(&facts, UINT64_MAX / 256 + 1, 1) == UINT64_MAX);
	assert_true(sizes_table_bytes(&facts, 1, UINT64_MAX / 8) == UINT64_MAX);
	assert_true(sizes_table_bytes(&facts, UINT64_MAX / 256, 512) == UINT64_MAX);
	assert_true(sizes_table_bytes(&facts, 1, UINT64_MAX) == UINT64_MAX);
}

static void ram_is_rounded_to_256_mib(void **state)
{
	(void)state;
	assert_int_equal(sizes_round_ram(0), 0);
	assert_int_equal(sizes_round_ram(1), 256 * MIB);
	assert_int_equal(sizes_round_ram(256 * MIB), 256 * MIB);
	assert_int_equal(sizes_round_ram(256 * MIB + 1), 512 * MIB);
	/* what a guest of 4 GiB shows */
	assert_int_equal(sizes_round_ram(3915436 * KIB), 3840 * MIB);
	assert_int_equal(sizes_round_ram(16307392 * KIB), 16 * GIB - 256 * MIB);
}

static void share_is_exact_to_the_byte(void **state)
{
	(void)state;
	assert_int_equal(sizes_share(256 * MIB, 25), 64 * MIB);
	assert_int_equal(sizes_share(4 * GIB, 25), GIB);
	assert_int_equal(sizes_share(4 * GIB, 100), 4 * GIB);
	assert_int_equal(sizes_share(199, 50), 99);
	assert_int_equal(sizes_share(0, 100), 0);
	assert_true(sizes_share(UINT64_MAX, 100) == UINT64_MAX);
}

/*
 * By hand, in MiB: 262144 entries and buckets take 66 (87.5 before 6.1), 524288 132 (175), 1048576
 * 264 (350). 2 % of 4 GiB are 81.9, of 6 GiB 122.9, of 8 GiB 163.8, of 12 GiB 245.8, of 16 GiB
 * 327.7. The kernel's own: 262144 above 4 GiB; above 1 GiB 65536; below, RAM / 131072, and 4 times
 * that before 5.15, where 65536 above 1 GiB are 4 x 16384.
 */
static void automatic_size_is_the_largest_power_of_two_in_2_percent(void **state)
{
	static const struct {
		uint64_t ram, since_6_1, before_6_1;
	} rows[] = {
		{64 * MIB, 16384, 8192},      {256 * MIB, 16384, 8192},
		{257 * MIB, 32768, 16384},    {512 * MIB, 32768, 16384},
		{768 * MIB, 32768, 32768},    {GIB, 65536, 32768},
		{GIB + 1, 65536, 65536},      {2 * GIB, 131072, 65536},
		{3 * GIB, 131072, 131072},    {3840 * MIB, 262144, 131072},
		{4 * GIB, 262144, 131072},    {4 * GIB + 1, 262144, 262144},
		{6 * GIB, 262144, 262144},    {7 * GIB, 524288, 262144},
		{8 * GIB, 524288, 262144},    {9 * GIB, 524288, 524288},
		{12 * GIB, 524288, 524288},   {13 * GIB, 1048576, 524288},
		{16 * GIB, 1048576, 524288},  {18 * GIB, 1048576, 1048576},
		{64 * GIB, 1048576, 1048576}, {1024 * GIB, 1048576, 1048576},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.ram = rows[i].ram, .release = {6, 1}, .page_size = 4096};
		char what[64];

		(void)snprintf(what, sizeof(what), "%" PRIu64 " MiB", rows[i].ram / MIB);
		expect_number(what, sizes_auto_max(&facts, UINT64_MAX), rows[i].since_6_1);
		facts.release[0] = 0;
		expect_number(what, sizes_auto_max(&facts, UINT64_MAX), rows[i].since_6_1);
		facts.release[0] = 6;
		facts.release[1] = 0;
		expect_number(what, sizes_auto_max(&facts, UINT64_MAX), rows[i].before_6_1);
		facts.release[0] = 5;
		facts.release[1] = 10;
		expect_number(what, sizes_auto_max(&facts, UINT64_MAX), rows[i].before_6_1);
	}
}

/*
 * 65536 entries and buckets take 17301504 bytes; at 2 GiB the kernel's own is 65536, at 8 GiB
 * 262144.
 */
static void limit_lowers_the_automatic_size_down_to_the_kernels(void **state)
{
	static const struct {
		uint64_t ram, limit, max;
	} rows[] = {
		{2 * GIB, 2 * 17301504, 131072},
		{2 * GIB, 2 * 17301504 - 1, 65536},
		{2 * GIB, 17301504, 65536},
		{2 * GIB, 17301503, 65536},
		{2 * GIB, 1, 65536},
		{2 * GIB, 0, 65536},
		{2 * GIB, 10 * GIB, 131072},
		{8 * GIB, 64 * MIB, 262144},
		{8 * GIB, 8ULL * 17301504, 524288},
		{16 * GIB, 8ULL * 17301504, 524288},
		{512 * MIB, 0, 4096},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.ram = rows[i].ram, .release = {6, 1}, .page_size = 4096};

		expect_number("max", sizes_auto_max(&facts, rows[i].limit), rows[i].max);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_is_compared_by_both_numbers),
		cmocka_unit_test(buckets_are_rounded_up_to_a_page),
		cmocka_unit_test(kernel_takes_what_was_measured),
		cmocka_unit_test(kernel_defaults_change_just_above_1_and_4_gib),
		cmocka_unit_test(defaults_of_32_bit_are_others),
		cmocka_unit_test(table_of_32_bit_has_larger_entries_and_smaller_buckets),
		cmocka_unit_test(expectations_have_one_bucket_at_least),
		cmocka_unit_test(entry_takes_less_from_6_1_on),
		cmocka_unit_test(table_is_entries_and_rounded_buckets),
		cmocka_unit_test(table_beyond_all_numbers_is_the_largest_number),
		cmocka_unit_test(ram_is_rounded_to_256_mib),
		cmocka_unit_test(share_is_exact_to_the_byte),
		cmocka_unit_test(automatic_size_is_the_largest_power_of_two_in_2_percent),
		cmocka_unit_test(limit_lowers_the_automatic_size_down_to_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
