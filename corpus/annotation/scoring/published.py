"""What people judged, beside the report of a release: a page by itself, and data for the report's own page.

It follows from what people say, so it is part of no table and of no digest; the page says so where it is of another
release than the report.
"""

from collections.abc import Sequence
from dataclasses import asdict

import orjson

from corpus.annotation.schemes import SCHEMES
from corpus.annotation.scoring.score import Score
from corpus.annotation.scoring.shares import Corpus
from corpus.annotation.strata import Stratum
from corpus.errors import DataError, RecipeError
from corpus.report import beside
from corpus.report.render import template
from corpus.stages.release import RELEASE
from corpus.stages.report import TABLE
from corpus.store import storage

PAGE = "judged.html"


def release(about: bytes | None, name: str) -> str:
    """Fingerprint of the release that a sample is of, by its `sample.json`. Raises DataError if that cannot be read."""
    try:
        return str(orjson.loads(about or b"")["release"][RELEASE.name])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{name} does not say of which release the sample is: it lies beside key.tsv") from error


def publish(root: str, found: Score, mark: str, of: str) -> str:
    """Where the page is; `mark` names the sample, `of` its release. Raises RecipeError for a root without a report."""
    folder = storage.join(root, TABLE)
    if storage.read_bytes(storage.join(folder, "index.html")) is None:
        raise RecipeError(f"{root} has no report: give the output folder of a finished run")
    told = {
        "sample": mark,
        "release": of,
        "scheme": found.scheme,
        "means": found.acceptable_means,
        "judgments": found.judgments,
        "texts": found.texts,
        "corpora": [_row(one) for one in found.corpora],
        "every": [asdict(one) for one in found.every],
        "agreement": [[one.what, one.items, one.alpha] for one in found.agreement],
        "flagged": {
            "C = 0": _names(found.flagged.none_acceptable),
            "C below 50 %": _names(found.flagged.under_half),
            "mostly no language": _names(found.flagged.mostly_no_language),
            "mostly another language": _names(found.flagged.mostly_wrong_language),
        },
    }
    scheme = SCHEMES[found.scheme]
    names = {"values": scheme.nominal.values, "nominal": scheme.nominal.name}
    page = template(PAGE).render(score=found, mark=mark, release=of, **names)
    storage.publish_bytes(folder, PAGE, page.encode())
    storage.publish_bytes(folder, beside.JUDGED, beside.data("judged", told))
    return storage.join(folder, PAGE)


def _row(one: Corpus) -> list[object]:
    of, share = one.stratum, one.acceptable
    return [of.of, of.language, of.source, one.size, one.judged, share.share, share.low, share.high]


def _names(strata: Sequence[Stratum]) -> list[str]:
    return [" / ".join(filter(None, (one.language, one.source))) for one in strata]
