#!/bin/bash
# Plants faults into the files, one after the other, and checks that a load in a guest shows each of
# them: each engine of run-vm.sh must find the same ones.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

rule=/etc/udev/rules.d/60-conntrack-persist.rules
options=/etc/modprobe.d/conntrack-persist.conf
settings=/etc/sysctl.d/90-conntrack-persist.conf
# The udev rule sets these keys, and nothing else does.
by_the_rule='nf_conntrack_max nf_conntrack_tcp_timeout_established nf_conntrack_tcp_timeout_time_wait nf_conntrack_generic_timeout nf_conntrack_udp_timeout nf_conntrack_udp_timeout_stream nf_conntrack_frag6_timeout nf_conntrack_dccp_timeout_request nf_conntrack_gre_timeout nf_flowtable_tcp_timeout nf_conntrack_tcp_loose'

# wrong_names: prints the names of the values that differ.
wrong_names() {
	wrong_values | tr ';' '\n' | sed -n 's/^ *\([^ ]*\) is .*/\1/p' | xargs
}

# complains: returns whether the journal has a complaint about our files since that second.
complains() {
	journalctl --sync
	journalctl --boot --no-pager --output=cat --since="@$1" | grep -i conntrack |
		grep -qiE 'fail|error|invalid|unknown|ignoring|no matching'
}

# noticed TEXT: adds a symptom.
noticed() {
	[ -z "$1" ] || symptoms+="${symptoms:+, }$1"
}

# try_load: loads and unloads the module, and sets symptoms to what is wrong.
try_load() {
	local since=$EPOCHSECONDS
	symptoms=''
	# The journal of the fault before this one has another second.
	until [ "$EPOCHSECONDS" != "$since" ]; do sleep 0.1; done
	since=$EPOCHSECONDS
	udevadm control --reload
	modprobe nf_conntrack 2>/dev/null
	if [ "$(module_state)" = absent ]; then
		noticed 'does not load'
		return
	fi
	event_await 'UDEV add'
	noticed "$(wrong_names)"
	/lib/systemd/systemd-sysctl 2>/dev/null || noticed 'systemd-sysctl fails'
	! complains "$since" || noticed 'the journal complains'
	unload nf_conntrack
	# udevd sees this load only when the module is gone again.
	udevadm control --stop-exec-queue
	modprobe nf_conntrack
	wait_for modprobe -r nf_conntrack
	udevadm control --start-exec-queue
	event_await 'UDEV remove'
	[ "$(module_state)" = absent ] || {
		noticed 'loads again'
		unload nf_conntrack
	}
}

# fault NAME WANTED COMMAND...: plants the fault, compares the symptoms, and takes the fault back.
fault() {
	local name=$1 wanted=$2
	shift 2
	"$@"
	try_load
	check "$name" "$symptoms" "$wanted"
	cp -a /vm/whole/. /etc/
}

# shellcheck disable=SC2317 # planted by fault
no_hashsize() {
	sed -i '/ATTR{parameters\/hashsize}="/d' "$rule"
	sed -i 's/ hashsize=[0-9]*//' "$options"
}

# shellcheck disable=SC2317 # planted by fault
refused_by_sysctl() {
	sed -i -e '/^-.*udp_timeout =/d' -e '/udp_timeout =/ s/=.*/= 99999999999/' "$settings"
}

# An early event without the line that waits for the keys: a real one where the kernel sends it so,
# and else one that the test sends, which needs a second processor.
without_waiting() {
	sed -i '/^ATTR{initstate}=="coming"/d' "$rule"
	udevadm control --reload
	case $(uname -r) in
		*early-event*)
			modprobe nf_conntrack hashsize=67108864
			event_await 'UDEV add'
			;;
		*)
			until early_event; do
				udevadm control --start-exec-queue
				unload nf_conntrack
			done
			;;
	esac
	symptoms=$(wrong_names)
	udevadm control --start-exec-queue
	unload nf_conntrack
	cp -a /vm/whole/. /etc/
}

echo "# Linux $(uname -r), udev $(udevadm --version), $(nproc) processors"
events_start
systemctl is-system-running --wait >/dev/null
mkdir /vm/whole
for file in "$rule" "$options" "$settings"; do
	(cd /etc && cp -a --parents "${file#/etc/}" /vm/whole/)
done
scenario planted
fault 'nothing' '' true
fault 'no rule' "$by_the_rule" rm "$rule"
fault 'a name that udevd does not read' "$by_the_rule" mv "$rule" "$rule.off"
rm "$rule.off"
fault 'the rule lacks a key' nf_conntrack_udp_timeout sed -i '/udp_timeout}=/d' "$rule"
fault 'a value that the kernel refuses' 'nf_conntrack_udp_timeout, the journal complains' \
	sed -i '/udp_timeout}=/ s/"45"/"99999999999"/' "$rule"
fault 'the rule jumps to no label' 'the journal complains' sed -i 's/^LABEL="conntrack_persist_end"//' "$rule"
fault 'no hashsize' 'hashsize nf_conntrack_buckets' no_hashsize
fault 'an option that the kernel refuses' 'does not load' sed -i 's/hashsize=[0-9]*/hashsize=many/' "$options"
fault 'sysctl.d has a value that the kernel refuses' 'systemd-sysctl fails' refused_by_sysctl
fault 'a late event loads' 'loads again' sed -i 's/^ATTR{initstate}=="coming", //' "$rule"
if [[ $(nproc) -gt 1 || $(uname -r) == *early-event* ]]; then
	without_waiting
	check 'an early event, and a rule that does not wait' "$symptoms" \
		"${by_the_rule/ / hashsize nf_conntrack_buckets nf_conntrack_expect_max }"
fi
finish
