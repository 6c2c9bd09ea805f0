#!/usr/bin/python3
"""Looks at a dashboard of Grafana as a file, and asks its queries of a Prometheus server.

usage: dashboard.py sanity DASHBOARD
       dashboard.py queries DASHBOARD ALERTS URL END   of a server that has the scene of scene.py, which ends at END
"""
# SPDX-License-Identifier: LGPL-2.1-or-later
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# What Grafana 9 to 12 call them (grafana-data, valueFormats/categories.ts).
UNITS = {'none', 'short', 'percentunit', 's', 'bytes', 'cps'}
KINDS = {'timeseries', 'stat', 'gauge', 'table', 'row'}
MINUTES = 100
bad = []


def complain(text):
    bad.append(text)
    print(text)


def overlap(a, b):
    return (a['x'] < b['x'] + b['w'] and b['x'] < a['x'] + a['w'] and a['y'] < b['y'] + b['h'] and b['y'] < a['y'] + a['h'])


def check_panel(panel):
    title = panel.get('title') or complain('a panel has no title') or '?'
    if panel['type'] not in KINDS:
        complain(f'{title}: a panel of type {panel["type"]}')
    if panel['type'] == 'row':
        return
    defaults = panel['fieldConfig']['defaults']
    if not panel.get('description', '').endswith('.'):
        complain(f'{title}: no description')
    if defaults.get('unit') not in UNITS:
        complain(f'{title}: unit {defaults.get("unit")}')
    steps = defaults['thresholds']['steps']
    values = [step['value'] for step in steps[1:]]
    if steps[0]['value'] is not None or values != sorted(values):
        complain(f'{title}: thresholds are out of order')
    references = [target['refId'] for target in panel['targets']]
    if not references or len(set(references)) != len(references):
        complain(f'{title}: refId is missing or there twice')
    for source in [panel['datasource']] + [target['datasource'] for target in panel['targets']]:
        if source != {'type': 'prometheus', 'uid': '${datasource}'}:
            complain(f'{title}: a data source of its own: {source}')
    for target in panel['targets']:
        if '$instance' not in target['expr']:
            complain(f'{title}: the variable "instance" does not choose the hosts')


def sanity(dashboard):
    panels = dashboard['panels']
    if dashboard['uid'] != 'conntrack-persist' or dashboard['id'] is not None or dashboard['schemaVersion'] < 36:
        complain('uid, id or schemaVersion')
    if not dashboard['title'] or '__inputs' in dashboard:
        complain('no title, or inputs to be asked for')
    variables = {variable['name']: variable for variable in dashboard['templating']['list']}
    if variables['datasource']['type'] != 'datasource' or variables['datasource']['query'] != 'prometheus':
        complain('no variable for the data source')
    if variables['instance']['datasource'] != {'type': 'prometheus', 'uid': '${datasource}'}:
        complain('the hosts are of another data source')
    if len({panel['id'] for panel in panels}) != len(panels):
        complain('two panels have one id')
    for i, panel in enumerate(panels):
        if panel['gridPos']['x'] + panel['gridPos']['w'] > 24:
            complain(f'{panel["title"]}: out of the grid')
        for other in panels[:i]:
            if overlap(panel['gridPos'], other['gridPos']):
                complain(f'{panel["title"]} lies over {other["title"]}')
        check_panel(panel)
    used = set(re.findall(r'\$\{?(\w+)', json.dumps(panels))) - set(variables) - {'__rate_interval'}
    if used:
        complain(f'variables that are not there: {used}')


class Server:
    def __init__(self, url, end):
        self.url = url
        self.end = end
        for _ in range(600):
            try:
                with urllib.request.urlopen(url + '/-/ready', timeout=10):
                    return
            except OSError:
                time.sleep(0.1)
        sys.exit('the server does not get ready')

    def ask(self, query):
        """The series with a number at some minute of the scene; None, with a word, if the query is refused."""
        words = {'query': query, 'start': self.end - 60 * MINUTES, 'end': self.end, 'step': 60}
        try:
            with urllib.request.urlopen(self.url + '/api/v1/query_range?' + urllib.parse.urlencode(words), timeout=60) as answer:
                series = json.load(answer)['data']['result']
        except urllib.error.HTTPError as error:
            complain(f'{query}: {error.read().decode()}')
            return None
        return [one for one in series if any(value not in ('NaN', '+Inf', '-Inf') for _, value in one['values'])]


def queries(dashboard, alerts, server):
    count = 0
    for panel in dashboard['panels']:
        for target in panel.get('targets', []):
            query = target['expr'].replace('$__rate_interval', '5m').replace('$instance', '.*')
            count += 1
            if server.ask(query) == []:
                complain(f'{panel["title"]}: no data: {query}')
            # Of a host that is not there, there is none: the variable counts.
            if server.ask(query.replace('".*"', '"nobody"')):
                complain(f'{panel["title"]}: data of another host: {query}')
    expressions = re.findall(r'- alert: (\w+)\n(?: *#.*\n)* *expr: (?:>\n((?: {10}.*\n)+)|(.*)\n)', alerts)
    if len(expressions) != alerts.count('- alert:'):
        complain(f'{len(expressions)} of {alerts.count("- alert:")} rules were read')
    for name, folded, line in expressions:
        if server.ask(' '.join(folded.split()) or line) == []:
            complain(f'{name}: is never raised in the scene')
    if server.ask('conntrack_persist_never') != []:
        complain('what is not there has data')
    print(f'{count} queries of the dashboard, {len(expressions)} of the alerts')


def main():
    with open(sys.argv[2], encoding='utf-8') as file:
        dashboard = json.load(file)
    if sys.argv[1] == 'sanity':
        sanity(dashboard)
    else:
        with open(sys.argv[3], encoding='utf-8') as file:
            alerts = file.read()
        queries(dashboard, alerts, Server(sys.argv[4], int(sys.argv[5])))
    sys.exit(bool(bad))


main()
