#!/bin/bash
# Unpacks a Debian package and the libraries that it needs and this machine lacks, once. It installs
# nothing and prints the folder.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: unpack.sh PACKAGE
#
# Kept where the guests' images are (tests/vm/image.sh). Exit status 77: the distribution has no
# such package.
set -euo pipefail

package=${1:?usage: unpack.sh PACKAGE}
cache=${VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/conntrack-persist/vm}/packages
command -v apt-get >/dev/null || { echo "unpack.sh: this machine has no apt-get to get $package by" >&2; exit 77; }
mkdir -p "$cache"
exec {lock}>"$cache/$package.lock"
flock "$lock"
work=$(mktemp -d "$cache/$package.new-XXXXXX")
trap 'rm -rf "$work"' EXIT

# Uses the machine's own package lists; if they are missing or too old, it fetches new ones only for
# this run.
lists=()
new_lists() {
	mkdir -p "$work/lists"
	lists=(-o "Dir::State::lists=$work/lists")
	apt-get "${lists[@]}" -q update >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}
candidate() {
	apt-cache "${lists[@]}" policy "$package" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

version=$(candidate)
[[ -n $version ]] || { new_lists; version=$(candidate); }
[[ -n $version ]] || { echo "unpack.sh: this distribution has no package $package" >&2; exit 77; }
folder=$cache/$package-${version//[^[:alnum:].+~-]/_}
if [[ ! -d $folder ]]; then
	mkdir "$work/files" "$work/debs"
	names=("$package")
	while read -r name; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || names+=("$name")
	done < <(apt-cache "${lists[@]}" depends --important "$package" | awk '$1 == "Depends:" && $2 ~ /^lib/ { print $2 }')
	download() {
		(cd "$work/debs" && apt-get "${lists[@]}" -q -o APT::Sandbox::User=root download "${names[@]}") >"$work/log" 2>&1
	}
	download || { new_lists; download; } || { cat "$work/log" >&2; exit 1; }
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$work/files"
	done
	find "$cache" -maxdepth 1 -name "$package-*" -mtime +30 -exec rm -rf {} +
	mv "$work/files" "$folder"
fi
touch "$folder"
echo "$folder"
