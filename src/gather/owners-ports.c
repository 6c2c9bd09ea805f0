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
	struct heavy_key local; /* its address and port; family 0: any address */
	uint8_t protocol;	/* enum local_protocol */
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
	struct port_socket *item;
	struct socket_line found;

	if (socket_line_parse(line, &found) < 0 || found.inode == 0 ||
	    search->holders->local[search->protocol][found.port] == 0)
		return 0;
	if (search->count == SOCKETS_HELD)
		return -EFBIG;
	if (array_grow(&search->items, search->count, sizeof(*search->items)) < 0)
		return -ENOMEM;
	item = &search->items[search->count++];
	*item = (struct port_socket){
		.inode = found.inode,
		.local = {.port = found.port, .family = found.family},
		.protocol = (uint8_t)search->protocol,
		.serves = found.serves,
	};
	memcpy(item->local.address, found.address, sizeof(found.address));
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

/*
 * Each pass assigns one kind of sockets. Servers at one address are assigned first,
 * because another server may have the same port at another address. Servers at any address follow.
 * The third pass assigns what the first one left, because not all ports are remembered by address.
 */
enum pass { PASS_AT_ADDRESS, PASS_SERVERS, PASS_REST, PASS_CLIENTS, PASSES };

static bool is_in_pass(const struct port_socket *item, enum pass pass)
{
	bool at_address = item->local.family != 0;

	switch (pass) {
	case PASS_AT_ADDRESS:
	case PASS_REST:
		return item->serves && at_address;
	case PASS_SERVERS:
		return item->serves && !at_address;
	case PASS_CLIENTS:
	default:
		return !item->serves;
	}
}

static void assign_socket(struct holders *holders, const struct port_socket *item, enum pass pass,
			  uint16_t owner)
{
	enum local_protocol protocol = (enum local_protocol)item->protocol;

	if (pass == PASS_AT_ADDRESS)
		holders_assign_address(holders, protocol, &item->local, owner);
	else if (pass != PASS_REST || holders->own->forgotten > 0)
		holders_assign_port(holders, protocol, item->local.port, owner);
}

static int assign(struct owner_search *search, struct port_search *ports,
		  const struct socket_process *processes, enum pass pass)
{
	unsigned long last = 0;
	uint16_t owner = OWNER_NONE;

	for (size_t i = 0; i < ports->count; i++) {
		const struct port_socket *item = &ports->items[i];
		struct group_owner found;

		if (!is_in_pass(item, pass) || processes[i].pid == 0)
			continue;
		if (processes[i].pid != last) {
			int error;

			last = processes[i].pid;
			owner_search_process(search, last, &found);
			error = owners_find(search->owners, found.kind, found.name, &owner);
			if (error < 0)
				return error;
		}
		assign_socket(ports->holders, item, pass, owner);
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
	error = 0;
	for (int pass = 0; pass < PASSES && error == 0; pass++)
		error = assign(search, ports, processes, (enum pass)pass);
	return error;
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
