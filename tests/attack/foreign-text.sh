#!/bin/bash
# Foreign names and texts, in each output format: none begins a line, moves a cursor, reorders or
# hides text.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

# Each text has the word INJECTED at the place where it would begin a line if it could.
names=(
	$'99-\n\nINJECTED\n[conntrack]\nmode = disable\n;x'
	$'98-\e]0;x\a\e[2J\e[H\r\vINJECTED\fINJECTED'
	$'97-\xe2\x80\xae\xe2\x81\xa6fnoc\xe2\x80\x8f\xd8\x9c'
	$'96-\xff\xfe\x9b31m\nINJECTED'
	$'95-\xe2\x80\xa8INJECTED\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa0\xf3\xa0\x81\x81\xc2\xad'
	$'94-\x7f\xc2\x9b2J\xc2\x85INJECTED'
	$'93-"}],"INJECTED":[{"\\u000a\\'
)

# plain NAME FILE: fails if the file has a line that begins with INJECTED, or a character that
# controls the output: control characters except tab and line feed, bidi controls, separators,
# invisible characters, bytes that are not UTF-8. The rule is written a second time here on purpose.
plain() {
	perl -e '
		use strict;
		local $/;
		my $text = <STDIN>;
		die "no UTF-8\n" if !utf8::decode($text);
		die sprintf("U+%04X\n", ord($1)) if $text =~
			/([\x00-\x08\x0b-\x1f\x7f-\x9f\xad\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{e0000}-\x{e007f}])/;
		die "a line of theirs\n" if $text =~ /^\s*INJECTED/m || $text =~ /^mode = disable/m;
	' <"$2" 2>"$work/verdict" || fail "$1: $(cat "$work/verdict"): $(head -c 2000 "$2" | cat -v)"
}

# printed NAME: checks both streams of the last bounded run.
printed() {
	plain "$1, standard output" "$work/out"
	plain "$1, standard error" "$work/err"
}

# valid NAME: checks that standard output is one JSON object of ASCII characters.
valid() {
	python3 -c 'import json, sys; json.loads(sys.stdin.buffer.read().decode("ascii"))' <"$work/out" 2>/dev/null ||
		fail "$1: no JSON of ASCII characters: $(head -c 2000 "$work/out" | cat -v)"
}

export CONNTRACK_PERSIST_HOST=$work/host
host=$work/host
fill() {
	local name number=0
	mkdir -p "$host"/{etc,run,usr/lib}/{sysctl.d,modprobe.d,udev/rules.d,modules-load.d,systemd/system} \
		"$host/etc/conntrack-persist.conf.d" "$host/proc/sys/kernel" "$host/etc/nftables.d" "$host/etc/kubernetes" "$host/var/lib" \
		"$host/etc/tuned" "$host/boot" "$host/sys/module/nf_conntrack/parameters" "$host/proc/sys/net/netfilter"
	echo 'MemTotal:        3915436 kB' >"$host/proc/meminfo"
	echo 6.1.0-13-amd64 >"$host/proc/sys/kernel/osrelease"
	echo live >"$host/sys/module/nf_conntrack/initstate"
	echo 65536 >"$host/sys/module/nf_conntrack/parameters/hashsize"
	for name in max buckets count tcp_timeout_established; do
		echo 65536 >"$host/proc/sys/net/netfilter/nf_conntrack_$name"
	done
	for name in "${names[@]}"; do
		number=$((number + 1))
		printf 'net.netfilter.nf_conntrack_max = %d\nnet.netfilter.nf_conntrack_udp_timeout = 1%s\n' $((70000 + number)) "${name//$'\n'/}" |
			tee "$host/etc/sysctl.d/$name.conf" >"$host/etc/sysctl.d/$name"
		printf 'net.netfilter.nf_conntrack_%s = 3\n' "${name//$'\n'/}" >>"$host/etc/sysctl.d/$name.conf"
		printf 'options nf_conntrack hashsize=%d %s=1\ninstall nf_conntrack /bin/%s\nblacklist nf_conntrack\nalias %s nf_conntrack\n' \
			$((80000 + number)) "${name//$'\n'/}" "${name//$'\n'/}" "${name//$'\n'/}" >"$host/etc/modprobe.d/$name.conf"
		printf 'ACTION=="add", KERNEL=="nf_conntrack", ATTR{parameters/hashsize}="%s"\n' "${name//$'\n'/}" >"$host/etc/udev/rules.d/$name.rules"
		printf 'nf_nat\n%s\n' "${name//$'\n'/}" >"$host/etc/modules-load.d/$name.conf"
		printf '[options]\n%s = yes\nacct = %s\n' "${name//$'\n'/}" "${name//$'\n'/}" >"$work/bad-$number.conf"
		mkdir -p "$host/namespaces/$name/proc/sys/net/netfilter" "$host/namespaces/n$number/proc/sys/net/netfilter" "$host/proc/$number$number"
		echo 4711 >"$host/namespaces/n$number/pid"
		printf '%s' "${name:0:15}" | tee "$host/namespaces/n$number/command" >"$host/proc/$number$number/comm"
		for key in max buckets count udp_timeout; do
			echo 65536 | tee "$host/namespaces/$name/proc/sys/net/netfilter/nf_conntrack_$key" \
				>"$host/namespaces/n$number/proc/sys/net/netfilter/nf_conntrack_$key"
		done
		mkdir -p "$host/etc/systemd/system/multi-user.target.wants"
		ln -s "/usr/lib/systemd/system/nftables.service" "$host/etc/systemd/system/multi-user.target.wants/nftables.service" 2>/dev/null || :
		: >"$host/boot/initrd.img-$name"
		printf 'table ip t { chain c { ct state new accept; } }\n' >"$host/etc/nftables.d/$name.nft"
	done
	printf 'include "/etc/nftables.d/*.nft"\n' >"$host/etc/nftables.conf"
	printf '[conntrack]\nmax = 131072\nhashsize = 65536\n[timeouts]\nudp = 60\n' >"$host/etc/conntrack-persist.conf"
}

fill
# Each verb may exit with its usual statuses here; a crash, a refused command line or an endless
# loop is a failure.
for verb in plan 'plan --from-system' 'plan -v' check status 'status --prometheus' users advise keys 'apply --netns=all' \
	'install --dry-run' 'uninstall --dry-run' 'unload --dry-run' 'install --no-live' uninstall; do
	read -ra words <<<"$verb"
	for option in --color=never --quiet --json; do
		[[ $verb != *prometheus* || $option != --json ]] || continue
		bounded "$verb $option" 0 1 2 3 -- "$twin" "${words[@]}" "$option"
		printed "$verb $option"
		[[ $option != --json ]] || valid "$verb $option"
	done
done

# An adopted configuration has only the program's own lines, and it is valid.
for name in "${names[@]}"; do
	image
	mkdir -p "$work/image/etc/"{sysctl.d,modprobe.d}
	echo 'net.netfilter.nf_conntrack_max = 71234' >"$work/image/etc/sysctl.d/$name.conf"
	echo 'options nf_conntrack acct=1' >"$work/image/etc/modprobe.d/$name.conf"
	bounded 'adoption' 0 -- "$program" plan --from-system --root="$work/image"
	printed 'adoption'
	grep -vxE -e '|;.*|\[(conntrack|timeouts|options)\]|[a-z0-9_]+ = [0-9a-z]+ *(;.*)?' "$work/out" &&
		fail 'adoption prints a line that is not its own'
	says adoption 'max = 71234'
	cp "$work/out" "$work/adopted.conf"
	bounded 'adoption in JSON' 0 -- "$program" plan --from-system --root="$work/image" --json
	valid 'adoption in JSON'
	python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
assert "max = 71234" in report["configuration"] and "acct = yes" in report["configuration"]' "$work/out" ||
		fail 'adoption in JSON leaves the text out'
	bounded 'what was adopted' 0 2 -- "$program" plan --root="$work/image" -c "$work/adopted.conf"
	says_not 'what was adopted' 'disable'
done

# Configurations whose errors are reported.
for file in "$work"/bad-*.conf; do
	for option in --color=never --json; do
		bounded 'a bad configuration' 78 -- "$twin" plan -c "$file" "$option"
		printed 'a bad configuration'
	done
	valid 'a bad configuration'
done

# Words of the command line.
for name in "${names[@]}"; do
	for words in verb "--$name" "-c$work/$name" "--netns=$name" "--root=$name" "--color=$name" "--watch=$name" "-$name"; do
		[[ $words != verb ]] || words=$name
		for verb in plan apply; do
			bounded 'a command line' 0 1 2 3 64 78 -- "$twin" $verb "$words"
			printed 'a command line'
		done
	done
done

# The journal.
: >"$host/journal.log"
for verb in apply 'apply --netns=all' check 'install --no-live'; do
	read -ra words <<<"$verb"
	bounded "$verb for the journal" 0 1 2 3 -- "$twin" "${words[@]}"
done
[[ -s $host/journal.log ]] || fail 'nothing came to the journal'
plain 'the journal' "$host/journal.log"
finish
