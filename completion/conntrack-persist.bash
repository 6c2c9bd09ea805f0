# bash completion for conntrack-persist
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2207

_conntrack_persist() {
	local current=$2 previous=$3
	COMPREPLY=()
	case $previous in
	-c | --config)
		COMPREPLY=($(compgen -f -- "$current"))
		return
		;;
	--root)
		COMPREPLY=($(compgen -d -- "$current"))
		return
		;;
	--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$current"))
		return
		;;
	esac
	case $current in
	-*) COMPREPLY=($(compgen -W '--config --root --json --dry-run --force --no-live --quiet
		--verbose --color --help --version' -- "$current")) ;;
	*) COMPREPLY=($(compgen -W 'plan install apply check uninstall keys' -- "$current")) ;;
	esac
}
complete -F _conntrack_persist conntrack-persist
