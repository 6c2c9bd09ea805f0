#!/bin/bash
# Has the real udev evaluate the rule over a table in use: which events write hashsize, and which
# write or lower max.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The rule is evaluated by "udevadm test" in a mount namespace where folders of ours stand for
# /sys/module and /proc/sys/net, so that this machine's own table is never touched.
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"
[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
command -v udevadm >/dev/null || { echo 'needs udevadm'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export work
bad=0

# rule POLICY RESIZE: installs the rule into the folder of rules; max and hashsize are $size.
size=200000
rule() {
	rm -rf "$work/image" "$work/rules"
	mkdir -p "$work/image/etc" "$work/rules"
	printf '%s\n' '[conntrack]' "max = $size" "hashsize = $size" "max_policy = $1" '[timeouts]' 'udp = 40' \
		'[apply]' "resize = $2" >"$work/image/etc/conntrack-persist.conf"
	"$CONNTRACK_PERSIST" --quiet --root="$work/image" install 2>/dev/null
	cp "$work/image/etc/udev/rules.d/"*.rules "$work/rules/"
}

# event ACTION COUNT HASHSIZE MAX: prints hashsize, max and the timeout after the event.
event() {
	local keys=$work/net/netfilter parameters=$work/module/nf_conntrack/parameters hashsize max udp
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
	# udev does not truncate a file: the rest of a longer old number stays behind a shorter one.
	read -r hashsize <"$parameters/hashsize"
	read -r max <"$keys/nf_conntrack_max"
	read -r udp <"$keys/nf_conntrack_udp_timeout"
	echo "$hashsize $max $udp"
}

# expect POLICY RESIZE COUNT HASHSIZE MAX EXPECTED: checks one event
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
	# Neither hashsize is written nor a max that is too large for the present buckets; the
	# timeout is still written.
	expect "$policy" auto 100000 65536 65536 '65536 65536 40'
	expect "$policy" auto 10000 65536 524288 "65536 524288 40"
	expect "$policy" auto 4294967295 16384 16384 '16384 16384 40'
	expect "$policy" next_load 1 65536 65536 '65536 65536 40'
	# With fewer entries than that the table is resized, as at each load.
	expect "$policy" auto 9999 65536 65536 '200000 200000 40'
	expect "$policy" auto 0 65536 65536 '200000 200000 40'
	expect "$policy" next_load 0 65536 65536 '200000 200000 40'
	expect "$policy" now 100000 65536 65536 '200000 200000 40'
	# The table has its size (rounded by the kernel): to set only max stops no traffic.
	expect "$policy" auto 100000 200192 65536 '200192 200000 40'
	expect "$policy" next_load 100000 200192 65536 '200192 200000 40'
done

# max is not lowered to less than 1.25 times the entries, and the buckets then stay, too; the
# timeout is written.
size=4000
expect exact now 5000 262144 262144 '262144 262144 40'
expect exact now 3200 2048 262144 '4000 4000 40'
expect exact auto 5000 262144 262144 '262144 262144 40'
expect exact auto 3201 4096 4001 '4096 4001 40'
expect exact auto 4294967295 262144 4294967295 '262144 4294967295 40'
# These values mean "no limit" on kernels up to 5.15 and up to 6.18.
expect exact auto 5000 262144 -1 '262144 -1 40'
expect exact auto 5000 262144 0 '262144 0 40'
# There is enough room, or no entry at all, as at each load.
expect exact auto 3200 2048 262144 '4000 4000 40'
expect exact auto 0 2048 262144 '4000 4000 40'
expect exact auto 0 4096 32768 '4096 4000 40'
# A larger max drops nothing, however many entries there are, and an equal max is not lowered.
expect exact auto 3900 4096 3999 '4096 4000 40'
expect exact auto 5000 2048 4000 '4000 4000 40'
# at_least lowers only the max that the kernel computed from hashsize.
expect at_least auto 3201 4096 32768 '4096 32768 40'
expect at_least auto 5000 2048 32768 '2048 32768 40'
expect at_least auto 3200 4096 32768 '4096 4000 40'
expect at_least auto 0 4096 32768 '4096 4000 40'
expect at_least auto 0 262144 262144 '262144 262144 40'
expect at_least auto 5000 4096 3999 '4096 4000 40'
expect at_least auto 5000 4096 0 '4096 0 40'
# The table has a single entry, and there is room for none.
size=1
expect exact now 1 512 262144 '512 262144 40'
expect exact now 0 512 262144 '512 1 40'
exit "$bad"
