#!/bin/bash
# nft accepts the rules that advise prints, and those of docs/troubleshooting.md: each is loaded
# into a network namespace of its own.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v nft >/dev/null || { echo 'no nft here'; exit 77; }
host=$work/host keys=$work/host/proc/sys/net/netfilter
mkdir -p "$host/etc" "$host/var/lib" "$host/proc/net" "$host/proc/sys/kernel" "$keys" "$host/sys/module/nf_conntrack/parameters"
echo 'MemTotal:        4014616 kB' >"$host/proc/meminfo"
echo 6.12.0-1-amd64 >"$host/proc/sys/kernel/osrelease"
echo live >"$host/sys/module/nf_conntrack/initstate"
echo 2048 >"$host/sys/module/nf_conntrack/parameters/hashsize"
echo 2000 | tee "$keys/nf_conntrack_max" >"$keys/nf_conntrack_count"
export CONNTRACK_PERSIST_HOST=$host

# load FILE: loads it, and prints the rules as the kernel returns them.
load() {
	unshare --user --map-root-user --net sh -c "nft -f '$1' && nft list ruleset"
}

# expect_rules PROTOCOL SOURCE DESTINATION FLAGS PORT: fills the table with such entries and checks
# that nft then has both directions in both chains.
expect_rules() {
	local i count
	for ((i = 1025; i < 3025; i++)); do
		echo "ipv4 2 $1 src=10.0.0.1 dst=10.9.0.1 sport=${2/any/$i} dport=${3/any/$i} $4 src=10.9.0.1 dst=10.0.0.1 sport=${3/any/$i} dport=${2/any/$i} mark=0 use=1"
	done >"$host/proc/net/nf_conntrack"
	"$CONNTRACK_PERSIST_TWIN" --json advise 2>/dev/null | python3 -c '
import json, sys
print(*[f["rules"] for f in json.load(sys.stdin)["findings"] if f["rules"]])' >"$work/rules"
	load "$work/rules" >"$work/loaded" || { cat "$work/rules"; exit 1; }
	count=$(grep -Ec "${1%% *} [ds]port $5 notrack" "$work/loaded")
	[[ $count == 4 ]] || { echo "not four rules for $1 port $5:"; cat "$work/loaded"; exit 1; }
}
expect_rules 'tcp 6 90 TIME_WAIT' any 443 '' 443
expect_rules 'udp 17 25' any 53 '' 53
expect_rules 'udp 17 25' 53 any '[UNREPLIED]' 53

# In the page, the rules begin with a table and end with its brace, which has the same indentation.
awk -v to="$work/shown" '
	!open && /^ *table inet / { open = 1; n++; end = $0; sub(/table.*/, "}", end) }
	open { print >(to n) }
	$0 == end { open = 0 }' "$srcdir/docs/troubleshooting.md"
shown=0
for file in "$work"/shown*; do
	[[ -e $file ]] || continue
	shown=$((shown + 1))
	load "$file" >/dev/null || { cat "$file"; exit 1; }
done
[[ $shown -ge 2 ]] || { echo 'docs/troubleshooting.md shows fewer than two files of rules'; exit 1; }
