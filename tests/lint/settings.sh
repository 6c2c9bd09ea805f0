#!/bin/bash
# Checks that Ansible and Puppet know every setting of the program, and that the types of Ansible
# accept what the program accepts.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${CONNTRACK_PERSIST:?is set by make check}"
command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
cd "$srcdir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

mkdir -p "$work/tree/ansible/roles/host"
cp -r --no-preserve=mode ansible/roles/host/meta "$work/tree/ansible/roles/host/"
scripts/render-settings "$CONNTRACK_PERSIST" "$work/tree"
while read -r file; do
	diff -u "$file" "$work/tree/$file" || bad=1
done < <(cd "$work/tree" && find ansible puppet -type f ! -path '*/meta/main.yml')
((bad == 0)) || echo 'run "make refresh-settings"'

# The two judge each of these values; a value out of bounds is the program's to refuse.
python3 -B - "$CONNTRACK_PERSIST" "$work" <<'END' || bad=1
import json
import subprocess
import sys

program, work = sys.argv[1:]
sys.path.insert(0, 'ansible/plugins/module_utils')
from settings import SETTINGS

TEXTS = ['auto', 'yes', 'true', '0', '1', '30', '010', '-1', '1.5', '6h', '5d', '10m', '30s', '6 h', '4M', '1G', '4096K', '4m', '4T',
         '25%', '0%', '101%', '100%', 'exact', 'report', 'now', 'all', 'block', 'tune', 'nonsense', '1e3', '٣', '6h;']


def module_takes(row, text):
    kind = row['type']
    if kind == 'bool':
        return text.lower() in ('yes', 'no', 'true', 'false', '0', '1')
    if 'choices' in row:
        return text in row['choices']
    try:
        kind(text)
    except ValueError:
        return False
    return True


def program_refuses(section, name, text):
    """Its words about the line of that value, but not about another setting."""
    path = work + '/one.conf'
    with open(path, 'w', encoding='utf-8') as stream:
        stream.write('[%s]\n%s = %s\n' % (section, name, text))
    answer = subprocess.run([program, '--json', '--root=' + work + '/root', '--config=' + path, 'plan'],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return [item['text'] for item in json.loads(answer)['messages'] if item['level'] == 'error' and path + ':2:' in item['text']
            and ' is more than ' not in item['text']]


bad = 0
checked = set()
subprocess.run(['mkdir', '-p', work + '/root/etc'], check=True)
for section, rows in SETTINGS.items():
    for name, row in rows['options'].items():
        kind = row.get('choices') or row['type']
        key = (getattr(kind, '__qualname__', str(kind)), section == 'conntrack' and name)
        if key in checked:
            continue
        checked.add(key)
        for text in TEXTS:
            module, said = module_takes(row, text), program_refuses(section, name, text)
            if module == bool(said):
                print('%s.%s = %s: Ansible %s it, the program says: %s' % (section, name, text, 'takes' if module else 'refuses', said))
                bad = 1
if len(checked) < 10:
    print('only %d types were tried' % len(checked))
    bad = 1
sys.exit(bad)
END
exit $bad
