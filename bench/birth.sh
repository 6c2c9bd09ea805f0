#!/bin/bash
# Measures what the hook adds to the start of a container: starts with and without it in turn, with
# runc and crun, and the hook alone.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: birth.sh PROGRAM STARTS     as root; prints a table
set -euo pipefail
if [[ ${BIRTH_ALONE-} != yes ]]; then
	exec env BIRTH_ALONE=yes unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private "$0" "$@"
fi
program=$1 starts=$2
for tool in runc crun busybox python3; do
	command -v "$tool" >/dev/null || { echo "birth.sh: no $tool; see scripts/packages" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p "$work"/bundle/rootfs/{bin,proc,sys,dev}
cp "$(command -v busybox)" "$work/bundle/rootfs/bin/busybox"
printf '[timeouts]\ntcp_established = 6h\ntcp_time_wait = 30s\nudp = 45\n[options]\nacct = yes\n' >"$work/c.conf"
cd "$work/bundle"
runc spec
python3 - "$program" "$work" "$starts" <<'END'
import json, os, statistics, subprocess, sys, time
program, work, starts = sys.argv[1], sys.argv[2], int(sys.argv[3])
c = json.load(open("config.json"))
c["process"].update(terminal=False, args=["/bin/busybox", "true"])
c["process"].pop("rlimits", None)
hook = {"path": program, "args": ["conntrack-persist", "hook", "-c", work + "/c.conf"]}
number = 0

def start(runtime, hooks):
    global number
    number += 1
    c["hooks"] = {"createRuntime": hooks}
    json.dump(c, open("config.json", "w"))
    command = [runtime, "--root", work + "/" + runtime] + (["--cgroup-manager=disabled"] if runtime == "crun" else [])
    before = time.perf_counter()
    subprocess.run(command + ["run", "birth-%d-%d" % (os.getpid(), number)], check=True, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - before) * 1000

def row(what, values):
    values.sort()
    print("| %s | %.1f | %.1f |" % (what, statistics.median(values), values[len(values) * 9 // 10]))

print("| what | median ms | 90 of 100 are below |")
print("| --- | ---: | ---: |")
for runtime in "runc", "crun":
    without, differences = [], []
    for i in range(starts + 1):
        # The order of the two takes turns as well, so that other work on the machine hits both.
        order = ([], [hook]) if i % 2 else ([hook], [])
        pair = {bool(hooks): start(runtime, hooks) for hooks in order}
        if i:
            without.append(pair[False])
            differences.append(pair[True] - pair[False])
    row("%s, a start without the hook" % runtime, without)
    row("%s, more with the hook" % runtime, differences)

sleeper = subprocess.Popen(["unshare", "--net", "sleep", "1000"])
while os.readlink("/proc/%d/ns/net" % sleeper.pid) == os.readlink("/proc/self/ns/net"):
    time.sleep(0.01)
state = json.dumps({"ociVersion": "1.0.2", "id": "web", "pid": sleeper.pid}).encode()
times = []
for i in range(starts + 1):
    before = time.perf_counter()
    subprocess.run([program] + hook["args"][1:], input=state, check=True, stdout=subprocess.DEVNULL)
    times.append((time.perf_counter() - before) * 1000)
sleeper.kill()
row("the hook alone", times[1:])
END
