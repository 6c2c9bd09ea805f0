/* Assembles a BPF program instruction by instruction, with labels; no compiler is needed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <linux/bpf.h>

#include "base/cleanup.h"

/* Bounds of one program. A Linux before 5.2 would take 4,096 instructions. */
#define ASSEMBLER_INSTRUCTIONS_MAX 256U
#define ASSEMBLER_JUMPS_MAX	   64U
#define ASSEMBLER_LABELS_MAX	   8U

/* The frame pointer: the stack lies below it, so that offsets from it are negative. */
#define BPF_FRAME 10

/* How many bytes an instruction loads or stores. */
enum bpf_width {
	BPF_BYTES_1 = 0x10,
	BPF_BYTES_2 = 0x08,
	BPF_BYTES_4 = 0x00,
	BPF_BYTES_8 = 0x18,
};

struct assembler_jump {
	size_t at; /* the instruction that jumps */
	unsigned int label;
};

/*
 * A program in the making. All functions below add instructions at its end; what does not fit is
 * noted, and assembler_finish() fails. Start with {0}.
 */
struct assembler {
	struct bpf_insn instructions[ASSEMBLER_INSTRUCTIONS_MAX];
	size_t count;
	struct assembler_jump jumps[ASSEMBLER_JUMPS_MAX];
	size_t jump_count;
	size_t places[ASSEMBLER_LABELS_MAX]; /* of each label: its instruction plus 1; 0: unset */
	int error;			     /* 0 or -E2BIG */
};

/* target = number; target = source; target += number; target &= number */
void assembler_set(struct assembler *a, int target, int32_t number);
void assembler_copy(struct assembler *a, int target, int source);
void assembler_add_number(struct assembler *a, int target, int32_t number);
void assembler_add_register(struct assembler *a, int target, int source);
void assembler_and(struct assembler *a, int target, int32_t number);
/* Clears the upper 32 bits of a register. */
void assembler_keep_lower(struct assembler *a, int target);

/* target = memory at base + offset; memory at base + offset = source, or a number */
void assembler_load(struct assembler *a, enum bpf_width width, int target, int base, int offset);
void assembler_store(struct assembler *a, enum bpf_width width, int base, int offset, int source);
void assembler_store_number(struct assembler *a, enum bpf_width width, int base, int offset,
			    int32_t number);
/* Clears `size` bytes from base + offset on; both must be multiples of 8. */
void assembler_clear(struct assembler *a, int base, int offset, int size);

/*
 * Adds a register to the 8 bytes at base, as one step that no other processor can come between.
 * With fetch (Linux 5.12 and later) the register gets the number from before.
 */
void assembler_add_atomic(struct assembler *a, int base, int source, int fetch);

/* target = the map of this descriptor */
void assembler_map(struct assembler *a, int target, int map);
/* Calls the kernel's helper of this number: arguments in registers 1 to 5, the result in 0. */
void assembler_call(struct assembler *a, int helper);

/* Jumps to a label, always, or if a register is or is not this number. Jumps go forwards only. */
void assembler_jump(struct assembler *a, unsigned int label);
void assembler_jump_if_equal(struct assembler *a, int target, int32_t number, unsigned int label);
void assembler_jump_if_not(struct assembler *a, int target, int32_t number, unsigned int label);
/*
 * Jumps to a label unless the memory at the frame pointer + offset begins with these bytes. offset
 * must be a multiple of 8. Changes registers 1 and 2.
 */
void assembler_jump_unless_text(struct assembler *a, int offset, const char *text, size_t size,
				unsigned int label);
/* The next instruction is where jumps to this label go. */
void assembler_label(struct assembler *a, unsigned int label);

/* Ends the program with this result. */
void assembler_exit(struct assembler *a, int32_t result);

/*
 * Resolves the labels. Returns -E2BIG if the program passed a bound. That each label which is
 * jumped to was set, behind its jumps, is asserted.
 */
MUST_CHECK int assembler_finish(struct assembler *a);
