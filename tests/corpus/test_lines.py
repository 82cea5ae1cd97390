"""Lines that repeat within a source: hashes, counts and cuts, against plain Python."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from corpus.texts import cuts
from corpus.texts.repeated_lines import COUNTED, LineRule, LineScan, Tally, cut_bytes, known_lines
from filters import unicode
from filters.arrow import string_array, strings
from filters.kernels.line_hashes import hash_lines
from tests.filters import oracle
from tests.filters.strategies import HOSTILE, TEXT

SOURCES = ("a", "b")
LINE = st.sampled_from(["menu", "Home | About", "one line", "字字", "  one \t line ", "", " ", "menu", "x", "own"])
PAGE = st.lists(LINE, max_size=7).map("\n".join)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(SOURCES), st.one_of(PAGE, PAGE, TEXT)), max_size=8)
RULES = st.sampled_from(
    [
        LineRule(rule="drop-all", min_chars=0),
        LineRule(rule="keep-first", min_chars=2),
        LineRule(rule="keep-none-above", max_documents=2, min_chars=0),
        LineRule(rule="keep-none-above", max_documents=2, min_chars=0, max_words=1),
        LineRule(rule="drop-all", sources=("a",), min_words=2, min_chars=0),
        LineRule(rule="drop-all", min_chars=0, edges_only=True),
        LineRule(rule="keep-first", min_chars=0, max_chars=4, edges_only=True),
    ]
)


def parts(text: str) -> list[str]:
    return oracle.lines(text)


def raw(text: str) -> list[str]:
    """Lines as they stand, feeds left out."""
    return text.split("\n")


def normal(line: str) -> str:
    own = oracle.lines(line)
    return own[0] if own else ""


def words(line: str) -> int:
    count, before = 0, " "
    for character in line:
        if character != " " and (before == " " or oracle.flags(character) & unicode.UNSPACED):
            count += 1
        before = character
    return count


def naive(documents: list[tuple[str, str, str]], rules: list[LineRule]) -> list[list[str] | None]:
    """For each (id, source, text) the normalised lines that stay; None for a document that is dropped."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for id_, source, text in documents:
        for line in parts(text):
            seen[source, line].add(id_)

    def rule_of(source: str, line: str) -> LineRule | None:
        for rule in rules:
            long = rule.min_chars <= len(line) <= (rule.max_chars if rule.max_chars is not None else len(line))
            wordy = rule.min_words <= words(line) <= (rule.max_words if rule.max_words is not None else words(line))
            if ("*" in rule.sources or source in rule.sources) and long and wordy:
                return rule
        return None

    found: list[list[str] | None] = []
    for id_, source, text in documents:
        own, hits, edgy = parts(text), [], []
        for line in own:
            rule, holders = rule_of(source, line), seen[source, line]
            if rule is None or len(holders) <= (rule.max_documents or 1):
                hits.append(False)
            else:
                hits.append(not (rule.rule == "keep-first" and min(holders) == id_))
            edgy.append(rule is not None and rule.edges_only)
        gone = [
            hit and (not edge or all(hits[:place]) or all(hits[place:]))
            for place, (hit, edge) in enumerate(zip(hits, edgy, strict=True))
        ]
        left = [line for line, cut in zip(own, gone, strict=True) if not cut]
        found.append(None if own and not left else left)
    return found


def batch_of(documents: list[tuple[str, str, str]]) -> pa.RecordBatch:
    columns = list(zip(*documents, strict=True)) or [(), (), ()]
    return pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], names=["id", "source", "text"])


def known(scan: LineScan, groups: list[list[tuple[str, str, str]]]) -> pa.Table:
    """What Spark makes of the tallies of several parts."""
    tallies = []
    for group in groups:
        tally = Tally(scan)
        for document in group:
            tally.add(batch_of([document]))
        tallies.append(tally.rows())
    keys = ["scope", "high", "low", "limit"]
    summed = pa.concat_tables(tallies).group_by(keys).aggregate([("count", "sum"), ("first", "min")])
    rows = summed.rename_columns([*keys, "count", "first"]).to_pylist()
    return known_lines(pa.Table.from_pylist([r for r in rows if r["count"] > r["limit"]], schema=COUNTED))


def kept_after(scan: LineScan, documents: list[tuple[str, str, str]], groups: int) -> list[str | None]:
    """Texts after their cuts, None for those dropped; counted in several parts."""
    repeated = known(scan, [documents[g::groups] for g in range(groups)])
    batch = batch_of(documents)
    before = string_array(batch.column("text"))
    found = scan.cuts(batch, repeated)
    table = pa.table({"row": found.row, "start": found.start, "end": found.end})
    texts, _ = cuts.apply(before, np.arange(batch.num_rows), [table])
    sizes = np.bincount(found.row, cut_bytes(before, found), batch.num_rows)
    dropped = set(found.emptied.tolist())
    result: list[str | None] = []
    for row, text in enumerate(strings(texts)):
        if row not in dropped:
            assert len(text.encode()) == len(documents[row][2].encode()) - sizes[row]
        result.append(None if row in dropped else text)
    return result


@given(st.lists(TEXT, max_size=4))
@example(list(HOSTILE[:14]))
def test_lines_are_those_of_the_twin(texts: list[str]) -> None:
    array = pa.array(texts, pa.string())
    offsets = np.cumsum([0, *(len(t.encode()) for t in texts)]).astype(np.int32)
    data = np.frombuffer("".join(texts).encode(), np.uint8)
    found = hash_lines(data, offsets)
    expected = [line for text in texts for line in parts(text)]
    assert len(array) + 1 == len(found.offsets)
    assert found.high.tolist() == [oracle.hash_of(line) for line in expected]
    assert found.chars.tolist() == [len(line) for line in expected]
    assert found.words.tolist() == [words(line) for line in expected]
    rows = np.repeat(np.arange(len(texts)), np.diff(found.offsets))
    stood = [texts[row][a:b] for row, a, b in zip(rows, found.start, found.stop, strict=True)]
    assert [normal(line) for line in stood] == expected
    by_line = dict(zip(expected, found.low.tolist(), strict=True))
    assert found.low.tolist() == [by_line[line] for line in expected]
    assert len(set(by_line.values())) == len(by_line)


@given(DOCUMENTS, st.lists(RULES, min_size=1, max_size=3), st.integers(1, 3))
def test_cuts_are_those_of_the_twin_however_parts_are_made(
    drawn: list[tuple[str, str]], rules: list[LineRule], groups: int
) -> None:
    documents = [(f"{(7 * i) % 10:032x}", source, text) for i, (source, text) in enumerate(drawn)]
    scan = LineScan(rules=tuple(rules), sources=SOURCES)
    found = kept_after(scan, documents, groups)
    assert [None if text is None else parts(text) for text in found] == naive(documents, rules)
    assert found == kept_after(scan, documents, 1)
    backwards = kept_after(scan, documents[::-1], groups)
    assert found == backwards[::-1]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LineRule(rule="keep-first", min_chars=0), ["own\n\ntop\nend", "mine", "his\n"]),
        (LineRule(rule="drop-all", min_chars=0), ["own", "mine", "his\n"]),
        (LineRule(rule="keep-none-above", max_documents=2, min_chars=0), ["own\n\nend", "mine\n\nend", "his\n"]),
        (LineRule(rule="drop-all", min_chars=4), ["own\n\ntop\nend", "top\nmine\n\nend", "top\n\nhis\n"]),
    ],
)
def test_each_rule(rule: LineRule, expected: list[str]) -> None:
    texts = ["own\n\ntop\nend", "top\nmine\n\nend", "top\n\nhis\n"]
    documents = [(f"{i:032x}", "a", text) for i, text in enumerate(texts)]
    assert kept_after(LineScan(rules=(rule,), sources=SOURCES), documents, 2) == expected


def test_sources_are_apart() -> None:
    documents = [("0", "a", "same\none"), ("1", "b", "same\ntwo")]
    scan = LineScan(rules=(LineRule(rule="drop-all", min_chars=0),), sources=SOURCES)
    assert kept_after(scan, documents, 1) == ["same\none", "same\ntwo"]


@pytest.mark.parametrize(
    "table",
    [
        {"rule": "keep-none-above"},
        {"rule": "drop-all", "max_documents": 3},
        {"rule": "keep-some"},
        {"rule": "drop-all", "min_chars": 9, "max_chars": 3},
    ],
)
def test_tables_that_make_no_sense_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(LineRule).validate_python(table)
