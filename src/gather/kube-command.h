/* The commands that start kube-proxy: of static pods, of units and of processes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/kube-config.h"

/* Start with `struct kube_command c = {0}`, and release with kube_command_done(). */
struct kube_command {
	struct kube_words words;
	char *path;	    /* owned; of the file that has it; NULL: there is no command */
	unsigned int minor; /* of the release; 0: unknown */
	bool is_pod;	    /* the kubelet starts it */
	bool starts;	    /* systemd starts it at boot */
};
void kube_command_done(struct kube_command *command);

/* Each sets *ret if there is such a command, and leaves it alone otherwise. -ENOMEM. */
MUST_CHECK int kube_find_pod(struct kube_search *search, struct kube_command *ret);
MUST_CHECK int kube_find_unit(struct kube_search *search, const char *name,
			      struct kube_command *ret);
MUST_CHECK int kube_read_process(const struct host_daemon *daemon, struct kube_command *ret);

/*
 * Adds what kube-proxy inside of MicroK8s, k3s and RKE2 sets. Returns 1 if all of kube-proxy on
 * this host belongs to one of them, else 0; -ENOMEM.
 */
MUST_CHECK int kube_find_distributions(struct kube_search *search);
