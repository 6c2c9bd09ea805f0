#!/bin/bash
# One guest of the matrix, for sizes: compares the kernel's own sizes with those that the program's
# model predicts, and those of auto.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

# sizes_in_force: prints the live hashsize, max, expect_hashsize, expect_max.
sizes_in_force() {
	cat "$sys/parameters/hashsize" "$proc/nf_conntrack_max" "$sys/parameters/expect_hashsize" \
		"$proc/nf_conntrack_expect_max" | paste -sd ' '
}

# foretold [HASHSIZE [EXPECT_HASHSIZE]]: loads with these options and compares the sizes with the
# prediction.
foretold() {
	local options=() name="$memory MiB: ${*:-no options}"
	[ "${1:-0}" = 0 ] || options+=("hashsize=$1")
	[ "${2:-0}" = 0 ] || options+=("expect_hashsize=$2")
	modprobe nf_conntrack "${options[@]}"
	event_await 'UDEV add'
	echo "# $name: $(sizes_in_force)"
	check "$name" "$(sizes_in_force)" "$(/usr/local/libexec/kernel-sizes "$@")"
	unload nf_conntrack
}

# "max = auto" must choose 2 % of RAM, divided by the size of an entry, and at least the kernel's
# own max.
auto() {
	local max=${sizes[$memory]} name="$memory MiB: auto"
	printf '[conntrack]\nmax = auto\n' >/etc/conntrack-persist.conf
	ctp install
	check "$name: install" "$status" 0
	modprobe nf_conntrack
	event_await 'UDEV add'
	check "$name: hashsize and max" "$(sizes_in_force | cut -d ' ' -f 1,2)" "$max $max"
	ctp --quiet check
	check "$name: check" "$status $output" '0 '
	unload nf_conntrack
}

if kernel_from 6.1; then
	declare -A sizes=([512]=32768 [2048]=131072 [6144]=262144)
else
	declare -A sizes=([512]=16384 [2048]=65536 [6144]=262144)
fi
# This is about as much as the machine has; the kernel keeps some memory for itself.
memory=$(awk '$1 == "MemTotal:" { print int(($2 / 1024 + 255) / 256) * 256 }' /proc/meminfo)
echo "# Linux $(uname -r), systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
scenario 'files memory'
foretold
foretold 100000
foretold 1000 100
foretold 0 5000
scenario 'program memory'
auto
finish
