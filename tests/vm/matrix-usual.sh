#!/bin/bash
# One guest of the matrix, for kernels that send the event before the keys exist: shows what that
# does to the usual way of setting the values, a udev rule that starts systemd-sysctl.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

loads=50

# usual_files: puts the same values into a file as systemd's manual has it, and a rule beside it.
usual_files() {
	rm -f /etc/{modprobe.d,sysctl.d,udev/rules.d}/*conntrack-persist*
	unload nf_conntrack
	echo 'options nf_conntrack hashsize=262000 acct=1' >/etc/modprobe.d/usual.conf
	grep -h '^net' /vm/tune/etc/sysctl.d/*.conf >/etc/sysctl.d/90-usual.conf
	echo 'ACTION=="add", SUBSYSTEM=="module", KERNEL=="nf_conntrack", RUN+="/lib/systemd/systemd-sysctl --prefix=/net/netfilter"' \
		>/etc/udev/rules.d/90-usual.rules
	udevadm control --reload
}

echo "# Linux $(uname -r), systemd $(systemctl --version | sed -n '1s/.*(\(.*\)).*/\1/p'), boot $BOOT"
events_start
systemctl is-system-running --wait >/dev/null
scenario usual
usual_files
bad=0
for ((round = 1; round <= loads; round++)); do
	modprobe nf_conntrack
	event_await 'UDEV add' || break
	[ -z "$(wrong_values)" ] || bad=$((bad + 1))
	unload nf_conntrack || break
	((round % 10)) || echo "# $bad of $round loads with wrong values"
done
check 'loads and unloads' "$((round - 1))" "$loads"
# How often udevd comes before the keys depends on what else the machine has to do.
check 'the usual rule misses the keys at least every second time' "$((bad * 2 >= loads))" 1
finish
