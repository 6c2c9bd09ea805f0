#!/bin/bash
# Checks that the manual's table of verbs and options agrees with the program, with "help VERB" and
# with what bash offers.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${CONNTRACK_PERSIST_TWIN:?is set by make check}"
# shellcheck source=../../completion/conntrack-persist.bash
source "$srcdir/completion/conntrack-persist.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CONNTRACK_PERSIST_HOST=$work/host
mkdir -p "$work/host/etc" "$work/host/var/lib" "$work/image"
bad=0
complain() {
	echo "$*"
	bad=1
}

help=$("$CONNTRACK_PERSIST_TWIN" --help)
mapfile -t verbs < <(awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' <<<"$help")
# options_in TEXT: prints the options that have a line of their own.
options_in() {
	sed -nE 's/^  +(-., )?(--[a-z-]+).*/\2/p' <<<"$1" | grep -vxE -- '--(help|version)' || :
}
mapfile -t options < <(options_in "$(sed -n '/^Options of some/,/^Exit/p' <<<"$help")")
general=" $(options_in "$(sed -n '/^Options of every/,/^Exit/p' <<<"$help")" | paste -sd ' ') "
((${#verbs[@]} >= 10 && ${#options[@]} >= 17)) || complain "the help has lost verbs or options"

# The table has three lines for each verb: verb, root, options. The paragraph before the table has
# the options of every verb.
declare -A table=()
while read -r verb names; do
	for option in $names; do
		[[ $verb == every ]] || table[$option $verb]=yes
		[[ $verb != every ]] || for one in "${verbs[@]}"; do table[$option $one]=yes; done
	done
done < <(awk '/^# / { on = $2 == "VERBS" } !on { next }
	/^Every verb also takes|^A verb takes/ { all = 1 } /^$/ { all = 0 }
	all { text = text " " $0; while (match(text, /--[a-z-]+/)) { print "every", substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH) } }
	/^[|]  / { gsub(/[|*]/, ""); verb = $1; cell = 0 }
	verb && /^:  / && ++cell == 2 { gsub(/[:*,]/, ""); print verb, $0 }' "$srcdir/man/conntrack-persist.8.scd")

# accepts VERB OPTION: returns whether the program accepts the option for this verb. A second output
# format keeps --watch from starting.
accepts() {
	local words=("$2") said
	case $2 in
	--config) words=("--config=$work/none.conf") ;;
	--root) words=("--root=$work/image") ;;
	--netns) words=(--netns=all) ;;
	--witness) words=(--witness=load) ;;
	--color) words=(--color=never) ;;
	--connections | --new-per-second) words=("$2=1") ;;
	--watch) words=(--watch --prometheus) ;;
	esac
	said=$("$CONNTRACK_PERSIST_TWIN" "$1" "${words[@]}" 2>&1 >/dev/null </dev/null) || :
	[[ $said != *"$2 is not an option of $1"* ]]
}
for verb in "${verbs[@]}"; do
	offered=
	COMP_WORDS=(conntrack-persist "$verb" --)
	COMP_CWORD=2
	_conntrack_persist conntrack-persist -- "$verb" || :
	offered=" ${COMPREPLY[*]-} "
	explained="$general$(options_in "$("$CONNTRACK_PERSIST_TWIN" help "$verb" | sed -n '/^Options of/,$p')" | paste -sd ' ') "
	for option in "${options[@]}"; do
		row=${table[$option $verb]-no}
		does=no
		! accepts "$verb" "$option" || does=yes
		[[ $row == "$does" ]] || complain "$verb $option: the manual says $row, the program $does"
		does=no
		[[ $offered != *" $option "* ]] || does=yes
		[[ $row == "$does" ]] || complain "$verb $option: the manual says $row, bash $does"
		does=no
		[[ $explained != *" $option "* ]] || does=yes
		[[ $row == "$does" ]] || complain "$verb $option: the manual says $row, its help $does"
	done
done
exit $bad
