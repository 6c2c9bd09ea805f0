/* Repeats the listing of network namespaces until it has nothing new. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/namespace-rounds.h"

#include <errno.h>
#include <stdlib.h>

/*
 * How long the listing is repeated while namespaces appear, and the pause between two listings. A
 * name appears before the namespace is mounted on it, and the mount sends no event.
 */
#define SETTLE_US  5000000U
#define PAUSE_MS   20U
#define ROUNDS_MAX 1500U

/*
 * The service goes on until nothing new appeared for this long, with longer and longer pauses,
 * because systemd does not notice what happens while a service of a path unit runs. Many names in a
 * row are then the work of one run.
 */
#define LINGER_MS	5000U
#define LINGER_US	30000000U
#define LINGER_PAUSE_MS 500U

/*
 * Which namespace this is; see struct network_namespace. The kernel gives the inode of a namespace
 * that has gone to the next one, which may have the same name, so that the path and the time belong
 * to the identity; the id of one that only the kernel listed is never given again.
 */
struct namespace_identity {
	uint64_t device, inode, path, id, made;
};

void namespace_rounds_begin(const struct context *context, struct namespace_rounds *rounds)
{
	*rounds = (struct namespace_rounds){.begin = kernel_now(context->kernel),
					    .pause_ms = PAUSE_MS};
}

void namespace_rounds_done(struct namespace_rounds *rounds)
{
	free(rounds->seen);
	*rounds = (struct namespace_rounds){0};
}

/* FNV-1a of 64 bits. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash;
}

static struct namespace_identity identify(const struct network_namespace *namespace)
{
	return (struct namespace_identity){namespace->device, namespace->inode,
					   hash_text(namespace->path), namespace->id,
					   namespace->made};
}

bool namespace_rounds_is_new(const struct namespace_rounds *rounds,
			     const struct network_namespace *namespace)
{
	const struct namespace_identity wanted = identify(namespace);

	for (size_t i = 0; i < rounds->seen_count; i++) {
		const struct namespace_identity *seen = &rounds->seen[i];

		if (seen->device == wanted.device && seen->inode == wanted.inode &&
		    seen->path == wanted.path && seen->id == wanted.id && seen->made == wanted.made)
			return false;
	}
	return true;
}

int namespace_rounds_keep(struct namespace_rounds *rounds,
			  const struct network_namespaces *namespaces)
{
	struct namespace_identity *listed = calloc(namespaces->count + 1, sizeof(*listed));

	if (!listed)
		return -ENOMEM;
	for (size_t i = 0; i < namespaces->count; i++)
		listed[i] = identify(&namespaces->items[i]);
	free(rounds->seen);
	rounds->seen = listed;
	rounds->seen_count = namespaces->count;
	return 0;
}

bool namespace_rounds_wait(struct context *context, bool changed, struct namespace_rounds *rounds)
{
	uint64_t most = context->lingers ? LINGER_US : SETTLE_US;
	uint64_t now = kernel_now(context->kernel);

	if (changed) {
		rounds->pause_ms = PAUSE_MS;
		rounds->quiet_ms = 0;
	} else if (!context->lingers || rounds->quiet_ms >= LINGER_MS) {
		return false;
	}
	/* A clock that was set back must not prolong this. */
	if (signals_pending() || ++rounds->rounds > ROUNDS_MAX || now < rounds->begin ||
	    now - rounds->begin > most)
		return false;
	kernel_pause(context->kernel, rounds->pause_ms);
	rounds->quiet_ms += rounds->pause_ms;
	rounds->pause_ms *= 2;
	if (rounds->pause_ms > LINGER_PAUSE_MS)
		rounds->pause_ms = LINGER_PAUSE_MS;
	return true;
}
