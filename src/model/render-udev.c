/* Settings to the rule by which udevd writes the values when nf_conntrack arrives. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/render.h"
#include "model/sizes.h"

#define END_LABEL "conntrack_persist_end"
#define UNIT	  "conntrack-persist.service"

/* Wherever systemd looks for the unit of a package, of a build of one's own, of an administrator. */
static const char *const unit_paths[] = {
	"/usr/lib/systemd/system/" UNIT,
	"/lib/systemd/system/" UNIT,
	"/usr/local/lib/systemd/system/" UNIT,
	"/etc/systemd/system/" UNIT,
};

static void render_mark(struct buffer *b)
{
	buffer_add(b,
		   "\n"
		   "# With this mark systemd has a unit for the module, which others can be bound "
		   "to. If\n"
		   "# the service is installed, it verifies and logs each load.\n"
		   "TAG+=\"systemd\"\n");
	for (size_t i = 0; i < ARRAY_SIZE(unit_paths); i++)
		buffer_printf(b, "TEST!=\"%s\", \\\n  ", unit_paths[i]);
	buffer_add(b, "GOTO=\"conntrack_persist_values\"\n"
		      "ENV{SYSTEMD_WANTS}+=\"" UNIT "\"\n"
		      "LABEL=\"conntrack_persist_values\"\n");
}

static void render_gates(struct buffer *b)
{
	buffer_add(
		b,
		"\n"
		"# On every event but the last, not only on add: a later change event would else\n"
		"# drop what this rule has set on the device.\n"
		"ACTION==\"remove\", GOTO=\"" END_LABEL "\"\n"
		"SUBSYSTEM!=\"module\", GOTO=\"" END_LABEL "\"\n"
		"KERNEL!=\"nf_conntrack\", GOTO=\"" END_LABEL "\"\n");
	render_mark(b);
	buffer_add(
		b,
		"\n"
		"# Kernels before 5.11 send the event before the keys exist: this waits until the\n"
		"# module is live. Only while it is coming, or a late event would load the module\n"
		"# again after an unload.\n"
		"ATTR{initstate}==\"coming\", IMPORT{builtin}=\"kmod load nf_conntrack\"\n"
		"\n"
		"# No write before the keys are there: a hashsize written while the module is\n"
		"# coming lets the size and the table part ways.\n"
		"TEST!=\"/proc/sys/net/netfilter/nf_conntrack_max\", GOTO=\"" END_LABEL "\"\n");
}

/* The number that the kernel makes of it, or each that it may where its page size is not known: 4, 16 and 64 KiB. */
static void render_rounded(struct buffer *b, const struct wished_sizes *sizes)
{
	static const unsigned long page_sizes[] = {4096, 16384, 65536};
	uint64_t last = 0;

	if (sizes->page_size) {
		buffer_printf(b, "%" PRIu64,
			      sizes_round_buckets(sizes->hashsize, sizes->page_size));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(page_sizes); i++) {
		uint64_t rounded = sizes_round_buckets(sizes->hashsize, page_sizes[i]);

		if (rounded != last)
			buffer_printf(b, "%s%" PRIu64, last ? "|" : "", rounded);
		last = rounded;
	}
}

static void render_hashsize(struct buffer *b, const struct wished_sizes *sizes)
{
	buffer_add(
		b,
		"\n"
		"# Not if it has the size already (rounded as the kernel does): the kernel would\n"
		"# build a whole new table before it notices.\n"
		"ATTR{parameters/hashsize}!=\"");
	render_rounded(b, sizes);
	buffer_printf(b, "\", ATTR{parameters/hashsize}=\"%" PRIu64 "\"\n", sizes->hashsize);
}

void render_udev(struct buffer *b, const struct setting *settings, size_t count,
		 const struct wished_sizes *sizes)
{
	render_gates(b);
	if (sizes->hashsize)
		render_hashsize(b, sizes);
	if (count > 0)
		buffer_add(b, "\n"
			      "# The values, written by udevd itself: no process is started. TEST: "
			      "keys that\n"
			      "# some kernels lack.\n");
	for (size_t i = 0; i < count; i++) {
		const struct schema_row *row = settings[i].row;

		if (schema_is_optional(row))
			buffer_printf(b, "TEST==\"/proc/sys/net/netfilter/%s\", ", row->key);
		buffer_printf(b, "SYSCTL{net/netfilter/%s}=\"%" PRIu64 "\"\n", row->key,
			      settings[i].wanted);
	}
	buffer_add(b, "\nLABEL=\"" END_LABEL "\"\n");
}
