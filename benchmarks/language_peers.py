"""Language identification beside packaged detectors, on the Declaration of Human Rights: shares of right answers.

`python -m benchmarks.language_peers`, where the packages `pycld2` and `eldc` are installed. Each language counts the
same. An answer is right if it agrees by the rule of macro-languages; the script of an answer is not judged, for most
detectors say none. No detector was trained on this choice of texts, but most have seen the Declaration: what the table
tells is which languages a detector has, and how it fares on few words.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from benchmarks import bench
from filters import second_opinion
from filters.contract import documents, measured
from filters.language import Filter
from filters.languages import agree, language_id
from tokenizer.parallel import declaration

_SHORT = 6  # words, or a fifth of a sentence without blanks
_Detector = Callable[[list[str]], list[str | None]]


def ours(texts: list[str]) -> list[str | None]:
    found: list[str | None] = measured(Filter(), documents(texts)).column("detected").to_pylist()
    return found


def eldc(texts: list[str]) -> list[str | None]:
    import eldc as library  # noqa: PLC0415  (a peer, not a dependency)

    library.init()
    return [language_id(library.detect(text)) for text in texts]


def cld2(texts: list[str]) -> list[str | None]:
    """Sure or not: a score would have a threshold."""
    library = second_opinion._library()
    return [language_id(library.detect(text)[2][0][1]) for text in texts]


_DETECTORS: dict[str, _Detector] = {"lid.176 by `language`": ours, "pycld2": cld2, "eldc": eldc}


def pieces() -> Iterator[tuple[str, str, str]]:
    """Kind, language and text."""
    for id_, text in declaration().items():
        for article in text.splitlines():
            words = article.split()
            few = " ".join(words[:_SHORT]) if len(words) > _SHORT else article[: max(8, len(article) // 5)]
            yield "articles", id_, article
            yield "their first words", id_, few


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    texts = list(pieces())
    kinds = list(dict.fromkeys(kind for kind, _, _ in texts))
    rows = []
    for name, detect in _DETECTORS.items():
        detect([text for _, _, text in texts[:100]])
        started = time.process_time()
        answers = detect([text for _, _, text in texts])
        spent = time.process_time() - started
        right = defaultdict(list)
        for (kind, id_, _), answer in zip(texts, answers, strict=True):
            right[kind, id_].append(answer is not None and agree(id_, answer))
        shares = {key: statistics.mean(own) for key, own in right.items()}
        known = {id_ for (kind, id_), share in shares.items() if kind == kinds[0] and share >= 0.5}
        cells = []
        for kind in kinds:
            every = [share for (one, _), share in shares.items() if one == kind]
            some = [share for (one, id_), share in shares.items() if one == kind and id_ in known]
            cells += [f"{statistics.mean(every):.3f}", f"{statistics.mean(some):.3f}"]
        size = sum(len(text.encode()) for _, _, text in texts) / 1e6
        rows.append((name, len(known), *cells, f"{size / spent:.1f}"))
    head = ["detector", "languages it has"]
    head += [cell for kind in kinds for cell in (f"{kind}, all {len(declaration())}", f"{kind}, those it has")]
    bench.publish(
        "language_peers",
        "python -m benchmarks.language_peers --write",
        "Macro accuracy on the Declaration of Human Rights. A detector has a language if it is right on half of the "
        "articles.\nSpeed is of these short texts one by one, calls from Python included.\n\n"
        + bench.table([*head, "MB/s"], rows),
        write=options.write,
    )


if __name__ == "__main__":
    main()
