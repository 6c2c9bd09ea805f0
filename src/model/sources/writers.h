/* Who else writes the plan's values, in which file and line, and whose value is in force in the end. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/runtime-values.h"
#include "model/sources/precedence.h"

enum writer_time {
	WRITES_BY_SYSTEMD = 1 << 0, /* systemd-sysctl: at boot, and whenever it is restarted */
	WRITES_BY_PROCPS = 1 << 1,  /* sysctl --system, when somebody runs it */
	WRITES_AT_LOAD = 1 << 2,  /* modprobe.d and the kernel command line, as the module loads */
	WRITES_BY_UFW = 1 << 3,	  /* when ufw starts */
	WRITES_BY_TUNED = 1 << 4, /* when tuned starts or changes its profile */
	WRITES_BY_KUBE_PROXY = 1 << 5, /* when kube-proxy starts */
};

struct writer {
	const struct value *value; /* what it writes; the caller's */
	char *path;
	unsigned int line;
	char *text;	    /* as it is written there */
	unsigned int times; /* enum writer_time, when it writes */
	unsigned int wins;  /* those after which its value is the one in force */
	bool same;	    /* and that is what is wanted */
	bool refused;  /* the kernel does not take it; an option, and the module does not load */
	size_t before; /* the one before of the same value, counted from 1; 0: it is the first */
};

/* Lines of one kind that set one value are listed up to this number, with the last one; a host has two or three. */
#define WRITERS_MAX SYSCTL_WRITERS_MAX

/* The last writer of a value, counted from 1. */
struct writer_tail {
	const struct value *value;
	size_t last;
};

/* Start with `struct writers w = {0}`. */
struct writers {
	const struct facts *facts; /* the caller's; NULL: nothing is known of the kernel */
	struct writer *items;
	size_t count;
	struct writer_tail *tails;
	size_t tail_count;
	size_t left_out;	      /* lines beyond WRITERS_MAX that do not win */
	struct sysctl_cut sysctl_cut; /* see sysctl_writers_find() */
	bool out_of_memory;
};
void writers_done(struct writers *writers);

/* All files of sysctl.d, ours among them as it shall be; see sysctl_writers_find(). Ours is no other writer. */
void writers_of_sysctl(const struct values *values, const struct text_file *files, size_t count,
		       struct writers *writers);

/* The lines of modprobe.d, and the kernel command line, which comes last. */
void writers_of_modprobe(const struct values *values, const struct modprobe_records *records,
			 const char *command_line, struct writers *writers);

/*
 * One file of "key = value" lines that somebody writes at that time, behind what was added of that time before. section:
 * of an INI file, or NULL. wins: what the kernel takes of them is in force afterwards.
 */
void writers_of_text(const struct values *values, const char *path, const char *text,
		     const char *section, enum writer_time time, bool wins,
		     struct writers *writers);

/*
 * kube-proxy's configuration (YAML, KubeProxyConfiguration v1alpha1): what it says of max and of two timeouts; 0 means
 * that it leaves them alone. runs: it is at work here, so that its values win.
 */
void writers_of_kube_proxy(const struct values *values, const char *path, const char *text,
			   bool runs, struct writers *writers);

/*
 * Adds a line that sets a value at that time, or returns what is known of that line already. Beyond WRITERS_MAX it takes the
 * place of the line before, unless `wins` is false: then it is counted only. NULL: it was counted only, or there is no memory,
 * which is remembered.
 */
struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text, enum writer_time time, bool wins);

/* Before a later line of that time is added: it takes the win away from those before. */
void writers_take_win(struct writers *writers, const struct value *value, enum writer_time time);

/*
 * Whether it takes its value away from us: it wins some time, with another value, and no rule of ours comes after it. What
 * is set as the module loads, our rule sets right; but for expect_hashsize.
 */
bool writer_takes_away(const struct writer *writer);

/* The first that takes this value away, or NULL. */
const struct writer *writers_find_winner(const struct writers *writers, const struct value *value);

/* "systemd-sysctl, sysctl --system", to stand after "by". */
void writer_add_times(unsigned int times, struct buffer *b);

/* The values that are looked for, and who else sets them: the writers point to the values. */
struct host_writers {
	struct values values;
	struct writers writers;
};
void host_writers_done(struct host_writers *found);
