# For tests that change a whole machine: each story gets a copy-on-write view of this machine,
# without network, systemd and nf_conntrack, so that this machine does not change.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
: "${srcdir:?is set by make check}" "${builddir:?}"
# shellcheck source=../../scripts/lib.sh
source "$srcdir/scripts/lib.sh"
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --propagation private --net --uts --ipc "$0" alone
fi
umask 022
export LC_ALL=C
work=$(mktemp -d)
trap 'umount -R "$work"; rmdir "$work"' EXIT
mount -t tmpfs -o mode=755 hosts "$work"
story=
host=
hosts=0
bad=0
output=

# fail WHAT [TEXT...]: shows the end of the text and sets the exit status of the test to failed.
# shellcheck disable=SC2034
fail() {
	printf '%s\n' "$story: $1"
	printf '%s\n' "${@:2}" | tail -n 60
	bad=1
}

# new_host STORY: makes a copy of this machine on which conntrack-persist was never installed, no
# file sets a value and nf_conntrack is not loaded. Sets host, its root; $host.upper has what is
# written there.
new_host() {
	local path
	story=$1
	hosts=$((hosts + 1))
	host=$work/host$hosts
	mkdir "$host" "$host.upper" "$host.work"
	mount -t overlay -o "lowerdir=/,upperdir=$host.upper,workdir=$host.work" "host$hosts" "$host"
	mount -t proc proc "$host/proc"
	for path in sys run tmp proc/sys/net/netfilter; do
		[[ ! -d $host/$path ]] || mount -t tmpfs -o mode=755 none "$host/$path"
	done
	chmod 1777 "$host/tmp"
	mount --rbind /dev "$host/dev"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$host/dev/pts"
	rm -rf "$host"/etc/{conntrack-persist.conf{,.d},sysctl.conf,sysctl.d,modprobe.d} "$host/var/lib/conntrack-persist" \
		"$host"/usr/local/{bin,sbin}/conntrack-persist "$host"/usr/local/lib/systemd/system/conntrack-persist*
	mkdir -p "$host"/etc/{sysctl.d,modprobe.d} "$host/usr/local/"{bin,sbin}
}

# on_host COMMAND...: runs it as root, without the right to load or unload a module of this machine.
on_host() {
	chroot "$host" setpriv --bounding-set=-sys_module env -i LC_ALL=C HOME=/root TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# new_clone FOLDER [OWNER]: makes a git clone
new_clone() {
	copy_sources "$host$1"
	chown -R "${2:-0}" "$host$1"
	if command -v git >/dev/null; then
		chroot "$host" setpriv --reuid="${2:-0}" --clear-groups env HOME=/nowhere git init -q "$1"
	fi
}

# changes: lists what was written there, except root's clone and logs.
changes() {
	find "$host.upper" ! -type d -not -path "$host.upper/root/*" -not -path "$host.upper/opt/package/*" \
		-not -path "$host.upper/var/log/*" -printf '%P %s %T@ %l\n' | sort
}

# runs STATUS COMMAND...: runs it without a terminal in /root/clone; sets output.
runs() {
	local status=0
	output=$(on_host timeout 600 bash -c 'cd /root/clone && exec "$@" </dev/null 2>&1' _ "${@:2}") || status=$?
	[[ $status == "$1" ]] || fail "${*:2}: exit $status, not $1" "$output"
}

# answers STATUS TEXT COMMAND: runs it on a terminal where TEXT is typed; an empty TEXT ends the
# input.
answers() {
	local status=0
	output=$(printf '%b' "$2" | on_host timeout 600 script --quiet --return --command "cd /root/clone && $3" /dev/null) ||
		status=$?
	[[ $status == "$1" ]] || fail "$3, answered ${2@Q}: exit $status, not $1" "$output"
}

says() {
	[[ $output == *"$1"* ]] || fail "not said: $1" "$output"
}
silent() {
	[[ $output != *"$1"* ]] || fail "said: $1" "$output"
}
