/* Shared by the lint-*.c files; no other file includes this header. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/config/schema.h"
#include "model/runtime/kernel-params.h"
#include "model/sources/lint.h"

/* The line that is checked. path NULL: the line is in no file. */
struct lint_place {
	const struct facts *facts;
	const struct values *planned; /* as in struct lint_request */
	const char *path;
	unsigned int line;
	struct problems *problems;
};

/* Adds the problem and clears the buffer. */
void lint_tell(const struct lint_place *place, enum severity severity, struct buffer *text);

/* Adds the problem. */
void lint_add(const struct lint_place *place, enum severity severity, const char *format, ...)
	PRINTF_LIKE(3, 4);

/*
 * Returns whether the list has enough problems of this severity, so that the text of another one
 * need not be made; it is only counted. After enough warnings the rest of a file need not be
 * checked.
 */
bool lint_is_enough(const struct lint_place *place, enum severity severity);

/* Returns whether the plan sets the setting, so that nothing need be said of when a line acts. */
bool lint_is_planned(const struct lint_place *place, int setting);

/* How the kernel reads a number: base 10, base 8 after a 0, base 16 after 0x. */
enum number_form {
	NUMBER_NONE, /* not a number; the kernel refuses it */
	NUMBER_DECIMAL,
	NUMBER_OCTAL,
	NUMBER_HEX,
};
struct lint_number {
	enum number_form form;
	bool negative;
	uint64_t value; /* without its sign; UINT64_MAX also if it is larger than that */
	bool has_digits;
	/* the digits read as decimal, which was probably meant, if they can be */
	uint64_t digits;
};
/*
 * Reads a number. plus: whether a "+" may precede it, as in parameters of a module but not in a
 * sysctl.
 */
struct lint_number lint_read_number(const char *text, size_t length, bool plus);

/*
 * Returns the setting for the file name of a kernel key, or for a name of old kernels, of old
 * advice or with a typing error; -1 if there is none.
 */
int lint_find_setting(const char *name);

/*
 * Adds `write "[timeouts] udp = 30" in conntrack-persist.conf`. The value is the text as the kernel
 * or the configuration reads it, or the default of the setting if neither can.
 */
void lint_add_advice(struct buffer *b, int setting, const char *text, size_t length);

/* Advice for administrators who do not want connection tracking at all. */
#define LINT_ADVICE_OFF                                                               \
	"to keep nf_conntrack off the host, write \"[conntrack] mode = disable\" in " \
	"conntrack-persist.conf"
#define LINT_ADVICE_HELPER \
	"assign helpers by rules (nft \"ct helper set\", iptables \"-j CT --helper\")"

/* A former name of a module. */
struct lint_old_name {
	bool is_alias; /* whether modprobe still finds the module by that name */
	char now[64];  /* its present name */
};
/* Returns false if it is not a former name. The name ends at length, with "_" for "-". */
bool lint_is_old_name(const char *name, size_t length, struct lint_old_name *ret);

/* Checks a key and its value, from a file or (path NULL) from the command line. */
void lint_judge_sysctl(const struct lint_place *place, const char *key, const char *value);

/*
 * Checks one option of nf_conntrack. before: the text in front of it in a correct line, such as
 * "options nf_conntrack ".
 */
void lint_judge_option(const struct lint_place *place, const struct parameter *option,
		       const char *before);

/* Checks all options of a line. */
void lint_judge_options(const struct lint_place *place, const char *options);
