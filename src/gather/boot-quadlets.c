/* podman's quadlets: containers that a generator starts at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/boot-quadlets.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/users/quadlet.h"

#define DEPTH_MAX    8U	     /* of folders */
#define NAMED_MAX    2U	     /* a container names its pod, which names its network */
#define NETWORKS_MAX 64U     /* of one quadlet that are looked for */
#define NAMES_MAX    100000U /* of what is in folders */

struct quadlets {
	struct boot_rules *rules;
	struct reading *reading;
	const char *folder;	   /* of the quadlet at hand */
	const char *const *roots;  /* where else a network is looked for; ends in NULL */
	bool of_user, bare;	   /* bare: containers.conf gives no network with rules */
	bool generated;		   /* podman's generator is there */
	unsigned int depth, named; /* folders in folders; quadlets that name others */
	size_t names;
};

/* What one quadlet says, with its drop-ins. */
struct quadlet {
	bool wanted, no_rules;
	unsigned int networks;	      /* that it asks for */
	enum quadlet_network network; /* the one that needs most */
	char *pod, *yaml;	      /* owned */
};

static void quadlet_clear(struct quadlet *quadlet)
{
	free(quadlet->pod);
	free(quadlet->yaml);
}

static int read_quadlet(const struct quadlets *quadlets, const char *path, struct quadlet *quadlet);

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), size = strlen(suffix);

	return length > size && strcmp(name + length - size, suffix) == 0;
}

/*
 * Reads a quadlet that another one names: beside it, or in the first folder that has the name. If
 * there is none, *ret is unchanged.
 */
static int read_named(const struct quadlets *quadlets, const char *name, size_t size,
		      struct quadlet *ret, bool *ret_found)
{
	const char *folder = quadlets->named < NAMED_MAX ? quadlets->folder : NULL;
	struct quadlets deeper = *quadlets;
	int error = 0;

	deeper.named++;
	for (size_t i = 0; folder && !*ret_found && error == 0; folder = quadlets->roots[i++]) {
		struct buffer CLEANUP(buffer_clear) path = {0};
		struct observed_file CLEANUP(observed_file_clear) file = {0};

		buffer_printf(&path, "%s/%.*s", folder, (int)size, name);
		if (!path.data)
			return -ENOMEM;
		error = tree_look(quadlets->reading->gathering->tree, path.data, 0, &file);
		*ret_found = error < 0 ? !reading_is_none(error) : file.kind != FILE_ABSENT;
		error = *ret_found ? read_quadlet(&deeper, path.data, ret) : 0;
	}
	return error;
}

/* Judges a Network= line; of several the one that needs most counts. */
static int judge_network(const struct quadlets *quadlets, const struct quadlet_line *line,
			 struct quadlet *quadlet)
{
	enum quadlet_network network = quadlet_read_network(line->value, line->size);
	struct quadlet CLEANUP(quadlet_clear) named = {0};
	bool found = false;
	size_t length = 0;
	int error = 0;

	quadlet->networks++;
	while (length < line->size && line->value[length] != ':')
		length++;
	if (network == NETWORK_QUADLET && quadlet->networks <= NETWORKS_MAX)
		error = read_named(quadlets, line->value, length, &named, &found);
	if (found)
		network = named.no_rules ? NETWORK_NONE : NETWORK_BRIDGE;
	else if (network == NETWORK_QUADLET)
		network = NETWORK_NAMED;
	if (network != NETWORK_NONE && quadlet->network != NETWORK_BRIDGE)
		quadlet->network = network;
	return error;
}

static int copy_value(const struct quadlet_line *line, char **ret)
{
	char *copy = strndup(line->value, line->size);

	if (!copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}

static int read_text(const struct quadlets *quadlets, const char *text, struct quadlet *quadlet)
{
	struct quadlet_reader reader = {.position = text};
	struct quadlet_line line;
	int error = 0;

	while (error == 0 && quadlet_read_line(&reader, &line))
		switch (line.key) {
		case QUADLET_WANTED:
			quadlet->wanted = true;
			break;
		case QUADLET_NO_RULES:
			quadlet->no_rules = true;
			break;
		case QUADLET_NETWORK:
			error = judge_network(quadlets, &line, quadlet);
			break;
		case QUADLET_POD:
			error = copy_value(&line, &quadlet->pod);
			break;
		case QUADLET_YAML:
			error = copy_value(&line, &quadlet->yaml);
			break;
		}
	return error;
}

static int read_quadlet(const struct quadlets *quadlets, const char *path, struct quadlet *quadlet)
{
	char *CLEANUP(free_pointer) text = NULL;
	char *CLEANUP(free_pointer) folder = text_format("%s.d", path);
	struct names CLEANUP(names_done) drop_ins = {0};
	int error = folder ? reading_file(quadlets->reading, path, &text) : -ENOMEM;

	if (error == 0 && text)
		error = read_text(quadlets, text, quadlet);
	if (error == 0)
		error = reading_paths(quadlets->reading, folder, ".conf", &drop_ins);
	for (size_t i = 0; i < drop_ins.count && error == 0; i++) {
		char *CLEANUP(free_pointer) more = NULL;

		error = reading_file(quadlets->reading, drop_ins.items[i], &more);
		if (error == 0 && more)
			error = read_text(quadlets, more, quadlet);
	}
	return error;
}

/* Returns whether the pods of a kube have the network of the host. */
static int judge_yaml(const struct quadlets *quadlets, const char *path, const char *yaml,
		      struct quadlet *quadlet)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct buffer CLEANUP(buffer_clear) whole = {0};
	const char *slash = strrchr(path, '/');
	int error;

	if (*yaml == '/')
		buffer_add(&whole, yaml);
	else
		buffer_printf(&whole, "%.*s/%s", (int)(slash - path), path, yaml);
	error = whole.data ? reading_file(quadlets->reading, whole.data, &text) : -ENOMEM;
	if (!text)
		quadlet->network = NETWORK_NAMED;
	else if (strstr(text, "hostNetwork: true"))
		quadlet->network = NETWORK_NONE;
	return error;
}

/*
 * Finds the network that the container finally gets: that of its pod, of its file for Kubernetes,
 * or podman's default.
 */
static int find_network(const struct quadlets *quadlets, const char *path, struct quadlet *quadlet)
{
	struct quadlet CLEANUP(quadlet_clear) pod = {0};
	bool found = false;
	int error = 0;

	if (quadlet->pod) {
		error = read_named(quadlets, quadlet->pod, strlen(quadlet->pod), &pod, &found);
		quadlet->network = found ? pod.network : NETWORK_NAMED;
		quadlet->networks = found ? pod.networks : 1;
	}
	if (quadlet->networks > 0)
		return error;
	quadlet->network = quadlets->bare || quadlets->of_user ? NETWORK_NONE : NETWORK_BRIDGE;
	if (error == 0 && quadlet->yaml && quadlet->network == NETWORK_BRIDGE)
		error = judge_yaml(quadlets, path, quadlet->yaml, quadlet);
	return error;
}

static int judge_quadlet(const struct quadlets *quadlets, const char *name, const char *path)
{
	struct quadlet CLEANUP(quadlet_clear) quadlet = {0};
	int error = read_quadlet(quadlets, path, &quadlet);

	if (error < 0 || !quadlet.wanted)
		return error;
	error = find_network(quadlets, path, &quadlet);
	if (error == 0 && quadlet.network != NETWORK_NONE)
		uses_of_quadlet(name, path,
				quadlets->generated && !quadlets->of_user &&
						quadlet.network == NETWORK_BRIDGE
					? USE_CERTAIN
					: USE_LIKELY,
				quadlets->rules->uses);
	return error;
}

static int judge_folder(struct quadlets *quadlets, const char *folder);

/*
 * Judges a name in a folder; of two quadlets with the same name the first counts. Subfolders are
 * searched too, except users' folders when root's are read.
 */
static int judge_name(struct quadlets *quadlets, const char *folder, const char *name)
{
	static const char *const suffixes[] = {".container", ".pod", ".kube"};
	char *CLEANUP(free_pointer) path = text_format("%s/%s", folder, name);
	char *CLEANUP(free_pointer)
		key = text_format("%s %s", quadlets->of_user ? folder : "", name);
	bool is_quadlet = false;
	int error;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		is_quadlet = is_quadlet || has_suffix(name, suffixes[i]);
	if (!path || !key)
		return -ENOMEM;
	if (is_quadlet) {
		error = boot_rules_note(quadlets->rules, "quadlet ", key);
		quadlets->folder = folder;
		return error > 0 ? judge_quadlet(quadlets, name, path) : error;
	}
	if (strchr(name, '.') || quadlets->depth == DEPTH_MAX ||
	    (!quadlets->of_user && strcmp(name, "users") == 0))
		return 0;
	quadlets->depth++;
	error = judge_folder(quadlets, path);
	quadlets->depth--;
	return error;
}

static int judge_folder(struct quadlets *quadlets, const char *folder)
{
	struct names CLEANUP(names_done) names = {0};
	int error = quadlets->reading->full ? 0
					    : reading_list(quadlets->reading, folder, "", &names);

	quadlets->names += names.count;
	if (quadlets->names > NAMES_MAX && !quadlets->reading->full) {
		reading_refuse(quadlets->reading, folder,
			       "the folders of quadlets have more than 100,000 names; remove the "
			       "ones that you do not need, or links to a folder above");
		quadlets->reading->full = true;
	}
	for (size_t i = 0; i < names.count && error == 0 && !quadlets->reading->full; i++)
		error = judge_name(quadlets, folder, names.items[i]);
	return error;
}

/* Finds out whether a generator runs; a generator that is masked in /etc does not. */
static int find_generator(const struct reading *reading, const char *name, bool *ret_masked,
			  bool *ret_there)
{
	static const char *const folders[] = {"/etc/systemd", "/usr/local/lib/systemd",
					      "/usr/lib/systemd", "/lib/systemd"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct buffer CLEANUP(buffer_clear) path = {0};
		struct observed_file CLEANUP(observed_file_clear) file = {0};
		int error;

		buffer_printf(&path, "%s/%s", folders[i], name);
		error = path.data ? tree_look(reading->gathering->tree, path.data, 0, &file)
				  : -ENOMEM;
		if (error == -ENOMEM)
			return error;
		if (error < 0 || file.kind != FILE_ABSENT) {
			*ret_masked = error == 0 && (file.kind == FILE_MASKED ||
						     (file.kind == FILE_REGULAR && file.size == 0));
			*ret_there = true;
			return 0;
		}
	}
	return 0;
}

static int read_defaults(struct quadlets *quadlets)
{
	static const char *const paths[] = {"/usr/share/containers/containers.conf",
					    "/etc/containers/containers.conf"};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && error == 0; i++) {
		char *CLEANUP(free_pointer) text = NULL;

		error = reading_file(quadlets->reading, paths[i], &text);
		quadlets->bare = quadlets->bare || (text && quadlet_default_is_bare(text));
	}
	return error;
}

static int judge_root(struct quadlets *quadlets)
{
	static const char *const roots[] = {"/etc/containers/systemd",
					    "/usr/share/containers/systemd", NULL};
	bool masked = false;
	int error = find_generator(quadlets->reading, "system-generators/podman-system-generator",
				   &masked, &quadlets->generated);

	quadlets->roots = roots;
	for (size_t i = 0; roots[i] && !masked && error == 0; i++)
		error = judge_folder(quadlets, roots[i]);
	return error;
}

/*
 * Judges the quadlets of all users, and of users whose session starts at boot (loginctl
 * enable-linger).
 */
static int judge_users(struct quadlets *quadlets)
{
	static const char shared[] = "/etc/containers/systemd/users";
	static const char *const roots[] = {shared, NULL};
	struct names CLEANUP(names_done) users = {0};
	bool masked = false;
	int error = find_generator(quadlets->reading, "user-generators/podman-user-generator",
				   &masked, &quadlets->generated);

	if (error < 0 || masked)
		return error;
	quadlets->of_user = true;
	quadlets->roots = roots;
	error = judge_folder(quadlets, shared);
	if (error == 0)
		error = reading_list(quadlets->reading, "/var/lib/systemd/linger", "", &users);
	for (size_t i = 0; i < users.count && error == 0; i++) {
		char *CLEANUP(free_pointer)
			home = text_format("/home/%s/.config/containers/systemd", users.items[i]);

		quadlets->roots = (const char *const[]){home, shared, NULL};
		error = home ? judge_folder(quadlets, home) : -ENOMEM;
		quadlets->roots = roots;
	}
	return error;
}

int find_boot_quadlets(struct boot_rules *rules, struct reading *reading)
{
	struct quadlets quadlets = {.rules = rules, .reading = reading};
	int error = read_defaults(&quadlets);

	if (error == 0)
		error = judge_root(&quadlets);
	return error < 0 ? error : judge_users(&quadlets);
}
