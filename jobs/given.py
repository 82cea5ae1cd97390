"""A tokenizer that the recipe names, in place of training one: checked and copied.

Reads: the file. Writes: the folder `tokenizer`, where its `tokenizer.json` stands as it came, byte by byte.
"""

from corpus import ledger, manifest, storage, tokenizers
from corpus.manifest import FileEntry, Receipt
from corpus.plan import Stage
from jobs.run import Run
from tokenizer.save import configuration


def build(run: Run, stage: Stage) -> str:
    """Check, copy, name what ends a document. Raises RecipeError for one that cannot be used."""
    recipe = run.plan.recipe
    address = tokenizers.address(recipe.base, recipe.tokenizer.path)
    data, found = tokenizers.given_for(recipe.base, recipe.tokenizer)
    for warning in found.warnings:
        run.say(f"WARNING {address}: {warning}")
    entries = []
    # The configuration is ours: one that came with the file may name code to run.
    names = {"eos_token": found.end, **({"pad_token": found.padding} if found.padding else {})}
    for name, body in {tokenizers.FILE: data, **configuration(names)}.items():
        with storage.publish(storage.join(stage.folder, "tokenizer"), name) as sink:
            sink.write(body)
        entries.append(FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256))
    counts = {"vocabulary": found.vocab_size, "warnings": len(found.warnings)}
    entries.sort(key=lambda entry: entry.name)
    manifest.publish_receipt(stage.folder, Receipt(task=0, files={"tokenizer": entries}, counts=counts))
    wanted = found.vocab_size
    run.finish(stage, 1, lambda written: ledger.equal("train", "tokens", written.counts["vocabulary"], wanted))
    return f"{found.vocab_size:,} tokens, as they are in {address}"
