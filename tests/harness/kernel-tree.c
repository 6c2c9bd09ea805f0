/*
 * A folder as the kernel, for the test twin: its files, /proc and /sys lie below
 * $CONNTRACK_PERSIST_HOST.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/faults.h"
#include "harness/kernel-takes.h"
#include "harness/namespace.h"
#include "host/kernel/daemons.h"
#include "host/kernel/kernel-file.h"
#include "host/kernel/kmod.h"
#include "host/kernel/module-tree.h"
#include "host/kernel/sockets.h"
#include "host/kernel/word-size.h"

/*
 * What a kernel makes of a write is computed by kernel-takes.c, which shares nothing with the
 * program. Shared with the shipped body of this port is only how files below / are read:
 * kernel-file.h, libkmod's answers, and the word size that the program gets. No answer of theirs
 * confirms itself, because a case writes these files and says what the program makes of them.
 */

#define MODULE	 "/sys/module/nf_conntrack"
#define HASHSIZE MODULE "/parameters/hashsize"
#define KEYS	 "/proc/sys/net/netfilter"

struct kernel {
	const char *folder;
	char release[64];
};

int kernel_open(struct kernel **ret)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return -ENOMEM;
	kernel->folder = getenv("CONNTRACK_PERSIST_HOST");
	if (!kernel->folder) {
		fputs("the test twin needs CONNTRACK_PERSIST_HOST\n", stderr);
		free(kernel);
		return -EINVAL;
	}
	if (kernel_read(kernel, "/proc/sys/kernel/osrelease", kernel->release,
			sizeof(kernel->release)) < 0)
		kernel->release[0] = '\0';
	*ret = kernel;
	return 0;
}

struct kernel *kernel_close(struct kernel *kernel)
{
	free(kernel);
	return NULL;
}

const char *kernel_files_root(const struct kernel *kernel)
{
	return kernel->folder;
}

/* Noon of a day in November. */
uint64_t kernel_now(const struct kernel *kernel)
{
	(void)kernel;
	return 1795262400000000;
}

/* The time is the same in each run. */
uint64_t kernel_random(const struct kernel *kernel)
{
	(void)kernel;
	return 1;
}

bool kernel_may_change(const struct kernel *kernel)
{
	(void)kernel;
	return !getenv("CONNTRACK_PERSIST_UNPRIVILEGED");
}

bool kernel_sees_host(const struct kernel *kernel)
{
	return kernel_may_change(kernel) && !getenv("CONNTRACK_PERSIST_CONTAINED");
}

bool kernel_owns_files(const struct kernel *kernel)
{
	(void)kernel;
	return getenv("CONNTRACK_PERSIST_OWNS_FILES") != NULL;
}

const char *kernel_release(const struct kernel *kernel)
{
	return kernel->release;
}

/* In the folder's page_size; 4096 without it. */
unsigned long kernel_page_size(const struct kernel *kernel)
{
	char text[24];

	return kernel_read(kernel, "/page_size", text, sizeof(text)) < 0 ? 4096
									 : strtoul(text, NULL, 10);
}

/*
 * A kernel of 64 bits, whatever this program is built for, unless the folder's files say otherwise.
 */
unsigned int kernel_word_size(const struct kernel *kernel)
{
	return word_size_of_kernel(kernel->folder, 4, "x86_64");
}

/* While a network namespace is entered, its own values are in its folder. */
static bool is_of_namespace(const char *path)
{
	return strncmp(path, "/proc/sys/net/", 14) == 0 || strncmp(path, "/proc/net/", 10) == 0;
}

static int make_path(const struct kernel *kernel, const char *path, char *buffer)
{
	const char *folder = is_of_namespace(path) ? harness_net_root() : kernel->folder;

	return snprintf(buffer, PATH_MAX, "%s%s", folder, path) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Failures in a namespace are those of "NAME:PATH". */
static int find_fault(const struct kernel *kernel, const char *kind, const char *path)
{
	const char *inside = is_of_namespace(path) ? harness_namespace() : NULL;
	char name[PATH_MAX];

	(void)snprintf(name, sizeof(name), "%s%s%s", inside ? inside : "", inside ? ":" : "", path);
	return faults_find(kernel->folder, kind, name);
}

int kernel_read(const struct kernel *kernel, const char *path, char *buffer, size_t size)
{
	char whole[PATH_MAX];
	int error = make_path(kernel, path, whole);

	if (error == 0)
		error = find_fault(kernel, "read", path);
	return error < 0 ? error : kernel_file_read(whole, buffer, size);
}

int kernel_read_all(const struct kernel *kernel, const char *path, char **ret)
{
	char whole[PATH_MAX];
	int error = make_path(kernel, path, whole);

	return error < 0 ? error : kernel_file_read_all(whole, ret);
}

int kernel_read_lines(const struct kernel *kernel, const char *path, size_t most,
		      int (*read)(void *data, const char *line), void *data)
{
	char whole[PATH_MAX];
	int error = make_path(kernel, path, whole);

	if (error == 0)
		error = find_fault(kernel, "read", path);
	return error < 0 ? error : kernel_file_read_lines(whole, most, read, data);
}

/*
 * Each line of proc/net/addresses of the namespace has one address; without the file there is none.
 */
int kernel_read_addresses(const struct kernel *kernel,
			  int (*read)(void *data, uint8_t family, const uint8_t *bytes), void *data)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = find_fault(kernel, "read", "/proc/net/addresses");
	char *rest = NULL;

	if (error < 0 || kernel_read_all(kernel, "/proc/net/addresses", &text) < 0)
		return error;
	for (char *line = strtok_r(text, "\n", &rest); error == 0 && line;
	     line = strtok_r(NULL, "\n", &rest)) {
		uint8_t family = strchr(line, ':') ? AF_INET6 : AF_INET, bytes[16];

		error = inet_pton(family, line, bytes) == 1 ? read(data, family, bytes) : -EINVAL;
	}
	return error;
}

int kernel_find_sockets(const struct kernel *kernel, struct socket_process *sockets, size_t count)
{
	return sockets_find(kernel->folder, sockets, count);
}

int kernel_check_processes(const struct kernel *kernel)
{
	return getenv("CONNTRACK_PERSIST_CONTAINED")
		       ? -EXDEV
		       : faults_find(kernel->folder, "see", "processes");
}

void kernel_list_commands(const struct kernel *kernel, struct buffer *b)
{
	kernel_file_list_commands(kernel->folder, b);
}

int kernel_find_daemons(const struct kernel *kernel, const char *const *names, size_t count,
			struct daemons *ret)
{
	return daemons_find(kernel->folder, names, count, ret);
}

bool kernel_has(const struct kernel *kernel, const char *path)
{
	char whole[PATH_MAX];

	return make_path(kernel, path, whole) == 0 && access(whole, F_OK) == 0;
}

/* A folder without sbin stands for a host that has its programs. */
bool kernel_has_program(const struct kernel *kernel, const char *path)
{
	return kernel_has(kernel, path) || !kernel_has(kernel, "/sbin");
}

/* The module's files go away. */
static void unload(const struct kernel *kernel)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (make_path(kernel, MODULE, from) == 0 && make_path(kernel, "/gone", to) == 0)
		(void)rename(from, to);
	if (make_path(kernel, KEYS, from) == 0 && make_path(kernel, "/gone-keys", to) == 0)
		(void)rename(from, to);
}

/*
 * Takes one module's line out of /proc/modules, and its name out of the lists of those that it
 * used.
 */
static int take_out(const char *path, const char *name)
{
	char *text = NULL, *line, *rest = NULL, above[64];
	int error = kernel_file_read_all(path, &text);
	FILE *file;

	if (error < 0)
		return error;
	file = fopen(path, "w");
	(void)snprintf(above, sizeof(above), "%s,", name);
	for (line = strtok_r(text, "\n", &rest); file && line; line = strtok_r(NULL, "\n", &rest)) {
		char module[64], list[512];
		unsigned long size;
		long users;
		char *at;

		if (sscanf(line, "%63s %lu %ld %511s", module, &size, &users, list) != 4 ||
		    strcmp(module, name) == 0)
			continue;
		at = strstr(list, above);
		if (at) {
			memmove(at, at + strlen(above), strlen(at + strlen(above)) + 1);
			users--;
		}
		(void)fprintf(file, "%s %lu %ld %s Live 0x0\n", module, size, users,
			      *list ? list : "-");
	}
	free(text);
	return file && fclose(file) == 0 ? 0 : -EIO;
}

/* A line of kernel.log each. Who is still used stays; "remove NAME ERRNO" has one refused. */
int kernel_remove_module(const struct kernel *kernel, const char *name)
{
	char list[PATH_MAX], log_path[PATH_MAX];
	int error = faults_find(kernel->folder, "remove", name);
	FILE *log;

	if (error == 0)
		error = make_path(kernel, "/proc/modules", list);
	if (error == 0)
		error = make_path(kernel, "/kernel.log", log_path);
	if (error < 0)
		return error;
	log = fopen(log_path, "a");
	if (log) {
		(void)fprintf(log, "remove %s\n", name);
		(void)fclose(log);
	}
	error = take_out(list, name);
	if (error == 0 && strcmp(name, "nf_conntrack") == 0)
		unload(kernel);
	return error;
}

bool kernel_is_writable(const struct kernel *kernel, const char *path)
{
	char whole[PATH_MAX];

	return make_path(kernel, path, whole) == 0 && kernel_file_is_writable(whole);
}

/* Answers as the kernel answers a write to that file. */
bool kernel_is_read_only(const struct kernel *kernel, const char *path)
{
	return find_fault(kernel, "write", path) == -EROFS;
}

/* At once, as in a kernel: whoever is killed meanwhile leaves the old value or the new one. */
static int replace_value(const char *path, const char *text)
{
	char beside[PATH_MAX];
	FILE *file;

	if (snprintf(beside, sizeof(beside), "%s.twin", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	file = fopen(beside, "w");
	if (!file)
		return -errno;
	(void)fputs(text, file);
	return fclose(file) < 0 || rename(beside, path) < 0 ? -errno : 0;
}

/*
 * The machine as the case describes it, without word-size.h: its folder says 32 bits by one of two
 * files, or 64 by neither.
 */
static struct played_kernel play(const struct kernel *kernel)
{
	struct played_kernel played = {.page = kernel_page_size(kernel), .word = 8};
	char text[80];

	(void)sscanf(kernel->release, "%u.%u", &played.release[0], &played.release[1]);
	if (kernel_read(kernel, "/sys/kernel/address_bits", text, sizeof(text)) == 0)
		played.word = (unsigned int)strtoul(text, NULL, 10) / 8;
	else if (kernel_read(kernel, "/proc/sys/kernel/arch", text, sizeof(text)) == 0 &&
		 (strcmp(text, "i686") == 0 || strcmp(text, "armv7l") == 0))
		played.word = 4;
	return played;
}

/* The number of buckets has two files, and max has two in the first network namespace. */
static const char *other_file(const char *path)
{
	static const char *const twins[][2] = {
		{HASHSIZE, KEYS "/nf_conntrack_buckets"},
		{KEYS "/nf_conntrack_max", "/proc/sys/net/nf_conntrack_max"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(twins); i++)
		for (size_t j = 0; j < 2; j++)
			if (strcmp(path, twins[i][j]) == 0)
				return twins[i][1 - j];
	return NULL;
}

/*
 * Keeps what the kernel makes of text, or returns why it refuses it. A key of mode 0444 takes
 * nothing, not even from root.
 */
static int take_value(const struct kernel *kernel, const char *path, const char *text)
{
	struct played_kernel played = play(kernel);
	const char *other = other_file(path);
	char whole[PATH_MAX], second[PATH_MAX], stored[32];
	struct stat status;
	int error = make_path(kernel, path, whole);

	if (error == 0 && (stat(whole, &status) < 0 || !(status.st_mode & S_IWUSR)))
		error = -EACCES;
	if (error == 0)
		error = kernel_takes(&played, path, text, stored, sizeof(stored));
	/* The other file first, so that a kill between the two leaves the one that is looked at. */
	if (error == 0 && other && kernel_has(kernel, other) &&
	    make_path(kernel, other, second) == 0)
		error = replace_value(second, stored);
	return error == 0 ? replace_value(whole, stored) : error;
}

/* Every write is a line of kernel.log, with the namespace in front of it. */
int kernel_write(const struct kernel *kernel, const char *path, const char *text)
{
	char whole[PATH_MAX], log_path[PATH_MAX];
	int error = make_path(kernel, path, whole);
	FILE *log;

	if (error < 0 || access(whole, F_OK) < 0)
		return error < 0 ? error : -errno;
	error = make_path(kernel, "/kernel.log", log_path);
	if (error < 0)
		return error;
	log = fopen(log_path, "a");
	if (log) {
		if (harness_namespace())
			(void)fprintf(log, "%s: ", harness_namespace());
		(void)fprintf(log, "%s %s\n", strrchr(path, '/') + 1, text);
		(void)fclose(log);
	}
	error = find_fault(kernel, "write", path);
	if (error == FAULT_GONE) {
		unload(kernel);
		return -ENOENT;
	}
	if (error < 0)
		return error == FAULT_LOST ? 0 : error;
	return take_value(kernel, path, text);
}

int kernel_module_state(const struct kernel *kernel, enum module_state *ret)
{
	int error = kernel_file_module_state(kernel->folder, ret);

	if (error == -ENODATA) {
		*ret = MODULE_BUILT_IN;
		return 0;
	}
	return error;
}

/* A folder without lib/modules stands for a kernel whose modules are all there. */
int kernel_find_module_file(const struct kernel *kernel, enum module_file *ret)
{
	if (kernel_has(kernel, "/lib/modules"))
		return module_tree_look(kernel->folder, kernel->release, ret);
	*ret = MODULE_FILE_THERE;
	return 0;
}

/* The following states are in the files initstate.1, initstate.2 ... */
void kernel_pause(const struct kernel *kernel, unsigned int milliseconds)
{
	char next[PATH_MAX], now[PATH_MAX];

	(void)milliseconds;
	if (make_path(kernel, MODULE "/initstate", now) < 0)
		return;
	for (int i = 1; i < 10; i++)
		if (snprintf(next, sizeof(next), "%s%s/initstate.%d", kernel->folder, MODULE, i) <
			    PATH_MAX &&
		    rename(next, now) == 0)
			return;
}

int kernel_modprobe_view(const struct kernel *kernel, struct modprobe_view *ret)
{
	int error = faults_find(kernel->folder, "modprobe", "view");

	return error < 0 ? error : modules_view(kernel->folder, kernel->release, ret);
}
