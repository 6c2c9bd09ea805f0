/* Names the owner of a process by its control group, and a container by the files of its engine. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/table/owner-lines.h"

/* The fewest hexadecimal digits of an ID; runtimes use 64. */
#define ID_LEAST 12U

/* A part of a path between two slashes. */
struct component {
	const char *text;
	size_t length;
};

static bool starts_with(const struct component *component, const char *prefix)
{
	return component->length >= strlen(prefix) &&
	       strncmp(component->text, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const struct component *component, const char *suffix)
{
	size_t length = strlen(suffix);

	return component->length > length &&
	       strncmp(component->text + component->length - length, suffix, length) == 0;
}

/* Removes a prefix and a suffix. The suffix may be missing. */
static struct component strip(struct component component, const char *prefix, const char *suffix)
{
	component.text += strlen(prefix);
	component.length -= strlen(prefix);
	if (ends_with(&component, suffix))
		component.length -= strlen(suffix);
	return component;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Copies a name; "\x2d" is how systemd writes a character that it cannot have in a unit's name. */
static void set_name(struct group_owner *owner, enum owner_kind kind,
		     const struct component *component, bool is_id)
{
	size_t used = 0;

	for (size_t i = 0; i < component->length && used + 1 < sizeof(owner->name); i++) {
		const char *at = component->text + i;

		if (component->length - i >= 4 && at[0] == '\\' && at[1] == 'x' &&
		    hex_value(at[2]) >= 0 && hex_value(at[3]) >= 0) {
			unsigned char byte =
				(unsigned char)(hex_value(at[2]) * 16 + hex_value(at[3]));

			memcpy(&owner->name[used++], &byte, 1);
			i += 3;
		} else {
			owner->name[used++] = *at;
		}
	}
	owner->name[used] = '\0';
	owner->kind = kind;
	owner->is_id = is_id;
}

static bool is_id(const struct component *component)
{
	for (size_t i = 0; i < component->length; i++)
		if (hex_value(component->text[i]) < 0)
			return false;
	return component->length >= ID_LEAST;
}

/* A pod's group: "pod<UID>", or "kubepods-burstable-pod<UID>.slice" with "_" in place of "-". */
static bool read_pod(const struct component *component, struct group_owner *ret)
{
	struct component uid = *component;
	const char *pod = NULL;

	for (size_t i = 0; i + 3 <= component->length; i++)
		if (strncmp(component->text + i, "pod", 3) == 0 &&
		    (i == 0 || component->text[i - 1] == '-'))
			pod = component->text + i;
	if (!pod)
		return false;
	uid.length -= (size_t)(pod - uid.text);
	uid.text = pod;
	uid = strip(uid, "pod", ".slice");
	if (uid.length < 32)
		return false;
	set_name(ret, OWNER_POD, &uid, true);
	for (char *c = ret->name; *c; c++)
		if (*c == '_')
			*c = '-';
	return true;
}

/* Prefixes of control groups, and the kind of container that each means. */
static const struct {
	const char *prefix, *suffix;
	enum owner_kind kind;
	bool is_id;
} group_forms[] = {
	{"docker-", ".scope", OWNER_CONTAINER, true},
	{"libpod-payload-", "", OWNER_CONTAINER, true},
	{"libpod-conmon-", ".scope", OWNER_CONTAINER, true},
	{"libpod-", ".scope", OWNER_CONTAINER, true},
	{"cri-containerd-", ".scope", OWNER_CONTAINER, true},
	{"crio-conmon-", ".scope", OWNER_CONTAINER, true},
	{"crio-", ".scope", OWNER_CONTAINER, true},
	{"nerdctl-", ".scope", OWNER_CONTAINER, true},
	{"lxc.payload.", "", OWNER_CONTAINER, false},
	{"systemd-nspawn@", ".service", OWNER_MACHINE, false},
	{"machine-", ".scope", OWNER_MACHINE, false},
};

/* Reads one component of the path; above: the one before it. Returns whether it is a container. */
static bool read_container(const struct component *component, const struct component *above,
			   struct group_owner *ret)
{
	static const char *const parents[] = {"docker", "libpod_parent", "default", "k8s.io"};

	for (size_t i = 0; i < ARRAY_SIZE(group_forms); i++) {
		struct component name;

		if (!starts_with(component, group_forms[i].prefix))
			continue;
		name = strip(*component, group_forms[i].prefix, group_forms[i].suffix);
		if (name.length == 0 || (group_forms[i].is_id && !is_id(&name)))
			continue;
		set_name(ret, group_forms[i].kind, &name, group_forms[i].is_id);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		if (above->length == strlen(parents[i]) && starts_with(above, parents[i]) &&
		    is_id(component)) {
			set_name(ret, OWNER_CONTAINER, component, true);
			return true;
		}
	if (component->length == 0)
		return false;
	if ((above->length == strlen("lxc") && starts_with(above, "lxc")) ||
	    (above->length == strlen("lxc.payload") && starts_with(above, "lxc.payload"))) {
		set_name(ret, OWNER_CONTAINER, component, false);
		return true;
	}
	return false;
}

/* Reads a path from its root down. The outermost container or pod counts, else the last unit. */
static void read_path(const char *path, size_t length, struct group_owner *ret)
{
	struct component component = {path, 0}, above = {path, 0};
	const char *end = path + length;
	bool in_pods = false;

	while (component.text < end) {
		const char *slash = memchr(component.text, '/', (size_t)(end - component.text));

		component.length = (size_t)((slash ? slash : end) - component.text);
		in_pods |= starts_with(&component, "kubepods");
		ret->of_user |= starts_with(&component, "user-");
		if ((in_pods && read_pod(&component, ret)) ||
		    read_container(&component, &above, ret))
			return;
		if (ends_with(&component, ".service") && !starts_with(&component, "user@"))
			set_name(ret, OWNER_UNIT, &component, false);
		above = component;
		component.text += component.length + 1;
	}
}

/* Returns the weight of what was found: a container is more than a unit. */
static int rank(const struct group_owner *owner)
{
	return owner->kind == OWNER_PROCESS ? 0 : owner->kind == OWNER_UNIT ? 1 : 2;
}

void group_owner_parse(const char *text, struct group_owner *ret)
{
	*ret = (struct group_owner){.kind = OWNER_PROCESS};
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *end = line.text + line.length;
		const char *colon = memchr(line.text, ':', line.length);
		struct group_owner found = {.kind = OWNER_PROCESS};

		/* "NUMBER:CONTROLLERS:PATH"; with control groups of version 1, several lines. */
		colon = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
		if (!colon)
			continue;
		read_path(colon + 1, (size_t)(end - colon - 1), &found);
		if (rank(&found) > rank(ret))
			*ret = found;
	}
}

void container_name_docker(const char *json, struct buffer *b)
{
	json_t *CLEANUP(json_decrefp) root = json_loads(json, 0, NULL);
	const char *name = json_string_value(json_object_get(root, "Name"));

	if (name)
		buffer_add(b, name + (name[0] == '/'));
}

void container_name_podman(const char *json, const char *id, struct buffer *b)
{
	json_t *CLEANUP(json_decrefp) root = json_loads(json, 0, NULL);
	const json_t *container;
	size_t i;

	json_array_foreach(root, i, container)
	{
		const char *found = json_string_value(json_object_get(container, "id"));
		const char *name =
			json_string_value(json_array_get(json_object_get(container, "names"), 0));

		if (found && name && strcmp(found, id) == 0) {
			buffer_add(b, name);
			return;
		}
	}
}

bool pod_name_from_folder(const char *folder, const char *uid, struct buffer *b)
{
	const char *first = strchr(folder, '_');
	const char *last = strrchr(folder, '_');

	if (!first || first == last || first == folder || last == first + 1 ||
	    strcmp(last + 1, uid) != 0)
		return false;
	buffer_add_bytes(b, folder, (size_t)(first - folder));
	buffer_add(b, "/");
	buffer_add_bytes(b, first + 1, (size_t)(last - first - 1));
	return true;
}

void machine_name_from_record(const char *text, struct buffer *b)
{
	static const char field[] = "NAME=";
	const size_t skip = strlen(field);

	for (struct text_line line = {.next = text}; text_next_line(&line);)
		if (line.length > skip && strncmp(line.text, field, skip) == 0) {
			buffer_add_bytes(b, line.text + skip, line.length - skip);
			return;
		}
}
