#!/bin/bash
# A signal ends a run that waits for the lock at once, and a run in the middle of a change after the
# change is complete. tests/faults/run tries each system call of a change.
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
cat >"$work/run" <<'RUN'
import os, signal, subprocess, sys, time
program, work, verb, number, disposition, holder = sys.argv[1:]
number = getattr(signal, "SIG" + number)
def before():
    # A background job of a shell and nohup(1) ignore some of these signals.
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, getattr(signal, disposition))
with open(work + "/err", "w") as err:
    run = subprocess.Popen([program, "--root=" + work + "/image", "-c", work + "/one.conf", verb], stderr=err,
                           stdout=err, preexec_fn=before)
# It waits if it tries the lock again and again.
while "nanosleep" not in open("/proc/%d/wchan" % run.pid).read() and run.poll() is None:
    time.sleep(0.02)
run.send_signal(number)
if disposition == "SIG_IGN":
    os.kill(int(holder), signal.SIGKILL)
    sys.exit(0 if run.wait(30) == 0 else 1)
sys.exit(0 if run.wait(10) == -number else 1)
RUN
# wait_for_lock VERB SIGNAL DISPOSITION: sends the signal to a run that waits for the lock. $before
# is the tree before the run.
wait_for_lock() {
	image
	"$program" -q --root="$work/image" -c "$work/one.conf" install
	before=$(tree)
	rm -f "$work/held"
	python3 "$work/hold" "$work/image/$state/lock" "$work/held" &
	holder=$!
	while [[ ! -e $work/held ]]; do sleep 0.02; done
	status=0
	python3 "$work/run" "$program" "$work" "$1" "$2" "$3" "$holder" || status=$?
	: >"$work/out"
	kill "$holder" 2>/dev/null || :
	wait "$holder" 2>/dev/null || :
}
for number in TERM INT HUP QUIT; do
	for verb in install uninstall; do
		name="$verb, SIG$number while it waits"
		wait_for_lock "$verb" "$number" SIG_DFL
		[[ $status == 0 ]] || fail "$name: does not end by the signal: $(cat "$work/err")"
		says "$name" "SIG$number: ended before anything was changed"
		[[ $(tree) == "$before" ]] || fail "$name: changed: $(diff <(echo "$before") <(tree))"
	done
	name="SIG$number, which is ignored, while it waits"
	wait_for_lock uninstall "$number" SIG_IGN
	[[ $status == 0 ]] || fail "$name: does not go on: $(cat "$work/err")"
	[[ ! -e $work/image/etc/sysctl.d/90-conntrack-persist.conf ]] || fail "$name: nothing was removed"
done
finish
