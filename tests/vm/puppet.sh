#!/bin/bash
# The Puppet module on a host: noop predicts correctly, values are active after each load and after
# a reboot, and "absent" removes everything.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=lib.sh
. ./lib.sh

export PATH=$PATH:/usr/local/sbin LC_ALL=C.UTF-8 HOME=/root
config=/etc/conntrack-persist.conf
site=/root/site.pp

# The values of values.conf, as a Puppet manifest.
manifest() {
	awk -v ensure="$1" '
		BEGIN { print "class { \"conntrack_persist\": ensure => " ensure ", config => {" }
		/^\[/ { gsub(/[][]/, ""); print (n++ ? "}," : "") "\"" $0 "\" => {"; next }
		/^[a-z]/ { print "\"" $1 "\" => " ($3 ~ /^[0-9]+$/ ? $3 : "\"" $3 "\"") "," }
		END { print "}}}" }' /root/values.conf >$site
}

# puppet_run OPTION...: sets output, status, and the changes that Puppet reported.
puppet_run() {
	output=$(puppet apply --color=false --detailed-exitcodes "$@" $site 2>&1)
	status=$?
	told=$(sed -nE 's/^Notice: .*(current_value [a-z]+ \((.*)\), should be.*|ensure: (installed|removed): (.*))$/\2\4/p' \
		<<<"$output" | sed -E 's/( \(noop\))?( \(corrective\))?$//')
	[ "$status" = "${wanted:-0}" ] || echo "# ${output//$'\n'/$'\n'# }"
}

ours() {
	find /etc /var/lib -name '*conntrack-persist*' ! -path '*puppet*' | sort
}

echo "# Linux $(uname -r), puppet $(puppet --version), boot $BOOT"
events_start
case $BOOT in
1)
	mv $config /root/values.conf
	manifest present
	check 'nothing is installed' "$(ours)" ''
	puppet_run --noop
	check 'noop foretells the files' "$status $told" '0 5 files'
	check 'noop changes nothing' "$(ours)" ''
	wanted=2 puppet_run
	check 'the first run does it' "$status $told" '2 5 files'
	puppet_run
	check 'the second run does nothing' "$status $told" '0 '
	modprobe nf_conntrack
	loaded 'first load'
	echo 31 >$proc/nf_conntrack_udp_timeout
	echo 1024 >"$sys/parameters/hashsize"
	rm /etc/udev/rules.d/60-conntrack-persist.rules
	wanted=2 puppet_run
	check 'drift: one run repairs it' "$status $told" \
		'2 /etc/udev/rules.d/60-conntrack-persist.rules, nf_conntrack.hashsize, net.netfilter.nf_conntrack_udp_timeout'
	check 'drift: the values are in force' "$(wrong_values)" ''
	sync
	reboot_guest
	;;
2)
	ctp --quiet check
	check 'after a reboot: check finds nothing' "$status $output" '0 '
	modprobe nf_conntrack
	loaded 'after a reboot'
	puppet_run
	check 'after a reboot: a run does nothing' "$status $told" '0 '
	modprobe nf_conntrack_netlink
	echo 'class { "conntrack_persist": config => { "conntrack" => { "mode" => "disable" } } }' >$site
	puppet_run --noop
	foretold=$told
	check 'mode disable: noop foretells the removal, too' "$status $(grep -c module <<<"$told")" '0 1'
	wanted=2 puppet_run
	check 'mode disable: the run does what was foretold' "$status $told" "2 $foretold"
	check 'mode disable: nf_conntrack is gone' "$(module_state)" absent
	puppet_run
	check 'mode disable: a further run does nothing' "$status $told" '0 '
	manifest absent
	wanted=2 puppet_run
	check 'absent: one run' "$status $told" "2 $config, /etc/modprobe.d/conntrack-persist.conf, /var/lib/conntrack-persist/manifest"
	check 'absent: nothing is left' "$(ours)" ''
	check 'nothing failed' "$(failed_units)" ''
	finish
	;;
esac
