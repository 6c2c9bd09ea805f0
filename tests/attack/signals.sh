#!/bin/bash
# A signal ends a run that waits for the lock at once, and a run in the middle of a change when all of it is done. Each
# system call of a change has its turn in tests/faults/run.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >"$work/one.conf"
state=var/lib/conntrack-persist
tree() {
	(cd "$work/image" && find . -printf '%p %y %m %i %T@\n' | sort)
}

cat >"$work/hold" <<'HOLD'
import fcntl, sys, time
file = open(sys.argv[1], "r+")
fcntl.lockf(file, fcntl.LOCK_EX)
open(sys.argv[2], "w").close()
time.sleep(600)
HOLD
for number in TERM INT HUP QUIT; do
	for verb in install uninstall; do
		name="$verb, SIG$number while it waits"
		image
		"$program" -q --root="$work/image" -c "$work/one.conf" install
		before=$(tree)
		rm -f "$work/held"
		python3 "$work/hold" "$work/image/$state/lock" "$work/held" &
		holder=$!
		while [[ ! -e $work/held ]]; do sleep 0.02; done
		# Not by a shell in the background, which has these signals ignored.
		status=0
		python3 - "$program" "$work" "$verb" "$number" <<'RUN' || status=$?
import os, signal, subprocess, sys, time
program, work, verb, number = sys.argv[1:]
number = getattr(signal, "SIG" + number)
with open(work + "/err", "w") as err:
    run = subprocess.Popen([program, "--root=" + work + "/image", "-c", work + "/one.conf", verb], stderr=err,
                           stdout=err, preexec_fn=lambda: [signal.signal(s, signal.SIG_DFL)
                                                           for s in (signal.SIGINT, signal.SIGQUIT)])
# It waits when it looks at the lock again and again.
while "nanosleep" not in open("/proc/%d/wchan" % run.pid).read() and run.poll() is None:
    time.sleep(0.02)
run.send_signal(number)
sys.exit(0 if run.wait(10) == -number else 1)
RUN
		: >"$work/out"
		[[ $status == 0 ]] || fail "$name: does not end by the signal: $(cat "$work/err")"
		says "$name" "SIG$number: ended before anything was changed"
		[[ $(tree) == "$before" ]] || fail "$name: changed: $(diff <(echo "$before") <(tree))"
		kill "$holder"
		wait "$holder" 2>/dev/null || :
	done
done
finish
