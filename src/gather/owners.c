/* Finds out who owns network namespaces and their addresses: containers, units and processes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/owners.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gather/owners-internal.h"
#include "model/table/owner-lines.h"

/* The characters of an ID that engines show. */
#define ID_SHOWN 12

void owner_search_done(struct owner_search *search)
{
	free(search->podman);
	names_done(&search->pods);
	*search = (struct owner_search){0};
}

struct address_reading {
	struct owners *owners;
	uint16_t owner;
};

static int note_address(void *data, uint8_t family, const uint8_t *bytes)
{
	const struct address_reading *reading = data;

	return owners_add_address(reading->owners, reading->owner, family, bytes);
}

int owner_search_addresses(struct owner_search *search, uint16_t owner)
{
	struct address_reading reading = {search->owners, owner};
	int error;

	if (owner == OWNER_NONE)
		return 0;
	error = kernel_read_addresses(search->gathering->kernel, note_address, &reading);
	search->owners->cut |= error < 0;
	return error == -ENOMEM ? error : 0;
}

/* Containers of podman are all in one file, which depends on the storage driver. */
static void read_podman(struct owner_search *search)
{
	static const char *const paths[] = {
		"/var/lib/containers/storage/overlay-containers/containers.json",
		"/var/lib/containers/storage/vfs-containers/containers.json",
		"/var/lib/containers/storage/btrfs-containers/containers.json",
	};

	if (search->podman_read)
		return;
	search->podman_read = true;
	for (size_t i = 0; i < ARRAY_SIZE(paths) && !search->podman; i++)
		(void)!kernel_read_all(search->gathering->kernel, paths[i], &search->podman);
}

static void find_container_name(struct owner_search *search, const char *id, struct buffer *name)
{
	char *CLEANUP(free_pointer) docker = NULL;
	char path[GROUP_NAME_SIZE + 64];

	(void)snprintf(path, sizeof(path), "/var/lib/docker/containers/%s/config.v2.json", id);
	if (kernel_read_all(search->gathering->kernel, path, &docker) == 0)
		container_name_docker(docker, name);
	if (name->length > 0)
		return;
	read_podman(search);
	if (search->podman)
		container_name_podman(search->podman, id, name);
}

static void find_pod_name(struct owner_search *search, const char *uid, struct buffer *name)
{
	if (!search->pods_read) {
		search->pods_read = true;
		(void)!tree_list(search->gathering->tree, "/var/log/pods", "", &search->pods);
	}
	for (size_t i = 0; i < search->pods.count; i++)
		if (pod_name_from_folder(search->pods.items[i], uid, name))
			return;
}

/*
 * Puts a better name in place of an ID. An ordinary user may have made up the ID of another
 * container, so that a container of a user keeps its ID.
 */
static void name_container(struct owner_search *search, struct group_owner *owner)
{
	struct buffer CLEANUP(buffer_clear) name = {0};

	if (!owner->is_id)
		return;
	if (!owner->of_user && owner->kind == OWNER_POD)
		find_pod_name(search, owner->name, &name);
	else if (!owner->of_user)
		find_container_name(search, owner->name, &name);
	if (name.length > 0)
		(void)snprintf(owner->name, sizeof(owner->name), "%s", name.data);
	else if (owner->kind == OWNER_CONTAINER)
		owner->name[ID_SHOWN] = '\0';
}

/*
 * A machine may run in a unit of any name; systemd-machined has a link from the unit to the machine
 * then. A unit of an ordinary user is none of root's machines.
 */
static void name_machine(const struct kernel *kernel, struct group_owner *owner)
{
	struct buffer CLEANUP(buffer_clear) name = {0};
	char path[GROUP_NAME_SIZE + 32], text[4096];

	if (owner->of_user || strchr(owner->name, '/'))
		return;
	(void)snprintf(path, sizeof(path), "/run/systemd/machines/unit:%s", owner->name);
	if (kernel_read(kernel, path, text, sizeof(text)) == 0)
		machine_name_from_record(text, &name);
	if (name.length == 0)
		return;
	owner->kind = OWNER_MACHINE;
	(void)snprintf(owner->name, sizeof(owner->name), "%s", name.data);
}

void owner_search_process(struct owner_search *search, unsigned long pid, struct group_owner *ret)
{
	const struct kernel *kernel = search->gathering->kernel;
	char path[64], text[4096];

	*ret = (struct group_owner){.kind = OWNER_PROCESS, .name = "?"};
	(void)snprintf(path, sizeof(path), "/proc/%lu/cgroup", pid);
	if (kernel_read(kernel, path, text, sizeof(text)) == 0)
		group_owner_parse(text, ret);
	if (ret->kind != OWNER_PROCESS) {
		if (ret->kind == OWNER_UNIT)
			name_machine(kernel, ret);
		else
			name_container(search, ret);
		return;
	}
	(void)snprintf(path, sizeof(path), "/proc/%lu/comm", pid);
	(void)!kernel_read(kernel, path, ret->name, sizeof(ret->name));
}

void owner_search_group(struct owner_search *search, const char *path, struct group_owner *ret)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	*ret = (struct group_owner){.kind = OWNER_PROCESS};
	/* As /proc/PID/cgroup has it. */
	buffer_printf(&text, "0::%s\n", path);
	if (text.data)
		group_owner_parse(text.data, ret);
	name_container(search, ret);
}

int owner_search_namespace(struct owner_search *search, const struct network_namespace *namespace,
			   uint16_t *ret)
{
	struct group_owner owner = {.kind = OWNER_NAMESPACE};

	if (namespace->member > 0)
		owner_search_process(search, namespace->member, &owner);
	/*
	 * The name that an administrator gave a namespace says more than a unit or process in it.
	 */
	if (namespace->name && (owner.kind == OWNER_PROCESS || owner.kind == OWNER_UNIT ||
				owner.kind == OWNER_NAMESPACE)) {
		owner.kind = OWNER_NAMESPACE;
		(void)snprintf(owner.name, sizeof(owner.name), "%s", namespace->name);
	}
	/* Two of which nothing else is known are two owners. */
	if (namespace->id && owner.kind == OWNER_NAMESPACE)
		(void)snprintf(owner.name, sizeof(owner.name), "%s", namespace->path);
	return owners_find(search->owners, owner.kind, owner.name, ret);
}
