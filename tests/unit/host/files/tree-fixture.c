/* A directory for the tests of a tree: made for each test, removed after it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/buffer.h"

/* Anybody but root; that it has no name does not matter. */
#define UNPRIVILEGED 65534

static size_t count_descriptors(void)
{
	DIR *listing = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(listing);
	while (readdir(listing))
		count++;
	closedir(listing);
	return count;
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char *root;

	assert_non_null(f);
	f->umask = umask(022);
	f->descriptors = count_descriptors();
	strcpy(f->base, "/tmp/test-tree.XXXXXX");
	assert_non_null(mkdtemp(f->base));
	root = host_path(f, "/root");
	/* Open to all users, for steps that run as another user. */
	assert_int_equal(chmod(f->base, 0755), 0);
	assert_int_equal(mkdir(root, 0755), 0);
	f->root = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->root >= 0);
	assert_int_equal(tree_open(root, &f->tree), 0);
	free(root);
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	size_t left;
	int error;

	tree_close(f->tree);
	close(f->root);
	left = count_descriptors();
	error = nftw(f->base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)umask(f->umask);
	if (left != f->descriptors)
		print_error("%zu descriptors before, %zu after\n", f->descriptors, left);
	error |= left != f->descriptors;
	free(f);
	return error;
}

void put_directory(const struct fixture *f, const char *path)
{
	char part[PATH_MAX];

	for (const char *end = path + 1; *end; end++) {
		end += strcspn(end, "/");
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - path - 1), path + 1);
		if (mkdirat(f->root, part, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		if (!*end)
			break;
	}
}

static void put_parent(const struct fixture *f, const char *path)
{
	char parent[PATH_MAX];

	(void)snprintf(parent, sizeof(parent), "%s", path);
	*strrchr(parent, '/') = '\0';
	if (parent[0])
		put_directory(f, parent);
}

void put_file(const struct fixture *f, const char *path, const char *text)
{
	int fd;

	put_parent(f, path);
	fd = openat(f->root, path + 1, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

void put_link(const struct fixture *f, const char *path, const char *target)
{
	put_parent(f, path);
	assert_int_equal(symlinkat(target, f->root, path + 1), 0);
}

void put_fifo(const struct fixture *f, const char *path)
{
	put_parent(f, path);
	assert_int_equal(mkfifoat(f->root, path + 1, 0644), 0);
}

bool lies_there(const struct fixture *f, const char *path)
{
	struct stat status;

	return fstatat(f->root, path + 1, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

mode_t mode_of(const struct fixture *f, const char *path)
{
	struct stat status;

	assert_int_equal(fstatat(f->root, path + 1, &status, AT_SYMLINK_NOFOLLOW), 0);
	return status.st_mode & 07777;
}

void assert_content(const struct fixture *f, const char *path, const char *text)
{
	char found[4096];
	ssize_t length;
	int fd = openat(f->root, path + 1, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	assert_true(fd >= 0);
	length = read(fd, found, sizeof(found) - 1);
	close(fd);
	assert_true(length >= 0);
	found[length] = '\0';
	assert_string_equal(found, text);
}

char *host_path(const struct fixture *f, const char *path)
{
	char *whole;

	assert_true(asprintf(&whole, "%s%s", f->base, path) > 0);
	return whole;
}

static void add_times(struct buffer *b, const struct stat *status)
{
	buffer_printf(b, " %ju %jd.%09ld", (uintmax_t)status->st_ino,
		      (intmax_t)status->st_mtim.tv_sec, status->st_mtim.tv_nsec);
}

static void add_text(struct buffer *b, const char *path, const struct stat *status)
{
	char text[4096];
	ssize_t length = -1;
	int fd;

	if (S_ISLNK(status->st_mode)) {
		length = readlink(path, text, sizeof(text));
	} else if (S_ISREG(status->st_mode)) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		length = read(fd, text, sizeof(text));
		close(fd);
	}
	if (length >= 0)
		buffer_printf(b, " '%.*s'", (int)length, text);
}

static void describe_directory(struct buffer *b, const char *path, bool times)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	assert_true(count >= 0);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char below[PATH_MAX];
		struct stat status;

		(void)snprintf(below, sizeof(below), "%s/%s", path, name);
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			assert_int_equal(lstat(below, &status), 0);
			buffer_printf(b, "%s %o", below, status.st_mode);
			if (times || !S_ISDIR(status.st_mode))
				add_times(b, &status);
			add_text(b, below, &status);
			buffer_add(b, "\n");
			if (S_ISDIR(status.st_mode))
				describe_directory(b, below, times);
		}
		free(entries[i]);
	}
	free(entries);
}

char *snapshot(const struct fixture *f, bool times)
{
	struct buffer b = {0};
	struct stat status;
	char *root = host_path(f, "/root"), *text;

	if (times) {
		assert_int_equal(stat(root, &status), 0);
		add_times(&b, &status);
	}
	describe_directory(&b, root, times);
	free(root);
	assert_int_equal(buffer_steal(&b, &text, NULL), 0);
	return text;
}

void assert_as_it_was(const struct fixture *f, const char *before, bool times)
{
	char *now = snapshot(f, times);

	assert_string_equal(now, before);
	free(now);
}

void run_unprivileged(int (*function)(struct fixture *f), struct fixture *f)
{
	int status;
	pid_t child;

	if (geteuid() != 0) {
		assert_int_equal(function(f), 0);
		return;
	}
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED) < 0 ||
		    setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED) < 0)
			_exit(125);
		_exit(function(f));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

void batch_add(struct batch *b, const struct fixture *f, enum change_kind kind, const char *path,
	       const char *text)
{
	struct observed_file *seen = &b->seen[b->count];

	assert_true(b->count < BATCH_MAX);
	assert_int_equal(tree_look(f->tree, path, SIZE_MAX, seen), 0);
	b->changes[b->count++] = (struct file_change){
		.kind = kind,
		.path = path,
		.mode = 0644,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.bytes = text,
		.size = text ? strlen(text) : 0,
		.seen = seen,
	};
}

int batch_commit(struct batch *b, const struct fixture *f)
{
	return tree_commit(f->tree, b->changes, b->count, &b->failure);
}

void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		observed_file_clear(&b->seen[i]);
	*b = (struct batch){0};
}

void assert_refused(struct batch *b, const struct fixture *f, int error, const char *path)
{
	char *CLEANUP(free_pointer) before = snapshot(f, false);

	assert_int_equal(batch_commit(b, f), error);
	assert_string_equal(b->failure.path, path);
	assert_non_null(b->failure.operation);
	assert_true(b->failure.put_back);
	assert_null(b->failure.left_path);
	assert_as_it_was(f, before, false);
}

#ifdef WITHOUT_OPENAT2
/* Linked in the place of syscall(2), by which openat2 is called. */
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
	(void)number;
	errno = ENOSYS;
	return -1;
}

/* Such a kernel does not tell the mount of a file in this way either. */
int __wrap_statx(int directory, const char *path, int flags, unsigned int mask,
		 struct statx *status);
int __wrap_statx(int directory, const char *path, int flags, unsigned int mask,
		 struct statx *status)
{
	(void)directory;
	(void)path;
	(void)flags;
	(void)mask;
	status->stx_mask = 0;
	return 0;
}
#endif
