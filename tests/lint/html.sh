#!/bin/bash
# "make html" makes a page of README, each page of docs/ and each manual; each link and anchor leads
# somewhere, below a path with a blank as well; the search has each heading; nothing is fetched from
# elsewhere.
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail
: "${srcdir:?is set by make check}" "${builddir:?is set by make check}"
for tool in lowdown mandoc duk; do
	command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
manuals=$builddir/man
[[ -e $manuals/conntrack-persist.8 ]] || manuals=$srcdir/man
(cd "$work" && "$srcdir/scripts/make-html" "$srcdir" "$manuals" 'all pages')
cat >"$work/judge.py" <<'END'
import html.parser, json, pathlib, re, sys, urllib.parse
top, sources, manuals = map(pathlib.Path, sys.argv[1:4])
faults = []


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.headings, self.open, self.tags, self.title = [], [], [], None, [], ""
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.links += [attributes[name] for name in ("href", "src", "srcset") if name in attributes]
        if re.fullmatch("h[1-6]|title", tag):
            self.open, self.text = tag, ""
        if tag not in ("meta", "link", "img", "br", "input", "source", "hr", "col"):
            self.tags.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if self.tags and self.tags[-1] == tag:
            self.tags.pop()

    def handle_data(self, data):
        if self.open:
            self.text += data

    def handle_endtag(self, tag):
        if tag == self.open:
            if tag == "title":
                self.title = self.text
            else:
                self.headings.append((self.ids[-1] if self.ids else "", " ".join(self.text.split())))
            self.open = None
        if self.tags and self.tags[-1] == tag:
            self.tags.pop()
        else:
            faults.append(f"</{tag}> closes nothing in {self.title!r}")


pages = {path.relative_to(top).as_posix(): Page(path) for path in top.rglob("*.html")}
wanted = ["index.html", "README.html", "CONTRIBUTING.html", "SECURITY.html", "ansible/README.html", "puppet/README.html"]
wanted += [f"docs/{path.stem}.html" for path in sources.glob("docs/*.md")]
wanted += [f"man/{path.name}.html" for path in manuals.glob("conntrack-persist*.[578]")]
faults += [f"there is no {path}" for path in wanted if path not in pages]
faults += [f"{path} is not wanted" for path in pages if path not in wanted]
if len(wanted) < 20:
    faults.append(f"only {len(wanted)} pages")

links = 0
for path, page in pages.items():
    if not re.match(r"\w.*- conntrack-persist$|conntrack-persist$", page.title):
        faults.append(f"{path} has the title {page.title!r}")
    faults += [f"{path} has two of the id {one}" for one in set(page.ids) if page.ids.count(one) > 1]
    if page.tags:
        faults.append(f"{path} leaves open: {page.tags}")
    # A name such as net.netfilter.nf_conntrack_max is one word.
    if re.search(r"\w<em>|</em>\w", (top / path).read_text()):
        faults.append(f"{path} has emphasis in the middle of a word")
    for link in page.links:
        address = urllib.parse.urlsplit(link)
        if address.scheme:
            continue
        links += 1
        target = (top / path).parent / urllib.parse.unquote(address.path) if address.path else top / path
        target = target.resolve()
        if not target.is_file():
            faults.append(f"{path}: {link} leads nowhere")
        elif address.fragment and address.fragment not in pages[target.relative_to(top.resolve()).as_posix()].ids:
            faults.append(f"{path}: {link} has an anchor that is not there")
if links < 300:
    faults.append(f"only {links} links")
for text in [path.read_text() for path in top.rglob("*.html")]:
    faults += [f"is fetched from elsewhere: {found}" for found in re.findall(r'<(?:link|script|img|source)[^>]*"https?:[^>]*>', text)]

text = (top / "headings.js").read_text()
known = json.loads(re.sub(r",\n\];\s*$", "]", text.removeprefix("var headings = ")))
for path, page in pages.items():
    for id, heading in page.headings:
        if path != "index.html" and not any(row[0] == f"{path}#{id}" and row[2] == heading for row in known):
            faults.append(f"the search has no {path}#{id}: {heading}")
for address, title, heading in known:
    path, _, id = address.partition("#")
    if path not in pages or id not in pages[path].ids:
        faults.append(f"the search leads nowhere: {address}")
# A manual that names another one has a link to it, and one to each page that it names.
for path, name in (("man/conntrack-persist.8.html", "../man/conntrack-persist.conf.5.html"), ("man/conntrack-persist.8.html", "../docs/sources.html"),
                   ("docs/troubleshooting.html", "../man/conntrack-persist.conf.5.html")):
    if name not in [link.partition("#")[0] for link in pages[path].links]:
        faults.append(f"{path} has no link to {name}")
print("\n".join(faults))
sys.exit(bool(faults))
END
python3 "$work/judge.py" "$work/all pages" "$srcdir" "$manuals"

# What the search finds: in any order and case, all words of a heading and its page; nothing for no
# word or for unknown ones.
cat >"$work/search.js" <<'END'
function expect(text, address) {
	var found = find_headings(text).map(function (row) { return row[0]; });
	if (address === "" ? found.length > 0 : found.indexOf(address) < 0) {
		print("\"" + text + "\" finds: " + found);
		failed = true;
	}
}
var failed = false;
expect("the table is full", "docs/troubleshooting.html#the-table-is-full");
expect("  FULL table ", "docs/troubleshooting.html#the-table-is-full");
expect("kube-proxy troubleshooting", "docs/troubleshooting.html#kube-proxy");
expect("tcp_established", "man/conntrack-persist-keys.7.html#tcp_established");
expect("netns", "man/conntrack-persist.8.html#--netns");
expect("exit status", "man/conntrack-persist.8.html#exit-status");
expect("", "");
expect("   ", "");
expect("table frobnicate", "");
if (failed)
	throw new Error("the search does not find what it should");
END
cat "$work/all pages/headings.js" "$work/all pages/search.js" "$work/search.js" >"$work/whole.js"
duk "$work/whole.js"

# "make install-html" installs the same pages, and "make uninstall" removes them; a make of its own,
# not one of the jobs of the make that runs the tests.
make_into_root() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" DESTDIR="$work/root" htmldir=/pages "$@" >"$work/log" 2>&1 ||
		{ cat "$work/log"; exit 1; }
}
make_into_root install-html
diff -r "$work/all pages" "$work/root/pages/html"
make_into_root install
make_into_root uninstall
[[ ! -e $work/root/pages/html ]] || { echo "uninstall leaves the HTML pages"; exit 1; }

# Planted faults are found.
finds() {
	cp -r "$work/all pages" "$work/planted"
	(cd "$work/planted" && eval "$2")
	if python3 "$work/judge.py" "$work/planted" "$srcdir" "$manuals" >"$work/said"; then
		echo "a planted fault is not found: $1"
		exit 1
	fi
	rm -rf "$work/planted"
}
finds 'a page that is gone' 'rm docs/undo.html'
finds 'a dead anchor' "sed -i 's/id=\"kube-proxy\"/id=\"kube\"/' docs/troubleshooting.html"
finds 'a heading that the search does not have' "sed -i '/sizing.html#/d' headings.js"
finds 'a picture from elsewhere' "sed -i 's|<main>|&<img src=\"https://example.org/a.png\">|' README.html"
# A link to what is not there ends the making.
mkdir "$work/sources"
cp -r "$srcdir/README.md" "$srcdir/docs" "$srcdir/scripts" "$work/sources/"
chmod -R u+w "$work/sources"
echo '[gone](gone.txt)' >>"$work/sources/docs/why.md"
if "$work/sources/scripts/make-html" "$work/sources" "$manuals" "$work/none" 2>"$work/said"; then
	echo 'a link to a file that does not exist was accepted'
	exit 1
fi
grep -q 'docs/gone.txt' "$work/said"
