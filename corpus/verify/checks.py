"""The whole of a verification, a check a line."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from corpus.errors import CorpusError
from corpus.shards import about
from corpus.shards.about import About
from corpus.shards.megatron import LABEL_BYTES
from corpus.stages.built import Built, Finished
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.views import VIEWS
from corpus.store import storage
from corpus.store.digests import Meter
from corpus.verify import canaries, indexes, ledgers, lineage, places, prefixes, prompts, texts, views
from corpus.verify.check import Check
from corpus.verify.files import Examined, File, Known, examine, listed, unnamed
from corpus.verify.lineage import Heads
from corpus.verify.prefixes import TEXT, Looked
from corpus.verify.texts import SAMPLE
from tokenizer.decode import Decoder

_AGAIN = "copy it again from where it was made; or delete the folder of that stage and run the recipe again"
_EDITED = (
    "take the manifest from where the release was made; or delete the folder of that stage and run the recipe again"
)
_DEFECT = "delete the folder of stage shard and run the recipe again; if it stays, report it"


def verify(release: Finished, cores: int, meter: Meter) -> list[Check]:
    """Every check, in the order in which they are printed. `meter` counts the bytes of listed(release)."""
    facts, wrong = _read_facts(release) if SHARD in release else (None, "")
    files = listed(release)
    with ThreadPoolExecutor(cores) as pool:

        def looked_at(wanted: Iterable[File], corpus: Heads) -> list[Examined]:
            known = Known(about=facts, corpus=corpus)
            return list(pool.map(lambda file: examine(file, known, meter), wanted))

        examined = looked_at((file for file in files if not file.is_arrow_shard), {})
        unread = _unreadable(release, examined)
        corpus = {} if unread else lineage.heads(release[RELEASE].table("corpus"))
        examined += looked_at((file for file in files if file.is_arrow_shard), corpus)
        examined.sort(key=lambda found: found.file.address)
        checks = [_manifests(release), _files(release, examined), _counts(release, examined)]
        checks += filter(None, [canaries.check(release)])
        checks += indexes.checks(release, examined, unread, pool)
        checks += [views.check(release, examined, pool)] if VIEWS in release else []
        if SHARD not in release:
            return checks
        shard = release[SHARD]
        checks.append(_facts(shard, facts, wrong))
        if facts:
            stems = {stem: kinds for stem, kinds in prefixes.whole(facts, examined).items() if TEXT in kinds}
            names = [f"{stem}_{TEXT}_document" for stem in stems]
            looked = list(pool.map(lambda name: prefixes.look(shard, name, corpus), names))
            prompted = [(stem, set(kinds) - {TEXT}) for stem, kinds in stems.items() if len(kinds) > 1]
            wrong_prompts = pool.map(lambda one: list(prompts.disagreements(shard, *one)), prompted)
            checks += [
                _ids(facts, examined),
                _lineage(shard, examined, looked, unread),
                _documents(release, facts, examined, dict(zip(names, looked, strict=True))),
                *([_prompts(facts, _lines(wrong_prompts))] if facts.prompted else []),
                _texts(release, examined, looked, unread),
            ]
    return checks


def _read_facts(release: Finished) -> tuple[About | None, str]:
    try:
        return about.read(release[SHARD].folder), ""
    except CorpusError as error:
        return None, str(error)


def _unreadable(release: Finished, examined: Iterable[Examined]) -> str:
    """Why nothing can be held against the corpus; empty if it can."""
    if RELEASE not in release:
        return "the corpus (stage release) is not in this release"
    if any(e.damage or e.rows for e in examined if e.file.of(RELEASE) and e.file.table == "corpus"):
        return "the corpus (stage release) is damaged"
    return ""


def _manifests(release: Finished) -> Check:
    missing = ", ".join(release.absent)
    return Check(
        name="manifests",
        looked=f"{len(release.stages)} stages; sha256 over them {release.digest}",
        failures=(*release.damaged, *ledgers.identities(release)),
        remedy=_EDITED,
        unchecked=f"not in this release: {missing}" if missing else "",
    )


def _files(release: Finished, examined: Sequence[Examined]) -> Check:
    others = sorted(unnamed(release))
    caches: dict[str, list[str]] = {}
    for address, writer in others:
        if writer is not None:
            caches.setdefault(writer, []).append(address)
    return Check(
        name="files",
        looked=f"{len(examined):,} files, {sum(found.file.entry.bytes for found in examined):,} bytes",
        failures=(
            *_lines(found.damage for found in examined),
            *(f"{address} is named by no manifest" for address, writer in others if writer is None),
        ),
        remedy=f"what is missing or damaged: {_AGAIN}. What no manifest names: delete it",
        passed_over=tuple(
            f"{len(addresses):,} files of {writer}, which caches them beside the shards: {addresses[0]}"
            + (" and others" if len(addresses) > 1 else "")
            for writer, addresses in caches.items()
        ),
    )


def _counts(release: Finished, examined: Sequence[Examined]) -> Check:
    rows = sum(entry.rows for built in release.stages.values() for t in built.manifest.tables.values() for entry in t)
    damaged = {found.file.built.name for found in examined if found.damage}
    failures = [
        *_lines(found.rows for found in examined),
        *ledgers.receipts(release, damaged),
        *ledgers.balances(release),
    ]
    for stage, name, kind, suffix in (
        (SHARD, "megatron.", "megatron", "_text_document.bin"),
        (SHARD, "arrow.", "arrow", ".arrow"),
        (ENCODE, "", "tokens", ".arrow"),
    ):
        found = [e for e in examined if e.file.of(stage) and e.file.table.split("/")[0] == kind]
        found = [e for e in found if e.file.ends_in(suffix)]
        if any(e.ids for e in found) and not any(e.damage or e.rows for e in found):
            for what in ("documents", "tokens"):
                there = sum(getattr(e.ids, what) for e in found if e.ids)
                said = release[stage].manifest.counts.get(f"{name}{what}", 0)
                if said != there:
                    failures.append(f"{stage.name}: {name}{what} is {said:,} in the manifest, {there:,} in the files")
    return Check(name="counts", looked=f"{rows:,} rows of tables and shards", failures=tuple(failures), remedy=_EDITED)


def _lines(found: Iterable[Iterable[str]]) -> list[str]:
    return [line for lines in found for line in lines]


def _facts(shard: Built, facts: About | None, wrong: str) -> Check:
    """shards.json against the manifest, and the tokenizer against both."""
    if facts is None:
        return Check(name="shards", looked="about/shards.json", failures=(wrong,), remedy=_AGAIN)
    address = storage.join(shard.folder, "about", "shards.json")
    named = {f"{table}/{e.name}": e for table, entries in shard.manifest.tables.items() for e in entries}
    failures = []
    every = {TEXT: facts.prefixes, **facts.prompted}
    sizes = {kind: LABEL_BYTES if kind == "label" else facts.item_bytes for kind in every}
    said = {f"{p.prefix}.bin": (p.documents, p.tokens * sizes[kind], *p.sha256) for kind in every for p in every[kind]}
    if said != {
        name: (entry.rows, entry.bytes, entry.sha256, named[f"{name.removesuffix('.bin')}.idx"].sha256)
        for name, entry in named.items()
        if name.endswith(".bin") and f"{name.removesuffix('.bin')}.idx" in named
    }:
        failures.append(f"{address}: its prefixes are not those of the manifest, with documents, tokens and sha256")
    if {name: (one.rows, one.sha256) for name, one in facts.arrow.items()} != {
        name: (entry.rows, entry.sha256) for name, entry in named.items() if name.endswith(".arrow")
    }:
        failures.append(f"{address}: its Arrow files are not those of the manifest, with their rows and sha256")
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


def _placed(documents: Iterable[tuple[pa.Table | None, str]]) -> list[pa.Table]:
    """Of shards and prefixes that could all be read."""
    return [places.placed(table, split) for table, split in documents if table is not None]


def _documents(release: Finished, facts: About, examined: Sequence[Examined], looked: Mapping[str, Looked]) -> Check:
    """Both kinds of shards have the same documents, and those that the stages before them want."""
    arrow = [e for e in examined if e.file.is_arrow_shard]
    if any(e.documents is None for e in arrow) or any(
        p.name not in looked or looked[p.name].documents is None for p in facts.prefixes
    ):
        return Check(name="documents", looked="", unchecked="a shard is missing or damaged")
    if any(e.damage or e.rows for e in examined if any(e.file.of(stage) for stage in (RELEASE, ENCODE, SPLITS, MIX))):
        return Check(name="documents", looked="", unchecked="a stage before the shards is damaged")
    wanted = places.expected(release)
    found = {
        "arrow": _placed((e.documents, facts.arrow[f"{e.file.table}/{e.file.entry.name}"].split) for e in arrow),
        "megatron": _placed((looked[p.name].documents, p.split) for p in facts.prefixes),
    }
    whole = {kind: places.gathered(tables) for kind, tables in found.items()}
    failures = [line for kind, table in whole.items() for line in places.differences(kind, table, wanted)]
    if not failures and not whole["arrow"].equals(whole["megatron"]):
        failures.append("arrow and megatron do not have the same documents")
    return Check(
        name="documents",
        looked=f"{whole['arrow'].num_rows:,} documents as often as they should be, each in one split",
        failures=tuple(failures),
        remedy=_DEFECT,
        unchecked="" if wanted is not None else "which documents there should be: a stage before the shards is missing",
    )


def _prompts(facts: About, failures: Sequence[str]) -> Check:
    count = sum(prefix.documents for prefix in facts.prompted.get("inputs", ()))
    return Check(
        name="prompts",
        looked=f"{count:,} pairs of inputs and targets, {len(facts.prompted.get('label', ())):,} prefixes of labels",
        failures=tuple(failures),
        remedy=_DEFECT,
    )


def _texts(release: Finished, examined: Sequence[Examined], looked: Sequence[Looked], unread: str) -> Check:
    decoder, _ = _decoder(release[SHARD])
    if unread or decoder is None:
        return Check(name="texts", looked="", unchecked=unread or "the tokenizer does not open")
    samples = [sample for found in examined for sample in found.samples]
    samples += [sample for found in looked for sample in found.samples]
    try:
        failures = list(texts.differing(samples, release[RELEASE].table("corpus"), decoder))
    except CorpusError as error:
        failures = [str(error)]
    counted = f"{len(samples):,} documents decoded and compared, up to {SAMPLE} of each shard"
    return Check(name="texts", looked=counted, failures=tuple(failures), remedy=_DEFECT)
