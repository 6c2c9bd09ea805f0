/* The port to the running kernel: its figures, and where its files lie. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/module-state.h"

/*
 * Two bodies, chosen by the linker: kernel-live.c for the shipped program, tests/harness/kernel-tree.c for its twin,
 * where a folder stands for the kernel.
 */
struct kernel;

MUST_CHECK int kernel_open(struct kernel **ret);
struct kernel *kernel_close(struct kernel *kernel);
static inline void kernel_closep(struct kernel **kernel)
{
	*kernel = kernel_close(*kernel);
}

/* The directory that is "/" for the host's files: "/", or the twin's folder. */
const char *kernel_files_root(const struct kernel *kernel);

/* Microseconds since the epoch. */
uint64_t kernel_now(const struct kernel *kernel);

/* Whether this process may change the host: the effective user is root. */
bool kernel_may_change(const struct kernel *kernel);

/*
 * Whether the processes of the whole host are to be seen, and with them all that uses it: root, in the first pid namespace,
 * as no container is that has one of its own.
 */
bool kernel_sees_host(const struct kernel *kernel);

/* Whether the host's files belong to root: not in the twin's folder. */
bool kernel_owns_files(const struct kernel *kernel);

/* As uname(2) has it, "6.1.0-13-amd64". Owned by the kernel object. */
const char *kernel_release(const struct kernel *kernel);

/* Bytes. */
unsigned long kernel_page_size(const struct kernel *kernel);

/* Bytes of a pointer in the kernel: 8 or 4, whatever this program was built for. */
unsigned int kernel_word_size(const struct kernel *kernel);

/*
 * Reads a small file of /proc or /sys, without its final newline, NUL-terminated; longer ones are cut to the buffer.
 * -ENOENT, -EACCES, -EIO ... as open(2) and read(2).
 */
MUST_CHECK int kernel_read(const struct kernel *kernel, const char *path, char *buffer,
			   size_t size);

/* A whole text of /proc, however long; owned by the caller. As kernel_read(); -EFBIG over 4 MiB. */
MUST_CHECK int kernel_read_all(const struct kernel *kernel, const char *path, char **ret);

/*
 * The names of the host's own daemons: processes of root, by all of their user IDs and in the user namespace of this process,
 * one a line, as far as this process may see them. Anybody may call a process of theirs like a daemon, run a program of
 * root's with the set-uid bit by a link of that name, or be root in a user namespace.
 */
void kernel_list_commands(const struct kernel *kernel, struct buffer *b);

/*
 * Whether the list of processes is that of the whole host. -ENOENT: /proc is not mounted; -EXDEV: it shows a container's;
 * -EACCES: it hides those of others (hidepid); -ENODATA: it shows processes alone and no modules (subset=pid).
 */
MUST_CHECK int kernel_check_processes(const struct kernel *kernel);

/* Whether a file of /proc or /sys is there. */
bool kernel_has(const struct kernel *kernel, const char *path);

/*
 * Whether its mode lets somebody write it: keys that a network namespace has no value of its own for are shown there
 * and are not writable, root or not.
 */
bool kernel_is_writable(const struct kernel *kernel, const char *path);

/* Whether it is mounted read-only, as containers have /proc/sys. */
bool kernel_is_read_only(const struct kernel *kernel, const char *path);

/*
 * Writes a value, one write(2) of an open of its own: a second write to the same descriptor may be ignored with success.
 * Negative errno as open(2) and write(2): -ENOENT, -EACCES, -EROFS, -EPERM, -EINVAL, -ENOMEM, -EOPNOTSUPP ...; -EIO: the
 * kernel took a part.
 */
MUST_CHECK int kernel_write(const struct kernel *kernel, const char *path, const char *text);

/*
 * How nf_conntrack is, by its own files, which libkmod reads as well; what these cannot tell is in the view below.
 * Negative errno: they could not be read.
 */
MUST_CHECK int kernel_module_state(const struct kernel *kernel, enum module_state *ret);

/* Lets some time pass while the module is on its way, whose end no event tells on every kernel. */
void kernel_pause(const struct kernel *kernel, unsigned int milliseconds);

/*
 * Takes a module out that nobody uses, without waiting and without force. -EAGAIN: somebody does; -EPERM: not allowed;
 * -ENOENT: not loaded; -EBUSY: on its way; -ELIBACC: libkmod is not installed.
 */
MUST_CHECK int kernel_remove_module(const struct kernel *kernel, const char *name);

/* modprobe's view of nf_conntrack. -ELIBACC: libkmod is not installed; -ENOMEM. */
MUST_CHECK int kernel_modprobe_view(const struct kernel *kernel, struct modprobe_view *ret);

/* A network namespace of this host other than the process's own. */
struct network_namespace {
	char *name;		/* below /run/netns or /run/docker/netns, or NULL */
	char *path;		/* /run/netns/NAME, /proc/PID/ns/net, or as it was given */
	char *command;		/* of a process in it, or NULL */
	unsigned long pid;	/* of that process; 0: none */
	uint64_t device, inode; /* which one it is */
};
struct network_namespaces {
	struct network_namespace *items;
	size_t count;
	bool cut;    /* there are more than NAMESPACES_MAX */
	bool hidden; /* processes are there whose namespace this process cannot look at */
};
void network_namespaces_done(struct network_namespaces *namespaces);

/* More than a host of containers has; what is beyond is left out. */
#define NAMESPACES_MAX 1024

/* "namespace NAME" or "namespace of COMMAND (PID)", or "namespace PATH" of one that was found by it. */
void network_namespace_describe(const struct network_namespace *one, struct buffer *b);

/*
 * Those of /run/netns and /run/docker/netns, by name, then those of running processes, each once, as far as this process may
 * look at them. -ENOMEM; -ENOENT ...: not even the own one can be seen.
 */
MUST_CHECK int kernel_list_namespaces(const struct kernel *kernel, struct network_namespaces *ret);

/*
 * One by its path, or by its name below /run/netns or /run/docker/netns. -ENOENT; -EINVAL: it is no network namespace;
 * -EALREADY: it is the process's own; -EACCES ... -ENOMEM.
 */
MUST_CHECK int kernel_find_namespace(const struct kernel *kernel, const char *name_or_path,
				     struct network_namespace *ret);
void network_namespace_done(struct network_namespace *one);

/*
 * From now on files of /proc/sys/net and /proc/net are those of that namespace, until kernel_leave_namespace(). -EPERM: only
 * root may; -ENOENT: it has gone, or its place is another's by now.
 */
MUST_CHECK int kernel_enter_namespace(struct kernel *kernel, const struct network_namespace *one);
/* Back into the process's own; that this fails is not survived: nothing further is done in the wrong place. */
void kernel_leave_namespace(struct kernel *kernel);

/* How many there are, the own one among them, as far as this process may look; 0: not known. */
size_t kernel_count_namespaces(const struct kernel *kernel);
