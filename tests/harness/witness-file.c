/*
 * Files as the witness, for the test twin: below $CONNTRACK_PERSIST_HOST, witness/ring is the map
 * (as text, see below), and witness/loaded is there while it is loaded. witness/obstacle has the
 * number of an obstacle.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "harness/faults.h"
#include "host/witness/witness.h"

/* The moment of the twin: the boot was at 2026-01-02 00:00:00 UTC, and 3,600 s have passed. */
#define BOOT_SECONDS 1767312000U
#define UP_SECONDS   3600U

static const char *path_of(const char *name, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/witness/%s", getenv("CONNTRACK_PERSIST_HOST"), name);
	return path;
}

bool witness_is_loaded(void)
{
	char path[PATH_MAX];

	/* Only root may look into the directory of the pins. */
	return !getenv("CONNTRACK_PERSIST_UNPRIVILEGED") &&
	       access(path_of("loaded", path), F_OK) == 0;
}

/* Returns the obstacle that the host has, by its number. */
static enum witness_obstacle find_obstacle(void)
{
	char path[PATH_MAX];
	FILE *file = fopen(path_of("obstacle", path), "re");
	int number = WITNESS_FINE;

	if (!file)
		return WITNESS_FINE;
	if (fscanf(file, "%d", &number) != 1)
		number = WITNESS_FINE;
	(void)fclose(file);
	return (enum witness_obstacle)number;
}

enum witness_obstacle witness_start(struct buffer *log, int *ret_error)
{
	enum witness_obstacle obstacle = find_obstacle();
	char path[PATH_MAX];
	FILE *file;

	*ret_error = obstacle == WITNESS_FINE ? 0 : -EPERM;
	if (obstacle == WITNESS_PROGRAM_REFUSED)
		buffer_add(log, "0: R1=ctx()\nprogram of this type cannot use helper\n");
	if (obstacle != WITNESS_FINE)
		return obstacle;
	(void)mkdir(path_of("", path), 0755);
	file = fopen(path_of("loaded", path), "we");
	if (!file)
		return WITNESS_PIN_FAILED;
	(void)fclose(file);
	return WITNESS_FINE;
}

int witness_stop(void)
{
	char path[PATH_MAX];

	if (unlink(path_of("loaded", path)) < 0)
		return errno == ENOENT ? 0 : -errno;
	return 1;
}

/* The inode number of the host's network namespace. */
#define OWN_NAMESPACE 4026531840U

/*
 * Reads a line "SECONDS UID PID GROUP COMMAND KEY BEFORE AFTER [NAMESPACE [NAME]]"
 * into the ring's next
 * slot. A line "lost N" counts writes of which there is no record.
 */
static void put_line(const char *line, struct witness_record *slots, struct witness_head *head)
{
	struct witness_record record;
	unsigned int seconds, uid, pid, lost;
	uint64_t group, namespace = OWN_NAMESPACE;
	bool users;

	if (sscanf(line, "lost %u", &lost) == 1) {
		head->writes += lost;
		return;
	}
	memset(&record, 0, sizeof(record));
	if (sscanf(line, "%u %u %u %" SCNu64 " %15s %63s %23s %23s %" SCNu64 " %95s", &seconds,
		   &uid, &pid, &group, record.command, record.name, record.before, record.after,
		   &namespace, record.group_name) < 8)
		return;
	users = uid != 0;
	record.sequence = users ? ++head->users_writes : ++head->writes;
	record.sequence_again = record.sequence;
	record.time = (uint64_t)seconds * 1000000000U;
	record.ids[0] = record.ids[1] = pid;
	record.users[0] = record.users[1] = uid;
	record.group = group;
	record.namespace = namespace;
	slots[1 + (users ? WITNESS_SLOTS : 0) + (record.sequence - 1) % WITNESS_SLOTS] = record;
}

int witness_read(struct witness_ring *ret)
{
	struct witness_record *CLEANUP(free_pointer)
		slots = calloc(WITNESS_MAP_SLOTS, sizeof(*slots));
	const char *host = getenv("CONNTRACK_PERSIST_HOST");
	struct witness_head head = {
		.features = WITNESS_BOOT_TIME | WITNESS_PID | WITNESS_COMMAND | WITNESS_UID |
			    WITNESS_GROUP | WITNESS_ANCESTORS | WITNESS_MEMORY | WITNESS_FETCH,
	};
	char path[PATH_MAX], line[512];
	int error = faults_find(host, "contents", "witness");
	FILE *file;

	if (!slots)
		return -ENOMEM;
	if (error < 0 || !witness_is_loaded())
		return error < 0 ? error : -ENOENT;
	file = fopen(path_of("ring", path), "re");
	while (file && fgets(line, sizeof(line), file))
		put_line(line, slots, &head);
	if (file)
		(void)fclose(file);
	memcpy(slots, &head, sizeof(head));
	return witness_ring_parse(slots, ret);
}

/*
 * witness/groups has a line "NUMBER PATH" for each control group. One that is gone has none, or a
 * line "gone NUMBER PATH" with the group above it that is left.
 */
void witness_find_group(const struct witness_event *event, struct buffer *path, bool *ret_gone)
{
	char name[PATH_MAX], line[512], found[256];
	FILE *file = fopen(path_of("groups", name), "re");
	uint64_t number;

	*ret_gone = event->group != 0;
	while (file && fgets(line, sizeof(line), file)) {
		bool left = sscanf(line, "%" SCNu64 " %255s", &number, found) == 2;
		bool gone = !left && sscanf(line, "gone %" SCNu64 " %255s", &number, found) == 2;

		if ((!left && !gone) || number != event->group)
			continue;
		buffer_add(path, found);
		*ret_gone = gone;
	}
	if (file)
		(void)fclose(file);
}

uint64_t witness_own_namespace(void)
{
	return OWN_NAMESPACE;
}

/* witness/processes has a line "PID NAMESPACE" for each writer that still runs. */
uint64_t witness_find_namespace(const struct witness_event *event)
{
	char name[PATH_MAX], line[512];
	FILE *file = fopen(path_of("processes", name), "re");
	uint64_t found = 0, namespace;
	uint32_t process;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%" SCNu32 " %" SCNu64, &process, &namespace) == 2 &&
		    process == event->process)
			found = namespace;
	if (file)
		(void)fclose(file);
	return found;
}

void witness_clock(uint64_t *ret_boot, uint64_t *ret_epoch)
{
	*ret_boot = (uint64_t)UP_SECONDS * 1000000000U;
	*ret_epoch = ((uint64_t)BOOT_SECONDS + UP_SECONDS) * 1000000U;
}
