/* Reads what the witness recorded, for check, and loads or unloads it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/witness/witness-text.h"
#include "steps/comparison.h"

#define WITNESS_SERVICE "conntrack-persist-witness.service"

/* Start with {0}, as if there were no witness. */
struct witness_look {
	bool readable;
	struct witness_ring ring;
	struct witness_times times;
	/*
	 * When the manifest was written, in microseconds since the epoch; 0: unknown. Another
	 * configuration may have been installed before, whose values this program wrote.
	 */
	uint64_t installed;
	unsigned long page_size; /* of the facts, by which the kernel rounds buckets */
	unsigned int word_size;
	const struct context *context;
};
void witness_look_done(struct witness_look *look);

/*
 * Reads the records if witness = yes is configured, and adds the writers to the JSON object. If
 * they cannot be read, says why: as a warning if a value differs, because its writer stays unknown,
 * else as a note.
 */
void witness_look(struct context *context, const struct comparison *comparison,
		  const struct values *values, struct witness_look *ret);

/*
 * Reads the records and says nothing. -ENOENT: there are none; -EPERM, -EACCES: this process may
 * not read them. The caller owns *ret.
 */
MUST_CHECK int witness_look_again(const struct context *context,
				  const struct comparison *comparison, struct witness_look *ret);

/*
 * Returns whether a process wrote another number than the configured one of this value, since that
 * was installed. The place of the write is not asked for.
 */
bool witness_is_foreign(const struct witness_look *look, const struct value *value,
			const struct witness_event *event);

/* Adds "kubelet.service (kube-proxy, PID 812)". */
void witness_describe_event(const struct witness_look *look, const struct witness_event *event,
			    struct buffer *b);

/*
 * Adds who set a value that differs, such as "set by kubelet.service (kube-proxy, PID 812), today
 * 02:14:07". Nobody is named as the one who set it if the write may have been in another network
 * namespace. Adds nothing for any other value, or without a witness.
 */
void witness_describe_value(const struct witness_look *look, const struct value *value,
			    struct buffer *b);

/* Says what install would load or unload. For plan. */
void witness_foretell(struct context *context, const struct comparison *comparison);

/* Loads or unloads the witness as the plan has it. A witness that cannot be loaded is a warning. */
void witness_follow(struct context *context, const struct comparison *comparison);

/*
 * Loads the witness, for its service. Returns EXIT_DONE also if this kernel or container can have
 * none, which is said in a sentence.
 */
enum exit_code witness_load(struct context *context);

/* Unloads the witness, if there is one. Returns EXIT_FAILED, reported, if a pin stays. */
enum exit_code witness_unload(struct context *context);
