/* Looks for whatever else writes the plan's values: files of sysctl.d, modprobe.d, and of programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/writers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/conf-dirs.h"
#include "gather/modprobe-files.h"
#include "gather/program-files.h"
#include "model/sources/sysctl-keys.h"
#include "steps/runtime.h"

void texts_done(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		free(texts->own[i].path);
		free(texts->own[i].text);
	}
	free(texts->items);
	free(texts->own);
	*texts = (struct texts){0};
}

void host_writers_done(struct host_writers *found)
{
	writers_done(&found->writers);
	values_done(&found->values);
}

/* Takes path and text over, whatever comes of it; a path of NULL is one that there was no memory for. */
static int add_text(struct texts *texts, char *path, char *text)
{
	void *items = path ? realloc(texts->items, (texts->count + 1) * sizeof(*texts->items))
			   : NULL;
	void *own;

	if (items)
		texts->items = items;
	own = items ? realloc(texts->own, (texts->count + 1) * sizeof(*texts->own)) : NULL;
	if (own)
		texts->own = own;
	if (!own) {
		free(path);
		free(text);
		return -ENOMEM;
	}
	texts->own[texts->count] = (struct text_own){path, text};
	texts->items[texts->count++] = (struct sysctl_file){path, text};
	return 0;
}

/* What the visit of a folder works on. */
struct texts_visit {
	struct reading *reading;
	struct texts *texts;
};

static int read_text(void *data, const char *path)
{
	struct texts_visit *visit = data;
	char *text = NULL;
	int error = reading_file(visit->reading, path, &text);

	return error < 0 || !text ? error : add_text(visit->texts, strdup(path), text);
}

int find_sysctl_files(const struct context *context, struct texts *ret)
{
	static const char *const folders[] = {"/etc/sysctl.d", "/run/sysctl.d",
					      "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", NULL};
	struct reading reading = {.context = context, .kind = "sysctl.d"};
	struct texts texts = {0};
	struct texts_visit visit = {&reading, &texts};
	int error = folders_visit(&reading, folders, ".conf", read_text, &visit);

	if (error == 0)
		error = read_text(&visit, "/etc/sysctl.conf");
	if (error < 0) {
		texts_done(&texts);
		return error;
	}
	*ret = texts;
	return 0;
}

/* One of ours as it shall be, whatever lies there now. */
static int put_one(const struct session *session, const char *name, struct texts *texts)
{
	const struct artifact *ours = plan_find_artifact(&session->plan, name);
	char *text = ours ? strdup(ours->bytes) : NULL, *path;

	/* One that is switched off is read as what it is. */
	if (!ours || session_is_masked(session, name)) {
		free(text);
		return 0;
	}
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->items[i].path, name) == 0) {
			free(texts->own[i].text);
			texts->own[i].text = text;
			texts->items[i].text = text;
			return 0;
		}
	path = strdup(name);
	if (!path) {
		free(text);
		return -ENOMEM;
	}
	return add_text(texts, path, text);
}

static int put_ours(const struct session *session, struct texts *texts)
{
	int error = put_one(session, PATH_SYSCTL, texts);

	return error < 0 ? error : put_one(session, PATH_BOOT_SYSCTL, texts);
}

static void report_cut(struct context *context, const char *path, unsigned int line,
		       const char *reason)
{
	struct buffer CLEANUP(buffer_clear) name = {0};

	buffer_printf(&name, "%s%s:%u", tree_prefix(context->tree), path, line);
	if (report_unread(context->report, name.data ? name.data : path, reason))
		report_message(context->report, SEVERITY_ERROR,
			       "%s: %s; this line and those after it were not looked at",
			       name.data ? name.data : path, reason);
}

/* "more than 10,000 LINES, or 65,536 BYTES". */
static void add_bounds(struct buffer *b, unsigned int lines, const char *of_lines,
		       unsigned int bytes, const char *of_bytes)
{
	buffer_add(b, "more than ");
	buffer_add_count(b, lines);
	buffer_printf(b, " %s, or ", of_lines);
	buffer_add_count(b, bytes);
	buffer_printf(b, " bytes of %s", of_bytes);
}

bool writers_report_cut(struct context *context, const struct sysctl_cut *cut,
			const struct modprobe_records *records)
{
	struct buffer CLEANUP(buffer_clear) sysctl = {0};
	struct buffer CLEANUP(buffer_clear) modprobe = {0};

	add_bounds(&sysctl, SYSCTL_PATTERN_LINES_MAX, "lines of sysctl.d", SYSCTL_PATTERN_BYTES_MAX,
		   "different keys there, are patterns or have needless slashes, and may mean a "
		   "key of connection tracking");
	add_bounds(&modprobe, MODPROBE_RECORDS_MAX, "lines of modprobe.d about nf_conntrack",
		   MODPROBE_PATTERN_BYTES_MAX, "patterns of modules there");
	if (cut->path)
		report_cut(context, cut->path, cut->line, sysctl.data ? sysctl.data : "too many");
	if (records->cut_path)
		report_cut(context, records->cut_path, records->cut_line,
			   modprobe.data ? modprobe.data : "too many");
	return cut->path || records->cut_path;
}

static int find_modprobe(struct context *context, struct host_writers *found)
{
	struct modprobe_files CLEANUP(modprobe_files_done) files = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	char command_line[4096] = "";
	int error = modprobe_files_read(context, &files);

	if (error == 0)
		error = modprobe_records_read(files.items, files.count, &records);
	if (error < 0)
		return error;
	reading_command_line(context, command_line, sizeof(command_line));
	writers_of_modprobe(&found->values, &records, command_line, &found->writers);
	(void)writers_report_cut(context, &found->writers.sysctl_cut, &records);
	return 0;
}

enum exit_code find_writers(struct context *context, const struct session *session,
			    struct host_writers *ret)
{
	struct texts CLEANUP(texts_done) texts = {0};
	struct host_writers found = {.writers.facts = &session->facts};
	int error = values_of_plan(&session->plan, &found.values);

	if (error == 0)
		error = find_sysctl_files(context, &texts);
	if (error == 0)
		error = put_ours(session, &texts);
	if (error == 0) {
		writers_of_sysctl(&found.values, texts.items, texts.count, &found.writers);
		error = find_modprobe(context, &found);
	}
	if (error == 0)
		error = find_programs(context, &found);
	if (found.writers.out_of_memory)
		error = -ENOMEM;
	if (error < 0) {
		report_errno(context, "look for", "other sources of the values", error);
		host_writers_done(&found);
		return EXIT_FAILED;
	}
	*ret = found;
	return EXIT_DONE;
}

static void add_json(struct context *context, const struct writer *writer)
{
	struct buffer CLEANUP(buffer_clear) when = {0};

	writer_add_times(writer->times, &when);
	report_add_item(context->report, json_object_get(report_object(context->report), "writers"),
			report_pack(context->report, "{s:s, s:o, s:i, s:o, s:b, s:b, s:s}", "key",
				    writer->value->key, "path", report_string(writer->path), "line",
				    (int)writer->line, "value", report_string(writer->text), "wins",
				    writer->wins != 0, "same", writer->same, "when",
				    when.data ? when.data : ""));
	if (when.error < 0)
		report_set_incomplete(context->report);
}

static void say_winner(struct context *context, const struct writer *writer)
{
	struct buffer CLEANUP(buffer_clear) when = {0};
	char line[16] = "";

	writer_add_times(writer->wins, &when);
	if (writer->line)
		(void)snprintf(line, sizeof(line), ":%u", writer->line);
	report_message(context->report, SEVERITY_WARNING,
		       "%s is overridden: %s%s%s sets %s (by %s); take that %s, or put its value "
		       "into the configuration",
		       writer->value->key, tree_prefix(context->tree), writer->path, line,
		       writer->text, when.data ? when.data : "?",
		       writer->line ? "line out" : "out of the boot loader's configuration");
}

/* Whether a line before this one overrides the same value. */
static bool is_overridden_before(const struct host_writers *found, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (found->writers.items[i].value == found->writers.items[end].value &&
		    writer_takes_away(&found->writers.items[i]))
			return true;
	return false;
}

size_t writers_report(struct context *context, const struct host_writers *found)
{
	size_t overridden = 0;

	if (found->writers.left_out > 0)
		report_message(context->report, SEVERITY_NOTE,
			       "more than %u lines set one value; the lines beyond them are not "
			       "listed, except one that overrides it",
			       WRITERS_MAX);
	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];

		add_json(context, writer);
		if (!writer_takes_away(writer))
			continue;
		say_winner(context, writer);
		overridden += !is_overridden_before(found, i);
	}
	return overridden;
}

void writers_say_others(struct context *context, const struct host_writers *found)
{
	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];
		char line[16] = "";

		/* What kube-proxy writes without its section is the same. */
		if (writer_takes_away(writer) || writer->refused ||
		    (writer->times & WRITES_BY_KUBE_PROXY))
			continue;
		if (writer->line)
			(void)snprintf(line, sizeof(line), ":%u", writer->line);
		report_message(context->report, SEVERITY_NOTE,
			       "%s%s%s sets %s as well (%s); it can be taken out now",
			       tree_prefix(context->tree), writer->path, line, writer->value->key,
			       writer->text);
	}
}

void writers_say_programs(struct context *context)
{
	static const struct {
		const char *command, *words;
	} programs[] = {
		{"\nkube-proxy\n",
		 "kube-proxy sets max, hashsize, tcp_established and tcp_close_wait as it starts, "
		 "unless "
		 "its configuration has conntrack.maxPerCore = 0 and min = 0, and timeouts of 0s"},
		{"\ndockerd\n", "dockerd gives containers values of their own where they ask for "
				"it (--sysctl), in their "
				"namespaces"},
		{"\ntuned\n",
		 "tuned sets what its profile says as it starts and when that changes"},
	};
	struct buffer CLEANUP(buffer_clear) commands = {0};

	if (!live_is_wanted(context))
		return;
	kernel_list_commands(context->kernel, &commands);
	for (size_t i = 0; commands.data && i < ARRAY_SIZE(programs); i++)
		if (strstr(commands.data, programs[i].command))
			report_message(context->report, SEVERITY_NOTE, "likely to set values: %s",
				       programs[i].words);
}
