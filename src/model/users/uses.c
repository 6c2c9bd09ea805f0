/* Findings: what on this host uses conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/uses.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"

static void use_clear(struct use *use)
{
	free(use->name);
	free(use->evidence);
	*use = (struct use){0};
}

void uses_done(struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		use_clear(&uses->items[i]);
	free(uses->items);
	*uses = (struct uses){0};
}

/*
 * Returns a printable copy of a foreign text, which the caller must free, or NULL if memory is out.
 */
static char *shown(const char *text)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	char *plain;

	buffer_add_shown(&b, text, strlen(text));
	return buffer_steal(&b, &plain, NULL) < 0 ? NULL : plain;
}

PRINTF_LIKE(1, 0) static char *format_text(const char *format, va_list args)
{
	char text[512];

	(void)vsnprintf(text, sizeof(text), format, args);
	return shown(text);
}

static uint64_t add_to_hash(uint64_t hash, const char *text)
{
	/* FNV-1a. The NUL is included, so that "a" and "b" differ from "ab". */
	do
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return hash;
}

static uint64_t hash_use(const struct use *use)
{
	uint64_t hash = add_to_hash(UINT64_C(0xcbf29ce484222325), use->kind);

	return add_to_hash(add_to_hash(hash, use->name), use->evidence);
}

static bool has_use(const struct uses *uses, const struct use *use)
{
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].hash == use->hash &&
		    strcmp(uses->items[i].kind, use->kind) == 0 &&
		    strcmp(uses->items[i].name, use->name) == 0 &&
		    strcmp(uses->items[i].evidence, use->evidence) == 0)
			return true;
	return false;
}

static bool is_full(const struct uses *uses)
{
	return uses->count >= (uses->limit > 0 ? uses->limit : USES_MAX);
}

/* Moves the finding into the list. */
static void append_use(struct uses *uses, struct use *use)
{
	if (!use->name || !use->evidence ||
	    array_grow(&uses->items, uses->count, sizeof(*use)) < 0) {
		uses->out_of_memory = true;
		use_clear(use);
		return;
	}
	uses->items[uses->count++] = *use;
	*use = (struct use){0};
}

void uses_add(struct uses *uses, const struct use_heading *heading, const char *format, ...)
{
	struct use item = {.certainty = heading->certainty,
			   .kind = heading->kind,
			   .breaks = heading->breaks,
			   .program = heading->program};
	va_list args;

	/* A full list costs no memory and hardly any time, because nothing is looked up. */
	if (is_full(uses)) {
		uses->left_out[heading->certainty]++;
		return;
	}
	va_start(args, format);
	item.evidence = format_text(format, args);
	va_end(args);
	item.name = shown(heading->name);
	if (item.name && item.evidence)
		item.hash = hash_use(&item);
	if (item.name && item.evidence && has_use(uses, &item))
		use_clear(&item);
	else
		append_use(uses, &item);
}

void uses_mark_boot(struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		uses->items[i].at_boot = true;
}

void uses_move(struct uses *from, struct uses *to, size_t limit)
{
	for (size_t i = 0; i < from->count; i++) {
		struct use *use = &from->items[i];

		if (to->count < limit && !is_full(to))
			append_use(to, use);
		else
			to->left_out[use->certainty]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(to->left_out); i++)
		to->left_out[i] += from->left_out[i];
	to->out_of_memory |= from->out_of_memory;
	uses_done(from);
}

bool uses_has_program(const struct uses *uses, const struct program *program)
{
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].program == program)
			return true;
	return false;
}

/* Removes the findings that were cleared. */
static void compact(struct uses *uses)
{
	size_t kept = 0;

	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].name)
			uses->items[kept++] = uses->items[i];
	uses->count = kept;
}

void uses_drop_likely(struct uses *uses, const struct program *program)
{
	for (size_t i = 0; program && i < uses->count; i++)
		if (uses->items[i].certainty == USE_LIKELY && uses->items[i].program == program)
			use_clear(&uses->items[i]);
	compact(uses);
}

/* Returns false if memory is out. */
static bool merge_use(const struct use *live, struct use *boot)
{
	struct buffer CLEANUP(buffer_clear) evidence = {0};
	char *text = NULL;

	buffer_printf(&evidence, "runs, and %s", boot->evidence);
	if (buffer_steal(&evidence, &text, NULL) < 0)
		return false;
	free(boot->evidence);
	boot->evidence = text;
	boot->hash = hash_use(boot);
	if (live->certainty > boot->certainty)
		boot->certainty = live->certainty;
	return true;
}

void uses_merge_programs(struct uses *live, struct uses *boot)
{
	for (size_t i = 0; i < live->count; i++)
		for (size_t k = 0; live->items[i].program && k < boot->count; k++)
			if (boot->items[k].program == live->items[i].program) {
				if (!merge_use(&live->items[i], &boot->items[k]))
					boot->out_of_memory = true;
				use_clear(&live->items[i]);
			}
	compact(live);
}

size_t uses_count(const struct uses *uses, enum certainty certainty)
{
	size_t count = uses->left_out[certainty];

	for (size_t i = 0; i < uses->count; i++)
		count += uses->items[i].certainty == certainty;
	return count;
}

size_t uses_left_out(const struct uses *uses)
{
	return uses->left_out[USE_LIKELY] + uses->left_out[USE_CERTAIN];
}
