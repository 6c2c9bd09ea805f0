#!/bin/bash
# Checks the software bill of materials: it is a document of SPDX 2.3, and it names the program that
# was built and every library that this program links or opens.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}" "${CONNTRACK_PERSIST:?is set by make check}"
command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
version=$(sed -n 's/^AC_INIT(\[conntrack-persist\], \[\([0-9.]*\)\])$/\1/p' "$srcdir/configure.ac")
python3 -B - "$builddir/conntrack-persist-$version.spdx.json" "$CONNTRACK_PERSIST" "$version" <<'END'
import datetime
import hashlib
import json
import re
import subprocess
import sys

path, program, version = sys.argv[1:]
# The libraries by the names under which the program asks for them.
SONAMES = {'libc.so': ('glibc', 'libc'), 'libinih.so': ('inih',), 'libjansson.so': ('jansson',), 'libnettle.so': ('nettle',),
           'libyaml-0.so': ('libyaml',), 'libdl.so': ('glibc', 'libc')}
PURPOSES = ('APPLICATION', 'LIBRARY')
RELATIONSHIPS = ('DESCRIBES', 'DYNAMIC_LINK', 'RUNTIME_DEPENDENCY_OF')
bad = []


def want(condition, words):
    if not condition:
        bad.append(words)


def no_twice(pairs):
    names = [name for name, _ in pairs]
    want(len(names) == len(set(names)), 'a member is there twice: %s' % names)
    return dict(pairs)


with open(path, encoding='utf-8') as stream:
    document = json.load(stream, object_pairs_hook=no_twice)

want(document['spdxVersion'] == 'SPDX-2.3' and document['dataLicense'] == 'CC0-1.0', 'version or licence of the document')
want(document['SPDXID'] == 'SPDXRef-DOCUMENT', 'identifier of the document')
want(document['name'] == 'conntrack-persist-' + version, 'name of the document')
want(re.fullmatch(r'https://spdx\.org/spdxdocs/conntrack-persist-[0-9.]+-[0-9a-f]{32}', document['documentNamespace']), 'namespace')
datetime.datetime.strptime(document['creationInfo']['created'], '%Y-%m-%dT%H:%M:%SZ')
want(all(re.fullmatch(r'Tool: \S+-\S+', creator) for creator in document['creationInfo']['creators']), 'creators')

packages = {package['SPDXID']: package for package in document['packages']}
want(len(packages) == len(document['packages']), 'an identifier is there twice')
for identifier, package in packages.items():
    want(re.fullmatch(r'SPDXRef-[A-Za-z0-9.-]+', identifier), 'identifier %s' % identifier)
    want(package['versionInfo'] and not package['filesAnalyzed'], '%s: version' % identifier)
    want(package['downloadLocation'] == 'NOASSERTION' and package['copyrightText'] == 'NOASSERTION', '%s: NOASSERTION' % identifier)
    want(package['licenseDeclared'] != 'NOASSERTION' or package['name'] == 'libc', '%s: no licence: see scripts/make-sbom' % identifier)
    want(package['primaryPackagePurpose'] in PURPOSES, '%s: purpose' % identifier)

with open(program, 'rb') as stream:
    digest = hashlib.sha256(stream.read()).hexdigest()
want(packages['SPDXRef-conntrack-persist']['checksums'] == [{'algorithm': 'SHA256', 'checksumValue': digest}],
     'the checksum is not that of %s: run "make sbom"' % program)
want(packages['SPDXRef-conntrack-persist']['versionInfo'] == version, 'version of the program')

related = set()
for item in document['relationships']:
    want(item['relationshipType'] in RELATIONSHIPS, 'relationship %s' % item)
    for end in (item['spdxElementId'], item['relatedSpdxElement']):
        want(end == 'SPDXRef-DOCUMENT' or end in packages, 'no package %s' % end)
        related.add(end)
want(related == set(packages) | {'SPDXRef-DOCUMENT'}, 'a package without a relationship')

# What the program itself says.
headers = subprocess.run(['readelf', '--wide', '--dynamic', '--string-dump=.note.dlopen', program], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False, text=True, errors='replace').stdout
linked = set(re.findall(r'\(NEEDED\).*\[(.*)\]', headers))
opened = set(re.findall(r'"soname":\["([^"]*)"', headers))
names = {package['name'] for package in packages.values()}
for soname in linked | opened:
    stem = re.sub(r'(\.so)(\..*)?$', r'\1', soname)
    if re.match(r'lib(asan|ubsan|gcov|gcc_s|m|pthread)\.so|ld-linux', soname):
        continue
    known = SONAMES.get(stem, (stem[:-3],))
    want(any(name in names for name in known), '%s of the program is not in the bill of materials' % soname)
want(len(linked) >= 4 and len(opened) >= 4, 'readelf shows too few libraries: %s %s' % (linked, opened))
print('\n'.join(bad))
sys.exit(bool(bad))
END
