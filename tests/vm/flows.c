/*
 * Makes flows for the guests to track: datagrams to many ports, many connections at the same time,
 * or a SYN flood.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64

static const char usage[] =
	"usage: flows udp ADDRESS PORT COUNT    a datagram to each port from PORT on, or by IPv6\n"
	"       flows queries ADDRESS PORT COUNT  a datagram to PORT from each of so many ports\n"
	"       flows answer ADDRESS PORT       answers each datagram\n"
	"       flows sources ADDRESS PORT COUNT  a datagram from each address from 100.64.0.1 on\n"
	"       flows networks ADDRESS PORT COUNT  a datagram from 100.64.0.1, 100.64.1.1 and so "
	"on\n"
	"       flows tcp ADDRESS PORT COUNT    connections to PORT, held until it is killed\n"
	"       flows flood ADDRESS PORT COUNT  so many SYNs at once, then 20 a second\n"
	"       flows serve ADDRESS PORT        accepts them, holds each until its peer closes\n";

/* The first address of `flows sources`: shared address space, which no host of a guest has. */
#define FIRST_SOURCE 0x64400001U

static int socket_new_of(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		perror("flows: socket");
		exit(EXIT_FAILURE);
	}
	return fd;
}

static int socket_new(int type)
{
	return socket_new_of(AF_INET, type);
}

/* Counts datagrams that the sender's own kernel accepted; their further way is unknown. */
static void print_sent(uint32_t sent)
{
	(void)printf("%" PRIu32 "\n", sent);
}

static void datagrams(struct sockaddr_in to, uint16_t count)
{
	uint16_t first = ntohs(to.sin_port);
	int fd = socket_new(SOCK_DGRAM);
	uint32_t sent = 0;

	for (uint32_t i = 0; i < count; i++) {
		to.sin_port = htons((uint16_t)(first + i));
		sent += sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
	}
	(void)close(fd);
	print_sent(sent);
}

static void datagrams6(const struct in6_addr *address, uint16_t port, uint16_t count)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = *address};
	int fd = socket_new_of(AF_INET6, SOCK_DGRAM);
	uint32_t sent = 0;

	for (uint32_t i = 0; i < count; i++) {
		to.sin6_port = htons((uint16_t)(port + i));
		sent += sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
	}
	(void)close(fd);
	print_sent(sent);
}

/* The sockets stay open to the end, so that each has a port of its own. */
static void queries(const struct sockaddr_in *to, uint16_t count)
{
	uint32_t sent = 0;

	for (uint32_t i = 0; i < count; i++)
		sent += sendto(socket_new(SOCK_DGRAM), "x", 1, 0, (const struct sockaddr *)to,
			       sizeof(*to)) == 1;
	print_sent(sent);
}

static void answer(const struct sockaddr_in *at)
{
	int fd = socket_new(SOCK_DGRAM);

	if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0) {
		perror("flows: answer");
		exit(EXIT_FAILURE);
	}
	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		char byte;

		if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &size) == 1)
			(void)!sendto(fd, &byte, 1, 0, (const struct sockaddr *)&from, size);
	}
}

/* An IPv4 header and a datagram of one byte; without a checksum, which UDP allows. */
struct forged {
	struct iphdr ip;
	struct udphdr udp;
	char byte;
} __attribute__((packed));

/* The kernel fills in the length and the checksum of the IPv4 header. */
static void from_sources(const struct sockaddr_in *to, uint16_t count, uint32_t step)
{
	struct forged packet = {
		.ip = {.version = 4,
		       .ihl = 5,
		       .ttl = 64,
		       .protocol = IPPROTO_UDP,
		       .daddr = to->sin_addr.s_addr},
		.udp = {.source = htons(40000),
			.dest = to->sin_port,
			.len = htons(sizeof(struct udphdr) + 1)},
		.byte = 'x',
	};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	uint32_t sent = 0;

	if (fd < 0) {
		perror("flows: raw socket");
		exit(EXIT_FAILURE);
	}
	for (uint32_t i = 0; i < count; i++) {
		packet.ip.saddr = htonl(FIRST_SOURCE + i * step);
		sent += sendto(fd, &packet, sizeof(packet), 0, (const struct sockaddr *)to,
			       sizeof(*to)) == (ssize_t)sizeof(packet);
	}
	(void)close(fd);
	print_sent(sent);
}

/*
 * A lost SYN is sent again by the kernel, so that each of them is open as soon as nothing drops it.
 */
static void connections(const struct sockaddr_in *to, uint16_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int fd = socket_new(SOCK_STREAM | SOCK_NONBLOCK);

		if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 &&
		    errno != EINPROGRESS) {
			perror("flows: connect");
			exit(EXIT_FAILURE);
		}
	}
	pause();
}

/* A SYN without options, behind what its checksum covers besides. */
struct syn {
	uint32_t from, to;
	uint16_t protocol, size; /* in network byte order, as all of it is */
	struct tcphdr header;
};

static uint16_t checksum(const struct syn *syn)
{
	uint16_t words[sizeof(*syn) / 2];
	uint32_t sum = 0;

	memcpy(words, syn, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(~(sum + (sum >> 16)) & 0xffff);
}

/* The address that this host sends from. */
static uint32_t own_address(const struct sockaddr_in *to)
{
	struct sockaddr_in own = {0};
	socklen_t size = sizeof(own);
	int fd = socket_new(SOCK_DGRAM);

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &size) < 0) {
		perror("flows: own address");
		exit(EXIT_FAILURE);
	}
	(void)close(fd);
	return own.sin_addr.s_addr;
}

/* Each SYN is from the next port, and nobody answers what comes back. */
static void flood(const struct sockaddr_in *to, uint32_t count)
{
	struct syn syn = {
		.from = own_address(to),
		.to = to->sin_addr.s_addr,
		.protocol = htons(IPPROTO_TCP),
		.size = htons(sizeof(syn.header)),
		.header = {.dest = to->sin_port,
			   .doff = sizeof(syn.header) / 4,
			   .syn = 1,
			   .window = htons(1024)},
	};
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd < 0) {
		perror("flows: raw socket");
		exit(EXIT_FAILURE);
	}
	for (uint32_t i = 0;; i++) {
		syn.header.source = htons((uint16_t)(1024 + i % 60000));
		syn.header.check = 0;
		syn.header.check = checksum(&syn);
		(void)sendto(fd, &syn.header, sizeof(syn.header), 0, (const struct sockaddr *)to,
			     sizeof(*to));
		if (i >= count)
			(void)usleep(1000000 / 20);
	}
}

static void watch(int loop, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) {
		perror("flows: epoll_ctl");
		exit(EXIT_FAILURE);
	}
}

static void serve_event(int loop, int listener, int fd)
{
	char byte;

	if (fd != listener) {
		/* No process sends anything, so that the wait ends here. */
		if (read(fd, &byte, 1) <= 0)
			(void)close(fd);
		return;
	}
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		watch(loop, fd);
}

static void serve(const struct sockaddr_in *at)
{
	struct epoll_event events[EVENTS];
	int loop = epoll_create1(EPOLL_CLOEXEC), listener = socket_new(SOCK_STREAM | SOCK_NONBLOCK);

	if (loop < 0 || bind(listener, (const struct sockaddr *)at, sizeof(*at)) < 0 ||
	    listen(listener, UINT16_MAX) < 0) {
		perror("flows: serve");
		exit(EXIT_FAILURE);
	}
	watch(loop, listener);
	for (;;) {
		int count = epoll_wait(loop, events, EVENTS, -1);

		for (int i = 0; i < count; i++)
			serve_event(loop, listener, events[i].data.fd);
	}
}

/* Allows as many open files as any process may have. */
static void files_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void run(const char *kind, const struct sockaddr_in *address, uint32_t count)
{
	if (strcmp(kind, "serve") == 0)
		serve(address);
	else if (strcmp(kind, "tcp") == 0)
		connections(address, (uint16_t)count);
	else if (strcmp(kind, "flood") == 0)
		flood(address, count);
	else if (strcmp(kind, "sources") == 0)
		from_sources(address, (uint16_t)count, 1);
	else if (strcmp(kind, "networks") == 0)
		from_sources(address, (uint16_t)count, 256);
	else if (strcmp(kind, "queries") == 0)
		queries(address, (uint16_t)count);
	else if (strcmp(kind, "answer") == 0)
		answer(address);
	else
		datagrams(*address, (uint16_t)count);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	const char *kind = argc > 1 ? argv[1] : "";
	bool serves = strcmp(kind, "serve") == 0 || strcmp(kind, "answer") == 0;
	struct in6_addr address6;
	uint32_t count;
	bool by_ipv6;

	if (argc != (serves ? 4 : 5)) {
		(void)fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	by_ipv6 = strcmp(kind, "udp") == 0 && inet_pton(AF_INET6, argv[2], &address6) == 1;
	if (!by_ipv6 && inet_pton(AF_INET, argv[2], &address.sin_addr) != 1) {
		(void)fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	address.sin_port = htons((uint16_t)strtoul(argv[3], NULL, 10));
	count = serves ? 0 : (uint32_t)strtoul(argv[4], NULL, 10);
	files_raise();
	if (by_ipv6)
		datagrams6(&address6, ntohs(address.sin_port), (uint16_t)count);
	else
		run(kind, &address, count);
	return EXIT_SUCCESS;
}
