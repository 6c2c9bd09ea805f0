#!/bin/bash
# The program in odd surroundings: closed descriptors, small limits, no environment, no /proc,
# read-only /sys, namespaces. In each the result is right, or the program fails and leaves
# everything as it was.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
program=$CONNTRACK_PERSIST
[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

bad=0
fail() {
	printf '%s\n' "$@"
	bad=1
}
image() {
	rm -rf "$work/image"
	mkdir -p "$work/image/etc" "$work/image/var/lib"
	printf '%s\n' '[conntrack]' 'max = 200000' 'hashsize = 200000' '[timeouts]' 'tcp_established = 6h' \
		>"$work/image/etc/conntrack-persist.conf"
}
tree() {
	(cd "$work/image" && find . ! -type d -printf '%p %m %s\n' -o -printf '%p %m\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 sha256sum)
}
image
before=$(tree)
"$program" --root="$work/image" install >/dev/null
after=$(tree)
[[ $before != "$after" ]] || fail 'install did nothing'

# run NAME STATUS... -- COMMAND: installs into a new image by evaluating COMMAND; $install is the
# command line. The exit status must be one of these, and the tree must be complete: unchanged
# unless the status is 0 or 1 after printing, never in between.
# shellcheck disable=SC2016
install='"$program" --root="$work/image" --verbose install'
run() {
	local name=$1 allowed=$2 status=0 now
	image
	eval "$3" >"$work/out" 2>"$work/err" || status=$?
	now=$(tree)
	[[ " $allowed " == *" $status "* ]] || fail "$name: exit $status, not one of $allowed" "$(cat "$work/err")"
	[[ $now == "$after" || ($status != 0 && $now == "$before") ]] ||
		fail "$name: exit $status, and neither as before nor as wanted:" "$(diff <(echo "$after") <(echo "$now"))"
}

#
# Standard descriptors
#
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	expected=0
	[[ $closed != *' >&-'* && $closed != '>&-'* ]] || expected=1
	run "closed: $closed" "$expected" "$install $closed"
	[[ $(tree) == "$after" ]] || fail "closed: $closed: not installed"
done
run 'standard output is full' 1 "$install >/dev/full"
[[ $(cat "$work/err") == *'standard output could not be written'* ]] || fail 'a full standard output is not told of'
run 'standard error is full' 0 "$install 2>/dev/full"
mkfifo "$work/pipe"
# The reader of the pipe has ended.
# shellcheck disable=SC2317 # called by eval
without_reader() {
	(: <"$work/pipe") &
	exec 7>"$work/pipe"
	wait $!
}
# shellcheck disable=SC2016
run 'nobody reads the pipe' 1 "without_reader; $install >&7"
exec 7>&-

#
# Limits
#
for blocks in 0 1 2 4; do
	run "files of at most $blocks KiB" '0 1' "(ulimit -f $blocks; $install)"
done
for files in 3 4 5 6 7 8 9 10 12 16 24; do
	run "at most $files descriptors" '0 1 127' "(ulimit -n $files; $install)"
done
for size in 3000 4000 5000 6000 7000 8000 10000 12000 16000; do
	run "at most $size KiB of addresses" '0 1 127' "(ulimit -v $size; $install)"
done
run 'a small stack' 0 "(ulimit -s 128; $install)"

#
# Environment, mode mask, folder
#
run 'no environment' 0 "env -i $install"
for locale in tr_TR.UTF-8 de_DE.ISO-8859-1 C POSIX nonsense ''; do
	run "locale $locale" 0 "LC_ALL=$locale LANGUAGE=$locale $install"
done
run 'POSIXLY_CORRECT' 0 "POSIXLY_CORRECT=1 $program install --root=$work/image"
run 'odd variables' 0 "HOME= PATH= TMPDIR=/nonexistent TERM= COLUMNS=-1 JOURNAL_STREAM=1:2 NOTIFY_SOCKET=/x $install"
for mask in 0000 0077 0777; do
	run "umask $mask" 0 "(umask $mask; $install)"
done
run 'a working directory that has gone' 0 "(mkdir $work/gone; cd $work/gone; rmdir $work/gone; $install)"

#
# Another user, who builds an image of their own. The folder of the program may be closed to them.
#
chmod 711 "$work"
cp "$program" "$work/program"
# shellcheck disable=SC2016
as_user='chown -R 65534:65534 "$work/image"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$work/program" --root="$work/image"'
run 'another user' 0 "$as_user --verbose install"
[[ -z $(find "$work/image" ! -user 65534 -print) ]] || fail 'another user: files of somebody else'
for who in 0 65534; do
	setpriv --reuid=$who --regid=$who --clear-groups "$work/program" --root="$work/image" check >"$work/out" 2>&1 ||
		fail "another user: check as $who" "$(cat "$work/out")"
done
# shellcheck disable=SC2016
run 'another user, over an older installation' 0 'sed -i "s/200000/100000/" "$work/image/etc/conntrack-persist.conf"
	"$program" --root="$work/image" install >/dev/null
	sed -i "s/100000/200000/" "$work/image/etc/conntrack-persist.conf"'"; $as_user --verbose install"
[[ $(tree) == "$after" ]] || fail 'another user: not updated'
# shellcheck disable=SC2016
run 'another user, root in a namespace of their own' 0 'chown -R 65534:65534 "$work/image"
	setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --map-root-user \
		"$work/program" --root="$work/image" install >/dev/null && chown -R 0:0 "$work/image"'
[[ $(tree) == "$after" ]] || fail 'root in a namespace: not installed'

#
# Other namespaces and file systems, each with mounts of its own
#
inside() {
	unshare --mount --propagation private "${@:2}" bash -euo pipefail -c "$1"
}
export program work
run 'no /proc' 0 "inside 'mount -t tmpfs none /proc; exec \"\$program\" --root=\$work/image --verbose install'"
run 'no /proc, no /sys, no /dev, no /run' 0 "inside 'for i in /sys /dev /run /proc; do mount -t tmpfs none \$i; done
	exec \"\$program\" --root=\$work/image --verbose install'"
run 'network and user namespaces' 0 "inside 'exec \"\$program\" --root=\$work/image --verbose install' --net --user --map-root-user --ipc --uts"

says() {
	[[ $(cat "$work/err" "$work/out") == *"$1"* ]] || fail "$2: not said: $1" "$(cat "$work/err" "$work/out")"
}
# look NAME STATUS SCRIPT UNSHARE-ARGUMENT...: runs a command that changes nothing anywhere.
look() {
	local status=0
	inside "$3" "${@:4}" >"$work/out" 2>"$work/err" || status=$?
	[[ $status == "$2" ]] || fail "$1: exit $status, not $2" "$(cat "$work/err" "$work/out")"
}
# Only the namespace's own values can be written here, nothing of the host.
printf '%s\n' '[conntrack]' 'max = 100000' '[timeouts]' 'udp = 77' >"$work/udp.conf"
# shellcheck disable=SC2016
apply='mount -o bind,ro /sys /sys; mount -t tmpfs none /run; exec "$program" -c "$work/udp.conf" apply'
if [[ -e /sys/module/nf_conntrack/parameters ]]; then
	look 'no /proc' 1 "mount -t tmpfs none /proc; $apply" --net
	says '/proc/sys is not mounted' 'no /proc'
fi
if [[ -e /proc/sys/net/netfilter/nf_conntrack_udp_timeout ]]; then
	look 'read-only /proc/sys' 1 "mount -o bind,ro /proc/sys /proc/sys; $apply" --net
	says 'read-only' 'read-only /proc/sys'
	look 'a network namespace, where one value is its own' 1 "$apply" --net
	says 'net.netfilter.nf_conntrack_udp_timeout: 30 -> 77' 'a network namespace'
	says 'hashsize' 'a network namespace'
fi
# Root of an unprivileged container: what it cannot see or reach is left out, and the installation
# does not fail.
if [[ -e /sys/module/nf_conntrack/parameters/expect_hashsize ]]; then
	printf '%s\n' '[conntrack]' 'expect_hashsize = 1024' '[timeouts]' 'udp = 77' >"$work/udp.conf"
	status=0
	# shellcheck disable=SC2016
	setpriv --reuid=65534 --regid=65534 --clear-groups unshare --net --user --map-root-user --mount bash -c \
		'mount -t tmpfs none /run; exec "$work/program" -c "$work/udp.conf" plan' >"$work/out" 2>"$work/err" || status=$?
	[[ $status == 2 ]] || fail "root of a container: exit $status, not 2" "$(cat "$work/err")"
	says 'only root of the host can see nf_conntrack.expect_hashsize' 'root of a container'
	# shellcheck disable=SC2016
	look '/proc/sys is read-only' 2 'mount -t tmpfs none /run; mount -o bind,ro /proc/sys /proc/sys
		"$program" --json -c "$work/udp.conf" plan' --net
	[[ $(python3 -c 'import json, sys
print([value.get("out_of_reach") for value in json.load(sys.stdin)["values"] if value["key"].endswith("udp_timeout")])' \
		<"$work/out") == '[True]' ]] || fail 'a value below a read-only /proc/sys is not out of reach' "$(cat "$work/out")"
fi
# Without root the program does not try what only root may do, and reports no failure for it.
cp "$program" "$work/program"
setpriv --reuid=65534 --regid=65534 --clear-groups "$work/program" users >"$work/out" 2>"$work/err" || :
[[ $(cat "$work/err") != *'you must be root'* && $(cat "$work/err") != *'Input/output error'* ]] ||
	fail 'users, as nobody:' "$(cat "$work/err")"
exit $bad
