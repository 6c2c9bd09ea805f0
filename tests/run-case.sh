#!/bin/bash
# Runs one case: runs its `cmd` on copies of its fixtures, and compares the output and the files
# that it leaves.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: tests/run-case.sh [--update] tests/cases/NAME
# A case holds: cmd (bash; `ctp` is the program on the host $HOST, prints the command before its
# output and "exit N" after it; `ask` prints no command; `step` says what is different from now on,
# and a run without it fails the case if nothing was said before, or if the case has changed the
# host since the last run), any *.conf it names, host/ and image/ (fixtures, optional), expected.txt
# (what cmd says), expected-host/, expected-image/ (trees).
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
export SEEN=$work/seen HOST=$work/host IMAGE=$work/image CASE=$case CONNTRACK_PERSIST_HOST=$work/host
unset NO_COLOR RUNTIME_DIRECTORY COLUMNS LINES
export TZ=UTC LC_ALL=C
umask 022
mkdir -p "$work/run" "$HOST/etc" "$HOST/var/lib" "$HOST/proc/sys/kernel" "$IMAGE"
echo 'MemTotal:        3915436 kB' >"$HOST/proc/meminfo"
echo 6.1.0-13-amd64 >"$HOST/proc/sys/kernel/osrelease"
[[ ! -d $case/host ]] || cp -a "$case/host/." "$HOST/"
[[ ! -d $case/image ]] || cp -a "$case/image/." "$IMAGE/"

# step TEXT: prints in expected.txt what is different from now on.
# shellcheck disable=SC2317
step() {
	echo "== $*" >&3
	: >"$SEEN"
}
# host_state: lists the files of the host, of the image and of the configuration, each with the time
# of its last change.
# shellcheck disable=SC2317
host_state() {
	find "$HOST" "$IMAGE" "${SEEN%/*}/run"/*.conf ! -path "$HOST" ! -name '*.log' -printf '%p %C@\n' 2>/dev/null || :
}
# announced: returns whether the case may change the host: it printed a step line, and after the
# last run another one, or it has changed nothing.
# shellcheck disable=SC2317
announced() {
	[[ -e $SEEN ]] && { [[ ! -s $SEEN ]] || host_state | cmp -s - "$SEEN"; }
}
# run_program ANNOUNCED ARGUMENT...: runs the program. The next run must find the host as this one
# left it, unless ANNOUNCED says that the case announced a change.
# shellcheck disable=SC2317
run_program() {
	local code=0
	"$CONNTRACK_PERSIST_TWIN" "${@:2}" || code=$?
	if [[ $1 == yes ]]; then host_state >"$SEEN"; elif [[ -e $SEEN ]]; then echo changed >"$SEEN"; fi
	return "$code"
}
# ask ARGUMENT...: runs the program without printing the command line, for a case that only looks
# for something in the output.
# shellcheck disable=SC2317
ask() {
	local code=0 known=no
	! announced || known=yes
	run_program "$known" "$@" 2>&1 || code=$?
	echo "exit $code"
}
# ctp ARGUMENT...: does the same after a line with the command and the prompt of root or of another
# user, past any pipe.
# shellcheck disable=SC2317
ctp() {
	local code=0 prompt="#"
	announced || echo "no step line says what is different before: conntrack-persist $*" >>"$SEEN-not"
	[[ ! -v CONNTRACK_PERSIST_UNPRIVILEGED ]] || prompt="$"
	echo "$prompt conntrack-persist $*" >&3
	run_program yes "$@" 2>&1 || code=$?
	echo "exit $code"
}
# json ARGUMENT...: prints only the JSON object, whatever the exit status.
# shellcheck disable=SC2317
json() {
	local known=no
	! announced || known=yes
	run_program "$known" --json "$@" 2>/dev/null || :
}
# has GREP-ARGUMENT...: returns whether standard input has a match. It reads the whole input.
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
# configured [MAX]: writes a max into the configuration, because the program chooses none if nothing
# is configured.
# shellcheck disable=SC2317
configured() {
	mkdir -p "$HOST/etc"
	printf '[conntrack]\nmax = %s\n' "${1-524288}" >"$HOST/etc/conntrack-persist.conf"
}
# loaded [STATE]: loads nf_conntrack into the kernel, with the default values of this host;
# "built-in" has neither a state nor events.
# shellcheck disable=SC2317
loaded() {
	local state=${1:-live} module=$HOST/sys/module/nf_conntrack keys=$HOST/proc/sys/net/netfilter
	mkdir -p "$module/parameters" "$keys"
	echo 65536 >"$module/parameters/hashsize"
	echo 512 >"$module/parameters/expect_hashsize"
	echo N >"$module/parameters/acct"
	if [[ $state == built-in ]]; then
		rm -f "$module"/{initstate,uevent,refcnt}
	else
		echo "$state" >"$module/initstate"
		echo 0 >"$module/refcnt"
		: >"$module/uevent"
	fi
	[[ $state != coming ]] || return 0
	echo 65536 >"$keys/nf_conntrack_max"
	# The key has a short name, which child network namespaces lack.
	echo 65536 >"$HOST/proc/sys/net/nf_conntrack_max"
	echo 65536 >"$keys/nf_conntrack_buckets"
	echo 1024 >"$keys/nf_conntrack_expect_max"
	echo 432000 >"$keys/nf_conntrack_tcp_timeout_established"
	echo 30 >"$keys/nf_conntrack_udp_timeout"
	echo 0 >"$keys/nf_conntrack_acct"
	echo 3145728 >"$keys/nf_conntrack_frag6_low_thresh"
	echo 4194304 >"$keys/nf_conntrack_frag6_high_thresh"
}
# namespace NAME [PID COMMAND]: makes a further network namespace, with a name or with that process,
# and with the default values. The sizes are the host's, and only shown.
# shellcheck disable=SC2317
namespace() {
	local key folder=$HOST/namespaces/$1 keys=$HOST/namespaces/$1/proc/sys/net/netfilter
	mkdir -p "$keys"
	[[ -z ${2-} ]] || echo "$2" >"$folder/pid"
	[[ -z ${3-} ]] || echo "$3" >"$folder/command"
	[[ -e $HOST$KEYS/nf_conntrack_max ]] || return 0
	for key in max buckets expect_max; do
		cp "$HOST$KEYS/nf_conntrack_$key" "$keys/"
		chmod 444 "$keys/nf_conntrack_$key"
	done
	echo 0 >"$keys/nf_conntrack_count"
	echo 432000 >"$keys/nf_conntrack_tcp_timeout_established"
	echo 30 >"$keys/nf_conntrack_udp_timeout"
	echo 0 >"$keys/nf_conntrack_acct"
}
# systemd, udevd: start them on this host.
# shellcheck disable=SC2317
run_by_systemd() {
	mkdir -p "$HOST/run/systemd/system" "$HOST/run/udev"
	: >"$HOST/run/udev/control"
}
# modules "NAME USERS ABOVE"...: loads these modules; ABOVE is a list that ends in a comma, as in
# /proc/modules.
# shellcheck disable=SC2317
modules() {
	local line name users above
	for line in "$@"; do
		read -r name users above <<<"$line"
		echo "$name 16384 $users ${above:--} Live 0x0000000000000000"
	done >"$HOST/proc/modules"
}
# rules NAMESPACE LINE...: sets what nf_tables has there ("own": this namespace), in the format of
# tests/harness/nft-messages.h.
# shellcheck disable=SC2317
rules() {
	mkdir -p "$HOST/rulesets/$1"
	printf '%s\n' "${@:2}" >"$HOST/rulesets/$1/nft"
}
# process PID NAME [UIDS]: adds a process to this host; the user IDs are real, effective, saved, and
# of files.
# shellcheck disable=SC2317
process() {
	mkdir -p "$HOST/proc/$1"
	echo "$2" >"$HOST/proc/$1/comm"
	printf 'Name:\t%s\nUid:\t%s\nGid:\t0\t0\t0\t0\n' "$2" "${3-0	0	0	0}" >"$HOST/proc/$1/status"
}
# at_boot TARGET UNIT: makes systemd start the unit.
# shellcheck disable=SC2317
at_boot() {
	mkdir -p "$HOST/etc/systemd/system/$1.wants"
	ln -s "/usr/lib/systemd/system/$2" "$HOST/etc/systemd/system/$1.wants/$2"
}
# fault KIND NAME ERRNO: adds a fault, in the format of tests/harness/faults.h.
# shellcheck disable=SC2317
fault() {
	printf '%s %s\t%s\n' "$@" >>"$HOST/faults"
}
# written: prints what was written to the kernel since the last time, in order.
# shellcheck disable=SC2317
written() {
	[[ ! -e $HOST/kernel.log ]] || cat "$HOST/kernel.log"
	rm -f "$HOST/kernel.log"
}
export -f step host_state announced run_program ask ctp json has fail configured loaded namespace run_by_systemd modules rules process at_boot fault written
export KEYS=/proc/sys/net/netfilter MODULE=/sys/module/nf_conntrack

status=0
(cd "$work/run" && bash -euo pipefail "$case/cmd") >"$work/said" 2>&1 3>&1 </dev/null || status=$?
# A release changes no expectation.
version=$("$CONNTRACK_PERSIST_TWIN" --version | sed -n '1s/^conntrack-persist //p')
sed -i "s|^conntrack-persist $version\$|conntrack-persist VERSION|; s|than this one ($version)|than this one (VERSION)|" "$work/said"
sed -i "s|$work/host|HOST|g; s|$work/image|IMAGE|g; s|$case|CASE|g" "$work/said"
if [[ $update == yes ]]; then
	# A case that does not end as it should says nothing that can be expected.
	[[ $status == 0 ]] || { cat "$work/said"; exit 1; }
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
[[ ! -e $SEEN-not ]] || { cat "$SEEN-not"; bad=1; }
[[ ! -e $case/expected.txt ]] || diff -u "$case/expected.txt" "$work/said" || bad=1
for tree in host image; do
	[[ ! -d $case/expected-$tree ]] || diff -r -u "$case/expected-$tree" "$work/$tree" || bad=1
done
# In any case no temporary file stays.
[[ -z $(find "$work/host" "$work/image" -name '*~') ]] || {
	find "$work/host" "$work/image" -name '*~'
	bad=1
}
exit $bad
