"""Files of translations to pairs of a locale and a piece of text.

A reader is given a path inside its source, the content, and the parameter of the source's row.
"""

import csv
import html
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

Pair = tuple[str, str]  # locale as the source writes it, text
Reader = Callable[[str, bytes, str], Iterator[Pair]]  # path, content, the source's own parameter

_MO_LOCALE = re.compile(r"/([^/]+)/LC_MESSAGES/|/languages/(?:[a-z-]+-)?([a-z]{2,3}(?:_[A-Z]{2})?)\.mo$")
_MO_MAGIC = 0x950412DE
_FTL = re.compile(r"^(?:[\w-]+|\s+\.[\w-]+) *=\s*(.*)$|^\s+(?![.\[*}#])(\S.*)$")
_PROPERTY = re.compile(r"^[^#=\s]+\s*=\s*(.+)$")
_BLOCK = re.compile(r"(?i)</?(?:p|div|li|td|th|tr|h[1-6]|title|dt|dd|br|pre)\b[^>]*>")
_HIDDEN = re.compile(r"(?is)<(script|style|head)\b.*?</\1>|<!--.*?-->")
_STRING = re.compile(r"(?s)<(?:string|item)\b[^>]*>(.*?)</(?:string|item)>")
_YAML = re.compile(r"^\s+[\w.-]+:\s+[\"']?(.+?)[\"']?\s*$")
_UNIT = re.compile(r'(?s)<tuv[^>]*xml:lang="([^"]+)"[^>]*>.*?<seg>(.*?)</seg>')
_CODE_PIECES = (4, 40, 2, 12)  # lines, in turn


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()


def gettext(path: str, data: bytes, _: str) -> Iterator[Pair]:
    """Translations of a GNU .mo file that are not their own originals."""
    found = _MO_LOCALE.search(path)
    if not found or struct.unpack_from("<I", data)[0] != _MO_MAGIC:
        return
    count, originals, translations = struct.unpack_from("<3I", data, 8)
    for number in range(1, count):  # the first is the file's header
        ends = []
        for table in (originals, translations):
            length, place = struct.unpack_from("<2I", data, table + 8 * number)
            ends.append(data[place : place + length].decode("utf-8", "replace"))
        original, translation = ends[0].split("\4")[-1].split("\0"), ends[1].split("\0")
        for text in translation:
            if text not in original:
                yield found[1] or found[2], text


def messages(path: str, data: bytes, _: str) -> Iterator[Pair]:
    """A flat JSON object of messages; the file is named by its locale."""
    found = json.loads(data)
    for key, value in found.items():
        text = value.get("message") if isinstance(value, dict) else value
        if isinstance(text, str) and not key.startswith("@"):
            yield path.rsplit("/", 1)[1].removesuffix(".json"), text


def _fluent(content: bytes) -> Iterator[str]:
    for line in _lines(content):
        found = _FTL.match(line)
        if found and (text := found[1] or found[2]):
            yield text


def fluent(path: str, data: bytes, part: str) -> Iterator[Pair]:
    """Fluent messages; the locale is the path's part of that number."""
    for text in _fluent(data):
        yield path.split("/")[int(part)], text


def langpack(path: str, data: bytes, _: str) -> Iterator[Pair]:
    """A language pack of Firefox: Fluent messages and properties within a zip."""
    locale = re.search(r"langpack-([^@]+)@", path)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(archive.namelist()):
            if locale and name.endswith(".ftl"):
                yield from ((locale[1], text) for text in _fluent(archive.read(name)))
            elif locale and name.endswith(".properties"):
                found = (_PROPERTY.match(line) for line in _lines(archive.read(name)))
                yield from ((locale[1], one[1]) for one in found if one)


def page(path: str, data: bytes, part: str) -> Iterator[Pair]:
    """Blocks of an HTML page; the locale is the path's part of that number."""
    text = _HIDDEN.sub(" ", data.decode("utf-8", "replace"))
    for block in _BLOCK.split(text):
        yield path.split("/")[int(part)], " ".join(html.unescape(re.sub(r"<[^>]*>", "", block)).split())


def lines(path: str, data: bytes, part: str) -> Iterator[Pair]:
    """Lines; the locale is given, or the number of the path's part that names it."""
    locale = path.split("/")[int(part)] if part.lstrip("-").isdigit() else part
    for line in _lines(data):
        yield locale.split(".")[0], line


def story(path: str, data: bytes, _parameter: str) -> Iterator[Pair]:
    """A story of African Storybook in Markdown, without its headings and the notice behind it."""
    body, _, notice = data.decode("utf-8", "replace").partition("\n* License:")
    if "NC" in notice.split("\n")[0]:
        return
    for paragraph in body.split("\n\n"):
        if not paragraph.startswith("# ") and not paragraph.startswith("* "):
            yield path.split("/", 1)[0], " ".join(paragraph.replace("##", " ").split())


def column(path: str, data: bytes, given: str) -> Iterator[Pair]:
    """A column of a table: `NUMBER LOCALE`, where the locale is a part of the path (`/1`), a word of the file's name
    (`@2`), all of that name but its last word (`_`), or itself; columns count from 0, a first row is no text."""
    number, locale = given.split()
    name = _named(path, locale)
    comma = "," if path.endswith(".csv") else "\t"
    rows = csv.reader(
        io.StringIO(data.decode("utf-8", "replace")),
        delimiter=comma,
        quoting=csv.QUOTE_MINIMAL if comma == "," else csv.QUOTE_NONE,
    )
    for place, row in enumerate(rows):
        if place and len(row) > int(number):
            yield name, row[int(number)]


def _named(path: str, locale: str) -> str:
    file = path.rsplit("/", 1)[1]
    if locale == "_":
        return file.rpartition("_")[0]
    if locale.startswith("/"):
        return path.split("/")[int(locale[1:])]
    return re.split(r"[-_.]", file)[int(locale[1:])] if locale.startswith("@") else locale


def columns(_path: str, data: bytes, given: str) -> Iterator[Pair]:
    """Every column of a table, as the first row names them; `NAME=LOCALE` pairs say what each is."""
    names = dict(pair.split("=") for pair in given.split())
    for row in csv.DictReader(io.StringIO(data.decode("utf-8", "replace"))):
        for name, text in row.items():
            if name in names and text:
                yield names[name], text


def verses(path: str, data: bytes, given: str) -> Iterator[Pair]:
    """Verses of a Bible in the Corpus Encoding Standard; the parameter has `FILE=LOCALE` pairs."""
    locale = dict(pair.split("=") for pair in given.split()).get(path.rsplit("/", 1)[1].removesuffix(".xml"))
    if locale:
        for verse in ElementTree.fromstring(data).iter("seg"):
            yield locale, (verse.text or "").strip()


def android(path: str, data: bytes, _: str) -> Iterator[Pair]:
    """Strings of an Android application; the folder is `values-LOCALE`."""
    locale = path.split("/")[-2].removeprefix("values-").removeprefix("b+").replace("-r", "-").replace("+", "-")
    for text in _STRING.findall(data.decode("utf-8", "replace")):
        yield locale, text


def yaml(path: str, data: bytes, _: str) -> Iterator[Pair]:
    """Leaves of a YAML file of messages, named by its locale."""
    for line in _lines(data):
        if found := _YAML.match(line):
            yield path.rsplit("/", 1)[1].removesuffix(".yml"), found[1]


def units(_path: str, data: bytes, locale: str) -> Iterator[Pair]:
    """Segments of a zipped translation memory (TMX) in any language but English."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".tmx") and "__MACOSX" not in name:
                for language, text in _UNIT.findall(archive.read(name).decode("utf-8", "replace")):
                    if language != "en" and (not locale or language == locale):
                        yield language, html.unescape(text)


def conllu(_path: str, data: bytes, locale: str) -> Iterator[Pair]:
    """Sentences of a treebank."""
    for line in _lines(data):
        if line.startswith("# text = "):
            yield locale, line.removeprefix("# text = ")


def tagged(_path: str, data: bytes, _: str) -> Iterator[Pair]:
    """Lines of a text, a tab and its language."""
    for line in _lines(data):
        text, tab, locale = line.rpartition("\t")
        if tab:
            yield locale.lower(), text


def code(_path: str, data: bytes, label: str) -> Iterator[Pair]:
    """Pieces of a program, from a few lines to a page of them."""
    found, first, number = _lines(data), 0, 0
    while first < len(found):
        size = _CODE_PIECES[number % len(_CODE_PIECES)]
        yield label, "\n".join(found[first : first + size])
        first, number = first + size, number + 1


READERS: dict[str, Reader] = {
    reader.__name__: reader
    for reader in (
        gettext,
        messages,
        fluent,
        langpack,
        page,
        lines,
        story,
        column,
        columns,
        verses,
        android,
        yaml,
        units,
        conllu,
        tagged,
        code,
    )
}
