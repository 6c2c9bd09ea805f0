/* The program that the kernel runs at each access of a sysctl, to record who wrote a key. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/witness/bpf-assembler.h"
#include "model/witness/kernel-types.h"
#include "model/witness/witness-record.h"

/*
 * Assembles the program for a map of WITNESS_MAP_SLOTS records. features: enum witness_feature;
 * paths: for WITNESS_MEMORY, else NULL. The program allows every access. Returns -E2BIG if it
 * does not fit, which no features cause.
 */
MUST_CHECK int witness_program_assemble(int map, unsigned int features,
					const struct kernel_paths *paths, struct assembler *ret);

/*
 * Assembles a program that does nothing but use one feature, by which the loader finds out whether
 * this kernel has it.
 */
MUST_CHECK int witness_probe_assemble(enum witness_feature feature, int map,
				      const struct kernel_paths *paths, struct assembler *ret);
