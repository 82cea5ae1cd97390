"""A tokenizer that the recipe names, in place of training one: checked and copied.

Reads: the file. Writes: the folder `tokenizer`, where its `tokenizer.json` stands as it came, byte by byte.
"""

import orjson

from corpus import ledger, manifest, storage, tokenizers
from corpus.manifest import FileEntry, Receipt
from corpus.plan import Stage
from jobs.run import Run
from tokenizer import given


def build(run: Run, stage: Stage) -> str:
    """Check, copy, name what ends a document. Raises RecipeError for one that cannot be used."""
    recipe = run.plan.recipe
    address = tokenizers.address(recipe.base, recipe.tokenizer.path)
    data, found = tokenizers.given_for(recipe.base, recipe.tokenizer)
    for warning in found.warnings:
        run.say(f"WARNING {address}: {warning}")
    entries = []
    for name, body in {tokenizers.FILE: data, **_names(found)}.items():
        with storage.publish(storage.join(stage.folder, "tokenizer"), name) as sink:
            sink.write(body)
        entries.append(FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256))
    counts = {"vocabulary": found.vocab_size, "warnings": len(found.warnings)}
    entries.sort(key=lambda entry: entry.name)
    manifest.publish_receipt(stage.folder, Receipt(task=0, files={"tokenizer": entries}, counts=counts))
    wanted = found.vocab_size
    run.finish(stage, 1, lambda written: ledger.equal("train", "tokens", written.counts["vocabulary"], wanted))
    return f"{found.vocab_size:,} tokens, as they are in {address}"


def _names(found: given.Given) -> dict[str, bytes]:
    """The configuration that `transformers` reads: ours, for one that came with it may name code to run."""
    names = {"eos_token": found.end, **({"pad_token": found.padding} if found.padding else {})}
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **names,
        "add_bos_token": False,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,  # the name of a special token inside a text is text
        "model_max_length": 1_000_000_000_000,  # documents are cut by the trainer, not here
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return {
        "tokenizer_config.json": orjson.dumps(config, option=options),
        "special_tokens_map.json": orjson.dumps(names, option=options),
    }
