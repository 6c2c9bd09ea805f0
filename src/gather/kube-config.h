/* Reads the configuration of kube-proxy, from wherever its file can be seen. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"
#include "model/sources/kube-proxy.h"
#include "model/sources/kube-words.h"

/* Start with kube_search_new(), and release with kube_search_done(). */
struct kube_search {
	struct reading reading;
	struct host_writers *found; /* not owned */
	struct daemons daemons;	    /* kube-proxy, and programs that contain it */
	unsigned int processors;    /* 0: unknown */
};
MUST_CHECK int kube_search_new(const struct gathering *gathering, struct host_writers *found,
			       struct kube_search *ret);
void kube_search_done(struct kube_search *search);

/* Returns a daemon with this name, or NULL. */
const struct host_daemon *kube_find_daemon(const struct kube_search *search, const char *name);

/*
 * Reads a text as YAML. Returns 1, or 0 if it is none or cannot be read, which is noted; -ENOMEM.
 */
MUST_CHECK int kube_read_yaml(struct kube_search *search, const char *path, const char *text,
			      struct yaml_scalars *ret);

/* Notes that the words in this file were cut, if they were. */
void kube_note_cut(const struct kube_search *search, const struct kube_words *words,
		   const char *path);

/* Adds what kube-proxy sets, unless a field of it has no value, which is noted. */
void kube_add_writers(struct kube_search *search, const struct kube_proxy *proxy);

/*
 * Reads a configuration, or a ConfigMap with one in it, and adds what it sets. `proxy` has what
 * else is known. Returns 1; 0 if the text is none, which is noted unless it is YAML; or -ENOMEM.
 */
MUST_CHECK int kube_add_config(struct kube_search *search, const char *path, const char *text,
			       const struct kube_proxy *proxy);

/*
 * Reads the configuration that kube-proxy was started with: in the daemon's own root, on the host,
 * or in a volume of the kubelet. daemon: may be NULL. Notes a file that is nowhere. -ENOMEM.
 */
MUST_CHECK int kube_open_config(struct kube_search *search, const struct host_daemon *daemon,
				const char *path, const struct kube_proxy *proxy);

/*
 * Reads the configurations in the volumes of the kubelet. name: of the file. Returns 1 if there was
 * one, else 0; -ENOMEM.
 */
MUST_CHECK int kube_open_volumes(struct kube_search *search, const char *name,
				 const struct kube_proxy *proxy);
