#!/bin/bash
# examples/runc-with-hook.sh adds the hook to a container's configuration, and passes everything on
# to runc whatever is missing or fails.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
wrapper=${srcdir:?is set by make check}/examples/runc-with-hook.sh
command -v jq >/dev/null || { echo 'no jq here'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

fail() {
	printf '%s\n' "$story: $1" "${@:2}"
	bad=1
}

# new_bundle STORY: makes a bundle as an engine does, and a PATH with jq, conntrack-persist and a
# runc that prints how it was called.
new_bundle() {
	local program
	story=$1
	rm -rf "${work:?}"/{bundle,bin}
	mkdir "$work/bundle" "$work/bin"
	printf '{"ociVersion": "1.0.2", "hooks": {"prestart": [{"path": "/a"}], "createRuntime": [{"path": "/b"}]}}' \
		>"$work/bundle/config.json"
	cp "$work/bundle/config.json" "$work/before"
	for program in runc conntrack-persist; do
		printf '#!/bin/sh\necho "%s: $*"\nexit 7\n' "$program" >"$work/bin/$program"
		chmod 755 "$work/bin/$program"
	done
	for program in jq mv rm sh; do
		ln -s "$(command -v "$program")" "$work/bin/$program"
	done
}

# wrapped ARGUMENT...: runs the wrapper in the bundle; runc must get the same words, and its exit
# status must come back.
wrapped() {
	local said status=0
	said=$(cd "$work/bundle" && PATH=$work/bin sh "$wrapper" "$@" 2>&1) || status=$?
	[[ $said == "runc: $*" ]] || fail "runc was not called so: $*" "$said"
	[[ $status == 7 ]] || fail "exit status $status, not that of runc"
	[[ $(ls "$work/bundle") == config.json ]] || fail 'files are left' "$(ls "$work/bundle")"
}

# has_hook COUNT: checks how often the configuration has the hook. What was there before stays.
has_hook() {
	local hooks
	hooks=$(jq -c '[.hooks.prestart[].path, .hooks.createRuntime[0].path,
		([.hooks.createRuntime[1:][] | select(.args == ["conntrack-persist", "hook"] and has("timeout") == false)] | length)]' \
		"$work/bundle/config.json")
	[[ $hooks == "[\"/a\",\"/b\",$1]" ]] || fail "not $1 hooks" "$(<"$work/bundle/config.json")"
	[[ $1 != 0 ]] || cmp -s "$work/before" "$work/bundle/config.json" || fail 'the configuration has changed'
}

new_bundle 'docker and containerd'
wrapped --root /r --log /l --log-format json create --bundle "$work/bundle" --pid-file /p id
has_hook 1
[[ $(jq -r '.hooks.createRuntime[1].path' "$work/bundle/config.json") == "$work/bin/conntrack-persist" ]] ||
	fail 'the hook names another program' "$(<"$work/bundle/config.json")"
new_bundle 'an option with a sign'
wrapped create "--bundle=$work/bundle" id
has_hook 1
new_bundle 'the short option'
wrapped run -b "$work/bundle" id
has_hook 1
new_bundle 'the bundle is the current folder'
wrapped create id
has_hook 1
new_bundle 'no hooks before'
echo '{}' >"$work/bundle/config.json"
wrapped create id
[[ $(jq '.hooks.createRuntime | length' "$work/bundle/config.json") == 1 ]] || fail 'no hook'

for words in '--version' '--root /r start id' '--root /r exec --bundle . id create' 'exec id create' 'delete --force id' 'state id'; do
	new_bundle "no start of a container: $words"
	# shellcheck disable=SC2086
	wrapped $words
	has_hook 0
done

new_bundle 'conntrack-persist was removed'
rm "$work/bin/conntrack-persist"
wrapped create id
has_hook 0
new_bundle 'jq was removed'
rm "$work/bin/jq"
wrapped create id
has_hook 0
new_bundle 'jq fails after a part'
rm "$work/bin/jq"
printf '#!/bin/sh\necho "{"\nexit 5\n' >"$work/bin/jq"
chmod 755 "$work/bin/jq"
wrapped create id
has_hook 0
new_bundle 'the configuration is no JSON'
echo '{' >"$work/bundle/config.json"
wrapped create id
[[ $(<"$work/bundle/config.json") == '{' ]] || fail 'the configuration has changed'
new_bundle 'there is no bundle'
wrapped create --bundle /nowhere id
has_hook 0
new_bundle 'the disk is full'
rm "$work/bin/jq"
printf '#!/bin/sh\n%s "$@" >/dev/full\n' "$(command -v jq)" >"$work/bin/jq"
chmod 755 "$work/bin/jq"
wrapped create id
has_hook 0

new_bundle 'another runtime'
mv "$work/bin/runc" "$work/bin/crun"
said=$(PATH=$work/bin OCI_RUNTIME=crun sh "$wrapper" --version) || :
[[ $said == 'runc: --version' ]] || fail 'the other runtime was not called' "$said"
exit "$bad"
