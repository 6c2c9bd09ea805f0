"""The hosts of tests/field: reads the description of a host, makes the host in a folder, and runs the program on it."""
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A description is one text file, hosts/CLASS/FORM. Lines before the first section are comments that begin with "#". A section
# begins with a line "== KIND ARGUMENTS" and ends before the next one; blank lines at its end do not count:
#   == conf                     the configuration; left out: max = 262144
#   == file PATH [MODE]         a text file of the host
#   == bytes PATH               the same, with the escapes of Python (\0, \xef) and without the last line feed
#   == link PATH TARGET         a symbolic link of the host, without a text
#   == expect                   what the program must do, one expectation a line; see tests/field/run
# A host with a file below proc/ is a running host, which the test twin takes for the whole system; any other is an image, for
# the program's --root.
import os
import re
import shutil
import subprocess
import tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hosts")
CONFIGURATION = "[conntrack]\nmax = 262144\n"
# What a running host has if its description does not say otherwise.
RUNNING = {"proc/meminfo": b"MemTotal:        3915436 kB\n", "proc/sys/kernel/osrelease": b"6.1.0-13-amd64\n"}
SECONDS = 60


class Description:
    def __init__(self, name):
        self.name = name
        self.conf = CONFIGURATION
        self.files, self.links, self.expected = {}, {}, []
        with open(os.path.join(FOLDER, name), encoding="utf-8") as stream:
            parts = re.split(r"^== ", stream.read(), flags=re.M)
        for part in parts[1:]:
            head, _, text = part.partition("\n")
            self.take(head.split(), text.rstrip("\n") + "\n")
        if not self.expected:
            raise ValueError(f"{name}: expects nothing")

    def take(self, head, text):
        kind, words = head[0], head[1:]
        if kind == "conf":
            self.conf = text
        elif kind == "file":
            self.files[words[0]] = text.encode(), int(words[1], 8) if len(words) > 1 else 0o644
        elif kind == "bytes":
            raw = text.rstrip("\n").encode("latin-1").decode("unicode_escape").encode("latin-1")
            self.files[words[0]] = raw, 0o644
        elif kind == "link":
            self.links[words[0]] = words[1]
        elif kind == "expect":
            lines = (line.strip() for line in text.split("\n"))
            self.expected = [line for line in lines if line and not line.startswith("#")]
        else:
            raise ValueError(f"{self.name}: no section {kind}")

    def is_running(self):
        return any(path.startswith("proc/") for path in self.files)


def names():
    """All hosts, sorted, as CLASS/FORM."""
    found = []
    for folder in sorted(os.listdir(FOLDER)):
        found += [f"{folder}/{name}" for name in sorted(os.listdir(os.path.join(FOLDER, folder)))]
    return found


class Host:
    """A host in a folder of its own, which `with` removes at the end."""

    def __init__(self, description):
        self.description = description
        self.folder = tempfile.mkdtemp(prefix="field-")
        self.root = os.path.join(self.folder, "host")
        for path in ("etc", "var/lib", "run", "usr/lib"):
            os.makedirs(os.path.join(self.root, path))
        for path, (content, mode) in description.files.items():
            self.write(path, content, mode)
        for path, target in description.links.items():
            full = self.path(path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            os.symlink(target, full)
        self.env = dict(os.environ, LC_ALL="C", TZ="UTC", NO_COLOR="1")
        for name in ("COLUMNS", "LINES", "RUNTIME_DIRECTORY"):
            self.env.pop(name, None)
        self.command = [os.environ["CONNTRACK_PERSIST"], "--root=" + self.root]
        if description.is_running():
            self.command = [os.environ["CONNTRACK_PERSIST_TWIN"]]
            self.env["CONNTRACK_PERSIST_HOST"] = self.root
            for path, content in RUNNING.items():
                if path not in description.files:
                    self.write(path, content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def write(self, path, content, mode=0o644):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as stream:
            stream.write(content)
        os.chmod(full, mode)

    def configure(self, text):
        self.write("etc/conntrack-persist.conf", text.encode())

    def run(self, *arguments):
        """Returns exit status, all that was said, and standard output alone; the folder of the host is HOST there."""
        done = subprocess.run([*self.command, *arguments], env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS, check=False)
        texts = [(text.decode("utf-8", "replace").replace(self.root, "HOST")) for text in (done.stdout, done.stderr)]
        return done.returncode, texts[0] + texts[1], texts[0]
