#!/bin/bash
# Links, FIFOs, immutable files, loose directories and full disks at the paths of our files: each is
# refused by name or handled, and nothing outside our own paths changes.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
program=$CONNTRACK_PERSIST
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --propagation private "$0" alone
fi
# For the time of the test, /etc, /var/lib and /run are empty and belong to it.
work=$(mktemp -d)
trap 'chattr -R -i "$work" 2>/dev/null || :; rm -rf "$work"' EXIT
umask 022
for folder in /etc /var/lib /run; do
	mount -t tmpfs -o mode=755 none "$folder"
done
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' '[apply]' 'on_drift = restore' >"$work/one.conf"
printf '%s\n' '[conntrack]' 'max = 200000' 'hashsize = 200000' >"$work/two.conf"
ours=(/etc/modprobe.d/conntrack-persist.conf /etc/sysctl.d/90-conntrack-persist.conf
	/etc/udev/rules.d/60-conntrack-persist.rules /var/lib/conntrack-persist/manifest
	/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf)

bad=0
fail() {
	printf '%s\n' "$@"
	bad=1
}
clear() {
	chattr -R -i /etc /var/lib 2>/dev/null || :
	find /etc /var/lib -mindepth 1 -delete
	chmod 755 /etc /var/lib
	chown 0:0 /etc /var/lib
}
tree() {
	find /etc /var/lib "$work/beside" -printf '%p %y %m %U %l\n' 2>/dev/null | sort
	find /etc /var/lib "$work/beside" -type f -print0 2>/dev/null | sort -z | xargs -0r sha256sum
}
# ctp STATUS WHICH ARGUMENT...: runs the program on the files only, without the kernel.
ctp() {
	local status=0 live=--no-live
	[[ $* == *install* && $* != *uninstall* ]] || live=
	# shellcheck disable=SC2086
	output=$("$program" $live -c "$work/$2.conf" "${@:3}" 2>&1) || status=$?
	[[ $status == "$1" ]] || fail "$name: ${*:3}: exit $status, not $1" "$output"
}
says() {
	[[ $output == *"$1"* ]] || fail "$name: not said: $1" "$output"
}
# same SNAPSHOT: fails if anything differs from the snapshot.
same() {
	local now
	now=$(tree)
	[[ $now == "$1" ]] || fail "$name: changed:" "$(diff <(echo "$1") <(echo "$now"))"
}
# content WHICH: checks that it is installed, and that another install changes nothing.
content() {
	local before
	before=$(tree)
	ctp 0 "$1" install
	says 'Nothing to do'
	same "$before"
}
place() {
	clear
	rm -rf "$work/beside"
	mkdir -p "$(dirname "$1")" "$work/beside"
	echo 'of somebody else' >"$work/beside/file"
}

for path in "${ours[@]}"; do
	for target in "$work/beside/file" "$work/beside/nowhere" ../../../../../../etc/nothing . /; do
		name="$path is a link to $target"
		place "$path"
		ln -s "$target" "$path"
		before=$(tree)
		ctp 3 one install
		says "$path"
		same "$before"
		[[ $path != */manifest ]] || continue
		ctp 0 one --force install
		[[ -f $path && ! -L $path ]] || fail "$name: not ours with --force"
		[[ $(cat "$work/beside/file") == 'of somebody else' && ! -e $work/beside/nowhere ]] || fail "$name: followed"
		ctp 0 one uninstall
		[[ -L $path && $(readlink "$path") == "$target" ]] || fail "$name: not put back"
	done

	name="$path is another name of a foreign file"
	place "$path"
	mount --bind "$work/beside" "$work/beside"
	cp "$work/beside/file" "$(dirname "$path")/other"
	ln "$(dirname "$path")/other" "$path"
	if [[ $path != */manifest ]]; then
		before=$(tree)
		ctp 3 one install
		same "$before"
		ctp 0 one --force install
		[[ $(cat "$(dirname "$path")/other") == 'of somebody else' ]] || fail "$name: the other one was written to"
	fi
	umount "$work/beside"

	name="$path has another name as well"
	place "$path"
	ctp 0 one install
	ln "$path" "$(dirname "$path")/other"
	sum=$(sha256sum <"$path")
	ctp 0 two install
	[[ $(sha256sum <"$(dirname "$path")/other") == "$sum" ]] || fail "$name: that one was written to"
	[[ $path != */manifest ]] || content two

	for kind in fifo device directory; do
		name="$path is a $kind"
		place "$path"
		case $kind in
		fifo) mkfifo "$path" ;;
		device) mknod "$path" c 1 5 ;;
		directory) mkdir "$path" ;;
		esac
		before=$(tree)
		ctp 3 one --force install
		says "$path"
		same "$before"
	done

	directory=$(dirname "$path")
	# shellcheck disable=SC2016 # for eval
	for loose in 'chmod 0777' 'chmod 1777' 'chown 1' 'chgrp 1 $directory; chmod 0775'; do
		name="$directory after $loose"
		place "$path"
		eval "$loose \"$directory\""
		before=$(tree)
		ctp 3 one install
		says "$directory"
		says 'users other than root could replace'
		same "$before"
		ctp 0 one --force install
		says 'warning: '
		if [[ $path == */manifest ]]; then
			# A user who can write there could have left a forged manifest.
			ctp 3 one install
		else
			content one
		fi
	done

	name="$path may not be changed"
	place "$path"
	ctp 0 one install
	if chattr +i "$path" 2>/dev/null; then
		before=$(tree)
		ctp 1 two install
		says 'Operation not permitted; an immutable file (lsattr) or a security module forbids it'
		says "${path##*/}"
		same "$before"
		ctp 1 one uninstall
		says '; an immutable file (lsattr) or a security module forbids it'
		same "$before"
		chattr -i "$path"
		ctp 0 two install
		name="$directory may not be changed"
		chattr +i "$directory"
		before=$(tree)
		ctp 1 one install
		same "$before"
		chattr -i "$directory"
	else
		fail "$name: this file system knows no chattr +i"
	fi
done

name='a read-only /etc'
clear
mount -o remount,ro /etc
before=$(tree)
ctp 1 one install
says 'read-only'
same "$before"
mount -o remount,rw /etc

# First there is no room, then a little more, until there is enough: for the first installation and
# for another configuration over it.
for limit in size nr_inodes; do
	for first in yes no; do
		name="$limit, first: $first"
		for ((n = 1; n < 40; n++)); do
			clear
			umount /etc
			mount -t tmpfs -o mode=755,size=1m none /etc
			[[ $first == yes ]] || ctp 0 one install
			before=$(tree)
			case $limit in
			size)
				used=$(($(stat -f -c '%b - %f' /etc)))
				# No room at all would mean no limit here.
				mount -o "remount,size=$(((used + n - (used > 0)) * 4))k" /etc
				;;
			nr_inodes)
				used=$(($(stat -f -c '%c - %d' /etc)))
				mount -o "remount,nr_inodes=$((used + n - 1))" /etc 2>/dev/null || continue
				;;
			esac
			status=0
			output=$("$program" --no-live -c "$work/two.conf" install 2>&1) || status=$?
			[[ $status != 0 ]] || break
			[[ $status == 1 ]] || fail "$name: exit $status" "$output"
			says 'No space left on device; free some space'
			same "$before"
			mount -o remount,size=1m,nr_inodes=1000 /etc
			ctp 0 two install
			content two
		done
		((n > 1)) || fail "$name: there was room from the beginning"
		content two
	done
done

#
# A layer below that has our files, each with a second name there: whatever moves one of them makes
# another inode of it.
#
clear
mkdir -p /run/layer/var /run/above /run/aside /run/image
ctp 0 one install
cp -a /etc /run/layer
cp -a /var/lib /run/layer/var
find /run/layer -type f -exec ln {} {}.other \;
if mount -t overlay -o lowerdir=/run/layer,upperdir=/run/above,workdir=/run/aside none /run/image; then
	for which in two one; do
		name="overlayfs, hard links below, $which"
		status=0
		output=$("$program" --root=/run/image -c "$work/$which.conf" install 2>&1) || status=$?
		[[ $status == 0 ]] || fail "$name: exit $status" "$output"
		"$program" -q --root=/run/image -c "$work/$which.conf" check || fail "$name: not as planned"
	done
	umount /run/image
	name='overlayfs, hard links below, uninstalled'
	rm -rf /run/above /run/aside
	mkdir /run/above /run/aside
	mount -t overlay -o lowerdir=/run/layer,upperdir=/run/above,workdir=/run/aside none /run/image
	status=0
	output=$("$program" --root=/run/image uninstall 2>&1) || status=$?
	[[ $status == 0 && -z $(find /run/image -name '*conntrack-persist*' -type f ! -name '*.other') ]] ||
		fail "$name: exit $status" "$output"
	umount /run/image
else
	echo 'overlayfs: not tried, this kernel mounts none'
fi

#
# Images
#
mkdir -p "$work/outside" "$work/image/usr/etc" "$work/image/var/lib"
printf 'outside\n' >"$work/outside/file"
ln -s usr/etc "$work/image/etc"
ln -s ../../../../../../../../../../../../../../../../../../../"$work/outside" "$work/image/usr/etc/udev"
ln -s "$work/outside" "$work/image/usr/etc/sysctl.d"
mkdir -p "$work/image$work/outside"
for root in "$work/image" "$work/image/" "$work/outside/../image" "$work/image/etc/.." "$work/image/usr/.."; do
	name="--root=$root"
	# The third path leads through a link of the image, as the shell resolves it: to its usr.
	[[ $(readlink -f "$root") == "$work/image" ]] || continue
	status=0
	output=$("$program" --root="$root" -c "$work/one.conf" install 2>&1) || status=$?
	[[ $status == 0 ]] || fail "$name: exit $status" "$output"
	[[ $(ls -A "$work/outside") == file ]] || fail "$name: wrote outside" "$(ls -lA "$work/outside")"
	[[ -f $work/image$work/outside/90-conntrack-persist.conf && -d $work/image$work/outside/rules.d ]] ||
		fail "$name: not inside" "$(find "$work/image")"
	"$program" --quiet --root="$root" uninstall || fail "$name: uninstall"
done
name='a link in a circle'
rm -rf "$work/image/usr/etc/udev"
ln -s udev "$work/image/usr/etc/udev"
status=0
output=$("$program" --root="$work/image" -c "$work/one.conf" install 2>&1) || status=$?
[[ $status == 1 ]] || fail "$name: exit $status" "$output"
says '/etc/udev'
[[ ! -e $work/image$work/outside/90-conntrack-persist.conf ]] || fail "$name: something was written"
exit $bad
