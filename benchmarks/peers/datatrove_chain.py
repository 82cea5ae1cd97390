"""datatrove 0.10's chain with one worker: `PYTHON datatrove_chain.py TEXTS LID TOKENIZER`.

Language, the rules of Gopher, C4 and FineWeb, four MinHash stages, personal data, tokens. Run by `benchmarks.chain`
with the Python of an environment that has `datatrove[io,processing]`, spacy and fasttext-numpy2-wheel. LID is lid.176's
file, TOKENIZER one of `tokenizers`, which datatrove does not train. All languages go through, by its defaults. Prints
JSON: CPU seconds by step, documents kept; the start is in the process that calls.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens import DocumentTokenizer
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils import lid

BANDS, ROWS = 21, 6  # as the recipe of `benchmarks.chain` has them


def main() -> None:
    texts, model, tokenizer = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    config = MinhashConfig(n_grams=5, num_buckets=BANDS, hashes_per_bucket=ROWS)
    lid.cached_asset_path_or_download = lambda *_, **__: model  # it is here already
    with tempfile.TemporaryDirectory() as scratch:
        good, signatures, buckets, clusters, unique, tokens, logs = (
            f"{scratch}/{name}" for name in ("good", "sigs", "dups", "remove", "unique", "tokens", "logs")
        )
        rules = [GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter(), FineWebQualityFilter()]
        read = JsonlReader(str(texts.parent), glob_pattern=texts.name)
        passed = JsonlReader(good)
        steps = {
            "filters": ([read, LanguageFilter(label_only=True), *rules, JsonlWriter(good, compression=None)], 1),
            "signatures": ([passed, MinhashDedupSignature(output_folder=signatures, config=config)], 1),
            "buckets": ([MinhashDedupBuckets(signatures, buckets, config=config)], BANDS),
            "clusters": ([MinhashDedupCluster(buckets, clusters, config=config)], 1),
            "dedup": ([passed, MinhashDedupFilter(clusters), JsonlWriter(unique, compression=None)], 1),
            "tokens": (
                [JsonlReader(unique), PIIFormatter(), DocumentTokenizer(tokens, tokenizer_name_or_path=tokenizer)],
                1,
            ),
        }
        spent = {}
        for name, (pipeline, tasks) in steps.items():
            before = sum(os.times()[:4])
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=f"{logs}/{name}").run()
            spent[name] = sum(os.times()[:4]) - before
        kept = {
            name: sum(1 for file in Path(folder).iterdir() for _ in file.open("rb"))
            for name, folder in (("rules", good), ("dedup", unique))
        }
        written = sum(file.stat().st_size for file in Path(tokens).glob("*.ds"))
    print("\n" + json.dumps({"cpu": spent, "kept": kept, "tokens": written // 2}))


if __name__ == "__main__":
    main()
