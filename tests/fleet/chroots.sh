#!/bin/bash
# The Ansible role in chroots, with the real program: it installs or builds the program, corrects
# drift, removes everything; then the example playbooks.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2119 # recap may be asked of one host
#
# Needs CONNTRACK_PERSIST, in its build directory. Prints "ok - NAME" and "not ok - NAME" lines. In
# namespaces of its own: the kernel's timeouts are real, and of this network namespace alone; max
# and buckets are the host's, as in a container.
set -uo pipefail
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
if [[ -z ${FLEET_BASE-} ]]; then
	make_base || exit
	exec unshare --mount --net --propagation private "$0" "$@"
fi
program=$(readlink -f "${CONNTRACK_PERSIST:?is not set: path of the built conntrack-persist}")
make_work
use_collection || exit
use_chroots "$program" || exit

# files HOST: lists all files that the program could have written there.
files() {
	find "$work/chroot/$1"/{etc,var/lib} -name '*conntrack-persist*' -printf '%P %y %m %s %T@ %i\n' | sort
}

# value NAME: prints the live value in this network namespace.
value() {
	cat "/proc/sys/net/netfilter/nf_conntrack_$1"
}

# play_role NAME OPTION...: runs tests/fleet/role.yml with these variables.
play_role() {
	play "$here/role.yml" "$@"
}

#
# From a package
#
for name in one two; do
	new_chroot "$name"
	add_repository "$name"
done
vars='{"conntrack_persist_config":{"conntrack":{"max":65536},"timeouts":{"udp":45,"tcp_established":"6h"}}}'
echo 30 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
before=$(files one)
play_role --check --diff -e "$vars"
check 'role: check mode without the program' "$(recap)" 'changed 2'
check 'role: check mode changes nothing' "$(files one)$(value udp_timeout)" "${before}30"
play_role --diff -e "$vars"
check 'role: first run' "$(recap)" 'changed 2'
check 'role: the diff has the configuration and the files' "$(grep -cE '^\+(udp = 45|-net.netfilter.nf_conntrack_udp_timeout = 45)$' \
	<<<"$said")" 4
check 'role: the kernel has what this namespace may set' "$(value udp_timeout) $(value tcp_timeout_established)" '45 21600'
before=$(files one)
play_role --diff -e "$vars"
check 'role: second run' "$(recap)" 'changed 0'
check 'role: a second run touches nothing' "$(files one)" "$before"
chroot "$work/chroot/one" conntrack-persist --quiet --no-live plan 2>/dev/null
check 'role: the program itself has nothing to do' "$?" 0

echo 5 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
rm "$work/chroot/one/etc/sysctl.d/90-conntrack-persist.conf"
play_role --check -e "$vars"
check 'drift: foreseen' "$(recap one) $(recap two)" 'changed 1 changed 1'
play_role -e "$vars" --forks 1
# Both chroots share one kernel: the first one sets the value.
check 'drift: repaired' "$(recap one) $(recap two) $(value udp_timeout)" 'changed 1 changed 0 45'
play_role -e "$vars"
check 'drift: and no more to do' "$(recap)" 'changed 0'

#
# Drop-ins of others count, and what is wrong with them is said
#
mkdir -p "$work/chroot/one/etc/conntrack-persist.conf.d"
printf '[timeouts]\ngeneric = 77\n' >"$work/chroot/one/etc/conntrack-persist.conf.d/10-a.conf"
echo 600 >/proc/sys/net/netfilter/nf_conntrack_generic_timeout
other='{"conntrack_persist_config":{"conntrack":{"max":65536},"timeouts":{"udp":46,"generic":99}}}'
play_role --check --diff -e "$other" --limit one
check 'drop-in: check mode knows it' "$(recap) $(grep -c '^+-net.netfilter.nf_conntrack_generic_timeout = 77$' <<<"$said")" \
	'changed 1 1'
play_role --diff -e "$other" --limit one
check 'drop-in: so does the run' "$(recap) $(value generic_timeout) $(value udp_timeout)" 'changed 1 77 46'
play_role -e "$other" --limit one
check 'drop-in: second run' "$(recap)" 'changed 0'
printf '[timeouts]\ngenerics = 77\n' >"$work/chroot/one/etc/conntrack-persist.conf.d/10-a.conf"
before=$(files one)
play_role -e "$vars" --limit one
check 'drop-in: a wrong one fails the run by its line' "$(recap) $(grep -c \
	'/etc/conntrack-persist.conf.d/10-a.conf:2: timeouts.generics: unknown setting' <<<"$said")" 'failed 1'
check 'drop-in: and nothing was changed' "$(files one)" "$before"
rm -r "$work/chroot/one/etc/conntrack-persist.conf.d"
play_role -e '{"conntrack_persist_config":{"options":{"frag6_low_thresh":"1G"}}}' --limit two
check 'a wrong configuration: by file and line' "$(recap) $(grep -c \
	'/etc/conntrack-persist.conf:2: options.frag6_low_thresh: .* is more than' <<<"$said")" 'failed 1'
play_role -e '{"conntrack_persist_config":{"timeouts":{"udpp":45}}}' --limit two
check 'a setting that does not exist: the role refuses it' "$(recap) $(grep -c 'udpp.* Supported parameters include: .*udp_stream' <<<"$said")" 'failed 1'
check 'a wrong configuration: has not taken its place' "$(sed -n 2p "$work/chroot/two/etc/conntrack-persist.conf")" 'max = 65536'
play_role -e '{"conntrack_persist_install":"conda"}' --limit two
check 'a wrong variable: the role says which' "$(recap) $(grep -c 'conntrack_persist_install must be one of' <<<"$said")" 'failed 1'

#
# One table of the fleet
#
play_role -e "$vars"
new_chroot bare
printf '    gone: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}\n' >>"$work/inventory"
cp -a "$work/chroot/two/etc/conntrack-persist.conf" "$work/kept.conf"
echo 'max = 0' >>"$work/chroot/two/etc/conntrack-persist.conf"
echo '# mine' >>"$work/chroot/one/etc/sysctl.d/90-conntrack-persist.conf"
mkdir "$work/metrics"
play conntrack_persist.conntrack.report -e conntrack_report="$work/report.csv" -e conntrack_metrics="$work/metrics"
check 'report: changes nothing on the hosts' "$(recap one) $(recap two) $(recap bare)" 'changed 0 changed 0 changed 0'
check 'report: a line for each host' "$(cut -d , -f 1 "$work/report.csv" | paste -sd ' ')" 'host bare gone one two'
check 'report: who did not answer' "$(sed -n '/^gone/p' "$work/report.csv")" 'gone,unreachable,,'
check 'report: where it is not installed' "$(grep -c '^bare,.*No such file or directory.*,,$' "$work/report.csv")" 1
check 'report: verdict, share, and what is not as configured' "$(grep -cE \
	'^one,[a-z-]+,[0-9.]+%,"/etc/sysctl.d/90-conntrack-persist.conf ' "$work/report.csv")" 1
check 'report: a configuration that is wrong' "$(grep -cE \
	'^two,[a-z-]+,[0-9.]*%?,"/etc/conntrack-persist.conf:[0-9]+: ' "$work/report.csv")" 1
check 'report: metrics of those who have them' "$(cd "$work/metrics" && grep -l '^conntrack_persist_verdict' ./*.prom | paste -sd ' ')" \
	'./one.prom ./two.prom'
cp -a "$work/kept.conf" "$work/chroot/two/etc/conntrack-persist.conf"
sed -i '/^    \(bare\|gone\):/d' "$work/inventory"
rm "$work/chroot/one/etc/sysctl.d/90-conntrack-persist.conf"

#
# The examples
#
printf '%s: {hosts: {%s: }}\n' control_plane one nodes two gateways two web_servers two every_setting two >"$work/groups.yml"
play conntrack_persist.conntrack.kubernetes_node --inventory "$work/groups.yml" --check
check 'Kubernetes: check mode foresees it' "$(recap)" 'changed 1'
play conntrack_persist.conntrack.kubernetes_node --inventory "$work/groups.yml"
check 'Kubernetes: the node has its own values' "$(recap two) $(value tcp_timeout_established)" 'changed 1 86400'
check 'Kubernetes: a larger max of kube-proxy stays' "$(grep -h '^max' "$work/chroot/two/etc/conntrack-persist.conf" | paste -sd ' ')" \
	'max = 524288 max_policy = at_least'
play conntrack_persist.conntrack.kubernetes_node --inventory "$work/groups.yml"
check 'Kubernetes: second run' "$(recap)" 'changed 0'
play conntrack_persist.conntrack.nat_gateway --inventory "$work/groups.yml"
check 'NAT gateway' "$(recap two) $(value udp_timeout_stream)" 'changed 1 60'
play conntrack_persist.conntrack.every_setting --inventory "$work/groups.yml" --check
check 'every setting: check mode foresees it' "$(recap two)" 'changed 1'
play conntrack_persist.conntrack.every_setting --inventory "$work/groups.yml"
check 'every setting: each is configured' "$(recap two) $(grep -c ' = ' "$work/chroot/two/etc/conntrack-persist.conf")" \
	"changed 1 $("$program" --json keys | grep -c '"section":')"
check 'every setting: the values are the defaults' "$(value tcp_timeout_established) $(value udp_timeout_stream) $(value acct)" '432000 120 0'
play conntrack_persist.conntrack.every_setting --inventory "$work/groups.yml"
check 'every setting: second run' "$(recap two)" 'changed 0'
play conntrack_persist.conntrack.web_server --inventory "$work/groups.yml"
check 'web server: conntrack is kept off, or it is told who uses it' "$(recap two | sed 's/failed/changed 1/')" 'changed 1'

#
# A template, another image's root, and the end
#
# shellcheck disable=SC1083
printf '; {{ inventory_hostname }}\n[timeouts]\nudp = {{ 40 + 7 }}\n' >"$work/template.conf"
play_role -e conntrack_persist_config_file="$work/template.conf" --limit two
check 'from a template' "$(recap) $(head -n 1 "$work/chroot/two/etc/conntrack-persist.conf") $(value udp_timeout)" 'changed 1 ; two 47'
mkdir -p "$work/chroot/two/srv/image/etc" "$work/chroot/two/srv/image/var/lib"
image='{"root":"/srv/image","config":{"conntrack":{"max":65536}}}'
play "$here/module.yml" --limit two -e "{\"arguments\":$image}" --check
check 'an image: check mode' "$(recap) $(find "$work/chroot/two/srv/image" -type f)" 'changed 1 '
play "$here/module.yml" --limit two -e "{\"arguments\":$image}"
check 'an image' "$(recap) $(find "$work/chroot/two/srv/image" -type f | wc -l)" 'changed 1 6'
play "$here/module.yml" --limit two -e "{\"arguments\":$image}"
check 'an image, second run' "$(recap)" 'changed 0'
ln -s ../../../etc "$work/chroot/two/srv/image/out"
play "$here/module.yml" --limit two -e '{"arguments":{"root":"/srv/image","path":"/out/x.conf","config":{}}}'
check 'an image: no link leads out' "$(recap) $(grep -c 'below a root no link is followed' <<<"$said")" 'failed 1'

play_role -e conntrack_persist_state=absent --check
check 'absent: foreseen' "$(recap)" 'changed 2'
play_role -e conntrack_persist_state=absent
check 'absent' "$(recap) $(files one | grep -v '^lib/\(dpkg\|systemd\)') $(test -e "$work/chroot/one/usr/local/sbin/conntrack-persist"; echo $?)" \
	'changed 2  1'
play_role -e conntrack_persist_state=absent
check 'absent, once more' "$(recap)" 'changed 0'

#
# Built from a release
#
make -s -C "$(dirname "$program")" dist-gzip >"$work/log" 2>&1 || { cat "$work/log"; echo 'not ok - a release is made'; }
tarball=$(echo "$(dirname "$program")"/conntrack-persist-*.tar.gz)
mv "$tarball" "$work/"
source='{"conntrack_persist_install":"source","conntrack_persist_tarball":"'$work/${tarball##*/}'"}'
play_role -e "$source" -e "$vars" --limit two --check
check 'from a release: check mode' "$(recap) $(test -e "$work/chroot/two/usr/local/sbin/conntrack-persist"; echo $?)" 'changed 2 1'
play_role -e "$source" -e "$vars" --limit two
check 'from a release: built, installed, configured' "$(recap) $(chroot "$work/chroot/two" conntrack-persist --version)" \
	"changed 5 $("$program" --version)"
play_role -e "$source" -e "$vars" --limit two
check 'from a release: second run' "$(recap)" 'changed 0'

#
# The README, word by word: from a clone, on a host without any package repository and without the
# program
#
# command NUMBER: of the README, in the clone; sets said.
command_of_readme() {
	local line
	line=$(blocks "$clone/ansible/README.md" '^ansible-' | sed -n "$1p")
	said=$(cd "$clone" && ANSIBLE_COLLECTIONS_PATH=$work/readme bash -c "$line" 2>&1 </dev/null) || :
	said="\$ $line"$'\n'$said
}
clone=$work/clone
make_clone "$clone"
new_inventory
new_chroot fresh
sed 's/^all:$/gateways:/' "$work/inventory" >"$clone/inventory"
blocks "$clone/ansible/README.md" '^- hosts:' >"$clone/gateways.yml"
check 'README: it has a playbook, and three commands' "$(grep -c '^  become: true$' "$clone/gateways.yml") \
$(blocks "$clone/ansible/README.md" '^ansible-' | grep -c '^ansible-')" '1 3'
before=$(files fresh)
command_of_readme 1
check 'README: the collection is installed' "$(find "$work/readme" -name conntrack_persist.py | wc -l)" 1
command_of_readme 2
check 'README: check mode foresees the change' "$(recap) $(files fresh)" "changed 2 $before"
command_of_readme 3
check 'README: built, installed, configured' "$(recap) $(chroot "$work/chroot/fresh" conntrack-persist --version) \
$(value tcp_timeout_established)" "changed 6 $("$program" --version) 21600"
chroot "$work/chroot/fresh" conntrack-persist --quiet --no-live plan
check 'README: the program itself has nothing to do' "$?" 0
command_of_readme 3
check 'README: once more' "$(recap)" 'changed 0'
(cd "$clone" && git -c user.name=Nobody -c user.email=nobody@localhost commit -q --allow-empty -m 'Another')
command_of_readme 2
check 'README: another commit is built anew, check mode' "$(recap)" 'changed 1'
check 'README: no tarball is left on the controller' "$(find "${TMPDIR:-/tmp}" "$work/home" -name clone.tar.gz 2>/dev/null)" ''

#
# The role by itself: no configuration is given, and the host has none
#
new_inventory
new_chroot plain
add_repository plain
play_role
check 'the role without a configuration: the package, and nothing else' "$(recap) $(files plain | grep -v '^\(dpkg\|systemd\)/')" 'changed 1 '
play_role
check 'the role without a configuration: second run' "$(recap)" 'changed 0'
echo 'net.netfilter.nf_conntrack_udp_timeout = 5' >"$work/chroot/plain/etc/sysctl.d/99-others.conf"
play_role -e "$vars"
check 'overridden: the role succeeds and warns' "$(recap) $(tr -d ' \n' <<<"$said" | grep -c '99-others.conf:1sets5')" 'changed 1 1'
play_role -e "$vars"
check 'overridden: second run' "$(recap) $(tr -d ' \n' <<<"$said" | grep -c '99-others.conf:1sets5')" 'changed 0 1'
play_role -e "$vars" -e conntrack_persist_strict=true
check 'overridden: strict makes it a failure' "$(recap)" 'failed'
