#!/bin/bash
# One guest of the matrix, for the limits on chains: fills tables with few and with enough buckets,
# and checks how many entries the kernel refuses and what the program says.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf

# chains_refused: prints how many entries the kernel has refused because a chain was too long.
chains_refused() {
	local columns column sum=0
	{
		read -ra columns
		for column in "${!columns[@]}"; do
			[ "${columns[column]}" != chainlength ] || break
		done
		while read -ra columns; do
			sum=$((sum + 16#${columns[column]}))
		done
	} </proc/net/stat/nf_conntrack
	echo "$sum"
}

# fill COUNT: empties the table and sends a datagram to each of so many ports of this host; sets
# entries, and refused to how many more the kernel has refused for a chain.
fill() {
	local port before
	conntrack -F 2>/dev/null
	before=$(chains_refused)
	for ((port = 10000; port < 10000 + $1; port++)); do
		# This fails if the kernel drops the datagram.
		echo >"/dev/udp/127.0.0.1/$port"
	done 2>/dev/null
	entries=$(<"$proc/nf_conntrack_count")
	refused=$(($(chains_refused) - before))
}

# sized MAX [HASHSIZE]: installs these sizes. Entries stay longer than the test lasts.
sized() {
	printf '[conntrack]\nmax = %s\n%s[timeouts]\nudp = 600\n' "$1" "${2:+hashsize = $2
}" >"$config"
	conntrack -F 2>/dev/null
	ctp install
	# With few buckets there is a warning.
	check "max = $1${2:+, hashsize = $2}: install" "$status" 0
}

few_buckets() {
	modprobe nf_conntrack
	event_await 'UDEV add'
	nft_rule
	nft 'add chain inet t o { type filter hook output priority 0; }; add rule inet t o icmp type destination-unreachable drop'
	echo 512 >"$sys/parameters/hashsize"
	echo 100000 >"$proc/nf_conntrack_max"
	echo 600 >"$proc/nf_conntrack_udp_timeout"
	fill 25000
	echo "# 512 buckets: $entries of 25000 entries, $refused refused for a chain"
	check '512 buckets: the limit is that of the kernel' "$((entries >= low * 512 && entries < high * 512))" 1
	check '512 buckets: each entry that is missing was refused for a chain' "$((entries + refused))" 25000
	ctp status
	check '512 buckets: status' "$status $(told 'Full, far from max: chains are too long for 512 buckets.')" '0 1'
	ctp --verbose advise
	check '512 buckets: advise' "$status $(told 'a random number from 8 to 79' 'hashsize 512 -> 100,000')" '0 2'
}

enough_buckets() {
	sized 20000
	fill 25000
	echo "# as many buckets as max: $entries of 25000 entries, max 20000, $refused refused for a chain"
	# The kernel makes room for a new entry if the table is full.
	check 'as many buckets as max: the table is full' "$((entries >= 19900))" 1
	check 'as many buckets as max: no chain is too long' "$refused" 0
	ctp status
	check 'as many buckets as max: status' "$status $(told 'chains are too long' 2>/dev/null)" '0 0'
}

# ratio RATIO MOST: fills a table of 20,480 entries that has fewer buckets than max; at most so many
# of a thousand may be refused.
ratio() {
	sized 20480 "$((20480 / $1))"
	fill 20480
	echo "# max = $1 x hashsize: $entries of 20480 entries, $refused refused for a chain"
	check "max = $1 x hashsize: at most $2 of 1,000 entries are refused" "$((refused * 1000 <= $2 * 20480))" 1
}

case $(uname -r) in
	*chain-limits*) low=4 high=16 few=50 ;;
	*) low=25 high=40 few=0 ;;
esac
echo "# Linux $(uname -r), systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
scenario chains
few_buckets
enough_buckets
ratio 2 0
ratio 4 "$few"
finish
