#!/bin/bash
# Network namespaces whose names are commands: TAB in bash and zsh runs none of them, and does not
# offer them so that they would run.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
need_root

# The commands write into $work, which is their working directory.
# shellcheck disable=SC2016
names=('x$(touch ran1)' 'x`touch ran2`' 'x;touch ran3' 'x${a[$(touch ran4)]}' $'x\ntouch ran5' 'x&touch ran6&' 'x<(touch ran7)'
	'$(touch ran8)' '-x' '~root' 'x*' $'x\e]0;y\a' 'x "touch ran9' "x'touch ran10" 'x!!' 'x{1,2}')

# typed SHELL-COMMAND... LINE: a terminal with this shell, in a mount namespace with the hostile
# names; types the lines of the file "setup", then the line and some TABs, deletes the line and
# ends. Prints what the terminal showed.
typed() {
	# shellcheck disable=SC2016
	unshare --mount bash -c '
		mount -t tmpfs none /run
		mkdir /run/netns
		: >/run/netns/blue
		: >/run/netns/xylem
		while IFS= read -r -d "" name; do : >"/run/netns/$name"; done <"$1/names"
		cd "$1"
		exec python3 - "${@:2}"' - "$work" "$@" <<'END'
import os, pty, select, sys, time
line = sys.argv.pop()
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="ready> ", PROMPT="ready> ", HOME=os.getcwd(), HISTFILE="/dev/null")
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
def read_until(text, seconds=20):
    global shown
    begin, end = len(shown), time.monotonic() + seconds
    while text not in shown[begin:] and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                return
    if time.monotonic() >= end:
        sys.exit("the shell did not answer: %r" % shown)
def type(text):
    os.write(terminal, text)
read_until(b"ready> ")
for setup in open("setup"):
    type(setup.encode())
    read_until(b"ready> ")
type(line.encode() + b"\t\t\t\t")
# The line is deleted and another command is typed: when that command has run, the shell has handled
# the TAB as well.
type(b"\x15echo do''ne\r")
read_until(b"done")
type(b"exit\r")
sys.stdout.buffer.write(shown)
END
}

printf '%s\0' "${names[@]}" >"$work/names"
mkdir "$work/functions"
cp "$srcdir/completion/_conntrack-persist" "$work/functions/"

# tab LINE: types it in both shells, with the setup of each shell.
tab() {
	printf 'source %q\n' "$srcdir/completion/conntrack-persist.bash" >"$work/setup"
	typed bash --norc --noprofile -i "$1" >"$work/shown-bash"
	# shellcheck disable=SC2016
	printf 'fpath=(%q $fpath); autoload -Uz compinit; compinit -u -d %q\n' "$work/functions" "$work/dump" >"$work/setup"
	typed zsh -f -i "$1" >"$work/shown-zsh"
}

for line in 'apply --netns x' 'apply --netns=x' 'apply --netns ' 'apply --netns=' '--netns=$' 'apply --netns -' 'apply --netns ~'; do
	tab "conntrack-persist $line"
	ran=$(find "$work" -name 'ran*')
	[[ -z $ran ]] || fail "\"$line\" and TAB ran: $ran"
	rm -f "$work"/ran*
	for shell in bash zsh; do
		# The first line contains the path of the setup.
		! sed 1d "$work/shown-$shell" | grep -aE "touch|x!!|x\*|y\^G" ||
			fail "$shell: \"$line\" and TAB offers a command: $(cat -v "$work/shown-$shell")"
	done
done

# A harmless name is offered.
tab 'conntrack-persist apply --netns=bl'
for shell in bash zsh; do
	grep -aq 'netns=blue' "$work/shown-$shell" || fail "$shell: does not complete blue: $(cat -v "$work/shown-$shell")"
done

# The user chose to complete names of files here.
while IFS= read -r -d '' name; do
	[[ $name == */* ]] || : >"$work/$name"
done <"$work/names"
for line in 'plan -c x' 'plan --config=x' 'plan --root ' 'plan --config '; do
	tab "conntrack-persist $line"
	ran=$(find "$work" -name 'ran*')
	[[ -z $ran ]] || fail "\"$line\" and TAB ran: $ran"
done
finish
