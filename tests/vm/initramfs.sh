#!/bin/bash
# nf_conntrack loads in the initramfs, which has copies of our files from before the installation.
# In the end all values are right, install names the image, and the command in its note rebuilds it.
# First with initramfs-tools, then with dracut.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

kernel=$(uname -r)
image=/boot/initrd.img-$kernel
drop_in=/etc/conntrack-persist.conf.d/other.conf
# The values just before the real root was mounted: buckets, entries, a timeout.
seen=/run/seen-in-initramfs
read -r -d '' look <<'END' || :
cat /sys/module/nf_conntrack/parameters/hashsize /proc/sys/net/netfilter/nf_conntrack_max \
	/proc/sys/net/netfilter/nf_conntrack_udp_timeout >/run/seen-in-initramfs 2>/dev/null || :
END

# The image of initramfs-tools has what this machine needs to boot, nf_conntrack, and the script
# that records the values.
prepare() {
	local script=/etc/initramfs-tools/scripts/local-bottom/look
	echo MODULES=list >/etc/initramfs-tools/conf.d/modules
	printf '%s\n' virtio_pci virtio_blk ext4 nf_conntrack >>/etc/initramfs-tools/modules
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$1" != prereqs ] || exit 0\nudevadm settle\n%s\n' "$look" >$script
	chmod +x $script
}

# dracut includes only the drivers that udev reports for this host.
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

# named: prints the command in the note of the last run, if the run printed a note about this image.
named() {
	sed -n "s|.*$image may contain an older copy.* the image: ||p" <<<"$output"
}

# renewed COMMAND: checks that the last run named this command and that the command works.
renewed() {
	local command
	command=$(named)
	check "the command for $image" "$command" "$1"
	$command >/var/log/renew.log 2>&1
	check 'it works' "$?" 0
}

stale() {
	scenario 'initramfs-tools'
	prepare
	other_configuration
	ctp install
	check 'install' "$status" 0
	update-initramfs -c -k "$kernel" >/var/log/make.log 2>&1
	check 'an image is made' "$?" 0
	ctp install
	check 'nothing changes: no note' "$status $(named)" '0 '
	rm $drop_in
	ctp plan
	check 'plan names the image' "$status $(named)" '2 update-initramfs -u -k all'
	ctp install
	check 'install names the image' "$status $(named)" '0 update-initramfs -u -k all'
	reboot_with "$image"
}

stale_boot() {
	scenario 'stale copies'
	check 'nf_conntrack loaded there, by the copies' "$(xargs <$seen)" '70144 70000 99'
	check 'the values are right' "$(wrong_values)" ''
	wait_for service_is active
	check 'the service is up' "$(systemctl is-active $service)" active
	ctp check
	check 'check: no drift, and no note' "$status $(named)" '0 '
	# Each change of the files has the note: uninstall and install.
	other_configuration
	ctp install
	check 'install names the image' "$status $(named)" '0 update-initramfs -u -k all'
	rm $drop_in
	ctp install
	renewed 'update-initramfs -u -k all'
	reboot_with "$image"
}

fresh_boot() {
	scenario 'renewed copies'
	check 'right from the first moment' "$(xargs <$seen)" '262144 1000000 45'
	check 'the values are right' "$(wrong_values)" ''
	printf '[conntrack]\nmode = disable\n' >$drop_in
	ctp install
	check 'mode disable: install' "$status $(module_state)" '0 absent'
	check 'mode disable: the note says what is not blocked' "$(told 'it is not blocked there')" 1
	renewed 'update-initramfs -u -k all'
	reboot_with "$image"
}

blocked_boot() {
	scenario 'blocked there'
	check 'nf_conntrack did not load' "$(cat $seen) $(module_state)" ' absent'
	# From here on the host uses dracut, which Debian configures to give images the same name.
	rm -r "$image" /usr/sbin/update-initramfs /etc/initramfs-tools
	other_configuration
	ctp install
	check 'install' "$status" 0
	scenario 'dracut'
	prepare_dracut
	dracut --force "$image" "$kernel" >/var/log/make.log 2>&1
	check 'an image is made' "$?" 0
	rm $drop_in
	ctp install
	check 'install names the image' "$status $(named)" '0 dracut --regenerate-all --force'
	reboot_with "$image"
}

dracut_boot() {
	scenario 'dracut, stale copies'
	check 'nf_conntrack loaded there, by the copies' "$(head -n 1 $seen)" 70144
	check 'the values are right' "$(wrong_values)" ''
	wait_for service_is active
	check 'the service is up' "$(systemctl is-active $service)" active
	echo "# in dracut's image: $(xargs <$seen); $(lsinitrd "$image" 2>/dev/null | grep -o '[^ ]*conntrack-persist[^ ]*' | xargs)"
	other_configuration
	ctp install
	check 'install' "$status" 0
	rm $drop_in
	ctp install
	renewed 'dracut --regenerate-all --force'
	check 'the image has the file as it is now' "$(lsinitrd -f etc/modprobe.d/conntrack-persist.conf "$image")" \
		"$(cat /etc/modprobe.d/conntrack-persist.conf)"
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
