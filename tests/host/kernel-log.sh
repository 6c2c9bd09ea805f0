#!/bin/bash
# The shipped program reads kernel messages from journals that systemd's own tool wrote. The test
# writes to no log of this machine.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
top=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
reader=${builddir:?is set by make check}/tests/kernel-log

# For the time of the test, the test sees no journal of this machine.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	[[ -e /etc/machine-id ]] || { echo "this machine has no /etc/machine-id"; exit 77; }
	folder=$("$top/tests/unpack.sh" systemd-journal-remote) || { echo "no systemd-journal-remote to be had"; exit 77; }
	exec unshare --mount --propagation private "$0" alone "$folder"
fi
folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mount -t tmpfs none /var/log
mount -t tmpfs none /run
machine=0123456789abcdef0123456789abcdef
echo $machine >"$work/machine-id"
mount --bind "$work/machine-id" /etc/machine-id
boot=$(tr -d - </proc/sys/kernel/random/boot_id)
other_boot=11112222333344445555666677778888

fail() {
	printf '%s\n' "$@"
	exit 1
}

# finds LINE [COMMAND...]: checks what the reader prints, run by COMMAND if one is given.
finds() {
	local said
	said=$("${@:2}" "$reader")
	[[ $said == "$1" ]] || fail "not said: $1" "but:      $said"
}

finds 'known=0 since_boot=0 count=0 namespaces=0 expectations=0 first=0 last=0'

message='nf_conntrack: nf_conntrack: table full, dropping packet'
entries=
number=0
# entry BOOT TRANSPORT FACILITY TEXT [FIELD]: writes an entry, one second after the one before.
entry() {
	number=$((number + 1))
	entries+="__REALTIME_TIMESTAMP=$((1700000000 + number))000000
__MONOTONIC_TIMESTAMP=${number}000000
_BOOT_ID=$1
_MACHINE_ID=$machine
_TRANSPORT=$2
SYSLOG_FACILITY=$3
MESSAGE=$4
${5:+$5
}
"
}

write_journal() {
	rm -rf /var/log/journal
	mkdir -p "/var/log/journal/$machine"
	printf '%s' "$entries" >"$work/export"
	LD_LIBRARY_PATH=$(find "$folder" -name 'lib*.so.*' -printf '%h\n' | sort -u | paste -sd :) \
		"$(find "$folder" -name systemd-journal-remote -type f -perm -100)" \
		--output="/var/log/journal/$machine/system.journal" "$work/export" >"$work/log" 2>&1 ||
		fail 'systemd-journal-remote:' "$(<"$work/log")"
}

entry $other_boot kernel 0 'Linux version 6.12'
entry $other_boot kernel 0 "$message"
entry "$boot" kernel 0 'Linux version 6.18'
entry "$boot" kernel 0 "$message"
entry "$boot" syslog 0 "$message"
entry "$boot" kernel 1 "$message"
entry "$boot" kernel 0 'nf_conntrack: nf_conntrack: table full in netns 4026532114, dropping packet'
entry "$boot" kernel 0 'nf_conntrack: nf_conntrack: expectation table full'
entry "$boot" kernel 0 "$message" '_SOURCE_REALTIME_TIMESTAMP=1600000000000000'
entry "$boot" kernel 0 "$message of old"
entry "$boot" kernel 0 'a later one'
write_journal
finds 'known=1 since_boot=1 count=3 namespaces=1 expectations=1 first=1600000000000000 last=1700000007000000'

# A user who may not read the journal learns nothing.
chmod 700 /var/log/journal
# The build may be in a folder that only root can enter.
cp "$reader" /run/reader
reader=/run/reader
finds 'known=0 since_boot=0 count=0 namespaces=0 expectations=0 first=0 last=0' \
	setpriv --reuid=65534 --regid=65534 --clear-groups
reader=$builddir/tests/kernel-log

# The oldest entries were removed.
entries=
entry "$boot" kernel 0 "$message"
write_journal
finds "known=1 since_boot=0 count=1 namespaces=0 expectations=0 first=17000000${number}000000 last=17000000${number}000000"

# A journal without messages of the kernel answers nothing.
entries=
entry "$boot" syslog 1 "$message"
entry $other_boot kernel 0 "$message"
write_journal
finds 'known=0 since_boot=0 count=0 namespaces=0 expectations=0 first=0 last=0'
