"""The whole of a verification, a check a line."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

from corpus import storage
from corpus.digests import Meter
from corpus.errors import CorpusError
from corpus.finished import Built, Finished
from corpus.shards import about
from corpus.shards.about import About
from corpus.verify import counts, lineage, texts
from corpus.verify.check import Check
from corpus.verify.files import Examined, Known, examine, listed, strays
from corpus.verify.lineage import Heads
from corpus.verify.texts import SAMPLE
from tokenizer.decode import Decoder

T = TypeVar("T")

_AGAIN = "copy it again from where it was made; or delete the folder of that stage and run the recipe again"
_EDITED = (
    "take the manifest from where the release was made; or delete the folder of that stage and run the recipe again"
)
_DEFECT = "delete the folder of stage shard and run the recipe again; if it stays, report it"


def verify(release: Finished, cores: int, meter: Meter) -> list[Check]:
    """Every check, in the order in which they are printed. `meter` counts the bytes of listed(release)."""
    facts, wrong = _attempt(lambda: about.read(release["shard"].folder)) if "shard" in release else (None, "")
    corpus, torn = (
        _attempt(lambda: lineage.heads(release["release"].table("corpus"))) if "release" in release else ({}, "")
    )
    known = Known(about=facts, corpus=corpus or {})
    with ThreadPoolExecutor(cores) as pool:
        examined = list(pool.map(lambda file: examine(file, known, meter), listed(release)))
    examined.sort(key=lambda found: found.file.address)
    checks = [_manifests(release), _files(release, examined), _counts(release, examined)]
    if "shard" in release:
        shard = release["shard"]
        checks += [_facts(shard, facts, wrong)]
        if facts:
            checks += [
                _ids(facts, examined),
                _lineage(release, examined, known.corpus, torn),
                _texts(release, facts, examined),
            ]
    return checks


def _attempt(read: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return read(), ""
    except CorpusError as error:
        return None, str(error)


def _manifests(release: Finished) -> Check:
    missing = ", ".join(release.absent)
    return Check(
        name="manifests",
        looked=f"{len(release.stages)} stages; sha256 over them {release.digest}",
        failures=(*release.damaged, *counts.identities(release)),
        remedy=_EDITED,
        unchecked=f"not in this release: {missing}" if missing else "",
    )


def _files(release: Finished, examined: Sequence[Examined]) -> Check:
    return Check(
        name="files",
        looked=f"{len(examined):,} files, {sum(found.bytes for found in examined):,} bytes",
        failures=(*_lines(found.damage for found in examined), *sorted(strays(release))),
        remedy=f"what is missing or damaged: {_AGAIN}. What no manifest names: delete it",
    )


def _counts(release: Finished, examined: Sequence[Examined]) -> Check:
    rows = sum(entry.rows for built in release.stages.values() for t in built.manifest.tables.values() for entry in t)
    damaged = {found.file.built.name for found in examined if found.damage}
    failures = [
        *_lines(found.rows for found in examined),
        *counts.receipts(release, damaged),
        *counts.balances(release),
    ]
    for stage, name, kind in (
        ("shard", "megatron.tokens", "megatron"),
        ("shard", "arrow.tokens", "arrow"),
        ("encode", "tokens", "tokens"),
    ):
        found = [e for e in examined if e.file.built.name == stage and e.file.table == kind]
        if any(e.ids for e in found) and not any(e.damage or e.rows for e in found):
            tokens = sum(e.ids.tokens for e in found if e.ids)
            said = release[stage].manifest.counts.get(name, 0)
            if said != tokens:
                failures.append(f"{stage}: {name} is {said:,} in the manifest, {tokens:,} in the files")
    return Check(name="counts", looked=f"{rows:,} rows of tables and shards", failures=tuple(failures), remedy=_EDITED)


def _lines(found: Iterable[Iterable[str]]) -> list[str]:
    return [line for lines in found for line in lines]


def _facts(shard: Built, facts: About | None, wrong: str) -> Check:
    """shards.json against the manifest, and the tokenizer against both."""
    if facts is None:
        return Check(name="shards", looked="about/shards.json", failures=(wrong,), remedy=_AGAIN)
    address = storage.join(shard.folder, "about", "shards.json")
    bins = {
        f"megatron/{e.name.removesuffix('.bin')}": e
        for e in shard.manifest.tables.get("megatron", ())
        if e.name.endswith(".bin")
    }
    arrow = {f"arrow/{e.name}": e.rows for e in shard.manifest.tables.get("arrow", ()) if e.name.endswith(".arrow")}
    failures = []
    if {p.prefix: (p.documents, p.tokens) for p in facts.prefixes} != {
        name: (entry.rows, entry.bytes // facts.item_bytes) for name, entry in bins.items()
    }:
        failures.append(f"{address}: its prefixes are not those of the manifest, with their documents and tokens")
    if facts.arrow != arrow:
        failures.append(f"{address}: its Arrow files are not those of the manifest, with their documents")
    failures += _tokenizer(shard, facts)
    looked = f"{len(facts.prefixes):,} prefixes, {len(facts.arrow):,} Arrow files, a vocabulary of {facts.vocab_size:,}"
    return Check(name="shards", looked=looked, failures=tuple(failures), remedy=_AGAIN)


def _tokenizer(shard: Built, facts: About) -> list[str]:
    failures = []
    named = {entry.name: entry.sha256 for entry in shard.manifest.tables.get("tokenizer", ())}
    if named.get("tokenizer.json") != facts.tokenizer_sha256:
        failures.append(f"{shard.folder}/about/shards.json: its tokenizer is not the one in tokenizer/")
    decoder, wrong = _decoder(shard)
    if decoder is None:
        failures.append(wrong)
    elif decoder.vocab_size != facts.vocab_size:
        failures.append(
            f"{shard.folder}/tokenizer has {decoder.vocab_size:,} ids, shards.json says {facts.vocab_size:,}"
        )
    return failures


def _decoder(shard: Built) -> tuple[Decoder | None, str]:
    address = storage.join(shard.folder, "tokenizer", "tokenizer.json")
    try:
        return Decoder(storage.read_bytes(address) or b""), ""
    except ValueError as error:
        return None, f"{address}: {str(error).splitlines()[0]}"


def _ids(facts: About, examined: Sequence[Examined]) -> Check:
    looked = [found for found in examined if found.ids]
    tokens = sum(found.ids.tokens for found in looked if found.ids)
    return Check(
        name="ids",
        looked=f"{tokens:,} ids below {facts.vocab_size:,}, one end of document (id {facts.end_of_document}) each",
        failures=tuple(f"{e.file.address}: {line}" for e in looked if e.ids for line in e.ids.problems),
        remedy=_DEFECT,
    )


def _lineage(release: Finished, examined: Sequence[Examined], corpus: Heads, torn: str) -> Check:
    failures = [torn] if torn else []
    try:
        failures += lineage.disagreements(release, corpus)
    except CorpusError as error:
        failures.append(str(error))
    failures += [
        f"{e.file.address}: {e.strangers:,} of {e.file.entry.rows:,} documents are not in the corpus where it says"
        for e in examined
        if e.strangers
    ]
    documents = release["shard"].manifest.rows("lineage")
    unchecked = "" if "release" in release else "documents against the corpus: stage release is not in this release"
    looked = f"{documents:,} documents of {len(release['shard'].manifest.tables.get('lineage', ())):,} prefixes"
    return Check(name="lineage", looked=looked, failures=tuple(failures), remedy=_DEFECT, unchecked=unchecked)


def _texts(release: Finished, facts: About, examined: Sequence[Examined]) -> Check:
    if "release" not in release:
        return Check(name="texts", looked="", unchecked="the corpus (stage release) is not in this release")
    decoder, _ = _decoder(release["shard"])
    if decoder is None:
        return Check(name="texts", looked="", unchecked="the tokenizer does not open")
    samples = [sample for found in examined for sample in found.samples]
    try:
        samples += texts.of_megatron(release["shard"], facts)
        failures = list(texts.differing(samples, release["release"].table("corpus"), decoder))
    except (CorpusError, pa.ArrowInvalid, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno and not isinstance(error, FileNotFoundError):
            raise
        failures = [str(error).splitlines()[0]]
    looked = f"{len(samples):,} documents decoded and compared, up to {SAMPLE} of each shard"
    return Check(name="texts", looked=looked, failures=tuple(failures), remedy=_DEFECT)
