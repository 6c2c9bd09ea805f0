/* The networks with NAT that a unit starts: libvirt, systemd-networkd, NetworkManager. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-networks.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/conf-dirs.h"
#include "gather/patterns.h"
#include "model/users/program-config.h"

/* What the visit of networks works on. */
struct networks_visit {
	struct boot_programs *programs;
	const char *unit;
	enum network_start (*read)(const char *text);
};

static int visit_network(void *data, const char *path)
{
	const struct networks_visit *visit = data;
	char *CLEANUP(free_pointer) text = NULL;
	enum network_start start = NETWORK_NOT_TRANSLATED;
	/* Two units may start the same networks: libvirtd and virtnetworkd. */
	int error = boot_rules_note(&visit->programs->scripts->rules, "network ", path);

	if (error > 0)
		error = reading_file(visit->programs->reading, path, &text);
	if (text)
		start = visit->read(text);
	if (start != NETWORK_NOT_TRANSLATED)
		uses_of_network(visit->unit, path,
				start == NETWORK_STARTS ? USE_CERTAIN : USE_LIKELY,
				visit->programs->uses);
	return error;
}

static enum network_start read_libvirt(const char *text)
{
	return libvirt_translates(text) ? NETWORK_STARTS : NETWORK_NOT_TRANSLATED;
}

static enum network_start read_networkd(const char *text)
{
	return networkd_masquerades(text) ? NETWORK_STARTS : NETWORK_NOT_TRANSLATED;
}

/*
 * The files that systemd ships for containers and virtual machines ("80-container-ve.network")
 * masquerade for these alone, which count by their own units.
 */
static int visit_networkd(void *data, const char *path)
{
	return strstr(path, "/lib/systemd/network/80-container-") ||
			       strstr(path, "/lib/systemd/network/80-vm-")
		       ? 0
		       : visit_network(data, path);
}

/* The drop-ins of networks: "eth0.network.d/nat.conf". */
static int visit_drop_ins(struct networks_visit *visit, const char *const *folders)
{
	int error = 0;

	for (; *folders && error == 0; folders++) {
		struct buffer CLEANUP(buffer_clear) pattern = {0};

		buffer_printf(&pattern, "%s/*.network.d/*.conf", *folders);
		error = pattern.data
				? expand_pattern(visit->programs->reading, &visit->programs->names,
						 pattern.data, visit_network, visit)
				: -ENOMEM;
	}
	return error;
}

static int judge_networkd(struct networks_visit *visit)
{
	static const char *const folders[] = {"/etc/systemd/network",
					      "/usr/local/lib/systemd/network",
					      "/usr/lib/systemd/network", NULL};
	int error;

	visit->read = read_networkd;
	error = conf_dirs_visit(visit->programs->reading, folders, ".network", visit_networkd,
				visit);
	return error < 0 ? error : visit_drop_ins(visit, folders);
}

int find_boot_networks(struct boot_programs *programs, const char *unit)
{
	static const char *const libvirt[] = {"/etc/libvirt/qemu/networks/autostart", NULL};
	static const char *const key_files[] = {"/etc/NetworkManager/system-connections",
						"/usr/lib/NetworkManager/system-connections", NULL};
	struct networks_visit visit = {.programs = programs, .unit = unit};
	int error;

	if (strcmp(unit, "libvirtd.service") == 0 || strcmp(unit, "virtnetworkd.service") == 0) {
		visit.read = read_libvirt;
		return conf_dirs_visit(programs->reading, libvirt, ".xml", visit_network, &visit);
	}
	if (strcmp(unit, "systemd-networkd.service") == 0)
		return judge_networkd(&visit);
	if (strcmp(unit, "NetworkManager.service") != 0)
		return 0;
	visit.read = connection_is_shared;
	error = conf_dirs_visit(programs->reading, key_files, "", visit_network, &visit);
	return error < 0 ? error
			 : expand_pattern(programs->reading, &programs->names,
					  "/etc/sysconfig/network-scripts/ifcfg-*", visit_network,
					  &visit);
}
