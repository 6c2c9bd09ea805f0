/* Programs that are known to need connection tracking, and files that ask for it at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "model/uses.h"

/* command: the kernel's name of the process, 15 characters at most; unit: without .service. */
static const struct {
	const char *command, *unit, *words, *breaks;
	enum certainty
		while_it_runs; /* certain: it sets such rules by itself, however it is configured */
} programs[] = {
	{"dockerd", "docker", "translates the addresses of its containers",
	 "docker.service does not start; containers lose their network", USE_LIKELY},
	{"containerd", "containerd", "its network plug-ins translate the addresses of containers",
	 "containers with a network of their own do not start", USE_LIKELY},
	{"kubelet", "kubelet", "pods and services are reached by translated addresses",
	 "services and pods of this node are cut off", USE_LIKELY},
	{"k3s-server", "k3s", "pods and services are reached by translated addresses",
	 "services and pods of this node are cut off", USE_LIKELY},
	{"kube-proxy", "kube-proxy", "translates the addresses of services",
	 "kube-proxy does not start; services are cut off on this node", USE_CERTAIN},
	{"firewalld", "firewalld", "its zones match on connection state",
	 "firewalld does not start: this host has no firewall", USE_CERTAIN},
	{"libvirtd", "libvirtd", "its default network masquerades",
	 "guests in libvirt's networks lose theirs", USE_LIKELY},
	{"virtnetworkd", "virtnetworkd", "its default network masquerades",
	 "guests in libvirt's networks lose theirs", USE_LIKELY},
	{"lxd", "lxd", "its bridges masquerade", "containers in its networks lose theirs",
	 USE_LIKELY},
	{"incusd", "incus", "its bridges masquerade", "containers in its networks lose theirs",
	 USE_LIKELY},
	{"ovs-vswitchd", "openvswitch-switch", "its kernel module needs nf_conntrack",
	 "Open vSwitch cannot load its module: its bridges are gone", USE_LIKELY},
	{"keepalived", "keepalived", "its virtual servers are IPVS, which needs nf_conntrack",
	 "virtual servers are gone", USE_LIKELY},
	{"conntrackd", "conntrackd", "copies the table to another host", "conntrackd fails",
	 USE_LIKELY},
	{"tailscaled", "tailscaled", "its rules match on marks of connections and masquerade",
	 "tailscaled cannot set its rules", USE_LIKELY},
};

static void add(size_t i, enum certainty certainty, const char *how, struct uses *uses)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s.service", programs[i].unit);
	uses_add(uses,
		 &(struct use_heading){.certainty = certainty,
				       .kind = "service",
				       .name = name,
				       .breaks = programs[i].breaks},
		 "%s: %s", how, programs[i].words);
}

void uses_of_process(const char *command, struct uses *uses)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strcmp(command, programs[i].command) == 0)
			add(i, programs[i].while_it_runs, "runs", uses);
}

void uses_of_unit(const char *unit, struct uses *uses)
{
	static const char *const suffixes[] = {".service", ".socket"};
	size_t length = strcspn(unit, ".");

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		for (size_t k = 0; k < ARRAY_SIZE(suffixes); k++)
			if (strlen(programs[i].unit) == length &&
			    memcmp(unit, programs[i].unit, length) == 0 &&
			    strcmp(unit + length, suffixes[k]) == 0)
				add(i, USE_LIKELY, "starts at boot", uses);
}

void uses_of_rules_file(const char *path, unsigned int line, struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_LIKELY,
				       .kind = "file",
				       .name = path,
				       .breaks = "the file is refused as a whole at boot: this "
						 "host has no firewall"},
		 "line %u asks for connection tracking, and is loaded at boot", line);
}

/* systemd-modules-load passes over what modprobe.d blacklists, and fails for what needs that. */
static void add_module(const char *path, const char *name, struct uses *uses)
{
	bool blacklisted = strcmp(name, "nf_conntrack") == 0 || strcmp(name, "ip_conntrack") == 0;

	if (*module_words(name) || blacklisted)
		uses_add(uses,
			 &(struct use_heading){
				 .certainty = USE_LIKELY,
				 .kind = "file",
				 .name = path,
				 .breaks = blacklisted ? "the line is passed over; take it out"
						       : "systemd-modules-load.service fails at "
							 "each boot; take the line out"},
			 "loads %s at boot", name);
}

void uses_of_modules_load(const char *path, const char *text, struct uses *uses)
{
	while (*text) {
		char name[64];
		size_t size;

		text += strspn(text, " \t");
		size = strcspn(text, " \t\r\n");
		if (size > 0 && size < sizeof(name) && *text != '#' && *text != ';') {
			memcpy(name, text, size);
			name[size] = '\0';
			for (char *c = name; *c; c++)
				if (*c == '-')
					*c = '_';
			add_module(path, name, uses);
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}
