# Functions that the attacks share: a work directory, limits for each run, counts of instructions,
# and the report of a failure.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
: "${CONNTRACK_PERSIST:?is set by make check}" "${CONNTRACK_PERSIST_TWIN:?is set by make check}" "${builddir:?is set by make check}"
# shellcheck disable=SC2034
program=$CONNTRACK_PERSIST twin=$CONNTRACK_PERSIST_TWIN
spend=$builddir/tests/attack/spend
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
umask 022

# The design allows a verb so much for any input within the bounds.
seconds_allowed=3
mebibytes_allowed=128

bad=0
fail() {
	printf 'FAILED: %s\n' "$@"
	bad=1
}

# finish: prints the last line of each attack.
finish() {
	exit "$bad"
}

need_root() {
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
}

# bounded NAME EXPECTED-STATUS... -- COMMAND...: runs the command within the limits above; its
# output is in $work/out and $work/err. Fails if the exit status is not one of those expected.
bounded() {
	local name=$1 allowed=() status=0
	shift
	while [[ $1 != -- ]]; do
		allowed+=("$1")
		shift
	done
	shift
	"$spend" "$seconds_allowed" "$mebibytes_allowed" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	[[ " ${allowed[*]} " == *" $status "* ]] ||
		fail "$name: exit $status, not one of ${allowed[*]}: $(tail -n 5 "$work/err")"
}

# says NAME TEXT: checks that the last bounded run printed this text.
says() {
	grep -qF -- "$2" "$work/out" "$work/err" || fail "$1: does not say \"$2\": $(head -n 20 "$work/out" "$work/err")"
}

says_not() {
	! grep -qF -- "$2" "$work/out" "$work/err" || fail "$1: says \"$2\""
}

# instructions COMMAND...: prints how many instructions it runs in user space, which does not depend
# on the load of the machine.
instructions() {
	{ valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null </dev/null || :; } |
		sed -n 's/.*Collected : //p'
}

# linear NAME TIMES BASE SMALL LARGE: compares costs. BASE is the cost of no input, LARGE that of
# TIMES as much input as SMALL. Fails if the cost grows by more than one and a half times TIMES; a
# quadratic cost would grow by TIMES squared.
linear() {
	local name=$1 times=$2 base=$3 small=$4 large=$5
	((small > base && large > small)) || { fail "$name: no cost was counted: $base, $small, $large"; return; }
	((large - base <= (small - base) * times * 3 / 2)) ||
		fail "$name: $times times the input costs $(((large - base) / (small - base))) times as much"
	printf '%s: %d instructions, %d, with %d times the input %d\n' "$name" "$base" "$small" "$times" "$large"
}

# image: makes a new empty image in $work/image.
image() {
	rm -rf "$work/image"
	mkdir -p "$work/image/etc" "$work/image/var/lib" "$work/image/usr/lib"
}
