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
# sweep VERB: runs the verb once for each of its allocations.
sweep() {
	local expected=0 status count i
	CONNTRACK_PERSIST_ALLOCATIONS=$work/count "$twin" "$@" >"$work/whole" 2>&1 </dev/null || expected=$?
	count=$(<"$work/count")
	((count > 100 && expected == 2)) || fail "$*: $count allocations, exit $expected"
	for ((i = 1; i <= count; i++)); do
		status=0
		CONNTRACK_PERSIST_ALLOCATION=$i "$twin" "$@" >"$work/said" 2>&1 </dev/null || status=$?
		case $status in
		1) [[ -s $work/said ]] || fail "$*: allocation $i fails without a message" ;;
		"$expected")
			cmp -s <(answer "$work/whole") <(answer "$work/said") ||
				fail "$*: allocation $i: another answer: $(diff "$work/whole" "$work/said" | head -n 5)"
			;;
		*) fail "$*: allocation $i: exit $status: $(tail -n 3 "$work/said")" ;;
		esac
	done
}
sweep --json check
sweep plan
sweep uninstall --dry-run
# A file that cannot be read is named.
truncate -s 5M "$host/etc/systemd/system/values.service.d/large.conf"
sweep --json users
finish
