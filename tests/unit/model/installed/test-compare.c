/* model/compare: each state a path may be in, what is done about it, and what needs --force. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/installed/compare.h"
#include "model/installed/outdated.h"

#define FOREIGN "options nf_conntrack hashsize=1\n"

struct fixture {
	struct plan plan; /* the modprobe file alone, as in mode disable */
	struct manifest manifest;
	struct artifact earlier; /* what a run with another configuration wrote there */
	struct buffer edited;	 /* that one with a line more */
	struct observed_file file;
};

static void make_artifact(const char *text, struct artifact *ret)
{
	struct buffer body = {0};

	buffer_add(&body, text);
	assert_int_equal(artifact_from_body(PATH_MODPROBE, &body, ret), 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f)
		return -1;
	f->plan.artifacts = calloc(1, sizeof(*f->plan.artifacts));
	if (!f->plan.artifacts)
		return -1;
	make_artifact("options nf_conntrack hashsize=9\n", &f->plan.artifacts[0]);
	f->plan.artifact_count = 1;
	make_artifact("options nf_conntrack hashsize=7\n", &f->earlier);
	buffer_add(&f->edited, f->earlier.bytes);
	buffer_add(&f->edited, "# mine\n");
	f->file = (struct observed_file){.kind = FILE_REGULAR, .mode = 0644};
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	plan_done(&f->plan);
	manifest_done(&f->manifest);
	artifact_done(&f->earlier);
	buffer_clear(&f->edited);
	free(f);
	return 0;
}

static void record(struct fixture *f, const char *digest)
{
	assert_int_equal(manifest_put(&f->manifest, PATH_MODPROBE, 0644, digest, NULL), 0);
}

/* Puts these bytes there, for the judgement alone. */
static void lay_down(struct fixture *f, char *bytes)
{
	f->file.bytes = bytes;
	f->file.size = strlen(bytes);
}

static void expect_at(const struct fixture *f, const struct plan *plan, const char *path,
		      enum file_state state, enum file_action action, bool needs_force)
{
	const struct observed_path observed = {.path = path, .file = f->file};
	struct file_difference difference = {0};

	compare_files(plan, &f->manifest, &observed, 1, true, &difference);
	expect_text("state", file_state_to_string(difference.state), file_state_to_string(state));
	expect_text("action", file_action_to_string(difference.action),
		    file_action_to_string(action));
	assert_int_equal(difference.needs_force, needs_force);
	assert_ptr_equal(difference.path, path);
	assert_ptr_equal(difference.seen, &observed.file);
	assert_ptr_equal(difference.wanted, plan ? plan_find_artifact(plan, path) : NULL);
}

/* At the path that the plan writes. */
static void expect_wanted(const struct fixture *f, enum file_state state, enum file_action action,
			  bool needs_force)
{
	expect_at(f, &f->plan, PATH_MODPROBE, state, action, needs_force);
}

/* The plan has no file at this path, or there is no plan at all. */
static void expect_unwanted(const struct fixture *f, enum file_state state, enum file_action action,
			    bool needs_force)
{
	const struct plan nothing = {0};

	expect_at(f, &nothing, PATH_MODPROBE, state, action, needs_force);
	expect_at(f, NULL, PATH_MODPROBE, state, action, needs_force);
}

/*
 * A foreign file stops the plan, also if the plan has no file there; it stops nothing if our file
 * will be removed.
 */
static void expect_in_the_way(const struct fixture *f)
{
	const struct plan nothing = {0};

	expect_at(f, &nothing, PATH_MODPROBE, STATE_FOREIGN, ACTION_REMOVE, true);
	expect_at(f, NULL, PATH_MODPROBE, STATE_FOREIGN, ACTION_NONE, false);
}

static void absent_file_is_created_or_right(void **state)
{
	struct fixture *f = *state;

	f->file = (struct observed_file){.kind = FILE_ABSENT};
	expect_wanted(f, STATE_MISSING, ACTION_CREATE, false);
	expect_unwanted(f, STATE_OK, ACTION_NONE, false);
	/* removed by another since */
	record(f, f->earlier.digest);
	expect_wanted(f, STATE_MISSING, ACTION_CREATE, false);
	expect_unwanted(f, STATE_OK, ACTION_NONE, false);
}

static void planned_bytes_are_ours_without_a_manifest(void **state)
{
	struct fixture *f = *state;

	lay_down(f, f->plan.artifacts[0].bytes);
	expect_wanted(f, STATE_OK, ACTION_NONE, false);
	expect_unwanted(f, STATE_LEFTOVER, ACTION_REMOVE, false);
}

static void earlier_bytes_are_ours_by_their_own_checksum(void **state)
{
	struct fixture *f = *state;

	lay_down(f, f->earlier.bytes);
	expect_wanted(f, STATE_DIFFERS, ACTION_UPDATE, false);
	expect_unwanted(f, STATE_LEFTOVER, ACTION_REMOVE, false);
}

/* An earlier release may have written this, with another header. */
static void bytes_without_our_header_are_ours_by_the_manifest(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN, digest[DIGEST_SIZE];

	digest_of(bytes, strlen(bytes), digest);
	record(f, digest);
	lay_down(f, bytes);
	expect_wanted(f, STATE_DIFFERS, ACTION_UPDATE, false);
	expect_unwanted(f, STATE_LEFTOVER, ACTION_REMOVE, false);
}

static void edit_is_seen_by_the_checksum_without_a_manifest(void **state)
{
	struct fixture *f = *state;

	lay_down(f, f->edited.data);
	expect_wanted(f, STATE_EDITED, ACTION_UPDATE, true);
	expect_unwanted(f, STATE_EDITED, ACTION_REMOVE, true);
}

static void edit_is_seen_by_the_manifest_without_a_header(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN;

	record(f, f->earlier.digest);
	lay_down(f, bytes);
	expect_wanted(f, STATE_EDITED, ACTION_UPDATE, true);
	expect_unwanted(f, STATE_EDITED, ACTION_REMOVE, true);
}

static void emptied_file_is_an_edit(void **state)
{
	struct fixture *f = *state;
	char bytes[] = "";

	record(f, f->earlier.digest);
	lay_down(f, bytes);
	expect_wanted(f, STATE_EDITED, ACTION_UPDATE, true);
}

static void strange_file_is_foreign(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN, nothing[] = "";

	lay_down(f, bytes);
	expect_wanted(f, STATE_FOREIGN, ACTION_UPDATE, true);
	expect_in_the_way(f);
	lay_down(f, nothing);
	expect_wanted(f, STATE_FOREIGN, ACTION_UPDATE, true);
}

/*
 * The manifest knows the path for the copy of what was replaced there, but nothing of ours lies
 * there now.
 */
static void strange_file_is_foreign_also_where_the_manifest_has_no_digest(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN;

	record(f, NULL);
	lay_down(f, bytes);
	expect_wanted(f, STATE_FOREIGN, ACTION_UPDATE, true);
	expect_in_the_way(f);
}

/* The file that was there before must be put back. */
static void strange_file_is_in_the_way_of_what_was_replaced(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN;

	assert_int_equal(manifest_put(&f->manifest, PATH_MODPROBE, 0644, NULL, "/copy"), 0);
	lay_down(f, bytes);
	expect_unwanted(f, STATE_FOREIGN, ACTION_REMOVE, true);
}

static void record_of_another_path_is_not_this_ones(void **state)
{
	struct fixture *f = *state;
	char bytes[] = FOREIGN;

	assert_int_equal(manifest_put(&f->manifest, PATH_SYSCTL, 0644, f->earlier.digest, NULL), 0);
	lay_down(f, bytes);
	expect_wanted(f, STATE_FOREIGN, ACTION_UPDATE, true);
}

static void same_size_is_not_the_same_bytes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->earlier.size, f->plan.artifacts[0].size);
	lay_down(f, f->earlier.bytes);
	expect_wanted(f, STATE_DIFFERS, ACTION_UPDATE, false);
}

static void access_is_held_to_mode_and_owner(void **state)
{
	static const struct {
		mode_t mode;
		uid_t uid;
		gid_t gid;
		bool owned_by_root;
		enum file_state state;
	} rows[] = {
		{0644, 0, 0, true, STATE_OK},	     {0600, 0, 0, true, STATE_ACCESS},
		{0666, 0, 0, true, STATE_ACCESS},    {0755, 0, 0, true, STATE_ACCESS},
		{0644, 1000, 0, true, STATE_ACCESS}, {0644, 0, 1000, true, STATE_ACCESS},
		{0644, 1000, 1000, false, STATE_OK}, {0600, 1000, 1000, false, STATE_ACCESS},
	};
	struct fixture *f = *state;

	lay_down(f, f->plan.artifacts[0].bytes);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct observed_path observed = {.path = PATH_MODPROBE, .file = f->file};
		struct file_difference difference = {0};

		observed.file.mode = rows[i].mode;
		observed.file.uid = rows[i].uid;
		observed.file.gid = rows[i].gid;
		compare_files(&f->plan, &f->manifest, &observed, 1, rows[i].owned_by_root,
			      &difference);
		expect_number("state", difference.state, rows[i].state);
		expect_number("action", difference.action,
			      rows[i].state == STATE_OK ? ACTION_NONE : ACTION_UPDATE);
		assert_false(difference.needs_force);
	}
}

static void masked_file_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char target[] = "/dev/null";

	f->file = (struct observed_file){.kind = FILE_MASKED, .mode = 0777};
	lay_down(f, target);
	expect_wanted(f, STATE_MASKED, ACTION_NONE, false);
	expect_unwanted(f, STATE_MASKED, ACTION_NONE, false);
	record(f, f->earlier.digest);
	expect_wanted(f, STATE_MASKED, ACTION_NONE, false);
}

static void link_is_foreign_wherever_it_leads(void **state)
{
	struct fixture *f = *state;

	f->file.kind = FILE_SYMLINK;
	lay_down(f, f->plan.artifacts[0].bytes);
	record(f, f->plan.artifacts[0].digest);
	expect_wanted(f, STATE_FOREIGN, ACTION_UPDATE, true);
	expect_in_the_way(f);
}

static void what_is_no_file_is_unusable(void **state)
{
	static const enum file_kind kinds[] = {FILE_DIRECTORY, FILE_SPECIAL, (enum file_kind)77};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		f->file = (struct observed_file){.kind = kinds[i], .mode = 0755};
		expect_wanted(f, STATE_UNUSABLE, ACTION_UPDATE, true);
		expect_unwanted(f, STATE_UNUSABLE, ACTION_REMOVE, true);
	}
}

static void differences_come_in_the_order_of_the_paths(void **state)
{
	struct fixture *f = *state;
	struct observed_path observed[] = {
		{.path = PATH_UDEV, .file = {.kind = FILE_ABSENT}},
		{.path = PATH_MODPROBE, .file = {.kind = FILE_ABSENT}},
		{.path = PATH_SYSCTL, .file = {.kind = FILE_DIRECTORY}},
	};
	struct file_difference differences[ARRAY_SIZE(observed)];

	compare_files(&f->plan, &f->manifest, observed, ARRAY_SIZE(observed), true, differences);
	for (size_t i = 0; i < ARRAY_SIZE(observed); i++)
		assert_ptr_equal(differences[i].path, observed[i].path);
	assert_int_equal(differences[0].state, STATE_OK);
	assert_int_equal(differences[1].state, STATE_MISSING);
	assert_int_equal(differences[2].state, STATE_UNUSABLE);
}

/* JSON's readers rely on these. */
/* Whether the text at the path does what a plan with max = 1000 does, as a floor or not. */
static bool works(const char *path, const char *planned, const char *found, bool at_least)
{
	const struct plan plan = {.sizes = {.max = 1000, .at_least = at_least}};
	char *bytes = strdup(planned);
	const struct artifact wanted = {.bytes = bytes, .size = strlen(planned)};
	bool result;

	assert_non_null(bytes);
	result = outdated_does_its_work(&plan, path, *planned ? &wanted : NULL, found,
					strlen(found));
	free(bytes);
	return result;
}

#define MAX "net.netfilter.nf_conntrack_max"
#define UDP "net.netfilter.nf_conntrack_udp_timeout"

static void earlier_texts_with_the_same_values_do_their_work(void **state)
{
	static const struct {
		const char *path, *planned, *found;
		bool at_least, works;
	} rows[] = {
		{PATH_SYSCTL, "# x\n" UDP " = 45\n", "-" UDP " = 45\n", false, true},
		{PATH_SYSCTL, "-" UDP " = 45\n" UDP " = 45\n", "-" UDP "=45", false, true},
		{PATH_SYSCTL, UDP " = 45\n", UDP " = 46\n", false, false},
		{PATH_SYSCTL, UDP " = 45\n", "# " UDP " = 45\n", false, false},
		{PATH_SYSCTL, UDP " = 45\n", UDP " = 45\n" MAX " = 1000\n", true, true},
		{PATH_SYSCTL, UDP " = 45\n", UDP " = 45\n" MAX " = 1001\n", true, false},
		{PATH_SYSCTL, UDP " = 45\n", UDP " = 45\n" MAX " = 1000\n", false, false},
		{PATH_SYSCTL, MAX " = 1000\n", "", false, false},
		{PATH_MODPROBE, "options nf_conntrack hashsize=1 expect_hashsize=2\n",
		 "options nf_conntrack expect_hashsize=2 hashsize=1\n", false, true},
		{PATH_MODPROBE, "options nf_conntrack hashsize=1\n",
		 "options nf_conntrack hashsize=2\n", false, false},
		{PATH_MODPROBE, "options nf_conntrack hashsize=1\n",
		 "options nf_conntrack hashsize=1\ninstall nf_conntrack x\n", false, false},
		{PATH_MODPROBE, "", "\n# No size is set here.\n", false, true},
		{PATH_MODPROBE, "", "blacklist nf_conntrack\n", false, false},
		{PATH_UDEV, "TEST==\"x\", SYSCTL{net/a}==\"3|4\", \\\n  SYSCTL{net/a}=\"5\"\n",
		 "SYSCTL{net/a}=\"5\"\n", false, true},
		{PATH_UDEV, "ATTR{parameters/hashsize}!=\"8\", ATTR{parameters/hashsize}=\"8\"\n",
		 "ATTR{parameters/hashsize}==\"[0-7]\", ATTR{parameters/hashsize}=\"8\"\n", false,
		 true},
		{PATH_UDEV, "SYSCTL{net/a}=\"5\"\n", "SYSCTL{net/a}!=\"5\"\n", false, false},
		/* An earlier version wrote each value once. */
		{PATH_SYSCTL, "-" UDP " = 45\n" UDP " = 45\n", "-" UDP " = 45\n", false, true},
		{PATH_SYSCTL, "-" UDP " = 45\n" UDP " = 45\n", "-" UDP " = 46\n", false, false},
		{PATH_UDEV, "SYSCTL{net/a}=\"5\"\n", "SYSCTL{net/a}=\"5\nSYSCTL{", false, false},
		{PATH_DROP_IN, "[Unit]\nWants=a\n", "[Unit]\nWants=b\n", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (works(rows[i].path, rows[i].planned, rows[i].found, rows[i].at_least) !=
		    rows[i].works)
			fail_msg("row %zu: %s", i, rows[i].found);
}

/* More assignments than are compared: drift, as with any text that is not known. */
static void a_long_text_is_not_outdated(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	for (size_t i = 0; i < OUTDATED_ASSIGNMENTS_MAX; i++)
		buffer_add(&b, UDP " = 45\n");
	assert_true(works(PATH_SYSCTL, UDP " = 45\n", b.data, false));
	buffer_add(&b, UDP " = 45\n");
	assert_false(works(PATH_SYSCTL, UDP " = 45\n", b.data, false));
}

static void words_are_those_of_the_manual(void **state)
{
	static const char *const states[] = {
		[STATE_OK] = "ok",
		[STATE_MISSING] = "missing",
		[STATE_DIFFERS] = "differs",
		[STATE_ACCESS] = "access",
		[STATE_EDITED] = "edited",
		[STATE_FOREIGN] = "foreign",
		[STATE_MASKED] = "masked",
		[STATE_LEFTOVER] = "leftover",
		[STATE_OUTDATED] = "outdated",
		[STATE_UNUSABLE] = "unusable",
	};
	static const char *const actions[] = {
		[ACTION_NONE] = "none",
		[ACTION_CREATE] = "create",
		[ACTION_UPDATE] = "update",
		[ACTION_REMOVE] = "remove",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		expect_text("state", file_state_to_string((enum file_state)i), states[i]);
		assert_true(strlen(file_state_describe((enum file_state)i)) > 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		expect_text("action", file_action_to_string((enum file_action)i), actions[i]);
}

static void observed_file_is_forgotten_whole(void **state)
{
	struct observed_file file = {
		.kind = FILE_REGULAR, .bytes = strdup("x"), .size = 1, .mode = 0644, .inode = 7};

	(void)state;
	observed_file_clear(&file);
	assert_int_equal(file.kind, FILE_ABSENT);
	assert_null(file.bytes);
	assert_int_equal(file.inode, 0);
}

#define compare_test(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		compare_test(absent_file_is_created_or_right),
		compare_test(planned_bytes_are_ours_without_a_manifest),
		compare_test(earlier_bytes_are_ours_by_their_own_checksum),
		compare_test(bytes_without_our_header_are_ours_by_the_manifest),
		compare_test(edit_is_seen_by_the_checksum_without_a_manifest),
		compare_test(edit_is_seen_by_the_manifest_without_a_header),
		compare_test(emptied_file_is_an_edit),
		compare_test(strange_file_is_foreign),
		compare_test(strange_file_is_foreign_also_where_the_manifest_has_no_digest),
		compare_test(strange_file_is_in_the_way_of_what_was_replaced),
		compare_test(record_of_another_path_is_not_this_ones),
		compare_test(same_size_is_not_the_same_bytes),
		compare_test(access_is_held_to_mode_and_owner),
		compare_test(masked_file_is_left_alone),
		compare_test(link_is_foreign_wherever_it_leads),
		compare_test(what_is_no_file_is_unusable),
		compare_test(differences_come_in_the_order_of_the_paths),
		cmocka_unit_test(earlier_texts_with_the_same_values_do_their_work),
		cmocka_unit_test(a_long_text_is_not_outdated),
		compare_test(words_are_those_of_the_manual),
		cmocka_unit_test(observed_file_is_forgotten_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
