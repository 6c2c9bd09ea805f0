#!/bin/bash
# Boots a throw-away guest, runs a scenario in it, and passes on the scenario's output and exit
# status.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: run-vm.sh SUITE SCENARIO [OVERLAY.tar]
#
# SUITE is what image.sh takes. OVERLAY.tar is unpacked over the guest's root before its PID 1
# starts. A scenario that exits with 100 is run again, with BOOT=2 (then 3 ...), after the same
# guest has been shut down and booted; one that exits with 101 has that boot begin with the image
# that it left as /boot/next, for a root on /dev/vda.
#
# SUITE may be SUITE@TYPE, another machine type; see machine.sh.
#
# VM_KERNEL    another kernel than SUITE's own, with its modules: that of another suite; a release of
#              Debian's such as 6.17, see kernel.sh; or uml-VARIANT, a process of this machine, faster,
#              with one processor, see uml-kernel.sh
# VM_MEMORY    of the guest (default: 1G)
# VM_APPEND    words for the kernel command line
# VM_TIMEOUT   seconds that one boot may take (default: 1800)
# VM_KERNEL_TIMEOUT  seconds until the kernel starts its first program (default: 240)
# VM_SSH       a port of this machine's loopback that leads to the guest's port 22; the scenario has
# to bring up its
#              network, 10.0.2.15/24, and sshd. Without it there is no network card.
# VM_LOGS      folder for the console log of a guest that failed (default: the current one)
# VM_CACHE, VM_PACKAGES   see image.sh
#
# Exit status: the scenario's; 77: the mirror does not serve SUITE, or VM_KERNEL; 124: the guest
# told no status.
set -euo pipefail

suite=${1:?usage: run-vm.sh SUITE SCENARIO [OVERLAY.tar]}
scenario=${2:?usage: run-vm.sh SUITE SCENARIO [OVERLAY.tar]}
overlay=${3:-}
here=$(dirname "$(readlink -f "$0")")
kernel=${VM_KERNEL:-$suite}
log=${VM_LOGS:-$PWD}/vm-$suite-$(basename "$scenario" .sh).log
[ "$kernel" = "$suite" ] || log=${log%.log}-$kernel.log

case $suite in
	*@*) image=$("$here/machine.sh" "$suite") ;;
	*) image=$("$here/image.sh" "$suite") ;;
esac
engine=qemu
case $kernel in
	"$suite") boots=$image ;;
	uml-*)
		boots=$("$here/uml-kernel.sh" "${kernel#uml-}")
		engine=uml
		;;
	[0-9]*) boots=$("$here/kernel.sh" "${suite%+*}" "$kernel") ;;
	*) boots=$(VM_PACKAGES='' "$here/image.sh" "$kernel") ;;
esac

work=$(mktemp -d)
guest=
readers=()
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	[ -z "$guest" ] || kill "$guest" 2>/dev/null || :
	wait
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$work/files/vm" "$work/files/etc/systemd/system/multi-user.target.wants"
cp "$here/guest-run" "$here/lib.sh" "$here/containers.sh" "$work/files/vm/"
cp "$scenario" "$work/files/vm/scenario.sh"
cat >"$work/files/etc/systemd/system/scenario.service" <<'END'
[Unit]
Description=Scenario of the test
After=multi-user.target

[Service]
ExecStart=/bin/bash /vm/guest-run
END
ln -s ../scenario.service "$work/files/etc/systemd/system/multi-user.target.wants/"
[[ $suite != *+sysvinit ]] || cat >"$work/files/etc/inittab" <<'END'
id:2:initdefault:
si::sysinit:/etc/init.d/rcS
l0:0:wait:/etc/init.d/rc 0
l2:2:wait:/etc/init.d/rc 2
vm:2:once:/bin/bash /vm/guest-run
END
tar -C "$work/files" --owner=0 --group=0 --mode=go=u-w -cf "$work/files.tar" vm etc
# These are unpacked over the root.
overlays=("$work/files.tar")
[ -z "$overlay" ] || overlays=("$overlay" "${overlays[@]}")
if [ -e "$boots/modules.tar" ]; then
	overlays+=("$boots/modules.tar")
elif [ "$boots" != "$image" ]; then
	mkdir -p "$work/kernel/usr/lib"
	debugfs -R "rdump /usr/lib/modules $work/kernel/usr/lib" "$boots/root.ext4" 2>/dev/null
	tar -C "$work/kernel" --owner=0 --group=0 --mode=go=u-w -cf "$work/kernel.tar" "usr/lib/modules/$(<"$boots/release")"
	rm -r "$work/kernel"
	overlays+=("$work/kernel.tar")
fi

# The command that starts the machine, the console of its kernel, and ports for output and status.
machine=(qemu-system-x86_64 -cpu max)
console=ttyS0
ports=(-serial "file:$work/output" -serial "file:$work/status")
if [ -e "$image/machine" ]; then
	{
		read -ra machine
		read -r console
	} <"$image/machine"
	# Serial ports are not the same on all machine types.
	# shellcheck disable=SC2054 # commas belong to the words
	ports=(-device virtio-serial
		-chardev "file,id=output,path=$work/output" -device virtserialport,chardev=output,name=output
		-chardev "file,id=status,path=$work/status" -device virtserialport,chardev=status,name=status)
	# Some find their disks in any order, so the files that are unpacked last are in the same
	# tar.
	cp "${overlays[0]}" "$work/all.tar"
	for overlay in "${overlays[@]:1}"; do
		tar --concatenate --file="$work/all.tar" "$overlay"
	done
	overlays=("$work/all.tar")
fi

# start_uml NUMBER: starts the kernel that is a process. It writes what it changes of the root image
# to a file beside it, and finds the tar files, which it unpacks once, on further disks.
# "c": it locks no file, because other guests use the same root image.
start_uml() {
	local number=$1 file words=("ubd0c=$work/root.cow,$image/root.ext4")
	if [ "$number" = 1 ]; then
		for file in "${overlays[@]}"; do
			words+=("ubd${#words[@]}rc=$file")
		done
	fi
	# The serial ports that the guest writes to are open files of this process. They are pipes,
	# because that kernel waits for them by epoll(7), which refuses plain files.
	readers=()
	for file in output status; do
		[ -p "$work/$file.pipe" ] || mkfifo "$work/$file.pipe"
		cat "$work/$file.pipe" >"$work/$file" &
		readers+=($!)
	done
	HOME=$work timeout --kill-after=30 "${VM_TIMEOUT:-1800}" "$boots/linux" "mem=${VM_MEMORY:-1G}" \
		"initrd=$boots/initrd" "${words[@]}" noreboot con=null con0=null,fd:1 ssl=null ssl1=null,fd:4 ssl2=null,fd:5 \
		panic=-1 "vm_boot=$number" "${append[@]}" \
		</dev/null >"$work/console.$number" 2>&1 4>"$work/output.pipe" 5>"$work/status.pipe" &
	guest=$!
}

read -ra append <<<"${VM_APPEND-}"
initrd=
if [ "$engine" = qemu ]; then
	qemu-img create -q -f qcow2 -b "$image/root.ext4" -F raw "$work/root.qcow2"
	initrd=$boots/initrd
fi
status=
# start NUMBER: starts the machine; its console, output and status end up in files of $work.
start() {
	: >"$work/output"
	: >"$work/status"
	: >"$work/console.$1"
	case $engine in
		qemu) start_qemu "$1" ;;
		uml) start_uml "$1" ;;
	esac
}

start_qemu() {
	local number=$1 file
	local devices=(-drive "if=virtio,file=$work/root.qcow2,format=qcow2,cache=unsafe")
	# The tar is unpacked once, so that later boots find what the first one wrote.
	if [ "$number" = 1 ]; then
		for file in "${overlays[@]}"; do
			devices+=(-drive "if=virtio,file=$file,format=raw,readonly=on")
		done
	fi
	if [ "$status" = 101 ]; then
		qemu-img convert -O raw "$work/root.qcow2" "$work/root.raw"
		debugfs -R "dump /boot/next $work/initrd" "$work/root.raw" 2>/dev/null
		rm "$work/root.raw"
		initrd=$work/initrd
	fi
	if [ -n "${VM_SSH-}" ]; then
		devices+=(-netdev "user,id=ssh,restrict=on,hostfwd=tcp:127.0.0.1:$VM_SSH-:22" -device "virtio-net-pci,netdev=ssh,romfile=")
	fi
	# KVM is not used even if its device can be opened, because the guests must behave alike
	# everywhere.
	timeout --kill-after=30 "${VM_TIMEOUT:-1800}" "${machine[@]}" \
		-accel tcg,thread=multi -smp 2 -m "${VM_MEMORY:-1G}" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$boots/kernel" -initrd "$initrd" \
		-append "console=$console panic=-1 vm_boot=$number ${VM_APPEND-}" \
		"${devices[@]}" \
		-serial "file:$work/console.$number" "${ports[@]}" \
		</dev/null &
	guest=$!
}

# Returns whether the kernel started its first program.
reached_init() {
	timeout "${VM_KERNEL_TIMEOUT:-240}" \
		grep -q -m 1 'Run /init as init process' < <(tail -n +1 --pid="$guest" -f "$work/console.$1")
}

# Runs one boot. On busy processors an emulated kernel sometimes hangs while it sets its clocks,
# before it has touched a disk; then the machine is started again.
boot() {
	local number=$1 try
	for try in 1 2 3; do
		start "$number"
		reached_init "$number" && break
		echo "run-vm.sh: $suite: the kernel did not reach its first program, try $try of 3" >&2
		[ "$try" -lt 3 ] || break
		kill "$guest" 2>/dev/null || :
		wait "$guest" || :
	done
	wait "$guest" || echo "run-vm.sh: the machine ended with status $?" >&2
	guest=
	[ "${#readers[@]}" = 0 ] || wait "${readers[@]}"
	cat "$work/output"
	status=$(tr -d '\r\n' <"$work/status")
	status=${status:-124}
}

number=1
boot "$number"
while [ "$status" = 100 ] || [ "$status" = 101 ]; do
	number=$((number + 1))
	boot "$number"
done

rm -f "$log"
if [ "$status" != 0 ]; then
	cat "$work"/console.* >"$log"
	{
		echo "run-vm.sh: $suite: status $status; the console's last lines, all of them in $log:"
		tail -n 40 "$log" | tr -d '\r'
	} >&2
fi
exit "$status"
