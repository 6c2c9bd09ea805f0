#!/bin/bash
# Random valid configurations: udev, systemd-sysctl, sysctl, modprobe and systemd read exactly the
# intended numbers from the files, and nothing else. Everything happens in namespaces where the test
# makes /proc/sys, /sys and /etc.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Usage: random-configurations.sh [SEED [CONFIGURATIONS]]
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
: "${CONNTRACK_PERSIST:?is set by make check}" "${builddir:?is set by make check}"
export LC_ALL=C
# shellcheck source=make-configuration.sh
source "$(dirname "$0")/make-configuration.sh"
seed=${1:-$SRANDOM}
configurations=${2:-100}
# Mounts are made only in a namespace of the test: a script that was started in another one gets its
# identity and must not be in that one.
mount_namespace=$(readlink /proc/self/ns/mnt)
[[ $mount_namespace == mnt:* ]] || { echo 'cannot tell namespaces apart here'; exit 77; }
if (($# < 3)); then
	[[ $EUID == 0 ]] || { echo 'needs root'; exit 77; }
	exec unshare --mount --net --propagation private "$0" "$seed" "$configurations" "$mount_namespace"
fi
[[ $3 == mnt:* && $3 != "$mount_namespace" ]] || { echo 'not in a namespace of its own'; exit 1; }
trap 'echo "failed in line $LINENO"' ERR

#
# The fake host. All is written to file systems that were made here and end with this namespace.
#
own() {
	local device
	device=$(stat -c %d "$1")
	mount -t tmpfs random "$1"
	[[ $(stat -c %d "$1") != "$device" ]] || { echo "$1 is still the host's"; exit 1; }
}
own /run
work=/run/random
image=$work/image
mkdir -p $work $image/etc $image/var/lib
cp -a /etc $work/etc
own /etc
cp -a $work/etc/. /etc/
table_take "$CONNTRACK_PERSIST"
own /proc/sys
own /sys
for directory in /usr/lib/sysctl.d /usr/lib/udev/rules.d /lib/sysctl.d /lib/udev/rules.d /usr/local/lib/sysctl.d; do
	[[ ! -d $directory ]] || own $directory
done
rm -rf /etc/sysctl.conf /etc/sysctl.d /etc/udev/rules.d
mkdir -p /etc/udev
ln -s $image/etc/sysctl.d /etc/sysctl.d
ln -s $image/etc/udev/rules.d /etc/udev/rules.d

netfilter=/proc/sys/net/netfilter
module=/sys/module/nf_conntrack
hashsize_file=$module/parameters/hashsize
buckets_of_a_page=(512 2048 8192)
[[ $(uname -m) != @(x86_64|i?86) ]] || buckets_of_a_page=(512)
declare -A before=() # PATH: its content, each file of the fake kernel
kernel=(/proc/sys/net/nf_conntrack_max /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/printk
	"$netfilter/nf_conntrack_"{buckets,count} "$netfilter/nf_log_all_netns"
	"$module/"{uevent,parameters/{hashsize,expect_hashsize,acct}} /sys/module/nf_nat/uevent)
for key in "${keys[@]}"; do kernel+=("$netfilter/$key"); done
for path in "${kernel[@]}"; do mkdir -p "${path%/*}"; done

# Every file contains a short mark and has an old date. The mark is short because not every writer
# truncates the file.
kernel_reset() {
	local path
	before=()
	for path in "${kernel[@]}"; do before[$path]=-; done
	for path; do before[${path%%=*}]=${path#*=}; done
	for path in "${!before[@]}"; do printf %s "${before[$path]}" >"$path"; done
	touch -d @0 "${!before[@]}"
}

# The kernel lacks some of the named files.
kernel_lacks() {
	local path
	for path; do
		rm "$path"
		unset "before[$path]" "expected[$path]"
	done
}

#
# Comparing
#
wrong() {
	echo "seed $seed, configuration $turn: $*"
	right=no
}

# same READER GOT WANTED: fails if they differ
same() {
	[[ $2 == "$3" ]] || wrong "$1"$'\ngot    '"$2"$'\nwanted '"$3"
}

# The program wrote what was expected. The dates show it, because a number may be the same as
# before.
compare_kernel() {
	local date path line count=0
	while read -r date path; do
		line=
		read -r line <"$path" || :
		count=$((count + 1))
		if [[ ! -v before[$path] ]]; then
			wrong "$1: made $path"
		elif [[ -v expected[$path] ]]; then
			[[ $date != 0.* && $line == "${expected[$path]}" ]] ||
				wrong "$1: $path is $line, not ${expected[$path]}"
			values=$((values + 1))
		elif [[ $date != 0.* || $line != "${before[$path]}" ]]; then
			wrong "$1: wrote $line to $path"
		fi
	done < <(find /proc/sys /sys -type f -printf '%T@ %p\n')
	((count == ${#before[@]})) || wrong "$1: removed a file"
}

#
# The readers
#
expect_settings() {
	local id
	expected=()
	for id in "${!keys[@]}"; do
		[[ ! -v want[$id] || ${want[$id]} == auto ]] || expected[$netfilter/${keys[$id]}]=${want[$id]}
	done
	[[ $max == auto ]] || expected[$netfilter/nf_conntrack_max]=$max
}

# The readers of systemd and procps, with keys missing.
read_sysctl() {
	local reader missing=() key status
	for reader in "${sysctl_readers[@]}"; do
		expect_settings
		[[ $policy != at_least ]] || unset "expected[$netfilter/nf_conntrack_max]"
		[[ $mode == tune ]] || expected=()
		kernel_reset
		missing=()
		for key in "${keys[@]}"; do ! chance 1 20 || missing+=("$netfilter/$key"); done
		kernel_lacks "${missing[@]}"
		status=0
		[[ -e $image/etc/sysctl.d/90-conntrack-persist.conf || $reader != *' -p '* ]] || continue
		$reader >$work/said 2>&1 || status=$?
		[[ $status == 0 ]] || wrong "$reader: ended with $status: $(<$work/said)"
		same "$reader says" "$(grep -E 'No such|annot |ignoring|ailed' $work/said || :)" ''
		compare_kernel "$reader"
	done
}

# The buckets as the kernel rounds them, for each page size of this architecture, because an image
# does not know the page size.
round_buckets() {
	local page
	rounded=()
	[[ $hashsize != auto ]] || return 0
	for page in "${buckets_of_a_page[@]}"; do rounded+=($(((hashsize + page - 1) / page * page))); done
}

# The present max, and whether the rule must keep it: with at_least it keeps a larger one, except
# the one that the kernel computes as 8 times the buckets. Sets lowers: whether the rule may lower
# it if there is room for the entries.
live_max() {
	local own=no limited=yes
	live_max=- lowers=no
	[[ $max != auto ]] || return 0
	one_of "${rounded[@]}"
	random_number 1 "$max"
	one_of 0 1 "$number" "$number" $((max - 1)) "$max" $((max + 1)) $((10 * max)) $((max / 10)) $((max / 2)) \
		$((8 * one)) $((8 * one + 8)) 2147483647 -1
	live_max=$one
	# Depending on its version, udev writes a number that is there already, or does not.
	[[ $policy == at_least || $live_max != "$max" ]] || live_max=$((max + 1))
	((live_max > 0)) || limited=no
	for one in "${rounded[@]}"; do ((live_max == max || live_max != 8 * one)) || own=yes; done
	[[ $limited == yes ]] && ((live_max <= max)) || lowers=yes
	[[ $policy == at_least && $own == no ]] && { [[ $lowers == yes ]] || ((live_max == max)); } || return 0
	lowers=no
	unset "expected[$netfilter/nf_conntrack_max]"
}

# The present hashsize: it is not written if it is the rounded configured one, nor if it is larger
# and belongs to a larger max.
live_hashsize() {
	local larger=() smallest=-
	live_hashsize=-
	[[ $hashsize != auto ]] || return 0
	expected[$hashsize_file]=$hashsize
	# Larger numbers are used only if they stay, because this plain file would keep old digits
	# behind a shorter number.
	if [[ $policy == at_least ]]; then
		larger=($((rounded[0] + 512)) $((10 * rounded[0])))
		smallest=1
	fi
	one_of "$smallest" 512 "$hashsize" "${rounded[@]}" "${larger[@]}"
	live_hashsize=$one
	[[ " ${rounded[*]} ${larger[*]} " != *" $one "* ]] || unset "expected[$hashsize_file]"
}

# The entries in the table: with more entries than the setting resize allows, the rule writes
# neither hashsize nor a max that is too large for the present buckets. If max would be lowered to
# less than 1.25 times the entries, it writes neither. A count that is not a number counts as
# "many".
live_count() {
	local busy=no room=0
	[[ $max == auto ]] || room=$((max * 4 / 5))
	one_of 0 0 1 9 10 99 4999 9998 9999 10000 10001 19999 65536 99999 100000 1234567 4294967295 - \
		"$room" "$room" $((room + 1)) $((room + 1))
	count=$one
	if [[ $lowers == yes ]] && [[ $count == - || $count -gt $room ]]; then
		unset "expected[$hashsize_file]" "expected[$netfilter/nf_conntrack_max]"
	fi
	[[ -v expected[$hashsize_file] ]] || return 0
	case ${want[apply.resize]-auto} in
	auto) [[ $count != - ]] && ((count < 10000)) || busy=yes ;;
	next_load) [[ $count == 0 ]] || busy=yes ;;
	esac
	[[ $busy == no ]] || unset "expected[$hashsize_file]" "expected[$netfilter/nf_conntrack_max]"
}

# One event, with optional keys missing, and sometimes an event that does not concern the rule.
read_udev() {
	local rounded live_max lowers live_hashsize count action device=$module key missing=() wants=no unit
	expect_settings
	round_buckets
	live_max
	live_hashsize
	live_count
	one_of add add change bind remove
	action=$one
	! chance 1 8 || device=/sys/module/nf_nat
	kernel_reset "$netfilter/nf_conntrack_max=$live_max" "$hashsize_file=$live_hashsize" \
		"$netfilter/nf_conntrack_count=$count"
	for key in "${!optional[@]}"; do ! chance 1 8 || missing+=("$netfilter/$key"); done
	! chance 1 12 || missing+=("$netfilter/nf_conntrack_max")
	# udev remembers this from the event before.
	rm -rf /run/udev
	rm -f /etc/systemd/system/conntrack-persist.service
	! chance 1 2 || : >/etc/systemd/system/conntrack-persist.service
	for unit in /{usr/lib,lib,usr/local/lib,etc}/systemd/system/conntrack-persist.service; do
		[[ ! -e $unit ]] || wants=yes
	done
	kernel_lacks "${missing[@]}"
	# Before the keys exist nothing is written.
	[[ $mode == tune && $action != remove && $device == "$module" && -e $netfilter/nf_conntrack_max ]] || expected=()
	[[ $with_rule == yes && $action != remove && $device == "$module" ]] || wants=no
	udevadm test --action="$action" $device >$work/said 2>&1 || wrong "udevadm: $(<$work/said)"
	compare_kernel 'udevadm'
	same 'udevadm: the service that is wanted' "$(grep '^SYSTEMD_WANTS=' $work/said || :)" \
		"$([[ $wants == no ]] || echo SYSTEMD_WANTS=conntrack-persist.service)"
	grep -E 'conntrack-persist.rules:[0-9]+ .*(Failed|Invalid|Unknown|ignoring)' $work/said >$work/complaints || return 0
	wrong "udevadm: $(<$work/complaints)"
}

read_modprobe() {
	local options='' lines='' program install said
	if [[ $mode == disable ]]; then
		lines=$'blacklist nf_conntrack\n'
		[[ ${want[disable.enforce]-block} == blacklist ]] || options=' hashsize=blocked-by-conntrack-persist'
	else
		[[ $hashsize == auto ]] || options+=" hashsize=$hashsize"
		[[ ! -v want[conntrack.expect_hashsize] ]] || options+=" expect_hashsize=${want[conntrack.expect_hashsize]}"
		[[ ! -v want[options.acct] ]] || options+=" acct=${want[options.acct]}"
		[[ ! -v want[options.timestamp] ]] || options+=" tstamp=${want[options.timestamp]}"
	fi
	program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$builddir/systemd/conntrack-persist.service")
	# shellcheck disable=SC2016
	install='/sbin/modprobe --ignore-install nf_conntrack $CMDLINE_OPTS && '
	install+="{ test ! -x $program || $program apply --quiet >/dev/null 2>&1 || :; }"
	[[ $mode == tune && ${want[apply.synchronous]-0} == 1 ]] || install=
	lines+=${install:+install nf_conntrack $install$'\n'}${options:+options nf_conntrack$options$'\n'}
	# The kernel command line and its indexes are left out, because they apply without a file,
	# too.
	modprobe -C $image/etc/modprobe.d --showconfig | sort >$work/said
	same 'modprobe --showconfig' "$(comm -13 $work/no-options $work/said)" "${lines%$'\n'}"
	same 'modprobe --showconfig lacks' "$(comm -23 $work/no-options $work/said)" ''
	((${#loading[@]} > 0)) || return 0
	said=$("${loading[@]}" -C $image/etc/modprobe.d --ignore-install nf_conntrack acct=1 2>&1) || :
	same 'modprobe --ignore-install' "$(tr -s ' ' <<<"${said% }")" "insmod $ko$options acct=1"
	[[ -n $install ]] || return 0
	said=$("${loading[@]}" -C $image/etc/modprobe.d nf_conntrack acct=1 2>&1) || :
	same 'modprobe' "$(tr -s ' ' <<<"${said% }")" "install $install$options acct=1"
}

# The drop-ins of namespaces = all and witness = yes change much of the unit, so they are left out.
dump_unit() {
	local folder=$image/etc/systemd/system/conntrack-persist-check.service.d name
	mkdir -p $work/aside
	for name in 50-namespaces 60-witness; do
		[[ ! -e $folder/$name.conf ]] || mv "$folder/$name.conf" $work/aside
	done
	dump_check_service
	for name in 50-namespaces 60-witness; do
		[[ ! -e $work/aside/$name.conf ]] || mv "$work/aside/$name.conf" $folder
	done
}

read_namespaces_drop_in() {
	local file=$image/etc/systemd/system/conntrack-persist-check.service.d/50-namespaces.conf
	[[ $systemd == yes && -e $file ]] || return 0
	! cmp -s $file $work/namespaces-read-before || return 0
	dump_check_service >$work/unit || :
	same 'systemd-analyze' "$(grep -cE "DropIn Path: $file|RestrictNamespaces: net$" $work/unit)" 2
	same 'systemd-analyze says' "$(grep -F 50-namespaces.conf: $work/said || :)" ''
	cp $file $work/namespaces-read-before
}

dump_check_service() {
	env SYSTEMD_UNIT_PATH=$image/etc/systemd/system:$work/units SYSTEMD_LOG_LEVEL=debug \
		systemd-analyze --man=no verify conntrack-persist-check.service 2>$work/said |
		awk '/-> Unit / { on = $3 == "conntrack-persist-check.service:" } on && !/Reference/' | sort
}

read_drop_in() {
	local file=$image/etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf
	if [[ $mode == disable || ${want[apply.on_drift]-report} == report ]]; then
		[[ ! -e $file ]] || wrong "$file is there"
		return 0
	fi
	[[ $systemd == yes ]] || return 0
	# modprobe is asked only about a text that it has not read before, because it takes long.
	! cmp -s $file $work/read-before || return 0
	dump_unit >$work/unit || :
	same 'systemd-analyze' "$(comm -13 $work/no-drop-in $work/unit | sed 's/^[[:space:]]*//')" \
		"DropIn Path: $file"$'\nWants: conntrack-persist-restore.service (origin-file)'
	same 'systemd-analyze lacks' "$(comm -23 $work/no-drop-in $work/unit)" ''
	same 'systemd-analyze says' "$(grep -F 50-restore.conf: $work/said || :)" ''
	cp $file $work/read-before
}

# The files that must exist: none for which nothing is configured, and no record if there has never
# been a file.
files_wanted() {
	local id sysctl=no namespaces=no
	with_rule=no
	wanted=()
	if [[ $mode == disable ]]; then
		wanted+=(etc/modprobe.d/conntrack-persist.conf)
	else
		# The file also exists if max is a floor: then it says why max is set elsewhere.
		[[ $max == auto ]] || sysctl=yes
		for id in "${!keys[@]}"; do
			[[ $id == conntrack.max || ! -v want[$id] ]] || sysctl=yes
			[[ $id == @(conntrack.*|options.nf_hooks_lwtunnel) || ! -v want[$id] ||
				${want[apply.namespaces]-host} == host ]] || namespaces=yes
		done
		[[ $hashsize == auto && ! -v want[conntrack.expect_hashsize] &&
			${want[apply.synchronous]-0} == 0 && ! -v want[options.acct] &&
			! -v want[options.timestamp] ]] || wanted+=(etc/modprobe.d/conntrack-persist.conf)
		[[ $sysctl == no ]] || wanted+=(etc/sysctl.d/90-conntrack-persist.conf)
		[[ $namespaces == no ]] ||
			wanted+=(etc/systemd/system/conntrack-persist-{builtin,check}.service.d/50-namespaces.conf)
		[[ ${want[apply.on_drift]-report} == report ]] ||
			wanted+=(etc/systemd/system/conntrack-persist-check.service.d/50-restore.conf)
		[[ ${want[apply.witness]-0} == 0 ]] ||
			wanted+=(etc/systemd/system/conntrack-persist-{check,metrics}.service.d/60-witness.conf)
		[[ $namespaces == no ]] ||
			wanted+=(etc/systemd/system/conntrack-persist{-restore,}.service.d/50-namespaces.conf)
		# An image leaves max = auto to its first boot: then the rule has the service choose
		# the sizes.
		[[ $sysctl == no && ${want[conntrack.max]-} != auto ]] || with_rule=yes
		[[ $with_rule == no ]] || wanted+=(etc/udev/rules.d/60-conntrack-persist.rules)
	fi
	((${#wanted[@]} == 0)) || installed=yes
	[[ $installed == no ]] || wanted+=(var/lib/conntrack-persist/{lock,manifest})
}

# No file of another configuration is left, and nothing was written elsewhere.
compare_files() {
	local wanted
	files_wanted
	same 'files' "$(cd $image && find . -type f ! -path './etc/conntrack-persist.conf*' -printf '%P\n' | sort |
		tr '\n' ' ')" "$(IFS=' '; echo "${wanted[*]}")${wanted:+ }"
}

#
# Which readers there are, and whether they read what was made here
#
sysctl_readers=()
[[ ! -x /lib/systemd/systemd-sysctl ]] || sysctl_readers+=(/lib/systemd/systemd-sysctl)
! command -v sysctl >/dev/null ||
	sysctl_readers+=("sysctl -e -p $image/etc/sysctl.d/90-conntrack-persist.conf" 'sysctl --system')
udev=no systemd=no installed=no loading=() turn=0 right=yes values=0
declare -A expected=()
export SYSTEMD_DEVICE_VERIFY_SYSFS=0
mkdir -p $image/etc/{udev/rules.d,modprobe.d,systemd/system} $work/units /etc/systemd/system

find_udev() {
	local rule=$image/etc/udev/rules.d/1.rules
	kernel_reset
	printf 'KERNEL=="nf_nat", SYSCTL{kernel/printk}="7", ATTR{[module/nf_conntrack]parameters/acct}="8"\n' >$rule
	udevadm test --action=add /sys/module/nf_nat >/dev/null 2>&1 || :
	rm $rule
	[[ $(</proc/sys/kernel/printk) != 7* ]] || udev=yes
}

# modprobe finds a module that cannot be loaded.
find_modprobe() {
	local modules=$work/lib/modules/6.1.0
	modprobe -C $image/etc/modprobe.d --showconfig | sort >$work/no-options
	mkdir -p $modules/kernel
	ko=$modules/kernel/nf_conntrack.ko
	cp "$(type -P true)" $ko
	loading=(modprobe -d "$work" -S 6.1.0 --dry-run --verbose)
	! depmod -b $work 6.1.0 2>/dev/null ||
		[[ $("${loading[@]}" -C $image/etc/modprobe.d nf_conntrack 2>&1) != insmod* ]] || return 0
	loading=()
}

find_systemd() {
	local name
	for name in check restore; do
		printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' >$work/units/conntrack-persist-$name.service
	done
	dump_unit >$work/no-drop-in || :
	! grep -q 'Fragment Path' $work/no-drop-in || systemd=yes
}

! command -v udevadm >/dev/null || find_udev
! command -v modprobe >/dev/null || find_modprobe
! command -v systemd-analyze >/dev/null || find_systemd
echo "seed $seed"
options=no
[[ ${#loading[@]} == 0 ]] || options=yes
echo "sysctl.d: $(IFS=,; echo "${sysctl_readers[*]-none}"); modprobe.d: ${ko:+modprobe}, what it loads with: $options;" \
	"rules: udevadm test: $udev; drop-in: systemd-analyze: $systemd"
((${#sysctl_readers[@]} > 0)) || [[ $udev == yes || -v ko ]] || { echo 'no reader here'; exit 77; }

# The sizes in the files of the image, "auto" if they have none.
sizes_mean() {
	mode=${want[conntrack.mode]-tune} max=${want[conntrack.max]-auto} hashsize=${want[conntrack.hashsize]-auto}
	policy=${want[conntrack.max_policy]-exact}
	if [[ ${want[conntrack.max]-} == auto ]]; then
		# The host that boots chooses these. With hashsize alone the kernel would set max.
		hashsize=auto policy=at_least
	elif [[ $max == auto ]]; then
		# As many entries as buckets, as a floor.
		max=$hashsize
		[[ $hashsize == auto ]] || policy=at_least
	elif [[ $hashsize == auto ]]; then
		hashsize=$((max <= 268434944 ? max : 268434944))
	fi
}

seed_take "$seed"
failed=0
for ((turn = 1; turn <= configurations; turn++)); do
	right=yes
	configuration_make $image
	sizes_mean
	if "$CONNTRACK_PERSIST" --quiet --root=$image install >$work/said 2>&1; then
		compare_files
		read_sysctl
		if [[ $udev == yes ]]; then
			read_udev
			# Whether the rule writes it depends on the present value.
			[[ $policy == exact && $hashsize == auto ]] || for _ in 1 2 3 4; do read_udev; done
		fi
		[[ ! -v ko ]] || read_modprobe
		read_drop_in
		read_namespaces_drop_in
	else
		wrong "refused: $(<$work/said)"
	fi
	[[ $right == no ]] || continue
	failed=$((failed + 1))
	((failed > 3)) || find $image -type f ! -name manifest -exec tail -v -n +1 {} + | cat -A
done
echo "$((configurations - failed)) of $configurations configurations read back as meant, $values values"
((failed == 0 && values > configurations)) || exit 1
