/*
 * verbs/look-namespaces: the others beside the own one, with the twin's kernel, where folders are
 * namespaces.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "steps/look-namespaces.h"

/* A folder as the host; gone with the test. */
struct fixture {
	char folder[64];
	struct kernel *kernel;
	struct report *report;
	struct context context;
	struct table table;
	struct owners owners;
	struct owner_search search;
};

static void put_file(const struct fixture *f, const char *path, const char *text)
{
	char whole[512];
	FILE *file;

	(void)snprintf(whole, sizeof(whole), "%s%s", f->folder, path);
	for (char *at = strchr(whole + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(whole, 0755);
		*at = '/';
	}
	file = fopen(whole, "we");
	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
}

/* A key of a namespace; "": the own one. */
static void put_key(const struct fixture *f, const char *where, const char *key, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s%s" PATH_PROC "/%s", *where ? "/namespaces/" : "",
		       where, key);
	put_file(f, path, text);
}

static int set_up(void **state)
{
	static const struct report_style style = {.verb = "status", .json = true};
	struct fixture *f = calloc(1, sizeof(*f));
	uint16_t host;

	if (!f)
		return -1;
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/look-namespaces-XXXXXX");
	if (!mkdtemp(f->folder) || setenv("CONNTRACK_PERSIST_HOST", f->folder, 1) < 0 ||
	    kernel_open(&f->kernel) < 0 || report_new(&style, &f->report) < 0)
		return -1;
	f->context.kernel = f->kernel;
	f->context.report = f->report;
	f->context.gathering.kernel = f->kernel;
	f->search = (struct owner_search){.gathering = &f->context.gathering, .owners = &f->owners};
	if (owners_find(&f->owners, OWNER_HOST, "", &host) < 0)
		return -1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	for (size_t i = 0; i < f->table.namespace_count; i++) {
		free(f->table.namespaces[i].where);
		free(f->table.namespaces[i].differs);
	}
	free(f->table.namespaces);
	owner_search_done(&f->search);
	owners_done(&f->owners);
	(void)report_free(f->report);
	(void)kernel_close(f->kernel);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
	free(f);
	return system(command);
}

static void look(struct fixture *f, const struct values *values)
{
	assert_int_equal(look_namespaces(&f->context, values, &f->search, &f->table), EXIT_DONE);
}

/* All that was found, one a line. */
static void expect_found(const struct fixture *f, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	buffer_add(&b, "");
	for (size_t i = 0; i < f->table.namespace_count; i++) {
		const struct namespace_table *one = &f->table.namespaces[i];

		buffer_printf(&b, "%s: ", one->where);
		if (one->error < 0)
			buffer_printf(&b, "%s", strerror(-one->error));
		else if (one->entries.known)
			buffer_printf(&b, "%" PRIu64, one->entries.value);
		else
			buffer_add(&b, "-");
		buffer_printf(&b, "; %zu: %s\n", one->differing, one->differs ? one->differs : "-");
	}
	expect_text("namespaces", b.data, wanted);
}

static void others_are_compared_with_the_plan_and_with_here(void **state)
{
	struct fixture *f = *state;
	struct value planned[] = {
		{.row = &schema[SETTING_MAX], .wanted = 100000},
		{.row = &schema[schema_find("timeouts", "udp")], .wanted = 60},
	};
	struct values values = {.items = planned, .count = ARRAY_SIZE(planned)};

	put_key(f, "", "nf_conntrack_max", "65536\n");
	put_key(f, "", "nf_conntrack_udp_timeout", "45\n");
	put_key(f, "", "nf_conntrack_acct", "1\n");
	put_key(f, "", "nf_conntrack_icmp_timeout", "30\n");
	put_key(f, "", "nf_hooks_lwtunnel", "0\n");
	put_key(f, "alike", "nf_conntrack_count", "7\n");
	put_key(f, "alike", "nf_conntrack_udp_timeout", "60\n");
	put_key(f, "alike", "nf_conntrack_acct", "1\n");
	put_key(f, "alike", "nf_conntrack_icmp_timeout", "30\n");
	put_key(f, "blue", "nf_conntrack_count", "0\n");
	/* The host's own, and what is not here, is nothing to compare. */
	put_key(f, "blue", "nf_conntrack_max", "5\n");
	put_key(f, "blue", "nf_hooks_lwtunnel", "1\n");
	put_key(f, "blue", "nf_conntrack_timestamp", "1\n");
	put_key(f, "blue", "nf_conntrack_udp_timeout", "45\n");
	put_key(f, "blue", "nf_conntrack_acct", "0\n");
	put_file(f, "/namespaces/blue/pid", "77\n");
	put_file(f, "/namespaces/blue/command", "nginx\n");
	put_file(f, "/namespaces/empty/other", "");
	put_key(f, "empty", "nf_conntrack_acct", "0\n");

	look(f, &values);
	assert_true(f->table.namespaces_known);
	expect_found(f, "namespace alike: 7; 0: -\n"
			"namespace of nginx (77): 0; 2: udp_timeout 45 (wanted 60), acct 0 (here "
			"1)\n"
			"namespace empty: -; 0: -\n");
}

/* "KIND NAME", or "nobody". */
static void expect_owner(const struct fixture *f, const char *address, const char *wanted)
{
	struct heavy_key key = {.family = strchr(address, ':') ? AF_INET6 : AF_INET};
	char found[128] = "nobody";
	uint16_t owner;

	assert_int_equal(inet_pton(key.family, address, key.address), 1);
	owner = owners_of_address(&f->owners, &key);
	if (owner != OWNER_NONE)
		(void)snprintf(found, sizeof(found), "%s %s",
			       owner_kind_to_string(f->owners.items[owner].kind),
			       f->owners.items[owner].name);
	expect_text(address, found, wanted);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The name comes from the control group of a process in it, and from the files of the engine. */
static void a_container_has_its_name_and_its_addresses(void **state)
{
	struct fixture *f = *state;
	struct values none = {0};

	put_key(f, "1f2e3d", "nf_conntrack_count", "7\n");
	put_file(f, "/namespaces/1f2e3d/member", "77\n");
	put_file(f, "/namespaces/1f2e3d/proc/net/addresses",
		 "127.0.0.1\n172.17.0.2\nfd00::2\nfe80::1\n10.0.2.100\n");
	put_file(f, "/proc/77/cgroup", "0::/system.slice/docker-" ID ".scope\n");
	put_file(f, "/var/lib/docker/containers/" ID "/config.v2.json", "{\"Name\":\"/web\"}");
	put_key(f, "pasta", "nf_conntrack_count", "2\n");
	put_file(f, "/namespaces/pasta/pid", "78\n");
	put_file(f, "/namespaces/pasta/command", "sh\n");
	put_file(f, "/namespaces/pasta/proc/net/addresses", "10.0.2.100\n");
	put_file(f, "/proc/78/cgroup", "0::/user.slice/user-1000.slice/libpod-" ID ".scope\n");
	put_key(f, "tenant", "nf_conntrack_count", "1\n");
	put_file(f, "/namespaces/tenant/member", "79\n");
	put_file(f, "/namespaces/tenant/proc/net/addresses", "10.1.1.1\n");
	put_file(f, "/proc/79/cgroup", "0::/user.slice/session-1.scope\n");
	put_file(f, "/proc/79/comm", "bash\n");

	put_key(f, "vpn", "nf_conntrack_count", "1\n");
	put_file(f, "/namespaces/vpn/member", "80\n");
	put_file(f, "/proc/80/cgroup", "0::/system.slice/openvpn.service\n");
	put_key(f, "wg", "nf_conntrack_count", "1\n");
	put_file(f, "/namespaces/wg/pid", "80\n");

	look(f, &none);
	expect_found(f, "container web: 7; 0: -\n"
			"container 0123456789ab: 2; 0: -\n"
			"namespace tenant: 1; 0: -\n"
			"namespace vpn: 1; 0: -\n"
			"unit openvpn.service: 1; 0: -\n");
	expect_owner(f, "172.17.0.2", "container web");
	expect_owner(f, "fd00::2", "container web");
	expect_owner(f, "10.1.1.1", "namespace tenant");
	/* Two have it, so that it shows nobody; each namespace has these, and the table is this host's. */
	expect_owner(f, "10.0.2.100", "nobody");
	expect_owner(f, "127.0.0.1", "this host ");
	expect_owner(f, "fe80::1", "nobody");
}

static void what_cannot_be_entered_says_why_and_what_has_gone_is_none(void **state)
{
	struct fixture *f = *state;
	struct values none = {0};

	put_key(f, "", "nf_conntrack_acct", "1\n");
	put_key(f, "closed", "nf_conntrack_acct", "0\n");
	put_key(f, "gone", "nf_conntrack_acct", "0\n");
	put_key(f, "open", "nf_conntrack_acct", "0\n");
	put_key(f, "open", "nf_conntrack_count", "3\n");
	put_key(f, "unread", "nf_conntrack_count", "3\n");
	put_file(f, "/faults",
		 "enter closed\tEPERM\nenter gone\tENOENT\n"
		 "read unread:" PATH_PROC "/nf_conntrack_count\tEIO\n");

	look(f, &none);
	expect_found(f, "namespace closed: Operation not permitted; 0: -\n"
			"namespace open: 3; 1: acct 0 (here 1)\n"
			"namespace unread: Input/output error; 0: -\n");
}

static void alone_there_is_nothing_to_find(void **state)
{
	struct fixture *f = *state;
	struct values none = {0};

	look(f, &none);
	assert_true(f->table.namespaces_known);
	assert_null(f->table.namespaces);
	expect_found(f, "");
}

static void only_root_knows_them(void **state)
{
	struct fixture *f = *state;
	struct values none = {0};

	put_key(f, "blue", "nf_conntrack_count", "3\n");
	assert_int_equal(setenv("CONNTRACK_PERSIST_UNPRIVILEGED", "1", 1), 0);
	look(f, &none);
	assert_int_equal(unsetenv("CONNTRACK_PERSIST_UNPRIVILEGED"), 0);
	assert_false(f->table.namespaces_known);
	expect_found(f, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(others_are_compared_with_the_plan_and_with_here,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_entered_says_why_and_what_has_gone_is_none, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(a_container_has_its_name_and_its_addresses, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(alone_there_is_nothing_to_find, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_root_knows_them, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
