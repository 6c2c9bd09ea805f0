/* The schema: which settings exist, their bounds, and the kernel key that each one sets. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum setting_type {
	TYPE_CHOICE,  /* one of the words in choices; the number is its index */
	TYPE_BOOL,    /* yes or no */
	TYPE_NUMBER,  /* a number from min to max */
	TYPE_SIZE,    /* a number from min to max, or auto */
	TYPE_SECONDS, /* seconds, with s, m, h or d as unit if wanted */
	TYPE_BYTES,   /* bytes, with K, M or G as unit if wanted */
	TYPE_SHARE,   /* bytes as in TYPE_BYTES, or percent of RAM */
};

/*
 * The settings that the program treats individually. They come first in the schema, in this order.
 * Every row from SETTING_FIRST_KEY on is a kernel key that is only read, written and compared, so
 * that a new key needs just a row.
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
	SETTING_NAMESPACES,
	SETTING_WITNESS,
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

/*
 * When the hash table may be resized while it has entries. A resize stops all tracked traffic while
 * it runs.
 */
enum resize {
	RESIZE_AUTO, /* at once if the table has fewer than RESIZE_ENTRIES entries */
	RESIZE_NOW,
	RESIZE_NEXT_LOAD,
};

/* The network namespaces that get the configured timeouts and options. */
enum namespaces_scope {
	NAMESPACES_HOST, /* the host's own */
	NAMESPACES_ALL,	 /* every one on this host */
};

enum enforce {
	ENFORCE_BLOCK,
	ENFORCE_BLACKLIST,
};

/*
 * One setting. Bounds and defaults come from net/netfilter/nf_conntrack_standalone.c and
 * nf_conntrack_core.c of Linux 4.18 to 7.2. The fallback "kernel's" stands for a default that the
 * kernel computes; no file can set it.
 */
struct schema_row {
	const char *section;
	const char *name;
	enum setting_type type;
	uint64_t min, max;
	/* the file below /proc/sys/net/netfilter; NULL if the setting is not a sysctl */
	const char *key;
	const char *since,
		/*
		 * The first and the last kernel release with the key. NULL: the key exists since
		 * 4.18 or before, and still exists.
		 */
		*until;
	/* the kernel's build option for the key; NULL if nf_conntrack always has it */
	const char *gate;
	const char *fallback;	    /* the value if no file sets one */
	const char *const *choices; /* the words of a TYPE_CHOICE, ended by NULL */
	/* the name of a setting in this section that this one must not exceed */
	const char *ceiling;
	const char *doc; /* one line for people */
};

/*
 * The largest timeouts. The kernel keeps them as jiffies in an int, so that the bound depends on
 * its HZ (kernel/time/jiffies.c, 7.2).
 */
#define TIMEOUT_MAX_HZ100  21474836U
#define TIMEOUT_MAX_HZ1000 2147483U

/*
 * The most buckets: the kernel allocates at most INT_MAX bytes, at 8 bytes a bucket
 * (nf_ct_alloc_hashtable(), 7.2).
 */
#define HASHSIZE_MAX 268434944U

extern const struct schema_row schema[];
extern const size_t schema_count;

/* Returns the index of a setting in the schema, or -1. */
int schema_find(const char *section, const char *name);

/* Returns the index of the setting that sets this file below /proc/sys/net/netfilter, or -1. */
int schema_find_key(const char *key);

/* Returns the index of the first setting with this name in any section, or -1. */
int schema_find_name(const char *name);

bool schema_has_section(const char *section);

/* Returns the name of the k-th section in the order of the schema, or NULL behind the last one. */
const char *schema_section(size_t k);

/* Returns whether some kernels lack the key, so that a file that sets it must test for it first. */
bool schema_is_optional(const struct schema_row *row);

/*
 * Returns whether each network namespace has its own value for the row. False for settings that are
 * not kernel keys.
 */
bool schema_is_per_namespace(const struct schema_row *row);

/*
 * Parses a number as the kernel and its tools do: up to the first blank, with 010 and 0x10, and
 * with Y and N for a TYPE_BOOL. Returns -EINVAL if the text is not a number, -ERANGE if the number
 * exceeds the bounds of the row.
 */
MUST_CHECK int schema_parse_kernel(const struct schema_row *row, const char *text, uint64_t *ret);

/* Adds the setting as a line of a configuration file: "tcp_established = 21600" or "acct = yes". */
struct buffer;
void schema_format_line(const struct schema_row *row, uint64_t number, struct buffer *b);

/* Adds the allowed values in words: "yes or no", "0 to 255". */
void schema_describe_allowed(const struct schema_row *row, bool for_people, struct buffer *b);

/* Adds the number in digits, with thousands separators if for_people is true. */
void schema_add_number(uint64_t number, bool for_people, struct buffer *b);

/* Returns the unit of the row: "s", "bytes", "entries", "buckets", or "" if it has none. */
const char *schema_unit(const struct schema_row *row);
