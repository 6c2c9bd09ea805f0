/* Renders the drop-in by which the drift timer's service restores. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/render.h"

void render_drop_in(struct buffer *b)
{
	buffer_add(b,
		   "\n"
		   "# on_drift = restore: after each look for drift this service comes to its "
		   "turn. It\n"
		   "# does nothing unless that look has found drift which install can put right.\n"
		   "[Unit]\n"
		   "Wants=conntrack-persist-restore.service\n");
}
