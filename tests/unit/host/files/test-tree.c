/* host/tree: nothing below a root leads out of it; what is read, and what looking tells. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define LIMIT 65536

/* Built twice: the second time for kernels without that call. */
#ifndef WITHOUT_OPENAT2
#define WITHOUT_OPENAT2 0
#endif

/* Reads, and asserts that a failure leaves what it was given as it was. */
static int read_text(const struct tree *tree, const char *path, size_t limit, char **ret_text)
{
	char untouched, *bytes = &untouched;
	size_t size = 4711;
	int error = tree_read(tree, path, limit, &bytes, &size);

	if (error < 0) {
		assert_ptr_equal(bytes, &untouched);
		assert_int_equal(size, 4711);
		return error;
	}
	assert_int_equal(bytes[size], '\0');
	assert_int_equal(strlen(bytes), size);
	*ret_text = bytes;
	return 0;
}

static void assert_reads(const struct tree *tree, const char *path, int error, const char *text)
{
	char *CLEANUP(free_pointer) found = NULL;
	int result = read_text(tree, path, LIMIT, &found);

	if (result != error || (text && strcmp(found, text) != 0))
		fail_msg("%s: %d '%s'", path, result, found ? found : "");
}

static enum file_kind kind_at(const struct tree *tree, const char *path)
{
	struct observed_file CLEANUP(observed_file_clear) file = {0};

	assert_int_equal(tree_look(tree, path, LIMIT, &file), 0);
	return file.kind;
}

static void assert_prefix(const char *root, const char *prefix)
{
	struct tree *CLEANUP(tree_closep) tree = NULL;

	assert_int_equal(tree_open(root, &tree), 0);
	assert_string_equal(tree_prefix(tree), prefix);
}

static void root_is_named_as_it_was_given(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) root = host_path(f, "/root");
	char *CLEANUP(free_pointer) slashes = host_path(f, "/root//");
	char *CLEANUP(free_pointer) link = host_path(f, "/link");
	char *CLEANUP(free_pointer) top = host_path(f, "/top");
	char here[PATH_MAX];

	assert_int_equal(symlink("root", link), 0);
	assert_int_equal(symlink("/", top), 0);
	assert_prefix(root, root);
	assert_prefix(slashes, root);
	assert_prefix(link, link);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(f->base), 0);
	assert_prefix("root", "root");
	assert_prefix("./root/", "./root");
	assert_prefix(".", ".");
	assert_int_equal(chdir(here), 0);

	assert_prefix("/", "");
	assert_prefix("//", "");
	assert_prefix("/tmp/..", "");
	assert_prefix(top, "");
}

static void no_directory_is_no_root(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) missing = host_path(f, "/missing");
	char *CLEANUP(free_pointer) file = host_path(f, "/root/file");
	struct tree *tree = NULL;

	put_file(f, "/file", "");
	assert_int_equal(tree_open(missing, &tree), -ENOENT);
	assert_int_equal(tree_open("", &tree), -ENOENT);
	assert_int_equal(tree_open(file, &tree), -ENOTDIR);
	assert_null(tree);
}

/* The same names exist outside, next to the image and in it, each with its own content. */
static void put_inside_and_outside(const struct fixture *f)
{
	char *CLEANUP(free_pointer) outside = host_path(f, "/secret");
	int fd = open(outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "outside", 7), 7);
	close(fd);
	put_file(f, "/secret", "inside");
	put_file(f, "/usr/etc/file", "file");
	put_file(f, "/usr/beside", "beside");
	put_link(f, "/etc", "/usr/etc");
	put_link(f, "/var/relative", "../usr/etc");
	put_link(f, "/var/up", "../../../../../../secret");
	put_link(f, "/var/absolute", "/secret");
	put_link(f, "/var/host", outside);
	put_link(f, "/var/top", "/..");
	put_link(f, "/chain1", "var/chain2");
	put_link(f, "/var/chain2", "/chain3");
	put_link(f, "/chain3", "./var/../var/relative/file");
	put_link(f, "/self", "self");
	put_link(f, "/loop1", "loop2");
	put_link(f, "/loop2", "/loop1");
	put_link(f, "/nowhere", "missing");
	put_link(f, "/nowhere-dir", "/missing/dir");
	put_link(f, "/to-file", "secret/");
}

static void no_path_leads_out(void **state)
{
	static const struct {
		const char *path;
		int error;
		const char *text;
	} rows[] = {
		{"/secret", 0, "inside"},
		{"//secret/", 0, "inside"},
		{"/./secret", 0, "inside"},
		{"/usr/./../secret", 0, "inside"},
		{"/../secret", 0, "inside"},
		{"/../../../secret", 0, "inside"},
		{"/usr/etc/../../../../secret", 0, "inside"},
		{"/var/absolute", 0, "inside"},
		{"/var/up", 0, "inside"},
		{"/var/top/secret", 0, "inside"},
		{"/var/top/../secret", 0, "inside"},
		{"/var/host", -ENOLINK, NULL},
		{"/etc/file", 0, "file"},
		{"/var/relative/file", 0, "file"},
		/* A step back is from where the link led, not from where it lies. */
		{"/etc/../beside", 0, "beside"},
		{"/var/relative/../beside", 0, "beside"},
		{"/chain1", 0, "file"},
		{"/self", -ELOOP, NULL},
		{"/loop1", -ELOOP, NULL},
		{"/loop1/file", -ELOOP, NULL},
		{"/nowhere", -ENOLINK, NULL},
		{"/nowhere-dir/file", -ENOENT, NULL},
		{"/missing", -ENOENT, NULL},
		{"/missing/../secret", -ENOENT, NULL},
		{"/secret/../secret", -ENOTDIR, NULL},
		{"/secret/file", -ENOTDIR, NULL},
		{"/to-file", 0, "inside"},
		{"/etc", -EISDIR, NULL},
		{"/..", -EISDIR, NULL},
		{"/", -EISDIR, NULL},
		{"secret", -EINVAL, NULL},
		{"", -EINVAL, NULL},
	};
	const struct fixture *f = *state;

	put_inside_and_outside(f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_reads(f->tree, rows[i].path, rows[i].error, rows[i].text);
}

static void links_are_counted(void **state)
{
	const struct fixture *f = *state;
	char path[16], target[16];

	put_file(f, "/link0", "end");
	for (int i = 1; i <= 41; i++) {
		(void)snprintf(path, sizeof(path), "/link%d", i);
		(void)snprintf(target, sizeof(target), "link%d", i - 1);
		put_link(f, path, target);
	}
	assert_reads(f->tree, "/link40", 0, "end");
	assert_reads(f->tree, "/link41", -ELOOP, NULL);
}

static void long_and_deep_paths_are_refused(void **state)
{
	const struct fixture *f = *state;
	char name[NAME_MAX + 3] = "/", path[PATH_MAX + 2], deep[2 * 65 + 6] = "";

	memset(name + 1, 'n', NAME_MAX + 1);
	assert_reads(f->tree, name, -ENAMETOOLONG, NULL);
	memset(path, '/', PATH_MAX + 1);
	path[PATH_MAX + 1] = '\0';
	assert_reads(f->tree, path, -ENAMETOOLONG, NULL);
	/*
	 * Deeper than the walk keeps directories open, which the kernel need not; the way there and
	 * back is not.
	 */
	for (int i = 0; i < 65; i++)
		strcat(deep, "/d");
	put_directory(f, deep);
	assert_reads(f->tree, deep, WITHOUT_OPENAT2 ? -ENAMETOOLONG : -EISDIR, NULL);
	deep[2 * 64] = '\0';
	assert_reads(f->tree, deep, -EISDIR, NULL);
	put_file(f, "/file", "text");
	memset(path, '/', PATH_MAX);
	for (size_t i = 0; i < 200; i++)
		memcpy(path + i * 5, "/d/..", 5);
	memcpy(path + 1000, "/file", 6);
	assert_reads(f->tree, path, 0, "text");
}

/* The kernel resolves there; everything else is the same. */
static void running_host_is_read_as_it_is(void **state)
{
	const struct fixture *f = *state;
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) file = host_path(f, "/root/file");
	char *CLEANUP(free_pointer) slash = host_path(f, "/root/file/");
	char *CLEANUP(free_pointer) link = host_path(f, "/root/link");
	char *CLEANUP(free_pointer) nowhere = host_path(f, "/root/nowhere");
	char *CLEANUP(free_pointer) below = host_path(f, "/root/file/below");

	put_file(f, "/file", "text");
	put_link(f, "/link", file);
	put_link(f, "/nowhere", "missing");
	assert_int_equal(tree_open("/", &host), 0);
	assert_reads(host, file, 0, "text");
	assert_reads(host, slash, 0, "text");
	assert_reads(host, link, 0, "text");
	assert_reads(host, nowhere, -ENOLINK, NULL);
	assert_reads(host, below, -ENOTDIR, NULL);
	assert_reads(host, "/missing/file", -ENOENT, NULL);
	assert_reads(host, "/", -EISDIR, NULL);
	assert_reads(host, "secret", -EINVAL, NULL);
	assert_int_equal(kind_at(host, link), FILE_SYMLINK);
	assert_int_equal(kind_at(host, slash), FILE_REGULAR);
	assert_int_equal(kind_at(host, "/"), FILE_DIRECTORY);
	assert_int_equal(kind_at(host, "/missing/file"), FILE_ABSENT);
}

static void put_socket(const struct fixture *f)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s/root/socket", f->base);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
}

/* No process writes to the FIFO: a plain open would block, and the test would hang. */
static void only_regular_files_are_read(void **state)
{
	const struct fixture *f = *state;
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) fifo = host_path(f, "/root/fifo");

	put_fifo(f, "/fifo");
	put_link(f, "/to-fifo", "fifo");
	put_socket(f);
	assert_reads(f->tree, "/fifo", -EINVAL, NULL);
	assert_reads(f->tree, "/to-fifo", -EINVAL, NULL);
	assert_reads(f->tree, "/socket", -EINVAL, NULL);
	assert_int_equal(kind_at(f->tree, "/fifo"), FILE_SPECIAL);
	assert_int_equal(kind_at(f->tree, "/socket"), FILE_SPECIAL);
	assert_int_equal(tree_open("/", &host), 0);
	assert_reads(host, fifo, -EINVAL, NULL);
	assert_reads(host, "/dev/zero", -EINVAL, NULL);
}

/* The same errors as for reading; a file that a program cannot read as data is not opened. */
static void opening_is_reading_to_come(void **state)
{
	const struct fixture *f = *state;
	char text[8] = "";
	int fd = 4711;

	put_file(f, "/folder/file", "inside");
	put_link(f, "/link", "/../../folder/file");
	put_link(f, "/nowhere", "/folder/gone");
	put_link(f, "/masked", "/dev/null");
	put_fifo(f, "/fifo");
	assert_int_equal(tree_open_file(f->tree, "/gone", &fd), -ENOENT);
	assert_int_equal(tree_open_file(f->tree, "/nowhere", &fd), -ENOLINK);
	assert_int_equal(tree_open_file(f->tree, "/folder", &fd), -EISDIR);
	assert_int_equal(tree_open_file(f->tree, "/fifo", &fd), -EINVAL);
	assert_int_equal(tree_open_file(f->tree, "/masked", &fd), -EINVAL);
	assert_int_equal(fd, 4711);
	assert_int_equal(tree_open_file(f->tree, "/link", &fd), 0);
	assert_int_equal(read(fd, text, sizeof(text)), strlen("inside"));
	assert_string_equal(text, "inside");
	assert_int_equal(close(fd), 0);
}

static void what_can_be_written_is_not_read_only(void **state)
{
	const struct fixture *f = *state;

	put_directory(f, "/folder");
	assert_false(tree_is_read_only(f->tree, "/folder"));
	assert_false(tree_is_read_only(f->tree, "/gone"));
}

static void masked_files_are_empty(void **state)
{
	const struct fixture *f = *state;
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) masked = host_path(f, "/root/masked");

	/* The image has no /dev at all. */
	put_link(f, "/masked", "/dev/null");
	put_link(f, "/indirect", "masked");
	assert_reads(f->tree, "/masked", 0, "");
	assert_reads(f->tree, "/indirect", 0, "");
	assert_reads(f->tree, "/masked/file", -ENOENT, NULL);
	assert_int_equal(kind_at(f->tree, "/masked"), FILE_MASKED);
	assert_int_equal(kind_at(f->tree, "/indirect"), FILE_SYMLINK);
	assert_int_equal(tree_open("/", &host), 0);
	assert_reads(host, masked, 0, "");
	assert_reads(host, "/dev/null", 0, "");
	assert_int_equal(kind_at(host, masked), FILE_MASKED);
	assert_int_equal(kind_at(host, "/dev/null"), FILE_SPECIAL);
	/* A regular file of that name in an image is one. */
	put_file(f, "/dev/null", "left by a careless build");
	assert_reads(f->tree, "/dev/null", 0, "left by a careless build");
}

static void limit_is_exact(void **state)
{
	static const size_t sizes[] = {0, 1, 4094, 4095, 4096, 8191, 8192, 50000};
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) text = calloc(1, LIMIT);

	assert_non_null(text);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *CLEANUP(free_pointer) found = NULL, *none = NULL;
		struct observed_file CLEANUP(observed_file_clear) file = {0};

		memset(text, 'x', sizes[i]);
		put_file(f, "/file", text);
		assert_int_equal(read_text(f->tree, "/file", sizes[i], &found), 0);
		assert_string_equal(found, text);
		assert_int_equal(tree_look(f->tree, "/file", sizes[i], &file), 0);
		assert_int_equal(file.size, sizes[i]);
		if (sizes[i] == 0)
			continue;
		assert_int_equal(read_text(f->tree, "/file", sizes[i] - 1, &none), -EFBIG);
		observed_file_clear(&file);
		assert_int_equal(tree_look(f->tree, "/file", sizes[i] - 1, &file), -EFBIG);
		assert_null(file.bytes);
	}
}

/* A file that holds next to nothing on the disk and is larger than any memory. */
static void sparse_file_is_not_read(void **state)
{
	const struct fixture *f = *state;
	int CLEANUP(close_descriptor) fd = -1;
	struct observed_file file = {0};
	char *none = NULL;

	put_file(f, "/sparse", "text");
	fd = openat(f->root, "sparse", O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 1LL << 40), 0);
	assert_int_equal(read_text(f->tree, "/sparse", (1U << 31) - 1, &none), -EFBIG);
	assert_int_equal(tree_look(f->tree, "/sparse", 0, &file), -EFBIG);
}

static void bytes_come_as_they_are(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size;
	int fd;

	put_file(f, "/file", "");
	fd = openat(f->root, "file", O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "a\0b\xff", 4), 4);
	close(fd);
	assert_int_equal(tree_read(f->tree, "/file", LIMIT, &bytes, &size), 0);
	assert_int_equal(size, 4);
	assert_memory_equal(bytes, "a\0b\xff", 5);
}

/* Files of /proc: one tells no size and has content, one opens and cannot be read. */
static void reading_goes_to_the_end_or_fails(void **state)
{
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) text = NULL;

	(void)state;
	assert_int_equal(tree_open("/", &host), 0);
	assert_int_equal(read_text(host, "/proc/self/status", LIMIT, &text), 0);
	assert_non_null(strstr(text, "\nPid:"));
	assert_reads(host, "/proc/self/mem", -EIO, NULL);
}

static int read_what_may_not_be(struct fixture *f)
{
	struct observed_file file = {0};
	char *bytes = NULL;
	size_t size;

	if (tree_read(f->tree, "/file", LIMIT, &bytes, &size) != -EACCES)
		return 1;
	if (tree_look(f->tree, "/file", LIMIT, &file) != -EACCES)
		return 2;
	if (tree_look(f->tree, "/closed/file", LIMIT, &file) != -EACCES)
		return 3;
	return file.bytes || bytes ? 4 : 0;
}

static void unreadable_files_are_told(void **state)
{
	struct fixture *f = *state;

	put_file(f, "/file", "text");
	put_file(f, "/closed/file", "text");
	assert_int_equal(fchmodat(f->root, "file", 0, 0), 0);
	assert_int_equal(fchmodat(f->root, "closed", 0, 0), 0);
	run_unprivileged(read_what_may_not_be, f);
	assert_int_equal(fchmodat(f->root, "closed", 0755, 0), 0);
}

static void looking_describes_a_file(void **state)
{
	const struct fixture *f = *state;
	struct observed_file CLEANUP(observed_file_clear) file = {0};
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {1600000000, 123456789}};
	struct stat status;

	put_file(f, "/etc/file", "text");
	assert_int_equal(fchmodat(f->root, "etc/file", 04640, 0), 0);
	assert_int_equal(utimensat(f->root, "etc/file", times, 0), 0);
	assert_int_equal(fstatat(f->root, "etc/file", &status, 0), 0);
	assert_int_equal(tree_look(f->tree, "/etc/file", LIMIT, &file), 0);
	assert_int_equal(file.kind, FILE_REGULAR);
	assert_int_equal(file.mode, 04640);
	assert_int_equal(file.uid, status.st_uid);
	assert_int_equal(file.gid, status.st_gid);
	assert_int_equal(file.device, status.st_dev);
	assert_int_equal(file.inode, status.st_ino);
	assert_int_equal(file.changed_ns, 1600000000123456789);
	assert_int_equal(file.size, 4);
	assert_string_equal(file.bytes, "text");
}

static void looking_follows_no_last_link(void **state)
{
	const struct fixture *f = *state;
	struct observed_file CLEANUP(observed_file_clear) file = {0};

	put_inside_and_outside(f);
	assert_int_equal(tree_look(f->tree, "/var/up", 0, &file), 0);
	assert_int_equal(file.kind, FILE_SYMLINK);
	assert_string_equal(file.bytes, "../../../../../../secret");
	assert_int_equal(file.size, strlen(file.bytes));
	assert_int_equal(kind_at(f->tree, "/nowhere"), FILE_SYMLINK);
	assert_int_equal(kind_at(f->tree, "/self"), FILE_SYMLINK);
	assert_int_equal(kind_at(f->tree, "/etc"), FILE_SYMLINK);
	assert_int_equal(kind_at(f->tree, "/etc/"), FILE_SYMLINK);
	assert_int_equal(kind_at(f->tree, "/etc/."), FILE_DIRECTORY);
	assert_int_equal(kind_at(f->tree, "/etc/file"), FILE_REGULAR);
	assert_int_equal(kind_at(f->tree, "/.."), FILE_DIRECTORY);
	assert_int_equal(kind_at(f->tree, "/../root"), FILE_ABSENT);
}

static void absence_is_an_answer(void **state)
{
	const struct fixture *f = *state;
	struct observed_file CLEANUP(observed_file_clear) file = {0};

	put_inside_and_outside(f);
	file.mode = 04711;
	assert_int_equal(tree_look(f->tree, "/missing", LIMIT, &file), 0);
	assert_int_equal(file.kind, FILE_ABSENT);
	assert_int_equal(file.mode, 0);
	assert_int_equal(kind_at(f->tree, "/missing/too"), FILE_ABSENT);
	assert_int_equal(kind_at(f->tree, "/nowhere-dir/file"), FILE_ABSENT);
	file.mode = 04711;
	assert_int_equal(tree_look(f->tree, "/secret/file", LIMIT, &file), -ENOTDIR);
	assert_int_equal(tree_look(f->tree, "/self/file", LIMIT, &file), -ELOOP);
	assert_int_equal(file.mode, 04711);
}

/* Ends the child: it may not mount anything, as an ordinary user's process in a chroot. */
#define NOT_ALLOWED 77

static int mount_below(struct fixture *f)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = {
		{"/file", 0},
		{"/etc/file", 0},
		{"/mnt", -EXDEV},
		{"/mnt/file", -EXDEV},
		{"/mnt/missing", -EXDEV},
		{"/mnt/../file", -EXDEV},
		{"/etc/bound", -EXDEV},
		{"/etc/link", -EXDEV},
		{"/etc/link/file", -EXDEV},
		{"/etc/back", -EXDEV},
		{"/run/file", -ENOENT},
		{"/run", -ENOENT},
		{"//run//file", -ENOENT},
		{"/etc/missing", -ENOENT},
	};
	char *CLEANUP(free_pointer) root = host_path(f, "/root");
	char *CLEANUP(free_pointer) name = NULL;

	if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return NOT_ALLOWED;
	CHILD_CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && chdir(root) == 0);
	/* The device is the same everywhere: only the mount id distinguishes them. */
	CHILD_CHECK(mount("host", "mnt", NULL, MS_BIND, NULL) == 0);
	CHILD_CHECK(mount("host", "run", NULL, MS_BIND, NULL) == 0);
	CHILD_CHECK(mount("host/file", "etc/bound", NULL, MS_BIND, NULL) == 0);
	/* The open file still belongs to the former namespace. */
	tree_close(f->tree);
	CHILD_CHECK(tree_open(root, &f->tree) == 0 && tree_confine(f->tree) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *CLEANUP(free_pointer) bytes = NULL;
		size_t size;
		int error = tree_read(f->tree, rows[i].path, 100, &bytes, &size);

		if (error != rows[i].error)
			print_error("%s: %d\n", rows[i].path, error);
		CHILD_CHECK(error == rows[i].error);
	}
	CHILD_CHECK(tree_find_mount(f->tree, "/mnt/x/y", &name) == 0 && strcmp(name, "/mnt") == 0);
	free(steal_pointer(&name));
	CHILD_CHECK(tree_find_mount(f->tree, "/etc/bound", &name) == 0 &&
		    strcmp(name, "/etc/bound") == 0);
	CHILD_CHECK(tree_find_mount(f->tree, "/etc/file", &name) == -ENOENT);
	return 0;
}

/* This also holds if the mounted directory is on the same file system, or behind a link. */
static void mounts_are_not_crossed(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

	put_file(f, "/file", "");
	put_file(f, "/etc/file", "");
	put_file(f, "/etc/bound", "");
	put_file(f, "/host/file", "");
	put_link(f, "/host/to-file", "/file");
	put_link(f, "/etc/link", "../mnt");
	put_link(f, "/etc/back", "/mnt/to-file");
	put_directory(f, "/mnt");
	put_directory(f, "/run");
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(mount_below(f));
	assert_int_equal(waitpid(child, &status, 0), child);
	/*
	 * Packages are built so. cmocka 1.1 would count skip() as a failure; the phase "check" runs
	 * as root, who may always mount.
	 */
	if (geteuid() == 0 || !WIFEXITED(status) || WEXITSTATUS(status) != NOT_ALLOWED)
		assert_int_equal(status, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(root_is_named_as_it_was_given),
		TREE_TEST(no_directory_is_no_root),
		TREE_TEST(no_path_leads_out),
		TREE_TEST(links_are_counted),
		TREE_TEST(long_and_deep_paths_are_refused),
		TREE_TEST(running_host_is_read_as_it_is),
		TREE_TEST(only_regular_files_are_read),
		TREE_TEST(opening_is_reading_to_come),
		TREE_TEST(what_can_be_written_is_not_read_only),
		TREE_TEST(masked_files_are_empty),
		TREE_TEST(limit_is_exact),
		TREE_TEST(sparse_file_is_not_read),
		TREE_TEST(bytes_come_as_they_are),
		TREE_TEST(reading_goes_to_the_end_or_fails),
		TREE_TEST(unreadable_files_are_told),
		TREE_TEST(looking_describes_a_file),
		TREE_TEST(looking_follows_no_last_link),
		TREE_TEST(absence_is_an_answer),
		TREE_TEST(mounts_are_not_crossed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
