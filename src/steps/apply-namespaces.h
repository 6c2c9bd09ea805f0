/* The other network namespaces of this host brought to the values that each has of its own; for apply --netns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/* In the one that --netns names, or in all but the own one. The plan is not of mode disable. */
enum exit_code apply_namespaces(struct context *context, const struct comparison *comparison);
