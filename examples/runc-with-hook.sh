#!/bin/sh
# Runs runc for Docker or containerd and adds a hook, so that conntrack-persist sets the values of
# each new container before its first process runs. docs/containers.md says how to install it.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Whatever is missing or fails, runc still starts the container, without the hook. So you can leave
# this file in place after you have removed conntrack-persist or jq.

# add_hook FILE: adds the hook to the container's configuration. The file is replaced as a whole,
# because runc could not start the container from half of it.
add_hook() {
	program=$(command -v conntrack-persist) || return
	if jq --arg program "$program" \
		'.hooks.createRuntime += [{path: $program, args: ["conntrack-persist", "hook"]}]' \
		"$1" >"$1.with-hook"; then
		mv -f "$1.with-hook" "$1"
	else
		rm -f "$1.with-hook"
	fi
}

# Only "create" and "run" read a configuration. The other words are passed on as they are.
bundle=.
before=
creates=
for word; do
	case $before in
		--bundle | -b) bundle=$word ;;
	esac
	case $word in
		create | run) creates=yes ;;
		--bundle=*) bundle=${word#*=} ;;
		exec) break ;;
	esac
	before=$word
done
[ -z "$creates" ] || [ ! -f "$bundle/config.json" ] || add_hook "$bundle/config.json" 2>/dev/null

exec "${OCI_RUNTIME:-runc}" "$@"
