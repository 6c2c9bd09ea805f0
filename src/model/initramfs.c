/* Images of the early boot: which files are one, what of ours lies in them, and what is to be said of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/initramfs.h"

#include <string.h>

static const char *const paths[INITRAMFS_FILES] = {PATH_MODPROBE, PATH_SYSCTL, PATH_UDEV};
#define MODPROBE 0

bool initramfs_parse_name(const char *name, struct text_word *ret_release)
{
	/* Of initramfs-tools, and of dracut on Debian; of dracut; of dracut on SUSE. */
	static const char *const forms[][2] = {
		{"initrd.img-", ""}, {"initramfs-", ".img"}, {"initrd-", ""}};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t around = strlen(forms[i][0]) + strlen(forms[i][1]), length = strlen(name);

		if (length <= around || !text_starts_with(name, forms[i][0]) ||
		    !text_ends_with(name, forms[i][1]))
			continue;
		*ret_release = (struct text_word){name + strlen(forms[i][0]), length - around};
		return true;
	}
	return false;
}

struct initramfs initramfs_begin(const struct plan *plan)
{
	struct initramfs image = {0};

	for (size_t i = 0; plan && i < INITRAMFS_FILES; i++)
		image.wanted[i] = plan_find_artifact(plan, paths[i]);
	return image;
}

/*
 * Which of our files it is a copy of; INITRAMFS_FILES: none. Builders keep the folder below /etc, or put the file into
 * that of the vendor below /lib or /usr/lib; some names begin with a slash or a dot, others do not.
 */
static size_t find_copied(const char *path)
{
	size_t i = 0;

	while (i < INITRAMFS_FILES && !text_ends_with(path, paths[i] + strlen("/etc")))
		i++;
	return i;
}

bool initramfs_is_copy(const char *path)
{
	return find_copied(path) < INITRAMFS_FILES;
}

static bool is_module(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && text_starts_with(name, "/nf_conntrack.ko") && strstr(path, "lib/modules/");
}

void initramfs_meet(struct initramfs *image, const char *path, const char *bytes, size_t size)
{
	size_t i = find_copied(path);
	const struct artifact *wanted;

	image->has_module = image->has_module || is_module(path);
	if (i == INITRAMFS_FILES || image->copies[i] == COPY_OTHER)
		return;
	wanted = image->wanted[i];
	image->copies[i] = wanted && size == wanted->size && memcmp(bytes, wanted->bytes, size) == 0
				   ? COPY_SAME
				   : COPY_OTHER;
}

/* Every builder copies the file of modprobe.d; whether the others are copied is theirs to know. */
static bool is_missing(const struct initramfs *image)
{
	return image->has_module && image->wanted[MODPROBE] && image->copies[MODPROBE] == COPY_NONE;
}

static bool is_anything_wanted(const struct initramfs *image)
{
	for (size_t i = 0; i < INITRAMFS_FILES; i++)
		if (image->wanted[i])
			return true;
	return false;
}

static void add_copies(const struct initramfs *image, struct buffer *b)
{
	bool planned = is_anything_wanted(image);
	size_t count = 0;

	for (size_t i = 0; i < INITRAMFS_FILES; i++)
		if (image->copies[i] == COPY_OTHER)
			buffer_printf(b, "%s%s",
				      count++ > 0 ? ", "
				      : planned	  ? " has another "
						  : " still has ",
				      paths[i]);
	if (count > 0 && planned)
		buffer_add(b, " than planned");
	if (is_missing(image))
		buffer_printf(b, "%s %s", count > 0 ? ", and lacks" : " lacks", paths[MODPROBE]);
}

static const char *consequence(const struct initramfs *image, const struct initramfs_words *words)
{
	if (!image->has_module)
		return "nothing follows from it while nf_conntrack is not in the image";
	if (words->blocks && image->copies[MODPROBE] == COPY_SAME)
		return "nothing follows from it while nf_conntrack is kept off in the image, too";
	if (words->blocks)
		return "nf_conntrack is in the image, and what loads it there is not stopped";
	if (!is_anything_wanted(image))
		return "its lines count where nf_conntrack loads in the image";
	return is_missing(image) ? "where nf_conntrack loads in the image, it has the kernel's own "
				   "values until udevd of the real root sets ours"
				 : "where nf_conntrack loads in the image, those count until udevd "
				   "of the real root sets ours";
}

void initramfs_describe(const struct initramfs *image, const struct initramfs_words *words,
			struct buffer *ret)
{
	struct buffer CLEANUP(buffer_clear) copies = {0};

	add_copies(image, &copies);
	if (!copies.data)
		return;
	buffer_printf(ret, "%s%s%s: %s; %s: ", words->prefix, words->path, copies.data,
		      consequence(image, words),
		      words->planned	 ? "run after install"
		      : words->elsewhere ? "run in it"
					 : "run");
	if (!words->dracut) {
		buffer_printf(ret, "update-initramfs -u -k %s", words->release);
		return;
	}
	buffer_add(ret, "dracut --force ");
	/* What dracut does not copy by itself, as where its images are to serve any host. */
	if (is_missing(image))
		buffer_printf(ret, "--install %s ", paths[MODPROBE]);
	buffer_printf(ret, "%s %s", words->path, words->release);
}
