#!/bin/bash
# systemd can order a boot with the units of the program: there is no cycle, wherever /var is
# mounted from.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}" "${srcdir:?is set by make check}"
command -v systemd-analyze >/dev/null || { echo "no systemd-analyze here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{none,ours} "$work"/{none,ours}/{sysinit,multi-user,local-fs,remote-fs}.target.wants
cp "$builddir"/systemd/conntrack-persist*.service "$srcdir"/systemd/conntrack-persist*.{timer,path} "$work/ours/"
for name in builtin sizes; do
	ln -s ../conntrack-persist-$name.service "$work/ours/sysinit.target.wants/"
done
# The network waits for network-pre.target, and network mounts wait for the network.
for folder in "$work"/{none,ours}; do
	ln -s /lib/systemd/system/systemd-networkd.service "$folder/multi-user.target.wants/"
done

bad=0
# orders NAME WANTED-BY TYPE SOURCE: checks the order with a separate /var.
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

# Each unit has the last stop, and systemd takes what the units say.
for unit in "$work"/ours/conntrack-persist*.service; do
	for setting in MemoryMax=256M TasksMax=16; do
		grep -qx "$setting" "$unit" || { echo "${unit##*/}: without $setting"; bad=1; }
	done
	SYSTEMD_UNIT_PATH=$work/ours: systemd-analyze --man=no verify "$unit" >"$work/verified" 2>&1 || :
	! grep -E "${unit##*/}:[0-9]+: " "$work/verified" || bad=1
done
for timer in "$work"/ours/conntrack-persist*.{timer,path}; do
	SYSTEMD_UNIT_PATH=$work/ours: systemd-analyze --man=no verify "$timer" >"$work/verified" 2>&1 || :
	! grep -F "${timer##*/}" "$work/verified" || bad=1
done
# The service that writes metrics lists entries and enters network namespaces, and has no other
# rights of root. systemd checks files by itself from version 250 on.
if systemd-analyze --help | grep -q -e --offline; then
	systemd-analyze security --no-pager --offline=yes --threshold=40 "$work/ours/conntrack-persist-metrics.service" \
		>"$work/judged" 2>&1 || { tail -n 2 "$work/judged"; bad=1; }
	systemd-analyze security --no-pager --offline=yes --threshold=40 "$work/ours/conntrack-persist-namespaces.service" \
		>"$work/judged" 2>&1 || { tail -n 2 "$work/judged"; bad=1; }
fi
grep -qx 'SuccessExitStatus=1 2' "$work/ours/conntrack-persist-check.service" || { echo 'the watch fails for what it cannot read'; bad=1; }
grep -qx 'SuccessExitStatus=2' "$work/ours/conntrack-persist-restore.service" || { echo 'a restore fails for another source'; bad=1; }
exit $bad
