/*
 * host/labels and host/tree: what is made on the running host gets the labels of a policy, by a
 * libselinux of the test's.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <selinux/label.h>
#include <selinux/selinux.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "unit/helpers.h"

void *__wrap_dlopen(const char *soname, int flags);
void *__wrap_dlsym(void *library, const char *name);

/* The library, and what it was asked. */
static struct {
	bool missing;
	int enabled, enforcing;
	bool unreadable;     /* the policy's labels */
	const char *refused; /* the label of this path may not be given */
	const char *base;    /* is left out of what is written down */
	char current[128];   /* the label of what is made now */
	char log[2048];
	size_t open_handles, contexts;
	char failed[128]; /* the path that tree_commit() named */
} library;

static void write_down(const char *what, const char *path, const char *label)
{
	size_t length = strlen(library.log), base = strlen(library.base);

	if (strncmp(path, library.base, base) == 0)
		path += base;
	(void)snprintf(library.log + length, sizeof(library.log) - length, "%s %s%s%s\n", what,
		       path, *label ? " " : "", label);
}

static int fake_enabled(void)
{
	return library.enabled;
}

static int fake_getenforce(void)
{
	return library.enforcing;
}

static struct selabel_handle *fake_open(unsigned int backend, const struct selinux_opt *options,
					unsigned int count)
{
	assert_int_equal(backend, SELABEL_CTX_FILE);
	assert_null(options);
	assert_int_equal(count, 0);
	if (library.unreadable) {
		errno = EACCES;
		return NULL;
	}
	library.open_handles++;
	return (struct selabel_handle *)&library;
}

static void fake_close(struct selabel_handle *handle)
{
	assert_ptr_equal(handle, &library);
	library.open_handles--;
}

/* "file:PATH" and the like; nothing for what has "none" in its name. */
static int fake_lookup(struct selabel_handle *handle, char **context, const char *path, int kind)
{
	const char *word = S_ISDIR((mode_t)kind) ? "dir" : S_ISLNK((mode_t)kind) ? "link" : "file";
	char text[128];

	assert_ptr_equal(handle, &library);
	if (strstr(path, "none")) {
		errno = ENOENT;
		return -1;
	}
	(void)snprintf(text, sizeof(text), "%s:%s", word, path + strlen(library.base));
	*context = strdup(text);
	assert_non_null(*context);
	library.contexts++;
	return 0;
}

static int fake_setfscreatecon(const char *context)
{
	if (context && library.refused && strstr(context, library.refused)) {
		errno = EINVAL;
		return -1;
	}
	(void)snprintf(library.current, sizeof(library.current), "%s", context ? context : "");
	return 0;
}

static void fake_freecon(char *context)
{
	free(context);
	library.contexts--;
}

void *__wrap_dlopen(const char *soname, int flags)
{
	(void)flags;
	assert_string_equal(soname, "libselinux.so.1");
	return library.missing ? NULL : &library;
}

void *__wrap_dlsym(void *opened, const char *name)
{
	static const struct {
		const char *name;
		void (*function)(void);
	} functions[] = {
		{"is_selinux_enabled", (void (*)(void))fake_enabled},
		{"security_getenforce", (void (*)(void))fake_getenforce},
		{"selabel_open", (void (*)(void))fake_open},
		{"selabel_close", (void (*)(void))fake_close},
		{"selabel_lookup", (void (*)(void))fake_lookup},
		{"setfscreatecon", (void (*)(void))fake_setfscreatecon},
		{"freecon", (void (*)(void))fake_freecon},
	};
	void *result = NULL;

	assert_ptr_equal(opened, &library);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strcmp(name, functions[i].name) == 0)
			memcpy(&result, &functions[i].function, sizeof(result));
	return result;
}

/* Each new file is recorded with the label that it was made with. */
int __real_openat(int directory, const char *name, int flags, ...);
int __wrap_openat(int directory, const char *name, int flags, mode_t mode);
int __wrap_openat64(int directory, const char *name, int flags, mode_t mode);
int __real_mkdirat(int directory, const char *name, mode_t mode);
int __wrap_mkdirat(int directory, const char *name, mode_t mode);
int __real_symlinkat(const char *target, int directory, const char *name);
int __wrap_symlinkat(const char *target, int directory, const char *name);

int __wrap_openat(int directory, const char *name, int flags, mode_t mode)
{
	if (flags & O_CREAT)
		write_down("file", name, library.current);
	return __real_openat(directory, name, flags, mode);
}

/* openat() has this name where an off_t of 64 bits is not the machine's own. */
int __wrap_openat64(int directory, const char *name, int flags, mode_t mode)
{
	return __wrap_openat(directory, name, flags, mode);
}

int __wrap_mkdirat(int directory, const char *name, mode_t mode)
{
	write_down("directory", name, library.current);
	return __real_mkdirat(directory, name, mode);
}

int __wrap_symlinkat(const char *target, int directory, const char *name)
{
	write_down("link", name, library.current);
	return __real_symlinkat(target, directory, name);
}

/*
 * The running host's tree, with the folder of the fixture in it, and a change of a file, a link and
 * a directory.
 */
static int commit(const struct fixture *f, struct change_failure *failure, char **ret_unlabelled)
{
	struct tree *CLEANUP(tree_closep) host = NULL;
	char *CLEANUP(free_pointer) file = host_path(f, "/new/file");
	char *CLEANUP(free_pointer) link = host_path(f, "/new/link");
	char *CLEANUP(free_pointer) bare = host_path(f, "/new/none");
	const struct observed_file absent = {0};
	const struct file_change changes[] = {
		{CHANGE_WRITE, file, 0644, (uid_t)-1, (gid_t)-1, "text", 4, &absent},
		{CHANGE_LINK, link, 0, (uid_t)-1, (gid_t)-1, "/dev/null", 9, &absent},
		{CHANGE_WRITE, bare, 0644, (uid_t)-1, (gid_t)-1, "text", 4, &absent},
	};
	const char *unlabelled;
	int error;

	library.base = f->base;
	assert_int_equal(tree_open("/", &host), 0);
	error = tree_use_labels(host);
	if (error < 0)
		return error;
	error = tree_commit(host, changes, ARRAY_SIZE(changes), failure);
	if (error < 0)
		(void)snprintf(library.failed, sizeof(library.failed), "%s",
			       failure->path + strlen(f->base));
	unlabelled = tree_unlabelled(host);
	*ret_unlabelled = unlabelled ? strdup(unlabelled + strlen(f->base)) : NULL;
	/* Files that are made later have the default label again. */
	assert_string_equal(library.current, "");
	return error;
}

static void reset(int enabled, int enforcing)
{
	memset(&library, 0, sizeof(library));
	library.enabled = enabled;
	library.enforcing = enforcing;
}

static void assert_nothing_held(void)
{
	assert_int_equal(library.open_handles, 0);
	assert_int_equal(library.contexts, 0);
}

#define PLAIN                             \
	"directory new\n"                 \
	"file .file.conntrack-persist~\n" \
	"link .link.conntrack-persist~\n" \
	"file .none.conntrack-persist~\n"

static void policy_names_the_label_of_each_path(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(1, 1);
	assert_int_equal(commit(f, &failure, &unlabelled), 0);
	assert_string_equal(library.log, "directory new dir:/new\n"
					 "file .file.conntrack-persist~ file:/new/file\n"
					 "link .link.conntrack-persist~ link:/new/link\n"
					 "file .none.conntrack-persist~\n");
	assert_null(unlabelled);
	assert_nothing_held();
}

static void nothing_is_labelled_without_selinux(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(0, 1);
	assert_int_equal(commit(f, &failure, &unlabelled), 0);
	assert_string_equal(library.log, PLAIN);
	assert_null(unlabelled);
	assert_nothing_held();
}

static void nothing_is_labelled_without_the_library(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(1, 1);
	library.missing = true;
	assert_int_equal(commit(f, &failure, &unlabelled), 0);
	assert_string_equal(library.log, PLAIN);
	assert_null(unlabelled);
}

static void refused_label_fails_before_anything_is_made(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(1, 1);
	library.refused = "link:";
	assert_int_equal(commit(f, &failure, &unlabelled), -EINVAL);
	assert_string_equal(failure.operation, "label");
	assert_string_equal(library.failed, "/new/link");
	/* Before anything is made. */
	assert_string_equal(library.log, "");
	assert_true(failure.put_back);
	assert_nothing_held();
}

static void refused_label_is_remembered_where_permissive(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(1, 0);
	library.refused = "link:";
	assert_int_equal(commit(f, &failure, &unlabelled), 0);
	assert_string_equal(library.log, "directory new dir:/new\n"
					 "file .file.conntrack-persist~ file:/new/file\n"
					 "link .link.conntrack-persist~\n"
					 "file .none.conntrack-persist~\n");
	assert_string_equal(unlabelled, "/new/link");
	assert_nothing_held();
}

static void policy_cannot_be_read(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) unlabelled = NULL;
	struct change_failure failure = {0};

	reset(1, 1);
	library.unreadable = true;
	assert_int_equal(commit(f, &failure, &unlabelled), -EACCES);
	assert_string_equal(library.log, "");

	reset(1, 0);
	library.unreadable = true;
	assert_int_equal(commit(f, &failure, &unlabelled), 0);
	assert_string_equal(library.log, PLAIN);
	assert_string_equal(unlabelled, "/new/file");
}

/* Images are labelled by whoever builds them. */
static void images_are_not_labelled(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};

	reset(1, 1);
	library.base = f->base;
	assert_int_equal(tree_use_labels(f->tree), 0);
	batch_add(&b, f, CHANGE_WRITE, "/new/file", "text");
	assert_int_equal(batch_commit(&b, f), 0);
	assert_string_equal(library.log, "directory new\nfile .file.conntrack-persist~\n");
	assert_int_equal(library.open_handles, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(policy_names_the_label_of_each_path),
		TREE_TEST(nothing_is_labelled_without_selinux),
		TREE_TEST(nothing_is_labelled_without_the_library),
		TREE_TEST(refused_label_fails_before_anything_is_made),
		TREE_TEST(refused_label_is_remembered_where_permissive),
		TREE_TEST(policy_cannot_be_read),
		TREE_TEST(images_are_not_labelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
