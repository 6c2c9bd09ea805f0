/*
 * Fuzz harness: any bytes as messages of nf_tables; the list keeps its bound, and no name steers a
 * terminal.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/users/uses-nft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The memory has exactly this size, so that the sanitizers notice a read beyond it. */
static void read_message(struct nft_reader *reader, uint16_t type, const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	(void)!nft_reader_read(reader, type & 0xff, copy, size);
	free(copy);
}

static void check_text(const char *text)
{
	size_t length = strlen(text);
	bool is_utf8 = text_is_utf8(text, length), harmless;

	for (size_t i = 0; i < length;) {
		i += text_next_character(text + i, length - i, is_utf8, &harmless);
		if (!harmless)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uses uses = {.limit = 64};
	struct nft_reader reader = {.uses = &uses, .where = ""};
	struct nlmsghdr head;

	for (size_t at = 0; at < size && size - at >= sizeof(head);
	     at += NLMSG_ALIGN((size_t)head.nlmsg_len)) {
		memcpy(&head, data + at, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > size - at)
			break;
		read_message(&reader, head.nlmsg_type, data + at + sizeof(head),
			     head.nlmsg_len - sizeof(head));
	}
	nft_reader_finish(&reader);
	if (uses.count > 64)
		abort();
	for (size_t i = 0; i < uses.count; i++) {
		check_text(uses.items[i].name);
		check_text(uses.items[i].evidence);
	}
	uses_done(&uses);
	return 0;
}
