"""The page in Chromium: it draws, sorts, filters, drags, leads to one language's screen; it asks nobody, logs nothing,
is cut nowhere, and shows hostile names and texts as what they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks import report_made
from benchmarks.chromium import CHROMIUM, Browser, started
from benchmarks.report_made import Plan
from corpus.report import beside

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

HOSTILE = '</script><img src=x onerror="window.taken=1"><svg onload=window.taken=1>&amp;"\'\u2028{{ 7 * 7 }}'
NAMES = ('<b onmouseover="window.taken=1">', "__proto__", "a/b c#d%25?e&amp;", "\u202eright", "constructor", "x" * 300)
PLAN = Plan(
    languages=["eng_Latn", "zho_Hans", "fra_Latn", HOSTILE, "__proto__", "deu_Latn"],
    sources=["web", "news", *NAMES],
    text=HOSTILE,
    url=f"javascript:window.taken=1//{HOSTILE}",
    name=HOSTILE,
    erased="zho_Hans",
    rule="length.few_words",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of which nothing is what it should be called."""
    path = tmp_path_factory.mktemp("report")
    for name, data in report_made.files(PLAN, path / "run").items():
        (path / name).write_bytes(data)
    return path


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with started() as browser:
        browser.size(1280)
        yield browser


@pytest.fixture
def page(tab: Browser, folder: Path) -> Iterator[Browser]:
    """The report; afterwards nothing was logged, asked for, or taken over."""
    tab.said.clear()
    tab.asked.clear()
    tab.size(1280)
    tab.open(folder / "index.html")
    yield tab
    assert not tab.said
    assert all(one.startswith("file://") or one == "about:blank" for one in tab.asked)
    assert tab.js("typeof window.taken") == "undefined"
    assert tab.js("document.querySelectorAll('img, iframe, object, link, #detail script, main script').length") == 0


def column(page: Browser, table: str, number: int) -> list[str]:
    found: list[str] = page.js(
        f"[...document.querySelector({json.dumps(table)}).rows]"
        ".filter(r => !r.hidden && r.cells[0].tagName === 'TD')"
        f".map(r => r.cells[{number}].textContent)"
    )
    return found


def facts(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((folder / "facts.json").read_bytes())
    return found


LANGUAGES = "#languages ~ .scroll table"


@pytest.mark.parametrize("wide", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_cut_and_every_chart_is_drawn(page: Browser, folder: Path, wide: int, dark: bool) -> None:
    page.size(wide, dark=dark)
    page.open(folder / "index.html")
    assert page.js("document.documentElement.scrollWidth") <= wide
    page.centre("figure[data-rule]")
    page.until("document.querySelectorAll('figure .handle').length === document.querySelectorAll('figure').length")
    assert page.js("document.documentElement.scrollWidth") <= wide
    drawn = page.js("[...document.querySelectorAll('figure svg')].map(s => s.querySelectorAll('.bars rect').length)")
    assert len(drawn) == len(facts(folder)["sweeps"])
    assert all(drawn)
    outside = page.js(
        "[...document.querySelectorAll('figure svg text, .treemap text')].filter(t => {"
        " const b = t.getBoundingClientRect(), s = t.closest('svg').getBoundingClientRect();"
        " return b.width && (b.left < s.left - 1 || b.right > s.right + 1); })"
        ".map(t => t.textContent)"
    )
    assert outside == []
    page.js("location.hash = '#/language/eng_Latn'")
    page.until("document.querySelector('#detail .texts .text')")
    assert page.js("document.documentElement.scrollWidth") <= wide


def test_tables_sort_by_click_and_by_key(page: Browser) -> None:
    head = f"{LANGUAGES} th:nth-child(2) button"
    page.click(head)
    down = [int(one.replace(",", "")) for one in column(page, LANGUAGES, 1)]
    assert down == sorted(down, reverse=True)
    page.js(f"document.querySelector({json.dumps(head)}).focus()")
    page.press("Enter")
    up = [int(one.replace(",", "")) for one in column(page, LANGUAGES, 1)]
    assert up == sorted(up) == down[::-1]
    page.click(f"{LANGUAGES} th:nth-child(3) button")  # sizes, in units
    scale = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
    sizes = [float(one.split()[0]) * scale[one.split()[1]] for one in column(page, LANGUAGES, 2)]
    assert sizes == sorted(sizes, reverse=True)
    assert page.js(f"document.querySelector({json.dumps(LANGUAGES)}).querySelectorAll('th[aria-sort]').length") == 1


def test_long_tables_are_filtered(page: Browser, tmp_path: Path) -> None:
    plan = Plan(languages=[f"l{n:02}_Latn" for n in range(30)], sources=["web"], each=30)
    for name, data in report_made.files(plan, tmp_path / "run").items():
        (tmp_path / name).write_bytes(data)
    page.open(tmp_path / "index.html")
    assert len(column(page, LANGUAGES, 0)) == 30
    page.js(
        "{ const i = document.querySelector('#languages ~ .filter input'); i.value = 'L1'; "
        "i.dispatchEvent(new Event('input')); }"
    )
    assert sorted(column(page, LANGUAGES, 0)) == [f"l1{n}_Latn" for n in range(10)]


def test_threshold_is_dragged_and_moved_by_keys(page: Browser, folder: Path) -> None:
    curve = next(one for one in facts(folder)["sweeps"] if one["name"] == "length.few_words")
    figure = 'figure[data-rule="length.few_words"]'
    page.centre(figure)
    page.until(f"document.querySelector('{figure} .handle')")
    before = page.js(f"document.querySelector('{figure} .said').textContent")
    assert f"{curve['free']:,} that no other rule drops (all)" in before
    start = page.centre(f"{figure} .handle circle")
    page.drag(start, (start[0] + 60, start[1] + 30))
    at = float(page.js(f"document.querySelector('{figure} .handle').getAttribute('aria-valuenow')"))
    assert at in curve["thresholds"]
    assert at > curve["value"]
    kept = curve["kept"][curve["thresholds"].index(at)]
    said = page.js(f"document.querySelector('{figure} .said').textContent")
    assert f": {kept:,} of {curve['free']:,}" in said
    assert "against now" in said
    assert f"{kept:,}" in page.js(f"document.querySelector('{figure} .mini').textContent")
    assert page.js(f"document.querySelectorAll('{figure} .beside > div').length") > 1
    page.press("ArrowRight")
    after = float(page.js(f"document.querySelector('{figure} .handle').getAttribute('aria-valuenow')"))
    assert after == curve["thresholds"][curve["thresholds"].index(at) + 1]
    page.press("Escape")
    assert page.js(f"document.querySelector('{figure} .said').textContent") == before


def test_threshold_is_told_for_one_language(page: Browser, folder: Path) -> None:
    curve = next(one for one in facts(folder)["sweeps"] if one["name"] == "length.few_words")
    figure = 'figure[data-rule="length.few_words"]'
    page.centre(figure)
    page.until(f"document.querySelector('{figure} .handle')")
    page.js(
        f"{{ const s = document.querySelector('{figure} select'); s.value = 'fra_Latn'; "
        "s.dispatchEvent(new Event('change')); "
        f"document.querySelector('{figure} .handle').focus(); }}"
    )
    page.press("Home")
    own = curve["by_language"]["fra_Latn"]
    said = page.js(f"document.querySelector('{figure} .said').textContent")
    assert f": {own[0]:,} of {curve['free_by_language']['fra_Latn']:,} that no other rule drops (fra_Latn)" in said


@pytest.mark.parametrize(
    ("kind", "name"), [("language", one) for one in PLAN.languages] + [("source", one) for one in NAMES]
)
def test_every_name_has_its_screen(page: Browser, folder: Path, kind: str, name: str) -> None:
    group = next(one for one in facts(folder)["groups"][kind] if one["name"] == name)
    page.js(
        f"[...document.querySelectorAll('table[data-group={kind}] a')]"
        f".find(a => a.textContent === {json.dumps(name)}).click()"
    )
    page.until("document.querySelector('#detail .texts .text')")
    text = page.js("document.getElementById('detail').textContent")
    assert f"{kind.capitalize()} {name}" in text
    assert f"{group['documents']:,}" in text
    assert HOSTILE[:60] in text  # of its documents
    assert page.js("getComputedStyle(document.querySelector('main')).display") == "none"
    page.press("Escape")
    page.until("getComputedStyle(document.querySelector('main')).display !== 'none'")


def test_every_table_is_three_clicks_away(page: Browser) -> None:
    """A link of the contents, then what is folded around it."""
    far = page.js("""
      [...document.querySelectorAll('main table')].map((table) => {
        let folds = 0;
        for (let at = table; at; at = at.parentElement) folds += at.tagName === 'DETAILS' && !at.open;
        const heads = [...document.querySelectorAll('main h2')];
        const head = heads.filter((h) => h.compareDocumentPosition(table) & 4).pop();
        const link = head && document.querySelector(`nav a[href="#${head.id}"]`);
        return link ? 1 + folds : 99;
      })""")
    assert len(far) > 12
    assert max(far) <= 3


def test_page_is_whole_without_scripts(page: Browser, folder: Path) -> None:
    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    page.open(folder / "index.html")
    page.ask("Emulation.setScriptExecutionDisabled", value=False)
    assert page.js("document.querySelectorAll('main table').length") > 12
    assert page.js("document.querySelectorAll('figure svg .bars rect').length") > 50
    rows = dict(zip(column(page, LANGUAGES, 0), column(page, LANGUAGES, 10), strict=True))
    assert rows["zho_Hans"].startswith("length.few_words (")


def test_what_erased_a_language_is_the_first_thing_that_is_said(page: Browser) -> None:
    first = page.js("document.querySelector('.warnings li').textContent")
    assert "nothing is left" in first
    assert "zho_Hans lost 100.0 %" in first
    assert "length.few_words" in first


def test_page_prints(page: Browser) -> None:
    assert len(page.ask("Page.printToPDF", printBackground=True)["data"]) > 10_000


JUDGED = {
    "sample": f"sample {HOSTILE}",
    "release": "0" * 16,
    "scheme": "quality",
    "means": HOSTILE,
    "judgments": 40,
    "texts": 30,
    "corpora": [
        ["kept", "eng_Latn", HOSTILE, 1000, 20, 0.9, 0.7, 0.97],
        ["kept", "zho_Hans", "web", 9, 0, 0.0, 0.0, 1.0],
    ],
    "every": [],
    "agreement": [["code", 10, 0.8], ["acceptable", 10, None]],
    "flagged": {"C = 0": [], "C below 50 %": [f"fra_Latn / {HOSTILE}"]},
}


@pytest.mark.parametrize("release", ["0" * 16, "1" * 16], ids=["this", "another"])
def test_what_people_judged_comes_onto_the_page(page: Browser, folder: Path, release: str) -> None:
    empty = (folder / "judged.js").read_bytes()
    (folder / "judged.js").write_bytes(beside.data("judged", {**JUDGED, "release": release}))
    page.open(folder / "index.html")
    (folder / "judged.js").write_bytes(empty)
    text = page.js("document.getElementById('people').textContent")
    assert "0.900 (0.70 to 0.97)" in text
    assert HOSTILE in text
    assert "code 0.800 (10 texts), acceptable not defined" in text
    assert ("of another release" in text) == (release != "0" * 16)
    first = page.js("document.querySelector('.warnings li').textContent")
    assert ("people found much unfit" in first) == (release == "0" * 16)
    assert page.js("document.querySelector('nav a[href=\"#judged\"]').textContent") == "What people judged"
    assert page.js("document.documentElement.scrollWidth") <= 1280
