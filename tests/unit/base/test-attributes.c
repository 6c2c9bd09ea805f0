/* model/attributes: each is whole and within bounds, or the message is refused. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <linux/netlink.h>

#include "base/attributes.h"

/* In the processor's own byte order, as the kernel writes them. */
static size_t put_head(unsigned char *to, size_t length, unsigned int type)
{
	const struct nlattr head = {.nla_len = (uint16_t)length, .nla_type = (uint16_t)type};

	memcpy(to, &head, sizeof(head));
	return sizeof(head);
}

static void each_is_met_once(void **state)
{
	unsigned char bytes[64] = {0};
	struct attribute_walk walk = {bytes, 0};
	struct attribute attribute;

	(void)state;
	assert_int_equal(attribute_next(&walk, &attribute), 0);
	/* of 3 bytes and padding, of none, of 2 without padding */
	walk.size += put_head(bytes, 7, 5);
	memcpy(bytes + walk.size, "abc", 3);
	walk.size += 4;
	walk.size += put_head(bytes + walk.size, 4, NLA_F_NESTED | 6);
	walk.size += put_head(bytes + walk.size, 6, NLA_F_NET_BYTEORDER | 7);
	walk.size += 2;

	assert_int_equal(attribute_next(&walk, &attribute), 1);
	assert_int_equal(attribute.type, 5);
	assert_int_equal(attribute.size, 3);
	assert_memory_equal(attribute.bytes, "abc", 3);
	assert_int_equal(attribute_inside(&attribute).size, 3);
	assert_ptr_equal(attribute_inside(&attribute).bytes, attribute.bytes);
	assert_int_equal(attribute_next(&walk, &attribute), 1);
	assert_int_equal(attribute.type, 6);
	assert_int_equal(attribute.size, 0);
	assert_int_equal(attribute_next(&walk, &attribute), 1);
	assert_int_equal(attribute.type, 7);
	assert_int_equal(attribute.size, 2);
	assert_int_equal(attribute_next(&walk, &attribute), 0);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const struct {
		size_t length, size;
	} rows[] = {{0, 8}, {3, 8}, {9, 8}, {5, 4}, {65535, 60}, {4, 3}, {4, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned char bytes[64] = {0};
		struct attribute_walk walk = {bytes, rows[i].size};
		struct attribute attribute = {.type = 77};

		(void)put_head(bytes, rows[i].length, 1);
		assert_int_equal(attribute_next(&walk, &attribute), -EBADMSG);
		assert_int_equal(attribute.type, 77);
	}
}

static void numbers_are_of_network_byte_order(void **state)
{
	static const unsigned char bytes[] = {0x81, 0x02, 0x03, 0x84};
	const struct attribute whole = {.bytes = bytes, .size = sizeof(bytes)};
	uint8_t one = 7;
	uint16_t two = 7;
	uint32_t four = 7;

	(void)state;
	for (size_t size = 0; size < sizeof(bytes); size++) {
		const struct attribute cut = {.bytes = bytes, .size = size};

		assert_int_equal(attribute_u32(&cut, &four), -EBADMSG);
		if (size < 2)
			assert_int_equal(attribute_u16(&cut, &two), -EBADMSG);
		if (size < 1)
			assert_int_equal(attribute_u8(&cut, &one), -EBADMSG);
	}
	assert_true(one == 7 && two == 7 && four == 7);
	assert_int_equal(attribute_u8(&whole, &one), 0);
	assert_int_equal(attribute_u16(&whole, &two), 0);
	assert_int_equal(attribute_u32(&whole, &four), 0);
	assert_int_equal(one, 0x81);
	assert_int_equal(two, 0x8102);
	expect_number("four bytes", four, 0x81020384);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_met_once),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(numbers_are_of_network_byte_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
