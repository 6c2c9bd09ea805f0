#!/bin/bash
# A host that was tuned by hand is adopted with the same values; the program names other sources
# that set the same values.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
by_hand=(/etc/sysctl.d/99-conntrack.conf /etc/modprobe.d/nf_conntrack.conf /etc/modules-load.d/conntrack.conf)

# This lists every value that can be set. The count of entries is left out, because it changes by
# itself.
all_values() {
	(cd "$proc" && grep . ./* 2>/dev/null | grep -v nf_conntrack_count)
	cat "$sys"/parameters/hashsize
}

tune_by_hand() {
	rm "$config"
	cat >"${by_hand[0]}" <<-'END'
		# advice that is found on the web
		net.netfilter.nf_conntrack_max = 262144
		net.nf_conntrack_max=524288
		net.netfilter.nf_conntrack_tcp_timeout_established=86400
		-net.netfilter.nf_conntrack_tcp_timeout_time_wait = 30
		net.netfilter.nf_conntrack_udp_timeout = 45
		net/netfilter/nf_conntrack_tcp_loose = 0
	END
	echo 'options nf_conntrack hashsize=131072' >"${by_hand[1]}"
	echo nf_conntrack >"${by_hand[2]}"
}

take_over() {
	check 'tuned by hand: loaded at boot' "$(module_state)" live
	check 'tuned by hand: the values are those of the files' \
		"$(cat "$proc"/nf_conntrack_{max,udp_timeout,tcp_loose} "$sys/parameters/hashsize" | paste -sd ' ')" \
		'524288 45 0 131072'
	all_values >/vm/before
	conntrack-persist plan --from-system >"$config"
	check 'taken over: plan --from-system' "$? $(grep -c ' = ' "$config")" '0 6'
	ctp install
	check 'taken over: install names the lines that can go' "$status $(told \
		"${by_hand[0]}:3 sets net.netfilter.nf_conntrack_max as well" "${by_hand[1]}:1 sets nf_conntrack.hashsize as well" \
		"${by_hand[0]}:6 sets net.netfilter.nf_conntrack_udp_timeout as well")" '0 3'
	ctp --quiet check
	check 'taken over: check' "$status $output" '0 '
	check 'taken over: the values are the same' "$(all_values)" "$(cat /vm/before)"
	rm "${by_hand[@]}"
}

the_same() {
	check 'after a reboot: nf_conntrack is not loaded' "$(module_state)" absent
	modprobe nf_conntrack
	event_await 'UDEV add'
	check 'after a reboot: the values are the same' "$(all_values)" "$(cat /vm/before)"
	ctp --quiet check
	check 'after a reboot: check' "$status $output" '0 '
}

# Real packages, with a value in the place where each of them keeps its values.
packages() {
	sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
	echo 'net/netfilter/nf_conntrack_max=131072' >>/etc/ufw/sysctl.conf
	ctp check
	check 'ufw: check names its file' "$status $(told 'nf_conntrack_max is overridden: /etc/ufw/sysctl.conf:' \
		'sets 131072 (by ufw)')" '2 2'
	ufw --force enable >/dev/null 2>&1
	ctp check
	check 'ufw: it did so' "$status $(cat "$proc/nf_conntrack_max")" '2 131072'
	ufw --force disable >/dev/null 2>&1
	ctp --quiet apply
	ctp --quiet check
	check 'ufw switched off: check' "$status" 0

	# tuned has its own defaults: it applies sysctl.d again after its profile, but hashsize is
	# in none of those files. A [net] section would have no effect here, because tuned needs a
	# network device for it, and this guest has none.
	mkdir -p /etc/tuned/{mine,over}
	cat >/etc/tuned/mine/tuned.conf <<-'END'
		[main]
		summary=mine
		[sysfs]
		/sys/module/nf_conntrack/parameters/hashsize=65536 # why
		[sysctl]
		net.netfilter.nf_conntrack_max=1048576
		net.netfilter.nf_conntrack_udp_timeout = 61
	END
	check 'tuned: its default' "$(grep -c '^ *reapply_sysctl *= *1' /etc/tuned/tuned-main.conf)" 1
	systemctl start tuned.service
	tuned-adm profile mine
	check 'tuned: our max and timeout hold, its hashsize too' \
		"$(cat "$proc"/nf_conntrack_{max,udp_timeout} "$sys/parameters/hashsize" | paste -sd ' ')" '524288 45 65536'
	ctp check
	check 'tuned: check names hashsize alone' "$status $(told \
		'nf_conntrack.hashsize is overridden: /etc/tuned/mine/tuned.conf:4 sets 65536 (by tuned)' 'likely to set values: tuned') \
$(grep -c '^warning: .* is overridden' <<<"$output")" '2 2 1'
	# This carries out the proposal of the message.
	printf '[main]\ninclude=mine\n[sysfs]\n/sys/module/nf_conntrack/parameters/hashsize=131072\n' >/etc/tuned/over/tuned.conf
	tuned-adm profile over
	check 'tuned: a profile over it' \
		"$(cat "$proc"/nf_conntrack_{max,udp_timeout} "$sys/parameters/hashsize" | paste -sd ' ')" '524288 45 131072'
	ctp --quiet check
	check 'tuned: nothing is overridden' "$status $output" '0 '
	# An earlier version wrote each value once, with a dash, which tuned does not understand.
	sed -i '/^net/d' /etc/sysctl.d/90-conntrack-persist.conf
	tuned-adm profile mine
	check 'tuned: with the dash alone its values hold' "$(cat "$proc"/nf_conntrack_{max,udp_timeout} | paste -sd ' ')" '1048576 61'
	ctp --quiet install --force
	sed -i 's/^ *#* *reapply_sysctl *=.*/reapply_sysctl = 0/' /etc/tuned/tuned-main.conf
	systemctl restart tuned.service
	tuned-adm profile mine
	check 'tuned: without reapply_sysctl its values hold' "$(cat "$proc"/nf_conntrack_{max,udp_timeout} | paste -sd ' ')" '1048576 61'
	ctp check
	check 'tuned: check names them' "$status $(told \
		'nf_conntrack_max is overridden: /etc/tuned/mine/tuned.conf:6 sets 1048576 (by tuned)' \
		'nf_conntrack_udp_timeout is overridden: /etc/tuned/mine/tuned.conf:7 sets 61 (by tuned)')" '2 2'
	systemctl stop tuned.service
	rm -r /etc/tuned/{mine,over}
	: >/etc/tuned/active_profile
	ctp --quiet apply
	ctp --quiet check
	check 'tuned stopped: check' "$status $output" '0 '
}

# The readers themselves write the values that were predicted.
readers() {
	echo 'net.netfilter.nf_conntrack_udp_timeout = 62' >/etc/sysctl.d/95-late.conf
	ctp check
	check 'a later file: check names it' "$status $(told \
		'nf_conntrack_udp_timeout is overridden: /etc/sysctl.d/95-late.conf:1 sets 62 (by systemd-sysctl, sysctl --system)')" '2 1'
	/lib/systemd/systemd-sysctl
	check 'a later file: systemd-sysctl does so' "$(cat "$proc/nf_conntrack_udp_timeout")" 62
	mv /etc/sysctl.d/95-late.conf /etc/sysctl.d/05-early.conf
	/lib/systemd/systemd-sysctl
	check 'an earlier file: ours wins' "$(cat "$proc/nf_conntrack_udp_timeout")" 45
	ctp --quiet check
	check 'an earlier file: check' "$status $output" '0 '
	rm /etc/sysctl.d/05-early.conf
}

# one_of WORD...: sets one to a random one of the words.
one_of() {
	shift $((RANDOM % $#))
	one=$1
}

# Sets of files, with the keys that only the host has and the two names of max.
# tests/readers/predict-sysctl.sh has many more sets, with keys that each network namespace has.
foretold() {
	local set seed=$SRANDOM reader file line knob number _ live right
	# shellcheck disable=SC2054
	local knobs=(net/netfilter/nf_conntrack_max,net/nf_conntrack_max net/netfilter/nf_conntrack_buckets
		net/netfilter/nf_conntrack_expect_max net/netfilter/nf_conntrack_udp_timeout)
	local keys=(net.netfilter.nf_conntrack_max net/nf_conntrack_max net.nf_conntrack_max -net.netfilter.nf_conntrack_max
		net.netfilter.nf_conntrack_buckets 'net.netfilter.nf_conntrack_*max' 'net.netfilter.nf_conntrack_m*'
		net.netfilter.nf_conntrack_expect_max net/netfilter/nf_conntrack_udp_timeout)
	RANDOM=$((seed % 32768))
	echo "# seed $seed"
	mkdir -p /usr/local/lib/sysctl.d /vm/saved
	mv /etc/sysctl.d/* /etc/sysctl.conf /vm/saved 2>/dev/null
	for reader in systemd procps; do
		right=0
		for ((set = 1; set <= 50; set++)); do
			rm -f /etc/sysctl.conf /{etc,run,usr/local/lib}/sysctl.d/*
			for ((file = RANDOM % 5; file >= 0; file--)); do
				one_of /etc/sysctl.d/{10,50,90}.conf /usr/local/lib/sysctl.d/{10,50}.conf /run/sysctl.d/{50,95}.conf /etc/sysctl.conf
				mkdir -p "${one%/*}"
				: >"$one"
				for ((line = RANDOM % 5; line > 0; line--)); do
					# The buckets fill whole pages, so that the kernel does not
					# round them.
					echo "${keys[RANDOM % ${#keys[@]}]} = $(((RANDOM % 30 + 1) * 512))" >>"$one"
				done
			done
			/usr/local/libexec/predict "$reader" "${knobs[@]}" >/vm/foretold
			for knob in "${knobs[@]}"; do echo 99840 >"/proc/sys/${knob%,*}"; done
			case $reader in
				systemd) /lib/systemd/systemd-sysctl >/dev/null 2>&1 ;;
				procps) sysctl --quiet --system >/dev/null 2>&1 ;;
			esac
			live=yes
			while read -r knob number _; do
				[ "$(cat "/proc/sys/$knob")" = "${number:-99840}" ] || {
					live=no
					echo "# set $set: $knob is $(cat "/proc/sys/$knob"), not ${number:-99840}"
					grep . /{etc,run,usr/local/lib}/sysctl.d/* /etc/sysctl.conf 2>/dev/null | sed 's/^/#   /'
				}
			done </vm/foretold
			[ "$live" = no ] || right=$((right + 1))
		done
		check "foretold: what $reader leaves of the host's own keys" "$right of 50" '50 of 50'
	done
	rm -f /etc/sysctl.conf /{etc,run,usr/local/lib}/sysctl.d/*
	mv /vm/saved/* /etc/sysctl.d/
	[ ! -e /etc/sysctl.d/sysctl.conf ] || mv /etc/sysctl.d/sysctl.conf /etc/
	ctp --quiet apply
	ctp --quiet check
	check 'foretold: all is as it was' "$status $output" '0 '
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
case $BOOT in
1)
	tune_by_hand
	reboot_guest
	;;
2)
	take_over
	reboot_guest
	;;
3)
	the_same
	readers
	foretold
	packages
	finish
	;;
esac
