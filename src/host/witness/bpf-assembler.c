/* Assembles a BPF program instruction by instruction, with labels; no compiler is needed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/witness/bpf-assembler.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* Names of newer kernel headers; the numbers are part of the kernel's interface. */
#define OP_ATOMIC_ADD	0xdb /* BPF_STX | BPF_DW | BPF_ATOMIC, before 5.12 BPF_XADD */
#define OP_ADD_NUMBER	0x07 /* BPF_ALU64 | BPF_ADD | BPF_K, of which two are 0 */
#define FLAG_FETCH	0x01 /* BPF_FETCH, beside BPF_ADD, which is 0 */
#define OP_LOAD_ADDRESS 0x18 /* BPF_LD | BPF_DW | BPF_IMM, two instructions long */

static void add_instruction(struct assembler *a, struct bpf_insn instruction)
{
	if (a->count == ASSEMBLER_INSTRUCTIONS_MAX) {
		a->error = -E2BIG;
		return;
	}
	a->instructions[a->count++] = instruction;
}

void assembler_set(struct assembler *a, int target, int32_t number)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K,
					     .dst_reg = (__u8)target,
					     .imm = number});
}

void assembler_copy(struct assembler *a, int target, int source)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X,
					     .dst_reg = (__u8)target,
					     .src_reg = (__u8)source});
}

void assembler_add_number(struct assembler *a, int target, int32_t number)
{
	add_instruction(a, (struct bpf_insn){
				   .code = OP_ADD_NUMBER, .dst_reg = (__u8)target, .imm = number});
}

void assembler_add_register(struct assembler *a, int target, int source)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_ALU64 | BPF_ADD | BPF_X,
					     .dst_reg = (__u8)target,
					     .src_reg = (__u8)source});
}

void assembler_and(struct assembler *a, int target, int32_t number)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_ALU64 | BPF_AND | BPF_K,
					     .dst_reg = (__u8)target,
					     .imm = number});
}

/* A 32-bit instruction clears the upper half of its target. */
void assembler_keep_lower(struct assembler *a, int target)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_X,
					     .dst_reg = (__u8)target,
					     .src_reg = (__u8)target});
}

void assembler_load(struct assembler *a, enum bpf_width width, int target, int base, int offset)
{
	add_instruction(a, (struct bpf_insn){.code = (__u8)(BPF_LDX | BPF_MEM | (int)width),
					     .dst_reg = (__u8)target,
					     .src_reg = (__u8)base,
					     .off = (__s16)offset});
}

void assembler_store(struct assembler *a, enum bpf_width width, int base, int offset, int source)
{
	add_instruction(a, (struct bpf_insn){.code = (__u8)(BPF_STX | BPF_MEM | (int)width),
					     .dst_reg = (__u8)base,
					     .src_reg = (__u8)source,
					     .off = (__s16)offset});
}

void assembler_store_number(struct assembler *a, enum bpf_width width, int base, int offset,
			    int32_t number)
{
	add_instruction(a, (struct bpf_insn){.code = (__u8)(BPF_ST | BPF_MEM | (int)width),
					     .dst_reg = (__u8)base,
					     .off = (__s16)offset,
					     .imm = number});
}

void assembler_clear(struct assembler *a, int base, int offset, int size)
{
	assert(offset % 8 == 0 && size % 8 == 0);
	for (int done = 0; done < size; done += 8)
		assembler_store_number(a, BPF_BYTES_8, base, offset + done, 0);
}

void assembler_add_atomic(struct assembler *a, int base, int source, int fetch)
{
	add_instruction(a, (struct bpf_insn){.code = OP_ATOMIC_ADD,
					     .dst_reg = (__u8)base,
					     .src_reg = (__u8)source,
					     .imm = fetch ? FLAG_FETCH : 0});
}

/* Adds the instruction pair that loads 64 bits. source: 0, or BPF_PSEUDO_MAP_FD. */
static void add_wide(struct assembler *a, int target, int source, uint64_t number)
{
	add_instruction(a, (struct bpf_insn){.code = OP_LOAD_ADDRESS,
					     .dst_reg = (__u8)target,
					     .src_reg = (__u8)source,
					     .imm = (__s32)(uint32_t)number});
	add_instruction(a, (struct bpf_insn){.imm = (__s32)(uint32_t)(number >> 32)});
}

void assembler_map(struct assembler *a, int target, int map)
{
	add_wide(a, target, BPF_PSEUDO_MAP_FD, (uint32_t)map);
}

void assembler_call(struct assembler *a, int helper)
{
	add_instruction(a, (struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = helper});
}

/* Adds a jump whose distance assembler_finish() fills in. */
static void add_jump(struct assembler *a, struct bpf_insn instruction, unsigned int label)
{
	assert(label < ASSEMBLER_LABELS_MAX);
	if (a->jump_count == ASSEMBLER_JUMPS_MAX) {
		a->error = -E2BIG;
		return;
	}
	a->jumps[a->jump_count++] = (struct assembler_jump){.at = a->count, .label = label};
	add_instruction(a, instruction);
}

void assembler_jump(struct assembler *a, unsigned int label)
{
	add_jump(a, (struct bpf_insn){.code = BPF_JMP | BPF_JA}, label);
}

void assembler_jump_if_equal(struct assembler *a, int target, int32_t number, unsigned int label)
{
	add_jump(a,
		 (struct bpf_insn){
			 .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = (__u8)target, .imm = number},
		 label);
}

void assembler_jump_if_not(struct assembler *a, int target, int32_t number, unsigned int label)
{
	add_jump(a,
		 (struct bpf_insn){
			 .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = (__u8)target, .imm = number},
		 label);
}

/* Compares 8 bytes, which are in the byte order of this machine here and in the kernel. */
static void add_comparison_of_8(struct assembler *a, int offset, const char *text,
				unsigned int label)
{
	uint64_t number;

	memcpy(&number, text, sizeof(number));
	add_wide(a, BPF_REG_2, 0, number);
	assembler_load(a, BPF_BYTES_8, BPF_REG_1, BPF_FRAME, offset);
	add_jump(a,
		 (struct bpf_insn){.code = BPF_JMP | BPF_JNE | BPF_X,
				   .dst_reg = BPF_REG_1,
				   .src_reg = BPF_REG_2},
		 label);
}

void assembler_jump_unless_text(struct assembler *a, int offset, const char *text, size_t size,
				unsigned int label)
{
	assert(offset % 8 == 0);
	for (; size >= 8; size -= 8, text += 8, offset += 8)
		add_comparison_of_8(a, offset, text, label);
	for (; size > 0; size--, text++, offset++) {
		assembler_load(a, BPF_BYTES_1, BPF_REG_1, BPF_FRAME, offset);
		assembler_jump_if_not(a, BPF_REG_1, (unsigned char)*text, label);
	}
}

void assembler_label(struct assembler *a, unsigned int label)
{
	assert(label < ASSEMBLER_LABELS_MAX && a->places[label] == 0);
	a->places[label] = a->count + 1;
}

void assembler_exit(struct assembler *a, int32_t result)
{
	assembler_set(a, BPF_REG_0, result);
	add_instruction(a, (struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
}

int assembler_finish(struct assembler *a)
{
	if (a->error < 0)
		return a->error;
	for (size_t i = 0; i < a->jump_count; i++) {
		size_t at = a->jumps[i].at, place = a->places[a->jumps[i].label];

		assert(place > at + 1);
		/* The distance is counted from the instruction behind the jump. */
		a->instructions[at].off = (__s16)(place - 1 - (at + 1));
	}
	return 0;
}
