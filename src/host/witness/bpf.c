/* The calls of bpf(2) that the witness needs, without a library; old kernel headers are enough. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/witness/bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Numbers of include/uapi/linux/bpf.h, which headers of older kernels lack. BPF_F_RDONLY is needed
 * by a process that may read the pin and not write it.
 */
enum {
	COMMAND_LINK_CREATE = 28,
	TYPE_CGROUP_SYSCTL = 23,
	ATTACH_CGROUP_SYSCTL = 18,
	FLAG_READ_ONLY = 1 << 3,
};

/*
 * The arguments of each command: the members of union bpf_attr that the kernel had when the command
 * came, so that each kernel with the command takes them. Addresses are 64 bits everywhere.
 */
struct map_arguments {
	uint32_t type, key_size, value_size, slots, flags, inner_map, numa_node;
	char name[BPF_OBJ_NAME_LEN];
};

struct slot_arguments {
	uint32_t map, zero;
	uint64_t key, value, flags;
};

struct program_arguments {
	uint32_t type, count;
	uint64_t instructions, license;
	uint32_t log_level, log_size;
	uint64_t log;
	uint32_t kernel_version, flags;
	char name[BPF_OBJ_NAME_LEN];
	uint32_t interface, attach_type;
};

struct pin_arguments {
	uint64_t path;
	uint32_t object, flags;
};

struct link_arguments {
	uint32_t program, target, attach_type, flags;
};

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static int call_bpf(int command, void *arguments, size_t size)
{
#ifdef SYS_bpf
	long result = syscall(SYS_bpf, command, arguments, size);

	return result < 0 ? -errno : (int)result;
#else
	(void)command;
	(void)arguments;
	(void)size;
	return -ENOSYS;
#endif
}

int bpf_create_array(const char *name, size_t value_size, unsigned int slots)
{
	struct map_arguments arguments;

	memset(&arguments, 0, sizeof(arguments));
	arguments.type = BPF_MAP_TYPE_ARRAY;
	arguments.key_size = sizeof(uint32_t);
	arguments.value_size = (uint32_t)value_size;
	arguments.slots = slots;
	(void)snprintf(arguments.name, sizeof(arguments.name), "%s", name);
	return call_bpf(BPF_MAP_CREATE, &arguments, sizeof(arguments));
}

static int call_for_slot(int command, int map, uint32_t slot, const void *value)
{
	struct slot_arguments arguments;

	memset(&arguments, 0, sizeof(arguments));
	arguments.map = (uint32_t)map;
	arguments.key = address_of(&slot);
	arguments.value = address_of(value);
	return call_bpf(command, &arguments, sizeof(arguments));
}

int bpf_read_slot(int map, uint32_t slot, void *ret)
{
	return call_for_slot(BPF_MAP_LOOKUP_ELEM, map, slot, ret);
}

int bpf_write_slot(int map, uint32_t slot, const void *value)
{
	return call_for_slot(BPF_MAP_UPDATE_ELEM, map, slot, value);
}

int bpf_load_sysctl(const char *name, const struct bpf_insn *instructions, size_t count,
		    char log[BPF_LOG_SIZE])
{
	struct program_arguments arguments;
	int program;

	memset(&arguments, 0, sizeof(arguments));
	arguments.type = TYPE_CGROUP_SYSCTL;
	arguments.count = (uint32_t)count;
	arguments.instructions = address_of(instructions);
	arguments.license = address_of("GPL");
	arguments.attach_type = ATTACH_CGROUP_SYSCTL;
	(void)snprintf(arguments.name, sizeof(arguments.name), "%s", name);
	log[0] = '\0';
	/* The log is asked for only after a refusal, because it makes loading slower. */
	program = call_bpf(BPF_PROG_LOAD, &arguments, sizeof(arguments));
	if (program >= 0 || program == -ENOSYS)
		return program;
	arguments.log_level = 1;
	arguments.log_size = BPF_LOG_SIZE;
	arguments.log = address_of(log);
	program = call_bpf(BPF_PROG_LOAD, &arguments, sizeof(arguments));
	log[BPF_LOG_SIZE - 1] = '\0';
	return program;
}

int bpf_attach_sysctl(int program, int group)
{
	struct link_arguments arguments;

	memset(&arguments, 0, sizeof(arguments));
	arguments.program = (uint32_t)program;
	arguments.target = (uint32_t)group;
	arguments.attach_type = ATTACH_CGROUP_SYSCTL;
	return call_bpf(COMMAND_LINK_CREATE, &arguments, sizeof(arguments));
}

int bpf_pin(int object, const char *path)
{
	struct pin_arguments arguments;

	memset(&arguments, 0, sizeof(arguments));
	arguments.path = address_of(path);
	arguments.object = (uint32_t)object;
	return call_bpf(BPF_OBJ_PIN, &arguments, sizeof(arguments));
}

int bpf_open_pinned(const char *path)
{
	struct pin_arguments arguments;

	memset(&arguments, 0, sizeof(arguments));
	arguments.path = address_of(path);
	arguments.flags = FLAG_READ_ONLY;
	return call_bpf(BPF_OBJ_GET, &arguments, sizeof(arguments));
}
