#!/bin/bash
# The witness under the real systemd: twelve writers are named by check and by JSON, the services of
# the timers read the records within their sandboxes, and nothing of the witness stays after
# uninstall. Then the capabilities that loading needs, and what keeps it from loading.
# SPDX-License-Identifier: LGPL-2.1-or-later
# The commands of the writers expand their variables themselves; wait_for calls functions by name.
# shellcheck disable=SC2016,SC2317
# shellcheck source=lib.sh
. ./lib.sh

export LC_ALL=C.UTF-8 HOME=/root
config=/etc/conntrack-persist.conf
pins=/sys/fs/bpf/conntrack-persist
unit=conntrack-persist-witness.service
key=net.netfilter.nf_conntrack_udp_timeout
udp=$proc/nf_conntrack_udp_timeout
lockdown=/sys/kernel/security/lockdown
metrics=/var/lib/prometheus/node-exporter/conntrack-persist.prom
# Each writer writes its process ID there if that can be known.
writer_file=/run/writer
# The next number to write, for the commands of the writers.
export value=500 key udp writer_file

# Since this release the kernel has helpers for the process ID and the command. The witness reads
# both from the memory of an older one, where it may.
has_helpers() { kernel_from 6.1; }

# named_writer: prints the writer that JSON names for the live value, "OWNER, COMMAND, BEFORE ->
# VALUE".
named_writer() {
	jq -r --arg key "$key" '.writers[] | select(.kind == "witness" and .key == $key and .wins) |
		"\(.owner), \(.command), \(.before) -> \(.value)"' /run/json
}

# of_json MEMBER: prints a member of the record of this key in this network namespace.
of_json() {
	jq -r --arg key "$key" '.writers[] | select(.kind == "witness" and .key == $key and .place != "other") | .'"$1" /run/json
}

look() {
	conntrack-persist --json check >/run/json 2>/dev/null
	conntrack-persist --color=never check >/run/text 2>&1
}

# named NAME OWNER COMMAND WRITER...: runs a writer of the next number, which check and JSON must
# name with its owner, command and process ID, and with the old value.
named() {
	local name=$1 owner=$2 command=$3 before pid wanted
	shift 3
	value=$((value + 1))
	before=$(<"$udp")
	rm -f "$writer_file"
	"$@" >/run/writer-log 2>&1 || sed 's/^/# /' /run/writer-log
	check "$name: the value is set" "$(<"$udp")" "$value"
	look
	check "$name: JSON names it" "$(named_writer)" "$owner, $command, $before -> $value"
	pid=$(of_json pid)
	if [ -e "$writer_file" ]; then
		check "$name: its process ID" "$pid" "$(<"$writer_file")"
	else
		check "$name: it has a process ID" "$((pid > 1))" 1
	fi
	wanted="$key: $value -> 45, changed since it was applied; set by $owner ($command, PID $pid), today "
	check "$name: check names it" "$(grep -cF "$wanted" /run/text)" 1
	grep -qF "$wanted" /run/text || {
		echo "# wanted: $wanted"
		sed -n 's/.* set by /# got: set by /p; s/^warning: the witness/# &/p' /run/text
	}
}

# in_unit NAME COMMAND: runs a shell command in a unit of its own, which goes on after it, as an
# agent does. Ends when the value is there.
in_unit() {
	systemd-run --quiet --unit="$1" --service-type=exec --setenv=value --setenv=key --setenv=udp --setenv=writer_file \
		--setenv=HOME --setenv=LC_ALL bash -c "$2; exec sleep infinity"
	wait_for grep -qx "$value" "$udp"
}

by_sysctl() {
	in_unit "${1:-by-sysctl}" '(echo $BASHPID >$writer_file; exec sysctl -qw $key=$value)'
}

by_echo() {
	in_unit "${1:-by-echo}" 'echo $BASHPID >$writer_file; echo $value >$udp'
}

by_systemd_sysctl() {
	echo "$key = $value" >/etc/sysctl.d/99-other.conf
	systemctl restart systemd-sysctl.service
	systemctl show -P ExecMainPID systemd-sysctl.service >"$writer_file"
	rm /etc/sysctl.d/99-other.conf
}

by_tuned() {
	mkdir -p /etc/tuned/conntrack
	printf '[sysctl]\n%s=%s\n' "$key" "$value" >/etc/tuned/conntrack/tuned.conf
	# Otherwise tuned applies sysctl.d again after its profile, which has the configured value.
	sed -i 's/^ *#* *reapply_sysctl *=.*/reapply_sysctl = 0/' /etc/tuned/tuned-main.conf
	echo conntrack >/etc/tuned/active_profile
	echo manual >/etc/tuned/profile_mode
	systemctl unmask tuned.service 2>/dev/null
	systemctl start tuned.service
	wait_for grep -qx "$value" "$udp"
	systemctl show -P MainPID tuned.service >"$writer_file"
}

by_ufw() {
	sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
	echo "net/netfilter/nf_conntrack_udp_timeout=$value" >>/etc/ufw/sysctl.conf
	systemctl restart ufw.service
}

# The rule and the service are done with their work when the line sets its own value.
by_install_line() {
	modprobe -r nf_conntrack_netlink nf_conntrack 2>/dev/null
	[ "$(module_state)" = absent ] || return
	wait_for service_is inactive
	echo "install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack && until systemctl -q is-active $service; do sleep 0.1; done; /sbin/sysctl -qw $key=$value" \
		>/etc/modprobe.d/by-hand.conf
	in_unit by-install-line 'modprobe nf_conntrack'
	rm /etc/modprobe.d/by-hand.conf
	event_await 'UDEV add'
}

# in_pod NAME UID COMMAND...: runs a command in a control group as the kubelet makes it for a
# container of this pod; the name of the pod is that of the folder of its logs.
in_pod() {
	local name=$1 uid=$2 group
	shift 2
	group=/sys/fs/cgroup/kubepods/besteffort/pod$uid/$(sha256sum <<<"$name" | cut -c 1-64)
	mkdir -p "/var/log/pods/${name/\//_}_$uid" "$group"
	bash -c 'echo $$ >"$0"; exec "$@"' "$group/cgroup.procs" "$@" &
	pods+=($!)
}

# end_pods: ends what runs in pods. The first process of a PID namespace ignores other signals.
end_pods() {
	cat /sys/fs/cgroup/kubepods/besteffort/*/*/cgroup.procs | xargs kill -KILL 2>/dev/null
	wait "${pods[@]}" 2>/dev/null
	pods=()
}

# The first process of the pod is the one below unshare, seen from the host.
pod_process() {
	pgrep -f "^$1 " | tail -n 1 >"$writer_file"
}

by_pod_with_host_network() {
	cp /bin/bash /run/kube-proxy
	in_pod kube-system/kube-proxy-x7 2f1f0c4e-3b1c-4a38-9c58-0123456789ab unshare --pid --mount --fork --mount-proc \
		/run/kube-proxy -c 'echo $value >$udp; while :; do sleep 1000; done'
	wait_for grep -qx "$value" "$udp"
	pod_process /run/kube-proxy
}

by_ansible() {
	in_unit by-ansible 'ansible -i localhost, -c local all -m ansible.posix.sysctl \
		-a "name=$key value=$value sysctl_set=true reload=false sysctl_file=/etc/ansible-sysctl.conf"'
}

by_puppet() {
	in_unit by-puppet 'puppet apply -e "exec { \"/sbin/sysctl -w $key=$value\": }"'
}

# login: logs in, with a session of logind, which goes on until the test has looked.
login() {
	rm -f /run/terminal /run/logged-in
	mkfifo /run/terminal
	script -qfc '/bin/login -f root' /dev/null </run/terminal >/run/login-log 2>&1 &
	login=$!
	exec {terminal}>/run/terminal
	printf 'cat /proc/self/cgroup >/run/logged-in\n' >&"$terminal"
	wait_for test -s /run/logged-in
}

by_login() {
	printf 'echo $$ >%s; echo %s >%s\n' "$writer_file" "$value" "$udp" >&"$terminal"
	wait_for grep -qx "$value" "$udp"
}

session_of_login() {
	grep -o -m 1 'session-[^/]*\.scope' /run/logged-in
}

logout_again() {
	echo exit >&"$terminal"
	exec {terminal}>&-
	wait "$login"
}

by_ended_unit() {
	systemd-run --quiet --wait --unit=short --setenv=value --setenv=key --setenv=writer_file bash -c 'echo $BASHPID >$writer_file; exec sysctl -qw $key=$value'
}

installed() {
	scenario 'installed'
	modprobe nf_conntrack
	event_await 'UDEV add'
	# Entries of an older kernel are larger.
	sed -i 's/^max = .*/&\nmemory_limit = 50%/' "$config"
	printf '\n[apply]\nwitness = yes\n' >>"$config"
	ctp install
	check 'install' "$status" 0
	loaded_service
	ctp --quiet check
	check 'check' "$status $output" '0 '
}

# loaded_service: checks that the service has loaded the witness and that nothing of it goes on.
loaded_service() {
	check 'the service is active' "$(systemctl show -P ActiveState -P Result "$unit" | sort | paste -sd ' ')" 'active success'
	check 'the program and the records are pinned' "$(pinned)" 'link records'
	check 'the kernel has one program' "$(programs)" 1
	check 'no process stays' "$(systemctl show -P MainPID "$unit") $(pgrep -c conntrack-pers)" '0 0'
	check 'no unit has failed' "$(failed_units)" ''
	check 'the service printed nothing' "$(printed)" ''
}

# pinned: prints the names of its pins, without the version of the program.
pinned() {
	(cd "$pins" && echo *) 2>/dev/null | sed 's/-[0-9]*//g'
}

# programs: prints how many of its programs are in the kernel, pinned or not. The kernel frees a
# program a moment after its last user.
programs() {
	grep -c 'bpf_prog_[0-9a-f]*_witness\>' /proc/kallsyms
}

no_program() {
	[ "$(programs)" = 0 ]
}

# entries [PID]: prints what the program, or this process of it, logged since the last call of
# start_again. journald does not know the unit of a process that has ended before it reads the
# entry.
entries() {
	journalctl --sync
	journalctl -q -b -o json ${cursor:+--after-cursor="$cursor"} | jq -r --arg pid "${1-}" 'select(
		.SYSLOG_IDENTIFIER == "conntrack-persist" and ($pid == "" or ._PID == $pid)) | .MESSAGE'
}

# printed: prints what the service printed when it loaded the witness.
printed() {
	entries "$(systemctl show -P ExecMainPID "$unit")"
}

# start_again UNIT: starts it, or starts it again, as often as the test wants.
start_again() {
	journalctl --sync
	cursor=$(journalctl -q -n 1 -o cat --show-cursor | sed -n 's/^-- cursor: //p')
	systemctl reset-failed "$1" 2>/dev/null
	systemctl restart "$1"
}

writers() {
	scenario 'writers'
	named 'install line' by-install-line.service sysctl by_install_line
	named sysctl by-sysctl.service sysctl by_sysctl
	named echo by-echo.service bash by_echo
	named systemd-sysctl systemd-sysctl.service systemd-sysctl by_systemd_sysctl
	check 'systemd-sysctl: its control group is gone' "$(of_json gone)" true
	named tuned tuned.service tuned by_tuned
	systemctl disable --now tuned.service 2>/dev/null
	named ufw ufw.service sysctl by_ufw
	check 'ufw: its control group is gone' "$(of_json gone)" true
	# Its rules may stay; the next boot is without them.
	sed -i 's/^ENABLED=.*/ENABLED=no/' /etc/ufw/ufw.conf
	named 'pod with the network of the host' 'pod kube-system/kube-proxy-x7' kube-proxy by_pod_with_host_network
	# check would find kube-proxy as a writer that is likely to set more values.
	end_pods
	named Ansible by-ansible.service sysctl by_ansible
	named Puppet by-puppet.service sysctl by_puppet
	login
	named 'login shell' "$(session_of_login)" bash by_login
	logout_again
	named 'a unit that has ended' short.service sysctl by_ended_unit
	other_namespaces
}

# elsewhere: prints who wrote this key last in another network namespace, as JSON has it.
elsewhere() {
	jq -r --arg key "$key" '.writers[] | select(.kind == "witness" and .key == $key and .place == "other") |
		"\(.owner), \(.command), \(.value)"' /run/json
}

# other_namespace NAME OWNER COMMAND VALUE: checks who is said to have written this there, and that
# the writer of the host's value is still the one of the last call of named.
other_namespace() {
	look
	check "$1: it is seen" "$(elsewhere)" "$2, $3, $4"
	check "$1: the writer of the value of the host is another" "$(named_writer)" "$last"
}

# A pod with its own network, and sysctl in another network namespace, write other values of the
# same name; the last one is the number of the host.
other_namespaces() {
	local last
	named 'before' by-before.service sysctl by_sysctl by-before
	last=$(named_writer)
	in_pod shop/cart-0 aaaaaaaa-bbbb-cccc-dddd-0123456789ab unshare --pid --mount --net --fork --mount-proc \
		bash -c 'echo 77 >$udp; cat $udp >/run/pod-value; while :; do sleep 1000; done'
	wait_for grep -qsx 77 /run/pod-value
	other_namespace 'pod with its own network' 'pod shop/cart-0' bash 77
	ip netns add elsewhere
	ip netns exec elsewhere sysctl -qw "$key=78"
	other_namespace 'sysctl in another namespace' scenario.service sysctl 78
	ip netns exec elsewhere sysctl -qw "$key=$value"
	other_namespace 'sysctl of the same number in another namespace' scenario.service sysctl "$value"
	ip netns delete elsewhere
	end_pods
}

# foreign: prints how many writes of other values than the configured one the metrics have.
foreign() {
	sed -n "s/^conntrack_persist_foreign_writes_total{key=\"$key\"} //p" "$metrics"
}

# A service of a timer may call bpf(2) because of the drop-in that install wrote.
sandboxes() {
	local checks=conntrack-persist-check.service
	scenario 'sandboxes'
	named 'before' before-check.service sysctl by_sysctl before-check
	rm -f /run/conntrack-persist/verdict
	start_again "$checks"
	check 'the entry of the check names the writer' "$(systemctl show -P Result "$checks") $(entries |
		grep -cF 'set by before-check.service (')" 'success 1'
	mkdir -p "${metrics%/*}"
	systemctl start conntrack-persist-metrics.service
	check 'the metrics service counts the writers' "$(systemctl show -P Result conntrack-persist-metrics.service) $((
		$(foreign) > 10))" 'success 1'
	check 'status names the last one' "$(conntrack-persist --color=never status 2>/dev/null |
		grep -c '^changed by  before-check.service (')" 1
	rm "/etc/systemd/system/$checks.d/60-witness.conf"
	systemctl daemon-reload
	rm -f /run/conntrack-persist/verdict
	start_again "$checks"
	check 'without the drop-in it ends, and names nobody' \
		"$(systemctl show -P Result "$checks") $(entries | grep -cF 'set by ')" 'success 0'
	ctp --quiet install
	check 'install writes the drop-in again' "$status $(ls /etc/systemd/system/$checks.d)" '0 60-witness.conf'
}

# counted MEMBER: prints writes or lost.
counted() {
	conntrack-persist --json check 2>/dev/null | jq ".witness.$1"
}

# 100,000 writes: those of which there is no record are counted. The ring has room for 512, and one
# may be in the making.
many_writes() {
	local before after lost
	scenario 'many writes'
	before=$(counted writes)
	# This is the last number of them.
	value=3004 in_unit by-many 'exec python3 -c "import os, time
file = os.open(os.environ[\"udp\"], os.O_WRONLY)
for number in range(99999):
    os.pwrite(file, b\"%d\" % (3000 + number % 4), 0)
os.pwrite(file, b\"3004\", 0)
time.sleep(10000)"'
	look
	after=$(jq .witness.writes /run/json)
	lost=$(jq .witness.lost /run/json)
	check '100,000 are counted' "$((after - before))" 100000
	check 'what has no record is counted' "$((lost == after - 512 || lost == after - 513))" 1
	check 'the last one is named' "$(named_writer | cut -d , -f 1)" by-many.service
	ctp --quiet apply
	check 'apply' "$status $(wrong_values)" '0 '
}

# A user without the right to write leaves no record; the configured value is not foreign.
not_foreign() {
	scenario 'not foreign'
	local before
	before=$(counted writes)
	setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'echo 8 >$udp' 2>/dev/null
	check 'a user may not write' "$? $(counted writes)" "1 $before"
	cat "$udp" >/dev/null
	check 'reading is no write' "$(counted writes)" "$before"
}

rebooted() {
	scenario 'after a reboot'
	loaded_service
	check 'it was loaded before anything that writes' "$(($(started "$unit") < $(first_start systemd-sysctl systemd-udevd \
		systemd-modules-load systemd-udev-trigger)))" 1
	modprobe nf_conntrack
	loaded 'load'
	look
	check 'udevd and the service wrote' "$(($(jq .witness.writes /run/json) > 5)) $(jq .witness.lost /run/json)" '1 0'
	check 'their writes are not foreign' "$(jq '[.writers[] | select(.kind == "witness")] | length' /run/json)" 0
	named 'sysctl' by-sysctl.service sysctl by_sysctl
	ctp --quiet apply
}

# started UNIT: prints when it became active, in microseconds since boot.
started() {
	systemctl show -P ActiveEnterTimestampMonotonic "$1"
}

# first_start SERVICE...: prints when the first of these was started.
first_start() {
	local name
	for name in "$@"; do
		systemctl show -P InactiveExitTimestampMonotonic "$name.service"
	done | sort -n | head -n 1
}

# with_only CAPABILITY...: loads with these capabilities alone. Prints what came of it: "loaded" and
# the fields of a record that are there, or why not.
with_only() {
	local bounding=-all said capability record
	for capability in "$@"; do bounding+=",+$capability"; done
	said=$(setpriv --bounding-set="$bounding" --inh-caps=-all conntrack-persist apply --witness=load 2>&1)
	if [ "$(pinned)" = '' ]; then
		grep -o 'does not allow this process the bpf system call\|verifier refused the program\|did not attach the program' <<<"$said" ||
			echo "$said"
	else
		sysctl -qw "$key=777"
		conntrack-persist --json check 2>/dev/null >/run/json
		record=loaded
		[ "$(of_json pid)" = null ] || record+=' pid'
		[ -z "$(of_json command)" ] || record+=' command'
		[ "$(of_json owner)" = '' ] || record+=' group'
		[ "$(of_json namespace)" = null ] || record+=' namespace'
		echo "$record"
		conntrack-persist --quiet apply --witness=unload
		sysctl -qw "$key=45"
	fi
}

capabilities() {
	local set
	scenario 'capabilities'
	systemctl stop "$unit"
	wait_for no_program
	check 'stopped' "$? $(compgen -G '/sys/fs/bpf/conntrack*')" '0 '
	for set in '' bpf net_admin 'bpf perfmon' 'net_admin perfmon'; do
		# shellcheck disable=SC2086
		check "${set:-none}" "$(with_only $set)" 'does not allow this process the bpf system call'
	done
	# Without perfmon the witness reads no memory of the kernel. The helpers that are left
	# depend on the release.
	set=$(with_only bpf net_admin)
	echo "# bpf net_admin: $set"
	check 'bpf net_admin' "$(grep -c '^loaded.* group$' <<<"$set")" 1
	check 'bpf net_admin perfmon' "$(with_only bpf net_admin perfmon)" 'loaded pid command group namespace'
	check 'sys_admin' "$(with_only sys_admin)" 'loaded pid command group namespace'
}

# without SENTENCE: the service says this one sentence at its start, has not failed, and pins
# nothing.
without() {
	start_again "$unit"
	check "$1: the unit has not failed" "$(systemctl show -P ActiveState -P Result "$unit" | sort | paste -sd ' ')" 'active success'
	check "$1: one sentence" "$(printed | wc -l) $(printed | grep -cF "no witness is loaded: $1")" '1 1'
	printed | sed 's/^/# /'
	check "$1: nothing is pinned" "$(compgen -G '/sys/fs/bpf/conntrack*')" ''
}

# loads HOW: the service loads the witness in spite of this.
loads() {
	start_again "$unit"
	check "$1: it is loaded" "$(printed) $(pinned)" ' link records'
	named "$1" by-sysctl-again.service sysctl by_sysctl by-sysctl-again
	systemctl stop by-sysctl-again.service
	ctp --quiet apply
	systemctl stop "$unit"
}

obstacles() {
	local number
	scenario 'obstacles'
	umount /sys/fs/bpf
	without 'no BPF file system is mounted at /sys/fs/bpf'
	ctp check
	check 'check says so' "$status $(told 'no witness is loaded')" '0 1'
	mount -t bpf bpf /sys/fs/bpf
	# 1 cannot be taken back before the next boot.
	for number in 0 2 1; do
		sysctl -qw "kernel.unprivileged_bpf_disabled=$number"
		loads "unprivileged_bpf_disabled=$number"
	done
	output=$(systemd-nspawn --quiet --pipe --volatile=yes --directory=/ --register=no --keep-unit \
		/usr/local/sbin/conntrack-persist apply --witness=load 2>&1)
	check 'a container: one sentence' "$(wc -l <<<"$output") $(told 'no witness is loaded')" '1 1'
	echo "# $output"
	lock integrity
	loads lockdown=integrity
	lock confidentiality
	confidential
}

# lock LEVEL: locks the kernel down, until the next boot.
lock() {
	echo "$1" >"$lockdown"
	check "lockdown=$1 is on" "$(grep -o '\[[a-z]*\]' "$lockdown")" "[$1]"
}

# With lockdown=confidentiality the program in the kernel must not read the namespace of a writer.
# The namespace of a writer that still runs is in /proc; max has no namespace.
confidential() {
	start_again "$unit"
	check 'confidentiality: it is loaded' "$(printed) $(pinned)" ' link records'
	! has_helpers || named 'confidentiality: a writer that still runs' by-echo-again.service bash by_echo by-echo-again
	value=$((value + 1))
	by_sysctl by-sysctl-again
	look
	check 'confidentiality: where a writer was that has ended' "$(of_json place) $(of_json owner)" 'unknown by-sysctl-again.service'
	check 'confidentiality: check says so' "$(grep -c "$key: .*; set by an unknown process; by-sysctl-again.service (.*) wrote the same \
number today .*, perhaps in another network namespace" /run/text)" 1
	sysctl -qw net.netfilter.nf_conntrack_max=999999
	look
	check 'confidentiality: the writer of max' "$(key=net.netfilter.nf_conntrack_max && named_writer)" \
		"scenario.service, $(! has_helpers || echo sysctl), 1000000 -> 999999"
	ctp --quiet apply
	systemctl stop "$unit" by-sysctl-again.service
}

removed() {
	scenario 'removed'
	systemctl start "$unit"
	check 'started again' "$(pinned)" 'link records'
	sed -i 's/^witness = yes/witness = no/' "$config"
	ctp --quiet install
	check 'witness = no' "$status $(compgen -G '/sys/fs/bpf/conntrack*')" '0 '
	sed -i 's/^witness = no/witness = yes/' "$config"
	ctp --quiet install
	check 'witness = yes' "$status $(pinned)" '0 link records'
	ctp --quiet uninstall
	check 'uninstall' "$status $(compgen -G '/sys/fs/bpf/conntrack*')" '0 '
	wait_for no_program
	check 'the kernel has no program any more' "$?" 0
	# The condition of the unit keeps it from loading anything now.
	start_again "$unit"
	check 'the unit does nothing now' "$(compgen -G '/sys/fs/bpf/conntrack*') $(programs)" ' 0'
	check 'no unit has failed' "$(failed_units)" ''
	check 'no process stays' "$(pgrep -c conntrack-pers)" 0
}

# next_groups WORD...: the next boot gets these words on the command line that systemd reads, which
# choose the version of its control groups.
next_groups() {
	rm /sbin/init
	printf '#!/bin/sh\nexport SYSTEMD_PROC_CMDLINE="console=ttyS0 %s"\nexec /lib/systemd/systemd "$@"\n' "$*" >/sbin/init
	chmod 755 /sbin/init
}

# groups_are TYPE-OF-ROOT TYPE-OF-UNIFIED: checks what is mounted.
groups_are() {
	check 'the control groups' "$(findmnt -no FSTYPE /sys/fs/cgroup) $(findmnt -no FSTYPE /sys/fs/cgroup/unified)" "$1 $2"
}

# systemd's own groups are of version 2, beside those of version 1.
hybrid() {
	scenario 'control groups of both versions'
	groups_are tmpfs cgroup2
	modprobe nf_conntrack
	loaded 'load'
	loaded_service
	named sysctl by-sysctl.service sysctl by_sysctl
}

# There are none of version 2.
legacy() {
	scenario 'control groups of version 1'
	groups_are tmpfs ''
	check 'no unit has failed' "$(failed_units)" ''
	without 'no control groups of version 2 are mounted'
	modprobe nf_conntrack
	loaded 'load'
	ctp --quiet uninstall
	check 'uninstall' "$status" 0
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
case $BOOT in
1)
	installed
	writers
	not_foreign
	sandboxes
	many_writes
	reboot_guest
	;;
2)
	rebooted
	capabilities
	obstacles
	removed
	# Only the release of this systemd is tried with them.
	[[ $(uname -r) == 6.1.* ]] || finish
	ctp --quiet install
	next_groups systemd.unified_cgroup_hierarchy=0
	reboot_guest
	;;
3)
	hybrid
	next_groups systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1
	reboot_guest
	;;
4)
	legacy
	finish
	;;
esac
