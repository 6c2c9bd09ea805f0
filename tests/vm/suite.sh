# Functions that image.sh and program.sh share: where results are kept, one builder at a time, the
# mirror.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later

if [ "$(id -u)" != 0 ]; then
	echo "${0##*/}: building a root image needs root" >&2
	exit 1
fi
cache=${VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/conntrack-persist/vm}
mkdir -p "$cache"

# take_turn NAME: lets one builder at a time work on each name; a second one waits and then finds
# the result ready.
take_turn() {
	local lock
	exec {lock}>"$cache/$1.lock"
	flock "$lock"
}

# make_work NAME: sets work, a folder to build in, which is removed at the end unless it was moved
# to its place.
make_work() {
	# The builder that has the lock knows which files a killed builder left.
	rm -rf "$cache/$1".new-*
	work=$(mktemp -d "$cache/$1.new-XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# find_mirror SUITE: sets mirror, and bootstrap, the options that mmdebstrap needs for it. Exits
# with 77 if the mirror does not serve the suite.
find_mirror() {
	local check_date keyring
	# This is the archive from which this Debian machine installs its own release, and the keys
	# that it trusts for that.
	mirror=$(apt-get indextargets --format "\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" 'Created-By: Packages' |
		awk '$2 !~ /[-\/]/ && $3 == "main" { print $1; exit }')
	if [ -z "$mirror" ]; then
		echo "${0##*/}: this machine's apt sources name no Debian archive" >&2
		exit 1
	fi
	# An outdated mirror is accepted if the administrator of this machine accepts it; signatures
	# are checked anyway.
	check_date=$(apt-config dump --format '%v' Acquire::Check-Valid-Until)
	bootstrap=(--quiet --mode=root --variant=minbase --aptopt="Acquire::Check-Valid-Until \"${check_date:-true}\"")
	for keyring in $(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
		grep -ioP '^[^#]*signed-by[:=] *\K/[^] ]+' | sort -u) /usr/share/keyrings/debian-archive-keyring.gpg; do
		[ ! -r "$keyring" ] || bootstrap+=("--keyring=$keyring")
	done
	# From Debian 12 on, separate packages handle the merged /usr. The folder of the hook has
	# one more script, for them.
	[ "$1" != bullseye ] || bootstrap+=(--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh)
	# There is no documentation, and there are no kernel hooks, because the distribution's own
	# initrd takes long to make and is never booted.
	bootstrap+=(--dpkgopt='path-exclude=/usr/share/doc/*'
		--dpkgopt='path-exclude=/usr/share/locale/*'
		--dpkgopt='path-exclude=/usr/share/man/*'
		--dpkgopt='path-exclude=/etc/kernel/postinst.d/*')

	if ! /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file \
		"${mirror%/}/dists/$1/InRelease" "$work/InRelease" >"$work/log" 2>&1; then
		if grep -q ' 404 ' "$work/log"; then
			echo "${0##*/}: the mirror does not serve $1" >&2
			exit 77
		fi
		cat "$work/log" >&2
		exit 1
	fi
	rm "$work"/{InRelease,log}
}

# keep_work NAME-RECIPE: moves the folder to its place, and removes older recipes that nothing has
# used for a month.
keep_work() {
	find "$cache" -maxdepth 1 -name "${1%-*}-*" -mtime +30 -exec rm -rf {} +
	chmod 755 "$work"
	mv "$work" "$cache/$1"
}
