#!/bin/bash
# The Debian package's life on a host: installed, configured, rebooted, upgraded, removed, rebooted,
# purged.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
sysctl=/etc/sysctl.d/90-conntrack-persist.conf
mapfile -t first < <(find /vm/debs -name '*.deb' ! -name '*+*')
second=(/vm/debs/*+*_*.deb)
units=(conntrack-persist{,-builtin,-check,-metrics,-namespaces,-restore,-sizes,-witness}.service conntrack-persist-{check,metrics}.timer
	conntrack-persist-namespaces.path)

# said: prints what our maintainer scripts printed during the last run of dpkg, without dpkg's own
# lines.
said() {
	grep '^conntrack-persist: ' <<<"$output" | sed 's/^conntrack-persist: //' | paste -sd ';'
}

# files_of_others: lists the files in /etc and the enabled units there.
files_of_others() {
	find /etc -printf '%p %l %T@\n' | sort
}

# generated: lists the files of an installation and their times.
generated() {
	find /etc /var/lib/conntrack-persist -name '*conntrack-persist*' -type f ! -path "$config" -printf '%p %i %C@\n' 2>/dev/null | sort
}

states_of_units() {
	local unit
	for unit in "${units[@]}"; do
		echo "$unit $(systemctl is-enabled "$unit" 2>&1) $(systemctl is-active "$unit")"
	done
}

installation() {
	local values files
	scenario 'package installed'
	modprobe nf_conntrack hashsize=4096
	event_await 'UDEV add'
	echo 12345 >"$proc/nf_conntrack_max"
	echo 17 >"$proc/nf_conntrack_udp_timeout"
	values=$(kernel_values)
	files=$(files_of_others)
	deb -i "${first[0]}"
	check 'dpkg' "$status $(said)" '0 '
	check 'no kernel value is changed' "$(diff <(echo "$values") <(kernel_values))" ''
	check 'nothing in /etc is changed' "$(diff <(echo "$files") <(files_of_others))" ''
	check 'no unit is enabled, none is active' "$(states_of_units)" 'conntrack-persist.service static inactive
conntrack-persist-builtin.service static inactive
conntrack-persist-check.service static inactive
conntrack-persist-metrics.service static inactive
conntrack-persist-namespaces.service static inactive
conntrack-persist-restore.service static inactive
conntrack-persist-sizes.service static inactive
conntrack-persist-witness.service static inactive
conntrack-persist-check.timer disabled inactive
conntrack-persist-metrics.timer disabled inactive
conntrack-persist-namespaces.path static inactive'
	# This is what the next boot would do.
	systemctl start conntrack-persist-builtin.service conntrack-persist-sizes.service \
		conntrack-persist-witness.service
	check 'the units of a boot find nothing to do' "$? $(systemctl show -P ConditionResult \
		conntrack-persist-builtin.service conntrack-persist-sizes.service \
		conntrack-persist-witness.service | xargs)" '0 no no no'
	udevadm trigger --settle --action=change "$sys"
	check 'nor does an event change anything' "$(diff <(echo "$values") <(kernel_values))$(service_is active && echo active)" ''
	check 'the message catalog is read in' \
		"$(journalctl --dump-catalog e501d23c11f048ce9a676e01672abe92 | grep -c Subject:)" 1
	check 'dpkg finds its files as they were' "$(dpkg --verify conntrack-persist | grep -v ' /usr/share/\(doc\|man\)/')" ''
	check 'nothing failed' "$(failed_units)" ''
	unload nf_conntrack
}

# The tests run as autopkgtest runs them, on this machine.
autopkgtests() {
	scenario 'autopkgtest'
	autopkgtest --no-built-binaries --ignore-restrictions=isolation-machine --output-dir=/root/autopkgtest \
		/vm/source/ -- null >/root/autopkgtest.log 2>&1
	check 'all tests' "$?" 0
	check 'passed' "$(sort /root/autopkgtest/summary | tr -s ' ' | paste -sd ';')" 'host PASS;image PASS'
	grep -q ' FAIL' /root/autopkgtest/summary && tail -n 60 /root/autopkgtest.log | sed 's/^/# /'
	[ "$(module_state)" = absent ] || unload nf_conntrack
}

configuration() {
	scenario 'configured'
	cp /vm/values.conf "$config"
	printf '[apply]\nsynchronous = yes\non_drift = restore\n' >>"$config"
	ctp install
	check 'install' "$status $(grep -c '^create ' <<<"$output")" '0 5'
	systemctl enable --quiet conntrack-persist-check.timer
	generated >/root/generated
	echo nf_conntrack >/etc/modules-load.d/conntrack.conf
}

upgrade() {
	scenario 'upgraded'
	local values id
	id=$(systemctl show -P InvocationID "$service")
	values=$(kernel_values)
	deb -i "${second[0]}"
	check 'dpkg' "$status $(said)" '0 '
	check 'it is the second version' "$(dpkg-query -W -f '${Version}' conntrack-persist)" "$(cut -d _ -f 2 <<<"${second[0]}")"
	ctp check
	check 'no drift' "$status" 0
	check 'no file is touched' "$(diff /root/generated <(generated))" ''
	check 'no kernel value is changed' "$(diff <(echo "$values") <(kernel_values))" ''
	check 'the service goes on as it was' "$(systemctl show -P InvocationID "$service")" "$id"
	check 'the timer stays enabled, and runs' "$(systemctl is-enabled conntrack-persist-check.timer) $(
		systemctl is-active conntrack-persist-check.timer)" 'enabled active'
	check 'nothing failed' "$(failed_units)" ''
}

removal() {
	scenario 'removed'
	local values
	values=$(kernel_values)
	deb --remove conntrack-persist
	check 'dpkg' "$status $(said)" '0 '
	check 'the program is gone' "$(has_program; echo $?)" 1
	check 'the files stay' "$(diff /root/generated <(generated))" ''
	check 'no kernel value is changed' "$(diff <(echo "$values") <(kernel_values))" ''
	check 'the timer is stopped' "$(systemctl is-active conntrack-persist-check.timer)" inactive
	check 'nothing failed' "$(failed_units)" ''
}

# This is the state of the host after the package was removed.
without_program() {
	scenario 'removed, rebooted'
	check 'the system is up and nothing failed' "$(systemctl is-system-running --wait) $(failed_units)" 'running '
	udevadm settle
	check 'loaded at boot: the values hold' "$(wrong_values)" ''
	unload nf_conntrack
	nft_rule
	check 'a rule works' "$?" 0
	event_await 'UDEV add'
	check 'loaded by a rule: the values hold' "$(wrong_values)" ''
	nft delete table inet t
	unload nft_ct
	modprobe nf_conntrack
	check 'modprobe' "$? $(module_state)" '0 live'
	event_await 'UDEV add'
	check 'loaded by modprobe: the values hold' "$(wrong_values)" ''
	check 'the files are as they were' "$(diff /root/generated <(generated))" ''
}

purges() {
	local values
	scenario 'purged'
	deb -i "${second[0]}"
	check 'installed again' "$status $(said)" '0 '
	ctp check
	check 'no drift' "$status" 0
	check 'the timer is enabled as before' "$(systemctl is-enabled conntrack-persist-check.timer)" enabled
	echo '# mine' >>"$sysctl"
	values=$(kernel_values)
	deb --purge conntrack-persist
	check 'the edited file is named' "$status $(said)" "0 $sysctl was edited since it was written, and stays"
	check 'what was generated is gone, the edited file and the configuration are there' \
		"$(find /etc /var /run -name '*conntrack-persist*' ! -path '/var/lib/dpkg/*' | sort | paste -sd ' ')" \
		"$config $sysctl"
	check 'no kernel value is changed' "$(diff <(echo "$values") <(kernel_values))" ''
	check 'no unit is left' "$(systemctl list-unit-files 'conntrack-persist*' --no-legend)" ''
	rm "$sysctl"
	unload nf_conntrack
	modprobe nf_conntrack
	event_await 'UDEV add'
	check "the kernel's own values are back" "$(cat "$proc/nf_conntrack_udp_timeout") $(
		cat "$proc/nf_conntrack_tcp_timeout_established")" '30 432000'
	unload nf_conntrack

	scenario 'uninstalled, then purged'
	deb -i "${first[0]}"
	check 'dpkg' "$status" 0
	ctp install
	ctp uninstall
	check 'uninstall' "$status" 0
	deb --purge conntrack-persist
	check 'nothing is said, nothing is left' "$status $(said) $(
		find /etc /var /run -name '*conntrack-persist*' ! -path '/var/lib/dpkg/*')" "0  $config"

	scenario 'purged with the files in place of others'
	deb -i "${first[0]}"
	echo 'net.netfilter.nf_conntrack_max = 77777' >"$sysctl"
	ctp install --force
	check 'install --force' "$status" 0
	deb --purge conntrack-persist
	check 'they are put back' "$status $(said) $(cat "$sysctl")" \
		"0 $sysctl was put back as it was before install --force net.netfilter.nf_conntrack_max = 77777"
	check 'nothing failed' "$(failed_units)" ''
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
case $BOOT in
1)
	installation
	autopkgtests
	configuration
	reboot_guest
	;;
2)
	scenario 'configured, rebooted'
	check 'the system is up and nothing failed' "$(systemctl is-system-running --wait) $(failed_units)" 'running '
	wait_for service_is active
	check 'the values are in force' "$(wrong_values) $(systemctl is-active "$service")" ' active'
	ctp check
	check 'check' "$status" 0
	upgrade
	removal
	reboot_guest
	;;
3)
	without_program
	purges
	finish
	;;
esac
