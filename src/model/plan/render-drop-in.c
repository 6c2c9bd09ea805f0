/* Renders the drop-ins for services of this program: what a setting lets them do besides. */
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

void render_namespaces_drop_in(struct buffer *b, bool sets_at_load)
{
	buffer_add(b, "\n");
	if (sets_at_load)
		buffer_add(b, "# namespaces = all: this path unit notices new network namespaces "
			      "that have a name.\n"
			      "[Unit]\n"
			      "Wants=conntrack-persist-namespaces.path\n"
			      "\n");
	buffer_add(
		b,
		"# namespaces = all: the service enters the other network namespaces. To find\n"
		"# those of processes it needs CAP_SYS_PTRACE, to enter one CAP_SYS_ADMIN.\n"
		"[Service]\n"
		"CapabilityBoundingSet=CAP_SYS_ADMIN CAP_SYS_PTRACE\n"
		"ProtectProc=default\n"
		"RestrictNamespaces=\n"
		"RestrictNamespaces=net\n"
		"# The filter names what is refused, because most versions of systemd do not know\n"
		"# listns(2) by name, with which the kernel lists its namespaces (Linux 6.19 and\n"
		"# later).\n"
		"SystemCallFilter=\n"
		"SystemCallFilter=~@clock @cpu-emulation @debug @keyring @module @mount @obsolete\n"
		"SystemCallFilter=~@privileged @raw-io @reboot @resources @swap\n"
		"SystemCallFilter=open_by_handle_at @chown\n");
}

void render_witness_drop_in(struct buffer *b)
{
	buffer_add(
		b,
		"\n"
		"# witness = yes: this service reads who wrote a conntrack key, from a map of the\n"
		"# kernel. CAP_BPF allows that from Linux 5.8 on.\n"
		"[Service]\n"
		"CapabilityBoundingSet=CAP_BPF\n"
		"SystemCallFilter=bpf\n");
}
