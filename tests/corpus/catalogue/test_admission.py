"""What an entry says, held against what a recipe allows: each refusal with source, entry and field."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import RecipeError
from corpus.planning import admission, recipe
from tests.corpus.catalogue.entries import CONTACTS, changed, organization, primary, processed
from tests.corpus.catalogue.test_entries import REAL

TODAY = date(2026, 11, 28)


def lines(folder: Path, *entries: Any, allow: str = "", source: str = "", path: str = "entries.json") -> list[str]:
    """What is said before a run of a recipe whose one source is `mill`."""
    (folder / "entries.json").write_text(json.dumps(entries), "utf-8")
    text = f'[[sources]]\nname = "mill"\npath = "x.jsonl"\nuid = "mill_corpus"\n{source}\n'
    if path:
        text += f'[catalogue]\npath = "{path}"\n' + (allow or 'allow_licences = ["CC-BY-*"]') + "\n"
    (folder / "r.toml").write_text(text, "utf-8")
    return admission.lines(recipe.load(str(folder / "r.toml")), TODAY)


def test_a_source_with_a_whole_entry_is_admitted_and_lends_its_licence(tmp_path: Path) -> None:
    assert lines(tmp_path, processed(), primary()) == ["catalogue entries.json: 2 entries, all 1 sources admitted"]
    read = recipe.load(str(tmp_path / "r.toml"))
    assert read.sources[0].licence == "CC-BY-4.0"
    assert [vars(row) for row in read.catalogued] == [
        {
            "source": "mill",
            "uid": "mill_corpus",
            "licence": "CC-BY-4.0",
            "custodian": "Mill House",
            "access_tier": "gated",
        }
    ]
    assert lines(tmp_path, processed(), source='licence = "cc-by-4.0"')  # the same, in other letters


def test_without_a_catalogue_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text('[[sources]]\nname = "mill"\npath = "x.jsonl"\n', "utf-8")
    assert admission.lines(recipe.load(str(tmp_path / "r.toml"))) == [
        "no [catalogue]: the 1 sources of r run without entries"
    ]
    with pytest.raises(RecipeError, match="has a uid, and there is no"):
        lines(tmp_path, processed(), path="")


ALLOW = 'allow_licences = ["*"]\n'
REFUSED: list[tuple[str, object, str, str]] = [
    ("availability.licensing.license_list", ["CC-BY-NC-4.0"], "", "'CC-BY-NC-4.0' is none of allow_licences"),
    ("availability.licensing.license_list", ["MIT AND GPL-3.0-only"], "", "is none of allow_licences"),
    ("availability.licensing.license_list", ["other: Other license"], ALLOW, "'other' is none of allow_licences"),
    ("availability.licensing.license_properties", ["do not distribute"], ALLOW, "is one of deny_properties"),
    ("availability.licensing.license_properties", ["research use"], ALLOW + 'deny_properties = ["research use"]', ""),
    ("availability.licensing.license_list", [], "", "it names no licence, and allow_unclear is false"),
    ("availability.licensing.has_licenses", "Unclear", "", "allow_unclear is false"),
    ("processed_from_primary.primary_license", "Unclear / I don't know", "", "it is unclear"),
    (
        "processed_from_primary.primary_license",
        "No - the license of the source material actually prohibits re-use in this manner",
        ALLOW + "allow_unclear = true",
        "forbid it",
    ),
    ("governance.access_tier", "query-only", "", "access 'query-only' is none of allow_access"),
    ("governance.access_tier", "gated", ALLOW + 'allow_access = ["open"]', "access 'gated' is none of allow_access"),
    ("governance.expires", "2026-11-27", "", "it expired on 2026-11-27"),
    ("media.validated", False, "", "nobody has checked it"),
    ("media.category", [], "", "it names none"),
]


@pytest.mark.parametrize(("field", "value", "allow", "why"), REFUSED)
def test_a_refusal_names_source_entry_and_field(
    tmp_path: Path, field: str, value: object, allow: str, why: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        lines(tmp_path, changed(processed(), field, value), allow=allow)
    said = str(caught.value)
    assert said.startswith(f"source 'mill': its entry 'mill_corpus' refuses it: {field}: ")
    assert why in said
    assert "\n" not in said
    assert not any(contact in said for contact in CONTACTS)


def test_the_last_day_is_a_day(tmp_path: Path) -> None:
    assert lines(tmp_path, changed(processed(), "governance.expires", "2026-11-28"))


def test_what_the_recipe_allows_is_admitted(tmp_path: Path) -> None:
    entry = changed(processed(), "media.validated", False)
    entry = changed(entry, "governance.access_tier", "query-only")
    entry = changed(entry, "availability.licensing.license_list", ["unknown: License information unavailable"])
    allow = 'allow_licences = ["unknown"]\nallow_access = ["query-only"]\nrequire_validated = false'
    assert lines(tmp_path, entry, allow=allow)


def test_no_entry_a_broken_one_an_organization_and_another_licence(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"'mill': its entry 'mill_corpus' is not in entries.json: add it"):
        lines(tmp_path, primary())
    with pytest.raises(RecipeError, match=r"is broken: media.instance_count: Input should be"):
        lines(tmp_path, changed(processed(), "media.instance_count", "many"))
    with pytest.raises(RecipeError, match="type: an organization is no source"):
        lines(tmp_path, organization() | {"uid": "mill_corpus"})
    with pytest.raises(RecipeError, match="the recipe says 'MIT' of the source: take that out"):
        lines(tmp_path, processed(), source='licence = "MIT"')
    with pytest.raises(RecipeError, match="allow_licences"):
        lines(tmp_path, processed(), allow="require_validated = true")


@pytest.mark.skipif(not REAL.exists(), reason="the real entries are not part of the repository")
def test_le_monde_is_refused_for_its_licence(tmp_path: Path) -> None:
    source = '[[sources]]\nname = "le_monde_newspaper"\npath = "x"\n'
    table = f'[catalogue]\npath = "{REAL}/entries"\nrequire_validated = false\nallow_licences = ["*"]\n'
    (tmp_path / "r.toml").write_text(source + table, "utf-8")
    with pytest.raises(RecipeError, match="license_properties: 'copyright - all rights reserved'") as caught:
        admission.lines(recipe.load(str(tmp_path / "r.toml")))
    assert "license_list, availability.procurement.for_download" in str(caught.value)
    assert "@" not in str(caught.value)


def test_a_licence_that_fits_no_entry_is_said(tmp_path: Path) -> None:
    said = lines(tmp_path, processed(), primary(), allow='allow_licences = ["CC-BY-*", "MIT", "LicenseRef-*", "other"]')
    assert said[0].endswith("admitted")
    assert said[1:] == [
        f"WARNING [catalogue] allow_licences: '{name}' fits no entry of entries.json: is it still meant?"
        for name in ("MIT", "LicenseRef-*", "other")
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [("CC-BY4.0", "; did you mean 'CC-BY-4.0'?"), ("CCBY-*", ""), ("Apache", "; did you mean 'Apache-2.0'?")],
)
def test_a_licence_that_nothing_can_be_is_an_error(tmp_path: Path, name: str, near: str) -> None:
    with pytest.raises(RecipeError) as error:
        lines(tmp_path, processed(), primary(), allow=f'allow_licences = ["CC-BY-*", "{name}"]')
    assert f"allow_licences: '{name}' is no licence that SPDX lists{near}" in str(error.value)
