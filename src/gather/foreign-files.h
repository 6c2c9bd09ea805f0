/* Reads the files of others that several steps need, each once a run. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-file.h"
#include "gather/gathering.h"
#include "gather/kept-texts.h"
#include "model/runtime/modprobe-lines.h"

enum foreign_kind {
	FOREIGN_SYSCTL,	      /* sysctl.d(5), masked files included, and sysctl.conf */
	FOREIGN_MODPROBE,     /* modprobe.d(5) in reading order, one of each name */
	FOREIGN_MODULES_LOAD, /* modules-load.d(5), with Debian's /etc/modules */
	FOREIGN_UDEV,	      /* udev(7) rules */
	FOREIGN_TMPFILES,     /* tmpfiles.d(5) */
	FOREIGN_KINDS
};

/* Texts of files in their reader's order. */
struct text_files {
	struct text_file *items; /* owned with their strings */
	size_t count;
};

/* Start with `struct foreign_files f = {0}`. */
struct foreign_files {
	struct text_files kinds[FOREIGN_KINDS];
	/* owned; the file of sysctl.d that is a link to /etc/sysctl.conf, or NULL */
	char *linked;
	bool read[FOREIGN_KINDS];
	struct modprobe_records records; /* of FOREIGN_MODPROBE; owned */
	bool has_records;
	struct kept_texts texts, scripts; /* of reading_file(), of reading_script() */
};
void foreign_files_done(struct foreign_files *files);

/*
 * Returns the files of this kind, which gathering->files owns, and reads them at the first call.
 * Files that could not be read are left out and noted in gathering->unread. -ENOMEM.
 */
MUST_CHECK int foreign_files_get(const struct gathering *gathering, enum foreign_kind kind,
				 const struct text_files **ret);

/*
 * Returns the lines of modprobe.d about nf_conntrack and what it needs, which gathering->files
 * owns, and reads them at the first call, as foreign_files_get() does. -ENOMEM.
 */
MUST_CHECK int foreign_files_modprobe(const struct gathering *gathering,
				      const struct modprobe_records **ret);
