#!/bin/bash
# Readers of lines: ten times the lines cost ten times the instructions, and files of the maximum
# size cost no more than design allows, whatever they contain.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

key=net.netfilter.nf_conntrack

# The configuration sets every key of timeouts and options.
"$program" keys --json | python3 -c '
import json, sys
print("[conntrack]\nmax = 262144\nhashsize = 262144\nexpect_max = 4096\nexpect_hashsize = 1024")
keys = json.load(sys.stdin)["keys"]
for section in "timeouts", "options":
    print("[%s]" % section)
    for row in keys:
        if row["section"] == section:
            print("%s = %s" % (row["name"], row["default"]))
' >"$work/full.conf"

# configure: makes a new image with that configuration and empty folders.
configure() {
	image
	mkdir -p "$work/image/etc/"{sysctl.d,modprobe.d,modules-load.d,udev/rules.d,conntrack-persist.conf.d}
	cp "$work/full.conf" "$work/image/etc/conntrack-persist.conf"
}

# fill FILE FORMAT COUNT: writes that many lines; %d in the format is the line's number.
fill() {
	awk -v format="$2\n" -v count="$3" 'BEGIN { for (i = 1; i <= count; i++) printf format, i, i }' >"$work/image/$1"
}

# cost VERB...: prints the instructions of a run over the image.
cost() {
	instructions "$program" --root="$work/image" "$@"
}

# grows NAME FILE FORMAT [SMALL [VERB...]]: 10 times as many lines as SMALL may cost at most 15
# times as much.
grows() {
	local name=$1 file=$2 format=$3 small=${4:-1000} base few many
	shift $(($# > 4 ? 4 : $#))
	(($# > 0)) || set -- check --json
	configure
	fill "$file" "$format" $((small / 10))
	base=$(cost "$@")
	fill "$file" "$format" "$small"
	few=$(cost "$@")
	fill "$file" "$format" $((small * 10))
	many=$(cost "$@")
	linear "$name" 10 "$base" "$few" "$many"
}

grows 'keys of others in sysctl.d' etc/sysctl.d/a.conf 'net.ipv4.conf.eth%d.rp_filter = 1'
grows 'short keys in sysctl.d' etc/sysctl.d/a.conf 'k%d=1'
grows 'one key in many lines' etc/sysctl.d/a.conf "${key}_udp_timeout = %d"
grows 'values that the kernel refuses' etc/sysctl.d/a.conf "${key}_acct = x%d" 80
grows 'keys that no kernel has' etc/sysctl.d/a.conf "${key}_frob%d = 1" 80
grows 'patterns that match nothing' etc/sysctl.d/a.conf 'net.*.x%d = 1'
grows 'patterns that match' etc/sysctl.d/a.conf 'net.*.nf_conntrack_*%d* = 1' 100
grows 'the same pattern again' etc/sysctl.d/a.conf 'net.*.nf_conntrack_* = %d'
grows 'keys that patterns must leave alone' etc/sysctl.d/a.conf '-net.x%d'
grows 'needless slashes' etc/sysctl.d/a.conf 'net//netfilter/.//nf_conntrack_max = %d'
grows 'lines of sysctl.d, adopted' etc/sysctl.d/a.conf "${key}_udp_timeout = %d" 1000 plan --from-system
grows 'options in lines' etc/modprobe.d/a.conf 'options nf_conntrack hashsize=%d acct=1'
grows 'options that are refused' etc/modprobe.d/a.conf 'options nf_conntrack hashsize=x%d' 80
grows 'aliases' etc/modprobe.d/a.conf 'alias a%d nf_conntrack'
grows 'install lines with patterns' etc/modprobe.d/a.conf 'install nf_* x%d' 500
# shellcheck disable=SC1003
grows 'lines that go on' etc/modprobe.d/a.conf '\\'
grows 'options, adopted' etc/modprobe.d/a.conf 'options nf_conntrack hashsize=%d acct=1' 1000 plan --from-system
grows 'old names in modules-load.d' etc/modules-load.d/a.conf 'nf_conntrack_ipv4 %d' 80
grows 'rules' etc/udev/rules.d/a.rules '%d="nf_conntrack", RUN+="x"' 80
grows 'settings that there are not' etc/conntrack-persist.conf.d/a.conf '[timeouts]\nfrob%d = 1' 80
grows 'settings set again' etc/conntrack-persist.conf.d/a.conf '[timeouts]\nudp = 1' 80
grows 'comments' etc/conntrack-persist.conf.d/a.conf '; %d'

# One line contains many words; the second run has ten times as many.
for word in 'a%d' 'hashsize=x%d' 'hashsize%d=1' 'acct=1'; do
	configure
	few='' many=''
	base=$(cost check --json)
	for count in 80 800; do
		{ printf 'options nf_conntrack'; awk -v format=" $word" -v count="$count" \
			'BEGIN { for (i = 1; i <= count; i++) printf format, i }'; echo; } >"$work/image/etc/modprobe.d/a.conf"
		few=$many
		many=$(cost check --json)
	done
	linear "words like $word" 10 "$base" "$few" "$many"
done

# full FILE-SUFFIX FOLDER FORMAT: makes a new image with 16 MiB of such lines, in files of a little
# under 1 MiB.
full() {
	local i
	configure
	awk -v format="$3\n" 'BEGIN { for (i = 1; size + 64 < 1048576 && i < 1048576; i++) {
		line = sprintf(format, i, i); size += length(line); printf "%s", line } }' >"$work/full"
	for ((i = 0; i < 16; i++)); do
		# The lines of each file differ if the format numbers them.
		sed "s/1/$((i + 11))/" "$work/full" >"$work/image/$2/$i$1"
		truncate --size='<1048576' "$work/image/$2/$i$1"
	done
}

# ends NAME STATUS...: checks that check ends within the limits.
ends() {
	local name=$1
	shift
	bounded "$name" "$@" -- "$program" --root="$work/image" check --json
}

for format in 'a=' '' '%d=1' '*=1' '*/*/*=1' 'net.*.x%d=1' '*/*/*%d*=1' 'net/netfilter/*{a,b}{c,d}{e,f}%d*=1' \
	'net/netfilter/*a*c*t*i*%d*x=1' 'net/nf_conntrack_max=%d' 'net/nf_conntrack_x%d=1' 'net//./nf_conntrack_max=%d' \
	'-net' 'net.nf_conntrack_max 1'; do
	full .conf etc/sysctl.d "$format"
	ends "16 MiB of '$format' in sysctl.d" 1 2
done
# shellcheck disable=SC1003
for format in 'a' '' 'install * x%d' 'install *n*f*_*c*o*%d*z x' 'options nf_conntrack hashsize=x%d' 'alias %d nf_conntrack' \
	'optoins nf_conntrack a=%d' 'softdep nf_conntrack pre: a' '\\'; do
	full .conf etc/modprobe.d "$format"
	ends "16 MiB of '$format' in modprobe.d" 1 2
done
full .conf etc/conntrack-persist.conf.d '[timeouts]\nfrob%d=1'
ends '16 MiB of unknown settings' 78
says '16 MiB of unknown settings' 'there are more than 1,000 errors of this kind; the others are not listed'
full .conf etc/conntrack-persist.conf.d ';'
ends '16 MiB of comments' 2
full .rules etc/udev/rules.d 'RUN+="nf_conntrack"'
ends '16 MiB of rules' 2
full .conf etc/modules-load.d 'nf_conntrack_ipv4 %d'
ends '16 MiB of modules' 2

# repeat COUNT TEXT: prints the text that many times.
repeat() {
	awk -v count="$1" -v text="$2" 'BEGIN { for (i = 0; i < count; i++) printf "%s", text }'
}

# Each file has one long line.
printf 'net/netfilter/*[%s]=1\n' "$(repeat 1000000 x)" >"$work/long-pattern"
printf 'net/netfilter/*%s=1\n' "$(repeat 1000000 '[')" >"$work/long-brackets"
printf 'net/netfilter/*%s=1\n' "$(repeat 300000 '{a}')" >"$work/long-braces"
printf 'net%snf_conntrack_max = 1\n' "$(repeat 1000000 /)" >"$work/long-key"
printf 'net.nf_conntrack_max = %s\n' "$(repeat 1000000 1)" >"$work/long-value"
printf '*/*/* = %s\n' "$(repeat 500000 '7 ')" >"$work/long-words"
for name in pattern brackets braces key value words; do
	configure
	for ((i = 0; i < 16; i++)); do
		cp "$work/long-$name" "$work/image/etc/sysctl.d/$i.conf"
	done
	ends "lines with a long $name" 1 2
done
printf 'install *[%s] x\n' "$(repeat 1000000 x)" >"$work/long-pattern"
printf 'options nf_conntrack %s\n' "$(repeat 500000 'a ')" >"$work/long-words"
printf 'options nf_conntrack %s\n' "$(seq -f hashsize=x%.0f 60000 | tr '\n' ' ')" >"$work/long-refused"
printf 'options nf_conntrack %s\n' "$(repeat 140000 'acct=1 ')" >"$work/long-options"
for name in pattern words refused options; do
	configure
	for ((i = 0; i < 16; i++)); do
		cp "$work/long-$name" "$work/image/etc/modprobe.d/$i.conf"
	done
	ends "lines of modprobe.d with a long $name" 1 2
done

# Hostile files at our own paths: a manifest with very many paths, and a file that gives a long
# difference.
configure
mkdir -p "$work/image/var/lib/conntrack-persist"
{ printf '{"version":1,"directories":[],"files":['; seq -f '{"path":"/etc/%.0f","mode":"0644"},' 25000 | tr -d '\n'
	printf '{"path":"/etc/0","mode":"0644"}]}'; } >"$work/image/var/lib/conntrack-persist/manifest"
repeat 1000000 '\n' >"$work/image/etc/sysctl.d/90-conntrack-persist.conf"
for verb in check plan 'plan --json' uninstall; do
	# shellcheck disable=SC2086
	bounded "$verb with a long manifest" 0 1 2 3 -- "$program" --root="$work/image" $verb
done
finish
