/*
 * Fuzz harness: any bytes as each of the texts that are linted. Each report has a message and a
 * line of the text.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void lint_file(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems);

static void check_problems(struct problems *problems, const char *text, bool of_file)
{
	unsigned int lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];

		if (*problem->text == '\0' || problem->severity == SEVERITY_ERROR)
			abort();
		if (of_file ? problem->line < 1 || problem->line > lines : problem->line != 0)
			abort();
	}
	problems_done(problems);
}

/* Lines that a backslash continues count as one line, which has at most one report. */
static void check_udev(const char *text)
{
	struct problems problems = {0};
	unsigned int last = 0;

	lint_udev("a.rules", text, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		if (problems.items[i].line <= last)
			abort();
		last = problems.items[i].line;
	}
	if (problems.count > 0 && !strstr(text, "nf_conntrack"))
		abort();
	check_problems(&problems, text, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static lint_file *const files[] = {lint_sysctl, lint_modprobe, lint_modules_load};
	static const struct facts hosts[] = {
		{.ram = 0},
		{.ram = 1 << 30, .release = {5, 10}, .page_size = 65536},
		{.ram = 1 << 30, .release = {7, 2}, .page_size = 4096}};
	struct problems problems = {0};
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const struct lint_request request = {.facts = &hosts[i]};

		for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
			files[k](&request, "a.conf", text, &problems);
			check_problems(&problems, text, true);
		}
		lint_command_line(&request, text, &problems);
		check_problems(&problems, text, false);
	}
	check_udev(text);
	free(text);
	return 0;
}
