/* Asks libkmod about nf_conntrack, and removes modules by it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/kmod.h"

#include <assert.h>
#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <string.h>

#include "base/buffer.h"
#include "host/dlopen-symbols.h"

LIBRARY_NOTE("libkmod.so.2", "modules", "how modprobe loads nf_conntrack, and its removal",
	     LIBRARY_REQUIRED);

#define KMOD_SYMBOLS(X)                     \
	X(kmod_new)                         \
	X(kmod_unref)                       \
	X(kmod_set_log_fn)                  \
	X(kmod_module_new_from_name)        \
	X(kmod_module_unref)                \
	X(kmod_module_remove_module)        \
	X(kmod_module_get_initstate)        \
	X(kmod_module_get_path)             \
	X(kmod_module_get_options)          \
	X(kmod_module_get_install_commands) \
	X(kmod_config_get_blacklists)       \
	X(kmod_config_get_softdeps)         \
	X(kmod_config_iter_next)            \
	X(kmod_config_iter_get_key)         \
	X(kmod_config_iter_get_value)       \
	X(kmod_config_iter_free_iter)

/* libkmod brings large libraries along, and most runs never ask it: it is loaded when they do. */
struct kmod {
	KMOD_SYMBOLS(LIBRARY_POINTER)
	struct kmod_ctx *context;
	struct kmod_module *module;
};

static void say_nothing(void *data, int priority, const char *file, int line, const char *function,
			const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)function, (void)format,
		(void)args;
}

static void kmod_close(struct kmod *kmod)
{
	if (kmod->module)
		kmod->kmod_module_unref(kmod->module);
	if (kmod->context)
		kmod->kmod_unref(kmod->context);
}

static int kmod_open(const char *directory, const char *const *paths, const char *module,
		     struct kmod *ret)
{
	struct kmod kmod = {0};
	int error = library_load("libkmod.so.2", KMOD_SYMBOLS(LIBRARY_NAME), &kmod);

	if (error < 0)
		return error;
	/*
	 * kmod_new() reads modprobe.d before a log function can be set, and would print foreign
	 * lines as they are.
	 */
	if (setenv("KMOD_LOG", "0", 1) < 0)
		return -errno;
	kmod.context = kmod.kmod_new(directory, paths);
	if (!kmod.context)
		return -ENOMEM;
	kmod.kmod_set_log_fn(kmod.context, say_nothing, NULL);
	error = kmod.kmod_module_new_from_name(kmod.context, module, &kmod.module);
	if (error < 0) {
		kmod_close(&kmod);
		return error;
	}
	*ret = kmod;
	return 0;
}

/*
 * libkmod has made each - of a name to _ by then. It takes a softdep's name for a pattern, a
 * blacklist's as it is.
 */
static bool is_conntrack(const struct kmod *kmod, const struct kmod_config_iter *iter, bool pattern)
{
	const char *key = kmod->kmod_config_iter_get_key(iter);

	if (!key)
		return false;
	return pattern ? fnmatch(key, "nf_conntrack", 0) == 0 : strcmp(key, "nf_conntrack") == 0;
}

/* Copies a string that libkmod owns; NULL stays NULL. */
static int copy_text(const char *text, char **ret)
{
	if (!text)
		return 0;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int view_lists(const struct kmod *kmod, struct modprobe_view *view)
{
	struct kmod_config_iter *iter;
	int error = 0;

	assert(kmod->kmod_config_get_blacklists);
	iter = kmod->kmod_config_get_blacklists(kmod->context);

	/* An empty list has an iterator too. */
	if (!iter)
		return -ENOMEM;
	while (kmod->kmod_config_iter_next(iter))
		view->blacklisted = view->blacklisted || is_conntrack(kmod, iter, false);
	kmod->kmod_config_iter_free_iter(iter);

	iter = kmod->kmod_config_get_softdeps(kmod->context);
	if (!iter)
		return -ENOMEM;
	while (error == 0 && !view->softdep && kmod->kmod_config_iter_next(iter)) {
		const char *value = kmod->kmod_config_iter_get_value(iter);

		if (is_conntrack(kmod, iter, true))
			error = copy_text(value ? value : "", &view->softdep);
	}
	kmod->kmod_config_iter_free_iter(iter);
	return error;
}

static int view_config(const struct kmod *kmod, struct modprobe_view *view)
{
	int error = view_lists(kmod, view);

	/*
	 * The module is built in only if a list says so. Other answers to this question are about
	 * the running kernel, even for an image.
	 */
	view->built_in = kmod->kmod_module_get_initstate(kmod->module) == KMOD_MODULE_BUILTIN;
	view->listed = kmod->kmod_module_get_path(kmod->module) != NULL;
	if (error == 0)
		error = copy_text(kmod->kmod_module_get_options(kmod->module), &view->options);
	if (error == 0)
		error = copy_text(kmod->kmod_module_get_install_commands(kmod->module),
				  &view->install);
	return error;
}

/*
 * For tests: the same files below a folder. The running kernel's command line is still mixed
 * in.
 */
static int kmod_open_below(const char *folder, const char *release, struct kmod *ret)
{
	static const char *const folders[] = {"/etc/modprobe.d", "/run/modprobe.d",
					      "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d"};
	struct buffer CLEANUP(buffer_clear) all = {0};
	size_t starts[ARRAY_SIZE(folders) + 1];
	const char *paths[ARRAY_SIZE(folders) + 1] = {0};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		starts[i] = all.length;
		buffer_printf(&all, "%s%s", folder, folders[i]);
		buffer_add_bytes(&all, "", 1);
	}
	starts[ARRAY_SIZE(folders)] = all.length;
	buffer_printf(&all, "%s/lib/modules/%s", folder, release);
	if (!all.data || all.error < 0)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		paths[i] = all.data + starts[i];
	return kmod_open(all.data + starts[ARRAY_SIZE(folders)], paths, "nf_conntrack", ret);
}

int modules_view(const char *folder, const char *release, struct modprobe_view *ret)
{
	struct kmod CLEANUP(kmod_close) kmod = {0};
	struct modprobe_view view = {0};
	int error = folder ? kmod_open_below(folder, release, &kmod)
			   : kmod_open(NULL, NULL, "nf_conntrack", &kmod);

	if (error == 0)
		error = view_config(&kmod, &view);
	if (error < 0) {
		modprobe_view_done(&view);
		return error;
	}
	*ret = view;
	return 0;
}

int modules_remove(const char *name)
{
	static const char *const no_configuration[] = {NULL};
	struct kmod CLEANUP(kmod_close) kmod = {0};
	int error = kmod_open(NULL, no_configuration, name, &kmod);

	if (error < 0)
		return error;
	assert(kmod.kmod_module_remove_module);
	return kmod.kmod_module_remove_module(kmod.module, 0);
}
