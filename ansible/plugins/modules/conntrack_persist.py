#!/usr/bin/python
# -*- coding: utf-8 -*-
# Holds the sizes and timeouts of connection tracking on a host: one run of conntrack-persist, as Ansible wants it.
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright: the conntrack-persist maintainers
# GNU Lesser General Public License v2.1 or later (see https://www.gnu.org/licenses/old-licenses/lgpl-2.1.txt)

from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
---
module: conntrack_persist
short_description: Hold the sizes and timeouts of connection tracking
version_added: 0.1.0
description:
  - Writes the configuration of conntrack-persist, and the files of udev, sysctl.d and modprobe.d that follow from it,
    so that the values hold whenever C(nf_conntrack) loads; or keeps the module off the host.
  - Brings a kernel that has C(nf_conntrack) loaded to the values at once. It need not be loaded, and is not loaded.
  - Whatever was changed by others since is put right with each run.
  - A configuration that the program refuses never takes its place, and nothing else is changed then.
  - A setting that is left out is left alone, the sizes too. If nothing is configured, nothing is written.
  - Each line of another program that overrides a value is a warning of the task, because this module edits no file of
    others. See I(strict).
author:
  - the conntrack-persist maintainers (!UNKNOWN)
extends_documentation_fragment: conntrack_persist.conntrack.settings
requirements:
  - conntrack-persist on the managed host; the role M(conntrack_persist.conntrack.host) brings it there
options:
  content:
    description:
      - The configuration as the text of a file, from the lookups C(ansible.builtin.file) or
        C(ansible.builtin.template) for instance.
    type: str
  path:
    description:
      - The configuration on the managed host; below I(root) where that is given. It is a regular file of 4 MiB at
        most. Below a root no link on the way to it is followed.
      - Drop-ins in C(/etc/conntrack-persist.conf.d) are read besides if it is the default. Another file is read alone,
        and conntrack-persist.service, which verifies each load, does not know of it.
    type: path
    default: /etc/conntrack-persist.conf
  state:
    description:
      - C(present) installs; C(absent) removes what was installed and puts back what I(force) had replaced.
      - C(absent) also removes the configuration if it was this module that wrote it, as its last line says then. The
        running kernel keeps its values unless I(restore_live) is set.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Replace or remove files that somebody else wrote or edited, of which the program keeps a copy; keep the module
        off although somebody uses it.
    type: bool
    default: false
  strict:
    description:
      - Whether the task fails if the program has installed everything and a value is not held all the same (its exit
        status is 2 then), because another program overrides it, or it cannot become active, or a file of another program
        could not be read.
      - With C(false) these are warnings. In both cases the files are written and the values are set.
    type: bool
    default: false
  live:
    description:
      - Whether to bring the running kernel to the values. C(false) writes the files alone.
    type: bool
    default: true
  restore_live:
    description:
      - With I(state=absent), whether the running kernel gets the values again that were live before the first installation.
      - With C(false) it keeps the values until C(nf_conntrack) loads again.
    type: bool
    default: false
    version_added: 0.2.0
  root:
    description:
      - Work on the image below this directory, and on nothing outside of it.
    type: path
  executable:
    description:
      - The program, by name or by path.
    type: str
    default: conntrack-persist
notes:
  - In a normal run one process is started; two where the configuration is a new one; one in check mode.
  - Where the program is not installed yet check mode says that it would change something, and no more.
attributes:
  check_mode:
    description: Predicts what a run would change, of files and of the running kernel.
    support: full
  diff_mode:
    description: The configuration, each file, and the values of the running kernel.
    support: full
'''

EXAMPLES = r'''
- name: Hold the sizes and timeouts of connection tracking
  conntrack_persist.conntrack.conntrack_persist:
    config:
      conntrack:
        max: 1048576
      timeouts:
        tcp_established: 6h
        udp: 30
      options:
        acct: true

- name: The same from a file of the controller
  conntrack_persist.conntrack.conntrack_persist:
    content: "{{ lookup('ansible.builtin.file', 'gateway.conf') }}"

- name: Repair what was changed by others, by the configuration that is there
  conntrack_persist.conntrack.conntrack_persist:

- name: Keep nf_conntrack off this host, whoever uses it
  conntrack_persist.conntrack.conntrack_persist:
    config:
      conntrack:
        mode: disable
    force: true

- name: Hold the values, and fail if another program overrides one of them
  conntrack_persist.conntrack.conntrack_persist:
    config:
      conntrack:
        max: 1048576
    strict: true

- name: Prepare an image
  conntrack_persist.conntrack.conntrack_persist:
    root: /srv/image
    config:
      conntrack:
        max: auto

- name: Set the values in every network namespace, and have drift corrected
  conntrack_persist.conntrack.conntrack_persist:
    config:
      timeouts:
        tcp_established: 1d
      apply:
        namespaces: all
        on_drift: restore

- name: Remove it all, and set the live values from before the first installation again
  conntrack_persist.conntrack.conntrack_persist:
    state: absent
    restore_live: true
'''

RETURN = r'''
state:
  description:
    - How the host is afterwards, or in check mode now. C(pending) says that C(nf_conntrack) is not loaded, and that its
      values will be in force when it is; C(unconfigured) that nothing is configured.
  returned: when the program ran to its end
  type: str
  sample: in-order
mode:
  description: What the configuration asks for, C(tune) or C(disable).
  returned: with I(state=present)
  type: str
  sample: tune
sizes:
  description: Entries, buckets, whether they follow from the RAM, and bytes of a full table.
  returned: where they are known
  type: dict
  sample: {"max": 262144, "hashsize": 262144, "auto": true, "memory": 69206016}
files:
  description: Each file with its path, its state as found, and what was done about it.
  returned: when the program ran to its end
  type: list
  elements: dict
  sample: [{"path": "/etc/sysctl.d/90-conntrack-persist.conf", "action": "create", "state": "missing"}]
values:
  description: Each value of the running kernel, wanted and as found, and whether it was set.
  returned: when the program ran to its end
  type: list
  elements: dict
  sample: [{"key": "net.netfilter.nf_conntrack_max", "wanted": 262144, "live": 65536, "state": "differs", "action": "set",
            "now": 262144}]
removals:
  description: Modules that were removed to keep nf_conntrack off, in their order.
  returned: where there were any
  type: list
  elements: dict
  sample: [{"name": "nf_conntrack", "action": "removed"}]
writers:
  description: Lines of others that write the same values.
  returned: when the program ran to its end
  type: list
  elements: dict
  sample: []
messages:
  description: What the program said besides, each with its level.
  returned: when the program ran
  type: list
  elements: dict
  sample: [{"level": "note", "text": "2 network namespaces are in use here"}]
config_changed:
  description: Whether the configuration itself was written or removed.
  returned: always
  type: bool
  sample: false
rc:
  description:
    - The program's exit code; 1 failed, 2 a value is not held and I(strict) is set, 3 refused, 78 bad configuration.
  returned: when it failed
  type: int
  sample: 78
'''

import errno
import json
import numbers
import os
import re
import stat
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_native, to_text
from ansible_collections.conntrack_persist.conntrack.plugins.module_utils.settings import SETTINGS

# Python 2.7 of old hosts has two of them.
TEXTS = (str, type(u''))
MAIN_FILE = '/etc/conntrack-persist.conf'
# What the program reads of a configuration at most.
SIZE_MAX = 4 * 1024 * 1024
MANIFEST = '/var/lib/conntrack-persist/manifest'
# The last line, so that the lines which the program names are those of the given text.
MARK = '; written by Ansible, by the module conntrack_persist.conntrack.conntrack_persist'

EXIT_DONE = 0
EXIT_DIFFERS = 2
EXIT_REFUSED = 3


class BadConfig(Exception):
    """What cannot be written as a line of the configuration."""


def render_value(place, value):
    """A value as the program reads it."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, numbers.Integral):
        return '%d' % value
    if not isinstance(value, TEXTS):
        raise BadConfig('%s is a number, a boolean or a text, and not %s' % (place, kind_of(value)))
    text = to_text(value).strip(u' \t')
    # Some of these the program would take for the start of a comment, or for further lines.
    if not text or re.search(u'[\\x00-\\x1f\\x7f;#"\']', text):
        raise BadConfig('%s cannot be written in one line: %s' % (place, json.dumps(to_text(value))))
    return text


def kind_of(value):
    """In the words of YAML."""
    if isinstance(value, dict):
        return 'a mapping'
    if isinstance(value, (list, tuple)):
        return 'a list'
    return to_native(json.dumps(value))


def vet_name(what, name):
    if not isinstance(name, TEXTS) or not re.match(r'^[A-Za-z0-9_./-]+$', name):
        raise BadConfig('%s cannot be called %s' % (what, to_native(json.dumps(name))))


def render(config):
    """The file, in an order that does not depend on how the dictionaries were made."""
    lines = []
    for section in sorted(config, key=to_text):
        vet_name('a section', section)
        settings = config[section]
        if settings is None:
            continue
        if not isinstance(settings, dict):
            raise BadConfig('section %s holds settings, and not %s' % (section, kind_of(settings)))
        lines.append(u'[%s]' % to_text(section))
        for name in sorted(settings, key=to_text):
            vet_name('a setting of %s' % section, name)
            if settings[name] is not None:
                lines.append(u'%s = %s' % (to_text(name), render_value('%s.%s' % (section, name), settings[name])))
    return u'\n'.join(lines)


def marked(text):
    """With the last line by which this module knows its own file."""
    if text and not text.endswith(u'\n'):
        text += u'\n'
    return text + to_text(MARK) + u'\n'


class Folder(object):
    """A directory that is held open, so that nobody can put another one in its place."""

    def __init__(self, path, below=None):
        """By its path, or by its name in another one; a link is not followed then."""
        flags = os.O_RDONLY | os.O_DIRECTORY
        self.handle = os.open(below.name(path), flags | os.O_NOFOLLOW) if below else os.open(path, flags)

    def name(self, name):
        """A path that leads through the open directory. Python 2.7 has no dir_fd."""
        return '/proc/self/fd/%d/%s' % (self.handle, name)


class Configuration(object):
    """The file at I(path), and the one that shall be there."""

    def __init__(self, module):
        self.module = module
        root, path = module.params['root'], module.params['path']
        # Below a root everything is believed to be hostile: no link is followed, not even one that appears later.
        self.root = root
        self.path = os.path.join(root, path.lstrip('/')) if root else path
        self.names = [name for name in path.split('/') if name not in ('', '.')]
        if root and (not self.names or '..' in self.names):
            module.fail_json(msg='%s is no path of a file below a root' % path)
        self.folder = None
        if root:
            self.find_folder(make=False)
        self.before = self.read()
        self.after = self.before
        self.candidate = None
        self.done = False

    def fail(self, what, error, path=None):
        path = path or self.path
        if error.errno in (errno.ELOOP, errno.ENOTDIR) and self.root:
            self.module.fail_json(msg='cannot %s %s: a link or no directory is in its place; below a root no link '
                                      'is followed' % (what, path))
        self.module.fail_json(msg='cannot %s %s: %s' % (what, path, os.strerror(error.errno)))

    def find_folder(self, make):
        """Below the root, directory by directory; none where one is missing."""
        path = self.root
        try:
            folder = Folder(path)
            for name in self.names[:-1]:
                path = os.path.join(path, name)
                try:
                    folder = Folder(name, below=folder)
                except OSError as error:
                    if error.errno != errno.ENOENT or not make:
                        raise
                    os.mkdir(folder.name(name), 0o755)
                    folder = Folder(name, below=folder)
        except OSError as error:
            if error.errno == errno.ENOENT and not make:
                return
            self.fail('open', error, path)
        self.folder = folder

    def read(self):
        """The content; nothing where there is no file. Whatever lies there, it neither waits nor reads without end."""
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY
        try:
            if not self.root:
                handle = os.open(self.path, flags)
            elif self.folder:
                handle = os.open(self.folder.name(self.names[-1]), flags | os.O_NOFOLLOW)
            else:
                return None
        except OSError as error:
            if error.errno == errno.ENOENT or error.errno == errno.ENOTDIR and not self.root:
                return None
            # So do sockets and devices that nothing drives.
            if error.errno in (errno.ENXIO, errno.ENODEV):
                self.module.fail_json(msg='%s is no regular file' % self.path)
            self.fail('read', error)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            self.module.fail_json(msg='%s is no regular file' % self.path)
        self.mode = stat.S_IMODE(status.st_mode) & 0o777
        with os.fdopen(handle, 'rb') as stream:
            content = stream.read(SIZE_MAX + 1)
        if len(content) > SIZE_MAX:
            self.module.fail_json(msg='%s is larger than %d bytes' % (self.path, SIZE_MAX))
        return content

    def is_ours(self):
        return self.before is not None and self.before.endswith(to_bytes(u'\n%s\n' % MARK)) \
            or self.before == to_bytes(MARK + '\n')

    def want(self):
        params = self.module.params
        try:
            if params['config'] is not None:
                self.after = to_bytes(marked(render(params['config'])))
            elif params['content'] is not None:
                self.after = to_bytes(marked(to_text(params['content'])))
        except BadConfig as error:
            self.module.fail_json(msg=to_native(error), config_changed=False)

    def changes(self):
        return self.after != self.before

    def write_candidate(self):
        """For the program to judge before it takes its place."""
        handle, self.candidate = tempfile.mkstemp(prefix='conntrack-persist-', suffix='.conf', dir=self.module.tmpdir)
        self.module.add_cleanup_file(self.candidate)
        with os.fdopen(handle, 'wb') as stream:
            stream.write(self.after)
            stream.flush()
            os.fsync(stream.fileno())

    def put(self):
        if self.root:
            self.put_below_root()
        else:
            self.put_on_host()
        self.candidate = None
        self.done = True

    def put_on_host(self):
        fresh = self.before is None
        try:
            os.makedirs(os.path.dirname(self.path))
        except OSError as error:
            if error.errno != errno.EEXIST:
                self.fail('make', error, os.path.dirname(self.path))
        self.module.atomic_move(self.candidate, self.path)
        if fresh:
            self.module.set_mode_if_different(self.path, 0o644, False)

    def put_below_root(self):
        """In the directory that was found and is held open, with a file of a new name that takes the other's place."""
        name = self.names[-1]
        temporary = '.%s.ansible-%d' % (name, os.getpid())
        try:
            if not self.folder:
                self.find_folder(make=True)
            handle = os.open(self.folder.name(temporary), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, 'wb') as stream:
                stream.write(self.after)
                stream.flush()
                os.fchmod(handle, 0o644 if self.before is None else self.mode)
                os.fsync(handle)
            os.rename(self.folder.name(temporary), self.folder.name(name))
            os.fsync(self.folder.handle)
        except OSError as error:
            try:
                os.unlink(self.folder.name(temporary))
            except (AttributeError, OSError):
                pass
            self.fail('write', error)

    def remove(self):
        if self.changes():
            try:
                os.unlink(self.folder.name(self.names[-1]) if self.root else self.path)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    self.fail('remove', error)

    def diff(self):
        def side(content):
            return u'' if content is None else to_text(content, errors='surrogate_or_replace')

        return {
            'before_header': self.path if self.before is not None else '/dev/null',
            'after_header': self.path if self.after is not None else '/dev/null',
            'before': side(self.before),
            'after': side(self.after),
        }


class Program(object):
    """One that is on this host or not yet."""

    def __init__(self, module, configuration):
        self.module = module
        self.configuration = configuration
        self.status = EXIT_DONE
        name = module.params['executable']
        if os.path.isabs(name):
            self.file = name if os.access(name, os.X_OK) else None
        else:
            self.file = module.get_bin_path(name)

    def options(self, verb):
        params, result = self.module.params, []
        if params['root']:
            result.append('--root=%s' % params['root'])
        if params['force']:
            result.append('--force')
        if verb != 'uninstall' and not params['live']:
            result.append('--no-live')
        if verb == 'uninstall' and params['restore_live']:
            result.append('--live')
        return result

    def source(self, candidate):
        """Where the configuration is: the file at its place, or one that shall take it."""
        alone = self.module.params['path'] != MAIN_FILE
        if candidate:
            return ['--config=%s' % candidate] + ([] if alone else ['--drop-ins'])
        return ['--config=%s' % self.configuration.path] if alone else []

    def run(self, words, candidate=None):
        """The report; fails in the program's own words. EXIT_DIFFERS is no failure here."""
        command = [self.file, '--json'] + self.options(words[-1])
        if words[-1] != 'uninstall':
            command += self.source(candidate)
        rc, out, err = self.module.run_command(command + words, use_unsafe_shell=False)
        try:
            report = json.loads(out)
        except ValueError:
            report = None
        if candidate and report:
            # It is known to people by the name that it shall have.
            report = json.loads(out.replace(json.dumps(candidate)[1:-1], json.dumps(self.configuration.path)[1:-1]))
        if rc not in (EXIT_DONE, EXIT_DIFFERS) or report is None:
            self.fail(rc, out, err, report)
        self.status = rc
        return report

    def fail(self, rc, out, err, report):
        messages = report['messages'] if report else []
        words = texts_of(messages, 'error')
        text = u'\n'.join(words) or to_text(err).strip() or to_text(out).strip()
        if not text:
            text = u'%s ended with %d and without a word' % (self.file, rc)
        if rc == EXIT_REFUSED and not self.module.params['force']:
            text += u'\n--force is "force: true" here'
        done = self.configuration.done
        self.module.fail_json(msg=to_native(text), rc=rc, messages=messages, config_changed=done,
                              changed=done or bool(report and report['changed']))


def texts_of(messages, level):
    return [item['text'] for item in messages if item['level'] == level]


def value_lines(values, name):
    return u''.join(u'%s = %s\n' % (item['key'], item[name]) for item in values)


def diff_of(report, configuration):
    """Files as the program compares them, and the values of the running kernel."""
    result = [configuration.diff()] if configuration.changes() else []
    for item in report['files']:
        if item.get('diff'):
            result.append({'prepared': item['diff']})
    values = [dict(item, after=item.get('now', item['wanted'])) for item in report['values']
              if item['state'] == 'differs' and item.get('action') != 'failed' and not item.get('out_of_reach')]
    if values:
        result.append({
            'before_header': 'running kernel',
            'after_header': 'running kernel',
            'before': value_lines(values, 'live'),
            'after': value_lines(values, 'after'),
        })
    return result


def result_of(module, report, configuration, changed):
    for text in texts_of(report['messages'], 'warning'):
        module.warn(text)
    result = {
        'changed': changed or configuration.changes(),
        'config_changed': configuration.changes(),
        'files': [dict((key, item[key]) for key in item if key != 'diff') for item in report['files']],
    }
    for name in ('state', 'mode', 'sizes', 'values', 'removals', 'writers', 'messages'):
        if name in report:
            result[name] = report[name]
    if module._diff and result['changed']:
        result['diff'] = diff_of(report, configuration)
    return result


def look(program, words, configuration):
    """What a run would come to; fails where it would be refused."""
    report = program.run(words, configuration.candidate)
    if report['refused']:
        program.fail(EXIT_REFUSED, '', '', dict(report, messages=[
            dict(item, level='error' if item['level'] == 'warning' else item['level']) for item in report['messages']]))
    return report


def hold_strictly(module, status, result):
    """With strict, what is installed and not held is a failure; in check mode as well, by what the plan foretells."""
    if status != EXIT_DIFFERS or not module.params['strict']:
        return result
    words = texts_of(result['messages'], 'warning') or ['a value is not held: run "conntrack-persist check"']
    module.fail_json(msg=to_native(u'not everything is held, and "strict: true" makes that a failure:\n' + u'\n'.join(words)),
                     rc=status, **result)


def present(module, program, configuration):
    configuration.want()
    if program.file is None:
        if not module.check_mode:
            module.fail_json(msg='%s is not on this host; the role conntrack_persist.conntrack.host installs it'
                             % module.params['executable'], config_changed=False)
        result = {'changed': True, 'config_changed': configuration.changes()}
        if module._diff and configuration.changes():
            result['diff'] = [configuration.diff()]
        return result
    if configuration.changes():
        configuration.write_candidate()
    if module.check_mode or configuration.changes():
        report = look(program, ['plan'], configuration)
        if module.check_mode:
            result = result_of(module, report, configuration, report['would_change'])
            return hold_strictly(module, report.get('would_exit'), result)
        configuration.put()
    report = program.run(['install'])
    return hold_strictly(module, program.status, result_of(module, report, configuration, report['changed']))


def absent(module, program, configuration):
    if configuration.is_ours():
        configuration.after = None
    if program.file is None:
        root = module.params['root'] or '/'
        if os.path.lexists(os.path.join(root, MANIFEST.lstrip('/'))):
            module.fail_json(msg='%s is not on this host, and alone knows how to take back what it wrote'
                             % module.params['executable'], config_changed=False)
        report = {'files': [], 'values': [], 'messages': []}
        result = result_of(module, report, configuration, False)
    elif module.check_mode:
        report = look(program, ['--dry-run', 'uninstall'], configuration)
        return result_of(module, report, configuration, report['would_change'])
    else:
        report = program.run(['uninstall'])
        result = result_of(module, report, configuration, report['changed'])
    if not module.check_mode:
        configuration.remove()
    return result


def main():
    module = AnsibleModule(
        argument_spec=dict(
            config=dict(type='dict', options=SETTINGS),
            content=dict(type='str'),
            path=dict(type='path', default=MAIN_FILE),
            state=dict(type='str', choices=['present', 'absent'], default='present'),
            force=dict(type='bool', default=False),
            strict=dict(type='bool', default=False),
            live=dict(type='bool', default=True),
            restore_live=dict(type='bool', default=False),
            root=dict(type='path'),
            executable=dict(type='str', default='conntrack-persist'),
        ),
        mutually_exclusive=[['config', 'content']],
        supports_check_mode=True,
    )
    # The program's words are its own in any language; what the system adds shall be the same everywhere.
    module.run_command_environ_update = dict(LC_ALL='C', LANG='C')
    configuration = Configuration(module)
    program = Program(module, configuration)
    act = present if module.params['state'] == 'present' else absent
    module.exit_json(**act(module, program, configuration))


if __name__ == '__main__':
    main()
