/* Finds other sources of the plan's values: file, line, when they write, and which one wins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/runtime-values.h"
#include "model/sources/precedence.h"

enum writer_time {
	WRITES_BY_SYSTEMD = 1 << 0, /* systemd-sysctl: at boot, and when it is restarted */
	WRITES_BY_PROCPS = 1 << 1,  /* sysctl --system, when somebody runs it */
	/* modprobe.d and the kernel command line, while the module loads */
	WRITES_AT_LOAD = 1 << 2,
	WRITES_BY_UFW = 1 << 3,	       /* when ufw starts */
	WRITES_BY_TUNED = 1 << 4,      /* when tuned starts or changes its profile */
	WRITES_BY_KUBE_PROXY = 1 << 5, /* when kube-proxy starts */
};

struct writer {
	const struct value *value; /* the value that it sets; not owned */
	char *path;
	unsigned int line;
	char *text;	    /* owned; the value as written */
	unsigned int times; /* bits of enum writer_time: when it writes */
	/* bits of enum writer_time: when its value is the live one afterwards */
	unsigned int wins;
	bool same; /* whether it sets the configured value */
	/* whether the kernel refuses the value; the module does not load with such an option */
	bool refused;
	/* number of the previous writer of the same value, from 1; 0: it is the first */
	size_t before;
};

/*
 * How many lines of one kind are listed for one value, plus the last one. A normal host has two or
 * three.
 */
#define WRITERS_MAX SYSCTL_WRITERS_MAX

/* The number of the last writer of a value, from 1. */
struct writer_tail {
	const struct value *value;
	size_t last;
};

/* Start with `struct writers w = {0}`, and release with writers_done(). */
struct writers {
	const struct facts *facts; /* not owned; NULL: the kernel is unknown */
	struct writer *items;
	size_t count;
	struct writer_tail *tails;
	size_t tail_count;
	size_t left_out;	      /* lines beyond WRITERS_MAX that do not win */
	struct sysctl_cut sysctl_cut; /* see sysctl_writers_find() */
	bool out_of_memory;
};
void writers_done(struct writers *writers);

/*
 * Adds the lines of all files of sysctl.d; our own must be among them as planned, but is not
 * listed. See sysctl_writers_find().
 */
void writers_of_sysctl(const struct values *values, const struct text_file *files, size_t count,
		       struct writers *writers);

/* Adds the lines of modprobe.d, and then the kernel command line, which overrides them. */
void writers_of_modprobe(const struct values *values, const struct modprobe_records *records,
			 const char *command_line, struct writers *writers);

/*
 * Adds the "key = value" lines of one file that another program writes at this time, after the
 * lines added for the same time before. section: of an INI file, or NULL. wins: whether values that
 * the kernel accepts are live afterwards.
 */
void writers_of_text(const struct values *values, const char *path, const char *text,
		     const char *section, enum writer_time time, bool wins,
		     struct writers *writers);

/*
 * Adds what kube-proxy's configuration (YAML, KubeProxyConfiguration v1alpha1) sets: max and two
 * timeouts; kube-proxy leaves a value of 0 alone. runs: whether kube-proxy runs here, so that its
 * values win.
 */
void writers_of_kube_proxy(const struct values *values, const char *path, const char *text,
			   bool runs, struct writers *writers);

/*
 * Adds a line that sets a value at this time, or returns the writer if the line is listed already.
 * Beyond WRITERS_MAX the line replaces the previous one if `wins` is true, and is only counted
 * otherwise. Returns NULL if the line was only counted or memory is out, which is remembered.
 */
struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text, enum writer_time time, bool wins);

/* Must be called before a later line of the same time is added: earlier lines no longer win. */
void writers_take_win(struct writers *writers, const struct value *value, enum writer_time time);

/*
 * Returns whether the source overrides our value: it wins at some time with another value, and our
 * udev rule does not run afterwards. The rule corrects values that are set while the module loads,
 * except for expect_hashsize.
 */
bool writer_takes_away(const struct writer *writer);

/* Returns the first source that overrides this value, or NULL. */
const struct writer *writers_find_winner(const struct writers *writers, const struct value *value);

/* Adds the names of the times, to follow "by": "systemd-sysctl, sysctl --system". */
void writer_add_times(unsigned int times, struct buffer *b);

/* Values and the sources that set them; the writers point to the values. */
struct host_writers {
	struct values values;
	struct writers writers;
};
void host_writers_done(struct host_writers *found);
