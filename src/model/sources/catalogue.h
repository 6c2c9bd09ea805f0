/* The catalogue of sources: who else sets values of connection tracking, when, and what to do. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"

/*
 * The sources in the order in which they act at boot, so that a later one overrides an earlier one.
 * Only sysctl --system is out of this order: it acts whenever a user runs it.
 */
enum source {
	SOURCE_OPTIONS,	      /* options of modprobe.d and of the kernel command line */
	SOURCE_PROCPS,	      /* sysctl --system */
	SOURCE_SYSTEMD,	      /* systemd-sysctl */
	SOURCE_INSTALL_LINE,  /* commands of `install` lines in modprobe.d */
	SOURCE_UDEV,	      /* other udev rules */
	SOURCE_TMPFILES,      /* tmpfiles.d */
	SOURCE_IFUPDOWN,      /* interfaces(5) and the scripts in if-up.d */
	SOURCE_NETWORK_EVENT, /* dispatchers of NetworkManager and networkd */
	SOURCE_UNIT,	      /* commands of systemd units */
	SOURCE_WG_QUICK,      /* PostUp= of wg-quick */
	SOURCE_SCRIPT,	      /* rc.local, scripts of SysV init and others that run at boot */
	SOURCE_CRON,	      /* @reboot in a crontab */
	SOURCE_UFW,
	SOURCE_FIREWALLD,
	SOURCE_TUNED,
	SOURCE_KUBE_PROXY,
	SOURCE_NODE_AGENT, /* agents of cloud providers and Kubernetes distributions */
	SOURCE_PVE_FIREWALL,
	SOURCES
};

/* The bit of a source in a set of sources. */
#define SOURCE_BIT(source) (1U << (source))

struct writer;

/* One source. All texts are literals. */
struct source_row {
	const char *name;  /* as it follows "by" in a message */
	const char *where; /* its files, for the documentation */
	const char *read;  /* which of their lines count, for the documentation */
	const char *when;  /* when it acts */
	const char *wins;  /* whether its value is live afterwards, and why */
	/* what to do about a line of it that overrides a value; follows a semicolon */
	const char *advice;
	/* adds advice about this very line in its place; NULL: it is the same for all lines */
	void (*add_advice)(const struct writer *writer, struct buffer *b);
};

extern const struct source_row sources[SOURCES];

/* Adds the names of the sources in a set, to follow "by": "systemd-sysctl, sysctl --system". */
void sources_add_names(unsigned int set, struct buffer *b);

/* Returns the last source of a set in the order of the boot. The set must not be empty. */
enum source sources_find_last(unsigned int set);
