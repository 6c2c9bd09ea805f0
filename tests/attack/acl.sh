#!/bin/bash
# A directory that an access control list lets another user write to is refused, and the proposed
# cure works.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
if [[ ${1-} != alone ]]; then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --propagation private "$0" alone
fi
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
for folder in /etc /var/lib /run; do
	mount -t tmpfs -o mode=755 none "$folder"
done
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >/etc/conntrack-persist.conf

# Writes the attribute as the kernel stores it, because not every machine has setfacl. allow
# DIRECTORY TAG ID
cat >"$work/allow" <<'ALLOW'
import os, struct, sys
entries = [(1, 7, -1), (4, 5, -1), (16, 7, -1), (32, 5, -1), (int(sys.argv[2]), 7, int(sys.argv[3]))]
entries.sort(key=lambda entry: entry[0])
os.setxattr(sys.argv[1], "system.posix_acl_access",
            struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries))
ALLOW
can_write() {
	setpriv --reuid 65534 --regid 65534 --clear-groups touch "$1/of-another-user" 2>/dev/null
}

for directory in /etc/modprobe.d /etc/sysctl.d /etc/udev /etc /var/lib/conntrack-persist /var/lib; do
	for tag in 2 8; do
		name="$directory, tag $tag"
		mkdir -p "$directory"
		python3 "$work/allow" "$directory" "$tag" 65534
		can_write "$directory" || fail "$name: the list does not do what this test is about"
		bounded "$name" 3 -- "$program" install
		says "$name" "refused: $directory has an access control list"
		says "$name" '(chown 0:0, chmod go-w)'
		says "$name" 'nothing was changed'
		rm "$directory/of-another-user"
		chown 0:0 "$directory"
		chmod go-w "$directory"
		! can_write "$directory" || fail "$name: the cure is none"
		bounded "$name, cured" 0 -- "$program" install
		bounded "$name, uninstalled" 0 -- "$program" uninstall
	done
done

name='a list for root alone'
python3 "$work/allow" /etc/modprobe.d 2 0
bounded "$name" 0 -- "$program" install
finish
