/* Renders the file for sysctl.d. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/plan/render.h"

/*
 * systemd-sysctl ignores failures of a key if either of two equal lines has the dash, in any order.
 */
static void add_twice(struct buffer *b, const struct setting *setting)
{
	static const char *const prefixes[] = {"-", ""};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		buffer_printf(b, "%snet.netfilter.%s = %" PRIu64 "\n", prefixes[i],
			      setting->row->key, setting->wanted);
}

void render_sysctl(struct buffer *b, const struct setting *settings, size_t count)
{
	buffer_add(b,
		   "\n"
		   "# For systemd-sysctl, \"sysctl --system\" and tuned while nf_conntrack is\n"
		   "# loaded; the udev rule sets them at each load. Each value is here twice: the\n"
		   "# line with \"-\" keeps systemd-sysctl from failing if the key is absent, and\n"
		   "# tuned knows only the line without it. The buckets are not here, because a\n"
		   "# write to that key gets lost while another process reads it.\n");
	for (size_t i = 0; i < count; i++)
		if (settings[i].at_least)
			buffer_printf(b,
				      "# %s is not here: what is read from here would lower it,\n"
				      "# and max_policy is at_least. The udev rule and the service "
				      "raise it to %" PRIu64 ".\n",
				      settings[i].row->key, settings[i].wanted);
		else
			add_twice(b, &settings[i]);
}
