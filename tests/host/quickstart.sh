#!/bin/bash
# Types README's commands as a user with sudo and as root, and checks what quickstart asks, writes
# and leaves alone.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=hosts.sh
source "${srcdir:?is set by make check}/tests/host/hosts.sh"
# These are the configuration, the program and its link.
config=/etc/conntrack-persist.conf
sbin=/usr/local/sbin/conntrack-persist
bin=/usr/local/bin/conntrack-persist

# quick_clone FOLDER: makes a clone whose build takes no time: it installs what this build directory
# installs.
quick_clone() {
	if [[ ! -e $work/package ]]; then
		env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" prefix=/usr/local DESTDIR="$work/package" install >"$work/log" 2>&1 ||
			{ cat "$work/log"; exit 1; }
	fi
	new_clone "$1"
	cp -a "$work/package" "$host/opt/package"
	printf '%s\n' '#!/bin/sh' 'printf "all:\n\tcp /opt/package'"$sbin"' .\ninstall:\n\tcp -a /opt/package/. /\n" >Makefile' \
		'printf "%s\n" "#!/bin/sh" >configure' 'chmod +x configure' >"$host$1/autogen.sh"
}

# is_config LINE...: checks the configuration without its comments.
is_config() {
	local lines
	lines=$(sed 's/ *;.*//' "$host$config" | grep .) || :
	[[ $lines == "$(printf '%s\n' "$@")" ]] || fail "$config is another:" "$lines"
}
installed() {
	[[ -x $host$sbin && -s $host/etc/sysctl.d/90-conntrack-persist.conf && -s $host/var/lib/conntrack-persist/manifest ]] ||
		fail 'not installed' "${output-}"
}

#
# README.md
#
# typed_by USER FOLDER: each command there, in the user's own login shell. Those that the page marks
# are left out.
typed_by() {
	local command status allowed count=0
	while IFS= read -r command; do
		count=$((count + 1)) status=0
		output=$(on_host timeout 1800 runuser --login "$1" --command "cd $2 && $command" </dev/null 2>&1) || status=$?
		allowed=0
		# Exit status 2 means that there is something to change, or that something uses
		# nf_conntrack.
		[[ ! $command =~ ^(sudo )?conntrack-persist\ (--quiet\ )?(plan|install|check|users) ]] || allowed='0 2'
		# In a container it cannot be known what else uses it.
		[[ ! $command =~ ' users' || $output != *'not everything could be read'* ]] || allowed=1
		[[ " $allowed " == *" $status "* ]] || fail "typed by $1: $command: exit $status, not $allowed" "$output"
		[[ $command != *' uninstall' || ! -e $host/etc/sysctl.d/90-conntrack-persist.conf ]] ||
			fail "typed by $1: $command: the files are still there" "$output"
	done < <("$srcdir/tests/page-blocks" --commands "$srcdir/README.md")
	((count >= 10)) || fail "only $count commands were found in README.md"
	installed
}

typed_by_everybody() {
	new_host 'README.md, typed'
	on_host useradd --create-home --shell /bin/bash newcomer
	echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >"$host/etc/sudoers.d/newcomer"
	chmod 440 "$host/etc/sudoers.d/newcomer"
	new_clone /home/newcomer/clone "$(on_host id -u newcomer)"
	typed_by newcomer /home/newcomer/clone
	is_config '[conntrack]' 'max = auto'
	[[ -x $host$bin ]] || fail "no $bin"
	quick_clone /root/clone
	typed_by root /root/clone
}

#
# quickstart
#
new_quickstart() {
	new_host "quickstart, $1"
	quick_clone /root/clone
}

writes_a_configuration() {
	new_quickstart 'nothing is set'
	runs 0 ./quickstart
	says 'packages for build: none is missing'
	says "This host has no $config"
	silent "$host"
	installed
	is_config '[conntrack]' 'max = auto'
	[[ $(stat -c '%a %u' "$host$config") == '644 0' ]] || fail "mode of $config"
	[[ $(grep -c '^Installed' <<<"$output") == 1 ]] || fail 'the result is not printed once' "$output"

	new_quickstart 'the host sets values'
	printf 'net.netfilter.nf_conntrack_%s\n' 'max = 500000' 'tcp_timeout_established = 86400' >"$host/etc/sysctl.d/50-own.conf"
	echo 'options nf_conntrack hashsize=131072' >"$host/etc/modprobe.d/own.conf"
	runs 0 ./quickstart --yes
	says '/etc/sysctl.d/50-own.conf:1'
	is_config '[conntrack]' 'max = 500000' 'hashsize = 131072' '[timeouts]' 'tcp_established = 86400'
	installed
}

leaves_a_configuration() {
	new_quickstart 'with a configuration'
	printf '[conntrack]\nmax = 123456\n' >"$host$config"
	runs 0 ./quickstart
	silent "This host has no $config"
	is_config '[conntrack]' 'max = 123456'
	installed

	new_quickstart 'with a drop-in alone'
	mkdir "$host$config.d"
	printf '[timeouts]\nudp = 45\n' >"$host$config.d/own.conf"
	runs 0 ./quickstart
	[[ ! -e $host$config ]] || fail "writes $config"
	grep -q '_udp_timeout = 45' "$host/etc/sysctl.d/90-conntrack-persist.conf" || fail 'the drop-in has no effect'

	new_quickstart 'installed before without a configuration'
	cp -a "$work/package/." "$host/"
	on_host conntrack-persist --quiet install || :
	if [[ -e $host/var/lib/conntrack-persist/manifest ]]; then
		runs 0 ./quickstart
		[[ ! -e $host$config ]] || fail "writes $config"
	fi

	new_quickstart 'a wrong configuration'
	printf '[conntrack]\nmax = plenty\n' >"$host$config"
	runs 78 ./quickstart --yes
	says "$config:2"
	[[ ! -e $host$sbin ]] || fail 'installs the program'
}

asks() {
	local before answer
	for answer in 'n\n' 'no\n' 'x\n' ''; do
		new_quickstart "answered ${answer@Q}"
		before=$(changes)
		answers 1 "$answer" ./quickstart
		says 'Install the program and make these changes? [Y/n]'
		says 'max = auto'
		says 'nothing was installed'
		[[ $(changes) == "$before" ]] || fail 'something has changed' "$(diff <(echo "$before") <(changes))"
	done
	for answer in '\n' 'y\n' 'Yes\n'; do
		new_quickstart "answered ${answer@Q}"
		answers 0 "$answer" ./quickstart
		installed
	done
	new_quickstart '--yes on a terminal'
	answers 0 '' './quickstart --yes'
	silent '[Y/n]'
	installed
}

builds_only() {
	local before
	new_quickstart '--build-only'
	on_host useradd newcomer
	chown -R "$(on_host id -u newcomer)" "$host/root/clone"
	before=$(changes)
	runs 0 ./quickstart --build-only
	[[ $(changes) == "$before" ]] || fail 'something has changed' "$(diff <(echo "$before") <(changes))"
	[[ -x $host/root/clone/build/conntrack-persist ]] || fail 'nothing is built'
	[[ $(stat -c %u "$host/root/clone/build" "$host/root/clone/build/"* | sort -u) == "$(on_host id -u newcomer)" ]] ||
		fail 'the build belongs to another than the clone'
	chmod 755 "$host/root"
	rm -r "$host/root/clone/build"
	runs 0 setpriv --reuid=newcomer --clear-groups ./quickstart --build-only
	[[ -x $host/root/clone/build/conntrack-persist ]] || fail 'a user cannot build'
	runs 1 setpriv --reuid=newcomer --clear-groups ./quickstart
	says 'sudo ./quickstart'
	runs 1 ./quickstart --unknown
	runs 0 ./quickstart --help
	says '--build-only'
	[[ $(changes) == "$before" ]] || fail 'something has changed' "$(diff <(echo "$before") <(changes))"
	# This is root with a strict umask.
	new_quickstart 'with a mask of 077'
	runs 0 bash -c 'umask 077; ./quickstart'
	on_host useradd newcomer
	runs 0 setpriv --reuid=newcomer --clear-groups sh -c 'cd / && conntrack-persist --version && cat /etc/conntrack-persist.conf'
}

typed_by_everybody
writes_a_configuration
leaves_a_configuration
asks
builds_only
exit $bad
