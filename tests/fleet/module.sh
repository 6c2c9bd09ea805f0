#!/bin/bash
# The Ansible module on hosts that are folders, with the test twin: what check mode predicts, what
# runs change and how they fail.
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2119 # recap may be asked of one host
#
# Needs CONNTRACK_PERSIST_TWIN. Prints "ok - NAME" and "not ok - NAME" lines.
set -uo pipefail
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
: "${CONNTRACK_PERSIST_TWIN:?is not set: path of the built tests/conntrack-persist-twin}"
make_work
use_collection || exit

# new_host NAME CONFIG [OPTION...]: makes a folder as tests/run-case.sh does, and its line of the
# inventory.
new_host() {
	local host=$work/hosts/$1 name=$1 config=$2
	shift 2
	mkdir -p "$host"/{etc/{modprobe.d,sysctl.d,udev/rules.d},var/lib,run,proc/sys/kernel,proc/sys/net}
	echo 'MemTotal:        3915436 kB' >"$host/proc/meminfo"
	echo 6.1.0-13-amd64 >"$host/proc/sys/kernel/osrelease"
	printf '#!/bin/sh\nCONNTRACK_PERSIST_HOST=%s exec %s "$@"\n' "$host" "$CONNTRACK_PERSIST_TWIN" >"$host.program"
	chmod 755 "$host.program"
	printf '    %s: {arguments: %s}\n' "$name" "$(arguments "$host" "$config" "$@")" >>"$work/inventory"
}

# arguments HOST CONFIG [OPTION...]: prints the arguments of the module as JSON.
arguments() {
	local host=$1 config=$2
	shift 2
	printf '{"executable":"%s.program","path":"%s/etc/conntrack-persist.conf"' "$host" "$host"
	[[ -z $config ]] || printf ',"config":%s' "$config"
	printf '%s}' "${@/#/,}"
}

# loaded HOST USERS: loads nf_conntrack there, with the kernel's values.
loaded() {
	local module=$work/hosts/$1/sys/module/nf_conntrack keys=$work/hosts/$1/proc/sys/net/netfilter
	mkdir -p "$module/parameters" "$keys"
	echo 65536 | tee "$module/parameters/hashsize" "$keys"/nf_conntrack_{max,buckets} >"$work/hosts/$1/proc/sys/net/nf_conntrack_max"
	echo live >"$module/initstate"
	echo "$2" >"$module/refcnt"
	: >"$module/uevent"
	echo "nf_conntrack 16384 $2 - Live 0x0000000000000000" >"$work/hosts/$1/proc/modules"
	echo 30 >"$keys/nf_conntrack_udp_timeout"
}

# set_up HOST,...: puts the hosts into the state that the module leaves.
set_up() {
	play "$here/module.yml" -e "only=$1"
	[[ $(recap) == 'changed 1' ]] || check "$1: set up" "$(recap)" 'changed 1'
}

# trees: lists all files of the hosts, so that a change is seen.
trees() {
	find "$work/hosts" ! -name kernel.log -printf '%p %m %s %T@ %i\n' | sort
}

# shown: prints the diffs of the last run under each host's name, without Ansible's own lines.
shown() {
	grep -E '^([-+@ ]|changed: )' <<<"$said" | sed -E "s|$work/hosts/||g; s/^(--- before: |--- )/--- /; s/^(\+\+\+ after: |\+\+\+ )/+++ /" |
		sed -E 's|ansible-local-[^ ]*||'
}

# warnings HOST: counts the foreign lines that the warnings of the last run name there. Ansible
# wraps each warning, so blanks are ignored.
warnings() {
	tr -d ' \n' <<<"$said" | grep -o "hosts/$1/etc/sysctl.d/99-others.conf:[0-9]*sets" | sort -u | wc -l
}

# failure HOST MEMBER: prints a member of a failed task's answer as JSON; a text as it is.
failure() {
	sed -n "s/^fatal: \[$1\]: FAILED! => //p" <<<"$said" | python3 -c 'import json, sys
answer = json.load(sys.stdin)[sys.argv[1]]
print(answer if isinstance(answer, str) else json.dumps(answer))' "$2"
}

tune='{"conntrack":{"max":131072},"timeouts":{"udp":45}}'
keep_off='{"conntrack":{"mode":"disable"}}'
cat >"$work/inventory" <<'END'
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: /usr/bin/python3
  hosts:
END

# A file of sysctl.d that is read after ours has two of our keys and another one.
override() {
	printf 'net.netfilter.nf_conntrack_%s\n' 'udp_timeout = 5' 'max = 1000' 'generic_timeout = 7' \
		>"$work/hosts/$1/etc/sysctl.d/99-others.conf"
}

#
# What stood there before: each host another story
#
new_host pending "$tune"
new_host there "$tune"
loaded there 0
new_host drifted "$tune"
loaded drifted 0
new_host edited "$tune"
new_host forced "$tune" '"force":true'
new_host files_only "$tune" '"live":false'
loaded files_only 0
new_host in_use "$keep_off"
loaded in_use 1
new_host unused "$keep_off"
loaded unused 0
new_host container "$tune"
loaded container 0
new_host lies_there ''
printf '[conntrack]\nmax = 131072\n' >"$work/hosts/lies_there/etc/conntrack-persist.conf"
new_host text '' '"content":"; by hand\n[conntrack]\nmax = 131072"'
new_host wrong '' '"content":"[conntrack]\nmax = 131072\n[timeouts]\nudpp = 45"'
new_host beyond '{"options":{"frag6_low_thresh":"1G"}}'
# The specification of the arguments refuses these.
declare -A refused=(
	[section]='{"timeout":{"udp":45}}'
	[setting]='{"conntrack":{"max":131072},"timeouts":{"udpp":45}}'
	[not_a_section]='{"timeouts":45}'
	[choice]='{"apply":{"resize":"later"}}'
	[switch]='{"options":{"acct":"sometimes"}}'
	[number]='{"options":{"log_invalid":256}}'
	[truth]='{"conntrack":{"max":true}}'
	[list]='{"timeouts":{"udp":[45]}}'
	[unit]='{"timeouts":{"udp":"45x"}}'
	[size]='{"conntrack":{"max":"a lot"}}'
	[share]='{"conntrack":{"memory_limit":"110%"}}'
)
for name in "${!refused[@]}"; do
	new_host "refused_$name" "${refused[$name]}"
done
new_host two_lines '{"conntrack":{"max":"131072\nmode = disable"}}'
new_host no_sizes '{"timeouts":{"udp":45}}'
loaded no_sizes 0
new_host overridden "$tune"
loaded overridden 0
override overridden
new_host strict "$tune" '"strict":true'
loaded strict 0
override strict
new_host strict_fine "$tune" '"strict":true'
loaded strict_fine 0
new_host strict_file '{"timeouts":{"udp":45}}' '"strict":true'
ln -s /nonexistent "$work/hosts/strict_file/etc/modprobe.d/there.conf"
echo 'install nf_conntrack /bin/false' >"$work/hosts/strict_file/etc/modprobe.d/zz.conf"
rm "$work/hosts/container/proc/sys/net/nf_conntrack_max"
printf 'write %s\tEOPNOTSUPP\n' /sys/module/nf_conntrack/parameters/hashsize >"$work/hosts/container/faults"
chmod 444 "$work/hosts/container/proc/sys/net/netfilter/nf_conntrack_max"
printf 'write %s\tEACCES\n' /proc/sys/net/netfilter/nf_conntrack_max >>"$work/hosts/container/faults"
set_up drifted,edited
echo 5 >"$work/hosts/drifted/proc/sys/net/netfilter/nf_conntrack_udp_timeout"
rm "$work/hosts/drifted/etc/sysctl.d/90-conntrack-persist.conf"
echo '# mine' >>"$work/hosts/edited/etc/sysctl.d/90-conntrack-persist.conf"
echo '# mine' >"$work/hosts/forced/etc/sysctl.d/90-conntrack-persist.conf"

# This checks whether they fail, and what they change.
wanted='changed 1'
declare -A fails=([edited]=1 [in_use]=1 [wrong]=1 [beyond]=1 [two_lines]=1 [strict]=1 [strict_file]=1)
for name in "${!refused[@]}"; do
	fails[refused_$name]=1
done
hosts=$(sed -n 's/^    \([a-z_]*\): {.*/\1/p' "$work/inventory")

before=$(trees)
play "$here/module.yml" --check --diff
check 'check mode changes nothing' "$(diff <(echo "$before") <(trees))" ''
foreseen=$said
foreseen_diff=$(shown)
play "$here/module.yml" --diff
for host in $hosts; do
	wanted='changed 1'
	[[ -z ${fails[$host]-} ]] || wanted=failed
	check "$host: check mode foresees" "$(said=$foreseen recap "$host")" "$wanted"
	check "$host: first run" "$(recap "$host")" "$wanted"
done
check 'the diff of check mode is that of the run' "$(diff <(sort <<<"$foreseen_diff") <(shown | sort))" ''
check 'the diff shows the configuration, files and values' "$(grep -oE \
	'^\+(udp = 45|options nf_conntrack hashsize=131072|net.netfilter.nf_conntrack_udp_timeout = 45)$' <<<"$foreseen_diff" | sort -u | wc -l)" 3
check 'a wrong setting: by file and line, with the nearest name' "$(grep -c \
	'wrong/etc/conntrack-persist.conf:4: timeouts.udpp: unknown setting; did you mean .*udp' <<<"$said")" 1
check 'it has not taken its place' "$(find "$work/hosts/wrong" -name '*.conf')" ''
check 'a value that the program refuses: by file and line' "$(grep -c \
	'beyond/etc/conntrack-persist.conf:2: options.frag6_low_thresh: .*is more than' <<<"$said")" 1
check 'what is more than a line' "$(failure two_lines msg | grep -c "'max' .* found in 'config -> conntrack'.* write 1 to .*, or auto")" 1
check 'a section that does not exist' "$(failure refused_section msg | grep -c 'config.timeout\. .*apply, conntrack, disable, options, timeouts')" 1
check 'a setting that does not exist' "$(failure refused_setting msg | grep -c 'config.timeouts.udpp\. .* udp, udp_stream')" 1
check 'a choice that does not exist' "$(failure refused_choice msg | grep -c 'auto, now, next_load, got: later')" 1
check 'a number out of bounds' "$(failure refused_number msg | grep -c "'log_invalid' .* 0 to 255")" 1
check 'a unit that does not exist' "$(failure refused_unit msg | grep -c "'udp' .* seconds, or with s, m, h, d")" 1
for name in "${!refused[@]}"; do
	check "refused_$name: nothing is written" "$(find "$work/hosts/refused_$name" -name '*conntrack-persist*')" ''
done
check 'edited: the way on is named' "$(grep -c 'is edited since.*force: true' <<<"$said")" 1
check 'edited: the edit stays' "$(tail -n 1 "$work/hosts/edited/etc/sysctl.d/90-conntrack-persist.conf")" '# mine'
check 'in use: who it is' "$(grep -c '^fatal: \[in_use\].*nf_conntrack' <<<"$said")" 1
check 'unused: removed' "$(test -e "$work/hosts/unused/sys/module/nf_conntrack"; echo $?)" 1
check 'forced: the copy' "$(cat "$work"/hosts/forced/var/lib/conntrack-persist/replaced/*)" '# mine'
check 'files only: the kernel is left alone' "$(<"$work/hosts/files_only/proc/sys/net/netfilter/nf_conntrack_udp_timeout")" 30
check 'no sizes are given: none is written' "$(cd "$work/hosts/no_sizes" && find etc/modprobe.d -type f; grep -rlE \
	'nf_conntrack_max(\}=| =)|parameters/hashsize\}=' etc)" ''
check 'no sizes are given: none is set' "$(cut -d ' ' -f 1 "$work/hosts/no_sizes/kernel.log")" nf_conntrack_udp_timeout
check 'overridden: a warning for each line' "$(warnings overridden)" 2
check 'strict: everything is installed, and the values are set' "$(cat "$work/hosts/strict/proc/sys/net/netfilter/nf_conntrack_udp_timeout") \
$(find "$work/hosts/strict/etc" -name '90-conntrack-persist.conf' | wc -l)" '45 1'
check 'strict: the failure says that something was changed, and names each line' "$(failure strict changed) $(failure strict rc) \
$(failure strict msg | grep -c '99-others.conf:[12] sets')" 'true 2 2'
check 'strict: another reason' "$(failure strict_file msg | grep -c 'zz.conf:1: nf_conntrack cannot load')" 1
check 'drifted: put right' "$(<"$work/hosts/drifted/proc/sys/net/netfilter/nf_conntrack_udp_timeout")" 45

before=$(trees)
play "$here/module.yml" --diff
for host in $hosts; do
	wanted='changed 0'
	[[ -z ${fails[$host]-} ]] || wanted=failed
	check "$host: second run" "$(recap "$host")" "$wanted"
done
check 'overridden: a second run warns as well' "$(warnings overridden)" 2
check 'strict: a second run has changed nothing' "$(failure strict changed) $(failure strict rc)" 'false 2'
check 'a second run shows no diff' "$(shown)" ''
check 'and touches nothing' "$(diff <(echo "$before") <(trees))" ''
play "$here/module.yml" --check --diff -e only=container
check 'container: what it cannot reach is foreseen to stay' "$(recap)" 'changed 0'

#
# Where the program is yet to come, only check mode is content
#
new_host missing "$tune" '"executable":"/nonexistent/conntrack-persist"'
play "$here/module.yml" --check -e only=missing
check 'no program: check mode' "$(recap)" 'changed 1'
play "$here/module.yml" -e only=missing
check 'no program' "$(recap) $(grep -c 'conntrack-persist is not on this host; the role' <<<"$said")" 'failed 1'

#
# Ends in the middle
#
new_host killed "$tune"
new_host died "$tune"
program=$work/hosts/killed.program
cp "$program" "$program.whole"
printf '#!/bin/sh\nexec strace -f -qq -o /dev/null -e inject=renameat2:signal=KILL:when=2 %s.whole "$@"\n' "$program" >"$program"
cp "$work/hosts/died.program" "$work/hosts/died.program.whole"
# shellcheck disable=SC2016
sed -i '1a case "$*" in *install*) kill -9 $PPID; exit ;; esac' "$work/hosts/died.program"
play "$here/module.yml" -e only=killed,died
check 'the program is killed half-way' "$(recap killed) $(find "$work/hosts/killed/etc" -name '*.rules' -o -name '[69]0-*~' | wc -l) \
$(find "$work/hosts/killed/etc" -name '90-*.conf' | wc -l)" 'failed 0 0'
check 'the host dies with the configuration written' "$(recap died) $(test -e "$work/hosts/died/etc/conntrack-persist.conf"; echo $?) \
$(find "$work/hosts/died/etc" -name '[69]0-*' | wc -l)" 'failed 0 0'
mv "$program.whole" "$program"
mv "$work/hosts/died.program.whole" "$work/hosts/died.program"
play "$here/module.yml" --check -e only=killed,died
check 'killed: check mode foresees the rest' "$(recap)" 'changed 1'
play "$here/module.yml" -e only=killed,died
check 'killed: the next run converges' "$(recap)" 'changed 1'
play "$here/module.yml" -e only=killed,died
check 'killed: and the one after it has nothing to do' "$(recap)" 'changed 0'

#
# Another configuration, two at once, and the end
#
new_host both "$tune"
ansible-playbook --inventory "$work/inventory" "$here/module.yml" -e only=both >"$work/other" 2>&1 </dev/null &
play "$here/module.yml" -e only=both
wait $!
# Each run may have found the other's work done, but not both.
outcomes="$(recap), $(said=$(<"$work/other") recap)"
[[ $outcomes == 'changed 0, changed 0' || $outcomes != changed\ ?,\ changed\ ? ]] || outcomes='changed'
check 'two runs at once: both succeed' "$outcomes" 'changed'
play "$here/module.yml" -e only=both
check 'then nothing is left to do' "$(recap)" 'changed 0'
play "$here/module.yml" -e only=both -e '{"instead":{"config":{"conntrack":{"max":65536}}}}' --diff
check 'another configuration' "$(recap) $(grep -c '^-udp = 45$' <<<"$said")" 'changed 1 1'

before=$(trees)
play "$here/module.yml" --check --diff -e only=both,text,pending,missing -e '{"instead":{"state":"absent"}}'
check 'absent, check mode: foreseen' "$(recap both) $(recap text) $(recap pending) $(recap missing)" \
	'changed 1 changed 1 changed 1 changed 0'
check 'absent, check mode changes nothing' "$(diff <(echo "$before") <(trees))" ''
play "$here/module.yml" -e only=both,text,lies_there -e '{"instead":{"state":"absent"}}'
check 'absent' "$(recap)" 'changed 1'
check 'absent: all is gone' "$(find "$work"/hosts/{both,text}/{etc,var} -type f)" ''
check 'absent: but what the administrator wrote' "$(find "$work"/hosts/lies_there/{etc,var} -type f)" \
	"$work/hosts/lies_there/etc/conntrack-persist.conf"
play "$here/module.yml" -e only=both,text,lies_there,missing -e '{"instead":{"state":"absent"}}'
check 'absent, once more' "$(recap)" 'changed 0'

#
# Nothing is configured
#
# A path that is named must be there, so that this host has its configuration at the usual place.
new_host bare ''
loaded bare 0
usual='{"instead":{"path":"/etc/conntrack-persist.conf"}}'
before=$(trees)
play "$here/module.yml" --check --diff -e only=bare -e "$usual"
check 'nothing is configured, check mode: no change' "$(recap) $(shown)" 'changed 0 '
play "$here/module.yml" --diff -e only=bare -e "$usual"
check 'nothing is configured: no change' "$(recap) $(shown)" 'changed 0 '
check 'nothing is configured: no file, no lock and no value is written' "$(diff <(echo "$before") <(trees))" ''
play "$here/module.yml" -e only=bare -e '{"instead":{"config":{}}}'
check 'an empty configuration: it alone is written' "$(recap) $(cd "$work/hosts/bare" && find etc var run -type f)" \
	'changed 1 etc/conntrack-persist.conf'
play "$here/module.yml" -e only=bare -e '{"instead":{"config":{}, "strict": true}}'
check 'an empty configuration, once more' "$(recap)" 'changed 0'
