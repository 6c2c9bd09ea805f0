#!/bin/bash
# Files of others that cannot be read, that are too many or too large: each is named, and no verb
# answers "in order" then. Run as root and as a user, on images.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"
need_root
chmod 755 "$work"

user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
config=etc/conntrack-persist.conf

# host: makes an image in which everything is installed and in order.
host() {
	image
	mkdir -p "$work/image"/etc/{sysctl.d,modprobe.d,udev/rules.d,modules-load.d}
	printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >"$work/image/$config"
	bounded "$1: install" 0 -- "$program" -q --root="$work/image" install
}

# check NAME STATUS...: checks the exit status of check as root; "users" may read everything else in
# the image.
check() {
	bounded "$@" -- "$program" --root="$work/image" check
}
check_as_user() {
	bounded "$@" -- "${user[@]}" "$program" --root="$work/image" check
}

# unread NAME WORDS: checks that the last run names the file with these words and does not say "in
# order".
unread() {
	says "$1" "$2"
	says_not "$1" 'In order'
	says_not "$1" 'Nothing to do: every file'
}

host 'in order'
check 'in order' 0
says 'in order' 'In order: every file is as configured.'
check_as_user 'in order, for a user' 0
says 'in order, for a user' 'In order: every file is as configured.'

#
# What only root may read
#
for path in sysctl.d/10-a.conf modprobe.d/a.conf udev/rules.d/10-a.rules modules-load.d/a.conf; do
	name="$path of mode 0600"
	host "$name"
	echo '# nothing' >"$work/image/etc/$path"
	chmod 600 "$work/image/etc/$path"
	check_as_user "$name" 1
	unread "$name" "cannot read $work/image/etc/$path: Permission denied; run it as root"
	check "$name, as root" 0
	bounded "$name: JSON" 1 -- "${user[@]}" "$program" --json --root="$work/image" check
	python3 - "$work/out" "$work/image/etc/$path" <<-'END' || fail "$name: JSON"
		import json, sys
		report = json.load(open(sys.argv[1]))
		assert [item["path"] for item in report["unread"]] == [sys.argv[2]], report["unread"]
		assert report["unread"][0]["reason"].startswith("Permission denied"), report["unread"]
		assert report["state"] != "in-order", report["state"]
	END
	name="${path%/*} is closed"
	chmod 644 "$work/image/etc/$path"
	chmod 700 "$work/image/etc/${path%/*}"
	check_as_user "$name" 1
	says_not "$name" 'In order'
done

# The file belongs to another program: the verdict is that of an ordinary user, and says so.
for path in default/ufw ufw/ufw.conf tuned/active_profile kubernetes/kube-proxy-config.yaml; do
	name="$path of mode 0600"
	host "$name"
	mkdir -p "$work/image/etc/${path%/*}"
	echo '# nothing' >"$work/image/etc/$path"
	chmod 600 "$work/image/etc/$path"
	check_as_user "$name" 0
	says "$name" 'as far as you can see without root'
	says "$name" "cannot read $work/image/etc/$path: Permission denied; run it as root"
	check "$name, as root" 0
	says_not "$name, as root" 'without root'
done

#
# What nobody can read, as root and as a user
#
name='a FIFO'
host "$name"
mkfifo "$work/image/etc/sysctl.d/10-a.conf"
check "$name" 1
unread "$name" 'sysctl.d/10-a.conf: a FIFO, socket or device where a file is expected'
check_as_user "$name, as a user" 1

name='a device'
host "$name"
mknod "$work/image/etc/modprobe.d/a.conf" c 1 5
check "$name" 1
unread "$name" 'modprobe.d/a.conf: a FIFO, socket or device where a file is expected'

name='a link in a circle'
host "$name"
ln -s a.rules "$work/image/etc/udev/rules.d/a.rules"
check "$name" 1
unread "$name" 'udev/rules.d/a.rules: Too many levels of symbolic links'
check_as_user "$name, as a user" 1
rm -r "$work/image/etc/udev/rules.d"
ln -s rules.d "$work/image/etc/udev/rules.d"
check "$name: the folder" 1
says_not "$name: the folder" 'In order'

# No program reads any of these files, so that they set nothing.
name='folders, links to nowhere and to /dev/null'
host "$name"
mkdir "$work/image"/etc/{sysctl.d,modprobe.d,modules-load.d}/a.conf "$work/image/etc/udev/rules.d/a.rules"
ln -s nowhere "$work/image/etc/sysctl.d/b.conf"
ln -s /dev/null "$work/image/etc/sysctl.d/c.conf"
check "$name" 0
says "$name" 'In order'
check_as_user "$name, as a user" 0

#
# What is too large
#
for path in sysctl.d/10-a.conf modprobe.d/a.conf udev/rules.d/10-a.rules modules-load.d/a.conf; do
	name="$path is too large"
	host "$name"
	head -c 4194305 /dev/zero | tr '\0' '#' >"$work/image/etc/$path"
	check "$name" 1
	unread "$name" "cannot read $work/image/etc/$path: larger than 4 MiB; split it into smaller files"
	check_as_user "$name, as a user" 1
	# This carries out the advice.
	(cd "$work/image/etc/${path%/*}" && split -n 2 --additional-suffix=".${path##*.}" "${path##*/}" 10-a && rm "${path##*/}")
	check "$name, split" 0
	name="$path is sparse"
	truncate -s 20G "$work/image/etc/$path"
	check "$name" 1
	unread "$name" 'larger than 4 MiB'
done

name='16 MiB'
host "$name"
for ((i = 10; i < 28; i++)); do head -c 1M /dev/zero | tr '\0' '#' >"$work/image/etc/sysctl.d/$i.conf"; done
check "$name" 1
unread "$name" 'sysctl.d/26.conf: 16 MiB of sysctl.d were read before it'
# This carries out the advice.
rm "$work/image/etc/sysctl.d"/1[0-2].conf
check "$name, some removed" 0

name='2,000 links to one drop-in of 1 MiB'
host "$name"
head -c 1M /dev/zero | tr '\0' '#' >"$work/image/big"
for ((i = 0; i < 2000; i++)); do ln -s /big "$work/image/etc/sysctl.d/$i.conf"; done
check "$name" 1
unread "$name" '16 MiB of sysctl.d were read before it'

name='40 links to 1 MiB of assignments'
host "$name"
python3 -c 'print("a=\n" * 349525, end="")' >"$work/image/big"
for ((i = 0; i < 40; i++)); do ln -s /big "$work/image/etc/sysctl.d/$i.conf"; done
check "$name" 1
unread "$name" '16 MiB of sysctl.d were read before it'

#
# What is too many
#
# many FOLDER SUFFIX COUNT: empty files.
many() {
	(cd "$work/image/$1" && seq 1 "$3" | sed "s/\$/$2/" | xargs -r touch)
}
name='10,001 drop-ins'
host "$name"
many etc/sysctl.d .conf 10001
check "$name" 1
unread "$name" "cannot read $work/image/etc/sysctl.d: more than 10,000 files in one folder; remove the ones that you do not need"
rm "$work"/image/etc/sysctl.d/1000*.conf
check "$name, some removed" 0
says "$name, some removed" 'In order'

name='12,000 drop-ins in two folders'
host "$name"
mkdir "$work/image/usr/lib/sysctl.d"
many etc/sysctl.d .conf 6000
many usr/lib/sysctl.d .other.conf 6000
check "$name" 1
unread "$name" '10,000 files of sysctl.d were read before it'

name='150,000 names of any kind'
host "$name"
many etc/modprobe.d .nothing 150000
check "$name" 1
unread "$name" 'modprobe.d: more than 10,000 files in one folder'

# cost COUNT: prints the instructions of check with so many drop-ins in each folder.
cost() {
	host "$1 drop-ins" >&2
	many etc/sysctl.d .conf "$1"
	many etc/modprobe.d .conf "$1"
	many etc/udev/rules.d .rules "$1"
	many etc/modules-load.d .conf "$1"
	instructions "$program" -q --root="$work/image" check
}
linear 'drop-ins' 4 "$(cost 0)" "$(cost 400)" "$(cost 1600)"

#
# Files of rules, which are streamed, and what they include
#
# rules_host NAME: nftables.service starts at boot, in six targets.
rules_host() {
	local target
	host "$1"
	for target in sysinit basic network-pre network multi-user sockets; do
		mkdir -p "$work/image/etc/systemd/system/$target.target.wants"
		ln -s /usr/lib/systemd/system/nftables.service "$work/image/etc/systemd/system/$target.target.wants/"
	done
	mkdir "$work/image/etc/nft"
	printf '%s\n' '[conntrack]' 'mode = disable' >"$work/disable.conf"
}
# With mode = disable, check looks for users. The mode differs from the installed one, so it exits
# 2.
plan() {
	bounded "$@" -- "$program" -c "$work/disable.conf" --root="$work/image" plan
}
# includes COUNT: one file includes so many others, each of which includes the first.
includes() {
	rules_host "$1 includes" >&2
	python3 - "$work/image/etc" "$1" <<-'END'
		import sys
		folder, count = sys.argv[1], int(sys.argv[2])
		lines = ['include "nft/%d.nft"\n' % i for i in range(count)]
		open(folder + "/nftables.conf", "w").write("".join(lines))
		for i in range(count):
		    open("%s/nft/%d.nft" % (folder, i), "w").write(lines[0] + "table ip a { }\n")
	END
}
name='2,000 includes in 6 units'
includes 2000
plan "$name" 2
says_not "$name" 'cannot read'
# cost_of_includes COUNT: prints the instructions.
cost_of_includes() {
	includes "$1"
	instructions "$program" -q -c "$work/disable.conf" --root="$work/image" plan
}
linear 'includes' 4 "$(cost_of_includes 0)" "$(cost_of_includes 100)" "$(cost_of_includes 400)"

name='rules of 60 MiB'
rules_host "$name"
python3 -c 'print("add rule ip a b ip saddr 192.0.2.1 accept\n" * 1500000 + "ct state new accept")' >"$work/image/etc/nftables.conf"
plan "$name" 2
says "$name" '(line 1500001)'
name='rules of 80 MiB'
truncate -s 80M "$work/image/etc/nftables.conf"
plan "$name" 2
says "$name" '64 MiB of files of rules were read, and the program reads no more'
name='one line of 60 MiB'
head -c 60M /dev/zero | tr '\0' 'c' >"$work/image/etc/nftables.conf"
plan "$name" 2
says_not "$name" 'cannot read'

name='includes that are 30 deep'
rules_host "$name"
echo 'include "nft/1"' >"$work/image/etc/nftables.conf"
for ((i = 1; i < 30; i++)); do echo "include \"nft/$((i + 1))\"" >"$work/image/etc/nft/$i"; done
plan "$name" 2
says "$name" 'etc/nft/17: included more than 16 files deep, which nft refuses'

name='includes in a circle'
rules_host "$name"
echo 'include "/etc/nft/*"' | tee "$work/image/etc/nftables.conf" >"$work/image/etc/nft/a"
ln -s a "$work/image/etc/nft/b"
ln -s c "$work/image/etc/nft/c"
plan "$name" 2
says "$name" 'etc/nft/c: Too many levels of symbolic links'

name='patterns for very many names'
rules_host "$name"
many etc/nft '' 2000
for ((i = 0; i < 2000; i++)); do printf 'include "/etc/nft/*%s*a*b*c*d*e*f*"\n' "$i"; done >"$work/image/etc/nftables.conf"
plan "$name" 2
says "$name" 'patterns of included files were compared with 100,000 names'

#
# Other verbs
#
name='a drop-in that cannot be read'
host "$name"
echo 'net.netfilter.nf_conntrack_max = 5' >"$work/image/etc/sysctl.d/99-a.conf"
chmod 600 "$work/image/etc/sysctl.d/99-a.conf"
bounded "$name: plan" 1 -- "${user[@]}" "$program" --root="$work/image" plan
unread "$name: plan" 'sysctl.d/99-a.conf: Permission denied; run it as root'
bounded "$name: adoption" 1 -- "${user[@]}" "$program" --root="$work/image" plan --from-system
says "$name: adoption" 'None of the sources that could be read sets a value'
says_not "$name: adoption" 'this command reads sets'
# This carries out the advice of each of these messages: as root the override is found, and install
# reports it.
bounded "$name: adoption as root" 0 -- "$program" --root="$work/image" plan --from-system
says "$name: adoption as root" 'max = 5'
chmod 644 "$work/image/etc/sysctl.d/99-a.conf"
truncate -s 5M "$work/image/etc/sysctl.d/99-a.conf"
bounded "$name: install" 2 -- "$program" --root="$work/image" install
says "$name: install" 'sysctl.d/99-a.conf: larger than 4 MiB'
says "$name: install" 'It is not known whether another source overrides the values: see the warnings.'
says_not "$name: install" 'at every load'

name='a configuration of too many drop-ins'
host "$name"
mkdir "$work/image/etc/conntrack-persist.conf.d"
many etc/conntrack-persist.conf.d .conf 10001
check "$name" 1
says "$name" 'more than 10,000 files in one folder'
name='a configuration of more than 16 MiB'
rm -r "$work/image/etc/conntrack-persist.conf.d"
mkdir "$work/image/etc/conntrack-persist.conf.d"
head -c 4M /dev/zero | tr '\0' '#' >"$work/image/big"
for ((i = 0; i < 200; i++)); do ln -s /big "$work/image/etc/conntrack-persist.conf.d/$i.conf"; done
check "$name" 1
says "$name" 'the files of the configuration have more than 16 MiB in total'

#
# Of the running host, whose /etc is another one for the time of the test
#
cat >"$work/host.sh" <<'END'
set -euo pipefail
for folder in /etc /var/lib /run; do mount -t tmpfs -o mode=755 none "$folder"; done
mkdir -p /etc/sysctl.d /etc/modprobe.d
printf '%s\n' '[conntrack]' 'max = 100000' 'hashsize = 100000' >/etc/conntrack-persist.conf
"$1" -q --no-live install
# Opening works, but reading fails.
ln -s /proc/self/mem "/etc/$2"
exec "$1" check
END
for path in sysctl.d/10-a.conf modprobe.d/a.conf sysctl.conf; do
	name="an error of input and output in $path"
	bounded "$name" 1 -- unshare --mount --propagation private bash "$work/host.sh" "$program" "$path"
	unread "$name" "cannot read /etc/$path: Input/output error"
done

finish
