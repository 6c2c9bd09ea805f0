/* Tells of images of the early boot that hold other copies of our files than planned. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/session.h"

/*
 * A note for each of the host's, or of the image's below --root; no failure, and no drift: on the real root all is set
 * anew. Images are large: not with --quiet, which shows no note, and not for the timer. planned: nothing is installed yet.
 */
void find_initramfs(struct context *context, const struct session *session, bool planned);
