#!/bin/bash
# Another user cannot hold the lock: neither its file nor a directory above it, whatever files an
# earlier run or an accident left.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --pid --fork --mount-proc --propagation private "$0" alone
fi
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
# For the time of the test, these folders are empty and belong to the test.
for folder in /etc /var/lib /run; do
	mount -t tmpfs -o mode=755 none "$folder"
done
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >/etc/conntrack-persist.conf
printf '%s\n' '[conntrack]' 'max = 200000' 'hashsize = 200000' >"$work/other.conf"
chmod 755 "$work"
state=/var/lib/conntrack-persist runtime=/run/conntrack-persist

# Becomes the user, opens each file in every way that is possible, locks the whole file in both
# ways, prints which locks it has, and keeps them.
cat >"$work/hold" <<'HOLD'
import fcntl, os, sys, time
user = int(sys.argv[1])
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
held = []
for path in sys.argv[3:]:
    for flags in (os.O_RDWR, os.O_WRONLY, os.O_RDONLY):
        try:
            fd = os.open(path, flags)
        except OSError:
            continue
        held.append(fd)
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                lock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pass
open(sys.argv[2], "w").close()
time.sleep(600)
HOLD

# hold_as USER PATH...: that user locks everything it can, until let_go.
hold_as() {
	local user=$1 ready
	shift
	ready=$(mktemp -u "$work/open.XXXXXX")
	install -d -m 1777 "$work/ready"
	ready=$work/ready/${ready##*/}
	python3 "$work/hold" "$user" "$ready" "$@" &
	holder=$!
	while [[ ! -e $ready ]]; do
		kill -0 "$holder" || { fail "$name: the holder has not started"; return; }
		sleep 0.02
	done
}
let_go() {
	kill "$holder"
	wait "$holder" 2>/dev/null || :
}
everything() {
	find / "$state" "$runtime" "$work/image/var" -maxdepth 0 2>/dev/null
	find /etc /var/lib /run "$work/image" -xdev 2>/dev/null
}

# quick NAME STATUS ARGUMENT...: checks that the run ends long before it would give up the lock.
quick() {
	local name=$1 status=$2 said=0
	shift 2
	timeout 20 "$program" "$@" >"$work/out" 2>"$work/err" </dev/null || said=$?
	[[ $said == "$status" ]] || fail "$name: exit $said, not $status: $(tail -n 5 "$work/err")"
}

for option in '' "--root=$work/image"; do
	for version in new first; do
		name="a fresh host, $version, $option"
		image
		rm -rf "$state" "$runtime"
		cp /etc/conntrack-persist.conf "$work/image/etc/"
		if [[ $version == first ]]; then
			# The earlier version locked the folders themselves, and left no other file.
			mkdir -p "$state" "$runtime" "$work/image$state"
		fi
		mapfile -t paths < <(everything)
		hold_as 65534 "${paths[@]}"
		# shellcheck disable=SC2086 # no word, or one
		quick "$name: install" 0 $option install
		let_go
		mapfile -t paths < <(everything)
		hold_as 65534 "${paths[@]}"
		for verb in install 'install again' uninstall 'uninstall again'; do
			arguments=("${verb%% *}")
			[[ $verb != install ]] || arguments=(-c "$work/other.conf" install)
			# shellcheck disable=SC2086
			quick "$name: $verb" 0 $option "${arguments[@]}"
		done
		let_go
		left=$(find "${option#--root=}$state" "${option#--root=}$runtime" -mindepth 1 2>/dev/null || :)
		[[ -z $left ]] || fail "$name: left behind: $left"
	done
done

# The file of the lock can be opened by others, or belongs to another user who holds it.
# shellcheck disable=SC2016 # for eval
for wrong in 'chmod 666' 'chmod 644' 'chown 65534' 'ln $state/lock /var/lib/other; chmod 606'; do
	name="after $wrong"
	quick "$name: install" 0 install
	eval "$wrong $state/lock"
	hold_as 65534 "$state/lock" "$state"
	quick "$name: install over it" 0 -c "$work/other.conf" install
	[[ $(stat -c '%a %u %h' "$state/lock") == '600 0 1' ]] || fail "$name: not put right: $(stat -c '%a %u %h' "$state/lock")"
	quick "$name: uninstall" 0 uninstall
	let_go
	rm -f /var/lib/other
done

# A folder that others can write to is named at once, with what to do; after that, everything works.
for wrong in 'chmod 777' 'chmod 1777' 'chown 65534'; do
	name="the folder after $wrong"
	mkdir "$state"
	$wrong "$state"
	setpriv --reuid 65534 --regid 65534 --clear-groups touch "$state/lock"
	hold_as 65534 "$state/lock" "$state"
	quick "$name: install" 3 install
	says "$name" "$state belongs to user"
	says "$name" 'chown 0:0, chmod go-w'
	chown 0:0 "$state"
	chmod go-w "$state"
	quick "$name: install, put right" 0 install
	quick "$name: uninstall" 0 uninstall
	let_go
	[[ ! -e $state ]] || fail "$name: something stays"
done

# Another kind of file at the path of the lock is named and not changed.
for kind in 'ln -s /etc/passwd' mkfifo mkdir 'cp /etc/conntrack-persist.conf'; do
	name="the lock is a $kind"
	mkdir "$state"
	$kind "$state/lock"
	quick "$name: install" 1 install
	says "$name" "$state/lock: the file "
	says "$name" 'remove it and run install again'
	[[ $(ls -A "$state") == lock ]] || fail "$name: $(ls -A "$state")"
	rm -rf "$state/lock"
	quick "$name: install, removed" 0 install
	quick "$name: uninstall" 0 uninstall
done

# A process of root holds the lock: the message names that process, and nothing was changed.
name='the holder'
quick "$name: install" 0 install
hold_as 0 "$state/lock"
status=0
"$program" -c "$work/other.conf" install >"$work/out" 2>"$work/err" || status=$?
[[ $status == 1 ]] || fail "$name: exit $status"
says "$name" "process $holder ("
says "$name" "python3 $work/hold 0"
says "$name" 'run it again when that process has ended'
let_go
quick "$name: install again" 0 -c "$work/other.conf" install
quick "$name: uninstall" 0 uninstall
finish
