/* Turns the rings of the witness's map into a list of writes, oldest first. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/witness/witness-ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *witness_obstacle_describe(enum witness_obstacle obstacle)
{
	switch (obstacle) {
	case WITNESS_FINE:
		return "it can be loaded";
	case WITNESS_NO_BPF_FILES:
		return "no BPF file system is mounted at /sys/fs/bpf; systemd mounts it at boot, "
		       "and \"mount -t bpf bpf /sys/fs/bpf\" does so by hand";
	case WITNESS_NO_CGROUP2:
		return "no control groups of version 2 are mounted, neither at /sys/fs/cgroup nor "
		       "at /sys/fs/cgroup/unified";
	case WITNESS_IN_CONTAINER:
		return "this is a container, whose control groups begin below the host's root; set "
		       "witness = yes on the host instead";
	case WITNESS_NO_BPF:
		return "this kernel has no bpf system call";
	case WITNESS_NOT_ALLOWED:
		return "the kernel does not allow this process the bpf system call, which needs "
		       "CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN before Linux 5.8; a seccomp "
		       "filter or a security module may refuse it, too";
	case WITNESS_NO_SYSCTL_TYPE:
		return "this kernel has no BPF programs that see sysctls, which came with Linux "
		       "5.2 and need CONFIG_CGROUP_BPF";
	case WITNESS_PROGRAM_REFUSED:
		return "the kernel's verifier refused the program";
	case WITNESS_NO_LINK:
		return "this kernel cannot attach a BPF program by a link, which needs Linux 5.7";
	case WITNESS_ATTACH_REFUSED:
		return "the kernel did not attach the program; another program in the root control "
		       "group may allow none beside it";
	case WITNESS_PIN_FAILED:
		return "nothing could be pinned below /sys/fs/bpf";
	case WITNESS_NO_MEMORY:
		return "memory is short";
	}
	return "?";
}

const char *witness_place_to_string(enum witness_place place)
{
	static const char *const words[] = {
		[WITNESS_UNPLACED] = "unknown",
		[WITNESS_HERE] = "host",
		[WITNESS_ELSEWHERE] = "other",
	};

	return words[place];
}

void witness_ring_done(struct witness_ring *ring)
{
	free(ring->events);
	*ring = (struct witness_ring){0};
}

/*
 * Copies a text up to its NUL or a line feed at its end. A byte that is not printable ASCII becomes
 * "?". ret has room for size + 1 bytes.
 */
static void copy_text(const char *text, size_t size, char *ret)
{
	size_t length = strnlen(text, size);

	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	for (size_t i = 0; i < length; i++)
		ret[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	ret[length] = '\0';
}

/*
 * Returns the index of the upper half of a helper's 64 bits, which has the process and the gid, by
 * the byte order of this machine.
 */
static unsigned int upper(void)
{
	const uint16_t probe = 1;

	return *(const unsigned char *)&probe;
}

static void make_event(const struct witness_record *record, uint64_t features,
		       struct witness_event *ret)
{
	ret->sequence = record->sequence;
	ret->time = record->time;
	ret->process = record->ids[upper()];
	ret->uid = features & WITNESS_UID ? record->users[1 - upper()] : UINT32_MAX;
	ret->group = record->group;
	ret->namespace = record->namespace;
	copy_text(record->group_name, sizeof(record->group_name), ret->group_name);
	memcpy(ret->ancestors, record->ancestors, sizeof(ret->ancestors));
	copy_text(record->command, sizeof(record->command), ret->command);
	copy_text(record->name, sizeof(record->name), ret->key);
	copy_text(record->before, sizeof(record->before), ret->before);
	copy_text(record->after, sizeof(record->after), ret->after);
	for (char *at = ret->key; *at; at++)
		if (*at == '/')
			*at = '.';
}

/*
 * Returns whether the slot has the record that belongs there: one of the last WITNESS_SLOTS writes,
 * which one writer wrote whole.
 */
static bool is_whole(const struct witness_record *record, size_t slot, uint64_t writes)
{
	uint64_t sequence = record->sequence;

	return sequence > 0 && sequence == record->sequence_again && sequence <= writes &&
	       writes - sequence < WITNESS_SLOTS && (sequence - 1) % WITNESS_SLOTS == slot;
}

static void parse_ring(const struct witness_record *slots, unsigned int which, uint64_t features,
		       struct witness_ring *ring)
{
	uint64_t writes = ring->made[which];
	size_t found = 0;

	for (size_t i = 0; i < WITNESS_SLOTS; i++)
		if (is_whole(&slots[i], i, writes)) {
			make_event(&slots[i], features, &ring->events[ring->count]);
			ring->events[ring->count++].ring = which;
			found++;
		}
	ring->writes += writes;
	ring->lost += writes - found;
}

static int compare_events(const void *left, const void *right)
{
	const struct witness_event *a = left, *b = right;

	return (a->time > b->time) - (a->time < b->time);
}

int witness_ring_parse(const struct witness_record *slots, struct witness_ring *ret)
{
	struct witness_ring ring = {
		.events = calloc((size_t)2 * WITNESS_SLOTS, sizeof(*ring.events)),
	};
	struct witness_head head;

	if (!ring.events)
		return -ENOMEM;
	memcpy(&head, slots, sizeof(head));
	ring.loaded = head.loaded;
	ring.made[0] = head.writes;
	ring.made[1] = head.users_writes;
	for (unsigned int i = 0; i < WITNESS_RINGS; i++)
		parse_ring(slots + 1 + (size_t)i * WITNESS_SLOTS, i, head.features, &ring);
	if (ring.count > 0)
		qsort(ring.events, ring.count, sizeof(*ring.events), compare_events);
	*ret = ring;
	return 0;
}

bool witness_is_about(const struct witness_event *event, const char *key)
{
	static const char max[] = "net.netfilter.nf_conntrack_max";
	const char *name = event->key;

	if (strcmp(name, "net.nf_conntrack_max") == 0)
		name = max;
	return strcmp(name, key) == 0;
}

/* Returns whether the kernel has one value for all network namespaces. */
static bool is_shared(const struct witness_event *event)
{
	static const char *const keys[] = {
		"net.nf_conntrack_max",
		"net.netfilter.nf_conntrack_max",
		"net.netfilter.nf_conntrack_buckets",
		"net.netfilter.nf_conntrack_expect_max",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(event->key, keys[i]) == 0)
			return true;
	return false;
}

void witness_set_place(struct witness_event *event, uint64_t own)
{
	if (is_shared(event))
		event->place = WITNESS_HERE;
	else if (event->namespace == 0 || own == 0)
		event->place = WITNESS_UNPLACED;
	else
		event->place = event->namespace == own ? WITNESS_HERE : WITNESS_ELSEWHERE;
}

bool witness_find_number(const struct witness_event *event, uint64_t *ret)
{
	char *end;

	if (event->after[0] < '0' || event->after[0] > '9')
		return false;
	errno = 0;
	*ret = strtoull(event->after, &end, 0);
	return errno == 0 && *end == '\0';
}

const struct witness_event *witness_find_writer(const struct witness_ring *ring, const char *key,
						uint64_t number)
{
	uint64_t written;

	for (size_t i = ring->count; i-- > 0;)
		if (ring->events[i].place != WITNESS_ELSEWHERE &&
		    witness_is_about(&ring->events[i], key) &&
		    witness_find_number(&ring->events[i], &written) && written == number)
			return &ring->events[i];
	return NULL;
}
