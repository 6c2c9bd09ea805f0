/* Tables of lines, and of what a lint reports about each. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "unit/helpers.h"

#include "model/sources/lint.h"

typedef void lint_file(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems);

struct lint_case {
	const char *text;
	const char *
		what; /* how the only message begins, a note's after "note: "; NULL: there is none */
	const char *instead; /* how it ends */
};

static inline void expect_end(const char *what, const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	if (length < tail || strcmp(text + length - tail, end) != 0)
		fail_msg("%s: \"%s\" does not end with \"%s\"", what, text, end);
}

/* Short for a line's advice. */
#define WRITE(setting) "; write \"" setting "\" in conntrack-persist.conf"
#define MODE_OFF                                                                                  \
	"; to keep nf_conntrack off the host, write \"[conntrack] mode = disable\" in conntrack-" \
	"persist.conf"

static inline void expect_case(const struct lint_case *c, const struct problems *problems,
			       const char *path, unsigned int line)
{
	const struct problem *problem = problems->items;
	static const char note[] = "note: ";
	bool is_note = c->what && strncmp(c->what, note, strlen(note)) == 0;

	assert_false(problems->out_of_memory);
	if (!c->what) {
		expect_no_problem(c->text, problems);
		return;
	}
	expect_number(c->text, problems->count, 1);
	expect_start(c->text, problem->text, c->what + (is_note ? strlen(note) : 0));
	expect_end(c->text, problem->text, c->instead);
	expect_text(c->text, problem->file ? problem->file : "none", path ? path : "none");
	expect_number(c->text, problem->line, line);
	expect_number(c->text, problem->severity, is_note ? SEVERITY_NOTE : SEVERITY_WARNING);
}

/* Each line as the third of a file, with and without an end. */
static inline void expect_cases(lint_file *lint, const struct facts *facts,
				const struct lint_case *cases, size_t count)
{
	static const char path[] = "/etc/some.d/a.conf";
	const struct lint_request request = {.facts = facts};
	char text[512];

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < 2; k++) {
			struct problems CLEANUP(problems_done) problems = {0};

			(void)snprintf(text, sizeof(text),
				       k == 0 ? "\n# a comment\n%s\n\n" : "#\n\n%s", cases[i].text);
			lint(&request, path, text, &problems);
			expect_case(&cases[i], &problems, path, 3);
		}
}

/* Checks all messages of a text in order; each is given as "LINE START". */
static inline void expect_all(lint_file *lint, const struct facts *facts, const char *text,
			      const char *const *starts, size_t count)
{
	const struct lint_request request = {.facts = facts};
	struct problems CLEANUP(problems_done) problems = {0};

	lint(&request, "a.conf", text, &problems);
	expect_number(text, problems.count, count);
	for (size_t i = 0; i < count; i++) {
		char told[512];

		(void)snprintf(told, sizeof(told), "%u %s", problems.items[i].line,
			       problems.items[i].text);
		expect_start(text, told, starts[i]);
	}
}
