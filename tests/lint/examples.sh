#!/bin/bash
# Checks that the files of udev/, sysctl.d/ and modprobe.d/ are byte for byte what the program
# renders.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$srcdir/scripts/render-examples" "$fresh"
for kind in udev sysctl.d modprobe.d; do
	diff -r "$srcdir/$kind" "$fresh/$kind" || {
		echo "refresh them with: make refresh-examples"
		exit 1
	}
done
# Each file of examples/ is installed. The case "examples" checks what is rendered from it.
for file in "$srcdir"/examples/*; do
	grep -q "examples/${file##*/}\>" "$srcdir/man/Makemodule.am" || {
		echo "man/Makemodule.am does not install examples/${file##*/}"
		exit 1
	}
done
# settings FILE: prints what an example sets, from INI, YAML or Puppet's language.
settings() {
	case $1 in
	*.conf) sed -nE 's/^([a-z_]+) = (.*)$/\1 \2/p' "$1" ;;
	*.yml) sed -nE '/conntrack_persist_config:/,$s/^ +([a-z_]+): ([^ ]+)$/\1 \2/p' "$1" ;;
	*.pp) grep -oE "'[a-z_]+' +=> ('[^']*'|[0-9]+)" "$1" | sed -E "s/'//g; s/ +=> / /" ;;
	esac | sort
}
# Ansible, Puppet and the configuration have the same example for the same use, so that no reader
# gets two answers about kube-proxy.
for use in nat-gateway kubernetes-node; do
	for file in "ansible/playbooks/${use//-/_}.yml" "puppet/examples/$use.pp"; do
		diff <(settings "$srcdir/examples/$use.conf") <(settings "$srcdir/$file") || {
			echo "$file sets other values than examples/$use.conf"
			exit 1
		}
	done
done
# The documented configuration must be valid and must contain every setting.
export CONNTRACK_PERSIST_HOST=$fresh
mkdir -p "$fresh/image"
"$CONNTRACK_PERSIST_TWIN" --quiet --config="$srcdir/conntrack-persist.conf" --root="$fresh/image" install
missing=0
while read -r name; do
	grep -Eq "^;? ?$name *=" "$srcdir/conntrack-persist.conf" || {
		echo "conntrack-persist.conf lacks $name"
		missing=1
	}
done < <("$CONNTRACK_PERSIST_TWIN" --root="$fresh/image" keys | awk '/^  / && $1 != "NAME" { print $1 }')
exit $missing
