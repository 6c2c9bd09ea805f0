#!/bin/bash
# Containers that runc and crun start with the hook have the configured values before their first
# process runs, and whatever is wrong, each of them starts. The test has namespaces of its own, so
# that no value of this machine changes.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# HOOK_STARTS  starts of each runtime that must all be right (default: 100)
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}" "${builddir:?is set by make check}"
keys=/proc/sys/net/netfilter
starts=${HOOK_STARTS:-100}

if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	[[ -r $keys/nf_conntrack_max ]] || { echo 'nf_conntrack is not loaded'; exit 77; }
	for tool in runc crun busybox; do
		command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
	done
	# The namespace of processes is one of its own as well, so that its first process is in the
	# test's network namespace, which stands for the host's.
	unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" alone
	exit
fi
work=$(mktemp -d)
trap 'umount -l "$work/run" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
mkdir "$work"/{run,bundle}
mount -t tmpfs none "$work/run"
mount -t cgroup2 none /sys/fs/cgroup
# What an installation keeps here is not for this test.
mount -t tmpfs -o mode=755 none /var/lib
# The hook's log: the lines that syslog(3) sends.
mount -t tmpfs -o mode=755 none /run
mkdir -p "$work"/bundle/rootfs/{bin,proc,sys,dev}
cp "$(command -v busybox)" "$work/bundle/rootfs/bin/busybox"
ldd "$work/bundle/rootfs/bin/busybox" >/dev/null 2>&1 && { echo 'busybox is not linked statically'; exit 77; }
printf '[conntrack]\nmax = %s\n[timeouts]\ntcp_established = 6h\nudp = 45\n' "$(<"$keys/nf_conntrack_max")" >"$work/good.conf"
cp "$work/good.conf" "$work/c.conf"
cd "$work/bundle"
bad=0

fail() {
	printf '%s\n' "$runtime, $story: $1" "${@:2}"
	bad=1
}

# bundle EDIT: writes the container's configuration, which EDIT, in Python, may change as `c`. Its
# first process prints the two values.
bundle() {
	rm -f config.json
	runc spec
	python3 - "$CONNTRACK_PERSIST" "$work" "$1" <<-'END'
		import json, sys
		program, work, edit = sys.argv[1:]
		c = json.load(open("config.json"))
		c["process"]["terminal"] = False
		c["process"].pop("rlimits", None)
		keys = "/proc/sys/net/netfilter/nf_conntrack_"
		c["process"]["args"] = ["/bin/busybox", "cat", keys + "tcp_timeout_established", keys + "udp_timeout"]
		hook = {"path": program, "args": ["conntrack-persist", "hook", "-c", work + "/c.conf"]}
		c["hooks"] = {"createRuntime": [hook]}
		exec(edit)
		json.dump(c, open("config.json", "w"))
	END
}

# start: starts the container, whose first process prints the two values; sets output. crun 1.8.1
# does without control groups because not all machines have those of version 2 for it.
number=0
start() {
	local command=("$runtime" --root "$work/run") status=0
	[[ $runtime != crun ]] || command+=(--cgroup-manager=disabled)
	number=$((number + 1))
	output=$("${command[@]}" run "conntrack-persist-test-$$-$number" 2>"$work/said" </dev/null | paste -sd ' ') || status=$?
	[[ $status == 0 ]] || { fail "the container did not start (exit $status)" "$(<"$work/said")"; output=lost; }
}

# expect VALUES: starts the container, which must print them.
expect() {
	start
	[[ $output == "$1" ]] || fail "the container has ${output@Q}, not ${1@Q}" "$(<"$work/said")"
}

configured='21600 45'
default="$(<"$keys/nf_conntrack_tcp_timeout_established") $(<"$keys/nf_conntrack_udp_timeout")"
[[ $default != "$configured" ]] || { echo "this namespace has the values of the test: $default"; exit 1; }

for runtime in runc crun; do
	story='without a hook'
	bundle 'del c["hooks"]'
	expect "$default"

	story='with the hook'
	bundle pass
	right=0
	for ((i = 0; i < starts; i++)); do
		start
		right=$((right + ($(printf '%s' "$output" | grep -cxF "$configured" || :))))
	done
	[[ $right == "$starts" ]] || fail "$right of $starts starts were right"

	story='root of the container is another user'
	bundle 'c["linux"]["namespaces"].append({"type": "user"}); m = [{"containerID": 0, "hostID": 100000, "size": 1000}]; c["linux"].update(uidMappings=m, gidMappings=m)'
	chmod 755 "$work" "$work/bundle"
	expect "$configured"

	story='the network of the host'
	bundle 'c["linux"]["namespaces"] = [n for n in c["linux"]["namespaces"] if n["type"] != "network"]; c["mounts"] = [m for m in c["mounts"] if m["type"] != "sysfs"]'
	expect "$default"
	[[ "$(<"$keys/nf_conntrack_tcp_timeout_established") $(<"$keys/nf_conntrack_udp_timeout")" == "$default" ]] ||
		fail 'the values of the host were changed'

	story='a faulty configuration'
	bundle pass
	printf '[timeouts]\nudp = soon\n' >"$work/c.conf"
	expect "$default"
	story='no configuration file'
	rm "$work/c.conf"
	expect "$default"
	story='mode = disable'
	printf '[conntrack]\nmode = disable\n' >"$work/c.conf"
	expect "$default"
	# More than 2,147,483,647 / HZ seconds: refused if HZ is 250 or more.
	story='a value that the kernel refuses'
	printf '[timeouts]\ntcp_established = 6h\nudp = 45\nudp_stream = 21474836\n' >"$work/c.conf"
	expect "$configured"
	cp "$work/good.conf" "$work/c.conf"

	story='a wrong option'
	bundle 'hook["args"] = ["conntrack-persist", "hook", "--fast"]'
	expect "$default"

	story='large annotations'
	bundle 'c["annotations"] = {"a%d" % i: "x" * 3000 for i in range(100)}'
	expect "$configured"

	# The state is larger than the hook reads: the runtime must be able to write all of it.
	story='annotations over the bound'
	bundle 'c["annotations"] = {"a%d" % i: "x" * 3000 for i in range(500)}'
	expect "$default"

	story='its input never ends'
	bundle 'hook.update(path="/bin/sh", args=["sh", "-c", "exec %s hook -c %s/c.conf <>%s/run/fifo" % (program, work, work)])'
	[[ -p $work/run/fifo ]] || mkfifo "$work/run/fifo"
	expect "$default"

	story='the worker is killed'
	for call in 0 7 40 60 80 100; do
		bundle "hook.update(path='$builddir/tests/faults/kill-worker', args=['kill-worker', '$call'] + [program] + hook['args'][1:])"
		start
		[[ $output != lost ]] || fail "at call $call"
	done

	# Nobody else keeps a file of the program from being read or locked, and no file is written.
	story='the disk is full, and another run holds the lock'
	bundle pass
	mkdir -p /var/lib/conntrack-persist /run/conntrack-persist
	: >/var/lib/conntrack-persist/lock
	: >/run/conntrack-persist/lock
	chmod 600 /var/lib/conntrack-persist/lock /run/conntrack-persist/lock
	python3 - "$work/run/held" <<-'END' &
		import fcntl, signal, sys
		held = [open("/var/lib/conntrack-persist/lock", "w"), open("/run/conntrack-persist/lock", "w")]
		for file in held:
		    fcntl.lockf(file, fcntl.LOCK_EX)
		open(sys.argv[1], "w").write("held")
		signal.pause()
	END
	holder=$!
	until [[ -s $work/run/held ]]; do kill -0 "$holder"; sleep 0.01; done
	rm "$work/run/held"
	mount -o remount,size=4k /var/lib
	expect "$configured"
	kill "$holder"
	wait "$holder" 2>/dev/null || :
	rm -r /var/lib/conntrack-persist /run/conntrack-persist

	# The hook sees a kernel that has not loaded nf_conntrack; the container sees the keys.
	story='nf_conntrack is not loaded'
	mount -t tmpfs none /sys/module
	expect "$default"
	umount /sys/module

	story='all is well again'
	expect "$configured"
done

# The worker is killed at each of its calls; the hook itself says how its run went.
runtime=none story='the worker is killed at each call'
unshare --net sleep 1000 &
sleeper=$!
until [[ $(readlink "/proc/$sleeper/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do kill -0 "$sleeper"; sleep 0.01; done
printf '{"ociVersion":"1.0.2","id":"web","pid":%s}' "$sleeper" >"$work/state"
for ((call = 0; call < 10000; call++)); do
	status=0
	"$builddir/tests/faults/kill-worker" "$call" "$CONNTRACK_PERSIST" hook -c "$work/c.conf" <"$work/state" >"$work/said" 2>&1 || status=$?
	[[ $status != 77 ]] || break
	[[ $status == 0 ]] || fail "at call $call: exit $status" "$(<"$work/said")"
	grep -q 'was ended by signal 9' "$work/said" || fail "at call $call it is not said" "$(<"$work/said")"
done
((call > 50)) || fail "the worker made only $call calls"
[[ $(nsenter --net="/proc/$sleeper/ns/net" cat "$keys/nf_conntrack_udp_timeout") == 45 ]] || fail 'the values are not set'
kill "$sleeper"
wait "$sleeper" 2>/dev/null || :
exit "$bad"
