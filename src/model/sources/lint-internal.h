/* What the lint-*.c files share; nobody else includes it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/config/schema.h"
#include "model/runtime/kernel-params.h"
#include "model/sources/lint.h"

/* One line under judgement. path NULL: of no file. */
struct lint_place {
	const struct facts *facts;
	const char *path;
	unsigned int line;
	struct problems *problems;
};

/* Tells it and clears the buffer. */
void lint_tell(const struct lint_place *place, enum severity severity, struct buffer *text);

/*
 * Whether enough of this severity was found: another one is counted then, and need not be worked out. After enough warnings
 * the rest of the text need not be judged at all.
 */
bool lint_is_enough(const struct lint_place *place, enum severity severity);

/* A number as the kernel reads it: base 10, or 8 behind a 0, or 16 behind 0x. */
enum number_form {
	NUMBER_NONE, /* something else, which the kernel refuses */
	NUMBER_DECIMAL,
	NUMBER_OCTAL,
	NUMBER_HEX,
};
struct lint_number {
	enum number_form form;
	bool negative;
	uint64_t value; /* without its sign; UINT64_MAX: that or more */
	bool has_digits;
	uint64_t
		digits; /* the same letters read as decimal, if they are that: most likely what was meant */
};
/* plus: a + may stand before it, as in parameters of a module and not in a sysctl. */
struct lint_number lint_read_number(const char *text, size_t length, bool plus);

/* The setting of a kernel key by its file, or by what old kernels, old advice or slips make of that name. -1: none. */
int lint_find_setting(const char *name);

/*
 * Adds `write "[timeouts] udp = 30" in conntrack-persist.conf`. The value is what was meant by the text: as the kernel
 * or the configuration reads it; the setting's default where neither does.
 */
void lint_add_advice(struct buffer *b, int setting, const char *text, size_t length);

/* The advice for whoever wants no conntrack at all. */
#define LINT_ADVICE_OFF \
	"to keep nf_conntrack off write \"[conntrack] mode = disable\" in conntrack-persist.conf"
#define LINT_ADVICE_HELPER \
	"assign helpers by rules (nft \"ct helper set\", iptables \"-j CT --helper\")"

/* What a module has been called. */
struct lint_old_name {
	bool is_alias; /* modprobe still finds it under the old name */
	char now[64];  /* its name now */
};
/* False: no old name; it need not end behind length. Module names with _ for -. */
bool lint_is_old_name(const char *name, size_t length, struct lint_old_name *ret);

/* A key and its value, from a file or (path NULL) from the command line. */
void lint_judge_sysctl(const struct lint_place *place, const char *key, const char *value);

/* One option of nf_conntrack. before: what stands before it in a sound line, "options nf_conntrack ". */
void lint_judge_option(const struct lint_place *place, const struct parameter *option,
		       const char *before);

/* All of an options line. */
void lint_judge_options(const struct lint_place *place, const char *options);
