/* Finds udev rules of other sources that do what our rule does already. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/sources/lint.h"

static bool has(const char *line, size_t length, const char *part)
{
	return memmem(line, length, part, strlen(part)) != NULL;
}

/* The kinds of rules; the first match counts. */
static const struct {
	const char *part, *words;
} kinds[] = {
	{"RUN", "starts a program at each load"},
	{"PROGRAM", "starts a program at each load"},
	{"SYSCTL{", "writes values at each load"},
	{"parameters/hashsize", "writes the hashsize at each load"},
};

/* A rule while its lines are joined; a backslash at the end of a line continues it. */
struct rule {
	unsigned int line; /* the first line of the rule; 0: no rule has begun */
	bool ours;	   /* whether it names the module */
	size_t kind;	   /* index of its kind, or behind the last one */
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
			     "this rule %s; remove this one, because the rule of conntrack-persist "
			     "sets the values, and the later rule overrides the other",
			     kinds[rule->kind].words);
	*rule = (struct rule){0};
}

void lint_udev(const char *path, const char *text, struct problems *problems)
{
	struct rule rule = {0};

	/* Skips most files at once, because hardly any rule names the module. */
	if (!strstr(text, "nf_conntrack"))
		return;
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		if (line.length > 0 && line.text[line.length - 1] == '\r')
			line.length--;
		/* udevd skips a comment even in the middle of a rule that a backslash continues. */
		if (line.text[strspn(line.text, " \t")] == '#')
			continue;
		take_line(&rule, line.text, line.length, line.number);
		if (line.length == 0 || line.text[line.length - 1] != '\\')
			judge_rule(&rule, path, problems);
	}
	judge_rule(&rule, path, problems);
}
