#!/bin/bash
# systemd-sysctl and sysctl take every value of the drop-in that a fresh network namespace lets them write.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
reader=/lib/systemd/systemd-sysctl
[[ -x $reader ]] || { echo "no systemd-sysctl here"; exit 77; }
[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
here=/proc/sys/net/netfilter
unshare -n test -e $here/nf_conntrack_max || { echo "nf_conntrack is not loaded here"; exit 77; }
image=$(mktemp -d)
trap 'rm -rf "$image"' EXIT

# Each timeout another number; keys that this kernel lacks are in the file all the same.
{
	printf '[conntrack]\nmax = 500000\n[timeouts]\n'
	number=1000
	while read -r name; do
		printf '%s = %d\n' "$name" $((number += 7))
	done < <("$CONNTRACK_PERSIST" keys | awk '/^\[/ { on = $1 == "[timeouts]" } /^  / && on { print $1 }')
	printf '[options]\ntcp_loose = no\nacct = yes\ntcp_max_retrans = 5\nlog_invalid = 0\n'
} >"$image/conf"
"$CONNTRACK_PERSIST" --quiet --config="$image/conf" --root="$image" install
file=$image/etc/sysctl.d/90-conntrack-persist.conf

# What the file says, but for max (the host's alone), absent keys, and the same for both readers.
# shellcheck disable=SC2016
compare='
	"$@" >/dev/null
	seen=0
	while read -r key equals value; do
		path=/proc/sys/$(tr . / <<<"${key#-}")
		[[ $key == -* && $equals == = && -w $path && -e $path ]] || continue
		[[ $(<"$path") == "$value" ]] || { echo "$path: $(<"$path"), not $value"; exit 1; }
		seen=$((seen + 1))
	done < <(grep "^-" "$0" | grep -v "nf_conntrack_max ")
	((seen >= 20)) || { echo "only $seen keys compared"; exit 1; }'
unshare -n bash -ec "$compare" "$file" $reader "$file"
# procps tells of absent keys by its exit code with a file named, in spite of the "-".
unshare -n bash -c "$compare" "$file" sysctl -q -e -p "$file"
