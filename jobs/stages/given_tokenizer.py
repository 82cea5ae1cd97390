"""A tokenizer that the recipe names, in place of training one: checked and copied.

Reads: the file. Writes: the folder `tokenizer`, where its `tokenizer.json` stands as it came, byte by byte.
"""

import hashlib

from corpus.errors import RecipeError
from corpus.stages.train import Given, Training
from corpus.store import storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.vocabulary import tokenizer_file
from jobs.engine.job import Job
from tokenizer.save import configuration


def build(job: Job[Training | Given], params: Given) -> str:
    """Check, copy, name what ends a document. Raises RecipeError for one that cannot be used."""
    address = params.tokenizer.at
    data, found = tokenizer_file.given_for(address, params)
    if hashlib.sha256(data).hexdigest() != params.tokenizer.what:
        raise RecipeError(f"[tokenizer] path: {address} changed while the run was planned: run again")
    for warning in found.warnings:
        job.say(f"WARNING {address}: {warning}")
    entries = []
    # The configuration is ours: one that came with the file may name code to run.
    names = {"eos_token": found.end, **({"pad_token": found.padding} if found.padding else {})}
    for name, body in {tokenizer_file.FILE: data, **configuration(names)}.items():
        with storage.publish(storage.join(job.folder, "tokenizer"), name) as sink:
            sink.write(body)
        entries.append(FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256))
    counts = {"vocabulary": found.vocab_size, "warnings": len(found.warnings)}
    entries.sort(key=lambda entry: entry.name)
    job.publish(Receipt(task=0, files={"tokenizer": entries}, counts=counts))
    job.finish({"made": found.vocab_size}, parts=1)
    return f"{found.vocab_size:,} tokens, as they are in {address}"
