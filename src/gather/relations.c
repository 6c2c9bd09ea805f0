/* Finds programs of this host whose waiting times a timeout must not undercut. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/relations.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/names.h"
#include "base/text.h"
#include "gather/reading.h"
#include "gather/unit-state.h"
#include "model/table/relation-lines.h"

#define PATH_INTERFACES "/proc/net/dev"
#define PATH_HAPROXY	"/etc/haproxy/haproxy.cfg"
#define PATH_NGINX	"/etc/nginx/nginx.conf"
#define PATH_ENVOY	"/etc/envoy/envoy.yaml"
#define PATH_RESOLV	"/etc/resolv.conf"
#define PATH_DNSMASQ	"/etc/dnsmasq.conf"
#define PATH_VPC_CNI	"/etc/cni/net.d/10-aws.conflist"

/* dnsmasq forgets a forwarded query after this time (TIMEOUT in its config.h). */
#define DNSMASQ_TIMEOUT 10U

/* The most network interfaces that are looked at, and the most of WireGuard among them. */
#define INTERFACES_MAX 4096U
#define TUNNELS_MAX    256U

struct relation_search {
	struct reading reading;
	struct relations *relations;
};

/*
 * Reads the file, and notes the relation that `read` finds in it, if something starts the service.
 * service: NULL if there is none.
 */
static int read_relation(struct relation_search *search, enum relation_kind kind,
			 const char *service, const char *path,
			 void (*read)(const char *text, struct relation_line *ret))
{
	char *CLEANUP(free_pointer) text = NULL;
	struct relation_line found;
	bool idle = false;
	int error = reading_file(&search->reading, path, &text);

	if (error < 0 || !text)
		return error;
	read(text, &found);
	if (service && found.seconds > 0)
		error = unit_is_idle(&search->reading, service, &idle);
	return error < 0 || idle ? error : relations_note(search->relations, kind, path, &found);
}

static bool is_tunnel(const struct gathering *gathering, const char *interface)
{
	char path[64], text[512];

	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/uevent", interface);
	return kernel_read(gathering->kernel, path, text, sizeof(text)) == 0 &&
	       strstr(text, "DEVTYPE=wireguard");
}

/* Lists the interfaces of WireGuard. The file of interfaces has "  NAME: NUMBER ..." lines. */
static int list_tunnels(const struct gathering *gathering, struct names *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = kernel_read_all(gathering->kernel, PATH_INTERFACES, &text);
	struct text_line line = {.next = text};
	size_t count = 0;

	if (error < 0)
		return error == -ENOMEM ? error : 0;
	for (error = 0; error == 0 && text_next_line(&line) && count < INTERFACES_MAX &&
			ret->count < TUNNELS_MAX;
	     count++) {
		struct text_word name, rest;
		char interface[INTERFACE_SIZE];

		if (!text_split(&line, ":", &name, &rest) || name.length >= sizeof(interface) ||
		    memchr(name.text, '/', name.length))
			continue;
		(void)snprintf(interface, sizeof(interface), "%.*s", (int)name.length, name.text);
		if (is_tunnel(gathering, interface))
			error = names_add(ret, interface);
	}
	return error;
}

static bool is_listed(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* Reads a file of WireGuard. tunnels: NULL if its name already says whose it is. */
static int read_wireguard(struct relation_search *search, const char *path,
			  const struct names *tunnels)
{
	char *CLEANUP(free_pointer) text = NULL;
	char interface[INTERFACE_SIZE];
	struct relation_line found;
	int error = reading_file(&search->reading, path, &text);

	if (error < 0 || !text)
		return error;
	relation_read_wireguard(text, &found, interface);
	if (tunnels && !is_listed(tunnels, interface))
		return 0;
	return relations_note(search->relations, RELATION_KEEPALIVE, path, &found);
}

/* Reads the files of programs that make interfaces, in all folders where these are. */
static int read_makers(struct relation_search *search, const struct names *tunnels)
{
	static const struct {
		const char *folder, *suffix;
	} places[] = {
		{"/etc/systemd/network", ".netdev"},
		{"/run/systemd/network", ".netdev"},
		{"/usr/lib/systemd/network", ".netdev"},
		{"/etc/NetworkManager/system-connections", ".nmconnection"},
		{"/run/NetworkManager/system-connections", ".nmconnection"},
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places) && error == 0; i++) {
		struct names CLEANUP(names_done) paths = {0};

		error = reading_paths(&search->reading, places[i].folder, places[i].suffix, &paths);
		for (size_t k = 0; k < paths.count && error == 0; k++)
			error = read_wireguard(search, paths.items[k], tunnels);
	}
	return error;
}

static int find_keepalives(struct relation_search *search)
{
	struct names CLEANUP(names_done) tunnels = {0};
	int error = list_tunnels(search->reading.gathering, &tunnels);

	for (size_t i = 0; i < tunnels.count && error == 0; i++) {
		char *CLEANUP(free_pointer)
			path = text_format("/etc/wireguard/%s.conf", tunnels.items[i]);

		error = path ? read_wireguard(search, path, NULL) : -ENOMEM;
	}
	return error < 0 || tunnels.count == 0 ? error : read_makers(search, &tunnels);
}

static int find_nginx(struct relation_search *search)
{
	static const char *const folders[] = {
		"/etc/nginx/conf.d", "/etc/nginx/stream.d", "/etc/nginx/stream-enabled",
		"/etc/nginx/streams-enabled", "/etc/nginx/modules-enabled"};
	int error = read_relation(search, RELATION_HALF_CLOSED, "nginx", PATH_NGINX,
				  relation_read_nginx);

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++) {
		struct names CLEANUP(names_done) paths = {0};

		error = reading_paths(&search->reading, folders[i], ".conf", &paths);
		for (size_t k = 0; k < paths.count && error == 0; k++)
			error = read_relation(search, RELATION_HALF_CLOSED, "nginx", paths.items[k],
					      relation_read_nginx);
	}
	return error;
}

static int find_half_closed(struct relation_search *search)
{
	int error = read_relation(search, RELATION_HALF_CLOSED, "haproxy", PATH_HAPROXY,
				  relation_read_haproxy);

	if (error == 0)
		error = find_nginx(search);
	if (error == 0)
		error = read_relation(search, RELATION_HALF_CLOSED, "envoy", PATH_ENVOY,
				      relation_read_envoy);
	return error;
}

static void read_dnsmasq(const char *text, struct relation_line *ret)
{
	(void)text;
	*ret = (struct relation_line){.seconds = DNSMASQ_TIMEOUT};
}

static int find_resolvers(struct relation_search *search)
{
	int error =
		read_relation(search, RELATION_RESOLVER, NULL, PATH_RESOLV, relation_read_resolv);

	return error < 0 ? error
			 : read_relation(search, RELATION_RESOLVER, "dnsmasq", PATH_DNSMASQ,
					 read_dnsmasq);
}

static int find_address_reuse(struct relation_search *search)
{
	return read_relation(search, RELATION_ADDRESS_REUSE, NULL, PATH_VPC_CNI,
			     relation_read_vpc_cni);
}

int find_relations(const struct gathering *gathering, const struct plan *plan,
		   struct relations *ret)
{
	static int (*const finders[RELATION_KINDS])(struct relation_search *) = {
		[RELATION_KEEPALIVE] = find_keepalives,
		[RELATION_HALF_CLOSED] = find_half_closed,
		[RELATION_RESOLVER] = find_resolvers,
		[RELATION_ADDRESS_REUSE] = find_address_reuse,
	};
	struct relations relations = {0};
	struct relation_search search = {
		.reading = {.gathering = gathering, .kind = "timeouts", .of_program = true},
		.relations = &relations,
	};
	int error = 0;

	for (int kind = 0; kind < RELATION_KINDS && error == 0 && gathering->live; kind++)
		if (!plan || relation_concerns((enum relation_kind)kind, plan))
			error = finders[kind](&search);
	if (error < 0)
		relations_done(&relations);
	else
		*ret = relations;
	return error;
}
