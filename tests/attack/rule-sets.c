/*
 * Makes hostile nft rule sets in network namespaces of an unprivileged user, and keeps them until
 * standard input ends.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOBODY	   65534
#define BATCH_SIZE (1 << 18)

static void fail(const char *what)
{
	(void)fprintf(stderr, "rule-sets: %s: %s\n", what, strerror(errno));
	_exit(1);
}

/* A batch of messages that nf_tables takes or refuses as a whole. */
struct batch {
	int fd;
	size_t size;
	unsigned char bytes[BATCH_SIZE];
};

static void put(struct batch *batch, const void *bytes, size_t size)
{
	if (batch->size + size + 4 > sizeof(batch->bytes)) {
		errno = ENOBUFS;
		fail("batch");
	}
	memcpy(batch->bytes + batch->size, bytes, size);
	batch->size += size;
	while (batch->size % 4)
		batch->bytes[batch->size++] = 0;
}

static size_t begin_message(struct batch *batch, uint16_t type, uint16_t flags, uint8_t family,
			    uint16_t resource)
{
	const struct nlmsghdr head = {.nlmsg_type = type,
				      .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)};
	const struct nfgenmsg general = {.nfgen_family = family, .res_id = htons(resource)};
	size_t at = batch->size;

	put(batch, &head, sizeof(head));
	put(batch, &general, sizeof(general));
	return at;
}

static void end_message(struct batch *batch, size_t at)
{
	uint32_t size = (uint32_t)(batch->size - at);

	memcpy(batch->bytes + at, &size, sizeof(size));
}

static size_t begin(struct batch *batch, uint16_t type)
{
	const struct nlattr head = {.nla_type = type | NLA_F_NESTED};
	size_t at = batch->size;

	put(batch, &head, sizeof(head));
	return at;
}

static void end(struct batch *batch, size_t at)
{
	uint16_t size = (uint16_t)(batch->size - at);

	memcpy(batch->bytes + at, &size, sizeof(size));
}

static void put_bytes(struct batch *batch, uint16_t type, const void *bytes, size_t size)
{
	const struct nlattr head = {.nla_type = type, .nla_len = (uint16_t)(NLA_HDRLEN + size)};

	put(batch, &head, sizeof(head));
	put(batch, bytes, size);
}

static void put_text(struct batch *batch, uint16_t type, const char *text)
{
	put_bytes(batch, type, text, strlen(text) + 1);
}

static void put_u32(struct batch *batch, uint16_t type, uint32_t number)
{
	number = htonl(number);
	put_bytes(batch, type, &number, sizeof(number));
}

static void put_u64(struct batch *batch, uint16_t type, uint64_t number)
{
	number = htobe64(number);
	put_bytes(batch, type, &number, sizeof(number));
}

static void batch_begin(struct batch *batch)
{
	batch->size = 0;
	end_message(batch,
		    begin_message(batch, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}

static size_t begin_nft(struct batch *batch, uint16_t message, uint8_t family)
{
	return begin_message(batch, NFNL_SUBSYS_NFTABLES << 8 | message,
			     message == NFT_MSG_DELTABLE ? 0 : NLM_F_CREATE | NLM_F_APPEND, family,
			     0);
}

/*
 * The kernel has answered by the time that send() returns: an error for each message that it
 * refuses, else nothing.
 */
static bool batch_send(struct batch *batch)
{
	static unsigned char answer[1 << 16];
	bool taken = true;
	ssize_t got;

	end_message(batch,
		    begin_message(batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
	if (send(batch->fd, batch->bytes, batch->size, 0) < 0)
		fail("send");
	while ((got = recv(batch->fd, answer, sizeof(answer), MSG_DONTWAIT)) > 0)
		taken = false;
	return taken;
}

static void open_batch(struct batch *batch)
{
	const int room = 1 << 20;

	batch->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (batch->fd < 0)
		fail("socket");
	(void)setsockopt(batch->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

/* Returns the same numbers for the same seed on every machine. */
struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(dice->state >> 33) % sides;
}

/* Any bytes but NUL, and a number that makes it the only one of its name. */
static void roll_name(struct dice *dice, char name[256], unsigned int number)
{
	size_t length = roll(dice, 8) ? 1 + roll(dice, 30) : 230;

	for (size_t i = 0; i < length; i++)
		name[i] = (char)(1 + roll(dice, 255));
	(void)snprintf(name + length, 256 - length, "%u", number);
}

/* Mostly what looks like the records that nft writes there, with lengths that are wrong. */
static void put_user_data(struct batch *batch, struct dice *dice, uint16_t type)
{
	unsigned char bytes[256];
	size_t size = roll(dice, 4) ? 1 + roll(dice, 40) : sizeof(bytes);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(roll(dice, 2) ? roll(dice, 12) : roll(dice, 256));
	if (roll(dice, 4))
		put_bytes(batch, type, bytes, size);
}

/* The rules of one table refer to these objects. */
struct table {
	uint8_t family;
	char name[256], set[256], object[256], chain[256];
	bool is_nat, set_tracks;
};

static size_t begin_expression(struct batch *batch, const char *name, uint16_t type, size_t *ret)
{
	size_t at = begin(batch, type);

	put_text(batch, NFTA_EXPR_NAME, name);
	*ret = begin(batch, NFTA_EXPR_DATA);
	return at;
}

static void end_expression(struct batch *batch, size_t at, size_t data)
{
	end(batch, data);
	end(batch, at);
}

/*
 * Describes an object whose attributes are all numbers: pairs of an attribute and its number, up to
 * attribute 0.
 */
static void put_numbers(struct batch *batch, const char *name, uint16_t type,
			const uint32_t *numbers)
{
	size_t data, at = begin_expression(batch, name, type, &data);

	for (; *numbers; numbers += 2)
		put_u32(batch, (uint16_t)numbers[0], numbers[1]);
	end_expression(batch, at, data);
}

static void put_immediate(struct batch *batch, uint32_t target)
{
	size_t data, at = begin_expression(batch, "immediate", NFTA_LIST_ELEM, &data), value, code;

	put_u32(batch, NFTA_IMMEDIATE_DREG, target);
	value = begin(batch, NFTA_IMMEDIATE_DATA);
	if (target == NFT_REG_VERDICT) {
		code = begin(batch, NFTA_DATA_VERDICT);
		put_u32(batch, NFTA_VERDICT_CODE, NF_ACCEPT);
		end(batch, code);
	} else {
		put_bytes(batch, NFTA_DATA_VALUE, "\x0a\0\0\x01", 4);
	}
	end(batch, value);
	end_expression(batch, at, data);
}

static void put_compare(struct batch *batch)
{
	size_t data, at = begin_expression(batch, "cmp", NFTA_LIST_ELEM, &data), value;

	put_u32(batch, NFTA_CMP_SREG, NFT_REG_1);
	put_u32(batch, NFTA_CMP_OP, NFT_CMP_EQ);
	value = begin(batch, NFTA_CMP_DATA);
	put_bytes(batch, NFTA_DATA_VALUE, "\0\0\0\x02", 4);
	end(batch, value);
	end_expression(batch, at, data);
}

static void put_dynset(struct batch *batch, const struct table *table, bool tracks)
{
	size_t data, at = begin_expression(batch, "dynset", NFTA_LIST_ELEM, &data);

	put_text(batch, NFTA_DYNSET_SET_NAME, table->set);
	put_u32(batch, NFTA_DYNSET_OP, NFT_DYNSET_OP_ADD);
	put_u32(batch, NFTA_DYNSET_SREG_KEY, NFT_REG_1);
	put_numbers(batch, tracks ? "connlimit" : "counter", NFTA_DYNSET_EXPR,
		    tracks ? (const uint32_t[]){NFTA_CONNLIMIT_COUNT, 3, 0}
			   : (const uint32_t[]){0});
	end_expression(batch, at, data);
}

static void put_named(struct batch *batch, const char *expression, uint16_t attribute,
		      const char *name, uint16_t other, uint32_t number)
{
	size_t data, at = begin_expression(batch, expression, NFTA_LIST_ELEM, &data);

	put_u32(batch, other, number);
	put_text(batch, attribute, name);
	end_expression(batch, at, data);
}

static void put_match(struct batch *batch, const char *name)
{
	size_t data, at = begin_expression(batch, "match", NFTA_LIST_ELEM, &data);

	put_text(batch, NFTA_MATCH_NAME, name);
	put_u32(batch, NFTA_MATCH_REV, 0);
	put_bytes(batch, NFTA_MATCH_INFO, "\x02\0\0\0\0\0\0\0", 8);
	end_expression(batch, at, data);
}

static void put_limit(struct batch *batch)
{
	size_t data, at = begin_expression(batch, "limit", NFTA_LIST_ELEM, &data);

	put_u64(batch, NFTA_LIMIT_RATE, 10);
	put_u64(batch, NFTA_LIMIT_UNIT, 60);
	end_expression(batch, at, data);
}

/* Register 1 holds four bytes by now. Returns whether the expression needs connection tracking. */
static bool put_some_expression(struct batch *batch, struct dice *dice, const struct table *table)
{
	char prefix[256];
	bool tracks = roll(dice, 2);

	switch (roll(dice, table->is_nat ? 20 : 17)) {
	case 0:
		put_numbers(batch, "counter", NFTA_LIST_ELEM, (const uint32_t[]){0});
		return false;
	case 1:
	case 2:
		put_numbers(
			batch, "ct", NFTA_LIST_ELEM,
			(const uint32_t[]){NFTA_CT_DREG, NFT_REG_1, NFTA_CT_KEY, roll(dice, 4), 0});
		return true;
	case 3:
		put_numbers(batch, "meta", NFTA_LIST_ELEM,
			    (const uint32_t[]){NFTA_META_DREG, NFT_REG_1, NFTA_META_KEY,
					       roll(dice, 20), 0});
		return false;
	case 4:
		put_immediate(batch, NFT_REG_VERDICT);
		return false;
	case 5:
		put_compare(batch);
		return false;
	case 6:
		put_limit(batch);
		return false;
	case 7:
		roll_name(dice, prefix, 0);
		prefix[100] = '\0';
		put_named(batch, "log", NFTA_LOG_PREFIX, prefix, NFTA_LOG_LEVEL, 4);
		return false;
	case 8:
		put_numbers(batch, "notrack", NFTA_LIST_ELEM, (const uint32_t[]){0});
		return true;
	case 9:
		put_numbers(batch, "connlimit", NFTA_LIST_ELEM,
			    (const uint32_t[]){NFTA_CONNLIMIT_COUNT, roll(dice, 9), 0});
		return true;
	case 10:
	case 11:
		put_dynset(batch, table, tracks);
		/* The kernel does not show the default that the set gives each element. */
		return tracks && !table->set_tracks;
	case 12:
		put_named(batch, "lookup", NFTA_LOOKUP_SET, table->set, NFTA_LOOKUP_SREG,
			  NFT_REG_1);
		return false;
	case 13:
		put_named(batch, "objref", NFTA_OBJREF_IMM_NAME, table->object,
			  NFTA_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER);
		return false;
	case 14:
		put_match(batch, "state");
		return true;
	case 15:
		put_numbers(batch, "numgen", NFTA_LIST_ELEM,
			    (const uint32_t[]){NFTA_NG_DREG, NFT_REG_1, NFTA_NG_MODULUS, 7,
					       NFTA_NG_TYPE, NFT_NG_RANDOM, 0});
		return false;
	case 16:
		put_numbers(batch, roll(dice, 2) ? "fib" : "nonsense", NFTA_LIST_ELEM,
			    (const uint32_t[]){NFTA_FIB_DREG, NFT_REG_1, NFTA_FIB_RESULT,
					       NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_FLAGS,
					       NFTA_FIB_F_SADDR, 0});
		return false;
	case 17:
		put_numbers(batch, "nat", NFTA_LIST_ELEM,
			    (const uint32_t[]){NFTA_NAT_TYPE, NFT_NAT_SNAT, NFTA_NAT_FAMILY,
					       NFPROTO_IPV4, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1, 0});
		return true;
	default:
		put_numbers(batch, roll(dice, 2) ? "masq" : "redir", NFTA_LIST_ELEM,
			    (const uint32_t[]){0});
		return true;
	}
}

/*
 * Sends one rule in each batch, because the kernel refuses a batch with one bad rule. Returns
 * whether the kernel accepted the rule and the rule needs connection tracking.
 */
static bool add_rule(struct batch *batch, struct dice *dice, const struct table *table)
{
	size_t message, list;
	bool tracks = false;

	batch_begin(batch);
	message = begin_nft(batch, NFT_MSG_NEWRULE, table->family);
	put_text(batch, NFTA_RULE_TABLE, table->name);
	put_text(batch, NFTA_RULE_CHAIN, table->chain);
	put_user_data(batch, dice, NFTA_RULE_USERDATA);
	list = begin(batch, NFTA_RULE_EXPRESSIONS);
	put_immediate(batch, NFT_REG_1);
	for (uint32_t i = roll(dice, 5); i > 0; i--)
		tracks |= put_some_expression(batch, dice, table);
	end(batch, list);
	end_message(batch, message);
	return batch_send(batch) && tracks;
}

static void add_set(struct batch *batch, struct dice *dice, struct table *table)
{
	size_t message;

	batch_begin(batch);
	message = begin_nft(batch, NFT_MSG_NEWSET, table->family);
	put_text(batch, NFTA_SET_TABLE, table->name);
	put_text(batch, NFTA_SET_NAME, table->set);
	put_u32(batch, NFTA_SET_FLAGS, NFT_SET_EVAL);
	put_u32(batch, NFTA_SET_KEY_TYPE, roll(dice, 2) ? 7 : roll(dice, 0x7fffffff));
	put_u32(batch, NFTA_SET_KEY_LEN, 4);
	put_u32(batch, NFTA_SET_ID, 1);
	put_user_data(batch, dice, NFTA_SET_USERDATA);
	table->set_tracks = roll(dice, 3) == 0;
	if (table->set_tracks)
		put_numbers(batch, "connlimit", 17 /* NFTA_SET_EXPR, Linux 5.7 */,
			    (const uint32_t[]){NFTA_CONNLIMIT_COUNT, 3, 0});
	end_message(batch, message);
	(void)batch_send(batch);
}

static void add_object(struct batch *batch, struct dice *dice, const struct table *table)
{
	size_t message;

	batch_begin(batch);
	message = begin_nft(batch, NFT_MSG_NEWOBJ, table->family);
	put_text(batch, NFTA_OBJ_TABLE, table->name);
	put_text(batch, NFTA_OBJ_NAME, table->object);
	put_u32(batch, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
	end(batch, begin(batch, NFTA_OBJ_DATA));
	put_user_data(batch, dice, NFTA_OBJ_USERDATA);
	end_message(batch, message);
	(void)batch_send(batch);
}

static void put_chain(struct batch *batch, struct dice *dice, const struct table *table, bool base)
{
	size_t message = begin_nft(batch, NFT_MSG_NEWCHAIN, table->family), hook;

	put_text(batch, NFTA_CHAIN_TABLE, table->name);
	put_text(batch, NFTA_CHAIN_NAME, table->chain);
	if (base) {
		hook = begin(batch, NFTA_CHAIN_HOOK);
		put_u32(batch, NFTA_HOOK_HOOKNUM, NF_INET_POST_ROUTING);
		put_u32(batch, NFTA_HOOK_PRIORITY, 100);
		end(batch, hook);
		put_text(batch, NFTA_CHAIN_TYPE, table->is_nat ? "nat" : "filter");
	}
	put_user_data(batch, dice, NFTA_CHAIN_USERDATA);
	end_message(batch, message);
}

static void put_table(struct batch *batch, struct dice *dice, const struct table *table,
		      uint16_t type)
{
	size_t message = begin_nft(batch, type, table->family);

	put_text(batch, NFTA_TABLE_NAME, table->name);
	if (type == NFT_MSG_NEWTABLE)
		put_user_data(batch, dice, NFTA_TABLE_USERDATA);
	end_message(batch, message);
}

static void add_table(struct batch *batch, struct dice *dice, const struct table *table, bool base)
{
	batch_begin(batch);
	put_table(batch, dice, table, NFT_MSG_NEWTABLE);
	put_chain(batch, dice, table, base);
	if (!batch_send(batch)) {
		errno = EINVAL;
		fail("table");
	}
}

/* Returns how many of its rules need connection tracking. */
static unsigned int make_random(struct batch *batch, struct dice *dice)
{
	static const uint8_t families[] = {NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6};
	unsigned int tracking = 0;

	for (unsigned int i = 0; i < 2; i++) {
		struct table table = {.family = families[roll(dice, 3)], .is_nat = roll(dice, 2)};

		roll_name(dice, table.name, i);
		roll_name(dice, table.set, 0);
		roll_name(dice, table.object, 0);
		roll_name(dice, table.chain, i);
		add_table(batch, dice, &table, true);
		add_set(batch, dice, &table);
		add_object(batch, dice, &table);
		for (uint32_t k = roll(dice, 12); k > 0; k--)
			tracking += add_rule(batch, dice, &table);
	}
	return tracking;
}

/*
 * Rules as a firewall has them, 500 a batch; without tracking they only look at a packet's
 * addresses.
 */
static void make_many(struct batch *batch, unsigned int rules, bool tracks)
{
	struct table table = {.family = NFPROTO_IPV4, .name = "many", .chain = "chain"};
	struct dice dice = {1};

	add_table(batch, &dice, &table, false);
	for (unsigned int i = 0; i < rules;) {
		batch_begin(batch);
		for (unsigned int k = 0; k < 500 && i < rules; k++, i++) {
			size_t message = begin_nft(batch, NFT_MSG_NEWRULE, table.family), list;

			put_text(batch, NFTA_RULE_TABLE, table.name);
			put_text(batch, NFTA_RULE_CHAIN, table.chain);
			list = begin(batch, NFTA_RULE_EXPRESSIONS);
			put_immediate(batch, NFT_REG_1);
			if (tracks)
				put_numbers(batch, "ct", NFTA_LIST_ELEM,
					    (const uint32_t[]){NFTA_CT_DREG, NFT_REG_1, NFTA_CT_KEY,
							       NFT_CT_STATE, 0});
			put_compare(batch);
			end(batch, list);
			end_message(batch, message);
		}
		if (!batch_send(batch)) {
			errno = EINVAL;
			fail("rules");
		}
	}
}

/*
 * A rule that names an object so often that no answer of the kernel has room for it, before another
 * rule.
 */
static void make_hidden(struct batch *batch, unsigned int references)
{
	struct table table = {.family = NFPROTO_IPV4, .name = "hidden", .chain = "chain"};
	struct dice dice = {1};

	memset(table.object, 'o', 254);
	add_table(batch, &dice, &table, false);
	add_object(batch, &dice, &table);
	batch_begin(batch);
	for (unsigned int i = 0; i < 2; i++) {
		size_t message = begin_nft(batch, NFT_MSG_NEWRULE, table.family), list;

		put_text(batch, NFTA_RULE_TABLE, table.name);
		put_text(batch, NFTA_RULE_CHAIN, table.chain);
		list = begin(batch, NFTA_RULE_EXPRESSIONS);
		for (unsigned int k = 0; i == 0 && k < references; k++)
			put_named(batch, "objref", NFTA_OBJREF_IMM_NAME, table.object,
				  NFTA_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER);
		if (i == 1)
			put_numbers(batch, "notrack", NFTA_LIST_ELEM, (const uint32_t[]){0});
		end(batch, list);
		end_message(batch, message);
	}
	if (!batch_send(batch)) {
		errno = EINVAL;
		fail("rules");
	}
}

static void keep_changing(struct batch *batch)
{
	const struct table table = {.family = NFPROTO_IPV4, .name = "changing"};
	struct dice dice = {1};

	for (;;) {
		batch_begin(batch);
		put_table(batch, &dice, &table, NFT_MSG_NEWTABLE);
		(void)batch_send(batch);
		batch_begin(batch);
		put_table(batch, &dice, &table, NFT_MSG_DELTABLE);
		(void)batch_send(batch);
	}
}

/*
 * Fills one network namespace, and writes to the pipe how many of its rules need connection
 * tracking.
 */
static void live_in_namespace(const char *mode, unsigned int number, unsigned int count, int pipe)
{
	static struct batch batch;
	struct dice dice = {number};
	unsigned int tracking = 0;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) < 0)
		fail("unshare");
	open_batch(&batch);
	if (strcmp(mode, "random") == 0)
		tracking = make_random(&batch, &dice);
	else if (strcmp(mode, "many") == 0)
		make_many(&batch, tracking = count, true);
	else if (strcmp(mode, "hidden") == 0)
		make_hidden(&batch, count);
	else if (strcmp(mode, "changing") == 0)
		make_many(&batch, count, false);
	else if (number == count)
		make_many(&batch, tracking = 1, true);
	if (write(pipe, &tracking, sizeof(tracking)) != sizeof(tracking))
		fail("pipe");
	if (strcmp(mode, "changing") == 0)
		keep_changing(&batch);
	for (;;)
		(void)pause();
}

/* An unprivileged user, who is root in a user namespace. */
static void drop_privileges(void)
{
	if (geteuid() == 0 &&
	    (setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0))
		fail("setresuid");
	if (unshare(CLONE_NEWUSER) < 0)
		fail("a user namespace");
}

int main(int argc, char **argv)
{
	bool one = argc == 4 && (strcmp(argv[1], "many") == 0 || strcmp(argv[1], "hidden") == 0 ||
				 strcmp(argv[1], "changing") == 0);
	unsigned int count, namespaces, all = 0;
	int ends[2];
	char byte;

	if (argc != 4) {
		(void)fputs("usage: rule-sets random|many|hidden|changing|namespaces COUNT NAME\n",
			    stderr);
		return 1;
	}
	count = (unsigned int)strtoul(argv[2], NULL, 10);
	namespaces = one ? 1 : count;
	/*
	 * The test recognises its own processes by this name, because another run may have
	 * processes, too.
	 */
	(void)prctl(PR_SET_NAME, argv[3]);
	drop_privileges();
	if (pipe(ends) < 0)
		fail("pipe");
	for (unsigned int i = 1; i <= namespaces; i++) {
		unsigned int tracking;
		pid_t child = fork();

		if (child < 0)
			fail("fork");
		if (child == 0)
			live_in_namespace(argv[1], i, count, ends[1]);
		/*
		 * They are added one after the other, so that the last one has the highest number.
		 */
		if (read(ends[0], &tracking, sizeof(tracking)) != sizeof(tracking))
			fail("pipe");
		all += tracking;
	}
	(void)printf("%u\n", all);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	/* The children are killed with it. */
	return 0;
}
