/* Access control lists of POSIX.1e, as the kernel keeps them beside a file's mode. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ACL_ATTRIBUTE "system.posix_acl_access"

/* As long as an extended attribute may be: XATTR_SIZE_MAX of <linux/limits.h>. */
#define ACL_SIZE_MAX 65536U

/*
 * Whether a list lets others write than user 0 and group 0. bytes: the extended attribute ACL_ATTRIBUTE, as
 * <linux/posix_acl_xattr.h> describes it; group: of the file. True as well if the list is not understood.
 */
bool acl_lets_others_write(const void *bytes, size_t size, gid_t group);
