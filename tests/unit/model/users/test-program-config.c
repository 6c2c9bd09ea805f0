/* model/users/program-config: what configurations of programs say of NAT and connection state. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/users/program-config.h"

static void last_value_of_an_option_counts(void **state)
{
	static const struct {
		const char *text;
		enum option_state state;
	} rows[] = {
		{"", OPTION_UNSET},
		{"KEY=No", OPTION_IS},
		{"KEY=\"no\" # off", OPTION_IS},
		{"KEY = 'NO'\n", OPTION_IS},
		{"  export KEY=no\r\n", OPTION_IS},
		{"key: no", OPTION_IS},
		{"[OPTIONS]\nkey: no", OPTION_IS},
		{"KEY=no # yes", OPTION_IS},
		{"KEY=no\nKEY=yes", OPTION_IS_OTHER},
		{"KEY=yes\n#KEY=no\n", OPTION_IS_OTHER},
		{"KEY=", OPTION_IS_OTHER},
		{"KEY=nothing", OPTION_IS_OTHER},
		{"KEY=\"no", OPTION_IS},
		{"XKEY=no\nKEY2=no\nKEY no\n;KEY=no", OPTION_UNSET},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, program_option_find(rows[i].text, "KEY", "no"),
			      rows[i].state);
}

static void word_at_the_start_of_a_statement_is_found(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
		{"virtual_server 10.0.0.1 80 {\n", 1},
		{"a {\n}\n\tvirtual_server group x{", 3},
		{"a { virtual_server fwmark 1 {", 1},
		{"virtual_server{", 1},
		{"virtual_server_group a {\n}\n", 0},
		{"# virtual_server 10.0.0.1 80\n! virtual_server x\nx virtual_server y", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, program_word_line(rows[i].text, "virtual_server"),
			      rows[i].line);
}

static void networks_of_networkd_are_read(void **state)
{
	static const char *const yes[] = {
		"[Network]\nIPMasquerade=ipv4\n",
		"[Match]\nName=a\n[Network]\n IPMasquerade = both",
		"[Network]\nIPMasquerade=yes",
		"[Network]\nIPMasquerade=no\nIPMasquerade=ipv6",
		"[Network]\nIPMasquerade=true # x\n",
	};
	static const char *const no[] = {
		"",
		"[Network]\nIPMasquerade=no\n",
		"[Network]\n#IPMasquerade=yes\n",
		"[Match]\nIPMasquerade=yes\n",
		"[Network]\nIPMasquerade=yes\nIPMasquerade=\n",
		"[Network]\nIPMasqueradeX=yes\nXIPMasquerade=yes\nIPMasquerade\n",
		"IPMasquerade=yes",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		expect_number(yes[i], networkd_masquerades(yes[i]), true);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		expect_number(no[i], networkd_masquerades(no[i]), false);
}

static void shared_connections_are_read(void **state)
{
	static const struct {
		const char *text;
		enum network_start start;
	} rows[] = {
		{"[connection]\nid=a\n[ipv4]\nmethod=shared\n", NETWORK_STARTS},
		{"[connection]\nautoconnect=true\n[ipv4]\nmethod = shared", NETWORK_STARTS},
		{"[connection]\nautoconnect=false\n[ipv4]\nmethod=shared", NETWORK_STARTS_BY_HAND},
		{"BOOTPROTO=\"shared\"\nONBOOT=yes\n", NETWORK_STARTS},
		{"BOOTPROTO=shared\nONBOOT=no\n", NETWORK_STARTS_BY_HAND},
		{"[ipv6]\nmethod=shared\n", NETWORK_NOT_TRANSLATED},
		{"[ipv4]\nmethod=auto\n", NETWORK_NOT_TRANSLATED},
		{"[ipv4]\n#method=shared\n", NETWORK_NOT_TRANSLATED},
		{"method=shared\n", NETWORK_NOT_TRANSLATED},
		{"BOOTPROTO=dhcp\n", NETWORK_NOT_TRANSLATED},
		{"", NETWORK_NOT_TRANSLATED},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, connection_is_shared(rows[i].text), rows[i].start);
}

static void networks_of_libvirt_are_read(void **state)
{
	static const char *const yes[] = {
		"<network>\n<forward mode='nat'/>\n</network>",
		"<forward mode=\"nat\">\n<nat>",
		"<forward dev='eth0' mode = 'nat'>",
		"<forward/>",
		"<forward>",
		"<forward dev='eth0'/>",
		"<forward dev='eth0'\n mode='nat'\n/>",
		"<!-- a --><forward/>",
		"<forward mode='route'/><forward/>",
	};
	static const char *const no[] = {
		"",
		"<network>",
		"<forward mode='route'/>",
		"<forward mode='bridge'>",
		"<forwarder addr='10.0.0.1'/>",
		"<!-- <forward mode='nat'/> -->",
		"<!-- <forward/>",
		"<forward",
		"<a b='forward'>",
		"<forward mode='open' x='mode=nat'/>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		expect_number(yes[i], libvirt_translates(yes[i]), true);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		expect_number(no[i], libvirt_translates(no[i]), false);
}

static void networks_of_nspawn_are_read(void **state)
{
	static const struct {
		const char *text;
		enum nspawn_network network;
	} rows[] = {
		{"", NSPAWN_USUAL},
		{"[Exec]\nBoot=yes\n", NSPAWN_USUAL},
		{"[Network]\nVirtualEthernet=yes\nZone=a\n", NSPAWN_USUAL},
		{"[Network]\nPort=tcp:8080:80\n", NSPAWN_PORTS},
		{"[Network]\nPort=\n", NSPAWN_USUAL},
		{"[Network]\nVirtualEthernet = no\n", NSPAWN_OTHER},
		{"[Network]\nPrivate=off\n", NSPAWN_OTHER},
		{"[Network]\nBridge=br0\n", NSPAWN_OTHER},
		{"[Network]\nMACVLAN=eth0\n", NSPAWN_OTHER},
		{"[Files]\nPort=1\nBridge=br0\n", NSPAWN_USUAL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].text, nspawn_read_network(rows[i].text), rows[i].network);
}

static void tunnels_of_all_traffic_are_read(void **state)
{
	static const char *const yes[] = {
		"[Interface]\nAddress=a\n[Peer]\nAllowedIPs = 0.0.0.0/0\n",
		"[Peer]\nAllowedIPs = 10.0.0.0/8, ::/0 # all\n",
		"[peer]\nallowedips=0.0.0.0/0,::/0\n",
		"[Interface]\nTable=auto\n[Peer]\nAllowedIPs=10.0.0.0/8\n[Peer]\nAllowedIPs=::/0",
	};
	static const char *const no[] = {
		"",
		"[Peer]\nAllowedIPs = 10.0.0.0/24, 10.0.0.0/0x\n",
		"[Interface]\nTable = off\n[Peer]\nAllowedIPs = 0.0.0.0/0\n",
		"[Interface]\nTable = 1234\n[Peer]\nAllowedIPs = 0.0.0.0/0\n",
		"[Interface]\nAllowedIPs = 0.0.0.0/0\n",
		"#[Peer]\n#AllowedIPs = 0.0.0.0/0\n",
		"[Peer]\nAllowedIPs =\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		expect_number(yes[i], wireguard_marks_connections(yes[i]), true);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		expect_number(no[i], wireguard_marks_connections(no[i]), false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_value_of_an_option_counts),
		cmocka_unit_test(word_at_the_start_of_a_statement_is_found),
		cmocka_unit_test(networks_of_networkd_are_read),
		cmocka_unit_test(shared_connections_are_read),
		cmocka_unit_test(networks_of_libvirt_are_read),
		cmocka_unit_test(networks_of_nspawn_are_read),
		cmocka_unit_test(tunnels_of_all_traffic_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
