"""The page that people judge by, driven in a browser where there is one; and what stands in it where there is none."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.annotation import cells, sheet
from corpus.annotation.drawing import page
from corpus.annotation.key import Item, Key
from corpus.annotation.schemes import HPLT, QUALITY, Scheme
from corpus.annotation.scoring.judgments import Sheet, read
from corpus.annotation.sheet import Text

HOSTILE = '</script><script>document.title="x"</script><img src=//x.test/a onerror=alert(1)>&amp;\u2028"\t\n=1+1\\n'
TEXTS = [
    Text(item="deu_Latn-00001", language="deu_Latn", text="Ein Satz."),
    Text(item="deu_Latn-00002", language="deu_Latn", text=HOSTILE),
    Text(item="deu_Latn-00003", language="deu_Latn", text=""),
    Text(item="deu_Latn-00004", language="deu_Latn", text="=SUM(A1)\r\v"),
]
MARK = "sample 0123456789ab"
KEY = Key(
    mark=MARK,
    items={
        one.item: Item(
            item=one.item,
            id=f"{number:032}",
            of="kept",
            language="deu_Latn",
            source="web",
            documents=9,
            half="",
            declared="",
            detected="deu_Latn",
            score=0.9,
        )
        for number, one in enumerate(TEXTS)
    },
)
_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
browser = pytest.mark.skipif(_CHROMIUM is None, reason="needs Chromium")


def _body(scheme: Scheme = QUALITY) -> str:
    return page.body(scheme, TEXTS, "anna", MARK).decode()


def _drawn(path: Path) -> str:
    """The page after its scripts."""
    command = [str(_CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000"]
    command += [f"--user-data-dir={path.parent / 'profile'}", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def _driven(folder: Path, body: str, script: str) -> str:
    """What a script that stands behind the page's own leaves in `result`."""
    body = re.sub("<meta http-equiv=[^>]*>", "", body)  # which lets no other script run
    keys = 'const press = (...keys) => keys.forEach(key => document.body.dispatchEvent(new KeyboardEvent("keydown", '
    keys += "{ key, bubbles: true, cancelable: true })));"
    out = (
        f'const made = document.createElement("pre"); made.id = "result"; made.textContent = (() => {{ {script} }})();'
    )
    driver = f"<script>{keys} {out} document.body.append(made);</script>"
    path = folder / "driven.html"
    path.write_text(body.replace("</body>", f"{driver}</body>"), "utf-8", newline="")
    found = re.search('<pre id="result">(.*?)</pre>', _drawn(path), re.DOTALL)
    assert found, "the driver did not end"
    return html.unescape(found[1])


def test_texts_are_data_that_cannot_end_their_element() -> None:
    body = _body()
    assert body.count("<script") == 2
    assert body.count("</script>") == 2
    assert "<img" not in body
    assert "//x.test" in body  # as a text
    found = json.loads(re.findall('id="data">(.*?)</script>', body, re.DOTALL)[0])
    assert [one[2] for one in found["texts"]] == [one.text for one in TEXTS]
    assert not re.findall(r"(?:src|href)\s*=", body.replace(json.dumps(HOSTILE), "").split('id="data"')[0])


@browser
def test_page_runs_under_its_own_policy_and_shows_texts_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "anna.html"
    path.write_text(_body(), "utf-8", newline="")
    drawn = _drawn(path)
    assert "text 1 of 4" in drawn
    assert "0 judged" in drawn
    assert "<title>anna: 4 texts to judge</title>" in drawn
    assert ">Ein Satz.</div>" in drawn


@browser
def test_what_is_pressed_stands_in_the_sheet(tmp_path: Path) -> None:
    script = """
      press("1", "o", "p", "p", "6", "ArrowRight", "5");
      at("note").value = "a\\t=b \\"c\\""; at("note").dispatchEvent(new Event("input"));
      at("is").value = "nl"; at("is").dispatchEvent(new Event("input"));
      press("ArrowLeft", "x");
      return JSON.stringify({ sheet: sheet(), count: at("count").textContent, text: at("text").textContent,
        pressed: document.querySelectorAll("#fields [aria-pressed=true]").length, place });
    """
    found = json.loads(_driven(tmp_path, _body(), script))
    assert (found["count"], found["pressed"], found["place"], found["text"]) == ("3 judged", 0, 2, "(empty)")
    lines = cells.parse(found["sheet"].encode(), "anna.tsv")
    assert [line.cells[1] for line in lines[1:]] == [cells.shown(one.text) for one in TEXTS]
    read_ = read([Sheet(name="anna.tsv", folder="", data=found["sheet"].encode(), key=KEY)])
    assert [(one.item[-1], dict(one.values), one.language_is) for one in read_.judgments] == [
        ("1", {"code": "CC"}, ""),
        ("2", {"code": "NL", "offensive": "1"}, ""),
        ("4", {"code": "WL"}, "nld_Latn"),
    ]
    assert read_.notes == 1
    assert read_.open == 1


@browser
@pytest.mark.parametrize("scheme", [QUALITY, HPLT], ids=lambda one: one.name)
def test_an_empty_sheet_is_that_of_the_sample_to_the_byte(tmp_path: Path, scheme: Scheme) -> None:
    found = json.loads(_driven(tmp_path, _body(scheme), "return JSON.stringify(sheet());"))
    assert found.encode() == sheet.to_bytes(scheme, TEXTS, "anna", MARK)


@browser
def test_a_saved_sheet_is_opened_again_and_one_of_another_sample_is_not(tmp_path: Path) -> None:
    script = """
      press("2", "o", "5");
      at("note").value = "=a\\t\\"b\\" \\\\n"; at("note").dispatchEvent(new Event("input"));
      const saved = sheet();
      codes.forEach((_, item) => codes.set(item, {}));
      load(saved.replaceAll("sample 0", "sample 1"));
      const other = [sheet() === saved, at("said").textContent];
      load("\\ufeff" + saved);
      return JSON.stringify({ other, same: sheet() === saved, said: at("said").textContent });
    """
    found = json.loads(_driven(tmp_path, _body(), script))
    assert found["other"] == [False, "This sheet is of another sample: nothing was read."]
    assert found["same"]
    assert found["said"] == "3 texts with marks were read."


@browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_off_the_side(tmp_path: Path, width: int) -> None:
    texts = [Text(item="deu_Latn-00001", language="deu_Latn", text="x" * 900), *TEXTS]
    script = f"""
      document.documentElement.style.width = "{width}px"; document.body.style.width = "{width}px";
      return JSON.stringify([document.body.scrollWidth, at("text").scrollWidth - at("text").clientWidth]);
    """
    found = json.loads(_driven(tmp_path, page.body(QUALITY, texts, "anna", MARK).decode(), script))
    assert found[0] <= width
    assert found[1] <= 0
