/* Where the kernel would get nf_conntrack from: its file, and the program that loads modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/module-origin.h"

#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

/* Returns whether the path is that of the module: "kernel/net/netfilter/nf_conntrack.ko.xz". */
static bool is_path_of(const char *path, size_t length, const char *module)
{
	const char *slash = memrchr(path, '/', length);
	const char *name = slash ? slash + 1 : path;
	size_t size = length - (size_t)(name - path), wanted = strlen(module);

	return size >= wanted + strlen(".ko") && memcmp(name, module, wanted) == 0 &&
	       memcmp(name + wanted, ".ko", strlen(".ko")) == 0 &&
	       (size == wanted + strlen(".ko") || name[wanted + strlen(".ko")] == '.');
}

const char *modules_dep_find(const char *text, const char *module, size_t *ret_length)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *colon = memchr(line.text, ':', line.length);
		size_t length = colon ? (size_t)(colon - line.text) : line.length;

		if (length > 0 && is_path_of(line.text, length, module)) {
			*ret_length = length;
			return line.text;
		}
	}
	return NULL;
}

/* Adds why there is no file to load, and what to do; adds nothing if there may be one. */
static void explain_file(const struct module_origin *origin, struct buffer *b)
{
	const char *release = origin->release;

	switch (origin->file) {
	case MODULE_FILE_UNKNOWN:
	case MODULE_FILE_THERE:
		return;
	case MODULE_FILE_NO_TREE:
		buffer_printf(b,
			      "/lib/modules/%s, which has the modules of the running kernel, is "
			      "missing; ",
			      release);
		buffer_add(b, origin->contained
				      ? "this is a container: run \"modprobe nf_conntrack\" on "
					"the host"
				      : "reboot into a kernel that \"ls /lib/modules\" lists, or "
					"reinstall the package of the running kernel");
		return;
	case MODULE_FILE_NOT_IN_TREE:
		buffer_printf(b,
			      "/lib/modules/%s has no nf_conntrack; install the package with the "
			      "other modules of this kernel",
			      release);
		/* The folder of an image may have any name. */
		if (text_is_safe_word(release))
			buffer_printf(
				b, " (Ubuntu: linux-modules-extra-%s, Fedora: kernel-modules-%s)",
				release, release);
		buffer_add(b, ", or boot a kernel that has it");
		return;
	case MODULE_FILE_NOT_LISTED:
		buffer_printf(b,
			      "/lib/modules/%s has the module, but the list modules.dep there does "
			      "not name it; run \"depmod %s\"",
			      release, release);
		return;
	case MODULE_FILE_NO_MODULES:
		buffer_add(b, "this kernel is built without support for modules, and nf_conntrack "
			      "is not built in; boot a kernel that has it");
		return;
	}
}

static bool is_modprobe(const char *loader)
{
	const char *slash = strrchr(loader, '/');

	return strcmp(slash ? slash + 1 : loader, "modprobe") == 0;
}

/* Adds what is wrong with the program that the kernel runs; adds nothing if it may be right. */
static void explain_loader(const struct module_origin *origin, struct buffer *b)
{
	static const char advice[] = "run \"sysctl -w kernel.modprobe=/sbin/modprobe\", and remove "
				     "the line that sets kernel.modprobe at boot";

	if (!origin->loader)
		return;
	if (!*origin->loader)
		buffer_printf(
			b,
			"kernel.modprobe is empty, so that the kernel loads no module when "
			"a rule needs one; %s. If there is no such line, the kernel was built "
			"so: add \"kernel.modprobe = /sbin/modprobe\" to "
			"/etc/sysctl.d/modprobe.conf",
			advice);
	else if (!is_modprobe(origin->loader))
		buffer_printf(b,
			      "kernel.modprobe = %s is not modprobe, but the kernel runs it when a "
			      "rule needs a module; %s",
			      origin->loader, advice);
	else if (origin->loader_missing)
		buffer_printf(b,
			      "kernel.modprobe = %s does not exist, but the kernel runs it when a "
			      "rule needs a module; install kmod, or set kernel.modprobe to the "
			      "path of modprobe",
			      origin->loader);
}

static bool complain(struct buffer *reason, struct problems *problems)
{
	bool found = reason->length > 0;

	problems->out_of_memory |= reason->error < 0;
	if (found)
		problems_add(problems, SEVERITY_WARNING, NULL, 0, "nf_conntrack cannot load: %s",
			     reason->data);
	return found;
}

bool module_judge_origin(const struct module_origin *origin, struct problems *problems)
{
	struct buffer CLEANUP(buffer_clear) file = {0}, loader = {0};
	bool found;

	explain_file(origin, &file);
	found = complain(&file, problems);
	/* Without its file no program loads it, and in a container the program is the host's. */
	if (!found && !origin->contained)
		explain_loader(origin, &loader);
	return complain(&loader, problems) || found;
}
