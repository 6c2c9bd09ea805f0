#!/bin/bash
# modprobe and systemd-sysctl read the sizes of a boot below /run in addition to the files of an
# image, not instead of them.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
: "${CONNTRACK_PERSIST:?is set by make check}"
command -v modprobe >/dev/null || { echo "no modprobe here"; exit 77; }
analyze=$(command -v systemd-analyze) || { echo "no systemd-analyze here"; exit 77; }
[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
export work analyze
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/image/{etc,var/lib} "$work"/host/{proc/sys/kernel,run}
printf '[conntrack]\nmax = auto\n[timeouts]\nudp = 31\n' >"$work/conf"
"$CONNTRACK_PERSIST" --quiet --config="$work/conf" --root="$work/image" install
cp -a "$work/image/." "$work/host/"
mkdir -p "$work/host/etc/modprobe.d"
cp "$work/conf" "$work/host/etc/conntrack-persist.conf"
echo 'MemTotal: 2014616 kB' >"$work/host/proc/meminfo"
echo 6.1.0-13-amd64 >"$work/host/proc/sys/kernel/osrelease"
# There is no record of the installation, as before /var is mounted.
rm -r "$work/host/var/lib/conntrack-persist"
CONNTRACK_PERSIST_HOST=$work/host "$CONNTRACK_PERSIST_TWIN" --quiet install --at-boot

# The test runs in a mount namespace of its own, so that /etc and /run contain only these files.
# shellcheck disable=SC2016
unshare --mount --propagation private bash -euo pipefail -c '
	mount -t tmpfs none /run
	mount -t tmpfs none /etc
	for folder in modprobe.d sysctl.d; do
		mkdir -p /etc/$folder /run/$folder
		mount --bind "$work/host/etc/$folder" /etc/$folder
		mount --bind "$work/host/run/$folder" /run/$folder
	done
	same() {
		[[ $2 == "$3" ]] || { printf "%s:\ngot    %s\nwanted %s\n" "$@"; exit 1; }
	}
	options() { modprobe --showconfig | grep "^options nf_conntrack" || :; }
	values() { "$analyze" cat-config sysctl.d | grep -E "^(# /.*/9[01]-conntrack|-net.netfilter.nf_conntrack_|.* to 131072)" || :; }
	# 2 % of 2 GiB are enough for 131,072 entries and as many buckets. The max is a floor, which
	# sysctl.d cannot express.
	same modprobe "$(options)" "options nf_conntrack hashsize=131072"
	own="# /etc/sysctl.d/90-conntrack-persist.conf
-net.netfilter.nf_conntrack_udp_timeout = 31"
	same sysctl "$(values)" "$own
# /run/sysctl.d/91-conntrack-persist-sizes.conf
# and max_policy is at_least. The udev rule and the service raise it to 131072."
	# Why they have other names: under the same ones nobody reads them.
	touch /etc/modprobe.d/conntrack-persist.conf
	mv /run/modprobe.d/conntrack-persist{-sizes,}.conf
	mv /run/sysctl.d/9{1-conntrack-persist-sizes,0-conntrack-persist}.conf
	same "modprobe, same name" "$(options)" ""
	same "sysctl, same name" "$(values)" "$own"
'
