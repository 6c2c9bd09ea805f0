/* The words of commands that run kube-proxy: in pods, units, processes and distributions. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/sources/kube-proxy.h"
#include "model/sources/yaml-scalars.h"

struct kube_word {
	char *text; /* owned */
	unsigned int line;
};

/* More words than a command has. */
#define KUBE_WORDS_MAX 10000U

/* Start with `struct kube_words words = {0}`, and release with kube_words_done(). */
struct kube_words {
	struct kube_word *items;
	size_t count;
	bool cut; /* there are more than KUBE_WORDS_MAX, which were left out */
};
void kube_words_done(struct kube_words *words);

/* Adds the words of a text, split at blanks, without quotes. -ENOMEM. */
MUST_CHECK int kube_words_add(struct kube_words *words, const char *text, size_t length,
			      unsigned int line);

/* Adds the words of /proc/PID/cmdline, which end in a NUL each, as they are. -ENOMEM. */
MUST_CHECK int kube_words_add_process(struct kube_words *words, const char *text, size_t size);

/*
 * Adds the command and the arguments of the container that runs kube-proxy, in all documents.
 * Returns 1, 0 if there is none, or -ENOMEM. *ret_minor: the release of its image, if that has one;
 * else unchanged.
 */
MUST_CHECK int kube_words_add_pod(struct kube_words *words, const struct yaml_scalars *scalars,
				  unsigned int *ret_minor);

/*
 * Adds the flags for kube-proxy that k3s or RKE2 is given: `kube-proxy-arg` of its configuration,
 * of which a later file replaces an earlier one unless the key ends in "+". Returns -ENOMEM.
 * *ret_disabled: set if `disable-kube-proxy` is there.
 */
MUST_CHECK int kube_words_add_distribution(struct kube_words *words,
					   const struct yaml_scalars *scalars, bool *ret_disabled);

/* Adds the flags for kube-proxy among those of k3s or RKE2 itself. -ENOMEM. */
MUST_CHECK int kube_words_add_nested(struct kube_words *words, const struct kube_words *command,
				     bool *ret_disabled);

/*
 * Returns the index behind the word that is the program kube-proxy, alone or in hyperkube, or
 * SIZE_MAX if there is none.
 */
size_t kube_words_find_program(const struct kube_words *words);

/* Returns whether a word is a variable, so that the words in its place are unknown. */
bool kube_words_have_variable(const struct kube_words *words, size_t first);

/*
 * Reads the flags from this word on. Returns the file of --config, with which kube-proxy ignores
 * its flags about connection tracking, and leaves proxy alone; or NULL.
 */
const char *kube_words_read(const struct kube_words *words, size_t first, struct kube_proxy *proxy);
