/* Findings: their texts, their order by urgency, and their lines as one INI file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/table/advise-internal.h"

static void finding_done(struct finding *finding)
{
	free(finding->summary);
	free(finding->title);
	free(finding->evidence);
	free(finding->reason);
	free(finding->lines);
	free(finding->rules);
	free(finding->command);
	*finding = (struct finding){0};
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_done(&findings->items[i]);
	*findings = (struct findings){0};
}

const char *finding_kind_to_string(enum finding_kind kind)
{
	static const char *const words[] = {
		[FINDING_LARGER_MAX] = "larger-max",
		[FINDING_MORE_BUCKETS] = "more-buckets",
		[FINDING_SMALLER_TABLE] = "smaller-table",
		[FINDING_HALF_OPEN] = "half-open",
		[FINDING_SHORTER_TIMEOUTS] = "shorter-timeouts",
		[FINDING_UNTRACKED] = "untracked",
		[FINDING_HALF_NOTRACK] = "half-notrack",
		[FINDING_DISABLE] = "disable",
		[FINDING_OTHER_WRITER] = "other-writer",
		[FINDING_NOT_IN_FORCE] = "not-in-force",
	};

	assert((size_t)kind < ARRAY_SIZE(words));
	return words[kind];
}

const char *urgency_to_string(enum urgency urgency)
{
	static const char *const words[] = {
		[URGENCY_NOTE] = "note",
		[URGENCY_WARNING] = "warning",
		[URGENCY_CRITICAL] = "critical",
	};

	assert((size_t)urgency < ARRAY_SIZE(words));
	return words[urgency];
}

/*
 * The INI file
 */
static const struct advised_setting *find_setting(const struct finding *finding,
						  const struct schema_row *row)
{
	for (size_t i = 0; i < finding->setting_count; i++)
		if (finding->settings[i].row == row)
			return &finding->settings[i];
	return NULL;
}

/* Returns the value of the most urgent finding that sets the row, or NULL. */
static const char *find_value(const struct findings *findings, const struct schema_row *row)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct advised_setting *setting = find_setting(&findings->items[i], row);

		if (setting)
			return setting->value;
	}
	return NULL;
}

bool findings_set(const struct findings *findings, const struct schema_row *row)
{
	return find_value(findings, row) != NULL;
}

/* Adds the section unless *section is it already. The schema has the rows of a section together. */
static void add_name(const struct schema_row *row, const char **section, struct buffer *b)
{
	if (!*section || strcmp(*section, row->section) != 0)
		buffer_printf(b, "[%s]\n", row->section);
	*section = row->section;
	buffer_printf(b, "%s = ", row->name);
}

void findings_add_ini(const struct findings *findings, const struct config *drop_in,
		      struct buffer *b)
{
	const char *section = NULL;

	for (size_t i = 0; i < schema_count; i++) {
		const char *value = find_value(findings, &schema[i]);

		if (!value && drop_in)
			value = drop_in->values[i].text;
		if (!value)
			continue;
		add_name(&schema[i], &section, b);
		buffer_printf(b, "%s\n", value);
	}
}

/*
 * Drafts
 */
void draft_set(struct draft *draft, const char *section, const char *name, struct figure live,
	       const char *format, ...)
{
	struct advised_setting *setting = &draft->settings[draft->setting_count];
	int found = schema_find(section, name);
	va_list args;

	assert(found >= 0 && draft->setting_count < ARRAY_SIZE(draft->settings));
	*setting = (struct advised_setting){.row = &schema[found], .live = live};
	va_start(args, format);
	(void)vsnprintf(setting->value, sizeof(setting->value), format, args);
	va_end(args);
	draft->setting_count++;
}

void draft_show_change(struct draft *draft, const char *name, struct figure live, uint64_t value,
		       const char *unit)
{
	struct buffer *b = &draft->changes;

	buffer_printf(b, "%s%s ", b->length > 0 ? ", " : "", name);
	if (live.known)
		buffer_printf(b, "%s%s -> ", text_count(live.value).text, unit);
	buffer_printf(b, "%s%s", text_count(value).text, unit);
}

void draft_set_rules(struct draft *draft, const char *protocol, unsigned int port)
{
	static const char *const chains[] = {"prerouting", "output"};
	struct buffer *b = &draft->rules;

	buffer_printf(b, "table inet notrack_%s_%u {\n", protocol, port);
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++)
		buffer_printf(b,
			      "\tchain %s {\n"
			      "\t\ttype filter hook %s priority raw;\n"
			      "\t\t%s dport %u notrack\n"
			      "\t\t%s sport %u notrack\n"
			      "\t}\n",
			      chains[i], chains[i], protocol, port, protocol, port);
	buffer_add(b, "}");
}

static void draft_done(struct draft *draft)
{
	buffer_clear(&draft->summary);
	buffer_clear(&draft->changes);
	buffer_clear(&draft->title);
	buffer_clear(&draft->evidence);
	buffer_clear(&draft->reason);
	buffer_clear(&draft->rules);
}

/* Makes the summary, such as "max 2,000 -> 8,192: the table is full". */
static int make_summary(struct draft *draft, char **ret)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	if (draft->changes.data)
		buffer_printf(&b, "%s: ", draft->changes.data);
	buffer_add(&b, draft->summary.data ? draft->summary.data : "");
	if (draft->changes.error < 0 || draft->summary.error < 0)
		b.error = -ENOMEM;
	return buffer_steal(&b, ret, NULL);
}

/* Makes the lines of one finding, without a newline at the end. */
static int make_lines(const struct draft *draft, char **ret)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	const char *section = NULL;

	for (size_t i = 0; i < draft->setting_count; i++) {
		buffer_add(&b, i > 0 ? "\n" : "");
		add_name(draft->settings[i].row, &section, &b);
		buffer_add(&b, draft->settings[i].value);
	}
	return buffer_steal(&b, ret, NULL);
}

static int steal_text(struct buffer *b, char **ret)
{
	return b->length > 0 || b->error < 0 ? buffer_steal(b, ret, NULL) : 0;
}

/* On failure the caller must free what was made before. */
static int draft_finish(struct draft *draft, struct finding *finding)
{
	struct buffer CLEANUP(buffer_clear) command = {0};
	int error = make_summary(draft, &finding->summary);

	finding->kind = draft->kind;
	finding->urgency = draft->urgency;
	memcpy(finding->settings, draft->settings, sizeof(finding->settings));
	finding->setting_count = draft->setting_count;
	if (error == 0)
		error = buffer_steal(&draft->title, &finding->title, NULL);
	if (error == 0)
		error = buffer_steal(&draft->evidence, &finding->evidence, NULL);
	if (error == 0)
		error = buffer_steal(&draft->reason, &finding->reason, NULL);
	if (error == 0)
		error = steal_text(&draft->rules, &finding->rules);
	if (error == 0 && draft->setting_count > 0)
		error = make_lines(draft, &finding->lines);
	if (error < 0 || !draft->command)
		return error;
	buffer_add(&command, draft->command);
	return buffer_steal(&command, &finding->command, NULL);
}

/*
 * Inserts the finding behind all that are as urgent. The last one is dropped if the list is full.
 */
static void insert_finding(struct findings *findings, struct finding *finding)
{
	size_t at = findings->count;

	while (at > 0 && findings->items[at - 1].urgency < finding->urgency)
		at--;
	if (at == ARRAY_SIZE(findings->items)) {
		finding_done(finding);
		return;
	}
	if (findings->count == ARRAY_SIZE(findings->items))
		finding_done(&findings->items[--findings->count]);
	memmove(&findings->items[at + 1], &findings->items[at],
		(findings->count - at) * sizeof(*finding));
	findings->items[at] = *finding;
	findings->count++;
}

void advice_add(struct advice *advice, struct draft *draft)
{
	struct finding finding = {0};

	if (advice->error == 0)
		advice->error = draft_finish(draft, &finding);
	if (advice->error == 0)
		insert_finding(&advice->findings, &finding);
	else
		finding_done(&finding);
	draft_done(draft);
}
