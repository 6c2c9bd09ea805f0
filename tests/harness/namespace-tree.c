/* Folders as network namespaces, for the test twin: $CONNTRACK_PERSIST_HOST/namespaces/NAME. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "harness/namespace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/faults.h"
#include "host/kernel/kernel-file.h"
#include "host/kernel/kernel.h"

/* The namespace that the process is in, as it is for a real one; "": its own. */
static char *inside(void)
{
	static char name[NAME_MAX + 1];

	return name;
}

const char *harness_namespace(void)
{
	return *inside() ? inside() : NULL;
}

const char *harness_net_root(void)
{
	static char folder[PATH_MAX];
	const char *host = getenv("CONNTRACK_PERSIST_HOST");

	if (!*inside())
		return host;
	(void)snprintf(folder, sizeof(folder), "%s/namespaces/%s", host, inside());
	return folder;
}

/* Reads a number of the folder of a namespace; 0: it has no such file. */
static unsigned long folder_number(const struct kernel *kernel, const char *folder,
				   const char *name)
{
	char path[PATH_MAX], number[24];

	(void)snprintf(path, sizeof(path), "%s/namespaces/%s/%s", kernel_files_root(kernel), folder,
		       name);
	return kernel_file_read(path, number, sizeof(number)) == 0 ? strtoul(number, NULL, 10) : 0;
}

/*
 * A folder with the files "pid" and "command" is a process's namespace, one with a file "id" has
 * neither name nor process; otherwise it has a name, and with a file "member" a process. The inode
 * is that of the folder.
 */
static int describe(const struct kernel *kernel, const struct dirent *entry,
		    struct network_namespace *ret)
{
	struct network_namespace one = {.inode = entry->d_ino};
	char path[PATH_MAX], command[32] = "?";

	one.id = folder_number(kernel, entry->d_name, "id");
	one.pid = one.member = folder_number(kernel, entry->d_name, "pid");
	(void)snprintf(path, sizeof(path), "%s/namespaces/%s/command", kernel_files_root(kernel),
		       entry->d_name);
	(void)!kernel_file_read(path, command, sizeof(command));
	if (one.id)
		(void)snprintf(path, sizeof(path), "net:[%lu]", (unsigned long)one.id);
	else if (one.pid)
		(void)snprintf(path, sizeof(path), "/proc/%lu/ns/net", one.pid);
	else
		(void)snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
	one.path = strdup(path);
	if (one.pid)
		one.command = strdup(command);
	else if (!one.id)
		one.name = strdup(entry->d_name);
	if (!one.pid)
		one.member = folder_number(kernel, entry->d_name, "member");
	*ret = one;
	return one.path && (one.name || one.command || one.id) ? 0 : -ENOMEM;
}

/*
 * The file "listns" of the host stands for a kernel that has the call, the file "hidden" for
 * processes whose namespaces cannot be seen. "list namespaces ERRNO" among the faults has it fail.
 */
int kernel_list_namespaces(const struct kernel *kernel, struct network_namespaces *ret)
{
	struct network_namespaces found = {.items = calloc(NAMESPACES_MAX, sizeof(*found.items))};
	struct dirent **names = NULL;
	char folder[PATH_MAX];
	int count, error = found.items
				   ? faults_find(kernel_files_root(kernel), "list", "namespaces")
				   : -ENOMEM;

	(void)snprintf(folder, sizeof(folder), "%s/listns", kernel_files_root(kernel));
	found.by_kernel = access(folder, F_OK) == 0;
	(void)snprintf(folder, sizeof(folder), "%s/hidden", kernel_files_root(kernel));
	found.hidden = access(folder, F_OK) == 0;
	(void)snprintf(folder, sizeof(folder), "%s/namespaces", kernel_files_root(kernel));
	count = scandir(folder, &names, NULL, alphasort);
	if (count < 0 && errno == ENOMEM)
		error = -ENOMEM;
	for (int i = 0; i < count; i++) {
		bool counts = names[i]->d_name[0] != '.' &&
			      (found.by_kernel || !folder_number(kernel, names[i]->d_name, "id"));

		if (counts && found.count == NAMESPACES_MAX)
			found.cut = true;
		else if (counts && error == 0)
			error = describe(kernel, names[i], &found.items[found.count++]);
		free(names[i]);
	}
	free(names);
	if (error < 0)
		network_namespaces_done(&found);
	else
		*ret = found;
	return error;
}

int kernel_find_namespace(const struct kernel *kernel, const char *name_or_path,
			  struct network_namespace *ret)
{
	struct network_namespaces CLEANUP(network_namespaces_done) found = {0};
	bool is_path = strchr(name_or_path, '/') != NULL;
	int error = kernel_list_namespaces(kernel, &found);

	if (strcmp(name_or_path, "/proc/self/ns/net") == 0 ||
	    strcmp(name_or_path, "/proc/1/ns/net") == 0)
		return -EALREADY;
	for (size_t i = 0; i < found.count && error == 0; i++) {
		struct network_namespace *one = &found.items[i];
		const char *known = is_path ? one->path : one->name;

		if (!known || strcmp(known, name_or_path) != 0)
			continue;
		*ret = *one;
		*one = (struct network_namespace){0};
		return 0;
	}
	if (error < 0)
		return error;
	return is_path && kernel_has(kernel, name_or_path) ? -EINVAL : -ENOENT;
}

/* Notes the name in the file "entered" of the folder, if the case made one. */
static void note_entry(const struct kernel *kernel, const char *name)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/entered", kernel_files_root(kernel));
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)dprintf(fd, "%s\n", name);
	(void)close(fd);
}

/* "enter NAME ERRNO" among the faults has it fail, by the name of the folder. */
int kernel_enter_namespace(struct kernel *kernel, const struct network_namespace *one)
{
	char folder[PATH_MAX];
	struct dirent *entry;
	int error = -ENOENT;
	DIR *names;

	(void)snprintf(folder, sizeof(folder), "%s/namespaces", kernel_files_root(kernel));
	names = opendir(folder);
	while (names && error == -ENOENT && (entry = readdir(names))) {
		if (entry->d_ino != one->inode)
			continue;
		error = faults_find(kernel_files_root(kernel), "enter", entry->d_name);
		if (error == 0)
			(void)snprintf(inside(), NAME_MAX + 1, "%s", entry->d_name);
		note_entry(kernel, entry->d_name);
		break;
	}
	if (names)
		(void)closedir(names);
	return error;
}

int kernel_move_to_namespace(struct kernel *kernel, const struct network_namespace *one)
{
	return kernel_enter_namespace(kernel, one);
}

void kernel_leave_namespace(struct kernel *kernel)
{
	(void)kernel;
	*inside() = '\0';
}
