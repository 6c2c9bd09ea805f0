/* Reads an image of the early boot: cpio archives one behind the other, the last of them compressed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/initramfs-file.h"

#include <errno.h>

#ifdef HAVE_ARCHIVE
#include <archive.h>
#include <archive_entry.h>
#include <sys/types.h>
#include <unistd.h>

#include "host/library.h"

#define BLOCK_SIZE 65536
/* A file of ours is never this large; one that is can be none. */
#define COPY_SIZE_MAX (1U << 20)

struct archive_calls {
	typeof(archive_read_new) *archive_read_new;
	typeof(archive_read_free) *archive_read_free;
	typeof(archive_read_support_format_cpio) *archive_read_support_format_cpio;
	typeof(archive_read_support_filter_gzip) *archive_read_support_filter_gzip;
	typeof(archive_read_support_filter_bzip2) *archive_read_support_filter_bzip2;
	typeof(archive_read_support_filter_lzma) *archive_read_support_filter_lzma;
	typeof(archive_read_support_filter_xz) *archive_read_support_filter_xz;
	typeof(archive_read_support_filter_lz4) *archive_read_support_filter_lz4;
	typeof(archive_read_support_filter_zstd) *archive_read_support_filter_zstd;
	typeof(archive_read_open_fd) *archive_read_open_fd;
	typeof(archive_read_next_header) *archive_read_next_header;
	typeof(archive_entry_pathname) *archive_entry_pathname;
	typeof(archive_entry_size) *archive_entry_size;
	typeof(archive_read_data) *archive_read_data;
	typeof(archive_filter_bytes) *archive_filter_bytes;
	typeof(archive_filter_count) *archive_filter_count;
	typeof(archive_errno) *archive_errno;
};

static int load(struct archive_calls *calls)
{
	const struct library_symbol symbols[] = {
		LIBRARY_SYMBOL(calls, archive_read_new),
		LIBRARY_SYMBOL(calls, archive_read_free),
		LIBRARY_SYMBOL(calls, archive_read_support_format_cpio),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_gzip),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_bzip2),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_lzma),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_xz),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_lz4),
		LIBRARY_SYMBOL(calls, archive_read_support_filter_zstd),
		LIBRARY_SYMBOL(calls, archive_read_open_fd),
		LIBRARY_SYMBOL(calls, archive_read_next_header),
		LIBRARY_SYMBOL(calls, archive_entry_pathname),
		LIBRARY_SYMBOL(calls, archive_entry_size),
		LIBRARY_SYMBOL(calls, archive_read_data),
		LIBRARY_SYMBOL(calls, archive_filter_bytes),
		LIBRARY_SYMBOL(calls, archive_filter_count),
		LIBRARY_SYMBOL(calls, archive_errno),
	};

	return library_load("libarchive.so.13", symbols, ARRAY_SIZE(symbols));
}

/* One reader takes one archive. Compressions for which the library would start a program are not to be had. */
static int open_reader(const struct archive_calls *calls, int fd, struct archive **ret)
{
	struct archive *reader = calls->archive_read_new();
	int error = 0;

	if (!reader)
		return -ENOMEM;
	if (calls->archive_read_support_format_cpio(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_gzip(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_bzip2(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_lzma(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_xz(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_lz4(reader) != ARCHIVE_OK ||
	    calls->archive_read_support_filter_zstd(reader) != ARCHIVE_OK)
		error = -ELIBBAD;
	else if (calls->archive_read_open_fd(reader, fd, BLOCK_SIZE) != ARCHIVE_OK)
		error = -EBADMSG;
	if (error < 0) {
		calls->archive_read_free(reader);
		return error;
	}
	*ret = reader;
	return 0;
}

static int meet_copy(const struct archive_calls *calls, struct archive *reader,
		     struct archive_entry *entry, struct initramfs *image)
{
	int64_t size = calls->archive_entry_size(entry);
	char *CLEANUP(free_pointer) bytes = NULL;
	ssize_t got;

	if (size < 0 || size > COPY_SIZE_MAX)
		return 0;
	bytes = malloc((size_t)size + 1);
	if (!bytes)
		return -ENOMEM;
	got = calls->archive_read_data(reader, bytes, (size_t)size);
	if (got != size)
		return -EBADMSG;
	initramfs_meet(image, calls->archive_entry_pathname(entry), bytes, (size_t)size);
	return 0;
}

static int meet_files(const struct archive_calls *calls, struct archive *reader,
		      struct initramfs *image)
{
	struct archive_entry *entry = NULL;
	int error = 0;

	while (error == 0) {
		int state = calls->archive_read_next_header(reader, &entry);
		const char *path;

		if (state == ARCHIVE_EOF)
			return 0;
		if (state != ARCHIVE_OK && state != ARCHIVE_WARN)
			return calls->archive_errno(reader) == ENOMEM ? -ENOMEM : -EBADMSG;
		path = calls->archive_entry_pathname(entry);
		if (path && initramfs_is_copy(path))
			error = meet_copy(calls, reader, entry, image);
		else if (path)
			initramfs_meet(image, path, NULL, 0);
	}
	return error;
}

/* Goes to the next archive, over the zeros between two: 1; 0: there is none. */
static int seek_archive(int fd, off_t *position)
{
	char block[4096];
	ssize_t got;

	while ((got = pread(fd, block, sizeof(block), *position)) > 0) {
		ssize_t zeros = 0;

		while (zeros < got && block[zeros] == '\0')
			zeros++;
		*position += zeros;
		if (zeros < got)
			return lseek(fd, *position, SEEK_SET) < 0 ? -errno : 1;
	}
	return got < 0 ? -errno : 0;
}

int initramfs_file_read(int fd, struct initramfs *image)
{
	struct archive_calls calls = {0};
	off_t position = 0;
	bool last = false;
	int error = load(&calls);

	while (error == 0 && !last) {
		struct archive *reader = NULL;

		error = seek_archive(fd, &position);
		if (error <= 0)
			return error;
		error = open_reader(&calls, fd, &reader);
		if (error < 0)
			return error;
		error = meet_files(&calls, reader, image);
		position += calls.archive_filter_bytes(reader, -1);
		/* How far a compressed one reaches is not known from what was read of it. */
		last = calls.archive_filter_count(reader) > 1;
		calls.archive_read_free(reader);
	}
	return error;
}

#else

int initramfs_file_read(int fd, struct initramfs *image)
{
	(void)fd;
	(void)image;
	return -ELIBACC;
}

#endif
