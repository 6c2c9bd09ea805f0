/* Reads the section conntrack of the configuration of kube-proxy, or its flags. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sources/writers.h"
#include "model/sources/yaml-scalars.h"

enum kube_proxy_field {
	KUBE_MAX_PER_CORE,
	KUBE_MIN,
	KUBE_MAX, /* only releases before 1.19 know it */
	KUBE_TCP_ESTABLISHED,
	KUBE_TCP_CLOSE_WAIT,
	KUBE_UDP,
	KUBE_UDP_STREAM,
	KUBE_TCP_BE_LIBERAL,
	KUBE_FIELDS
};

/* One field of the section `conntrack`. A field that is null or missing has its default. */
struct kube_proxy_setting {
	bool is_set;
	/* entries, or whole seconds; kube-proxy leaves the key alone if `leaves` is true */
	uint64_t number;
	bool leaves;
	unsigned int line; /* of the field, also of one that is null; 0: it is not there */
};

/* Start with `struct kube_proxy proxy = {.path = path}`. Nothing is owned. */
struct kube_proxy {
	const char *path;  /* the file to change */
	unsigned int line; /* of its section or command; for fields that are not there */
	struct kube_proxy_setting settings[KUBE_FIELDS];
	unsigned int minor;	 /* of the release 1.MINOR; 0: unknown */
	unsigned int processors; /* 0: unknown */
	bool inactive;		 /* kube-proxy does not run here */
	bool possible;		 /* whether it runs is unknown */
	/* the first field whose value is none, so that kube-proxy does not start with it; NULL */
	const char *wrong;
	unsigned int wrong_line;
};

/*
 * Returns the document that is the configuration of kube-proxy: one of that kind, or one without a
 * kind. 0: none.
 */
unsigned int kube_proxy_find_document(const struct yaml_scalars *scalars);

/* Where a text begins that is a value in another text. */
struct kube_proxy_origin {
	unsigned int line;   /* of its first line; 1 for a text of its own */
	bool lines_are_lost; /* the value is no literal block, so that all of it is in `line` */
};

/*
 * Reads the section `conntrack` of the document; KubeProxyConfiguration of
 * kubeproxy.config.k8s.io/v1alpha1.
 */
void kube_proxy_read_document(const struct yaml_scalars *scalars, unsigned int document,
			      const struct kube_proxy_origin *origin, struct kube_proxy *proxy);

/*
 * Reads a flag such as "--conntrack-min=0". next: the word behind it, or NULL. Returns how many
 * words were read: 2 if next is its value, 1, or 0 for another word.
 */
unsigned int kube_proxy_read_flag(const char *word, const char *next, unsigned int line,
				  struct kube_proxy *proxy);

/*
 * Returns the value of the flag --NAME=VALUE or --NAME VALUE, or NULL if the word is another one. A
 * flag may have "_" for "-".
 */
const char *kube_flag_value(const char *word, const char *next, const char *name);

/*
 * Returns the minor number of a release, of "v1.28.4", or of an image such as
 * "registry.k8s.io/kube-proxy:v1.28.4@sha256:...". 0: it has none.
 */
unsigned int kube_release_minor(const char *text);

/* Returns the name of a field in the section, or of its flag without the dashes. */
const char *kube_field_to_string(enum kube_proxy_field field);
const char *kube_flag_to_string(enum kube_proxy_field field);

/*
 * Adds what to do about a value that kube-proxy overrides. To take a field out changes nothing,
 * because kube-proxy has a default for it.
 */
void kube_proxy_add_advice(const struct writer *writer, struct buffer *b);

/*
 * Adds what kube-proxy sets when it starts: max, hashsize, two timeouts, and others if they are
 * configured.
 */
void writers_of_kube_proxy(const struct values *values, const struct kube_proxy *proxy,
			   struct writers *writers);
