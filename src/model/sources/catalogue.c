/* The catalogue of sources: who else sets values of connection tracking, when, and what to do. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/catalogue.h"

#include <assert.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "model/sources/kube-proxy.h"
#include "model/sources/writers-pve.h"
#include "model/sources/writers-tuned.h"

#define TAKE_LINE_OUT "remove that line, or put its value into the configuration"
#define RULE_IS_EARLIER \
	"yes, because it acts after the module has loaded and after the udev rule has run"

const struct source_row sources[SOURCES] = {
	[SOURCE_PROCPS] =
		{
			.name = "sysctl --system",
			.where = "the files of sysctl.d, /etc/sysctl.conf",
			.read = "KEY = VALUE with dots or slashes; both names of max; a dash "
				"before "
				"the key; no `*` behind a dash",
			.when = "when a person or a program runs it",
			.wins = "yes, if its file is read after 90-conntrack-persist.conf; "
				"/etc/sysctl.conf is read last",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_OPTIONS] =
		{
			.name = "modprobe at each load",
			.where = "the files of modprobe.d, /proc/cmdline",
			.read = "options nf_conntrack hashsize=, expect_hashsize=, acct=, tstamp=; "
				"nf_conntrack.hashsize= on the kernel command line",
			.when = "while the module loads",
			.wins = "no, because the udev rule sets the values right after the load; "
				"only expect_hashsize keeps its value, because nothing can change "
				"it later",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_SYSTEMD] =
		{
			.name = "systemd-sysctl",
			.where = "the files of sysctl.d; /etc/sysctl.conf if a link in sysctl.d "
				 "leads to it",
			.read = "KEY = VALUE with dots or slashes; both names of max; a dash "
				"before "
				"the key; patterns with `*`",
			.when = "at boot, and when its service is restarted",
			.wins = "yes, if nf_conntrack is loaded by then and the file is read after "
				"90-conntrack-persist.conf",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_INSTALL_LINE] =
		{
			.name = "the install line's command at each load",
			.where = "the files of modprobe.d",
			.read = "install lines of nf_conntrack and of modules that load it: "
				"sysctl, echo and tee",
			.when = "at each load of the module by modprobe",
			.wins = "yes, because its command and the udev rule run at the same time, "
				"and "
				"the command is usually later",
			.advice = "remove the part that sets it from that line, or put its value "
				  "into the configuration",
		},
	[SOURCE_UDEV] =
		{
			.name = "udev",
			.where = "the files of udev/rules.d",
			.read = "SYSCTL{KEY}=\"VALUE\", ATTR{parameters/hashsize}=\"VALUE\", and "
				"commands in RUN+=",
			.when = "at each event that the rule matches",
			.wins = "yes, if the file sorts after 60-conntrack-persist.rules, and "
				"always "
				"for a command",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_TMPFILES] =
		{
			.name = "systemd-tmpfiles",
			.where = "the files of tmpfiles.d",
			.read = "lines of the type w with a path below /proc/sys or /sys/module",
			.when = "at boot, and when systemd-tmpfiles is run",
			.wins = RULE_IS_EARLIER,
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_IFUPDOWN] =
		{
			.name = "ifupdown",
			.where = "/etc/network/interfaces, interfaces.d, if-up.d, if-pre-up.d",
			.read = "commands of pre-up, up and post-up, and the scripts: sysctl, echo "
				"and tee",
			.when = "when an interface comes up",
			.wins = RULE_IS_EARLIER,
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_NETWORK_EVENT] =
		{
			.name = "a dispatcher of network events",
			.where = "/etc/NetworkManager/dispatcher.d, /etc/networkd-dispatcher",
			.read = "the scripts: sysctl, echo and tee",
			.when = "when an interface changes",
			.wins = RULE_IS_EARLIER,
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_UNIT] =
		{
			.name = "a systemd unit",
			.where = "units and drop-ins in /etc/systemd/system, "
				 "/usr/local/lib/systemd/system and /usr/lib/systemd/system",
			.read = "commands of Exec*=, and scripts in /etc, /usr/local, /opt, /root "
				"and "
				"/srv that they run: sysctl, echo and tee",
			.when = "when the unit starts",
			.wins = "yes, if the unit is enabled, because it starts after the udev "
				"rule "
				"has run",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_WG_QUICK] =
		{
			.name = "wg-quick",
			.where = "/etc/wireguard/*.conf",
			.read = "commands of PreUp and PostUp: sysctl, echo and tee",
			.when = "when the tunnel comes up",
			.wins = "yes, if the tunnel's unit is enabled",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_SCRIPT] =
		{
			.name = "a script at boot",
			.where =
				"/etc/rc.local, /etc/rc.d/rc.local, /etc/init.d, /etc/local.d, and "
				"scripts that these run",
			.read = "sysctl [-w] KEY=VALUE, sysctl -p FILE, echo VALUE > PATH, tee "
				"PATH; "
				"a value that is a variable is a computed one",
			.when = "at boot",
			.wins = "yes, if the script is enabled, because it runs after the udev "
				"rule",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_CRON] =
		{
			.name = "cron",
			.where = "/etc/crontab, /etc/cron.d, /var/spool/cron",
			.read = "commands of all lines, @reboot among them: sysctl, echo and tee",
			.when = "at boot, or at the times of the line",
			.wins = RULE_IS_EARLIER,
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_UFW] =
		{
			.name = "ufw",
			.where = "/etc/ufw/sysctl.conf, or the file that IPT_SYSCTL in "
				 "/etc/default/ufw names",
			.read = "KEY = VALUE with dots or slashes; both names of max",
			.when = "when ufw starts, is enabled or is reloaded",
			.wins = "yes, if ufw is enabled",
			.advice = TAKE_LINE_OUT,
		},
	[SOURCE_FIREWALLD] =
		{
			.name = "firewalld",
			.where = "/etc/firewalld/firewalld.conf",
			.read = "AutomaticHelpers=yes or no, which sets nf_conntrack_helper",
			.when = "when firewalld starts or is reloaded",
			.wins = "possibly, because versions 0.5 to 0.9 set it, and later versions "
				"ignore the line",
			.advice = "write AutomaticHelpers=system there, or put its value into the "
				  "configuration",
		},
	[SOURCE_TUNED] =
		{
			.name = "tuned",
			.where = "the active profile and the profiles that it includes, in "
				 "/etc/tuned/profiles, /etc/tuned, /usr/lib/tuned/profiles and "
				 "/usr/lib/tuned",
			.read = "[sysctl], [net], [sysfs], [modules], [bootloader]",
			.when = "when tuned starts or its profile changes",
			.wins = "hashsize always; a sysctl if 90-conntrack-persist.conf does not "
				"set "
				"it, or with reapply_sysctl = 0",
			.advice = "set the key to the configured value in a profile of your own "
				  "that includes the active one (docs/troubleshooting.md), or put "
				  "its value into the configuration",
			.add_advice = tuned_add_advice,
		},
	[SOURCE_KUBE_PROXY] =
		{
			.name = "kube-proxy",
			.where = "its configuration and flags; the flags that k3s, RKE2 and "
				 "MicroK8s give it",
			.read = "the section conntrack with the defaults of kube-proxy",
			.when = "when kube-proxy starts",
			.wins = "yes, if kube-proxy runs here or starts at boot; some releases "
				"leave a larger max and larger timeouts alone",
			.advice = "set maxPerCore: 0, min: 0 and timeouts of 0s, so that it leaves "
				  "the values alone; with max_policy = at_least a larger max stays",
			.add_advice = kube_proxy_add_advice,
		},
	[SOURCE_NODE_AGENT] =
		{
			.name = "the node's agent",
			.where = "/etc/sysctl.d/99-k8s-general.conf, which Gardener's agent and "
				 "kops write",
			.read = "KEY = VALUE, as in other files of sysctl.d",
			.when = "when systemd-sysctl or sysctl --system runs, which the agent does",
			.wins = "yes, because the file is read after 90-conntrack-persist.conf",
			.advice = "change the value in the configuration of the agent, or put it "
				  "into the configuration here",
		},
	[SOURCE_PVE_FIREWALL] =
		{
			.name = "pve-firewall",
			.where = "/etc/pve/nodes/*/host.fw, /etc/pve/local/host.fw",
			.read = "[OPTIONS] nf_conntrack_max and timeouts, with its defaults: max "
				"262,144, rounded up to a multiple of 8,192, a quarter of it as "
				"hashsize, tcp_established 432,000, tcp_syn_recv 60; with "
				"nftables: 1 only what is set",
			.when = "at each update of the rules, every 10 seconds",
			.wins = "yes, because it sets them again at each update; hashsize only if "
				"max is not the configured one",
			.advice = "put the number that it sets into the configuration",
			.add_advice = pve_add_advice,
		},
};

static_assert(SOURCES <= 32, "a set of sources fits into 32 bits");

void sources_add_names(unsigned int set, struct buffer *b)
{
	/* sysctl --system follows systemd-sysctl, which reads the same files. */
	static const enum source first[] = {SOURCE_SYSTEMD, SOURCE_PROCPS};
	const char *separator = "";

	for (size_t i = 0; i < ARRAY_SIZE(first) + SOURCES; i++) {
		bool again = i >= ARRAY_SIZE(first) && (i - ARRAY_SIZE(first) == SOURCE_SYSTEMD ||
							i - ARRAY_SIZE(first) == SOURCE_PROCPS);
		size_t source = i < ARRAY_SIZE(first) ? (size_t)first[i] : i - ARRAY_SIZE(first);

		if (again || !(set & SOURCE_BIT(source)))
			continue;
		buffer_printf(b, "%s%s", separator, sources[source].name);
		separator = ", ";
	}
}

enum source sources_find_last(unsigned int set)
{
	unsigned int last = SOURCES;

	assert(set != 0 && set < SOURCE_BIT(SOURCES));
	do
		last--;
	while (!(set & SOURCE_BIT(last)));
	return (enum source)last;
}
