/* Counts the holders of entries: sources, networks, destinations, port forwards, owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/entries.h"
#include "model/table/heavy.h"
#include "model/table/owners.h"

/*
 * The protocols whose local ports lead to a process.
 */
enum local_protocol { LOCAL_TCP, LOCAL_UDP, LOCAL_PROTOCOLS };

/*
 * Counted while the entries are read once, at most 2 MiB for any size of the table. Make it with
 * holders_new().
 *
 * An entry belongs to the owner of its source if this host knows one, because the source opened the
 * connection; else to the owner of the address that answers. If that is this host itself, the
 * process that has the port is found later; see holders_assign_port().
 */
struct holders {
	struct heavy *sources;	/* marked: entries without an owner on this host */
	struct heavy *networks; /* the same sources by /24 and /64 */
	struct heavy *destinations;
	struct heavy *forwards; /* who answers, if the target was translated: address and port */
	struct owners owners;
	/* entries of this host's own addresses by its port; not yet in `owners` */
	uint32_t local[LOCAL_PROTOCOLS][65536];
	/* owned, by protocol and port; NULL unless holders_keep_ports() was called */
	uint16_t *port_owners;
	/* `local` by address and port, because servers at two addresses may share a port */
	struct heavy *own;
	uint64_t total;	  /* entries whose addresses are known */
	uint64_t foreign; /* of these, entries without an owner on this host */
	/* Errors of the search; 0: none. */
	int namespaces_error; /* the other network namespaces; -EPERM */
	bool sockets_cut;     /* whether a bound ended the search for processes */
	int sockets_error;
};

/* Makes empty counts with this host as the first owner. The caller owns *ret. -ENOMEM. */
MUST_CHECK int holders_new(uint64_t seed, struct holders **ret);
struct holders *holders_free(struct holders *holders);
static inline void holders_freep(struct holders **holders)
{
	*holders = holders_free(*holders);
}

/* Keeps the owner of each port that is assigned, for holders_port_owner(): 256 KiB. -ENOMEM. */
MUST_CHECK int holders_keep_ports(struct holders *holders);

/* The owner of an entry. */
struct entry_owner {
	uint16_t owner; /* OWNER_NONE: nobody on this host */
	bool has_port;	/* whether `port` of this host leads to a process; only if owner is 0 */
	uint16_t port;
	struct heavy_key address; /* the owner's end of the entry */
};
/* Finds the owner of an entry whose addresses are known. */
struct entry_owner holders_find_owner(const struct holders *holders, const struct entry *entry);

/* Counts the entry. The addresses of `owners` must be complete by then. */
void holders_add(struct holders *holders, const struct entry *entry);

/* Moves the entries of one of this host's ports to their owner. OWNER_NONE: to this host. */
void holders_assign_port(struct holders *holders, enum local_protocol protocol, uint16_t port,
			 uint16_t owner);

/*
 * Moves the entries of one of this host's ports at one of its addresses, which is a key with the
 * port, to their owner. A second call moves nothing. It may leave some if many ports have entries,
 * because few are remembered by address; see heavy.h.
 */
void holders_assign_address(struct holders *holders, enum local_protocol protocol,
			    const struct heavy_key *address, uint16_t owner);

/* Returns the owner that was assigned to the port while it had entries; 0, this host, if none. */
uint16_t holders_port_owner(const struct holders *holders, enum local_protocol protocol,
			    uint16_t port);

/* Moves the entries of all ports that are left to this host itself. */
void holders_assign_rest(struct holders *holders);

/*
 * Copies the indexes of the owners with the most entries, at most `most`, the largest first.
 * Returns how many there are; owners without an entry are left out.
 */
size_t holders_top_owners(const struct holders *holders, size_t *ret, size_t most);

/* A destination port, with how many entries it has. */
struct port_item {
	uint8_t protocol;
	uint16_t port;
	uint64_t entries;
};
/* Copies the destination ports of TCP and UDP with the most entries; as holders_top_owners(). */
size_t entries_top_ports(const struct entry_counts *counts, struct port_item *ret, size_t most);

/* Adds the address of a key as text, with "/24" or "/64" for a network. */
#define HOLDER_TEXT_SIZE 64
void holder_to_text(const struct heavy_key *key, bool network, char ret[HOLDER_TEXT_SIZE]);
