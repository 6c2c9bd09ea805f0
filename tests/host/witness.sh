#!/bin/bash
# Loads the witness into this machine's kernel, for as long as the test runs: writers are named, a
# loader that is killed at any call leaves nothing attached, and each way in which there can be none
# is one sentence.
# SPDX-License-Identifier: LGPL-2.1-or-later
# The shells that write have variables of their own.
# shellcheck disable=SC2016,SC2013
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}"
export LC_ALL=C
timeout=/proc/sys/net/netfilter/nf_conntrack_udp_timeout
pins=/sys/fs/bpf/conntrack-persist

# For the time of the test mounts and values are those of namespaces, which only the test sees.
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo "needs root"; exit 77; }
	for tool in strace setpriv unshare python3; do
		command -v "$tool" >/dev/null || { echo "no $tool here; see scripts/packages"; exit 77; }
	done
	[[ -e $timeout ]] || { echo "nf_conntrack is not loaded, and this test loads nothing"; exit 77; }
	exec unshare --mount --net --propagation=private "$0" alone
fi
work=$(mktemp -d)
trap 'umount /sys/fs/bpf 2>/dev/null; rm -rf "$work"' EXIT
mount -t tmpfs none /run
mkdir "$work"/{etc,etc-work,var,var-work,trace}
for folder in etc var; do
	mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$work/$folder,workdir=$work/$folder-work" "/$folder"
done
export timeout work
printf '[timeouts]\nudp = 60\n[apply]\nwitness = yes\n' >/etc/conntrack-persist.conf
ctp() {
	"$CONNTRACK_PERSIST" "$@"
}
load() {
	ctp apply --witness=load 2>&1
}
unload() {
	ctp --quiet apply --witness=unload
}
fail() {
	printf '%s\n' "$@"
	exit 1
}
# refused SENTENCE COMMAND...: the command prints this sentence alone, exits 0, and pins nothing.
ways=0
refused() {
	local sentence=$1 said
	shift
	ways=$((ways + 1))
	said=$("$@" 2>&1) || fail "exit $?: $*" "$said"
	[[ $said == "warning: no witness is loaded: $sentence"* && $said != *$'\n'* ]] || fail "$*: $said" "-- without: $sentence"
	[[ ! -e $pins ]] || fail "$*: $pins is there"
}

# Before anything is mounted there, in this mount namespace.
while umount -l /sys/fs/bpf 2>/dev/null; do :; done
refused 'no BPF file system is mounted' load
mount -t bpf bpf /sys/fs/bpf
said=$(load)
# Where this kernel or container can have no witness, that is what is tested: everything else works.
if [[ $said == *'does not allow this process the bpf system call'* || $said == *'no control groups of version 2'* ||
	$said == *'this is a container'* ]]; then
	echo "no witness here: $said"
	sentence=${said#warning: no witness is loaded: }
	refused "$sentence" load
	said=$(ctp --quiet install 2>&1) || fail "install: exit $?: $said"
	[[ $said == "warning: no witness is loaded: $sentence" ]] || fail "install: $said"
	[[ $(<"$timeout") == 60 ]] || fail 'install sets no value'
	ctp --quiet check 2>/dev/null || fail "check: exit $?"
	ctp --prometheus status 2>/dev/null | grep foreign_writes && fail 'counts without a witness'
	ctp --quiet uninstall 2>/dev/null || fail "uninstall: exit $?"
	exit 0
fi
[[ -z $said ]] || fail "$said"
unload
[[ ! -e $pins ]] || fail "$pins stays"

# The other ways in which there is none.
injected() {
	strace -o /dev/null -e trace=bpf -e inject=bpf:"$1" "$CONNTRACK_PERSIST" apply --witness=load
}
without_root_group() {
	mount -t tmpfs none /sys/fs/cgroup
	"$CONNTRACK_PERSIST" apply --witness=load
	umount /sys/fs/cgroup
}
refused 'the kernel does not allow this process the bpf system call' injected error=EPERM
refused 'this kernel has no bpf system call' injected error=ENOSYS
refused 'the kernel does not allow this process the bpf system call' \
	setpriv --bounding-set=-all --inh-caps=-all "$CONNTRACK_PERSIST" apply --witness=load
# with CAPABILITIES: loads with these alone.
with() {
	setpriv --bounding-set="-all,$1" --inh-caps=-all "$CONNTRACK_PERSIST" apply --witness=load
}
for set in +bpf +net_admin +bpf,+perfmon; do
	refused 'the kernel does not allow this process the bpf system call' with "$set"
done
for set in +bpf,+net_admin +bpf,+net_admin,+perfmon +sys_admin; do
	said=$(with "$set" 2>&1)
	[[ -z $said && -e $pins/link-3 ]] || fail "with $set: $said"
	unload
done
refused 'no control groups of version 2' without_root_group
# In a container nothing is there to remove, and /sys is read-only.
mount -t tmpfs -o ro none /sys/fs/bpf
said=$("$CONNTRACK_PERSIST" apply --witness=unload 2>&1) || fail "unload where nothing is: exit $?: $said"
umount /sys/fs/bpf
# An old kernel knows no command 28, BPF_LINK_CREATE. The call before the last two is that.
strace -o "$work/calls" -e trace=bpf "$CONNTRACK_PERSIST" apply --witness=load
unload
link=$(grep -n LINK_CREATE "$work/calls" | cut -d : -f 1)
refused 'this kernel cannot attach a BPF program by a link' injected "error=EINVAL:when=$link"
load_count=$(grep -n PROG_LOAD "$work/calls" | tail -n 1 | cut -d : -f 1)
refused 'this kernel has no BPF programs that see sysctls' injected "error=EINVAL:when=$load_count+"
if mkdir -p "$work/group" && mount -t cgroup2 none "$work/group" 2>/dev/null; then
	mkdir "$work/group/test-witness.$$"
	refused 'this is a container' bash -c 'echo $$ >"$2/cgroup.procs" && exec unshare --cgroup --mount bash -c "
			umount -l -R /sys/fs/cgroup 2>/dev/null
			mount -t cgroup2 none /sys/fs/cgroup && \"\$1\" apply --witness=load" bash "$1"' \
		bash "$CONNTRACK_PERSIST" "$work/group/test-witness.$$"
	rmdir "$work/group/test-witness.$$"
	# A group that has ended has the name that was recorded.
	load
	mkdir "$work/group/one-shot.$$"
	bash -c 'echo $$ >"$1/cgroup.procs" && echo 97 >"$2"' bash "$work/group/one-shot.$$" "$timeout"
	rmdir "$work/group/one-shot.$$"
	said=$(ctp check 2>/dev/null) && fail 'check sees no other value'
	[[ ! -e /sys/kernel/btf/vmlinux || $said == *'97 -> 60'*"set by one-shot.$$ (bash, PID "* ]] || fail "a group that has ended: $said"
	echo 60 >"$timeout"
	unload
	umount "$work/group"
fi

((ways >= 7)) || fail "only $ways ways in which there is none"

# A kernel that does not let the program read its memory, as with lockdown=confidentiality, or that
# does not describe its types: the witness is loaded, and the namespace of a writer stays unknown.
probe=$(grep -n PROG_LOAD "$work/calls" | sed -n 7p | cut -d : -f 1)
said=$(injected "error=EINVAL:when=$probe..$((probe + 1))" 2>&1)
[[ -z $said && -e $pins/link-3 ]] || fail "without reading memory: $said"
bash -c 'echo 99 >"$1"' bash "$timeout"
said=$(ctp check 2>/dev/null) && fail 'check sees no other value'
[[ $said == *'99 -> 60'*'set by an unknown process; '*' wrote the same number today '* ]] || fail "without a namespace: $said"
echo 60 >"$timeout"
unload

# A kernel without the helpers for PID and command, as Linux 5.10: both are read from its memory.
probe=$(grep -n PROG_LOAD "$work/calls" | sed -n 2p | cut -d : -f 1)
said=$(injected "error=EINVAL:when=$probe..$((probe + 3))" 2>&1)
[[ -z $said && -e $pins/link-3 ]] || fail "without helpers: $said"
python3 -c 'import os; print(os.getpid(), file=open(os.environ["work"] + "/pid", "w")); open(os.environ["timeout"], "w").write("98")'
said=$(ctp check 2>/dev/null) && fail 'check sees no other value'
[[ ! -e /sys/kernel/btf/vmlinux || $said == *'98 -> 60'*"python3"*"PID $(<"$work/pid")"* ]] || fail "without helpers: $said"
echo 60 >"$timeout"
unload

# A witness of an older version: the new one is attached and pinned before the old one goes, so that
# a write in between is recorded by one of them.
load
mv "$pins/records-3" "$pins/records-1"
mv "$pins/link-3" "$pins/link-1"
strace -o "$work/upgrade" "$CONNTRACK_PERSIST" apply --witness=load
[[ $(cd "$pins" && echo *) == 'link-3 records-3' ]] || fail "an upgrade leaves $(ls "$pins")"
attached=$(grep -n 'OBJ_PIN.*link-3' "$work/upgrade" | cut -d : -f 1)
removed=$(grep -n 'unlink.*link-1' "$work/upgrade" | cut -d : -f 1)
if [[ -z $attached || -z $removed ]] || ((attached > removed)); then
	fail "an upgrade has a gap: $attached $removed"
fi
unload

# A loader that is killed at each of its calls that make anything: either all is there, or the link
# is not, without which the kernel runs no program; and the next start makes a whole one.
strace -o "$work/all-calls" "$CONNTRACK_PERSIST" apply --witness=load
unload
killed=0
for call in $(sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$work/all-calls" | grep -v '^exit' | sort -u); do
	count=$(grep -c "^$call(" "$work/all-calls")
	# What comes before the first of these is the start of any program.
	[[ $call =~ ^(bpf|mkdir|mkdirat|unlink|unlinkat|statfs|prlimit64|setrlimit)$ ]] || ((count = count < 3 ? count : 3))
	for ((at = 1; at <= count; at++)); do
		{ strace -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$at" \
			"$CONNTRACK_PERSIST" apply --witness=load; } >/dev/null 2>&1 && continue
		killed=$((killed + 1))
		[[ ! -e $pins/link-3 || -e $pins/records-3 ]] || fail "killed at $call $at: a link without records"
		said=$(load)
		[[ -z $said && $(cd "$pins" && echo *) == 'link-3 records-3' ]] || fail "killed at $call $at: $said"
		unload
		[[ ! -e $pins ]] || fail "killed at $call $at: $pins stays"
	done
done
((killed > 20)) || fail "only $killed calls were killed"

# Each call of bpf(2) fails once: nothing is left.
for ((at = 1; at <= $(wc -l <"$work/calls"); at++)); do
	said=$(injected "error=ENOMEM:when=$at" 2>&1) || fail "exit $?: $said"
	[[ -e $pins/link-3 || ! -e $pins ]] || [[ -z $(ls "$pins") ]] || fail "call $at failed: $(ls "$pins") stays"
	unload
done

# Writers of each kind that needs no service; and reads and refused writes, which are none.
ctp --quiet install 2>/dev/null || fail 'install'
[[ -e $pins/link-3 ]] || fail 'install loads no witness'
# writer: prints the command and the user of the writer that JSON names.
writer() {
	{ ctp --json check 2>/dev/null || :; } | python3 -c '
import json, sys
for writer in json.load(sys.stdin)["writers"]:
    if writer.get("kind") == "witness" and writer["wins"]:
        print(writer["command"], writer["uid"], writer["value"])'
}
number=100
# named COMMAND WRITER...: a writer of $number is named by its command.
named() {
	local wanted=$1
	shift
	number=$((number + 1))
	export number
	"$@" >/dev/null || fail "$*: exit $?"
	[[ $(<"$timeout") == "$number" ]] || fail "$*: not set"
	[[ $(writer) == "$wanted 0 $number" ]] || fail "$*: $(writer), not $wanted 0 $number"
}
export timeout
named sysctl bash -c 'sysctl -qw "net.netfilter.nf_conntrack_udp_timeout=$number"'
named bash bash -c 'echo "$number" >"$timeout"'
named tee bash -c 'echo "$number" | tee "$timeout"'
named sysctl bash -c 'echo "net.netfilter.nf_conntrack_udp_timeout=$number" | sysctl -q --load=-'
named bash unshare --pid --fork --mount-proc bash -c 'echo "$number" >"$timeout"'
named sysctl unshare --pid --mount --fork --uts --ipc bash -c 'mount -t proc proc "'"$work"'/trace" &&
	chroot / sysctl -qw "net.netfilter.nf_conntrack_udp_timeout=$number"'
named python3 python3 -c 'import os; open(os.environ["timeout"], "w").write(os.environ["number"])'
[[ ! -x /lib/systemd/systemd-sysctl ]] || named systemd-sysctl bash -c '
	echo "net.netfilter.nf_conntrack_udp_timeout=$number" >"$1" && /lib/systemd/systemd-sysctl "$1"' bash "$work/a.conf"

# A write of the configured value is not foreign, whoever makes it; and each foreign one counts.
foreign() {
	ctp --prometheus status 2>/dev/null | sed -n 's/^conntrack_persist_foreign_writes_total{.*udp_timeout"} //p'
}
mkdir -p /run/conntrack-persist
count=$(foreign)
((count > 0)) || fail "$count foreign writes"
bash -c 'echo 60 >"$timeout"; echo 0x3c >"$timeout"'
[[ -z $(writer) && $(foreign) == "$count" ]] || fail "foreign: $(writer), $(foreign), not $count"
bash -c 'echo 61 >"$timeout"; echo 62 >"$timeout"'
[[ $(foreign) == $((count + 2)) ]] || fail "$(foreign) foreign writes, not $((count + 2))"
[[ $(ctp status 2>/dev/null) == *'changed by '*'bash (PID '*' = 62;'* ]] || fail "status: $(ctp status)"

# In another network namespace it is another value; a user without the right gets no record. Other
# tests write keys of this machine meanwhile, so that there may be more writes than these.
# counted: prints the number of writes, and how many of them have no record.
counted() {
	{ ctp --json check 2>/dev/null || :; } | python3 -c "
import json, sys
witness = json.load(sys.stdin)['witness']
print(witness['writes'], witness['lost'])"
}
last=$(writer)
read -r before _ < <(counted)
unshare --net bash -c 'echo 7 >"$timeout"'
# The same number as here: a kernel that describes its types shows that this was another namespace.
[[ ! -e /sys/kernel/btf/vmlinux ]] || unshare --net bash -c 'echo "$number" >"$timeout"'
setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'echo 8 >"$timeout"' 2>/dev/null && fail 'a user may write'
cat "$timeout" >/dev/null
[[ $(writer) == "$last" ]] || fail "a write elsewhere is named: $(writer)"
read -r writes _ < <(counted)
((writes > before)) || fail "$writes writes, not more than $before"
{ ctp --json check 2>/dev/null || :; } | grep -q '"uid": 65534' && fail 'a refused write has a record'

# 100,000 writes: those without a record are counted. The ring keeps 512, and one may be in the
# making.
before=$writes
python3 -c '
import os
file = os.open(os.environ["timeout"], os.O_WRONLY)
for i in range(100000):
    os.pwrite(file, b"201" if i % 2 else b"200", 0)'
read -r writes lost < <(counted)
((writes >= before + 100000)) || fail "$writes writes, not $((before + 100000))"
((lost == writes - 512 || lost == writes - 513)) || fail "$lost of $writes lost"
[[ $(writer) == 'python3 0 201' ]] || fail "the last writer: $(writer)"

# Each way to switch it off leaves no pin.
gone() {
	ctp --quiet "$@" >/dev/null 2>&1 || :
	[[ ! -e $pins ]] || fail "$* leaves $(ls "$pins")"
}
again() {
	printf '[timeouts]\nudp = 60\n[apply]\nwitness = yes\n' >/etc/conntrack-persist.conf
	ctp --quiet install 2>/dev/null || fail 'install again'
	[[ -e $pins/link-3 ]] || fail 'install loads no witness again'
}
sed -i 's/^witness = yes/witness = no/' /etc/conntrack-persist.conf
gone install
again
printf '[conntrack]\nmode = disable\n[disable]\nunload = no\n[apply]\nwitness = yes\n' >/etc/conntrack-persist.conf
gone --force install
again
rm /etc/conntrack-persist.conf
gone uninstall
[[ ! -e /etc/modprobe.d/conntrack-persist.conf && ! -e /etc/sysctl.d/90-conntrack-persist.conf ]] || fail 'uninstall removes nothing'
