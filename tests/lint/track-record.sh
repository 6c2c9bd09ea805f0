#!/bin/bash
# Each row of docs/track-record.md, and of the list of corrected faults in docs/reliability.md,
# names a test that exists.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2016 # the backquotes are those of the page
set -euo pipefail
: "${srcdir:?is set by make check}"
cd "$srcdir"
bad=0
complain() {
	echo "$*"
	bad=1
}

# rows PAGE HEADING: the last cell of each row of the tables behind a heading that matches, without
# the head.
rows() {
	awk -F ' [|]' -v heading="$2" '
		/^## / { on = $0 ~ heading; next }
		/^[|] ---/ { rows = 1; next }
		!/^[|]/ { rows = 0 }
		on && rows { print $(NF - 1) }' "$1"
}

# missing CELL: prints what is wrong with the tests that the cell names.
missing() {
	local test count=0
	while read -r test; do
		count=$((count + 1))
		[[ $test == tests/* ]] || echo "$test is not below tests/"
		[ -e "$test" ] || echo "$test is not there"
	done < <(grep -o '`[^`]*`' <<<"$1" | tr -d '`')
	[ "$count" != 0 ] || echo 'no test is named'
}

check_page() {
	local cell what number=0
	while read -r cell; do
		number=$((number + 1))
		what=$(missing "$cell")
		[ -z "$what" ] || complain "docs/track-record.md, row $number: $what"
	done < <(rows "$1" '^## It ')
	[ "$number" -ge 40 ] || complain "docs/track-record.md: only $number rows were read"
}
check_page docs/track-record.md

# A story is a function of tests/faults/run.
number=0
while read -r cell; do
	number=$((number + 1))
	[ "$cell" != 'by reading' ] || continue
	for story in ${cell//[,;]/ }; do
		[[ $story =~ ^(all|of|install)$ ]] || grep -q "^tell_${story//-/_}()" tests/faults/run ||
			complain "docs/reliability.md, corrected fault $number: tests/faults/run has no story $story"
	done
done < <(rows docs/reliability.md 'corrected[?]$' | sed 's/^ *| *//')
[ "$number" -ge 10 ] || complain "docs/reliability.md: only $number corrected faults were read"

# The lint finds planted faults.
for cell in ' `tests/cases/none-such`' ' `src/main.c`' ' no test'; do
	[ -n "$(missing "$cell")" ] || complain "track-record.sh accepts$cell"
done
exit $bad
