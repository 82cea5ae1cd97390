"""What people are asked of a text: fields, the values that each may have, and which of them make it acceptable.

`quality` is the scheme of Kreutzer et al. 2022 (Quality at a Glance: An Audit of Web-Crawled Multilingual Datasets).
`hplt` is that of the inspection of HPLT's second release (github.com/hplt-project/release2_inspection, GUIDELINES.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Values = Mapping[str, str]  # of the fields of a scheme, those that are filled in

MOST = "1"  # of a field that is yes or no


@dataclass(frozen=True, kw_only=True)
class Field:
    """A question. `values` are those that may be written, by what each means; a switch is empty or "1"."""

    name: str
    head: str  # of its column in a sheet
    values: Mapping[str, str]
    keys: Mapping[str, str]  # of the keyboard, by value
    is_switch: bool = False


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """`deciding` must be filled in, or a text counts as not judged. `wrong_language` and `no_language` say which value
    of it means that ("" for none has)."""

    name: str
    fields: tuple[Field, ...]
    deciding: str
    acceptable: Callable[[Values], bool]
    acceptable_means: str
    wrong_language: str
    no_language: str
    takes_shares: bool = False  # "0.2" for a switch: of the text; more than half counts as 1
    has_remarks: bool = False  # columns `is` (the language that it is in) and `note`

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    @property
    def nominal(self) -> Field:
        """The field with one value of several."""
        return self.field(self.deciding)


def _switch(name: str, key: str, meaning: str, head: str = "") -> Field:
    return Field(name=name, head=head or name, values={MOST: meaning}, keys={MOST: key}, is_switch=True)


QUALITY: Final = Scheme(
    name="quality",
    fields=(
        Field(
            name="code",
            head="code",
            values={
                "CC": "correct, natural",
                "CB": "correct, but boilerplate or of low quality",
                "CS": "correct, but short: a word or a phrase",
                "X": "right languages, wrong translation (pairs of texts only)",
                "WL": "wrong language",
                "NL": "not a language",
            },
            keys={"CC": "1", "CB": "2", "CS": "3", "X": "4", "WL": "5", "NL": "6"},
        ),
        _switch("offensive", "o", "offensive"),
        _switch("pornographic", "p", "pornographic"),
    ),
    deciding="code",
    acceptable=lambda values: values["code"] in ("CC", "CB", "CS"),
    acceptable_means="CC, CB or CS",
    wrong_language="WL",
    no_language="NL",
    has_remarks=True,
)
HPLT: Final = Scheme(
    name="hplt",
    fields=(
        _switch("porn", "p", "looks like pornography", "porn? empty/1"),
        _switch("unnatural", "u", "most of it is unnatural: lists of words, boilerplate", "unnatural? empty/1"),
        Field(
            name="language_correct",
            head="lang correct? 0/1",
            values={"1": "most of it is in the language", "0": "most of it is not"},
            keys={"1": "1", "0": "0"},
        ),
    ),
    deciding="language_correct",
    acceptable=lambda values: values == {"language_correct": "1"},
    acceptable_means="of the language, natural and not pornographic",
    wrong_language="0",
    no_language="",
    takes_shares=True,
)
SCHEMES: Final[Mapping[str, Scheme]] = {one.name: one for one in (QUALITY, HPLT)}
