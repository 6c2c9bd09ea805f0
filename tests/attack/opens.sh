#!/bin/bash
# One run reads each file of others once, whatever the number of steps that look at it; libkmod
# reads modprobe.d by itself.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
# shellcheck source=tests/attack/lib.sh
. "$srcdir/tests/attack/lib.sh"
command -v strace >/dev/null || { echo 'no strace; see scripts/packages'; exit 77; }

# shellcheck source=tests/attack/all-sources.sh
. "$srcdir/tests/attack/all-sources.sh"
"$twin" -q install >/dev/null 2>&1 || :

# files_read ARGUMENT...: prints "TIMES PATH" for each file of the host that a run reads. A file
# that is opened only to see its kind does not count.
files_read() {
	strace -f -qq -y -e trace=open,openat,openat2,read -o "$work/calls" "$twin" "$@" >/dev/null 2>&1 </dev/null || :
	times_read "$host"
}
times_read() {
	sed -nE "s,^[0-9]+ +(open)[^<]*.* = [0-9]+<$1(/[^>]*)>\$,\1 \2,p; s,^[0-9]+ +(read)\([0-9]+<$1(/[^>]*)>.*,\1 \2,p" "$work/calls" |
		awk '$1 == "open" { open[$2] = 1 } $1 == "read" && open[$2] { times[$2]++; open[$2] = 0 }
			END { for (path in times) print times[path], path }'
}

# Each source of the page has a file here, which check reads.
files_read check | cut -d ' ' -f 2 >"$work/read"
while IFS= read -r heading; do
	[[ -n ${source_files[$heading]-} ]] || fail "no file of this host is of the source: $heading"
	for path in ${source_files[$heading]}; do
		grep -qxF "$path" "$work/read" || fail "check does not read $path ($heading)"
	done
done < <(sed -n 's/^## //p' "$srcdir/docs/sources.md")

# read_once ARGUMENT...: fails if this run reads a file twice.
read_once() {
	files_read "$@" >"$work/read"
	grep -q '50-etc\.conf\|rc\.local' "$work/read" || fail "$*: no file of others was seen"
	while read -r times path; do
		case $path in
		# These belong to the kernel, or are ours, which are also read as installed files.
		/proc/* | /sys/* | */conntrack-persist* | */90-conntrack-persist* | */60-conntrack-persist*) most=9 ;;
		*/modprobe.d/*) most=2 ;;
		*) most=1 ;;
		esac
		((times <= most)) || fail "$* reads $path $times times"
	done <"$work/read"
}
read_once check
read_once check -v
read_once plan
read_once plan --from-system
read_once users
# Without the static pod, check looks for the flags of kube-proxy in its unit.
rm "$host/etc/kubernetes/manifests/kube-proxy.yaml"
read_once check
grep -qx '1 /etc/systemd/system/kube-proxy.service.d/flags.conf' "$work/read" || fail 'the flags of kube-proxy were not read'
# Mode disable looks for who sets values and for who needs connection tracking, in the same files.
printf '[conntrack]\nmode = disable\n' >"$host/etc/conntrack-persist.conf"
read_once check
read_once plan

# The check would notice a file that is read twice.
strace -f -qq -y -e trace=open,openat,openat2,read -o "$work/calls" cat "$host/etc/rc.local" "$host/etc/rc.local" >/dev/null
[[ $(times_read "$host") == '2 /etc/rc.local' ]] || fail 'a file that is read twice is not seen as such'
finish
