/* The port to the running kernel: its figures, and where its files lie. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/module-origin.h"
#include "model/runtime/module-state.h"

/*
 * The port has two bodies, and the linker chooses one: kernel-live.c for the shipped program,
 * tests/harness/kernel-tree.c for its twin, which takes a folder for the kernel.
 */
struct kernel;

MUST_CHECK int kernel_open(struct kernel **ret);
struct kernel *kernel_close(struct kernel *kernel);
static inline void kernel_closep(struct kernel **kernel)
{
	*kernel = kernel_close(*kernel);
}

/*
 * Returns the directory below which the host's files are: "/", or the twin's folder. Owned by the
 * kernel object.
 */
const char *kernel_files_root(const struct kernel *kernel);

/* Returns the time in microseconds since the epoch. */
uint64_t kernel_now(const struct kernel *kernel);

/* Returns a number that nobody can foretell. */
uint64_t kernel_random(const struct kernel *kernel);

/* Returns whether this process may change the host: the effective user is root. */
bool kernel_may_change(const struct kernel *kernel);

/*
 * Returns whether this process can see all processes of the host: it is root's, and in the first
 * PID namespace, where no container with a PID namespace of its own is.
 */
bool kernel_sees_host(const struct kernel *kernel);

/*
 * Returns whether the host's files belong to root. In the twin's folder they belong to whoever runs
 * the test.
 */
bool kernel_owns_files(const struct kernel *kernel);

/*
 * Returns the release as uname(2) gives it, such as "6.1.0-13-amd64". Owned by the kernel object.
 */
const char *kernel_release(const struct kernel *kernel);

/* Returns the size of a page in bytes. */
unsigned long kernel_page_size(const struct kernel *kernel);

/* Returns the bytes of a pointer in the kernel, 8 or 4, whatever this program was built for. */
unsigned int kernel_word_size(const struct kernel *kernel);

/*
 * Reads a small file of /proc or /sys into the buffer, without its final newline, and terminates
 * it by NUL. A longer text is cut. Fails as open(2) and read(2): -ENOENT, -EACCES, -EIO ...
 */
MUST_CHECK int kernel_read(const struct kernel *kernel, const char *path, char *buffer,
			   size_t size);

/*
 * Reads a whole file of /proc. The caller owns *ret. Fails as kernel_read(), and with -EFBIG if
 * the file has more than 4 MiB.
 */
MUST_CHECK int kernel_read_all(const struct kernel *kernel, const char *path, char **ret);

/*
 * Adds the names of the host's own daemons, one a line, as far as this process can see them. A
 * daemon is a process whose four user IDs are root's and which is in the user namespace of this
 * process, because an ordinary user can give a process any name, run a set-uid program through a
 * link of that name, or be root in a user namespace.
 */
void kernel_list_commands(const struct kernel *kernel, struct buffer *b);

/* The most daemons of some names that are listed, and the most bytes of a command line. */
#define DAEMONS_MAX	 64U
#define DAEMON_WORDS_MAX 65536U

struct host_daemon {
	unsigned long pid;
	char command[32]; /* its name */
	/* owned; the words of its command line, each with a NUL behind it; empty if unreadable */
	char *words;
	size_t size;
	int root_error;	    /* 0, or the negative errno of looking at /proc/PID/root */
	bool root_is_apart; /* its files are not the host's, as in a container */
};
struct daemons {
	struct host_daemon *items;
	size_t count;
};
void daemons_done(struct daemons *daemons);

/*
 * Finds the host's own daemons, as kernel_list_commands() does, that have one of these names. The
 * caller owns *ret. -ENOMEM.
 */
MUST_CHECK int kernel_find_daemons(const struct kernel *kernel, const char *const *names,
				   size_t count, struct daemons *ret);

/*
 * Returns 0 if /proc shows the processes of the whole host. -ENOENT: /proc is not mounted;
 * -EXDEV: it shows the processes of a container; -EACCES: it hides those of other users
 * (hidepid); -ENODATA: it shows processes and no modules (subset=pid).
 */
MUST_CHECK int kernel_check_processes(const struct kernel *kernel);

/*
 * Calls read for each line of a file of /proc, without its newline, for at most `most` lines. Fails
 * as open(2) and read(2), and as read; -EFBIG: there are more lines.
 */
MUST_CHECK int kernel_read_lines(const struct kernel *kernel, const char *path, size_t most,
				 int (*read)(void *data, const char *line), void *data);

/*
 * The most addresses of one network namespace that are read. A user may give a namespace of his own
 * any number of them.
 */
#define NAMESPACE_ADDRESSES_MAX 1024U

/*
 * Calls read for each address of the network namespace that the process is in; 4 or 16 bytes by
 * family, AF_INET or AF_INET6. Negative errno; as read. -EFBIG: there are more addresses.
 */
MUST_CHECK int kernel_read_addresses(const struct kernel *kernel,
				     int (*read)(void *data, uint8_t family, const uint8_t *bytes),
				     void *data);

/* A socket, and a process that has it. */
struct socket_process {
	uint64_t inode;
	unsigned long pid; /* 0: none was found */
};

/* The most open files of all processes that are looked at for sockets. */
#define DESCRIPTORS_MAX 100000U

/*
 * Finds a process for each socket; the sockets are ordered by inode. -EFBIG: there are more open
 * files than are looked at; the others were found. -EACCES ...: /proc cannot be read.
 */
MUST_CHECK int kernel_find_sockets(const struct kernel *kernel, struct socket_process *sockets,
				   size_t count);

/* Returns whether a file of /proc or /sys exists. */
bool kernel_has(const struct kernel *kernel, const char *path);

/* Returns whether a program that the kernel may run exists. */
bool kernel_has_program(const struct kernel *kernel, const char *path);

/*
 * Returns whether the mode of the file has a write bit. A network namespace also shows keys that it
 * has no value of its own for, without a write bit, so that not even root can set them there.
 */
bool kernel_is_writable(const struct kernel *kernel, const char *path);

/* Returns whether the file is on a read-only mount, as /proc/sys is in containers. */
bool kernel_is_read_only(const struct kernel *kernel, const char *path);

/*
 * Writes a value with one write(2). Each call opens the file again, because the kernel may ignore
 * a second write to the same descriptor and report success. Fails as open(2) and write(2):
 * -ENOENT, -EACCES, -EROFS, -EPERM, -EINVAL, -ENOMEM, -EOPNOTSUPP ...; -EIO: the kernel took a
 * part of the text.
 */
MUST_CHECK int kernel_write(const struct kernel *kernel, const char *path, const char *text);

/*
 * Gives the state of nf_conntrack as the module's own files show it, which libkmod reads as well.
 * kernel_modprobe_view() knows what these files do not show. Negative errno: the files could not
 * be read.
 */
MUST_CHECK int kernel_module_state(const struct kernel *kernel, enum module_state *ret);

/*
 * Looks for the file of nf_conntrack in the module tree of the running kernel.
 * MODULE_FILE_UNKNOWN: a sandbox hides the trees, or this is a chroot, whose trees are others.
 * Negative errno: the list of modules could not be read.
 */
MUST_CHECK int kernel_find_module_file(const struct kernel *kernel, enum module_file *ret);

/*
 * Sleeps. Used to poll the module's state while it loads or unloads, because some kernels send no
 * event at the end.
 */
void kernel_pause(const struct kernel *kernel, unsigned int milliseconds);

/*
 * Removes an unused module, without waiting and without force. -EAGAIN: something uses it;
 * -EPERM: this process is not allowed to; -ENOENT: the module is not loaded; -EBUSY: it is
 * loading or unloading; -ELIBACC: libkmod is not installed.
 */
MUST_CHECK int kernel_remove_module(const struct kernel *kernel, const char *name);

/*
 * Gives what modprobe's configuration says of nf_conntrack. -ELIBACC: libkmod is not installed;
 * -ENOMEM.
 */
MUST_CHECK int kernel_modprobe_view(const struct kernel *kernel, struct modprobe_view *ret);

/* A network namespace of this host other than the process's own. */
struct network_namespace {
	char *name; /* below /run/netns or /run/docker/netns, or NULL */
	/* /run/netns/NAME, /proc/PID/ns/net, as the caller gave it, or net:[INODE] if id is set */
	char *path;
	char *command;		/* of a process in it, or NULL */
	unsigned long pid;	/* of that process; 0: none */
	unsigned long member;	/* a process in it, also of one that has a name; 0: none was seen */
	uint64_t device, inode; /* the identity of the namespace */
	uint64_t id;		/* the way to it where no path leads; 0: path does */
	/*
	 * When the kernel made the inode, in nanoseconds since the epoch; 0: it has no name. A
	 * mount keeps the inode for as long as the namespace has its name; without one it may be
	 * made again at any time.
	 */
	uint64_t made;
};
struct network_namespaces {
	struct network_namespace *items;
	size_t count;
	bool cut;    /* there are more than NAMESPACES_MAX */
	bool hidden; /* processes are there whose namespace this process cannot look at */
	/* a name has just appeared, and no namespace is mounted on it yet */
	bool unfinished;
	/* the kernel listed them, so that those without a process and a name are here, too */
	bool by_kernel;
};
void network_namespaces_done(struct network_namespaces *namespaces);

/*
 * The most namespaces that are listed, which is more than a host of containers has. Others are
 * left out.
 */
#define NAMESPACES_MAX 1024

/*
 * Adds "namespace NAME" or "namespace of COMMAND (PID)", or "namespace PATH" if the namespace was
 * found by its path.
 */
void network_namespace_describe(const struct network_namespace *namespace, struct buffer *b);

/*
 * Lists each other network namespace once: first those of /run/netns and /run/docker/netns,
 * ordered by name, then those of running processes that this process can look at, then the others
 * that the kernel lists, if it can: those that only a mount elsewhere or an open file holds. One
 * that only a socket holds is never among them. The caller owns *ret. -ENOMEM; -ENOENT ...: the
 * namespace of this process itself cannot be seen.
 */
MUST_CHECK int kernel_list_namespaces(const struct kernel *kernel, struct network_namespaces *ret);

/*
 * Finds a namespace by its path, or by its name below /run/netns or /run/docker/netns. The caller
 * owns *ret. -ENOENT; -EINVAL: the file is no network namespace; -EALREADY: this process is in
 * it; -EACCES ... -ENOMEM.
 */
MUST_CHECK int kernel_find_namespace(const struct kernel *kernel, const char *name_or_path,
				     struct network_namespace *ret);
void network_namespace_done(struct network_namespace *namespace);

/*
 * Enters the namespace: until kernel_leave_namespace() the files of /proc/sys/net and /proc/net
 * are those of that namespace. -EPERM: only root can enter; -ENOENT: the namespace has gone, or
 * its path leads to another namespace by now.
 */
MUST_CHECK int kernel_enter_namespace(struct kernel *kernel,
				      const struct network_namespace *namespace);
/*
 * Does the same for good: there is no way back. This also works for a process that may not enter
 * its own namespace again, as a hook of an ordinary user's container engine: it runs in a user
 * namespace, and the network namespace of the host does not belong to that.
 */
MUST_CHECK int kernel_move_to_namespace(struct kernel *kernel,
					const struct network_namespace *namespace);
/*
 * Returns to the process's own namespace. If that fails, the process ends, because it must not go
 * on in the wrong namespace.
 */
void kernel_leave_namespace(struct kernel *kernel);

/* Returns how many namespaces this process can see, its own one included. 0: not known. */
size_t kernel_count_namespaces(const struct kernel *kernel);
