/* Reads the active profiles of tuned with all that they include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/tuned.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/unit-state.h"
#include "model/sources/program-settings.h"
#include "model/sources/tuned-profile.h"
#include "model/sources/writers-tuned.h"

#define PATH_ACTIVE "/etc/tuned/active_profile"
#define PATH_AFTER  "/etc/tuned/post_loaded_profile"

/* The most profiles that are read: real hosts have 3 or 4 that include each other. */
#define PROFILES_MAX 64U
/* "\nFOLDER/NAME/tuned.conf\n" */
#define PROFILE_PATH_SIZE (TUNED_NAME_MAX + 48)

/* The profiles of tuned that were read, so that no profile is read twice. */
struct tuned {
	struct reading *reading;
	struct tuned_profile profile; /* all that were read, merged */
	struct buffer paths;	      /* "\nPATH\n", one after the other */
	unsigned int profiles;
	bool possible; /* whether it is unknown if the profiles at hand are active */
};

static void tuned_done(struct tuned *tuned)
{
	tuned_profile_done(&tuned->profile);
	buffer_clear(&tuned->paths);
}

/*
 * Reads a profile, each file only once, because a profile may include one of the same name from a
 * later folder. If there is none, *ret stays NULL.
 */
static int read_profile(struct tuned *tuned, const char *name, char *path, char **ret)
{
	static const char *const folders[] = {"/etc/tuned/profiles", "/etc/tuned",
					      "/usr/lib/tuned/profiles", "/usr/lib/tuned"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0 && !*ret; i++) {
		(void)snprintf(path, PROFILE_PATH_SIZE, "\n%s/%s/tuned.conf\n", folders[i], name);
		if (tuned->paths.data && strstr(tuned->paths.data, path))
			continue;
		buffer_add(&tuned->paths, path);
		path[strlen(path) - 1] = '\0';
		memmove(path, path + 1, strlen(path));
		error = reading_file(tuned->reading, path, ret);
	}
	return error < 0 ? error : tuned->paths.error;
}

static bool is_one_too_many(struct tuned *tuned)
{
	tuned->profiles++;
	if (tuned->profiles > PROFILES_MAX)
		reading_refuse(tuned->reading, PATH_ACTIVE,
			       "tuned's profiles include more than 64 others; remove the ones that "
			       "you do not need");
	return tuned->profiles > PROFILES_MAX;
}

static int merge_profile(void *data, const char *name, bool possible);

/* Included profiles come before the one that includes them. */
static int merge_included(struct tuned *tuned, const struct tuned_profile *profile, bool possible)
{
	bool before = tuned->possible;
	int error;

	if (!profile->include)
		return 0;
	tuned->possible = possible;
	error = tuned_names_visit(profile->include, ",;", merge_profile, tuned);
	tuned->possible = before;
	return error;
}

static int merge_profile(void *data, const char *name, bool possible)
{
	struct tuned *tuned = data;
	struct tuned_profile CLEANUP(tuned_profile_done) profile = {0};
	char *CLEANUP(free_pointer) text = NULL;
	char path[PROFILE_PATH_SIZE];
	int error;

	if (is_one_too_many(tuned))
		return 0;
	possible = possible || tuned->possible;
	error = read_profile(tuned, name, path, &text);
	if (error < 0 || !text)
		return error;
	error = tuned_profile_read(path, text, possible, &profile);
	if (error == 0)
		error = merge_included(tuned, &profile, possible);
	return error < 0 ? error : tuned_profile_merge(&tuned->profile, &profile, possible);
}

/* Merges the profiles that a file names, with blanks between them. */
static int merge_named(struct tuned *tuned, const char *path, bool *ret_any)
{
	char *CLEANUP(free_pointer) names = NULL;
	int error = reading_file(tuned->reading, path, &names);

	if (error < 0 || !names)
		return error;
	*ret_any = true;
	return tuned_names_visit(names, " \t\r\n", merge_profile, tuned);
}

/* Sets *ret to whether tuned applies sysctl.d behind its own values, which is its default. */
static int read_reapply(struct reading *reading, bool *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	char word[8] = "";
	int error = reading_file(reading, "/etc/tuned/tuned-main.conf", &text);

	if (text)
		(void)program_setting_find(text, NULL, "reapply_sysctl", SETTING_ONE_WORD, word,
					   sizeof(word));
	*ret = !program_setting_is_no(word);
	return error;
}

int find_tuned(struct reading *reading, const struct text_file *sysctl, size_t count,
	       struct host_writers *found)
{
	struct tuned CLEANUP(tuned_done) tuned = {.reading = reading};
	struct tuned_settings settings = {0};
	bool *CLEANUP(free_pointer) again = NULL;
	bool any = false, reapply = false;
	int error = merge_named(&tuned, PATH_ACTIVE, &any);

	if (error == 0 && any)
		error = merge_named(&tuned, PATH_AFTER, &any);
	if (error == 0 && any)
		error = read_reapply(reading, &reapply);
	if (error == 0 && any)
		error = unit_is_idle(reading, "tuned", &settings.inactive);
	if (error < 0 || !any)
		return error;
	if (tuned.profile.cut)
		reading_refuse(reading, PATH_ACTIVE,
			       "its profiles have more than 1,000 settings of connection "
			       "tracking; shorten them");
	again = calloc(found->values.count + 1, sizeof(*again));
	if (!again)
		return -ENOMEM;
	tuned_find_again(&found->values, &found->writers, sysctl, count, again);
	settings.again = reapply ? again : NULL;
	writers_of_tuned(&found->values, &tuned.profile, &settings, &found->writers);
	return 0;
}
