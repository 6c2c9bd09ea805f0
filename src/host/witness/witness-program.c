/* The program that the kernel runs at each access of a sysctl, to record who wrote a key. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/witness/witness-program.h"

#include <assert.h>

/* Numbers of the kernel's helpers, include/uapi/linux/bpf.h; old headers lack some names. */
enum helper {
	HELPER_MAP_LOOKUP = 1,
	HELPER_MAP_UPDATE = 2,
	HELPER_TIME = 5,
	HELPER_PID = 14,
	HELPER_UID = 15,
	HELPER_COMMAND = 16,
	HELPER_TASK = 35,
	HELPER_GROUP = 80,
	HELPER_SYSCTL_NAME = 101,
	HELPER_SYSCTL_BEFORE = 102,
	HELPER_SYSCTL_AFTER = 103,
	HELPER_READ_KERNEL = 113,
	HELPER_READ_TEXT = 115,
	HELPER_ANCESTOR = 123,
	HELPER_BOOT_TIME = 125,
};

/* The program's context, struct bpf_sysctl: the first member is 1 for a write, 0 for a read. */
#define CONTEXT_WRITE 0

/* The stack: the record, and below it the number of its slot. */
#define RECORD	      (-(int)sizeof(struct witness_record))
#define SLOT	      (RECORD - 8)
#define FIELD(member) (RECORD + (int)offsetof(struct witness_record, member))

/* Registers that keep their values during calls. */
enum {
	CONTEXT = BPF_REG_6,
	COUNTER = BPF_REG_7, /* points to the number of writes so far */
	RING = BPF_REG_8,    /* how many slots lie before this ring */
	NUMBER = BPF_REG_9,
};

enum label {
	LABEL_END,
	LABEL_FLOWTABLE,
	LABEL_OLD_NAME,
	LABEL_RECORD,
	LABEL_ROOT,
};

/* register = stack + offset */
static void point_to(struct assembler *a, int target, int offset)
{
	assembler_copy(a, target, BPF_FRAME);
	assembler_add_number(a, target, offset);
}

/* Calls a helper that fills `size` bytes of the stack. With the context as its first argument. */
static void call_to_fill(struct assembler *a, enum helper helper, int offset, int size)
{
	assembler_copy(a, BPF_REG_1, CONTEXT);
	point_to(a, BPF_REG_2, offset);
	assembler_set(a, BPF_REG_3, size);
	/* Only the name has flags: 0 stands for the name with its directories. */
	if (helper == HELPER_SYSCTL_NAME)
		assembler_set(a, BPF_REG_4, 0);
	assembler_call(a, helper);
}

/* Stores the result of a helper without arguments. */
static void call_to_store(struct assembler *a, enum helper helper, int offset)
{
	assembler_call(a, helper);
	assembler_store(a, BPF_BYTES_8, BPF_FRAME, offset, BPF_REG_0);
}

/* Goes to LABEL_RECORD for a key of connection tracking, else to LABEL_END. */
static void judge_name(struct assembler *a)
{
	static const char conntrack[] = "net/netfilter/nf_conntrack_";
	static const char flowtable[] = "net/netfilter/nf_flowtable_";
	static const char old_name[] = "net/nf_conntrack_max";

	call_to_fill(a, HELPER_SYSCTL_NAME, FIELD(name), WITNESS_NAME_SIZE);
	assembler_jump_unless_text(a, FIELD(name), conntrack, sizeof(conntrack) - 1,
				   LABEL_FLOWTABLE);
	assembler_jump(a, LABEL_RECORD);
	assembler_label(a, LABEL_FLOWTABLE);
	assembler_jump_unless_text(a, FIELD(name), flowtable, sizeof(flowtable) - 1,
				   LABEL_OLD_NAME);
	assembler_jump(a, LABEL_RECORD);
	assembler_label(a, LABEL_OLD_NAME);
	/* With its NUL, because this is the whole name. */
	assembler_jump_unless_text(a, FIELD(name), old_name, sizeof(old_name), LABEL_END);
	assembler_label(a, LABEL_RECORD);
}

/* COUNTER = the address of root's counter, in the head of the map */
static void find_counter(struct assembler *a, int map)
{
	assembler_store_number(a, BPF_BYTES_4, BPF_FRAME, SLOT, 0);
	assembler_map(a, BPF_REG_1, map);
	point_to(a, BPF_REG_2, SLOT);
	assembler_call(a, HELPER_MAP_LOOKUP);
	assembler_jump_if_equal(a, BPF_REG_0, 0, LABEL_END);
	assembler_copy(a, COUNTER, BPF_REG_0);
}

/* Chooses the ring by the user. */
static void choose_ring(struct assembler *a, unsigned int features)
{
	assembler_set(a, RING, 0);
	if (!(features & WITNESS_UID)) {
		assembler_store_number(a, BPF_BYTES_8, BPF_FRAME, FIELD(users), -1);
		return;
	}
	call_to_store(a, HELPER_UID, FIELD(users));
	assembler_keep_lower(a, BPF_REG_0);
	assembler_jump_if_equal(a, BPF_REG_0, 0, LABEL_ROOT);
	assembler_set(a, RING, WITNESS_SLOTS);
	assembler_add_number(a, COUNTER, offsetof(struct witness_head, users_writes));
	assembler_label(a, LABEL_ROOT);
}

/* NUMBER = how many writes this ring has had, and counts this one. */
static void count_write(struct assembler *a, unsigned int features)
{
	if (features & WITNESS_FETCH) {
		assembler_set(a, NUMBER, 1);
		assembler_add_atomic(a, COUNTER, NUMBER, 1);
	} else {
		/*
		 * Two writers may get the same number here. The counter is right nevertheless, so
		 * that the reader notices that a record is missing.
		 */
		assembler_load(a, BPF_BYTES_8, NUMBER, COUNTER, 0);
		assembler_set(a, BPF_REG_1, 1);
		assembler_add_atomic(a, COUNTER, BPF_REG_1, 0);
	}
	assembler_copy(a, BPF_REG_1, NUMBER);
	assembler_add_number(a, BPF_REG_1, 1);
	assembler_store(a, BPF_BYTES_8, BPF_FRAME, FIELD(sequence), BPF_REG_1);
	assembler_store(a, BPF_BYTES_8, BPF_FRAME, FIELD(sequence_again), BPF_REG_1);
}

static void record_ancestors(struct assembler *a)
{
	for (int i = 0; i < WITNESS_ANCESTORS_MAX; i++) {
		assembler_set(a, BPF_REG_1, i + 1);
		call_to_store(a, HELPER_ANCESTOR, FIELD(ancestors) + 8 * i);
	}
}

static void record_command(struct assembler *a)
{
	point_to(a, BPF_REG_1, FIELD(command));
	assembler_set(a, BPF_REG_2, sizeof(((struct witness_record *)NULL)->command));
	assembler_call(a, HELPER_COMMAND);
}

/*
 * Reads `size` bytes of the kernel's memory from the address in register 0 + distance on. An
 * address that cannot be read gives zeros.
 */
static void read_kernel(struct assembler *a, enum helper helper, uint32_t distance, int offset,
			uint32_t size)
{
	assembler_copy(a, BPF_REG_3, BPF_REG_0);
	assembler_add_number(a, BPF_REG_3, (int32_t)distance);
	point_to(a, BPF_REG_1, offset);
	assembler_set(a, BPF_REG_2, (int32_t)size);
	assembler_call(a, helper);
}

/* Follows a way from the writer on. Each pointer lies in the slot's place for a moment. */
static void record_memory(struct assembler *a, const struct kernel_paths *paths,
			  const struct kernel_path *path, enum helper helper, int offset,
			  uint32_t size)
{
	enum bpf_width width = paths->pointer_size == 8 ? BPF_BYTES_8 : BPF_BYTES_4;

	if (path->count == 0)
		return;
	assembler_call(a, HELPER_TASK);
	for (size_t i = 0; i + 1 < path->count; i++) {
		read_kernel(a, HELPER_READ_KERNEL, path->steps[i], SLOT, paths->pointer_size);
		assembler_load(a, width, BPF_REG_0, BPF_FRAME, SLOT);
	}
	read_kernel(a, helper, path->steps[path->count - 1], offset, size);
}

/* Records what no helper of this kernel gives. */
static void record_types(struct assembler *a, unsigned int features,
			 const struct kernel_paths *paths)
{
	/* The halves of 64 bits as the helper stores them: the process is the upper one. */
	int upper = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 4 : 0;
	/* So is a number of 32 bits the lower half of 64. */
	int lower = 4 - upper;

	record_memory(a, paths, &paths->namespace, HELPER_READ_KERNEL, FIELD(namespace) + lower, 4);
	record_memory(a, paths, &paths->group, HELPER_READ_TEXT, FIELD(group_name),
		      WITNESS_GROUP_SIZE);
	if (!(features & WITNESS_PID))
		record_memory(a, paths, &paths->process, HELPER_READ_KERNEL, FIELD(ids) + upper, 4);
	if (!(features & WITNESS_COMMAND))
		record_memory(a, paths, &paths->command, HELPER_READ_KERNEL, FIELD(command),
			      sizeof(((struct witness_record *)NULL)->command));
}

static void record_writer(struct assembler *a, unsigned int features,
			  const struct kernel_paths *paths)
{
	call_to_store(a, features & WITNESS_BOOT_TIME ? HELPER_BOOT_TIME : HELPER_TIME,
		      FIELD(time));
	if (features & WITNESS_PID)
		call_to_store(a, HELPER_PID, FIELD(ids));
	if (features & WITNESS_GROUP)
		call_to_store(a, HELPER_GROUP, FIELD(group));
	if (features & WITNESS_ANCESTORS)
		record_ancestors(a);
	if (features & WITNESS_COMMAND)
		record_command(a);
	if (features & WITNESS_MEMORY)
		record_types(a, features, paths);
}

/* Copies the record into its slot, behind the head and the slots of the rings before it. */
static void put_record(struct assembler *a, int map)
{
	assembler_and(a, NUMBER, WITNESS_SLOTS - 1);
	assembler_add_register(a, NUMBER, RING);
	assembler_add_number(a, NUMBER, 1);
	assembler_store(a, BPF_BYTES_4, BPF_FRAME, SLOT, NUMBER);
	assembler_map(a, BPF_REG_1, map);
	point_to(a, BPF_REG_2, SLOT);
	point_to(a, BPF_REG_3, RECORD);
	assembler_set(a, BPF_REG_4, 0);
	assembler_call(a, HELPER_MAP_UPDATE);
}

int witness_program_assemble(int map, unsigned int features, const struct kernel_paths *paths,
			     struct assembler *ret)
{
	assert(paths || !(features & WITNESS_MEMORY));
	*ret = (struct assembler){0};
	assembler_load(ret, BPF_BYTES_4, BPF_REG_2, BPF_REG_1, CONTEXT_WRITE);
	assembler_jump_if_equal(ret, BPF_REG_2, 0, LABEL_END);
	assembler_copy(ret, CONTEXT, BPF_REG_1);
	assembler_clear(ret, BPF_FRAME, RECORD, sizeof(struct witness_record));
	judge_name(ret);
	find_counter(ret, map);
	choose_ring(ret, features);
	count_write(ret, features);
	record_writer(ret, features, paths);
	call_to_fill(ret, HELPER_SYSCTL_BEFORE, FIELD(before), WITNESS_VALUE_SIZE);
	call_to_fill(ret, HELPER_SYSCTL_AFTER, FIELD(after), WITNESS_VALUE_SIZE);
	put_record(ret, map);
	assembler_label(ret, LABEL_END);
	assembler_exit(ret, 1);
	return assembler_finish(ret);
}

int witness_probe_assemble(enum witness_feature feature, int map, const struct kernel_paths *paths,
			   struct assembler *ret)
{
	*ret = (struct assembler){0};
	assembler_clear(ret, BPF_FRAME, RECORD, sizeof(struct witness_record));
	switch (feature) {
	case WITNESS_BOOT_TIME:
		assembler_call(ret, HELPER_BOOT_TIME);
		break;
	case WITNESS_PID:
		assembler_call(ret, HELPER_PID);
		break;
	case WITNESS_UID:
		assembler_call(ret, HELPER_UID);
		break;
	case WITNESS_GROUP:
		assembler_call(ret, HELPER_GROUP);
		break;
	case WITNESS_COMMAND:
		record_command(ret);
		break;
	case WITNESS_ANCESTORS:
		record_ancestors(ret);
		break;
	case WITNESS_MEMORY:
		assert(paths);
		assembler_store_number(ret, BPF_BYTES_8, BPF_FRAME, SLOT, 0);
		record_types(ret, 0, paths);
		break;
	case WITNESS_FETCH:
		find_counter(ret, map);
		count_write(ret, WITNESS_FETCH);
		break;
	}
	assembler_label(ret, LABEL_END);
	assembler_exit(ret, 1);
	return assembler_finish(ret);
}
