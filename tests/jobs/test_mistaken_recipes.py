"""About forty recipes with a mistake in them, one line each that says what and what to do, exit code 2."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.command_line import main
from tests.conftest import Gristmill

HUB = '[[sources]]\nname = "hub"\npath = "hub.parquet"\ntext_field = "content"\n'
WEB = '[[sources]]\nname = "web"\npath = "web.jsonl"\n'
BOTH = HUB + WEB
LENGTH = '[[filters]]\nuse = "length"\n'
TEXT = "The miller grinds the corn of every farm in the valley, number {0}, and sells the flour in town."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"content": TEXT.format(n), "lang": "en", "year": n} for n in range(30)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "hub.parquet")
    lines = [json.dumps({"text": TEXT.format(100 + n), "language": "en"}) for n in range(30)]
    (tmp_path / "web.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "page.docx").write_bytes(b"PK")
    (tmp_path / "not.warc.gz").write_bytes(gzip.compress(b"no archive"))
    return tmp_path


def mistake(folder: Path, text: str, capsys: pytest.CaptureFixture[str], verb: str = "plan", *more: str) -> str:
    """The one line."""
    recipe = folder / "r.toml"
    recipe.write_text(text, "utf-8")
    assert main([verb, str(recipe), "--root", str(folder / "out"), *more]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    assert "Traceback" not in error
    assert len(error) < 1500
    return error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Tables and keys.
        ("", "no [[sources]]: name at least one"),
        ("[[source]]\n" + BOTH, "unknown key 'source' at the top level; did you mean 'sources'?"),
        ("[dedupe]\n" + BOTH, "unknown key 'dedupe' at the top level; did you mean 'dedup'?"),
        (BOTH + "[tokenizer]\nvocabsize = 9000\n", "did you mean 'vocab_size'?"),
        (BOTH + "[tokenizer]\nvocabsize = 9000\n", "(docs/recipe.md)"),
        (BOTH + LENGTH + "min_word = 3\n", "unknown key 'min_word' at [length]; did you mean 'min_words'?"),
        (BOTH + "[[filters]]\nuse = 'stop_words'\n", "unknown filter 'stop_words'; did you mean 'stopwords'?"),
        (BOTH + "[filters]\nuse = 'length'\n", "filters must be tables: [[filters]]"),
        ("[dedup\n", "is not valid TOML"),
        # Presets.
        ("extends = 'goofer'\n" + BOTH, "goofer, which cannot be read"),
        ("extends = 'goofer'\n" + BOTH, "or a preset; did you mean 'gopher'?; known: c4, common-pile, "),
        # Languages.
        (
            BOTH + LENGTH + "by_language.germn = { min_words = 3 }\n",
            "'germn' is no language; did you mean deu_Latn (German)?",
        ),
        (BOTH + "[[filters]]\nuse = 'language'\nkeep_labels = ['englsh_Latn']\n", "'englsh_Latn' is no language"),
        (BOTH + "language = 'klingonese'\n", "'klingonese' is no language"),
        (BOTH + "[decide]\nallow_vanish = ['en']\n", "write the id, 'eng_Latn'"),
        (BOTH + LENGTH + "by_script.Thia = { min_words = 3 }\n", "by_script names 'Thia'"),
        # Sources.
        (BOTH + LENGTH + "by_source.hubb = { min_words = 3 }\n", "'hubb' fits no source; did you mean 'hub'?"),
        (BOTH + "[dedup]\nprefer_sources = ['wep']\n", "'wep', which is no source; did you mean 'web'?"),
        (BOTH + "[mixture]\nweights = { hub = 0.5, wbe = 0.5 }\n", "'wbe' fits no source; did you mean 'web'?"),
        (HUB + WEB.replace("web.jsonl", "wep.jsonl"), "nothing is at wep.jsonl"),
        (HUB + WEB.replace("web.jsonl", "*.warc"), "nothing is at *.warc"),
        (HUB + WEB.replace("web.jsonl", "page.docx"), "make text of it first"),
        (HUB + WEB.replace("web.jsonl", "not.warc.gz"), "is not WARC"),
        (HUB + HUB, "two sources are named 'hub': rename one"),
        (HUB.replace("content", "body"), "has no column 'body': set text_field to one of content, lang, year"),
        (HUB + "inputs_field = 'a'\n", "set both or neither"),
        (WEB + "uid = 'web_2024'\n", "has a uid, and there is no [catalogue]"),
        (WEB + "encoding = 'klingon'\n", "encoding 'klingon' is no label of an encoding"),
        (WEB + "encoding = 'latin1'\n", "encoding is for CSV and TSV"),
        (WEB.replace("web.jsonl", "hf://mill/data.jsonl"), "an address on the hub is hf://datasets/OWNER/NAME/PATH"),
        # Files of filters.
        (BOTH + "[[filters]]\nuse = 'quality'\nmodel = 'gone.bin'\n", "gone.bin; paths are from the recipe's folder, "),
        (BOTH + "[[filters]]\nuse = 'url'\nlists.a = { path = 'gone', sha256 = '' }\n", "list 'a' ("),
        ("extends = 'common-pile'\n" + BOTH, "[catalogue] needs a value for 'path'"),
        # Numbers that nothing can bear, or that leave nothing.
        (BOTH + "[tokenizer]\nvocab_size = 100_000_000\n", "less than or equal to 4000000, got 100000000"),
        (BOTH + "[[filters]]\nuse = 'minhash'\npermutations = 1_000_000\n", "less than or equal to 4096"),
        (BOTH + "[report]\nsamples = 10_000_000\n", "less than or equal to 1000"),
        (BOTH + "[run]\ncores = 1_000_000\n", "less than or equal to 10000"),
        (BOTH + "[run]\nmemory = 'much'\n", "'much' is no size: write it as"),
        (BOTH + LENGTH + "min_words = 100\nmax_words = 10\n", "min_words is 100 and max_words 10: nothing stays"),
        (BOTH + "[dedup]\nthreshold = 80\n", "[dedup] threshold: Input should be less than or equal to 1"),
        (BOTH + "[mixture]\nweights = { hub = 60, web = 40 }\n", "weights sum to 100, not to 1"),
        (BOTH + "language = 'en'\n[mixture]\nweights = { hub = 0.5, 'web:fr' = 0.5 }\n", "'web' is eng_Latn"),
        # Types.
        (BOTH + "[[filters]]\nuse = 'language'\nmodel = ['a']\n", "[language] model: must be one string, in quotes"),
        (
            BOTH + "[[filters]]\nuse = 'perplexity'\nmodels = 'a'\n",
            "models: must be a table: models = { ... }, got 'a'",
        ),
        (BOTH + "[contamination]\nsuites = ['a']\n", "suites.0: must be a table: { ... }, got 'a'"),
        (BOTH + "[decide]\nallow_vanish = 'web'\n", "allow_vanish: must be a list: allow_vanish = [...], got 'web'"),
        ("seed = '7'\n" + BOTH, "seed must be int, not '7'"),
        (BOTH + "[pii]\nkinds = ['EMIAL']\n", "unknown kind 'EMIAL'; did you mean 'EMAIL'?"),
        (BOTH + "[tokenizer]\nmodel = ['bpe']\n", "[tokenizer] model: Input should be 'bpe' or 'unigram', got ['bpe']"),
    ],
)
def test_plan_says_it_in_one_line(folder: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in mistake(folder, text, capsys)
    assert not list((folder / "out").rglob("manifest.json"))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ('[[entries]]\ntype = "primary"\n', "1 entries there cannot be read, as c.toml: entry 1, which has no uid: "),
        ('[[entries]]\nuid = "web"\n', "its entry 'web' is broken: type: it is missing: mend it"),
    ],
)
def test_entries_of_a_catalogue_that_are_none_are_named(
    folder: Path, entries: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "c.toml").write_text(entries, "utf-8")
    assert said in mistake(folder, WEB + "[catalogue]\npath = 'c.toml'\nallow_licences = ['MIT']\n", capsys)


def test_root_that_a_file_is_in_the_way_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out").write_text("", "utf-8")
    assert "choose another --root" in mistake(folder, BOTH, capsys, "run")


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("tokenise", "no stage 'tokenise'; known: ingest"),
        ("realese", "no stage 'realese'; did you mean 'release'?"),
        ("passages", "this recipe builds no 'passages', for it has no table that asks for it; it builds ingest, "),
    ],
)
def test_until_of_what_is_not_built(folder: Path, until: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in mistake(folder, BOTH, capsys, "run", "--until", until)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOTH + "url_field = 'adress'\n", "no record has the field 'adress' that url_field names"),
        (BOTH + LENGTH + "min_words = 100\n", "the filters dropped all 60 documents, by length.few_words (60)"),
        (
            BOTH + LENGTH + "by_source.hub = { min_words = 100 }\n",
            "source 'hub' vanished: the filters dropped all of its 30 documents, by length.few_words (30)",
        ),
        (BOTH + "[mixture]\nweights = { '*' = 0.5, 'web:fr' = 0.5 }\n", "its sources have eng_Latn: take it out"),
    ],
)
def test_run_stops_in_one_line(folder: Path, text: str, said: str, gristmill: Gristmill) -> None:
    recipe = folder / "r.toml"
    recipe.write_text(text, "utf-8")
    done = gristmill("run", recipe, "--root", folder / "out", "--cores", "2")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_plan_shows_what_lies_at_the_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = folder / "r.toml"
    recipe.write_text(HUB + "licence = 'MIT'\nlanguage_field = 'lang'\nurl_field = 'adress'\n" + WEB, "utf-8")
    assert main(["plan", str(recipe), "--root", str(folder / "out")]) == 0
    shown = capsys.readouterr().out
    size = (folder / "hub.parquet").stat().st_size
    assert f"inputs below {folder}, outputs below {folder}/out\n" in shown
    assert f"source 'hub': files: 1 of parquet with {size:,} bytes\n" in shown
    assert "columns of 1 of 1 files of tables are as named; none of them has 'adress'\n" in shown
    assert "of its first 16 documents have: url 0%, licence 100%, date 0%, language 100%; custodian unknown\n" in shown


def test_home_and_variables_are_written_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("CORN", "hub")
    recipe = folder / "sub" / "r.toml"
    recipe.parent.mkdir()
    recipe.write_text(f'root = "$HOME/made"\n{HUB}'.replace("hub.parquet", "~/${CORN}.parquet"), "utf-8")
    assert main(["plan", str(recipe)]) == 0
    assert f"outputs below {folder}/made\n" in capsys.readouterr().out
