/* Tables in states that a test machine does not get into, for what shows them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/render/render-table.h"

struct fixture {
	struct table table;
	struct judgement judgement;
};
void fixture_done(struct fixture *fixture);

/* NULL after the last one. */
const char *fixture_name(size_t index);

/*
 * Makes the fixture as it is at a given look; looks are every two seconds from 2026-03-14 10:56:01
 * UTC on. Only "filling" changes more than its clock. -ENOENT: there is no such fixture; -ENOMEM.
 */
MUST_CHECK int fixture_make(const char *name, unsigned int looks, struct fixture *ret);
/* The state that --watch remembers at that look. */
MUST_CHECK int fixture_history(const char *name, unsigned int looks, struct history *ret);
