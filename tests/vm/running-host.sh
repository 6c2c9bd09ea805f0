#!/bin/bash
# The program on a host: install it, verify each load, repair drift, use synchronous = yes,
# uninstall it.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
watch=conntrack-persist-check.service
restore=conntrack-persist-restore.service
rule=/etc/udev/rules.d/60-conntrack-persist.rules
verdict=5aad03892ae9410eb4b47fc431fc4e70
in_force=e501d23c11f048ce9a676e01672abe92
not_set=e9515bc5d6774865bc5fcad1b5192170

# states: lists each state that check reports for a value, once.
states() {
	conntrack-persist --json check | tr -d '\n' | tr '{' '\n' | sed -n '/"wanted"/s/.*"state": *"\([^"]*\)".*/\1/p' |
		sort -u | paste -sd ' '
}

# entries ID: prints how many entries of this kind this boot wrote. It does not filter by unit,
# because journald sometimes cannot find the unit of a process that has already ended.
entries() {
	journalctl --sync
	journalctl --boot --no-pager --output=cat "MESSAGE_ID=$1" | wc -l
}

first_installation() {
	check 'at boot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(failed_units)" 'running '
	check 'at boot: nf_conntrack is not loaded' "$(module_state)" absent
	ctp --quiet check
	check 'before: check says that files are missing' "$status" 2
	ctp install
	check 'install' "$status $(grep -c '^create ' <<<"$output")" '0 4'
	check 'installed: nothing was loaded' "$(module_state)" absent
	check 'installed: every value is pending' "$(states)" pending
	ctp --quiet check
	check 'installed: check' "$status $output" '0 '
	ctp apply
	check 'apply with nothing to apply to' "$status $(module_state)" '0 absent'
	ctp --json install
	check 'install again changes nothing' "$status $(grep -o '"changed": *[a-z]*' <<<"$output")" '0 "changed": false'
}

the_journal() {
	local entry
	modprobe nf_conntrack
	loaded 'first load'
	check 'the journal has one entry of the load' "$(entries "$in_force")" 1
	journalctl --update-catalog
	entry=$(journalctl --boot --no-pager --output=export "MESSAGE_ID=$in_force" | tr -d '\0')
	# The kernel has all these values, and the rule has set each of them before.
	check 'the entry has its fields' "$(grep -E '^(PRIORITY|SYSLOG_IDENTIFIER|CONNTRACK_PERSIST_SET)=' <<<"$entry" |
		sort | paste -sd ' ')" 'CONNTRACK_PERSIST_SET=0 PRIORITY=6 SYSLOG_IDENTIFIER=conntrack-persist'
	check 'the catalog explains it' "$(journalctl --boot --no-pager -x "MESSAGE_ID=$in_force" |
		grep -c 'Subject: Connection tracking has the configured values')" 1
	unloaded 'first load' nf_conntrack
}

late_loads() {
	nft_rule
	loaded 'load by nft'
	nft delete table inet t
	unloaded 'load by nft' nft_ct

	iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	loaded 'load by iptables'
	iptables -D INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	unloaded 'load by iptables' xt_conntrack

	conntrack -L >/dev/null 2>&1
	loaded 'load by conntrack'
	unloaded 'load by conntrack' nf_conntrack_netlink

	modprobe nf_conntrack
	loaded 'load by modprobe'
}

# The module stays loaded in this part.
by_hand() {
	local key
	for key in nf_conntrack_max=70000 nf_conntrack_udp_timeout=31 nf_conntrack_acct=0 nf_conntrack_expect_max=100; do
		echo "${key#*=}" >"$proc/${key%=*}"
	done
	echo 1024 >"$sys/parameters/hashsize"
	ctp check
	check 'changed by hand: check tells of each' "$status $(grep -c '^differs ' <<<"$output")" '2 5'
	ctp apply
	check 'changed by hand: apply' "$status $(grep -c '^set ' <<<"$output")" '0 5'
	check 'changed by hand: the values are in force' "$(wrong_values)" ''
	ctp apply --json
	check 'apply again changes nothing' "$status $(grep -o '"changed": *[a-z]*' <<<"$output")" '0 "changed": false'

	# This does the same in the sandbox of the unit, with each kind of value.
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	echo 1024 >"$sys/parameters/hashsize"
	systemctl restart "$service"
	check 'changed by hand: the sandboxed service sets them' "$? $(wrong_values)" '0 '
	# Loads may follow each other quickly; systemd's own limit is five starts in ten seconds.
	for _ in {1..8}; do systemctl restart "$service"; done
	check 'the service may start often' "$(systemctl is-active "$service")" active
	check 'the sandbox is tight' \
		"$(systemd-analyze security --no-pager --threshold=15 "$service" >/dev/null 2>&1; echo $?)" 0
	check 'nothing failed' "$(failed_units)" ''
}

does_not_take() {
	local before
	before=$(entries "$not_set")
	# The whole file system is read-only: the sandbox makes a single mount writable below
	# /sys/module, and has its own /proc.
	mkdir /run/fixed
	mount -t tmpfs none /run/fixed
	echo 1024 >/run/fixed/value
	mount -o remount,ro /run/fixed
	mount --bind /run/fixed/value "$sys/parameters/hashsize"
	systemctl restart "$service" 2>/dev/null
	check 'a value that does not take: the service fails for all to see' \
		"$(failed_units | cut -d ' ' -f 1)" "$service"
	check 'a value that does not take: the journal has an entry' "$(($(entries "$not_set") - before))" 1
	check 'a value that does not take: the entry names it' \
		"$(journalctl --boot --no-pager --output=export "MESSAGE_ID=$not_set" | tr -d '\0' | grep -a ^CONNTRACK_PERSIST_KEY= | tail -n 1)" \
		'CONNTRACK_PERSIST_KEY=nf_conntrack.hashsize'
	umount "$sys/parameters/hashsize" /run/fixed
	systemctl restart "$service"
	check 'and takes again: the service is up' "$? $(failed_units)" '0 '
}

# verdicts: prints how many results the check timer has logged in this boot.
verdicts() {
	journalctl --sync
	journalctl --boot --no-pager --output=cat "MESSAGE_ID=$verdict" | wc -l
}

# look NAME VERDICTS: runs what the timer runs, and checks how many results are logged by then.
look() {
	systemctl start "$watch"
	check "$1" "$? $(verdicts) $(failed_units)" "0 $2 "
}

has_rule() {
	[ -e "$rule" ]
}

has_udp_timeout() {
	[ "$(cat "$proc/nf_conntrack_udp_timeout")" = "$1" ]
}

is_restored() {
	[ "$(systemctl show -P ActiveState "$restore") $(systemctl show -P ExecMainStatus "$restore")" = 'inactive 0' ]
}

# The module stays loaded in this part.
the_watch() {
	look 'the watch: the first verdict is logged' 1
	look 'the watch: the same verdict is not' 1
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	look 'the watch: drift is logged, and no failure' 2
	look 'the watch: once' 2
	has_udp_timeout 31
	check 'the watch: nothing is restored' "$?" 0
	# This is the maximum, because an entry may have lost its unit, see above.
	check 'the watch: no other entry of the service or about it' \
		"$([ "$(journalctl --boot --no-pager --output=cat -u "$watch" | wc -l)" -le 2 ]; echo $?)" 0
	check 'the sandbox of the watch is tight' \
		"$(systemd-analyze security --no-pager --threshold=20 "$watch" >/dev/null 2>&1; echo $?)" 0

	mkdir "$config.d"
	printf '[apply]\non_drift = restore\n' >"$config.d/restore.conf"
	ctp install
	check 'on_drift = restore: installed, with a word on the timer' \
		"$status $(grep -c 'systemctl enable --now conntrack-persist-check.timer' <<<"$output")" '0 1'
	look 'on_drift = restore: in order' 3
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	look 'on_drift = restore: a value differs' 4
	wait_for has_udp_timeout 45
	wait_for is_restored
	check 'on_drift = restore: the value is restored' \
		"$(cat "$proc/nf_conntrack_udp_timeout") $(failed_units)" '45 '
	look 'on_drift = restore: in order again' 5
	# From within the sandbox, systemd and udevd are asked to reload.
	rm "$rule"
	look 'on_drift = restore: a file is missing' 6
	wait_for has_rule
	wait_for is_restored
	journalctl --sync
	check 'on_drift = restore: the file is restored' "$(states) $(failed_units)" 'ok '
	check 'on_drift = restore: systemd and udevd were told' "$(journalctl --boot --no-pager --output=cat \
		-u "$restore" | grep -cE 'was not told|not shown|left out')" 0
	look 'on_drift = restore: in order at last' 7
	systemctl enable --quiet --now conntrack-persist-check.timer
	check 'the timer runs' "$(systemctl is-enabled conntrack-persist-check.timer) $(
		systemctl is-active conntrack-persist-check.timer)" 'enabled active'
	systemctl disable --quiet --now conntrack-persist-check.timer
	rm -r "$config.d"
	ctp install
	check 'on_drift = report: installed' "$status $(find /etc/systemd -name '50-restore.conf')" '0 '
}

metric_names() {
	grep -o '^conntrack_persist_[a-z_]*' | grep -v '_per_second$' | uniq
}

# The service of the timer writes the whole file, with the values that only root and netlink can
# read.
the_metrics() {
	local directory=/var/lib/prometheus/node-exporter metrics=conntrack-persist-metrics
	local file=$directory/conntrack-persist.prom
	mkdir -p "$directory"
	ip netns add metrics
	systemctl start "$metrics.service"
	check 'the metrics: written, for everybody to read, and nothing beside' \
		"$? $(stat -c %a "$file") $(ls -A "$directory")" '0 644 conntrack-persist.prom'
	check 'the metrics: other network namespaces were entered' "$(grep -c '^conntrack_persist_namespaces_unseen 0$' "$file")" 1
	# The second look at the table has rates as well.
	check 'the metrics: as outside of the sandbox' "$(diff <(metric_names <"$file") <(conntrack-persist --prometheus status | metric_names))" ''
	check 'the sandbox of the metrics is tight' \
		"$(systemd-analyze security --no-pager --threshold=40 "$metrics.service" >/dev/null 2>&1; echo $?)" 0
	systemctl enable --quiet --now "$metrics.timer"
	check 'the timer of the metrics runs' "$(systemctl is-enabled "$metrics.timer") $(systemctl is-active "$metrics.timer")" 'enabled active'
	systemctl disable --quiet --now "$metrics.timer"
	ip netns delete metrics
	rm -r /var/lib/prometheus
	check 'the metrics: without the directory the service fails' \
		"$(systemctl start "$metrics.service" 2>/dev/null; echo $?) $(failed_units | cut -d ' ' -f 1)" "1 $metrics.service"
	systemctl reset-failed "$metrics.service"
}

# max_after NUMBER: prints max after udevd has handled an event of the module.
max_after() {
	echo "$1" >"$proc/nf_conntrack_max"
	udevadm trigger --settle --action=change "$sys"
	cat "$proc/nf_conntrack_max"
}

# udevd itself compares the patterns. The module stays loaded, except for one load.
max_at_least() {
	mkdir "$config.d"
	printf '[conntrack]\nmax_policy = at_least\n' >"$config.d/policy.conf"
	ctp install
	check 'at_least: installed' "$status $(failed_units)" '0 '
	unloaded 'at_least' nf_conntrack
	modprobe nf_conntrack
	loaded 'at_least: the number that the kernel makes of hashsize'
	check 'at_least: a larger one stays with the rule' "$(max_after 1000001) $(max_after 1500000) $(
		max_after 2147483647)" '1000001 1500000 2147483647'
	echo 524288 >"$sys/parameters/hashsize"
	check 'at_least: more buckets stay with the rule' "$(max_after 1500000) $(cat "$sys/parameters/hashsize")" '1500000 524288'
	ctp apply
	check 'at_least: and with apply' "$status $(cat "$sys/parameters/hashsize")" '0 524288'
	echo 1024 >"$sys/parameters/hashsize"
	check 'at_least: fewer do not' "$(max_after 1500000) $(cat "$sys/parameters/hashsize")" '1500000 262144'
	check 'at_least: a smaller one is raised by the rule' "$(max_after 999999) $(max_after 9) $(
		max_after 262144)" '1000000 1000000 1000000'
	check 'at_least: the kernel'"'"'s own is not left by the rule' "$(max_after 2097152)" 1000000
	echo 1500000 >"$proc/nf_conntrack_max"
	systemctl restart systemd-sysctl.service "$service"
	check 'at_least: sysctl.d and the service leave it' "$(cat "$proc/nf_conntrack_max") $(failed_units)" '1500000 '
	rm -r "$config.d"
	ctp install
	check 'exact: installed' "$status $(wrong_values)" '0 '
}

# The files and values change while the module is loaded.
on_a_running_host() {
	local id
	# As before the first installation, systemd has no device unit.
	id=$(systemctl show -P InvocationID "$service")
	sed -i 's/^udp = 45$/udp = 46/' "$config"
	ctp check
	check 'another configuration: check' "$status $(grep -c 'udp_timeout: 45 -> 46' <<<"$output")" '2 1'
	ctp install
	check 'another configuration: install sets the value' \
		"$status $(cat "$proc/nf_conntrack_udp_timeout")" '0 46'
	check 'another configuration: the service stays' \
		"$(systemctl is-active "$service") $(systemctl show -P InvocationID "$service")" "active $id"
	ctp --quiet uninstall
	check 'uninstall' "$status $(find /etc/*.d /etc/udev -name '*conntrack*')" '0 '
	unload nf_conntrack
	modprobe nf_conntrack
	event_await 'UDEV add'
	check 'uninstalled: the kernel has its own value again' "$(cat "$proc/nf_conntrack_udp_timeout")" 30
	check 'uninstalled: no service' "$(systemctl is-active "$service")" inactive
	sed -i 's/^udp = 46$/udp = 45/' "$config"
	ctp install
	check 'installed where the module is loaded already' "$status" 0
	loaded_before 'installed where the module is loaded already'
	unloaded 'installed where the module is loaded already' nf_conntrack
}

# loaded_before HOW: checks the same as loaded, but expects no event.
loaded_before() {
	check "$1: the values are in force" "$(wrong_values)" ''
	check "$1: the service is up" "$(systemctl is-active "$service")" active
	ctp --quiet check
	check "$1: check" "$status $output" '0 '
	event=
	while [ "$event" != 'UDEV change synthetic' ] && event_next; do :; done
	check "$1: udev was told, and nothing was added anew" "$event" 'UDEV change synthetic'
}

again_and_again() {
	local round before reader
	before=$(entries "$in_force")
	load_start "$(nproc)"
	while :; do
		cat "$proc"/* "$sys"/parameters/*
	done >/dev/null 2>&1 &
	reader=$!
	for ((round = 1; round <= 20; round++)); do
		modprobe nf_conntrack
		event_await 'UDEV add'
		check "under load with a reader, load $round of 20: the values are in force" "$(wrong_values)" ''
		wait_for service_is active
		check "under load with a reader, load $round of 20: the service is up" \
			"$(systemctl is-active "$service") $(failed_units)" 'active '
		unload nf_conntrack
		wait_for service_is inactive
	done
	kill "$reader"
	wait "$reader" 2>/dev/null
	load_stop
	check 'under load with a reader: one entry for each load' "$(($(entries "$in_force") - before))" 20
}

# rounds WHAT COUNT: checks the first read, right after the command has returned.
rounds() {
	local round wrong right=0
	for ((round = 1; round <= $2; round++)); do
		modprobe nf_conntrack
		wrong=$(wrong_values)
		[ -n "$wrong" ] && echo "# first look after modprobe: $wrong" || right=$((right + 1))
		unload nf_conntrack
	done
	check "$1: the first look after modprobe is right" "$right of $2" "$2 of $2"
	right=0
	for ((round = 1; round <= $2; round++)); do
		nft_rule
		wrong=$(wrong_values)
		[ -n "$wrong" ] && echo "# first look after nft: $wrong" || right=$((right + 1))
		nft delete table inet t
		unload nft_ct
	done
	check "$1: the first look after an nft rule is right" "$right of $2" "$2 of $2"
}

synchronous() {
	# This shows that the check can fail: while udevd is stopped, no rule can set a value before
	# the first read.
	udevadm control --stop-exec-queue
	modprobe nf_conntrack
	check 'not synchronous, udevd stopped: the first look is not right' \
		"$([ -n "$(wrong_values)" ]; echo $?)" 0
	udevadm control --start-exec-queue
	unload nf_conntrack

	printf '[apply]\nsynchronous = yes\n' >>"$config"
	ctp install
	check 'synchronous: install' "$status $(grep -c '^install nf_conntrack ' /etc/modprobe.d/conntrack-persist.conf)" '0 1'
	rounds 'synchronous' 30

	udevadm control --stop-exec-queue
	modprobe nf_conntrack
	check 'synchronous, udevd stopped: the first look is right' "$(wrong_values)" ''
	udevadm control --start-exec-queue
	unload nf_conntrack

	fallocate -l "$(df --output=avail -B1 / | tail -n 1)" /full
	dd if=/dev/zero of=/full.rest bs=4k 2>/dev/null
	check 'full disk: it is full' "$(echo x 2>/dev/null >/full.last && [ -s /full.last ]; echo $?)" 1
	rounds 'full disk' 3
	rm -f /full /full.*

	# The module was unloaded again before the service had ended, which is no failure of the
	# service.
	check 'fast loads and unloads: nothing failed' "$(failed_units)" ''

	echo 'softdep nf_conntrack pre: nf_defrag_ipv4' >/etc/modprobe.d/theirs.conf
	ctp check
	check 'a softdep line in the way is named' "$(grep -c /etc/modprobe.d/theirs.conf:1 <<<"$output")" 1
	rm /etc/modprobe.d/theirs.conf

	mv /usr/local/sbin/conntrack-persist /root/
	modprobe nf_conntrack
	check 'synchronous, the program gone: modprobe loads' "$? $(module_state)" '0 live'
	check 'synchronous, the program gone: modprobe.d still counts' "$(cat "$sys/parameters/hashsize")" 262144
	event_await 'UDEV add'
	check 'synchronous, the program gone: the rule sets the values' "$(wrong_values)" ''
	unload nf_conntrack
	nft_rule
	check 'synchronous, the program gone: an nft rule works' \
		"$? $(nft list ruleset | grep -c 'ct state established accept')" '0 1'
	event_await 'UDEV add'
	nft delete table inet t
	unload nft_ct
	mv /root/conntrack-persist /usr/local/sbin/
	systemctl reset-failed
}

# A kernel with nf_conntrack built in shows only its parameters.
built_in() {
	local builtin=conntrack-persist-builtin.service
	check 'built in: nothing to do on this kernel' \
		"$(systemctl show -P ConditionResult "$builtin") $(systemctl is-active "$builtin")" 'no inactive'
	modprobe nf_conntrack
	event_await 'UDEV add'
	wait_for service_is active
	mkdir /run/parameters
	mount --bind "$sys/parameters" /run/parameters
	mount -t tmpfs none "$sys"
	mkdir "$sys/parameters"
	mount --bind /run/parameters "$sys/parameters"
	umount /run/parameters
	echo 1024 >"$sys/parameters/hashsize"
	echo 31 >"$proc/nf_conntrack_udp_timeout"
	systemctl start "$builtin"
	check 'built in: the service sets the values' "$? $(wrong_values)" '0 '
	check 'built in: nothing failed' "$(failed_units)" ''
	ctp plan
	check 'built in: plan has the words for the command line' \
		"$(grep -c 'nf_conntrack.hashsize=262000' <<<"$output")" 1
	umount "$sys/parameters" "$sys"
	unload nf_conntrack
}

the_end() {
	ctp --quiet uninstall
	check 'uninstall at last' "$status $(find /etc /var/lib -name '*conntrack-persist*' ! -path "$config")" '0 '
	journalctl --sync
	check 'the journal tells of no other failure' "$(journalctl --boot --no-pager --output=cat |
		grep -i conntrack | grep -iE 'fail|error|invalid|unknown' |
		grep -vE 'cannot set nf_conntrack.hashsize = 262000|Failed with result .exit-code|exited, status=|Failed to (start|locate)|Failed at step EXEC' |
		sort -u | head -n 3)" ''
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
case $BOOT in
1)
	first_installation
	the_journal
	reboot_guest
	;;
2)
	check 'after a reboot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(failed_units)" 'running '
	check 'after a reboot: nf_conntrack is not loaded' "$(module_state)" absent
	late_loads
	by_hand
	does_not_take
	the_watch
	the_metrics
	max_at_least
	on_a_running_host
	again_and_again
	synchronous
	built_in
	the_end
	finish
	;;
esac
