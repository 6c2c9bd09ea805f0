#!/bin/bash
# mode = disable: install finds the users of conntrack without disturbing them; then nothing can
# load nf_conntrack; then uninstall allows it again.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf

# loaded_above: prints nf_conntrack and which of its modules above are loaded.
loaded_above() {
	local name
	for name in nf_conntrack $(above); do
		[ ! -d "/sys/module/$name" ] || echo -n "$name "
	done
}

# The time of day is removed from comments.
all_rules() {
	{
		nft list ruleset
		iptables-save
		ip6tables-save
		iptables-legacy-save
		ip netns exec blue nft list ruleset
	} 2>/dev/null | grep -v '^#'
}

firewall_is_set() {
	nft list table inet firewalld 2>/dev/null | grep 'ct state' >/dev/null
}

# The real package, started as the distribution starts it.
firewall_daemon() {
	check 'firewalld: it runs' "$(systemctl is-active firewalld.service)" active
	# The service sets its rules a moment after it has started.
	wait_for firewall_is_set
	ctp users
	check 'firewalld: users' "$status" 2
	check 'firewalld: its rules and its service are named' \
		"$(told 'certain   nft inet firewalld' 'certain   firewalld.service' 'runs, and starts at boot: its zones')" 3
	sed -i 's/^\[conntrack\]$/&\nmode = disable/' "$config"
	ctp install
	check 'firewalld: install is refused' "$status $(find /etc/modprobe.d -name 'conntrack-persist*')" '3 '
	systemctl --quiet disable --now firewalld.service
	nft flush ruleset
	wait_for nobody_left
	ctp unload
	check 'firewalld stopped: unload' "$status $(loaded_above)" '0 '
}

nobody_left() {
	conntrack-persist --quiet users >/dev/null 2>&1
}

# Real rules of each kind.
in_use() {
	local before
	ctp users
	check 'nothing in use: users' "$status $(module_state)" '0 absent'
	nft 'add table inet t; add chain inet t c { type filter hook input priority 0; };
		add rule inet t c ct state established accept; add rule inet t c tcp dport 22 accept'
	iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	iptables -t nat -A POSTROUTING -o eth9 -j MASQUERADE
	ip6tables -A INPUT -m state --state NEW -j ACCEPT
	iptables-legacy -A FORWARD -m conntrack --ctstate INVALID -j DROP
	iptables-legacy -A FORWARD -p tcp --dport 25 -j DROP
	conntrack -L >/dev/null 2>&1
	ip netns add blue
	ip netns exec blue nft 'add table ip b; add chain ip b c { type nat hook prerouting priority -100; };
		add rule ip b c tcp dport 80 dnat to 10.0.0.1'
	before=$(all_rules)
	modules=$(loaded_above)

	ctp users
	check 'in use: users' "$status" 2
	check 'in use: each kind of rule is named' "$(told 'certain   nft inet t c' 'certain   nft ip filter INPUT' \
		'certain   nft ip nat POSTROUTING' 'certain   nft ip6 filter INPUT' \
		'see "iptables-legacy -S"' 'certain   nft ip b c, namespace blue' \
		'dnat')" 7
	check 'in use: modules are named' "$(told 'certain   nft_ct' 'certain   xt_conntrack' 'certain   nft_chain_nat' \
		'nf_conntrack_netlink')" 4
	check 'in use: looking loads nothing' "$(loaded_above)" "$modules"

	ctp install
	check 'in use: install is refused' "$status $(find /etc/modprobe.d -name 'conntrack-persist*')" '3 '
	check 'in use: who is in the way is named' "$(told 'refused, in use: nft_ct' 'refused, in use: xt_conntrack' \
		'refused, in use: nft ip nat POSTROUTING' 'namespace blue')" 4
	ctp unload
	check 'in use: unload is refused' "$status $(told 'refused: nft_ct is in use' 'refused: xt_conntrack is in use')" '3 2'
	check 'in use: not one module was removed' "$(loaded_above)" "$modules"
	check 'in use: the rules are as they were' "$(all_rules)" "$before"
	ctp plan
	check 'in use: plan tells of it' "$status $(told 'install refuses this without --force')" '2 1'
}

out_of_use() {
	ip netns delete blue
	nft flush ruleset
	iptables-legacy -F
	wait_for nobody_left
	ctp users
	check 'out of use: users' "$status $output" "0 $output"
	ctp install
	check 'out of use: install' "$status" 0
	check 'out of use: all was unloaded in one go' "$(module_state) $(loaded_above)" 'absent '
	ctp --quiet check
	check 'out of use: check' "$status $output" '0 '
	ctp install
	check 'out of use: install again' "$status $(told 'Nothing to do')" '0 1'
}

# check names what the next boot would load, and install refuses it.
saved_rules() {
	cp /etc/nftables.conf /vm/nftables.conf
	printf 'table inet t {\n chain c {\n  type filter hook input priority 0;\n  ct state established accept\n }\n}\n' \
		>/etc/nftables.conf
	systemctl --quiet enable nftables.service
	ctp check
	check 'saved rules: check names them' "$status $(told 'this host will boot without a firewall' '(line 4)')" '2 2'
	ctp --quiet uninstall
	ctp install
	check 'saved rules: install is refused' \
		"$status $(find /etc/modprobe.d -name 'conntrack-persist*') $(told 'refused: this host will boot')" '3  1'
	ctp --quiet --force install
	check 'saved rules: forced' "$status" 2
	systemctl --quiet disable nftables.service
	cp /vm/nftables.conf /etc/nftables.conf
	ctp --quiet check
	check 'saved rules: not loaded at boot any more' "$status $output" '0 '
}

after_a_reboot() {
	check 'after a reboot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(systemctl --failed --plain --no-legend)" 'running '
	check 'after a reboot: nf_conntrack is not loaded' "$(module_state)" absent
	blocked 'blocked'
	check "the kernel's log says why" "$(dmesg | grep -c 'blocked-by-conntrack-persist. invalid for parameter .hashsize')" \
		"$(dmesg | grep -c 'blocked-by-conntrack-persist')"
	check "the kernel's log has it" "$([ "$(dmesg | grep -c blocked-by-conntrack-persist)" -gt 5 ]; echo $?)" 0
	nft 'add table inet s; add chain inet s c { type filter hook input priority 0; };
		add rule inet s c tcp dport 22 accept'
	check 'stateless: an nft rule works' "$? $(nft list ruleset | grep -c 'tcp dport 22 accept')" '0 1'
	iptables -A INPUT -p tcp --dport 25 -j DROP
	check 'stateless: an iptables rule works' "$? $(module_state)" '0 absent'
	nft flush ruleset
}

others_lines() {
	# Fedora's package of firewalld has this file; Debian's does not.
	# shellcheck disable=SC2016
	echo 'install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS && /sbin/sysctl -q --system' \
		>/etc/modprobe.d/firewalld-sysctls.conf
	blocked 'with an install line like that of firewalld'
	rm /etc/modprobe.d/firewalld-sysctls.conf
	echo 'softdep nf_conntrack pre: nf_defrag_ipv4' >/etc/modprobe.d/zz-theirs.conf
	blocked 'with a softdep line'
	echo 'options nf_conntrack hashsize=1024' >/etc/modprobe.d/zz-theirs.conf
	blocked 'with a later options line'
	echo 'options nf_conntrack hashsize=1024' >/etc/modprobe.d/aa-theirs.conf
	blocked 'with options lines on both sides'
	rm /etc/modprobe.d/{zz,aa}-theirs.conf
}

forced() {
	printf '[conntrack]\nmode = disable\n[disable]\nenforce = blacklist\nunload = no\n' >"$config"
	ctp install
	check 'blacklist: says what it does not stop' "$status $(told 'enforce = blacklist only stops')" '0 1'
	modprobe ip_conntrack
	check 'blacklist: an alias does not load it' "$(module_state)" absent
	modprobe nf_conntrack
	check 'blacklist: by name it loads' "$(module_state)" live
	ctp --quiet check
	check 'blacklist: loaded is drift' "$status" 2

	nft_rule
	printf '[conntrack]\nmode = disable\n' >"$config"
	ctp install
	check 'forced: first it is refused' "$status" 3
	ctp --force install
	check 'forced: then the files are there, and what is in use stays' \
		"$status $(module_state) $(told 'will break: nft_ct' 'nft_ct is in use' 'stays loaded until')" '2 live 3'
	ctp check
	check 'forced: check says drift' "$status $(told 'is loaded, and should not be')" '2 1'
	check 'forced: the rule is there' "$(nft list ruleset | grep -c 'ct state established accept')" 1
	nft flush ruleset
	wait_for nobody_left
	ctp --dry-run unload
	check 'unload: a dry run' "$status $(told 'remove    nft_ct' 'remove    nf_conntrack') $(module_state)" '2 2 live'
	ctp unload
	check 'unload' "$status $(module_state) $(loaded_above)" '0 absent '
	ctp unload
	check 'unload again' "$status $(told 'Nothing to do')" '0 1'
}

way_back() {
	cp /vm/values.conf "$config"
	ctp install
	check 'the way back: install' "$status" 0
	modprobe nf_conntrack
	event_await 'UDEV add'
	check 'the way back: it loads again, with its values and without a reboot' "$(module_state) $(wrong_values)" 'live '
	unload nf_conntrack
	printf '[conntrack]\nmode = disable\n' >"$config"
	ctp --quiet install
	modprobe nf_conntrack 2>/dev/null
	check 'and off again' "$status $(module_state)" '0 absent'
	ctp --quiet uninstall
	modprobe nf_conntrack
	check 'uninstalled: it loads' "$status $(module_state)" '0 live'
}

echo "# Linux $(uname -r), systemd $(udevadm --version), boot $BOOT"
events_start
case $BOOT in
1)
	cp "$config" /vm/values.conf
	check 'at boot: the system is up and nothing failed' \
		"$(systemctl is-system-running --wait) $(systemctl --failed --plain --no-legend)" 'running '
	firewall_daemon
	in_use
	out_of_use
	saved_rules
	reboot_guest
	;;
2)
	after_a_reboot
	others_lines
	forced
	way_back
	finish
	;;
esac
