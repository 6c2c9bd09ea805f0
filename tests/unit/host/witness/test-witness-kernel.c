/*
 * host/witness with the real kernel: its verifier takes the program, and writes are recorded. Needs
 * root; where the kernel refuses bpf(2), as in most containers, the tests say so and do nothing.
 * They work in a mount namespace, a network namespace and a control group of their own.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/witness/bpf.h"
#include "host/witness/control-groups.h"
#include "host/witness/witness-loader.h"
#include "host/witness/witness-program.h"

#define TIMEOUT "/proc/sys/net/netfilter/nf_conntrack_udp_timeout"
#define KEY	"net.netfilter.nf_conntrack_udp_timeout"

struct fixture {
	const char *missing; /* what this machine does not allow; NULL: nothing */
	char folder[64], pins[128], root[128], group[160];
	struct witness_places places;
};

/* Makes the places. Returns what is not possible here, or NULL. */
static const char *make_places(struct fixture *f)
{
	char path[128];

	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return "namespaces of its own";
	if (access(TIMEOUT, W_OK) < 0)
		return "a loaded nf_conntrack";
	(void)snprintf(path, sizeof(path), "%s/bpf", f->folder);
	if (mkdir(path, 0700) < 0 || mount("bpf", path, "bpf", 0, NULL) < 0)
		return "a BPF file system";
	(void)snprintf(f->pins, sizeof(f->pins), "%s/bpf/pins", f->folder);
	(void)snprintf(f->root, sizeof(f->root), "%s/groups", f->folder);
	if (mkdir(f->root, 0700) < 0 || mount("cgroup2", f->root, "cgroup2", 0, NULL) < 0)
		return "control groups of version 2";
	(void)snprintf(f->group, sizeof(f->group), "%s/test-witness-%d", f->root, (int)getpid());
	if (mkdir(f->group, 0700) < 0)
		return "a control group of its own";
	return NULL;
}

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	char log[BPF_LOG_SIZE];
	struct assembler smallest = {0};
	int program;

	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/test-witness.XXXXXX");
	if (!mkdtemp(f->folder))
		return -1;
	f->missing = geteuid() == 0 ? make_places(f) : "root";
	f->places = (struct witness_places){.pins = f->pins, .group = f->group};
	*state = f;
	if (f->missing)
		return 0;
	assembler_exit(&smallest, 1);
	program = bpf_load_sysctl("probe", smallest.instructions, smallest.count, log);
	if (program == -EPERM || program == -ENOSYS)
		f->missing = "bpf(2)";
	close_descriptor(&program);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[128];

	(void)!witness_loader_stop(&f->places);
	(void)rmdir(f->group);
	(void)umount(f->root);
	(void)rmdir(f->root);
	(void)snprintf(path, sizeof(path), "%s/bpf", f->folder);
	(void)umount(path);
	(void)rmdir(path);
	return rmdir(f->folder);
}

/* Returns whether the test can run here, and says why not. */
static bool can_run(const struct fixture *f)
{
	if (f->missing)
		print_message("# not run, because this machine does not offer: %s\n", f->missing);
	return !f->missing;
}

/* Returns 0, or the negative errno of a write by one write(2). */
static int write_file(const char *path, const char *text)
{
	int CLEANUP(close_descriptor) fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* Runs a function in a process that is in the control group; expects its exit status. */
static void run_in_group(const struct fixture *f, int (*function)(void), int wanted)
{
	char path[192], text[16];
	int status = 0;
	pid_t child;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", f->group);
	child = fork();
	if (child == 0) {
		(void)snprintf(text, sizeof(text), "%d", (int)getpid());
		_exit(write_file(path, text) < 0 ? 99 : function());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), wanted);
}

static void start(const struct fixture *f)
{
	struct buffer CLEANUP(buffer_clear) log = {0};
	int error = 0;
	enum witness_obstacle obstacle = witness_loader_start(&f->places, &log, &error);

	if (obstacle != WITNESS_FINE)
		fail_msg("%s (%s): %s", witness_obstacle_describe(obstacle), strerror(-error),
			 log.data ? log.data : "");
}

static void read_ring(const struct fixture *f, struct witness_ring *ret)
{
	assert_int_equal(witness_loader_read(&f->places, ret), 0);
}

/* So that it loads on kernels that lack any of them. Those that this kernel lacks are left out. */
static void verifier_takes_each_set_of_features(void **state)
{
	struct fixture *f = *state;
	char log[BPF_LOG_SIZE];
	struct assembler a;
	/* No distances of this kernel: reading at a wrong address gives zeros, and harms nothing. */
	const struct kernel_paths nowhere = {
		8, {{8, 8, 8}, 3}, {{8, 8, 8, 8, 0}, 5}, {{8}, 1}, {{8}, 1},
	};
	unsigned int has = 0;
	int CLEANUP(close_descriptor) map = -1;

	if (!can_run(f))
		return;
	map = bpf_create_array("test", sizeof(struct witness_record), WITNESS_MAP_SLOTS);
	assert_true(map >= 0);
	for (unsigned int bit = WITNESS_BOOT_TIME; bit <= WITNESS_FETCH; bit <<= 1) {
		int CLEANUP(close_descriptor) program = -1;

		assert_int_equal(
			witness_probe_assemble((enum witness_feature)bit, map, &nowhere, &a), 0);
		program = bpf_load_sysctl("probe", a.instructions, a.count, log);
		if (program >= 0)
			has |= bit;
	}
	for (unsigned int features = 0; features < WITNESS_FETCH << 1; features++) {
		int CLEANUP(close_descriptor) program = -1;

		if (features & ~has)
			continue;
		assert_int_equal(witness_program_assemble(map, features, &nowhere, &a), 0);
		program = bpf_load_sysctl("test", a.instructions, a.count, log);
		if (program < 0)
			fail_msg("features %u: %s\n%s", features, strerror(-program), log);
	}
}

static int write_three(void)
{
	return write_file(TIMEOUT, "31\n") < 0 || write_file(TIMEOUT, "no\n") != -EINVAL ||
	       write_file(TIMEOUT, "32") < 0;
}

static void expect_write(const struct witness_event *event, const char *before, const char *after)
{
	expect_text("key", event->key, KEY);
	expect_text("before", event->before, before);
	expect_text("after", event->after, after);
}

static void writes_are_recorded_with_their_writer(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	struct buffer CLEANUP(buffer_clear) path = {0};

	if (!can_run(f))
		return;
	start(f);
	run_in_group(f, write_three, 0);
	read_ring(f, &ring);
	expect_number("writes", ring.writes, 3);
	expect_number("count", ring.count, 3);
	expect_write(&ring.events[0], "30", "31");
	/* The kernel shows the program a value before it refuses that value. */
	expect_write(&ring.events[1], "31", "no");
	expect_write(&ring.events[2], "31", "32");
	expect_number("uid", ring.events[0].uid, 0);
	assert_true(ring.events[0].time >= ring.loaded);
	assert_true(control_group_find(f->root, ring.events[0].group, GROUP_LEVELS_MAX, &path));
	expect_text("group", path.data, strrchr(f->group, '/'));
	if (ring.events[0].namespace > 0)
		expect_text("name", ring.events[0].group_name, strrchr(f->group, '/') + 1);
}

static int write_elsewhere(void)
{
	return unshare(CLONE_NEWNET) < 0 || write_file(TIMEOUT, "35") < 0;
}

static bool describes_its_types(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

/* Where the kernel does not describe its types, the namespace stays unknown. */
static void writes_are_recorded_with_their_namespace(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	struct stat own;

	if (!can_run(f))
		return;
	assert_int_equal(stat("/proc/self/ns/net", &own), 0);
	start(f);
	run_in_group(f, write_three, 0);
	run_in_group(f, write_elsewhere, 0);
	read_ring(f, &ring);
	expect_number("count", ring.count, 4);
	if (ring.events[0].namespace == 0 && !describes_its_types()) {
		print_message("# the kernel does not describe its types\n");
		return;
	}
	expect_number("own", ring.events[0].namespace, own.st_ino);
	assert_true(ring.events[3].namespace > 0);
	assert_true(ring.events[3].namespace != own.st_ino);
	witness_set_place(&ring.events[0], own.st_ino);
	witness_set_place(&ring.events[3], own.st_ino);
	assert_int_equal(ring.events[0].place, WITNESS_HERE);
	assert_int_equal(ring.events[3].place, WITNESS_ELSEWHERE);
}

/* The user's own namespaces are no host, and the host's keys are not the user's. */
static int write_as_user(void)
{
	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	if (write_file(TIMEOUT, "40") != -EACCES)
		return 2;
	/* Some distributions keep users from making namespaces. */
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 77;
	return write_file(TIMEOUT, "41") < 0 ? 3 : 77;
}

static int write_as_user_without_right(void)
{
	int fd = open(TIMEOUT, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	/* The descriptor was opened by root, and each write asks for the right again. */
	return write(fd, "42", 2) < 0 && errno == EPERM ? 0 : 2;
}

static void user_gets_no_record_of_root(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	if (!can_run(f))
		return;
	start(f);
	run_in_group(f, write_as_user_without_right, 0);
	run_in_group(f, write_as_user, 77);
	read_ring(f, &ring);
	assert_true(ring.count <= 1);
	for (size_t i = 0; i < ring.count; i++) {
		expect_number("uid", ring.events[i].uid, 65534);
		expect_text("after", ring.events[i].after, "41");
	}
}

static int write_often(void)
{
	int fd = open(TIMEOUT, O_WRONLY | O_CLOEXEC);

	for (int i = 0; i < 5000; i++)
		if (pwrite(fd, i % 2 ? "33" : "34", 2, 0) != 2)
			return 1;
	return 0;
}

static void lost_records_are_counted(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};

	if (!can_run(f))
		return;
	start(f);
	run_in_group(f, write_often, 0);
	read_ring(f, &ring);
	expect_number("writes", ring.writes, 5000);
	expect_number("count", ring.count, WITNESS_SLOTS);
	expect_number("lost", ring.lost, 5000 - WITNESS_SLOTS);
	expect_text("last", ring.events[ring.count - 1].after, "33");
}

/* What a killed start leaves, and another version, are replaced; a second start changes nothing. */
static void start_cleans_up_and_stop_removes_all(void **state)
{
	struct fixture *f = *state;
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	char path[160];
	int map;

	if (!can_run(f))
		return;
	assert_int_equal(witness_loader_stop(&f->places), 0);
	assert_int_equal(mkdir(f->pins, 0700), 0);
	map = bpf_create_array("old", 8, 1);
	(void)snprintf(path, sizeof(path), "%s/records-3", f->pins);
	assert_int_equal(bpf_pin(map, path), 0);
	(void)snprintf(path, sizeof(path), "%s/records-0", f->pins);
	assert_int_equal(bpf_pin(map, path), 0);
	close_descriptor(&map);
	assert_false(witness_loader_has(&f->places));
	start(f);
	assert_true(witness_loader_has(&f->places));
	assert_int_equal(access(path, F_OK), -1);
	run_in_group(f, write_three, 0);
	start(f);
	read_ring(f, &ring);
	expect_number("writes", ring.writes, 3);
	assert_int_equal(witness_loader_stop(&f->places), 1);
	assert_int_equal(access(f->pins, F_OK), -1);
	assert_int_equal(witness_loader_stop(&f->places), 0);
	assert_int_equal(witness_loader_read(&f->places, &ring), -ENOENT);
}

/* A control group that is none, and a place that is no BPF file system. */
static void failed_start_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct witness_places places = {.pins = f->pins, .group = f->folder};
	struct buffer CLEANUP(buffer_clear) log = {0};
	int error = 0;

	if (!can_run(f))
		return;
	assert_int_equal(witness_loader_start(&places, &log, &error), WITNESS_ATTACH_REFUSED);
	assert_int_equal(error, -EBADF);
	assert_int_equal(access(f->pins, F_OK), -1);
	places = (struct witness_places){.pins = f->folder, .group = f->group};
	assert_int_equal(witness_loader_start(&places, &log, &error), WITNESS_PIN_FAILED);
	assert_false(witness_loader_has(&places));
}

static int stop(void **state)
{
	struct fixture *f = *state;

	if (!f->missing)
		(void)!witness_loader_stop(&f->places);
	(void)write_file(TIMEOUT, "30");
	return 0;
}

#define ALONE(test) cmocka_unit_test_setup_teardown(test, stop, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(verifier_takes_each_set_of_features),
		ALONE(writes_are_recorded_with_their_writer),
		ALONE(writes_are_recorded_with_their_namespace),
		ALONE(user_gets_no_record_of_root),
		ALONE(lost_records_are_counted),
		ALONE(start_cleans_up_and_stop_removes_all),
		ALONE(failed_start_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
