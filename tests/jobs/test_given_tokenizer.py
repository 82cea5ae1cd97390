"""A tokenizer by path in a run: taken byte by byte, compared with the one before, and stopped by the gate."""

from pathlib import Path

import orjson
import pytest

from corpus.errors import RecipeError
from corpus.planning import inputs, plan, recipe
from corpus.report import fertility as report
from corpus.report.as_json import plain
from corpus.shards.tallies import Encoder, Pair
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.report import REPORT
from corpus.stages.train import TRAIN
from corpus.store.tally import total
from corpus.vocabulary import fertility
from corpus.vocabulary.fertility import Measured
from tests.conftest import ROOT, Gristmill
from tokenizer.save import save
from tokenizer.specials import END, PADDING

SHEET = ROOT / "data" / "sample" / "pii-gold.json"


def variant(finished: Path, folder: Path, more: str) -> Path:
    """The finished recipe with other tables, over the same output."""
    target = folder / "other.toml"
    target.write_text((finished / "tiny.toml").read_text("utf-8").replace("vocab_size = 1200", more), "utf-8")
    return target


def built(path: Path, root: Path) -> plan.Plan:
    read = recipe.load(str(path), root=str(root))
    return plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer of bytes alone."""
    folder = tmp_path_factory.mktemp("poor")
    save(str(folder), [])
    return folder


def test_gate_stops_the_run_before_anything_is_encoded(
    finished: Path, copied: Path, poor: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    tables = f'path = "{poor}"\npadding = "{PADDING}"\n[fertility]\nprevious = "{finished / "out"}"\n'
    path = variant(finished, tmp_path, tables)
    done = gristmill("run", path, "--root", copied, "--cores", "2", "--until", "encode")
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert "gristmill: ukr_Cyrl: " in done.stderr
    assert "[fertility] max_worse is 0.1" in done.stderr
    assert "258 tokens, as they are in" in done.stdout
    made = built(path, copied)
    assert not made[ENCODE].done
    copy = Path(made[TRAIN].folder) / "tokenizer"
    assert (copy / "tokenizer.json").read_bytes() == (poor / "tokenizer.json").read_bytes()
    assert orjson.loads((copy / "tokenizer_config.json").read_bytes())["eos_token"] == END
    found = made.finished()[FERTILITY]
    measured = Measured.read(found.manifest)
    by_bytes = measured.languages(0)["eng_Latn"]
    assert by_bytes.tokens == by_bytes.bytes  # a token a byte, and no more
    assert (
        fertility.refusal(measured, recipe.load(str(variant(finished, tmp_path, tables + "max_worse = 9.0"))).fertility)
        is None
    )


def test_sampled_sizes_are_those_of_the_corpus(finished: Path) -> None:
    made = built(finished / "tiny.toml", finished / "out")
    found, released, encoded = (made.finished()[stage] for stage in (FERTILITY, RELEASE, ENCODE))
    sizes = Measured.read(found.manifest).languages(0)
    tokens = total(encoded.tally(Pair), lambda row: row.language, lambda row: row.tokens)
    documents = total(encoded.tally(Pair), lambda row: row.language, lambda row: row.documents)
    assert sizes.keys() == tokens.keys()
    for name, size in sizes.items():  # the corpus is smaller than the sample, so this is all of it
        assert size.bytes == bytes_by_language(released.tally(Released))[name]
        assert (size.tokens, size.documents) == (tokens[name], documents[name])
    assert encoded.counts["judged"] == encoded.counts["documents"]
    assert encoded.tally(Encoder) == (Encoder(library="gigatoken", documents=encoded.counts["documents"]),)


def test_report_and_terminal_show_the_same_table(finished: Path, poor: Path, gristmill: Gristmill) -> None:
    made = built(finished / "tiny.toml", finished / "out")
    facts = orjson.loads((Path(made[REPORT].folder) / "report" / "facts.json").read_bytes())["fertility"]
    page = (finished / "out" / "report" / "index.html").read_text("utf-8")
    assert '<h2 id="fertility">' in page
    row = facts["languages"][0]
    assert f"<td>{row['per_word']:.2f}</td>" in page
    done = gristmill("fertility", finished / "tiny.toml", "--root", finished / "out", "--against", poor)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith(row["name"])).split()
    assert line[1:4] == [f"{row['bytes']:,}", f"{row['per_word']:.3f}", f"{row['per_byte']:.3f}"]
    assert float(line[-1]) == pytest.approx(row["bytes"] / row["tokens"], abs=0.001)
    assert facts == orjson.loads(orjson.dumps(plain(collected(made))))


def collected(made: plan.Plan) -> report.Facts:
    found = made.finished()[FERTILITY]
    return report.collect(Measured.read(found.manifest), made.recipe.fertility)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('path = "nowhere"', r"\[tokenizer\] path: no .*nowhere/tokenizer.json: give a tokenizer.json"),
        ('path = "x"\nvocab_size = 1000', "vocab_size is for training, but path names a tokenizer"),
        ('end = "</s>"', "end names a token of the tokenizer at path, but there is no path"),
        ('[fertility]\nprevious = "nowhere"', r"\[fertility\]: no .*nowhere/tokenizer.json"),
        (f'[fertility]\nagainst = ["{SHEET}"]', r"\[fertility\]: .*pii-gold.json has no \"model\""),
        ('[fertility]\nparallel = "nowhere"', "parallel: no <language>.txt in"),
    ],
)
def test_what_is_named_must_be_there(finished: Path, tmp_path: Path, more: str, reason: str) -> None:
    with pytest.raises(RecipeError, match=reason):
        built(variant(finished, tmp_path, more), tmp_path / "out")


def test_a_tokenizer_that_adds_a_token_is_refused_by_the_run(
    finished: Path, copied: Path, poor: Path, tmp_path: Path, gristmill: Gristmill
) -> None:
    raw = orjson.loads((poor / "tokenizer.json").read_bytes())
    raw["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": END, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {END: {"id": END, "ids": [0], "tokens": [END]}},
    }
    (tmp_path / "tokenizer.json").write_bytes(orjson.dumps(raw))
    path = variant(finished, tmp_path, f'path = "{tmp_path}"')
    done = gristmill("run", path, "--root", copied, "--until", "train")
    assert done.returncode == 2
    assert "tokenizer.json adds <|endoftext|> to every text: take the template out of its post_processor" in done.stderr
