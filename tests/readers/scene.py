#!/usr/bin/python3
# Records a scene of 100 minutes by the program's test twin and the real node exporter: a table fills, is full, drops, drifts.
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: scene.py TWIN NODE-EXPORTER WORK END
#
# Writes WORK/scene.om, samples in OpenMetrics, whose last one is of END (seconds since the epoch). In its last ten minutes
# the metrics are no longer written.
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

MINUTES = 100
MAX = 4000
OURS = re.compile(r'^(conntrack_persist_|node_nf_conntrack_|node_textfile_)[a-z_]*')


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)


def entries(count):
    """As many lines of /proc/net/nf_conntrack, mostly of TCP; of those after the first 400, three in four are from 10.0.1.1."""
    states = ('ESTABLISHED', 'ESTABLISHED', 'ESTABLISHED', 'TIME_WAIT', 'SYN_SENT')
    for i in range(count):
        source = f'10.0.{1 if i >= 400 and i % 4 else i % 7}.1'
        pair = f'src={source} dst=10.9.0.1 sport={20000 + i} dport=443 src=10.9.0.1 dst={source} sport=443 dport={20000 + i}'
        if i % 6 == 5:
            yield f'ipv4     2 udp      17 29 {pair} [ASSURED] mark=0 zone=0 use=2\n'
        else:
            yield f'ipv4     2 tcp      6 100 {states[i % 5]} {pair} [ASSURED] mark=0 zone=0 use=2\n'


def minute_before(match):
    return f'when {int(match[1]) - 60 * 1000000}'


class Host:
    def __init__(self, root, end):
        self.root = root
        self.end = end
        keys = {'max': MAX, 'buckets': 1024, 'expect_max': 1024, 'udp_timeout': 30, 'tcp_timeout_established': 432000}
        for key, value in keys.items():
            self.key(key, value)
        module = root + '/sys/module/nf_conntrack/'
        write(module + 'initstate', 'live\n')
        write(module + 'refcnt', '1\n')
        write(module + 'uevent', '')
        write(module + 'parameters/hashsize', '1024\n')
        write(module + 'parameters/expect_hashsize', '512\n')
        write(root + '/proc/meminfo', 'MemTotal:        3915436 kB\n')
        write(root + '/proc/sys/kernel/osrelease', '6.12.0-1-amd64\n')
        write(root + '/etc/conntrack-persist.conf', f'[conntrack]\nmax = {MAX}\nhashsize = 1024\n[timeouts]\nudp = 30\n'
              '[apply]\nnamespaces = all\nwitness = yes\n')
        os.makedirs(root + '/var/lib')
        os.makedirs(root + '/run/conntrack-persist')
        write(root + '/proc/net/addresses', '127.0.0.1\n')
        for name, address in ('web', '10.0.1.1'), ('db', '10.0.2.1'):
            write(f'{root}/namespaces/{name}/proc/net/addresses', f'127.0.0.1\n{address}\n')
            keys = f'{root}/namespaces/{name}/proc/sys/net/netfilter/nf_conntrack_'
            write(keys + 'max', f'{MAX}\n')
            write(keys + 'buckets', '1024\n')
            write(keys + 'udp_timeout', '30\n')

    def key(self, name, value):
        write(f'{self.root}/proc/sys/net/netfilter/nf_conntrack_{name}', f'{value}\n')

    def become(self, minute):
        """The host of that minute: 40 new entries in each, full after 90."""
        count = min(400 + 40 * minute, MAX)
        lost = max(0, minute - 85)
        when = int((self.end - 60 * (MINUTES - 1 - minute)) * 1000000)
        self.key('count', count)
        write(self.root + '/proc/net/nf_conntrack', ''.join(entries(count)))
        columns = ('entries clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error '
                   'expect_new expect_create expect_delete search_restart')
        values = [0] * 17
        values[0] = count
        values[7], values[9], values[10], values[11] = 3 * lost, 5 * lost, 200 * lost, 20 * lost
        write(self.root + '/proc/net/stat/nf_conntrack', columns + '\n' + ' '.join(f'{value:08x}' for value in values) + '\n')
        messages = [f'{when - 1000000 * i} nf_conntrack: nf_conntrack: table full, dropping packet' for i in range(lost, 0, -1)]
        messages += [f'{when} nf_conntrack: nf_conntrack: expectation table full'] * lost
        write(self.root + '/kernel-messages', '\n'.join(messages) + '\n')
        write(self.root + '/namespaces/web/proc/sys/net/netfilter/nf_conntrack_count', f'{min(30 * minute * 2, MAX)}\n')
        write(self.root + '/namespaces/db/proc/sys/net/netfilter/nf_conntrack_count', '12\n')
        write(self.root + '/namespaces/web/proc/sys/net/netfilter/nf_conntrack_udp_timeout', '60\n' if minute > 60 else '30\n')
        self.key('udp_timeout', 60 if minute > 60 else 30)
        if minute == 61:
            write(self.root + '/witness/ring', '1200 0 812 0 sysctl net/netfilter/nf_conntrack_udp_timeout 30 60\n')

    def age_sample(self):
        """The twin's clock stands still, so the sample of this look becomes a minute older."""
        path = self.root + '/run/conntrack-persist/sample'
        with open(path, encoding='ascii') as file:
            text = file.read()
        write(path, re.sub(r'(?m)^when (\d+)$', minute_before, text))


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def scrape(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def wait_for(url, process):
    """Until it answers; fails if the process has ended or after a minute."""
    for _ in range(600):
        try:
            return scrape(url)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit(f'{url} does not answer')


def record(twin, url, work, end):
    host = Host(work + '/host', end)
    environment = dict(os.environ, CONNTRACK_PERSIST_HOST=host.root, TZ='UTC')
    subprocess.run([twin, '--quiet', 'install'], env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The twin's host has booted at this moment, so that the write came after the configuration.
    os.utime(host.root + '/var/lib/conntrack-persist/manifest', (1767312000, 1767312000))
    file = work + '/textfile/conntrack-persist.prom'
    series = {}
    for minute in range(MINUTES):
        now = end - 60 * (MINUTES - 1 - minute)
        host.become(minute)
        if minute < MINUTES - 10:
            metrics = subprocess.run([twin, '--prometheus', 'status'], env=environment, check=True, stdout=subprocess.PIPE)
            with open(file, 'wb') as out:
                out.write(metrics.stdout)
            os.utime(file, (now, now))
            host.age_sample()
        for line in scrape(url).splitlines():
            if OURS.match(line):
                name, value = line.rsplit(' ', 1)
                name = name + '{}' if '{' not in name else name
                series.setdefault(name.replace('{', '{instance="scene",', 1).replace(',}', '}'), []).append((now, value))
    with open(work + '/scene.om', 'w', encoding='utf-8') as out:
        for name in sorted(series):
            for now, value in series[name]:
                out.write(f'{name} {value} {now}\n')
        out.write('# EOF\n')


def main():
    twin, exporter, work, end = sys.argv[1:]
    os.makedirs(work + '/textfile')
    port = free_port()
    command = [exporter, f'--web.listen-address=127.0.0.1:{port}', '--collector.disable-defaults', '--collector.conntrack',
               '--collector.textfile', f'--collector.textfile.directory={work}/textfile', f'--path.procfs={work}/host/proc']
    with open(work + '/exporter.log', 'w', encoding='utf-8') as log, \
            subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            url = f'http://127.0.0.1:{port}/metrics'
            wait_for(url, process)
            record(twin, url, work, int(end))
        finally:
            process.terminate()


main()
