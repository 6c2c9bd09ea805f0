# Functions that the scripts share: messages, and a copy of the sources to build in.
# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# If ask is "no", confirm does not ask.
ask=no

# confirm QUESTION: asks, and takes an empty answer as yes. It does not ask if ask is no or if there
# is no terminal that could answer.
confirm() {
	local answer
	[[ $ask == yes && -t 0 ]] || return 0
	read -r -p "$1 [Y/n] " answer || return 1
	[[ -z $answer || $answer == [Yy]* ]]
}

# copy_sources DIR: copies the tree without built files, so that a build does not change the tree.
copy_sources() {
	mkdir -p "$1"
	if [[ -e $top/.git ]] && command -v git >/dev/null; then
		# Under sudo the clone belongs to another user, which git refuses by default.
		git -c "safe.directory=$top" -C "$top" ls-files -z --cached --others --exclude-standard |
			(cd "$top" && while IFS= read -r -d '' path; do
				[[ ! -e $path && ! -L $path ]] || printf '%s\0' "$path"
			done) |
			tar -C "$top" --null --files-from=- -cf - | tar -C "$1" --no-same-owner -xf -
	else
		tar -C "$top" --exclude=./.git --exclude='./build*' --exclude='*.o' --exclude='*.a' \
			--exclude=./config.status --exclude=./Makefile -cf - . | tar -C "$1" --no-same-owner -xf -
	fi
}

#
# Builds: each made once, in its own directory of $work beside one copy of the sources; what is said
# goes to $work/log
#
work=

# has_build NAME CONFIGURE-ARGUMENT...: returns whether this build exists, and makes it if not
has_build() {
	local dir=$work/$1
	[[ ! -e $dir.done ]] || return 0
	has_sources || return 1
	mkdir -p "$dir"
	(
		set -e
		cd "$dir"
		../source/configure --quiet --enable-werror "${@:2}"
		make -j"$(nproc)"
	) >"$work/log/build-$1" 2>&1 </dev/null || return 1
	touch "$dir.done"
}

has_sources() {
	[[ ! -x $work/source/configure ]] || return 0
	copy_sources "$work/source"
	(cd "$work/source" && ./autogen.sh) >"$work/log/autogen" 2>&1 </dev/null
}

# clear_work: removes everything but the findings of the fuzz harnesses.
clear_work() {
	[[ -n $work ]] || return 0
	find "$work" -mindepth 1 -maxdepth 1 ! -name fuzz-findings -exec rm -rf {} +
	rmdir "$work" 2>/dev/null || :
}
