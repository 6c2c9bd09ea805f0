/* Loads and pins the witness at places that the caller names, and reads it again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/witness/witness-loader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "host/witness/bpf.h"
#include "host/witness/witness-program.h"

/*
 * The pins. Their names end in the version of program and record, which must be raised whenever
 * either changes: a new version of this package then loads its own and removes the others.
 */
#define PIN_VERSION "3"
#define PIN_RECORDS "records-" PIN_VERSION
#define PIN_LINK    "link-" PIN_VERSION

struct pin_path {
	char text[PATH_MAX];
};

static const char *path_of(const struct witness_places *places, const char *name,
			   struct pin_path *path)
{
	(void)snprintf(path->text, sizeof(path->text), "%s/%s", places->pins, name);
	return path->text;
}

static bool has_pin(const struct witness_places *places, const char *name)
{
	struct pin_path path = {""};
	struct stat seen;

	return stat(path_of(places, name, &path), &seen) == 0;
}

bool witness_loader_has(const struct witness_places *places)
{
	return has_pin(places, PIN_LINK) && has_pin(places, PIN_RECORDS);
}

/*
 * Raises the limit of locked memory. Linux before 5.11 counts maps as locked memory, and the usual
 * limit is 64 KiB. If that is not allowed, the kernel says so when the map is made.
 */
static void raise_memory_limit(void)
{
	const struct rlimit none = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

	(void)setrlimit(RLIMIT_MEMLOCK, &none);
}

/*
 * Reads a file of at most KERNEL_TYPES_SIZE_MAX bytes, whose size the kernel says. Returns memory
 * of the caller's, or NULL.
 */
static void *read_types(const char *path, size_t *ret_size)
{
	int CLEANUP(close_descriptor) fd = open(path, O_RDONLY | O_CLOEXEC);
	char *CLEANUP(free_pointer) bytes = NULL;
	struct stat seen;
	size_t done = 0;

	if (fd < 0 || fstat(fd, &seen) < 0 || seen.st_size <= 0 ||
	    seen.st_size > KERNEL_TYPES_SIZE_MAX)
		return NULL;
	bytes = malloc((size_t)seen.st_size);
	while (bytes && done < (size_t)seen.st_size) {
		ssize_t got = read(fd, bytes + done, (size_t)seen.st_size - done);

		if (got <= 0)
			return NULL;
		done += (size_t)got;
	}
	*ret_size = done;
	return steal_pointer(&bytes);
}

/*
 * Finds the ways from a process to what it is. Returns false in a kernel that does
 * not describe its types (CONFIG_DEBUG_INFO_BTF).
 */
static bool find_paths(struct kernel_paths *ret)
{
	size_t size = 0;
	void *CLEANUP(free_pointer) bytes = read_types("/sys/kernel/btf/vmlinux", &size);

	return bytes && kernel_types_find_paths(bytes, size, ret) == 0;
}

/* Returns the features of this kernel, each of which is tried with a program of its own. */
static unsigned int find_features(int map, struct kernel_paths *paths, char log[BPF_LOG_SIZE])
{
	bool described = find_paths(paths);
	unsigned int features = 0;

	for (unsigned int bit = WITNESS_BOOT_TIME; bit <= WITNESS_FETCH; bit <<= 1) {
		struct assembler probe;
		int CLEANUP(close_descriptor) program = -1;

		if ((bit == WITNESS_MEMORY && !described) ||
		    witness_probe_assemble((enum witness_feature)bit, map, paths, &probe) < 0)
			continue;
		program = bpf_load_sysctl("witness_probe", probe.instructions, probe.count, log);
		if (program >= 0)
			features |= bit;
	}
	return features;
}

static uint64_t time_since_boot(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static int write_head(int map, unsigned int features)
{
	struct witness_head head = {.features = features, .loaded = time_since_boot()};
	struct witness_record slot;

	memset(&slot, 0, sizeof(slot));
	memcpy(&slot, &head, sizeof(head));
	return bpf_write_slot(map, 0, &slot);
}

static enum witness_obstacle obstacle_of(int error, enum witness_obstacle otherwise)
{
	if (error == -ENOSYS)
		return WITNESS_NO_BPF;
	if (error == -EPERM)
		return WITNESS_NOT_ALLOWED;
	return error == -ENOMEM ? WITNESS_NO_MEMORY : otherwise;
}

/* Sets *ret to the map, with its head written. */
static enum witness_obstacle make_map(char log[BPF_LOG_SIZE], unsigned int *ret_features,
				      struct kernel_paths *ret_paths, int *ret, int *ret_error)
{
	int map = bpf_create_array("witness", sizeof(struct witness_record), WITNESS_MAP_SLOTS);

	if (map < 0) {
		*ret_error = map;
		return obstacle_of(map, WITNESS_PROGRAM_REFUSED);
	}
	*ret = map;
	*ret_features = find_features(map, ret_paths, log);
	*ret_error = write_head(map, *ret_features);
	return *ret_error < 0 ? obstacle_of(*ret_error, WITNESS_PROGRAM_REFUSED) : WITNESS_FINE;
}

/* Returns whether the kernel has programs of this type, by the smallest one. */
static bool has_type(char log[BPF_LOG_SIZE])
{
	struct assembler smallest = {0};
	int CLEANUP(close_descriptor) program = -1;

	assembler_exit(&smallest, 1);
	program = bpf_load_sysctl("witness_probe", smallest.instructions, smallest.count, log);
	return program >= 0 || program == -EPERM;
}

static enum witness_obstacle make_program(int map, unsigned int features,
					  const struct kernel_paths *paths, char log[BPF_LOG_SIZE],
					  int *ret, int *ret_error)
{
	struct assembler program;
	char unused[BPF_LOG_SIZE];

	*ret_error = witness_program_assemble(map, features, paths, &program);
	if (*ret_error == 0)
		*ret_error = bpf_load_sysctl("witness", program.instructions, program.count, log);
	if (*ret_error >= 0) {
		*ret = *ret_error;
		return WITNESS_FINE;
	}
	if (*ret_error != -EPERM && !has_type(unused))
		return obstacle_of(*ret_error, WITNESS_NO_SYSCTL_TYPE);
	return obstacle_of(*ret_error, WITNESS_PROGRAM_REFUSED);
}

static enum witness_obstacle attach(const struct witness_places *places, int program, int *ret,
				    int *ret_error)
{
	int CLEANUP(close_descriptor)
		group = open(places->group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (group < 0) {
		*ret_error = -errno;
		return WITNESS_NO_CGROUP2;
	}
	*ret_error = bpf_attach_sysctl(program, group);
	if (*ret_error >= 0) {
		*ret = *ret_error;
		return WITNESS_FINE;
	}
	/* A kernel before 5.7 does not know the command. */
	return *ret_error == -EINVAL
		       ? WITNESS_NO_LINK
		       : obstacle_of(*ret_error == -EPERM ? 0 : *ret_error, WITNESS_ATTACH_REFUSED);
}

/* Removes a pin. What is not there is fine. */
static int remove_pin(const struct witness_places *places, const char *name)
{
	struct pin_path path = {""};

	return unlink(path_of(places, name, &path)) == 0 || errno == ENOENT ? 0 : -errno;
}

/*
 * Pins the map first and the link last: whoever finds the link finds a whole witness. If the
 * process is killed before the last step, the kernel detaches the program, and a map is left that
 * the next start replaces.
 */
static int pin_both(const struct witness_places *places, int map, int link)
{
	struct pin_path path = {""};
	int error;

	if (mkdir(places->pins, 0700) < 0 && errno != EEXIST)
		return -errno;
	error = remove_pin(places, PIN_LINK);
	if (error == 0)
		error = remove_pin(places, PIN_RECORDS);
	if (error == 0)
		error = bpf_pin(map, path_of(places, PIN_RECORDS, &path));
	if (error < 0)
		return error;
	error = bpf_pin(link, path_of(places, PIN_LINK, &path));
	if (error < 0)
		(void)remove_pin(places, PIN_RECORDS);
	return error;
}

/*
 * Removes the pins in the directory, but not those of this version if keep is set. A link goes
 * before the map that its program writes to. Returns how many there were, or a negative errno.
 */
static int remove_pins(const struct witness_places *places, bool keep)
{
	DIR *directory = opendir(places->pins);
	const struct dirent *entry;
	int removed = 0, error = 0;

	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(directory))) {
		const char *name = entry->d_name;

		if (name[0] == '.' ||
		    (keep && (strcmp(name, PIN_LINK) == 0 || strcmp(name, PIN_RECORDS) == 0)))
			continue;
		if (unlinkat(dirfd(directory), name, 0) == 0)
			removed++;
		else
			error = -errno;
	}
	(void)closedir(directory);
	return error < 0 ? error : removed;
}

enum witness_obstacle witness_loader_start(const struct witness_places *places, struct buffer *log,
					   int *ret_error)
{
	char said[BPF_LOG_SIZE] = "", unused[BPF_LOG_SIZE];
	int CLEANUP(close_descriptor) map = -1;
	int CLEANUP(close_descriptor) program = -1;
	int CLEANUP(close_descriptor) link = -1;
	struct kernel_paths paths = {0};
	unsigned int features = 0;
	enum witness_obstacle obstacle;

	*ret_error = 0;
	if (witness_loader_has(places)) {
		(void)!remove_pins(places, true);
		return WITNESS_FINE;
	}
	raise_memory_limit();
	obstacle = make_map(unused, &features, &paths, &map, ret_error);
	if (obstacle == WITNESS_FINE)
		obstacle = make_program(map, features, &paths, said, &program, ret_error);
	if (obstacle == WITNESS_PROGRAM_REFUSED)
		buffer_add(log, said);
	if (obstacle == WITNESS_FINE)
		obstacle = attach(places, program, &link, ret_error);
	if (obstacle != WITNESS_FINE)
		return obstacle;
	*ret_error = pin_both(places, map, link);
	if (*ret_error < 0)
		return WITNESS_PIN_FAILED;
	(void)!remove_pins(places, true);
	*ret_error = 0;
	return WITNESS_FINE;
}

int witness_loader_stop(const struct witness_places *places)
{
	int removed;

	/* Where /sys is read-only, as in a container, rmdir() fails before it looks. */
	if (access(places->pins, F_OK) < 0 && errno == ENOENT)
		return 0;
	removed = remove_pins(places, false);
	if (removed >= 0 && rmdir(places->pins) < 0 && errno != ENOENT)
		return -errno;
	return removed < 0 ? removed : removed > 0;
}

/* Reads the head last, so that writes that came meanwhile count as lost and not as unseen. */
static int read_slots(int map, struct witness_record slots[WITNESS_MAP_SLOTS])
{
	for (uint32_t i = 1; i < WITNESS_MAP_SLOTS; i++) {
		int error = bpf_read_slot(map, i, &slots[i]);

		if (error < 0)
			return error;
	}
	return bpf_read_slot(map, 0, &slots[0]);
}

static int read_pinned(const struct witness_places *places,
		       struct witness_record slots[WITNESS_MAP_SLOTS])
{
	struct pin_path path = {""};
	int CLEANUP(close_descriptor) map = bpf_open_pinned(path_of(places, PIN_RECORDS, &path));

	return map < 0 ? map : read_slots(map, slots);
}

int witness_loader_read(const struct witness_places *places, struct witness_ring *ret)
{
	struct witness_record *slots = calloc(WITNESS_MAP_SLOTS, sizeof(*slots));
	int error;

	if (!slots)
		return -ENOMEM;
	error = read_pinned(places, slots);
	if (error == 0)
		error = witness_ring_parse(slots, ret);
	free(slots);
	return error;
}
