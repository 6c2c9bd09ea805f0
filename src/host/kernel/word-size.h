/* Finds the width of a pointer in the running kernel, which may differ from this program's. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Returns 8 or 4, the bytes of a pointer in the running kernel. A 64-bit program (own 8) needs a
 * 64-bit kernel; a 32-bit one (own 4) runs on both, so these sources are asked; the first that
 * answers decides:
 * - /sys/kernel/address_bits: the kernel's own word for it, since 6.3 (kernel/ksysfs.c);
 * - /proc/sys/kernel/arch: the kernel's machine type, since 6.1, which personality(2) does not
 *   change (kernel/utsname_sysctl.c);
 * - machine, as uname(2) has it: a name of 64 bits is true, one of 32 may be personality(2)'s
 *   (override_architecture() in kernel/sys.c), see setarch(8);
 * - /proc/self/personality: PER_LINUX32 serves no purpose on a 32-bit kernel, so that one of 64
 *   bits is behind it.
 * root is put in front of these paths: "" or a folder of a test.
 */
unsigned int word_size_of_kernel(const char *root, unsigned int own, const char *machine);
