/* Renders the file for sysctl.d. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/plan/render.h"

void render_sysctl(struct buffer *b, const struct setting *settings, size_t count)
{
	buffer_add(
		b,
		"\n"
		"# For systemd-sysctl and \"sysctl --system\" while nf_conntrack is loaded; the\n"
		"# udev rule holds them at each load. \"-\": an absent key is no failure. The\n"
		"# buckets are not here: a write to that key gets lost while another reads it.\n");
	for (size_t i = 0; i < count; i++)
		if (settings[i].at_least)
			buffer_printf(b,
				      "# %s is not here: what is read from here would lower it,\n"
				      "# and max_policy is at_least. The udev rule and the service "
				      "raise it to %" PRIu64 ".\n",
				      settings[i].row->key, settings[i].wanted);
		else
			buffer_printf(b, "-net.netfilter.%s = %" PRIu64 "\n", settings[i].row->key,
				      settings[i].wanted);
}
