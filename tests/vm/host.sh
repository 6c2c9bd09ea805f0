# Functions that run and matrix share: they run several guests at once, end the guests when the
# script ends, and count the results of each guest.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

work=$(mktemp -d)
# At most so many guests, or builds, run at once.
at_once=2
# Each guest is a process group of its own, so that none of its programs keeps running.
set -m
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	local group
	for group in $(jobs -p); do
		kill -- "-$group" 2>/dev/null
	done
	wait
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# in_turn: waits while the allowed number of guests runs.
in_turn() {
	while [ "$(jobs -pr | wc -l)" -ge "$at_once" ]; do
		wait -n
	done
}

# guest_results STATUS RESULTS PREFIX: prints each result of a guest under this prefix, and whether
# the guest reached its end: a scenario ends with 0, or with 1 if checks failed.
guest_results() {
	local results=$2 end='ok - the scenario came to its end'
	if [ "$1" != 0 ] && { [ "$1" != 1 ] || ! grep -q '^not ok - ' <<<"$results"; }; then
		end="not $end: status $1"
	fi
	printf '%s\n%s\n' "$results" "$end" | sed -E "s/^(not ok|ok) - /&$3/"
}

# tell_count FILE: prints the last line from the results in a file. Fails if a result failed or if
# there are none.
tell_count() {
	local passed failed
	passed=$(grep -c '^ok - ' "$1")
	failed=$(grep -c '^not ok - ' "$1")
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}
