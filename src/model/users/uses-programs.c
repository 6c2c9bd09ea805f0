/* Lists the programs that need connection tracking, and finds boot files that ask for it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/users/uses.h"

#define PODS	"pods and services are reached by translated addresses"
#define CUT_OFF "services and pods of this node are cut off"
#define BARE	"this host has no firewall"

/*
 * command: the kernel's name of the process, at most 15 characters, or NULL; unit: without
 * .service. While it runs, a program is certain if it always sets such rules, whatever its
 * configuration. At boot, a unit is certain if without conntrack it fails to start or leaves the
 * host cut off or without a firewall, and likely if it needs conntrack only for some networks or
 * configurations.
 */
static const struct {
	const char *command, *unit, *words, *breaks;
	enum certainty while_it_runs, at_boot;
} programs[] = {
	{"dockerd", "docker", "translates the addresses of its containers",
	 "docker.service does not start; containers lose their network", USE_LIKELY, USE_CERTAIN},
	{NULL, "snap.docker.dockerd", "translates the addresses of its containers",
	 "Docker does not start; containers lose their network", USE_LIKELY, USE_CERTAIN},
	{"containerd", "containerd", "its network plug-ins translate the addresses of containers",
	 "containers with a network of their own do not start", USE_LIKELY, USE_LIKELY},
	{"crio", "crio", "its network plug-ins translate the addresses of containers",
	 "containers with a network of their own do not start", USE_LIKELY, USE_LIKELY},
	{"kubelet", "kubelet", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{"k3s-server", "k3s", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{"k3s-agent", "k3s-agent", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{NULL, "rke2-server", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{NULL, "rke2-agent", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{NULL, "k0scontroller", PODS, CUT_OFF, USE_LIKELY, USE_LIKELY},
	{NULL, "k0sworker", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{"kubelite", "snap.microk8s.daemon-kubelite", PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{"kube-proxy", "kube-proxy", "translates the addresses of services",
	 "kube-proxy does not start; services are cut off on this node", USE_CERTAIN, USE_CERTAIN},
	{"firewalld", "firewalld", "its zones match on connection state",
	 "firewalld does not start: this host has no firewall", USE_CERTAIN, USE_CERTAIN},
	{NULL, "shorewall", "its rules match on connection state", BARE, USE_LIKELY, USE_CERTAIN},
	{NULL, "shorewall6", "its rules match on connection state", BARE, USE_LIKELY, USE_CERTAIN},
	{NULL, "firehol", "its rules match on connection state", BARE, USE_LIKELY, USE_CERTAIN},
	{NULL, "arno-iptables-firewall", "its rules match on connection state", BARE, USE_LIKELY,
	 USE_CERTAIN},
	{NULL, "csf", "its rules match on connection state", BARE, USE_LIKELY, USE_CERTAIN},
	{NULL, "SuSEfirewall2", "its rules match on connection state", BARE, USE_LIKELY,
	 USE_CERTAIN},
	{"pve-firewall", "pve-firewall", "its rules match on connection state once it is enabled",
	 "pve-firewall cannot set its rules", USE_LIKELY, USE_LIKELY},
	{"proxmox-firewal", "proxmox-firewall",
	 "its rules match on connection state once it is enabled",
	 "proxmox-firewall cannot set its rules", USE_LIKELY, USE_LIKELY},
	{"libvirtd", "libvirtd", "its default network masquerades",
	 "guests in libvirt's networks lose theirs", USE_LIKELY, USE_LIKELY},
	{"virtnetworkd", "virtnetworkd", "its default network masquerades",
	 "guests in libvirt's networks lose theirs", USE_LIKELY, USE_LIKELY},
	{"lxd", "lxd", "its bridges masquerade", "containers in its networks lose theirs",
	 USE_LIKELY, USE_LIKELY},
	{NULL, "lxc-net", "its bridge masquerades", "containers in its network lose theirs",
	 USE_LIKELY, USE_LIKELY},
	{"incusd", "incus", "its bridges masquerade", "containers in its networks lose theirs",
	 USE_LIKELY, USE_LIKELY},
	{NULL, "podman-restart", "netavark translates the addresses of containers",
	 "containers with a network of their own do not start", USE_LIKELY, USE_LIKELY},
	{"ovs-vswitchd", "openvswitch-switch", "its kernel module needs nf_conntrack",
	 "Open vSwitch cannot load its module: its bridges are gone", USE_LIKELY, USE_CERTAIN},
	{NULL, "openvswitch", "its kernel module needs nf_conntrack",
	 "Open vSwitch cannot load its module: its bridges are gone", USE_LIKELY, USE_CERTAIN},
	{"keepalived", "keepalived", "its virtual servers are IPVS, which needs nf_conntrack",
	 "virtual servers are gone", USE_LIKELY, USE_LIKELY},
	{NULL, "ipvsadm", "virtual servers are IPVS, which needs nf_conntrack",
	 "virtual servers are gone", USE_LIKELY, USE_LIKELY},
	{"conntrackd", "conntrackd", "copies the table to another host", "conntrackd fails",
	 USE_LIKELY, USE_CERTAIN},
	{"tailscaled", "tailscaled", "its rules match on marks of connections and masquerade",
	 "tailscaled cannot set its rules", USE_LIKELY, USE_LIKELY},
	{"miniupnpd", "miniupnpd", "translates the addresses of those who ask it",
	 "miniupnpd cannot forward ports", USE_LIKELY, USE_LIKELY},
};

static void append_program(size_t i, enum certainty certainty, const char *how, struct uses *uses)
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
		if (programs[i].command && strcmp(command, programs[i].command) == 0)
			append_program(i, programs[i].while_it_runs, "runs", uses);
}

void uses_of_unit(const char *unit, struct uses *uses)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		size_t length = strlen(programs[i].unit);

		if (strncmp(unit, programs[i].unit, length) == 0 &&
		    strcmp(unit + length, ".service") == 0)
			append_program(i, programs[i].at_boot, "starts at boot", uses);
	}
}

void uses_of_docker_without_rules(const char *unit, struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_LIKELY,
				       .kind = "service",
				       .name = unit,
				       .breaks = "in networks of your own, containers find no "
						 "names; Swarm's services are gone"},
		 "starts at boot, also without connection tracking, because iptables = false has "
		 "it set no rules for the host; its proxy publishes ports");
}

void uses_of_quadlet(const char *name, const char *path, enum certainty certainty,
		     struct uses *uses)
{
	const char *suffix = strrchr(name, '.');
	char unit[300];

	(void)snprintf(unit, sizeof(unit), "%.*s%s.service", (int)(suffix - name), name,
		       strcmp(suffix, ".pod") == 0 ? "-pod" : "");
	uses_add(uses,
		 &(struct use_heading){.certainty = certainty,
				       .kind = "service",
				       .name = unit,
				       .breaks = "podman cannot start its containers"},
		 "%s from %s: podman translates the addresses of its containers",
		 certainty == USE_CERTAIN ? "is started at boot" : "may be started", path);
}

const char *uses_known_unit(size_t i)
{
	return i < ARRAY_SIZE(programs) ? programs[i].unit : NULL;
}

void uses_of_rules_file(const char *loader, const char *path, unsigned int line, unsigned int lines,
			struct uses *uses)
{
	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "this host will boot without a firewall"},
		 "is loaded at boot by %s and has %s line%s with connection state or NAT (%sline "
		 "%u), so that it is refused as a whole",
		 loader, text_count(lines).text, lines == 1 ? "" : "s",
		 lines == 1 ? "" : "the first is ", line);
}

void uses_of_boot_script(const char *loader, const char *path, unsigned int line, struct uses *uses)
{
	const char *slash = strrchr(path, '/');
	bool by_itself = strcmp(loader, path) == 0 || (slash && strcmp(slash + 1, loader) == 0);

	uses_add(uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "file",
				       .name = path,
				       .breaks = "this host will boot without a part of its "
						 "firewall or NAT"},
		 "is run at boot%s%s, and line %u sets a rule with connection state or NAT",
		 by_itself ? "" : " by ", by_itself ? "" : loader, line);
}

/*
 * Adds the module. systemd-modules-load skips modules that modprobe.d blacklists, and fails for
 * modules that need them.
 */
static void add_module(const char *path, const char *name, struct uses *uses)
{
	bool blacklisted = strcmp(name, "nf_conntrack") == 0 || strcmp(name, "ip_conntrack") == 0;

	if (*module_describe(name) || blacklisted)
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
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		char name[64];
		size_t size;

		text_trim_line(&line, " \t");
		size = strcspn(line.text, " \t\r\n");
		if (size > 0 && size < sizeof(name) && *line.text != '#' && *line.text != ';') {
			memcpy(name, line.text, size);
			name[size] = '\0';
			for (char *c = name; *c; c++)
				if (*c == '-')
					*c = '_';
			add_module(path, name, uses);
		}
	}
}
