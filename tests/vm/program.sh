#!/bin/bash
# Builds the program in a chroot of a suite, with that suite's libraries; prints the path of the tar
# with the files of make install.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: program.sh SUITE
#
# SUITE may be SUITE@TYPE, another machine type (see machine.sh). The program is cross built then.
#
# The chroot is kept as images are, and the tar for as long as what it is built of is the same. The
# tar has predict and kernel-sizes of the tests besides, in /usr/local/libexec.
#
# VM_CACHE     see image.sh
#
# Exit status 77: the mirror that this machine uses does not serve SUITE.
set -euo pipefail

suite=${1:?usage: program.sh SUITE}
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=suite.sh
. "$here/suite.sh"
# shellcheck source=chroot.sh
. "$here/chroot.sh"
# shellcheck source=../../scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=../machines/chroot.sh
. "$here/../machines/chroot.sh"

configure=
if [[ $suite == *@* ]]; then
	# arm64-16k is another kernel of arm64.
	type=${suite#*@}
	find_machine_chroot "${suite%%@*}" "${type%-16k}"
else
	find_chroot "$suite" chroot "$("$here/../../scripts/packages" --list build | xargs | tr ' ' ,)"
fi

make_work "$suite-program"
copy_sources "$work/source"
# Files that are only read, or only run on the builder, do not change the program.
recipe=$(cd "$work/source" && find . -type f ! -name '*.md' ! -path './docs/*' ! -path './bench/*' \
	! -path './tests/vm/*' ! -path './tests/cases/*' -print0 | sort -z |
	xargs -0 sha256sum | cat - "$here/program.sh" <(echo "$chroot") | sha256sum | cut -c 1-16)
program=$cache/$suite-program-$recipe
if [ ! -d "$program" ]; then
	echo "program.sh: building the program for $suite" >&2
	rm -rf "$root/build"
	mkdir "$root/build"
	mv "$work/source" "$root/build/source"
	# shellcheck disable=SC2016
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		chroot "$root" bash -euc 'cd /build/source
			./autogen.sh
			mkdir ../work
			cd ../work
			../source/configure --quiet $1
			make -j"$(nproc)"
			make -j"$(nproc)" tests/predict tests/kernel-sizes
			make install DESTDIR=/build/host
			install -D -t /build/host/usr/local/libexec tests/predict tests/kernel-sizes' - "$configure" \
		>"$work/log" 2>&1 </dev/null || {
		cat "$work/log" >&2
		exit 1
	}
	tar -C "$root/build/host" --owner=0 --group=0 -cf "$work/program.tar" .
	rm -rf "$root/build"
	keep_work "$suite-program-$recipe"
fi
touch "$program"
echo "$program/program.tar"
