/* Lists the network namespaces by listns(2), and opens one by its id. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/namespace-ids.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The headers of most systems are older than these. Source: include/uapi/linux/nsfs.h, fcntl.h and
 * include/linux/exportfs.h of Linux 6.19, and its system call tables.
 */
#ifdef __NR_listns
#define LISTNS_CALL __NR_listns
#elif defined(__alpha__)
#define LISTNS_CALL 580
#elif defined(__NR_Linux)
#define LISTNS_CALL (__NR_Linux + 470) /* MIPS: each of its ABIs begins elsewhere */
#else
#define LISTNS_CALL 470
#endif
#define NSFS_ROOT	 (-10003) /* stands for a descriptor: FD_NSFS_ROOT */
#define NSFS_HANDLE_TYPE 0xf1	  /* FILEID_NSFS */

/* The question for listns(2): struct ns_id_req in its first version, 32 bytes. */
struct namespace_request {
	uint32_t size, spare;
	uint64_t after; /* ids that are greater; 0: all */
	uint32_t type, spare2;
	uint64_t owner; /* of this user namespace; 0: of any */
};

/* A file handle of a namespace: struct nsfs_file_handle. */
struct namespace_handle {
	uint64_t id;
	uint32_t type, inode; /* both 0: any */
};

int namespace_ids_list(uint64_t *ids, size_t room)
{
	struct namespace_request request = {.size = sizeof(request), .type = CLONE_NEWNET};
	long count;

	assert(room < INT_MAX);
	count = syscall(LISTNS_CALL, &request, ids, room, 0U);
	if (count < 0)
		return -errno;
	return (size_t)count > room ? -EBADMSG : (int)count;
}

int namespace_id_open(uint64_t id)
{
	const struct namespace_handle wanted = {.id = id};
	union {
		struct file_handle head;
		unsigned char bytes[sizeof(struct file_handle) + sizeof(wanted)];
	} handle = {.head = {.handle_bytes = sizeof(wanted), .handle_type = NSFS_HANDLE_TYPE}};
	int fd;

	memcpy(handle.bytes + sizeof(handle.head), &wanted, sizeof(wanted));
	fd = open_by_handle_at(NSFS_ROOT, &handle.head, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
