"""Which field of records is the text, and which says where it is from: guessed by names, and held against values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.sources.dates import seconds
from corpus.survey.rows import Row
from filters.languages import is_undetermined, language_id

_TEXTS = ("text", "content", "raw_content", "body", "markdown", "code", "article", "document", "maintext", "contents")
_PROMPTS = (
    ("inputs", "targets"),
    ("input", "target"),
    ("prompt", "response"),
    ("prompt", "completion"),
    ("instruction", "response"),
    ("instruction", "output"),
    ("question", "answer"),
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id_field": ("id", "doc_id", "docid", "document_id", "uuid", "_id", "guid"),
    "url_field": ("url", "uri", "link", "source_url", "web_url", "target_uri", "warc-target-uri", "permalink"),
    "licence_field": ("licence", "license", "license_type", "licence_type", "spdx", "rights"),
    "date_field": ("date", "timestamp", "published", "published_at", "created", "created_at", "crawl_date", "added"),
    "language_field": ("language", "lang", "language_code", "lang_code", "locale"),
}
_OF_TEXT = ("text_field", "inputs_field", "targets_field")
_DEFAULTS = {"text_field": "text", "id_field": "id", "url_field": "url"}
_HOLDS = 0.9  # share of a field's values that must be what its name promises
_FILLED = 0.5  # share of records in which the text is set
_LEAST_CHARS = 20  # a text is longer than this in the mean
_WRITTEN = 0.5  # share of strings that must look written by people in a field that is no text by its name


@dataclass(frozen=True)
class Guess:
    """A key of [[sources]], its value, and what speaks for it."""

    key: str
    value: str
    why: str


@dataclass(frozen=True)
class Fields:
    """What is guessed of records with named fields. `guesses` lack keys whose default is right."""

    found: tuple[Guess, ...] = ()  # keys whose default is right among them
    names: tuple[str, ...] = ()
    has_text: bool = True

    @property
    def guesses(self) -> tuple[Guess, ...]:
        return tuple(guess for guess in self.found if _DEFAULTS.get(guess.key) != guess.value)

    def joined(self, other: "Fields") -> "Fields | None":
        """Of the records of both; None if they differ in where the text or anything else of a record stands."""
        mine, theirs = ({guess.key: guess for guess in one.found} for one in (self, other))
        texts = [{key for key in one if key in _OF_TEXT} for one in (mine, theirs)]
        if texts[0] != texts[1] or self.has_text != other.has_text:
            return None
        if any(mine[key].value != theirs[key].value for key in mine if key in theirs):
            return None
        return Fields(
            found=tuple({**theirs, **mine}.values()),
            names=tuple(dict.fromkeys((*self.names, *other.names))),
            has_text=self.has_text,
        )


def of(rows: Sequence[Row]) -> Fields:
    """Of some records."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = {name: [row[name] for row in rows if row.get(name) not in (None, "")] for name in names}
    found = _text({name: own for name, own in values.items() if len(own) >= _FILLED * len(rows)})
    has_text = bool(found)
    taken = {guess.value for guess in found}
    for key in _NAMES:
        if guess := _field(key, {name: own for name, own in values.items() if name not in taken}):
            taken.add(guess.value)
            found.append(guess)
    return Fields(found=tuple(found), names=tuple(names), has_text=has_text)


def _text(values: Mapping[str, Sequence[object]]) -> list[Guess]:
    texts = {name: found for name, own in values.items() if (found := _strings(own))}
    lengths = {name: sum(map(len, own)) / len(own) for name, own in texts.items()}
    named = [name for wanted in _TEXTS for name in lengths if _last(name) == wanted]
    if named:
        return [Guess("text_field", named[0], "by its name")]
    for pair in _PROMPTS:
        inner = [next((name for name in lengths if _last(name) == one), "") for one in pair]
        if all(inner):
            return [
                Guess("inputs_field", inner[0], "by its name, with the next"),
                Guess("targets_field", inner[1], "by its name, with the one before"),
            ]
    written = [name for name, own in texts.items() if sum(map(_is_written, own)) >= _WRITTEN * len(own)]
    longest = max(written, key=lambda name: lengths[name], default="")
    if longest and lengths[longest] >= _LEAST_CHARS:
        return [Guess("text_field", longest, f"the longest strings, {lengths[longest]:,.0f} characters in the mean")]
    return []


def _strings(values: Sequence[object]) -> list[str]:
    """Values of a field that holds strings; none of another."""
    found = [value for value in values if isinstance(value, str)]
    return found if len(found) >= _HOLDS * len(values) else []


def _is_written(value: str) -> bool:
    """Whether a string may be prose: of several words, or of letters beyond Latin that are written without spaces."""
    return "://" not in value and (len(value.split()) > 2 or not value.isascii())


def _field(key: str, values: Mapping[str, Sequence[object]]) -> Guess | None:
    for wanted in _NAMES[key]:
        for name, own in values.items():
            if _last(name) != wanted or not own:
                continue
            held = sum(map(_HELD[key], own)) / len(own)
            if held >= _HOLDS and (key != "id_field" or len(set(map(str, own))) == len(own)):
                return Guess(key, name, f"by its name, and {held:.0%} of {len(own)} values fit")
    return None


def _last(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _is_language(value: object) -> bool:
    found = language_id(value) if isinstance(value, str) else None
    return bool(found) and not is_undetermined(found or "")


_HELD: Mapping[str, Callable[[object], bool]] = {
    "id_field": lambda value: isinstance(value, str | int) and not isinstance(value, bool),
    "url_field": lambda value: isinstance(value, str) and "://" in value,
    "licence_field": lambda value: isinstance(value, str),
    "date_field": lambda value: seconds(value) is not None,
    "language_field": _is_language,
}
