# shellcheck shell=bash disable=SC2154
# Parts of a guest's image. Sourced by image.sh, kernel.sh and machine.sh.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# work  the folder in which the image is made

# quiet_host ROOT UNIT...: names the host, and disables these units, which wait for a terminal, a
# network or a clock.
quiet_host() {
	local root=$1 unit
	echo guest >"$root/etc/hostname"
	rm -f "$root/etc/resolv.conf"
	: >"$root/etc/machine-id"
	mkdir -p "$root/etc/systemd/system"
	for unit in "${@:2}"; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
}

# make_initrd ROOT RELEASE BUSYBOX INIT: makes $work/initrd of busybox and the modules for the root
# disk, in the order in which they load.
make_initrd() {
	local root=$1 release=$2 initrd=$work/initrd-root number=100 module action file name
	mkdir -p "$initrd"/{bin,dev,modules,proc,root}
	cp "$3" "$initrd/bin/busybox"
	install -m 755 "$4" "$initrd/init"
	for module in virtio_pci virtio_blk ext4; do
		while read -r action file _; do
			[ "$action" = insmod ] || continue
			number=$((number + 1))
			name=$initrd/modules/$number-$(basename "$file" .xz)
			case $file in
				*.xz) xz -dc "$file" >"$name" ;;
				*) cp "$file" "$name" ;;
			esac
		done < <(modprobe --dirname "$root" --set-version "$release" --show-depends "$module")
	done
	(cd "$initrd" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initrd"
	rm -rf "$initrd"
}

# make_disk ROOT: makes $work/root.ext4 of the folder.
make_disk() {
	# The file is made first, because mke2fs prints a message if it has to make it.
	truncate -s 3G "$work/root.ext4"
	mke2fs -q -t ext4 -L root -O ^has_journal -d "$1" "$work/root.ext4"
}
