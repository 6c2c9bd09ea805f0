#!/bin/bash
# One run opens each file of others once, whatever the number of steps that look at it; libkmod reads modprobe.d by itself.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
# shellcheck source=tests/attack/lib.sh
. "$srcdir/tests/attack/lib.sh"
command -v strace >/dev/null || { echo 'no strace; see scripts/packages'; exit 77; }

host=$work/host
export CONNTRACK_PERSIST_HOST=$host
mkdir -p "$host"/{etc,run,usr/lib}/{sysctl.d,modprobe.d,modules-load.d,udev/rules.d} "$host"/etc/{ufw,default,tuned/mine} \
	"$host"/etc/{network,systemd/system/multi-user.target.wants} "$host"/{var/lib/kube-proxy,proc/sys/kernel,sys/module}
echo 'MemTotal:        3915436 kB' >"$host/proc/meminfo"
echo 6.1.0-13-amd64 >"$host/proc/sys/kernel/osrelease"
printf '[conntrack]\nmax = 100000\n[timeouts]\nudp = 45\n' >"$host/etc/conntrack-persist.conf"
# One line of each kind of source, so that each step has something to say.
for folder in etc run usr/lib; do
	echo 'net.netfilter.nf_conntrack_max = 1048576/n' >"$host/$folder/sysctl.d/50-${folder//\//-}.conf"
	echo 'options nf_conntrack hashsize=1k' >"$host/$folder/modprobe.d/50-${folder//\//-}.conf"
	echo nf_conntrack_ipv4 >"$host/$folder/modules-load.d/50-${folder//\//-}.conf"
	echo 'SUBSYSTEM=="module", KERNEL=="nf_conntrack", RUN+="/bin/true"' >"$host/$folder/udev/rules.d/50-${folder//\//-}.rules"
done
echo 'net.netfilter.nf_conntrack_udp_timeout = 60' >"$host/etc/sysctl.conf"
echo ENABLED=yes >"$host/etc/ufw/ufw.conf"
echo 'IPT_SYSCTL=/etc/ufw/sysctl.conf' >"$host/etc/default/ufw"
echo 'net/netfilter/nf_conntrack_udp_timeout=50' >"$host/etc/ufw/sysctl.conf"
echo mine >"$host/etc/tuned/active_profile"
printf '[sysctl]\nnet.netfilter.nf_conntrack_max=5\n' >"$host/etc/tuned/mine/tuned.conf"
printf 'conntrack:\n  maxPerCore: 100\n' >"$host/var/lib/kube-proxy/config.conf"
printf '#!/bin/sh\niptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n' >"$host/etc/rc.local"
chmod +x "$host/etc/rc.local"
printf 'auto eth0\niface eth0 inet dhcp\n' >"$host/etc/network/interfaces"
"$twin" -q install >/dev/null 2>&1 || :

# opened ARGUMENT...: each file below the host's etc, run, usr and var that a run opens, with how often; not folders.
opened() {
	strace -f -qq -y -e trace=open,openat,openat2 -o "$work/calls" "$twin" "$@" >/dev/null 2>&1 </dev/null || :
	sed -nE "s,.* = [0-9]+<$host(/(etc|run|usr|var)/[^>]*)>\$,\1,p" "$work/calls" |
		while read -r path; do [[ ! -f $host$path ]] || echo "$path"; done | sort | uniq -c
}

for run in check 'check -v' plan 'plan --from-system' users; do
	# shellcheck disable=SC2086
	opened $run >"$work/opened"
	[[ -s $work/opened ]] || fail "$run: nothing was seen"
	grep -q '50-etc\.conf\|rc\.local' "$work/opened" || fail "$run: no file of others was seen"
	while read -r times path; do
		case $path in
		# Ours are looked at as installed files, too.
		*/conntrack-persist* | */90-conntrack-persist* | */60-conntrack-persist*) most=9 ;;
		*/modprobe.d/*) most=2 ;;
		*) most=1 ;;
		esac
		((times <= most)) || fail "$run opens $path $times times"
	done <"$work/opened"
done

# A file that is opened twice would be seen.
strace -f -qq -y -e trace=open,openat,openat2 -o "$work/calls" cat "$host/etc/rc.local" "$host/etc/rc.local" >/dev/null
[[ $(grep -c "= [0-9]*<$host/etc/rc.local>" "$work/calls") == 2 ]] || fail 'an open is not seen as it should be'
finish
