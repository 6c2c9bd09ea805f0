/* Says in words who made a write that the witness recorded. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/witness/witness-ring.h"

/* A pair of moments, by which nanoseconds since boot become a time of day. */
struct witness_times {
	uint64_t boot;	/* nanoseconds since boot, now */
	uint64_t epoch; /* microseconds since the epoch, now */
};

/* Returns when the event was, in microseconds since the epoch. */
uint64_t witness_when(const struct witness_times *times, uint64_t since_boot);

/* Adds "today 02:14:07" or "2026-01-02 02:14:07", in this host's time zone. */
void witness_add_moment(const struct witness_times *times, uint64_t since_boot, struct buffer *b);

/*
 * Adds "kubelet.service (kube-proxy, PID 812)", or "sysctl (PID 812)" without an owner. owner: a
 * unit, container or the like, or ""; made harmless here. A user other than root is named, too.
 */
void witness_add_writer(const struct witness_event *event, const char *owner, struct buffer *b);
