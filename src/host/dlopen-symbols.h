/* Loads libraries that only some runs need, when a run needs one. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Announces a library that this file opens. Builders of packages and images read this note,
 * because the dynamic section of a program lists only the libraries it is linked with. The format
 * is the "ELF dlopen metadata" of the UAPI group. The packages have Depends for LIBRARY_REQUIRED
 * and Recommends for LIBRARY_RECOMMENDED. Use it once in a file.
 */
#define LIBRARY_NOTE(soname, feature, description, priority)                   \
	LIBRARY_NOTE_OF("[{\"soname\":[\"" soname "\"],\"feature\":\"" feature \
			"\",\"description\":\"" description "\",\"priority\":\"" priority "\"}]")
#define LIBRARY_NOTE_OF(json)                                                         \
	static const struct {                                                         \
		uint32_t name_size, text_size, type;                                  \
		char name[sizeof(LIBRARY_NOTE_NAME)];                                 \
		_Alignas(uint32_t) char text[sizeof(json)];                           \
	} library_note __attribute__((used, aligned(4), section(".note.dlopen"))) = { \
		sizeof(LIBRARY_NOTE_NAME), sizeof(json), 0x407c0c0aU, LIBRARY_NOTE_NAME, json}
#define LIBRARY_NOTE_NAME   "FDO"
#define LIBRARY_REQUIRED    "required"
#define LIBRARY_RECOMMENDED "recommended"

/*
 * A file names the functions that it needs once, in a macro LIST(X) of X(symbol) for each.
 * LIST(LIBRARY_POINTER) makes the pointers, the first members of a struct; LIST(LIBRARY_NAME) makes
 * the names.
 */
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a name that is declared cannot have parentheses */
#define LIBRARY_POINTER(symbol) typeof(symbol) *symbol;
#define LIBRARY_NAME(symbol)	#symbol "\0"

/*
 * Loads a library by its soname; it stays until the process ends. names are those of
 * LIBRARY_NAME(); slots is where the pointers to these functions begin, in the same order.
 * -ELIBACC: not there; -ELIBBAD: one of the functions is not; -ENOMEM.
 */
MUST_CHECK int library_load(const char *soname, const char *names, void *slots);
