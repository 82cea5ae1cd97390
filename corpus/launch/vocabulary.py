"""Checks of the tokenizer: that it is the one which made the ids, and that the trainer finds its special tokens."""

import hashlib
from collections.abc import Iterator, Mapping

import orjson

from corpus.launch.check import Check, holds
from corpus.launch.handoff import Job
from corpus.stages.built import Built
from corpus.store import storage
from tokenizer.decode import Decoder

_NEOX_END, _NEOX_PADDING = "<|endoftext|>", "<|padding|>"  # looked up by name (formats.md 3.5)
_AGAIN = "copy the release again from where it was made"


def checks(job: Job, shard: Built) -> Iterator[Check]:
    """Every one, in order."""
    address = storage.join(shard.folder, "tokenizer")
    data = storage.read_bytes(storage.join(address, "tokenizer.json"))
    entry = next((e for e in shard.manifest.tables.get("tokenizer", ()) if e.name == "tokenizer.json"), None)
    digest = hashlib.sha256(data or b"").hexdigest()
    yield holds(
        "digest of the tokenizer",
        entry is not None and digest == entry.sha256 == job.about.tokenizer_sha256,
        f"tokenizer.json {digest[:16]}; manifest {entry.sha256[:16] if entry else 'none'}; "
        f"shards.json {job.about.tokenizer_sha256[:16]}",
        f"the ids were not made by this tokenizer: {_AGAIN}",
    )
    try:
        decoder = Decoder(data or b"")
    except ValueError as error:
        yield holds("tokenizer", False, str(error).splitlines()[0], _AGAIN)
        return
    yield holds(
        "size of the tokenizer",
        decoder.vocab_size == job.about.vocab_size,
        f"{decoder.vocab_size:,} ids; shards.json says {job.about.vocab_size:,}",
        f"the ids were not made by this tokenizer: {_AGAIN}",
    )
    yield holds(
        "tokens added",
        decoder.adds_nothing,
        "the tokenizer adds " + ("nothing" if decoder.adds_nothing else "tokens of its own to every text"),
        "take its post-processor out: a document ends in one end of document, which stands there already",
    )
    yield from _names(job, decoder, storage.read_bytes(storage.join(address, "tokenizer_config.json")))


def _names(job: Job, decoder: Decoder, config: bytes | None) -> Iterator[Check]:
    """NeoX finds end of document and padding by name, the others by tokenizer_config.json."""
    end, padding = (_NEOX_END, _NEOX_PADDING) if job.target == "neox" else _configured(config)
    ids = decoder.id(end), decoder.id(padding)
    yield holds(
        "end of document and padding",
        ids[0] == job.about.end_of_document and ids[1] is not None and ids[1] != ids[0],
        f"{end or 'no eos_token'} is {ids[0]}, {padding or 'no pad_token'} is {ids[1]}; documents end in "
        f"{job.about.end_of_document}",
        "GPT-NeoX looks both up by these names: train the tokenizer with them"
        if job.target == "neox"
        else "tokenizer_config.json must name the end of document as eos_token and another as pad_token",
    )


def _configured(config: bytes | None) -> tuple[str, str]:
    try:
        raw = orjson.loads(config or b"{}")
    except orjson.JSONDecodeError:
        raw = {}
    return _name(raw, "eos_token"), _name(raw, "pad_token")


def _name(raw: Mapping[str, object], key: str) -> str:
    """A token is a string, or an object with its content."""
    value = raw.get(key)
    return str(value.get("content", "")) if isinstance(value, dict) else str(value or "")
