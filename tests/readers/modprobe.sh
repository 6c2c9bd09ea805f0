#!/bin/bash
# modprobe itself reads the configured values from the drop-ins, in both modes.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
command -v modprobe >/dev/null || { echo "no modprobe here"; exit 77; }
image=$(mktemp -d)
trap 'rm -rf "$image"' EXIT

# install_from TEXT: installs into the image; prints what modprobe reads from it.
install_from() {
	printf '%b' "$1" >"$image/conf"
	"$CONNTRACK_PERSIST" --quiet --config="$image/conf" --root="$image" install
	modprobe -C "$image/etc/modprobe.d" --showconfig | grep nf_conntrack
}

# same WHAT GOT WANTED: fails if they differ
same() {
	[[ $2 == "$3" ]] || {
		printf '%s:\ngot    %s\nwanted %s\n' "$@"
		exit 1
	}
}
same tune "$(install_from '[conntrack]\nmax = 500000\nhashsize = 262000\nexpect_hashsize = 1000\n')" \
	'options nf_conntrack hashsize=262000 expect_hashsize=1000'
same 'tune, hashsize follows max' "$(install_from '[conntrack]\nmax = 500000\n')" \
	'options nf_conntrack hashsize=500000'
same block "$(install_from '[conntrack]\nmode = disable\n')" \
	$'blacklist nf_conntrack\noptions nf_conntrack hashsize=blocked-by-conntrack-persist'
same blacklist "$(install_from '[conntrack]\nmode = disable\n[disable]\nenforce = blacklist\n')" \
	'blacklist nf_conntrack'
said=$(install_from '[conntrack]\nmax = 500000\n[apply]\nsynchronous = yes\n')
# shellcheck disable=SC2016
[[ $said == *'install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS && {'* ]] || {
	echo "synchronous: $said"
	exit 1
}
