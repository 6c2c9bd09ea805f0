/*
 * model/table/owner-lines and owner-names: addresses, sockets, control groups, names of containers.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "model/table/owner-lines.h"

#define ID	   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID_DASHES "6f3b0f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b"
#define UID_LINES  "6f3b0f3e_1c2d_4e5f_8a9b_0c1d2e3f4a5b"

static void control_groups_name_owners(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"0::/system.slice/nginx.service\n", "unit nginx.service"},
		{"0::/system.slice/system-getty.slice/getty@tty1.service\n",
		 "unit getty@tty1.service"},
		{"0::/system.slice/docker-" ID ".scope\n", "container " ID " id"},
		{"12:memory:/docker/" ID "\n1:name=systemd:/docker/" ID "\n",
		 "container " ID " id"},
		{"0::/machine.slice/libpod-" ID ".scope/container\n", "container " ID " id"},
		{"0::/machine.slice/libpod-conmon-" ID ".scope\n", "container " ID " id"},
		{"0::/system.slice/web.service/libpod-payload-" ID "\n", "container " ID " id"},
		{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
		 ".scope\n",
		 "container " ID " id user"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/dav.service\n",
		 "unit dav.service user"},
		{"0::/user.slice/user-1000.slice/session-3.scope\n", "process "},
		{"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_LINES
		 ".slice/cri-containerd-" ID ".scope\n",
		 "pod " UID_DASHES " id"},
		{"0::/kubepods/besteffort/pod" UID_DASHES "/" ID "\n", "pod " UID_DASHES " id"},
		{"0::/kubepods.slice/kubepods-pod" UID_LINES ".slice/crio-" ID ".scope\n",
		 "pod " UID_DASHES " id"},
		{"0::/lxc.payload.mail/system.slice/postfix.service\n", "container mail"},
		{"4:memory:/lxc/mail/init.scope\n", "container mail"},
		{"0::/machine.slice/systemd-nspawn@build.service/payload\n", "machine build"},
		{"0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope\n", "machine qemu-1-vm"},
		/* the name contains no ID, so that it is shown whole */
		{"0::/system.slice/docker-registry.service\n", "unit docker-registry.service"},
		{"0::/docker/buildx\n", "process "},
		{"0::/pods/podman.service\n", "unit podman.service"},
		{"0::/\n", "process "},
		{"", "process "},
		{"\n:\n::\n0:\n0::", "process "},
		{"0::/kubepods\n", "process "},
		{"0::////.service\n", "process "},
		/* a container is more than a unit, in whatever order the lines are */
		{"2:cpu:/system.slice/docker.service\n1:name=systemd:/docker/" ID "\n",
		 "container " ID " id"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};
		struct group_owner owner;

		group_owner_parse(rows[i].text, &owner);
		buffer_printf(&b, "%s %s%s%s", owner_kind_to_string(owner.kind), owner.name,
			      owner.is_id ? " id" : "", owner.of_user ? " user" : "");
		expect_text(rows[i].text, b.data, rows[i].wanted);
	}
}

static void a_long_name_is_cut(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct group_owner owner;

	(void)state;
	buffer_add(&text, "0::/");
	for (int i = 0; i < 1000; i++)
		buffer_add(&text, "x");
	buffer_add(&text, ".service\n");
	group_owner_parse(text.data, &owner);
	assert_int_equal(strlen(owner.name), GROUP_NAME_SIZE - 1);
}

/*
 * The kernel prints each 4 bytes of an address as a number of its machine. Changes a line of a
 * little-endian machine to one of the machine that this test runs on.
 */
static void print_as_here(char *line)
{
	static const uint16_t one = 1;
	size_t digits;

	if (*(const uint8_t *)&one == 1)
		return;
	for (; *line; line += digits + (line[digits] != '\0')) {
		digits = strspn(line, "0123456789ABCDEF");
		if (line[digits] != ':' || digits % 8 != 0)
			continue;
		for (size_t i = 0; i < digits; i += 8) {
			char number[9];

			(void)snprintf(number, sizeof(number), "%.2s%.2s%.2s%.2s", line + i + 6,
				       line + i + 4, line + i + 2, line + i);
			memcpy(line + i, number, 8);
		}
	}
}

static void sockets_have_ports(void **state)
{
	static const struct {
		const char *line;
		int error;
		struct socket_line wanted;
	} rows[] = {
		{"   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     "
		 "0        0 12345 1 0000000000000000 100 0 0 10 0",
		 0,
		 {.port = 22, .serves = true, .inode = 12345}},
		{"   1: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  "
		 "1000        0 4294967296 1",
		 0,
		 {54321, AF_INET, {127, 0, 0, 1}, false, 4294967296}},
		{"  12: 00000000000000000000000000000000:0035 "
		 "00000000000000000000000000000000:0000 "
		 "07 00000000:00000000 00:00000000 00000000 0 0 77 2 0000000000000000 0",
		 0,
		 {.port = 53, .serves = true, .inode = 77}},
		{"   3: 0100007F:D431 0100007F:1F90 06 00000000:00000000 03:00000F6B 00000000 0 0 "
		 "0 "
		 "3",
		 0,
		 {54321, AF_INET, {127, 0, 0, 1}, false, 0}},
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   "
		 "uid "
		 " timeout inode",
		 -EBADMSG,
		 {0}},
		{"", -EBADMSG, {0}},
		{"4: 0000000000000000FFFF00000301A8C0:0035 x 07 x x x x x 9",
		 0,
		 {53, AF_INET, {192, 168, 1, 3}, true, 9}},
		{"5: B80D0120000000000000000001000000:0035 x 07 x x x x x 9",
		 0,
		 {53, AF_INET6, {0x20, 1, 0xd, 0xb8, [15] = 1}, true, 9}},
		{"0: 000000:0016 x 0A x x x x x 5", -EBADMSG, {0}},
		{"0: 0000000000000000:0016 x 0A x x x x x 5", -EBADMSG, {0}},
		{"0: 0000000g:0016 x 0A x x x x x 5", -EBADMSG, {0}},
		{"0: :00 x 0A x x x x x 5", -EBADMSG, {0}},
		{"0: 00000000:00G0 x 0A x x x x x 5", -EBADMSG, {0}},
		{"0: 00000000:0016 x 0A x x x x x -5", -EBADMSG, {0}},
		{"0: 00000000:0016 x 0A x x x x x", -EBADMSG, {0}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct socket_line found = {0};
		char line[256];

		(void)snprintf(line, sizeof(line), "%s", rows[i].line);
		print_as_here(line);
		assert_int_equal(socket_line_parse(line, &found), rows[i].error);
		expect_number(rows[i].line, found.port, rows[i].wanted.port);
		expect_number(rows[i].line, found.inode, rows[i].wanted.inode);
		expect_number(rows[i].line, found.serves, rows[i].wanted.serves);
		expect_number(rows[i].line, found.family, rows[i].wanted.family);
		assert_memory_equal(found.address, rows[i].wanted.address, 16);
	}
}

struct message {
	unsigned char bytes[128];
	size_t size;
};

static void put(struct message *message, uint16_t type, const void *value, size_t size)
{
	const struct nlattr head = {.nla_len = (uint16_t)(sizeof(head) + size), .nla_type = type};

	memcpy(message->bytes + message->size, &head, sizeof(head));
	memcpy(message->bytes + message->size + sizeof(head), value, size);
	message->size += sizeof(head) + NLA_ALIGN(size);
}

static struct message start(uint8_t family)
{
	const struct ifaddrmsg head = {.ifa_family = family};
	struct message message = {.size = sizeof(head)};

	memcpy(message.bytes, &head, sizeof(head));
	return message;
}

static void messages_have_addresses(void **state)
{
	static const unsigned char peer[4] = {10, 0, 0, 2}, own[4] = {10, 0, 0, 1};
	static const unsigned char own6[16] = {0xfd, [15] = 1};
	struct message message = start(AF_INET);
	uint8_t family = 0, address[16];

	(void)state;
	put(&message, IFA_ADDRESS, peer, 4);
	for (size_t size = 0; size < message.size; size++)
		if (size != sizeof(struct ifaddrmsg))
			assert_int_equal(
				address_read_message(message.bytes, size, &family, address),
				-EBADMSG);
	put(&message, IFA_LOCAL, own, 4);
	assert_int_equal(address_read_message(message.bytes, message.size, &family, address), 1);
	assert_true(family == AF_INET && memcmp(address, own, 4) == 0);
	message = start(AF_INET6);
	put(&message, IFA_ADDRESS, own6, 16);
	assert_int_equal(address_read_message(message.bytes, message.size, &family, address), 1);
	assert_true(family == AF_INET6 && memcmp(address, own6, 16) == 0);
	message = start(AF_INET6);
	put(&message, IFA_ADDRESS, own, 4);
	assert_int_equal(address_read_message(message.bytes, message.size, &family, address),
			 -EBADMSG);
	message = start(AF_INET);
	assert_int_equal(address_read_message(message.bytes, message.size, &family, address), 0);
	message = start(AF_PACKET);
	put(&message, IFA_ADDRESS, own6, 6);
	assert_int_equal(address_read_message(message.bytes, message.size, &family, address), 0);
}

static void engines_name_their_containers(void **state)
{
	static const struct {
		const char *json, *docker, *podman;
	} rows[] = {
		{"{\"Name\":\"/web\"}", "web", ""},
		{"{\"Name\":\"web\"}", "web", ""},
		{"{\"Name\":7}", "", ""},
		{"[{\"id\":\"a\",\"names\":[\"no\"]},{\"id\":\"" ID
		 "\",\"names\":[\"web\",\"x\"]}]",
		 "", "web"},
		{"[{\"id\":\"" ID "\",\"names\":[]},7,{}]", "", ""},
		{"[{\"id\":\"" ID "\"}]", "", ""},
		{"", "", ""},
		{"{", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) docker = {0};
		struct buffer CLEANUP(buffer_clear) podman = {0};

		buffer_add(&docker, "");
		buffer_add(&podman, "");
		container_name_docker(rows[i].json, &docker);
		container_name_podman(rows[i].json, ID, &podman);
		expect_text(rows[i].json, docker.data, rows[i].docker);
		expect_text(rows[i].json, podman.data, rows[i].podman);
	}
}

static void folders_name_pods(void **state)
{
	static const char *const others[] = {"kube-system_coredns_other",
					     "_coredns_" UID_DASHES,
					     "kube-system__" UID_DASHES,
					     "coredns_" UID_DASHES,
					     "",
					     UID_DASHES,
					     "_",
					     "__"};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	assert_true(pod_name_from_folder("kube-system_coredns-7d_" UID_DASHES, UID_DASHES, &b));
	expect_text("pod", b.data, "kube-system/coredns-7d");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(pod_name_from_folder(others[i], UID_DASHES, &b));
}

static void records_name_machines(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"# private\nNAME=build\nSCOPE=a.service\nSERVICE=systemd-nspawn\n", "build"},
		{"UNIT=a.service\nNAME=qemu-1-vm", "qemu-1-vm"},
		{"NAME=a\nNAME=b\n", "a"},
		{"MYNAME=a\nNAME=\n NAME=b\n", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add(&b, "");
		machine_name_from_record(rows[i].text, &b);
		expect_text(rows[i].text, b.data, rows[i].wanted);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_groups_name_owners),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(sockets_have_ports),
		cmocka_unit_test(messages_have_addresses),
		cmocka_unit_test(engines_name_their_containers),
		cmocka_unit_test(folders_name_pods),
		cmocka_unit_test(records_name_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
