#!/bin/bash
# The commands of every page are typed as a reader types them, each page on a host of its own;
# tests/page-blocks has the marks.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# The test has its own view of the processes, because "apply --netns=all" looks for network
# namespaces in all of them.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --propagation private --net --uts --ipc --pid --fork --kill-child "$0" alone "$@"
fi
# shellcheck source=hosts.sh
source "${srcdir:?is set by make check}/tests/host/hosts.sh"
shift
command -v iptables >/dev/null || { echo 'no iptables here'; exit 77; }
command -v nft >/dev/null || { echo 'no nft here'; exit 77; }
netfilter=proc/sys/net/netfilter

# new_reader PAGE: a host on which conntrack-persist is installed and a user "reader" who may use
# sudo. The program there is the test twin, for which nf_conntrack is loaded: the files below
# /sys/module and in /proc/sys/net/netfilter are the kernel, and sysctl reads the same. The rest of
# /proc/sys cannot be written, but for net, which is that of this network namespace.
new_reader() {
	local keys=$work/keys module
	rm -rf "$keys"
	mkdir "$keys"
	cp --no-preserve=mode /proc/sys/net/netfilter/nf_* "$keys/" 2>/dev/null || :
	nft flush ruleset
	new_host "$1"
	umount "$host/$netfilter"
	mount --bind "$host/proc/sys" "$host/proc/sys"
	mount --bind "$host/proc/sys/net" "$host/proc/sys/net"
	mount -o remount,bind,ro "$host/proc/sys"
	mount -t tmpfs -o mode=755 none "$host/$netfilter"
	cp "$keys"/* "$host/$netfilter/"
	echo 262144 | tee "$host/$netfilter"/nf_conntrack_{max,buckets} >/dev/null
	module=$host/sys/module/nf_conntrack
	mkdir -p "$module/parameters"
	echo live >"$module/initstate"
	echo 0 >"$module/refcnt"
	: >"$module/uevent"
	echo 262144 >"$module/parameters/hashsize"
	echo 1024 >"$module/parameters/expect_hashsize"
	cp -a "$work/package/." "$host/"
	install "$CONNTRACK_PERSIST_TWIN" "$host/usr/local/lib/conntrack-persist-twin"
	# The reader presses Ctrl-C to end a watch.
	cat >"$host/usr/local/sbin/conntrack-persist" <<-'END'
		#!/bin/sh
		export CONNTRACK_PERSIST_HOST=/
		case " $* " in
		*' --watch'*) timeout --preserve-status --signal=INT 1 /usr/local/lib/conntrack-persist-twin "$@" ;;
		*) exec /usr/local/lib/conntrack-persist-twin "$@" ;;
		esac
	END
	on_host useradd --create-home --shell /bin/bash reader
	echo 'reader ALL=(ALL) NOPASSWD: ALL' >"$host/etc/sudoers.d/reader"
	chmod 440 "$host/etc/sudoers.d/reader"
	# Units are really enabled, but there is no systemd that could start one.
	cat >"$host/usr/local/bin/systemctl" <<-'END'
		#!/bin/sh
		for word; do
			shift
			[ "$word" = --now ] || set -- "$@" "$word"
		done
		case $1 in start | stop | restart | daemon-reload) exit 0 ;; esac
		exec /usr/bin/systemctl "$@"
	END
	chmod 755 "$host/usr/local/bin/systemctl"
	# No input comes from the terminal.
	ln -sf /bin/true "$host/usr/bin/editor"
	# The pages use this path for an image.
	install --directory --owner="$(on_host id -u reader)" "$host/srv/image"
}

# needs_keys BLOCK: runs the block with the rules and entries of the real kernel, in this network
# namespace.
needs_keys() {
	! grep -q conntrack-persist "$1/text" && grep -qE '(^|[^-])\b(nft|ip6?tables|conntrack) ' "$1/text"
}

# type_in BLOCK: the reader runs /typed/all there, all commands in one shell.
type_in() {
	# shellcheck disable=SC2016
	local run='exec chroot "$0" setpriv --bounding-set=-sys_module,-sys_boot,-sys_time env -i LC_ALL=C TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin timeout 300 "${@:2}"'
	local shell=(runuser -u reader -- env HOME=/home/reader bash /typed/all)
	if needs_keys "$1"; then
		unshare --mount --propagation private bash -c "umount \"\$0/\$1\"; $run" "$host" "$netfilter" "${shell[@]}"
	else
		bash -c "$run" "$host" '' "${shell[@]}"
	fi </dev/null >"$work/log" 2>&1
}

# is_shown OUTPUT EXPECTED: compares only words; "..." stands for any text.
is_shown() {
	python3 -c '
import re, sys
said, shown = (open(name, encoding="utf-8").read() for name in sys.argv[1:])
parts = [r"\s+".join(map(re.escape, part.split())) for part in re.split(r"^\s*\.\.\.\s*$", shown, flags=re.M)]
sys.exit(not re.fullmatch(r"\s*" + r"(.*\s+)?".join(parts) + r"\s*", said, re.S))' "$1" "$2"
}

# run_block BLOCK: runs one block
run_block() {
	local file name status
	rm -rf "$host/typed"
	mkdir "$host/typed"
	cp "$1"/*.command "$host/typed/"
	chmod -R a+rX "$host/typed"
	mkdir -m 777 "$host/typed/out"
	{
		echo 'cd'
		for file in "$1"/*.command; do
			name=${file##*/}
			name=${name%.command}
			# shellcheck disable=SC2016
			printf '. /typed/%s >/typed/out/%s 2>&1\n_status=$?; echo "$_status" >/typed/out/%s.status\n' \
				"$name.command" "$name" "$name"
		done
	} >"$host/typed/all"
	type_in "$1" || :
	for file in "$1"/*.command; do
		name=${file##*/}
		name=${name%.command}
		story="$page:$(<"$1/$name.line")"
		status=$(cat "$host/typed/out/$name.status" 2>/dev/null) || status='none'
		[[ " $(<"$1/$name.exits") " == *" $status "* ]] ||
			fail "exit $status, not $(<"$1/$name.exits"): $(<"$file")" "$(cat "$host/typed/out/$name" "$work/log" 2>/dev/null)"
		[[ ! -s $1/$name.output || -s $1/output-differs ]] || is_shown "$host/typed/out/$name" "$1/$name.output" ||
			fail "prints something else: $(<"$file")" "$(<"$host/typed/out/$name")"
		commands=$((commands + 1))
	done
}

# prepare BLOCK: does what its mark "before" says.
prepare() {
	local before=$work/before
	rm -rf "$before"
	mkdir "$before"
	cp "$1/before" "$before/text"
	{ echo 'set -e'; cat "$1/before"; } >"$before/000.command"
	echo 0 >"$before/000.exits"
	echo "${1##*/} (before)" >"$before/000.line"
	run_block "$before"
	commands=$((commands - 1))
}

# write_help: writes the examples of "conntrack-persist VERB --help" as a page.
write_help() {
	local verb
	for verb in $("$CONNTRACK_PERSIST" --help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
		printf '%s\n\n' "$verb"
		"$CONNTRACK_PERSIST" "$verb" --help | sed -n '/^Examples:/,/^$/s/^  /    /p'
		echo
	done
}

# run_page FILE: runs the blocks of a page
run_page() {
	local block blocks=$work/blocks
	rm -rf "$blocks"
	"$srcdir/tests/page-blocks" --write "$blocks" "$1"
	[[ -d $blocks ]] || return 0
	new_reader "$page"
	for block in "$blocks"/*; do
		story="$page: ${block##*/}"
		[[ ! -s $block/before ]] || prepare "$block"
		case $block in
		*-config) cp "$block/text" "$host/etc/conntrack-persist.conf" ;;
		*-rules) nft -c -f "$block/text" || fail 'nft refuses these rules' ;;
		*-commands) [[ -s $block/not-run ]] || run_block "$block" ;;
		esac
	done
	umount -R "$host"
}

ip link set lo up
env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" prefix=/usr/local DESTDIR="$work/package" install >"$work/log" 2>&1 ||
	{ cat "$work/log"; exit 1; }
commands=0
cd "$srcdir"
pages=("$@")
# quickstart.sh runs the commands of README.md, because it can build and install the program.
((${#pages[@]})) || pages=(CONTRIBUTING.md SECURITY.md docs/*.md ansible/README.md puppet/README.md man/*.scd)
for page in "${pages[@]}"; do
	run_page "$page"
done
page=--help
write_help >"$work/help.md"
run_page "$work/help.md"
echo "$commands commands were typed"
# A fault in a page must be noticed.
page=planted
printf '%s\n' '' '    test -e /nonexistent' '' 'Text.' '' '    $ echo one' '    two' '' 'Text.' '' '    conntrack-persist keys    # exits 2' '' \
	'<!-- before: test -e /nonexistent -->' '' '    echo' '' 'Text.' '' '    table inet planted {' '        wrong' '    }' >"$work/planted.md"
was=$bad
run_page "$work/planted.md" >"$work/planted" 2>&1
[[ $(grep -c '^planted:' "$work/planted") == 5 ]] || { cat "$work/planted"; was=1; }
bad=$was
((commands > 0)) || bad=1
exit $bad
