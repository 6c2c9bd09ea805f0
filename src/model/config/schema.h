/* The table of settings: what may be configured, within which bounds, and which kernel key it becomes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum setting_type {
	TYPE_CHOICE,  /* one word of `choices`; the number is its index */
	TYPE_BOOL,    /* yes, no */
	TYPE_NUMBER,  /* min to max */
	TYPE_SIZE,    /* min to max, or auto */
	TYPE_SECONDS, /* seconds, or with s, m, h, d */
	TYPE_BYTES,   /* bytes, or with K, M, G */
	TYPE_SHARE,   /* bytes as above, or percent of RAM */
};

/*
 * The settings that the program itself acts on. They lead the table in this order; every row from SETTING_FIRST_KEY on
 * is a kernel key that is only read, written and compared, so that a new one is one row.
 */
enum setting_id {
	SETTING_MODE,
	SETTING_MAX,
	SETTING_MAX_POLICY,
	SETTING_HASHSIZE,
	SETTING_MEMORY_LIMIT,
	SETTING_EXPECT_MAX,
	SETTING_EXPECT_HASHSIZE,
	SETTING_SYNCHRONOUS,
	SETTING_ON_DRIFT,
	SETTING_RESIZE,
	SETTING_ENFORCE,
	SETTING_UNLOAD,
	SETTING_FIRST_KEY,
};

enum mode {
	MODE_TUNE,
	MODE_DISABLE,
};

enum max_policy {
	MAX_EXACT,
	MAX_AT_LEAST,
};

enum on_drift {
	DRIFT_REPORT,
	DRIFT_RESTORE,
};

/* When the hash table may be resized while it has entries, because that stops all tracked traffic meanwhile. */
enum resize {
	RESIZE_AUTO, /* at once if the table has fewer than RESIZE_ENTRIES entries */
	RESIZE_NOW,
	RESIZE_NEXT_LOAD,
};

enum enforce {
	ENFORCE_BLOCK,
	ENFORCE_BLACKLIST,
};

/*
 * Bounds and defaults: net/netfilter/nf_conntrack_standalone.c and nf_conntrack_core.c of Linux 4.18 to 7.2; what the
 * kernel computes where nothing is configured is "kernel's", which no file can say.
 */
struct schema_row {
	const char *section;
	const char *name;
	enum setting_type type;
	uint64_t min, max;
	const char *key; /* file below /proc/sys/net/netfilter; NULL: not a sysctl */
	const char *since,
		*until; /* first and last kernel release with the key; NULL: every one from 4.18 on */
	const char *gate;     /* the kernel's build option; NULL: always there with nf_conntrack */
	const char *fallback; /* the value where nothing is configured */
	const char *const *choices; /* of TYPE_CHOICE, ends in NULL */
	const char *ceiling; /* name of a setting of this section that this one must not exceed */
	const char *doc;     /* one line */
};

/* Timeouts are kept in jiffies in an int: the largest depends on the kernel's HZ (kernel/time/jiffies.c, 7.2). */
#define TIMEOUT_MAX_HZ100  21474836U
#define TIMEOUT_MAX_HZ1000 2147483U

/* The bucket array is at most INT_MAX bytes of 8-byte buckets (nf_ct_alloc_hashtable(), 7.2). */
#define HASHSIZE_MAX 268434944U

extern const struct schema_row schema[];
extern const size_t schema_count;

/* Index of a setting in the table, or -1. */
int schema_find(const char *section, const char *name);

/* Index of the setting that writes this file below /proc/sys/net/netfilter, or -1. */
int schema_find_key(const char *key);

/* Index of the first setting with this name in any section, or -1. */
int schema_find_name(const char *name);

bool schema_has_section(const char *section);

/* The k-th section's name in the order of the table, or NULL. */
const char *schema_section(size_t k);

/* Whether some kernels lack the key, so that a file which writes it has to ask first. */
bool schema_is_optional(const struct schema_row *row);

/* Whether each network namespace has a value of its own; what is none of the kernel's has not. */
bool schema_is_per_namespace(const struct schema_row *row);

/*
 * Reads a number as the kernel and its tools do: up to the first blank, 010 and 0x10, and Y and N of a switch. -EINVAL: it is
 * none; -ERANGE: it is out of the row's bounds.
 */
MUST_CHECK int schema_parse_kernel(const struct schema_row *row, const char *text, uint64_t *ret);

/* Adds "tcp_established = 21600" or "acct = yes". */
struct buffer;
void schema_format_line(const struct schema_row *row, uint64_t number, struct buffer *b);

/* What may be written, in words: "yes or no", "0 to 255". */
void schema_describe_allowed(const struct schema_row *row, bool for_people, struct buffer *b);

/* Adds the number, with thousands separators for people. */
void schema_add_number(uint64_t number, bool for_people, struct buffer *b);

/* "s", "bytes", "entries" ...; "" where the value has no unit. */
const char *schema_unit(const struct schema_row *row);
