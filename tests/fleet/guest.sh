#!/bin/bash
# The Ansible module in a guest over ssh with a real nf_conntrack: not loaded, loaded by a rule,
# after a reboot.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2119 # recap may be asked of one host
#
# Needs CONNTRACK_PERSIST, in its build directory. Prints "ok - NAME" and "not ok - NAME" lines.
# FLEET_COST  a command to run when the guest is up, with $work/inventory: what bench/fleet does
# (default: none)
set -uo pipefail
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
program=$(readlink -f "${CONNTRACK_PERSIST:?is not set: path of the built conntrack-persist}")
make_work
use_collection || exit
keys=/proc/sys/net/netfilter

leave() {
	[[ -z ${guest-} ]] || kill "$guest" 2>/dev/null
	wait
}

# make_guest: makes a host with the program and our key, and boots it at a port of the loopback.
make_guest() {
	ssh-keygen -q -t ed25519 -N '' -f "$work/key"
	mkdir -p "$work/host/root/.ssh"
	chmod 700 "$work/host/root/.ssh"
	cp "$work/key.pub" "$work/host/root/.ssh/authorized_keys"
	make -s -C "$(dirname "$program")" install DESTDIR="$work/host" >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
	chmod 755 "$work/host"
	tar -C "$work/host" --owner=0 --group=0 -cf "$work/host.tar" .
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$work/inventory" <<-END
		all:
		  vars:
		    ansible_python_interpreter: /usr/bin/python3
		    ansible_user: root
		    ansible_become: false
		    ansible_ssh_private_key_file: $work/key
		    ansible_ssh_common_args: -o ControlPersist=600 -o ControlPath=$work/%C -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
		  hosts:
		    guest: {ansible_host: 127.0.0.1, ansible_port: $port}
	END
	VM_SSH=$port VM_PACKAGES="${VM_PACKAGES-} openssh-server python3" "$top/tests/vm/run-vm.sh" \
		"${FLEET_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}" "$top/tests/vm/provisioned.sh" "$work/host.tar" >"$work/guest" 2>&1 &
	guest=$!
}

# on COMMAND: prints the output of a command in the guest on one line.
on() {
	ssh -n -i "$work/key" -p "$port" -o ControlPath="$work/%C" -o ControlMaster=auto -o ControlPersist=600 \
		-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -o ConnectTimeout=10 \
		root@127.0.0.1 "$1" 2>&1 | paste -sd ' '
}

# wait_for_guest: waits until the guest answers or has ended.
wait_for_guest() {
	until [[ $(on 'echo here') == here ]]; do
		kill -0 "$guest" 2>/dev/null || { check 'the guest answers' "$(tail -n 5 "$work/guest")" ''; exit; }
		sleep 1
	done
}

# module CONFIG ARGUMENT...: runs the module
module() {
	play "$here/module.yml" -e "{\"arguments\":{\"config\":$1}}" "${@:2}"
}

tune='{"conntrack":{"max":131072},"timeouts":{"udp":45}}'
files='sha256sum /etc/conntrack-persist.conf /etc/*/*conntrack-persist* /etc/udev/rules.d/*conntrack-persist* 2>&1'
values="cat $keys/nf_conntrack_{max,buckets,udp_timeout}"

# On the first run nf_conntrack has never been loaded.
fresh() {
	local before
	check 'a fresh host: the module is not there' "$(on 'test -e /sys/module/nf_conntrack; echo $?')" 1
	before=$(on "$files")
	module "$tune" --check --diff
	check 'fresh: check mode' "$(recap) $(on "$files" | diff - <(echo "$before"))" 'changed 1 '
	module "$tune" --diff
	check 'fresh: first run' "$(recap)" 'changed 1'
	module "$tune" --diff
	check 'fresh: second run' "$(recap)" 'changed 0'
	check 'fresh: nothing has loaded it' "$(on 'test -e /sys/module/nf_conntrack; echo $?')" 1
	on 'modprobe nf_conntrack && udevadm settle' >/dev/null
	check 'loaded: the values hold' "$(on "$values")" '131072 131072 45'
	module "$tune" --diff
	check 'loaded: nothing to do' "$(recap)" 'changed 0'
}

drift() {
	on "echo 5 >$keys/nf_conntrack_udp_timeout; echo 70000 >$keys/nf_conntrack_max; rm /etc/sysctl.d/90-conntrack-persist.conf" >/dev/null
	module "$tune" --check --diff
	check 'drift: foreseen, and shown' "$(recap) $(grep -cE '^[+]net.netfilter.nf_conntrack_(udp_timeout = 45|max = 131072)$' <<<"$said")" \
		'changed 1 2'
	check 'drift: check mode has set nothing' "$(on "$values")" '70000 131072 5'
	module "$tune" --diff
	check 'drift: repaired' "$(recap) $(on "$values")" 'changed 1 131072 131072 45'
	module "$tune"
	check 'drift: then nothing' "$(recap)" 'changed 0'
}

# The run is killed at the second file; then two runs start at once.
troubles() {
	local before other='{"conntrack":{"max":65536},"timeouts":{"udp":44}}'
	before=$(on "$files")
	module '{"options":{"frag6_low_thresh":"1G"}}'
	check 'wrong: fails in the words of the program' "$(recap) $(grep -c 'conntrack-persist.conf:2: options.frag6_low_thresh: .*is more than' \
		<<<"$said") $(on "$files" | diff - <(echo "$before"))" 'failed 1 '
	on 'printf "#!/bin/sh\nexec strace -f -qq -o /dev/null -e inject=renameat2:signal=KILL:when=2 conntrack-persist \"\$@\"\n" >/root/killed
		chmod 755 /root/killed' >/dev/null
	module "$other" -e '{"instead":{"executable":"/root/killed"}}'
	check 'killed half-way' "$(recap)" 'failed'
	module "$other"
	check 'killed: the next run converges' "$(recap) $(on 'conntrack-persist --quiet check; echo $?')" 'changed 1 0'
	ansible-playbook --inventory "$work/inventory" "$here/module.yml" -e "{\"arguments\":{\"config\":$tune}}" >"$work/other" 2>&1 </dev/null &
	local one=$!
	module "$tune"
	wait "$one"
	check 'two at once: both succeed' "$(recap | tr -d '01') $(said=$(<"$work/other") recap | tr -d '01')" 'changed  changed '
	module "$tune"
	check 'two at once: nothing left to do' "$(recap) $(on "$values")" 'changed 0 131072 131072 45'
}

report() {
	play conntrack_persist.conntrack.report -e conntrack_report="$work/report.csv" -e conntrack_metrics="$work"
	check 'report: the table' "$(paste -sd ' ' "$work/report.csv")" 'host,verdict,share,drift guest,unused,0.0%,"in-order"'
	check 'report: the metrics' "$(grep -c '^conntrack_persist_live{key="net.netfilter.nf_conntrack_max"} 131072$' "$work/guest.prom")" 1
}

# again REASON: runs the module after the guest's reboot.
reboot() {
	on 'echo reboot >/run/next' >/dev/null
	# The old connection belongs to the boot before.
	ssh -O exit -o ControlPath="$work/%C" -p "$port" root@127.0.0.1 2>/dev/null
	until on 'cat /proc/cmdline' | grep -q vm_boot=2; do
		kill -0 "$guest" 2>/dev/null || { check 'the guest boots again' "$(tail -n 5 "$work/guest")" ''; exit; }
		sleep 1
	done
}

gone() {
	play "$here/module.yml" -e '{"arguments":{"state":"absent"}}' --check
	check 'absent: foreseen' "$(recap)" 'changed 1'
	play "$here/module.yml" -e '{"arguments":{"state":"absent"}}'
	check 'absent' "$(recap) $(on 'find /etc /var/lib -name "*conntrack-persist*"')" 'changed 1 '
	play "$here/module.yml" -e '{"arguments":{"state":"absent"}}'
	check 'absent, once more' "$(recap)" 'changed 0'
}

make_guest || { echo 'not ok - the guest is made'; exit; }
wait_for_guest
if [[ -n ${FLEET_COST-} ]]; then
	export work
	$FLEET_COST
	on 'echo done >/run/next' >/dev/null
	wait "$guest"
	exit
fi
fresh
drift
troubles
report
reboot
wait_for_guest
module "$tune"
check 'after the reboot: nothing to do' "$(recap)" 'changed 0'
gone
on 'echo done >/run/next' >/dev/null
wait "$guest"
check 'the guest came to its end' "$?" 0
guest=
grep -E '^(not )?ok - ' "$work/guest" || echo 'not ok - the guest told nothing'
