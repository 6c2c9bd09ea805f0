/* A directory kept in memory, to compare with and to go back to. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "faults/image.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static void *must(void *pointer)
{
	if (!pointer)
		err(99, "no memory");
	return pointer;
}

static void make_path(const char *directory, const char *path, char whole[static PATH_MAX])
{
	if (snprintf(whole, PATH_MAX, "%s%s", directory, path) >= PATH_MAX)
		errx(99, "%s%s is too long", directory, path);
}

static void read_file(const char *whole, struct entry *entry)
{
	int CLEANUP(close_descriptor) fd = open(whole, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;

	if (fd < 0)
		err(99, "%s", whole);
	while (entry->size > 0 && (got = pread(fd, entry->bytes, entry->size, 0)) < 0 &&
	       errno == EINTR)
		continue;
	if (got != (ssize_t)entry->size)
		errx(99, "%s cannot be read", whole);
}

static void read_entry(const char *whole, const struct stat *status, struct entry *entry)
{
	entry->mode = status->st_mode;
	if (S_ISDIR(status->st_mode))
		return;
	entry->size = (size_t)status->st_size;
	entry->bytes = must(calloc(1, entry->size + 1));
	if (S_ISREG(status->st_mode))
		read_file(whole, entry);
	else if (readlink(whole, entry->bytes, entry->size) != (ssize_t)entry->size)
		errx(99, "%s is neither a file nor a link", whole);
}

static void add(struct image *image, const struct entry *entry)
{
	image->items = must(reallocarray(image->items, image->count + 1, sizeof(*image->items)));
	image->items[image->count++] = *entry;
}

static void take(const char *directory, const char *path, bool (*skip)(const char *path),
		 struct image *image)
{
	char whole[PATH_MAX], below[PATH_MAX];
	const struct dirent *item;
	DIR *listing;

	make_path(directory, path, whole);
	listing = opendir(whole);
	if (!listing)
		err(99, "%s", whole);
	while ((item = readdir(listing))) {
		struct entry entry = {0};
		struct stat status;

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (snprintf(below, sizeof(below), "%s/%s", path, item->d_name) >= PATH_MAX)
			errx(99, "%s/%s is too long", path, item->d_name);
		if (skip(below))
			continue;
		make_path(directory, below, whole);
		if (lstat(whole, &status) < 0)
			err(99, "%s", whole);
		entry.path = must(strdup(below));
		read_entry(whole, &status, &entry);
		add(image, &entry);
		if (S_ISDIR(status.st_mode))
			take(directory, below, skip, image);
	}
	(void)closedir(listing);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

void image_take(const char *directory, bool (*skip)(const char *path), struct image *ret)
{
	*ret = (struct image){0};
	take(directory, "", skip, ret);
	if (ret->count > 0)
		qsort(ret->items, ret->count, sizeof(*ret->items), compare_paths);
}

void image_done(struct image *image)
{
	for (size_t i = 0; i < image->count; i++) {
		free(image->items[i].path);
		free(image->items[i].bytes);
	}
	free(image->items);
	*image = (struct image){0};
}

const struct entry *image_find(const struct image *image, const char *path)
{
	const struct entry key = {.path = (char *)(intptr_t)path};

	if (image->count == 0)
		return NULL;
	return bsearch(&key, image->items, image->count, sizeof(key), compare_paths);
}

bool entry_is_same(const struct entry *a, const struct entry *b)
{
	if (!a || !b)
		return a == b;
	return a->mode == b->mode && a->size == b->size &&
	       (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

bool image_is_same(const struct image *a, const struct image *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].path, b->items[i].path) != 0 ||
		    !entry_is_same(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static void write_entry(const char *whole, const struct entry *entry)
{
	int CLEANUP(close_descriptor) fd = -1;

	if (S_ISDIR(entry->mode)) {
		if (mkdir(whole, 0700) < 0 || chmod(whole, entry->mode & 07777) < 0)
			err(99, "%s", whole);
		return;
	}
	if (S_ISLNK(entry->mode)) {
		if (symlink(entry->bytes, whole) < 0)
			err(99, "%s", whole);
		return;
	}
	fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, entry->bytes, entry->size) != (ssize_t)entry->size ||
	    fchmod(fd, entry->mode & 07777) < 0)
		err(99, "%s", whole);
}

void image_restore(const char *directory, const struct image *now, const struct image *wanted)
{
	char whole[PATH_MAX];

	/* The list is walked backwards, so that a directory is removed after its content. */
	for (size_t i = now->count; i-- > 0;) {
		const struct entry *entry = &now->items[i];

		if (entry_is_same(entry, image_find(wanted, entry->path)))
			continue;
		make_path(directory, entry->path, whole);
		if (S_ISDIR(entry->mode) ? rmdir(whole) < 0 : unlink(whole) < 0)
			err(99, "%s", whole);
	}
	for (size_t i = 0; i < wanted->count; i++) {
		const struct entry *entry = &wanted->items[i];

		if (entry_is_same(entry, image_find(now, entry->path)))
			continue;
		make_path(directory, entry->path, whole);
		write_entry(whole, entry);
	}
}
