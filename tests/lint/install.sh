#!/bin/bash
# Checks that "make install" puts the program where every user's PATH finds it, with pages that name
# the installed files, and that "make uninstall" removes everything.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${builddir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() {
	echo "$*"
	bad=1
}
# make_into ROOT ARGUMENT...: runs a make that is independent of the make that runs the tests and of
# its jobs.
make_into() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" DESTDIR="$work/$1" "${@:2}" >"$work/log" 2>&1 || {
		cat "$work/log"
		exit 1
	}
}
left() {
	find "$work/$1" ! -type d
}
version() {
	"$work/$1" --version | head -n 1
}

prefix=$(sed -n 's/^prefix = //p' "$builddir/Makefile")
folders=(bindir="$prefix/bin" sbindir="$prefix/sbin" docdir="$prefix/share/doc/conntrack-persist")
# The installation runs twice, because the second one finds the link of the first.
for _ in once again; do
	make_into apart install "${folders[@]}"
	[[ $(readlink "$work/apart$prefix/bin/conntrack-persist") == ../sbin/conntrack-persist ]] ||
		complain "$prefix/bin/conntrack-persist does not lead to ../sbin"
	[[ $(version "apart$prefix/bin/conntrack-persist") == 'conntrack-persist '* ]] || complain "it is not the program"
done
make_into apart uninstall "${folders[@]}"
[[ -z $(left apart) ]] || complain "uninstall has left: $(left apart)"

# Arch Linux has everything in bin; Fedora has sbin as a link to bin from release 42 on.
folders[1]=sbindir=$prefix/bin
make_into together install "${folders[@]}"
[[ ! -L $work/together$prefix/bin/conntrack-persist ]] || complain "sbindir is bindir: the program is a link"
make_into together uninstall "${folders[@]}"
[[ -z $(left together) ]] || complain "sbindir is bindir: uninstall has left: $(left together)"
folders[1]=sbindir=$prefix/sbin
mkdir -p "$work/merged$prefix/bin"
ln -s bin "$work/merged$prefix/sbin"
make_into merged install "${folders[@]}"
[[ $(version "merged$prefix/bin/conntrack-persist") == 'conntrack-persist '* ]] || complain "sbin leads to bin: no program"
make_into merged uninstall "${folders[@]}"
[[ $(left merged) == "$work/merged$prefix/sbin" ]] || complain "sbin leads to bin: uninstall has left: $(left merged)"

# Another file of that name in bin is not removed.
make_into foreign install "${folders[@]}"
ln -sf /bin/true "$work/foreign$prefix/bin/conntrack-persist"
make_into foreign uninstall "${folders[@]}"
[[ -L $work/foreign$prefix/bin/conntrack-persist ]] || complain "uninstall has removed a link of somebody else's"

# Each file that a page names exists, wherever the documentation is installed.
for doc in "$prefix/share/doc/conntrack-persist" /opt/documents; do
	rm -rf "$work/pages"
	make_into pages install "${folders[@]:0:2}" docdir="$doc"
	pages=("$work/pages$prefix/share/man"/man*/*)
	((${#pages[@]} == 4)) || complain "there are ${#pages[@]} pages: ${pages[*]}"
	# In a page "\&" is an empty character.
	named=$(sed 's/\\&//g' "${pages[@]}" | grep -oE '/(usr/share/doc|usr/local/share/doc|opt/documents)[a-z/.-]*' | sort -u)
	[[ -n $named ]] || complain "no page names the documentation"
	for path in $named; do
		[[ -e $work/pages$path ]] || complain "a page names $path, which is not installed"
	done
	# The same for links, except to what make install leaves out.
	links=$(grep -ohE '(\]\(|(src|srcset)=")[^)#":]+' "$work/pages$doc"/*.md | sed -E 's/^(\]\(|[a-z]+=")//' | sort -u)
	(($(wc -l <<<"$links") > 30)) || complain "only $(wc -l <<<"$links") links were found"
	for path in $links; do
		[[ $path =~ ^(ansible|puppet|udev|sysctl.d|modprobe.d)/ || $path =~ ^(NEWS|COPYING|https?)$ || -e $work/pages$doc/$path ]] ||
			complain "a page links to $path, which is not installed"
	done
done
exit $bad
