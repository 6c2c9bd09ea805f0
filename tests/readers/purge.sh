#!/bin/bash
# The postrm of the Debian package removes what the program has written, as uninstall would, and
# nothing else.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${CONNTRACK_PERSIST:?is set by make check}" "${srcdir:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=$work/image
state=/var/lib/conntrack-persist
modprobe=/etc/modprobe.d/conntrack-persist.conf
sysctl=/etc/sysctl.d/90-conntrack-persist.conf
rule=/etc/udev/rules.d/60-conntrack-persist.rules
drop_in=/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf
boot=(/run/modprobe.d/conntrack-persist-sizes.conf /run/sysctl.d/91-conntrack-persist-sizes.conf
	/run/udev/rules.d/61-conntrack-persist-sizes.rules)

fail() {
	echo "$story: $*"
	exit 1
}

# same WHAT GOT WANTED: fails if they differ
same() {
	[[ $2 == "$3" ]] || fail "$(printf '%s:\ngot    %s\nwanted %s\n' "$@")"
}

# host STORY: makes a fresh host with files of other programs.
host() {
	story=$1
	rm -rf "$image"
	mkdir -p "$image"/{etc/modprobe.d,var/lib,run/conntrack-persist}
	echo theirs >"$image/etc/modprobe.d/theirs.conf"
	echo secret >"$image/etc/shadow"
	printf '%s\n' '[conntrack]' 'max = 500000' '[apply]' 'on_drift = restore' 'namespaces = all' '[timeouts]' 'udp = 45' >"$image/etc/conntrack-persist.conf"
	bare=$(listing)
}

ctp() {
	"$CONNTRACK_PERSIST" --quiet --root="$image" "$@"
}

# postrm WORD: runs it and sets said.
postrm() {
	DPKG_ROOT=$image sh "$srcdir/debian/postrm" "$1" 2>&1
}

# listing: lists everything except /run, which a reboot clears.
listing() {
	(cd "$image" && find . -path ./run -prune -o -printf '%p %y %m %U %G %l\n' -type f -exec sha256sum {} \;) | sort
}

# as_uninstall: purges, and compares what is left with what uninstall leaves. said: the output.
as_uninstall() {
	local wanted
	cp -a "$image" "$work/before"
	ctp uninstall >"$work/log" 2>&1 || fail "uninstall: $(cat "$work/log")"
	wanted=$(listing)
	rm -rf "$image"
	mv "$work/before" "$image"
	said=$(postrm purge)
	same 'what is left is what uninstall leaves' "$(listing)" "$wanted"
}

# record TEXT: writes a record that the program would not write.
record() {
	mkdir -p "$image$state/replaced"
	printf '%s\n' "$@" >"$image$state/manifest"
}

story='the paths'
# The files below /run/conntrack-persist are removed with their directory.
same 'as the program has them' \
	"$(sed -n "/^paths=/,/'\$/p" "$srcdir/debian/postrm" | tr -d "'\t" | sed 's/^paths=//' | sort)" \
	"$(sed -n '/define PATH_STATE/q; /\\$/{N;s/\\\n//;}; s/^#define PATH_[A-Z_]*[[:space:]]*"\(.*\)"/\1/p' "$srcdir/src/model/plan/artifact.h" |
		grep -v ^/run/conntrack-persist/ | sort)"

host 'never installed'
as_uninstall
same 'said' "$said" ''

host 'installed'
ctp install
[[ -e $image$drop_in ]] || fail 'there is no drop-in to purge'
as_uninstall
same 'said' "$said" ''
same 'nothing is left' "$(listing)" "$bare"

host 'other calls than purge'
ctp install
before=$(listing)
for word in remove upgrade failed-upgrade abort-install abort-upgrade disappear; do
	same "$word" "$(postrm $word) $(listing)" " $before"
done

host 'installed and uninstalled'
ctp install
ctp uninstall
before=$(listing)
same 'said' "$(postrm purge)" ''
same 'nothing was left to do' "$(listing)" "$before"

host 'mode disable'
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
sed -i 's/^\[conntrack\]/&\nmode = disable/' "$image/etc/conntrack-persist.conf"
ctp install --force 2>/dev/null
as_uninstall
same 'put back' "$(cat "$image$modprobe")" 'options nf_conntrack hashsize=1'

host 'edited'
ctp install
echo '# mine' >>"$image$sysctl"
same 'said' "$(postrm purge)" "conntrack-persist: $sysctl was edited since it was written, and stays"
same 'left' "$(cd "$image" && find etc var -name '*conntrack-persist*' | sort)" \
	"$(printf '%s\n' etc/conntrack-persist.conf "${sysctl#/}")"

host 'edited, and no header left'
ctp install
echo '# mine' >"$image$sysctl"
same 'said' "$(postrm purge)" "conntrack-persist: $sysctl was edited since it was written, and stays"

host 'known by the record alone'
ctp install
old=$(sha256sum <"$image$sysctl" | cut -c 1-64)
echo 'without a header' >"$image$sysctl"
sed -i "s/$old/$(sha256sum <"$image$sysctl" | cut -c 1-64)/" "$image$state/manifest"
as_uninstall
same 'nothing is left' "$(listing)" "$bare"

host 'replaced by force'
mkdir -p "$image/etc/udev/rules.d"
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
chmod 600 "$image$modprobe"
ln -s theirs "$image$rule"
ctp install --force 2>/dev/null
as_uninstall
same 'put back' "$(listing | grep -cF -e "$modprobe f 600" -e "$rule l 777")" 2
same 'said' "$said" "conntrack-persist: $modprobe was put back as it was before install --force
conntrack-persist: $rule was put back as it was before install --force"
cp -a "$image/." "$work/once"
same 'again' "$(postrm purge) $(diff -r --no-dereference "$image" "$work/once")" ' '

host 'replaced by force, and since then gone'
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
ctp install --force 2>/dev/null
rm "$image$modprobe"
as_uninstall
same 'put back' "$(cat "$image$modprobe")" 'options nf_conntrack hashsize=1'

host 'replaced by force, and put back by hand'
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
ctp install --force 2>/dev/null
cp "$image$state/replaced/"* "$image$modprobe"
as_uninstall
same 'said' "$said" ''

host 'replaced by force, and the copy is gone'
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
ctp install --force 2>/dev/null
rm "$image$state/replaced/"*
as_uninstall
same 'said' "$said" "conntrack-persist: $state/replaced/etc_modprobe.d_conntrack-persist.conf, the copy of the replaced file, no longer exists"

host 'replaced by force, and edited since'
echo 'options nf_conntrack hashsize=1' >"$image$modprobe"
ctp install --force 2>/dev/null
echo '# mine' >>"$image$modprobe"
same 'said' "$(postrm purge)" "conntrack-persist: $modprobe was edited since it was written, and stays
conntrack-persist: $state/replaced/etc_modprobe.d_conntrack-persist.conf, a copy of a file that was replaced, stays"
same 'left' "$(tail -n 1 "$image$modprobe") $(cat "$image$state/replaced/"*)" '# mine options nf_conntrack hashsize=1'
[[ ! -e $image$state/manifest ]] || fail 'the record is left'

host 'masked'
ctp install
ln -sf /dev/null "$image$rule"
as_uninstall
same 'said' "$said" ''
same 'the link stays' "$(readlink "$image$rule")" /dev/null

host 'the record is lost'
ctp install
rm "$image$state/manifest"
same 'said' "$(postrm purge)" ''
same 'all is gone' "$(cd "$image" && find etc var -name '*conntrack-persist*' ! -name '*.d')" etc/conntrack-persist.conf

host 'the sizes of a boot'
ctp install
for file in "${boot[@]}" "$state/lock"; do
	install -D "$image$sysctl" "$image$file"
done
rm "$image$state/lock"
echo '# mine' >>"$image${boot[0]}"
echo 'load 1' >"$image/run/conntrack-persist/applied"
same 'said' "$(postrm purge)" "conntrack-persist: ${boot[0]} was edited since it was written, and stays"
same 'left' "$(find "$image/run" ! -type d) $(ls "$image/run")" "$image${boot[0]} modprobe.d
sysctl.d
udev"

host 'a hostile record'
mkdir "$image/etc/sysctl.d"
echo theirs >"$image$sysctl"
sum=$(sha256sum <"$image/etc/shadow" | cut -c 1-64)
record '{' '"version": 1,' '"files": [' '{' '"path": "/etc/shadow",' "\"sha256\": \"$sum\"" '},' \
	'{' '"path": "/etc/modprobe.d/../shadow",' "\"sha256\": \"$sum\"" '},' \
	'{' '"path": "/etc/modprobe.d/theirs.conf",' "\"sha256\": \"$(sha256sum <"$image/etc/modprobe.d/theirs.conf" | cut -c 1-64)\"" '},' \
	'{' "\"path\": \"$modprobe\"," "\"replaced\": \"/etc/shadow\"" '},' \
	'{' "\"path\": \"$rule\"," "\"replaced\": \"$state/replaced/etc_udev_rules.d_60-conntrack-persist.rules.1/../../../../../etc/shadow\"" '},' \
	'{' "\"path\": \"$drop_in\"," "\"replaced\": \"$state/replaced/../../../../etc/shadow\"" '},' \
	'{' "\"path\": \"/\$(touch /tmp/x) * \`id\` "$'\e[2J'"\\\\033\"," '"sha256": ""' '}' \
	'],' '"directories": [' '"/etc",' '"/var/lib",' "\"/etc/udev\"" ']' '}'
mkdir -p "$image/etc/udev" "$image/etc/empty"
before=$(listing | grep -v "$state")
said=$(postrm purge)
same 'nothing else is touched' "$(listing | grep -v "$state")" \
	"$(grep -v -e '^\./etc/udev d' <<<"$before")"
same 'said' "$said" "conntrack-persist: $state/manifest has no place for a copy of $modprobe that can be right: none is put back
conntrack-persist: $state/manifest has no place for a copy of $rule that can be right: none is put back
conntrack-persist: $state/manifest has no place for a copy of $drop_in that can be right: none is put back
conntrack-persist: /etc/shadow is no path of conntrack-persist, and is not touched
conntrack-persist: /etc/modprobe.d/../shadow is no path of conntrack-persist, and is not touched
conntrack-persist: /etc/modprobe.d/theirs.conf is no path of conntrack-persist, and is not touched
conntrack-persist: /\$(touch /tmp/x) * \`id\` ?[2J\\\\033 is no path of conntrack-persist, and is not touched"

host 'a record that is cut off'
ctp install
for size in 0 1 100 200 400; do
	cp -a "$image" "$work/cut"
	head -c "$size" "$work/cut$state/manifest" >"$work/manifest"
	printf '\0\377"' >>"$work/manifest"
	mv "$work/manifest" "$work/cut$state/manifest"
	same 'said' "$(DPKG_ROOT=$work/cut sh "$srcdir/debian/postrm" purge 2>&1)" ''
	same 'all is gone' "$(cd "$work/cut" && find etc var ! -type d | sort | paste -sd ' ')" \
		'etc/conntrack-persist.conf etc/modprobe.d/theirs.conf etc/shadow'
	rm -rf "$work/cut"
done
