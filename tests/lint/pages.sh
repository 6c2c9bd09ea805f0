#!/bin/bash
# Each block of commands in a page is run by tests/host/pages.sh or has a mark with the reason why
# not, and each verb and option that a page shows exists. Output in a block of its own is what the
# program prints in some test. Each link within the project leads to a file and a heading that are
# there.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${CONNTRACK_PERSIST:?is set by make check}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$srcdir"
tests/page-blocks --lint "$CONNTRACK_PERSIST" README.md CONTRIBUTING.md SECURITY.md docs/*.md ansible/README.md puppet/README.md man/*.scd

# expect PROBLEM LINE...: fails unless a page of these lines is rejected for this reason.
bad=0
expect() {
	printf '%s\n' "${@:2}" >"$work/page.md"
	if tests/page-blocks --lint "$CONNTRACK_PERSIST" "$work/page.md" >"$work/said" || ! grep -qF "$1" "$work/said"; then
		echo "not noticed: $1"
		cat "$work/page.md" "$work/said"
		bad=1
	fi
}
expect 'page.md:2: no verb chekc' '' '    conntrack-persist chekc'
expect 'page.md:2: no option --drop' '' '    sudo conntrack-persist --drop install'
# shellcheck disable=SC2016
expect 'page.md:1: no option --forced' 'Run `sudo conntrack-persist install --forced`.'
expect '"not run" needs a reason' '<!-- not run: -->' '' '    sudo conntrack-persist install'
expect 'a mark stands before no block' '<!-- not run: why -->' 'text'
expect 'page.md:2: no test prints these lines' '' '    In good order.'
expect 'page.md:3: a command in a block that does not begin with one' '' '    In order.' '    $ conntrack-persist check'
expect 'page.md:4: a block without commands needs no "not run"' '<!-- not run: why -->' '' '```yaml' 'min: 0' '```'
expect 'page.md:3: no heading #secnd' '# First' '' 'See [it](#secnd).' '## Second'
expect 'page.md:1: no file other.md' 'See [it](other.md#there).'
expect 'page.md:1: no file other.svg' '<img src="other.svg" alt="a picture">'
exit $bad
