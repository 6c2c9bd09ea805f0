/* status --watch: the screen of the table, again and again in its place. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/render/render-table.h"
#include "steps/context.h"

/* How to draw on standard output as it is; of one look: whole, however few lines the terminal has. */
void status_style(const struct context *context, bool watch, struct screen_style *ret);

/*
 * What there is now, which has to stay until the next call. Negative errno: the watch ends; -ECANCELED: why has been
 * reported.
 */
typedef int status_look(void *data, const struct table **ret,
			const struct judgement **ret_judgement);

/*
 * Looks every so many seconds until q or a signal ends it; whatever does, the terminal is as it was. Elsewhere than on a
 * terminal: one screen after the other with an empty line between. EXIT_FAILED: look did, or standard output is gone.
 */
enum exit_code status_watch(struct context *context, unsigned int seconds, status_look *look,
			    void *data);
