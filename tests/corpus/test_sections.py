"""Every section of the report keeps the same contract, whatever it counts; a section without its stage is not there."""

from dataclasses import fields, replace
from importlib.resources import files as packaged
from pathlib import Path
from typing import Any, get_type_hints

import orjson
import pyarrow as pa
import pytest
from jinja2 import nodes

from corpus.report import pages, render
from corpus.report.as_json import plain
from corpus.report.opened import Opened, Part, Repeated
from corpus.report.people.mentioned import MENTIONS
from corpus.report.render import Head
from corpus.report.section import Section
from corpus.report.sections import SECTIONS, lines, mixture, passages
from corpus.report.sections.rights import RIGHTS
from corpus.shards.tallies import Chosen, Held
from corpus.stages import contamination
from corpus.stages.agreed import AGREED, ALIKE, VOTERS, Cast
from corpus.stages.built import Built
from corpus.stages.columns import CUTS
from corpus.stages.contamination import CONTAMINATION, Dirty
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES, Taken
from corpus.stages.matches import MATCHES, Suited
from corpus.stages.mix import MIX
from corpus.stages.passages import PASSAGES, Changed
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE
from corpus.stages.splits import SPLITS
from corpus.stages.trial import TRIAL, Caught
from corpus.store import manifest
from corpus.store.table import Table, write_whole
from corpus.store.tally import Row
from filters.arrow import strings
from filters.mentions import Filter as Mentions
from filters.people.lists import AXES
from filters.rights import Filter as Rights
from jobs.stages import report
from tests import stages
from tests.corpus.runs import report_of

AnySection = Section[Any, Any, Any]
OF_PARTS = [section for section in SECTIONS if section.over]
HEAD = Head(name="tiny", fingerprint="0" * 16, seed=7, stages={"dedup": "1" * 16})


def named(section: AnySection) -> str:
    return section.name


@pytest.fixture(scope="module")
def opened(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The finished run, and beside it stages that its recipe lacks: what sections of these read is made by hand."""
    job = report_of(finished)
    found = report.open_stages(job, report.present(job))
    folder = tmp_path_factory.mktemp("made")
    more = {
        LINES.name: made(
            folder, LINES.name, {"cuts": 3, "emptied": 1}, Taken(rule="drop-all", source="a.b", lines=3, bytes=70)
        ),
        PASSAGES.name: made(
            folder,
            PASSAGES.name,
            {
                **dict.fromkeys(("cuts", "bytes", "changed", "dropped", "dropped_bytes"), 5),
                **{"repeated_words": 9, "held_words": 1},
            },
            Changed(source="a", language="eng_Latn", documents=1, bytes=7),
            Changed(source="b", language="eng_Latn", documents=1, bytes=8),
        ),
        MIX.name: made(folder, MIX.name, {}),
    }
    (folder / "mix" / "about").mkdir(parents=True)
    group = dict.fromkeys((field.name for field in fields(mixture.Group)), 1)
    told = {"mixture": {"max_epochs": 4.0}, "wanted_tokens": 9, "given_tokens": 8, "left_over": ["pile"]}
    told["groups"] = [{**group, "key": "web", "pairs": [["web", "eng_Latn"]], "capped": True}]
    (folder / "mix" / "about" / "mixture.json").write_bytes(orjson.dumps(told))
    more[MATCHES.name] = stages.built(
        MATCHES.name,
        folder / MATCHES.name,
        {},
        {"searched": 9},
        [Suited(suite="s", task="t", items=5, unchecked=1), Suited(suite="s", task="u", items=2, unchecked=0)],
    )
    proofs = [
        proof_part(("s", "u", "1", True, "mark"), ("s", "u", "2", False, "drop"), ("", "", "", True, "mark")),
        proof_part(("s", "u", "1", False, "mark"), ("s", "t", "4", False, "mark"), ("s", "t", "5", True, "cut")),
    ]
    written = stages.written(folder / CONTAMINATION.name, "proofs", proofs)
    more[CONTAMINATION.name] = stages.built(
        CONTAMINATION.name,
        folder / CONTAMINATION.name,
        {"proofs": written.files},
        {"documents": 3, "dropped": 1, "cut": 1},
        [
            Dirty(suite="s", task="u", items=2, whole=1, matches=4, common=1),
            Dirty(suite="", task="", items=1, whole=1, matches=1, common=0),
            contamination.Taken(source="web", language="eng_Latn", documents=3, dropped=1, cut=1, chars=80),
        ],
    )
    more[AGREED.name] = agreed(folder)
    more[TRIAL.name] = stages.built(
        TRIAL.name,
        folder / TRIAL.name,
        {},
        {"planted": 40, "in_corpus": 0},
        [
            Caught(stage="dedup", kind="Jaccard 0.9", wanted="yes", checks=24, reached=20, caught=19),
            Caught(stage="dedup", kind="Jaccard 0.5", wanted="no", checks=24, reached=20, caught=1),
            Caught(stage="release", kind="EMAIL", wanted="yes", checks=24, reached=0, caught=0),
        ],
    )
    more[SPLITS.name] = stages.built(
        SPLITS.name,
        folder / SPLITS.name,
        {},
        {"copies": 4},
        [
            Chosen(split="valid", wanted=9, taken=2),
            Chosen(split="test", wanted=1, taken=1),
            Held(split="valid", source="manuals", language="eng_Latn", documents=2, tokens=70),
            Held(split="test", source="manuals", language="fra_Latn", documents=1, tokens=30),
        ],
    )
    equal = {one: 2 for section in SECTIONS for one in section.repeated}
    tables = {LINES.cuts: more[LINES.name].table("cuts"), PASSAGES.cuts: more[PASSAGES.name].table("cuts")}
    tables[CONTAMINATION.proofs] = more[CONTAMINATION.name].table("proofs")
    tables |= {ref: more[AGREED.name].table(ref.table) for ref in (AGREED.voters, AGREED.alike)}
    tables[MIX.about] = more[MIX.name].table("about")
    more[RIGHTS.stage] = said(folder, found.table(DECIDE.verdicts))
    tables[RIGHTS] = more[RIGHTS.stage].table(RIGHTS.table)
    more[MENTIONS.stage] = spoken(folder, found.table(DECIDE.verdicts))
    tables[MENTIONS] = more[MENTIONS.stage].table(MENTIONS.table)
    return replace(found, tables={**found.tables, **tables}, stages={**found.stages, **more}, repeated=equal)


def agreed(above: Path) -> Built:
    """Two voters that are identified, and one that is not."""
    told: dict[str, Any] = {
        "accuracy": 0.9,
        "keep_right": 0.95,
        "drop_right": None,
        "keep_if_good": 0.9,
        "drop_if_good": 0.1,
    }
    told |= {"keep_if_bad": 0.4, "drop_if_bad": 0.6, "error": 0.02}
    rows: list[dict[str, Any]] = [
        {"voter": "length.few_words", "identified": True, "why": "", **told},
        {"voter": "function.menu", "identified": True, "why": "", **told, "drop_right": 0.7},
        {"voter": "<b>.x", "identified": False, "why": "few voters"},
    ]
    alike = [{"first": "length.few_words", "second": "<b>.x", "both": 40, "either": 41, "expected": None}]
    folder = above / AGREED.name
    written = {
        "voters": write_whole(str(folder), "voters", "part-00000", pa.Table.from_pylist(rows, schema=VOTERS)),
        "alike": write_whole(str(folder), "alike", "part-00000", pa.Table.from_pylist(alike, schema=ALIKE)),
    }
    counts = {
        "counted": 9,
        "found_patterns": 4,
        "fitted": 8,
        "rare": 1,
        "known": 7,
        "unknown": 2,
        "rounds": 30,
        "settled": 1,
    }
    cast = [Cast(voter=row["voter"], keep=5, drop=3, neither=1, overlaps=8, conflicts=2) for row in rows]
    return stages.built(
        AGREED.name, folder, {k: [v] for k, v in written.items()}, {**counts, "good_millionths": 800_000}, cast
    )


def proof_part(*rows: tuple[str, str, str, bool, str]) -> pa.Table:
    """Suite, task, item, whole, done; the rest does not matter."""
    names = ("suite", "task", "item", "whole", "done")
    rest = {"id": "", "row": 0, "chars": 9, "kind": "question", "start": 0, "end": 1, "share": 1.0, "run": 1}
    rest |= {"gram": 0, "common": False}
    made = [{**rest, **dict(zip(names, row, strict=True))} for row in rows]
    return pa.Table.from_pylist(made, schema=contamination.PROOFS)


def said(above: Path, verdicts: Table) -> Built:
    """Signals of the filter `rights`, aligned with documents; every second one is refused."""
    folder = above / RIGHTS.stage
    labels = [("disallow", "tdmrep", "header", "", "1"), ("unknown", "", "", "", "")]
    written = [
        write_whole(
            str(folder),
            RIGHTS.table,
            f"part-{part:05d}",
            pa.Table.from_pylist(
                [dict(zip(Rights.signals.names, labels[row % 2], strict=True)) for row in range(entry.rows)],
                schema=Rights.signals,
            ),
        )
        for part, entry in enumerate(verdicts.files)
    ]
    return stages.built(RIGHTS.stage, folder, {RIGHTS.table: written})


def spoken(above: Path, verdicts: Table) -> Built:
    """Signals of the filter `mentions`, aligned with documents; every second one speaks of a woman who is a nurse."""
    folder = above / MENTIONS.stage
    silent = {**dict.fromkeys(AXES, 0), "groups": [], "targets": [], "lexicon": True}
    woman = [{"name": "gender.female", "count": 2}]
    speaks = {**silent, "gender": 2, "groups": woman, "targets": [{"name": "profession.nurse", "count": 1}]}
    written = [
        write_whole(
            str(folder),
            MENTIONS.table,
            f"part-{part:05d}",
            pa.Table.from_pylist([(speaks, silent)[row % 2] for row in range(entry.rows)], schema=Mentions.signals),
        )
        for part, entry in enumerate(verdicts.files)
    ]
    return stages.built(MENTIONS.stage, folder, {MENTIONS.table: written})


def made(above: Path, stage: str, counts: dict[str, int], *tallied: Row) -> Built:
    """A stage with two parts of cuts."""
    names = ("id", "row", "start", "end", "rule", "count", "of_id")
    parts = [
        [("0", 0, 0, 9, "drop-all", 9, "a"), ("0", 0, 10, 14, "drop-all", 3, "a"), ("1", 1, 0, 9, "drop-all", 9, "a")],
        [("2", 0, 0, 9, "drop-all", 9, "a"), ("2", 0, 10, 11, "keep-first", 12, "b")],
    ]
    folder = above / stage
    written = [
        write_whole(
            str(folder),
            "cuts",
            f"part-{number:05d}",
            pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=CUTS),
        )
        for number, rows in enumerate(parts)
    ]
    return stages.built(stage, folder, {"cuts": written}, counts, tallied)


def tallies(section: AnySection, opened: Opened) -> list[Any]:
    """Of every part, as they come out of a worker."""
    assert section.tally is not None
    numbers = range(max(opened.table(rows).parts for rows in section.over))
    return [orjson.loads(manifest.canonical(section.tally(Part(opened=opened, number=i)))) for i in numbers]


def merged(section: AnySection, opened: Opened) -> Any:
    return section.merge(opened.recipe, tallies(section, opened)) if section.merge else None


def collected(opened: Opened, present: list[AnySection]) -> dict[str, bytes]:
    return pages.bodies(HEAD, opened, SECTIONS, {section.name: merged(section, opened) for section in present})


def test_sections_have_names_and_keys_of_their_own() -> None:
    assert len({section.name for section in SECTIONS}) == len(SECTIONS)
    links = [anchor for section in SECTIONS for anchor, _ in section.links]
    assert len(set(links)) == len(links)


@pytest.mark.parametrize("section", SECTIONS, ids=named)
def test_section_tallies_all_or_nothing(section: AnySection) -> None:
    assert bool(section.over) == bool(section.tally) == bool(section.merge)


@pytest.mark.parametrize("section", OF_PARTS, ids=named)
def test_tally_is_the_same_out_of_json(section: AnySection, opened: Opened) -> None:
    assert section.tally is not None
    assert section.merge is not None
    told = section.tally(Part(opened=opened, number=0))
    again = orjson.loads(manifest.canonical(told))
    assert again == told
    assert section.merge(opened.recipe, [again]) == section.merge(opened.recipe, [told])


@pytest.mark.parametrize("section", OF_PARTS, ids=named)
def test_merges_of_merges_are_the_merge_of_all(section: AnySection, opened: Opened) -> None:
    """Tasks add up tallies of a group of parts, and the driver those of groups."""
    assert section.merge is not None
    values = tallies(section, opened)
    whole = section.merge(opened.recipe, values)
    for cut in range(1, len(values)):
        halves = [section.merge(opened.recipe, half) for half in (values[:cut], values[cut:])]
        assert manifest.canonical(section.merge(opened.recipe, halves)) == manifest.canonical(whole)
    nothing = section.merge(opened.recipe, [])
    assert manifest.canonical(section.merge(opened.recipe, [nothing, whole])) == manifest.canonical(whole)


@pytest.mark.parametrize("section", OF_PARTS, ids=named)
def test_merge_of_one_is_that_one_and_no_order_matters(section: AnySection, opened: Opened) -> None:
    assert section.merge is not None
    values = tallies(section, opened)
    assert len(values) > 1
    for value in values:
        assert section.merge(opened.recipe, [value]) == value
    whole = section.merge(opened.recipe, values)
    assert section.merge(opened.recipe, values[::-1]) == whole
    assert section.merge(opened.recipe, values[1:] + values[:1]) == whole
    assert whole != section.merge(opened.recipe, values[:1])  # it does add up


@pytest.mark.parametrize("section", [section for section in SECTIONS if len(section.over) > 1], ids=named)
def test_number_that_a_table_has_no_part_of_adds_nothing(section: AnySection, opened: Opened) -> None:
    """Tables have different numbers of parts, and all are walked together."""
    assert section.tally is not None
    assert section.merge is not None
    values = tallies(section, opened)
    beyond = section.tally(Part(opened=opened, number=len(values)))
    assert section.merge(opened.recipe, [*values, beyond]) == section.merge(opened.recipe, values)


@pytest.mark.parametrize("section", SECTIONS, ids=named)
def test_facts_are_a_frozen_dataclass_and_json(section: AnySection, opened: Opened) -> None:
    facts = section.facts(opened, merged(section, opened))
    assert type(facts) is get_type_hints(section.facts)["return"]
    assert type(facts).__dataclass_params__.frozen
    assert orjson.loads(manifest.canonical(plain(facts))) == plain(facts)


@pytest.mark.parametrize("section", SECTIONS, ids=named)
def test_template_names_nothing_that_facts_lack(section: AnySection) -> None:
    """In the source, so also in branches that no run of the tests takes."""
    source = (packaged("corpus.report") / "sections" / f"{section.name}.html").read_text("utf-8")
    known = {"facts": get_type_hints(section.facts)["return"]}
    if section.shown:
        known["shown"] = get_type_hints(section.shown)["return"]
    tree = render.environment().parse(source)
    for used in tree.find_all(nodes.Getattr):
        if isinstance(used.node, nodes.Name) and used.node.name in ("facts", "shown"):
            assert used.node.name in known, f"{section.name} shows nothing but its facts"
            assert used.attr in {field.name for field in fields(known[used.node.name])}


@pytest.mark.parametrize("section", SECTIONS, ids=named)
def test_template_draws_its_facts(section: AnySection, opened: Opened) -> None:
    value = merged(section, opened)
    facts = section.facts(opened, value)
    shown = section.shown(opened, value, facts) if section.shown else None
    html = render.section(section.name, facts, shown, opened.recipe)
    assert html
    for anchor, _ in section.links:
        assert f'id="{anchor}"' in html


@pytest.mark.parametrize("section", SECTIONS, ids=named)
def test_section_reads_what_it_says_and_no_more(section: AnySection, opened: Opened) -> None:
    """With nothing opened but that, it still tallies, says and shows the same."""
    read = section.reads(opened.recipe)
    tables = {ref: opened.tables[ref] for ref in read if ref.table}
    narrow = replace(
        opened,
        tables=tables,
        stages={ref.stage: opened.stages[ref.stage] for ref in read if ref.needed or ref.stage in opened.stages},
    )
    assert {*section.over, *(one.rows for one in section.repeated)} <= tables.keys()
    value = merged(section, narrow)
    facts = section.facts(narrow, value)
    assert facts == section.facts(opened, merged(section, opened))
    if section.shown:
        seen = section.shown(narrow, value, facts)
        assert not section.files or section.files(narrow, facts, seen)


def test_section_without_its_stage_is_not_there(finished: Path, opened: Opened) -> None:
    job = report_of(finished)
    absent = {section.name for section in SECTIONS} - {section.name for section in report.present(job)}
    assert absent == {
        "agreement",
        "canaries",
        "contamination",
        "lines",
        "passages",
        "mentions",
        "mixture",
        "rights",
    } | {"splits"}
    without = collected(opened, list(report.present(job)))
    whole = collected(opened, list(SECTIONS))
    assert orjson.loads(whole["facts.json"]).keys() - orjson.loads(without["facts.json"]).keys() == absent
    for name in absent:
        assert f'<h2 id="{name}">' in whole["index.html"].decode()
        assert f'id="{name}"' not in without["index.html"].decode()
    assert b'href="#mixture"' in whole["index.html"]
    assert b"#mixture" not in without["index.html"]


def test_items_that_stay_are_said_as_helm_reads_them(opened: Opened) -> None:
    section = next(one for one in SECTIONS if one.name == "contamination")
    facts = section.facts(opened, merged(section, opened))
    assert [(one.task, one.items, one.whole) for one in facts.left] == [("t", 1, 0), ("u", 1, 1)]
    assert section.files
    text = section.files(opened, facts, None)["contamination.yaml"].decode()
    point = (
        '- models: ["tiny"]\n  groups: ["{}"]\n  level: {}\n  description: "s: 1 items stand in the corpus tiny, {} of '
    )
    assert text == "points:\n" + "".join(
        f'{point.format(*one)}them whole"\n' for one in (("t", "weak", 0), ("u", "strong", 1))
    )
    assert section.files(opened, replace(facts, left=[]), None)["contamination.yaml"] == b"points: []\n"


def test_mixture_without_groups_draws_nothing(opened: Opened) -> None:
    facts = mixture.SECTION.facts(opened, None)
    assert render.section("mixture", replace(facts, groups=[]), None, opened.recipe) == ""


def test_what_was_not_opened_is_refused(opened: Opened) -> None:
    with pytest.raises(ValueError, match="stage lines was not opened"):
        replace(opened, stages={}).counts(LINES)
    with pytest.raises(ValueError, match="table nothing of dedup was not opened"):
        opened.table(Ref(stage=DEDUP.name, table="nothing"))
    assert opened.repeated[Repeated(rows=RELEASE.corpus, key="content", summed="redacted")] == 2


def test_part_reads_each_column_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    read = Table.read

    def counting(self: Table, part: int, columns: list[str] | None = None) -> pa.Table:
        asked.append(tuple(columns or ()))
        return read(self, part, columns)

    monkeypatch.setattr(Table, "read", counting)
    part, rows = Part(opened=opened, number=0), DECIDE.verdicts
    first = part.read(rows, ["source", "language"])
    assert part.read(rows, ["language", "id", "source"]).select(["source", "language"]) == first
    assert asked == [("source", "language"), ("id",)]
    assert part.once(len_of) is part.once(len_of)


def len_of(part: Part) -> list[int]:
    return [part.number]


def test_lines_are_shown_by_rule_and_source(opened: Opened) -> None:
    facts = lines.SECTION.facts(opened, merged(lines.SECTION, opened))
    assert facts.taken == [lines.Taken(rule="drop-all", source="a.b", lines=3, bytes=70)]
    assert facts.emptied == 1
    assert [(line.count, line.rule) for line in facts.commonest] == [
        (12, "keep-first"), (9, "drop-all"), (3, "drop-all"),
    ]  # fmt: skip
    documents = opened.table(INGEST.documents).read(0, ["text", "source"]).slice(0, 1).to_pylist()
    assert [(facts.commonest[1].text, facts.commonest[1].source)] == [
        (d["text"][:9].strip(), d["source"]) for d in documents
    ]


def test_passages_are_shown_with_who_keeps_them(opened: Opened) -> None:
    section: AnySection = passages.SECTION
    value = merged(section, opened)
    assert section.shown is not None
    facts = section.facts(opened, value)
    assert facts.sources == [("b", 8), ("a", 7)]
    shown = section.shown(opened, value, facts)
    assert [(one.documents, one.holder) for one in shown.passages] == [(12, "b"), (9, "a"), (3, "a")]


def test_no_text_of_a_person_is_shown(opened: Opened) -> None:
    """Where she is named, the cut begins before and ends in the midst of her address."""
    text = "jane.roe"
    part, row, start = place_of(opened, text)
    long = [[9, "drop-all", part, row, 0, start + len(text)]]
    sections: tuple[Any, ...] = (lines.SECTION, passages.SECTION)
    for section in sections:
        told = section.facts(opened, long)
        seen = section.shown(opened, long, told) if section.shown else None
        html = render.section(section.name, told, seen, opened.recipe)
        assert text not in html
        assert "PI:EMAIL" in html


def place_of(opened: Opened, text: str) -> tuple[int, int, int]:
    """Part, row and code point where the first document that holds a text does."""
    documents = opened.table(INGEST.documents)
    for part in range(documents.parts):
        for row, own in enumerate(strings(documents.read(part, ["text"]).column("text"))):
            if text in own:
                return part, row, own.index(text)
    raise AssertionError(text)
