#!/bin/bash
# systemd-sysctl and sysctl --system read random sets of sysctl.d files: each key then has the value
# that the model predicted. Everything happens in namespaces of the test, so that this machine's
# files and values stay.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Usage: predict-sysctl.sh [SEED [SETS]]
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
: "${builddir:?is set by make check}"
proc=/proc/sys/net/netfilter
seed=${1:-$SRANDOM}
sets=${2:-500}
# Mounts and values are changed only in namespaces of the test: a script that was started in another
# one gets its identity and must not be in that one.
mount_namespace=$(readlink /proc/self/ns/mnt)
net_namespace=$(readlink /proc/self/ns/net)
[[ $mount_namespace == mnt:* && $net_namespace == net:* ]] || { echo 'cannot tell namespaces apart here'; exit 77; }
if (($# < 3)); then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	unshare --net test -e $proc/nf_conntrack_udp_timeout || { echo 'nf_conntrack is not loaded here'; exit 77; }
	exec unshare --mount --net --propagation private \
		"$0" "$seed" "$sets" "$mount_namespace" "$net_namespace"
fi
[[ $3 == mnt:* && $3 != "$mount_namespace" && ${4-} == net:* && $4 != "$net_namespace" ]] ||
	{ echo 'not in namespaces of its own'; exit 1; }
declare -A command=()
[[ ! -x /lib/systemd/systemd-sysctl ]] || command[systemd]=/lib/systemd/systemd-sysctl
version=$(sysctl --version 2>/dev/null | grep -o '[0-9.]*$') || version=0
older() { [[ $(printf '%s\n' "$version" "$1" | sort -V | head -n 1) != "$1" ]]; }
# Patterns came with 4.0.0, and patterns behind "-key" with 4.0.5.
older 4.0.0 || command[procps]='sysctl --quiet --system'
((${#command[@]} > 0)) || { echo 'neither systemd-sysctl nor a sysctl with patterns here'; exit 77; }
hyphen_pattern=yes
older 4.0.5 || hyphen_pattern=no

trap 'echo "failed in line $LINENO"' ERR
# All files are on file systems that were made here and end with this namespace: they contain no
# folder of the host, and no file is left to remove.
own() {
	local device
	device=$(stat -c %d "$1")
	mount -t tmpfs predict "$1"
	[[ $(stat -c %d "$1") != "$device" ]] || { echo "$1 is still the host's"; exit 1; }
}
own /run
work=/run/predict
mkdir $work
cp -a /etc $work/etc
own /etc
cp -a $work/etc/. /etc/
find /etc/sysctl.d /etc/sysctl.conf -xdev -delete 2>/dev/null || :
own /usr/local/lib
directories=(/etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d)
mkdir "${directories[@]}"
for directory in /usr/lib/sysctl.d /lib/sysctl.d; do
	[[ -d $directory && ! $directory -ef ${directories[-1]} ]] || continue
	own $directory
	directories+=("$directory")
done

# These keys all belong to this network namespace. The first one gets a second name, as
# nf_conntrack_max has one.
knobs=()
for name in udp_timeout udp_timeout_stream generic_timeout icmp_timeout tcp_timeout_established \
	tcp_timeout_close tcp_timeout_close_wait tcp_timeout_syn_sent; do
	[[ ! -w $proc/nf_conntrack_$name ]] || knobs+=("net/netfilter/nf_conntrack_$name")
done
names=("${knobs[@]}")
second=net/unix/max_dgram_qlen
if mount --bind "/proc/sys/${knobs[0]}" "/proc/sys/$second" 2>/dev/null; then
	knobs[0]+=,$second
	names+=("$second" "$second")
fi

# All random numbers come from this function, so that a seed makes the same sets again; bash changed
# its own generator in 5.1.
RANDOM=$((seed % 32768))
for ((i = 0; i < seed / 32768 % 1000; i++)); do : $RANDOM; done
below() { number=$((RANDOM % $1)); }
one_of() { below $#; shift $number; one=$1; }

random_value() {
	one_of 5 5 6 7 7 8 9 10 120 3600 010 0x20 '5 6' $'8\t9' '9 # why' '7 ;' '6;' '' abc 12x -0 08 0x '"5"' "$RANDOM"
	value=$one
}

# The files have patterns, braces and slashes, but no pattern that matches more than timeouts.
random_key() {
	local kind
	one_of "${names[@]}"
	key=$one
	below 20
	kind=$number
	case $kind in
	0) key='net/netfilter/nf_conntrack_*timeout' ;;
	1) one_of u g i t; key="net/netfilter/nf_conntrack_$one*timeout" ;;
	2) one_of '[ug]' '[!u]' '[a-h]' '[^t]'; key="net/netfilter/nf_conntrack_$one*_timeout*" ;;
	3) one_of 'net/*' 'net/netf*' 'n?t/netfilter' 'ne[t]/[n]etfilter' 'n*/*r'; key="$one/nf_conntrack_tcp_timeout_*" ;;
	4) one_of '*' '?????*' 'c*' '*t*' '[!s]*'; key="net/netfilter/nf_conntrack_tcp_timeout_$one" ;;
	5) key='net/netfilter/nf_conntrack_{udp,generic,{icmp,x}}_timeou[t]' ;;
	6) one_of '{udp,icm?}' '\{udp,icm?}' '{udp' 'ud\p*' '[u]dp' '{,u}dp*'; key="net/netfilter/nf_conntrack_${one}_timeout" ;;
	7) one_of / net//netfilter/ /net/./netfilter/ net/x/../netfilter/ net/netfilter.; key=$one${key##*/} ;;
	8) one_of / //; key=$one$key ;;
	9) one_of / /. .; key+=$one ;;
	10) one_of / //; key="net${one}net*/${one}nf_conntrack_udp_timeout" ;;
	esac
	((kind == 7 || RANDOM % 3 == 0)) || { [[ $key == *.* ]] || key=${key//\//.}; }
}

random_line() {
	local space=('' '' '' ' ' '  ' $'\t' $' \t ') before after
	below 24
	case $number in
	0) line='# net.netfilter.nf_conntrack_udp_timeout = 1'; return ;;
	1) line=$' \t; net.netfilter.nf_conntrack_udp_timeout = 1'; return ;;
	2) line=; return ;;
	3) line='net.netfilter.nf_conntrack_udp_timeout 1'; return ;;
	esac
	random_key
	one_of "${space[@]}"
	before=$one
	one_of "${space[@]}"
	after=$one
	one_of '' '' '' '' '' - - -- '- '
	line=$before$one$key$after
	below 6
	if ((number > 0)) || [[ $one != -* ]]; then
		random_value
		line+="=$before$value$after"
	elif [[ $hyphen_pattern == no && $key == *[*?[]* ]]; then
		line="#$line"
	fi
	below 20
	case $number in
	0) line+=$'\r' ;;
	1) line+=$'\rnet.netfilter.nf_conntrack_icmp_timeout = 11' ;;
	2) line=$'\v'$line$'\f' ;;
	esac
}

# Some lines are repeated, in the same file or in another.
random_file() {
	local lines end
	below 6
	lines=$number
	: >"$1"
	for (( ; lines >= 0; lines--)); do
		below 5
		if ((number == 0 && ${#earlier[@]} > 0)); then
			one_of "${earlier[@]}"
			line=$one
		else
			random_line
		fi
		earlier+=("$line")
		end=$'\n'
		((lines > 0)) || one_of $'\n' ''
		((lines > 0)) || end=$one
		printf '%s%s' "$line" "$end" >>"$1"
	done
}

random_set() {
	local files
	earlier=()
	rm -f /etc/sysctl.conf
	find "${directories[@]}" -xdev -mindepth 1 -delete
	below 8
	for ((files = number + 1; files > 0; files--)); do
		one_of "${directories[@]}"
		path=$one
		one_of 10-a 10-a 50-b 50-b 90-c 90-C 90-c-d 9 99-sysctl é .hidden
		path+=/$one
		one_of .conf .conf .conf .conf .conf .conf .conf .conf '' .conf.bak
		path+=$one
		[[ ! -L $path ]] || continue
		below 12
		case $number in
		0) rm -f "$path"; ln -s /dev/null "$path" ;;
		1) : >"$path" ;;
		2) rm -f "$path"; ln -s "$work/nowhere" "$path" ;;
		*) random_file "$path" ;;
		esac
	done
	below 3
	((number > 0)) || random_file /etc/sysctl.conf
}

# foretell READER: runs it, and compares each key.
foretell() {
	local reader=$1 knob origin i=0 live foretold
	"$builddir/tests/predict" "$reader" "${knobs[@]}" >"$work/foretold"
	for knob in "${knobs[@]}"; do
		echo $((20000 + i)) >"/proc/sys/${knob%,*}"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086
	${command[$reader]} >"$work/said" 2>&1 || :
	i=0
	while read -r knob foretold origin; do
		read -r live <"/proc/sys/$knob"
		outcome+=" $live"
		if [[ $live != "${foretold:-$((20000 + i))}" ]]; then
			echo "seed $seed, set $set: $reader: $knob is $live, not ${foretold:-as before} ${origin:+($origin)}"
			right=no
		fi
		written+=${foretold:+x}
		i=$((i + 1))
	done <"$work/foretold"
	((i == ${#knobs[@]}))
}

declare -A right_sets=([systemd]=0 [procps]=0)
differ=0 written=
echo "seed $seed"
for ((set = 1; set <= sets; set++)); do
	random_set
	outcomes=()
	for reader in "${!command[@]}"; do
		right=yes outcome=
		foretell "$reader"
		outcomes+=("$outcome")
		if [[ $right == yes ]]; then
			right_sets[$reader]=$((right_sets[$reader] + 1))
		else
			find "${directories[@]}" /etc/sysctl.conf -type l -printf '%p -> %l\n' \
				-o -type f -printf '%p:\n' -exec cat -A {} \; 2>/dev/null || :
			cat "$work/said"
		fi
	done
	[[ ${outcomes[0]} == "${outcomes[1]-${outcomes[0]}}" ]] || differ=$((differ + 1))
done
status=0
for reader in "${!command[@]}"; do
	echo "$reader: ${right_sets[$reader]} of $sets sets as foretold"
	((right_sets[$reader] == sets)) || status=1
done
echo "${#written} values written; the readers disagree in $differ sets"
((${#written} > sets || sets < 10))
exit $status
