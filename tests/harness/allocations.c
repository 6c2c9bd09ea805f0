/*
 * Makes one allocation of the twin fail: the one whose number is in $CONNTRACK_PERSIST_ALLOCATION.
 * Writes how many there were into the file $CONNTRACK_PERSIST_ALLOCATIONS. The linker puts these
 * functions in the place of the C library's, for the program's own calls alone.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

static unsigned long made, wanted;

static void write_count(void)
{
	const char *path = getenv("CONNTRACK_PERSIST_ALLOCATIONS");
	FILE *file = path ? fopen(path, "we") : NULL;

	if (!file)
		return;
	(void)fprintf(file, "%lu\n", made);
	(void)fclose(file);
}

__attribute__((constructor)) static void read_number(void)
{
	const char *number = getenv("CONNTRACK_PERSIST_ALLOCATION");

	wanted = number ? strtoul(number, NULL, 10) : 0;
	(void)atexit(write_count);
}

static bool must_fail(void)
{
	if (++made != wanted)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return must_fail() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
	return must_fail() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
	return must_fail() ? NULL : __real_strndup(text, size);
}
