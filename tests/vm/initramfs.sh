#!/bin/bash
# nf_conntrack loads in the initramfs, with copies of our files that are older than the installation: all values are right
# in the end, the copies are named, and the command that is named mends them. initramfs-tools, then dracut.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

kernel=$(uname -r)
image=/boot/initrd.img-$kernel
dracut_image=/boot/initramfs-$kernel.img
drop_in=/etc/conntrack-persist.conf.d/other.conf
# What was in force there, just before the real root: buckets, entries, a timeout.
seen=/run/seen-in-initramfs
read -r -d '' look <<'END' || :
cat /sys/module/nf_conntrack/parameters/hashsize /proc/sys/net/netfilter/nf_conntrack_max \
	/proc/sys/net/netfilter/nf_conntrack_udp_timeout >/run/seen-in-initramfs 2>/dev/null || :
END

# By initramfs-tools: what this machine needs to boot, and nf_conntrack; and the look.
prepare() {
	local script=/etc/initramfs-tools/scripts/local-bottom/look
	echo MODULES=list >/etc/initramfs-tools/conf.d/modules
	printf '%s\n' virtio_pci virtio_blk ext4 nf_conntrack >>/etc/initramfs-tools/modules
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$1" != prereqs ] || exit 0\nudevadm settle\n%s\n' "$look" >$script
	chmod +x $script
}

# By dracut, which keeps its drivers for the host as udev shows it.
prepare_dracut() {
	local module=/usr/lib/dracut/modules.d/99look
	mkdir -p $module
	printf '#!/bin/sh\nudevadm settle\n%s\n' "$look" >$module/look.sh
	cat >$module/module-setup.sh <<'END'
check() { return 0; }
install() { inst_hook pre-pivot 99 "$moddir/look.sh"; }
END
	chmod +x $module/*
	cat >/etc/dracut.conf.d/test.conf <<'END'
hostonly=yes
add_drivers+=" virtio_pci virtio_blk ext4 "
force_drivers+=" nf_conntrack "
omit_dracutmodules+=" network plymouth "
END
}

other_configuration() {
	mkdir -p "${drop_in%/*}"
	printf '[conntrack]\nmax = 70000\nhashsize = auto\n[timeouts]\nudp = 99\n' >$drop_in
}

# named IMAGE: the command that the last run named for it.
named() {
	sed -n "s|.*$1 .*; run: ||p" <<<"$output"
}

# renewed COMMAND: the named command is right, and nothing is left to be named.
renewed() {
	local command
	command=$(named "$1")
	check "the command for $1" "$command" "$2"
	$command >/var/log/renew.log 2>&1
	check 'it works' "$?" 0
	ctp check
	check 'check has nothing more to say of it' "$status $(named "$1")" '0 '
}

stale() {
	scenario 'initramfs-tools'
	prepare
	other_configuration
	ctp install
	check 'install' "$status $(named "$image")" '0 '
	update-initramfs -c -k "$kernel" >/var/log/make.log 2>&1
	check 'an image is made' "$?" 0
	ctp check
	check 'its copies are as planned' "$status $(named "$image")" '0 '
	rm $drop_in
	ctp plan
	check 'plan names what will be stale' "$status $(told "$image has another" 'run after install')" '2 2'
	ctp install
	check 'install names the stale copies' "$status $(told "$image has another" "run: update-initramfs -u -k $kernel" \
		/etc/modprobe.d/conntrack-persist.conf /etc/udev/rules.d/60-conntrack-persist.rules)" '0 4'
	reboot_with "$image"
}

stale_boot() {
	scenario 'stale copies'
	check 'nf_conntrack loaded there, by the copies' "$(xargs <$seen)" '70144 70000 99'
	check 'the values are right' "$(wrong_values)" ''
	wait_for service_is active
	check 'the service is up' "$(systemctl is-active $service)" active
	ctp check
	check 'check: no drift, and a note' "$status $(told "$image has another")" '0 1'
	renewed "$image" "update-initramfs -u -k $kernel"
	reboot_with "$image"
}

fresh_boot() {
	scenario 'renewed copies'
	check 'right from the first moment' "$(xargs <$seen)" '262144 1000000 45'
	check 'the values are right' "$(wrong_values)" ''
	printf '[conntrack]\nmode = disable\n' >$drop_in
	ctp install
	check 'mode disable: install' "$status $(module_state)" '0 absent'
	check 'mode disable: it is told what is not stopped' "$(told 'loads it there is not stopped')" 1
	renewed "$image" "update-initramfs -u -k $kernel"
	reboot_with "$image"
}

blocked_boot() {
	scenario 'blocked there'
	check 'nf_conntrack did not load' "$(cat $seen) $(module_state)" ' absent'
	rm "$image"
	other_configuration
	ctp install
	check 'install' "$status" 0
	scenario 'dracut'
	prepare_dracut
	dracut --force "$dracut_image" "$kernel" >/var/log/make.log 2>&1
	check 'an image is made' "$?" 0
	ctp check
	check 'its copies are as planned' "$status $(named "$dracut_image")" '0 '
	rm $drop_in
	ctp install
	check 'install names the stale copies' "$status $(told "$dracut_image has another")" '0 1'
	reboot_with "$dracut_image"
}

dracut_boot() {
	scenario 'dracut, stale copies'
	check 'nf_conntrack loaded there, by the copies' "$(head -n 1 $seen)" 70144
	check 'the values are right' "$(wrong_values)" ''
	wait_for service_is active
	check 'the service is up' "$(systemctl is-active $service)" active
	ctp check
	check 'check: no drift, and a note' "$status $(told "$dracut_image has another")" '0 1'
	echo "# in dracut's image: $(xargs <$seen); $(lsinitrd "$dracut_image" 2>/dev/null | grep -o '[^ ]*conntrack-persist[^ ]*' | xargs)"
	renewed "$dracut_image" "dracut --force $dracut_image $kernel"
	finish
}

echo "# Linux $kernel, udev $(udevadm --version), boot $BOOT"
case $BOOT in
	1) stale ;;
	2) stale_boot ;;
	3) fresh_boot ;;
	4) blocked_boot ;;
	*) dracut_boot ;;
esac
