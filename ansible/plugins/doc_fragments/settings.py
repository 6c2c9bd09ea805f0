# -*- coding: utf-8 -*-
# The settings of the configuration, for the documentation of the module.
# SPDX-License-Identifier: LGPL-2.1-or-later
# GNU Lesser General Public License v2.1 or later (see https://www.gnu.org/licenses/old-licenses/lgpl-2.1.txt)
# Written by scripts/render-settings: run "make refresh-settings" instead of editing it.

from __future__ import absolute_import, division, print_function
__metaclass__ = type


class ModuleDocFragment(object):

    DOCUMENTATION = r'''
---
options:
  config:
    description:
      - The configuration as sections of settings, as conntrack-persist.conf(5) has them. An unknown setting, and a value
        of another type, are refused before anything is read or written on the host.
      - What is null is left out, and thereby left alone.
      - With neither this nor I(content) the configuration on the host is used.
      - A setting that only a newer program than this collection knows can be given with I(content).
    type: dict
    suboptions:
      conntrack:
        description: 'The sizes of the table, or C(mode: disable).'
        type: dict
        suboptions:
          mode:
            description:
              - 'tune: hold the values below; disable: keep nf_conntrack off this host.'
            type: str
            choices: [tune, disable]
          max:
            description:
              - 'most entries that each network namespace may hold; auto: a floor, at most 2 % of RAM.'
              - '1 to 2147483647, or auto.'
            type: raw
          max_policy:
            description:
              - 'exact: max is this number; at_least: a larger live max stays.'
            type: str
            choices: [exact, at_least]
          hashsize:
            description:
              - 'buckets of the hash table, which all namespaces share; auto: as many as max.'
              - '1 to 268434944, or auto.'
            type: raw
          memory_limit:
            description:
              - 'the most memory a full table may take; larger sizes are refused.'
              - '1% to 100% of RAM, or bytes, or with K, M, G (512M).'
            type: raw
          expect_max:
            description:
              - 'most expected connections (FTP, SIP ...) that each namespace may hold.'
              - '1 to 2147483647.'
            type: raw
          expect_hashsize:
            description:
              - 'buckets for expected connections; set only while the module loads.'
              - '1 to 268434944.'
            type: raw
      timeouts:
        description: 'How long an idle entry is kept: seconds, or a number with s, m, h or d.'
        type: dict
        suboptions:
          generic:
            description:
              - 'other protocols, which have no timeouts of their own.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_syn_sent:
            description:
              - 'SYN seen, no answer yet.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_syn_recv:
            description:
              - 'SYN answered, handshake not finished.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_established:
            description:
              - 'idle established connections (the kernel''s default is 5 days).'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_fin_wait:
            description:
              - 'one side has closed.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_close_wait:
            description:
              - 'the close was acknowledged, the other side still open.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_last_ack:
            description:
              - 'both sides closed, last acknowledgement missing.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_time_wait:
            description:
              - 'closed connections, kept for late packets.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_close:
            description:
              - 'connections ended by a reset.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_max_retrans:
            description:
              - 'after tcp_max_retrans retransmissions without an answer.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          tcp_unacknowledged:
            description:
              - 'data sent and not acknowledged.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          udp:
            description:
              - 'UDP seen in one direction only.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          udp_stream:
            description:
              - 'UDP seen in both directions: a stream (180 up to Linux 4.19).'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          icmp:
            description:
              - 'ICMP requests.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          icmpv6:
            description:
              - 'ICMPv6 requests.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_closed:
            description:
              - 'SCTP association closed.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_cookie_wait:
            description:
              - 'SCTP INIT sent.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_cookie_echoed:
            description:
              - 'SCTP cookie sent back.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_established:
            description:
              - 'SCTP association up (five days before Linux 6.2 and early stable releases).'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_shutdown_sent:
            description:
              - 'SCTP shutdown sent.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_shutdown_recd:
            description:
              - 'SCTP shutdown received.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_shutdown_ack_sent:
            description:
              - 'SCTP shutdown acknowledged.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_heartbeat_sent:
            description:
              - 'SCTP heartbeat on a further path.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
          sctp_heartbeat_acked:
            description:
              - 'SCTP heartbeat answered on a further path.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.1.
            type: raw
          dccp_request:
            description:
              - 'DCCP request sent.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_respond:
            description:
              - 'DCCP request answered.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_partopen:
            description:
              - 'DCCP handshake not finished.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_open:
            description:
              - 'DCCP connection up.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_closereq:
            description:
              - 'DCCP server asked to close.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_closing:
            description:
              - 'DCCP closing.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          dccp_timewait:
            description:
              - 'DCCP closed, kept for late packets.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - Up to Linux 6.16.
            type: raw
          gre:
            description:
              - 'GRE seen in one direction only.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - From Linux 5.0 on.
            type: raw
          gre_stream:
            description:
              - 'GRE answered: a tunnel in use.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - From Linux 5.0 on.
            type: raw
          flowtable_tcp:
            description:
              - 'offloaded TCP flows without a packet.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - From Linux 5.14 on.
            type: raw
          flowtable_udp:
            description:
              - 'offloaded UDP flows without a packet.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
              - From Linux 5.14 on.
            type: raw
          frag6:
            description:
              - 'incomplete IPv6 fragments.'
              - '0 to 21474836 seconds, or with s, m, h, d (30s, 6h).'
            type: raw
      options:
        description: 'The other keys of the kernel, by their names without nf_conntrack_.'
        type: dict
        suboptions:
          checksum:
            description:
              - 'verify checksums; a packet with a bad checksum is invalid.'
            type: bool
          acct:
            description:
              - 'count packets and bytes of each flow.'
            type: bool
          log_invalid:
            description:
              - 'log invalid packets of this IP protocol number; 255: of all, 0: none.'
              - '0 to 255.'
            type: raw
          events:
            description:
              - 'send events about entries: 0 no, 1 yes, 2 while a program listens (from 5.19).'
              - '0 to 2.'
            type: raw
          timestamp:
            description:
              - 'keep the time at which each flow began and ended.'
            type: bool
          helper:
            description:
              - 'assign helpers by port without a rule (unsafe: assign them by rules).'
              - Up to Linux 5.19.
            type: bool
          tcp_loose:
            description:
              - 'track TCP connections whose beginning was not seen.'
            type: bool
          tcp_be_liberal:
            description:
              - 'treat only RST packets outside the window as invalid.'
            type: bool
          tcp_ignore_invalid_rst:
            description:
              - 'accept RST packets outside the window, without closing the entry.'
              - From Linux 5.14 on.
            type: bool
          tcp_max_retrans:
            description:
              - 'retransmissions after which the timeout tcp_max_retrans applies.'
              - '0 to 255.'
            type: raw
          dccp_loose:
            description:
              - 'track DCCP connections whose beginning was not seen.'
              - Up to Linux 6.16.
            type: bool
          frag6_low_thresh:
            description:
              - 'memory for IPv6 fragments below which no fragment is dropped.'
              - 'bytes, or with K, M, G (4M).'
            type: raw
          frag6_high_thresh:
            description:
              - 'most memory for IPv6 fragments (up to Linux 5.10 it can only be lowered).'
              - 'bytes, or with K, M, G (4M).'
            type: raw
          nf_hooks_lwtunnel:
            description:
              - 'run netfilter hooks for lightweight tunnels too (cannot be switched off again).'
              - From Linux 5.15 on.
            type: bool
      apply:
        description: 'How and where the values are set.'
        type: dict
        suboptions:
          synchronous:
            description:
              - 'yes: modprobe returns only when the values are active (an install line).'
            type: bool
          on_drift:
            description:
              - 'report: the check timer logs drift; restore: it also has drift corrected.'
            type: str
            choices: [report, restore]
          resize:
            description:
              - 'live resize; auto: at once below 10,000 entries; now: always; next_load: never.'
            type: str
            choices: [auto, now, next_load]
          namespaces:
            description:
              - 'all: timeouts and options are set in every network namespace, not only the host''s.'
            type: str
            choices: [host, all]
          witness:
            description:
              - 'yes: a BPF program records who writes a conntrack key.'
            type: bool
      disable:
        description: 'What C(mode: disable) does.'
        type: dict
        suboptions:
          enforce:
            description:
              - 'block: nf_conntrack cannot load; blacklist: it cannot load by an alias.'
            type: str
            choices: [block, blacklist]
          unload:
            description:
              - 'remove the loaded module at install, if nothing uses it.'
            type: bool
'''
