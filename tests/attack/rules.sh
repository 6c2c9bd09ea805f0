#!/bin/bash
# Rules, processes and a /proc that any user can make: `users` ends within its limits, and never
# says "nothing" about rules that it could not read.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
need_root
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
chmod 711 "$work"

# make_sets MODE COUNT: makes rule sets of an unprivileged user, until drop_sets; $made is the
# number of their rules that need connection tracking.
make_sets() {
	coproc SETS { exec "$builddir/tests/attack/rule-sets" "$1" "$2" "sets-$$"; }
	sets=$SETS_PID
	read -r made <&"${SETS[0]}" || fail "$1: the rule sets were not made"
}

drop_sets() {
	kill "$sets"
	wait "$sets" 2>/dev/null || :
}

# count_rules: prints how many rules the last run with --json found in the sets.
count_rules() {
	python3 -c '
import json, re, sys
evidence = [user["evidence"] for user in json.load(sys.stdin)["users"] if f"namespace of {sys.argv[1]} " in user["name"]]
print(sum(int(text.split()[0]) for text in evidence if re.match(r"[0-9]+ rules? with ", text)))' "sets-$$" <"$work/out" ||
		fail 'users: no JSON was printed'
}

never_nobody() {
	says_not "$1" 'Nothing on this host'
	says "$1" "$2"
}

# Names that are not UTF-8, user data of all kinds, each expression that this kernel has.
make_sets random 310
bounded 'random sets' 2 -- "$program" --json users
found=$(count_rules)
[[ $found == "$made" ]] || fail "random sets: $found rules were found, $made were made"
bounded 'random sets, as text' 2 -- "$program" users
! grep -aq $'[\x01-\x08\x0b-\x1f\x7f]' "$work/out" || fail 'random sets: control characters are printed'
printf '[conntrack]\nmode = disable\n' >"$work/disable.conf"
bounded 'random sets, plan' 2 -- "$program" --config="$work/disable.conf" plan
bounded 'random sets, install' 2 3 -- "$program" --config="$work/disable.conf" --dry-run install
bounded 'random sets, advise' 0 -- "$program" advise
drop_sets

make_sets many 100000
bounded 'many rules' 2 -- "$program" --json users
printf 'many rules: %d of %d were read in time\n' "$(count_rules)" "$made"
drop_sets

# A rule of 6 KiB is read, and the next one, too; a rule that is too large for an answer hides the
# next one.
make_sets hidden 20
bounded 'a long rule' 2 -- "$program" users
says 'a long rule' 'nft ip hidden chain'
drop_sets
make_sets hidden 126
bounded 'a rule too long' 1 2 -- "$program" users
never_nobody 'a rule too long' 'could not be read: there are more of them than the kernel returns'
drop_sets

make_sets changing 30000
bounded 'changing rules' 1 2 -- "$program" users
never_nobody 'changing rules' 'could not be read: they changed each time they were read'
drop_sets

make_sets namespaces 1030
bounded 'many namespaces' 1 2 -- "$program" users
never_nobody 'many namespaces' 'there are more than 1,024 namespaces'
drop_sets

# shellcheck disable=SC2016
bounded 'no /proc' 1 2 -- unshare --mount sh -c 'umount -l /proc && exec "$0" users' "$program"
never_nobody 'no /proc' '/proc is not mounted'
# A member of root's group still sees them.
# shellcheck disable=SC2016
bounded 'hidepid' 1 2 -- unshare --mount sh -c 'mount -t proc -o hidepid=2 proc /proc &&
	exec setpriv --regid=65534 --clear-groups --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$0" users' "$program"
never_nobody 'hidepid' 'hides the processes of other users'
# shellcheck disable=SC2016
bounded 'without a capability' 1 2 -- setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$program" users
never_nobody 'without a capability' 'the network namespaces of some processes'
# shellcheck disable=SC2016
bounded 'processes alone' 1 2 -- unshare --mount sh -c 'mount -t proc -o subset=pid proc /proc && exec "$0" users' "$program"
never_nobody 'processes alone' '/proc shows only processes here'
bounded 'a container' 1 2 -- unshare --pid --fork --mount-proc "$program" users
never_nobody 'a container' 'it shows those of this container'
bounded 'an ordinary user' 1 2 -- "${nobody[@]}" "$program" users
never_nobody 'an ordinary user' 'only root may read them'

# sleep_as NAME COMMAND...: starts a process of that name, as root's set-uid programs may have one;
# COMMAND runs it.
sleepers=()
sleep_as() {
	ln -s "$work/sleep" "$work/$1"
	"${@:2}" "$work/$1" 60 &
	sleepers+=($!)
}
install -m 4755 "$(command -v sleep)" "$work/sleep"
sleep_as kube-proxy "${nobody[@]}"
sleep_as conntrackd "${nobody[@]}" unshare --user --map-root-user
sleep_as keepalived unshare --user --map-root-user
sleep_as tailscaled
until [[ $(cat /proc/"${sleepers[0]}"/comm)$(cat /proc/"${sleepers[1]}"/comm) == kube-proxyconntrackd &&
	$(cat /proc/"${sleepers[2]}"/comm)$(cat /proc/"${sleepers[3]}"/comm) == keepalivedtailscaled ]]; do :; done
bounded 'processes called like daemons' 2 -- "$program" users
says 'processes called like daemons' 'likely    tailscaled'
for name in kube-proxy conntrackd keepalived; do
	says_not 'processes called like daemons' "likely    $name"
	says_not 'processes called like daemons' "certain   $name"
done
kill "${sleepers[@]}"
finish
