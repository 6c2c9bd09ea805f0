/* The running kernel itself behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "host/kernel/addresses.h"
#include "host/kernel/daemons.h"
#include "host/kernel/kernel-file.h"
#include "host/kernel/kmod.h"
#include "host/kernel/module-tree.h"
#include "host/kernel/namespaces.h"
#include "host/kernel/sockets.h"
#include "host/kernel/word-size.h"

/* The inode of the first PID namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h, 3.8 to 7.2. */
#define PID_INIT_INODE 0xEFFFFFFCU

struct kernel {
	struct utsname name;
	int own; /* the way back from another network namespace; -1: none was entered yet */
};

int kernel_open(struct kernel **ret)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return -ENOMEM;
	if (uname(&kernel->name) < 0) {
		int error = -errno;

		free(kernel);
		return error;
	}
	kernel->own = -1;
	*ret = kernel;
	return 0;
}

struct kernel *kernel_close(struct kernel *kernel)
{
	if (kernel)
		close_descriptor(&kernel->own);
	free(kernel);
	return NULL;
}

const char *kernel_files_root(const struct kernel *kernel)
{
	(void)kernel;
	return "/";
}

uint64_t kernel_now(const struct kernel *kernel)
{
	struct timespec now = {0};

	(void)kernel;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t kernel_random(const struct kernel *kernel)
{
	uint64_t number = kernel_now(kernel);

	/* Early in the boot there is nothing better than the time. */
	(void)!getrandom(&number, sizeof(number), GRND_NONBLOCK);
	return number;
}

bool kernel_may_change(const struct kernel *kernel)
{
	(void)kernel;
	return geteuid() == 0;
}

bool kernel_sees_host(const struct kernel *kernel)
{
	struct stat namespace;

	/* A kernel without pid namespaces has no such file. */
	return kernel_may_change(kernel) &&
	       (stat("/proc/self/ns/pid", &namespace) < 0 || namespace.st_ino == PID_INIT_INODE);
}

bool kernel_owns_files(const struct kernel *kernel)
{
	(void)kernel;
	return true;
}

const char *kernel_release(const struct kernel *kernel)
{
	return kernel->name.release;
}

unsigned long kernel_page_size(const struct kernel *kernel)
{
	long size = sysconf(_SC_PAGESIZE);

	(void)kernel;
	return size > 0 ? (unsigned long)size : 0;
}

unsigned int kernel_word_size(const struct kernel *kernel)
{
	return word_size_of_kernel("", sizeof(void *), kernel->name.machine);
}

int kernel_read(const struct kernel *kernel, const char *path, char *buffer, size_t size)
{
	(void)kernel;
	return kernel_file_read(path, buffer, size);
}

int kernel_read_all(const struct kernel *kernel, const char *path, char **ret)
{
	(void)kernel;
	return kernel_file_read_all(path, ret);
}

int kernel_read_lines(const struct kernel *kernel, const char *path, size_t most,
		      int (*read)(void *data, const char *line), void *data)
{
	(void)kernel;
	return kernel_file_read_lines(path, most, read, data);
}

int kernel_read_addresses(const struct kernel *kernel,
			  int (*read)(void *data, uint8_t family, const uint8_t *bytes), void *data)
{
	(void)kernel;
	return addresses_read(read, data);
}

int kernel_find_sockets(const struct kernel *kernel, struct socket_process *sockets, size_t count)
{
	(void)kernel;
	return sockets_find("", sockets, count);
}

int kernel_check_processes(const struct kernel *kernel)
{
	struct stat namespace;

	(void)kernel;
	/* A kernel without pid namespaces has no such file. */
	if (stat("/proc/self/ns/pid", &namespace) == 0 && namespace.st_ino != PID_INIT_INODE)
		return -EXDEV;
	return kernel_file_check_processes("");
}

void kernel_list_commands(const struct kernel *kernel, struct buffer *b)
{
	(void)kernel;
	kernel_file_list_commands("", b);
}

int kernel_find_daemons(const struct kernel *kernel, const char *const *names, size_t count,
			struct daemons *ret)
{
	(void)kernel;
	return daemons_find("", names, count, ret);
}

bool kernel_has(const struct kernel *kernel, const char *path)
{
	(void)kernel;
	return access(path, F_OK) == 0;
}

bool kernel_has_program(const struct kernel *kernel, const char *path)
{
	return kernel_has(kernel, path);
}

bool kernel_is_writable(const struct kernel *kernel, const char *path)
{
	(void)kernel;
	return kernel_file_is_writable(path);
}

bool kernel_is_read_only(const struct kernel *kernel, const char *path)
{
	struct statvfs mount;

	(void)kernel;
	return statvfs(path, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0;
}

int kernel_write(const struct kernel *kernel, const char *path, const char *text)
{
	(void)kernel;
	return kernel_file_write(path, text);
}

void kernel_pause(const struct kernel *kernel, unsigned int milliseconds)
{
	struct timespec time = {.tv_sec = milliseconds / 1000,
				.tv_nsec = (long)(milliseconds % 1000) * 1000000};

	(void)kernel;
	(void)nanosleep(&time, NULL);
}

int kernel_module_state(const struct kernel *kernel, enum module_state *ret)
{
	int error = kernel_file_module_state("", ret);

	/*
	 * Its directory without a state: built in, or its files are just about to appear. libkmod
	 * would take either for "coming" where the list of what is built in is missing
	 * (containers), and costs more than all of apply.
	 */
	for (int i = 0; i < 3 && error == -ENODATA; i++) {
		kernel_pause(kernel, 1);
		error = kernel_file_module_state("", ret);
	}
	if (error != -ENODATA)
		return error;
	*ret = MODULE_BUILT_IN;
	return 0;
}

/*
 * Returns whether this is a chroot, as where images are made: its /lib/modules is not where the
 * running kernel gets modules from. Only root can see the root of another process; others take this
 * one for that of the host.
 */
static bool is_chroot(void)
{
	struct stat ours, theirs;

	if (stat("/proc/1/root", &theirs) < 0)
		return errno != EACCES && errno != EPERM;
	return stat("/", &ours) == 0 &&
	       (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino);
}

int kernel_find_module_file(const struct kernel *kernel, enum module_file *ret)
{
	if (is_chroot()) {
		*ret = MODULE_FILE_UNKNOWN;
		return 0;
	}
	if (access("/proc/modules", F_OK) == 0 || access("/proc/version", F_OK) < 0)
		return module_tree_look("", kernel->name.release, ret);
	*ret = MODULE_FILE_NO_MODULES;
	return 0;
}

int kernel_remove_module(const struct kernel *kernel, const char *name)
{
	(void)kernel;
	return modules_remove(name);
}

int kernel_modprobe_view(const struct kernel *kernel, struct modprobe_view *ret)
{
	(void)kernel;
	return modules_view(NULL, NULL, ret);
}

int kernel_list_namespaces(const struct kernel *kernel, struct network_namespaces *ret)
{
	(void)kernel;
	return namespaces_list(ret);
}

int kernel_find_namespace(const struct kernel *kernel, const char *name_or_path,
			  struct network_namespace *ret)
{
	(void)kernel;
	return namespaces_find(name_or_path, ret);
}

int kernel_enter_namespace(struct kernel *kernel, const struct network_namespace *namespace)
{
	int error = kernel->own < 0 ? namespaces_open_own(&kernel->own) : 0;

	return error < 0 ? error : namespaces_enter(namespace);
}

int kernel_move_to_namespace(struct kernel *kernel, const struct network_namespace *namespace)
{
	(void)kernel;
	return namespaces_enter(namespace);
}

void kernel_leave_namespace(struct kernel *kernel)
{
	namespaces_return(kernel->own);
}
