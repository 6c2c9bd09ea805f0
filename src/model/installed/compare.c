/* Compares the plan with the files that were found: one difference a path, with its state. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/compare.h"

#include <string.h>

#include "model/installed/outdated.h"
#include "model/plan/digest.h"

const char *file_state_to_string(enum file_state state)
{
	static const char *const words[] = {
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

	return words[state];
}

const char *file_action_to_string(enum file_action action)
{
	static const char *const words[] = {
		[ACTION_NONE] = "none",
		[ACTION_CREATE] = "create",
		[ACTION_UPDATE] = "update",
		[ACTION_REMOVE] = "remove",
	};

	return words[action];
}

const char *file_state_describe(enum file_state state)
{
	static const char *const reasons[] = {
		[STATE_OK] = "as configured",
		[STATE_MISSING] = "missing",
		[STATE_DIFFERS] = "from another configuration",
		[STATE_ACCESS] = "with another mode or owner than configured",
		[STATE_EDITED] = "edited since it was written",
		[STATE_FOREIGN] = "not written by conntrack-persist",
		[STATE_MASKED] = "a link to /dev/null: disabled by the administrator, left alone",
		[STATE_LEFTOVER] = "no longer part of the plan",
		[STATE_OUTDATED] = "of an earlier version, with the configured values",
		[STATE_UNUSABLE] = "neither a file nor a link; move it away yourself",
	};

	return reasons[state];
}

/* Returns whether a run wrote these bytes: the checksum in the file or in the manifest matches. */
static bool is_ours(const struct observed_file *seen, const struct manifest_file *recorded)
{
	char digest[DIGEST_SIZE];

	if (digest_is_intact(seen->bytes, seen->size))
		return true;
	if (!recorded || !recorded->digest[0])
		return false;
	digest_of(seen->bytes, seen->size, digest);
	return strcmp(digest, recorded->digest) == 0;
}

static bool has_access(const struct artifact *wanted, const struct observed_file *seen,
		       bool owned_by_root)
{
	return seen->mode == wanted->mode && (!owned_by_root || (seen->uid == 0 && seen->gid == 0));
}

static enum file_state judge_regular(const struct artifact *wanted,
				     const struct observed_file *seen,
				     const struct manifest_file *recorded, bool owned_by_root)
{
	if (wanted && seen->size == wanted->size &&
	    memcmp(seen->bytes, wanted->bytes, seen->size) == 0)
		return has_access(wanted, seen, owned_by_root) ? STATE_OK : STATE_ACCESS;
	if (is_ours(seen, recorded))
		return wanted ? STATE_DIFFERS : STATE_LEFTOVER;
	if (digest_has_header(seen->bytes, seen->size) || (recorded && recorded->digest[0]))
		return STATE_EDITED;
	return STATE_FOREIGN;
}

static enum file_state file_judge(const struct artifact *wanted, const struct observed_file *seen,
				  const struct manifest_file *recorded, bool owned_by_root)
{
	switch (seen->kind) {
	case FILE_ABSENT:
		return wanted ? STATE_MISSING : STATE_OK;
	case FILE_REGULAR:
		return judge_regular(wanted, seen, recorded, owned_by_root);
	case FILE_MASKED:
		return STATE_MASKED;
	case FILE_SYMLINK:
		return STATE_FOREIGN;
	case FILE_DIRECTORY:
	case FILE_SPECIAL:
		return STATE_UNUSABLE;
	}
	return STATE_UNUSABLE;
}

static enum file_action action_for(enum file_state state, const struct artifact *wanted)
{
	if (state == STATE_OK || state == STATE_MASKED)
		return ACTION_NONE;
	if (!wanted)
		return ACTION_REMOVE;
	return state == STATE_MISSING ? ACTION_CREATE : ACTION_UPDATE;
}

bool file_differs(const struct file_difference *difference)
{
	return difference->action != ACTION_NONE && difference->state != STATE_OUTDATED;
}

static bool is_outdated(const struct plan *plan, const struct manifest *manifest,
			const struct artifact *wanted, const struct observed_path *observed)
{
	const struct manifest_file *recorded = manifest_find(manifest, observed->path);
	char digest[DIGEST_SIZE];

	if (!plan || !recorded || !recorded->digest[0] || manifest->format >= MANIFEST_FORMAT)
		return false;
	digest_of(observed->file.bytes, observed->file.size, digest);
	return strcmp(digest, recorded->digest) == 0 &&
	       outdated_does_its_work(plan, observed->path, wanted, observed->file.bytes,
				      observed->file.size);
}

void compare_files(const struct plan *plan, const struct manifest *manifest,
		   const struct observed_path *observed, size_t count, bool owned_by_root,
		   struct file_difference *ret)
{
	for (size_t i = 0; i < count; i++) {
		const char *path = observed[i].path;
		const struct artifact *wanted = plan ? plan_find_artifact(plan, path) : NULL;
		const struct manifest_file *recorded = manifest_find(manifest, path);
		enum file_state state =
			file_judge(wanted, &observed[i].file, recorded, owned_by_root);
		if ((state == STATE_DIFFERS || state == STATE_LEFTOVER) &&
		    is_outdated(plan, manifest, wanted, &observed[i]))
			state = STATE_OUTDATED;
		/*
		 * Without a plan our files must go, and a foreign file is left alone, because
		 * nothing needs its place.
		 */
		bool left_alone = !plan && state == STATE_FOREIGN &&
				  !(recorded && recorded->replaced);

		ret[i] = (struct file_difference){
			.path = path,
			.wanted = wanted,
			.seen = &observed[i].file,
			.state = state,
			.action = left_alone ? ACTION_NONE : action_for(state, wanted),
			.needs_force = state == STATE_EDITED || state == STATE_UNUSABLE ||
				       (state == STATE_FOREIGN && !left_alone),
		};
	}
}
