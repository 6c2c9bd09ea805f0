/* The programs that need connection tracking: their processes and units, and what breaks. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/programs.h"

#include <string.h>

#include "base/cleanup.h"

#define PODS	  "pods and services are reached by translated addresses"
#define CUT_OFF	  "services and pods of this node cannot be reached"
#define STATEFUL  "its rules match on connection state"
#define BARE	  "this host has no firewall"
#define PLUG_INS  "its network plug-ins translate the addresses of containers"
#define NO_START  "containers with a network of their own do not start"
#define LIBVIRT	  "its default network masquerades"
#define OWN_LOST  "guests in libvirt's networks lose their network"
#define BRIDGES	  "its bridges masquerade"
#define LOST	  "containers in its networks lose their network"
#define IPVS_GONE "its virtual servers do not work"

/* docs/disable.md lists them. */
static const struct program programs[] = {
	{{"dockerd"},
	 {"docker", "snap.docker.dockerd"},
	 "translates the addresses of its containers",
	 "Docker does not start; containers lose their network",
	 USE_LIKELY,
	 USE_CERTAIN},
	{{"containerd"}, {"containerd"}, PLUG_INS, NO_START, USE_LIKELY, USE_LIKELY},
	{{"crio"}, {"crio", "cri-o"}, PLUG_INS, NO_START, USE_LIKELY, USE_LIKELY},
	{{"kubelet"}, {"kubelet", "snap.kubelet.daemon"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{"k3s-server"}, {"k3s"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{"k3s-agent"}, {"k3s-agent"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{"rke2"}, {"rke2-server", "rke2-agent"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"k0scontroller"}, PODS, CUT_OFF, USE_LIKELY, USE_LIKELY},
	{{NULL}, {"k0sworker"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{"kubelite"},
	 {"snap.microk8s.daemon-kubelite", "snap.microk8s.daemon-kubelet",
	  "snap.microk8s.daemon-proxy"},
	 PODS,
	 CUT_OFF,
	 USE_LIKELY,
	 USE_CERTAIN},
	{{"kube-proxy"},
	 {"kube-proxy", "snap.kube-proxy.daemon"},
	 "translates the addresses of services",
	 "kube-proxy does not start; services cannot be reached on this node",
	 USE_CERTAIN,
	 USE_CERTAIN},
	{{"kube-router"}, {"kube-router"}, PODS, CUT_OFF, USE_LIKELY, USE_CERTAIN},
	{{"flanneld"}, {"flanneld", "flannel"}, PLUG_INS, CUT_OFF, USE_LIKELY, USE_LIKELY},
	{{"calico-node"},
	 {"calico-node", "calico-felix"},
	 STATEFUL,
	 CUT_OFF,
	 USE_LIKELY,
	 USE_LIKELY},
	{{"cilium-agent"}, {"cilium"}, PODS, CUT_OFF, USE_LIKELY, USE_LIKELY},
	{{"firewalld"},
	 {"firewalld"},
	 "its zones match on connection state",
	 "firewalld does not start: this host has no firewall",
	 USE_CERTAIN,
	 USE_CERTAIN},
	{{NULL}, {"shorewall", "shorewall-lite"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"shorewall6", "shorewall6-lite"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"firehol"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL},
	 {"ferm"},
	 "its rules usually match on connection state",
	 BARE,
	 USE_LIKELY,
	 USE_LIKELY},
	{{NULL}, {"arno-iptables-firewall"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"apf"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"vuurmuur"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{NULL}, {"csf"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{"lfd *"},
	 {"lfd"},
	 "starts csf, whose rules match on connection state",
	 "lfd cannot block addresses in the rules of csf",
	 USE_LIKELY,
	 USE_LIKELY},
	{{NULL}, {"SuSEfirewall2"}, STATEFUL, BARE, USE_LIKELY, USE_CERTAIN},
	{{"pve-firewall"},
	 {"pve-firewall"},
	 "its rules match on connection state once it is enabled",
	 "pve-firewall cannot set its rules",
	 USE_LIKELY,
	 USE_LIKELY},
	{{"proxmox-firewal"},
	 {"proxmox-firewall"},
	 "its rules match on connection state once it is enabled",
	 "proxmox-firewall cannot set its rules",
	 USE_LIKELY,
	 USE_LIKELY},
	{{"libvirtd", "virtnetworkd"},
	 {"libvirtd", "virtnetworkd"},
	 LIBVIRT,
	 OWN_LOST,
	 USE_LIKELY,
	 USE_LIKELY},
	{{"lxd"}, {"lxd", "snap.lxd.daemon"}, BRIDGES, LOST, USE_LIKELY, USE_LIKELY},
	{{NULL},
	 {"lxc-net"},
	 "its bridge masquerades",
	 "lxc-net does not start; containers in its network lose their network",
	 USE_LIKELY,
	 USE_CERTAIN},
	{{"incusd"}, {"incus", "incus-startup"}, BRIDGES, LOST, USE_LIKELY, USE_LIKELY},
	{{"systemd-nspawn"},
	 {"systemd-nspawn@"},
	 "systemd-networkd masquerades for the network of this container",
	 "this container reaches only the host",
	 USE_LIKELY,
	 USE_LIKELY},
	{{NULL},
	 {"podman-restart"},
	 "netavark translates the addresses of containers",
	 NO_START,
	 USE_LIKELY,
	 USE_LIKELY},
	{{"ovs-vswitchd"},
	 {"openvswitch-switch", "openvswitch", "ovs-vswitchd"},
	 "its kernel module needs nf_conntrack, also without ct() actions",
	 "Open vSwitch cannot load its module: its bridges do not work, unless they are in user "
	 "space (netdev)",
	 USE_LIKELY,
	 USE_LIKELY},
	{{"ovn-controller"},
	 {"ovn-controller", "ovn-host"},
	 "its flows have ct() actions",
	 "ports with access lists, NAT or load balancers pass no packets",
	 USE_LIKELY,
	 USE_CERTAIN},
	{{"keepalived"},
	 {"keepalived"},
	 "its virtual servers are IPVS, which needs nf_conntrack",
	 IPVS_GONE,
	 USE_LIKELY,
	 USE_LIKELY},
	{{"ldirectord"},
	 {"ldirectord"},
	 "its virtual servers are IPVS, which needs nf_conntrack",
	 IPVS_GONE,
	 USE_LIKELY,
	 USE_CERTAIN},
	{{NULL},
	 {"ipvsadm"},
	 "virtual servers are IPVS, which needs nf_conntrack",
	 IPVS_GONE,
	 USE_LIKELY,
	 USE_LIKELY},
	{{"conntrackd"},
	 {"conntrackd"},
	 "copies the table to another host",
	 "conntrackd fails",
	 USE_LIKELY,
	 USE_CERTAIN},
	{{"tailscaled"},
	 {"tailscaled", "snap.tailscale.tailscaled"},
	 "its rules match on marks of connections and masquerade",
	 "tailscaled cannot set its rules",
	 USE_LIKELY,
	 USE_LIKELY},
	{{"miniupnpd"},
	 {"miniupnpd"},
	 "translates the addresses of the hosts that ask it",
	 "miniupnpd cannot forward ports",
	 USE_LIKELY,
	 USE_LIKELY},
};

const struct program *program_get(size_t i)
{
	return i < ARRAY_SIZE(programs) ? &programs[i] : NULL;
}

/* Returns whether the name is the pattern, or begins with what is before the "*" at its end. */
static bool is_command(const char *name, const char *pattern)
{
	size_t length = strlen(pattern);

	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(name, pattern, length - 1) == 0;
	return strcmp(name, pattern) == 0;
}

const struct program *program_of_process(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		for (size_t k = 0; k < PROGRAM_COMMANDS && programs[i].commands[k]; k++)
			if (is_command(command, programs[i].commands[k]))
				return &programs[i];
	return NULL;
}

static bool is_template(const char *unit)
{
	return unit[strlen(unit) - 1] == '@';
}

static bool is_unit(const char *name, const char *unit)
{
	size_t length = strlen(unit);
	const char *dot = strrchr(name, '.');

	if (strncmp(name, unit, length) != 0 || !dot || strcmp(dot, ".service") != 0)
		return false;
	return is_template(unit) ? dot > name + length : dot == name + length;
}

const struct program *program_of_unit(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		for (size_t k = 0; k < PROGRAM_UNITS && programs[i].units[k]; k++)
			if (is_unit(unit, programs[i].units[k]))
				return &programs[i];
	return NULL;
}

bool program_is_template(const struct program *program)
{
	return is_template(program->units[0]);
}
