/* Rules of others that act on nf_conntrack: what ours does already. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/sources/lint.h"

static bool has(const char *line, size_t length, const char *part)
{
	return memmem(line, length, part, strlen(part)) != NULL;
}

/* What a rule of that kind does; the first one counts. */
static const struct {
	const char *part, *words;
} kinds[] = {
	{"RUN", "starts a program at each load"},
	{"PROGRAM", "starts a program at each load"},
	{"SYSCTL{", "writes values at each load"},
	{"parameters/hashsize", "writes the hashsize at each load"},
};

/* A rule while its lines come; a backslash at the end of one goes on with the next. */
struct rule {
	unsigned int line; /* where it begins; 0: none has begun */
	bool ours;	   /* names the module */
	size_t kind;	   /* of kinds, or behind their end */
};

static void take_line(struct rule *rule, const char *line, size_t length, unsigned int number)
{
	if (!rule->line)
		*rule = (struct rule){.line = number, .kind = ARRAY_SIZE(kinds)};
	rule->ours = rule->ours || has(line, length, "nf_conntrack");
	for (size_t i = 0; i < rule->kind; i++)
		if (has(line, length, kinds[i].part))
			rule->kind = i;
}

static void judge_rule(struct rule *rule, const char *path, struct problems *problems)
{
	if (rule->line && rule->ours && rule->kind < ARRAY_SIZE(kinds))
		problems_add(problems, SEVERITY_WARNING, path, rule->line,
			     "this rule %s; the rule of conntrack-persist sets the values by "
			     "itself: take this one out, or the later of the two decides",
			     kinds[rule->kind].words);
	*rule = (struct rule){0};
}

void lint_udev(const char *path, const char *text, struct problems *problems)
{
	struct rule rule = {0};

	/* Of a host's many rules hardly any. */
	if (!strstr(text, "nf_conntrack"))
		return;
	for (unsigned int number = 1; *text; number++) {
		size_t end = strcspn(text, "\n"), length = end;

		if (length > 0 && text[length - 1] == '\r')
			length--;
		/* udevd passes over a comment before it looks for the backslash, in the middle of a rule too. */
		if (text[strspn(text, " \t")] != '#') {
			take_line(&rule, text, length, number);
			if (length == 0 || text[length - 1] != '\\')
				judge_rule(&rule, path, problems);
		}
		text += end + (text[end] == '\n');
	}
	judge_rule(&rule, path, problems);
}
