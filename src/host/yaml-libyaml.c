/* Reads YAML by libyaml, event by event, and lists the scalars. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/array.h"
#include "host/dlopen-symbols.h"

LIBRARY_NOTE("libyaml-0.so.2", "yaml",
	     "configuration of kube-proxy and of Kubernetes distributions", LIBRARY_RECOMMENDED);

#define YAML_SYMBOLS(X)                 \
	X(yaml_parser_initialize)       \
	X(yaml_parser_set_input_string) \
	X(yaml_parser_parse)            \
	X(yaml_parser_delete)           \
	X(yaml_event_delete)

struct yaml_calls {
	YAML_SYMBOLS(LIBRARY_POINTER)
};

/* One mapping or list that is open. */
struct yaml_level {
	bool is_mapping;
	bool has_key;	    /* the key is read, and its value comes next */
	unsigned int index; /* of the next item of a list */
	size_t path_length; /* of the path of this mapping or list */
	bool hidden;	    /* the path of what is in it is not known */
};

struct yaml_reading {
	struct yaml_scalars found;
	struct yaml_level levels[YAML_DEPTH_MAX];
	size_t depth, nodes;
	char path[YAML_PATH_MAX]; /* of the node that comes next */
	bool hidden;		  /* that path is longer, or has a key that is no text */
	unsigned int line;	  /* of the event */
};

/* Appends a key, or the number of an item, to the path of the open mapping or list. */
static void set_path(struct yaml_reading *reading, const struct yaml_level *level, const char *key)
{
	size_t room = sizeof(reading->path) - level->path_length;
	int length = snprintf(reading->path + level->path_length, room, "%s%s",
			      level->path_length > 0 ? "/" : "", key);

	reading->hidden = level->hidden || length < 0 || (size_t)length >= room;
}

/* Prepares the path of a node: an item of a list gets its number; a value has it from its key. */
static void begin_node(struct yaml_reading *reading)
{
	struct yaml_level *level = reading->depth > 0 ? &reading->levels[reading->depth - 1] : NULL;
	char number[16];

	if (!level) {
		reading->path[0] = '\0';
		reading->hidden = false;
	} else if (!level->is_mapping) {
		(void)snprintf(number, sizeof(number), "[%u]", level->index++);
		set_path(reading, level, number);
	} else if (!level->has_key) {
		/* A mapping or a list as a key: nothing that kube-proxy reads. */
		set_path(reading, level, "");
		reading->hidden = true;
	}
}

/* Called when a node is complete: the value of a key, or a key that is a mapping or a list. */
static void end_node(struct yaml_reading *reading)
{
	if (reading->depth > 0 && reading->levels[reading->depth - 1].is_mapping)
		reading->levels[reading->depth - 1].has_key =
			!reading->levels[reading->depth - 1].has_key;
}

static bool is_null(const yaml_event_t *event)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	const char *value = (const char *)event->data.scalar.value;

	for (size_t i = 0; event->data.scalar.plain_implicit && i < ARRAY_SIZE(words); i++)
		if (strcmp(value, words[i]) == 0)
			return true;
	return false;
}

static int add_scalar(struct yaml_reading *reading, const yaml_event_t *event)
{
	struct yaml_scalars *found = &reading->found;
	struct yaml_scalar new = {.document = found->documents,
				  .line = reading->line,
				  .is_null = is_null(event),
				  .is_literal = event->data.scalar.style ==
						YAML_LITERAL_SCALAR_STYLE};

	new.line += new.is_literal;
	if (array_grow(&found->items, found->count, sizeof(*found->items)) < 0)
		return -ENOMEM;
	new.path = strdup(reading->path);
	new.value = strdup((const char *)event->data.scalar.value);
	if (!new.path || !new.value) {
		free(new.path);
		free(new.value);
		return -ENOMEM;
	}
	found->items[found->count++] = new;
	return 0;
}

static int read_scalar(struct yaml_reading *reading, const yaml_event_t *event)
{
	struct yaml_level *level = reading->depth > 0 ? &reading->levels[reading->depth - 1] : NULL;
	int error = 0;

	if (level && level->is_mapping && !level->has_key) {
		set_path(reading, level, (const char *)event->data.scalar.value);
		level->has_key = true;
		return 0;
	}
	begin_node(reading);
	if (!reading->hidden)
		error = add_scalar(reading, event);
	end_node(reading);
	return error;
}

static int open_level(struct yaml_reading *reading, bool is_mapping)
{
	if (reading->depth == YAML_DEPTH_MAX)
		return -E2BIG;
	begin_node(reading);
	reading->levels[reading->depth++] = (struct yaml_level){
		.is_mapping = is_mapping,
		.path_length = reading->hidden ? 0 : strlen(reading->path),
		.hidden = reading->hidden,
	};
	return 0;
}

static void close_level(struct yaml_reading *reading)
{
	assert(reading->depth > 0);
	reading->depth--;
	end_node(reading);
}

static int read_event(struct yaml_reading *reading, const yaml_event_t *event)
{
	reading->line = (unsigned int)event->start_mark.line + 1;
	if (++reading->nodes > YAML_NODES_MAX)
		return -E2BIG;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		reading->found.documents++;
		return 0;
	case YAML_SCALAR_EVENT:
		return read_scalar(reading, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_level(reading, false);
	case YAML_MAPPING_START_EVENT:
		return open_level(reading, true);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_level(reading);
		return 0;
	case YAML_ALIAS_EVENT:
		return -ELOOP;
	default:
		return 0;
	}
}

/* Reads the next event. Returns 1, 0 after the last one, or as yaml_read(). */
static int step_reading(const struct yaml_calls *calls, yaml_parser_t *parser,
			struct yaml_reading *reading)
{
	yaml_event_t event;
	int error;
	bool last;

	if (!calls->yaml_parser_parse(parser, &event)) {
		reading->line = (unsigned int)parser->problem_mark.line + 1;
		return parser->error == YAML_MEMORY_ERROR ? -ENOMEM : -EINVAL;
	}
	last = event.type == YAML_STREAM_END_EVENT;
	error = read_event(reading, &event);
	calls->yaml_event_delete(&event);
	if (error < 0)
		return error;
	return last ? 0 : 1;
}

int yaml_read(const char *text, size_t length, struct yaml_scalars *ret, unsigned int *ret_line)
{
	struct yaml_reading reading = {0};
	struct yaml_calls calls = {0};
	yaml_parser_t parser;
	int error = library_load("libyaml-0.so.2", YAML_SYMBOLS(LIBRARY_NAME), &calls);

	if (error == 0 && !calls.yaml_parser_initialize(&parser))
		error = -ENOMEM;
	if (error < 0) {
		*ret_line = 0;
		return error;
	}
	calls.yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
	do
		error = step_reading(&calls, &parser, &reading);
	while (error > 0);
	calls.yaml_parser_delete(&parser);
	if (error < 0) {
		*ret_line = reading.line;
		yaml_scalars_done(&reading.found);
		return error;
	}
	*ret = reading.found;
	return 0;
}
