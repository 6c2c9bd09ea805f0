/* Files that set the plan's values: of the kernel's package, ufw, firewalld and other programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/program-files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/kube-proxy.h"
#include "gather/pve-firewall.h"
#include "gather/reading.h"
#include "gather/tuned.h"
#include "gather/unit-state.h"
#include "model/sources/program-settings.h"

#define PATH_UFW_DEFAULTS "/etc/default/ufw"

static void refuse_long_value(const struct reading *reading, const char *path)
{
	reading_refuse(reading, path,
		       "the list of files or profiles in it has more than 4,095 bytes; shorten it");
}

/* ufw sets the values of the file that its defaults name when it starts. */
static int find_ufw(struct reading *reading, struct host_writers *found)
{
	char *CLEANUP(free_pointer) state = NULL;
	char *CLEANUP(free_pointer) defaults = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	char path[PATH_MAX], enabled[8];
	int error = reading_file(reading, "/etc/ufw/ufw.conf", &state);

	if (error == 0)
		error = reading_file(reading, PATH_UFW_DEFAULTS, &defaults);
	if (error < 0 || !state || !defaults)
		return error;
	(void)program_setting_find(state, NULL, "ENABLED", SETTING_ONE_WORD, enabled,
				   sizeof(enabled));
	if (strcmp(enabled, "yes") != 0)
		return 0;
	if (!program_setting_find(defaults, NULL, "IPT_SYSCTL", SETTING_ONE_WORD, path,
				  sizeof(path)))
		refuse_long_value(reading, PATH_UFW_DEFAULTS);
	if (path[0] != '/')
		return 0;
	error = reading_file(reading, path, &text);
	if (text)
		writers_of_text(&found->values, path, text, NULL, SOURCE_UFW, true,
				&found->writers);
	return error;
}

/*
 * firewalld 0.5 to 0.9 set nf_conntrack_helper by AutomaticHelpers=, unless it is "system"; later
 * versions ignore the line, and the version is not read here.
 */
static int find_firewalld(struct reading *reading, struct host_writers *found)
{
	static const char path[] = "/etc/firewalld/firewalld.conf",
			  key[] = "AutomaticHelpers=", name[] = "net.netfilter.nf_conntrack_helper";
	const struct value *value = writers_find_value(&found->values, name, strlen(name));
	char *CLEANUP(free_pointer) text = NULL;
	int error = value ? reading_file(reading, path, &text) : 0;
	bool idle = false;

	if (error == 0 && text)
		error = unit_is_idle(reading, "firewalld", &idle);
	for (struct text_line line = {.next = text ? text : ""}; text_next_line(&line);) {
		struct writer_line set = {.path = path,
					  .source = SOURCE_FIREWALLD,
					  .possible = true,
					  .inactive = idle};

		if (line.length < strlen(key) || memcmp(line.text, key, strlen(key)) != 0)
			continue;
		line.text += strlen(key);
		set.number = line.number;
		set.text = text_starts_with(line.text, "yes") ? "1" : "0";
		if (text_starts_with(line.text, "yes") || text_starts_with(line.text, "no"))
			writers_set(&found->writers, value, &set);
	}
	return error;
}

int find_kernel_sysctl(const struct gathering *gathering, struct host_writers *found)
{
	static const struct {
		const char *before, *behind;
	} places[] = {{"/usr/lib/modules/", "/sysctl.conf"}, {"/boot/sysctl.conf-", ""}};
	struct reading reading = {.gathering = gathering, .kind = "sysctl files of the kernel"};
	const char *release = gathering->image ? "" : kernel_release(gathering->kernel);
	int error = 0;

	if (!*release || strchr(release, '/'))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		char *CLEANUP(free_pointer)
			path = text_format("%s%s%s", places[i].before, release, places[i].behind);
		char *CLEANUP(free_pointer) text = NULL;

		error = path ? reading_file(&reading, path, &text) : -ENOMEM;
		if (error == 0 && text)
			writers_of_text(&found->values, path, text, NULL, SOURCE_SYSTEMD, false,
					&found->writers);
	}
	return error;
}

int find_programs(const struct gathering *gathering, const struct text_file *sysctl, size_t count,
		  struct host_writers *found)
{
	struct reading reading = {
		.gathering = gathering, .kind = "other programs' files", .of_program = true};
	int error = find_ufw(&reading, found);

	if (error == 0)
		error = find_tuned(&reading, sysctl, count, found);
	if (error == 0)
		error = find_firewalld(&reading, found);
	if (error == 0)
		error = find_kube_proxy(gathering, found);
	return error < 0 ? error : find_pve_firewall(&reading, found);
}
