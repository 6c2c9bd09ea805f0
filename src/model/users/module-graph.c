/* The modules above nf_conntrack, and the order in which they can be removed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/module-graph.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/array.h"

/* A line of the text; nothing is owned. */
struct module_line {
	const char *name, *above, *state;
	size_t name_length, above_length, state_length;
	long users;
	enum { FRESH, ENTERED, PLACED } mark;
	size_t place; /* its index in the graph */
};

struct graph_reading {
	struct module_line *lines;
	size_t count;
	struct module_graph graph;
};

void module_graph_done(struct module_graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		free(graph->items[i].name);
		free(graph->items[i].holders);
	}
	free(graph->items);
	*graph = (struct module_graph){0};
}

static void reading_done(struct graph_reading *reading)
{
	free(reading->lines);
	module_graph_done(&reading->graph);
}

static const char *take_word(const char **text, size_t *ret_length)
{
	const char *word = *text + strspn(*text, " ");

	*ret_length = strcspn(word, " \n");
	*text = word + *ret_length;
	return *ret_length > 0 ? word : NULL;
}

/*
 * Parses the use count. "-" means that the kernel does not count, "-1" that the module is
 * unloading.
 */
static int parse_users(const char *word, size_t length, long *ret)
{
	const bool negative = *word == '-';
	long users = 0;

	for (size_t i = negative; i < length; i++) {
		if (word[i] < '0' || word[i] > '9' || users > LONG_MAX / 10 - 10)
			return -EBADMSG;
		users = users * 10 + (word[i] - '0');
	}
	*ret = negative ? -1 : users;
	return 0;
}

/* Reads the next line and moves *text behind it. */
static int parse_line(const char **text, struct module_line *ret)
{
	struct module_line line = {0};
	const char *size, *users;
	size_t size_length, users_length;

	line.name = take_word(text, &line.name_length);
	size = take_word(text, &size_length);
	users = take_word(text, &users_length);
	line.above = take_word(text, &line.above_length);
	line.state = take_word(text, &line.state_length);
	if (!line.name || !size || !users || !line.above || !line.state)
		return -EBADMSG;
	if (parse_users(users, users_length, &line.users) < 0)
		return -EBADMSG;
	*text += strcspn(*text, "\n");
	*text += **text == '\n';
	*ret = line;
	return 0;
}

static int parse_lines(const char *text, struct graph_reading *reading)
{
	while (*text) {
		int error = array_grow(&reading->lines, reading->count, sizeof(*reading->lines));

		if (error == 0)
			error = parse_line(&text, &reading->lines[reading->count]);
		if (error < 0)
			return error;
		reading->count++;
	}
	return 0;
}

static struct module_line *find(const struct graph_reading *reading, const char *name,
				size_t length)
{
	for (size_t i = 0; i < reading->count; i++)
		if (reading->lines[i].name_length == length &&
		    memcmp(reading->lines[i].name, name, length) == 0)
			return &reading->lines[i];
	return NULL;
}

/* Returns the next name of "a,b,[permanent],". */
static const char *next_above(const char **position, const char *end, size_t *ret_length)
{
	const char *name = *position;

	if (name >= end || (end - name == 1 && *name == '-'))
		return NULL;
	*ret_length = strcspn(name, ", \n");
	*position = name + *ret_length + 1;
	return name;
}

static int put(struct graph_reading *reading, struct module_line *line)
{
	struct module_graph *graph = &reading->graph;
	struct graph_module module = {.outside = line->users};
	const char *position = line->above, *end = line->above + line->above_length, *name;
	size_t length;

	module.name = strndup(line->name, line->name_length);
	module.holders = calloc(line->above_length + 1, sizeof(*module.holders));
	if (!module.name || !module.holders) {
		free(module.name);
		free(module.holders);
		return -ENOMEM;
	}
	module.moving = line->state_length != strlen("Live") ||
			memcmp(line->state, "Live", line->state_length) != 0;
	while ((name = next_above(&position, end, &length))) {
		const struct module_line *above = find(reading, name, length);

		if (above)
			module.holders[module.holder_count++] = above->place;
		module.permanent |= length > 0 && *name == '[';
	}
	/* Each module above is a user, so that the rest is never negative. */
	if (module.outside >= 0 && module.outside < (long)module.holder_count) {
		free(module.name);
		free(module.holders);
		return -EBADMSG;
	}
	if (module.outside >= 0)
		module.outside -= (long)module.holder_count;
	line->mark = PLACED;
	line->place = graph->count;
	graph->items[graph->count++] = module;
	return 0;
}

/*
 * Adds the modules above first (depth first). Each level of the recursion is another loaded module,
 * which bounds the depth.
 */
static int visit(struct graph_reading *reading, struct module_line *line)
{
	const char *position = line->above, *end = line->above + line->above_length, *name;
	size_t length;
	int error = 0;

	if (line->mark == PLACED)
		return 0;
	if (line->mark == ENTERED)
		return -ELOOP;
	line->mark = ENTERED;
	while (error == 0 && (name = next_above(&position, end, &length))) {
		struct module_line *above = find(reading, name, length);

		if (above)
			error = visit(reading, above);
		else if (length == 0 || *name != '[')
			error = -EBADMSG;
	}
	return error < 0 ? error : put(reading, line);
}

int module_graph_read(const char *text, const char *root, struct module_graph *ret)
{
	struct graph_reading CLEANUP(reading_done) reading = {0};
	struct module_line *line;
	int error = parse_lines(text, &reading);

	if (error < 0)
		return error;
	line = find(&reading, root, strlen(root));
	if (line) {
		reading.graph.items = calloc(reading.count, sizeof(*reading.graph.items));
		error = reading.graph.items ? visit(&reading, line) : -ENOMEM;
		if (error < 0)
			return error;
	}
	*ret = reading.graph;
	reading.graph = (struct module_graph){0};
	return 0;
}

const char *graph_module_obstacle(const struct graph_module *module)
{
	if (module->moving)
		return "is being loaded or unloaded";
	if (module->permanent)
		return "cannot be unloaded at all";
	if (module->outside < 0)
		return "cannot be unloaded: this kernel is built without support for it";
	return module->outside > 0 ? "is in use" : NULL;
}

size_t module_graph_obstacles(const struct module_graph *graph)
{
	size_t count = 0;

	for (size_t i = 0; i < graph->count; i++)
		count += graph_module_obstacle(&graph->items[i]) != NULL;
	return count;
}

const struct graph_module *module_graph_find(const struct module_graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->count; i++)
		if (strcmp(graph->items[i].name, name) == 0)
			return &graph->items[i];
	return NULL;
}
