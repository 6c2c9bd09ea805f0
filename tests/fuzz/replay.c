/*
 * Replaces libFuzzer in an ordinary test run: passes each file of the corpus to a harness, and
 * prints the results in TAP.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Exactly as many bytes as the file has, so that a read past the end is one for the sanitizers too.
 */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;
	int result = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size >= 0) {
		rewind(file);
		data = malloc(size > 0 ? (size_t)size : 1);
	}
	if (data && fread(data, 1, (size_t)size, file) == (size_t)size)
		result = LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	if (file)
		(void)fclose(file);
	return result;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char *argv[])
{
	const char *srcdir = getenv("srcdir"), *name = strrchr(argv[0], '/');
	struct dirent **entries = NULL;
	char directory[4096], path[4096 + 256];
	int count, failed = 0;

	if (argc > 1)
		return replay_file(argv[1]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;

	(void)snprintf(directory, sizeof(directory), "%s/tests/fuzz/corpus/%s",
		       srcdir ? srcdir : ".", name ? name + 1 : argv[0]);
	count = scandir(directory, &entries, is_visible, alphasort);
	if (count <= 0) {
		printf("Bail out! no corpus in %s\n", directory);
		return EXIT_FAILURE;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name);
		if (replay_file(path) == 0) {
			printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		} else {
			printf("not ok %d - %s\n", i + 1, entries[i]->d_name);
			failed++;
		}
		(void)fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
