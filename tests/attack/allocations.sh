#!/bin/bash
# Each allocation of a run fails once: the run ends with a message, or it has the same answer and
# the same exit status. Only a text for people may be cut, and never so that all seems in order.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
# shellcheck source=tests/attack/lib.sh
. "$srcdir/tests/attack/lib.sh"
# shellcheck source=tests/attack/all-sources.sh
. "$srcdir/tests/attack/all-sources.sh"
"$twin" -q install >/dev/null 2>&1 || :

# answer FILE: prints what was said without texts for people.
answer() {
	grep -E '^ *"(name|certainty|module|key|state)":' "$1" || :
}
# sweep STATUS VERB: runs the verb, which ends with this status, once for each of its allocations.
sweep() {
	local expected=0 status count i wanted=$1
	shift
	CONNTRACK_PERSIST_ALLOCATIONS=$work/count "$twin" "$@" >"$work/whole" 2>&1 </dev/null || expected=$?
	count=$(<"$work/count")
	((count > 60 && expected == wanted)) || fail "$*: $count allocations, exit $expected"
	for ((i = 1; i <= count; i++)); do
		status=0
		CONNTRACK_PERSIST_ALLOCATION=$i "$twin" "$@" >"$work/said" 2>&1 </dev/null || status=$?
		case $status in
		1) [[ -s $work/said ]] || fail "$*: allocation $i fails without a message" ;;
		"$expected")
			grep -q 'Cannot allocate memory$' "$work/said" ||
				cmp -s <(answer "$work/whole") <(answer "$work/said") ||
				fail "$*: allocation $i: another answer: $(diff "$work/whole" "$work/said" | head -n 5)"
			;;
		*) fail "$*: allocation $i: exit $status: $(tail -n 3 "$work/said")" ;;
		esac
	done
}
sweep 2 --json check
sweep 2 plan
sweep 0 plan --connections=1000
sweep 2 uninstall --dry-run
sweep 0 --json status
sweep 0 advise
# A file that cannot be read is named.
truncate -s 5M "$host/etc/systemd/system/values.service.d/large.conf"
sweep 2 --json users
finish
