"""What a stage did to a canary, held against what it is there for: whether the document came to it, whether it was
caught."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from corpus.canaries import names
from corpus.stages.contamination import CONTAMINATION
from jobs.trials.tables import Trial

Check = Mapping[str, Any]  # a row of `canaries.cases`
_TAKEN = ("exact", "near", "url", "contained")


def outcome(trial: Trial, check: Check) -> dict[str, Any]:
    """A row of `trial.outcomes`."""
    about = orjson.loads(check["about"])
    reached, caught = _STAGES[check["stage"]](trial, check, about)
    told = {name: check[name] for name in ("case", "stage", "kind", "wanted")}
    return {**told, "reached": reached, "caught": reached and caught}


def _ingest(trial: Trial, check: Check, _: Mapping[str, Any]) -> tuple[bool, bool]:
    return True, (check["source"], check["offset"]) in trial.rejected


def _language(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    id_ = trial.ids.get(check["case"])
    return id_ is not None, id_ is not None and trial.labels[id_] in about["labels"]


def _decide(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    """A filter is judged by its own rules, whatever others say; clean text by any."""
    id_ = trial.ids.get(check["case"])
    fired = trial.reasons[id_] if id_ else set()
    return id_ is not None, about["filter"] in fired if "filter" in about else bool(fired)


def _dedup(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    """One of the two goes for the other, whichever."""
    names = (check["case"], about["of"])
    if not all(map(trial.decided, names)):
        return False, False
    rows = [trial.clusters[trial.ids[name]] for name in names]
    pairs = zip(rows, reversed(rows), strict=True)
    return True, any(one["outcome"] in _TAKEN and one["kept_id"] == other["id"] for one, other in pairs)


def _contamination(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    reached = trial.has(CONTAMINATION.proofs) and trial.kept(check["case"])
    found = trial.proofs.get(trial.ids[check["case"]], set()) if reached else set()
    return reached, (about["suite"], about["task"], about["item"]) in found if about else bool(found)


def _lines(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    """A line went, or it is the copy that stays; of other lines none went."""
    name = check["case"]
    if not trial.clean(name):
        return False, False
    id_ = trial.ids[name]
    own = [trial.documents[name]["text"][row["start"] : row["end"]].strip() for row in trial.line_cuts.get(id_, ())]
    if "but" in about:
        return True, any(line != about["but"] for line in own)
    return True, about["line"] in own or id_ in trial.emptied | trial.holders


def _passages(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    """One of the two has a passage that the other holds."""
    names = [check["case"], *([about["of"]] if about else [])]
    if not all(trial.clean(name) and trial.ids[name] not in trial.emptied for name in names):
        return False, False
    return True, any(trial.shares[trial.ids[name]] > 0 for name in names)


def _release(trial: Trial, check: Check, about: Mapping[str, Any]) -> tuple[bool, bool]:
    """The value is gone, with its document or without."""
    if not trial.whole(check["case"]):
        return False, False
    id_ = trial.ids[check["case"]]
    text = trial.released[id_]["text"] if id_ in trial.released else ""
    return True, about["value"] not in text if about else bool(trial.redacted[id_])


_STAGES: Mapping[str, Callable[[Trial, Check, Mapping[str, Any]], tuple[bool, bool]]] = {
    names.INGEST: _ingest,
    names.LANGUAGE: _language,
    names.DECIDE: _decide,
    names.DEDUP: _dedup,
    names.CODE: _dedup,
    names.CONTAMINATION: _contamination,
    names.LINES: _lines,
    names.PASSAGES: _passages,
    names.RELEASE: _release,
}
