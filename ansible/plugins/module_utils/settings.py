# -*- coding: utf-8 -*-
# The settings of the configuration with their types: what the module takes as its option config.
# SPDX-License-Identifier: LGPL-2.1-or-later
# GNU Lesser General Public License v2.1 or later (see https://www.gnu.org/licenses/old-licenses/lgpl-2.1.txt)
# Written by scripts/render-settings: run "make refresh-settings" instead of editing it.

from __future__ import absolute_import, division, print_function
__metaclass__ = type

import numbers
import re


def text_of(value, pattern, allowed):
    """The value as the program reads it, if it is a number or a text that matches; anything else is a ValueError."""
    if isinstance(value, bool) or not isinstance(value, (numbers.Integral, str, type(u''))):
        raise ValueError('write %s' % allowed)
    text = (u'%d' if isinstance(value, numbers.Integral) else u'%s') % value
    text = text.strip()
    if not re.match(u'^(?:' + pattern + u')\\Z', text):
        raise ValueError('write %s' % allowed)
    return text


def within(text, least, most, allowed):
    """The text, if the number that it begins with is within the bounds."""
    if not least <= int(re.match(u'[0-9]+', text).group()) <= most:
        raise ValueError('write %s' % allowed)
    return text


def number_from(least, most):
    allowed = '%d to %d' % (least, most)

    def number(value):
        return within(text_of(value, u'0|[1-9][0-9]*', allowed), least, most, allowed)
    return number


def size_from(least, most):
    allowed = '%d to %d, or auto' % (least, most)

    def size(value):
        text = text_of(value, u'auto|0|[1-9][0-9]*', allowed)
        return text if text == u'auto' else within(text, least, most, allowed)
    return size


def seconds_from(least, most):
    allowed = '%d to %d seconds, or with s, m, h, d (30s, 6h)' % (least, most)

    def seconds(value):
        return within(text_of(value, u'(?:0|[1-9][0-9]*)[smhd]?', allowed), least, most, allowed)
    return seconds


def amount(value):
    return text_of(value, u'(?:0|[1-9][0-9]*)[KMG]?', 'bytes, or with K, M, G (4M)')


def share(value):
    return text_of(value, u'[1-9][0-9]*[KMG]?|[1-9][0-9]?%|100%', '1% to 100% of RAM, or bytes, or with K, M, G (512M)')


SETTINGS = dict(
    conntrack=dict(type='dict', options=dict(
        mode=dict(type='str', choices=['tune', 'disable']),
        max=dict(type=size_from(1, 2147483647)),
        max_policy=dict(type='str', choices=['exact', 'at_least']),
        hashsize=dict(type=size_from(1, 268434944)),
        memory_limit=dict(type=share),
        expect_max=dict(type=number_from(1, 2147483647)),
        expect_hashsize=dict(type=number_from(1, 268434944)),
    )),
    timeouts=dict(type='dict', options=dict(
        generic=dict(type=seconds_from(0, 21474836)),
        tcp_syn_sent=dict(type=seconds_from(0, 21474836)),
        tcp_syn_recv=dict(type=seconds_from(0, 21474836)),
        tcp_established=dict(type=seconds_from(0, 21474836)),
        tcp_fin_wait=dict(type=seconds_from(0, 21474836)),
        tcp_close_wait=dict(type=seconds_from(0, 21474836)),
        tcp_last_ack=dict(type=seconds_from(0, 21474836)),
        tcp_time_wait=dict(type=seconds_from(0, 21474836)),
        tcp_close=dict(type=seconds_from(0, 21474836)),
        tcp_max_retrans=dict(type=seconds_from(0, 21474836)),
        tcp_unacknowledged=dict(type=seconds_from(0, 21474836)),
        udp=dict(type=seconds_from(0, 21474836)),
        udp_stream=dict(type=seconds_from(0, 21474836)),
        icmp=dict(type=seconds_from(0, 21474836)),
        icmpv6=dict(type=seconds_from(0, 21474836)),
        sctp_closed=dict(type=seconds_from(0, 21474836)),
        sctp_cookie_wait=dict(type=seconds_from(0, 21474836)),
        sctp_cookie_echoed=dict(type=seconds_from(0, 21474836)),
        sctp_established=dict(type=seconds_from(0, 21474836)),
        sctp_shutdown_sent=dict(type=seconds_from(0, 21474836)),
        sctp_shutdown_recd=dict(type=seconds_from(0, 21474836)),
        sctp_shutdown_ack_sent=dict(type=seconds_from(0, 21474836)),
        sctp_heartbeat_sent=dict(type=seconds_from(0, 21474836)),
        sctp_heartbeat_acked=dict(type=seconds_from(0, 21474836)),
        dccp_request=dict(type=seconds_from(0, 21474836)),
        dccp_respond=dict(type=seconds_from(0, 21474836)),
        dccp_partopen=dict(type=seconds_from(0, 21474836)),
        dccp_open=dict(type=seconds_from(0, 21474836)),
        dccp_closereq=dict(type=seconds_from(0, 21474836)),
        dccp_closing=dict(type=seconds_from(0, 21474836)),
        dccp_timewait=dict(type=seconds_from(0, 21474836)),
        gre=dict(type=seconds_from(0, 21474836)),
        gre_stream=dict(type=seconds_from(0, 21474836)),
        flowtable_tcp=dict(type=seconds_from(0, 21474836)),
        flowtable_udp=dict(type=seconds_from(0, 21474836)),
        frag6=dict(type=seconds_from(0, 21474836)),
    )),
    options=dict(type='dict', options=dict(
        checksum=dict(type='bool'),
        acct=dict(type='bool'),
        log_invalid=dict(type=number_from(0, 255)),
        events=dict(type=number_from(0, 2)),
        timestamp=dict(type='bool'),
        helper=dict(type='bool'),
        tcp_loose=dict(type='bool'),
        tcp_be_liberal=dict(type='bool'),
        tcp_ignore_invalid_rst=dict(type='bool'),
        tcp_max_retrans=dict(type=number_from(0, 255)),
        dccp_loose=dict(type='bool'),
        frag6_low_thresh=dict(type=amount),
        frag6_high_thresh=dict(type=amount),
        nf_hooks_lwtunnel=dict(type='bool'),
    )),
    apply=dict(type='dict', options=dict(
        synchronous=dict(type='bool'),
        on_drift=dict(type='str', choices=['report', 'restore']),
        resize=dict(type='str', choices=['auto', 'now', 'next_load']),
        namespaces=dict(type='str', choices=['host', 'all']),
        witness=dict(type='bool'),
    )),
    disable=dict(type='dict', options=dict(
        enforce=dict(type='str', choices=['block', 'blacklist']),
        unload=dict(type='bool'),
    )),
)
