"""Languages and places as entries name them, by BCP 47 and CLDR (langcodes), and the words that stand for several."""

import re
from functools import cache
from typing import Final

from filters.languages import language_id

_CHARS: Final = 100  # of a name
_CODE: Final = re.compile(r"[A-Za-z]{2}|[0-9]{3}")  # ISO 3166-1 alpha-2, UN M49

# Words of the BigScience catalogue's forms that name no single language, or one by a name that CLDR has not.
_NAMES: Final = {
    **dict.fromkeys(("Niger-Congo", "Indic", "Programming Language"), ""),
    "ar-CLS": "ar-x-cls",  # classical, and five dialects
    "ar-MSA": "arb",
    "ar-LEV": "apc",
    "ar-NOR": "ar-015",
    "ar-GLF": "afb",
    "Chi Chewa": "ny",
    "ChiShona": "sn",
    "ChiTumbuka": "tum",
    "isiZulu": "zu",
    "Kikongo": "kg",
    "Kirundi": "rn",
    "Luganda": "lg",
    "Northern Sotho": "nso",
    "Sesotho": "st",
    "Setswana": "tn",
    "Twi": "tw",
    "Xitsonga": "ts",
}
# Names of its list of countries that CLDR writes otherwise; what is no country of ISO 3166-1 stays as it is.
_PLACES: Final = {
    "World-Wide": "001",
    "Sub-Saharan Africa": "202",
    "Latin America and the Caribbean": "419",
    "Northern America": "021",
    "Congo [DRC]": "CD",
    "Democratic Republic of the Congo": "CD",
    "Congo [Republic]": "CG",
    "Republic of the Congo": "CG",
    "Cote d'Ivoire": "CI",
    "Holy See": "VA",
    "Ivory Coast": "CI",
    "Macau": "MO",
    "Macedonia [FYROM]": "MK",
    "Myanmar [Burma]": "MM",
    "Palestine": "PS",
    "Swaziland": "SZ",
    "Svalbard and Jan Mayen Islands": "SJ",
    "São Tomé and Príncipe": "ST",
    "The Bahamas": "BS",
    "The Gambia": "GM",
    "Turkey": "TR",
    "United States of America": "US",
    "United States Virgin Islands": "VI",
    "Wallis and Futuna Islands": "WF",
    "Saint Helena, Ascension and Tristan da Cunha": "SH",
    "Saint Martin": "MF",
    "Bonaire, Saint Eustatius and Saba": "BQ",
    "Vatican City": "VA",
}
_PARTS: Final = frozenset(  # of countries, places that few states recognise, regions without a code
    {
        *("Azores", "Channel Islands", "England", "Great Britain", "Madeira", "Middle East and North Africa"),
        *("Northern Cyprus", "Northern Ireland", "Pacific Islands", "Sark", "Scotland", "Somaliland", "Wales"),
    }
)


@cache
def language(name: str) -> str | None:
    """A BCP 47 tag; "" for a word that stands for several; None for what is no language.

    >>> language("French"), language("pt-br"), language("Niger-Congo"), language("Python"), language("Frensh")
    ('fr', 'pt-BR', '', 'code_Python', None)
    """
    import langcodes  # noqa: PLC0415  (reads its tables)

    if name in _NAMES:
        return _NAMES[name]
    if len(name) > _CHARS:
        return None
    if (found := language_id(name)) and found.startswith("code_"):
        return found
    if langcodes.tag_is_valid(name):
        return str(langcodes.standardize_tag(name))
    try:
        return str(langcodes.find(name, "en").to_tag())
    except LookupError:
        return None


@cache
def place(name: str) -> str | None:
    """ISO 3166-1 alpha-2, or UN M49 of a region of the world; "" for a part of a country; None for what is no place.

    >>> place("France"), place("Northern Africa"), place("ke"), place("Scotland"), place("Frankreich-Land")
    ('FR', '015', 'KE', '', None)
    """
    if name in _PARTS:
        return ""
    if name in _PLACES:
        return _PLACES[name]
    if len(name) > _CHARS:
        return None
    from langcodes import Language  # noqa: PLC0415  (reads its tables)
    from language_data.names import name_to_code  # noqa: PLC0415  (the same)

    if _CODE.fullmatch(name):
        said = Language.make(territory=name.upper()).territory_name("en")
        return None if said.startswith("Unknown") else name.upper()
    found: str | None = name_to_code("territory", name, "en")
    return found
