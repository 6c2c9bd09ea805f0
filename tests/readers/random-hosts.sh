#!/bin/bash
# Random hosts with many sources: the readers and scripts run in the order of a boot, and each key
# then has the value that check and plan --from-system predicted. Everything happens in namespaces,
# so that this machine's files and values stay.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Usage: random-hosts.sh [SEED [HOSTS]]
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
: "${CONNTRACK_PERSIST:?is set by make check}" "${srcdir:?is set by make check}"
seed=${1:-$SRANDOM}
hosts=${2:-500}
mount_namespace=$(readlink /proc/self/ns/mnt)
net_namespace=$(readlink /proc/self/ns/net)
[[ $mount_namespace == mnt:* && $net_namespace == net:* ]] || { echo 'cannot tell namespaces apart here'; exit 77; }
if (($# < 3)); then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	for program in python3 modprobe sysctl systemd-tmpfiles run-parts /lib/systemd/systemd-sysctl; do
		command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
	done
	unshare --net test -e /proc/sys/net/netfilter/nf_conntrack_udp_timeout || { echo 'nf_conntrack is not loaded here'; exit 77; }
	exec unshare --mount --net --propagation private \
		"$0" "$seed" "$hosts" "$mount_namespace" "$net_namespace"
fi
[[ $3 == mnt:* && $3 != "$mount_namespace" && ${4-} == net:* && $4 != "$net_namespace" ]] ||
	{ echo 'not in namespaces of its own'; exit 1; }
trap 'echo "failed in line $LINENO"' ERR

# All files are on file systems that were made here and end with this namespace.
own() {
	local device
	device=$(stat -c %d "$1")
	mount -t tmpfs hosts "$1"
	[[ $(stat -c %d "$1") != "$device" ]] || { echo "$1 is still the host's"; exit 1; }
}
kmod=$(readlink -f "$(command -v modprobe)")
own /run
mkdir -p /run/hosts/real /run/hosts/keys
cp "$kmod" /run/hosts/real/modprobe
cp -a /etc /run/hosts/etc
own /etc
cp -a /run/hosts/etc/. /etc/
for directory in /usr/lib/sysctl.d /lib/sysctl.d /usr/local/lib /usr/local/sbin; do
	[[ ! -d $directory ]] || own $directory
done
# No command can load a module here.
printf '#!/bin/sh\nexit 0\n' >/run/hosts/no-modprobe
chmod 755 /run/hosts/no-modprobe
mount --bind /run/hosts/no-modprobe "$kmod"
# The sizes do not belong to this network namespace, so plain files stand for them.
for key in /proc/sys/net/netfilter/nf_conntrack_max /sys/module/nf_conntrack/parameters/hashsize; do
	echo 111111 >"/run/hosts/keys/${key##*/}"
	mount --bind "/run/hosts/keys/${key##*/}" "$key"
done
exec python3 "$srcdir/tests/field/random-hosts" "$seed" "$hosts"
