"""The words that fields of an entry may hold, as the forms of the BigScience catalogue have them (data_sourcing, 2022).

An empty text says nothing: forms write it where a question was not asked.
"""

from typing import Literal

Type = Literal["primary", "processed", "organization"]
ForDownload = Literal[
    "",
    "Yes - it has a direct download link or links",
    "Yes - after signing a user agreement",
    "No - but the current owners/custodians have contact information for data queries",
    "No - we would need to spontaneously reach out to the current owners/custodians",
]
HasLicences = Literal["", "Yes", "No", "Unclear"]
LicenceProperty = Literal[
    "public domain",
    "multiple licenses",
    "copyright - all rights reserved",
    "open license",
    "research use",
    "non-commercial use",
    "do not distribute",
]
HasPii = Literal["", "Yes", "Yes - text author name only", "No", "Unclear"]
Likely = Literal["", "very likely", "somewhat likely", "unlikely", "none"]
GenericPii = Literal[
    "names",
    "physical addresses",
    "email addresses",
    "website account name or handle",
    "dates (birth, death, etc.)",
    "full-face photographs and comparable images",
    "URLs",
    "biometric identifiers (fingerprints, voice, etc.)",
]
NumericPii = Literal[
    "telephone numbers",
    "fax numbers",
    "vehicle identifiers and serial numbers",
    "device identifiers and serial numbers",
    "social security numbers",
    "IP addresses",
    "medical record numbers",
    "health plan beneficiary numbers",
    "account numbers",
    "uniquely identifying numbers",
    "certificate/license numbers",
]
SensitivePii = Literal[
    "racial or ethnic origin",
    "political opinions",
    "religious or philosophical beliefs",
    "trade-union membership",
    "genetic data",
    "health-related data",
    "data concerning a person's sex life or sexual orientation",
]
NoPii = Literal["", "general knowledge not written by or referring to private persons", "fictional text", "other"]
FromPrimary = Literal["", "Taken from primary source", "Original data"]
PrimaryAvailability = Literal[
    "",
    "Yes - their documentation/homepage/description is available",
    "Yes - they are fully available",
    "No - the dataset curators describe the primary sources but they are fully private",
    "No - the dataset curators kept the source data secret",
]
PrimaryLicence = Literal[
    "",
    "Unclear / I don't know",
    "Yes - the source material has an open license that allows re-use",
    "Yes - the dataset has the same license as the source material",
    "Yes - the dataset curators have obtained consent from the source material owners",
    "No - the license of the source material actually prohibits re-use in this manner",
]
Medium = Literal["text", "audiovisual", "image"]
Transcribed = Literal["", "No", "Yes - audiovisual", "Yes - image"]
InstanceCount = Literal["", "n<100", "100<n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<1B", "n>1B"]
InstanceSize = Literal["", "n<10", "10<n<100", "100<n<10,000", "n>10,000"]
Tier = Literal["open", "gated", "query-only", "compute-only", "unstated"]

PRIVATE_PERSON = "A private individual"  # the type of custodian whose name is a person's
