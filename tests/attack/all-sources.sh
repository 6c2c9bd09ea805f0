# Makes a host in $host with a line of each kind of source, so that each step has something to
# report. tests/attack/lib.sh comes before it.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
host=${work:?}/host
export CONNTRACK_PERSIST_HOST=$host
# The files of each source, by its heading in docs/sources.md, with a blank before each path.
declare -A source_files
# file HEADING PATH LINE...: writes a file and remembers its heading
file() {
	source_files[${1:-others}]+=" $2"
	mkdir -p "$host$(dirname "$2")"
	printf '%s\n' "${@:3}" >"$host$2"
}
script() {
	file "$1" "$2" '#!/bin/sh' "${@:3}"
	chmod +x "$host$2"
}
# enabled UNIT TARGET: makes the unit start at boot
enabled() {
	mkdir -p "$host/etc/systemd/system/$2.wants"
	ln -s "/etc/systemd/system/$1" "$host/etc/systemd/system/$2.wants/$1"
}
mkdir -p "$host"/{proc/sys/kernel,sys/module,var/lib}
echo 'MemTotal:        3915436 kB' >"$host/proc/meminfo"
echo 6.1.0-13-amd64 >"$host/proc/sys/kernel/osrelease"
set_udp='sysctl -w net.netfilter.nf_conntrack_udp_timeout=60'
for folder in etc run usr/lib; do
	file systemd-sysctl "/$folder/sysctl.d/50-${folder//\//-}.conf" 'net.netfilter.nf_conntrack_max = 1048576/n'
	file 'modprobe at each load' "/$folder/modprobe.d/50-${folder//\//-}.conf" 'options nf_conntrack hashsize=1k'
	file '' "/$folder/modules-load.d/50-${folder//\//-}.conf" nf_conntrack_ipv4
	file udev "/$folder/udev/rules.d/50-${folder//\//-}.rules" "SUBSYSTEM==\"module\", KERNEL==\"nf_conntrack\", RUN+=\"/sbin/$set_udp\""
	file systemd-tmpfiles "/$folder/tmpfiles.d/50-${folder//\//-}.conf" 'w /proc/sys/net/netfilter/nf_conntrack_udp_timeout - - - - 61'
done
file 'sysctl --system' /etc/sysctl.conf 'net.netfilter.nf_conntrack_udp_timeout = 60'
file "the install line's command at each load" /etc/modprobe.d/60-install.conf \
	'install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack && sysctl -p /etc/conntrack.values'
file "the install line's command at each load" /etc/conntrack.values 'net.netfilter.nf_conntrack_udp_timeout = 62'
file ifupdown /etc/network/interfaces 'auto eth0' 'iface eth0 inet dhcp' "	post-up $set_udp" 'source interfaces.d/*'
file ifupdown /etc/network/interfaces.d/eth1 'auto eth1' 'iface eth1 inet dhcp' "	up $set_udp"
script ifupdown /etc/network/if-up.d/values "$set_udp"
script 'a dispatcher of network events' /etc/NetworkManager/dispatcher.d/50-values "$set_udp"
script 'a dispatcher of network events' /etc/networkd-dispatcher/routable.d/50-values "$set_udp"
file 'a systemd unit' /etc/systemd/system/values.service '[Service]' 'ExecStart=/usr/local/sbin/values'
file 'a systemd unit' /etc/systemd/system/values.service.d/more.conf '[Service]' "ExecStartPost=/sbin/$set_udp"
script 'a systemd unit' /usr/local/sbin/values "$set_udp"
enabled values.service multi-user.target
file wg-quick /etc/wireguard/wg0.conf '[Interface]' "PostUp = $set_udp"
enabled wg-quick@wg0.service multi-user.target
script 'a script at boot' /etc/rc.local 'iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT' "$set_udp" /usr/local/sbin/called
script 'a script at boot' /usr/local/sbin/called "$set_udp"
script 'a script at boot' /etc/init.d/values "$set_udp"
script 'a script at boot' /etc/local.d/values.start "$set_udp"
file cron /etc/crontab "@reboot root $set_udp"
file cron /etc/cron.d/values "@reboot root $set_udp"
file cron /var/spool/cron/crontabs/root "@reboot $set_udp"
file ufw /etc/ufw/ufw.conf ENABLED=yes
file ufw /etc/default/ufw IPT_SYSCTL=/etc/ufw/sysctl.conf
file ufw /etc/ufw/sysctl.conf net/netfilter/nf_conntrack_udp_timeout=50
file firewalld /etc/firewalld/firewalld.conf AutomaticHelpers=yes
file tuned /etc/tuned/active_profile mine
file tuned /etc/tuned/mine/tuned.conf '[main]' include=base '[sysctl]' net.netfilter.nf_conntrack_max=5
file tuned /usr/lib/tuned/base/tuned.conf '[sysctl]' net.netfilter.nf_conntrack_max=6
file tuned /etc/tuned/tuned-main.conf 'reapply_sysctl = 1'
file kube-proxy /var/lib/kube-proxy/config.conf conntrack: '  maxPerCore: 100'
file kube-proxy /etc/kubernetes/manifests/kube-proxy.yaml 'kind: Pod' spec: '  containers:' '  - name: kube-proxy' \
	'    image: registry.k8s.io/kube-proxy:v1.30.1' '    command: [kube-proxy, --config=/var/lib/kube-proxy/config.conf]'
file kube-proxy /etc/systemd/system/kube-proxy.service '[Service]' 'ExecStart=/usr/local/bin/kube-proxy --v=2'
file kube-proxy /etc/systemd/system/kube-proxy.service.d/flags.conf '[Service]' ExecStart= \
	'ExecStart=/usr/local/bin/kube-proxy --conntrack-max-per-core=4096'
enabled kube-proxy.service multi-user.target
file kube-proxy /proc/7/comm kube-proxy
printf '%s\0' kube-proxy --config=/var/lib/kube-proxy/config.conf >"$host/proc/7/cmdline"
printf 'Uid:\t0\t0\t0\t0\n' >"$host/proc/7/status"
file "the node's agent" /etc/sysctl.d/99-k8s-general.conf 'net.netfilter.nf_conntrack_max = 1048576'
file pve-firewall /etc/pve/firewall/cluster.fw '[OPTIONS]' 'enable: 1'
file pve-firewall /etc/pve/local/host.fw '[OPTIONS]' 'nf_conntrack_max: 262144'
printf '[conntrack]\nmax = 100000\n[timeouts]\nudp = 45\n[options]\nhelper = no\n' >"$host/etc/conntrack-persist.conf"
