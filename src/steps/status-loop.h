/* Runs status --watch: draws the screen of the table repeatedly in the same place. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/render/render-table.h"
#include "steps/context.h"

/*
 * Chooses colours and size for standard output. Without `watch` the screen is complete, however few
 * lines the terminal has.
 */
void status_style(const struct context *context, bool watch, struct screen_style *ret);

/*
 * Reads the table. *ret and *ret_judgement must stay valid until the next call. A negative errno
 * ends the loop; -ECANCELED: the reason has been reported.
 */
typedef int status_look(void *data, const struct table **ret,
			const struct judgement **ret_judgement);

/*
 * Reads and draws every `seconds` seconds until q or a signal ends it; the terminal is restored in
 * every case. If standard output is no terminal, prints the screens one after another with an empty
 * line between. Returns EXIT_FAILED if `look` failed or standard output has no reader.
 */
enum exit_code status_watch(struct context *context, unsigned int seconds, status_look *look,
			    void *data);
