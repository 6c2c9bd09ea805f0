# For tests that change a whole machine: each story gets a copy-on-write view of this one, without a network, systemd and
# nf_conntrack, so that this machine stays as it is.
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

# fail WHAT [TEXT...]: shows the end of the text. The exit status of a test is bad.
# shellcheck disable=SC2034
fail() {
	printf '%s\n' "$story: $1"
	printf '%s\n' "${@:2}" | tail -n 60
	bad=1
}

# new_host STORY: this machine as one on which conntrack-persist never was, nothing sets a value and nf_conntrack is not
# loaded. Sets host, its root; what is written there is in $host.upper.
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

# on_host COMMAND...: as root, who cannot load or unload a module of this machine.
on_host() {
	chroot "$host" setpriv --bounding-set=-sys_module env -i LC_ALL=C HOME=/root TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# new_clone FOLDER [OWNER]
new_clone() {
	copy_sources "$host$1"
	chown -R "${2:-0}" "$host$1"
	if command -v git >/dev/null; then
		chroot "$host" setpriv --reuid="${2:-0}" --clear-groups env HOME=/nowhere git init -q "$1"
	fi
}

# changes: what was written there, but for the clone of root and logs.
changes() {
	find "$host.upper" ! -type d -not -path "$host.upper/root/*" -not -path "$host.upper/opt/package/*" \
		-not -path "$host.upper/var/log/*" -printf '%P %s %T@ %l\n' | sort
}

# runs STATUS COMMAND...: without a terminal, in /root/clone; sets output.
runs() {
	local status=0
	output=$(on_host timeout 600 bash -c 'cd /root/clone && exec "$@" </dev/null 2>&1' _ "${@:2}") || status=$?
	[[ $status == "$1" ]] || fail "${*:2}: exit $status, not $1" "$output"
}

# answers STATUS TEXT COMMAND: on a terminal, where TEXT is typed; an empty one is the end of the input.
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
