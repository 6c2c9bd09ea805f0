#!/bin/bash
# The image is hostile: its manifest, its links and its mounts must not lead to any file of the
# host.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --propagation private "$0" alone
fi
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
trap 'umount -R "$work/image" 2>/dev/null || :; rm -rf "$work"' EXIT
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >"$work/one.conf"
modprobe=/etc/modprobe.d/conntrack-persist.conf
copy=/var/lib/conntrack-persist/replaced/etc_modprobe.d_conntrack-persist.conf
manifest=/var/lib/conntrack-persist/manifest

# The folders of a host that must not change; they are on the same file system as the image.
host() {
	umount -R "$work/image" 2>/dev/null || :
	image
	rm -rf "$work/host"
	mkdir -p "$work/host/"{secret,run/systemd/system,etc/modprobe.d,etc/sysctl.d,etc/udev/rules.d,lib/conntrack-persist}
	echo 'a secret of the host' >"$work/host/secret/file"
	chmod 600 "$work/host/secret/file"
	echo 'options nf_conntrack hashsize=7' >"$work/host/etc/modprobe.d/conntrack-persist.conf"
}
remember() {
	before=$(cd "$work/host" && find . -printf '%p %y %m %i %T@ %l\n' | sort)
}
same() {
	local now
	now=$(cd "$work/host" && find . -printf '%p %y %m %i %T@ %l\n' | sort)
	[[ $now == "$before" ]] || fail "$name: the host was changed:" "$(diff <(echo "$before") <(echo "$now"))"
}
# write_manifest FILES [DIRECTORIES]: writes a manifest
write_manifest() {
	mkdir -p "$work/image${manifest%/*}/replaced"
	printf '{"version": 1, "files": [%s], "directories": [%s]}\n' "$1" "${2-}" >"$work/image$manifest"
}
# record PATH COPY: prints the manifest entry of a file, with its real checksum.
record() {
	local file=$work/image$1
	[[ -f $file ]] || file=/dev/null
	printf '{"path": "%s", "mode": "0644", "sha256": "%s", "replaced": "%s"}' "$1" "$(sha256sum <"$file" | cut -d ' ' -f 1)" "$2"
}
hidden() {
	! grep -q 'a secret of the host' "$work/out" "$work/err" || fail "$name: the secret is printed"
}
#
# The manifest names what the program never writes
#
for path in /run/systemd/system/evil.service /etc/systemd/system/evil.service /etc/shadow /root/.ssh/authorized_keys \
	/run/modprobe.d/conntrack-persist-sizes.conf; do
	name="a manifest with $path"
	host
	mkdir -p "$work/image${path%/*}" "$work/image${copy%/*}"
	printf '[Service]\nExecStart=/evil\n' >"$work/image$copy"
	chmod 4755 "$work/image$copy"
	write_manifest "$(record "$path" "$copy")"
	for option in --dry-run --quiet; do
		bounded "$name: uninstall $option" 0 2 -- "$program" --root="$work/image" "$option" uninstall
		says "$name" "$path is not a file of this program; the entry is ignored"
	done
	[[ ! -e $work/image$path ]] || fail "$name: it was written"

	# A foreign file at such a path is refused, as at each of our paths.
	[[ $path != /run/modprobe.d/* ]] || continue
	name="a manifest with $path, which is there"
	host
	mkdir -p "$work/image${path%/*}"
	echo theirs >"$work/image$path"
	write_manifest "$(record "$path" "$copy")"
	bounded "$name: install" 0 -- "$program" --root="$work/image" -c "$work/one.conf" install
	says "$name" "$path is not a file of this program; the entry is ignored"
	[[ $(cat "$work/image$path") == theirs ]] || fail "$name: it is gone"
	! grep -q "$path" "$work/image$manifest" || fail "$name: the manifest still has it"
	bounded "$name: check" 0 -- "$program" --root="$work/image" -c "$work/one.conf" check
	says_not "$name" ignored
done

# A copy outside our own folder is not put back, and a directory that is not ours stays.
for other in /etc/shadow /var/lib/conntrack-persist/other "$copy/../x" /var/lib/conntrack-persist/replaced/other; do
	name="a copy at $other"
	host
	bounded "$name: install" 0 -- "$program" --root="$work/image" -c "$work/one.conf" install
	mkdir -p "$work/image/var/lib/conntrack-persist/replaced" "$work/image/srv/empty"
	[[ $other == *..* ]] || echo 'a secret of the image' >"$work/image$other"
	write_manifest "$(record "$modprobe" "$other")" '"/srv", "/srv/empty", "/etc/modprobe.d"'
	bounded "$name: uninstall" 0 -- "$program" --root="$work/image" uninstall
	[[ ! -e $work/image$modprobe ]] || fail "$name: put back: $(cat "$work/image$modprobe")"
	[[ -d $work/image/srv/empty || $other == *..* ]] || fail "$name: a directory of others is gone"
done

name='set-id bits of a copy'
for mode in 4755 2755 6711 1777; do
	host
	mkdir -p "$work/image/etc/modprobe.d"
	echo foreign >"$work/image$modprobe"
	bounded "$name: install" 0 -- "$program" --root="$work/image" -c "$work/one.conf" install --force
	chmod "$mode" "$work/image$copy"
	bounded "$name: uninstall" 0 -- "$program" --root="$work/image" uninstall
	[[ $(stat -c %a "$work/image$modprobe") == "${mode: -3}" && $(cat "$work/image$modprobe") == foreign ]] ||
		fail "$name: $mode became $(stat -c %a "$work/image$modprobe")"
done

#
# Mounts: folders and files of the host, of the same device and of another, and through links
#
# mounted NAME PATH: nothing is done, and the mount is named with what to do; unmounted, all is
# well.
mounted() {
	local path=$2 verb
	name=$1
	remember
	for verb in plan check install '--force install' uninstall '--force uninstall'; do
		# shellcheck disable=SC2086 # words
		bounded "$name: $verb" 1 -- "$program" -v --root="$work/image" -c "$work/one.conf" $verb
		says "$name: $verb" "$work/image$path is inside a separate mount in the image"
		says "$name: $verb" 'unmount it first'
		hidden
		same
	done
	umount -R "$work/image$path"
	bounded "$name: unmounted, install" 0 -- "$program" --root="$work/image" -c "$work/one.conf" install --force
	bounded "$name: unmounted, uninstall" 0 -- "$program" --root="$work/image" uninstall
	same
}
for path in /etc /etc/modprobe.d /etc/sysctl.d /etc/udev /etc/udev/rules.d /var /var/lib/conntrack-persist; do
	host
	mkdir -p "$work/image$path"
	mount --bind "$work/host" "$work/image$path"
	mounted "a bind mount at $path" "$path"
	host
	mkdir -p "$work/image$path"
	mount -t tmpfs -o mode=755 none "$work/image$path"
	mounted "another file system at $path" "$path"
done
for path in "$modprobe" /etc/udev/rules.d/60-conntrack-persist.rules; do
	host
	mkdir -p "$work/image${path%/*}"
	touch "$work/image$path"
	mount --bind "$work/host/secret/file" "$work/image$path"
	mounted "a file of the host at $path" "$path"
done
host
mkdir -p "$work/image/mnt" "$work/image/etc"
mount --bind "$work/host" "$work/image/mnt"
for target in /mnt/etc/modprobe.d ../mnt/etc/modprobe.d; do
	name="a link to a mount: $target"
	remember
	ln -sfn "$target" "$work/image/etc/modprobe.d"
	bounded "$name" 1 -- "$program" --root="$work/image" -c "$work/one.conf" --force install
	says "$name" 'inside a separate mount in the image'
	same
done
umount "$work/image/mnt"

# What each boot mounts again does not belong to the image: the host's folder does not change, and
# the program reads nothing in it.
for path in /run /proc /sys /dev; do
	name="$path of a host"
	host
	mkdir -p "$work/image$path" "$work/host/run/modprobe.d" "$work/host/run/sysctl.d" "$work/host/run/conntrack-persist"
	echo 'options nf_conntrack hashsize=9' >"$work/host/run/modprobe.d/conntrack-persist-sizes.conf"
	echo 'net.netfilter.nf_conntrack_max = 9' >"$work/host/run/sysctl.d/99-host.conf"
	mount --bind "$work/host/run" "$work/image$path"
	remember
	mkdir -p "$work/image${copy%/*}"
	echo evil >"$work/image$copy"
	write_manifest "$(record /run/systemd/system/evil.service "$copy")" '"/run/systemd/system"'
	bounded "$name: uninstall" 0 -- "$program" --root="$work/image" uninstall
	same
	bounded "$name: install" 0 -- "$program" --root="$work/image" -c "$work/one.conf" install
	bounded "$name: check" 0 -- "$program" --root="$work/image" -c "$work/one.conf" check
	says_not "$name" 99-host.conf
	bounded "$name: uninstall" 0 -- "$program" --root="$work/image" uninstall
	same
	umount "$work/image$path"
done

#
# A file that others may not read
#
for mode in 600 640 000; do
	name="a foreign file of mode $mode"
	host
	mkdir -p "$work/image/etc/modprobe.d"
	ln "$work/host/secret/file" "$work/image$modprobe"
	chmod "$mode" "$work/image$modprobe"
	remember
	for verb in 'plan --diff' '--json plan' 'uninstall --dry-run' '-v --force install'; do
		# shellcheck disable=SC2086 # words
		bounded "$name: $verb" 0 2 3 -- "$program" --root="$work/image" -c "$work/one.conf" $verb
		hidden
		case $verb in
		'plan --diff' | -v*) says "$name: $verb" 'The content is not shown, because not every user may read the file.' ;;
		--json*) says "$name: $verb" '"diff_withheld": true' ;;
		esac
	done
	bounded "$name: what is put back" 2 -- "$program" --root="$work/image" uninstall --dry-run
	hidden
	bounded "$name: uninstall" 0 -- "$program" --root="$work/image" uninstall
	hidden
	[[ $(stat -c %a "$work/image$modprobe") == "${mode#00}" ]] || fail "$name: mode $(stat -c %a "$work/image$modprobe")"
done
finish
