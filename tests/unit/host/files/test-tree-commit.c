/* host/tree: changes carried out together; what was edited meanwhile is not lost. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Temporary names. */
static size_t count_hidden(const struct fixture *f)
{
	char *CLEANUP(free_pointer) all = snapshot(f, false);
	size_t count = 0;

	for (const char *at = all; (at = strstr(at, "conntrack-persist")); at++)
		count++;
	return count;
}

static void changes_are_carried_out(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};
	ino_t inode;

	put_file(f, "/etc/replaced", "old text");
	put_file(f, "/etc/removed", "old");
	put_file(f, "/etc/untouched", "same");
	put_link(f, "/etc/link", "old");
	put_link(f, "/etc/removed-link", "/dev/null");
	batch_add(&b, f, CHANGE_WRITE, "/etc/made", "made");
	batch_add(&b, f, CHANGE_WRITE, "/etc/replaced", "new");
	batch_add(&b, f, CHANGE_REMOVE, "/etc/removed", NULL);
	batch_add(&b, f, CHANGE_REMOVE, "/etc/removed-link", NULL);
	batch_add(&b, f, CHANGE_REMOVE, "/etc/never-there", NULL);
	batch_add(&b, f, CHANGE_WRITE, "/etc/empty", "");
	inode = b.seen[1].inode;
	assert_int_equal(batch_commit(&b, f), 0);
	assert_content(f, "/etc/made", "made");
	assert_content(f, "/etc/replaced", "new");
	assert_content(f, "/etc/untouched", "same");
	assert_content(f, "/etc/empty", "");
	assert_false(lies_there(f, "/etc/removed"));
	assert_false(lies_there(f, "/etc/removed-link"));
	assert_int_equal(count_hidden(f), 0);

	/* A reader of the old file can read it to its end, because the new one is another file. */
	batch_clear(&b);
	batch_add(&b, f, CHANGE_REMOVE, "/etc/replaced", NULL);
	assert_int_not_equal(b.seen[0].inode, inode);
}

static void nothing_to_do_touches_nothing(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};
	char *CLEANUP(free_pointer) before = NULL;

	put_directory(f, "/etc");
	before = snapshot(f, true);
	assert_int_equal(batch_commit(&b, f), 0);
	batch_add(&b, f, CHANGE_REMOVE, "/etc/missing", NULL);
	batch_add(&b, f, CHANGE_REMOVE, "/missing/too", NULL);
	assert_int_equal(batch_commit(&b, f), 0);
	assert_as_it_was(f, before, true);
}

static void directories_are_made_inside(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};

	put_directory(f, "/usr/etc");
	put_link(f, "/etc", "/usr/etc");
	put_link(f, "/var", "../../../../../somewhere");
	put_directory(f, "/somewhere");
	batch_add(&b, f, CHANGE_WRITE, "/etc/a/b/one", "one");
	batch_add(&b, f, CHANGE_WRITE, "/etc/a/b/two", "two");
	batch_add(&b, f, CHANGE_WRITE, "/var/lib/three", "three");
	umask(077);
	assert_int_equal(batch_commit(&b, f), 0);
	umask(022);
	assert_content(f, "/usr/etc/a/b/one", "one");
	assert_content(f, "/usr/etc/a/b/two", "two");
	assert_content(f, "/somewhere/lib/three", "three");
	assert_int_equal(mode_of(f, "/usr/etc/a"), 0755);
	assert_int_equal(mode_of(f, "/usr/etc/a/b"), 0755);
}

static void mode_is_exact(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	static const mode_t modes[] = {0644, 0600, 0666, 0755, 04755, 02755, 06711, 01777, 0444};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
		for (size_t j = 0; j < ARRAY_SIZE(modes); j++) {
			struct batch CLEANUP(batch_clear) b = {0};

			batch_add(&b, f, CHANGE_WRITE, "/file", "text");
			b.changes[0].mode = modes[j];
			umask(masks[i]);
			assert_int_equal(batch_commit(&b, f), 0);
			umask(022);
			/* A restored copy must not become a set-id program. */
			assert_int_equal(mode_of(f, "/file"), modes[j] & 0777);
		}
}

/* Links and files take each other's place, and a link's place never follows it. */
static void links_are_put_and_replaced(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};
	struct observed_file CLEANUP(observed_file_clear) file = {0};

	put_file(f, "/target", "target");
	put_link(f, "/was-link", "target");
	put_link(f, "/was-masked", "/dev/null");
	put_link(f, "/other", "target");
	put_file(f, "/was-file", "text");
	batch_add(&b, f, CHANGE_WRITE, "/was-link", "file");
	batch_add(&b, f, CHANGE_WRITE, "/was-masked", "file");
	batch_add(&b, f, CHANGE_LINK, "/was-file", "/dev/null");
	batch_add(&b, f, CHANGE_LINK, "/other", "../../new");
	batch_add(&b, f, CHANGE_LINK, "/new-link", "nowhere");
	assert_int_equal(batch_commit(&b, f), 0);
	assert_content(f, "/was-link", "file");
	assert_content(f, "/was-masked", "file");
	assert_content(f, "/target", "target");
	assert_int_equal(tree_look(f->tree, "/was-file", 0, &file), 0);
	assert_int_equal(file.kind, FILE_MASKED);
	observed_file_clear(&file);
	assert_int_equal(tree_look(f->tree, "/other", 0, &file), 0);
	assert_string_equal(file.bytes, "../../new");
	observed_file_clear(&file);
	assert_int_equal(tree_look(f->tree, "/new-link", 0, &file), 0);
	assert_string_equal(file.bytes, "nowhere");
	assert_int_equal(count_hidden(f), 0);
}

static void edit_file(const struct fixture *f)
{
	put_file(f, "/etc/file", "edited since");
}

/* Within one tick of the clock the time tells nothing. */
static void edit_unseen(const struct fixture *f, const char *text)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
	struct stat status;

	assert_int_equal(fstatat(f->root, "etc/file", &status, 0), 0);
	times[1] = status.st_mtim;
	put_file(f, "/etc/file", text);
	assert_int_equal(utimensat(f->root, "etc/file", times, 0), 0);
}

static void edit_file_unseen(const struct fixture *f)
{
	edit_unseen(f, "TEXT");
}

static void cut_file_unseen(const struct fixture *f)
{
	edit_unseen(f, "te");
}

static void touch_file(const struct fixture *f)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {1600000000, 1}};

	assert_int_equal(utimensat(f->root, "etc/file", times, 0), 0);
}

/* Editors save in this way: everything stays the same except which file it is. */
static void replace_file(const struct fixture *f)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
	struct stat status;

	assert_int_equal(fstatat(f->root, "etc/file", &status, 0), 0);
	times[1] = status.st_mtim;
	put_file(f, "/etc/file.new", "text");
	assert_int_equal(utimensat(f->root, "etc/file.new", times, 0), 0);
	assert_int_equal(renameat(f->root, "etc/file.new", f->root, "etc/file"), 0);
}

static void remove_file(const struct fixture *f)
{
	assert_int_equal(unlinkat(f->root, "etc/file", 0), 0);
}

static void mask_file(const struct fixture *f)
{
	remove_file(f);
	put_link(f, "/etc/file", "/dev/null");
}

static void make_file(const struct fixture *f)
{
	put_file(f, "/etc/absent", "appeared");
}

static void make_directory(const struct fixture *f)
{
	put_directory(f, "/etc/absent");
}

static void turn_into_directory(const struct fixture *f)
{
	remove_file(f);
	put_file(f, "/etc/file/below", "text");
}

/* Another program does this in the meantime. */
static const struct {
	void (*edit)(const struct fixture *f);
	const char *path;
	int error;
} edits[] = {
	{edit_file, "/etc/file", -ESTALE},	  {edit_file_unseen, "/etc/file", -ESTALE},
	{cut_file_unseen, "/etc/file", -ESTALE},  {touch_file, "/etc/file", -ESTALE},
	{replace_file, "/etc/file", -ESTALE},	  {remove_file, "/etc/file", -ESTALE},
	{mask_file, "/etc/file", -ESTALE},	  {make_file, "/etc/absent", -ESTALE},
	{make_directory, "/etc/absent", -EISDIR}, {turn_into_directory, "/etc/file", -EISDIR},
};

static void put_for_edits(const struct fixture *f, struct batch *b, enum change_kind kind)
{
	put_file(f, "/etc/first", "first");
	put_file(f, "/etc/gone", "gone");
	put_file(f, "/etc/file", "text");
	batch_add(b, f, CHANGE_WRITE, "/etc/x.d/made", "made");
	batch_add(b, f, CHANGE_WRITE, "/etc/first", "changed");
	batch_add(b, f, CHANGE_REMOVE, "/etc/gone", NULL);
	batch_add(b, f, CHANGE_WRITE, "/etc/absent", "new");
	batch_add(b, f, kind, "/etc/file", kind == CHANGE_REMOVE ? NULL : "new");
}

static void clear_away(const struct fixture *f)
{
	static const char *const names[] = {"etc/file/below", "etc/absent", "etc/file"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (unlinkat(f->root, names[i], 0) < 0)
			(void)unlinkat(f->root, names[i], AT_REMOVEDIR);
}

static void edit_before_is_noticed_with_nothing_touched(void **state)
{
	const struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct batch CLEANUP(batch_clear) b = {0};
		char *CLEANUP(free_pointer) before = NULL;

		put_for_edits(f, &b, i % 2 ? CHANGE_REMOVE : CHANGE_WRITE);
		edits[i].edit(f);
		before = snapshot(f, true);
		assert_int_equal(batch_commit(&b, f), edits[i].error);
		assert_string_equal(b.failure.path, edits[i].path);
		assert_true(b.failure.put_back);
		assert_as_it_was(f, before, true);
		clear_away(f);
	}
}

static void directory_that_has_gone_is_not_made_anew(void **state)
{
	const struct fixture *f = *state;

	for (int kind = CHANGE_WRITE; kind <= CHANGE_REMOVE; kind++) {
		struct batch CLEANUP(batch_clear) b = {0};
		char *CLEANUP(free_pointer) before = NULL;

		put_file(f, "/etc/x.d/file", "text");
		batch_add(&b, f, (enum change_kind)kind, "/etc/x.d/file", "new");
		assert_int_equal(unlinkat(f->root, "etc/x.d/file", 0), 0);
		assert_int_equal(unlinkat(f->root, "etc/x.d", AT_REMOVEDIR), 0);
		before = snapshot(f, true);
		assert_int_equal(batch_commit(&b, f), -ESTALE);
		assert_as_it_was(f, before, true);
	}
}

static void directories_are_not_replaced(void **state)
{
	const struct fixture *f = *state;

	for (int kind = CHANGE_WRITE; kind <= CHANGE_REMOVE; kind++) {
		struct batch CLEANUP(batch_clear) b = {0};
		char *CLEANUP(free_pointer) before = NULL;

		put_directory(f, "/etc/file");
		batch_add(&b, f, (enum change_kind)kind, "/etc/file", "new");
		before = snapshot(f, true);
		assert_int_equal(batch_commit(&b, f), -EISDIR);
		assert_as_it_was(f, before, true);
	}
}

/*
 * rename_flags() and linkat(2) go through here, so that something can happen in the last moment,
 * and so that a file system which cannot exchange names can be met anywhere.
 */
int __real_rename_flags(int directory, const char *old, const char *new, unsigned int flags);
int __wrap_rename_flags(int directory, const char *old, const char *new, unsigned int flags);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);

static struct {
	const struct fixture *f;
	void (*edit)(const struct fixture *f);
	const char *path;	       /* before its place is taken */
	struct observed_file edited;   /* how the edit left it */
	bool late;		       /* after a second name of it has been made */
	int flags_error;	       /* 0: rename knows its flags */
	unsigned int flagged, refused; /* calls with flags, and those that got flags_error */
} meanwhile;

static void happen(const char *name)
{
	void (*edit)(const struct fixture *f) = meanwhile.edit;

	if (!edit || strcmp(name, strrchr(meanwhile.path, '/') + 1) != 0)
		return;
	meanwhile.edit = NULL;
	/* One of the other files is in its place already, the next one is about to follow. */
	assert_true(lies_there(meanwhile.f, "/etc/x.d/made"));
	edit(meanwhile.f);
	assert_int_equal(tree_look(meanwhile.f->tree, meanwhile.path, SIZE_MAX, &meanwhile.edited),
			 0);
}

int __wrap_rename_flags(int directory, const char *old, const char *new, unsigned int flags)
{
	if (flags) {
		meanwhile.flagged++;
		if (meanwhile.flags_error) {
			meanwhile.refused++;
			errno = meanwhile.flags_error;
			return -1;
		}
	}
	happen(old[0] == '.' ? new : old);
	return __real_rename_flags(directory, old, new, flags);
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
	int result;

	if (!meanwhile.late)
		happen(old[0] == '.' ? new : old);
	result = __real_linkat(from, old, to, new, flags);
	if (meanwhile.late && old[0] != '.')
		happen(old);
	return result;
}

/* The snapshot without the files that are edited. */
static char *snapshot_others(const struct fixture *f)
{
	char *all = snapshot(f, false), *to = all;

	for (const char *line = all; *line;) {
		size_t length = strcspn(line, "\n") + 1;

		if (!memmem(line, length, "/etc/file", 9) &&
		    !memmem(line, length, "/etc/absent", 11)) {
			memmove(to, line, length);
			to += length;
		}
		line += length;
	}
	*to = '\0';
	return all;
}

static void assert_same_file(const struct observed_file *now, const struct observed_file *then)
{
	assert_int_equal(now->kind, then->kind);
	assert_int_equal(now->inode, then->inode);
	assert_int_equal(now->changed_ns, then->changed_ns);
	assert_int_equal(now->size, then->size);
	if (then->bytes)
		assert_string_equal(now->bytes, then->bytes);
}

static void edit_in_the_last_moment(const struct fixture *f, size_t i, enum change_kind kind)
{
	struct batch CLEANUP(batch_clear) b = {0};
	struct observed_file CLEANUP(observed_file_clear) now = {0};
	char *CLEANUP(free_pointer) before = NULL, *CLEANUP(free_pointer) after = NULL;
	int error;

	put_for_edits(f, &b, kind);
	before = snapshot_others(f);
	meanwhile.f = f;
	meanwhile.edit = edits[i].edit;
	meanwhile.path = edits[i].path;
	error = batch_commit(&b, f);
	if (meanwhile.edit)
		fail_msg("edit %zu did not happen", i);
	/* A directory has no second link. */
	if (error != -ESTALE && error != -EISDIR && !(meanwhile.refused && error == -EPERM))
		fail_msg("edit %zu: %d", i, error);
	assert_string_equal(b.failure.path, edits[i].path);
	assert_true(b.failure.put_back);
	assert_int_equal(tree_look(f->tree, edits[i].path, SIZE_MAX, &now), 0);
	assert_same_file(&now, &meanwhile.edited);
	observed_file_clear(&meanwhile.edited);
	after = snapshot_others(f);
	assert_string_equal(after, before);
	clear_away(f);
}

static void edit_of_the_last_moment_comes_back(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++)
		for (int kind = CHANGE_WRITE; kind <= CHANGE_REMOVE; kind++)
			edit_in_the_last_moment(*state, i, (enum change_kind)kind);
}

static const int no_flags[] = {EINVAL, ENOSYS, EPERM};

static void edit_comes_back_without_exchange(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(edits) * ARRAY_SIZE(no_flags); i++) {
		meanwhile.flags_error = no_flags[i % ARRAY_SIZE(no_flags)];
		edit_in_the_last_moment(*state, i / ARRAY_SIZE(no_flags), CHANGE_WRITE);
		edit_in_the_last_moment(*state, i / ARRAY_SIZE(no_flags), CHANGE_REMOVE);
	}
	meanwhile.flags_error = 0;
}

/* The old file then has two names, and a file that another program puts at one of them must stay. */
static void edit_between_link_and_rename_stays(void **state)
{
	meanwhile.flags_error = EINVAL;
	meanwhile.late = true;
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++)
		if (strcmp(edits[i].path, "/etc/file") == 0)
			edit_in_the_last_moment(*state, i, CHANGE_WRITE);
	meanwhile.flags_error = 0;
	meanwhile.late = false;
}

static void changes_need_no_exchange(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(no_flags); i++) {
		meanwhile.flagged = meanwhile.refused = 0;
		meanwhile.flags_error = no_flags[i];
		changes_are_carried_out(state);
		assert_true(meanwhile.refused > 0);
		assert_int_equal(meanwhile.refused, meanwhile.flagged);
		assert_int_equal(unlinkat(((const struct fixture *)*state)->root, "etc/link", 0),
				 0);
	}
	links_are_put_and_replaced(state);
	meanwhile.flags_error = 0;
}

/* Another run without the lock removes the temporary file and is about to write its own. */
static void stage_as_another_run(const struct fixture *f)
{
	assert_int_equal(unlinkat(f->root, "etc/x.d/.staged.conntrack-persist~", 0), 0);
	put_file(f, "/etc/x.d/.staged.conntrack-persist~", "");
}

/* The other run's link instead of a file, and nothing at all. */
static void stage_a_link(const struct fixture *f)
{
	assert_int_equal(unlinkat(f->root, "etc/x.d/.staged.conntrack-persist~", 0), 0);
	put_link(f, "/etc/x.d/.staged.conntrack-persist~", "elsewhere");
}

static void clear_staged(const struct fixture *f)
{
	assert_int_equal(unlinkat(f->root, "etc/x.d/.staged.conntrack-persist~", 0), 0);
}

static void swap_staged(const struct fixture *f, void (*swap)(const struct fixture *f),
			enum change_kind kind, bool there)
{
	struct batch CLEANUP(batch_clear) b = {0};
	int error;

	put_directory(f, "/etc/x.d");
	put_file(f, "/etc/x.d/other", "other");
	if (there)
		put_file(f, "/etc/x.d/staged", "old");
	batch_add(&b, f, CHANGE_WRITE, "/etc/x.d/made", "made");
	batch_add(&b, f, CHANGE_REMOVE, "/etc/x.d/other", NULL);
	batch_add(&b, f, kind, "/etc/x.d/staged", "new");
	meanwhile.f = f;
	meanwhile.edit = swap;
	meanwhile.path = "/etc/x.d/other";
	error = batch_commit(&b, f);
	assert_null(meanwhile.edit);
	observed_file_clear(&meanwhile.edited);
	assert_int_equal(error, -ESTALE);
	assert_string_equal(b.failure.path, "/etc/x.d/staged");
	assert_true(b.failure.put_back);
	assert_false(lies_there(f, "/etc/x.d/made"));
	assert_content(f, "/etc/x.d/other", "other");
	assert_int_equal(lies_there(f, "/etc/x.d/staged"), there);
	if (there)
		assert_content(f, "/etc/x.d/staged", "old");
	/* The other run's file stays, because that run renames or removes it. */
	assert_int_equal(lies_there(f, "/etc/x.d/.staged.conntrack-persist~"),
			 swap != clear_staged);
	(void)unlinkat(f->root, "etc/x.d/.staged.conntrack-persist~", 0);
	(void)unlinkat(f->root, "etc/x.d/staged", 0);
}

static void file_of_another_run_gets_no_place(void **state)
{
	static void (*const swaps[])(const struct fixture *f) = {stage_as_another_run, stage_a_link,
								 clear_staged};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(swaps); i++)
		for (int there = 0; there < 2; there++) {
			meanwhile.flags_error = i % 2 ? EINVAL : 0;
			swap_staged(*state, swaps[i / 2], CHANGE_WRITE, there);
			swap_staged(*state, swaps[i / 2], CHANGE_LINK, there);
		}
	meanwhile.flags_error = 0;
}

static void remains_of_a_crash_are_cleared(void **state)
{
	static const char *const paths[] = {"/etc/file", "/etc/gone", "/missing/file", "/etc/made"};
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};
	char *CLEANUP(free_pointer) before = NULL;

	put_file(f, "/etc/file", "text");
	put_file(f, "/etc/gone", "text");
	put_file(f, "/etc/.file", "theirs");
	put_file(f, "/etc/.other.conntrack-persist~", "theirs");
	before = snapshot(f, false);
	put_file(f, "/etc/.file.conntrack-persist~", "remains");
	put_file(f, "/etc/.file.conntrack-persist-old~", "remains");
	put_link(f, "/etc/.gone.conntrack-persist~", "/etc/file");
	assert_int_equal(tree_sweep(f->tree, paths, ARRAY_SIZE(paths)), 0);
	assert_as_it_was(f, before, false);
	assert_int_equal(tree_sweep(f->tree, paths, ARRAY_SIZE(paths)), 0);

	/* A commit does so by itself, and never writes through what lies there. */
	put_link(f, "/etc/.file.conntrack-persist~", "other");
	put_file(f, "/etc/.gone.conntrack-persist~", "remains");
	put_link(f, "/etc/.made.conntrack-persist~", "other");
	put_file(f, "/etc/other", "theirs");
	batch_add(&b, f, CHANGE_WRITE, "/etc/file", "new");
	batch_add(&b, f, CHANGE_REMOVE, "/etc/gone", NULL);
	batch_add(&b, f, CHANGE_WRITE, "/etc/made", "made");
	assert_int_equal(batch_commit(&b, f), 0);
	assert_content(f, "/etc/file", "new");
	assert_content(f, "/etc/made", "made");
	assert_content(f, "/etc/other", "theirs");
	assert_int_equal(count_hidden(f), 1);
}

static void remains_under_any_name_are_cleared(void **state)
{
	const struct fixture *f = *state;
	char *CLEANUP(free_pointer) before = NULL;

	put_file(f, "/etc/file.conntrack-persist~", "theirs");
	put_file(f, "/etc/.file~", "theirs");
	put_file(f, "/etc/.conntrack-persist", "theirs");
	before = snapshot(f, false);
	put_file(f, "/etc/.one.conntrack-persist~", "remains");
	put_file(f, "/etc/.two.1.conntrack-persist-old~", "remains");
	assert_int_equal(tree_sweep_directory(f->tree, "/etc"), 0);
	assert_as_it_was(f, before, false);
	assert_int_equal(tree_sweep_directory(f->tree, "/missing"), 0);
	assert_int_equal(tree_sweep_directory(f->tree, "/etc/.file~"), -ENOTDIR);
}

static void remains_are_cleared_without_exchange(void **state)
{
	const struct fixture *f = *state;
	struct batch CLEANUP(batch_clear) b = {0};

	put_file(f, "/etc/file", "text");
	put_file(f, "/etc/.file.conntrack-persist-old~", "remains");
	batch_add(&b, f, CHANGE_WRITE, "/etc/file", "new");
	meanwhile.flags_error = EINVAL;
	assert_int_equal(batch_commit(&b, f), 0);
	meanwhile.flags_error = 0;
	assert_content(f, "/etc/file", "new");
	assert_int_equal(count_hidden(f), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(changes_are_carried_out),
		TREE_TEST(nothing_to_do_touches_nothing),
		TREE_TEST(directories_are_made_inside),
		TREE_TEST(mode_is_exact),
		TREE_TEST(links_are_put_and_replaced),
		TREE_TEST(edit_before_is_noticed_with_nothing_touched),
		TREE_TEST(directory_that_has_gone_is_not_made_anew),
		TREE_TEST(directories_are_not_replaced),
		TREE_TEST(edit_of_the_last_moment_comes_back),
		TREE_TEST(edit_comes_back_without_exchange),
		TREE_TEST(edit_between_link_and_rename_stays),
		TREE_TEST(changes_need_no_exchange),
		TREE_TEST(file_of_another_run_gets_no_place),
		TREE_TEST(remains_of_a_crash_are_cleared),
		TREE_TEST(remains_under_any_name_are_cleared),
		TREE_TEST(remains_are_cleared_without_exchange),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
