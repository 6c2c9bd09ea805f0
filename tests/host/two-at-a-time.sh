#!/bin/bash
# Runs fifty installations and checks at once, of two configurations: in the end exactly one of the
# two is installed completely.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
program=$CONNTRACK_PERSIST
runs=${RUNS:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >"$work/one.conf"
printf '%s\n' '[conntrack]' 'max = 300000' 'hashsize = 300000' '[timeouts]' 'udp = 40' '[apply]' 'synchronous = yes' \
	'on_drift = restore' >"$work/two.conf"
printf '%s\n' '[conntrack]' 'mode = disable' >"$work/three.conf"
bad=0
fail() {
	printf '%s\n' "$@"
	bad=1
}
# tree FOLDER: prints names, modes and contents. The record of earlier runs in the manifest is left
# to check.
tree() {
	(cd "$1" && find . -type f ! -name manifest ! -name lock -printf '%p %m\n' | sort &&
		find . -type f ! -name manifest ! -name lock -print0 | sort -z | xargs -0 sha256sum)
}
declare -A wanted
for which in one two three; do
	mkdir -p "$work/$which/etc" "$work/$which/var/lib"
	"$program" --quiet --root="$work/$which" -c "$work/$which.conf" install
	wanted[$which]=$(tree "$work/$which")
done

# together NAME CONFIGURATION...: starts one run for each, all at the same moment.
together() {
	local name=$1 root=$work/image i which what status failed=0 found done=0
	shift
	rm -rf "$root" "$work/status"
	mkdir -p "$root/etc" "$root/var/lib" "$work/status"
	exec 8>"$work/gate"
	flock --exclusive 8
	for ((i = 0; i < runs; i++)); do
		which=${!#}
		((i % 2)) || which=$1
		what=install
		((i % 5 != 4)) || what=check
		(
			exec 8>&-
			flock --shared "$work/gate" true
			status=0
			"$program" --quiet --root="$root" -c "$work/$which.conf" "$what" >"$work/status/$i.said" 2>&1 || status=$?
			echo "$what $status" >"$work/status/$i"
		) &
	done
	flock --unlock 8
	exec 8>&-
	wait
	for ((i = 0; i < runs; i++)); do
		[[ -e $work/status/$i ]] || { fail "$name: run $i has not ended"; continue; }
		read -r what status <"$work/status/$i"
		case "$what $status" in
		'install 0') done=$((done + 1)) ;;
		'check 0' | 'check 2') ;;
		# The run that lost the race says so.
		'install 1') failed=$((failed + 1)); grep -q 'run it again' "$work/status/$i.said" || fail "$name: $(cat "$work/status/$i.said")" ;;
		'check 1') fail "$name: check: $(cat "$work/status/$i.said")" ;;
		*) fail "$name: $what ended with $status: $(cat "$work/status/$i.said")" ;;
		esac
	done
	((done > 0)) || fail "$name: nobody was installed"
	found=$(tree "$root")
	for which in "$@"; do
		[[ $found != "${wanted[$which]}" ]] || {
			echo "$name: $done installed, $failed to be run again; $which has won"
			"$program" --quiet --root="$root" -c "$work/$which.conf" check || fail "$name: check is not content"
			return
		}
	done
	fail "$name: neither is whole:" "$(diff <(echo "${wanted[$1]}") <(echo "$found"))"
}
together 'sizes' one two
together 'the same one' one one
together 'another mode' two three
exit $bad
