#!/bin/bash
# Runs one case: its `cmd` against copies of its fixtures, and compares what it says and leaves.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: tests/run-case.sh [--update] tests/cases/NAME
# A case holds: cmd (bash; `ctp` is the program on the host $HOST, prints "exit N" after its output), any *.conf it
# names, host/ and image/ (fixtures, optional), expected.txt (what cmd says), expected-host/, expected-image/ (trees).
set -euo pipefail
update=no
if [[ ${1-} == --update ]]; then
	update=yes
	shift
fi
case=$(cd "${1:?which case?}" && pwd)
: "${CONNTRACK_PERSIST_TWIN:?is not set: path of the built tests/conntrack-persist-twin}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOST=$work/host IMAGE=$work/image CASE=$case CONNTRACK_PERSIST_HOST=$work/host
unset NO_COLOR
umask 022
mkdir -p "$work/run" "$HOST/etc" "$HOST/var/lib" "$HOST/proc/sys/kernel" "$IMAGE"
echo 'MemTotal:        3915436 kB' >"$HOST/proc/meminfo"
echo 6.1.0-13-amd64 >"$HOST/proc/sys/kernel/osrelease"
[[ ! -d $case/host ]] || cp -a "$case/host/." "$HOST/"
[[ ! -d $case/image ]] || cp -a "$case/image/." "$IMAGE/"

# shellcheck disable=SC2317
ctp() {
	local code=0
	"$CONNTRACK_PERSIST_TWIN" "$@" 2>&1 || code=$?
	echo "exit $code"
}
# has GREP-ARGUMENT...: whether standard input, read to its end, has a match.
# shellcheck disable=SC2317
has() {
	local text
	text=$(cat)
	grep -q "$@" <<<"$text"
}
# shellcheck disable=SC2317
fail() {
	echo "FAILED: $*"
	exit 99
}
export -f ctp has fail

status=0
(cd "$work/run" && bash -euo pipefail "$case/cmd") >"$work/said" 2>&1 </dev/null || status=$?
sed -i "s|$work/host|HOST|g; s|$work/image|IMAGE|g; s|$case|CASE|g" "$work/said"
if [[ $update == yes ]]; then
	cp "$work/said" "$case/expected.txt"
	exit 0
fi
[[ $status != 77 ]] || exit 77
[[ $status == 0 ]] || {
	cat "$work/said"
	echo "cmd ended with $status"
	exit 1
}
bad=0
[[ ! -e $case/expected.txt ]] || diff -u "$case/expected.txt" "$work/said" || bad=1
for tree in host image; do
	[[ ! -d $case/expected-$tree ]] || diff -r -u "$case/expected-$tree" "$work/$tree" || bad=1
done
# Whatever happened: no temporary file stays.
[[ -z $(find "$work/host" "$work/image" -name '*~') ]] || {
	find "$work/host" "$work/image" -name '*~'
	bad=1
}
exit $bad
