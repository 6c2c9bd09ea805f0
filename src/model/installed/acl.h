/* Reads access control lists of POSIX.1e as the kernel stores them with a file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ACL_ATTRIBUTE "system.posix_acl_access"

/* The largest extended attribute: XATTR_SIZE_MAX of <linux/limits.h>. */
#define ACL_SIZE_MAX 65536U

/*
 * Returns whether a list allows writing to anyone but user 0 and group 0. bytes: the extended
 * attribute ACL_ATTRIBUTE (<linux/posix_acl_xattr.h>); group: the group of the file. Returns true
 * if the list cannot be parsed.
 */
bool acl_lets_others_write(const void *bytes, size_t size, gid_t group);
