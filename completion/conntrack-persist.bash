# bash completion for conntrack-persist
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2207

_conntrack_persist() {
	local current=$2 previous=$3 word verb=''
	local verbs='plan install apply check status users advise unload uninstall keys hook'
	local options='--config --drop-ins --json --quiet --verbose --color --help --version'
	COMPREPLY=()
	# Of --root=DIR readline makes three words, and two while nothing follows the sign.
	[[ $current != = ]] || current=''
	[[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
	case $previous in
	-c | --config)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		# No blank behind a directory: the name goes on. It fails where readline did not call.
		compopt -o filenames 2>/dev/null || :
		return
		;;
	--root)
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		compopt -o filenames 2>/dev/null || :
		return
		;;
	--netns)
		# compgen -W would expand the names, and the line that is typed would run what is offered: anybody who may
		# make a namespace gives it any name.
		for word in all /run/netns/*; do
			word=${word##*/}
			[[ $word == "$current"* && $word =~ ^[A-Za-z0-9_.][A-Za-z0-9._+~-]*$ ]] && COMPREPLY+=("$word")
		done
		return
		;;
	--witness)
		COMPREPLY=($(compgen -W 'load unload' -- "$current"))
		return
		;;
	--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$current"))
		return
		;;
	esac
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ " $verbs " != *" $word "* ]] || verb=$word
	done
	case $verb in
	plan) options+=' --root --force --no-live --from-system --diff --connections --new-per-second --ini --no-addresses' ;;
	install) options+=' --root --dry-run --force --no-live --at-boot --restore' ;;
	uninstall) options+=' --root --dry-run --force --live' ;;
	advise) options+=' --ini --no-addresses' ;;
	status) options+=' --watch --prometheus --no-addresses' ;;
	hook) options+=' --netns' ;;
	apply) options+=' --force --netns --witness' ;;
	unload) options+=' --dry-run' ;;
	check | keys | users) options+=' --root' ;;
	'') options+=' --root --dry-run --force --no-live --at-boot --restore --from-system --diff --connections --new-per-second --ini --live --watch --prometheus --no-addresses --netns --witness' ;;
	esac
	case $current in
	-*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
	*) [[ -n $verb ]] || COMPREPLY=($(compgen -W "$verbs help" -- "$current")) ;;
	esac
}
complete -F _conntrack_persist conntrack-persist
