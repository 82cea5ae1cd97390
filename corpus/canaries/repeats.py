"""Cases for what compares documents: copies, contained code, template lines, passages of other documents."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from random import Random

from corpus.canaries import copies, names
from corpus.canaries.case import Case, Check
from corpus.canaries.copies import Pair
from corpus.canaries.request import Original, Tried
from corpus.canaries.texts import LANGUAGES, UNSPACED, jumble
from corpus.texts.repeated_lines import LineRule

_WORDS = 220  # of a document about lines and passages
_MOST_DOCUMENTS = 50  # of a template line: a rule that lets more have it is not tried
_TIMES = 8  # documents for each that is copied: some repeat themselves
_ALIKE = 0.1  # share of shingles of earlier originals that another may have
_EXACT = "other case and blanks"
_COPIED = 250  # words of a text that copies are made of where the corpus has none
_FUNCTIONS, _CONTAINED = 14, 8  # of a file of code, and of one that is contained in it


def duplicates(random: Random, tried: Tried, originals: Sequence[Original]) -> Iterator[Case]:
    """Copies of documents of the corpus; of text that comes with the program where the corpus has too few.

    A recipe says what is a copy, but not that nine tenths of shared shingles are none, or a half one.
    """
    lacking = max(0, _TIMES * tried.table.cases - len(originals))
    left = [*originals, *_more(random, tried, min(lacking, 6 * tried.table.cases))]
    used: set[int] = set()
    wanted = {90: True, 80: tried.threshold <= 0.8, 70: tried.threshold <= 0.7, 50: False}
    for percent, goes in wanted.items():
        near = partial(copies.near, random, ngram=tried.ngram, percent=percent)
        yield from _pairs(f"Jaccard {percent / 100:.1f}", left, used, near, tried, goes=goes)
    yield from _pairs(_EXACT, left, used, partial(copies.exact, random), tried, goes=True)


def _pairs(
    kind: str,
    left: list[Original],
    used: set[int],
    copied: Callable[[str], Pair | None],
    tried: Tried,
    *,
    goes: bool,
) -> Iterator[Case]:
    """A pair of each of the first that can be copied so; these are taken out of what is left. Of documents whose heads
    are alike, as those with one licence, a copy might go for another than its own: `used` are shingles of all."""
    number = 0
    for original in tuple(left):
        if number == tried.table.cases:
            return
        pair = copied(original.text)
        if pair is None:
            continue
        left.remove(original)
        own = copies.distinct(pair.text, tried.ngram)
        if len(own & used) > _ALIKE * len(own):
            continue
        used |= own
        of = f"{names.DEDUP}/{kind}/{number:03} original"
        first = Case(name=of, text=pair.text, language=original.language, source=original.source, planted=False)
        check = Check(stage=names.DEDUP, kind=kind, wanted=goes, about={"of": of})
        yield first
        yield replace(first, name=of.removesuffix(" original"), text=pair.copy, planted=True, checks=(check,))
        number += 1


def _more(random: Random, tried: Tried, count: int) -> Iterator[Original]:
    languages = [one for one in tried.kept(LANGUAGES) if one not in UNSPACED] or [_spaced(tried)]
    for number in range(count):
        language = languages[number % len(languages)]
        yield Original(text=jumble(random, language, _COPIED), language="", source="")


def code(random: Random, tried: Tried) -> Iterator[Case]:
    """Files, and files whose functions all stand in one of these."""
    if tried.code is None or not fnmatchcase("code_python", tried.code[0] if tried.code else ""):
        return
    for number in range(tried.table.cases):
        functions = [_function(random) for _ in range(_FUNCTIONS)]
        of = f"code/{number:03} whole"
        yield Case(name=of, text="\n\n".join(functions), language="code_python", planted=False)
        check = Check(stage=names.CODE, kind="functions of another file", about={"of": of})
        text = "\n\n".join(functions[2 : 2 + _CONTAINED])
        yield Case(name=f"code/{number:03}", text=text, language="code_python", checks=(check,))


def _function(random: Random) -> str:
    """Of statements drawn by chance, so that no two have one form."""
    names = ["".join(random.choice("aeioulmnrst") for _ in range(6)) for _ in range(5)]
    signs = ("+", "-", "*", "//", "%", "|", "&", "^")
    lines = [f"def {names[0]}({names[1]}, {names[2]}):"]
    for _ in range(random.randint(5, 8)):
        one, two, three = (random.choice(names[1:]) for _ in range(3))
        sign, other = random.sample(signs, 2)
        form = random.randrange(5)
        if form == 0:
            lines.append(f"    {one} = {two} {sign} {random.randint(2, 99)} {other} {three}")
        elif form == 1:
            lines.append(f"    if {one} > {two} {sign} {three}:\n        {two} = {one} {other} {random.randint(2, 99)}")
        elif form == 2:
            lines.append(f"    for {names[3]} in range({one} {sign} {two}):\n        {three} {other}= {names[3]}")
        elif form == 3:
            lines.append(f"    {one} = [{two} {sign} {three}, {three} {other} {two}, {random.randint(2, 99)}]")
        else:
            lines.append(f"    while {one} {sign} {two}:\n        {one} = max({three}, {two} {other} {one})")
    return "\n".join([*lines, f"    return {names[1]} {random.choice(signs)} {names[2]}"])


def lines(random: Random, tried: Tried) -> Iterator[Case]:
    """For each rule a line that it is for, in more documents than it allows."""
    for number, rule in enumerate(tried.lines):
        source = next((one for one in tried.sources if _fits(rule, one)), "")
        line = _line(random, tried, number, source) if source and rule.limit <= _MOST_DOCUMENTS else ""
        if not line:
            continue
        count = max(rule.limit + 1, min(tried.table.cases, _MOST_DOCUMENTS))
        for place in range(count):
            text = jumble(random, _spaced(tried), _WORDS)
            checks = (
                Check(stage=names.LINES, kind=f"template line ({rule.rule})", about={"line": line}),
                Check(stage=names.LINES, kind="lines of one document", wanted=False, about={"but": line}),
            )
            yield Case(name=f"lines/{number}/{place:03}", text=f"{line}\n{text}", source=source, checks=checks)


def _spaced(tried: Tried) -> str:
    """A language that is written with blanks."""
    kept = [one for one in tried.kept(LANGUAGES) if one not in UNSPACED]
    return "eng_Latn" if "eng_Latn" in kept or not kept else kept[0]


def _fits(rule: LineRule, source: str) -> bool:
    return any(fnmatchcase(source, pattern) for pattern in rule.sources)


def _line(random: Random, tried: Tried, number: int, source: str) -> str:
    """One that of the recipe's rules this one is the first for; "" if there is none."""
    for words in range(3, 120):
        line = jumble(random, _spaced(tried), words).replace("\n", " ")
        first = next(
            (place for place, rule in enumerate(tried.lines) if _fits(rule, source) and _is_for(rule, line)), -1
        )
        if first == number:
            return line
    return ""


def _is_for(rule: LineRule, line: str) -> bool:
    words = len(line.split())
    return (rule.min_chars <= len(line) <= (rule.max_chars or len(line))) and (
        rule.min_words <= words <= (rule.max_words or words)
    )


def passages(random: Random, tried: Tried) -> Iterator[Case]:
    """Two documents that have a passage of twice the least size, and nothing else."""
    if tried.passages is None:
        return
    patterns = tried.passages.sources
    source = next((one for one in tried.sources if any(fnmatchcase(one, pattern) for pattern in patterns)), None)
    if source is None:
        return
    language, words = _spaced(tried), 2 * tried.passages.min_tokens
    for number in range(tried.table.cases):
        shared = jumble(random, language, words)
        pair = [f"passages/{number:03}{place}" for place in "ab"]
        for name, other in zip(pair, reversed(pair), strict=True):
            # In one line, or what looks for repeated lines would have it first.
            text = " ".join([jumble(random, language, _WORDS), shared, jumble(random, language, _WORDS)])
            text = text.replace("\n", " ")
            check = Check(stage=names.PASSAGES, kind="passage of another document", about={"of": other})
            yield Case(name=name, text=text, source=source, checks=(check,) if name == pair[0] else ())
        check = Check(stage=names.PASSAGES, kind="text of one document", wanted=False)
        text = jumble(random, language, 2 * _WORDS)
        yield Case(name=f"passages/{number:03}c", text=text, source=source, checks=(check,))
