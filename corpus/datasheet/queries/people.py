"""Personal data, rights that were reserved, and content that may harm."""

from collections.abc import Callable
from typing import Any, Final

from corpus.datasheet.facts import Facts, Found
from corpus.datasheet.queries.origin import released
from corpus.stages.decide import DECIDE
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT

_HARM: Final = ("url", "flagged")  # filters that leave out what may be illegal or offends


def _found(facts: Facts, value: Any, query: str) -> Found:
    marks = facts.fingerprint(DECIDE, RELEASE, REPORT)
    return Found(
        value=value,
        fingerprint=f"{marks}, catalogue/{facts.catalogue_mark}" if facts.entries else marks,
        query=query,
    )


def personal_lines(facts: Facts) -> Found:
    """Kinds that were found and what was done; what sources are likely to hold; what detectors cannot see."""
    params = facts.params(RELEASE)["pii"]
    lines = []
    for row in facts.report["redactions"]:
        quality = (
            f" (on a labelled set precision {row['precision']:.3f}, recall {row['recall']:.3f})"
            if row.get("recall") is not None
            else ""
        )
        lines.append(f"{row['kind']}: {row['spans']:,} spans, {row['action']}{quality}")
    if not lines:
        lines.append("No span of personal data was found" if params["kinds"] else "Personal data were not looked for")
    elif params["kinds"]:
        lines.append(f"Looked for: {', '.join(params['kinds'])}. Names of people and other kinds are not looked for")
    for one in released(facts):
        entry = facts.entries.get(one.name)
        if entry and entry.pii.has_pii:
            likely = [
                f"{kind} {getattr(entry.pii, f'{kind}_pii_likely')}"
                for kind in ("generic", "numeric", "sensitive")
                if getattr(entry.pii, f"{kind}_pii_likely")
            ]
            lines.append(
                f"{one.name}, by its entry: personal data {entry.pii.has_pii}; {', '.join(likely) or 'no more'}"
            )
    return _found(facts, lines, "redactions of facts.json; kinds of [pii]; availability.pii of entries")


def personal(facts: Facts) -> Found:
    found = personal_lines(facts)
    return Found(value=found.value, fingerprint=found.fingerprint, query=found.query)


def anonymization(facts: Facts) -> Found:
    actions: dict[str, int] = {}
    for row in facts.report["redactions"]:
        actions[row["action"]] = actions.get(row["action"], 0) + row["spans"]
    value = [f"{action}: {spans:,} spans of personal data" for action, spans in sorted(actions.items())]
    return _found(facts, value or ["none: no span of personal data was found"], "redactions of facts.json, by action")


def _sensitive(facts: Facts) -> dict[str, str] | None:
    """What each entry says of sensitive data; None if one says nothing."""
    entries = {one.name: facts.entries.get(one.name) for one in released(facts)}
    said = {name: str(entry.pii.sensitive_pii_likely) if entry else "" for name, entry in entries.items()}
    return said if all(said.values()) else None


def sensitive(facts: Facts) -> Found | None:
    said = _sensitive(facts)
    if said is None:
        return None
    value = (
        "yes"
        if {"very likely", "somewhat likely"} & set(said.values())
        else "no"
        if set(said.values()) == {"none"}
        else "noAssertion"
    )
    return _found(facts, value, "availability.pii.sensitive_pii_likely of each source's entry")


def sensitive_text(facts: Facts) -> Found | None:
    said = _sensitive(facts)
    if said is None:
        return None
    value = [f"{name}: sensitive data are {one}" for name, one in said.items()]
    return _found(facts, value, "availability.pii.sensitive_pii_likely of each source's entry")


def opt_outs(facts: Facts) -> Found:
    """Policy, protocols, lists, and what was removed; or that the recipe does not ask."""
    rights = facts.report.get("rights")
    if rights is None:
        lines = ["The recipe does not measure reservations of rights (filter rights): none was honoured by it."]
    else:
        keeps = ", ".join(rights["keeps"]) if rights["keeps"] is not None else "all: the filter does not judge"
        lines = [
            f"Documents stay whose train_ai is: {keeps}.",
            f"robots.txt by RFC 9309 for the agents {', '.join(rights['agents']) or 'none'}; a later refusal "
            f"counts for an older crawl: {'yes' if rights['retroactive'] else 'no'}.",
            *(f"List {one['name']} of {one['date']}, sha256 {one['sha256']}." for one in rights["lists"]),
        ]
        lines += [
            f"{row['train_ai']} by {row['protocol'] or 'no statement'}{' in ' + row['place'] if row['place'] else ''}: "
            f"{row['documents']:,} documents, {row['removed']:,} removed (about {row['removed_tokens']:,} tokens)."
            for row in rights["said"]
        ]
    lines.append(f"Withdrawals: {facts.withdrawals}.")
    return _found(facts, lines, "rights of facts.json; withdrawals/ of the root")


def _rules(facts: Facts) -> list[str]:
    rules = [rule for rule in facts.report["rules"] if rule["name"].partition(".")[0] in _HARM]
    return [
        f"{rule['name']} ({rule['field']} = {rule['threshold']}): {rule['fired']:,} documents, {rule['alone']:,} by it "
        "alone."
        for rule in rules
    ]


def illegal_content(facts: Facts) -> Found:
    kinds = sum(row["spans"] for row in facts.report["redactions"])
    params = facts.params("signals.url")
    lists = sorted(params.get("lists", {})) if isinstance(params, dict) else []
    lines = _rules(facts) or ["The recipe has neither lists of addresses (filter url) nor of words (filter flagged)."]
    lines += [f"Lists of domains: {', '.join(lists)}."] if lists else []
    lines.append(f"Personal data: {kinds:,} spans were found and treated as [pii] says.")
    return _found(facts, lines, "rules url.* and flagged.* and redactions of facts.json")


def offensive(facts: Facts) -> Found:
    rules = _rules(facts)
    value = (
        ["Texts of the web may offend. Left out by lists:", *rules]
        if rules
        else ["Texts may offend: the recipe leaves none out for that (no filter flagged or url)."]
    )
    return _found(facts, value, "rules url.* and flagged.* of facts.json")


QUERIES: Final[dict[str, Callable[[Facts], Found | None]]] = {
    one.__name__: one
    for one in (
        *(personal, personal_lines, anonymization, sensitive, sensitive_text, opt_outs, illegal_content, offensive),
    )
}
