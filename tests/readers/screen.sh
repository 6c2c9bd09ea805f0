#!/bin/bash
# A real terminal shows what status draws and follows its size, and is as before however the watch
# ends.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"
command -v tmux >/dev/null || { echo "no tmux here"; exit 77; }
draw=$builddir/tests/draw-table
work=$(mktemp -d)
export TMUX_TMPDIR=$work LC_ALL=C.UTF-8
unset TMUX NO_COLOR COLUMNS LINES
tmux=(tmux -u -f /dev/null)
trap '"${tmux[@]}" kill-server 2>/dev/null || :; rm -rf "$work"' EXIT

fail() {
	printf '%s\n' "$*" "the terminal shows:" "$(pane)"
	exit 1
}

pane() {
	"${tmux[@]}" capture-pane -p
}

type_keys() {
	"${tmux[@]}" send-keys "$@"
}

# flags: prints the state of the cursor, of the alternate screen, of wrapping.
flags() {
	"${tmux[@]}" display-message -p '#{cursor_flag} #{alternate_on} #{wrap_flag}'
}

# wait_for WHAT COMMAND...: repeats the command until it succeeds, a bounded number of times.
wait_for() {
	local try
	for ((try = 0; try < 200; try++)); do
		! "${@:2}" || return 0
		sleep 0.05
	done
	fail "waited in vain for $1: ${*:2}"
}

# shows ARGUMENT...: checks that the terminal shows exactly what draw-table prints with these
# arguments.
shows() {
	[[ $(pane) == "$("$draw" "$@")" ]]
}

# shows_filling ARGUMENT...: the same for a screen whose clock runs; it must be the third or a later
# one.
shows_filling() {
	local screen clock
	screen=$(pane)
	[[ $screen =~ now\ +10:([0-9]+):([0-9]+) ]] || return 1
	clock=$(((10#${BASH_REMATCH[1]} - 56) * 60 + 10#${BASH_REMATCH[2]} - 1))
	((clock >= 4)) && [[ $screen == "$("$draw" --looks=$((clock / 2)) "$@" filling)" ]]
}

has_text() {
	[[ $(pane) == *"$1"* ]]
}

is() {
	[[ $("$1") == "$2" ]]
}

# begin ARGUMENT...: starts the watch in a shell whose screen has some text.
number=0
begin() {
	number=$((number + 1))
	type_keys "clear; stty -g >$work/before; echo begun $number; ${*@Q}; echo ended \$? \$((number = $number))" Enter
}

# ended STATUS: checks that the watch has ended and the shell has its terminal back.
ended() {
	wait_for "the end" has_text "ended $1 $number"
	wait_for "the cursor" is flags '1 0 1'
	has_text "begun $number" || fail "what was on the screen is not there again"
	type_keys "stty -g >$work/after; echo stty \$((number + 100))" Enter
	wait_for "the shell" has_text "stty $((number + 100))"
	cmp "$work/before" "$work/after" || fail "the terminal's modes are not what they were"
}

watcher() {
	pgrep -P "$("${tmux[@]}" display-message -p '#{pane_pid}')" -x draw-table
}

"${tmux[@]}" new-session -d -x 80 -y 24 "exec env PS1='ready: ' TERM=screen sh -i"
"${tmux[@]}" set-option -g status off
"${tmux[@]}" resize-window -x 80 -y 24
wait_for "the shell" has_text ready:

# Each new screen replaces the one before.
for locale in C C.UTF-8; do
	utf8=()
	[[ $locale == C ]] || utf8=(--utf8)
	begin env LC_ALL=$locale "$draw" --watch=1 filling
	wait_for "the third look" shows_filling --lines=24 "${utf8[@]}"
	[[ $(flags) == '0 1 0' ]] || fail "cursor, screen, wrapping: $(flags)"
	type_keys q
	ended 0
done

# A new size is used at once, although the next look is an hour away.
begin env LC_ALL=C "$draw" --watch=3600 full
wait_for "the screen" shows --looks=0 --lines=24 full
for size in 40x24 40x50 80x10 120x24 80x3 80x1 80x24; do
	"${tmux[@]}" resize-window -x "${size%x*}" -y "${size#*x}"
	wait_for "size $size" shows --looks=0 --columns="${size%x*}" --lines="${size#*x}" full
done
type_keys x Up Enter q
ended 0

# Colours and names of other programs do not break the layout.
begin env LC_ALL=C "$draw" --color --watch=3600 hostile
wait_for "the screen" shows --looks=0 --lines=24 hostile
"${tmux[@]}" capture-pane -ep >"$work/colored"
grep -q $'\033\\[33mNot full now' "$work/colored" || fail "no colour"
[[ $("${tmux[@]}" display-message -p '#{pane_title}') != *title* ]] || fail "the terminal has a new title"
type_keys q
ended 0

# If a look fails, the reason is readable after the screen has been restored.
mkdir -p "$work/host/sys/module/nf_conntrack" "$work/host/etc" "$work/host/var/lib"
install -D -m 644 /proc/meminfo "$work/host/proc/meminfo"
echo live >"$work/host/sys/module/nf_conntrack/initstate"
printf '[conntrack]\nmax = 1000\n' >"$work/host/etc/conntrack-persist.conf"
begin env CONNTRACK_PERSIST_HOST="$work/host" LC_ALL=C "$builddir/tests/conntrack-persist-twin" status --watch=3600
ended 1
has_text '/proc/sys is not mounted' || fail 'nobody says why'

# The watch is ended in each possible way.
for signal in INT TERM HUP QUIT; do
	begin env LC_ALL=C "$draw" --watch=3600 fine
	wait_for "the screen" shows --looks=0 --lines=24 fine
	kill -"$signal" "$(watcher)"
	ended 0
done
begin env LC_ALL=C "$draw" --watch=3600 fine
wait_for "the screen" shows --looks=0 --lines=24 fine
type_keys C-c
ended 0

# While it is suspended, the shell has the terminal; continued, it draws again.
for how in key signal; do
	begin env LC_ALL=C "$draw" --watch=3600 filling
	wait_for "the screen" shows --looks=0 --lines=24 filling
	if [[ $how == key ]]; then
		type_keys C-z
		wait_for "the cursor" is flags '1 0 1'
	else
		kill -STOP "$(watcher)"
	fi
	wait_for "the shell" has_text Stopped
	type_keys fg Enter
	wait_for "the second look" shows --looks=1 --lines=24 filling
	[[ $(flags) == '0 1 0' ]] || fail "cursor, screen, wrapping: $(flags)"
	type_keys q
	wait_for "the cursor" is flags '1 0 1'
done

# Without a terminal it prints one screen after the other.
wanted=$("$draw" --looks=0 fine; echo; "$draw" --looks=1 fine)
got=$(LC_ALL=C "$draw" --watch=1 fine | head -n "$(wc -l <<<"$wanted")") || :
[[ $got == "$wanted" ]] || fail "through a pipe: $got"

# The reader of the output has ended: the watch ends at once, not an hour later, whether or not it
# has written before.
status=0
(timeout 60 "$draw" --watch=3600 fine | head -n 1 >"$work/first"; exit "${PIPESTATUS[0]}") || status=$?
[[ $status == 1 && $(<"$work/first") == verdict* ]] || fail "after the end of the pipe: status $status"
exec {pipe}> >(:)
wait $!
status=0
"$draw" --watch=3600 fine >&"$pipe" || status=$?
[[ $status == 1 ]] || fail "into a pipe without an end: status $status"
