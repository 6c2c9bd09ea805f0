#!/bin/bash
# mode = disable on a Docker host with saved rules: install refuses; with --force it installs, and
# the next boot goes as install said.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

config=/etc/conntrack-persist.conf
# The messages of install and check about each service that will fail.
consequences=(
	'at the next boot Docker does not start; containers lose their network'
	'this host will boot without a firewall, because /etc/iptables/rules.v4 is loaded at boot by netfilter-persistent.service'
	'this host will boot without a firewall, because /etc/nftables.conf is loaded at boot by nftables.service'
)

# said: prints how many of these messages the last run printed, wherever its lines are broken.
said() {
	output=$(tr -s '\n ' ' ' <<<"$output")
	told "${consequences[@]}"
}

# unit UNIT: prints the state of the unit.
unit() {
	systemctl is-active "$1"
}

save_rules() {
	cat >/etc/iptables/rules.v4 <<'RULES'
*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp --dport 22 -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
RULES
	cat >/etc/nftables.conf <<'RULES'
table inet filter {
	chain input {
		type filter hook input priority 0; policy accept;
		ct state established,related accept
		tcp dport 25 drop
	}
}
RULES
	systemctl --quiet enable nftables.service netfilter-persistent.service
}

# The rules of this unit have no connection state, so it works as before.
ban_with_rules() {
	cat >/etc/fail2ban/jail.local <<'JAIL'
[sshd]
enabled = false
[one]
enabled = true
filter = sshd
backend = polling
logpath = /var/log/bans
port = 22
banaction = iptables-multiport
[two]
enabled = true
filter = sshd
backend = polling
logpath = /var/log/bans
port = 22
banaction = nftables-multiport
JAIL
	touch /var/log/bans
}

forced() {
	check 'before: Docker and the rules work' \
		"$(unit docker.service) $(iptables -t nat -S | grep -c MASQUERADE) $(module_state)" 'active 1 live'
	save_rules
	ban_with_rules
	printf '[conntrack]\nmode = disable\n' >"$config"
	ctp --no-live install
	check 'install is refused' "$status $(find /etc/modprobe.d -name 'conntrack-persist*')" '3 '
	check 'and says what the next boot would break' "$(said)" 3
	check 'and nothing of fail2ban' "$(grep -c fail2ban <<<"$output")" 0
	ctp --force install
	check 'forced' "$status $(find /etc/modprobe.d -name 'conntrack-persist*' | wc -l)" '2 1'
	check 'forced: it says so again' "$(said)" 3
	check 'forced: what is in use goes on' "$(unit docker.service) $(module_state)" 'active live'
	ctp check
	check 'forced: check names them' "$status $(said)" '2 3'
}

# This unit tries again and again.
docker_failed() {
	journalctl --boot --no-pager --unit docker.service | grep -q 'failed to start daemon'
}

# The boot goes as install said.
next_boot() {
	systemctl is-system-running --wait >/dev/null
	check 'the next boot: nf_conntrack is not loaded' "$(module_state)" absent
	wait_for docker_failed
	check 'the next boot: Docker does not start' "$? $(unit docker.service | grep -c '^active')" '0 0'
	check 'the next boot: no saved rule is there, not even those without connection state' \
		"$(unit netfilter-persistent.service) $(iptables -S INPUT)" 'failed -P INPUT ACCEPT'
	check 'the next boot: no rule of nftables.conf either' \
		"$(unit nftables.service) $(nft list table inet filter 2>/dev/null)" 'failed '
	ctp check
	check 'the next boot: check names them' "$status $(said)" '2 3'
}

fail2ban_answers() {
	fail2ban-client ping >/dev/null 2>&1
}

bans() {
	wait_for fail2ban_answers
	fail2ban-client set one banip 192.0.2.1 >/dev/null
	fail2ban-client set two banip 192.0.2.2 >/dev/null
	check 'fail2ban: it bans by iptables and by nft' \
		"$(iptables -S | grep -c 192.0.2.1) $(nft list ruleset | grep -c 'elements = { 192.0.2.2 }') $(module_state)" \
		'1 1 absent'
}

# This makes an image from programs of the guest: a web server, a shell and libc's resolver.
make_image() {
	local files=(/bin/busybox /bin/bash /usr/bin/getent)
	mkdir -p /vm/box
	mapfile -t -O "${#files[@]}" files < <(ldd /bin/bash /usr/bin/getent | grep -o '/[^ :]*\.so[^ ]*' | sort -u)
	cp --parents --dereference "${files[@]}" /vm/box/
	echo hello >/vm/box/index.html
	tar -C /vm/box -c . | docker import - box >/dev/null
}

# container NAME ARGUMENT...: runs a container
container() {
	docker run --detach --name "$1" "${@:2}" box busybox httpd -f -p 80 -h / >/dev/null 2>&1
}

# Docker sets no rules here; docs/disable.md says what then fails.
docker_without_rules() {
	systemctl --quiet disable nftables.service netfilter-persistent.service
	echo '{ "iptables": false }' >/etc/docker/daemon.json
	ctp users
	check 'Docker without rules: it is only likely' \
		"$(told 'likely    docker.service') $(grep -c '^certain' <<<"$output")" '1 0'
	ctp install
	check 'Docker without rules: install' "$status" 0
	ctp --quiet check
	check 'Docker without rules: check' "$status $output" '0 '
	systemctl stop docker.socket docker.service
	systemctl reset-failed docker.socket docker.service
	systemctl start docker.service
	check 'Docker without rules: it starts' "$(unit docker.service) $(module_state)" 'active absent'

	make_image
	container one -p 8080:80
	check 'Docker without rules: a published port is reached through its proxy' \
		"$(busybox wget -q -O - http://127.0.0.1:8080/)" hello
	docker network create net >/dev/null
	container two --network net
	check 'Docker without rules: in a network of your own, no name of a container is known' \
		"$(docker run --rm --network net box bash -c 'getent hosts two || echo unknown' 2>/dev/null)" unknown
	check 'Docker without rules: nothing loaded it' "$(module_state)" absent
}

echo "# Linux $(uname -r), boot $BOOT"
events_start
case $BOOT in
1)
	systemctl is-system-running --wait >/dev/null
	forced
	reboot_guest
	;;
2)
	next_boot
	bans
	docker_without_rules
	finish
	;;
esac
