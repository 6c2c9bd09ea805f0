#!/bin/bash
# Has the real udev evaluate the rule over a table in use: which events write hashsize and max, by the setting resize.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The rule is evaluated by "udevadm test" in a mount namespace where folders of ours stand for /sys/module and
# /proc/sys/net, so that this machine's own table is never touched.
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"
[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
command -v udevadm >/dev/null || { echo 'needs udevadm'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export work
bad=0

# rule POLICY RESIZE: installs the rule into the folder of rules.
rule() {
	rm -rf "$work/image" "$work/rules"
	mkdir -p "$work/image/etc" "$work/rules"
	printf '%s\n' '[conntrack]' 'max = 200000' 'hashsize = 200000' "max_policy = $1" '[timeouts]' 'udp = 40' \
		'[apply]' "resize = $2" >"$work/image/etc/conntrack-persist.conf"
	"$CONNTRACK_PERSIST" --quiet --root="$work/image" install
	cp "$work/image/etc/udev/rules.d/"*.rules "$work/rules/"
}

# event ACTION COUNT HASHSIZE MAX: prints hashsize, max and the timeout as the event leaves them.
event() {
	local keys=$work/net/netfilter parameters=$work/module/nf_conntrack/parameters
	rm -rf "$work/module" "$work/net" "$work/run" "$work/none"
	mkdir -p "$parameters" "$keys" "$work/run" "$work/none"
	echo live >"$work/module/nf_conntrack/initstate"
	: >"$work/module/nf_conntrack/uevent"
	echo "$2" >"$keys/nf_conntrack_count"
	echo "$3" >"$parameters/hashsize"
	echo "$4" >"$keys/nf_conntrack_max"
	echo 30 >"$keys/nf_conntrack_udp_timeout"
	# shellcheck disable=SC2016
	SYSTEMD_DEVICE_VERIFY_SYSFS=0 unshare --mount bash -ec '
		mkdir -p /run/udev
		mount --bind "$work/module" /sys/module
		mount --bind "$work/net" /proc/sys/net
		mount --bind "$work/rules" /etc/udev/rules.d
		mount --bind "$work/none" /usr/lib/udev/rules.d
		mount --bind "$work/run" /run/udev
		udevadm test --action="$0" /sys/module/nf_conntrack' "$1" >"$work/log" 2>&1 || cat "$work/log"
	echo "$(<"$parameters/hashsize") $(<"$keys/nf_conntrack_max") $(<"$keys/nf_conntrack_udp_timeout")"
}

# expect POLICY RESIZE COUNT HASHSIZE MAX EXPECTED
expect() {
	local action found
	rule "$1" "$2"
	for action in add change bind online; do
		found=$(event "$action" "$3" "$4" "$5")
		[[ $found == "$6" ]] && continue
		echo "FAILED: $1, resize = $2, $action, $3 entries, hashsize $4, max $5: $found, not $6"
		bad=1
	done
}

for policy in exact at_least; do
	# Nothing writes hashsize, nor a max that the buckets of now may not bear; the timeout is written all the same.
	expect "$policy" auto 100000 65536 65536 '65536 65536 40'
	expect "$policy" auto 10000 65536 524288 "65536 524288 40"
	expect "$policy" auto 4294967295 16384 16384 '16384 16384 40'
	expect "$policy" next_load 1 65536 65536 '65536 65536 40'
	# Below that the table is resized, as at each load.
	expect "$policy" auto 9999 65536 65536 '200000 200000 40'
	expect "$policy" auto 0 65536 65536 '200000 200000 40'
	expect "$policy" next_load 0 65536 65536 '200000 200000 40'
	expect "$policy" now 100000 65536 65536 '200000 200000 40'
	# The table has its size (rounded by the kernel): max alone stops nothing.
	expect "$policy" auto 100000 200192 65536 '200192 200000 40'
	expect "$policy" next_load 100000 200192 65536 '200192 200000 40'
done
exit "$bad"
