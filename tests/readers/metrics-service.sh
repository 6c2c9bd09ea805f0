#!/bin/bash
# The command of conntrack-persist-metrics.service writes the metrics whole or not at all, and its
# sandbox leaves it what it needs.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}" "${CONNTRACK_PERSIST:?is set by make check}" "${CONNTRACK_PERSIST_TWIN:?is set by make check}"
unit=$builddir/systemd/conntrack-persist-metrics.service
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	printf '%s\n' "$@"
	exit 1
}
setting() {
	sed -n "s/^$1=//p" "$unit" | tail -n 1
}

# The line as systemd hands it to the shell, with the program that was built in the place of the
# installed one.
line=$(sed -n "s|^ExecStart=/bin/sh -Cc '\(.*\)'\$|\1|p" "$unit")
line=${line//\$\$/\$}
installed=$(grep -o '[^ ]*/sbin/conntrack-persist' <<<"$line")
[[ $line == *"$installed --prometheus status >"* ]] || fail "the service runs: $line"
metrics=$work/metrics
file=$metrics/conntrack-persist.prom
mkdir -p "$metrics" "$work/host/etc" "$work/host/var/lib"

# run PROGRAM [COMMAND...]: the service's command, by these words.
run() {
	(
		umask "$(setting UMask)"
		METRICS_DIRECTORY=$metrics CONNTRACK_PERSIST_HOST=$work/host "${@:2}" /bin/sh -Cc "${line//"$installed"/"$1"}"
	) 2>"$work/said"
}

run "$CONNTRACK_PERSIST_TWIN" || fail 'the command fails:' "$(<"$work/said")"
grep -qx 'conntrack_persist_module_loaded 0' "$file" || fail 'these are no metrics:' "$(<"$file")"
[[ $(stat -c %a "$file") == 644 ]] || fail "the mode is $(stat -c %a "$file"): node exporter may be any user"
[[ $(ls "$metrics") == conntrack-persist.prom ]] || fail "beside it: $(ls "$metrics")"

# A program that fails after it has written something leaves the old file, which the collector goes
# on reading.
printf '#!/bin/sh\necho half\nexit 1\n' >"$work/fails"
chmod +x "$work/fails"
cp "$file" "$work/before"
! run "$work/fails" || fail 'a failure of the program is none of the service'
cmp -s "$file" "$work/before" || fail 'a failed run has changed the file'
run "$CONNTRACK_PERSIST_TWIN" || fail 'what a failed run left is in the way:' "$(<"$work/said")"

# The owner of the directory cannot redirect the new file to another place, neither before nor
# during the write.
echo precious >"$work/precious"
ln -s "$work/precious" "$metrics/conntrack-persist.new"
run "$CONNTRACK_PERSIST_TWIN" || fail 'a link of that name is in the way:' "$(<"$work/said")"
rm "$file"
ln -s "$work/precious" "$file"
run "$CONNTRACK_PERSIST_TWIN" || fail 'a link is in the place of the file:' "$(<"$work/said")"
[[ ! -L $file && $(<"$work/precious") == precious ]] || fail 'the file of another was written'
printf '#!/bin/sh\nln -s %s conntrack-persist.new\n' "$work/precious" >"$work/plants"
chmod +x "$work/plants"
! (
	cd "$metrics" && METRICS_DIRECTORY=$metrics /bin/sh -Cc "$(sed "s|rm -f \([^ ]*\)|$work/plants -f \1|; s|$installed|$CONNTRACK_PERSIST_TWIN|" <<<"$line")"
) 2>"$work/said" || fail 'a link that is planted in the middle is followed'
[[ $(<"$work/precious") == precious ]] || fail 'the file of another was written in the middle'
rm "$metrics/conntrack-persist.new"

# Without the directory nothing is written.
! (METRICS_DIRECTORY=$work/none /bin/sh -Cc "$line") 2>"$work/said" || fail 'without a directory it succeeds'
grep -q "$work/none" "$work/said" || fail 'the missing directory is not named:' "$(<"$work/said")"

# By root, on this kernel: the capabilities of the unit show as much as all of them do.
if [[ $EUID == 0 ]] && unshare --net setpriv --bounding-set -all true 2>/dev/null; then
	bounding=-all
	for capability in $(setting CapabilityBoundingSet); do
		capability=${capability#CAP_}
		bounding+=,+${capability,,}
	done
	# names FILE: prints the names of the metrics, without those of the kernel's log, which may
	# contain new messages at any time.
	names() {
		grep -o '^conntrack_persist_[a-z_]*' "$1" | grep -v full_message | sort -u
	}
	# Both runs see a network namespace; its keeper ends when its input ends.
	mkfifo "$work/end" "$work/begun"
	# shellcheck disable=SC2016
	unshare --net sh -c 'echo >"$1/begun"; read -r _ <"$1/end"' sh "$work" &
	read -r _ <"$work/begun"
	"$CONNTRACK_PERSIST" --prometheus status >"$work/all"
	grep -q '^conntrack_persist_namespace' "$work/all" || fail 'no network namespace is seen'
	run "$CONNTRACK_PERSIST" setpriv --bounding-set "$bounding" --inh-caps "$bounding" ||
		fail 'with the capabilities of the unit:' "$(<"$work/said")"
	diff <(names "$work/all") <(names "$file") || fail 'the capabilities of the unit show less'
	# This run sees these metrics; without the capabilities it would see fewer.
	run "$CONNTRACK_PERSIST" setpriv --bounding-set -all --inh-caps -all || :
	! diff -q <(names "$work/all") <(names "$file") >/dev/null || fail 'no capability is needed at all'
	echo >"$work/end"
	wait
fi

# systemd lets through each system call of the run.
if ! command -v strace >/dev/null || ! systemd-analyze syscall-filter @system-service >/dev/null 2>&1; then
	echo 'no strace or systemd-analyze here: the system calls were not looked at'
	exit 0
fi
# calls SET: prints each system call of the set, and of the sets in it.
calls() {
	local name
	systemd-analyze --no-pager syscall-filter "$1" | sed -n 's/^ *\([@a-z_0-9-]*\)$/\1/p' | while read -r name; do
		case $name in
		"$1") ;;
		@*) calls "$name" ;;
		*) echo "$name" ;;
		esac
	done
}
{ calls @system-service; calls @default; } | sort -u >"$work/let"
{ calls @privileged; calls @resources; } | sort -u >"$work/refused"
strace -f -c -U name -o "$work/calls" "$CONNTRACK_PERSIST" --prometheus status >/dev/null 2>&1
awk 'NR > 2 && $1 != "total" && !/^-/ { print $1 }' "$work/calls" | sort -u >"$work/used"
[[ $(wc -l <"$work/used") -gt 15 ]] || fail 'strace has lost system calls:' "$(<"$work/calls")"
left=$(comm -23 "$work/used" <(comm -23 "$work/let" "$work/refused"))
[[ -z $left ]] || fail "the sandbox refuses: $left"
