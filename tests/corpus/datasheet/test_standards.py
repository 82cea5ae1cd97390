"""The tables of fields: as many as each standard has, each answered in some way, and no query that nobody asks."""

from collections import Counter

import pytest

from corpus.datasheet import standard
from corpus.datasheet.queries import QUERIES
from corpus.datasheet.standard import Standard


def by_id(name: str) -> Standard:
    return next(one for one in standard.every() if one.id == name)


def sections(name: str) -> dict[str, int]:
    return dict(Counter(field.section.split()[0] for field in by_id(name).fields))


def test_gebru_has_57_questions() -> None:
    found = Counter(field.section for field in by_id("gebru").fields)
    assert list(found.values()) == [4, 16, 12, 4, 6, 7, 8]
    assert sum(found.values()) == 57


def test_the_alliance_has_22_fields() -> None:
    assert sections("dta") == {"Source": 6, "Provenance": 8, "Use": 8}


def test_the_section_of_california_has_twelve_items() -> None:
    assert list(sections("ab2013")) == [f"({number})" for number in range(1, 13)]
    assert {f.section for f in by_id("ab2013").fields if f.unconfirmed} == {"(10)", "(11)", "(12)"}
    assert not [f for one in standard.every() if one.id != "ab2013" for f in one.fields if f.unconfirmed]


def test_the_template_of_the_eu_has_all_its_sections() -> None:
    assert list(sections("eu")) == [
        *("Head", "1.1", "1.2", "1.3", "2.1", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3"),
    ]
    assert sections("eu")["2.3"] == 9  # used, names, purposes, behaviour, period, content, modality, domains, comments


def test_croissant_has_what_its_specifications_list() -> None:
    fields = {field.field for field in by_id("croissant").fields}
    rai = {
        *("dataCollection", "dataCollectionType", "dataCollectionMissingData", "dataCollectionRawData"),
        *("dataCollectionTimeframe", "dataImputationProtocol", "dataManipulationProtocol", "dataPreprocessingProtocol"),
        *("dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis", "dataReleaseMaintenancePlan"),
        *("personalSensitiveInformation", "dataSocialImpact", "dataBiases", "dataLimitations", "dataUseCases"),
        *("annotationsPerItem", "annotatorDemographics", "machineAnnotationTools"),
    }
    assert {name.removeprefix("rai:") for name in fields if name.startswith("rai:")} == rai
    assert fields >= {
        *("name", "description", "license", "url", "creator", "datePublished", "publisher", "version", "dateCreated"),
        *("dateModified", "keywords", "sameAs", "inLanguage", "sdLicense", "citeAs", "isLiveDataset", "sdVersion"),
        *("distribution", "recordSet", "prov:wasDerivedFrom", "prov:wasGeneratedBy", "prov:wasAttributedTo"),
        "sc:usageInfo",
    }


def test_spdx_has_the_properties_of_a_dataset_package() -> None:
    assert {field.field for field in by_id("spdx").fields} >= {
        *("anonymizationMethodUsed", "confidentialityLevel", "dataCollectionProcess", "dataPreprocessing"),
        *("datasetAvailability", "datasetNoise", "datasetSize", "datasetType", "datasetUpdateMechanism"),
        *("hasSensitivePersonalInformation", "intendedUse", "knownBias", "sensor"),
        *("builtTime", "originatedBy", "releaseTime", "downloadLocation", "primaryPurpose"),
    }


@pytest.mark.parametrize("own", standard.every(), ids=lambda own: own.id)
def test_every_field_is_answered_by_a_query_or_asked_for(own: Standard) -> None:
    for number, field in enumerate(own.fields):
        assert field.answer or field.key, field
        assert not field.answer or field.answer in QUERIES
        before = {one.field: one.form for one in own.fields[:number]}
        assert all(before.get(name) == "yes" for name in field.when), field  # decided before it is asked for
    assert len({(field.section, field.field) for field in own.fields}) == len(own.fields)


def test_every_query_is_asked_for_and_every_key_has_one_form() -> None:
    assert {field.answer for own in standard.every() for field in own.fields} - {""} == set(QUERIES)
    for key, fields in standard.keys().items():
        assert len({field.form for _, field in fields}) == 1, key
        assert key.count(".") == 1
