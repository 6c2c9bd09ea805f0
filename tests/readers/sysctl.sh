#!/bin/bash
# systemd-sysctl, sysctl and tuned set every value of our file that a fresh network namespace lets
# them write.
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

# Each timeout is a different number. The file also has keys that this kernel lacks.
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

# tuned (2.20.0) reads a line like this: it removes blanks, the key ends at the first "=", dots
# become slashes, and "-" is part of the key.
# The guest test other-writers runs tuned itself.
cat >"$image/tuned" <<'END'
#!/bin/bash
while read -r line; do
	[[ -n $line && $line != [\#\;]* && $line == *=* ]] || continue
	key=${line%%=*} value=${line#*=}
	read -r key <<<"$key"
	read -r value <<<"$value"
	path=/proc/sys/${key//.//}
	[[ ! -e $path ]] || echo "$value" >"$path"
done <"$1"
END
chmod +x "$image/tuned"

# The values of the file, except max (which only the host has) and absent keys; they are the same
# for each reader.
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
# shellcheck disable=SC2016
unshare -n bash -c "$compare" "$file" "$image/tuned" "$file" 2>/dev/null
unshare -n bash -ec "$compare" "$file" $reader "$file"
# If a file is named, procps exits with 1 if a key is absent, in spite of the "-".
unshare -n bash -c "$compare" "$file" sysctl -q -e -p "$file"

# The unit of systemd-sysctl must not fail because of our file: neither if no kernel has a key nor
# if this kernel refuses a value, whichever of the two lines is first, and also if another file sets
# the same key earlier.
key=net.netfilter.nf_conntrack_udp_timeout
# ends STATUS WHAT LINE...: checks the exit status of systemd-sysctl for these lines.
ends() {
	local status=0 expected=$1 what=$2
	shift 2
	printf '%s\n' "$@" >"$image/lines"
	unshare -n $reader "$image/before" "$image/lines" >"$image/said" 2>&1 || status=$?
	[[ $status == "$expected" ]] || { echo "$what: systemd-sysctl exits with $status, not $expected"; cat "$image/said"; exit 1; }
}
unshare -n test ! -e /proc/sys/net/netfilter/nf_conntrack_no_such
: >"$image/before"
ends 0 'absent, both lines' "-${key%udp*}no_such = 5" "${key%udp*}no_such = 5"
ends 1 'refused, the plain line alone' "$key = refused"
ends 0 'refused, both lines' "-$key = refused" "$key = refused"
ends 0 'refused, both lines in the other order' "$key = refused" "-$key = refused"
echo "$key = 40" >"$image/before"
ends 0 'refused, behind another file' "-$key = refused" "$key = refused"
