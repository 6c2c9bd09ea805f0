#!/bin/bash
# A journal that accepts no message loses none: JOURNAL_STREAM names standard error, and no process
# listens at the journal's socket.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
need_root

image
mkdir -p "$work/image/etc/sysctl.d"
printf '[conntrack]\nmax = 131072\nhashsize = 65536\n' >"$work/image/etc/conntrack-persist.conf"
for max in 70001 70002; do
	echo "net.netfilter.nf_conntrack_max = $max" >"$work/image/etc/sysctl.d/99-$max.conf"
done
echo 'net.netfilter.nf_conntrack_udp_timeout = 1' >"$work/image/etc/sysctl.d/98.conf"
printf '[conntrack]\nmax = lots\n' >"$work/image/bad.conf"

# silent NAME PREPARATION EXPECTED-STATUS ARGUMENT...: runs the program in a mount namespace with a
# /run that the shell commands PREPARATION make; standard error is a file that JOURNAL_STREAM names.
silent() {
	local name=$1 preparation=$2 expected=$3 status=0
	shift 3
	# shellcheck disable=SC2016
	unshare --mount bash -c '
		set -e
		mount -t tmpfs none /run
		mkdir -p /run/systemd/journal
		'"$preparation"'
		exec 2>"$1/err"
		export JOURNAL_STREAM
		JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)
		exec "${@:2}"' - "$work" "$program" "$@" >"$work/out" </dev/null || status=$?
	[[ $status == "$expected" ]] || fail "$name: exit $status, not $expected: $(head -n 5 "$work/err")"
}

# shellcheck disable=SC2016
listener='perl -MSocket -e "socket(my \$s, AF_UNIX, SOCK_DGRAM, 0); bind(\$s, sockaddr_un(\"/run/systemd/journal/socket\")) or die"'
for case in no_socket nobody no_folder; do
	case $case in
	no_socket) preparation='' ;;
	# The file of the socket exists, but no process has it open any more.
	nobody) preparation=$listener ;;
	no_folder) preparation='rmdir /run/systemd/journal /run/systemd' ;;
	esac
	silent "$case" "$preparation" 2 check --root="$work/image"
	says "$case" 'is overridden: '
	says "$case" 'the journal accepts no messages ('
	[[ $(grep -c 'the journal accepts no messages' "$work/err") == 1 ]] || fail "$case: says it more than once"
	silent "$case" "$preparation" 78 plan --config="$work/image/bad.conf" --root="$work/image"
	says "$case" 'conntrack.max: '
	silent "$case" "$preparation" 1 check --root="$work/none"
	says "$case" 'cannot open the root'
done

# With a listener, the journal has the messages, each as one line.
mkfifo "$work/ready"
silent listens "perl -MSocket -e '
	socket(my \$s, AF_UNIX, SOCK_DGRAM, 0);
	bind(\$s, sockaddr_un(\"/run/systemd/journal/socket\")) or die;
	open(my \$ready, \">\", \"$work/ready\"); close(\$ready);
	alarm(60);
	recv(\$s, my \$entry, 65536, 0);
	open(my \$out, \">\", \"$work/entries\"); print \$out \$entry; close(\$out);
	open(\$ready, \">\", \"$work/ready\");
' & : <$work/ready" 1 check --root="$work/none"
timeout 60 cat "$work/ready" || fail 'the journal got no message within a minute'
grep -qs 'cannot open the root' "$work/entries" || fail 'the journal did not get the message'
[[ ! -s $work/err ]] || fail "with a journal there is something on standard error, too: $(cat "$work/err")"
finish
