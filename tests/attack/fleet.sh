#!/bin/bash
# The Ansible module on images whose configuration is a pipe, endless, a link, or becomes a link
# while the module works.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
# shellcheck source=lib.sh
source "${srcdir:?is set by make check}/tests/attack/lib.sh"

# Runs the module with a small replacement for Ansible's library: arguments in JSON, an answer in
# JSON, exit 1 for fail_json().
mkdir -p "$work/python/ansible/module_utils/common/text" "$work/tmp"
touch "$work/python/ansible/__init__.py" "$work/python/ansible/module_utils/"{,common/,common/text/}__init__.py
cat >"$work/python/ansible/module_utils/common/text/converters.py" <<'END'
def to_bytes(value, errors=None):
    return value if isinstance(value, bytes) else value.encode('utf-8')
def to_text(value, errors=None):
    return value.decode('utf-8', 'replace') if isinstance(value, bytes) else str(value)
to_native = to_text
END
cat >"$work/python/ansible/module_utils/basic.py" <<'END'
import json, os, subprocess, sys
class AnsibleModule(object):
    def __init__(self, argument_spec, mutually_exclusive, supports_check_mode):
        given = json.loads(sys.argv[1])
        self.params = {name: given.get(name, spec.get('default')) for name, spec in argument_spec.items()}
        self.check_mode, self._diff, self.tmpdir = False, True, os.environ['WORK'] + '/tmp'
    def fail_json(self, **result):
        print(json.dumps(result))
        sys.exit(1)
    def exit_json(self, **result):
        print(json.dumps(result))
        sys.exit(0)
    def run_command(self, command, use_unsafe_shell=False):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(), done.stderr.decode()
    def add_cleanup_file(self, path):
        pass
    def warn(self, text):
        pass
    def atomic_move(self, source, target):
        sys.exit('a path is not safe below a root')
    def get_bin_path(self, name):
        return None
END

# The module finds the list of settings below the name of its collection.
mkdir -p "$work/python/ansible_collections/conntrack_persist"
ln -s "$(realpath "$srcdir/ansible")" "$work/python/ansible_collections/conntrack_persist/conntrack"

# ansible NAME EXPECTED-STATUS... -- JSON-MEMBERS: runs the module on the image.
ansible() {
	local name=$1 allowed=()
	shift
	while [[ $1 != -- ]]; do allowed+=("$1"); shift; done
	WORK=$work PYTHONPATH=$work/python PYTHONDONTWRITEBYTECODE=1 bounded "$name" "${allowed[@]}" -- timeout 60 python3 \
		"$srcdir/ansible/plugins/modules/conntrack_persist.py" \
		"{\"root\": \"$work/image\", \"executable\": \"$program\"${2:+, $2}}"
	says_not "$name" Traceback
}

outside=$work/outside
config=$work/image/etc/conntrack-persist.conf
content='"content": "[conntrack]\nmax = 131072\nhashsize = 65536\n"'
fresh() {
	image
	rm -rf "$outside"
	mkdir "$outside"
	echo mine >"$outside/conntrack-persist.conf"
}
untouched() {
	[[ $(cat "$outside/conntrack-persist.conf") == mine && $(find "$outside" | wc -l) == 2 ]] ||
		fail "$1: something outside of the image was changed: $(ls -la "$outside")"
}

fresh
ansible 'an image in order' 0 -- "$content"
grep -q 'max = 131072' "$config" || fail 'an image in order: no configuration was written'
[[ $(stat -c %a "$config") == 644 ]] || fail 'an image in order: the mode is not 644'
ansible 'again' 0 -- "$content"
says again '"changed": false'
ansible 'without a configuration of its own' 0 -- ''
chmod 600 "$config"
ansible 'another one' 0 -- '"content": "[conntrack]\nmax = 262144\nhashsize = 65536\n"'
[[ $(stat -c %a "$config") == 600 ]] || fail 'another one: the mode was changed'
ansible 'away' 0 -- '"state": "absent"'
[[ ! -e $config ]] || fail 'away: the configuration is there'
[[ -z $(find "$work/image" -name '*ansible*' -o -name '*.new' -o -name '*tmp*') ]] || fail 'something is left in the image'

# A file that is not regular, or too large, is refused within the limits of time and memory.
for state in present absent; do
	[[ $state == present ]] && wanted=$content || wanted='"state": "absent"'
	fresh
	mkfifo "$config"
	ansible "a pipe, $state" 1 -- "$wanted"
	says "a pipe, $state" 'no regular file'
	rm "$config"
	truncate -s 100G "$config"
	ansible "100 GB, $state" 1 -- "$wanted"
	says "100 GB, $state" 'larger than'
	rm "$config"
	mkdir "$config"
	ansible "a folder, $state" 1 -- "$wanted"
	rmdir "$config"
	ln -s /dev/zero "$config"
	ansible "a link to a device, $state" 1 -- "$wanted"
	ln -sf "$outside/conntrack-persist.conf" "$config"
	ansible "a link, $state" 1 -- "$wanted"
	untouched "a link, $state"
	rm -r "$work/image/etc"
	ln -s "$outside" "$work/image/etc"
	ansible "a folder that is a link, $state" 1 -- "$wanted"
	untouched "a folder that is a link, $state"
	rm "$work/image/etc"
	ln -s ../outside "$work/image/etc"
	ansible "a folder that is a relative link, $state" 1 -- "$wanted"
	untouched "a folder that is a relative link, $state"
	fresh
	ansible "a path with dots, $state" 1 -- "$wanted, \"path\": \"/etc/../../outside/conntrack-persist.conf\""
	untouched "a path with dots, $state"
done
if [[ $EUID == 0 ]]; then
	fresh
	mknod "$config" c 1 5
	ansible 'a device' 1 -- "$content"
fi

# The folder becomes a link while the module works: at the program's first run, which the module
# starts after it has read the configuration and before it writes.
cat >"$work/swap" <<END
#!/bin/bash
if [[ ! -e $work/swapped ]]; then
	: >$work/swapped
	$program "\$@"
	status=\$?
	mv $work/image/etc $work/image/etc.old
	ln -s $outside $work/image/etc
	exit \$status
fi
exec $program "\$@"
END
chmod +x "$work/swap"
for wanted in "$content" '"state": "absent"'; do
	fresh
	printf '[conntrack]\nmax = 131072\n; written by Ansible, by the module conntrack_persist.conntrack.conntrack_persist\n' >"$config"
	rm -f "$work/swapped"
	ansible "a folder that becomes a link, $wanted" 0 1 -- "$wanted, \"executable\": \"$work/swap\""
	untouched "a folder that becomes a link, $wanted"
	[[ -e $work/swapped ]] || fail 'the folder was not swapped'
done
finish
