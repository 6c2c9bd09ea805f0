#!/bin/bash
# Builds a guest's root image, kernel and tiny initrd, once for each recipe; prints the folder they lie in.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: image.sh SUITE
#
# VM_CACHE     where images are kept (default: below the user's cache folder)
# VM_PACKAGES  Debian packages to have in the guest besides those of guest-packages
#
# Exit status 77: the mirror that this machine uses does not serve SUITE.
set -euo pipefail

suite=${1:?usage: image.sh SUITE}
here=$(dirname "$(readlink -f "$0")")
cache=${VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/conntrack-persist/vm}
read -ra packages <<<"$(tr '\n' ' ' <"$here/guest-packages") ${VM_PACKAGES:-}"
recipe=$(cat "$here"/{image.sh,initrd-init} - <<<"${packages[*]}" | sha256sum | cut -c 1-16)
image=$cache/$suite-$recipe

if [ "$(id -u)" != 0 ]; then
	echo "image.sh: building a root image needs root" >&2
	exit 1
fi

# One builder at a time for each suite: a second one waits and finds the image ready.
mkdir -p "$cache"
exec {lock}>"$cache/$suite.lock"
flock "$lock"
if [ -d "$image" ]; then
	touch "$image"
	echo "$image"
	exit
fi

# Whoever holds the lock knows what a killed builder left behind.
rm -rf "$cache/$suite".new-*
work=$(mktemp -d "$cache/$suite.new-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The archive that this Debian machine installs its own release from, and the keys it trusts for that.
mirror=$(apt-get indextargets --format "\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" 'Created-By: Packages' |
	awk '$2 !~ /[-\/]/ && $3 == "main" { print $1; exit }')
if [ -z "$mirror" ]; then
	echo "image.sh: this machine's apt sources name no Debian archive" >&2
	exit 1
fi
# A mirror that stands still is fine for whom the machine's administrator says so; signatures are checked anyway.
check_date=$(apt-config dump --format '%v' Acquire::Check-Valid-Until)
keyrings=()
for keyring in $(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
	grep -ioP '^[^#]*signed-by[:=] *\K/[^] ]+' | sort -u) /usr/share/keyrings/debian-archive-keyring.gpg; do
	[ ! -r "$keyring" ] || keyrings+=("--keyring=$keyring")
done

if ! /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file \
	"${mirror%/}/dists/$suite/InRelease" "$work/InRelease" >"$work/log" 2>&1; then
	if grep -q ' 404 ' "$work/log"; then
		echo "image.sh: the mirror does not serve $suite" >&2
		exit 77
	fi
	cat "$work/log" >&2
	exit 1
fi

echo "image.sh: building $suite" >&2
root=$work/root
merge=()
# From Debian 12 on packages of its own see to the merged /usr. The hook's folder has one more script, for those.
[ "$suite" != bullseye ] || merge=(--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh)

# No documentation, and no kernel hooks: the distribution's own initrd is slow to make and not booted.
# Drivers are most of a kernel package; of them a guest needs the disk and the virtual network cards.
mmdebstrap --quiet --mode=root --variant=minbase "${merge[@]}" "${keyrings[@]}" \
	--include="$(IFS=,; echo "${packages[*]}")" \
	--aptopt="Acquire::Check-Valid-Until \"${check_date:-true}\"" \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/etc/kernel/postinst.d/*' \
	--dpkgopt='path-exclude=*/kernel/sound/*' \
	--dpkgopt='path-exclude=*/kernel/drivers/*' \
	--dpkgopt='path-include=*/kernel/drivers/block/*' \
	--dpkgopt='path-include=*/kernel/drivers/virtio/*' \
	--dpkgopt='path-include=*/kernel/drivers/net/*.ko*' \
	--dpkgopt='path-exclude=*/kernel/drivers/net/*/*' \
	"$suite" "$root" "$mirror" >&2

# Nothing that waits for a terminal, a network or a clock.
echo guest >"$root/etc/hostname"
rm -f "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
units=(getty.target serial-getty@ttyS0.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer
	e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-tmpfiles-clean.timer)
mkdir -p "$root/etc/systemd/system"
for unit in "${units[@]}"; do
	ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

kernel=$(basename "$(echo "$root"/lib/modules/*)")
cp "$root/boot/vmlinuz-$kernel" "$work/kernel"

# The initrd: busybox, and the modules for the root disk in the order they load.
initrd=$work/initrd-root
mkdir -p "$initrd"/{bin,dev,modules,proc,root}
cp "$root/bin/busybox" "$initrd/bin/"
cp "$here/initrd-init" "$initrd/init"
chmod 755 "$initrd/init"
number=100
for module in virtio_pci virtio_blk ext4; do
	while read -r action file _; do
		[ "$action" = insmod ] || continue
		number=$((number + 1))
		name=$initrd/modules/$number-$(basename "$file" .xz)
		case $file in
			*.xz) xz -dc "$root/$file" >"$name" ;;
			*) cp "$root/$file" "$name" ;;
		esac
	done < <(chroot "$root" modprobe --set-version "$kernel" --show-depends "$module")
done
(cd "$initrd" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initrd"

# Made beforehand, since mke2fs speaks of a file that it makes.
truncate -s 3G "$work/root.ext4"
mke2fs -q -t ext4 -L root -O ^has_journal -d "$root" "$work/root.ext4"
echo "$kernel" >"$work/release"
rm -rf "$root" "$initrd" "$work"/{InRelease,log}

# Images of older recipes that nothing has booted for a month.
find "$cache" -maxdepth 1 -name "$suite-*" -mtime +30 -exec rm -rf {} +
chmod 755 "$work"
mv "$work" "$image"
echo "$image"
