/* The list module_blacklist= of the kernel command line, with which the kernel refuses modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "model/runtime/kernel-params.h"

/* The kernel compares each name of the list with the name in the module; "-" is not "_" here. */
struct module_blacklist {
	struct parameter word; /* the last one, which alone counts; points into the text */
	unsigned int count;    /* how many such words there are */
};

/* Reads the kernel command line. If no word is such a list, count is 0. */
void module_blacklist_read(const char *command_line, struct module_blacklist *ret);

/*
 * Reads the next name of a list with commas, and moves *position behind it; start with NULL.
 * Returns NULL at the end. The list must have a value.
 */
const char *parameter_list_next(const struct parameter *list, const char **position,
				size_t *ret_length);

/* Returns whether the kernel refuses the module. */
bool module_blacklist_has(const struct module_blacklist *list, const char *module);

/* Adds the names of the list, with commas, without those that `refused` returns true for. */
void module_blacklist_add_others(const struct module_blacklist *list,
				 bool (*refused)(const char *name, size_t length),
				 struct buffer *b);

/* Returns whether a message may propose the list, because it has plain names alone. */
bool module_blacklist_is_plain(const struct module_blacklist *list);

/*
 * Adds the word that makes the kernel refuse nf_conntrack too: "module_blacklist=nf_conntrack", or
 * the whole list with that name at its end. Returns false if the list is not plain.
 */
bool module_blacklist_propose(const struct module_blacklist *list, struct buffer *b);
