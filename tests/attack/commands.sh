#!/bin/bash
# Foreign names that a shell would act on: no command and no line that a message proposes contains
# one of them.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

# shellcheck disable=SC2016
names=('6.1;touch${IFS}$HOME;:$(id)' '6.1`id`' '$(id)' '6.1&id&' '6.1|id' '6.1 $(id)' '-rf' "6.1'id" '6.1"id' '6.1>id' '~root' '*')
# A proposal in a message begins with one of these words; the proposed text follows.
proposals='(write|[Rr]un|then:|image:|images:|enabled:|begin the line with|^    conntrack-persist|  Run|  Write) '

# proposes_none NAME: checks that no proposal of the last bounded run contains a character that a
# shell acts on. Quoted text is checked up to the closing quote.
proposes_none() {
	perl -ne '
		while (/'"$proposals"'("?)(.*)/g) {
			my ($quote, $text) = ($2, $3);
			$text =~ s/".*// if $quote;
			$text =~ s/ \(.*// if !$quote;
			# The program itself uses these characters.
			$text =~ s/\$CMDLINE_OPTS//g;
			print "$text\n" if $text =~ /[;\$`|&<>\x27*]|touch|(?<![\w\/])~| -rf/ && $text !~ /^(install|softdep) nf_conntrack (pre: )?-rf$/;
		}' "$work/out" "$work/err" >"$work/proposed"
	[[ ! -s $work/proposed ]] || fail "$1: proposes: $(cat "$work/proposed")"
}

for name in "${names[@]}"; do
	image
	mkdir -p "$work/image/etc/"{sysctl.d,modprobe.d,modules-load.d,udev/rules.d,initramfs-tools,tuned} \
		"$work/image/boot" "$work/image/lib/modules/$name" "$work/image/usr/lib/modules/$name" "$work/image/etc/conntrack-persist.conf.d"
	: >"$work/image/boot/initrd.img-$name"
	: >"$work/image/boot/initramfs-$name.img"
	: >"$work/image/lib/modules/$name/modules.dep"
	: >"$work/image/etc/initramfs-tools/modules"
	printf 'net.netfilter.nf_conntrack_max = %s\nnet.netfilter.ip_conntrack_%s = 5\nnet.netfilter.nf_conntrack_udp_timeout = 5 %s\n' \
		"$name" "$name" "$name" >"$work/image/etc/sysctl.d/$name.conf"
	printf 'options nf_conntrack hashsize=5%s\noptions ip_conntrack_%s a=%s\noption nf_conntrack a=%s\ninstal nf_conntrack %s\nsoftdep ip_conntrack pre: %s\noptions ip_conntrack hashsize=%s\noptions nf_conntrack hashsize=0x10%s\noptions nf_conntrack enable_hooks=%s\n' \
		"$name" "$name" "$name" "$name" "$name" "$name" "$name" "$name" "$name" >"$work/image/etc/modprobe.d/$name.conf"
	printf 'nf_conntrack %s\nip_conntrack hashsize=%s\nip_conntrack_%s\n' "$name" "$name" "$name" >"$work/image/etc/modules-load.d/$name.conf"
	printf 'KERNEL=="nf_conntrack", RUN+="/bin/%s"\n' "$name" >"$work/image/etc/udev/rules.d/$name.rules"
	printf '[conntrack]\nmax = 131072\nhashsize = 65536\n[apply]\non_drift = restore\n' >"$work/image/etc/conntrack-persist.conf"
	for verb in plan check install uninstall; do
		bounded "$name, $verb" 0 1 2 3 -- "$program" $verb --root="$work/image"
		proposes_none "$name, $verb"
	done
	# The path of the image and of a configuration is such a name itself.
	mv "$work/image" "$work/$name"
	bounded "$name, the root's name" 0 1 2 3 -- "$program" install --root="$work/$name"
	proposes_none "$name, the root's name"
	mkdir -p "$work/host/etc" "$work/host/proc/sys/kernel"
	echo 'MemTotal:        3915436 kB' >"$work/host/proc/meminfo"
	printf '%s\n' "$name" >"$work/host/proc/sys/kernel/osrelease"
	printf 'BOOT_IMAGE=x nf_conntrack.hashsize=0x1%s ip_conntrack.hashsize=%s nf_conntrack.enable_hooks=%s module_blacklist=ip_conntrack_%s ip_conntrack_%s.a=1\n' \
		"$name" "$name" "$name" "$name" "$name" >"$work/host/proc/cmdline"
	cp "$work/$name/etc/conntrack-persist.conf" "$work/host/etc/"
	mkdir -p "$work/host/boot"
	: >"$work/host/boot/initrd.img-$name"
	for verb in plan check advise users; do
		CONNTRACK_PERSIST_HOST=$work/host bounded "$name, $verb of a host" 0 1 2 3 -- "$twin" $verb
		proposes_none "$name, $verb of a host"
	done
	rm -rf "${work:?}/$name" "$work/host"
done
finish
