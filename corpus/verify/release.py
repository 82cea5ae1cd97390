"""The whole of a verification, a check a line."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from corpus import storage
from corpus.digests import Meter
from corpus.errors import CorpusError
from corpus.finished import Built, Finished
from corpus.shards import about
from corpus.shards.about import About
from corpus.verify import counts, lineage, prefixes, texts
from corpus.verify.check import Check
from corpus.verify.files import Examined, File, Known, examine, listed, strays
from corpus.verify.lineage import Heads
from corpus.verify.prefixes import Looked
from corpus.verify.texts import SAMPLE
from tokenizer.decode import Decoder

_AGAIN = "copy it again from where it was made; or delete the folder of that stage and run the recipe again"
_EDITED = (
    "take the manifest from where the release was made; or delete the folder of that stage and run the recipe again"
)
_DEFECT = "delete the folder of stage shard and run the recipe again; if it stays, report it"


def verify(release: Finished, cores: int, meter: Meter) -> list[Check]:
    """Every check, in the order in which they are printed. `meter` counts the bytes of listed(release)."""
    facts, wrong = _read_facts(release) if "shard" in release else (None, "")
    files = listed(release)
    with ThreadPoolExecutor(cores) as pool:

        def looked_at(wanted: Iterable[File], corpus: Heads) -> list[Examined]:
            known = Known(about=facts, corpus=corpus)
            return list(pool.map(lambda file: examine(file, known, meter), wanted))

        examined = looked_at((file for file in files if not file.is_arrow_shard), {})
        unread = _unreadable(release, examined)
        corpus = {} if unread else lineage.heads(release["release"].table("corpus"))
        examined += looked_at((file for file in files if file.is_arrow_shard), corpus)
        examined.sort(key=lambda found: found.file.address)
        checks = [_manifests(release), _files(release, examined), _counts(release, examined)]
        if "shard" not in release:
            return checks
        shard = release["shard"]
        checks.append(_facts(shard, facts, wrong))
        if facts:
            numbers = prefixes.whole(shard, facts, examined)
            looked = list(pool.map(lambda name: prefixes.look(shard, name, numbers[name], corpus), numbers))
            checks += [
                _ids(facts, examined),
                _lineage(shard, examined, looked, unread),
                _texts(release, examined, looked, unread),
            ]
    return checks


def _read_facts(release: Finished) -> tuple[About | None, str]:
    try:
        return about.read(release["shard"].folder), ""
    except CorpusError as error:
        return None, str(error)


def _unreadable(release: Finished, examined: Iterable[Examined]) -> str:
    """Why nothing can be held against the corpus; empty if it can."""
    if "release" not in release:
        return "the corpus (stage release) is not in this release"
    if any(e.damage or e.rows for e in examined if e.file.built.name == "release" and e.file.table == "corpus"):
        return "the corpus (stage release) is damaged"
    return ""


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
        looked=f"{len(examined):,} files, {sum(found.file.entry.bytes for found in examined):,} bytes",
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


def _lineage(shard: Built, examined: Sequence[Examined], looked: Sequence[Looked], unread: str) -> Check:
    failures = _lines(found.failures for found in looked)
    failures += [
        f"{e.file.address}: {e.strangers:,} of {e.file.entry.rows:,} documents are not in the corpus where it says"
        for e in examined
        if e.strangers
    ]
    return Check(
        name="lineage",
        looked=f"{shard.manifest.rows('lineage'):,} documents of {len(looked):,} prefixes",
        failures=tuple(failures),
        remedy=_DEFECT,
        unchecked=f"where documents come from: {unread}" if unread else "",
    )


def _texts(release: Finished, examined: Sequence[Examined], looked: Sequence[Looked], unread: str) -> Check:
    decoder, _ = _decoder(release["shard"])
    if unread or decoder is None:
        return Check(name="texts", looked="", unchecked=unread or "the tokenizer does not open")
    samples = [sample for found in examined for sample in found.samples]
    samples += [sample for found in looked for sample in found.samples]
    try:
        failures = list(texts.differing(samples, release["release"].table("corpus"), decoder))
    except CorpusError as error:
        failures = [str(error)]
    counted = f"{len(samples):,} documents decoded and compared, up to {SAMPLE} of each shard"
    return Check(name="texts", looked=counted, failures=tuple(failures), remedy=_DEFECT)
