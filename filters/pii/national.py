"""Identifiers that states give to people, with the check digits that `python-stdnum` knows for each country.

A word that names the identifier leads to it, for most are short numbers of one check digit: one number in ten passes.
How near the word must stand, and whether a general one will do, follows from how much the check proves
(`Scheme.accepts`). The few whose form is closed (letters, a date and check digits, or its own punctuation) are found
without a word.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise

import re2

from filters.pii import regions
from filters.pii.automaton import compiled
from filters.pii.identifiers import CHECKS
from filters.pii.schemes import SCHEMES
from filters.pii.spans import NAMED, PROVED, SAID, Span
from filters.pii.window import Window, joins_left, joins_right, plain

# Forms that stand for themselves; the module says whether a number of the form is one.
_CLOSED = tuple(
    (module, re.compile(form + r"\Z"))
    for module, form in (
        ("cn.ric", r"[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]"),
        ("it.codicefiscale", r"[A-Z]{6}[0-9L-V]{2}[A-EHLMPRST][0-9L-V]{2}[A-Z][0-9L-V]{3}[A-Z]"),
        ("mx.curp", r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]"),
        ("kr.rrn", r"[0-9]{6}-[1-8][0-9]{6}"),
        ("br.cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"),
        ("ch.ssn", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"),
        ("fr.nir", r"[12] [0-9]{2} [0-9]{2} [0-9AB]{2} [0-9]{3} [0-9]{3} [0-9]{2}"),
        ("be.nn", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}"),
        ("fi.hetu", r"[0-3][0-9][01][0-9]{3}[\-+A-F][0-9]{3}[0-9A-FHJ-NPR-Y]"),
        ("cl.rut", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9K]"),
        ("ru.snils", r"[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}"),
        ("ae.eid", r"784-[0-9]{4}-[0-9]{7}-[0-9]"),
    )
)
_CHECKED, _PROVES = 0.3, 0.02  # shares of random strings that a check accepts: from here it is none, to here it is one
_DIGIT = re.compile(r"[0-9]")
_TOKEN = re.compile(r"[0-9A-Za-z]+")
_JOINT = re.compile(r"(?:[ ./\-(]{1,2}|\s-\s)\Z")
_DIGITS = 4  # an Indian PAN has no more
_COMPACT = range(6, 21)  # characters without joints, of all schemes named here
_NOBODY = "000"  # no identifier of a person begins so in any country named here; pseudonyms do
_TOKENS = 8  # groups of the longest way to write one (France: 1 84 12 76 451 089 46)
_AWAY = 40  # code points between a name and its number: "number of Mr. X is:"
_MIDDLE = 24  # the same where the check lets one in ten pass
_NEAR = 3  # the same where the name stands behind: "123-45-6789 (SSN)"
_SAID = re.compile(r":|\W{0,2}(?:no|nr|number|num)\b")  # what makes them names all the same
_SHORT = 3  # letters of acronyms that are words of other languages in lower case: nie, sin, run
# What stands between a name and its number where nothing else does.
_BESIDE = compiled(
    r"(?i)^(?:[^\p{L}0-9]{0,4}(?:number|numbers|no|nos|nr|num|nummer|número|numero|numéro|número|nº|n°|n|is|"
    r"ist|es|est|é|on|card|"
    r"holder|номер|ном|№|är|er|jest|to|số|là|nomor|identification|social|de|du|d[ae]|personne|personnel|"
    r"ciudadanía|identidad|"
    r"ya|raqam|серия|серии|и|рф|"
    r"выдан)){0,3}[^\p{L}0-9]{0,4}[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Arabic}\p{Hebrew}"
    r"\p{Devanagari}\p{Bengali}\p{Thai}\p{Sinhala}\s:：#.\-]{0,16}$"
)
_ENDS = re2.compile(r"[.!?;。！？।\n][\s\p{L}]")
BEFORE, AFTER = 32, 128  # bytes


# Bytes of a digit in any script that `plain` reads: a name without one beside it names nothing.
NEAR = re.compile(rb"[0-9]|[\xd9\xdb][\xa0-\xb9]|\xe0[\xa5\xa7][\xa6-\xaf]|\xef\xbc[\x90-\x99]")
# Superset of the closed forms: of a run of digits (what stands behind it may be the last of it), of a token.
WORTH_NUMBER = (
    r"\x01(?:[0-9]{17}|[0-9]{6}-[0-9]{3}|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-|756\.|784-|[12] [0-9]{2} |"
    r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-|"
    r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-|[0-9]{3}-[0-9]{3}-[0-9]{3} |[^\x00-\x7f])"
)
WORTH = r"\x01(?:[A-Z]{4}[0-9A-Z]{10,16}|[1-9][0-9]{16}[0-9X])\x02"  # a token of a closed form


def _bordered(names: str) -> str:
    letter = r"\p{Latin}\p{Cyrillic}\p{Greek}0-9_"
    return rf"(?:\A|[^{letter}])(?:{names})(?:[^{letter}]|\z|n[or]\b|-?nummer|-?number)"


# What is called the same in many countries: tried for those of the text's language and address.
_IDENTITY = (
    r"national id(?:entity|entification)?(?: number| no)?|identity card|id card|personalausweis|carte d.identité|"
    r"documento de identidad|número de identidad|identidad|identidade|documento d.identità|identiteitsnummer|"
    r"personnummer|"
    r"henkilötunnus|numer identyfikacyjny|удостоверени|身份|證號|新分증|신분증|رقم الهوية|الهوية|الرقم القومي|"
    r"کد ملی|شناختی|"
    r"पहचान|পরিচয়|nomor identitas|số cmnd|căn cước|kimlik|ταυτότητα|social security"
)
_GENERAL = (
    r"id number|id no|personal (?:id|number|code)|tax (?:id|number|identification)|numéro national|"
    r"steuernummer|идентификатор|ID番号"
)
# A row of the column is looked at if a name is in it.
NAME = rf"(?i){_bordered('|'.join(scheme.words for scheme in SCHEMES.values()))}|(?:{_IDENTITY}|{_GENERAL})"
_NAMED = tuple((name, re2.compile(rf"(?i){_bordered(scheme.words)}")) for name, scheme in SCHEMES.items())
_IDENTITIES = re2.compile(f"(?i)(?:{_IDENTITY})")
_OF_COUNTRY = {
    country: tuple(n for n, s in SCHEMES.items() if n.startswith(country.lower()) and s.accepts < _CHECKED)
    for country in {name[:2].upper() for name in SCHEMES}
}


@cache
def check(name: str) -> Callable[[str], bool]:
    """The scheme's check. Modules of stdnum look tables up that have holes; what is in none is no identifier."""
    own = CHECKS.get(name)
    if own is not None:
        return own
    check = import_module(f"stdnum.{name}").is_valid

    def known(number: str) -> bool:
        try:
            return bool(check(number) or ("." in number and check(number.replace(".", ""))))
        except KeyError:
            return False

    return known


@cache
def _written(name: str) -> re.Pattern[str] | None:
    """The scheme's form with its joints, if it has any."""
    form = SCHEMES[name].form
    if form.isalnum() or "#" not in form or form.replace("#", "").replace("A", "").isalnum():
        return None
    return re.compile("".join("[0-9]" if c == "#" else "[A-Z]" if c == "A" else re.escape(c) for c in form) + r"\Z")


@lru_cache(4096)
def _schemes(name: str, countries: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """(scheme, whether the name is its own), of the text's countries first."""
    own = [scheme for scheme, pattern in _NAMED if pattern.search(name)]
    own.sort(key=lambda n: countries.index(n[:2].upper()) if n[:2].upper() in countries else len(countries))
    general = [scheme for country in countries for scheme in _OF_COUNTRY.get(country, ()) if scheme not in own]
    return (*((scheme, True) for scheme in own), *((scheme, False) for scheme in general))


def find_named(window: Window) -> Iterator[Span]:
    """The number that a name points at: behind it, else right before it."""
    name = window.candidate
    text = plain(window.text)
    digit = _DIGIT.search(text, window.end - 1)
    behind_near = digit is not None and digit.start() - window.end <= _AWAY
    before_near = window.start > 0 and any(c.isalnum() for c in text[max(window.start - _NEAR, 0) : window.start + 1])
    if not behind_near and not before_near:
        return
    letters = "".join(c for c in name if c.isalpha())
    word = len(letters) <= _SHORT and letters.isascii() and letters.islower()
    if word and not _SAID.match(text, window.end - 1):
        return
    schemes = _schemes(name.lower(), regions.of(window.language, window.country))
    identity = bool(_IDENTITIES.search(name))
    behind = [] if not behind_near else [t.span() for t in _TOKEN.finditer(text, max(window.end - 1, window.start))]
    first = next((i for i, (start, end) in enumerate(behind) if any(c.isdigit() for c in text[start:end])), None)
    if first is not None and behind[first][0] - window.end <= _AWAY:
        for i in range(max(first - 1, 0), first + 1):
            gap = _gap(text[window.end - 1 : behind[i][0]], identity=identity)
            for j in range(min(i + _TOKENS, len(behind)) - 1, first - 1, -1):
                found = _identifier(text, behind[i : j + 1], schemes, gap)
                if found:
                    yield found
                    return
    before = [] if not before_near else [t.span() for t in _TOKEN.finditer(text[: window.start])][-_TOKENS:]
    if before and window.start - before[-1][1] <= _NEAR:
        for i in range(len(before)):
            found = _identifier(text, before[i:], schemes, _Gap(beside=True, middle=True, identity=identity))
            if found:
                yield found
                return


@dataclass(frozen=True, slots=True)
class _Gap:
    """What lies between a name and a number, and whether the name is one of an identity in general."""

    beside: bool
    middle: bool
    identity: bool

    def allows(self, scheme: str, own: bool, number: str) -> bool:
        """Whether a number that the scheme's check accepts is one of it."""
        accepts = SCHEMES[scheme].accepts
        if not own:
            return accepts <= _PROVES or (self.identity and self.beside)
        if accepts <= _PROVES or self.beside:
            return True
        form = _written(scheme)
        return (accepts < _CHECKED and self.middle) or (form is not None and form.match(number) is not None)


def _gap(between: str, *, identity: bool) -> _Gap:
    return _Gap(
        beside=bool(_BESIDE.search(between[:1] if between[:1].isalnum() else between))
        if len(between) < 2
        else bool(_BESIDE.search(between)),
        middle=len(between) <= _MIDDLE and not _ENDS.search(between[1:]),
        identity=identity,
    )


def _identifier(
    text: str, tokens: list[tuple[int, int]], schemes: tuple[tuple[str, bool], ...], gap: _Gap
) -> Span | None:
    start, end = tokens[0][0], tokens[-1][1]
    compact = "".join(text[a:b] for a, b in tokens)
    digits = "".join(c for c in compact if c.isdigit())
    if len(compact) not in _COMPACT or len(digits) < _DIGITS or not compact.isascii() or digits.startswith(_NOBODY):
        return None
    if any(not _JOINT.match(text[a[1] : b[0]]) for a, b in pairwise(tokens)):
        return None
    if "(" in text[start:end]:  # of a check digit in brackets
        end += 1
        if text[end - 1 : end] != ")":
            return None
    if joins_left(text, start, "_.") or joins_right(text, end) or len(set(compact)) < 3:
        return None
    number = text[start:end]
    for scheme, own in schemes:
        if check(scheme)(number) and gap.allows(scheme, own, number):
            confidence = SAID if SCHEMES[scheme].accepts >= _CHECKED else NAMED
            return _span(scheme, start, end, confidence)
    return None


def find_closed(window: Window) -> Iterator[Span]:
    """Numbers whose form is enough, around a run of digits or a token."""
    text = plain(window.text)
    first, last = window.start, window.end
    while first and text[first - 1].isascii() and text[first - 1].isalnum():
        first -= 1
    while last < len(text) and text[last].isascii() and text[last].isalnum():
        last += 1
    candidate = text[first:last]
    if len(candidate) not in range(11, 22) or "".join(c for c in candidate if c.isdigit()).startswith(_NOBODY):
        return
    for module, form in _CLOSED:
        if form.match(candidate):
            if check(module)(candidate) and not joins_left(text, first) and not joins_right(text, last):
                yield _span(module, first, last, PROVED)
            return


def _span(module: str, start: int, end: int, confidence: float) -> Span:
    return Span(
        start=start,
        end=end,
        kind="NATIONAL_ID",
        detector=f"national.{module}",
        confidence=confidence,
        country="" if module.startswith("xx.") else module[:2].upper(),
        version=2,
    )
