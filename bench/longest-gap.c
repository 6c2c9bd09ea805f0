/*
 * Plays ping-pong by UDP on the loopback for some seconds, and prints the longest time between two
 * packets.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage: longest-gap SECONDS; prints milliseconds. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int open_socket(struct sockaddr_in *own)
{
	socklen_t size = sizeof(*own);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*own = (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0 || bind(fd, (struct sockaddr *)own, size) < 0 ||
	    getsockname(fd, (struct sockaddr *)own, &size) < 0) {
		perror("longest-gap: socket");
		exit(EXIT_FAILURE);
	}
	return fd;
}

int main(int argc, char *argv[])
{
	double end = now() + 1e3 * (argc > 1 ? atof(argv[1]) : 1), last, longest = 0;
	struct sockaddr_in here, there;
	int fd = open_socket(&here), other = open_socket(&there);
	char byte = 0;
	pid_t child = fork();

	if (child < 0 || connect(fd, (struct sockaddr *)&there, sizeof(there)) < 0 ||
	    connect(other, (struct sockaddr *)&here, sizeof(here)) < 0)
		return EXIT_FAILURE;
	if (child == 0)
		while (recv(other, &byte, 1, 0) == 1 && byte == 0 && send(other, &byte, 1, 0) == 1)
			;
	if (child == 0)
		return EXIT_SUCCESS;
	for (last = now(); last < end;) {
		double time;

		if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
			return EXIT_FAILURE;
		time = now();
		longest = time - last > longest ? time - last : longest;
		last = time;
	}
	byte = 1;
	(void)!send(fd, &byte, 1, 0);
	(void)waitpid(child, NULL, 0);
	printf("%.1f\n", longest);
	return EXIT_SUCCESS;
}
