"""Entries are read whole, from every kind of file, and what is wrong is named by section and field."""

import json
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from jsonschema import Draft202012Validator

from corpus.catalogue import licences, names, summary
from corpus.catalogue.entry import Entry
from corpus.errors import RecipeError
from corpus.planning import catalogue_files
from corpus.planning.catalogue_files import Found
from corpus.reference import catalogue
from jobs.command_line import main
from tests.conftest import ROOT
from tests.corpus.catalogue.entries import CONTACTS, changed, organization, primary, processed

REAL = ROOT.parents[1] / "shared" / "data" / "fixtures" / "catalogue"


def read(folder: Path, *entries: object) -> Found:
    """Of a JSON file that holds a list."""
    file = folder / "entries.json"
    file.write_text(json.dumps(entries), "utf-8")
    return catalogue_files.read(file)


def faults(folder: Path, *entries: object) -> list[str]:
    return [line.split(": ", 2)[2] for line in catalogue_files.faults(read(folder, *entries))]


def test_a_list_an_entry_a_file_and_toml_are_the_same(tmp_path: Path) -> None:
    every = [primary(), processed(), organization()]
    listed = read(tmp_path, *every)
    assert list(listed.entries) == ["mill_daily", "mill_corpus", "mill_house"]
    assert listed.broken == ()
    assert catalogue_files.faults(listed) == []
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, entry in enumerate(every):
        (folder / f"{number}.json").write_text(json.dumps(entry), "utf-8")
    toml = tmp_path / "entries.toml"
    toml.write_text(tomlkit.dumps({"entries": every}), "utf-8")
    alone = tmp_path / "one.toml"
    alone.write_text(tomlkit.dumps(every[1]).replace('"2030-12-31"', "2030-12-31"), "utf-8")  # a date of TOML's own
    assert catalogue_files.read(folder).entries == catalogue_files.read(toml).entries == listed.entries
    assert catalogue_files.read(alone).entries == {"mill_corpus": listed.entries["mill_corpus"]}


def test_sections_that_are_not_known_are_absent(tmp_path: Path) -> None:
    (found,) = read(tmp_path, organization()).entries.values()
    assert [name for name, _ in found.sections()] == ["description"]
    assert (found.custodian, found.licensing.license_list, found.tier) == (None, (), "unstated")


FORM = [
    ("uid", 3),
    ("type", "secondary"),
    ("description.name", None),
    ("description.title", "x"),
    ("languages.language_names", "German"),
    ("custodian.contact_submitter", "perhaps"),
    ("availability.procurement.for_download", "Perhaps"),
    ("availability.licensing.license_properties", ["free"]),
    ("availability.pii.generic_pii_list", ["shoe sizes"]),
    ("source_category.validated", "yes"),
    ("processed_from_primary.primary_license", "Maybe"),
    ("media.instance_count", "some"),
    ("governance.access_tier", "secret"),
    ("governance.expires", "tomorrow"),
    ("notes", "x"),
]


@pytest.mark.parametrize(("field", "value"), FORM, ids=[field for field, _ in FORM])
def test_a_fault_of_form_is_named_by_field_and_the_schema_sees_it_too(
    tmp_path: Path, field: str, value: object
) -> None:
    entry = changed(processed() if field.startswith("processed") else primary(), field, value)
    (fault,) = faults(tmp_path, entry)
    assert fault.startswith(field)
    assert not schema().is_valid(entry)


def schema() -> Any:
    return Draft202012Validator(catalogue.schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_takes_entries_and_lists_and_is_the_one_in_the_documentation() -> None:
    every = [primary(), processed(), organization()]
    assert all(schema().is_valid(one) for one in (*every, every, {"entries": every}))
    assert not schema().is_valid({"entry": every})
    assert (ROOT / "docs" / "catalogue.schema.json").read_bytes() == catalogue.data(), "run scripts/make_recipe_docs"


CONTENT = [
    ("uid", "Mill Daily", "small letters"),
    ("description.name", " ", "blank"),
    ("languages.language_names", [], "names none"),
    ("languages.language_names", ["German", "Millish"], "'Millish' is no BCP 47 tag"),
    ("languages.language_locations", ["Millland"], "'Millland' is no country"),
    ("custodian.location", "ZQ", "'ZQ' is no country"),
    ("custodian.name", CONTACTS[1], "belongs into contact_email"),
    ("custodian.in_catalogue", "nobody", "no entry of type organization"),
    ("availability.licensing.license_list", ["CC-BY-9.0"], "no SPDX id"),
    ("availability.licensing.license_list", ["MIT AND"], "no SPDX expression"),
    ("availability.licensing.has_licenses", "No", "license_list names some"),
    ("availability.pii.has_pii", "No", "why is not said"),
    ("media.category", [], "names none"),
    ("media.image_format", ["PNG"], "category has no image"),
    ("processed_from_primary.primary_license", "", "is not said"),
    ("processed_from_primary.from_primary_entries", ["lost"], "'lost' is no entry"),
]


@pytest.mark.parametrize(("field", "value", "said"), CONTENT)
def test_a_fault_of_content_is_named_by_field(tmp_path: Path, field: str, value: object, said: str) -> None:
    entry = changed(processed() if field.startswith("processed") else primary(), field, value)
    others = [primary()] if field.startswith("processed") else []
    found = faults(tmp_path, entry, *others)
    assert any(fault.startswith(field.rpartition(".")[0]) and said in fault for fault in found), found
    assert not any(contact in fault for fault in found for contact in CONTACTS)


@pytest.mark.parametrize("kind", [primary, processed])
def test_sections_that_a_type_needs_and_those_that_it_has_not(tmp_path: Path, kind: Any) -> None:
    needed = [name for name, value in kind().items() if isinstance(value, dict)]
    for name in needed:
        entry = {key: value for key, value in kind().items() if key != name}
        found = faults(tmp_path, entry)
        assert (f"{name}: a {entry['type']} entry needs this section" in found) or name in ("description", "governance")
    wrong = primary() | {"type": "organization"}
    assert "availability: a organization entry has no such section" in faults(tmp_path, wrong)


def test_two_entries_of_one_uid_and_files_that_hold_none(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="'mill_daily' is in entries.json too: take one of them out"):
        read(tmp_path, primary(), primary())
    with pytest.raises(RecipeError, match="holds no entry"):
        read(tmp_path)
    for name, data, said in (
        ("a.json", b"{", "is no JSON"),
        ("b.json", b"[" * 100_000, "is no JSON"),
        ("c.toml", b"a = ", "is not valid TOML"),
        ("d.toml", b"\xff", "no text in UTF-8"),
        ("e.json", b"[1, null, []]", ""),
    ):
        (tmp_path / name).write_bytes(data)
        if not said:
            assert len(catalogue_files.read(tmp_path / name).broken_names) == 3
            continue
        with pytest.raises(RecipeError, match=said) as caught:
            catalogue_files.read(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(RecipeError, match="cannot read the catalogue"):
        catalogue_files.read(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("expression", "patterns", "allowed"),
    [
        ("MIT OR GPL-3.0-only", ["MIT"], True),
        ("MIT AND GPL-3.0-only", ["MIT"], False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", ["MIT", "Apache-*"], True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ["GPL-2.0-only"], True),
        ("cc-by-4.0: Creative Commons", ["CC-BY-*"], True),
        ("cc-by-nc-4.0: Creative Commons", ["CC-BY-*"], False),
        ("cc-by-nc-4.0: Creative Commons", ["CC-*-*-*"], True),
        ("other: Other license", ["*"], False),
        ("other: Other license", ["other"], True),
        ("LicenseRef-mine", ["*"], False),
        ("LicenseRef-mine", ["LicenseRef-mine"], True),
        ("(" * 200 + "MIT" + ")" * 200, ["MIT"], True),
    ],
)
def test_expressions_are_allowed_by_what_they_say(expression: str, patterns: list[str], allowed: bool) -> None:
    assert licences.allowed(expression, patterns) is allowed


def test_an_expression_without_end_is_refused_in_one_short_line() -> None:
    for text in ("(" * 499, "MIT OR " * 10_000, "\n" * 200, "x" * 400):
        with pytest.raises(ValueError, match="SPDX") as caught:
            licences.expression(text)
        assert len(str(caught.value)) < 200
        assert "\n" not in str(caught.value)


TAGS = {
    "en-us": "en-US", "zh-cmn-Hans": "zh-Hans", "sr_Latn": "sr-Latn", "ca-valencia": "ca-valencia",
    "de-1996": "de-1996",
    "en-x-own": "en-x-own", "en-u-co-phonebk": "en-u-co-phonebk", "arb": "ar", "und": "und", "deu": "de",
    "en-XX": None, "en-Abcd": None, "de-foo": None, "de-nonsense1": None, "en-a": None, "zh-deu": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_has_one_form_and_every_part_of_it_is_known(tag: str) -> None:
    assert names.language(tag) == TAGS[tag]


def test_names_of_the_registry_and_of_cldr_that_the_table_of_languages_lacks() -> None:
    said = ["Greek", "modern greek (1453-)", "Punjabi", "Bangla", "Odia", "Malay", "Kyrgyz", "Flemish", "Aka-Bea"]
    assert [names.language(one) for one in said] == ["el", "el", "pa", "bn", "or", "ms", "ky", "nl-BE", "abj"]


def test_languages_and_places() -> None:
    assert [names.language(one) for one in ("zh-Hant-TW", "Yoruba", "Rust", "iw", "..")] == [
        "zh-Hant-TW", "yo", "code_Rust", "he", None,
    ]  # fmt: skip
    said = ("de", "Côte d’Ivoire", "World-Wide", "Kosovo", "Burma", "ZZZ", "ZZ", "x" * 10_000)
    assert [names.place(one) for one in said] == [
        "DE", "CI", "001", "XK", "MM", None, None, None,
    ]  # fmt: skip


def test_verbs_count_list_and_never_show_a_contact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    private = changed(primary(), "custodian.type", "A private individual") | {"uid": "diary"}
    private["custodian"]["name"] = CONTACTS[0]
    found = read(tmp_path, primary(), processed(), organization(), private)
    file = str(tmp_path / "entries.json")
    assert main(["sources", "check", file]) == 0
    assert main(["sources", "list", file, "--language", "de", "--licence", "CC-BY-*", "--custodian", "mill"]) == 0
    assert main(["sources", "report", file]) == 0
    out = capsys.readouterr().out
    assert "entries 4, faults 0" in out
    assert [line.split()[0] for line in out.splitlines() if "  gated  " in line or "  open   " in line] == [
        "mill_daily", "mill_corpus",
    ]  # fmt: skip
    assert "       3  CC-BY-4.0\n" in out
    assert "       2  primary\n" in out
    assert not any(contact in out for contact in CONTACTS)
    assert summary.Wanted(custodian="private").takes(found.entries["diary"])
    wrong = changed(primary(), "media.instance_count", "many")
    read(tmp_path, wrong)
    assert main(["sources", "check", file]) == 1
    assert "entries.json: mill_daily: media.instance_count: Input should be" in capsys.readouterr().out


def test_no_line_is_broken_and_no_cursor_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "a\nb\x1b[2J"
    read(
        tmp_path,
        primary() | {"uid": evil},
        changed(primary() | {"uid": "x"}, "custodian.name", evil),
        primary() | {"uid": evil + "!", evil: 1},
    )
    for action in ("check", "list", "report"):
        main(["sources", action, str(tmp_path / "entries.json")])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\nb" not in out
    assert "\\x1b[2J: there is no such field" in out


@pytest.mark.skipif(not REAL.exists(), reason="the real entries are not part of the repository")
def test_real_entries_and_value_lists() -> None:
    found = catalogue_files.read(REAL / "entries")
    assert sorted(found.entries) == [
        "ksucca_king_saud_university_corpus_of_classical_arabic", "le_monde_newspaper", "masakhane",
    ]  # fmt: skip
    assert catalogue_files.faults(found) == []
    assert all(isinstance(one, Entry) and one.unvalidated for one in found.entries.values())
    for raw in (REAL / "entries").iterdir():
        assert schema().is_valid(json.loads(raw.read_bytes()))
    listed = json.loads((REAL / "resources" / "language_lists.json").read_bytes())
    assert [one for group in listed.values() for one in group if names.language(one) is None] == []
    regions = json.loads((REAL / "resources" / "country_regions.json").read_bytes())
    assert [one for group in regions for one in group if names.place(one) is None] == []
    known = json.loads((REAL / "resources" / "licenses.json").read_bytes())
    assert sum(bool(licences.expression(one)) for one in known if "bison" not in one) == len(known) - 1


def test_check_says_what_cannot_be_read_beside_what_can(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", "utf-8")
    (tmp_path / "b.yaml").write_text("uid: b", "utf-8")
    (tmp_path / "README.md").write_text("Entries.", "utf-8")
    found = catalogue_files.read(tmp_path, every=True)
    assert found.broken_names == ("a.json", "b.yaml")
    with pytest.raises(RecipeError, match="is no JSON"):
        catalogue_files.read(tmp_path)
    (tmp_path / "a.json").unlink()
    with pytest.raises(RecipeError, match="lies among the entries and is none"):
        catalogue_files.read(tmp_path)
