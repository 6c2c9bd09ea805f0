/* host/witness/bpf-assembler: the bytes of instructions, distances of jumps, bounds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "host/witness/bpf-assembler.h"
#include "host/witness/witness-program.h"

/* One instruction as the kernel's documentation writes it: code, registers, offset, number. */
static void expect_instruction(const struct assembler *a, size_t at, unsigned int code, int target,
			       int source, int offset, int number)
{
	char what[32];

	(void)snprintf(what, sizeof(what), "instruction %zu", at);
	expect_number(what, a->instructions[at].code, code);
	expect_number(what, a->instructions[at].dst_reg, (uint64_t)target);
	expect_number(what, a->instructions[at].src_reg, (uint64_t)source);
	assert_int_equal(a->instructions[at].off, offset);
	assert_int_equal(a->instructions[at].imm, number);
}

/* The codes are those of Documentation/bpf/standardization/instruction-set.rst. */
static void instructions_have_the_codes_of_the_standard(void **state)
{
	struct assembler a = {0};
	size_t at = 0;

	(void)state;
	assembler_set(&a, 1, -7);
	assembler_copy(&a, 2, 10);
	assembler_add_number(&a, 2, -8);
	assembler_add_register(&a, 3, 4);
	assembler_and(&a, 5, 511);
	assembler_keep_lower(&a, 6);
	assembler_load(&a, BPF_BYTES_8, 1, 10, -16);
	assembler_load(&a, BPF_BYTES_1, 1, 10, -16);
	assembler_store(&a, BPF_BYTES_4, 10, -24, 7);
	assembler_store_number(&a, BPF_BYTES_2, 10, -26, 3);
	assembler_add_atomic(&a, 7, 9, 1);
	assembler_add_atomic(&a, 7, 1, 0);
	assembler_map(&a, 1, 5);
	assembler_call(&a, 101);
	assembler_exit(&a, 1);
	assert_int_equal(assembler_finish(&a), 0);

	expect_instruction(&a, at++, 0xb7, 1, 0, 0, -7);
	expect_instruction(&a, at++, 0xbf, 2, 10, 0, 0);
	expect_instruction(&a, at++, 0x07, 2, 0, 0, -8);
	expect_instruction(&a, at++, 0x0f, 3, 4, 0, 0);
	expect_instruction(&a, at++, 0x57, 5, 0, 0, 511);
	expect_instruction(&a, at++, 0xbc, 6, 6, 0, 0);
	expect_instruction(&a, at++, 0x79, 1, 10, -16, 0);
	expect_instruction(&a, at++, 0x71, 1, 10, -16, 0);
	expect_instruction(&a, at++, 0x63, 10, 7, -24, 0);
	expect_instruction(&a, at++, 0x6a, 10, 0, -26, 3);
	expect_instruction(&a, at++, 0xdb, 7, 9, 0, 1);
	expect_instruction(&a, at++, 0xdb, 7, 1, 0, 0);
	expect_instruction(&a, at++, 0x18, 1, 1, 0, 5);
	expect_instruction(&a, at++, 0, 0, 0, 0, 0);
	expect_instruction(&a, at++, 0x85, 0, 0, 0, 101);
	expect_instruction(&a, at++, 0xb7, 0, 0, 0, 1);
	expect_instruction(&a, at++, 0x95, 0, 0, 0, 0);
	expect_number("count", a.count, at);
}

static void jumps_count_from_the_next_instruction(void **state)
{
	struct assembler a = {0};

	(void)state;
	assembler_jump(&a, 0);
	assembler_jump_if_equal(&a, 3, 9, 1);
	assembler_label(&a, 0);
	assembler_jump_if_not(&a, 4, -1, 1);
	assembler_set(&a, 1, 1);
	assembler_label(&a, 1);
	assembler_exit(&a, 0);
	assert_int_equal(assembler_finish(&a), 0);
	expect_instruction(&a, 0, 0x05, 0, 0, 1, 0);
	expect_instruction(&a, 1, 0x15, 3, 0, 2, 9);
	expect_instruction(&a, 2, 0x55, 4, 0, 1, -1);
}

/* Eight bytes at once, the rest byte by byte. */
static void text_is_compared_whole(void **state)
{
	struct assembler a = {0};
	uint64_t eight;

	(void)state;
	assembler_jump_unless_text(&a, -64, "net/netfi", 9, 0);
	assembler_label(&a, 0);
	assembler_exit(&a, 1);
	assert_int_equal(assembler_finish(&a), 0);
	memcpy(&eight, "net/netf", sizeof(eight));
	expect_instruction(&a, 0, 0x18, 2, 0, 0, (int32_t)(uint32_t)eight);
	expect_instruction(&a, 1, 0, 0, 0, 0, (int32_t)(uint32_t)(eight >> 32));
	expect_instruction(&a, 2, 0x79, 1, 10, -64, 0);
	expect_instruction(&a, 3, 0x5d, 1, 2, 2, 0);
	expect_instruction(&a, 4, 0x71, 1, 10, -56, 0);
	expect_instruction(&a, 5, 0x55, 1, 0, 0, 'i');
}

static void too_long_a_program_is_refused(void **state)
{
	struct assembler a = {0}, jumps = {0};

	(void)state;
	for (unsigned int i = 0; i < ASSEMBLER_INSTRUCTIONS_MAX; i++)
		assembler_set(&a, 1, 1);
	assert_int_equal(assembler_finish(&a), 0);
	assembler_set(&a, 1, 1);
	assert_int_equal(assembler_finish(&a), -E2BIG);
	for (unsigned int i = 0; i <= ASSEMBLER_JUMPS_MAX; i++)
		assembler_jump(&jumps, 0);
	assert_int_equal(assembler_finish(&jumps), -E2BIG);
}

/* The stack of a BPF program has 512 bytes; 4,096 instructions are the least bound of any kernel. */
static void each_set_of_features_fits(void **state)
{
	const struct kernel_paths paths = {
		8, {{2936, 40, 136}, 3}, {{2944, 136, 240, 48, 0}, 5}, {{2492}, 1}, {{3008}, 1},
	};
	struct assembler a;

	(void)state;
	for (unsigned int features = 0; features < WITNESS_FETCH << 1; features++) {
		assert_int_equal(witness_program_assemble(3, features, &paths, &a), 0);
		assert_true(a.count > 100);
		for (size_t i = 0; i < a.count; i++)
			assert_true(a.instructions[i].off >= -512);
	}
	for (unsigned int bit = WITNESS_BOOT_TIME; bit <= WITNESS_FETCH; bit <<= 1)
		assert_int_equal(witness_probe_assemble((enum witness_feature)bit, 3, &paths, &a),
				 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_have_the_codes_of_the_standard),
		cmocka_unit_test(jumps_count_from_the_next_instruction),
		cmocka_unit_test(text_is_compared_whole),
		cmocka_unit_test(too_long_a_program_is_refused),
		cmocka_unit_test(each_set_of_features_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
