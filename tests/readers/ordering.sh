#!/bin/bash
# systemd orders a boot with the units that the program brings: no cycle, wherever /var comes from.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"
command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{none,ours} "$work"/{none,ours}/{sysinit,multi-user,local-fs,remote-fs}.target.wants
cp "$builddir"/systemd/conntrack-persist*.service "$work/ours/"
for name in builtin sizes; do
	ln -s ../conntrack-persist-$name.service "$work/ours/sysinit.target.wants/"
done
# The network waits for network-pre.target, and what is mounted over it for the network.
for folder in "$work"/{none,ours}; do
	ln -s /lib/systemd/system/systemd-networkd.service "$folder/multi-user.target.wants/"
done

bad=0
# orders NAME WANTED-BY TYPE SOURCE: with a /var of its own.
orders() {
	local folder
	for folder in none ours; do
		printf '[Unit]\nDefaultDependencies=yes\n[Mount]\nWhat=%s\nWhere=/var\nType=%s\n' "$4" "$3" >"$work/$folder/var.mount"
		ln -sf ../var.mount "$work/$folder/$2.target.wants/var.mount"
		SYSTEMD_UNIT_PATH=$work/$folder: systemd-analyze --man=no verify default.target >"$work/$folder.said" 2>&1 || :
		rm "$work/$folder/$2.target.wants/var.mount" "$work/$folder/var.mount"
	done
	! grep 'ordering cycle' "$work/none.said" || { echo "$1: without our units"; bad=1; }
	! grep 'ordering cycle' "$work/ours.said" || { echo "$1: with our units"; bad=1; }
}
orders 'a disk' local-fs ext4 /dev/disk/by-label/var
orders 'the network' remote-fs nfs server:/var
exit $bad
