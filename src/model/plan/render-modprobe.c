/* Renders the file for modprobe.d. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/config/module-options.h"
#include "model/plan/render.h"

static void render_install_line(struct buffer *b, const char *program)
{
	/*
	 * The line must load the module and succeed even if this program is missing or fails, and
	 * it must print nothing, because output breaks the loading of modules by iptables.
	 * $CMDLINE_OPTS passes on the options of the caller of modprobe.
	 */
	buffer_printf(b,
		      "\n"
		      "# synchronous = yes: modprobe returns only when the values are in force.\n"
		      "install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack "
		      "$CMDLINE_OPTS && "
		      "{ test ! -x %s || %s apply --quiet >/dev/null 2>&1 || :; }\n",
		      program, program);
}

bool render_has_parameter(const struct setting *settings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (module_option_inherited(settings[i].row))
			return true;
	return false;
}

static void render_options(struct buffer *b, const struct sizes *sizes,
			   const struct setting *settings, size_t count)
{
	buffer_add(b, "options nf_conntrack");
	if (sizes->hashsize)
		buffer_printf(b, " hashsize=%" PRIu64, sizes->hashsize);
	if (sizes->expect_hashsize)
		buffer_printf(b, " expect_hashsize=%" PRIu64, sizes->expect_hashsize);
	for (size_t i = 0; i < count; i++) {
		const char *parameter = module_option_inherited(settings[i].row);

		if (parameter)
			buffer_printf(b, " %s=%" PRIu64, parameter, settings[i].wanted);
	}
	buffer_add(b, "\n");
}

void render_modprobe_tune(struct buffer *b, const struct sizes *sizes,
			  const struct setting *settings, size_t count, const char *program)
{
	bool has_size = sizes->hashsize || sizes->expect_hashsize;
	bool has_parameter = render_has_parameter(settings, count);

	buffer_add(b, "\n");
	if (has_size)
		buffer_add(b, "# Right from the first moment, and no new table later. hashsize "
			      "makes the kernel\n"
			      "# set max to 8 times as much; the udev rule corrects that.\n");
	else
		buffer_add(b, "# No size is set here.\n");
	if (has_parameter)
		buffer_add(b, "# Each new network namespace begins with acct and tstamp as they "
			      "are here.\n");
	if (has_size || has_parameter)
		render_options(b, sizes, settings, count);
	if (program)
		render_install_line(b, program);
}

void render_modprobe_disable(struct buffer *b, bool block)
{
	buffer_add(b,
		   "\n"
		   "# Keeps nf_conntrack from loading by an alias; by name and as a dependency it\n"
		   "# would still load.\n"
		   "blacklist nf_conntrack\n");
	if (block)
		buffer_add(b,
			   "\n"
			   "# A value that the kernel refuses: nf_conntrack cannot load in any way "
			   "but insmod,\n"
			   "# and the kernel's log says why. To undo: conntrack-persist uninstall\n"
			   "options nf_conntrack hashsize=blocked-by-conntrack-persist\n");
}
