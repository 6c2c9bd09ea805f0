/* Finds out who owns this host's ports: sockets, the processes that have them, and their owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "gather/owners-internal.h"

/* The most lines of one of the kernel's files of sockets that are read. */
#define SOCKETS_MAX 50000U

/* The most sockets whose process is looked for. */
#define SOCKETS_HELD 32768U

/* A local port that has entries, and a socket there. */
struct port_socket {
	uint64_t inode;
	uint16_t port;
	uint8_t protocol; /* enum local_protocol */
	bool serves;
};

struct port_search {
	struct holders *holders;
	struct port_socket *items;
	size_t count;
	enum local_protocol protocol; /* of the file that is read */
};

static int read_socket(void *data, const char *line)
{
	struct port_search *search = data;
	struct socket_line found;

	if (socket_line_parse(line, &found) < 0 || found.inode == 0 ||
	    search->holders->local[search->protocol][found.port] == 0)
		return 0;
	if (search->count == SOCKETS_HELD)
		return -EFBIG;
	if (array_grow(&search->items, search->count, sizeof(*search->items)) < 0)
		return -ENOMEM;
	search->items[search->count++] = (struct port_socket){
		.inode = found.inode,
		.port = found.port,
		.protocol = (uint8_t)search->protocol,
		.serves = found.serves,
	};
	return 0;
}

/* A file that is missing, such as that of IPv6, has no socket. */
static int read_sockets(const struct kernel *kernel, struct port_search *search)
{
	static const struct {
		const char *path;
		enum local_protocol protocol;
	} files[] = {
		{"/proc/net/tcp", LOCAL_TCP},
		{"/proc/net/tcp6", LOCAL_TCP},
		{"/proc/net/udp", LOCAL_UDP},
		{"/proc/net/udp6", LOCAL_UDP},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int error;

		search->protocol = files[i].protocol;
		error = kernel_read_lines(kernel, files[i].path, SOCKETS_MAX, read_socket, search);
		if (error == -ENOMEM)
			return error;
		search->holders->sockets_cut |= error < 0 && error != -ENOENT;
	}
	return 0;
}

static int compare_sockets(const void *a, const void *b)
{
	const struct port_socket *left = a, *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

/* Assigns the ports of sockets of one kind. Sockets that serve come first: the port is theirs. */
static int assign(struct owner_search *search, struct port_search *ports,
		  const struct socket_process *processes, bool serves)
{
	unsigned long last = 0;
	uint16_t owner = OWNER_NONE;

	for (size_t i = 0; i < ports->count; i++) {
		const struct port_socket *item = &ports->items[i];
		struct group_owner found;

		if (item->serves != serves || processes[i].pid == 0)
			continue;
		if (processes[i].pid != last) {
			int error;

			last = processes[i].pid;
			owner_search_process(search, last, &found);
			error = owners_find(search->owners, found.kind, found.name, &owner);
			if (error < 0)
				return error;
		}
		holders_assign_port(ports->holders, (enum local_protocol)item->protocol, item->port,
				    owner);
	}
	return 0;
}

static int assign_sockets(struct owner_search *search, struct port_search *ports)
{
	struct socket_process *CLEANUP(free_pointer)
		processes = calloc(ports->count + 1, sizeof(*processes));
	int error;

	if (!processes)
		return -ENOMEM;
	if (ports->count > 0)
		qsort(ports->items, ports->count, sizeof(*ports->items), compare_sockets);
	for (size_t i = 0; i < ports->count; i++)
		processes[i].inode = ports->items[i].inode;
	error = kernel_find_sockets(search->gathering->kernel, processes, ports->count);
	ports->holders->sockets_cut |= error < 0;
	error = assign(search, ports, processes, true);
	return error < 0 ? error : assign(search, ports, processes, false);
}

int owner_search_ports(struct owner_search *search, struct holders *holders)
{
	struct port_search ports = {.holders = holders};
	int error = read_sockets(search->gathering->kernel, &ports);

	if (error == 0 && ports.count > 0)
		error = assign_sockets(search, &ports);
	free(ports.items);
	holders_assign_rest(holders);
	return error;
}
